"""Which of the desk's lists a ticket stands in, whose areas see it there, and what the lists are sorted by. Pure.

The lists are few, so that a counter can be kept for each: of every area, and of every colleague.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from notifier.rules.tickets import Status

FAR = datetime(9999, 1, 1, tzinfo=UTC)  # a promise without an end sorts last
AHEAD = timedelta(days=36_500)  # by this much what is urgent goes before everything else
NOBODY = 0  # whose list it is, of the lists that are everybody's


class View(StrEnum):
    MINE = "mine"  # open, and the viewer answers for it
    UNASSIGNED = "unassigned"  # open, and nobody answers for it
    TEAM = "team"  # open
    BREACHING = "breaching"  # open, with a promise that broke
    WAITING = "waiting"  # for the citizen
    URGENT = "urgent"
    UNDELIVERED = "undelivered"  # the last answer did not arrive
    ALL = "all"  # settled ones too


def lists(ticket: Mapping[str, Any]) -> frozenset[tuple[View, int]]:
    """The lists a ticket stands in, each with the account whose list it is; by the columns of its row."""
    found = {(View.ALL, NOBODY)}
    if ticket["closed_at"] is None:
        assignee = ticket["assignee_id"]
        open_in = {
            View.TEAM: True,
            View.UNASSIGNED: assignee is None,
            View.BREACHING: ticket["breached"],
            View.WAITING: ticket["status"] == Status.WAITING,
            View.URGENT: ticket["urgent"],
            View.UNDELIVERED: ticket["undelivered"] != "",
        }
        found |= {(view, NOBODY) for view, stands in open_in.items() if stands}
        if assignee is not None:
            found.add((View.MINE, int(assignee)))
    return frozenset(found)


def areas(region: str) -> tuple[str, ...]:
    """Every prefix whose viewers see a region, the widest first: "" "31" "31.75" … A trailing dot means nothing."""
    parts = region.rstrip(".").split(".") if region.rstrip(".") else []
    return ("", *(".".join(parts[:n]) for n in range(1, len(parts) + 1)))


def level(prefix: str) -> int:
    """How deep an area lies: 0 the country, 1 a province, 2 a regency, 3 a district, 4 a village."""
    return len(areas(prefix)) - 1


def differences(was: Mapping[str, Any] | None, now: Mapping[str, Any]) -> dict[tuple[str, View, int], int]:
    """What a ticket's change adds to the counters: (area, list, whose) → 1 or -1. `was` None: it is new."""
    before = _places(was) if was is not None else frozenset()
    after = _places(now)
    return {**dict.fromkeys(sorted(before - after), -1), **dict.fromkeys(sorted(after - before), 1)}


def _places(ticket: Mapping[str, Any]) -> frozenset[tuple[str, View, int]]:
    return frozenset((area, view, whose) for view, whose in lists(ticket) for area in areas(ticket["region"]))


def rank(due: datetime | None, urgent: bool) -> datetime:
    """What the lists are sorted by: the nearest promise; an urgent ticket's lies a hundred years earlier."""
    return (due or FAR) - AHEAD if urgent else due or FAR
