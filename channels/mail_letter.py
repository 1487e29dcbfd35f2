"""A message as the bytes of an e-mail: headers, text and HTML side by side, files. Pure; knows no server and no clock.

Written by hand because `email.message` costs several times the SMTP dialogue itself. What never changes (the frame)
is built once a line; every part is plain ASCII, in lines short enough for any server.

Why the fixed boundaries are safe: none of our encodings can produce "=_" (quoted-printable writes "=" as "=3D",
base64 has no "_"), and a text that contains it is never sent unencoded.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from urllib.parse import quote

from channels.contract import Message, OutFile

MIXED, SIDE_BY_SIDE = b"=_mixed", b"=_words"
LINE = 78  # characters of a header line where it can be helped
LONGEST_LINE = 990  # RFC 5321 allows 998 octets
LONGEST_LOCAL, LONGEST_ADDRESS = 64, 254  # RFC 5321
KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
LOOSE_DOTS = re.compile(r"^\.|\.$|(?<=\.)\.")  # the dots a local part may not have
ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,240}>", re.ASCII)
UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NEWLINES = re.compile(r"\r\n|\r|\n")
PLAIN_NAME = re.compile(r"[A-Za-z0-9 _.-]*", re.ASCII)
TYPE = re.compile(r"[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Frame:
    """What all mails of a line have in common."""

    domain: str  # of our Message-IDs
    bounce: str  # envelope sender; each message adds "+key" to its local part
    head: bytes  # header lines, each with its line end


def frame(*, line: str, sender: str, name: str, domain: str, bounce: str, reply_to: str, unsubscribe: str) -> Frame:
    """The frame of a line; addresses must have passed `is_address`."""
    rows = [
        f"From: {phrase(name)}<{sender}>",
        f"Reply-To: <{reply_to}>" if reply_to else "",
        f"List-Unsubscribe: <mailto:{quote(unsubscribe, safe='@')}?subject=STOP>" if unsubscribe else "",
        "Auto-Submitted: auto-generated",  # RFC 3834: well-behaved machines don't answer this
        "X-Auto-Response-Suppress: All",  # the same for Exchange
        f"X-Notifier-Line: {header_words(line)}",  # by which we know our own mail when it comes back
        "MIME-Version: 1.0",
    ]
    return Frame(domain, bounce, b"".join(row.encode("ascii") + b"\r\n" for row in rows if row))


def letter(frame: Frame, message: Message, to: str, date: str) -> bytes:
    """The mail, ready for DATA but for doubled dots: CRLF, ASCII. The same message and date give the same bytes.

    `to` must have passed `spelled`, `date` is an RFC 5322 date. Raises ValueError if the key can't be part of a
    Message-ID.
    """
    ref = message_id(frame, message.key)
    rows = [f"To: <{to}>", f"Subject: {header_words(message.subject)}", f"Date: {date}", f"Message-ID: {ref}"]
    if ID.fullmatch(message.thread):  # threading is a comfort: a ref that can't stand in a header is left out
        rows += [f"In-Reply-To: {message.thread}", f"References: {message.thread}"]
    head = frame.head + "\r\n".join(rows).encode("ascii") + b"\r\n"
    words = [_words(b"plain", message.text)] if message.text or not message.html else []
    if message.html:
        words.append(_words(b"html", message.html))
    part = words[0] if len(words) == 1 else _joined(b"alternative", SIDE_BY_SIDE, words)
    if message.files:
        part = _joined(b"mixed", MIXED, [part, *map(_file, message.files)])
    return head + part


def is_address(address: str) -> bool:
    """Whether the address can stand in a header and in an SMTP command as it is (ASCII, no quoting, no comments)."""
    local, _, domain = address.rpartition("@")
    return (
        len(address) <= LONGEST_ADDRESS
        and len(local) <= LONGEST_LOCAL
        and ADDRESS.fullmatch(address) is not None
        and not LOOSE_DOTS.search(local)
        and ".." not in domain
    )


def spelled(address: str) -> str:
    """The address with an international domain written in ASCII. Raises ValueError if it can't be mailed to."""
    local, _, domain = address.strip().rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    if not is_address(f"{local}@{domain}"):
        raise ValueError("not an e-mail address we can write on an envelope")
    return f"{local}@{domain}"


# keys: as the left side of a Message-ID, and in the bounce address (VERP)


