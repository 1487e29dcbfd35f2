"""What a clock that has been set back left behind: rows that wait until the old time comes again.

An attempt that was begun or settled in what is to come tells of them. Only waits shorter than the clock was set back
are mended: those are then over before that time, and nobody mends them twice.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.pacing import SET_BACK, nearer
from notifier.store.schema import attempts, deliveries
from notifier.store.straight import many

NEWEST = 10_000  # attempts that are looked at: by their number, no index knows their hour


async def delayed(db: AsyncConnection, now: datetime) -> list[dict[str, Any]]:
    """Deliveries of the newest attempts that wait too long, as `hasten` takes them."""
    newest = select(attempts).order_by(attempts.c.id.desc()).limit(NEWEST).subquery()
    since = func.coalesce(newest.c.settled_at, newest.c.started_at, type_=deliveries.c.due_at.type)
    d = deliveries.c
    rows = await db.execute(
        select(d.id, d.fence, d.state, d.due_at, d.lease_until, since)
        .join_from(newest, deliveries, and_(d.id == newest.c.delivery_id, d.fence == newest.c.number))
        .where(since > now + SET_BACK)
        .order_by(d.id)
    )
    found = []
    for number, fence, state, due_at, lease_until, began in rows:
        due = nearer(due_at, began, now) if state == "due" else due_at
        lease = lease_until and nearer(lease_until, began, now)
        if (due, lease) != (due_at, lease_until) and max(due, lease or due) < began:
            found.append({"b_id": number, "b_fence": fence, "b_state": state, "v_due": due, "v_lease": lease})
    return found


async def hasten(db: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Have these looked at as soon as they were to be, unless something became of them meanwhile."""
    await many(db, _HASTENED, rows)


_HASTENED = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("b_id"),
        deliveries.c.fence == bindparam("b_fence"),
        deliveries.c.state == bindparam("b_state"),
    )
    .values(
        due_at=bindparam("v_due", type_=deliveries.c.due_at.type),
        lease_until=bindparam("v_lease", type_=deliveries.c.lease_until.type),
    )
)
