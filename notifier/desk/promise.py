"""The promises of config.toml as the rules take them: calendars to hours, policies to promises, and which one a ticket
gets. Reads no clock: the years whose holidays count are told by the moment of building.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from notifier.config import Calendar, Config, PolicyTable
from notifier.errors import Refused
from notifier.rules.hours import Hours, Interval, date_range, office_week
from notifier.rules.offices import LADDER, STEPS
from notifier.rules.roles import covers
from notifier.rules.sla import Clock, Entry, Kind, Policy, Standing, standing
from notifier.rules.tickets import UNPROMISED
from notifier.store.tickets import Changed, Ticket

WORKDAY = timedelta(hours=7, minutes=30)
YEARS_BACK, YEARS_AHEAD = 2, 4  # tickets live shorter than that
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CITIZEN = "citizen"  # the reason of a pause: we wait for them
GATHERED = "incident"  # in place of a policy: the incident that a complaint is part of has the clock
DESK = "desk"  # of one that staff began, where it gives none
AT = "@"  # between a policy's name and the calendar of the office that keeps it
EXTRA = "hari libur kantor"  # what a further day off of the configuration is called
LONGEST_NAME = 48


@dataclass(frozen=True, slots=True)
class Office:
    """A calendar that stands in another's place in one region."""

    name: str
    replaces: str
    region: str
    hours: Hours


Version = tuple[str, int]  # of a policy: its name, and which wording


@dataclass(frozen=True, slots=True)
class Promise:
    """A policy, what it covers, and who is called when it breaks."""

    policy: Policy
    categories: tuple[str, ...] = ()  # empty: every other
    urgent: bool | None = None
    escalate_to: tuple[str, ...] = LADDER  # offices (rules.offices) or roles, from below
    regions: tuple[str, ...] = ()  # prefixes; empty: every other
    calendar: str = ""  # as the policy names it; offices may put their own in its place
    offices: tuple[str, ...] = ()  # prefixes of the regions whose office's hours these are; empty: the calendar's own

    @property
    def version(self) -> Version:
        """Its name, and which wording of it this is."""
        return self.policy.name, self.policy.version

    def covers(self, category: str, urgent: bool, region: str = "") -> bool:
        """Whether it is meant for such a ticket."""
        return (
            (not self.categories or category in self.categories)
            and self.urgent in (None, urgent)
            and all(not prefixes or depth(prefixes, region) for prefixes in (self.regions, self.offices))
        )

    def closeness(self, region: str) -> tuple[bool, bool, int, int]:
        """How particular it is: for urgent tickets, for some categories, for how small a region, by how near an
        office's hours.
        """
        near = depth(self.regions, region), depth(self.offices, region)
        return self.urgent is not None, bool(self.categories), *near


def depth(prefixes: Iterable[str], region: str) -> int:
    """How long the longest of these prefixes is that has the region; 0 when none has."""
    return max((len(prefix) for prefix in prefixes if covers(prefix, region)), default=0)


# Of suggestions and praise: no clock runs.
FREE = Promise(Policy("without_clock", Hours(ZoneInfo("UTC"), {})))


