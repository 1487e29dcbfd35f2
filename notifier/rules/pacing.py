"""When the next thing may leave: retries, send windows, evenly spaced slots, reminders before a round.

It must not know what is sent, by whom, or what time it is now; chance comes in as `luck`, a number in [0, 1).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from notifier.rules.deliveries import EVENTS, GENERAL, Event
from notifier.rules.hours import Hours

OPENS, CLOSES = time(8), time(20)  # the send window, by the citizen's wall clock
GRACE = timedelta(minutes=30)  # how long after the citizen's own word an answer need not wait for the window
NOTHING = timedelta(0)
TICK = 0.002  # seconds; shorter pauses a process cannot keep
BRISK = 200.0  # units a second
LATE_SLOW, LATE = timedelta(milliseconds=20), timedelta(milliseconds=50)  # how late a worker may wake up
SET_BACK = timedelta(minutes=1)  # clocks of one service differ by less
_LONGEST_WAIT = timedelta(days=366)  # a provider that asks for more than a year is a broken provider


@dataclass(frozen=True)
class Retry:
    """How one rung is tried again: after `first`, then `factor` times as long each time, never longer than `cap`, each
    pause up to `jitter` (a fraction of it) shorter or longer so that a crowd does not come back in step. Given up
    `give_up_after` the first failure, not before.
    """

    first: timedelta = timedelta(seconds=30)
    factor: float = 2.0
    cap: timedelta = timedelta(minutes=30)
    give_up_after: timedelta = timedelta(hours=4)
    jitter: float = 0.2

    def __post_init__(self) -> None:
        if not NOTHING < self.first <= self.cap:
            raise ValueError(f"Retry: first ({self.first}) must be more than nothing and not above cap ({self.cap}).")
        if self.factor < 1 or not 0 <= self.jitter < 1 or self.give_up_after < NOTHING:
            raise ValueError("Retry: factor must be at least 1, jitter in [0, 1), give_up_after not negative.")

    def at(
        self, attempt: int, first_failed_at: datetime, now: datetime, wait: timedelta | None, luck: float
    ) -> datetime | None:
        """When to try again after the `attempt`-th attempt (1 = the first) failed for now; None = give up this rung.

        wait: what the provider asked us to wait; it is obeyed to the second and never cut short.
        """
        gives_up = first_failed_at + self.give_up_after
        if now >= gives_up:
            return None
        if wait is not None and wait > NOTHING:
            return now + timedelta(seconds=math.ceil(min(wait, _LONGEST_WAIT).total_seconds()))
        return min(now + self._pause(attempt) * (1 - self.jitter + 2 * self.jitter * luck), gives_up)

    def _pause(self, attempt: int) -> timedelta:
        doublings = math.log(self.cap / self.first, self.factor) if self.factor > 1 else math.inf
        if attempt - 1 >= doublings:  # asked first, for the power would overflow
            return self.cap
        return self.first * self.factor ** (attempt - 1)


def retry_for(event: Event) -> Retry:
    """The usual retry, given up when the event says so."""
    return Retry(give_up_after=event.retry_for)


def window(now: datetime, zone: ZoneInfo, opens: time = OPENS, closes: time = CLOSES) -> datetime:
    """The earliest instant not before `now` at which a citizen in `zone` may be written to; aware, in UTC.

    The closing time itself is too late; `time(0)` closes at midnight. ValueError when `now` is naive or the window
    closes before it opens.
    """
    return _daily(zone, opens, closes).opens(now)


def leaves_at(
    now: datetime,
    zone: ZoneInfo,
    event: Event,
    *,
    heard_at: datetime | None = None,
    urgent: bool = False,
    opens: time = OPENS,
    closes: time = CLOSES,
) -> datetime:
    """The earliest instant not before `now` at which this event may leave for a citizen in `zone`; aware, in UTC.

    heard_at: the citizen's own word that this answers; within 30 minutes of it the window does not matter.
    urgent: approved a second time to pass the window.
    """
    fresh = heard_at is not None and event.citizen and now - heard_at <= GRACE
    if urgent or fresh or not event.keeps_window:
        return now.astimezone(UTC)
    return window(now, zone, opens, closes)


def fits(
    now: datetime, expires: datetime | None, zone: ZoneInfo, opens: time = OPENS, closes: time = CLOSES
) -> datetime | None:
    """When a message that expires may still leave inside the window, or None when that would be too late for it."""
    at = window(now, zone, opens, closes)
    return at if expires is None or at < expires else None


def slots(next_free: datetime | None, now: datetime, n: int, rate: float) -> tuple[datetime, timedelta, datetime]:
    """`n` evenly spaced slots at `rate` a second: (the first, their spacing, when the next one is free).

    The span from the first to the next free one belongs to whoever asked. The k-th slot is first + k * spacing. Time
    that went by unused is not made up for: no bursts. ValueError when the rate is not above zero or n is negative.
    """
    if not rate > 0 or n < 0:
        raise ValueError(f"Slots need a rate above zero and a number not below it, not {rate} a second and {n}.")
    first = now if next_free is None else max(next_free, now)
    spacing = timedelta(microseconds=math.ceil(1_000_000 / rate))  # rounded up: never above the rate
    return first, spacing, first + n * spacing


def shares(rate: float, for_answers: float) -> tuple[float, float]:
    """One line's rate as two budgets: (for everything, for answers alone). Together they are never more than the rate.

    for_answers: the part of it, 0 to 1, that no broadcast can take. Whole numbers, so that no second holds one more; a
    line of less than 5 a second is not divided.
    """
    reserved = max(1, math.floor(rate * for_answers)) if rate >= 5 and for_answers > 0 else 0
    return (float(math.floor(rate)) if rate >= 1 else rate) - reserved, float(reserved)


def stride(rate: float, tick: float = TICK) -> int:
    """How many messages leave together at this rate, where their spacing is finer than a process can sleep."""
    return max(1, math.ceil(rate * tick))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a line's time that belongs to one worker."""

    first: datetime  # the first slot
    spacing: timedelta  # between two units
    end: datetime  # nothing of it may leave later
    next_free: datetime  # where the next worker's begins


