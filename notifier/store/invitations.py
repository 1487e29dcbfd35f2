"""One-time tokens of deep links: whom each is meant for, and whether it was used. Holds digests alone."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import invitations


async def add(
    db: AsyncConnection,
    digest: bytes,
    who: str,
    now: datetime,
    expires_at: datetime,
    *,
    person_id: int | None = None,
    ticket_id: int | None = None,
) -> None:
    """Write a new one: for a person, or to follow a ticket."""
    row = {"digest": digest, "person_id": person_id, "ticket_id": ticket_id}
    await db.execute(insert(invitations).values(**row, who=who, created_at=now, expires_at=expires_at))


async def person(db: AsyncConnection, digest: bytes, now: datetime) -> int | None:
    """Whom it is meant for, while it can be used."""
    row = await db.execute(
        select(invitations.c.person_id).where(
            invitations.c.digest == digest, invitations.c.used_at.is_(None), invitations.c.expires_at > now
        )
    )
    found = row.scalar_one_or_none()
    return None if found is None else int(found)


async def ticket(db: AsyncConnection, digest: bytes, now: datetime) -> int | None:
    """The ticket that it lets one follow, while it can be used."""
    row = await db.execute(
        select(invitations.c.ticket_id).where(
            invitations.c.digest == digest, invitations.c.used_at.is_(None), invitations.c.expires_at > now
        )
    )
    found = row.scalar_one_or_none()
    return None if found is None else int(found)


async def use(db: AsyncConnection, digest: bytes, now: datetime) -> bool:
    """It is used now; False when it was before, or is too old."""
    done = await db.execute(
        update(invitations)
        .where(invitations.c.digest == digest, invitations.c.used_at.is_(None), invitations.c.expires_at > now)
        .values(used_at=now)
    )
    return done.rowcount == 1
