"""Promises of the configuration become calendars and policies; broken ones name the key."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifier.config import parse
from notifier.desk.promise import Promises, build, national
from notifier.errors import Refused

NOW = datetime(2026, 12, 5, 2, tzinfo=UTC)
WIB = ZoneInfo("Asia/Jakarta")
DAY = ["07:30-12:00", "13:00-16:00"]
OFFICE = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), DAY)


def _build(policies: dict[str, Any], **calendar: Any) -> Promises:
    return build(parse({"calendars": {"office": {**OFFICE, **calendar}}, "policies": policies}), NOW)


def test_the_most_particular_promise_is_taken() -> None:
    promises = _build(
        {
            "usual": {"resolve": "5d"},
            "money": {"categories": ["deduction", "illegal_levy"], "resolve": "3d"},
            "danger": {"urgent": True, "resolve": "1d"},
            "hungry": {"urgent": True, "categories": ["other"], "resolve": "4h"},
        }
    )
    chosen = {
        (category, urgent): promises.choose(category, urgent).policy.name
        for category in ("deduction", "other", "delayed")
        for urgent in (False, True)
    }
    assert chosen == {
        ("deduction", False): "money",
        ("deduction", True): "danger",
        ("other", False): "usual",
        ("other", True): "hungry",
        ("delayed", False): "usual",
        ("delayed", True): "danger",
    }


def test_a_desk_without_policies_promises_something_sensible() -> None:
    promises = build(parse({}), NOW)
    usual = promises.choose("deduction", False)
    assert usual.policy.resolution == timedelta(hours=37, minutes=30)
    assert usual.escalate_to == ("desk", "regency", "province", "ministry")
    friday_night = datetime(2026, 12, 11, 22, tzinfo=WIB)
    hours = promises.choose("other", True).policy.hours
    assert hours.between(friday_night, friday_night + timedelta(hours=4)) == timedelta(hours=4)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 12, 23), True),
        (date(2026, 12, 24), False),  # cuti bersama
        (date(2026, 12, 25), False),  # Christmas
        (date(2026, 12, 26), False),  # Saturday
        (date(2026, 12, 28), False),  # given here as a further day off
        (date(2026, 12, 29), True),
    ],
)
def test_holidays_and_days_off_are_not_worked(day: date, worked: bool) -> None:
    hours = _build({"usual": {"resolve": "5d"}}, extra_holidays=["2026-12-28"]).choose("other", False).policy.hours
    start = datetime(day.year, day.month, day.day, tzinfo=WIB)
    assert (hours.between(start, start + timedelta(days=1)) > timedelta(0)) is worked


def test_ramadan_hours_keep_weekends_and_a_single_day_beats_the_range() -> None:
    overrides = {"2027-02-08/2027-03-09": ["08:00-12:00", "12:30-15:00"], "2027-02-13": ["08:00-10:00"]}
    hours = _build({"usual": {"resolve": "5d"}}, overrides=overrides).choose("other", False).policy.hours
    worked = {
        day: hours.between(datetime(2027, 2, day, tzinfo=WIB), datetime(2027, 2, day, tzinfo=WIB) + timedelta(days=1))
        for day in (9, 13, 14, 15)
    }
    assert worked == {
        9: timedelta(hours=6.5),
        13: timedelta(hours=2),
        14: timedelta(0),
        15: timedelta(hours=6.5),
    }


def test_a_range_has_hours_of_its_own_for_one_weekday_and_a_single_day_beats_both() -> None:
    span = "2027-02-08/2027-03-09"
    overrides = {
        f"{span} friday": ["08:00-11:30", "12:30-15:30"],
        span: ["08:00-12:00", "12:30-15:00"],
        "2027-02-26": ["08:00-10:00"],
    }
    hours = _build({"usual": {"resolve": "5d"}}, overrides=overrides).choose("other", False).policy.hours
    worked = {day.day: sum((b - a for a, b in hours.on(day)), timedelta(0)) for day in map(_february, (11, 12, 13, 26))}
    assert worked == {11: timedelta(hours=6.5), 12: timedelta(hours=6.5), 13: timedelta(0), 26: timedelta(hours=2)}
    assert [f"{a.astimezone(WIB):%H:%M}-{b.astimezone(WIB):%H:%M}" for a, b in hours.on(_february(12))] == [
        "08:00-11:30",
        "12:30-15:30",
    ]


def _february(day: int) -> date:
    return date(2027, 2, day)


@pytest.mark.parametrize(
    ("calendar", "policy", "sentence"),
    [
        ({"overrides": {"Ramadan": DAY}}, {}, r'calendars.office.overrides."Ramadan": write a date'),
        ({"overrides": {"2027-03-09/2027-02-08": DAY}}, {}, "first and last day"),
        ({"overrides": {"2027-02-08/2027-03-09 jumat": DAY}}, {}, "or one weekday of these"),
        ({"overrides": {"2027-02-12 friday": DAY}}, {}, "or one weekday of these"),
        ({"monday": ["16:00-08:00"]}, {}, "calendars.office: Monday: an interval"),
        ({}, {"escalate_to": ["boss"]}, "policies.usual.escalate_to: boss: there are desk, regency"),
        ({}, {"warn": [0.9, 0.5]}, "policies.usual: Policy usual: warn must rise"),
        ({}, {"resolve": "0h"}, "policies.usual: Policy usual: resolution must be longer"),
    ],
)
def test_a_broken_promise_names_its_key(calendar: dict[str, Any], policy: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        _build({"usual": {"resolve": "5d", **policy}}, **calendar)


def test_national_days_are_known() -> None:
    assert date(2026, 8, 17) in national(range(2026, 2027))
