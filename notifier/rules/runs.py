"""One clock of a promise laid out over time: when it runs, how much it may use, when it was met.

It must not know what time it is now, nor what was already said about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.rules.promises import NOTHING, Clock, Entry, Kind, Policy

Stretch = tuple[datetime, datetime | None]  # None: without an end so far

_MEETS: Mapping[Clock, frozenset[Kind]] = {
    Clock.ACK: frozenset({Kind.ACKNOWLEDGED, Kind.ANSWERED, Kind.RESOLVED, Kind.CLOSED}),
    Clock.FIRST_RESPONSE: frozenset({Kind.ANSWERED, Kind.RESOLVED, Kind.CLOSED}),
    Clock.NEXT_RESPONSE: frozenset({Kind.ANSWERED, Kind.RESOLVED, Kind.CLOSED}),
    Clock.RESOLUTION: frozenset({Kind.RESOLVED, Kind.CLOSED}),
    Clock.LEGAL: frozenset({Kind.RESOLVED, Kind.CLOSED}),  # once settled in time it stays so, reopened or not
}


@dataclass(frozen=True)
class Run:
    """One clock laid out over time, under the policy that judges it."""

    clock: Clock
    policy: Policy
    since: datetime  # its start or last reopening; what was recorded or reached before belongs to an earlier life
    stretches: tuple[Stretch, ...]  # when it runs
    budget: timedelta  # the working time it may use
    met_at: datetime | None
    quiet: timedelta = NOTHING  # until so much is used it does not ring: the floor after a reopening
    pause_ends: datetime | None = None  # where the cap ends the pause that is on

    @property
    def paused(self) -> bool:
        return self.stretches[-1][1] is not None

    def reaches(self, used: timedelta) -> datetime | None:
        """The first instant by which `used` has run."""
        for start, end in self.stretches:
            ran = None if end is None else self.policy.hours.between(start, end)
            if ran is None or used <= ran:
                return self.policy.hours.after(start, used)
            used -= ran
        return None


def run_of(clock: Clock, policy: Policy, opened: datetime, known: Sequence[Entry]) -> Run | None:
    """The clock as it runs; None when nothing is promised or it has not begun."""
    start, met_at = _span(clock, opened, known)
    if start is None:
        return None
    # A clock that was met is judged by the policy of that time, whatever was adopted since.
    judge = in_force(policy, [entry for entry in known if met_at is None or entry.at <= met_at])
    if clock is Clock.RESOLUTION:
        return service(judge, opened, known, met_at) if judge.resolution else None
    budget = judge.span(clock)
    if clock is Clock.LEGAL and judge.legal_days:
        budget = judge.hours.between(start, judge.hours.days_after(start, judge.legal_days))
    return Run(clock, judge, start, ((start, None),), budget, met_at) if budget else None


def _span(clock: Clock, opened: datetime, known: Sequence[Entry]) -> tuple[datetime | None, datetime | None]:
    """When a clock began and was met, each None when it has not been."""
    if clock is Clock.NEXT_RESPONSE:
        return _next_round(known)
    start = opened
    if clock is Clock.LEGAL:
        start = next((entry.at for entry in known if entry.kind is Kind.COMPLETED), opened)
    if clock is Clock.RESOLUTION:
        state, since, _ = states(opened, known)[-1]
        return start, since if state is Kind.RESOLVED else None
    return start, next((entry.at for entry in known if entry.kind in _MEETS[clock]), None)


def _next_round(known: Sequence[Entry]) -> tuple[datetime | None, datetime | None]:
    """The last thing the citizen wrote first after an answer of ours, and when we answered that."""
    asked = met = None
    answered = closed = False
    for entry in known:
        if entry.kind in _MEETS[Clock.NEXT_RESPONSE]:
            answered, closed = True, entry.kind is Kind.CLOSED
            met = met or entry.at if asked else None
        elif entry.kind is Kind.REOPENED:
            closed = False
        elif entry.kind is Kind.CITIZEN_WROTE and answered and not closed and (asked is None or met):
            asked, met = entry.at, None
    return asked, met


def service(policy: Policy, opened: datetime, known: Sequence[Entry], met_at: datetime | None) -> Run:
    """The service clock: it stands while paused (within the cap) and while resolved; reopening leaves it a floor."""
    hours, budget = policy.hours, policy.resolution or NOTHING
    cap_left, since, pause_ends = policy.max_pause, opened, None
    used = quiet = NOTHING
    stretches: list[Stretch] = []
    for state, start, end in states(opened, known):
        if state is Kind.RESOLVED and end is not None:
            since, budget, quiet = end, policy.stretched(budget, used), used + policy.reopen_floor
            continue
        pause_ends = None
        if state is Kind.PAUSED:
            if cap_left is None:
                continue
            paused = None if end is None else hours.between(start, end)
            if paused is not None and paused <= cap_left:
                cap_left -= paused
                continue
            start = hours.after(start, cap_left)
            cap_left, pause_ends = NOTHING, None if end else start
        # When resolved for good it is laid out as if it ran on, to say when it would have been due.
        stretches.append((start, end))
        used += hours.between(start, end) if end else NOTHING
    return Run(Clock.RESOLUTION, policy, since, tuple(stretches), budget, met_at, quiet, pause_ends)


def states(opened: datetime, known: Sequence[Entry]) -> list[tuple[Kind, datetime, datetime | None]]:
    """The service clock's life as OPENED (it runs), PAUSED and RESOLVED, from when to when; the last has no end."""
    turns: list[tuple[Kind, datetime]] = [(Kind.OPENED, opened)]
    reasons: set[str] = set()
    for entry in known:
        state, at = turns[-1][0], max(entry.at, opened)
        if entry.kind in _MEETS[Clock.RESOLUTION] and state is not Kind.RESOLVED:
            reasons.clear()
            turns.append((Kind.RESOLVED, at))
        elif entry.kind is Kind.REOPENED and state is Kind.RESOLVED:
            turns.append((Kind.OPENED, at))
        elif entry.kind is Kind.PAUSED and state is not Kind.RESOLVED:
            reasons.add(entry.reason)
            turns += [(Kind.PAUSED, at)] if state is Kind.OPENED else []
        elif entry.kind is Kind.RESUMED and state is Kind.PAUSED:
            reasons = reasons - {entry.reason} if entry.reason else set()
            turns += [(Kind.OPENED, at)] if not reasons else []
    ends = [at for _, at in turns[1:]] + [None]
    return [(state, at, end) for (state, at), end in zip(turns, ends, strict=True)]


def pauses(opened: datetime, known: Sequence[Entry]) -> list[tuple[datetime, datetime | None, str]]:
    """From when to when the service clock was to stand, and for which reason; they may overlap. Settling ends all."""
    found: list[tuple[datetime, datetime | None, str]] = []
    since: dict[str, datetime] = {}
    for entry in known:
        over = entry.kind in _MEETS[Clock.RESOLUTION] or (entry.kind is Kind.RESUMED and not entry.reason)
        ended = list(since) if over else [entry.reason] if entry.kind is Kind.RESUMED and entry.reason in since else []
        found += [(since.pop(reason), entry.at, reason) for reason in ended]
        if entry.kind is Kind.PAUSED:
            since.setdefault(entry.reason, max(entry.at, opened))
    found += [(start, None, reason) for reason, start in since.items()]
    return sorted(found, key=lambda pause: pause[0])


def in_force(policy: Policy, known: Sequence[Entry]) -> Policy:
    """The policy adopted last; the one the ticket began with when none was."""
    return next((entry.policy for entry in reversed(known) if entry.policy), policy)
