"""Rows of broadcasts, and the SQL of their audiences.

The audience of a round: people enrolled DITETAPKAN in its programme whose village lies in its region.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.rounds import Enrolment, Entitlement
from notifier.store.contacts import rank
from notifier.store.schema import (
    LARGEST_ID,
    Id,
    attempts,
    broadcasts,
    contacts,
    deliveries,
    enrolments,
    entitlements,
    people,
    rounds,
    tallies,
)
from notifier.store.straight import fetch


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One planned mass message."""

    id: int
    event: str
    round_id: int | None  # None: a general notice, about no round
    round_version: int
    parent_id: int | None
    state: str
    paused_from: str
    why: str
    at: datetime
    expires_at: datetime
    again: bool
    planned_by: str
    planned_at: datetime
    approved_by: str
    approved_at: datetime | None
    approved_audience: int
    audience: int
    expanded: int
    cursor: int
    facts: Mapping[str, Any]
    pins: Mapping[str, str]  # "channel/language" → wording it was approved with
    canary: int  # people told first; 0: nobody waits for them
    canary_until: datetime | None
    cap: int | None  # rupiah
    wake: datetime | None
    rule: Mapping[str, Any] | None  # which of the round's people; None: everybody
    series_id: int | None
    occurrence: str
    round_code: str  # "" for a general notice, like the programme
    programme: str  # of its round, like region and zone
    region: str
    zone: str  # of its round: what its times are shown in
    opens_at: datetime  # of its round; of a general notice its own time
    round_now: int  # the version of its round as it stands


WITH_ROUNDS = broadcasts.outerjoin(rounds, rounds.c.id == broadcasts.c.round_id)
PLACE: ColumnElement[str] = func.coalesce(rounds.c.region, broadcasts.c.region)  # SQL: the area a broadcast is for
_ROUNDS = ("round_code", "programme", "region", "zone", "opens_at", "round_now")
_OWN = tuple(name for name in Broadcast.__dataclass_fields__ if name not in _ROUNDS)
_SELECT = select(
    *(broadcasts.c[name] for name in _OWN),
    func.coalesce(rounds.c.code, "").label("round_code"),
    func.coalesce(rounds.c.programme, "").label("programme"),
    PLACE.label("region"),
    func.coalesce(rounds.c.zone, broadcasts.c.zone).label("zone"),
    func.coalesce(rounds.c.opens_at, broadcasts.c.at).label("opens_at"),
    func.coalesce(rounds.c.version, 0).label("round_now"),
).select_from(WITH_ROUNDS)


_ONE = _SELECT.where(broadcasts.c.id == bindparam("of_broadcast", type_=Id))
_LOCKED = _ONE.with_for_update(of=broadcasts)


async def create(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """Write a plan; returns its id."""
    result = await db.execute(insert(broadcasts).values(**row).returning(broadcasts.c.id))
    return int(result.scalar_one())


async def get(db: AsyncConnection, broadcast_id: int, *, lock: bool = False) -> Broadcast | None:
    """One broadcast with its round's code and region."""
    if not 0 < broadcast_id <= LARGEST_ID:
        return None
    rows = await fetch(db, _LOCKED if lock else _ONE, {"of_broadcast": broadcast_id})
    return Broadcast(*rows[0]) if rows else None


async def change(db: AsyncConnection, broadcast_id: int, was: Sequence[str], **values: Any) -> bool:
    """Change a broadcast that is still in one of these states; False when it no longer is."""
    result = await db.execute(
        update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, broadcasts.c.state.in_(tuple(was)))
        .values(**values)
        .returning(broadcasts.c.id)
    )
    return result.first() is not None


