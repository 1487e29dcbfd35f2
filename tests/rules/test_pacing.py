"""Retries, windows, slots and reminders, each by a table and a law."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.rules.deliveries import EVENTS
from notifier.rules.pacing import (
    Retry,
    event_expiry,
    fits,
    leaves_at,
    reminder_at,
    retry_for,
    shares,
    slots,
    span,
    window,
)

WIB, WIT, NEW_YORK = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura"), ZoneInfo("America/New_York")
NOON = datetime(2026, 12, 7, 5, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


# --- retries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "since", "wait", "luck", "pause"),
    [
        (1, 0 * SECOND, None, 0.5, 30 * SECOND),
        (2, 30 * SECOND, None, 0.5, 60 * SECOND),
        (3, 90 * SECOND, None, 0.5, 120 * SECOND),
        (6, 20 * MINUTE, None, 0.5, 16 * MINUTE),
        (7, 1 * HOUR, None, 0.5, 30 * MINUTE),  # capped
        (400, 2 * HOUR, None, 0.5, 30 * MINUTE),
        (10**9, 2 * HOUR, None, 0.5, 30 * MINUTE),
        (1, 0 * SECOND, None, 0.0, 24 * SECOND),  # jitter: a fifth shorter …
        (1, 0 * SECOND, None, 0.75, 33 * SECOND),  # … or longer
        (1, 0 * SECOND, 5 * SECOND, 0.9, 5 * SECOND),  # what the provider asked for, to the second
        (9, 0 * SECOND, 5 * SECOND, 0.1, 5 * SECOND),
        (1, 0 * SECOND, timedelta(seconds=4.2), 0.0, 5 * SECOND),  # never before it
        (1, 0 * SECOND, 0 * SECOND, 0.5, 30 * SECOND),  # no wait at all is none
        (3, 3 * HOUR, 9 * HOUR, 0.5, 9 * HOUR),  # even past the hour of giving up
        (9, 4 * HOUR - 10 * MINUTE, None, 0.5, 10 * MINUTE),  # the last try comes when it is given up, not before
        (9, 4 * HOUR, None, 0.5, None),
        (9, 5 * HOUR, 5 * SECOND, 0.5, None),
        (1, 0 * SECOND, timedelta.max, 0.5, timedelta(days=366)),
    ],
)
def test_when_to_try_again(
    attempt: int, since: timedelta, wait: timedelta | None, luck: float, pause: timedelta | None
) -> None:
    at = Retry().at(attempt, NOON - since, NOON, wait, luck)
    assert at == (None if pause is None else NOON + pause)


@given(
    st.integers(1, 60),
    st.timedeltas(timedelta(0), timedelta(hours=5)),
    st.none() | st.timedeltas(timedelta(0), timedelta(hours=8)),
    st.floats(0, 1, exclude_max=True),
)
def test_a_rung_is_never_given_up_early_nor_a_wait_cut_short(
    attempt: int, since: timedelta, wait: timedelta | None, luck: float
) -> None:
    retry = Retry()
    at = retry.at(attempt, NOON - since, NOON, wait, luck)
    assert (at is None) == (since >= retry.give_up_after)
    if at is not None:
        assert at > NOON
        assert at >= NOON + (wait or timedelta(0))
        assert at <= NOON + max(retry.cap * 1.2, (wait or timedelta(0)) + SECOND)


def test_a_steady_retry_is_possible() -> None:
    assert Retry(factor=1, jitter=0).at(50, NOON, NOON, None, 0.3) == NOON + 30 * SECOND


def test_an_event_says_how_long_it_is_tried() -> None:
    assert retry_for(EVENTS["round_announced"]).give_up_after >= 4 * HOUR


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Retry(first=timedelta(0)),
        lambda: Retry(first=2 * HOUR),
        lambda: Retry(factor=0.5),
        lambda: Retry(jitter=1.0),
        lambda: Retry(give_up_after=-HOUR),
    ],
)
def test_a_retry_that_makes_no_sense_is_refused(broken: type[Retry]) -> None:
    with pytest.raises(ValueError, match=r"^Retry: "):
        broken()


# --- windows -------------------------------------------------------------------------------------------------------


def at(text: str, zone: ZoneInfo = WIB) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "zone", "opens"),
    [
        ("2026-12-07 09:00", WIB, "2026-12-07 09:00"),
        ("2026-12-07 08:00", WIB, "2026-12-07 08:00"),
        ("2026-12-07 07:59", WIB, "2026-12-07 08:00"),
        ("2026-12-07 19:59", WIB, "2026-12-07 19:59"),
        ("2026-12-07 20:00", WIB, "2026-12-08 08:00"),
        ("2026-12-07 23:30", WIT, "2026-12-08 08:00"),
        ("2026-12-06 03:00", WIT, "2026-12-06 08:00"),
        ("2026-03-07 21:00", NEW_YORK, "2026-03-08 08:00"),
    ],
)
def test_outside_the_window_a_message_waits_for_the_citizens_morning(now: str, zone: ZoneInfo, opens: str) -> None:
    assert window(at(now, zone), zone) == at(opens, zone)


def test_a_window_may_last_until_midnight_or_all_day() -> None:
    late = at("2026-12-07 23:30")
    assert window(late, WIB, time(6), time(0)) == late
    assert window(late, WIB, time(0), time(0)) == late
    with pytest.raises(ValueError, match="runs backward"):
        window(late, WIB, time(20), time(8))


@settings(max_examples=60)
@given(st.timedeltas(timedelta(0), timedelta(days=366)), st.sampled_from([WIB, WIT, NEW_YORK]))
def test_the_window_is_kept_and_never_longer_waited_for_than_a_night(since: timedelta, zone: ZoneInfo) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + since
    opens = window(now, zone)
    assert now <= opens <= now + timedelta(hours=13)
    assert time(8) <= opens.astimezone(zone).time() < time(20)
    assert window(opens, zone) == opens


@pytest.mark.parametrize(
    ("event", "heard", "urgent", "leaves"),
    [
        ("round_announced", None, False, "2026-12-08 08:00"),
        ("round_announced", None, True, "2026-12-07 22:00"),
        ("ticket_received", "2026-12-07 21:59", False, "2026-12-07 22:00"),
        ("ticket_received", "2026-12-07 21:30", False, "2026-12-07 22:00"),
        ("ticket_received", "2026-12-07 21:29", False, "2026-12-08 08:00"),
        ("ticket_answer", None, False, "2026-12-08 08:00"),
        ("sla_escalated", None, False, "2026-12-07 22:00"),
    ],
)
def test_an_answer_to_a_fresh_word_does_not_wait_for_the_morning(
    event: str, heard: str | None, urgent: bool, leaves: str
) -> None:
    heard_at = at(heard) if heard else None
    assert leaves_at(at("2026-12-07 22:00"), WIB, EVENTS[event], heard_at=heard_at, urgent=urgent) == at(leaves)


def test_what_would_come_too_late_for_its_event_does_not_leave() -> None:
    night, morning = at("2026-12-07 22:00"), at("2026-12-08 08:00")
    assert fits(night, None, WIB) == morning
    assert fits(night, morning + SECOND, WIB) == morning
    assert fits(night, morning, WIB) is None
    assert fits(morning, at("2026-12-08 09:00"), WIB) == morning


# --- slots ---------------------------------------------------------------------------------------------------------


def test_slots_are_spaced_and_time_unused_is_not_made_up_for() -> None:
    assert slots(None, NOON, 4, 2.0) == (NOON, timedelta(seconds=0.5), NOON + 2 * SECOND)
    assert slots(NOON - HOUR, NOON, 2, 2.0) == (NOON, timedelta(seconds=0.5), NOON + SECOND)
    assert slots(NOON + HOUR, NOON, 2, 2.0) == (NOON + HOUR, timedelta(seconds=0.5), NOON + HOUR + SECOND)
    assert slots(NOON + HOUR, NOON, 0, 2.0)[2] == NOON + HOUR


@given(st.floats(0.01, 5000), st.lists(st.tuples(st.integers(0, 40), st.floats(0, 3)), max_size=8))
def test_no_sliding_second_ever_holds_more_than_the_rate(rate: float, calls: list[tuple[int, float]]) -> None:
    now, next_free = NOON, None
    taken: list[datetime] = []
    for n, later in calls:
        now += timedelta(seconds=later)
        first, spacing, next_free = slots(next_free, now, n, rate)
        assert first >= now
        taken += [first + k * spacing for k in range(n)]
    least = timedelta(seconds=1 / rate) - timedelta(microseconds=1)
    assert all(b - a >= least for a, b in pairwise(taken))


@pytest.mark.parametrize(("n", "rate"), [(1, 0.0), (1, -1.0), (-1, 5.0), (1, float("nan"))])
def test_a_rate_of_nothing_is_refused(n: int, rate: float) -> None:
    with pytest.raises(ValueError, match="a rate above zero"):
        slots(None, NOON, n, rate)


@pytest.mark.parametrize(
    ("rate", "for_answers", "common", "reserved"),
    [
        (25, 0.2, 20, 5),
        (10, 0.2, 8, 2),
        (5, 0.2, 4, 1),
        (4, 0.2, 4, 0),
        (0.5, 0.2, 0.5, 0),
        (30, 0, 30, 0),
        (12.7, 0.1, 11, 1),
    ],
)
def test_a_line_keeps_a_whole_part_of_its_rate_for_answers(
    rate: float, for_answers: float, common: float, reserved: float
) -> None:
    assert shares(rate, for_answers) == (common, reserved)


@given(st.floats(1, 3000), st.lists(st.tuples(st.integers(1, 60), st.floats(0, 0.5)), max_size=40), st.data())
def test_no_second_holds_more_than_the_rate_however_late_workers_wake_up(
    rate: float, calls: list[tuple[int, float]], data: st.DataObject
) -> None:
    """Each worker lets its own go spaced by what really happened, and nothing after the end of its span."""
    rate = float(int(rate))
    now, next_free = NOON, None
    left: list[float] = []
    for n, later in calls:
        now += timedelta(seconds=later)
        own = span(next_free, now, n, rate)
        next_free = own.next_free
        spacing = own.spacing.total_seconds()
        at, end = (own.first - NOON).total_seconds(), (own.end - NOON).total_seconds()
        for _ in range(n):
            at += data.draw(st.floats(0, 0.06))
            if at + spacing > end:
                break
            left.append(at)
            at += spacing
    left.sort()
    for place, start in enumerate(left):
        assert sum(1 for other in left[place : place + int(rate) + 2] if other < start + 1 - 1e-6) <= rate


# --- reminders and expiry ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "zone", "days", "hour", "reminds"),
    [
        ("2026-12-07 08:00", WIB, 3, time(9), "2026-12-04 09:00"),
        ("2026-12-07 08:00", WIB, 1, time(9), "2026-12-06 09:00"),
        ("2026-12-07 08:00", WIB, 0, time(9), "2026-12-06 16:00"),
        ("2026-12-09 08:30", WIB, 0, time(9), "2026-12-08 16:00"),
        ("2026-12-14 09:00", WIB, 0, time(9), "2026-12-14 08:00"),
        ("2026-12-14 09:30", WIB, 0, time(9), "2026-12-14 08:30"),
        ("2026-12-14 13:00", WIB, 0, time(9), "2026-12-14 09:00"),
        ("2026-12-14 00:30", WIB, 0, time(9), "2026-12-13 16:00"),
        ("2026-12-10 09:00", WIT, 0, time(9), "2026-12-10 08:00"),
        ("2026-12-10 09:00", WIT, 1, time(14), "2026-12-09 14:00"),
        ("2027-01-01 08:00", WIB, 1, time(9), "2026-12-31 09:00"),
        ("2026-03-08 13:00", NEW_YORK, 1, time(9), "2026-03-07 09:00"),
    ],
)
def test_when_people_are_reminded(opens: str, zone: ZoneInfo, days: int, hour: time, reminds: str) -> None:
    assert reminder_at(at(opens, zone), zone, days, hour) == at(reminds, zone)


@given(st.integers(0, 60 * 24 * 30), st.sampled_from([WIB, WIT, NEW_YORK]), st.integers(0, 5))
def test_a_reminder_comes_in_the_window_and_an_hour_before_at_least(minute: int, zone: ZoneInfo, days: int) -> None:
    opens = NOON + timedelta(minutes=minute)
    reminds = reminder_at(opens, zone, days)
    assert reminds <= opens - HOUR
    assert window(reminds, zone) == reminds
    if opens.astimezone(zone).time() <= time(8):
        assert reminds.astimezone(zone).date() < opens.astimezone(zone).date()
        assert reminds.astimezone(zone).time() <= time(16)


def test_a_reminder_needs_a_zone_and_no_days_in_arrears() -> None:
    with pytest.raises(ValueError, match="A reminder needs"):
        reminder_at(datetime(2026, 12, 7, 8), WIB, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="A reminder needs"):
        reminder_at(NOON, WIB, -1)


OPENS, CLOSES = NOON, NOON + timedelta(days=4)


@pytest.mark.parametrize(
    ("event", "opens", "closes", "expires"),
    [
        ("round_announced", OPENS, CLOSES, CLOSES),
        ("round_reminder", OPENS, CLOSES, CLOSES),
        ("round_changed", OPENS, None, OPENS + timedelta(days=1)),
        ("receipt_question", OPENS, CLOSES, CLOSES + timedelta(days=14)),
        ("round_announced", None, None, None),
        ("ticket_answer", OPENS, CLOSES, None),
        ("sla_warning", None, None, None),
    ],
)
def test_a_message_does_not_outlive_its_event(
    event: str, opens: datetime | None, closes: datetime | None, expires: datetime | None
) -> None:
    assert event_expiry(event, opens, closes) == expires


def test_an_event_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no event 'birthday'; there are: attachment_refused, "):
        event_expiry("birthday", OPENS, CLOSES)
