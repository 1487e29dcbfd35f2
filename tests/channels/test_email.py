"""The e-mail channel against real servers: what leaves, what refusals mean, what comes in by the door and the hook."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from channels import mail_post
from channels.contract import (
    BadSettings,
    BadWebhook,
    Channel,
    ChannelError,
    Heard,
    Hook,
    Listens,
    Message,
    OutFile,
    Probes,
    Receipt,
    ReceiptState,
    SendFailed,
)
from channels.email import Email, Settings
from channels.mail_status import fate, told_wait, without_addresses
from channels.table import channel_class
from notifier.sandbox.mail import MailServer, hand_over
from notifier.sandbox.phones import Phones

NOW = datetime(2026, 12, 5, 1, 0, tzinfo=UTC)
GIVEN: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": 25,
    "security": "none",
    "from_address": "pengaduan@bansos.test",
    "from_name": "Bansos Kemensos",
    "timeout": 5,
}
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def phones() -> Phones:
    return Phones(lambda: NOW)


@pytest.fixture
async def world(phones: Phones) -> AsyncIterator[MailServer]:
    server = MailServer(phones, "surel")
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def scripted() -> AsyncIterator[Callable[[Script], Awaitable[int]]]:
    """Starts a server that speaks by the given script; gives its port."""
    servers: list[asyncio.Server] = []

    async def start(script: Script) -> int:
        async def guest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await script(reader, writer)
            writer.close()

        server = await asyncio.start_server(guest, "127.0.0.1", 0)
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield start
    for server in servers:
        server.close()


def channel(**given: Any) -> Email:
    chosen = Settings.model_validate({**GIVEN, **given})
    return Email("surel", chosen, object(), now=lambda: NOW.timestamp())  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def opened(**given: Any) -> AsyncIterator[Email]:
    one = channel(**given)
    yield one
    await one.close()


def to(address: str, key: str = "41:7:1", **given: Any) -> Message:
    return Message(address, key, "Penyaluran – BPNT", "Bantuan Anda cair.", "<p>Bantuan Anda cair.</p>", **given)


async def failure(one: Email, message: Message) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await one.send(message)
    return caught.value


def facts(failed: SendFailed) -> dict[str, Any]:
    """What of a failure is not at its default."""
    told = {name: getattr(failed, name) for name in ("permanent", "address", "wait", "unknown", "line")}
    return {name: value for name, value in told.items() if value}


# out


def test_the_channel_keeps_its_contract() -> None:
    one: Channel = channel()
    assert isinstance(one, Listens)
    assert isinstance(one, Probes)
    assert channel_class("email") is Email
    assert Email.parts == ("subject", "text", "html")


async def test_a_mail_reaches_the_citizen_and_its_ref_is_the_message_id(world: MailServer, phones: Phones) -> None:
    file = OutFile("jadwal.pdf", "application/pdf", b"%PDF")
    async with opened(port=world.port) as one:
        sent = await one.send(to("siti@warga.test", thread="<tanya@warga.test>", files=(file,)))
    (note,) = phones.notes("siti@warga.test")
    assert sent.ref == note.ref == "<41=7=1@bansos.test>"
    assert (note.subject, note.text) == ("Penyaluran – BPNT", "Bantuan Anda cair.")
    assert (note.html, note.thread) == ("<p>Bantuan Anda cair.</p>", "<tanya@warga.test>")
    assert (shown := phones.attached(note.files[0])) is not None
    assert shown.body == b"%PDF"
    assert [(call.key, call.address) for call in phones.calls] == [("41:7:1", "siti@warga.test")]


async def test_dots_and_odd_lines_arrive_as_they_were(world: MailServer, phones: Phones) -> None:
    text = ".\n..\n.a\n" + "x" * 5000 + "\nRp 5.000\u00a0– é\n."
    async with opened(port=world.port) as one:
        await one.send(Message("siti@warga.test", "1", "Halo", text))
    assert phones.notes("siti@warga.test")[0].text == text


async def test_conversations_are_used_again_and_never_more_than_the_pool_allows(
    world: MailServer, phones: Phones
) -> None:
    async with opened(port=world.port, pool=3) as one:
        await asyncio.gather(*(one.send(to(f"warga{n}@warga.test", f"k{n}")) for n in range(60)))
        await one.send(to("siti@warga.test", "last"))
    assert phones.count("email") == 61
    assert world.connections == 3


async def test_a_conversation_is_left_after_a_hundred_mails(world: MailServer) -> None:
    async with opened(port=world.port, pool=1) as one:
        for number in range(mail_post.RECYCLED_AFTER + 1):
            await one.send(to("siti@warga.test", f"k{number}"))
    assert world.connections == 2


async def test_an_idle_conversation_is_left(world: MailServer, phones: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_post, "IDLE", 0.0)
    async with opened(port=world.port) as one:
        await one.send(to("siti@warga.test", "a"))
        await phones.wait_for(lambda: world.talking == 0)
        await one.send(to("siti@warga.test", "b"))
    assert world.connections == 2


async def test_a_refusal_does_not_cost_the_conversation(world: MailServer, phones: Phones) -> None:
    async with opened(port=world.port, pool=1) as one:
        for number, address in enumerate(("permanent@sandbox.test", "temporary@sandbox.test") * 2):
            await failure(one, to(address, f"k{number}"))
        await one.send(to("siti@warga.test"))
    assert world.connections == 1
    assert phones.count("email") == 1


async def test_a_server_that_hung_up_while_idle_costs_no_mail(
    world: MailServer, phones: Phones, scripted: Callable[[Script], Awaitable[int]]
) -> None:
    async def tired(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await dialogue(reader, writer, {"MAIL": ["250 go on", "421 4.7.0 that was enough"]}, [])

    async with opened(port=await scripted(tired), pool=1) as one:
        for number in range(3):
            assert (await one.send(to("siti@warga.test", f"k{number}"))).ref


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("temporary@sandbox.test", {}),
        ("permanent@sandbox.test", {"permanent": True, "address": True}),
        ("flood@sandbox.test", {"wait": timedelta(seconds=2)}),
        ("timeout@sandbox.test", {"unknown": True}),
    ],
)
async def test_magic_addresses_fail_as_their_names_say(
    world: MailServer, phones: Phones, address: str, expected: Mapping[str, Any]
) -> None:
    async with opened(port=world.port) as one:
        failed = await failure(one, to(address))
        assert facts(failed) == expected
        assert "@" not in failed.reason
        if "flood" in address:
            assert failed.scope == "line"
            await one.send(to(address))
    assert phones.count("email") == (1 if address.startswith(("timeout", "flood")) else 0)


async def test_a_silent_server_leaves_the_fate_unknown_only_once_it_has_the_words(world: MailServer) -> None:
    world.hang = 60
    async with opened(port=world.port, timeout=0.2) as one:
        assert facts(await failure(one, to("timeout@sandbox.test"))) == {"unknown": True}


async def dialogue(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    answers: Mapping[str, list[str]],
    heard: list[str],
) -> None:
    """Speaks SMTP politely except where `answers` say otherwise: one answer for each time the verb is heard, the last
    one from then on; "" hangs up, "silence" says nothing more."""
    usual = {"DATA": "354 go on", ".": "250 taken", "QUIT": "221 bye", "GREETING": "220 here"}
    left = {verb: list(told) for verb, told in answers.items()}

    async def answer(verb: str) -> bool:
        told = left.get(verb, [usual.get(verb, "250 go on")])
        line = told.pop(0) if len(told) > 1 else told[0]
        if not line or line == "silence":
            if line:
                await reader.read()
            return False
        writer.write(line.encode() + b"\r\n")
        await writer.drain()
        return True

    if not await answer("GREETING"):
        return
    while line := (await reader.readuntil(b"\r\n")).decode():
        heard.append(line.strip())
        verb = line.split()[0].upper()
        if not await answer(verb) or verb == "QUIT":
            return
        if verb == "DATA" and "DATA" not in answers:
            heard.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            if not await answer("."):
                return


LINE = {"line": True}
BUSY = {"wait": timedelta(minutes=1)}
FINAL = {"permanent": True}
GONE = {"permanent": True, "address": True}


@pytest.mark.parametrize(
    ("verb", "told", "expected"),
    [
        ("GREETING", "554 go away", LINE),
        ("GREETING", "421 busy", BUSY),
        ("GREETING", "", LINE),
        ("GREETING", "silence", LINE),
        ("EHLO", "550 go away", LINE),
        ("EHLO", "", LINE),
        ("MAIL", "421 busy", BUSY),
        ("MAIL", "451 4.3.0 no room", BUSY),
        ("MAIL", "550 5.7.1 sender not allowed", LINE),
        ("MAIL", "530 5.7.0 authentication required", LINE),
        ("MAIL", "552 5.3.4 too big", FINAL),
        ("MAIL", "", {}),
        ("MAIL", "silence", {}),
        ("RCPT", "450 4.2.1 busy", {}),
        ("RCPT", "450 4.7.1 greylisted, try again in 300 seconds", {"wait": timedelta(minutes=5)}),
        ("RCPT", "421 4.7.0 busy", BUSY),
        ("RCPT", "550 5.1.1 unknown", GONE),
        ("RCPT", "550 5.1.8 your domain does not exist", LINE),
        ("RCPT", "550 5.2.1 mailbox disabled", GONE),
        ("RCPT", "552 5.2.2 mailbox full", FINAL),
        ("RCPT", "550 User unknown", GONE),
        ("RCPT", "550 blocked", FINAL),
        ("RCPT", "554 5.7.1 relay access denied", FINAL),
        ("RCPT", "", {}),
        ("RCPT", "silence", {}),
        ("RCPT", "nonsense", {}),
        ("DATA", "451 4.3.2 stopping", BUSY),
        ("DATA", "554 no valid recipients", FINAL),
        ("DATA", "", {}),
        ("DATA", "silence", {}),
        (".", "451 4.7.1 later", {}),
        (".", "421 4.7.28 too many of yours", BUSY),
        (".", "550 5.7.1 looks like spam", FINAL),
        (".", "554 5.6.0 no", FINAL),
        (".", "", {"unknown": True}),
        (".", "silence", {"unknown": True}),
        (".", "nonsense", {"unknown": True}),
    ],
)
async def test_what_a_server_says_when_decides_what_becomes_of_the_mail(
    scripted: Callable[[Script], Awaitable[int]], verb: str, told: str, expected: Mapping[str, Any]
) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await dialogue(reader, writer, {verb: [told]}, [])

    async with opened(port=await scripted(script), timeout=0.2 if told == "silence" else 5) as one:
        failed = await failure(one, to("siti@warga.test"))
        assert facts(failed) == expected
        assert "warga" not in failed.reason


async def test_a_server_that_knows_delivery_reports_is_told_the_key(
    scripted: Callable[[Script], Awaitable[int]],
) -> None:
    heard: list[str] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await dialogue(reader, writer, {"EHLO": ["250-here\r\n250-SIZE 100000\r\n250 DSN"]}, heard)

    async with opened(port=await scripted(script)) as one:
        await one.send(to("siti@warga.test"))
    assert heard[1].startswith("MAIL FROM:<bounce+41=7=1@bansos.test> SIZE=")
    assert heard[1].endswith(" RET=HDRS ENVID=41:7:1")
    assert heard[2] == "RCPT TO:<siti@warga.test> NOTIFY=FAILURE,DELAY"


async def test_an_absent_server_fails_the_line_and_nothing_has_left() -> None:
    async with opened(port=1) as one:
        assert facts(await failure(one, to("siti@warga.test"))) == LINE
        with pytest.raises(ChannelError):
            await one.probe()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (to("bukan alamat"), GONE),
        (to("a@b.test\r\nRCPT TO:<c@d.test>"), GONE),
        (to(""), GONE),
        (to("siti@warga.test", "kunci salah\r\n"), FINAL),
        (to("siti@warga.test", files=(OutFile("a", "image/png", bytes(70_000)),)), FINAL),
    ],
)
async def test_what_cannot_be_sent_is_refused_before_anything_is_said(
    world: MailServer, message: Message, expected: Mapping[str, Any]
) -> None:
    async with opened(port=world.port, max_size=65536) as one:
        assert facts(await failure(one, message)) == expected
    assert world.connections == 0


async def test_a_send_that_is_cancelled_leaves_no_half_dialogue_behind(world: MailServer, phones: Phones) -> None:
    world.hang = 60
    async with opened(port=world.port, pool=1) as one:
        sending = asyncio.create_task(one.send(to("timeout@sandbox.test")))
        await phones.wait_for(lambda: phones.count("email") == 1)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await one.send(to("siti@warga.test"))
    assert world.connections == 2


# TLS and credentials


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-made certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
async def guarded(phones: Phones, certificate: Path) -> AsyncIterator[MailServer]:
    """A server that wants STARTTLS and credentials."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = MailServer(phones, "surel", tls=context, username="bansos", password="rahasia")
    await server.start()
    yield server
    await server.close()


