"""Which lists a ticket stands in, who sees it there, and what they are sorted by."""

from datetime import UTC, datetime
from typing import Any

import pytest

from notifier.rules.boards import FAR, View, areas, differences, level, lists, rank
from notifier.rules.roles import covers

DUE = datetime(2026, 12, 9, 9, tzinfo=UTC)
FRESH: dict[str, Any] = {
    "region": "31.75",
    "status": "received",
    "urgent": False,
    "assignee_id": None,
    "breached": False,
    "undelivered": "",
    "closed_at": None,
}


@pytest.mark.parametrize(
    ("ticket", "found"),
    [
        ({}, {"all", "team", "unassigned"}),
        ({"assignee_id": 3}, {"all", "team", "mine"}),
        ({"status": "waiting", "assignee_id": 3}, {"all", "team", "mine", "waiting"}),
        ({"urgent": True, "breached": True}, {"all", "team", "unassigned", "urgent", "breaching"}),
        ({"undelivered": "failed"}, {"all", "team", "unassigned", "undelivered"}),
        ({"closed_at": DUE, "breached": True, "urgent": True, "assignee_id": 3, "undelivered": "x"}, {"all"}),
    ],
)
def test_a_ticket_stands_in_the_lists_its_row_says(ticket: dict[str, Any], found: set[str]) -> None:
    assert {view.value for view, _ in lists(FRESH | ticket)} == found


@pytest.mark.parametrize("region", ["", "31", "31.75", "31.75.07", "31.75.07.1003", "31.75.071", "31.75."])
def test_the_areas_of_a_region_are_those_whose_viewers_see_it(region: str) -> None:
    prefixes = ["", "3", "31", "31.7", "31.75", "31.75.0", "31.75.07", "31.75.071", "31.75.07.1003", "73"]
    plain = region.rstrip(".")
    assert [p for p in prefixes if covers(p, plain)] == [p for p in prefixes if p in areas(region)]
    assert level(region) == len(areas(plain)) - 1


def test_a_change_counts_only_where_the_ticket_comes_or_goes() -> None:
    taken = FRESH | {"assignee_id": 3}
    assert differences(taken, taken) == {}
    change = differences(FRESH, taken)
    assert {key: n for key, n in change.items() if key[0] == "31.75"} == {
        ("31.75", View.UNASSIGNED, 0): -1,
        ("31.75", View.MINE, 3): 1,
    }
    moved = differences(FRESH, FRESH | {"region": "31.74"})
    assert {key[0] for key in moved} == {"31.74", "31.75"}
    assert sum(differences(None, FRESH).values()) == 9


def test_urgent_tickets_sort_first_and_those_without_a_deadline_last() -> None:
    assert rank(DUE, True) < DUE < rank(None, True) < rank(None, False) == FAR
    assert rank(DUE, False) == DUE
