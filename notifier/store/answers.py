"""What answers hang from beside their own rows: what was written to an address, who may be written to again."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import attempts, people


async def wrote_between(
    db: AsyncConnection, address_indexes: Collection[bytes], after: datetime, upto: datetime
) -> bool:
    """Did anything leave for this address in that time?"""
    row = await db.execute(
        select(attempts.c.id)
        .where(
            attempts.c.address_index.in_(tuple(address_indexes)),
            attempts.c.started_at > after,
            attempts.c.started_at <= upto,
        )
        .limit(1)
    )
    return row.first() is not None


async def wrote_event(db: AsyncConnection, address_indexes: Collection[bytes], event: str, since: datetime) -> bool:
    """Did a message of this event leave for this address since then?"""
    row = await db.execute(
        select(attempts.c.id)
        .where(
            attempts.c.address_index.in_(tuple(address_indexes)),
            attempts.c.event == event,
            attempts.c.started_at >= since,
        )
        .limit(1)
    )
    return row.first() is not None


async def speak_to_again(db: AsyncConnection, person_id: int) -> bool:
    """Lift a person's STOP SEMUA; False when there was none."""
    done = await db.execute(
        update(people).where(people.c.id == person_id, people.c.silenced_at.is_not(None)).values(silenced_at=None)
    )
    return done.rowcount == 1
