"""Rows of series: plans that come again, the rounds they are for, and the occurrences that were made of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import rounds as round_rows
from notifier.store.broadcasts import WITH_ROUNDS, within
from notifier.store.rounds import Round
from notifier.store.schema import LARGEST_ID, broadcasts, rounds, series

BEFORE = ("planned", "approved", "asking")


@dataclass(frozen=True, slots=True)
class Series:
    """One plan that comes again."""

    id: int
    name: str
    event: str
    programme: str
    region: str
    rule: Mapping[str, Any] | None
    every: str
    day: int
    hour: str  # 09:00
    most: int
    cap: int | None
    state: str  # planned, approved, paused, ended
    planned_by: str
    planned_at: datetime
    approved_by: str
    approved_at: datetime | None
    since: datetime | None
    text: str  # what a general notice says


_SERIES = tuple(series.c[name] for name in Series.__dataclass_fields__)


async def create(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """Write a plan; returns its id."""
    return int((await db.execute(insert(series).values(**row).returning(series.c.id))).scalar_one())


async def get(db: AsyncConnection, series_id: int, *, lock: bool = False) -> Series | None:
    """One plan."""
    if not 0 < series_id <= LARGEST_ID:
        return None
    wanted = select(*_SERIES).where(series.c.id == series_id)
    row = (await db.execute(wanted.with_for_update() if lock else wanted)).first()
    return Series(*row) if row else None


async def page(db: AsyncConnection, region: str, limit: int = 100) -> list[Series]:
    """The plans of a region and below, newest first; what is ended last."""
    wanted = select(*_SERIES).where(within(series.c.region, region)).limit(limit)
    return [Series(*row) for row in await db.execute(wanted.order_by(series.c.state == "ended", series.c.id.desc()))]


async def active(db: AsyncConnection) -> list[Series]:
    """The plans that occurrences are made of."""
    return [Series(*row) for row in await db.execute(select(*_SERIES).where(series.c.state == "approved"))]


async def covering(db: AsyncConnection, of: Round) -> list[Series]:
    """The active plans that are for everybody of this round."""
    wanted = select(*_SERIES).where(
        series.c.state == "approved",
        series.c.programme == of.programme,
        or_(series.c.region == "", series.c.region.in_(round_rows.areas_of(of.region))),
    )
    return [found for found in (Series(*row) for row in await db.execute(wanted)) if not found.rule]


async def change(db: AsyncConnection, series_id: int, was: Sequence[str], **values: Any) -> bool:
    """Change a plan that is still in one of these states; False when it no longer is."""
    statement = update(series).where(series.c.id == series_id, series.c.state.in_(tuple(was))).values(**values)
    return (await db.execute(statement.returning(series.c.id))).first() is not None


async def rounds_between(
    db: AsyncConnection, s: Series, opens: tuple[datetime, datetime], closes_after: datetime, limit: int = 5_000
) -> list[Round]:
    """The open rounds of a plan's programme and area that open in a span of time and are not over at an instant."""
    columns = [rounds.c[name] for name in Round.__dataclass_fields__]
    rows = await db.execute(
        select(*columns)
        .where(
            rounds.c.programme == s.programme,
            within(rounds.c.region, s.region),
            rounds.c.state == "open",
            rounds.c.opens_at.between(*opens),
            rounds.c.closes_at > closes_after,
        )
        .order_by(rounds.c.opens_at, rounds.c.id)
        .limit(limit)
    )
    return [Round(*row) for row in rows]


async def rounds_ahead(
    db: AsyncConnection, programmes: Collection[str], opens: tuple[datetime, datetime], limit: int = 5_000
) -> list[Round]:
    """The open rounds of several programmes that open in a span of time, soonest first."""
    columns = [rounds.c[name] for name in Round.__dataclass_fields__]
    rows = await db.execute(
        select(*columns)
        .where(rounds.c.programme.in_(programmes), rounds.c.state == "open", rounds.c.opens_at.between(*opens))
        .order_by(rounds.c.opens_at, rounds.c.id)
        .limit(limit)
    )
    return [Round(*row) for row in rows]


