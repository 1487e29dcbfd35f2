"""What a stored mail says: real bodies, one file a case, and whatever else a stranger may send."""

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contract import Heard, HeardKind, Inbound, Receipt, ReceiptState, Unknown
from channels.mail_in import read_mail
from channels.mail_parts import BIGGEST_FILE, MOST_FILES, html_to_text, safe_name
from channels.mail_reports import Ours

OURS = Ours("bansos.test", "pengaduan@bansos.test", "bounce@bansos.test")
REAL = Path(__file__).parent.parent / "data" / "mail"
MADE = Path(__file__).parent / "fixtures" / "email"
NOTICE = "<d41=7=1@bansos.test>"


def read(body: bytes, **envelope: str) -> Inbound:
    found = read_mail(body, {name.replace("_", "-"): value for name, value in envelope.items()}, OURS)
    assert len(found) == 1
    return found[0]


def heard(body: bytes, **envelope: str) -> Heard:
    fact = read(body, **envelope)
    assert isinstance(fact, Heard)
    return fact


RECEIPTS: dict[str, tuple[str, str, ReceiptState, bool]] = {
    # file: ref, key, state, whether the address is finished
    "dsn-04-tidakada_at_warga.test-failed": ("<n-1795400850195677893@bansos.test>", "m1", ReceiptState.FAILED, True),
    "dsn-10-x_at_mati.test-delayed": ("<n-1795399296825273360@bansos.test>", "m8", ReceiptState.ACCEPTED, False),
    "dsn-12-450_at_lunak.test-failed": ("<n-1795399296805497875@bansos.test>", "m7", ReceiptState.FAILED, False),
    "bounce_exim": (NOTICE, "d41:7:1", ReceiptState.FAILED, True),
    "bounce_qmail": (NOTICE, "d41:7:1", ReceiptState.FAILED, False),  # full today, perhaps not tomorrow
    "exchange_ndr": (NOTICE, "d41:7:1", ReceiptState.FAILED, False),  # a policy, not the address
    "warning_in_old_words": (NOTICE, "d41:7:1", ReceiptState.ACCEPTED, False),
    "delivered_report": ("", "D41:7:1", ReceiptState.DELIVERED, False),  # the envelope id knows capital letters
    "read_receipt": (NOTICE, "", ReceiptState.READ, False),
}


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_report_settles_the_message_it_names(name: str) -> None:
    fact = read(
        next(folder for folder in (REAL, MADE) if (folder / f"{name}.eml").exists())
        .joinpath(f"{name}.eml")
        .read_bytes()
    )
    assert isinstance(fact, Receipt)
    assert (fact.ref, fact.key, fact.state, fact.permanent) == RECEIPTS[name]
    assert fact.at is not None
    assert fact.at.tzinfo is UTC
    assert "@" not in fact.reason
    assert ("delayed" in fact.reason) is (fact.state is ReceiptState.ACCEPTED)


