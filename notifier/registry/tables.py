"""Tables with a header row, whatever wrote them: their rows with line numbers, and the header found among the first.

Knows how people spell a column's name; does not know files or what a row means.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from notifier.errors import Refused

Cell = str | float | int | bool | date | datetime | time | timedelta
HEAD_ROWS = 20  # the header stands among these
WHY, LINE = "MENGAPA DITOLAK", "BARIS ASAL"  # columns of our own file of rejected rows; no layout knows them
FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
)  # what a spreadsheet takes for the beginning of one; there a quote is put before it

_NOT_WORD = re.compile(r"[^a-z0-9]+")


class Unreadable(Refused):
    """A file is no table we can read; the text names file, line and column, and the mend."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file: how people spell them, and which it cannot do without."""

    what: str  # people, rounds, statuses, visits
    columns: Mapping[str, Sequence[str]]  # our name → other spellings
    needed: Sequence[str]


class Row(NamedTuple):
    """One row below the header."""

    line: int  # where it begins in the file, from 1
    cells: Mapping[str, Cell]  # by our column names; an empty cell is ""
    width: int  # cells it has
    surplus: bool  # something stands beyond the last column


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and which cell is which column."""

    line: int
    places: Mapping[str, int]  # our name → index
    width: int
    mended: bool = False  # our own file of rejected rows comes back: a part of a register, never the whole


class Source(Protocol):
    """A file that was looked at; `rows()` may be walked more than once."""

    @property
    def name(self) -> str: ...  # without its folder
    @property
    def path(self) -> Path: ...  # as it was given
    @property
    def digest(self) -> str: ...
    @property
    def header(self) -> Header: ...
    def rows(self) -> Iterator[Row]: ...


def find_header(name: str, layout: Layout, head: Sequence[tuple[int, Sequence[Cell]]]) -> Header:
    """The header among the first rows: the one that names most of our columns. Raises Unreadable."""
    spelled = {_fold(word): column for column, words in layout.columns.items() for word in (column, *words)}
    best: tuple[int, int, Sequence[Cell]] | None = None
    for line, cells in head:
        known = len({spelled[_fold(cell)] for cell in cells if _fold(cell) in spelled})
        if known and (best is None or known > best[0]):
            best = (known, line, cells)
    if best is None:
        line, cells = next(((line, cells) for line, cells in head if any(_fold(cell) for cell in cells)), (1, ()))
        raise Unreadable(
            f"{name}, line {line}: no header with the columns {', '.join(layout.needed)}; found: {_shown(cells)}"
        )
    _, line, cells = best
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = spelled.get(_fold(cell))
        if column is None:
            continue
        if column in places:
            raise Unreadable(f"{name}, line {line}, column {place + 1}: {column} stands twice; remove one of the two")
        places[column] = place
    lacking = [column for column in layout.needed if column not in places]
    if lacking:
        raise Unreadable(
            f"{name}, line {line}: the column {lacking[0]} is missing; found: {_shown(cells)}. "
            f"Needed are {', '.join(layout.needed)}"
        )
    return Header(line, places, len(cells), {_fold(WHY), _fold(LINE)} <= {_fold(cell) for cell in cells})


def picked(line: int, cells: Sequence[Cell], header: Header) -> Row:
    """A row by our names."""
    width = len(cells)
    surplus = width > header.width and any(cell != "" for cell in cells[header.width :])
    by_name = {column: cells[place] if place < width else "" for column, place in header.places.items()}
    if header.mended:
        by_name = {column: _uncalmed(cell) for column, cell in by_name.items()}
    return Row(line, by_name, width, surplus)


def _uncalmed(cell: Cell) -> Cell:
    """A cell of our own file of rejected rows, without the quote that kept it from being a formula."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _fold(cell: Cell) -> str:
    return _NOT_WORD.sub("", cell.casefold()) if isinstance(cell, str) else ""


def _shown(cells: Sequence[Cell]) -> str:
    """What a header row says, cut short; digits hidden, for a file without a header begins with somebody's data."""
    words = [re.sub(r"\d", "…", str(cell))[:30].strip() for cell in cells if str(cell).strip()]
    shown = re.sub("…+", "…", ", ".join(words[:30]))
    return shown[:400] or "nothing"