async def made_since(db: AsyncConnection, series_ids: Collection[int], since: datetime) -> set[tuple[int, int, str]]:
    """(series, round or 0, occurrence) of these plans whose time is after an instant."""
    rows = await db.execute(
        select(broadcasts.c.series_id, func.coalesce(broadcasts.c.round_id, 0), broadcasts.c.occurrence)
        .select_from(WITH_ROUNDS)
        .where(
            broadcasts.c.series_id.in_(series_ids),
            broadcasts.c.at > since,
            or_(
                broadcasts.c.round_id.is_(None),
                broadcasts.c.round_version == rounds.c.version,
                broadcasts.c.expanded > 0,
            ),
        )
    )
    return {(int(row[0]), int(row[1]), str(row[2])) for row in rows}


async def made_alone(db: AsyncConnection, series_id: int) -> set[str]:
    """The occurrences about no round that exist."""
    alone = (broadcasts.c.series_id == series_id, broadcasts.c.round_id.is_(None))
    return set((await db.execute(select(broadcasts.c.occurrence).where(*alone))).scalars())


async def take_back(db: AsyncConnection, series_id: int, states: Sequence[str], why: str) -> list[int]:
    """Stop the occurrences about no round in these states that nobody was told of yet. They are occurrences no longer,
    so that each can be made anew.
    """
    taken = (
        update(broadcasts)
        .where(
            broadcasts.c.series_id == series_id,
            broadcasts.c.round_id.is_(None),
            broadcasts.c.state.in_(tuple(states)),
            broadcasts.c.expanded == 0,
        )
        .values(state="stopped", why=why, occurrence="", paused_from="", wake=None)
    )
    return sorted((await db.execute(taken.returning(broadcasts.c.id))).scalars())


async def made(db: AsyncConnection, series_id: int, round_ids: Collection[int]) -> set[tuple[int, str]]:
    """(round, occurrence) that exist: of the round as it is now, or begun while it was otherwise."""
    rows = await db.execute(
        select(broadcasts.c.round_id, broadcasts.c.occurrence)
        .join(rounds, rounds.c.id == broadcasts.c.round_id)
        .where(
            broadcasts.c.series_id == series_id,
            broadcasts.c.round_id.in_(tuple(round_ids)),
            or_(broadcasts.c.round_version == rounds.c.version, broadcasts.c.expanded > 0),
        )
    )
    return {(int(row[0]), str(row[1])) for row in rows}


async def give_way(db: AsyncConnection, round_id: int, event: str, at: datetime, why: str) -> list[int]:
    """Take back what the clock planned of itself for the same: a question, or a reminder of the same hour."""
    taken = update(broadcasts).where(
        broadcasts.c.round_id == round_id,
        broadcasts.c.event == event,
        broadcasts.c.planned_by == "clock",
        broadcasts.c.series_id.is_(None),
        broadcasts.c.parent_id.is_(None),
        broadcasts.c.state.in_(BEFORE),
        broadcasts.c.expanded == 0,
    )
    if event != "receipt_question":
        taken = taken.where(broadcasts.c.at.between(at - timedelta(minutes=1), at + timedelta(minutes=1)))
    rows = await db.execute(taken.values(state="stopped", why=why, wake=None).returning(broadcasts.c.id))
    return sorted(rows.scalars())


async def unbegun(db: AsyncConnection, series_id: int, states: Sequence[str]) -> list[int]:
    """Its occurrences in these states that nobody was told of yet."""
    wanted = select(broadcasts.c.id).where(
        broadcasts.c.series_id == series_id, broadcasts.c.state.in_(tuple(states)), broadcasts.c.expanded == 0
    )
    return sorted((await db.execute(wanted)).scalars())
