"""Worked cases of the promise: each sum by hand, by the service, and by a clerk who looks up every five minutes.

The clerk shares nothing with the service: plain lists of hours, fixed distances from UTC, a counter.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from notifier.config import parse
from notifier.desk.promise import hours
from notifier.rules.sla import Clock, Entry, Hours, Kind, Policy, standing

STEP = timedelta(minutes=5)
Week = dict[int, tuple[str, ...]]
WEEK: Week = {**dict.fromkeys(range(4), ("07:30-12:00", "13:00-16:00")), 4: ("07:30-11:30", "13:00-16:30")}
EAST: Week = {**dict.fromkeys(range(4), ("08:00-12:00", "13:00-16:30")), 4: ("08:00-11:30", "13:30-16:30")}
OFF = (
    *("2026-12-24", "2026-12-25", "2027-01-01", "2027-02-05"),
    *("2027-03-08", "2027-03-09", "2027-03-10", "2027-03-11", "2027-03-12", "2027-03-15"),
)
SINGLE = {
    "2026-12-19": ("08:00-10:00",),
    "2026-12-30": ("07:30-12:00",),
}
FASTING, FASTING_FRIDAY = ("08:00-12:00", "12:30-15:00"), ("08:00-11:30", "12:30-15:30")
RAMADAN = (date(2027, 2, 8), date(2027, 3, 9))
ZONES = {7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}
# office: hours from UTC, week, days off. No week is one that never closes.
OFFICES: dict[str, tuple[int, Week, tuple[str, ...]]] = {
    "wib": (7, WEEK, OFF),
    "wita": (8, WEEK, OFF),
    "wit": (9, EAST, OFF),
    "closed": (7, WEEK, (*OFF, "2026-11-24")),
    "always": (7, {}, ()),
}
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday")
KINDS = {
    "pause": Kind.PAUSED,
    "resume": Kind.RESUMED,
    "resolve": Kind.RESOLVED,
    "reopen": Kind.REOPENED,
    "complete": Kind.COMPLETED,
    "breach": Kind.BREACHED,
}
Found = tuple[datetime | None, datetime | None, bool]  # due, first due, late
Event = tuple[str, datetime, Sequence[str]]
FILE = Path(__file__).parents[1] / "data" / "promises.txt"
ROWS = [row for row in FILE.read_text().splitlines() if row and not row.startswith("#")]


def _time(text: str, office: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=timezone(timedelta(hours=OFFICES[office][0])))


def _events(text: str, office: str) -> list[Event]:
    told = (part.split() for part in text.split(";") if part.strip())
    return [(what, _time(f"{day} {clock}", office), rest) for what, day, clock, *rest in told]


# --- by the service --------------------------------------------------------------------------------------------------


def _hours(office: str) -> Hours:
    """As config.toml would have it."""
    offset, week, off = OFFICES[office]
    table = {NAMES[day]: list(given) for day, given in week.items()}
    days = "/".join(map(str, RAMADAN))
    ramadan = {days: list(FASTING), f"{days} friday": list(FASTING_FRIDAY)}
    overrides = {**ramadan, **{day: list(given) for day, given in SINGLE.items()}} if week else {}
    more = {"zone": ZONES[offset], "holidays": False, "extra_holidays": list(off), "overrides": overrides}
    return hours(office, parse({"calendars": {office: {**table, **more}}}).calendars[office], range(2026, 2028))


KEPT = {office: _hours(office) for office in OFFICES}


def _policy(office: str, minutes: int, terms: str) -> Policy:
    found = dict(re.findall(r"(\w+)=(\d+)", terms))
    return Policy(
        office,
        KEPT[office],
        resolution=timedelta(minutes=minutes) if minutes else None,
        legal_days=int(found["legal"]) if "legal" in found else None,
        max_pause=timedelta(minutes=int(found["cap"])) if "cap" in found else None,
        reopen_floor=timedelta(minutes=int(found.get("floor", 0))),
        warn=(),
    )


def _by_the_service(office: str, opened: datetime, terms: str, events: Sequence[Event]) -> Found:
    minutes = int(terms.split()[0]) if terms[0].isdigit() else 0
    history = [
        Entry(Kind.ADOPTED, at, policy=_policy(rest[0], int(rest[1]), terms))
        if what == "adopt"
        else Entry(KINDS[what], at, clock=Clock.RESOLUTION if what == "breach" else None, reason="".join(rest))
        for what, at, rest in events
    ]
    end = datetime(2027, 6, 1, tzinfo=UTC)
    [reading] = standing(_policy(office, minutes, terms), opened, history, end).clocks.values()
    return reading.due, reading.original_due, reading.late


# --- by the clerk ----------------------------------------------------------------------------------------------------


def _works(office: str, at: datetime) -> bool:
    offset, week, off = OFFICES[office]
    if not week:
        return True
    local = at.astimezone(timezone(timedelta(hours=offset)))
    day = local.date()
    given = week.get(day.weekday(), ())
    if str(day) in off:
        given = ()
    elif given and RAMADAN[0] <= day <= RAMADAN[1]:
        given = FASTING_FRIDAY if day.weekday() == 4 else FASTING
    given = SINGLE.get(str(day), given)
    return any(span[:5] <= f"{local:%H:%M}" < span[6:] for span in given)


def _steps(start: datetime) -> Iterator[datetime]:
    at = start
    while True:
        yield at
        at += STEP


def _by_the_clerk(office: str, opened: datetime, terms: str, events: Sequence[Event]) -> Found:
    """The first due is what the ticket began with; a breach that was written down stays."""
    turns = [(what, at) for what, at, _ in events if what in ("resolve", "reopen")]
    met = turns[-1][1] if turns and turns[-1][0] == "resolve" else None
    events = [event for event in events if met is None or event[1] <= met]  # what is settled adopts nothing more
    due = _due(office, opened, terms, events)
    first = _due(office, opened, terms, [event for event in events if event[0] != "adopt"])
    return due, first, met is None or met > due or any(what == "breach" for what, *_ in events)


def _due(office: str, opened: datetime, terms: str, events: Sequence[Event]) -> datetime:
    found = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", terms)}
    minutes = int(terms.split()[0]) if terms[0].isdigit() else 0
    for what, _, rest in events:
        if what == "adopt":
            office, minutes = rest[0], int(rest[1])
    if "legal" in found:
        return _legal(office, next((at for what, at, _ in events if what == "complete"), opened), found["legal"])
    budget, used, cap = minutes // 5, 0, found.get("cap", 10**9) // 5
    reasons: set[str] = set()
    settled = False
    todo = sorted(events, key=lambda event: event[1])
    for at in _steps(opened):
        while todo and todo[0][1] <= at:
            what, _, rest = todo.pop(0)
            reasons |= {rest[0]} if what == "pause" else set()
            reasons -= {rest[0]} if what == "resume" else set()
            if what == "resolve":
                settled, reasons = True, set()
            if what == "reopen":
                settled, budget = False, max(budget, used + found.get("floor", 0) // 5)
        reopens = any(what == "reopen" for what, _, _ in todo)
        if (settled and reopens) or not _works(office, at):  # after the last settlement: when it would have been due
            continue
        if reasons and cap > 0:
            cap -= 1
            continue
        used += 1
        # When the case was settled after its time and opened again, the clock goes on from there.
        if used >= budget and not reopens:
            return at + STEP
    raise AssertionError


def _legal(office: str, start: datetime, days: int) -> datetime:
    zone = timezone(timedelta(hours=OFFICES[office][0]))
    day, worked, last = start.astimezone(zone).date(), set[date](), start
    for at in _steps(start):
        here = at.astimezone(zone).date()
        if here > day and _works(office, at):
            if here not in worked and len(worked) == days:
                return last
            worked.add(here)
            last = at + STEP
    raise AssertionError


# --- the cases -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS)
def test_a_case_worked_by_hand_is_what_the_service_and_a_clerk_with_a_clock_make_of_it(row: str) -> None:
    office, opened, terms, happened, due, _ = (part.strip() for part in row.split(" |"))
    begun, events = _time(opened, office), _events(happened, office)
    when, *told = re.split(r", (?:first )?", due)
    first = next((_time(one, office) for one in told if one[0].isdigit()), None)
    for reckon in (_by_the_clerk, _by_the_service):
        found = reckon(office, begun, terms, events)
        assert found[0] == _time(when, office)
        assert first in (None, found[1])
        assert found[2] is ("late" in told) or not {"late", "kept"} & set(told)


def test_there_are_enough_of_them() -> None:
    assert len(ROWS) >= 60
