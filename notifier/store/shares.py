"""Who has how much to do, and who is away: what tickets are shared out by."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import absences, tickets
from notifier.store.upsert import upsert


async def loads(db: AsyncConnection, account_ids: Collection[int]) -> dict[int, int]:
    """How many open tickets each of these has."""
    t = tickets.c
    rows = await db.execute(
        select(t.assignee_id, func.count())
        .where(t.assignee_id.in_(tuple(account_ids)), t.closed_at.is_(None))
        .group_by(t.assignee_id)
    )
    return {int(row[0]): int(row[1]) for row in rows}


async def away(db: AsyncConnection, now: datetime) -> dict[int, datetime]:
    """Who is away now, and until when."""
    rows = await db.execute(select(absences.c.account_id, absences.c.until).where(absences.c.until > now))
    return {int(row[0]): row[1] for row in rows}


async def leave(db: AsyncConnection, account_id: int, until: datetime, who: str, now: datetime) -> None:
    """Somebody is away until then."""
    row = {"until": until, "who": who, "at": now}
    statement = upsert(db, absences).values(account_id=account_id, **row)
    await db.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=row))


async def come_back(db: AsyncConnection, account_id: int) -> None:
    """Somebody is here again."""
    await db.execute(delete(absences).where(absences.c.account_id == account_id))


async def held_by(db: AsyncConnection, account_id: int, limit: int) -> list[int]:
    """Open tickets of somebody, the nearest promise first."""
    t = tickets.c
    rows = await db.execute(
        select(t.id)
        .where(t.assignee_id == account_id, t.closed_at.is_(None))
        .order_by(t.next_due.is_(None), t.next_due, t.id)
        .limit(limit)
    )
    return [int(row[0]) for row in rows]
