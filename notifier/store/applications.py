"""Who asked to be registered, beside the ticket it is followed by. Opens no seal."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import applications, tickets


async def add(
    db: AsyncConnection, ticket_id: int, nik_index: bytes, sender: bytes, sealed: bytes, now: datetime
) -> None:
    """Write one."""
    row = {"ticket_id": ticket_id, "nik_index": nik_index, "sender_index": sender, "sealed": sealed, "created_at": now}
    await db.execute(insert(applications).values(**row))


async def open_number(db: AsyncConnection, nik_index: bytes, sender: bytes) -> str | None:
    """The number of an application that the same sender made for the same NIK and that is still open."""
    row = await db.execute(
        select(tickets.c.number)
        .join(applications, applications.c.ticket_id == tickets.c.id)
        .where(
            applications.c.nik_index == nik_index,
            applications.c.sender_index == sender,
            tickets.c.closed_at.is_(None),
        )
        .order_by(applications.c.id.desc())
        .limit(1)
    )
    return row.scalar_one_or_none()


async def of_ticket(db: AsyncConnection, ticket_id: int) -> bytes | None:
    """The sealed data of the application that a ticket follows."""
    return (
        await db.execute(select(applications.c.sealed).where(applications.c.ticket_id == ticket_id))
    ).scalar_one_or_none()