class Promises:
    """All promises of the configuration, and every earlier version of them that was ever in force."""

    def __init__(self, promises: Sequence[Promise], years: range = range(0), offices: Sequence[Office] = ()) -> None:
        """`years`: whose holidays are known; `offices`: calendars that stand in for others in some regions."""
        self.years = years
        self.learned = False
        self.in_force = True
        self._promises = tuple(promises)
        self._offices = tuple(offices)
        self._named = {promise.policy.name: promise for promise in (FREE, *self._promises)}
        self._versions = {promise.version: promise for promise in (FREE, *self._promises)}
        self._sought: set[Version] = set()  # in vain

    @property
    def all(self) -> tuple[Promise, ...]:
        """Those of the configuration."""
        return self._promises

    def learn(self, current: Sequence[Promise], versions: Mapping[Version, Promise], *, in_force: bool) -> None:
        """Take the numbers of the configuration's versions, and what earlier ones said. `in_force`: nobody has written
        down newer ones than this configuration's.
        """
        self._promises = tuple(current)
        self._named = {promise.policy.name: promise for promise in (FREE, *current)}
        self._versions = {**versions, **{promise.version: promise for promise in (FREE, *current)}}
        self.learned, self.in_force = True, in_force

    def lacks(self, history: Iterable[Changed]) -> bool:
        """Whether a history names a version that has not been learned; what was sought in vain is not asked again."""
        named = {_version(c.facts) for c in history if c.act in ("open", "adopted") and "policy" in c.facts}
        missing = named - self._versions.keys() - self._sought
        self._sought |= missing
        return bool(missing)

    def choose(self, category: str, urgent: bool, region: str = "") -> Promise:
        """What is promised for a ticket: the most particular that covers it; the last one when none does."""
        if category in UNPROMISED and not urgent:
            return FREE
        fitting = [p for p in self._promises if p.covers(category, urgent, region)]
        return max(fitting, key=lambda p: p.closeness(region)) if fitting else self._promises[-1]

    def named(self, name: str) -> Promise | None:
        """The promise of that name; None when the configuration no longer has it."""
        return self._named.get(name)

    def of(self, facts: Mapping[str, Any]) -> Promise | None:
        """The promise that an opening or an adoption names, as it was worded then; None when nobody knows it."""
        name, number = _version(facts)
        return self._versions.get((name, number)) or self._named.get(name)

    def hours_of(self, promise: Promise, region: str) -> Hours:
        """When the office of a region works that answers for a promise."""
        near = [o for o in self._offices if o.replaces == promise.calendar and covers(o.region, region)]
        found = max(near, key=lambda o: len(o.region), default=None)
        if found is not None:
            return found.hours
        return self.own_hours(promise)

    def own_hours(self, promise: Promise) -> Hours:
        """The hours of the calendar that a policy names, before an office put its own in its place."""
        plain = self._named.get(promise.policy.name.partition(AT)[0])
        return (plain or promise).policy.hours

    def reckon(self, ticket: Ticket, history: Sequence[Changed], now: datetime) -> tuple[Standing, Promise]:
        """How a ticket stands, and under which promise."""
        first, entries, promise = self.told(ticket, history)
        if ticket.policy == GATHERED:
            return Standing({}, None), promise
        return standing(first.policy, ticket.opened_at, entries, now), promise

    def told(self, ticket: Ticket, history: Sequence[Changed]) -> tuple[Promise, list[Entry], Promise]:
        """(the promise it began with, its history in the rules' words, the promise in force)."""
        opening = next((c.facts for c in history if c.act == "open" and "policy" in c.facts), {"policy": ticket.policy})
        first = self.of(opening) or self.choose(ticket.category, ticket.urgent, ticket.region)
        gone = taken_back(history)
        said = [change for change in history if change.facts.get("message") not in gone]  # as if never answered
        entries = [entry for change in said for entry in self._entries(change)]
        adopted = (self.of(change.facts) for change in reversed(history) if change.act == "adopted")
        return first, entries, next(filter(None, adopted), first)

    def _entries(self, change: Changed) -> list[Entry]:
        at, facts = change.at, change.facts
        if change.act in _RECORDED:
            kind = _RECORDED[change.act]
            return [
                Entry(
                    kind,
                    at,
                    clock=Clock(facts["clock"]),
                    fraction=facts.get("fraction"),
                    level=facts.get("level"),
                )
            ]
        if change.act == "adopted":
            adopted = self.of(facts)
            return [Entry(Kind.ADOPTED, at, policy=adopted.policy)] if adopted else []
        if change.act in ("pause", "resume"):
            kind = Kind.PAUSED if change.act == "pause" else Kind.RESUMED
            return [Entry(kind, at, reason=str(facts.get("pause", DESK)))]
        # What another citizen's words did to the ticket that this one is handled with is no question of this one's.
        kinds = [kind for kind in _KINDS.get(change.act, ()) if kind is not Kind.CITIZEN_WROTE or "via" not in facts]
        found = [Entry(kind, at, reason=CITIZEN) for kind in kinds]
        if change.act == "start" and "waiting" in (change.was, facts.get("from")):
            found.append(Entry(Kind.RESUMED, at, reason=CITIZEN))
        if change.act == "reopen" and change.who == CITIZEN and "via" not in facts:
            found.append(Entry(Kind.CITIZEN_WROTE, at))
        return found


