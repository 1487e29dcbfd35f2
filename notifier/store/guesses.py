"""How often something was tried, by keyed names: what limits guessing at people's data. Knows no data."""

from datetime import datetime, timedelta

from sqlalchemy import case
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import guesses
from notifier.store.upsert import upsert


async def count(db: AsyncConnection, key: bytes, now: datetime, span: timedelta) -> int:
    """Count one more try by this name; returns how many there were within the span that is running."""
    fresh = guesses.c.since > now - span
    statement = upsert(db, guesses).values(key=key, since=now, n=1)
    done = await db.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "n": case((fresh, guesses.c.n + 1), else_=1),
                "since": case((fresh, guesses.c.since), else_=statement.excluded.since),
            },
        ).returning(guesses.c.n)
    )
    return int(done.scalar_one())
