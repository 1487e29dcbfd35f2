"""Workbooks (XLSX): finds the sheet and the row where the table begins. A workbook is read whole, so it is capped.

Does not know columns' meaning. Cells keep their kind, for a number in place of text is a story of its own.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any

from notifier.registry.tables import HEAD_ROWS, Cell, Header, Layout, Row, Unreadable, find_header, picked

MOST_ROWS = 200_000
MOST_BYTES = 1 << 30  # unpacked; a workbook of that many rows has a quarter of it
MOST_PACKED = 200  # times smaller than its content a workbook may be; real ones are 5 to 30 times
SMALL = 10 << 20  # bytes unpacked that may be packed as tightly as they like
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Workbook:
    """One sheet of a workbook."""

    path: Path
    digest: str
    sheet: int
    header: Header

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    def rows(self) -> Iterator[Row]:
        """Rows below the header; blank ones are skipped."""
        for line, cells in _records(_sheet(_load(self.path), self.sheet)):
            if line > self.header.line and any(cell != "" for cell in cells):
                yield picked(line, cells, self.header)


def open_workbook(path: Path, layout: Layout) -> Workbook:
    """Look at the workbook and find the sheet with the header. Raises Unreadable."""
    _measure(path)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    book = _load(path)
    first: Unreadable | None = None
    for number in range(len(book.sheet_names)):
        try:
            head = list(islice(_records(_sheet(book, number)), HEAD_ROWS))
            return Workbook(path, digest, number, find_header(str(path), layout, head))
        except Unreadable as error:
            first = first or error
    raise first or Unreadable(f"{path}: the workbook has no sheet; export the register again")


def _measure(path: Path) -> None:
    """Refuse what is no workbook, and one that would not fit, before it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = [item for item in archive.infolist() if item.filename.startswith("xl/worksheets/")]
            if not sheets:
                raise Unreadable(f"{path}: this is a compressed file, not a workbook; save it as CSV or XLSX")
            if sum(item.file_size for item in archive.infolist()) > MOST_BYTES:
                raise _too_large(path)
            whole, packed = 0, path.stat().st_size
            for item in archive.infolist():
                size, rows = _unpacked(archive, item, MOST_BYTES - whole)
                whole += size
                if whole > MOST_BYTES or (item in sheets and rows > MOST_ROWS):
                    raise _too_large(path)
                if size != item.file_size or whole > max(SMALL, packed * MOST_PACKED):
                    raise ValueError("it is packed as no spreadsheet packs")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise _damaged(path, error) from None


def _unpacked(archive: zipfile.ZipFile, item: zipfile.ZipInfo, most: int) -> tuple[int, int]:
    """How large a part really is and how many rows it has; what it says of itself is not believed. Stops at `most`."""
    claimed, size, rows, tail = item.file_size, 0, 0, b""
    item.file_size = most + CHUNK  # else reading would end where the part says that it does
    try:
        with archive.open(item) as part:
            while size <= most and rows <= MOST_ROWS and (chunk := part.read(CHUNK)):
                size += len(chunk)
                some = tail + chunk
                rows += some.count(b"<row ") + some.count(b"<row>")
                tail = some[-4:]
    finally:
        item.file_size = claimed
    return size, rows


def _too_large(path: Path) -> Unreadable:
    return Unreadable(f"{path}: a workbook of more than {MOST_ROWS} rows; save it as CSV, which may be any length")


def _damaged(path: Path, error: BaseException) -> Unreadable:
    return Unreadable(f"{path}: the workbook does not open ({type(error).__name__}); save it again as XLSX or CSV")


def _load(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook  # a compiled library that only imports need

    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(path, error) from None


def _sheet(book: Any, number: int) -> Any:
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_index(number)
    except (CalamineError, ValueError) as error:
        raise Unreadable(
            f"sheet {number + 1} does not open ({type(error).__name__}); save the workbook again as XLSX or CSV"
        ) from None


def _records(sheet: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Every row with its number as the spreadsheet shows it, blank ones too."""
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [_plain(cell) for cell in cells]


def _plain(cell: Any) -> Cell:
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return date(cell.year, cell.month, cell.day)
    return cell  # type: ignore[no-any-return]
