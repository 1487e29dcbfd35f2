"""The arithmetic of a promise, told so that somebody can check it: each interval that counts, each day that does not
and why, each pause, and what is due when. As data first; the lines are read off the data, so that both say the same.

It must not know what time it is now, nor whom it is told to.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from notifier.rules.hours import Hours
from notifier.rules.promises import NOTHING, Clock, Entry, Kind, Policy
from notifier.rules.runs import Run, pauses, run_of, states
from notifier.rules.sla import Reading, in_utc, known_at, levels, standing, taken_at, warnings

SETTLED = "settled"  # why a clock stood: the case was settled, until it was opened again
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the sum: an interval that counts, a day that does not, or a time the clock stood still."""

    kind: str  # counts, closed, stands
    day: date  # local to the office
    start: datetime | None = None  # UTC
    end: datetime | None = None  # None: without an end so far
    span: timedelta = NOTHING  # working time
    left: timedelta = NOTHING  # of the budget, after it
    number: int = 0  # of the working day, for the legal clock
    why: str = ""  # the holiday's name, the reason of a pause

    @property
    def spent(self) -> str:
        """Its working time as hours and minutes."""
        return span_of(self.span)

    @property
    def remaining(self) -> str:
        """What is left of the budget, likewise."""
        return span_of(self.left)


@dataclass(frozen=True, slots=True)
class ClockTold:
    """One clock of a promise, with everything that went into it."""

    clock: Clock
    policy: str
    version: int
    hours: Hours
    budget: timedelta
    days: int | None  # of the legal clock
    since: datetime
    complete: bool  # the legal clock runs from a file that was found complete
    steps: tuple[Step, ...]
    warnings: tuple[tuple[float, datetime], ...]
    alarms: tuple[tuple[int, datetime], ...]
    taken_at: datetime | None
    reading: Reading
    breached_at: tuple[datetime, ...]  # recorded
    over: timedelta  # working time beyond the due instant, until it was met or until now

    @property
    def allowed(self) -> str:
        """The budget as hours and minutes."""
        return span_of(self.budget)

    @property
    def past(self) -> str:
        """The working time beyond the due instant as hours and minutes; "" when there is none."""
        return span_of(self.over) if self.over else ""


@dataclass(frozen=True, slots=True)
class Told:
    """How one ticket's promise was reckoned."""

    policy: str
    version: int
    hours: Hours
    adopted: tuple[tuple[datetime, str, int], ...]
    clocks: tuple[ClockTold, ...]
    wake: datetime | None

    def lines(self) -> list[str]:
        """The sum in words, in the office's own time."""
        lines = [f"Policy {self.policy}, version {self.version}; office hours of {self.hours.zone.key}."]
        lines += [f"{_at(at, self.hours)}: policy {name}, version {n}, is adopted." for at, name, n in self.adopted]
        for told in self.clocks:
            lines += _clock_lines(told)
        return [*lines, f"Look again: {_at(self.wake, self.hours) if self.wake else 'never'}."]

    def data(self) -> dict[str, Any]:
        """The same for programs: times in the office's zone, spans in minutes."""
        return {
            "policy": self.policy,
            "version": self.version,
            "zone": self.hours.zone.key,
            "adopted": [{"at": _iso(at, self.hours), "policy": name, "version": n} for at, name, n in self.adopted],
            "clocks": [_clock_data(told) for told in self.clocks],
            "look_again": _iso(self.wake, self.hours),
        }


def tell(policy: Policy, opened: datetime, history: Iterable[Entry], now: datetime) -> Told:
    """How `standing` comes to what it says. ValueError: as `standing`."""
    opened, now, history = in_utc(opened), in_utc(now), list(history)
    known, _ = known_at(history, now)
    stands = standing(policy, opened, history, now)
    adopted = tuple((entry.at, entry.policy.name, entry.policy.version) for entry in known if entry.policy)
    clocks = tuple(
        _clock(run, stands.clocks[clock], opened, known, now)
        for clock in stands.clocks
        if (run := run_of(clock, policy, opened, known))
    )
    return Told(policy.name, policy.version, policy.hours, adopted, clocks, stands.wake)