async def test_starttls_and_credentials_are_used_and_a_probe_tells_so(
    guarded: MailServer, phones: Phones, certificate: Path
) -> None:
    known = {"username": "bansos", "password": "rahasia", "authority": str(certificate)}
    async with opened(host="localhost", port=guarded.port, security="starttls", **known) as one:
        assert await one.probe() == f"localhost:{guarded.port} takes mail (starttls, credentials accepted)"
        await one.send(to("siti@warga.test"))
    assert phones.count("email") == 1
    assert guarded.connections == 1


@pytest.mark.parametrize(
    "given",
    [
        {"security": "starttls", "username": "bansos", "password": "salah", "trusted": True},
        {"security": "starttls", "username": "bansos", "password": "rahasia"},  # a stranger's certificate
        {"security": "starttls", "trusted": True},  # no credentials where they are wanted
        {"security": "tls", "trusted": True},  # the server does not begin with TLS
        {"security": "none"},
    ],
)
async def test_wrong_credentials_or_certificates_fail_the_line(
    guarded: MailServer, phones: Phones, certificate: Path, given: dict[str, Any]
) -> None:
    trusted = {"authority": str(certificate)} if given.pop("trusted", False) else {}
    async with opened(host="localhost", port=guarded.port, timeout=1, **given, **trusted) as one:
        failed = await failure(one, to("siti@warga.test"))
    assert facts(failed) == LINE
    assert "salah" not in failed.reason
    assert phones.count() == 0


