"""How content citizens were with what was done about their tickets: one score each, 1 to 5."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import ratings
from notifier.store.upsert import upsert


async def give(db: AsyncConnection, ticket_id: int, score: int, at: datetime) -> None:
    """Write a score; the one before it is forgotten."""
    statement = upsert(db, ratings).values(ticket_id=ticket_id, score=score, at=at)
    await db.execute(statement.on_conflict_do_update(index_elements=["ticket_id"], set_={"score": score, "at": at}))


async def of(db: AsyncConnection, ticket_id: int) -> int | None:
    """The score of a ticket; None when nobody gave one."""
    found = await db.execute(select(ratings.c.score).where(ratings.c.ticket_id == ticket_id))
    return found.scalar_one_or_none()
