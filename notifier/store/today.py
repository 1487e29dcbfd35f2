"""What a day holds, by indexes and kept counters: answers to its broadcasts, complaints opened in it, what failed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.broadcasts import within
from notifier.store.echoes import SEEN
from notifier.store.schema import broadcasts, echoes, tickets, uploads, webhooks


@dataclass(frozen=True, slots=True)
class Opened:
    """Complaints of one category that were opened in a span."""

    category: str
    n: int
    urgent: int


async def taken_up(db: AsyncConnection, broadcast_ids: Collection[int]) -> set[int]:
    """Those of these broadcasts whose rest another one has taken up."""
    if not broadcast_ids:
        return set()
    rows = await db.execute(select(broadcasts.c.parent_id).where(broadcasts.c.parent_id.in_(broadcast_ids)))
    return {int(parent) for parent in rows.scalars()}


async def answers(db: AsyncConnection, broadcast_ids: Collection[int]) -> dict[str, int]:
    """What people answered to these broadcasts, by what their words meant."""
    if not broadcast_ids:
        return {}
    rows = await db.execute(
        select(echoes.c.intent, func.sum(echoes.c.n))
        .where(echoes.c.broadcast_id.in_(broadcast_ids), ~echoes.c.intent.startswith(SEEN))
        .group_by(echoes.c.intent)
    )
    return {intent: int(n) for intent, n in rows}


async def opened(db: AsyncConnection, region: str, since: datetime) -> list[Opened]:
    """Complaints opened since then, most first."""
    n = func.count()
    rows = await db.execute(
        select(tickets.c.category, n, func.sum(case((tickets.c.urgent, 1), else_=0)))
        .where(tickets.c.opened_at >= since, within(tickets.c.region, region.rstrip(".")), tickets.c.status != "merged")
        .group_by(tickets.c.category)
        .order_by(n.desc(), tickets.c.category)
    )
    return [Opened(category, int(many), int(urgent)) for category, many, urgent in rows]


async def failed_uploads(db: AsyncConnection, region: str, since: datetime) -> list[tuple[int, str]]:
    """Files that could not be brought in since then: (number, name), newest first."""
    rows = await db.execute(
        select(uploads.c.id, uploads.c.name)
        .where(uploads.c.state == "failed", uploads.c.at >= since, within(uploads.c.region, region.rstrip(".")))
        .order_by(uploads.c.id.desc())
        .limit(5)
    )
    return [(int(number), name) for number, name in rows]


async def failing_webhooks(db: AsyncConnection, region: str) -> list[tuple[int, str]]:
    """Addresses of other systems that cannot be told, or gave up: (number, name)."""
    trouble = or_(webhooks.c.state == "off", and_(webhooks.c.state == "on", webhooks.c.failing_since.is_not(None)))
    rows = await db.execute(
        select(webhooks.c.id, webhooks.c.name)
        .where(trouble, within(webhooks.c.region, region.rstrip(".")))
        .order_by(webhooks.c.id)
        .limit(5)
    )
    return [(int(number), name) for number, name in rows]