def _version(facts: Mapping[str, Any]) -> Version:
    return str(facts.get("policy", "")), int(facts.get("version", 1))


_PAUSE_ENDS = frozenset({"resume", "resolve", "reject", "refer", "close", "confirm"})
_RECORDED = {
    "warned": Kind.WARNED,
    "breached": Kind.BREACHED,
    "escalated": Kind.ESCALATED,
    "alarm_taken": Kind.TAKEN,
}
_KINDS: Mapping[str, tuple[Kind, ...]] = {
    "verify": (Kind.COMPLETED,),  # read and found complete: the legal clock runs from here
    "acknowledged": (Kind.ACKNOWLEDGED,),
    "answer": (Kind.ANSWERED,),
    "ask_citizen": (Kind.ANSWERED, Kind.PAUSED),
    "citizen_answered": (Kind.RESUMED, Kind.CITIZEN_WROTE),
    "append": (Kind.CITIZEN_WROTE,),
    "resolve": (Kind.RESOLVED,),
    "reopen": (Kind.REOPENED,),
    "confirm": (Kind.CLOSED,),
    "close": (Kind.CLOSED,),
    "reject": (Kind.CLOSED,),
    "refer": (Kind.CLOSED,),
    "gathered": (Kind.PAUSED,),
    "released": (Kind.RESUMED,),
}  # a merged ticket keeps its clock: it is met by what is done about the one it is handled with


def paused_for(history: Sequence[Changed]) -> str:
    """The reason for which the desk lets the clock stand; "" when it does not."""
    reason = ""
    gone = taken_back(history)
    for change in history:
        if change.facts.get("message") in gone:
            continue
        if change.act == "pause":
            reason = str(change.facts.get("pause", ""))
        elif change.act in _PAUSE_ENDS:
            reason = ""
    return reason


def taken_back(history: Iterable[Changed]) -> frozenset[int]:
    """The messages to a citizen that their author took back while they were held."""
    return frozenset(change.facts["message"] for change in history if change.act == "take_back")


def build(config: Config, now: datetime) -> Promises:
    """The promises of a configuration; without any, those that a desk can begin with. Raises Refused naming the key.

    `now` tells the years whose holidays are known; build anew when a year has passed.
    """
    years = years_around(now)
    calendars = {name: hours(name, calendar, years) for name, calendar in config.calendars.items()}
    found = [promise(name, table, calendars[table.calendar]) for name, table in config.policies.items()]
    offices = [
        Office(name, calendar.replaces, region, calendars[name])
        for name, calendar in config.calendars.items()
        for region in calendar.regions
    ]
    everything = [*found, *(copy for one in found for copy in _by_offices(one, offices))]
    return Promises(everything or _usual(ZoneInfo(config.service.zone), years), years, offices)


def _by_offices(promise: Promise, offices: Sequence[Office]) -> Iterator[Promise]:
    """The same promise by the hours of each office that keeps its own: `standard@makassar`."""
    for name in dict.fromkeys(office.name for office in offices if office.replaces == promise.calendar):
        mine = [office for office in offices if office.name == name]
        policy = replace(promise.policy, name=f"{promise.policy.name}{AT}{name}", hours=mine[0].hours)
        if len(policy.name) > LONGEST_NAME:
            raise Refused(f"policies.{policy.name}: with its calendar's, its name passes {LONGEST_NAME} letters")
        yield replace(promise, policy=policy, offices=tuple(office.region for office in mine))


def years_around(now: datetime) -> range:
    """The years whose holidays matter to tickets of today."""
    return range(now.year - YEARS_BACK, now.year + YEARS_AHEAD + 1)


def _usual(zone: ZoneInfo, years: range) -> list[Promise]:
    """Without policies of its own a desk promises a first answer in 3 working days and an end in 5; what is urgent is
    looked at within 4 hours, day and night."""
    days = named_days(years)
    office = Hours(zone, office_week(), days, names=days)
    normal = Policy(
        "standard",
        office,
        first_response=3 * WORKDAY,
        next_response=3 * WORKDAY,
        resolution=5 * WORKDAY,
        escalate=_waits(len(LADDER)),
    )
    pressing = Policy(
        "urgent",
        Hours(zone, {}),
        first_response=timedelta(hours=4),
        next_response=timedelta(hours=12),
        resolution=timedelta(hours=48),
        escalate=_waits(len(LADDER)),
    )
    return [Promise(normal), Promise(pressing, urgent=True)]


