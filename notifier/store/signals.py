"""A word from one process to the others that there is work, heard when the transaction commits (PostgreSQL only)."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

CHANNEL = "notifier"
DELIVERY, ARRIVAL = "delivery", "arrival"


async def tell(db: AsyncConnection, what: str, number: int) -> None:
    """Say that a delivery or an arrival of this id waits; ids only, for everybody on the database may listen."""
    await db.execute(select(func.pg_notify(CHANNEL, f"{what}:{number}")))
