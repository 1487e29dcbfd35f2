"""All that is kept about one person, for the page about them: read by indexes alone, however large the register is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import NOT_SENT
from notifier.store.schema import (
    attempts,
    broadcasts,
    contacts,
    deliveries,
    enrolments,
    entitlements,
    people,
    person_acts,
    regions,
    rounds,
    silences,
)

ARRIVED = ("accepted", "delivered", "read")
LIVE = ("due", "sending")


@dataclass(frozen=True, slots=True)
class Whole:
    """A row of the register as it stands; sealed values stay sealed."""

    id: int
    nik: bytes
    nik_index: bytes
    nik_masked: str
    kk: bytes | None
    kk_index: bytes | None
    name: str
    sex: str
    born: date | None
    address: str
    rt: str
    rw: str
    region: str
    zone: str
    language: str
    prefers: str
    flags: Sequence[str]
    silenced_at: datetime | None
    merged_into_id: int | None
    erased_at: datetime | None
    import_id: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """One address of a person."""

    id: int
    person_id: int
    kind: str
    address: str
    state: str
    reason: str
    stopped_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Right:
    """What a person has, or had, in one round."""

    code: str
    programme: str
    period: str
    status: str
    since: date | None
    closes_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to a person, and what became of it."""

    id: int
    event: str
    state: str
    reason: str
    line: str
    broadcast_id: int | None
    round_code: str | None
    created_at: datetime
    settled_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class Done:
    """What staff did about a person."""

    at: datetime
    who: str
    act: str
    why: str
    facts: Mapping[str, Any]


_WHOLE = [people.c[name] for name in Whole.__dataclass_fields__]
_REACH = [contacts.c[name] for name in Reach.__dataclass_fields__]


async def get(db: AsyncConnection, person_id: int, *, lock: bool = False) -> Whole | None:
    """One row of the register, merged or erased ones too."""
    wanted = select(*_WHOLE).where(people.c.id == person_id)
    row = (await db.execute(wanted.with_for_update() if lock else wanted)).first()
    return Whole(*row) if row else None


async def several(db: AsyncConnection, ids: Collection[int]) -> dict[int, Whole]:
    """These rows of the register, by id."""
    return {row[0]: Whole(*row) for row in await db.execute(select(*_WHOLE).where(people.c.id.in_(ids)))}


async def of_delivery(db: AsyncConnection, delivery_id: int) -> int | None:
    """Whom a message was for."""
    row = (await db.execute(select(deliveries.c.person_id).where(deliveries.c.id == delivery_id))).first()
    return int(row[0]) if row and row[0] is not None else None


async def village(db: AsyncConnection, code: str) -> str:
    """The name of a region; "" when no register named it."""
    row = (await db.execute(select(regions.c.name).where(regions.c.code == code))).first()
    return str(row[0]) if row else ""


async def aliases(db: AsyncConnection, person_id: int) -> list[int]:
    """The person, and the rows that turned out to be them."""
    merged = select(people.c.id).where(people.c.merged_into_id == person_id).order_by(people.c.id)
    return [person_id, *(int(row[0]) for row in await db.execute(merged))]


async def reaches(db: AsyncConnection, person_id: int) -> list[Reach]:
    """Every address of a person, in the order they came."""
    mine = select(*_REACH).where(contacts.c.person_id == person_id).order_by(contacts.c.id)
    return [Reach(*row) for row in await db.execute(mine)]


