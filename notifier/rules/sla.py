"""The promise: what is due, by when, what is late, what must be said about it, and when to look again.

It must not know where histories are kept, who is told, or what time it is: the same history gives the same answer, and
nothing in the answer changes before its `wake`. What was recorded (warned, breached, escalated, a policy adopted) is
part of the history; the rest is reckoned anew each time and never stored as truth.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from notifier.rules.hours import Hours, Interval, date_range, office_week
from notifier.rules.promises import Clock, Entry, Kind, Policy
from notifier.rules.runs import Run, in_force, run_of, service, states

__all__ = [
    "Clock",
    "Entry",
    "Hours",
    "Interval",
    "Kind",
    "Policy",
    "Reading",
    "Standing",
    "date_range",
    "office_week",
    "standing",
]

TICK = timedelta(microseconds=1)  # the first instant that is later


@dataclass(frozen=True)
class Reading:
    """How one clock stands."""

    clock: Clock
    due: datetime | None  # UTC; None while it stands still without an end in sight
    original_due: datetime | None  # under the policy the ticket began with
    met_at: datetime | None
    late: bool  # later than due, now or when met; a recorded breach stays
    warn: tuple[float, ...] = ()  # reached, not yet recorded
    breach: bool = False  # late and not yet recorded
    escalate: tuple[int, ...] = ()  # levels reached, not yet recorded
    paused: bool = False
    ringing: bool = False  # broken, still to be met, and nobody took the alarm


@dataclass(frozen=True)
class Standing:
    """How a ticket's promise stands: a reading of each clock that has begun, and when to look again."""

    clocks: Mapping[Clock, Reading]
    wake: datetime | None  # the next instant at which anything here changes by itself; None: never

    @property
    def due(self) -> datetime | None:
        """The earliest due instant that is still to be met."""
        return min((r.due for r in self.clocks.values() if r.due and not r.met_at), default=None)

    @property
    def late(self) -> bool:
        return any(reading.late for reading in self.clocks.values())

    @property
    def paused(self) -> bool:
        return any(reading.paused for reading in self.clocks.values())


def standing(policy: Policy, opened: datetime, history: Iterable[Entry], now: datetime) -> Standing:
    """How the promise stands at `now`, whatever order the history comes in (entries of one instant keep theirs).

    policy: the one the ticket began with; adopted ones come in the history. Entries later than `now` are not known yet.
    ValueError: naive times, hours in which nobody ever works.
    """
    opened, now = in_utc(opened), in_utc(now)
    known, future = known_at(history, now)
    changes = [entry.at for entry in future]
    readings = {}
    for clock in Clock:
        run = run_of(clock, policy, opened, known)
        if run:
            readings[clock] = _reading(run, policy, opened, known, now)
            changes += _changes(run, readings[clock], known)
    return Standing(readings, min((at for at in changes if at > now), default=None))


def _reading(run: Run, policy: Policy, opened: datetime, known: Sequence[Entry], now: datetime) -> Reading:
    due = run.reaches(run.budget)
    overdue = due is not None and (run.met_at or now) > due
    recorded = [entry for entry in known if entry.clock is run.clock]
    breaches = [entry.at for entry in recorded if entry.kind is Kind.BREACHED]
    recent = [entry for entry in recorded if entry.at >= run.since]
    if run.clock is Clock.NEXT_RESPONSE:  # each question of the citizen is a promise of its own
        breaches = [at for at in breaches if at >= run.since]
    broken = run.clock is Clock.RESOLUTION and _broken_before(policy, opened, known)
    told = {entry.fraction for entry in recent if entry.kind is Kind.WARNED}
    called = {entry.level for entry in recent if entry.kind is Kind.ESCALATED}
    running = run.met_at is None
    return Reading(
        clock=run.clock,
        due=due,
        original_due=_original_due(run, due, policy, opened, known),
        met_at=run.met_at,
        late=overdue or broken or bool(breaches),
        warn=tuple(f for f, at in warnings(run) if running and not overdue and at <= now and f not in told),
        breach=(overdue and not any(at >= run.since for at in breaches)) or (broken and not breaches),
        escalate=tuple(n for n, at in levels(run, due, known) if running and at <= now and n not in called),
        paused=running and run.paused if run.pause_ends is None else running and now < run.pause_ends,
        ringing=running and overdue and bool(run.policy.escalate) and taken_at(run, due, known) is None,
    )


def _changes(run: Run, reading: Reading, known: Sequence[Entry]) -> Iterator[datetime]:
    """The instants at which a reading changes by itself, past ones among them."""
    if run.met_at is None:
        yield from (at for _, at in warnings(run))
        yield from (at for _, at in levels(run, reading.due, known))
        yield from (at for at in (run.pause_ends, reading.due and reading.due + TICK) if at)


def warnings(run: Run) -> Iterator[tuple[float, datetime]]:
    """When each warning rings; after a reopening only what was not passed before and lies beyond the quiet floor."""
    for fraction in run.policy.warn:
        used = run.budget * fraction
        at = run.reaches(used)
        # The last one lies at the end of the floor when the budget was stretched for it, give or take the rounding.
        if at and at > run.since and (used >= run.quiet or fraction == run.policy.warn[-1]):
            yield fraction, at


def levels(run: Run, due: datetime | None, known: Sequence[Entry]) -> Iterator[tuple[int, datetime]]:
    """When each level is called; none after somebody took the alarm."""
    taken = taken_at(run, due, known)
    for level, wait in enumerate(run.policy.escalate, start=1):
        if due:
            at = max(due + TICK, run.policy.hours.after(due, wait))
            if taken is None or at <= taken:
                yield level, at


def taken_at(run: Run, due: datetime | None, known: Sequence[Entry]) -> datetime | None:
    """When somebody first took the alarm of this clock, since it last began and after it broke."""
    return next(
        (
            entry.at
            for entry in known
            if entry.kind is Kind.TAKEN and entry.clock is run.clock and due and entry.at > max(due, run.since)
        ),
        None,
    )


def _broken_before(policy: Policy, opened: datetime, known: Sequence[Entry]) -> bool:
    """Whether the service clock was already met too late once, and reopened since."""
    for state, at, end in states(opened, known):
        if state is Kind.RESOLVED and end is not None:
            past = [entry for entry in known if entry.at <= at]
            judge = in_force(policy, past)
            run = service(judge, opened, past, at) if judge.resolution else None
            due = run and run.reaches(run.budget)
            if due and at > due:
                return True
    return False


def _original_due(
    run: Run, due: datetime | None, policy: Policy, opened: datetime, known: Sequence[Entry]
) -> datetime | None:
    if run.policy is policy:
        return due
    first = run_of(run.clock, policy, opened, [entry for entry in known if entry.kind is not Kind.ADOPTED])
    return first.reaches(first.budget) if first else None


def known_at(history: Iterable[Entry], now: datetime) -> tuple[list[Entry], list[Entry]]:
    """The entries up to `now` and those after it, each in their order."""
    ordered = sorted(history, key=lambda entry: entry.at)
    return [entry for entry in ordered if entry.at <= now], [entry for entry in ordered if entry.at > now]


def in_utc(at: datetime) -> datetime:
    """The instant in UTC. ValueError when it has no zone."""
    if at.utcoffset() is None:
        raise ValueError(f"The time {at} has no zone, so it names no instant: give it one.")
    return at.astimezone(UTC)
