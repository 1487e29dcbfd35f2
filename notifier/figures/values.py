"""Figures as people read them: parts of a hundred, complaints per thousand, seconds; and the rows that files hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from notifier.store.costs import Cost
from notifier.store.line_rests import Span
from notifier.store.round_figures import Figures
from notifier.store.stretches import Part

# What files are headed with, in their order; docs/pages.md tells what each means. Never renamed.
OF_ROUNDS = (
    "key",
    "name",
    "opens_on",
    "people",
    "told",
    "confirmed",
    "denied",
    "silent",
    "unreachable",
    "other",
    "complaints",
    "told_percent",
    "confirmed_percent",
    "complaints_per_1000",
)
OF_LINES = ("day", "line", "state", "reason", "attempts", "segments", "receipts", "receipt_seconds")
OF_COSTS = (
    "group",
    "event",
    "round",
    "broadcasts",
    "people",
    "attempts",
    "segments",
    "rupiah",
    "told",
    "rupiah_per_told",
    "cap",
    "cap_percent",
)
TAKEN = ("accepted", "delivered", "read")
# A day's column: what each part holds, and the colour it has on other pages too.
PARTS: Mapping[str, tuple[str, ...]] = {
    "told": TAKEN,
    "waiting": ("sending",),
    "unsure": ("unknown",),
    "untold": ("failed",),
}


def share(n: int, of: int, times: float = 100) -> float | None:
    """A part of a hundred, or of a thousand; None where there is nothing to divide."""
    return times * n / of if of else None


def shown(figure: float | None) -> str:
    """In a file: one place behind the point, or nothing."""
    return "" if figure is None else f"{figure:.1f}"


@dataclass(frozen=True, slots=True)
class Rates:
    """What divides the figures of a round or an area."""

    told: float | None  # percent of its people
    confirmed: float | None  # percent of those told
    complaints: float | None  # per 1,000 told


def rates(of: Figures) -> Rates:
    """Told of the people, confirmed of those told, complaints of a thousand told."""
    return Rates(share(of.told, of.people), share(of.confirmed, of.told), share(of.complaints, of.told, 1_000))


def cells_of_round(of: Figures) -> tuple[object, ...]:
    """In the order of OF_ROUNDS."""
    rate = rates(of)
    own = (of.people, of.told, of.confirmed, of.denied, of.silent, of.unreachable, of.other, of.complaints)
    opens = of.at.date().isoformat() if of.at else ""
    return (of.key, of.name, opens, *own, shown(rate.told), shown(rate.confirmed), shown(rate.complaints))


def summed(rows: Sequence[Figures]) -> Figures:
    """Several rounds or areas together."""
    names = [name for name in Figures.__dataclass_fields__ if name not in ("key", "name", "at")]
    return Figures("", "", None, **{name: sum(getattr(row, name) for row in rows) for name in names})


@dataclass(frozen=True, slots=True)
class Course:
    """How a programme goes in an area."""

    area: str
    name: str  # of the area
    rounds: Sequence[Figures]  # oldest first
    areas: Sequence[Figures]  # just below, of all these rounds or of the chosen one
    chosen: str  # code of the round that the areas are of; "" all of them
    made_at: datetime | None  # the oldest of these figures


@dataclass(frozen=True, slots=True)
class Day:
    """A line's day, as a column of a picture."""

    day: date
    parts: Mapping[str, int]  # told, waiting, unsure, untold

    @property
    def n(self) -> int:
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Health:
    """How a line fared in a span of days."""

    line: str
    days: Sequence[Day]
    states: Mapping[str, int]
    failures: Sequence[tuple[str, int]]  # kind of failure, most first
    receipts: int
    receipt_seconds: float | None  # from sending to the receipt, on average
    segments: int
    rests: Sequence[Span] = field(default=())
    rested: timedelta = timedelta()

    @property
    def sent(self) -> int:
        """Attempts begun."""
        return sum(self.states.values())

    @property
    def taken(self) -> int:
        """Attempts that the provider took."""
        return sum(self.states.get(state, 0) for state in TAKEN)


def health(line: str, parts: Sequence[Part], rests: Sequence[Span], first: date, last: date, now: datetime) -> Health:
    """The days of one line between two, both included; those on which it sent nothing too."""
    by_day: dict[date, dict[str, int]] = {}
    states: dict[str, int] = {}
    failures: dict[str, int] = {}
    for part in parts:
        day = by_day.setdefault(part.day, {})
        day[part.state] = day.get(part.state, 0) + part.n
        states[part.state] = states.get(part.state, 0) + part.n
        if part.state == "failed":
            failures[part.reason] = failures.get(part.reason, 0) + part.n
    receipts = sum(part.settled for part in parts)
    seconds = sum(part.seconds for part in parts)
    return Health(
        line,
        [
            Day(on, {kind: sum(by_day.get(on, {}).get(state, 0) for state in of) for kind, of in PARTS.items()})
            for on in (first + timedelta(days=n) for n in range((last - first).days + 1))
        ],
        states,
        sorted(failures.items(), key=lambda row: (-row[1], row[0])),
        receipts,
        seconds / receipts if receipts else None,
        sum(part.segments for part in parts),
        rests,
        sum(((span.until or now) - span.since for span in rests), timedelta()),
    )


def cells_of_line(part: Part) -> tuple[object, ...]:
    """In the order of OF_LINES."""
    seconds = shown(part.seconds / part.settled if part.settled else None)
    return (part.day, part.line, part.state, part.reason, part.n, part.segments, part.settled, seconds)


def per_told(cost: Cost) -> float | None:
    """Rupiah for each person told; None where nobody was, or nobody counts them."""
    return cost.rupiah / cost.told if cost.told else None


def of_cap(cost: Cost) -> float | None:
    """Percent of their caps that broadcasts with a cap have cost; None when none has one."""
    return share(cost.capped, cost.cap) if cost.cap else None


def cells_of_cost(cost: Cost) -> tuple[object, ...]:
    """In the order of OF_COSTS."""
    own = (cost.broadcasts, cost.people, cost.attempts, cost.segments, cost.rupiah)
    told = "" if cost.told is None else cost.told
    cap = "" if cost.cap is None else cost.cap
    return (cost.key, cost.event, cost.round, *own, told, shown(per_told(cost)), cap, shown(of_cap(cost)))
