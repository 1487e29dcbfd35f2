"""The first answer of a person to a ticket: when it came, and how much of the office's time had passed by then, on the
calendar of the promise that was in force. Lunch, nights and days off are none of it.

Reckoned from the history like every promise; the columns are a cache that reports add up.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from notifier.desk.promise import FREE, Promise, Promises, taken_back
from notifier.rules.promises import Policy
from notifier.rules.runs import in_force
from notifier.store.tickets import Changed, Ticket

ANSWERS = frozenset({"answer", "ask_citizen", "resolve", "reject", "refer"})
NOBODY = ("clock", "citizen")
SECOND = timedelta(seconds=1)


def first(promises: Promises, ticket: Ticket, history: Sequence[Changed]) -> dict[str, Any]:
    """The columns of the first answer that nobody took back; both None while there is none."""
    gone = taken_back(history)
    spoken = (c for c in history if c.act in ANSWERS and c.who not in NOBODY and c.facts.get("message") not in gone)
    at = next((change.at for change in spoken), None)
    if at is None:
        return {"answered_at": None, "answered_after": None}
    began, entries, _ = promises.told(ticket, history)
    return columns(in_force(began.policy, [entry for entry in entries if entry.at <= at]), ticket.opened_at, at)


def now_first(promise: Promise, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """The same for an answer that goes out now, where nobody reads the history: nothing when it is not the first."""
    return {} if ticket.answered_at else columns(promise.policy, ticket.opened_at, now)


def columns(policy: Policy, opened: datetime, at: datetime) -> dict[str, Any]:
    """`answered_at`, and `answered_after` in whole seconds of working time; None of what has no clock."""
    worked = None if policy == FREE.policy else policy.hours.between(opened, at) // SECOND
    return {"answered_at": at, "answered_after": worked}
