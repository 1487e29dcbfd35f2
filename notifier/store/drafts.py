"""Rows of what members of staff are writing about a ticket, and of who looks at it just now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import accounts, drafts, lookers
from notifier.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote and has not sent."""

    text: str = ""
    note: str = ""
    at: datetime | None = None


async def draft(db: AsyncConnection, account_id: int, ticket_id: int) -> Draft:
    """The draft of this colleague for this ticket; an empty one when there is none."""
    d = drafts.c
    row = await db.execute(select(d.text, d.note, d.at).where(d.account_id == account_id, d.ticket_id == ticket_id))
    found = row.first()
    return Draft(*found) if found else Draft()


async def keep(db: AsyncConnection, account_id: int, ticket_id: int, words: Mapping[str, str], at: datetime) -> None:
    """Keep what is written by now: `text`, `note` or both; what is not told stays as it was."""
    statement = upsert(db, drafts).values(account_id=account_id, ticket_id=ticket_id, at=at, **words)
    await db.execute(
        statement.on_conflict_do_update(index_elements=["account_id", "ticket_id"], set_={**words, "at": at})
    )


async def clear(db: AsyncConnection, account_id: int, ticket_id: int, part: str) -> None:
    """Forget one part of a draft that was sent; the row goes when nothing is left."""
    ours = (drafts.c.account_id == account_id, drafts.c.ticket_id == ticket_id)
    await db.execute(update(drafts).where(*ours).values(**{part: ""}))
    await db.execute(delete(drafts).where(*ours, drafts.c.text == "", drafts.c.note == ""))


async def look(db: AsyncConnection, ticket_id: int, account_id: int, until: datetime) -> None:
    """Say that somebody looks at a ticket, until then."""
    statement = upsert(db, lookers).values(ticket_id=ticket_id, account_id=account_id, until=until)
    await db.execute(statement.on_conflict_do_update(index_elements=["ticket_id", "account_id"], set_={"until": until}))


async def looking(db: AsyncConnection, ticket_id: int, but: int, now: datetime) -> list[tuple[str, bool]]:
    """(name, whether they have written something) of the others who look at a ticket now."""
    writes = select(drafts.c.text).where(
        drafts.c.ticket_id == ticket_id, drafts.c.account_id == lookers.c.account_id, drafts.c.text != ""
    )
    rows = await db.execute(
        select(accounts.c.name, writes.exists())
        .join(lookers, lookers.c.account_id == accounts.c.id)
        .where(lookers.c.ticket_id == ticket_id, lookers.c.account_id != but, lookers.c.until > now)
        .order_by(accounts.c.name)
    )
    return [(str(row[0]), bool(row[1])) for row in rows]


async def forget(db: AsyncConnection, now: datetime) -> None:
    """Remove who looks no more."""
    await db.execute(delete(lookers).where(lookers.c.until <= now))