async def test_a_server_without_starttls_gets_no_mail_in_clear(world: MailServer) -> None:
    async with opened(port=world.port, security="starttls") as one:
        assert facts(await failure(one, to("siti@warga.test"))) == LINE


# in


@contextlib.asynccontextmanager
async def listening(one: Email, arrive: Any) -> AsyncIterator[tuple[str, int]]:
    task = asyncio.create_task(one.listen(arrive))
    yield await asyncio.wait_for(one.door(), 5)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


class Store:
    """What arrived; can refuse like a database that is away."""

    def __init__(self, refusals: int = 0) -> None:
        self.kept: list[tuple[bytes, Mapping[str, str]]] = []
        self.refusals = refusals

    async def arrive(self, body: bytes, headers: Mapping[str, str]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OSError("the database is away")
        self.kept.append((body, headers))


async def spoken(address: tuple[str, int], *lines: str) -> list[str]:
    """The last line of the answer to each line, the greeting first."""
    reader, writer = await asyncio.open_connection(*address)
    answers = []
    for line in ("", *lines):
        if line:
            writer.write(line.encode("utf-8", "surrogateescape") + b"\r\n")
        while (answer := (await reader.readuntil(b"\r\n")).decode().strip())[3:4] == "-":
            pass
        answers.append(answer)
    writer.close()
    return answers


def codes(answers: Sequence[str]) -> list[int]:
    return [int(answer[:3]) for answer in answers]


MAIL = b"From: siti@warga.test\r\nTo: pengaduan@bansos.test\r\nMessage-ID: <1@warga.test>\r\n\r\n.belum cair\r\n"


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
async def test_a_mail_is_stored_with_its_envelope_before_it_is_answered(protocol: str) -> None:
    store, one = Store(), channel(listen={"port": 0, "protocol": protocol})
    greeting = "LHLO mx" if protocol == "lmtp" else "EHLO mx"
    async with listening(one, store.arrive) as address:
        answers = await spoken(
            address,
            greeting,
            "MAIL FROM:<siti@warga.test> SIZE=100 BODY=8BITMIME",
            "RCPT TO:<pengaduan@bansos.test>",
            "DATA",
            "." + MAIL.decode() + ".",
        )
    assert codes(answers) == [220, 250, 250, 250, 354, 250]
    ((body, headers),) = store.kept
    assert headers == {"x-envelope-from": "siti@warga.test", "x-envelope-to": "pengaduan@bansos.test"}
    (fact,) = one.read(body, headers)
    assert isinstance(fact, Heard)


async def test_what_could_not_be_stored_is_asked_for_again() -> None:
    store = Store(refusals=1)
    async with listening(channel(listen={"port": 0}), store.arrive) as address:
        assert not await hand_over(*address, "siti@warga.test", "pengaduan@bansos.test", MAIL)
        assert await hand_over(*address, "siti@warga.test", "pengaduan@bansos.test", MAIL)
    ((body, _),) = store.kept
    assert body == MAIL


async def test_lmtp_answers_once_for_each_recipient() -> None:
    store = Store()
    async with listening(channel(listen={"port": 0}), store.arrive) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(
            b"LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<pengaduan@bansos.test>\r\nRCPT TO:<asing@lain.test>\r\n"
            b"RCPT TO:<bounce+1@bansos.test>\r\nDATA\r\n" + MAIL + b".\r\nQUIT\r\n"
        )
        rows = (await reader.read()).decode().splitlines()
        writer.close()
    assert [row[:3] for row in rows if row[3:4] == " "] == [
        *["220", "250", "250", "250", "550", "250", "354"],
        *["250", "250", "221"],
    ]
    ((_, headers),) = store.kept
    assert headers == {"x-envelope-from": "", "x-envelope-to": "pengaduan@bansos.test, bounce+1@bansos.test"}


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("pengaduan@bansos.test", 250),
        ("Pengaduan+ADU-ABC123@BANSOS.test", 250),
        ("bounce+41=7=1@bansos.test", 250),
        ("jawab@bansos.test", 250),
        ("siapa@bansos.test", 550),
        ("pengaduan@lain.test", 550),
        ("pengaduan", 550),
    ],
)
async def test_only_mail_to_us_is_taken(recipient: str, code: int) -> None:
    one = channel(listen={"port": 0}, reply_to="jawab@bansos.test")
    async with listening(one, Store().arrive) as address:
        answers = await spoken(address, "LHLO mx", "MAIL FROM:<siti@warga.test>", f"RCPT TO:<{recipient}>")
    assert codes(answers)[-1] == code


