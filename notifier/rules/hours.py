"""When an office works: intervals a day, holidays and date overrides in one zone, and arithmetic in working time.

It must not know what is promised, to whom, or what time it is now.

An instant is worked when the wall clock in the zone then shows a time inside one of the day's intervals. So an
interval over a spring-forward gap is an hour shorter in real time, a night shift over the hour that comes twice works
that hour twice, and an interval that begins or ends inside a gap begins or ends where the gap is. Inside, instants are
whole microseconds since 1970 in UTC: exact, and quick to compare.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

Interval: TypeAlias = tuple[time, time]
Piece: TypeAlias = tuple[int, int]  # microseconds; the end is not part of it

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_TICK = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_HORIZON = 20 * 366  # days without a worked instant after which a calendar is taken to be closed for good
_YEARS = range(2, 9999)  # a year's distance from what datetime can hold, so that zones and sums never overflow
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOO_LATE = "The span ends after the year 9998, later than a calendar here can reckon with."
_ROUND_THE_CLOCK: tuple[Piece, ...] = ((0, _DAY),)


@dataclass(frozen=True)
class Hours:
    """The working hours of one office.

    zone: where its wall clock hangs. week: weekday (Monday = 0) to intervals; a weekday left out is closed; an
    interval that ends at `time(0)` ends at midnight; an empty week, one without any interval, means round the clock,
    holidays apart.
    holidays: dates on which nobody works. overrides: dates with intervals of their own; they beat holidays and week.
    names: what holidays are called, for telling only.
    Intervals may come in any order, touch and overlap. ValueError, as a sentence, when one is empty or runs backward.
    """

    zone: ZoneInfo
    week: Mapping[int, Sequence[Interval]]
    holidays: Collection[date] = ()
    overrides: Mapping[date, Sequence[Interval]] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict, compare=False)
    _week: Mapping[int, tuple[Piece, ...]] = field(init=False, repr=False, compare=False)
    _overrides: Mapping[int, tuple[Piece, ...]] = field(init=False, repr=False, compare=False)
    _holidays: frozenset[int] = field(init=False, repr=False, compare=False)
    # What a UTC day holds never changes, so it is worked out once: (worked microseconds, pieces).
    _days: dict[int, tuple[int, tuple[Piece, ...]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for weekday in self.week:
            if weekday not in range(7):
                raise ValueError(f"Weekday {weekday!r} is none: Monday is 0, Sunday is 6.")
        keep = object.__setattr__  # the dataclass is frozen; these are its own copies, which nobody else can change
        keep(self, "week", {day: tuple(self.week[day]) for day in sorted(self.week)})
        keep(self, "holidays", frozenset(_plain(day, "holiday") for day in self.holidays))
        keep(self, "overrides", {_plain(day, "override"): tuple(self.overrides[day]) for day in self.overrides})
        open_on = {day: _pieces(_WEEKDAYS[day], given) for day, given in self.week.items()}
        keep(self, "names", dict(self.names))
        keep(self, "_week", open_on if any(open_on.values()) else {})
        keep(self, "_overrides", {_number(day): _pieces(str(day), given) for day, given in self.overrides.items()})
        keep(self, "_holidays", frozenset(map(_number, self.holidays)))
        keep(self, "_days", {})

    def __hash__(self) -> int:
        return hash((self.zone.key, tuple(self.week.items()), self.holidays, tuple(sorted(self.overrides.items()))))

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The first instant by which `span` of working time has passed since `start`; aware, in UTC.

        What ends exactly at closing time ends there, not at the next opening; a span of nothing ends at `start`.
        ValueError: a naive start, a negative span, a calendar without any worked instant for 20 years.
        """
        at, left = _instant(start), span // _TICK
        if left < 0:
            raise ValueError(f"A span of working time can't be negative, and {span} is.")
        if left == 0:
            return start.astimezone(UTC)
        day, barren = at // _DAY, 0
        while barren <= _HORIZON:
            worked, pieces = self._worked_on(day)
            if worked < left and at <= day * _DAY:
                left -= worked
            else:
                for opens, closes in pieces:
                    opens = max(opens, at)
                    if opens + left <= closes:
                        return _moment(opens + left)
                    left -= max(closes - opens, 0)
            barren = 0 if worked else barren + 1
            day += 1
        raise ValueError(f"There is no working time within 20 years after {start}: every day is closed or a holiday.")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`, in real time elapsed; negative when `end` is the earlier.

        ValueError: a naive argument.
        """
        first, last = _instant(start), _instant(end)
        if last < first:
            return -self.between(end, start)
        total = 0
        for day in range(first // _DAY, last // _DAY + 1):
            worked, pieces = self._worked_on(day)
            if day * _DAY < first or last < (day + 1) * _DAY:
                worked = sum(max(min(closes, last) - max(opens, first), 0) for opens, closes in pieces)
            total += worked
        return timedelta(microseconds=total)

    def opens(self, at: datetime) -> datetime:
        """The first worked instant not before `at` (`at` itself while the office works); aware, in UTC.

        ValueError: a naive argument, a calendar without any worked instant for 20 years.
        """
        return self.after(at, _TICK) - _TICK

    def days_after(self, start: datetime, days: int) -> datetime:
        """The closing time of the `days`-th working day after the local day of `start`; aware, in UTC.

        A working day is a date with any worked instant; the day of `start` does not count.
        ValueError: a naive start, less than one day, a calendar without any working day for 20 years.
        """
        if days < 1:
            raise ValueError(f"At least one working day must pass, not {days}.")
        _instant(start)
        local = _number(start.astimezone(self.zone).date())
        barren = 0
        while barren <= _HORIZON:
            local += 1
            pieces = self._pieces_of(local) if self._plan(local) else ()
            barren = 0 if pieces else barren + 1
            days -= bool(pieces)
            if not days:
                return _moment(pieces[-1][1])
        raise ValueError(f"There is no working day within 20 years after {start}: every day is closed or a holiday.")

    def on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """What is worked on a local date, from when to when; aware, in UTC. Nothing on a day off."""
        united: list[Piece] = []
        for opens, closes in self._pieces_of(_number(day)):
            if united and united[-1][1] == opens:  # a midnight of UTC lies between
                opens = united.pop()[0]
            united.append((opens, closes))
        return tuple((_moment(opens), _moment(closes)) for opens, closes in united)

    def name_of(self, day: date) -> str:
        """What a day off is called; "" for one that the week does not work, or any working day."""
        return self.names.get(day, "") if day in self.holidays and not self.overrides.get(day) else ""

    def _plan(self, local: int) -> tuple[Piece, ...]:
        """A local day's intervals, in microseconds after its midnight."""
        if local in self._overrides:
            return self._overrides[local]
        if local in self._holidays:
            return ()
        # 1970 began on a Thursday.
        return self._week.get((local + 3) % 7, ()) if self._week else _ROUND_THE_CLOCK

    def _worked_on(self, day: int) -> tuple[int, tuple[Piece, ...]]:
        """What is worked between two midnights of UTC: how long, and when, in order."""
        found = self._days.get(day)
        if found is None:
            pieces: list[Piece] = []
            for start, end, offset in _offsets(self.zone, day):
                for local in range((start + offset) // _DAY, (end + offset - 1) // _DAY + 1):
                    pieces += self._clipped(local, start, end, offset)
            found = self._days[day] = sum(closes - opens for opens, closes in pieces), tuple(pieces)
        return found

    def _pieces_of(self, local: int) -> tuple[Piece, ...]:
        """What is worked on one local date, in order, whichever days of UTC it touches."""
        touched = (shift for day in (local - 1, local, local + 1) for shift in _offsets(self.zone, day))
        return tuple(piece for start, end, offset in touched for piece in self._clipped(local, start, end, offset))

    def _clipped(self, local: int, start: int, end: int, offset: int) -> Iterator[Piece]:
        midnight = local * _DAY - offset
        for opens, closes in self._plan(local):
            piece = max(start, midnight + opens), min(end, midnight + closes)
            if piece[0] < piece[1]:
                yield piece


def office_week(*, ramadan: bool = False) -> dict[int, tuple[Interval, ...]]:
    """The week of a government desk: 37.5 h from 07:30, lunch 60 min, on Fridays 90; in Ramadan 32.5 h from 08:00,
    lunch 30 min, on Fridays 60. Offices differ: a default to start from, not the law.
    """
    if ramadan:
        usual: tuple[Interval, ...] = ((time(8), time(12)), (time(12, 30), time(15)))
        friday: tuple[Interval, ...] = ((time(8), time(11, 30)), (time(12, 30), time(15, 30)))
    else:
        usual = ((time(7, 30), time(12)), (time(13), time(16)))
        friday = ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))
    return {0: usual, 1: usual, 2: usual, 3: usual, 4: friday}


def date_range(
    first: date, last: date, week: Mapping[int, Sequence[Interval]], holidays: Collection[date] = ()
) -> dict[date, tuple[Interval, ...]]:
    """Overrides that put `week` in force from `first` to `last`, both included: Ramadan, a fasting month of hours.

    Overrides beat holidays, so the holidays of the range are left out here and stay holidays.
    """
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: tuple(week.get(day.weekday(), ())) for day in days if day not in holidays}


def _pieces(day: str, intervals: Sequence[Interval]) -> tuple[Piece, ...]:
    """The intervals of one day sorted and united, in microseconds after midnight."""
    united: list[Piece] = []
    for opens, closes in sorted((_since_midnight(a), _since_midnight(b) or _DAY) for a, b in intervals):
        if opens >= closes:
            raise ValueError(
                f"{day}: an interval from {_moment(opens):%H:%M} to {_moment(closes):%H:%M} is empty or runs backward. "
                "Split one that passes midnight: the first part ends at 00:00, the rest belongs to the next day."
            )
        if united and opens <= united[-1][1]:
            opens, closes = united[-1][0], max(united.pop()[1], closes)
        united.append((opens, closes))
    return tuple(united)


def _offsets(zone: ZoneInfo, day: int) -> list[tuple[int, int, int]]:
    """A day of UTC in stretches of one offset: (from, to, offset). Nearly always one."""
    stretches: list[tuple[int, int, int]] = []
    start, noon, end = day * _DAY, day * _DAY + _DAY // 2, (day + 1) * _DAY
    offset = _offset(zone, start)
    for low, high in ((start, noon), (noon, end)):
        later = _offset(zone, high)
        if later != offset:
            while high - low > _SECOND:  # zones change at whole seconds
                middle = (low + high) // (2 * _SECOND) * _SECOND
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            stretches.append((start, high, offset))
            start, offset = high, later
    if start < end:
        stretches.append((start, end, offset))
    return stretches


def _offset(zone: ZoneInfo, instant: int) -> int:
    try:
        offset = _moment(instant).astimezone(zone).utcoffset()
    except OverflowError:
        raise ValueError(_TOO_LATE) from None
    return 0 if offset is None else offset // _TICK


def _since_midnight(at: time) -> int:
    if at.tzinfo is not None:
        raise ValueError(f"The time {at} carries a zone of its own; the office's zone is meant: leave it out.")
    return ((at.hour * 60 + at.minute) * 60 + at.second) * _SECOND + at.microsecond


def _plain(day: date, what: str) -> date:
    if type(day) is not date:  # a datetime is a date too, and would never be found
        raise ValueError(f"The {what} {day!r} is no plain date: give a date without a time.")
    return day


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH_ORDINAL


def _instant(at: datetime) -> int:
    if at.utcoffset() is None:
        raise ValueError(f"The time {at} has no zone, so it names no instant: give it one.")
    if at.year not in _YEARS:
        raise ValueError(f"The year {at.year} is outside of what a calendar here can reckon with.")
    return (at - _EPOCH) // _TICK


def _moment(instant: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=instant)
    except OverflowError:
        raise ValueError(_TOO_LATE) from None
