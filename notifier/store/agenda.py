"""Rounds as an office looks at them: page by page, the next to open first, with what is sent about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
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


_OWN = [name for name in Entry.__dataclass_fields__ if name not in ("place", "broadcasts")]


async def page(
    db: AsyncConnection, region: str, *, closing_after: datetime | None, before: tuple[datetime, int] | None, limit: int
) -> Sequence[Entry]:
    """Rounds that touch a region. With `closing_after` those still to come, soonest first; otherwise the past ones,
    latest first, from `before` (opens_at, id) on.
    """
    count = (
        select(func.count())
        .where(broadcasts.c.round_id == rounds.c.id, broadcasts.c.state != "stopped")
        .correlate(rounds)
        .scalar_subquery()
    )
    statement = (
        select(
            *(rounds.c[name] for name in _OWN),
            func.coalesce(regions.c.name, "").label("place"),
            count.label("broadcasts"),
        )
        .select_from(rounds.outerjoin(regions, regions.c.code == rounds.c.region))
        .where(within(rounds.c.region, region))
        .limit(limit)
    )
    if closing_after is not None:
        statement = statement.where(rounds.c.closes_at >= closing_after).order_by(rounds.c.opens_at, rounds.c.id)
    else:
        statement = statement.order_by(rounds.c.opens_at.desc(), rounds.c.id.desc())
    if before is not None:
        at, round_id = before
        statement = statement.where(or_(rounds.c.opens_at < at, (rounds.c.opens_at == at) & (rounds.c.id < round_id)))
    return [Entry(**row._mapping) for row in await db.execute(statement)]
