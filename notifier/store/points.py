"""Distribution points: where rounds take place, and what each can take. Decides nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.broadcasts import within
from notifier.store.rounds import Round
from notifier.store.schema import broadcasts, points, rounds


@dataclass(frozen=True, slots=True)
class Point:
    """One place where aid is handed out."""

    id: int
    code: str
    name: str
    region: str
    address: str
    latitude: float | None
    longitude: float | None
    per_hour: int | None  # people it takes; None: not known
    per_day: int | None
    hours: str  # "Sen-Jum 08:00-15:00"; "": not known
    zone: str  # IANA name
    state: str  # open, closed
    version: int


_POINT = [points.c[name] for name in Point.__dataclass_fields__]
_ROUND = [rounds.c[name] for name in Round.__dataclass_fields__]


async def get(db: AsyncConnection, point_id: int, *, lock: bool = False) -> Point | None:
    """One point; with `lock` nobody else changes it until the transaction ends."""
    wanted = select(*_POINT).where(points.c.id == point_id)
    row = (await db.execute(wanted.with_for_update(key_share=True) if lock else wanted)).first()
    return Point(*row) if row else None


async def by_codes(db: AsyncConnection, codes: Collection[str]) -> dict[str, Point]:
    """The points that exist among these codes."""
    if not codes:
        return {}
    rows = await db.execute(select(*_POINT).where(points.c.code.in_(codes)))
    return {row.code: Point(*row) for row in rows}


async def page(db: AsyncConnection, region: str, after: str, limit: int) -> list[Point]:
    """Points of a region beyond a code, by code."""
    wanted = select(*_POINT).where(within(points.c.region, region), points.c.code > after)
    return [Point(*row) for row in await db.execute(wanted.order_by(points.c.code).limit(limit))]


async def create(db: AsyncConnection, values: Mapping[str, Any], now: datetime) -> int:
    """Write a new point; returns its id."""
    row = {**values, "created_at": now, "updated_at": now}
    return int((await db.execute(insert(points).values(row).returning(points.c.id))).scalar_one())


async def edit(db: AsyncConnection, of: Point, values: Mapping[str, Any], now: datetime) -> None:
    """Change a point, locked by the caller."""
    row = {**values, "version": of.version + 1, "updated_at": now}
    await db.execute(update(points).where(points.c.id == of.id).values(row))


async def place(db: AsyncConnection, round_id: int, point_id: int | None) -> None:
    """Say where a round takes place; what citizens read of it is the round's own."""
    await db.execute(update(rounds).where(rounds.c.id == round_id).values(point_id=point_id))


async def rounds_at(db: AsyncConnection, point_ids: Collection[int], after: datetime, limit: int = 200) -> list[Round]:
    """Open rounds at these points that close after a time, soonest first."""
    mine = (rounds.c.point_id.in_(point_ids), rounds.c.state == "open", rounds.c.closes_at > after)
    wanted = select(*_ROUND).where(*mine).order_by(rounds.c.opens_at, rounds.c.id).limit(limit)
    return [Round(*row) for row in await db.execute(wanted)]


async def people_of(db: AsyncConnection, round_ids: Collection[int]) -> dict[int, int]:
    """Round → how many people it is for, as its newest plan counted them."""
    if not round_ids:
        return {}
    n = case((broadcasts.c.audience > 0, broadcasts.c.audience), else_=broadcasts.c.approved_audience)
    rows = await db.execute(
        select(broadcasts.c.round_id, func.max(n))
        .where(broadcasts.c.round_id.in_(round_ids), broadcasts.c.event.in_(("round_announced", "round_reminder")))
        .group_by(broadcasts.c.round_id)
    )
    return {int(row[0]): int(row[1]) for row in rows}


async def named(db: AsyncConnection, point_ids: Collection[int]) -> Sequence[Point]:
    """These points."""
    if not point_ids:
        return []
    return [Point(*row) for row in await db.execute(select(*_POINT).where(points.c.id.in_(point_ids)))]


async def names(db: AsyncConnection, codes: Collection[str]) -> dict[str, str]:
    """What the points among these codes are called."""
    rows = await db.execute(select(points.c.code, points.c.name).where(points.c.code.in_(tuple(codes))))
    return {str(code): str(name) for code, name in rows}
