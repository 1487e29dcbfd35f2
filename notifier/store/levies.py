"""What was said to be asked or taken, ticket by ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import levies


@dataclass(frozen=True, slots=True)
class Levy:
    """One of them, in the citizen's words."""

    kind: str  # deduction, illegal_levy
    words: str
    amount: int | None  # rupiah


async def add(db: AsyncConnection, ticket_id: int, said: Sequence[Levy], at: datetime) -> None:
    """Keep them with a ticket."""
    rows = [
        {"ticket_id": ticket_id, "kind": one.kind, "words": one.words, "amount": one.amount, "at": at} for one in said
    ]
    if rows:
        await db.execute(insert(levies), rows)


async def forget(db: AsyncConnection, ticket_id: int) -> None:
    """What was taken from the words of a ticket; they are read anew."""
    await db.execute(delete(levies).where(levies.c.ticket_id == ticket_id))


async def of(db: AsyncConnection, ticket_id: int) -> list[Levy]:
    """All of a ticket, as they were said."""
    c = levies.c
    rows = await db.execute(select(c.kind, c.words, c.amount).where(c.ticket_id == ticket_id).order_by(c.id))
    return [Levy(*row) for row in rows]
