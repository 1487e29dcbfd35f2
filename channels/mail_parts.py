"""What a mail consists of, whatever its sender did to it: headers, texts, files, in clean Unicode.

Pure, and knows no meaning: that is mail_in's. Every function gives something for every input, in time that grows no
faster than the mail; broken encodings become "�", never an exception.
"""

import codecs
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from html import unescape
from itertools import islice
from mimetypes import guess_extension

from channels.contract import InFile

MOST_HEADERS, LONGEST_HEADER = 1_000, 4_000
DEEPEST = 60  # containers in one mail; beyond that only its headers are looked at
LONGEST_TEXT = 200_000  # characters
MOST_FILES, BIGGEST_FILE = 20, 20 * 1024 * 1024
MAIL = "message/rfc822"  # a mail as a part of another
DROPPED = "X-Notifier-Dropped"  # header of an attachment too great to keep: bytes it had
ODD_CODECS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "utf-7"}
ADDRESS = re.compile(r"[^\s<>\"(),:;@\\]{1,64}@[^\s<>\"(),:;@\\]{1,190}")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TYPE = re.compile(r"[A-Za-z0-9.+_-]{1,60}/[A-Za-z0-9.+_-]{1,60}", re.ASCII)

Part = Message  # the standard library's word for both a mail and one part of it


@dataclass(frozen=True, slots=True)
class Contents:
    """The leaves of a mail, sorted."""

    text: str  # what is there to read, HTML made plain
    files: tuple[InFile, ...]
    mails: tuple[Part, ...] = ()  # mails that are attached; each is a file too


# the whole


def parsed(body: bytes) -> Part:
    """The mail; only its headers if it is nested beyond reason."""
    if body.lower().count(b"multipart/") + body.lower().count(b"message/") > DEEPEST:
        return BytesHeaderParser().parsebytes(body)
    try:
        return BytesParser().parsebytes(body)
    except Exception:  # the parser has been broken by hostile mails before
        return BytesHeaderParser().parsebytes(body[:100_000])


def headers(part: Part) -> Mapping[str, Sequence[str]]:
    """Values by name in lower case, as they came but on one line and of bearable length."""
    found: dict[str, list[str]] = {}
    for name, value in islice(part.raw_items(), MOST_HEADERS):
        row = unicoded(str(value).encode("utf-8", "surrogateescape")[:LONGEST_HEADER], "")
        found.setdefault(str(name).lower(), []).append(" ".join(row.replace("\x00", "").split()))
    return found


def first(values: Mapping[str, Sequence[str]], name: str) -> str:
    """The first header of this name, "" if there is none."""
    found = values.get(name)
    return found[0] if found else ""


def leaves(mail: Part) -> Iterator[Part]:
    """The parts that contain no others, in order; a mail within the mail is one leaf."""
    waiting = [mail]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting += reversed(inside(part))
        else:
            yield part


def inside(part: Part) -> list[Part]:
    """What a container holds; nothing for a leaf."""
    held = part.get_payload() if part.is_multipart() else []  # asked of a leaf, it would decode, and stumble
    return [one for one in held if isinstance(one, Message)]


def contents(mail: Part) -> Contents:
    """Text and files. Plain text wins over HTML; what is neither is a file."""
    plain: list[str] = []
    html: list[str] = []
    files: list[InFile] = []
    mails: list[Part] = []
    for part in leaves(mail):
        kind = part.get_content_type()
        whole = part.get_content_maintype() == "multipart"  # that claims parts and has none
        if whole or (kind == "text/plain" and not _is_file(part)):
            plain.append(text_of(part))
        elif kind == "text/html" and not _is_file(part):
            html.append(text_of(part))
        elif len(files) < MOST_FILES:
            files.append(_file(part, len(files) + 1))
            mails += _mail(part)
    text = "\n".join(plain)
    if not text.strip():
        text = "\n".join(map(html_to_text, html))
    return Contents(text[:LONGEST_TEXT].strip(), tuple(files), tuple(mails))


def _mail(part: Part) -> list[Part]:
    """The mail that an attachment is, if it is one. Some programs encode what must not be encoded."""
    if part.get_content_type() != MAIL:
        return []
    held = inside(part)
    if str(part.get("content-transfer-encoding", "")).strip().lower() != "base64":
        return held[:1]
    with suppress(ValueError):
        return [parsed(b64decode(b"".join(b"".join(one.as_bytes() for one in held).split())))]
    return []


def text_of(part: Part) -> str:
    """A text part in Unicode, with simple line ends."""
    charset = ""
    with suppress(Exception):
        charset = str(part.get_content_charset() or "")
    return tidy(unicoded(bytes_of(part), charset).replace("\r\n", "\n").replace("\r", "\n"))


def bytes_of(part: Part) -> bytes:
    """A part's bytes, its transfer encoding undone."""
    try:
        payload = part.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b"\n".join(one.as_bytes() for one in inside(part))
    except Exception:  # broken in a way the standard library does not foresee
        return b""


