"""Rows nothing will be heard of any more, found by their indexes: held ones, and those whose last look has come."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.deliveries import Step
from notifier.store.schema import deliveries

NEVER_KNOWN = "never known"  # closed: nobody can say whether it arrived
NO_RECEIPT = "no receipt"  # accepted by a line whose receipts are trusted, and none came: not told

HELD = text("deliveries.held")  # as its index spells it: SQLite does not know "held = 1" for the same


async def undecided(db: AsyncConnection, before: datetime, limit: int) -> list[Step]:
    """Held deliveries that have been unknown since before then, locked, as the steps that close them."""
    found = await _some(db, and_(HELD, deliveries.c.settled_at < before), "unknown", deliveries.c.id, limit)
    return [_close(i, broadcast, "unknown", NEVER_KNOWN) for i, broadcast in found]


async def unconfirmed(db: AsyncConnection, now: datetime, limit: int) -> list[Step]:
    """Accepted deliveries whose receipt was to come by now, locked, as the steps that say it did not."""
    late = deliveries.c.lease_until < now
    found = await _some(db, late, "accepted", deliveries.c.lease_until, limit)
    return [_close(i, broadcast, "accepted", NO_RECEIPT) for i, broadcast in found]


async def unconfirmed_of(db: AsyncConnection, broadcast_id: int) -> int:
    """How many of a broadcast were accepted and never confirmed. For statements, not for pages."""
    row = await db.execute(
        select(func.count()).where(
            deliveries.c.broadcast_id == broadcast_id,
            deliveries.c.state == "accepted",
            deliveries.c.reason == NO_RECEIPT,
        )
    )
    return int(row.scalar_one())


async def _some(
    db: AsyncConnection, which: ColumnElement[bool], state: str, order: ColumnElement[object], limit: int
) -> list[tuple[int, int | None]]:
    rows = await db.execute(
        select(deliveries.c.id, deliveries.c.broadcast_id)
        .where(which, deliveries.c.state == state)
        .order_by(order)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return sorted((int(i), broadcast) for i, broadcast in rows)


def _close(delivery_id: int, broadcast_id: int | None, state: str, reason: str) -> Step:
    return Step(delivery_id, broadcast_id, state, state, reason, {"held": False, "lease_until": None})
