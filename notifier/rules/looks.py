"""When figures are counted again: often while they are young, seldom later, never once nothing changes. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

# Receipts come within seconds, minutes, sometimes days: how long after each look the next one comes.
ATTEMPTS: Sequence[timedelta] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=20),
    timedelta(hours=24),
    timedelta(hours=40),
)
SOONEST = timedelta(minutes=10)
A_PERSON = timedelta(milliseconds=10)  # a round of a million people rests nearly three hours
AFTER = timedelta(days=30)  # answers and complaints that come later than this after a round change no figure


def next_of_attempts(looks: int, now: datetime) -> datetime | None:
    """When attempts that were looked at so often are looked at again; None when what they are is known by now."""
    return now + ATTEMPTS[looks] if looks < len(ATTEMPTS) else None


def next_of_round(people: int, closes_at: datetime, now: datetime) -> datetime | None:
    """When a round is looked at again: the larger it is, the longer it rests. None when it is over for good."""
    return None if now > closes_at + AFTER else now + max(SOONEST, people * A_PERSON)


A_DELIVERY = timedelta(milliseconds=0.6)  # the account of a million rests ten minutes
BRIEFLY = timedelta(minutes=1)
CALM = 4  # what is so many times as old as its last look was long ago is looked at again
SETTLED = timedelta(days=60)  # receipts, visits and retries that come later change an account when somebody asks


def next_of_account(people: int, at: datetime, now: datetime, *, over: bool) -> datetime | None:
    """When the account of a broadcast that left at `at` is counted again: often while it goes on, then ever more
    seldom. None when nothing more is expected of it.
    """
    if over and now > at + SETTLED:
        return None
    soon = max(BRIEFLY, people * A_DELIVERY)
    return now + (max(soon, (now - at) / CALM) if over else soon)