# words


def unicoded(raw: bytes, charset: str) -> str:
    """In the charset it claims; if that is unknown or a lie, UTF-8, else Windows' Western one."""
    for name in (charset, "utf-8"):
        with suppress(LookupError, ValueError):
            if name and codecs.lookup(name).name not in ODD_CODECS:
                return raw.decode(name)
    return raw.decode("cp1252", "replace")


def tidy(text: str) -> str:
    """Without what a database or a page can't hold: NUL, lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def readable(value: str) -> str:
    """A header's value with its encoded words decoded, on one line."""
    try:
        pieces = decode_header(value)
    except Exception:  # binascii, LookupError, HeaderParseError …: then it stays as it is
        pieces = [(value, None)]
    words = [one if isinstance(one, str) else unicoded(one, charset or "") for one, charset in pieces]
    return " ".join(UNPRINTED.sub(" ", tidy("".join(words))).split())


def address_in(value: str) -> str:
    """The first address of a header in lower case; "" if there is none."""
    found = ""
    with suppress(Exception):
        found = parseaddr(value)[1]
    if not ADDRESS.fullmatch(found):
        match = ADDRESS.search(value)
        found = match[0] if match else ""
    return tidy(found.lower().strip("."))


def ids_in(value: str) -> list[str]:
    """Message-IDs, brackets included."""
    return [tidy(one) for one in MESSAGE_ID.findall(value)]


def moment(value: str) -> datetime | None:
    """A Date header in UTC; None for what is no date."""
    try:
        at = parsedate_to_datetime(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except Exception:  # out of range, no numbers, nothing at all
        return None


# files


def _is_file(part: Part) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except Exception:
        return False


def _file(part: Part, number: int) -> InFile:
    kind = part.get_content_type()
    kind = kind if TYPE.fullmatch(kind) else "application/octet-stream"
    name = ""
    with suppress(Exception):
        name = readable(str(part.get_filename() or ""))
    body = bytes_of(part)
    dropped = re.sub(r"[^0-9]", "", str(part.get(DROPPED, "")))[:15]
    size = max(len(body), int(dropped or 0))
    extension = ".eml" if kind == MAIL else guess_extension(kind) or ".bin"
    return InFile(
        name=safe_name(name) or f"lampiran-{number}{extension}",
        type=kind,
        size=size,
        body=body if size <= BIGGEST_FILE else None,
    )


def safe_name(name: str) -> str:
    """A file name that is only a name: no folders, nothing invisible, at most 100 characters with its ending."""
    name = UNPRINTED.sub("", tidy(name)).replace("\\", "/").rpartition("/")[2].strip(" .")
    name = re.sub(r'[<>:"|?*]', "_", name)
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 99 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else name[:100]


# HTML

SKIPPED = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("style", "script", "head", "title", "svg")}
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,20})")
LINE_TAGS = frozenset({"p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
LINE_TAGS |= {"hr", "pre", "section", "article", "header", "footer"}
CELLS = frozenset({"td", "th"})
SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
QUOTE_MARK = "> "


def html_to_text(html: str) -> str:
    """What a reader of the HTML sees, line by line; quoted blocks are marked "> " as in a plain mail."""
    lines: list[str] = []
    line: list[str] = []
    depth = 0  # of quotation

    def end_line() -> None:
        words = SPACES.sub(" ", "".join(line)).strip()
        line.clear()
        if words or (lines and lines[-1].strip(QUOTE_MARK)):  # one empty line is enough
            lines.append(QUOTE_MARK * min(depth, 5) + words)

    for kind, value in _pieces(html):
        if kind == "text":
            line.append(value)
        elif value in CELLS:
            line.append(" ")
        elif value == "br" or value in LINE_TAGS:
            if value == "br" or "".join(line).strip(" \t\n\r\f"):
                end_line()
            line.clear()
            if value == "blockquote":
                depth = max(0, depth + (1 if kind == "open" else -1))
    end_line()
    return "\n".join(lines).strip()


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """("text", words), ("open", tag), ("close", tag). Every look ahead moves on or is the last one: linear."""
    at = 0
    while (start := html.find("<", at)) >= 0:
        yield "text", unescape(html[at:start])
        tag = TAG.match(html, start)
        if tag is None and html[start + 1 : start + 2] not in ("!", "?", "/"):
            yield "text", "<"  # "umur < 5"
            at = start + 1
            continue
        end, width = (html.find("-->", start), 3) if html.startswith("<!--", start) else (html.find(">", start), 1)
        if tag is not None and end >= 0:
            name = tag[2].lower()
            yield ("close" if tag[1] else "open"), name
            if name in SKIPPED and not tag[1]:
                closing = SKIPPED[name].search(html, end)
                end, width = (closing.start(), 0) if closing else (-1, 0)
        if end < 0:
            return
        at = end + width
    yield "text", unescape(html[at:])
