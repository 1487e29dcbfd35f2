"""Lists as files that people take away: CSV and XLSX, written row by row into a file that goes when it is closed.

Knows no list. A cell that a spreadsheet would take for a formula gets a quote in front.
"""

import asyncio
import codecs
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Sequence
from typing import IO, Any, Protocol

from notifier.errors import Refused

MOST_IN_A_WORKBOOK = 1_000_000  # rows a spreadsheet can show
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = AsyncIterator[Sequence[Sequence[object]]]


def calm(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


async def write(form: str, head: Sequence[str], parts: Rows) -> tuple[IO[bytes], int]:
    """A file at its beginning, and how many rows it has. `form`: csv or xlsx. Close it when it was read.

    It has no name on disk, for it holds people's names. Raises Refused where a workbook would be too long.
    """
    if form not in ("csv", "xlsx"):
        raise Refused(f'"{form}" is no kind of list; there are: csv, xlsx')
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller, who closes it
    try:
        sheet: _Sheet = _Csv(file) if form == "csv" else _Workbook(file)
        count = 0
        sheet.add([head])
        async for part in parts:
            count += len(part)
            if form == "xlsx" and count > MOST_IN_A_WORKBOOK:
                raise Refused(f"a workbook holds {MOST_IN_A_WORKBOOK} rows, and this list is longer; take it as csv")
            await asyncio.to_thread(sheet.add, part)
        await asyncio.to_thread(sheet.finish)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, count


class _Sheet(Protocol):
    def add(self, rows: Sequence[Sequence[object]]) -> None: ...
    def finish(self) -> None: ...


class _Csv:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        file.write(codecs.BOM_UTF8)  # without it spreadsheets take the names for another alphabet

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([calm(cell) for cell in row] for row in rows)
        self._file.write(text.getvalue().encode())

    def finish(self) -> None:
        self._file.flush()


class _Workbook:
    def __init__(self, file: IO[bytes]) -> None:
        import xlsxwriter  # type: ignore[import-untyped]  # late: most commands need no workbook

        self._book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self._sheet = self._book.add_worksheet("Daftar")
        self._sheet.freeze_panes(1, 0)
        self._bold = self._book.add_format({"bold": True})
        self._line = 0

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        for row in rows:
            look: tuple[Any, ...] = () if self._line else (self._bold,)
            for place, cell in enumerate(row):
                self._sheet.write_string(self._line, place, calm(cell), *look)
            self._line += 1

    def finish(self) -> None:
        self._book.close()