def promise(name: str, table: PolicyTable, office: Hours) -> Promise:
    """One policy of the configuration. Raises Refused naming the key."""
    unknown = [step for step in table.escalate_to if step not in STEPS]
    if unknown:
        raise Refused(f"policies.{name}.escalate_to: {', '.join(unknown)}: there are {', '.join(STEPS)}")
    if len(name) > LONGEST_NAME:
        raise Refused(f"policies.{name}: a name has at most {LONGEST_NAME} letters")
    try:
        policy = Policy(
            name,
            office,
            ack=table.acknowledge,
            first_response=table.first_response,
            next_response=table.next_response,
            resolution=table.resolve,
            legal_days=table.legal_days,
            warn=table.warn,
            max_pause=table.max_pause,
            reopen_floor=table.reopen_floor,
            escalate=_waits(len(table.escalate_to), table.escalate_every),
        )
    except ValueError as error:
        raise Refused(f"policies.{name}: {error}") from None
    return Promise(policy, table.categories, table.urgent, table.escalate_to, table.regions, table.calendar)


def hours(name: str, calendar: Calendar, years: range) -> Hours:
    """One calendar of the configuration. Raises Refused naming the key."""
    week: dict[int, tuple[Interval, ...]] = {
        day: getattr(calendar, word) for day, word in enumerate(WEEK) if getattr(calendar, word)
    }
    names = dict(named_days(years)) if calendar.holidays else {}
    names |= {day: names.get(day, EXTRA) for day in calendar.extra_holidays}
    off = frozenset(names)
    overrides: dict[date, tuple[Interval, ...]] = {}
    # A range goes before one weekday of it, and both before a single day.
    for span, intervals in sorted(calendar.overrides.items(), key=lambda item: ("/" not in item[0], " " in item[0])):
        first, last, day = _span(name, span)
        if "/" in span:  # a range keeps the days off that the week and the holidays have
            days = {WEEK.index(day)} if day else set(week or range(7))
            meant = date_range(first, last, dict.fromkeys(days, intervals), off)
            overrides |= {at: given for at, given in meant.items() if not day or at.weekday() in days}
        else:
            overrides[first] = intervals
    try:
        return Hours(ZoneInfo(calendar.zone), week, off, overrides, names)
    except ValueError as error:
        raise Refused(f"calendars.{name}: {error}") from None


def _span(name: str, span: str) -> tuple[date, date, str]:
    """First and last day of an override, and the weekday that alone is meant; "" for all of them."""
    dates, _, day = span.partition(" ")
    first, slash, last = dates.partition("/")
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        begin, end = date.max, date.min
    if end < begin or (end - begin).days > 400 or (day and (day not in WEEK or not slash)):
        raise Refused(
            f'calendars.{name}.overrides."{span}": write a date such as "2027-02-08", or first and last day with a '
            'slash between: "2027-02-08/2027-03-09", or one weekday of these: "2027-02-08/2027-03-09 friday"'
        )
    return begin, end, day


@cache
def national(years: range) -> frozenset[date]:
    """National holidays and cuti bersama of these years, as far as they are known."""
    return frozenset(named_days(years))


@cache
def named_days(years: range) -> Mapping[date, str]:
    """National holidays and cuti bersama of these years and what they are called, as far as they are known."""
    return MappingProxyType(dict(_source(years, ("public", "government"))))


@cache
def decreed(year: int) -> bool:
    """Whether the source knows a year's cuti bersama: the ministers decree them in the autumn before."""
    return bool(_source(range(year, year + 1), ("government",)))


def _source(years: range, kinds: tuple[str, ...]) -> Mapping[date, str]:
    import holidays  # late: it costs half a second that most commands need not pay

    return holidays.country_holidays("ID", years=list(years), categories=kinds, language="id")


def _waits(levels: int, every: timedelta = WORKDAY) -> tuple[timedelta, ...]:
    """The first level is called at once, each further one so much working time later."""
    return tuple(level * every for level in range(levels))