async def test_a_whole_domain_can_be_ours() -> None:
    one = channel(listen={"port": 0, "accept": ["Bansos.test"]})
    async with listening(one, Store().arrive) as address:
        answers = await spoken(address, "LHLO mx", "MAIL FROM:<a@b.test>", "RCPT TO:<siapa@bansos.test>")
    assert codes(answers)[-1] == 250


async def test_strangers_at_the_door_are_sent_away() -> None:
    one = channel(listen={"port": 0, "peers": [IPv4Network("192.0.2.0/24")]})
    async with listening(one, Store().arrive) as address:
        assert codes(await spoken(address, "LHLO mx", "MAIL FROM:<siti@warga.test>")) == [220, 250, 554]


@pytest.mark.parametrize(
    "line", ["BUKAN PERINTAH", "MAIL FROM:<\udcff>", "RCPT TO:<a@b.test>", "MAIL FROM:<" + "a" * 900 + ">"]
)
async def test_nonsense_at_the_door_gets_an_answer(line: str) -> None:
    async with listening(channel(listen={"port": 0}), Store().arrive) as address:
        answers = await spoken(address, "LHLO mx", line, "NOOP")
    assert codes(answers)[2] >= 500 or codes(answers)[2] in (250, 451)
    assert codes(answers)[3] == 250


