"""Great attachments are left out of a mail before it is stored; everything else stays byte for byte."""

import tracemalloc
from email.message import EmailMessage

import pytest

from channels.mail_light import HEAVY, lighten
from channels.mail_parts import contents, parsed

MIB = 1024 * 1024


def _mail(*sizes: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "siti@example.com", "Laporan"
    mail.set_content("bantuan saya dipotong")
    mail.add_alternative("<p>bantuan saya dipotong</p>", subtype="html")
    for number, size in enumerate(sizes):
        mail.add_attachment(bytes(size), maintype="video", subtype="mp4", filename=f"{number}.mp4")
    return mail.as_bytes()


def test_a_mail_of_bearable_size_stays_as_it_is() -> None:
    mail = _mail(MIB)
    assert lighten(mail) is mail


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_only_what_is_too_great_goes(ends: bytes) -> None:
    found = contents(parsed(lighten(_mail(10, 22 * MIB, 2 * MIB).replace(b"\n", ends))))
    assert found.text == "bantuan saya dipotong"
    assert [file.name for file in found.files] == ["0.mp4", "1.mp4", "2.mp4"]
    assert [file.body is None for file in found.files] == [False, True, False]
    assert (found.files[1].size or 0) > 22 * MIB
    assert found.files[2].size == 2 * MIB


def test_memory_stays_within_the_size_of_the_mail() -> None:
    mail = _mail(30 * MIB)
    tracemalloc.start()
    light = lighten(mail)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(light) < 10_000
    assert peak < MIB


MULTIPART = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'


# The bytes are put together by the test: as parameters they would stand in every process of the run, all the time.
@pytest.mark.parametrize(
    ("head", "filling", "end"),
    [
        (b"", b"x", b""),
        (MULTIPART, b"x", b""),
        (MULTIPART + b"--b\r\n", b"x", b"\r\n--b--"),
        (MULTIPART + b"--b\r\nContent-Type: text/plain\r\n\r\n", b"x", b"\r\n--b--"),
        (b"", b"boundary=x\n", b""),
    ],
)
def test_what_cannot_be_lightened_is_left_alone(head: bytes, filling: bytes, end: bytes) -> None:
    mail = head + filling * (HEAVY // len(filling) + 1) + end
    assert lighten(mail) == mail
