"""Rejected rows as a table to be mended and brought in again: the columns that were read, why, and the line.

They hold people's numbers in clear, so on disk they lie sealed, part by part; no part is ever in memory with another.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol

from notifier.errors import Refused
from notifier.registry.tables import FORMULA, LINE, WHY, Cell, Source

PART = 256 * 1024  # characters sealed together
PLACE = "imports.rejected"
_NUMBER = re.compile(r"[+-][\d .()-]*")  # nothing in it calls anything
MOST_IN_A_WORKBOOK = 200_000  # rows that a workbook may bring in again


class Seals(Protocol):
    """What keeping them needs of the vault."""

    def seal(self, value: bytes, place: str) -> bytes: ...
    def open(self, sealed: bytes, place: str) -> bytes: ...


def keep(source: Source, told: Path, target: Path, vault: Seals) -> int:
    """Write the rejected rows of a table. `told`: their lines with reasons, in order. Returns how many there are."""
    columns = sorted(source.header.places, key=lambda name: source.header.places[name])
    count = 0
    with told.open(encoding="utf-8", newline="") as lines, target.open("wb") as file:
        wanted = csv.reader(lines)
        text = io.StringIO(newline="")
        out = csv.writer(text)
        out.writerow([*columns, WHY, LINE])
        number = 0
        following = next(wanted, None)
        for row in source.rows() if following else ():
            if following is None:
                break
            if row.line != int(following[0]):
                continue
            out.writerow([*(_calm(written(row.cells[name])) for name in columns), following[1], row.line])
            count, following = count + 1, next(wanted, None)
            if text.tell() > PART:
                number = _put(file, text, number, vault)
        _put(file, text, number, vault)
    return count


def _put(file: IO[bytes], text: io.StringIO, number: int, vault: Seals) -> int:
    sealed = vault.seal(text.getvalue().encode(), f"{PLACE}:{number}")
    file.write(len(sealed).to_bytes(4, "big") + sealed)
    text.seek(0)
    text.truncate()
    return number + 1


def opened(path: Path, vault: Seals) -> Iterator[bytes]:
    """The sealed table, part by part."""
    with path.open("rb") as file:
        number = 0
        while size := file.read(4):
            yield vault.open(file.read(int.from_bytes(size, "big")), f"{PLACE}:{number}")
            number += 1


def given(path: Path, form: str, vault: Seals) -> IO[bytes]:
    """The table as a file at its beginning, in the form that it came in. It has no name on disk; close it when read."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - handed to the caller, who closes it
    try:
        if form == "csv":
            file.writelines(chain((codecs.BOM_UTF8,), opened(path, vault)))
        else:
            _workbook(file, path, vault)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _workbook(file: IO[bytes], path: Path, vault: Seals) -> None:
    """Every cell as text, so that no spreadsheet takes a digit of a NIK away."""
    import xlsxwriter  # type: ignore[import-untyped]  # late: most commands need no workbook

    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet("Ditolak")
    as_text = book.add_format({"num_format": "@"})
    line = 0
    for part in opened(path, vault):
        for row in csv.reader(io.StringIO(part.decode(), newline="")):
            if line > MOST_IN_A_WORKBOOK:
                raise Refused(
                    f"a workbook brings in {MOST_IN_A_WORKBOOK} rows, and more were rejected; take them as CSV"
                )
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell, as_text)
            line += 1
    book.close()


def written(cell: Cell) -> str:
    """A cell as text that is judged like the cell. A number too long for a spreadsheet stays known for one."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, int | float) and not isinstance(cell, bool) and float(cell).is_integer():
        return str(int(cell)) if abs(cell) < 1e15 else str(float(cell))
    return str(cell)


def _calm(text: str) -> str:
    """No formula for a spreadsheet; a phone's + and a number's - stay as they are."""
    return f"'{text}" if text.startswith(FORMULA) and not _NUMBER.fullmatch(text) else text


def told_of(report: Path, limit: int) -> list[Mapping[str, Any]]:
    """The first lines of a report that a person has to look at: line, column, outcome, mend. Rows that were not taken
    come before those that were, but for something in them that was left out.
    """
    turned_away: list[Mapping[str, Any]] = []
    taken: list[Mapping[str, Any]] = []
    with report.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            of = taken if row["outcome"] == "accepted" else turned_away
            if row["line"] and len(of) < limit:
                of.append({**row, "mend": row["how to mend"]})
                if len(turned_away) == limit:
                    break
    return [*turned_away, *taken][:limit]