async def test_a_mail_too_big_is_refused_with_552_for_each_recipient() -> None:
    store = Store()
    async with listening(channel(listen={"port": 0}, max_arriving=65536), store.arrive) as address:
        said = await spoken(address, "LHLO mx", "MAIL FROM:<siti@warga.test> SIZE=70000")
        assert codes(said)[-1] == 552
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"LHLO mx\r\nMAIL FROM:<a@b.test>\r\n" + b"RCPT TO:<pengaduan@bansos.test>\r\n" * 2 + b"DATA\r\n")
        writer.write((b"x" * 900 + b"\r\n") * 100 + b".\r\nQUIT\r\n")
        rows = (await reader.read()).decode().splitlines()
        writer.close()
    assert [row[:3] for row in rows][-3:] == ["552", "552", "221"]
    assert store.kept == []


async def test_a_line_longer_than_the_standard_allows_costs_nobody_a_complaint() -> None:
    store = Store()
    async with listening(channel(listen={"port": 0}), store.arrive) as address:
        mail = MAIL + b"x" * 100_000 + b"\r\n"
        assert await hand_over(*address, "siti@warga.test", "pengaduan@bansos.test", mail)
    assert store.kept[0][0] == mail


async def test_a_port_that_is_taken_is_named_with_the_mend(world: MailServer) -> None:
    with pytest.raises(BadSettings, match=rf"lines\.surel\.listen: .* port {world.port} cannot be had"):
        await channel(listen={"port": world.port}).listen(Store().arrive)


