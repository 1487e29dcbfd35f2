"""What can become of a delivery, which fact outweighs which, and what every event we write about asks for.

It must not know how anything is sent, stored or worded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Literal


class State(StrEnum):
    """One logical message to one person. Weakest first: a stronger fact never loses to a weaker one.

    What never left (expired, cancelled, suppressed) gives way to any sign that it did leave.
    """

    DUE = "due"
    EXPIRED = "expired"  # too late for its event
    CANCELLED = "cancelled"  # the event or the broadcast was called off
    SUPPRESSED = "suppressed"  # nobody to send it to, or they asked us not to
    SENDING = "sending"  # the row says we are about to
    UNKNOWN = "unknown"  # it may have been sent
    ACCEPTED = "accepted"  # the provider took it
    FAILED = "failed"  # definitely refused, or bounced
    DELIVERED = "delivered"
    READ = "read"

    @property
    def rank(self) -> int:
        return _RANK[self]


_RANK: Mapping[State, int] = MappingProxyType({state: rank for rank, state in enumerate(State)})

# Nothing will happen to these any more by our doing; a late receipt may still better them.
SETTLED: frozenset[State] = frozenset(State) - {State.DUE, State.SENDING, State.UNKNOWN}
NEVER_LEFT: frozenset[State] = frozenset({State.EXPIRED, State.CANCELLED, State.SUPPRESSED})


def settle(current: State, fact: State) -> State:
    """The state once `fact` is known too: the stronger of the two, in whichever order they arrive.

    It judges facts about one generation of a delivery. Going back to due (a retry, the next rung of the ladder, an
    operator's order) is no fact but a decision of who holds the lease, and is not taken here.
    """
    return max(current, fact, key=_RANK.__getitem__)


def told(state: State, *, receipts_trusted: bool) -> bool:
    """Whether the person counts as told. Where a line's receipts can be trusted, acceptance alone is not enough."""
    return state in (State.DELIVERED, State.READ) or (state is State.ACCEPTED and not receipts_trusted)


def climbs(state: State, *, past_deadline: bool = False) -> bool:
    """Whether the next rung of the ladder is tried: only after a definite failure, or when what became of it is still
    unknown past its deadline. Silence is no failure.
    """
    return state is State.FAILED or (state is State.UNKNOWN and past_deadline)


class Lane(IntEnum):
    """Who goes first; the smaller the sooner."""

    ANSWERS = 0
    STAFF = 1
    BULK = 2


_QUOTED = re.compile(r"[^\s<>\"'(]+@[^\s<>\"')]+|\+?\d(?:[\s().-]?\d){6,}")


def discreet(reason: str) -> str:
    """A provider's words without the numbers and mail addresses they quote: reasons are kept and shown in clear."""
    return _QUOTED.sub("…", reason)[:120]


@dataclass(frozen=True)
class Event:
    """What one kind of message asks for."""

    name: str
    lane: Lane
    after_unknown: Literal["resend", "hold"]  # once more with the same key | wait for a person
    retry_for: timedelta  # how long a rung is tried before it is given up
    keeps_window: bool = True  # waits for the citizen's send window; answers to a fresh word of theirs need not
    question: bool = False  # expects an answer, so it needs a line that can be answered
    citizen: bool = True  # or staff


def _events(*events: Event) -> Mapping[str, Event]:
    return MappingProxyType({event.name: event for event in events})


def _hours(hours: int) -> timedelta:
    return timedelta(hours=hours)


GENERAL = "general_notice"  # to many, in the office's own words, about no round
LASTS = timedelta(days=3)  # how long a general notice still serves after its time

EVENTS: Mapping[str, Event] = _events(
    # to many: sent again when in doubt, for nobody is harmed by reading the date twice
    Event("round_announced", Lane.BULK, "resend", _hours(12)),
    Event("round_reminder", Lane.BULK, "resend", _hours(4)),
    Event("round_changed", Lane.BULK, "resend", _hours(12)),
    Event("round_cancelled", Lane.BULK, "resend", _hours(12)),
    Event("round_posted", Lane.BULK, "resend", _hours(12)),
    Event(GENERAL, Lane.BULK, "resend", _hours(12)),
    Event("entitlement_changed", Lane.BULK, "resend", _hours(24)),
    Event("entitlements_changed", Lane.BULK, "resend", _hours(24)),
    # questions and answers: asked or answered twice they confuse, so a person decides
    Event("receipt_question", Lane.BULK, "hold", _hours(8), question=True),
    Event("ticket_received", Lane.ANSWERS, "hold", _hours(12)),
    Event("ticket_answer", Lane.ANSWERS, "hold", _hours(24)),
    Event("ticket_resolved", Lane.ANSWERS, "hold", _hours(24), question=True),
    Event("ticket_status", Lane.ANSWERS, "hold", _hours(4)),
    Event("ticket_revealed", Lane.ANSWERS, "hold", _hours(24)),
    Event("ticket_rating", Lane.ANSWERS, "hold", _hours(12), question=True),
    Event("information", Lane.ANSWERS, "hold", _hours(4)),
    Event("genuine_checked", Lane.ANSWERS, "hold", _hours(4)),
    Event("stop_confirmed", Lane.ANSWERS, "hold", _hours(4)),
    Event("start_confirmed", Lane.ANSWERS, "hold", _hours(4)),
    Event("help", Lane.ANSWERS, "hold", _hours(1)),
    Event("attachment_refused", Lane.ANSWERS, "hold", _hours(4)),
    Event("talk", Lane.ANSWERS, "hold", _hours(1)),
    # to staff: rather twice than not at all, and at once
    Event("sla_warning", Lane.STAFF, "resend", _hours(4), keeps_window=False, citizen=False),
    Event("sla_escalated", Lane.STAFF, "resend", _hours(24), keeps_window=False, citizen=False),
    Event("urgent_ticket", Lane.STAFF, "resend", _hours(24), keeps_window=False, citizen=False),
    Event("desk_alert", Lane.STAFF, "resend", _hours(24), keeps_window=False, citizen=False),
    Event("broadcast_asks", Lane.STAFF, "resend", _hours(24), keeps_window=False, citizen=False),
    Event("line_alert", Lane.STAFF, "resend", _hours(4), keeps_window=False, citizen=False),
    Event("webhook_off", Lane.STAFF, "resend", _hours(24), keeps_window=False, citizen=False),
    Event("test_send", Lane.STAFF, "resend", timedelta(minutes=10), keeps_window=False, citizen=False),
)

CORRECTIONS = ("round_changed", "round_cancelled")  # events that say what of older words holds no longer

NO_WAY_BACK = "no_way_back"  # why a question was not asked: the person could be told, and could not answer
NOT_SENT = "not sent"  # why an attempt failed that was begun and handed back before the provider was called
