"""By which keys this database seals and finds people: their fingerprint, which tells nothing of them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import keyrings
from notifier.store.upsert import upsert


async def known(db: AsyncConnection) -> str | None:
    """The fingerprint of the keys that the database was begun with; None before that."""
    return (await db.execute(select(keyrings.c.fingerprint))).scalar_one_or_none()


async def begin(db: AsyncConnection, fingerprint: str, now: datetime) -> str:
    """Begin with these keys, unless somebody was quicker; returns the fingerprint that holds."""
    row = {"id": 1, "fingerprint": fingerprint, "since": now}
    await db.execute(upsert(db, keyrings).values(**row).on_conflict_do_nothing(index_elements=["id"]))
    return await known(db) or fingerprint
