"""What a confirmed restore does to rows: what was queued before waits for a person, and numbers begin anew far off."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import deliveries as moves
from notifier.store.deliveries import Step
from notifier.store.schema import broadcasts, deliveries

BEGUN = ("approved", "canary", "expanding", "sending", "paused")
LEAP = 100_000_000  # deliveries that may have been made in the time that was lost


async def hold(db: AsyncConnection, until: datetime, reason: str, worker: str, limit: int) -> int:
    """Hold single notices queued until then that may have left in the lost time; returns how many."""
    found = await db.execute(
        select(deliveries.c.id, deliveries.c.state, deliveries.c.ticket_id)
        .where(
            deliveries.c.state.in_(("due", "sending")),
            deliveries.c.broadcast_id.is_(None),
            deliveries.c.created_at <= until,
        )
        .order_by(deliveries.c.id)
        .limit(limit)
        .with_for_update()
    )
    values = {"held": True, "lease_until": None, "settled_at": until}
    steps = [Step(i, None, state, "unknown", reason, values, ticket) for i, state, ticket in found]
    await moves.move(db, steps, worker)
    return len(steps)


async def ask(db: AsyncConnection, until: datetime, why: str) -> list[int]:
    """Have every broadcast ask that was to begin by then and is not over; returns their numbers."""
    asked = await db.execute(
        update(broadcasts)
        .where(broadcasts.c.state.in_(BEGUN), broadcasts.c.at <= until)
        .values(state="asking", paused_from="", why=why, wake=None)
        .returning(broadcasts.c.id)
    )
    return sorted(int(row[0]) for row in asked)


async def leap(db: AsyncConnection, now: datetime) -> None:
    """Let deliveries be numbered from far off: keys of the lost time are known to providers, who would take a new
    message under an old number for one they have sent. One row marks the place.
    """
    newest = int((await db.execute(select(func.coalesce(func.max(deliveries.c.id), 0)))).scalar_one())
    mark = {
        "id": newest + LEAP,
        "event": "test_send",
        "lane": 1,
        "language": "id",
        "zone": "UTC",
        "state": "cancelled",
        "reason": "numbers begin here after a restore",
        "due_at": now,
        "created_at": now,
        "settled_at": now,
    }
    await db.execute(insert(deliveries).values(mark))
    if db.dialect.name == "postgresql":
        await db.execute(select(func.setval(func.pg_get_serial_sequence("deliveries", "id"), newest + LEAP)))
