"""What is promised (a policy) and what happened (the entries of a ticket's history): the words the promise is told in.

It must not know how a due instant is reckoned; that is sla's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from notifier.rules.hours import Hours

NOTHING = timedelta(0)


class Clock(StrEnum):
    ACK = "ack"  # the citizen knows that we heard
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"  # to what the citizen wrote after our first
    RESOLUTION = "resolution"  # the desk's own, the service clock: it can be paused
    LEGAL = "legal"  # the law's, in working days, from a complete file: nothing pauses it


class Kind(StrEnum):
    """What can stand in a ticket's history. The opening itself is the argument `opened`; an entry of it is welcome."""

    OPENED = "opened"
    COMPLETED = "completed"  # the file is complete: the legal clock runs from here
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    CITIZEN_WROTE = "citizen_wrote"  # something that asks for an answer; thanks are none
    PAUSED = "paused"  # for a reason
    RESUMED = "resumed"  # from that reason, or from all when none is named
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    ADOPTED = "adopted"  # another policy, or a newer version of it
    WARNED = "warned"
    BREACHED = "breached"
    ESCALATED = "escalated"
    TAKEN = "taken"  # somebody answers for the alarm of a broken promise: it rings no further


@dataclass(frozen=True)
class Policy:
    """A promise. Spans are working time in `hours`; None promises nothing.

    legal_days: working days, each ending at closing time. warn: at which parts of a clock's budget staff are warned.
    max_pause: how much working time pauses may cost in all; beyond it the service clock runs again. reopen_floor: for
    how much working time after a reopening nothing rings; where less is left, the budget is stretched until the last
    warning (or, without any, the due instant) comes no sooner. escalate: how much working time after the due instant
    each level is called; the first usually at once (zero). ValueError, as a sentence, for what can't be kept.
    """

    name: str
    hours: Hours
    version: int = 1
    ack: timedelta | None = None
    first_response: timedelta | None = None
    next_response: timedelta | None = None
    resolution: timedelta | None = None
    legal_days: int | None = None
    warn: tuple[float, ...] = (0.5, 0.8, 0.95)
    max_pause: timedelta | None = None
    reopen_floor: timedelta = NOTHING
    escalate: tuple[timedelta, ...] = ()

    def __post_init__(self) -> None:
        spans = {clock: self.span(clock) for clock in Clock if clock is not Clock.LEGAL}
        for clock, span in spans.items():
            if span is not None and span <= NOTHING:
                raise ValueError(f"Policy {self.name}: {clock} must be longer than nothing, not {span}.")
        if self.legal_days is not None and self.legal_days < 1:
            raise ValueError(f"Policy {self.name}: legal_days must be at least 1, not {self.legal_days}.")
        if any(not 0 < part < 1 for part in self.warn) or list(self.warn) != sorted(set(self.warn)):
            raise ValueError(f"Policy {self.name}: warn must rise and lie between 0 and 1, not {self.warn}.")
        if self.reopen_floor < NOTHING or (self.max_pause is not None and self.max_pause < NOTHING):
            raise ValueError(f"Policy {self.name}: max_pause and reopen_floor can't be negative.")
        if any(wait < NOTHING for wait in self.escalate) or list(self.escalate) != sorted(self.escalate):
            raise ValueError(
                f"Policy {self.name}: escalate must rise from zero, one wait a level, not {self.escalate}."
            )

    def stretched(self, budget: timedelta, used: timedelta) -> timedelta:
        """The budget of a clock that is reopened after `used`."""
        quiet = used + self.reopen_floor
        return max(budget, quiet / self.warn[-1] if self.warn and self.reopen_floor else quiet)

    def span(self, clock: Clock) -> timedelta | None:
        """The working time a clock may use; the legal clock is counted in days and has none."""
        return {
            Clock.ACK: self.ack,
            Clock.FIRST_RESPONSE: self.first_response,
            Clock.NEXT_RESPONSE: self.next_response,
            Clock.RESOLUTION: self.resolution,
        }.get(clock)


@dataclass(frozen=True)
class Entry:
    """One line of a ticket's history; `at` is aware and kept in UTC."""

    kind: Kind
    at: datetime
    reason: str = ""  # of a pause: two for different reasons may overlap, and cost their union
    clock: Clock | None = None  # of warned, breached, escalated, taken
    fraction: float | None = None  # of warned: the part of the budget
    level: int | None = None  # of escalated: 1 is the first
    policy: Policy | None = None  # of adopted

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError(f"The time {self.at} of '{self.kind}' has no zone: give it one.")
        # Two times of one zone compare by their wall clocks, which go back in autumn; in UTC they don't.
        object.__setattr__(self, "at", self.at.astimezone(UTC))
        lacks = {
            Kind.WARNED: self.clock is None or self.fraction is None,
            Kind.BREACHED: self.clock is None,
            Kind.ESCALATED: self.clock is None or self.level is None,
            Kind.TAKEN: self.clock is None,
            Kind.ADOPTED: self.policy is None,
        }
        if lacks.get(self.kind):
            raise ValueError(
                f"The entry '{self.kind}' of {self.at} is incomplete: warned names its clock and fraction, breached "
                "and taken their clock, escalated its clock and level, adopted its policy."
            )
