"""What happens next with one person of a broadcast: one table of cases, the question behind every list of people.

It must not know how a step is taken, or what time it is now.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.rules.deliveries import State


class Next(StrEnum):
    """What happens next."""

    NOTHING = "nothing"  # told: nothing is left to do
    REPORT = "report"  # with a provider: its answer settles it
    LEAVES = "leaves"  # leaves by itself, at the instant beside it
    HALTED = "halted"  # leaves when the broadcast goes on
    DECIDE = "decide"  # waits for a person: send again, or leave it
    RESEND = "resend"  # perhaps sent: once more by itself, with the same key
    VISIT = "visit"  # on the list of the field officers
    SILENT = "silent"  # asked us to stop: nothing is sent; a visit is another matter
    CALLED_OFF = "called_off"  # the broadcast was stopped before it left: visited, unless another one takes them up
    TAKEN_UP = "taken_up"  # another one has


@dataclass(frozen=True, slots=True)
class Outlook:
    """What happens next, and when as far as that is known."""

    next: Next
    at: datetime | None = None


def outlook(
    state: State,
    reason: str,
    *,
    held: bool,
    due_at: datetime,
    lease_until: datetime | None,
    halted: bool,
    taken: bool = False,
) -> Outlook:
    """What happens next with a delivery. `halted`: its broadcast is paused or asks; `taken`: another one takes up whom
    it left.

    `lease_until`: of what waits for a person, when it goes on without one; of what is unknown, when it is sent again.
    """
    match state:
        case State.DUE:
            return Outlook(Next.HALTED) if halted else Outlook(Next.LEAVES, due_at)
        case State.SENDING:
            return Outlook(Next.REPORT, lease_until)
        case State.UNKNOWN if held:
            return Outlook(Next.DECIDE, lease_until)
        case State.UNKNOWN if lease_until is not None:
            return Outlook(Next.RESEND, lease_until)
        case State.SUPPRESSED if reason == "stopped":
            return Outlook(Next.SILENT)
        case State.UNKNOWN | State.FAILED | State.EXPIRED | State.SUPPRESSED:
            return Outlook(Next.VISIT)
        case State.CANCELLED:
            return Outlook(Next.TAKEN_UP if taken else Next.CALLED_OFF)
    return Outlook(Next.NOTHING)
