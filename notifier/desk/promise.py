"""The promises of config.toml as the rules take them: calendars to hours, policies to promises, and which one a ticket
gets. Reads no clock: the years whose holidays count are told by the moment of building.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from notifier.config import Calendar, Config, PolicyTable
from notifier.errors import Refused
from notifier.rules.hours import Hours, Interval, date_range, office_week
from notifier.rules.roles import Role
from notifier.rules.sla import Clock, Entry, Kind, Policy, Standing, standing
from notifier.store.tickets import Changed, Ticket

WORKDAY = timedelta(hours=7, minutes=30)
YEARS_BACK, YEARS_AHEAD = 2, 4  # tickets live shorter than that
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CITIZEN = "citizen"  # the reason of a pause: we wait for them
GATHERED = "incident"  # in place of a policy: the incident that a complaint is part of has the clock


@dataclass(frozen=True, slots=True)
class Promise:
    """A policy, what it covers, and who is called when it breaks."""

    policy: Policy
    categories: tuple[str, ...] = ()  # empty: every other
    urgent: bool | None = None
    escalate_to: tuple[Role, ...] = (Role.SUPERVISOR, Role.ADMIN)

    def covers(self, category: str, urgent: bool) -> bool:
        """Whether it is meant for such a ticket."""
        return (not self.categories or category in self.categories) and self.urgent in (None, urgent)


class Promises:
    """All promises, the most particular first."""

    def __init__(self, promises: Sequence[Promise]) -> None:
        self._promises = tuple(sorted(promises, key=lambda p: (p.urgent is None, not p.categories)))
        self._named = {promise.policy.name: promise for promise in self._promises}

    def choose(self, category: str, urgent: bool) -> Promise:
        """What is promised for a ticket; the last one when none covers it."""
        return next((p for p in self._promises if p.covers(category, urgent)), self._promises[-1])

    def named(self, name: str) -> Promise | None:
        """The promise of that name; None when the configuration no longer has it."""
        return self._named.get(name)

    def reckon(self, ticket: Ticket, history: Sequence[Changed], now: datetime) -> tuple[Standing, Promise]:
        """How a ticket stands, and under which promise."""
        first, entries, promise = self.told(ticket, history)
        if ticket.policy == GATHERED:
            return Standing({}, None), promise
        return standing(first.policy, ticket.opened_at, entries, now), promise

    def told(self, ticket: Ticket, history: Sequence[Changed]) -> tuple[Promise, list[Entry], Promise]:
        """(the promise it began with, its history in the rules' words, the promise in force)."""
        names = [str(c.facts["policy"]) for c in history if c.act == "open" and "policy" in c.facts]
        first = self.named(names[0] if names else ticket.policy) or self.choose(ticket.category, ticket.urgent)
        entries = [entry for change in history for entry in self._entries(change)]
        return first, entries, self.named(ticket.policy) or first

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
            adopted = self.named(str(facts.get("policy", "")))
            return [Entry(Kind.ADOPTED, at, policy=adopted.policy)] if adopted else []
        found = [Entry(kind, at, reason=CITIZEN) for kind in _KINDS.get(change.act, ())]
        if change.act == "start" and change.was == "waiting":
            found.append(Entry(Kind.RESUMED, at, reason=CITIZEN))
        if change.act == "reopen" and change.who == CITIZEN:
            found.append(Entry(Kind.CITIZEN_WROTE, at))
        return found


_RECORDED = {"warned": Kind.WARNED, "breached": Kind.BREACHED, "escalated": Kind.ESCALATED}
_KINDS: Mapping[str, tuple[Kind, ...]] = {
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
    "merge": (Kind.CLOSED,),
    "gathered": (Kind.PAUSED,),
    "released": (Kind.RESUMED,),
}


def build(config: Config, now: datetime) -> Promises:
    """The promises of a configuration; without any, those that a desk can begin with. Raises Refused naming the key.

    `now` tells the years whose holidays are known; build anew when a year has passed.
    """
    years = years_around(now)
    calendars = {name: hours(name, calendar, years) for name, calendar in config.calendars.items()}
    found = [promise(name, table, calendars[table.calendar]) for name, table in config.policies.items()]
    return Promises(found or _usual(ZoneInfo(config.service.zone), years))


def years_around(now: datetime) -> range:
    """The years whose holidays matter to tickets of today."""
    return range(now.year - YEARS_BACK, now.year + YEARS_AHEAD + 1)


def _usual(zone: ZoneInfo, years: range) -> list[Promise]:
    """Without policies of its own a desk promises a first answer in 3 working days and an end in 5; what is urgent is
    looked at within 4 hours, day and night."""
    office = Hours(zone, office_week(), national(years))
    normal = Policy(
        "standard",
        office,
        first_response=3 * WORKDAY,
        next_response=3 * WORKDAY,
        resolution=5 * WORKDAY,
        escalate=_waits(2),
    )
    pressing = Policy(
        "urgent",
        Hours(zone, {}),
        first_response=timedelta(hours=4),
        next_response=timedelta(hours=12),
        resolution=timedelta(hours=48),
        escalate=_waits(2),
    )
    return [Promise(normal), Promise(pressing, urgent=True)]


def promise(name: str, table: PolicyTable, office: Hours) -> Promise:
    """One policy of the configuration. Raises Refused naming the key."""
    try:
        roles = tuple(Role(role) for role in table.escalate_to)
    except ValueError:
        known = ", ".join(Role)
        raise Refused(f"policies.{name}.escalate_to: {', '.join(table.escalate_to)}: roles are {known}") from None
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
            escalate=_waits(len(roles)),
        )
    except ValueError as error:
        raise Refused(f"policies.{name}: {error}") from None
    return Promise(policy, table.categories, table.urgent, roles)


def hours(name: str, calendar: Calendar, years: range) -> Hours:
    """One calendar of the configuration. Raises Refused naming the key."""
    week: dict[int, tuple[Interval, ...]] = {
        day: getattr(calendar, word) for day, word in enumerate(WEEK) if getattr(calendar, word)
    }
    off = (national(years) if calendar.holidays else frozenset()) | frozenset(calendar.extra_holidays)
    overrides: dict[date, tuple[Interval, ...]] = {}
    for span, intervals in sorted(calendar.overrides.items(), key=lambda item: "/" not in item[0]):
        first, last = _span(name, span)
        if "/" in span:  # a range keeps the days off that the week and the holidays have
            overrides |= date_range(first, last, dict.fromkeys(week or range(7), intervals), off)
        else:
            overrides[first] = intervals
    try:
        return Hours(ZoneInfo(calendar.zone), week, off, overrides)
    except ValueError as error:
        raise Refused(f"calendars.{name}: {error}") from None


def _span(name: str, span: str) -> tuple[date, date]:
    first, _, last = span.partition("/")
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        begin, end = date.max, date.min
    if end < begin or (end - begin).days > 400:
        raise Refused(
            f'calendars.{name}.overrides."{span}": write a date such as "2027-02-08", or first and last day with a '
            'slash between: "2027-02-08/2027-03-09"'
        )
    return begin, end


@cache
def national(years: range) -> frozenset[date]:
    """National holidays and cuti bersama of these years, as far as they are known."""
    import holidays  # late: it costs half a second that most commands need not pay

    return frozenset(holidays.country_holidays("ID", years=list(years), categories=("public", "government")))


def _waits(levels: int) -> tuple[timedelta, ...]:
    """The first level is called at once, each further one a working day later."""
    return tuple(level * WORKDAY for level in range(levels))