async def page(db: AsyncConnection, region: str, before: int | None, limit: int) -> list[Broadcast]:
    """Broadcasts of a region and below, newest first, from `before` on."""
    wanted = _SELECT.where(within(PLACE, region)).order_by(broadcasts.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(broadcasts.c.id < before)
    return [Broadcast(*tuple(row)) for row in await db.execute(wanted)]


async def due(db: AsyncConnection, now: datetime, limit: int = 20) -> list[int]:
    """Broadcasts to look at again."""
    rows = await db.execute(
        select(broadcasts.c.id).where(broadcasts.c.wake <= now).order_by(broadcasts.c.wake).limit(limit)
    )
    return [int(row[0]) for row in rows]


async def of_round(db: AsyncConnection, round_id: int) -> list[Broadcast]:
    """All broadcasts of a round, oldest first."""
    return [
        Broadcast(*tuple(row))
        for row in await db.execute(_SELECT.where(broadcasts.c.round_id == round_id).order_by(broadcasts.c.id))
    ]


async def of_series(db: AsyncConnection, series_id: int, limit: int) -> list[Broadcast]:
    """The newest occurrences of a plan that comes again, newest first."""
    wanted = _SELECT.where(broadcasts.c.series_id == series_id).order_by(broadcasts.c.id.desc()).limit(limit)
    return [Broadcast(*tuple(row)) for row in await db.execute(wanted)]


async def forget_plans(db: AsyncConnection, round_id: int, why: str, *, event: str, by: str) -> list[int]:
    """Take back what somebody planned of an event for a round and has not begun; returns these plans."""
    forgotten = await db.execute(
        update(broadcasts)
        .where(
            broadcasts.c.round_id == round_id,
            broadcasts.c.event == event,
            broadcasts.c.planned_by == by,
            broadcasts.c.state.in_(("planned", "approved", "asking")),
            broadcasts.c.expanded == 0,
        )
        .values(state="stopped", why=why, wake=None)
        .returning(broadcasts.c.id)
    )
    return sorted(forgotten.scalars())


WORDED = ("approved", "canary", "expanding", "sending")  # states in which words leave, or may at any moment


async def worded(db: AsyncConnection, event: str = "") -> list[Broadcast]:
    """Broadcasts that are approved and not through, of one event or of all, locked."""
    wanted = _SELECT.where(broadcasts.c.state.in_((*WORDED, "paused"))).order_by(broadcasts.c.id)
    if event:
        wanted = wanted.where(broadcasts.c.event == event)
    return [Broadcast(*tuple(row)) for row in await db.execute(wanted.with_for_update(of=broadcasts))]


async def ask(db: AsyncConnection, b: Broadcast, why: str, wake: datetime | None = None) -> bool:
    """Have a broadcast wait for a second look; one that is paused will once it goes on. False when it is neither.
    `wake`: when the clock tells whoever may say yes; None: the caller does.
    """
    if b.state == "paused":
        return await change(db, b.id, ("paused",), paused_from="asking", why=why[:200])
    return await change(db, b.id, WORDED, state="asking", why=why[:200], wake=wake)


async def rest(db: AsyncConnection, broadcast_id: int, wake: datetime) -> None:
    """Leave a broadcast that waits to be looked at alone until then."""
    await db.execute(
        update(broadcasts).where(broadcasts.c.id == broadcast_id, broadcasts.c.wake < wake).values(wake=wake)
    )


async def already(
    db: AsyncConnection, event: str, round_id: int, *, but: int = 0, approved: bool = False
) -> list[tuple[int, Mapping[str, Any] | None]]:
    """Other broadcasts of the same event for the same round that are not stopped, or were when they had told somebody
    what still holds, with the rules of their audiences; the clock's reminders apart. With `approved` plans that wait
    for their approval do not count.
    """
    half_way = and_(broadcasts.c.state == "stopped", broadcasts.c.round_version == rounds.c.version, _has_told())
    found = await db.execute(
        select(broadcasts.c.id, broadcasts.c.rule)
        .join(rounds, rounds.c.id == broadcasts.c.round_id)
        .where(
            broadcasts.c.event == event,
            broadcasts.c.round_id == round_id,
            broadcasts.c.id != but,
            or_(broadcasts.c.state.not_in(("stopped", "planned") if approved else ("stopped",)), half_way),
            or_(broadcasts.c.planned_by != "clock", broadcasts.c.event != "round_reminder"),
        )
        .order_by(broadcasts.c.id)
    )
    return [(int(number), rule) for number, rule in found]


class Saying(NamedTuple):
    """A broadcast with words of its own."""

    id: int
    state: str
    text: str
    region: str
    rule: Mapping[str, Any] | None


async def saying(db: AsyncConnection, event: str, now: datetime, *, lock: bool = False) -> list[Saying]:
    """Broadcasts of an event about no round that still serve and are not stopped, or were when they had told some."""
    half_way = and_(broadcasts.c.state == "stopped", _has_told())
    wanted = (
        select(*(broadcasts.c[name] for name in ("id", "state", "facts", "region", "rule")))
        .where(
            broadcasts.c.event == event,
            or_(broadcasts.c.state != "stopped", half_way),
            broadcasts.c.expires_at > now,
        )
        .order_by(broadcasts.c.id)
    )
    found = await db.execute(wanted.with_for_update() if lock else wanted)
    return [Saying(number, state, facts.get("text", ""), region, rule) for number, state, facts, region, rule in found]


def _has_told() -> ColumnElement[bool]:
    """SQL, of a broadcast: it may have reached somebody, by the kept counters."""
    told = select(func.coalesce(func.sum(tallies.c.n), 0)).where(
        tallies.c.broadcast_id == broadcasts.c.id,
        tallies.c.state.in_(("sending", "accepted", "delivered", "read", "unknown")),
    )
    return told.correlate(broadcasts).scalar_subquery() > 0


# --- the audience ----------------------------------------------------------------------------------------------------


def within(column: ColumnElement[str], region: str) -> ColumnElement[bool]:
    """SQL: a region code is this region or lies below it; "" covers everything."""
    if not region:
        return literal(True)
    return or_(column == region, column.like(region + ".%"))  # digits and dots only: nothing to escape


def audience(programme: str, region: str, received_too: bool = True, round_id: int = 0) -> Select[Any]:
    """SQL: the ids of the people a round's message is for."""
    wanted = (
        select(enrolments.c.person_id.label("id"))
        .select_from(people.join(enrolments, enrolments.c.person_id == people.c.id))
        .where(
            enrolments.c.programme == programme,
            enrolments.c.status == Enrolment.DITETAPKAN.value,
            within(people.c.region, region),
        )
    )
    if not received_too:
        has = select(entitlements.c.id).where(
            entitlements.c.round_id == round_id,
            entitlements.c.person_id == people.c.id,
            entitlements.c.status.in_((Entitlement.DITERIMA.value, Entitlement.GAGAL.value, Entitlement.DITUNDA.value)),
        )
        wanted = wanted.where(~has.exists())
    return wanted


def residents(region: str) -> Select[Any]:
    """SQL: the ids of everybody registered in a region: whom a general notice is for, as far as its rule picks them."""
    return select(people.c.id).where(
        within(people.c.region, region), people.c.erased_at.is_(None), people.c.merged_into_id.is_(None)
    )


def is_in(broadcast_id: int, state: str) -> ColumnElement[bool]:
    """SQL: a broadcast is in this state."""
    return select(broadcasts.c.id).where(broadcasts.c.id == broadcast_id, broadcasts.c.state == state).exists()


def those(person_ids: Select[Any]) -> Select[Any]:
    """SQL: an audience of exactly these people, but for who was erased since: nothing leads to them any more."""
    return select(people.c.id).where(people.c.id.in_(person_ids), people.c.erased_at.is_(None))


async def size(db: AsyncConnection, people_ids: Select[Any]) -> int:
    """How many people an audience has."""
    return int((await db.execute(select(func.count()).select_from(people_ids.subquery()))).scalar_one())


@dataclass(frozen=True, slots=True)
class Mute:
    """For what asks: the lines that nobody can answer on, and the line of a contact that names none, by channel."""

    lines: tuple[str, ...]
    usual: tuple[tuple[str, str], ...]  # (channel, line)


def reachable(
    ladder: Sequence[str], besides: Select[Any] | None = None, mute: Mute | None = None
) -> ColumnElement[int]:
    """SQL: the id of a person's first usable contact: on the channel they prefer, else the first on the ladder.
    `besides`: channels that are not wanted; `mute`: lines that are not.
    """
    place = rank(ladder)
    usable = (
        select(contacts.c.id)
        .where(contacts.c.person_id == people.c.id, contacts.c.state == "ok", place < len(ladder))
        .order_by(place, contacts.c.id)
        .limit(1)
        .correlate(people)
    )
    if besides is not None:
        usable = usable.where(contacts.c.kind.not_in(besides))
    if mute is not None:
        silent = [kind for kind, line in mute.usual if line in mute.lines]
        by_default = and_(contacts.c.line == "", contacts.c.kind.in_(silent))
        usable = usable.where(contacts.c.line.not_in(mute.lines), ~by_default)
    preferred = usable.where(contacts.c.kind == people.c.prefers).scalar_subquery()
    return func.coalesce(case((people.c.prefers != "", preferred)), usable.scalar_subquery())


async def preview(
    db: AsyncConnection,
    people_ids: Select[Any],
    ladder: Sequence[str],
    besides: Select[Any] | None = None,
    mute: Mute | None = None,
) -> list[tuple[str, str, int]]:
    """How an audience would be reached: (channel or "", language, people). Who said STOP is not, as in the walk."""
    contact = reachable(ladder, besides, mute).label("contact_id")
    first = (
        select(people.c.id, people.c.language, people.c.silenced_at, contact)
        .where(people.c.id.in_(people_ids))
        .subquery()
    )
    quiet = or_(first.c.silenced_at.is_not(None), contacts.c.stopped_at.is_not(None))
    kind = case((quiet, ""), else_=func.coalesce(contacts.c.kind, "")).label("kind")
    rows = await db.execute(
        select(kind, first.c.language, func.count())
        .select_from(first.outerjoin(contacts, contacts.c.id == first.c.contact_id))
        .group_by(kind, first.c.language)
    )
    return [(channel, language, int(n)) for channel, language, n in rows]


async def goes_on(db: AsyncConnection, broadcast_id: int) -> bool:
    """Something of this broadcast is under a lease: with a provider, or unknown until it is sent again.

    Few rows have a lease, so that their index answers at once; the sum keeps SQLite from another one.
    """
    row = await db.execute(
        select(deliveries.c.id)
        .where(
            deliveries.c.lease_until.is_not(None),
            deliveries.c.broadcast_id + 0 == broadcast_id,
            deliveries.c.state.in_(("sending", "unknown")),
            deliveries.c.held.is_(False),  # whoever waits for a person does not keep the others
        )
        .limit(1)
    )
    return row.first() is not None


async def waiting(db: AsyncConnection, broadcast_id: int, after: int, limit: int) -> list[tuple[int, bool, int]]:
    """Deliveries of a broadcast that are due, by person from `after` on, locked: (id, whether it may have been sent
    once already, person).
    """
    rows = await db.execute(
        select(deliveries.c.id, deliveries.c.maybe_twice, deliveries.c.person_id)
        .where(
            deliveries.c.broadcast_id == broadcast_id,
            deliveries.c.person_id > after,
            deliveries.c.state == "due",
        )
        .order_by(deliveries.c.person_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [(int(number), bool(twice), int(person)) for number, twice, person in rows]


async def segments(db: AsyncConnection, broadcast_id: int) -> dict[str, int]:
    """Segments spent so far, by line."""
    rows = await db.execute(
        select(attempts.c.line, func.sum(attempts.c.segments))
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.broadcast_id == broadcast_id)
        .group_by(attempts.c.line)
    )
    return {line: int(n or 0) for line, n in rows}


async def samples(
    db: AsyncConnection, people_ids: Select[Any], ladder: Sequence[str], limit: int
) -> list[tuple[str, str, str, str]]:
    """Some people of an audience who can be reached: (name, channel, language, zone), longest names first."""
    first = (
        select(people.c.id, people.c.name, people.c.language, people.c.zone, reachable(ladder).label("contact_id"))
        .where(people.c.id.in_(people_ids))
        .subquery()
    )
    rows = await db.execute(
        select(first.c.name, contacts.c.kind, first.c.language, first.c.zone)
        .join(contacts, contacts.c.id == first.c.contact_id)
        .order_by(func.length(first.c.name).desc(), first.c.id)
        .limit(limit)
    )
    return [(name, kind, language, zone) for name, kind, language, zone in rows]


async def of_span(db: AsyncConnection, region: str, since: datetime, until: datetime, limit: int) -> list[Broadcast]:
    """Broadcasts that have something before them, and others whose time lay in the span: by their time."""
    live: ColumnElement[bool] = literal_column("broadcasts.state NOT IN ('done', 'stopped')")  # as its index spells it
    wanted = _SELECT.where(within(PLACE, region), or_(live, broadcasts.c.at.between(since, until)))
    rows = await db.execute(wanted.order_by(broadcasts.c.at, broadcasts.c.id).limit(limit))
    return [Broadcast(*tuple(row)) for row in rows]