WORDS: dict[str, dict[str, Any]] = {
    "reply-09-x": {
        "sender": "siti@warga.test",
        "thread": "<n-1795400850175932313@bansos.test>",
        "ref": "<n-1795400853379878049@bansos.test>",
        "at": datetime(2026, 11, 23, 2, 27, 33, tzinfo=UTC),
        "starts": "Assalamualaikum, sy blm terima bantuan min. Kata pak RT sdh diambil org lain??",
    },
    "auto-06-x": {"sender": "cuti@warga.test", "thread": "<n-1795400850290093132@bansos.test>", "machine": True},
    "gmail_reply": {
        "sender": "warga.klender@gmail.test",
        "thread": NOTICE,
        "at": datetime(2026, 8, 11, 2, 20, 1, tzinfo=UTC),
        "starts": "Bantuan saya belum masuk, mohon dicek 🙏",
        "subject": "Re: Penyaluran BPNT – tahap 3",
        "name": "Siti Aminah",
    },
    "outlook_html_only": {
        "sender": "budi@kantor.test",
        "thread": NOTICE,
        "starts": "Uang bantuan saya dipotong 25 ribu oleh “petugas”,\numur anak < 5 tahun.",
        "name": "Santoso, Budi",
    },
    "photo_without_words": {
        "sender": "ratna@warga.test",
        "kind": HeardKind.PHOTO,
        "text": "",
        "files": [("beras kutu.jpg", "image/jpeg", 22), ("lampiran-2.png", "image/png", 8)],
    },
    "forwarded_mail": {
        "sender": "rt05@warga.test",
        "starts": "Mohon ditindaklanjuti.",
        "files": [("lampiran-1.eml", "message/rfc822", 111)],
        "passed_on": "keluhan\n\nBeras berkutu.",
    },
    "forward_as_attachment_gmail": {
        "sender": "budi.setia@gmail.test",
        "text": "",
        "subject": "Fwd: Bansos 2026 CAIR!!",
        "files": [("Bansos 2026 CAIR!!.eml", "message/rfc822", 514)],
        "passed_on": "Bansos 2026 CAIR!!\n\nBantuan tunai Rp2.400.000 untuk semua warga. Daftar: bansos-cair.xyz 🎁",
        "kind": HeardKind.TEXT,
    },
    "forward_as_attachment_base64": {
        "sender": "sekretariat@desa.test",
        "starts": "Apakah ini benar dari dinas?",
        "files": [("lampiran-1.eml", "message/rfc822", 195)],
        "passed_on": "Undangan\n\nBawa uang administrasi 50 ribu.",
    },
    "reply_with_the_original_attached": {
        "sender": "ani@warga.test",
        "thread": NOTICE,
        "text": "YA",
        "files": [("lampiran-1.eml", "message/rfc822", 161)],
        "passed_on": "",
    },
    "unsubscribe": {"sender": "siti@warga.test", "text": "STOP"},
    "eight_bit_without_charset": {
        "sender": "tua@warga.test",
        "at": None,
        "text": "Kartu José tertelan mesin ATM.",
        "subject": "Kartu José",
        "name": "Pak José",
    },
    "yahoo_without_message_id": {
        "sender": "dewi@yahoo.test",
        "text": "Ini surat tanpa bagian, kata ibu saya belum cair.",
        "subject": "Bantuan belum cair",
        "ref": "",
    },
    "auto_reply_outlook": {"sender": "budi@kantor.test", "thread": NOTICE, "machine": True},
    "mailing_list": {"sender": "promo@toko.test", "machine": True},
    "our_own_loop": {"sender": "sekretariat@lain.test", "machine": True},
}


@pytest.mark.parametrize("name", WORDS)
def test_what_was_said_by_whom_in_answer_to_what(name: str) -> None:
    expected = {"machine": False, "kind": HeardKind.TEXT, "files": [], **WORDS[name]}
    fact = heard((REAL if (REAL / f"{name}.eml").exists() else MADE).joinpath(f"{name}.eml").read_bytes())
    said = {
        **{field: getattr(fact, field) for field in ("sender", "thread", "ref", "at", "text", "machine", "kind")},
        "files": [(file.name, file.type, file.size) for file in fact.files],
        "subject": fact.raw["subject"],
        "name": fact.raw["name"],
        "passed_on": fact.raw["passed_on"],
    }
    assert fact.text.startswith(expected.pop("starts", ""))
    assert {field: said[field] for field in expected} == expected
    assert fact.id == (fact.ref or fact.id)
    assert fact.id


@pytest.mark.parametrize(
    ("name", "why"), [("bounce_of_a_stranger", "names none of our messages"), ("marked_as_spam", NOTICE)]
)
def test_what_cannot_be_used_is_kept_with_the_reason(name: str, why: str) -> None:
    fact = read((MADE / f"{name}.eml").read_bytes())
    assert isinstance(fact, Unknown)
    assert why in fact.why


def a_mail(text: str = "Halo", **given_: str) -> bytes:
    mail = EmailMessage()
    headers = {"From": "siti@warga.test", "To": "pengaduan@bansos.test", "Message-ID": "<1@warga.test>", **given_}
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("header", "value", "machine"),
    [
        ("Auto-Submitted", "no", False),
        ("Auto-Submitted", "auto-replied", True),
        ("Auto-Submitted", "auto-generated (vacation)", True),
        ("Precedence", "bulk", True),
        ("Precedence", "junk", True),
        ("Precedence", "auto_reply", True),
        ("Precedence", "list", True),
        ("Precedence", "normal", False),
        ("X-Autoreply", "yes", True),
        ("X-Autorespond", "", True),
        ("List-Id", "<a.b>", True),
        ("Return-Path", "<>", True),
        ("Return-Path", "<siti@warga.test>", False),
        ("X-Auto-Response-Suppress", "All", True),
        ("X-Auto-Response-Suppress", "OOF", False),
        ("From", "No Reply <no-reply@bank.test>", True),
        ("From", "pengaduan@bansos.test", True),
        ("Subject", "Balasan otomatis: cuti", True),
        ("Subject", "Automatic reply: Penyaluran", True),
        ("Subject", "Out of Office", True),
        ("Subject", "Sedang cuti", True),
        ("Subject", "Re: Balasan otomatis", False),
        ("Subject", "Otomatis ditolak mesin ATM", False),
        ("X-Notifier-Line", "surel", True),
    ],
)
def test_machines_are_told_from_people(header: str, value: str, machine: bool) -> None:
    assert heard(a_mail(**{header.replace("-", "_"): value})).machine is machine