def count(hours: Hours, start: datetime, end: datetime, left: timedelta) -> list[Step]:
    """What is worked between two instants, interval by interval, and the days between that are not."""
    steps: list[Step] = []
    day, last = start.astimezone(hours.zone).date(), end.astimezone(hours.zone).date()
    while day <= last:
        worked = hours.on(day)
        inside = [(max(opens, start), min(closes, end)) for opens, closes in worked]
        for opens, closes in inside:
            if opens < closes:
                left -= closes - opens
                steps.append(Step("counts", day, opens, closes, closes - opens, left))
        if not worked:
            steps.append(Step("closed", day, why=hours.name_of(day)))
        day += DAY
    return steps


def _clock(run: Run, reading: Reading, opened: datetime, known: Sequence[Entry], now: datetime) -> ClockTold:
    until = reading.met_at or now
    over = run.policy.hours.between(reading.due, until) if reading.due and until > reading.due else NOTHING
    legal = run.clock is Clock.LEGAL
    return ClockTold(
        clock=run.clock,
        policy=run.policy.name,
        version=run.policy.version,
        hours=run.policy.hours,
        budget=run.budget,
        days=run.policy.legal_days if legal else None,
        since=run.stretches[0][0],
        complete=legal and any(entry.kind is Kind.COMPLETED for entry in known),
        steps=tuple(_days(run, reading.due) if legal else _steps(run, reading.due or until, opened, known)),
        warnings=tuple(warnings(run)),
        alarms=tuple(levels(run, reading.due, known)),
        taken_at=taken_at(run, reading.due, known),
        reading=reading,
        breached_at=tuple(e.at for e in known if e.kind is Kind.BREACHED and e.clock is run.clock),
        over=over,
    )


def _steps(run: Run, until: datetime, opened: datetime, known: Sequence[Entry]) -> Iterator[Step]:
    hours, left, last = run.policy.hours, run.budget, None
    for start, end in run.stretches:
        if start >= until:
            break
        if last and last < start:
            yield _stood(hours, last, start, left, opened, known)
        last = until if end is None else min(end, until)
        ran = count(hours, start, last, left)
        left -= sum((step.span for step in ran), NOTHING)
        yield from ran
    if last and last < until:
        yield _stood(hours, last, None, left, opened, known)


def _stood(
    hours: Hours, start: datetime, end: datetime | None, left: timedelta, opened: datetime, known: Sequence[Entry]
) -> Step:
    cost = hours.between(start, end) if end else NOTHING
    day = start.astimezone(hours.zone).date()
    kinds = [kind for kind, at, to in states(opened, known) if at <= start and (to is None or to > start)]
    if Kind.RESOLVED in kinds:
        return Step("stands", day, start, end, cost, left, why=SETTLED)
    reasons = [why for at, to, why in pauses(opened, known) if (end is None or at < end) and (to is None or to > start)]
    return Step("stands", day, start, end, cost, left, why=", ".join(dict.fromkeys(filter(None, reasons))))


def _days(run: Run, due: datetime | None) -> Iterator[Step]:
    """The legal clock's working days, each by its number; the day it begins does not count."""
    hours, start = run.policy.hours, run.stretches[0][0]
    day = start.astimezone(hours.zone).date() + DAY
    number, last = 0, due.astimezone(hours.zone) if due else None
    while last and number < (run.policy.legal_days or 0):
        worked = hours.on(day)
        if worked:
            number += 1
            yield Step("counts", day, worked[0][0], worked[-1][1], number=number)
        else:
            yield Step("closed", day, why=hours.name_of(day))
        day += DAY


# --- as lines ------------------------------------------------------------------------------------------------------

_NAMES: Mapping[Clock, str] = {
    Clock.RESOLUTION: "resolution (the service clock)",
    Clock.LEGAL: "legal (nothing pauses it)",
}


def _clock_lines(told: ClockTold) -> Iterator[str]:
    hours, reading = told.hours, told.reading
    under = f"policy {told.policy}, version {told.version}"
    name = _NAMES.get(told.clock, told.clock.value)
    if told.days:
        begins = "from a complete file" if told.complete else "from the opening, the file being complete"
        yield f"{name}: {told.days} working days after {_at(told.since, hours)}, {begins}; {under}."
    else:
        yield f"{name}: {_span(told.budget)} of working time from {_at(told.since, hours)}; {under}."
    yield from (f"  {_step_line(step, hours)}" for step in told.steps)
    yield from (f"  warns at {fraction:.0%}: {_at(at, hours)}." for fraction, at in told.warnings)
    yield f"  due {_at(reading.due, hours)}." if reading.due else "  due: open while it stands still."
    if reading.original_due and reading.original_due != reading.due:
        yield f"  due at first {_at(reading.original_due, hours)}, under the policy it began with."
    yield from (f"  breach recorded {_at(at, hours)}." for at in told.breached_at)
    if reading.late and not reading.met_at:
        yield from (f"  alarm {level}: {_at(at, hours)}." for level, at in told.alarms)
    if told.taken_at:
        yield f"  alarm taken {_at(told.taken_at, hours)}: it rings no further."
    over = f" by {_span(told.over)} of working time" if told.over else ""
    if reading.met_at:
        yield f"  met {_at(reading.met_at, hours)}{f', late{over}' if reading.late else ', in time'}."
    elif reading.late:
        yield f"  late{over}."


