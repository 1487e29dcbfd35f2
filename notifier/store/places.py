"""How a broadcast fares by village: kept rows that the clock brings up to date, so that no page counts deliveries.

Whether they are up to date is told by the kept counters: the two sums agree, or somebody looks again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Case, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.broadcasts import within
from notifier.store.schema import broadcasts, deliveries, people, place_looks, places, regions
from notifier.store.sweeps import NO_RECEIPT
from notifier.store.told import TOLD
from notifier.store.upsert import upsert

BATCH = 500  # villages written in one transaction
LENGTHS = (2, 5, 8, 13)  # of codes: province, regency, district, village
KINDS = ("told", "waiting", "unsure", "untold")


@dataclass(frozen=True, slots=True)
class Place:
    """One area: everybody there is in one of the four."""

    region: str
    name: str  # "" when the register never named it
    people: int
    told: int
    waiting: int
    unsure: int
    untold: int


@dataclass(frozen=True, slots=True)
class Look:
    """When a broadcast was last looked at so, and how many messages it had sent by then."""

    at: datetime
    attempts: int


def _kind() -> Case[str]:
    d = deliveries.c
    return case(
        (and_(d.state.in_(TOLD), d.reason == NO_RECEIPT), literal("unsure")),
        (d.state.in_(TOLD), literal("told")),
        (d.state.in_(("due", "sending")), literal("waiting")),
        (d.state == "unknown", literal("unsure")),
        else_=literal("untold"),
    )


async def counted(db: AsyncConnection, broadcast_id: int) -> list[tuple[str, dict[str, int]]]:
    """A broadcast's deliveries by village, counted from the rows: for the clock, never for a page."""
    kind = _kind().label("kind")
    each = (
        select(people.c.region, kind)
        .select_from(deliveries.join(people, people.c.id == deliveries.c.person_id))
        .where(deliveries.c.broadcast_id == broadcast_id)
        .subquery("each")
    )
    columns = [func.sum(case((each.c.kind == name, 1), else_=0)) for name in KINDS]
    rows = await db.execute(select(each.c.region, *columns).group_by(each.c.region))
    return [(row[0], dict(zip(KINDS, map(int, row[1:]), strict=True))) for row in rows]


async def kept(db: AsyncConnection, broadcast_id: int) -> dict[str, dict[str, int]]:
    """What is kept: village → kind → people."""
    columns = (places.c[name] for name in ("region", *KINDS))
    rows = await db.execute(select(*columns).where(places.c.broadcast_id == broadcast_id))
    return {row[0]: dict(zip(KINDS, map(int, row[1:]), strict=True)) for row in rows}


async def keep(db: AsyncConnection, broadcast_id: int, found: Sequence[tuple[str, Mapping[str, int]]]) -> None:
    """Keep what was counted in some villages."""
    statement = upsert(db, places)
    values = {name: statement.excluded[name] for name in KINDS}
    rows = [{"broadcast_id": broadcast_id, "region": code, **n} for code, n in found]
    await db.execute(statement.on_conflict_do_update(index_elements=["broadcast_id", "region"], set_=values), rows)


async def looked(db: AsyncConnection, broadcast_id: int, look: Look) -> None:
    """Write down that a broadcast was looked at."""
    row = {"broadcast_id": broadcast_id, "at": look.at, "attempts": look.attempts}
    statement = upsert(db, place_looks).values(row)
    await db.execute(statement.on_conflict_do_update(index_elements=["broadcast_id"], set_=row))


async def look(db: AsyncConnection, broadcast_id: int) -> Look | None:
    """When it was last looked at; None: never."""
    wanted = select(place_looks.c.at, place_looks.c.attempts).where(place_looks.c.broadcast_id == broadcast_id)
    row = (await db.execute(wanted)).first()
    return Look(row[0], int(row[1])) if row else None


async def begun(db: AsyncConnection, before: datetime, since: datetime, limit: int = 50) -> list[int]:
    """Broadcasts that have begun, are not long over, and were not looked at since an instant; the newest first."""
    rows = await db.execute(
        select(broadcasts.c.id)
        .outerjoin(place_looks, place_looks.c.broadcast_id == broadcasts.c.id)
        .where(
            broadcasts.c.expanded > 0,
            broadcasts.c.expires_at > since,
            or_(place_looks.c.at.is_(None), place_looks.c.at < before),
        )
        .order_by(broadcasts.c.id.desc())
        .limit(limit)
    )
    return [int(row[0]) for row in rows]


async def sums(db: AsyncConnection, broadcast_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """What is kept by village, summed: broadcast → kind → people."""
    columns = [func.sum(places.c[name]) for name in KINDS]
    rows = await db.execute(
        select(places.c.broadcast_id, *columns)
        .where(places.c.broadcast_id.in_(broadcast_ids))
        .group_by(places.c.broadcast_id)
    )
    return {int(row[0]): dict(zip(KINDS, map(int, row[1:]), strict=True)) for row in rows}


async def of(db: AsyncConnection, broadcast_id: int, region: str, length: int) -> list[Place]:
    """What is kept of a broadcast inside a region, by areas whose codes have this length, by code."""
    area = func.substr(places.c.region, 1, length).label("area")
    columns = [func.sum(places.c[name]).label(name) for name in KINDS]
    each = (
        select(area, *columns)
        .where(places.c.broadcast_id == broadcast_id, within(places.c.region, region))
        .group_by(area)
        .subquery("by_area")
    )
    rows = await db.execute(
        select(each.c.area, func.coalesce(regions.c.name, ""), *(each.c[name] for name in KINDS))
        .select_from(each.outerjoin(regions, regions.c.code == each.c.area))
        .order_by(each.c.area)
    )
    return [Place(row[0], row[1], sum(map(int, row[2:])), *map(int, row[2:])) for row in rows]


async def lengths(db: AsyncConnection, broadcast_id: int, region: str) -> dict[int, int]:
    """How many areas of each size there are inside a region: length of the code → areas."""
    inside = select(places.c.region).where(places.c.broadcast_id == broadcast_id, within(places.c.region, region))
    villages = inside.subquery("inside")
    columns = [func.count(func.distinct(func.substr(villages.c.region, 1, n))) for n in LENGTHS]
    row = (await db.execute(select(*columns).select_from(villages))).one()
    return dict(zip(LENGTHS, map(int, row), strict=True))
