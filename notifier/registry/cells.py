"""Cells to values: what every kind of row reads in the same way. Pure; notes what it had to put right.

Does not know which row it reads for.
"""

import re
from datetime import date, datetime

from notifier.registry.findings import Finding, shown
from notifier.registry.tables import Cell
from notifier.rules.people import tidy

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00)?)?")
_LOCAL = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_MOMENT = re.compile(r"(.+?)[T ]+(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?")


def words(cell: Cell, column: str, found: list[Finding], longest: int = 0) -> str:
    """A cell as one line of text; notes spaces, unseen characters, numbers in place of text, and what was cut."""
    if not isinstance(cell, str):
        if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
            cell = int(cell)
        found.append(Finding("number_cell", column))
        cell = str(cell)
    text = tidy(cell) if cell else ""
    if text != cell:
        found.append(Finding("trailing_spaces" if _only_spaces(cell, text) else "odd_characters", column))
    if longest and len(text) > longest:
        found.append(Finding("cut_short", column))
        text = text[:longest].rstrip()
    return text


def _only_spaces(cell: str, text: str) -> bool:
    return cell.replace(" ", "") == text.replace(" ", "")


def day(cell: Cell, column: str, found: list[Finding]) -> date | None:
    """A date written 31/12/1990 or 1990-12-31, or a date cell; None for an empty cell, a finding for an impossible."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        found.append(Finding("date_cell", column))
        return cell
    text = words(cell, column, found)
    if not text:
        return None
    read = read_day(text)
    if read is None:
        found.append(Finding("impossible_date", column, shown(text)))
    return read


def read_day(text: str) -> date | None:
    """The date in a text; None when there is none such."""
    if match := _LOCAL.fullmatch(text):
        numbers = (match[3], match[2], match[1])
    elif match := _ISO.fullmatch(text):
        numbers = (match[1], match[2], match[3])
    else:
        return None
    try:
        return date(int(numbers[0]), int(numbers[1]), int(numbers[2]))
    except ValueError:
        return None


def moment(cell: Cell, column: str, found: list[Finding]) -> datetime | None:
    """A local time, naive: 2026-12-07 08:00, 7/12/2026 08.00, or a cell with date and hour; a finding when it is none.

    A time that names its own offset is taken with it.
    """
    if isinstance(cell, datetime):
        found.append(Finding("date_cell", column))
        return cell
    text = str(cell) if isinstance(cell, date) else words(cell, column, found)
    if not text:
        found.append(Finding("missing_cell", column))
        return None
    read: datetime | None = None
    try:
        if match := _MOMENT.fullmatch(text):
            of = read_day(match[1].strip())
            read = None if of is None else datetime(of.year, of.month, of.day, int(match[2]), int(match[3]))  # noqa: DTZ001
        elif "T" in text or "+" in text:
            read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None:
        found.append(Finding("bad_time", column, shown(text)))
    return read
