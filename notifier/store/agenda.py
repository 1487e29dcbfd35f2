"""Rounds as an office looks at them: page by page, the next to open first, with what is sent about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.broadcasts import within
from notifier.store.schema import broadcasts, regions, rounds


@dataclass(frozen=True, slots=True)
class Entry:
    """One round in the list."""

    id: int
    code: str
    programme: str
    period: str
    region: str
    place: str  # the region's name, "" when the register never named it
    venue: str
    address: str
    opens_at: datetime
    closes_at: datetime
    zone: str
    amount: int | None
    method: str
    note: str
    state: str
    version: int
    broadcasts: int  # planned or sent


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rounds a list shows. "" and None: all."""

    region: str = ""  # of whoever looks
    programme: str = ""
    area: str = ""  # a region inside it
    state: str = ""
    opens_from: datetime | None = None
    opens_before: datetime | None = None
    closing_after: datetime | None = None
    closed_before: datetime | None = None


_OWN = [name for name in Entry.__dataclass_fields__ if name not in ("place", "broadcasts")]


async def page(
    db: AsyncConnection, region: str, *, closing_after: datetime | None, before: tuple[datetime, int] | None, limit: int
) -> Sequence[Entry]:
    """Rounds that touch a region. With `closing_after` those still to come, soonest first; otherwise the past ones,
    latest first, from `before` (opens_at, id) on.
    """
    statement = _entries(region).limit(limit)
    if closing_after is not None:
        statement = statement.where(rounds.c.closes_at >= closing_after).order_by(rounds.c.opens_at, rounds.c.id)
    else:
        statement = statement.order_by(rounds.c.opens_at.desc(), rounds.c.id.desc())
    if before is not None:
        at, round_id = before
        statement = statement.where(or_(rounds.c.opens_at < at, (rounds.c.opens_at == at) & (rounds.c.id < round_id)))
    return [Entry(**row._mapping) for row in await db.execute(statement)]


async def search(
    db: AsyncConnection, wanted: Wanted, key: tuple[datetime, int] | None, limit: int, *, latest_first: bool = False
) -> Sequence[Entry]:
    """The rounds that are wanted beyond a key (opens_at, id): the soonest first, or the latest."""
    statement = _chosen(wanted).limit(limit)
    own = (rounds.c.opens_at, rounds.c.id)
    statement = statement.order_by(*(column.desc() if latest_first else column for column in own))
    if key is not None:
        at, number = (literal(part, column.type) for part, column in zip(key, own, strict=True))
        beyond = tuple_(*own) < tuple_(at, number) if latest_first else tuple_(*own) > tuple_(at, number)
        statement = statement.where(beyond)
    return [Entry(**row._mapping) for row in await db.execute(statement)]


async def between(
    db: AsyncConnection, wanted: Wanted, first: datetime, last: datetime, limit: int
) -> list[tuple[Entry, int | None]]:
    """The open rounds that are on at some moment of a span, soonest first, each with its point."""
    statement = (
        _chosen(wanted)
        .add_columns(rounds.c.point_id)
        .where(rounds.c.state == "open", rounds.c.closes_at >= first, rounds.c.opens_at < last)
        .order_by(rounds.c.opens_at, rounds.c.id)
        .limit(limit)
    )
    return [(Entry(*tuple(row)[:-1]), row.point_id) for row in await db.execute(statement)]


def _chosen(wanted: Wanted) -> Select[Any]:
    statement = _entries(wanted.region)
    for column, value in ((rounds.c.programme, wanted.programme), (rounds.c.state, wanted.state)):
        if value:
            statement = statement.where(column == value)
    if wanted.area:
        statement = statement.where(within(rounds.c.region, wanted.area))
    if wanted.opens_from is not None:
        statement = statement.where(rounds.c.opens_at >= wanted.opens_from)
    if wanted.opens_before is not None:
        statement = statement.where(rounds.c.opens_at < wanted.opens_before)
    if wanted.closing_after is not None:
        statement = statement.where(rounds.c.closes_at >= wanted.closing_after)
    if wanted.closed_before is not None:
        statement = statement.where(rounds.c.closes_at < wanted.closed_before)
    return statement


def _entries(region: str) -> Select[Any]:
    count = (
        select(func.count())
        .where(broadcasts.c.round_id == rounds.c.id, broadcasts.c.state != "stopped")
        .correlate(rounds)
        .scalar_subquery()
    )
    columns: list[Any] = [rounds.c[name] for name in _OWN]
    columns.insert(list(Entry.__dataclass_fields__).index("place"), func.coalesce(regions.c.name, "").label("place"))
    return (
        select(*columns, count.label("broadcasts"))
        .select_from(rounds.outerjoin(regions, regions.c.code == rounds.c.region))
        .where(within(rounds.c.region, region))
    )
