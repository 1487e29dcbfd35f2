"""Rows of broadcasts, and the one statement that turns an audience into deliveries.

The audience of a round: people enrolled DITETAPKAN in its programme whose village lies in its region. Expansion walks
that audience by person id, slice by slice, so that a crash goes on where the last committed slice ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.rounds import Enrolment, Entitlement
from notifier.store.contacts import rank
from notifier.store.schema import (
    attempts,
    broadcasts,
    contacts,
    deliveries,
    enrolments,
    entitlements,
    people,
    rounds,
)
from notifier.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One planned mass message."""

    id: int
    event: str
    round_id: int
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
    wake: datetime | None
    round_code: str
    region: str


_OWN = tuple(name for name in Broadcast.__dataclass_fields__ if name not in ("round_code", "region"))
_SELECT = select(
    *(broadcasts.c[name] for name in _OWN), rounds.c.code.label("round_code"), rounds.c.region
).select_from(broadcasts.join(rounds, rounds.c.id == broadcasts.c.round_id))


async def create(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """Write a plan; returns its id."""
    result = await db.execute(insert(broadcasts).values(**row).returning(broadcasts.c.id))
    return int(result.scalar_one())


async def get(db: AsyncConnection, broadcast_id: int, *, lock: bool = False) -> Broadcast | None:
    """One broadcast with its round's code and region."""
    wanted = _SELECT.where(broadcasts.c.id == broadcast_id)
    if lock:
        wanted = wanted.with_for_update(of=broadcasts)
    row = (await db.execute(wanted)).first()
    return Broadcast(*tuple(row)) if row else None


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
    wanted = _SELECT.where(within(rounds.c.region, region)).order_by(broadcasts.c.id.desc()).limit(limit)
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


async def forget_plans(
    db: AsyncConnection, round_id: int, why: str, *, event: str = "", by: str = "", older_than: int = 0
) -> None:
    """Take back what was planned for a round and has not begun; event, planner and version narrow it."""
    waiting = update(broadcasts).where(
        broadcasts.c.round_id == round_id,
        broadcasts.c.state.in_(("planned", "approved", "asking")),
        broadcasts.c.expanded == 0,
    )
    if event:
        waiting = waiting.where(broadcasts.c.event == event)
    if by:
        waiting = waiting.where(broadcasts.c.planned_by == by)
    if older_than:
        waiting = waiting.where(broadcasts.c.round_version < older_than)
    await db.execute(waiting.values(state="stopped", why=why, wake=None))


async def recall(db: AsyncConnection, round_id: int, version: int, why: str, now: datetime) -> None:
    """Stop what is on its way with an older version of a round; the clock cancels what has not left."""
    await db.execute(
        update(broadcasts)
        .where(
            broadcasts.c.round_id == round_id,
            broadcasts.c.round_version < version,
            broadcasts.c.state.in_(("approved", "expanding", "sending", "paused", "asking")),
        )
        .values(state="stopped", why=why, wake=now)
    )


async def rest(db: AsyncConnection, broadcast_id: int, wake: datetime) -> None:
    """Leave a broadcast that waits to be looked at alone until then."""
    await db.execute(
        update(broadcasts).where(broadcasts.c.id == broadcast_id, broadcasts.c.wake < wake).values(wake=wake)
    )


async def already(
    db: AsyncConnection, event: str, round_id: int, *, but: int = 0, approved: bool = False
) -> int | None:
    """Another broadcast of the same event for the same round that is not stopped, the clock's reminders apart.

    With `approved` plans that wait for their approval do not count either.
    """
    row = await db.execute(
        select(broadcasts.c.id)
        .where(
            broadcasts.c.event == event,
            broadcasts.c.round_id == round_id,
            broadcasts.c.id != but,
            broadcasts.c.state.not_in(("stopped", "planned") if approved else ("stopped",)),
            or_(broadcasts.c.planned_by != "clock", broadcasts.c.event != "round_reminder"),
        )
        .limit(1)
    )
    found = row.first()
    return int(found[0]) if found else None


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


def told_before(round_id: int, older_than: int) -> Select[Any]:
    """SQL: the people whose attempts carry an older version of a round and may have reached them."""
    return (
        select(deliveries.c.person_id)
        .join(attempts, attempts.c.delivery_id == deliveries.c.id)
        .where(
            deliveries.c.round_id == round_id,
            deliveries.c.person_id.is_not(None),
            deliveries.c.broadcast_id.is_not(None),
            attempts.c.round_version < older_than,
            attempts.c.state.in_(("accepted", "delivered", "read", "unknown", "sending")),
        )
    )


def those(person_ids: Select[Any]) -> Select[Any]:
    """SQL: an audience of exactly these people."""
    return select(people.c.id).where(people.c.id.in_(person_ids))


async def size(db: AsyncConnection, people_ids: Select[Any]) -> int:
    """How many people an audience has."""
    return int((await db.execute(select(func.count()).select_from(people_ids.subquery()))).scalar_one())


def _reachable(ladder: Sequence[str]) -> ColumnElement[int]:
    """SQL: the id of a person's first usable contact on the ladder."""
    place = rank(ladder)
    return (
        select(contacts.c.id)
        .where(contacts.c.person_id == people.c.id, contacts.c.state == "ok", place < len(ladder))
        .order_by(place, contacts.c.id)
        .limit(1)
        .correlate(people)
        .scalar_subquery()
    )


async def preview(db: AsyncConnection, people_ids: Select[Any], ladder: Sequence[str]) -> list[tuple[str, str, int]]:
    """How an audience would be reached: (channel or "", language, people)."""
    first = (
        select(people.c.id, people.c.language, _reachable(ladder).label("contact_id"))
        .where(people.c.id.in_(people_ids))
        .subquery()
    )
    rows = await db.execute(
        select(contacts.c.kind, first.c.language, func.count())
        .select_from(first.outerjoin(contacts, contacts.c.id == first.c.contact_id))
        .group_by(contacts.c.kind, first.c.language)
    )
    return [(kind or "", language, int(n)) for kind, language, n in rows]


def _next(people_ids: Select[Any], after: int, limit: int) -> Subquery:
    """SQL: the next people of an audience, by the column it is selected by: its index gives them in order."""
    who = people_ids.selected_columns.id
    return people_ids.where(who > after).order_by(who).limit(limit).subquery()


async def draw(
    db: AsyncConnection, round_id: int, people_ids: Select[Any], now: datetime, after: int, limit: int
) -> None:
    """Give the next people of an audience their entitlement, unless they have one."""
    chosen = _next(people_ids, after, limit)
    scheduled = Entitlement.DIJADWALKAN.value
    await db.execute(
        upsert(db, entitlements)
        .from_select(
            ["round_id", "person_id", "status", "record", "updated_at"],
            select(
                literal(round_id),
                chosen.c.id,
                literal(scheduled),
                literal(scheduled),
                literal(now, entitlements.c.updated_at.type),
            ).where(literal(True)),  # SQLite needs a WHERE to tell ON CONFLICT from a join
        )
        .on_conflict_do_nothing(index_elements=["round_id", "person_id"])
    )


async def expand(
    db: AsyncConnection,
    broadcast: Broadcast,
    people_ids: Select[Any],
    *,
    ladder: Sequence[str],
    lines: Mapping[str, str],
    lane: int,
    due: Mapping[str, datetime],
    now: datetime,
    limit: int,
) -> tuple[int, int, list[tuple[str, str, int]], dict[str, int]]:
    """Write the deliveries of the next slice.

    Returns how many, the last person, the counts by state and reason, and how many are due on each line.

    `due`: zone → when it may leave there; a zone without an entry takes the plan's own time.
    """
    slice_ = _next(people_ids, broadcast.cursor, limit)
    first = (
        select(
            people.c.id.label("person_id"),
            people.c.language,
            people.c.zone,
            people.c.silenced_at,
            _reachable(ladder).label("contact_id"),
        )
        .where(people.c.id.in_(select(slice_.c.id)))
        .cte("first")
        .prefix_with("MATERIALIZED")  # else SQLite looks for the contact anew wherever it is named
    )
    quiet = or_(first.c.silenced_at.is_not(None), contacts.c.stopped_at.is_not(None))
    hindered = or_(first.c.contact_id.is_(None), quiet)
    time_type = deliveries.c.due_at.type
    at: ColumnElement[Any] = literal(broadcast.at, time_type)
    if due:
        at = case(*((first.c.zone == zone, literal(moment, time_type)) for zone, moment in due.items()), else_=at)
    default_line: ColumnElement[Any] = literal("")
    if lines:
        default_line = case(*((contacts.c.kind == kind, line) for kind, line in lines.items()), else_="")
    rows = select(
        literal(broadcast.id),
        first.c.person_id,
        first.c.contact_id,
        literal(broadcast.round_id),
        literal(broadcast.event),
        literal(lane),
        case((contacts.c.line != "", contacts.c.line), else_=default_line),
        first.c.language,
        first.c.zone,
        case((hindered, "suppressed"), else_="due"),
        case((first.c.contact_id.is_(None), "no_contact"), (quiet, "stopped"), else_=""),
        literal(broadcast.round_version),
        at,
        literal(broadcast.expires_at, time_type),
        literal(now, time_type),
    ).select_from(first.outerjoin(contacts, contacts.c.id == first.c.contact_id))
    names = "broadcast_id person_id contact_id round_id event lane line language zone state reason round_version"
    statement = (
        insert(deliveries)
        .from_select([*names.split(), "due_at", "expires_at", "created_at"], rows)
        .returning(deliveries.c.person_id, deliveries.c.state, deliveries.c.reason, deliveries.c.line)
    )
    counts: dict[tuple[str, str], int] = {}
    carried: dict[str, int] = {}
    last = broadcast.cursor
    written = 0
    for person_id, state, reason, line in await db.execute(statement):
        counts[state, reason] = counts.get((state, reason), 0) + 1
        if state == "due":
            carried[line] = carried.get(line, 0) + 1
        last = max(last, person_id)
        written += 1
    return written, last, [(state, reason, n) for (state, reason), n in counts.items()], carried


async def settled(db: AsyncConnection, broadcast_id: int) -> bool:
    """Nothing of this broadcast is due, under way or waiting for its resend."""
    row = await db.execute(
        select(deliveries.c.id)
        .where(
            deliveries.c.broadcast_id == broadcast_id,
            or_(
                deliveries.c.state.in_(("due", "sending")),
                and_(
                    deliveries.c.state == "unknown", deliveries.c.lease_until.is_not(None), deliveries.c.held.is_(False)
                ),
            ),
        )
        .limit(1)
    )
    return row.first() is None


async def waiting(db: AsyncConnection, broadcast_id: int, limit: int) -> list[int]:
    """Deliveries of a broadcast that have not left, locked."""
    rows = await db.execute(
        select(deliveries.c.id)
        .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.state == "due")
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [int(row[0]) for row in rows]


async def segments(db: AsyncConnection, broadcast_id: int) -> dict[str, int]:
    """Segments spent so far, by line."""
    rows = await db.execute(
        select(attempts.c.line, func.sum(attempts.c.segments))
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.broadcast_id == broadcast_id)
        .group_by(attempts.c.line)
    )
    return {line: int(n or 0) for line, n in rows}


@dataclass(frozen=True, slots=True)
class Untold:
    """One person a broadcast did not reach."""

    person_id: int
    name: str
    nik_masked: str
    region: str
    state: str
    reason: str


async def untold(db: AsyncConnection, broadcast_id: int, after: int, limit: int) -> list[Untold]:
    """Who was not told, and why; by person, from `after` on."""
    rows = await db.execute(
        select(
            people.c.id, people.c.name, people.c.nik_masked, people.c.region, deliveries.c.state, deliveries.c.reason
        )
        .join(people, people.c.id == deliveries.c.person_id)
        .where(
            deliveries.c.broadcast_id == broadcast_id,
            deliveries.c.state.in_(("suppressed", "failed", "expired", "cancelled", "unknown")),
            people.c.id > after,
        )
        .order_by(people.c.id)
        .limit(limit)
    )
    return [Untold(*row) for row in rows]


async def samples(
    db: AsyncConnection, people_ids: Select[Any], ladder: Sequence[str], limit: int
) -> list[tuple[str, str, str, str]]:
    """Some people of an audience who can be reached: (name, channel, language, zone), longest names first."""
    first = (
        select(people.c.id, people.c.name, people.c.language, people.c.zone, _reachable(ladder).label("contact_id"))
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
