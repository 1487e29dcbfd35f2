"""How rounds went, by area, kept: written by whoever counts a round anew, read by pages that never count people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.boards import level
from notifier.store.broadcasts import within
from notifier.store.schema import regions, round_figures, round_looks, rounds, tickets
from notifier.store.silence import Village
from notifier.store.straight import many
from notifier.store.upsert import upsert

COUNTS = ("people", "told", "confirmed", "denied", "silent", "unreachable", "other", "complaints")
SLICE = 500  # rows written in one transaction
VILLAGES = 4  # the level of a village
AREAS = 600  # of one page


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a round, of an area, or of several together."""

    key: str  # code of the round, or of the region
    name: str  # its period, or the region's name
    at: datetime | None  # when the round opens
    people: int
    told: int
    confirmed: int
    denied: int
    silent: int
    unreachable: int
    other: int
    complaints: int


# --- written ---------------------------------------------------------------------------------------------------------


async def due(db: AsyncConnection, since: datetime, now: datetime, limit: int) -> list[tuple[int, datetime]]:
    """Rounds to be counted: (id, when it closes). One that was never counted is, unless it closed before `since`."""
    never = and_(round_looks.c.round_id.is_(None), rounds.c.closes_at >= since)
    rows = await db.execute(
        select(rounds.c.id, rounds.c.closes_at)
        .select_from(rounds.outerjoin(round_looks, round_looks.c.round_id == rounds.c.id))
        .where(or_(never, round_looks.c.wake <= now))
        .order_by(func.coalesce(round_looks.c.wake, since), rounds.c.id)
        .limit(limit)
    )
    return [(int(number), closes) for number, closes in rows]


async def complaints(db: AsyncConnection, round_id: int) -> dict[str, int]:
    """Complaints about a round by the office that sees them: what is hidden from an office is not told to it."""
    rows = await db.execute(
        select(tickets.c.region, func.count())
        .where(tickets.c.round_id == round_id, tickets.c.status != "merged")
        .group_by(tickets.c.region)
    )
    return {region: int(n) for region, n in rows}


async def there(db: AsyncConnection, round_id: int) -> set[str]:
    """The areas a round has figures of."""
    rows = await db.execute(select(round_figures.c.region).where(round_figures.c.round_id == round_id))
    return {str(region) for region in rows.scalars()}


async def write(db: AsyncConnection, round_id: int, rows: Sequence[tuple[str, Mapping[str, int]]]) -> None:
    """Write the figures of some areas."""
    statement: Any = upsert(db, round_figures)
    statement = statement.on_conflict_do_update(
        index_elements=["round_id", "level", "region"], set_={name: statement.excluded[name] for name in COUNTS}
    )
    values = [{"round_id": round_id, "level": level(area), "region": area, **counts} for area, counts in rows]
    await many(db, statement, values)


async def looked(db: AsyncConnection, round_id: int, now: datetime, wake: datetime | None) -> None:
    """Note that a round was counted, and when it is again."""
    statement = upsert(db, round_looks).values(round_id=round_id, at=now, wake=wake)
    await db.execute(statement.on_conflict_do_update(index_elements=["round_id"], set_={"at": now, "wake": wake}))


# --- read ------------------------------------------------------------------------------------------------------------


async def of_rounds(
    db: AsyncConnection, programme: str, region: str, area: str, limit: int
) -> tuple[list[tuple[int, Figures]], datetime | None]:
    """The newest rounds of a programme in a region with their figures of an area, oldest first; and when the oldest of
    these figures was made.
    """
    f, prefix = round_figures.c, area.rstrip(".")
    mine = and_(f.round_id == rounds.c.id, f.level == level(prefix), f.region == prefix)
    rows = await db.execute(
        select(
            rounds.c.id,
            round_looks.c.at,
            rounds.c.code,
            rounds.c.period,
            rounds.c.opens_at,
            *(func.coalesce(f[name], 0) for name in COUNTS),
        )
        .select_from(
            rounds.outerjoin(round_figures, mine).outerjoin(round_looks, round_looks.c.round_id == rounds.c.id)
        )
        .where(rounds.c.programme == programme, within(rounds.c.region, region.rstrip(".")))
        .order_by(rounds.c.opens_at.desc(), rounds.c.id.desc())
        .limit(limit)
    )
    found = [(int(number), at, Figures(*rest)) for number, at, *rest in rows][::-1]
    return [(number, one) for number, _, one in found], min((at for _, at, _ in found if at), default=None)


async def by_area(db: AsyncConnection, round_ids: Collection[int], area: str) -> list[Figures]:
    """The same rounds together, by the areas just below one."""
    if not round_ids:
        return []
    f, prefix = round_figures.c, area.rstrip(".")
    below = and_(f.region > f"{prefix}.", f.region < f"{prefix}/") if prefix else f.region != ""  # "/" follows "."
    rows = await db.execute(
        select(f.region, func.coalesce(regions.c.name, ""), *(func.sum(f[name]) for name in COUNTS))
        .select_from(round_figures.outerjoin(regions, regions.c.code == f.region))
        .where(f.round_id.in_(round_ids), f.level == level(prefix) + 1, below)
        .group_by(f.region, regions.c.name)
        .having(func.sum(f.people) + func.sum(f.complaints) > 0)
        .order_by(f.region)
        .limit(AREAS)
    )
    return [Figures(code, name, None, *map(int, counts)) for code, name, *counts in rows]


async def name_of(db: AsyncConnection, area: str) -> str:
    """What the register calls an area; "" when it never named it."""
    row = (await db.execute(select(regions.c.name).where(regions.c.code == area.rstrip(".")))).first()
    return str(row[0]) if row else ""


async def size(db: AsyncConnection, round_id: int) -> tuple[int, datetime | None]:
    """How many people a round has, and when that was counted; None when it never was."""
    f = round_figures.c
    row = (
        await db.execute(
            select(func.coalesce(f.people, 0), round_looks.c.at)
            .select_from(round_looks.outerjoin(round_figures, and_(f.round_id == round_looks.c.round_id, f.level == 0)))
            .where(round_looks.c.round_id == round_id)
        )
    ).first()
    return (int(row[0]), row[1]) if row else (0, None)


async def villages(db: AsyncConnection, round_id: int, region: str) -> list[Village]:
    """A round's villages within a region, by code, as they were counted last."""
    f = round_figures.c
    counts = [name for name in COUNTS if name != "complaints"]
    rows = await db.execute(
        select(f.region, func.coalesce(regions.c.name, ""), *(f[name] for name in counts))
        .select_from(round_figures.outerjoin(regions, regions.c.code == f.region))
        .where(f.round_id == round_id, f.level == VILLAGES, f.people > 0, within(f.region, region.rstrip(".")))
        .order_by(f.region)
    )
    return [Village(*row) for row in rows]
