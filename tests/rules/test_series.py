"""When a plan that comes again does: counted from the opening of a round, or by the month, on the round's own clock."""

from datetime import UTC, datetime, time, timedelta

import pytest

from notifier.rules.series import MONTH, ROUND, Beat, named, occasions

OPENS, CLOSES = datetime(2026, 12, 7, 1, tzinfo=UTC), datetime(2026, 12, 11, 8, tzinfo=UTC)  # 08:00 in Jakarta
LONG_AGO, FAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)


def _all(beat: Beat, zone: str = "Asia/Jakarta", since: datetime = LONG_AGO, until: datetime = FAR) -> list[str]:
    return [f"{one.name} {one.at:%m-%d %H:%M}" for one in occasions(beat, OPENS, CLOSES, zone, since, until)]


@pytest.mark.parametrize(
    ("beat", "zone", "wanted"),
    [
        (Beat(ROUND, -3, time(9)), "Asia/Jakarta", ["H-3 12-04 02:00"]),
        (Beat(ROUND, -3, time(9)), "Asia/Jayapura", ["H-3 12-04 00:00"]),
        (Beat(ROUND, 0, time(9)), "Asia/Jakarta", ["H 12-06 09:00"]),  # an hour before 08:00 is night: the eve
        (Beat(ROUND, 2, time(16, 30)), "Asia/Jakarta", ["H+2 12-09 09:30"]),
        (Beat(MONTH, 1, time(9)), "Asia/Jakarta", ["2026-12 12-01 02:00"]),
        (Beat(MONTH, 10, time(9)), "Asia/Jakarta", ["2026-11 11-10 02:00", "2026-12 12-10 02:00"]),
        (Beat(MONTH, 28, time(9)), "Asia/Jakarta", ["2026-11 11-28 02:00"]),
    ],
)
def test_an_occurrence_is_at_its_hour_where_the_round_is(beat: Beat, zone: str, wanted: list[str]) -> None:
    assert _all(beat, zone) == wanted


def test_only_what_lies_after_one_instant_and_up_to_another_is_meant() -> None:
    beat, [one] = (
        Beat(ROUND, -1, time(9)),
        occasions(Beat(ROUND, -1, time(9)), OPENS, CLOSES, "Asia/Jakarta", LONG_AGO, FAR),
    )
    second = timedelta(seconds=1)
    assert _all(beat, since=one.at) == [], "not twice"
    assert len(_all(beat, since=one.at - second, until=one.at)) == 1
    assert _all(beat, until=one.at - second) == []


def test_days_are_named_as_an_office_says_them() -> None:
    assert [named(day) for day in (-3, 0, 2)] == ["H-3", "H", "H+2"]
