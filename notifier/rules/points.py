"""What a distribution point can take: its opening hours as people write them, and the load that rounds bring by day.

Pure arithmetic in the point's own time. It must not know tables, pages or who is told what.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

Hours = Mapping[int, tuple[time, time]]  # weekday (0: Monday) → opens, closes; a day that is missing is closed
DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
LONGEST = 366  # days of one round that are looked at
_DAY: Mapping[str, int] = MappingProxyType({name[:3].lower(): n for n, name in enumerate(DAYS)})
_TO = r"\s*(?:-|–|s/d|sd)\s*"
_PART = re.compile(rf"([a-z]+)(?:{_TO}([a-z]+))?\s+(\d{{1,2}}[:.]\d\d){_TO}(\d{{1,2}}[:.]\d\d)", re.IGNORECASE)


class Trouble(StrEnum):
    """Why a round and its point do not fit."""

    CLOSED = "closed"  # the point is not open on that day
    OUTSIDE = "outside"  # the round begins before the point opens, or ends after it closes
    PER_DAY = "per_day"  # more people than the point takes a day
    PER_HOUR = "per_hour"


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing that does not fit, on one day."""

    what: Trouble
    day: date
    n: int = 0  # people that would come
    most: int = 0  # people the point takes


@dataclass(frozen=True, slots=True)
class Stay:
    """A round at a point: from its first moment to its last, in the point's time, and how many people it is for."""

    opens: datetime
    closes: datetime
    people: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What a point takes. None: not known, so nothing is too much."""

    hours: Hours
    per_hour: int | None = None
    per_day: int | None = None
    shut: bool = False  # it is used no more: closed on every day


def read_hours(text: str) -> Hours:
    """Opening hours as people write them: "Sen-Jum 08:00-15:00; Sab 08.00-12.00". Empty: not known. ValueError."""
    found: dict[int, tuple[time, time]] = {}
    for part in filter(None, (piece.strip() for piece in re.split(r"[;,]", text))):
        match = _PART.fullmatch(part)
        days = _span(match[1], match[2]) if match else []
        if not match or not days:
            raise ValueError(f'"{part}" is no opening hours')
        opens, closes = _clock(match[3]), _clock(match[4])
        if closes <= opens:
            raise ValueError(f'"{part}" closes before it opens')
        for day in days:
            if day in found:
                raise ValueError(f"{DAYS[day]} stands twice")
            found[day] = (opens, closes)
    return MappingProxyType(dict(sorted(found.items())))


def spell_hours(hours: Hours) -> str:
    """The one spelling of opening hours: neighbouring days with the same hours together."""
    parts: list[tuple[int, int, tuple[time, time]]] = []
    for day, span in sorted(hours.items()):
        if parts and parts[-1][1] == day - 1 and parts[-1][2] == span:
            parts[-1] = (parts[-1][0], day, span)
        else:
            parts.append((day, day, span))
    return "; ".join(
        f"{DAYS[first]}{f'-{DAYS[last]}' if last > first else ''} {opens:%H:%M}-{closes:%H:%M}"
        for first, last, (opens, closes) in parts
    )


def days_of(stay: Stay, hours: Hours) -> list[date]:
    """The days on which people come: those of the round on which the point is open; all of them, if it never is."""
    first = stay.opens.date()
    count = min((stay.closes.date() - first).days, LONGEST) + 1
    every = [first + timedelta(days=n) for n in range(count)]
    return [day for day in every if day.weekday() in hours] or every


def load(stay: Stay, hours: Hours) -> dict[date, int]:
    """How many people come on which day, when they spread evenly."""
    days = days_of(stay, hours)
    return dict.fromkeys(days, math.ceil(stay.people / len(days)))


def warnings(limits: Limits, stay: Stay, others: Sequence[Stay] = ()) -> list[Warned]:
    """What does not fit about a round at a point where other rounds are too; by day."""
    found: list[Warned] = []
    besides: Counter[date] = Counter()
    for other in others:
        besides.update(load(other, limits.hours))
    mine = load(stay, limits.hours)
    first = stay.opens.date()
    for day in (first + timedelta(days=n) for n in range(min((stay.closes.date() - first).days, LONGEST) + 1)):
        span = limits.hours.get(day.weekday())
        if limits.shut or (limits.hours and span is None):
            found.append(Warned(Trouble.CLOSED, day))
            continue
        if span is not None and not _inside(stay, span):
            found.append(Warned(Trouble.OUTSIDE, day))
        n = mine.get(day, 0) + besides[day]
        if limits.per_day is not None and n > limits.per_day:
            found.append(Warned(Trouble.PER_DAY, day, n, limits.per_day))
        hourly = math.ceil(n / _hours(stay, span))
        if limits.per_hour is not None and hourly > limits.per_hour:
            found.append(Warned(Trouble.PER_HOUR, day, hourly, limits.per_hour))
    return found


def _inside(stay: Stay, span: tuple[time, time]) -> bool:
    return span[0] <= stay.opens.time() and stay.closes.time() <= span[1]


def _hours(stay: Stay, span: tuple[time, time] | None) -> float:
    """Hours a day on which people are served: those of the round, as far as the point is open; never none."""
    opens, closes = stay.opens.time(), stay.closes.time()
    if closes <= opens:  # round the clock, or said carelessly
        opens, closes = span or (time(0), time(23, 59))
    if span is not None:
        opens, closes = max(opens, span[0]), min(closes, span[1])
    minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
    return max(minutes, 60) / 60


def _span(first: str, last: str | None) -> list[int]:
    begin, end = _DAY.get(first[:3].lower()), _DAY.get((last or first)[:3].lower())
    return [] if begin is None or end is None or end < begin else list(range(begin, end + 1))


def _clock(text: str) -> time:
    hour, minute = re.split(r"[:.]", text)
    return time(int(hour), int(minute))  # ValueError, as a sentence, for 25:00
