"""What the radar looks at, each in one statement: complaints by round and kind, amounts that are named, people who deny
what the record says was paid; and its alarms.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import (
    alarms,
    broadcasts,
    entitlement_changes,
    entitlements,
    levies,
    people,
    reporters,
    rounds,
    tickets,
)
from notifier.store.schema import points as sites
from notifier.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Point:
    """Complaints of one kind about a round and the point where it was handed out when they came."""

    round_id: int
    code: str
    venue: str
    region: str  # that the round served then
    kind: str
    people: int  # distinct keyed names
    complaints: int
    entitled: int  # 0: nobody has counted them
    point: str = ""  # by which it is told from others: its code, or the venue of a round without one


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, and who has taken note of it."""

    id: int
    round_id: int
    code: str
    venue: str
    kind: str
    region: str
    people: int
    expected: float
    evidence: tuple[int, ...]  # tickets
    at: datetime
    account_id: int | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Named:
    """An amount that several tickets of a round name, or a word without one."""

    code: str
    kind: str
    amount: int | None
    tickets: int
    words: str  # of one of them


@dataclass(frozen=True, slots=True)
class Denied:
    """Somebody who says that they have not what the record says was paid."""

    id: int  # of their word
    name: str
    nik_masked: str
    region: str
    code: str
    venue: str
    at: datetime


