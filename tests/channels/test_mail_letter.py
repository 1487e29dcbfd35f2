"""A message as bytes: whatever its words are, the standard library reads the same back, and no header is added."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contract import Message, OutFile
from channels.mail_letter import (
    Frame,
    bounce_address,
    frame,
    header_words,
    is_address,
    key_to_local,
    letter,
    local_to_key,
    message_id,
    spelled,
)

DATE = "Sat, 05 Dec 2026 01:00:00 -0000"
HEADERS = [
    "From",
    "List-Unsubscribe",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Notifier-Line",
    "MIME-Version",
    "To",
    "Subject",
    "Date",
    "Message-ID",
]
OUTER = {"Content-Type", "Content-Transfer-Encoding"}

# what a careless or hostile template could bring
hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\r\n\x00.=_-\t \ud800\u2028é🙏"),
    ),
    max_size=300,
)
keys = st.from_regex(r"[A-Za-z0-9._:-]{1,64}", fullmatch=True)


def of_line(**given_: Any) -> Frame:
    chosen = {"reply_to": "", "unsubscribe": "pengaduan@bansos.test", "bounce": "bounce@bansos.test"}
    return frame(
        line="surel", sender="pengaduan@bansos.test", domain="bansos.test", **{"name": "Bansos", **chosen, **given_}
    )


def written(message: Message, **given_: Any) -> bytes:
    return letter(of_line(**given_), message, "siti@warga.test", DATE)


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert not any(part.defects for part in mail.walk())
    return mail


def words(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).rstrip("\n")  # the line end before a boundary belongs to the boundary


def as_read(text: str) -> str:
    """Text with the line ends and the replacements every mail program makes."""
    text = text.encode("utf-8", "replace").decode()
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines if lines.endswith("\n") else lines + "\n"


def test_a_letter_has_text_and_html_and_all_that_keeps_machines_quiet() -> None:
    message = Message(
        "siti@warga.test",
        "41:7:1",
        "Penyaluran – BPNT",
        "Bantuan Anda cair.",
        "<p>Bantuan Anda cair.</p>",
        "<a@b.test>",
    )
    mail = parsed(written(message, name='Dinas "Sosial", Kota', reply_to="jawab@bansos.test"))
    assert mail["From"].addresses[0].display_name == 'Dinas "Sosial", Kota'
    assert mail["From"].addresses[0].addr_spec == "pengaduan@bansos.test"
    assert mail["To"] == "siti@warga.test"
    assert mail["Subject"] == "Penyaluran – BPNT"
    assert mail["Message-ID"] == "<41=7=1@bansos.test>"
    assert mail["In-Reply-To"] == mail["References"] == "<a@b.test>"
    assert mail["Reply-To"] == "jawab@bansos.test"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Unsubscribe"] == "<mailto:pengaduan@bansos.test?subject=STOP>"
    assert mail.get_content_type() == "multipart/alternative"
    assert words(mail, "plain") == "Bantuan Anda cair."
    assert words(mail, "html") == "<p>Bantuan Anda cair.</p>"


def test_plain_ascii_words_leave_as_they_are() -> None:
    raw = written(Message("siti@warga.test", "1", "Halo", "Baris satu\n.baris dua\n"))
    assert raw.endswith(b"Content-Transfer-Encoding: 7bit\r\n\r\nBaris satu\r\n.baris dua\r\n")


@settings(max_examples=150, deadline=None)
@given(subject=hostile, text=hostile, html=hostile, thread=hostile, name=hostile)
def test_whatever_the_words_the_same_words_arrive_and_no_header_is_added(
    subject: str, text: str, html: str, thread: str, name: str
) -> None:
    raw = written(Message("siti@warga.test", "k", subject, text, html, thread), name=name)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail = message_from_bytes(raw, policy=policy.compat32)
    assert [name for name in mail.keys() if name not in OUTER] == HEADERS  # noqa: SIM118 - keys() keeps repetitions
    parts = [part for part in mail.walk() if not part.is_multipart()]
    assert len(parts) == (1 if not html else 2 if text else 1)
    bodies = {part.get_content_type(): part.get_payload(decode=True) for part in parts}
    for kind, said in (("text/plain", text), ("text/html", html)):
        if said:
            body = bodies[kind]
            assert isinstance(body, bytes)
            # the line end before a boundary belongs to the boundary
            assert body.decode().replace("\r\n", "\n").rstrip("\n") == as_read(said).rstrip("\n")


@settings(max_examples=200, deadline=None)
@given(hostile)
def test_a_subject_is_one_line_that_reads_the_same(subject: str) -> None:
    value = header_words(subject)
    assert all(len(row) <= 78 for row in value.split("\r\n"))
    assert all(row.startswith(" ") for row in value.split("\r\n")[1:])
    mail = message_from_bytes(f"Subject: {value}\r\n\r\n".encode("ascii"), policy=policy.default)
    expected = "".join(c if c >= " " and c != "\x7f" else " " for c in subject).encode("utf-8", "replace").decode()
    assert str(mail["Subject"] or "").split() == expected.split()


@pytest.mark.parametrize(
    "subject",
    ["Penyaluran\r\nBcc: semua@warga.test", "a\nb", "a\rb", "a\x0bb", "a\u2028b", "a\x85b", "=?utf-8?q?a=0D=0AX:_y?="],
)
def test_a_subject_cannot_smuggle_a_header(subject: str) -> None:
    raw = written(Message("siti@warga.test", "1", subject, "Halo"))
    mail = message_from_bytes(raw)
    assert set(mail.keys()) == set(HEADERS) | OUTER
    assert str(parsed(raw)["Subject"]).split() == subject.split() or "=?" in subject


@pytest.mark.parametrize("name", ["kartu.pdf", "Surat Keterangan é – RT 05 🙏.pdf", 'a"b\\c.txt', "x" * 200, "🙏" * 90])
def test_files_come_along_with_their_names(name: str) -> None:
    body = bytes(range(256)) * 5
    raw = written(
        Message(
            "siti@warga.test", "1", "Halo", "Teks =_words", "<b>x</b>", files=(OutFile(name, "application/pdf", body),)
        )
    )
    mail = parsed(raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 160
    (file,) = mail.iter_attachments()
    assert file.get_content() == body
    assert file.get_filename() == name.replace("\\", "-")[:120]
    assert words(mail, "plain") == "Teks =_words"


def test_a_file_of_impossible_type_is_just_bytes() -> None:
    raw = written(Message("siti@warga.test", "1", files=(OutFile("a\r\nX: y", "text/html\r\nX: y", b"1"),)))
    (file,) = parsed(raw).iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/octet-stream", "a X: y")


@given(keys)
def test_a_key_survives_as_message_id_and_bounce_address(key: str) -> None:
    local = key_to_local(key)
    assert local_to_key(local) == key
    assert is_address(f"{local}@bansos.test")
    assert message_id(of_line(), key) == f"<{local}@bansos.test>"
    assert is_address(bounce_address(of_line(), key))


@pytest.mark.parametrize("key", ["", "a b", "a\r\nRCPT TO:<x@y.test>", "kunci-é", "x" * 65, "a>b"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        key_to_local(key)


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("siti@warga.test", True),
        ("siti.aminah+bansos@sub.warga.co.id", True),
        ("o'brien@warga.test", True),
        ("siti@warga", True),
        ("", False),
        ("siti", False),
        ("@warga.test", False),
        ("siti@", False),
        ("siti@@warga.test", False),
        ("siti..a@warga.test", False),
        (".siti@warga.test", False),
        ("siti@warga..test", False),
        ("siti@warga.test\r\nDATA", False),
        ("siti@warga.test\n", False),
        ("siti aminah@warga.test", False),
        ("<siti@warga.test>", False),
        ('"siti"@warga.test', False),
        ("a@b.test,c@d.test", False),
        ("é@warga.test", False),
        ("x" * 65 + "@warga.test", False),
        ("x@" + "y" * 260 + ".test", False),
    ],
)
def test_only_plain_addresses_get_on_an_envelope(address: str, fits: bool) -> None:
    assert is_address(address) is fits


def test_an_international_domain_is_written_in_ascii() -> None:
    assert spelled(" siti@désa.test ") == "siti@xn--dsa-bma.test"
