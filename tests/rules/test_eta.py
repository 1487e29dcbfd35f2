"""When a broadcast will be through, by a table and a law."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules.eta import ROUND_THE_CLOCK, Queue, eta, spread

WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
NOON = datetime(2026, 12, 7, 5, 0, tzinfo=UTC)  # 12:00 in Jakarta
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("queues", "now", "zone", "through"),
    [
        ({}, NOON, WIB, None),
        ({"sms": Queue(0, 10)}, NOON, WIB, None),
        ({"sms": Queue(36_000, 10)}, NOON, WIB, NOON + HOUR),
        ({"sms": Queue(36_001, 10)}, NOON, WIB, NOON + HOUR + timedelta(seconds=1)),  # whole seconds, rounded up
        ({"sms": Queue(36_000, 10), "bot": Queue(180_000, 25)}, NOON, WIB, NOON + 2 * HOUR),  # the slowest decides
        ({"sms": Queue(36_000, 10, NOON + HOUR)}, NOON, WIB, NOON + 2 * HOUR),  # the line rests
        ({"sms": Queue(36_000, 10, NOON - HOUR)}, NOON, WIB, NOON + HOUR),  # it rested
        ({"sms": Queue(288_000, 10)}, NOON, WIB, NOON + 8 * HOUR),  # until 20:00 to the second
        ({"sms": Queue(288_010, 10)}, NOON, WIB, NOON + 20 * HOUR + timedelta(seconds=1)),  # on the next morning
        ({"sms": Queue(1_000_000, 25)}, NOON, WIB, NOON + 23 * HOUR + timedelta(seconds=400)),  # 11.1 h: 8 + 3.1
        ({"sms": Queue(36_000, 10)}, NOON + 7 * HOUR, WIT, NOON + 19 * HOUR),  # 21:00 in Papua: from 08:00 on
    ],
)
def test_when_a_broadcast_is_through(
    queues: dict[str, Queue], now: datetime, zone: ZoneInfo, through: datetime | None
) -> None:
    assert eta(queues, now, zone, time(8), time(20)) == through


def test_what_need_not_wait_for_the_window_goes_on_through_the_night() -> None:
    assert eta({"sms": Queue(432_000, 10)}, NOON, WIB, *ROUND_THE_CLOCK) == NOON + 12 * HOUR


@pytest.mark.parametrize("rate", [0, -1.0])
def test_a_line_without_a_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate above zero"):
        eta({"sms": Queue(1, rate)}, NOON, WIB)


@pytest.mark.parametrize(
    ("carried", "waiting", "stand"),
    [
        ({}, 5, {}),
        ({"sms": (10, 4)}, 0, {}),
        ({"sms": (10, 4)}, 6, {"sms": 6}),
        ({"sms": (10, 4), "bot": (20, 20)}, 6, {"sms": 6}),
        ({"sms": (10, 4), "bot": (20, 8)}, 18, {"sms": 6, "bot": 12}),
        ({"sms": (10, 4), "bot": (20, 8)}, 9, {"sms": 3, "bot": 6}),  # fitted to what is left
        ({"sms": (10, 4)}, 8, {"sms": 8}),  # some wait for another try
        ({"sms": (10, 12), "bot": (30, 31)}, 4, {"sms": 1, "bot": 3}),  # only retries are left
        ({"sms": (0, 0)}, 4, {}),
    ],
)
def test_how_those_who_wait_stand_on_the_lines(
    carried: dict[str, tuple[int, int]], waiting: int, stand: dict[str, int]
) -> None:
    assert spread(carried, waiting) == stand


@given(st.integers(1, 10**7), st.floats(0.1, 1000), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_more_people_are_never_through_sooner(left: int, rate: float, later: timedelta) -> None:
    now = NOON + later
    one, more = eta({"l": Queue(left, rate)}, now, WIB), eta({"l": Queue(left + 1, rate)}, now, WIB)
    assert one is not None
    assert more is not None
    assert now < one <= more


@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]), st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1
    ),
    st.integers(1, 10**6),
)
def test_nobody_who_waits_is_forgotten(carried: dict[str, tuple[int, int]], waiting: int) -> None:
    assert waiting <= sum(spread(carried, waiting).values()) <= waiting + len(carried)