async def test_without_a_door_there_is_nothing_to_listen_to() -> None:
    await channel().listen(Store().arrive)


async def test_a_bounce_comes_home_and_settles_what_it_names(world: MailServer) -> None:
    store = Store()
    async with opened(port=world.port, listen={"port": 0}) as one, listening(one, store.arrive) as world.lmtp:
        sent = await one.send(to("bounce@sandbox.test"))
        await asyncio.wait_for(world.delivered(), 5)
        ((body, headers),) = store.kept
        (fact,) = one.read(body, headers)
    assert isinstance(fact, Receipt)
    assert (fact.ref, fact.key, fact.state, fact.permanent) == (sent.ref, "41:7:1", ReceiptState.FAILED, True)
    assert headers == {"x-envelope-from": "", "x-envelope-to": "bounce+41=7=1@bansos.test"}


# the hook


@pytest.mark.parametrize(
    ("configured", "shown", "status"),
    [
        ("rahasia-surel", {"x-hook-secret": "rahasia-surel"}, None),
        ("rahasia-surel", {}, 401),
        ("rahasia-surel", {"x-hook-secret": ""}, 401),
        ("rahasia-surel", {"x-hook-secret": "rahasia-sureL"}, 403),
        ("rahasia-surel", {"x-hook-secret": "é\udcff"}, 403),
        ("rahasia-surel", {"authorization": "rahasia-surel"}, 401),
        (None, {"x-hook-secret": "rahasia-surel"}, 401),
    ],
)
def test_the_hook_believes_only_who_knows_the_secret(
    configured: str | None, shown: Mapping[str, str], status: int | None
) -> None:
    hook = Hook("POST", shown, {}, MAIL)
    if status is None:
        channel(secret=configured).verify(hook)
        return
    with pytest.raises(BadWebhook) as caught:
        channel(secret=configured).verify(hook)
    assert caught.value.status == status


# settings


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"from_address": "Bansos <a@b.test>"}, "plain e-mail address"),
        ({"from_address": "a@b.test\nBcc: x@y.test"}, "plain e-mail address"),
        ({"from_address": ""}, "from_address is missing"),
        ({"from_name": "Bansos\nBcc: x@y.test"}, "one line"),
        ({"reply_to": "bukan"}, "plain e-mail address"),
        ({"domain": "bansos.test>"}, "must be a domain"),
        ({"security": "ssl"}, "starttls"),
        ({"host": "mx\r\n"}, "pattern"),
        ({"username": "bansos"}, "belong together"),
        ({"password": "rahasia"}, "belong together"),
        ({"host": "mx.lain.test", "username": "a", "password": "rahasia"}, "in clear"),
        ({"authority": "/tidak/ada.pem"}, "is not there"),
        ({"secret": "pendek"}, "at least 8"),
        ({"listen": {"accept": ["bukan domain"]}}, "neither an address nor a domain"),
        ({"listen": {"protocol": "imap"}}, "lmtp"),
        ({"sandi": "x"}, "Extra inputs"),
    ],
)
def test_wrong_settings_are_named(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        Settings.model_validate({**GIVEN, **given})
    assert "rahasia" not in str(caught.value)


# words and numbers


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4.7.1 Greylisted, try again in 300 seconds", 300),
        ("4.7.0 wait 5 minutes", 300),
        ("4.7.0 try after 30 s", 30),
        ("4.7.0 try again in 99999 minutes", 3600),
        ("4.7.0 try again later", None),
    ],
)
def test_a_wait_told_in_words_is_understood(text: str, seconds: int | None) -> None:
    assert told_wait(text) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_refusal_that_makes_no_sense_is_temporary() -> None:
    assert not fate(250, "", "RCPT").permanent
    assert not fate(999, "x", "mail").permanent


def test_nobody_is_named_in_a_reason() -> None:
    assert without_addresses("<siti@warga.test>: no\r\n such user siti@warga.test") == "<…>: no such user …"
