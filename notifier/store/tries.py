"""How often strangers tried what is limited. A scope is a keyed name: no NIK, number or address can be read from it."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import tries
from notifier.store.upsert import upsert


async def count(db: AsyncConnection, scope: str, within: timedelta, now: datetime) -> tuple[datetime, int]:
    """Count one try; (since when, how many) of the span it falls into. A span begins with its first try."""
    over = tries.c.since <= now - within
    statement = (
        upsert(db, tries)
        .values(scope=scope, since=now, n=1)
        .on_conflict_do_update(
            index_elements=["scope"],
            set_={"since": case((over, now), else_=tries.c.since), "n": case((over, 1), else_=tries.c.n + 1)},
        )
        .returning(tries.c.since, tries.c.n)
    )
    since, n = (await db.execute(statement)).one()
    return since, int(n)


async def forget(db: AsyncConnection, before: datetime) -> None:
    """Drop spans that began before then."""
    await db.execute(delete(tries).where(tries.c.since < before))