def key_to_local(key: str) -> str:
    """A key in letters that may stand left of an "@". Raises ValueError for what is no key."""
    if not KEY.fullmatch(key):
        raise ValueError("the key is not made of 1 to 64 of [A-Za-z0-9._:-]")
    return LOOSE_DOTS.sub("~", key.replace(":", "="))


def local_to_key(local: str) -> str:
    """The key that key_to_local() spelled so; "" if it can't have been one."""
    key = local.replace("=", ":").replace("~", ".")
    return key if KEY.fullmatch(key) else ""


def message_id(frame: Frame, key: str) -> str:
    """The ref of the message with this key."""
    return f"<{key_to_local(key)}@{frame.domain}>"


def bounce_address(frame: Frame, key: str) -> str:
    """Where failures of this message are to be reported; without the key if there is no room for it."""
    local, _, domain = frame.bounce.rpartition("@")
    carrying = f"{local}+{key_to_local(key)}"
    return f"{carrying}@{domain}" if len(carrying) <= LONGEST_LOCAL else frame.bounce


# headers


@lru_cache(maxsize=256)  # a broadcast has one subject
def header_words(text: str) -> str:
    """Any text as a header's value: on one line but for folds, encoded where needed. Nothing in it can end it."""
    text = " ".join(UNPRINTED.sub(" ", text).split())
    if text.isascii() and "=?" not in text and all(len(word) < LINE - 10 for word in text.split(" ")):
        return "\r\n ".join(wrap(text, LINE - 10, break_on_hyphens=False))
    pieces, piece = [], b""
    for letter_ in text:
        raw = letter_.encode("utf-8", "replace")
        if len(piece) + len(raw) > 42:  # an encoded word has at most 75 characters
            pieces.append(piece)
            piece = b""
        piece += raw
    pieces.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(piece, newline=False).decode()}?=" for piece in pieces)


def phrase(name: str) -> str:
    """A display name before an address, with the space between; "" for no name."""
    words = header_words(name)
    if not words:
        return ""
    return f"{words} " if words.startswith("=?") or PLAIN_NAME.fullmatch(words) else f"{_quoted(words)} "


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


# parts


def _words(kind: bytes, text: str) -> bytes:
    """One text part: as it is if that is safe everywhere, else quoted-printable."""
    text = NEWLINES.sub("\r\n", text)
    if not text.endswith("\r\n"):
        text += "\r\n"  # b2a_qp breaks lines in the manner of the first line end it sees
    if _safe(text):
        encoding, body = b"7bit", text.encode("ascii")
    else:
        encoding, body = b"quoted-printable", b2a_qp(text.encode("utf-8", "replace"))
    return b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n%b" % (kind, encoding, body)


def _safe(text: str) -> bool:
    return (
        text.isascii()
        and "=_" not in text
        and not UNPRINTED.search(text)
        and max(map(len, text.split("\r\n"))) <= LONGEST_LINE
    )


def _file(file: OutFile) -> bytes:
    kind = file.type if TYPE.fullmatch(file.type) else "application/octet-stream"
    name = " ".join(UNPRINTED.sub(" ", file.name).split()).replace("/", "-").replace("\\", "-")[:120] or "file"
    spelt = f"filename={_quoted(name)}" if name.isascii() else _percent(name)
    body = b2a_base64(file.body, newline=False)
    lines = b"\r\n".join(body[at : at + 76] for at in range(0, len(body), 76))
    head = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n {spelt}\r\n"
    )
    return head.encode("ascii") + b"\r\n" + lines + b"\r\n"


def _percent(name: str) -> str:
    """A file name in other letters than ASCII as RFC 2231 wants it, in pieces that fit a line."""
    whole = "utf-8''" + quote(name.encode("utf-8", "replace"), safe="")
    pieces, at = [], 0
    while at < len(whole):
        cut = whole.rfind("%", at + 56, at + 58)  # a %XX must not be torn
        end = at + 58 if cut < 0 else cut
        pieces.append(whole[at:end])
        at = end
    if len(pieces) == 1:
        return f"filename*={whole}"
    return ";\r\n ".join(f"filename*{number}*={piece}" for number, piece in enumerate(pieces))


def _joined(kind: bytes, boundary: bytes, parts: Sequence[bytes]) -> bytes:
    head = b'Content-Type: multipart/%b; boundary="%b"\r\n\r\n' % (kind, boundary)
    between = b"--" + boundary + b"\r\n"
    return head + between + between.join(parts) + b"--" + boundary + b"--\r\n"
