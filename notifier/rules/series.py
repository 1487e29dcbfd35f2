"""Plans that come again: when each occurrence is, by the round's own clock. Pure.

It must not know what time it is now, what is told, or whether an occurrence was made already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.rules.pacing import reminder_at

ROUND, WEEK, MONTH = "round", "week", "month"
EVERY = (ROUND, WEEK, MONTH)
ALONE = (WEEK, MONTH)  # ways to come again of what is about no round
FURTHEST = 60  # days from a round's opening
LAST_DAY = 28  # of a month: every month has it
AHEAD_OF_ROUND = timedelta(days=31)  # a monthly plan speaks of rounds that open within so long


@dataclass(frozen=True, slots=True)
class Beat:
    """How often, and at what hour of the round's zone."""

    every: str
    day: int  # round: -3 is three days before it opens, 2 two days after; week: 1 is Monday, 7 Sunday; month: 1 to 28
    hour: time


@dataclass(frozen=True, slots=True)
class Occasion:
    """One occurrence for one round."""

    name: str  # H-3, H, H+2; 2026-12; 2026-W49
    at: datetime  # UTC


def named(day: int) -> str:
    """A day counted from a round's opening, as an office says it: H-3, H, H+2."""
    return "H" if day == 0 else f"H{day:+d}"


def occasions(
    beat: Beat, opens_at: datetime, closes_at: datetime, zone: str, since: datetime, until: datetime
) -> Sequence[Occasion]:
    """The occurrences that a round of this time has after `since`, up to `until`, soonest first."""
    here = ZoneInfo(zone)
    found = _of_round(beat, opens_at, here) if beat.every == ROUND else _monthly(beat, here, since, until)
    over = [one for one in found if beat.every == MONTH and not opens_at - AHEAD_OF_ROUND <= one.at < closes_at]
    return [one for one in found if since < one.at <= until and one not in over]


def _of_round(beat: Beat, opens_at: datetime, zone: ZoneInfo) -> list[Occasion]:
    if beat.day <= 0:
        return [Occasion(named(beat.day), reminder_at(opens_at, zone, -beat.day, beat.hour))]
    day = opens_at.astimezone(zone).date() + timedelta(days=beat.day)
    return [Occasion(named(beat.day), datetime.combine(day, beat.hour, zone).astimezone(UTC))]


def _monthly(beat: Beat, zone: ZoneInfo, since: datetime, until: datetime) -> list[Occasion]:
    month, found = since.astimezone(zone).date().replace(day=1), []
    while month <= until.astimezone(zone).date():
        at = datetime.combine(month.replace(day=beat.day), beat.hour, zone).astimezone(UTC)
        found.append(Occasion(f"{month:%Y-%m}", at))
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def alone(beat: Beat, zone: str, since: datetime, until: datetime) -> Sequence[Occasion]:
    """The occurrences of a weekly or monthly plan about no round after `since`, up to `until`, soonest first, by the
    clock of its area.
    """
    found = (_weekly if beat.every == WEEK else _monthly)(beat, ZoneInfo(zone), since, until)
    return [one for one in found if since < one.at <= until]


def _weekly(beat: Beat, zone: ZoneInfo, since: datetime, until: datetime) -> list[Occasion]:
    day, found = since.astimezone(zone).date(), []
    day += timedelta(days=beat.day - day.isoweekday())
    while day <= until.astimezone(zone).date():
        year, week, _ = day.isocalendar()
        found.append(Occasion(f"{year}-W{week:02d}", datetime.combine(day, beat.hour, zone).astimezone(UTC)))
        day += timedelta(days=7)
    return found
