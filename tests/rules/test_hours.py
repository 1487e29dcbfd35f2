"""Working time, worked out by hand in tables and checked against a clerk who counts minute by minute."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from notifier.rules.sla import Hours, Interval, date_range, office_week

WIB, WITA, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")
NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
APIA, ST_JOHNS, BEIRUT = ZoneInfo("Pacific/Apia"), ZoneInfo("America/St_Johns"), ZoneInfo("Asia/Beirut")

NATAL, CUTI = date(2026, 12, 25), date(2026, 12, 24)  # Christmas and its cuti bersama
DESK = Hours(WIB, office_week(), [NATAL, CUTI])
LEBARAN = [date(2026, 3, 19)]
FASTING = date_range(date(2026, 2, 18), date(2026, 3, 19), office_week(ramadan=True), LEBARAN)
RAMADAN = Hours(WIB, office_week(), LEBARAN, FASTING)
MAKASSAR, JAYAPURA = Hours(WITA, office_week()), Hours(WIT, office_week())
ALWAYS = Hours(WIB, {})
ALWAYS_BUT_NATAL = Hours(WIB, {}, [NATAL])
NIGHT = Hours(WIB, {day: [(time(22), time(0)), (time(0), time(6))] for day in range(7)})
WHOLE_MONDAY = Hours(WIB, {0: [(time(0), time(0))]})
SATURDAY_ON_CALL = Hours(
    WIB, office_week(), [NATAL], {NATAL: [(time(9), time(10))], date(2026, 11, 28): [(time(8), time(12))]}
)
UNTIDY = Hours(WIB, {0: [(time(13), time(16)), (time(8), time(10)), (time(9), time(12)), (time(12), time(12, 30))]})
YORK = Hours(NEW_YORK, {day: [(time(0), time(6))] for day in range(7)})
YORK_ALWAYS = Hours(NEW_YORK, {})
YORK_GAP = Hours(NEW_YORK, {day: [(time(2, 30), time(5))] for day in range(7)})
YORK_INTO_GAP = Hours(NEW_YORK, {day: [(time(1), time(2, 30))] for day in range(7)})
YORK_TWICE = Hours(NEW_YORK, {day: [(time(1), time(1, 30))] for day in range(7)})
HOWE = Hours(LORD_HOWE, {day: [(time(0), time(4))] for day in range(7)})

# (hours, start, working minutes, end), all times by the office's own clock. 2026-11-23 is a Monday.
CASES = [
    # the desk's day
    (DESK, "2026-11-23 07:30", 60, "2026-11-23 08:30"),
    (DESK, "2026-11-23 06:00", 60, "2026-11-23 08:30"),
    (DESK, "2026-11-23 00:00", 1, "2026-11-23 07:31"),
    (DESK, "2026-11-23 11:30", 30, "2026-11-23 12:00"),
    (DESK, "2026-11-23 11:30", 31, "2026-11-23 13:01"),
    (DESK, "2026-11-23 12:00", 60, "2026-11-23 14:00"),
    (DESK, "2026-11-23 12:15", 60, "2026-11-23 14:00"),
    (DESK, "2026-11-23 13:00", 60, "2026-11-23 14:00"),
    (DESK, "2026-11-23 07:30", 270, "2026-11-23 12:00"),
    (DESK, "2026-11-23 07:30", 450, "2026-11-23 16:00"),
    (DESK, "2026-11-23 07:30", 451, "2026-11-24 07:31"),
    (DESK, "2026-11-23 15:59", 1, "2026-11-23 16:00"),
    (DESK, "2026-11-23 15:59", 2, "2026-11-24 07:31"),
    (DESK, "2026-11-23 16:00", 60, "2026-11-24 08:30"),
    (DESK, "2026-11-23 23:59", 60, "2026-11-24 08:30"),
    (DESK, "2026-11-23 10:00", 900, "2026-11-25 10:00"),
    # Friday and the weekend
    (DESK, "2026-11-27 11:00", 30, "2026-11-27 11:30"),
    (DESK, "2026-11-27 11:00", 31, "2026-11-27 13:01"),
    (DESK, "2026-11-27 07:30", 450, "2026-11-27 16:30"),
    (DESK, "2026-11-27 16:00", 60, "2026-11-30 08:00"),
    (DESK, "2026-11-28 12:00", 60, "2026-11-30 08:30"),
    (DESK, "2026-11-29 23:00", 450, "2026-11-30 16:00"),
    (DESK, "2026-11-23 07:30", 2250, "2026-11-27 16:30"),
    (DESK, "2026-11-23 07:30", 4500, "2026-12-04 16:30"),
    # holidays and cuti bersama: Thursday 24 and Friday 25 December
    (DESK, "2026-12-23 15:00", 60, "2026-12-23 16:00"),
    (DESK, "2026-12-23 15:00", 90, "2026-12-28 08:00"),
    (DESK, "2026-12-24 09:00", 60, "2026-12-28 08:30"),
    (DESK, "2026-12-25 09:00", 450, "2026-12-28 16:00"),
    (SATURDAY_ON_CALL, "2026-12-24 16:00", 60, "2026-12-25 10:00"),
    (SATURDAY_ON_CALL, "2026-12-24 16:00", 61, "2026-12-28 07:31"),
    (SATURDAY_ON_CALL, "2026-11-27 16:30", 240, "2026-11-28 12:00"),
    (SATURDAY_ON_CALL, "2026-11-27 16:30", 241, "2026-11-30 07:31"),
    # Ramadan from Wednesday 18 February to Thursday 19 March 2026, which is a holiday and stays one
    (RAMADAN, "2026-02-17 15:30", 60, "2026-02-18 08:30"),
    (RAMADAN, "2026-02-18 07:30", 240, "2026-02-18 12:00"),
    (RAMADAN, "2026-02-18 08:00", 390, "2026-02-18 15:00"),
    (RAMADAN, "2026-02-18 11:45", 30, "2026-02-18 12:45"),
    (RAMADAN, "2026-02-20 11:00", 60, "2026-02-20 13:00"),
    (RAMADAN, "2026-02-20 08:00", 390, "2026-02-20 15:30"),
    (RAMADAN, "2026-02-23 08:00", 1950, "2026-02-27 15:30"),
    (RAMADAN, "2026-03-18 14:30", 60, "2026-03-20 08:00"),
    # zones
    (MAKASSAR, "2026-11-23 15:00", 120, "2026-11-24 08:30"),
    (JAYAPURA, "2026-11-23 15:00", 120, "2026-11-24 08:30"),
    (JAYAPURA, "2026-11-27 16:30", 1, "2026-11-30 07:31"),
    # round the clock, midnight, nights
    (ALWAYS, "2026-11-23 10:00", 1440, "2026-11-24 10:00"),
    (ALWAYS, "2026-11-28 23:30", 60, "2026-11-29 00:30"),
    (ALWAYS_BUT_NATAL, "2026-12-24 23:00", 60, "2026-12-25 00:00"),
    (ALWAYS_BUT_NATAL, "2026-12-24 23:00", 90, "2026-12-26 00:30"),
    (ALWAYS_BUT_NATAL, "2026-12-25 12:00", 1, "2026-12-26 00:01"),
    (NIGHT, "2026-11-23 12:00", 120, "2026-11-24 00:00"),
    (NIGHT, "2026-11-23 12:00", 121, "2026-11-24 00:01"),
    (NIGHT, "2026-11-23 12:00", 481, "2026-11-24 22:01"),
    (WHOLE_MONDAY, "2026-11-23 00:00", 1440, "2026-11-24 00:00"),
    (WHOLE_MONDAY, "2026-11-23 23:59", 2, "2026-11-30 00:01"),
    # intervals unsorted, overlapping and touching are their union: 08:00-12:30 and 13:00-16:00
    (UNTIDY, "2026-11-23 00:00", 270, "2026-11-23 12:30"),
    (UNTIDY, "2026-11-23 00:00", 271, "2026-11-23 13:01"),
    (UNTIDY, "2026-11-23 09:30", 360, "2026-11-23 16:00"),
    # New York, Sunday 8 March 2026: 02:00 becomes 03:00, an hour is missing
    (YORK, "2026-03-08 00:00", 120, "2026-03-08 03:00"),
    (YORK, "2026-03-08 00:00", 121, "2026-03-08 03:01"),
    (YORK, "2026-03-08 00:00", 300, "2026-03-08 06:00"),
    (YORK, "2026-03-08 00:00", 301, "2026-03-09 00:01"),
    (YORK_ALWAYS, "2026-03-08 00:00", 23 * 60, "2026-03-09 00:00"),
    (YORK_GAP, "2026-03-08 00:00", 120, "2026-03-08 05:00"),
    (YORK_INTO_GAP, "2026-03-08 00:00", 61, "2026-03-09 01:01"),
    # New York, Sunday 1 November 2026: 02:00 becomes 01:00, an hour comes twice
    (YORK, "2026-11-01 00:00", 420, "2026-11-01 06:00"),
    (YORK, "2026-11-01 00:00", 180, "2026-11-01 02:00"),
    (YORK_ALWAYS, "2026-11-01 00:00", 25 * 60, "2026-11-02 00:00"),
    (YORK_TWICE, "2026-11-01 00:00", 61, "2026-11-02 01:01"),
    # Lord Howe moves its clocks by half an hour: 5 April 2026 back, 4 October 2026 forward
    (HOWE, "2026-04-05 00:00", 270, "2026-04-05 04:00"),
    (HOWE, "2026-10-04 00:00", 210, "2026-10-04 04:00"),
    (HOWE, "2026-10-04 00:00", 211, "2026-10-05 00:01"),
    # Samoa had no 30 December 2011
    (Hours(APIA, {}), "2011-12-29 12:00", 24 * 60, "2011-12-31 12:00"),
    (Hours(APIA, {4: [(time(8), time(16))]}), "2011-12-29 12:00", 60, "2012-01-06 09:00"),
    # Beirut puts its clocks back at midnight, into the evening before: 25 October 2026
    (Hours(BEIRUT, {5: [(time(20), time(0))]}), "2026-10-24 12:00", 300, "2026-10-25 00:00"),
]  # fmt: skip


def local(hours: Hours, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=hours.zone)


@pytest.mark.parametrize(("hours", "start", "minutes", "end"), CASES)
def test_working_time_is_as_worked_out_by_hand(hours: Hours, start: str, minutes: int, end: str) -> None:
    span = timedelta(minutes=minutes)
    due = hours.after(local(hours, start), span)
    assert due.tzinfo is UTC
    assert due == local(hours, end).astimezone(UTC)
    assert hours.between(local(hours, start), due) == span


def test_a_start_in_another_zone_means_the_same_instant() -> None:
    assert DESK.after(datetime(2026, 11, 23, 9, 30, tzinfo=WIT), timedelta(hours=1)) == local(DESK, "2026-11-23 08:30")
    assert DESK.between(datetime(2026, 11, 23, 1, tzinfo=UTC), local(DESK, "2026-11-23 09:00")) == timedelta(hours=1)


def test_both_passes_of_the_hour_that_comes_twice_are_told_apart() -> None:
    first = datetime(2026, 11, 1, 1, 15, tzinfo=NEW_YORK)
    assert YORK.between(first, first.replace(fold=1)) == timedelta(hours=1)
    assert YORK_TWICE.between(first, first.replace(fold=1)) == timedelta(minutes=30)
    assert YORK_TWICE.after(first, timedelta(minutes=20)) == datetime(2026, 11, 1, 6, 5, tzinfo=UTC)


def test_clocks_put_back_across_midnight_leave_the_order_of_instants_alone() -> None:
    # At 00:01 on 1 November 2009 St John's went back to 23:01 of 31 October.
    hours = Hours(ST_JOHNS, {5: [(time(23), time(0))], 6: [(time(0), time(1))]})
    start = datetime(2009, 10, 31, 22, tzinfo=ST_JOHNS)
    assert hours.between(start, datetime(2009, 11, 1, 2, tzinfo=ST_JOHNS)) == timedelta(hours=3)
    assert hours.after(start, timedelta(minutes=61)) == datetime(2009, 11, 1, 2, 31, tzinfo=UTC)


def test_a_week_of_the_desk_has_37_and_a_half_hours_and_in_ramadan_32_and_a_half() -> None:
    monday, next_monday = datetime(2026, 11, 23, tzinfo=WIB), datetime(2026, 11, 30, tzinfo=WIB)
    assert DESK.between(monday, next_monday) == timedelta(hours=37.5)
    assert Hours(WIB, office_week(ramadan=True)).between(monday, next_monday) == timedelta(hours=32.5)


def test_what_is_asked_backward_is_negative() -> None:
    early, late = local(DESK, "2026-11-23 08:00"), local(DESK, "2026-11-23 14:00")
    assert DESK.between(late, early) == -DESK.between(early, late) == -timedelta(hours=5)
    assert DESK.between(early, early) == timedelta(0)


def test_a_span_of_nothing_ends_at_once_even_at_night() -> None:
    night = local(DESK, "2026-11-23 02:00")
    assert DESK.after(night, timedelta(0)) == night


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23 06:00", "2026-11-23 07:30"),
        ("2026-11-23 07:30", "2026-11-23 07:30"),
        ("2026-11-23 09:17", "2026-11-23 09:17"),
        ("2026-11-23 12:00", "2026-11-23 13:00"),
        ("2026-11-27 16:30", "2026-11-30 07:30"),
        ("2026-12-23 16:00", "2026-12-28 07:30"),
    ],
)
def test_the_office_opens_when_it_next_works(at: str, opens: str) -> None:
    assert DESK.opens(local(DESK, at)) == local(DESK, opens)


@pytest.mark.parametrize(
    ("hours", "start", "days", "end"),
    [
        (DESK, "2026-11-23 09:00", 1, "2026-11-24 16:00"),
        (DESK, "2026-11-23 00:00", 1, "2026-11-24 16:00"),
        (DESK, "2026-11-23 23:00", 3, "2026-11-26 16:00"),
        (DESK, "2026-11-23 09:00", 4, "2026-11-27 16:30"),
        (DESK, "2026-11-23 09:00", 5, "2026-11-30 16:00"),
        (DESK, "2026-11-28 09:00", 1, "2026-11-30 16:00"),
        (DESK, "2026-12-23 09:00", 1, "2026-12-28 16:00"),
        (DESK, "2026-12-23 09:00", 10, "2027-01-08 16:30"),
        (RAMADAN, "2026-02-18 09:00", 2, "2026-02-20 15:30"),
        (ALWAYS, "2026-11-23 09:00", 1, "2026-11-25 00:00"),
        (YORK_ALWAYS, "2026-03-07 09:00", 1, "2026-03-09 00:00"),
        (Hours(APIA, {}), "2011-12-29 09:00", 1, "2012-01-01 00:00"),
    ],
)
def test_working_days_end_at_closing_time_and_the_first_day_does_not_count(
    hours: Hours, start: str, days: int, end: str
) -> None:
    assert hours.days_after(local(hours, start), days) == local(hours, end)


# --- refusals ------------------------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("week", "holidays", "overrides", "says"),
    [
        ({0: [(time(8), time(8))]}, (), {}, "Monday: an interval from 08:00 to 08:00 is empty"),
        ({4: [(time(22), time(6))]}, (), {}, "Friday: .* runs backward"),
        ({7: []}, (), {}, "Weekday 7"),
        ({0: [(time(8, tzinfo=UTC), time(9))]}, (), {}, "carries a zone"),
        ({}, [datetime(2026, 1, 1, tzinfo=UTC)], {}, "holiday .* no plain date"),
        ({}, (), {NATAL: [(time(9), time(8))]}, "2026-12-25: an interval from 09:00"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_a_sentence(
    week: Mapping[int, Sequence[Interval]],
    holidays: Sequence[date],
    overrides: Mapping[date, Sequence[Interval]],
    says: str,
) -> None:
    with pytest.raises(ValueError, match=says):
        Hours(WIB, week, holidays, overrides)


def test_a_naive_time_is_refused() -> None:
    naive = datetime(2026, 11, 23, 8)  # noqa: DTZ001
    for call in (
        lambda: DESK.after(naive, timedelta(1)),
        lambda: DESK.after(naive, timedelta(0)),
        lambda: DESK.between(NOON, naive),
        lambda: DESK.opens(naive),
        lambda: DESK.days_after(naive, 1),
    ):
        with pytest.raises(ValueError, match="has no zone"):
            call()


def test_a_negative_span_and_no_days_are_refused() -> None:
    with pytest.raises(ValueError, match="can't be negative"):
        DESK.after(NOON, timedelta(microseconds=-1))
    with pytest.raises(ValueError, match="At least one working day"):
        DESK.days_after(NOON, 0)


@pytest.mark.parametrize("week", [{}, {0: []}, {day: [] for day in range(7)}])
def test_a_week_without_any_interval_is_empty_and_means_round_the_clock(week: dict[int, list[Interval]]) -> None:
    always = Hours(WIB, week, [date(2026, 8, 17)])
    assert always.after(local(always, "2026-08-15 23:00"), timedelta(hours=2)) == local(always, "2026-08-16 01:00")
    assert always.after(local(always, "2026-08-16 23:00"), timedelta(hours=2)) == local(always, "2026-08-18 01:00")


def test_an_office_that_never_works_is_refused_instead_of_being_waited_for() -> None:
    mondays = [date(2025, 12, 29) + timedelta(weeks=n) for n in range(52 * 45)]
    shut = Hours(WIB, {0: [(time(8), time(16))]}, mondays)
    assert shut.between(NOON, NOON + timedelta(days=1000)) == timedelta(0)
    with pytest.raises(ValueError, match="no working time within 20 years"):
        shut.after(NOON, timedelta(minutes=1))
    with pytest.raises(ValueError, match="no working day within 20 years"):
        shut.days_after(NOON, 1)


def test_an_office_that_works_one_day_in_ten_years_is_waited_for() -> None:
    mondays = [date(2025, 12, 29) + timedelta(weeks=n) for n in range(52 * 45)]
    rare = Hours(WIB, {0: [(time(8), time(16))]}, mondays, {date(2036, 1, 1): [(time(8), time(9))]})
    assert rare.after(NOON, timedelta(hours=1)) == local(rare, "2036-01-01 09:00")


@pytest.mark.parametrize("start", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_the_ends_of_time_are_refused(start: datetime) -> None:
    with pytest.raises(ValueError, match="outside of what a calendar"):
        DESK.after(start, timedelta(hours=1))


def test_a_span_beyond_the_last_year_is_refused() -> None:
    with pytest.raises(ValueError, match="after the year 9998"):
        ALWAYS.after(datetime(9998, 6, 1, tzinfo=UTC), timedelta(days=5000))


def test_hours_are_values() -> None:
    again = Hours(WIB, {day: list(given) for day, given in office_week().items()}, {CUTI, NATAL})
    assert again == DESK
    assert hash(again) == hash(DESK)
    assert MAKASSAR != JAYAPURA


def test_what_is_changed_outside_does_not_change_the_hours() -> None:
    week = {0: [(time(8), time(9))]}
    hours = Hours(WIB, week)
    week[0].append((time(10), time(11)))
    week[1] = [(time(8), time(9))]
    assert hours.between(local(hours, "2026-11-23 00:00"), local(hours, "2026-11-25 00:00")) == timedelta(hours=1)


def test_an_override_range_leaves_the_holidays_in_it_alone() -> None:
    month = date_range(date(2026, 2, 18), date(2026, 3, 19), office_week(ramadan=True), [date(2026, 3, 19)])
    assert len(month) == 29
    assert date(2026, 3, 19) not in month
    assert month[date(2026, 2, 21)] == ()  # a Saturday


# --- laws ----------------------------------------------------------------------------------------------------------

ZONES = [
    WIB,
    WIT,
    NEW_YORK,
    LORD_HOWE,
    APIA,
    ST_JOHNS,
    BEIRUT,
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("Africa/Casablanca"),
]
DAY = timedelta(days=1)
minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))


@st.composite
def intervals(draw: st.DrawFn) -> list[Interval]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        opens, closes = draw(minutes), draw(minutes | st.just(time(0)))
        if closes == time(0) or opens < closes:
            found.append((opens, closes))
    return found


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    week = draw(st.dictionaries(st.integers(0, 6), intervals(), max_size=7))
    near = st.dates(date(2026, 3, 1), date(2026, 3, 14)) | st.dates(date(2026, 10, 25), date(2026, 11, 7))
    holidays, overrides = draw(st.sets(near, max_size=3)), draw(st.dictionaries(near, intervals(), max_size=3))
    return Hours(draw(st.sampled_from(ZONES)), week, holidays, overrides)


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda t: t.replace(tzinfo=UTC))  # noqa: DTZ001
round_minutes = st.integers(0, 525_000).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
near_changes = st.sampled_from(
    [datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 10, 3, 12, tzinfo=UTC)]
).flatmap(lambda t: st.integers(-600, 1800).map(lambda n: t + timedelta(minutes=n)))
spans = st.timedeltas(timedelta(0), timedelta(days=2))  # of working time: weeks and years in sparse calendars


def works(hours: Hours) -> bool:
    return hours.between(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC)) > timedelta(0)


@settings(max_examples=150, deadline=None)
@given(calendars(), instants | near_changes, spans)
def test_between_undoes_after(hours: Hours, start: datetime, span: timedelta) -> None:
    assume(works(hours))
    due = hours.after(start, span)
    assert due >= start
    assert hours.between(start, due) == span
    if span:  # the first such instant, and no later
        assert hours.between(start, due - timedelta(microseconds=1)) < span


@settings(max_examples=100, deadline=None)
@given(calendars(), instants | near_changes, spans, spans)
def test_after_adds_up_and_never_goes_back(hours: Hours, start: datetime, a: timedelta, b: timedelta) -> None:
    assume(works(hours))
    assert hours.after(hours.after(start, a), b) == hours.after(start, a + b)
    assert hours.after(start, a) <= hours.after(start, a + b)
    assert hours.after(start, a) <= hours.after(start + b, a)


@settings(max_examples=100, deadline=None)
@given(calendars(), instants, instants, instants)
def test_between_adds_up(hours: Hours, a: datetime, b: datetime, c: datetime) -> None:
    assert hours.between(a, b) + hours.between(b, c) == hours.between(a, c)
    assert abs(hours.between(a, b)) <= abs(b - a)


@settings(max_examples=80, deadline=None)
@given(calendars(), near_changes | round_minutes, st.integers(0, 2400))
@example(Hours(NEW_YORK, {6: [(time(0, 30), time(1, 30))]}), datetime(2026, 11, 1, tzinfo=UTC), 1500)
@example(Hours(LORD_HOWE, {6: [(time(1, 45), time(2, 15))]}), datetime(2026, 10, 3, 12, tzinfo=UTC), 600)
def test_a_clerk_who_looks_at_the_clock_each_minute_counts_the_same(hours: Hours, start: datetime, n: int) -> None:
    def on_duty(at: datetime) -> bool:
        wall = at.astimezone(hours.zone)
        day = wall.date()
        if day in hours.overrides:
            plan = hours.overrides[day]
        elif day in hours.holidays:
            plan = []
        else:
            plan = hours.week.get(day.weekday(), []) if any(hours.week.values()) else [(time(0), time(0))]
        return any(opens <= wall.time() and (wall.time() < closes or closes == time(0)) for opens, closes in plan)

    counted = sum(on_duty(start + timedelta(minutes=minute)) for minute in range(n))
    assert hours.between(start, start + timedelta(minutes=n)) == timedelta(minutes=counted)