def test_a_mail_from_the_null_sender_is_a_machines() -> None:
    assert heard(a_mail(), x_envelope_from="").machine
    assert not heard(a_mail(), x_envelope_from="siti@warga.test").machine


def test_a_mail_to_the_bounce_address_answers_the_message_whose_key_it_carries() -> None:
    fact = heard(a_mail(), x_envelope_to="bounce+d41=7=1@bansos.test")
    assert (fact.thread, fact.raw["key"]) == (NOTICE, "d41:7:1")


def test_of_all_references_ours_is_the_one_answered() -> None:
    fact = heard(a_mail(In_Reply_To="<x@warga.test>", References=f"<a@b.test> {NOTICE} <x@warga.test>"))
    assert fact.thread == NOTICE
    assert fact.raw["references"] == ["<a@b.test>", NOTICE, "<x@warga.test>"]


def test_the_same_mail_brought_twice_has_one_id_even_without_a_message_id() -> None:
    mail = a_mail().replace(b"Message-ID: <1@warga.test>\n", b"")
    first, again = heard(b"Received: by a\n" + mail), heard(b"Received: by b\n" + mail)
    assert first.id == again.id
    assert first.id != heard(mail.replace(b"Halo", b"Hallo")).id


def test_more_files_than_bearable_are_left_out_and_big_ones_come_without_their_bytes() -> None:
    mail = EmailMessage()
    mail["From"] = "siti@warga.test"
    mail.set_content("Bukti")
    mail.add_attachment(bytes(BIGGEST_FILE + 1), maintype="image", subtype="jpeg", filename="besar.jpg")
    for number in range(MOST_FILES + 5):
        mail.add_attachment(b"x", maintype="image", subtype="png", filename=f"{number}.png")
    files = heard(mail.as_bytes()).files
    assert len(files) == MOST_FILES
    assert (files[0].name, files[0].size, files[0].body) == ("besar.jpg", BIGGEST_FILE + 1, None)
    assert files[1].body == b"x"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("foto.jpg", "foto.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\siti\\foto.jpg", "foto.jpg"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ("...", ""),
        ('<b>"x"|y?.png', "_b__x__y_.png"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_a_file_name_is_only_a_name(told: str, name: str) -> None:
    assert safe_name(told) == name


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Satu</p><p>Dua</p>", "Satu\nDua"),
        ("Satu<br>Dua<br/>Tiga", "Satu\nDua\nTiga"),
        ("<div>A<div>B</div></div>", "A\nB"),
        ("a &amp; b &lt;c&gt; &eacute; &#128591;", "a & b <c> é 🙏"),
        ("umur < 5 dan > 3", "umur < 5 dan > 3"),
        ("<style>p{}</style><script>x<y</script>Halo", "Halo"),
        ("<title>Judul</title><b>Hal</b>o", "Halo"),
        ("<!-- a > b -->Halo<!-- tak selesai", "Halo"),
        ("Jawab<blockquote>kutipan<br>dua</blockquote>akhir", "Jawab\n> kutipan\n> dua\nakhir"),
        ("<td>a</td><td>b</td>", "a b"),
        ("<p>a</p><br><br><br><p>b</p>", "a\n\nb"),
        ("tak selesai <b", "tak selesai"),
    ],
)
def test_html_reads_like_a_plain_mail(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize("piece", ["<", "<!--", "<a ", "</", "<style>", "&", "&#", "<blockquote>", "<p>", "\n ", "=?"])
def test_reading_hostile_html_takes_linear_time(piece: str) -> None:
    def cost(times: int) -> float:
        started = time.process_time()
        html_to_text(piece * times)
        return time.process_time() - started

    cost(1_000)
    assert cost(40_000) < 30 * max(cost(4_000), 0.002)


mime = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.sampled_from(
            [
                b"\r\n",
                b"\r\n\r\n",
                b"From: siti@warga.test\r\n",
                b"From: \xff\xfe <a@b>\r\n",
                b"From: ((((((((((@\r\n",
                b"Subject: =?utf-8?b?////?= =?idna?q?x?= =?x\r\n",
                b"Subject: =?utf-7?q?+2AA-?=\r\n",
                b"Date: Mon, 99 Xyz 99999 99:99:99 +99999\r\n",
                b"Date: Mon, 1 Jan 0001 00:00:00 +2359\r\n",
                b"Content-Type: multipart/mixed; boundary=b\r\n",
                b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
                b"Content-Type: message/delivery-status\r\n",
                b"Content-Type: message/disposition-notification\r\n",
                b"Content-Type: message/rfc822\r\n",
                b"Content-Type: text/html; charset=utf-7\r\n",
                b"Content-Type: text/plain; charset*=x'y'%ff\r\n",
                b'Content-Type: text/plain; charset="zip"\r\n',
                b'Content-Type: \xff/\x00; name="a\xff"\r\n',
                b"Content-Transfer-Encoding: base64\r\n",
                b"Content-Transfer-Encoding: quoted-printable\r\n",
                b"Content-Transfer-Encoding: x-uuencode\r\n",
                b"Content-Disposition: attachment; filename*0*=utf-8''%f0; filename*2=x\r\n",
                b"--b\r\n",
                b"--b--\r\n",
                b"Action: failed\r\nStatus: 5.1.1\r\n",
                b"Action: delayed\r\n\r\n",
                b"Disposition: ;displayed\r\nOriginal-Message-ID: <a@bansos.test>\r\n",
                b"Message-ID: <\xff@bansos.test>\r\n",
                b"Return-Path: <>\r\nSubject: undeliverable\r\n",
                b"X-Failed-Recipients: a\r\n",
                b"begin 644 x\r\n#0V%T\r\nend\r\n",
                "+2AA-\ud800\x00é🙏".encode("utf-8", "surrogatepass"),
            ]
        ),
    ),
    max_size=25,
).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(mime, st.dictionaries(st.sampled_from(["x-envelope-from", "x-envelope-to"]), st.text(max_size=30)))
def test_reading_never_raises_and_gives_storable_words(body: bytes, envelope: dict[str, str]) -> None:
    facts = read_mail(body, envelope, OURS)
    assert facts
    for fact in facts:
        assert not isinstance(fact, Unknown) or "can't be read" not in fact.why
        said = str(fact)
        said.encode()  # no lone surrogates
        if isinstance(fact, Heard):
            kept = [fact.id, fact.sender, fact.text, fact.ref, fact.thread, *map(str, fact.raw.values())]
            assert not any("\x00" in one for one in [*kept, *(file.name for file in fact.files)])
            "".join(kept).encode()
            assert fact.at is None or fact.at.tzinfo is UTC


@pytest.mark.parametrize(
    "body",
    [
        b"From: a@b.test\r\n" + b"X: y\r\n" * 200_000 + b"\r\nHalo",
        b"From: a@b.test " + b"(" * 300_000 + b"\r\n\r\nHalo",
        b"Subject: " + b"=?a?q?" * 50_000 + b"\r\nFrom: a@b.test\r\n\r\nHalo",
        b"From: a@b.test\r\n"
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
            for number in range(3_000)
        ),
        b"From: a@b.test\r\nReferences:" + b" <a@b.test>" * 50_000 + b"\r\n\r\nHalo",
        b"From: a@b.test\r\n\r\n" + b"kalimat panjang " * 100_000,
        b"Content-Type: text/html\r\nFrom: a@b.test\r\n\r\n" + b"<div>" * 100_000 + b"Halo",
    ],
    ids=["headers", "comments", "encoded words", "nesting", "references", "words", "tags"],
)
def test_a_mail_made_to_be_slow_is_read_all_the_same(body: bytes) -> None:
    started = time.process_time()
    assert heard(body).sender == "a@b.test"
    assert time.process_time() - started < 10  # seconds of CPU; a quadratic reading takes minutes