def _within(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """SQL of `roles.covers`."""
    prefix = prefix.rstrip(".")
    if not prefix:
        return column.is_not(None)
    return or_(column == prefix, column.startswith(f"{prefix}.", autoescape=True))


def _about(kinds: Mapping[str, str], since: datetime) -> ColumnElement[bool]:
    return and_(
        (tickets.c.round_id + 0).is_not(None),  # no reason for an engine to go through every round there ever was
        tickets.c.opened_at >= since,
        or_(tickets.c.category.in_(tuple(kinds)), tickets.c.shielded),
        tickets.c.status.not_in(("merged", "rejected")),
        tickets.c.channel != "incident",  # nobody reported it
    )


def _kind(kinds: Mapping[str, str], hidden: str) -> ColumnElement[str]:
    """What a complaint counts for: by its category, or as `hidden` where its own office must not know of it."""
    whens: list[tuple[Any, Any]] = [
        (tickets.c.category == name, literal_column(f"'{of}'")) for name, of in kinds.items()
    ]
    return case((tickets.c.shielded, literal_column(f"'{hidden}'")), *whens)


async def points(db: AsyncConnection, kinds: Mapping[str, str], hidden: str, since: datetime) -> list[Point]:
    """Complaints since then by round, point and kind; `kinds`: category → kind, and what is hidden counts for one."""
    kind = _kind(kinds, hidden)
    counted = (
        select(
            tickets.c.round_id,
            tickets.c.point,
            func.min(tickets.c.venue).label("venue"),
            func.min(tickets.c.venue_region).label("region"),
            kind.label("kind"),
            func.count(func.coalesce(reporters.c.person_index, reporters.c.address_index).distinct()).label("people"),
            func.count().label("n"),
        )
        .join(reporters, reporters.c.ticket_id == tickets.c.id)
        .where(_about(kinds, since))
        .group_by(tickets.c.round_id, tickets.c.point, literal_column("kind"))
        .subquery()
    )
    audience = (
        select(func.coalesce(func.max(broadcasts.c.audience), 0))
        .where(broadcasts.c.round_id == counted.c.round_id)
        .scalar_subquery()
    )
    c, r = counted.c, rounds.c
    called = func.coalesce(sites.c.name, c.venue)  # as it is called by now
    wanted = select(r.id, r.code, called, c.region, c.kind, c.people, c.n, audience, c.point)
    wanted = wanted.join(counted, c.round_id == r.id).outerjoin(sites, sites.c.code == c.point)
    return [Point(*row) for row in await db.execute(wanted)]


async def evidence(
    db: AsyncConnection, of: Point, kinds: Mapping[str, str], hidden: str, since: datetime, limit: int = 500
) -> list[tuple[int, bytes]]:
    """(ticket, sealed reporter) of the complaints that a point counts, oldest first."""
    wanted = (
        select(tickets.c.id, reporters.c.sealed)
        .join(reporters, reporters.c.ticket_id == tickets.c.id)
        .where(
            _about(kinds, since),
            _kind(kinds, hidden) == of.kind,
            tickets.c.round_id == of.round_id,
            tickets.c.point == of.point,
        )
        .order_by(tickets.c.id)
        .limit(limit)
    )
    return [(int(ticket), bytes(sealed)) for ticket, sealed in await db.execute(wanted)]


async def known(db: AsyncConnection) -> set[tuple[int, str, str]]:
    """(round, point, kind) of every alarm there was."""
    rows = await db.execute(select(alarms.c.round_id, alarms.c.point, alarms.c.kind))
    return {(int(of), str(point), str(kind)) for of, point, kind in rows}


async def ring(db: AsyncConnection, row: Mapping[str, Any]) -> int | None:
    """Write an alarm; None when this round has rung for this kind at this point already."""
    statement = upsert(db, alarms).values(**row)
    done = await db.execute(
        statement.on_conflict_do_nothing(index_elements=["round_id", "point", "kind"]).returning(alarms.c.id)
    )
    found = done.scalar_one_or_none()
    return None if found is None else int(found)


async def alarms_of(db: AsyncConnection, region: str, limit: int = 20) -> list[Alarm]:
    """Alarms that an area sees, those that nobody has taken note of first, then the newest."""
    a, r = alarms.c, rounds.c
    wanted = (
        select(
            a.id,
            a.round_id,
            r.code,
            a.venue,
            a.kind,
            a.region,
            a.people,
            a.expected,
            a.evidence,
            a.at,
            a.account_id,
            a.taken_at,
        )
        .join(rounds, r.id == a.round_id)
        .where(_within(a.region, region))
        .order_by(case((a.taken_at.is_(None), 0), else_=1), a.id.desc())
        .limit(limit)
    )
    return [Alarm(**{**row, "evidence": tuple(row["evidence"])}) for row in (await db.execute(wanted)).mappings()]


async def get(db: AsyncConnection, alarm_id: int) -> tuple[str, datetime | None] | None:
    """(region, when somebody took note) of an alarm, locked."""
    wanted = select(alarms.c.region, alarms.c.taken_at).where(alarms.c.id == alarm_id).with_for_update()
    row = (await db.execute(wanted)).first()
    return (str(row[0]), row[1]) if row else None


async def take(db: AsyncConnection, alarm_id: int, account_id: int, at: datetime) -> None:
    """Somebody has taken note of an alarm."""
    await db.execute(update(alarms).where(alarms.c.id == alarm_id).values(account_id=account_id, taken_at=at))


async def numbers(db: AsyncConnection, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Ticket → (number, region that sees it)."""
    t = tickets.c
    rows = await db.execute(select(t.id, t.number, t.region).where(t.id.in_(tuple(ids))))
    return {int(i): (str(number), str(region)) for i, number, region in rows}


async def named(db: AsyncConnection, region: str, since: datetime, limit: int = 20) -> list[Named]:
    """What is said to be asked or taken, by round and amount, the most frequent first."""
    n = func.count(levies.c.ticket_id.distinct())
    code = func.coalesce(rounds.c.code, "")
    wanted = (
        select(code, levies.c.kind, levies.c.amount, n, func.min(levies.c.words))
        .join(tickets, tickets.c.id == levies.c.ticket_id)
        .outerjoin(rounds, rounds.c.id == tickets.c.round_id)
        .where(tickets.c.opened_at >= since, _within(tickets.c.region, region))
        .group_by(code, levies.c.kind, levies.c.amount)
        .order_by(n.desc(), code, levies.c.kind, levies.c.amount)
        .limit(limit)
    )
    return [Named(*row) for row in await db.execute(wanted)]


# In the words of its partial index.
_DENIED = text("entitlement_changes.who = 'citizen' AND entitlement_changes.status = 'DISALURKAN'")


async def denied(db: AsyncConnection, region: str, before: int | None, limit: int) -> Sequence[Denied]:
    """Who says, in answer to us, that they have not what the record says was paid; the newest word first, each once."""
    c, e, p, r = entitlement_changes.c, entitlements.c, people.c, rounds.c
    later = entitlement_changes.alias("later")
    newest = ~select(later.c.id).where(later.c.entitlement_id == c.entitlement_id, later.c.id > c.id).exists()
    wanted = (
        select(c.id, p.name, p.nik_masked, p.region, r.code, r.venue, c.at)
        .join(entitlements, e.id == c.entitlement_id)
        .join(people, p.id == e.person_id)
        .join(rounds, r.id == e.round_id)
        .where(_DENIED, e.record == "DISALURKAN", newest, _within(p.region, region))
        .order_by(c.id.desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(c.id < before)
    return [Denied(*row) for row in await db.execute(wanted)]
