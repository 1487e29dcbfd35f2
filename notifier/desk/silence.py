"""When a citizen has been silent for so long after a case was called settled that it counts as settled."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from notifier.desk.promise import Promise, national, taken_back, years_around
from notifier.desk.values import Settings
from notifier.rules.hours import Hours, office_week
from notifier.rules.shields import PROPOSED
from notifier.rules.tickets import Act, Status
from notifier.store.tickets import Changed, Ticket

ASKED = "silence_asked"  # in a ticket's history: a person has to decide, for no promise to the citizen may be broken


def ends(settings: Settings, promise: Promise, ticket: Ticket, history: Sequence[Changed]) -> datetime | None:
    """The closing time of the last working day of silence; None while nothing is awaited, or when staff were asked."""
    if ticket.status is not Status.RESOLVED:
        return None
    since: datetime | None = None
    gone = taken_back(history)
    for change in history:
        if change.facts.get("message") in gone:
            continue
        if change.act == Act.RESOLVE or (change.act == Act.ANSWER and change.status == Status.RESOLVED):
            since = change.at  # the last that we said
        elif change.act in (ASKED, PROPOSED):
            since = None
    return _office(settings, promise, since).days_after(since, settings.close_after) if since is not None else None


def _office(settings: Settings, promise: Promise, since: datetime) -> Hours:
    """Whose working days count: the policy's; one that holds round the clock has none, so the usual office's."""
    hours = promise.policy.hours
    return hours if any(hours.week.values()) else _usual(settings.zone, years_around(since))


@lru_cache(maxsize=8)
def _usual(zone: str, years: range) -> Hours:
    return Hours(ZoneInfo(zone), office_week(), national(years))