def span(next_free: datetime | None, now: datetime, units: int, rate: float) -> Span:
    """The next span for so many units. However the workers' clocks tick, no second holds more than the rate.

    A worker wakes up late now and then. On a slow line the span has room for that, and nobody else is in it. On a brisk
    one (from 200 a second) spans may overlap by as much as somebody may be late, and slots are wider by the same part:
    within a second and `LATE` there are rate - 1 of them.
    """
    if rate < BRISK:
        first, spacing, end = slots(next_free, now, units, rate)
        return Span(first, spacing, end + LATE_SLOW, end + LATE_SLOW)
    stretched = (rate - 1) / (1 + (LATE + timedelta(seconds=TICK)).total_seconds())
    first, spacing, end = slots(next_free, now, units, stretched)
    return Span(first, spacing, end + LATE, end)


def nearer(until: datetime, since: datetime, now: datetime) -> datetime:
    """When a wait from `since` to `until` ends. One that began in what is to come was reckoned by a clock that has been
    set back: it lasts as long as it was to, from now on.
    """
    return now + (until - since) if since - now > SET_BACK and until > since else until


def reminder_at(
    opens_at: datetime,
    zone: ZoneInfo,
    days_before: int,
    hour: time = time(9),
    *,
    window_opens: time = OPENS,
    lead: timedelta = timedelta(hours=1),
    eve: time = time(16),
) -> datetime:
    """When to remind of a round that opens at `opens_at`: at `hour` in the round's zone, `days_before` its day; aware,
    in UTC.

    On the day itself (0) people need `lead` to set out: it leaves by then, and where that would be before the send
    window opens, at `eve` the day before. ValueError: a naive `opens_at`, negative days.
    """
    if opens_at.utcoffset() is None or days_before < 0:
        raise ValueError(
            f"A reminder needs an opening with a zone and days not negative, not {opens_at}, {days_before}."
        )
    opening = opens_at.astimezone(zone)
    at = datetime.combine(opening.date() - timedelta(days=days_before), hour, zone)
    if days_before == 0:
        at = min(at, (opening.astimezone(UTC) - lead).astimezone(zone))
        if at.date() < opening.date() or at.time() < window_opens:
            at = datetime.combine(opening.date() - timedelta(days=1), eve, zone)
    return at.astimezone(UTC)


# How long past the round's closing a message about it still serves; what is not named lives as long as it is retried.
_SERVES: Mapping[str, timedelta] = MappingProxyType(
    {
        "round_announced": NOTHING,
        "round_reminder": NOTHING,
        "round_changed": NOTHING,
        "round_cancelled": NOTHING,
        GENERAL: NOTHING,
        "receipt_question": timedelta(days=14),
    }
)


def event_expiry(event: str, round_opens: datetime | None, round_closes: datetime | None) -> datetime | None:
    """The instant from which a message about a round no longer serves, or None when the event sets no limit.

    A round without a closing time is taken to close a day after it opens. ValueError for an event nobody knows.
    """
    if event not in EVENTS:
        raise ValueError(f"There is no event '{event}'; there are: {', '.join(sorted(EVENTS))}.")
    closes = round_closes or (round_opens + timedelta(days=1) if round_opens else None)
    return None if closes is None or event not in _SERVES else closes + _SERVES[event]


@lru_cache(maxsize=64)
def _daily(zone: ZoneInfo, opens: time, closes: time) -> Hours:
    return Hours(zone, {day: [(opens, closes)] for day in range(7)})
