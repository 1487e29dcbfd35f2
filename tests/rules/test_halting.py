"""When a broadcast stops by itself: tables of figures, and what may not happen whatever they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules.halting import (
    Level,
    Limits,
    a_moment,
    canary_trouble,
    cap_trouble,
    level,
    percent,
    rupiah,
    trouble,
)

LIMITS = Limits(failures=20, complaints=5, wrong=2, after=50, answers=3)
NONE = Level()


@pytest.mark.parametrize(
    ("now", "approved", "says"),
    [
        (NONE, NONE, ""),
        (Level(told=40, failed=9), NONE, ""),  # 18 %, and fewer than 50
        (Level(told=30, failed=19), NONE, ""),  # 39 %, but only 49 are known
        (Level(told=40, failed=10), NONE, ""),  # just 20 %
        (Level(told=39, failed=11), NONE, "11 of 50 messages failed (22.0 %, at most 20 %)"),
        (Level(failed=50), NONE, "50 of 50 messages failed (100.0 %, at most 20 %)"),
        (Level(told=20, complaints=2, wrong=2), NONE, ""),  # two are no crowd
        (Level(told=1000, complaints=49, wrong=19), NONE, ""),
        (Level(told=1000, complaints=51), NONE, "51 complaints after 1000 messages (5.1 %, at most 5 %)"),
        (Level(told=100, wrong=3), NONE, "3 answers after 100 messages say it is wrong (3.0 %, at most 2 %)"),
        (Level(told=0, wrong=3), NONE, "3 answers after 0 messages say it is wrong (100.0 %, at most 2 %)"),
        # a person saw 30 % fail and said: go on
        (Level(told=70, failed=30), Level(told=70, failed=30), ""),
        (Level(told=100, failed=49), Level(told=70, failed=30), ""),  # 19 of 49 since
        (Level(told=140, failed=60), Level(told=70, failed=30), ""),  # as before
        (Level(told=119, failed=81), Level(told=70, failed=30), "51 of 100 messages failed (51.0 %, at most 50 %)"),
        (Level(told=500, wrong=20), Level(told=400, wrong=20), ""),
        (
            Level(told=500, wrong=28),
            Level(told=400, wrong=20),
            "8 answers after 100 messages say it is wrong (8.0 %, at most 7 %)",
        ),
        # late receipts made a failure of somebody told
        (Level(told=60, failed=40), Level(told=70, failed=30), ""),
    ],
)
def test_a_broadcast_stops_when_it_fares_worse_than_the_limits_and_than_what_was_accepted(
    now: Level, approved: Level, says: str
) -> None:
    assert trouble(now, approved, LIMITS) == says


@pytest.mark.parametrize(
    ("now", "waiting", "says"),
    [
        (NONE, 0, ""),  # nobody of them has a contact: that is no trouble of the sending
        (Level(told=9, failed=1), 0, ""),
        (Level(told=7, failed=3), 0, "3 of 10 messages failed (30.0 %, at most 20 %)"),
        (Level(told=9), 3, "3 of 12 messages failed (25.0 %, at most 20 %)"),
        (Level(failed=4), 0, "none of the first 4 people could be told"),
        (NONE, 4, "none of the first 4 people could be told"),
        (Level(told=100, wrong=2), 0, ""),
        (Level(told=100, wrong=3), 0, "3 answers after 100 messages say it is wrong (3.0 %, at most 2 %)"),
    ],
)
def test_the_first_ones_are_judged_all_of_them_however_few(now: Level, waiting: int, says: str) -> None:
    assert canary_trouble(now, NONE, LIMITS, waiting) == says


@pytest.mark.parametrize(
    ("spent", "moment", "rest", "cap", "stops"),
    [
        (900, 200, 10_000, None, False),
        (0, 0, 0, 1000, False),
        (800, 200, 10_000, 1000, False),
        (801, 200, 10_000, 1000, True),
        (900, 5000, 100, 1000, False),  # however fast: what is left fits
        (900, 5000, 101, 1000, True),
        (1001, 0, 0, 1000, True),
    ],
)
def test_money_stops_a_broadcast_before_its_cap(
    spent: int, moment: int, rest: int, cap: int | None, stops: bool
) -> None:
    assert bool(cap_trouble(spent, moment, rest, cap)) is stops


def test_the_figures_of_a_cap_are_told_as_people_write_money() -> None:
    assert cap_trouble(1_250_000, 1, 1, 1_250_000) == ("it has cost Rp1.250.000 and would pass its cap of Rp1.250.000")
    assert rupiah(350) == "Rp350"


def test_a_moment_costs_what_all_lines_can_send_in_it() -> None:
    assert a_moment([(10, 350, 1.5), (25, 0, 1.0), (2, 100, 1.0)], 3) == 15_750 + 600
    assert a_moment([], 3) == 0


def test_a_level_is_read_from_the_kept_counters() -> None:
    states = {"accepted": 5, "delivered": 3, "read": 2, "failed": 4, "suppressed": 100, "unknown": 7, "due": 9}
    echoes = {"receipt_yes": 6, "receipt_no": 2, "complaint": 1, "wrong_info": 3, "acknowledge": 8}
    assert level(states, echoes) == Level(told=10, failed=4, complaints=3, wrong=3)
    assert level({}, {}) == NONE


counts = st.integers(0, 10_000)
levels = st.builds(Level, counts, counts, counts, counts)


@given(levels)
def test_what_was_just_approved_never_halts_at_once(seen: Level) -> None:
    assert trouble(seen, seen, LIMITS) == ""
    assert canary_trouble(seen, seen, LIMITS, 0) == ""


@given(levels, levels)
def test_a_reason_fits_its_column_and_ends_in_figures(now: Level, approved: Level) -> None:
    assert len(trouble(now, approved, LIMITS)) <= 200
    assert percent(now.failed, now.known) <= 100
