"""Who may do a thing that only one process at a time may do."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import leases
from notifier.store.upsert import upsert


async def take(db: AsyncConnection, name: str, holder: str, now: datetime, span: timedelta) -> bool:
    """Take or prolong a lease; False while another holder's has not run out.

    One that reaches further than any lease does was written by a clock that ran ahead: it counts as run out.
    """
    statement = upsert(db, leases).values(name=name, holder=holder, until=now + span)
    statement = statement.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": holder, "until": now + span},
        where=or_(leases.c.holder == holder, leases.c.until <= now, leases.c.until > now + 2 * span),
    ).returning(leases.c.name)
    return (await db.execute(statement)).first() is not None


async def give_back(db: AsyncConnection, holder: str, now: datetime) -> None:
    """Whoever closes holds nothing any more: another need not wait until it runs out."""
    await db.execute(update(leases).where(leases.c.holder == holder).values(until=now))


async def known(db: AsyncConnection, name: str) -> bool:
    """Whether anybody has ever held a lease."""
    return (await db.execute(select(leases.c.name).where(leases.c.name == name))).first() is not None
