"""Text tables (CSV): delimiter, encoding and line ends found by themselves, read in a stream with flat memory.

Does not know columns' meaning. Everything that would stop half-way is looked for before the first row is given.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

from notifier.registry.tables import HEAD_ROWS, Header, Layout, Row, Unreadable, find_header, picked

CHUNK = 1 << 20
LONGEST_LINE = 1 << 20  # bytes; a register's row has a few hundred
DELIMITERS = (",", ";", "\t", "|")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class _Survey:
    """What one walk over the bytes told."""

    digest: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Delimited:
    """A text table that can be read."""

    path: Path
    digest: str
    encoding: str
    delimiter: str
    header: Header

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    def rows(self) -> Iterator[Row]:
        """Rows below the header; blank ones are skipped. Raises Unreadable at an unclosed quote."""
        for line, cells in _records(self.path, self.encoding, self.delimiter):
            if line > self.header.line and any(cells):
                yield picked(line, cells, self.header)


def open_delimited(path: Path, layout: Layout) -> Delimited:
    """Look at the whole file once, then find delimiter and header. Raises Unreadable."""
    seen = _survey(path)
    best: tuple[int, str, Header] | None = None
    first: Unreadable | None = None
    for delimiter in DELIMITERS:
        try:
            head = list(islice(_records(path, seen.encoding, delimiter), HEAD_ROWS))
            header = find_header(str(path), layout, head)
        except Unreadable as error:
            if first is None or _tells_more(error, first):
                first = error
            continue
        if best is None or len(header.places) > best[0]:
            best = (len(header.places), delimiter, header)
    if best is None:
        assert first is not None
        raise first
    return Delimited(path, seen.digest, seen.encoding, best[1], best[2])


def _tells_more(error: Unreadable, than: Unreadable) -> bool:
    """Of the refusals that the delimiters led to, the one that met a header is the useful one."""
    return "no header" in str(than) and "no header" not in str(error)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Every record with the line it begins on."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise Unreadable(f"{path}, line {line}: {_why(str(error))}") from None
        except UnicodeDecodeError:
            raise Unreadable(
                f"{path}, line {line} or soon after: letters that are neither UTF-8 nor Windows-1252; "
                "export the file as CSV UTF-8"
            ) from None


def _why(error: str) -> str:
    if "field larger" in error or "unexpected end" in error:
        return 'a quotation mark (") opens here and is never closed; close it or remove it'
    if "expected after" in error:
        return 'a quotation mark (") stands inside a quoted cell; double it ("") or remove it'
    return f"this is no row of a table ({error}); export the file again as CSV"


def _survey(path: Path) -> _Survey:
    """One walk over the bytes: their digest, their encoding, and what no table has."""
    digest, utf8 = sha256(), codecs.getincrementaldecoder("utf-8")()
    is_utf8, multibyte, bad_line, line, rest = True, False, 0, 1, 0
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        wide = start.startswith(_UTF16)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            if not wide:
                rest = _walk_lines(path, chunk, line, rest)
            if is_utf8 and not wide:
                try:
                    multibyte = multibyte or len(utf8.decode(chunk)) < len(chunk)
                except UnicodeDecodeError as error:
                    is_utf8 = False
                    bad_line = line + chunk[: error.start].count(b"\n")
                    multibyte = multibyte or not error.object[: error.start].isascii()
            line += chunk.count(b"\n")
    if wide:
        return _Survey(digest.hexdigest(), "utf-16")
    if is_utf8:
        try:
            utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8, bad_line = False, line
    if is_utf8:
        return _Survey(digest.hexdigest(), "utf-8-sig")
    if start.startswith(codecs.BOM_UTF8) or multibyte:
        raise Unreadable(
            f"{path}, line {bad_line}: the file is UTF-8 up to here and broken there; export it again as CSV UTF-8"
        )
    return _Survey(digest.hexdigest(), "cp1252")


def _walk_lines(path: Path, chunk: bytes, line: int, rest: int) -> int:
    """Refuse NUL bytes and endless lines; returns how long the last line of the chunk is so far."""
    at = chunk.find(b"\0")
    if at >= 0:
        where = line + chunk[:at].count(b"\n")
        raise Unreadable(
            f"{path}, line {where}: a NUL byte; this is no text table, or it was damaged: export it again as CSV"
        )
    lines = chunk.replace(b"\r", b"\n").split(b"\n")
    longest = max(rest + len(lines[0]), max(map(len, lines)))
    if longest > LONGEST_LINE:
        raise Unreadable(
            f"{path}, line {line} or soon after: a line of more than {LONGEST_LINE} characters; "
            "export the file again as CSV with one row a line"
        )
    return rest + len(lines[0]) if len(lines) == 1 else len(lines[-1])
