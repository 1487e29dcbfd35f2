"""The fake mail world, spoken to with the standard library: what it takes, shows, reports and says."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiohttp import web

from notifier.sandbox.mail import MailServer, hand_over
from notifier.sandbox.phones import Phones
from notifier.sandbox.provider import Provider, Runs

NOW = datetime(2026, 12, 5, 1, 0, tzinfo=UTC)
SENDER = "bounce+41=7=1@bansos.test"


@pytest.fixture
async def phones() -> Phones:
    return Phones(lambda: NOW)


@pytest.fixture
async def world(phones: Phones) -> AsyncIterator[MailServer]:
    server = MailServer(phones, "surel", secret="rahasia-surel")
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def hook(world: MailServer) -> AsyncIterator[list[tuple[EmailMessage, Mapping[str, str]]]]:
    """What was posted to the service's hook."""
    told: list[tuple[EmailMessage, Mapping[str, str]]] = []

    async def take(request: web.Request) -> web.Response:
        told.append((message_from_bytes(await request.read(), policy=policy.default), request.headers.copy()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world.hook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield told
    await runner.cleanup()


async def post(world: MailServer, to: str) -> None:
    """Hand one mail to the server, in another thread as smtplib blocks."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "pengaduan@bansos.test", to, "Penyaluran"
    mail["Message-ID"] = "<41=7=1@bansos.test>"
    mail.set_content("Bantuan Anda cair.")
    mail.add_alternative("<p>Bantuan Anda cair.</p>", subtype="html")

    def talk() -> None:
        with smtplib.SMTP(world.host, world.port, timeout=5) as smtp:
            smtp.sendmail(SENDER, [to], mail.as_bytes())

    await asyncio.to_thread(talk)


def test_a_mail_world_is_a_provider_that_starts_and_stops() -> None:
    one: Provider = MailServer(Phones(lambda: NOW), "surel")
    assert isinstance(one, Runs)


async def test_a_mail_taken_lies_on_the_phone(world: MailServer, phones: Phones) -> None:
    await post(world, "siti@warga.test")
    (note,) = phones.notes("siti@warga.test")
    assert (note.channel, note.line, note.mine, note.subject) == ("email", "surel", False, "Penyaluran")
    assert (note.text, note.html) == ("Bantuan Anda cair.", "<p>Bantuan Anda cair.</p>")
    assert note.ref == "<41=7=1@bansos.test>"
    assert [(call.line, call.key, call.address) for call in phones.calls] == [("surel", "41:7:1", "siti@warga.test")]


@pytest.mark.parametrize(
    ("address", "code", "shown"),
    [("temporary@sandbox.test", 450, 0), ("permanent+7@sandbox.test", 550, 0), ("flood@sandbox.test", 421, 0)],
)
async def test_magic_addresses_are_refused(
    world: MailServer, phones: Phones, address: str, code: int, shown: int
) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        await post(world, address)
    assert caught.value.recipients[address][0] == code
    assert phones.count() == shown


async def test_a_flooded_server_takes_the_mail_the_second_time(world: MailServer, phones: Phones) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await post(world, "flood@sandbox.test")
    await post(world, "flood@sandbox.test")
    assert phones.count("email") == 1


async def test_a_time_out_shows_the_mail_and_never_answers(world: MailServer, phones: Phones) -> None:
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await post(world, "timeout@sandbox.test")
    assert phones.count("email") == 1


async def test_a_bounce_is_a_delivery_report_to_the_envelope_sender(
    world: MailServer, phones: Phones, hook: list[tuple[EmailMessage, Mapping[str, str]]]
) -> None:
    await post(world, "bounce@sandbox.test")
    await asyncio.wait_for(world.delivered(), 5)
    ((mail, headers),) = hook
    assert phones.count() == 0
    assert (headers["X-Envelope-From"], headers["X-Envelope-To"]) == ("", SENDER)
    assert headers["X-Hook-Secret"] == "rahasia-surel"
    assert mail.get_content_type() == "multipart/report"
    _, words, report, _, recipient, returned = mail.walk()
    assert report.get_content_type() == "message/delivery-status"
    assert "bounce@sandbox.test" in str(words.get_payload())
    assert (recipient["Action"], recipient["Status"]) == ("failed", "5.1.1")
    assert "Message-ID: <41=7=1@bansos.test>" in str(returned.get_payload())


async def test_a_late_address_is_delayed_first_and_delivered_in_the_end(
    phones: Phones, world: MailServer, hook: list[tuple[EmailMessage, Mapping[str, str]]]
) -> None:
    world.late = 0.05
    await post(world, "late@sandbox.test")
    await asyncio.wait_for(world.delivered(), 5)
    assert [mail["Subject"] for mail, _ in hook] == [
        "Delayed Mail (still being retried)",
        "Successful Mail Delivery Report",
    ]


async def test_a_citizens_answer_quotes_what_it_answers(
    world: MailServer, phones: Phones, hook: list[tuple[EmailMessage, Mapping[str, str]]]
) -> None:
    await post(world, "siti@warga.test")
    await world.say("siti@warga.test", text="Belum cair", reply_to="<41=7=1@bansos.test>", photo=b"\xff\xd8\xff")
    ((mail, headers),) = hook
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "siti@warga.test",
        "pengaduan@bansos.test",
        "Re: Penyaluran",
    )
    assert mail["In-Reply-To"] == mail["References"] == "<41=7=1@bansos.test>"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == [
        "Belum cair",
        "",
        "Pada Sab, 5 Des 2026 pukul 01.00 <pengaduan@bansos.test> menulis:",
        "> Bantuan Anda cair.",
    ]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["foto.jpeg"]
    assert headers["X-Envelope-From"] == "siti@warga.test"
    said = phones.notes("siti@warga.test")[-1]
    assert (said.mine, said.text, said.thread, said.ref) == (
        True,
        "Belum cair",
        "<41=7=1@bansos.test>",
        mail["Message-ID"],
    )


async def test_headers_make_an_answer_automatic(
    world: MailServer, hook: list[tuple[EmailMessage, Mapping[str, str]]]
) -> None:
    told = {"Subject": "Balasan otomatis", "Auto-Submitted": "auto-replied", "Return-Path": "<>"}
    await world.say("siti@warga.test", text="Saya sedang cuti", headers=told)
    ((mail, headers),) = hook
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Balasan otomatis", "auto-replied")
    assert headers["X-Envelope-From"] == ""


async def test_a_duplicate_address_says_everything_twice(
    world: MailServer, phones: Phones, hook: list[tuple[EmailMessage, Mapping[str, str]]]
) -> None:
    await world.say("duplicate@sandbox.test", text="Belum cair")
    first, again = (mail["Message-ID"] for mail, _ in hook)
    assert first == again
    assert len(phones.notes("duplicate@sandbox.test")) == 1


async def test_a_mail_is_no_sticker(world: MailServer) -> None:
    with pytest.raises(ValueError, match="sticker"):
        await world.say("siti@warga.test", sticker="😀")


@pytest.mark.parametrize(
    ("refused", "answer", "taken"),
    [
        ("DATA", "451 later", False),
        ("DATA", "554 never", True),
        ("RCPT", "550 nobody", True),
        ("RCPT", "450 later", False),
        ("", "", True),
    ],
)
async def test_a_mail_comes_again_only_if_the_service_asks_so(refused: str, answer: str, taken: bool) -> None:
    heard: list[bytes] = []
    left = asyncio.Event()

    async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220-here\r\n220 service\r\n")
        while line := await reader.readline():
            heard.append(line)
            verb = line[:4].decode().strip()
            if verb == refused:
                writer.write(answer.encode() + b"\r\n")
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                heard.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 stored\r\n")
            else:
                writer.write(b"250 fine\r\n")
        writer.close()
        left.set()

    server = await asyncio.start_server(service, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await hand_over("127.0.0.1", port, "", "a@bansos.test", b"Subject: x\n\n.dot\r\n") is taken
    await left.wait()
    server.close()
    assert heard[:3] == [b"LHLO mx.sandbox.test\r\n", b"MAIL FROM:<>\r\n", b"RCPT TO:<a@bansos.test>\r\n"]
    if not refused:
        assert heard[4] == b"Subject: x\r\n\r\n..dot\r\n.\r\n"
