"""How often strangers may ask."""

from datetime import UTC, datetime, timedelta

from notifier.rules.limits import LIMITS, LONGEST, Asked, Limit

SINCE = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)


def test_the_last_try_allowed_passes_and_the_next_one_waits_for_the_end_of_the_span() -> None:
    limit = Limit(5, timedelta(hours=1))
    assert limit.until(SINCE, 5) is None
    assert limit.until(SINCE, 6) == SINCE + timedelta(hours=1)


def test_everything_that_can_be_overdone_is_limited_for_all_together() -> None:
    assert set(LIMITS) == set(Asked)
    assert all("all" in limits for limits in LIMITS.values())
    assert max(limit.within for limits in LIMITS.values() for limit in limits.values()) <= LONGEST


def test_a_village_that_shares_an_address_may_ask_more_than_one_nik_may_be_tried() -> None:
    for limits in LIMITS.values():
        if "subject" in limits and "block" in limits:
            assert limits["block"].most > 5 * limits["subject"].most