def _step_line(step: Step, hours: Hours) -> str:
    day = f"{step.day:%a %Y-%m-%d}"
    if step.kind == "closed":
        return f"{day}  not counted: {step.why or 'no office day'}."
    if step.kind == "stands":
        why = f" ({step.why})" if step.why else ""
        if step.end is None or step.start is None:
            return f"stands since {_at(step.start, hours)}{why}."
        return f"stands {_at(step.start, hours)} to {_at(step.end, hours)}{why}: {_span(step.span)} not counted."
    if step.number:
        return f"{day}  working day {step.number}, until {_clock_time(step.end, hours)}."
    times = f"{_clock_time(step.start, hours)}-{_clock_time(step.end, hours, closing=True)}"
    return f"{day}  {times}  {_span(step.span)}, leaves {_span(step.left)}."


def step_lines(steps: Sequence[Step], hours: Hours) -> list[str]:
    """The steps of a sum, a line each."""
    return [_step_line(step, hours) for step in steps]


def _clock_time(at: datetime | None, hours: Hours, *, closing: bool = False) -> str:
    if at is None:
        return "…"
    local = at.astimezone(hours.zone)
    if closing and not (local.hour or local.minute or local.second):
        return "24:00"
    return f"{local:%H:%M:%S}" if local.second or local.microsecond else f"{local:%H:%M}"


def _at(at: datetime | None, hours: Hours) -> str:
    if at is None:
        return "…"
    local = at.astimezone(hours.zone)
    return f"{local:%Y-%m-%d %H:%M:%S %Z}" if local.second or local.microsecond else f"{local:%Y-%m-%d %H:%M %Z}"


def _span(span: timedelta) -> str:
    return f"{span_of(span)} h"


def span_of(span: timedelta) -> str:
    """Hours and minutes; seconds where there are some."""
    seconds = abs(round(span.total_seconds()))
    text = f"{'-' if span < NOTHING else ''}{seconds // 3600}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


# --- as data -------------------------------------------------------------------------------------------------------


def step_data(step: Step, hours: Hours) -> dict[str, Any]:
    """One step for programs; what it does not have is left out."""
    found: dict[str, Any] = {"kind": step.kind, "day": step.day.isoformat()}
    if step.start:
        found |= {"from": _iso(step.start, hours), "to": _iso(step.end, hours)}
    if step.number:
        found["working_day"] = step.number
    elif step.kind != "closed":
        found |= {"minutes": _minutes(step.span), "left_minutes": _minutes(step.left)}
    return found | ({"why": step.why} if step.why else {})


def _clock_data(told: ClockTold) -> dict[str, Any]:
    hours, reading = told.hours, told.reading
    return {
        "clock": told.clock.value,
        "policy": told.policy,
        "version": told.version,
        "zone": hours.zone.key,
        "budget_minutes": _minutes(told.budget),
        "working_days": told.days,
        "from": _iso(told.since, hours),
        "from_complete_file": told.complete,
        "steps": [step_data(step, hours) for step in told.steps],
        "warnings": [{"part": fraction, "at": _iso(at, hours)} for fraction, at in told.warnings],
        "due": _iso(reading.due, hours),
        "original_due": _iso(reading.original_due, hours),
        "met": _iso(reading.met_at, hours),
        "late": reading.late,
        "late_minutes": _minutes(told.over),
        "breaches": [_iso(at, hours) for at in told.breached_at],
        "alarms": [{"level": level, "at": _iso(at, hours)} for level, at in told.alarms],
        "alarm_taken": _iso(told.taken_at, hours),
        "paused": reading.paused,
    }


def _iso(at: datetime | None, hours: Hours) -> str | None:
    return at.astimezone(hours.zone).isoformat() if at else None


def _minutes(span: timedelta) -> float:
    minutes = span / timedelta(minutes=1)
    return int(minutes) if minutes == int(minutes) else round(minutes, 3)