async def silent(db: AsyncConnection, addresses: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (kind, address) have said STOP."""
    named = {address for _, address in addresses}
    rows = await db.execute(select(silences.c.kind, silences.c.address).where(silences.c.address.in_(named)))
    return {(kind, address) for kind, address in rows} & set(addresses)


async def lately(db: AsyncConnection, indexes: Collection[bytes]) -> dict[bytes, dict[str, datetime]]:
    """Address (its keyed name) → state → when an attempt to reach it last ended so. What was handed back before it
    left, as by a pause, is no failure of the address.
    """
    when = func.max(func.coalesce(attempts.c.settled_at, attempts.c.started_at))
    grouped = select(attempts.c.address_index, attempts.c.state, when.label("at"))
    grouped = grouped.where(attempts.c.address_index.in_(indexes), attempts.c.reason != NOT_SENT)
    found: dict[bytes, dict[str, datetime]] = {}
    for index, state, at in await db.execute(grouped.group_by(attempts.c.address_index, attempts.c.state)):
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        found.setdefault(bytes(index), {})[state] = moment
    return found


async def programmes(db: AsyncConnection, person_id: int) -> list[tuple[str, str, datetime]]:
    """(programme, status, since) of a person."""
    columns = (enrolments.c.programme, enrolments.c.status, enrolments.c.updated_at)
    rows = await db.execute(select(*columns).where(enrolments.c.person_id == person_id).order_by(columns[0]))
    return [(programme, status, at) for programme, status, at in rows]


async def rights(db: AsyncConnection, ids: Sequence[int], limit: int) -> list[Right]:
    """What these rows have in rounds, newest first."""
    r, e = rounds.c, entitlements.c
    wanted = select(r.code, r.programme, r.period, e.status, e.since, r.closes_at, r.zone)
    wanted = wanted.join(rounds, r.id == e.round_id).where(e.person_id.in_(ids)).order_by(e.id.desc()).limit(limit)
    return [Right(*row) for row in await db.execute(wanted)]


async def notices(db: AsyncConnection, ids: Sequence[int], limit: int) -> list[Notice]:
    """Messages to these rows, newest first. Answers to reports are none of them: they name no person."""
    d = deliveries.c
    columns = (d.id, d.event, d.state, d.reason, d.line, d.broadcast_id, rounds.c.code, d.created_at, d.settled_at)
    wanted = select(*columns, d.zone).outerjoin(rounds, rounds.c.id == d.round_id)
    wanted = wanted.where(d.person_id.in_(ids)).order_by(d.id.desc()).limit(limit)
    return [Notice(*tuple(row)) for row in await db.execute(wanted)]


async def under_way(db: AsyncConnection, ids: Sequence[int]) -> bool:
    """Whether a message to these rows may still leave, or its fate is still open."""
    d = deliveries.c
    open_ended = d.state.in_(LIVE) | (d.state.in_(("unknown", "accepted")) & d.lease_until.is_not(None)) | d.held
    return (await db.execute(select(d.id).where(d.person_id.in_(ids), open_ended).limit(1))).first() is not None


async def walked(db: AsyncConnection, ids: Sequence[int]) -> str:
    """The code of a round whose audience is being walked through just now and may hold these people, or the number of a
    general notice; "" for none.
    """
    mine = select(enrolments.c.programme).where(enrolments.c.person_id.in_(ids))
    there = select(people.c.id).where(people.c.id.in_(ids), people.c.region.startswith(broadcasts.c.region))
    walking = broadcasts.c.state.in_(("canary", "expanding")) | (
        broadcasts.c.state.in_(("paused", "asking")) & (broadcasts.c.cursor > 0)
    )
    wanted = select(rounds.c.code, broadcasts.c.id).select_from(broadcasts)
    wanted = wanted.outerjoin(rounds, rounds.c.id == broadcasts.c.round_id)
    theirs = or_(rounds.c.programme.in_(mine), and_(broadcasts.c.round_id.is_(None), there.exists()))
    row = (await db.execute(wanted.where(walking, theirs).limit(1))).first()
    return (row[0] or f"notice:{row[1]}") if row else ""


async def told_of(db: AsyncConnection, person_id: int, now: datetime) -> tuple[str, datetime] | None:
    """(code, end) of a round that is not over, or may still be asked about, and that this row was told of."""
    serves = deliveries.c.expires_at  # the silent are asked once more until the question serves no longer
    end = case((serves > rounds.c.closes_at, serves), else_=rounds.c.closes_at)
    wanted = select(rounds.c.code, end).join(deliveries, deliveries.c.round_id == rounds.c.id)
    wanted = wanted.where(deliveries.c.person_id == person_id, deliveries.c.state != "suppressed", end > now)
    row = (await db.execute(wanted.order_by(end.desc()).limit(1))).first()
    return (str(row[0]), row[1]) if row else None


async def done(db: AsyncConnection, ids: Sequence[int], limit: int) -> list[Done]:
    """What staff did about these rows, newest first."""
    p = person_acts.c
    wanted = select(p.at, p.who, p.act, p.why, p.facts).where(p.person_id.in_(ids)).order_by(p.id.desc()).limit(limit)
    return [Done(*row) for row in await db.execute(wanted)]


async def note(
    db: AsyncConnection, person_id: int, act: str, who: str, why: str, now: datetime, facts: Mapping[str, Any]
) -> None:
    """Keep what was done, and why."""
    row = {"person_id": person_id, "at": now, "who": who, "act": act, "why": why, "facts": dict(facts)}
    await db.execute(insert(person_acts).values(row))


async def put(db: AsyncConnection, person_id: int, values: Mapping[str, Any]) -> None:
    """Give a row new values."""
    await db.execute(update(people).where(people.c.id == person_id).values(**values))
