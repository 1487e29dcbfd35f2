"""What a distribution point takes: opening hours as people write them, and the load that rounds bring."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules.points import Limits, Stay, Trouble, days_of, load, read_hours, spell_hours, warnings

WEEK = read_hours("Sen-Jum 08:00-15:00; Sab 08:00-12:00")
MONDAY = date(2026, 12, 7)


def _stay(people: int, days: int = 5, opens: str = "08:00", closes: str = "15:00", first: date = MONDAY) -> Stay:
    last = date.fromordinal(first.toordinal() + days - 1)
    return Stay(
        datetime.combine(first, time.fromisoformat(opens)), datetime.combine(last, time.fromisoformat(closes)), people
    )


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("", ""),
        ("Sen-Jum 08:00-15:00; Sab 08:00-12:00", "Sen-Jum 08:00-15:00; Sab 08:00-12:00"),
        ("senin s/d jumat 8.00 - 15.00, sabtu 8.00-12.00", "Sen-Jum 08:00-15:00; Sab 08:00-12:00"),
        ("Rabu 09:30-11:00", "Rab 09:30-11:00"),
        ("Sen 08:00-15:00; Rab 08:00-15:00", "Sen 08:00-15:00; Rab 08:00-15:00"),
    ],
)
def test_opening_hours_are_read_as_people_write_them(written: str, spelled: str) -> None:
    assert spell_hours(read_hours(written)) == spelled


@pytest.mark.parametrize(
    "written",
    [
        *("buka", "Sen", "Sen 8-15", "Sen 15:00-08:00", "Sen 25:00-26:00", "Jum-Sen 08:00-15:00", "Xyz 08:00-09:00"),
        "Sen 08:00-09:00; Sen 10:00-11:00",
    ],
)
def test_hours_that_can_not_be_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_hours(written)


@pytest.mark.parametrize(
    ("limits", "stay", "others", "found"),
    [
        (Limits(WEEK, per_day=100), _stay(500), (), []),
        (Limits(WEEK, per_day=99), _stay(500, 1), (), [(Trouble.PER_DAY, 7, 500, 99)]),
        (Limits(WEEK, per_day=120), _stay(100, 1), (_stay(50, 1),), [(Trouble.PER_DAY, 7, 150, 120)]),
        (Limits(WEEK, per_hour=10), _stay(71, 1), (), [(Trouble.PER_HOUR, 7, 11, 10)]),
        (Limits(WEEK, per_hour=10), _stay(70, 1), (), []),
        (Limits(WEEK), _stay(10, 1, "07:00"), (), [(Trouble.OUTSIDE, 7, 0, 0)]),
        (Limits(WEEK), _stay(10, 1, closes="15:30"), (), [(Trouble.OUTSIDE, 7, 0, 0)]),
        (Limits(WEEK), _stay(10, 7, closes="12:00"), (), [(Trouble.CLOSED, 13, 0, 0)]),
        (Limits(read_hours("")), _stay(10**6), (), []),
        (Limits(WEEK, per_day=1, shut=True), _stay(9, 2), (), [(Trouble.CLOSED, 7, 0, 0), (Trouble.CLOSED, 8, 0, 0)]),
    ],
)
def test_a_round_is_warned_of_where_it_does_not_fit(
    limits: Limits, stay: Stay, others: tuple[Stay, ...], found: list[tuple[Trouble, int, int, int]]
) -> None:
    assert [(w.what, w.day.day, w.n, w.most) for w in warnings(limits, stay, others)] == found


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 6))
def test_everybody_has_a_day_and_none_has_more_than_another(people: int, days: int, start: int) -> None:
    stay = _stay(people, days, first=date.fromordinal(MONDAY.toordinal() + start))
    found = load(stay, WEEK)
    assert people <= sum(found.values()) < people + len(found)
    assert len(set(found.values())) == 1
    assert list(found) == days_of(stay, WEEK)
