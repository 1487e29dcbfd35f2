"""What one answer to many tickets writes: each statement for all of them. Knows neither words nor who reported."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import boards, search
from notifier.store.given import among, listed
from notifier.store.schema import UtcDateTime, reporters, ticket_changes, ticket_messages, tickets
from notifier.store.straight import fetch, many
from notifier.store.tickets import COLUMNS, Ticket, ticket_of


async def locked(db: AsyncConnection, ids: Collection[int]) -> list[tuple[Ticket, bytes | None]]:
    """These tickets with their sealed reporters, locked, oldest first."""
    rows = await fetch(db, _locked(db.dialect.name), listed(db, ids))
    return [(ticket_of(row[:-1]), row[-1]) for row in rows]


@cache
def _locked(engine: str) -> Any:
    joined = tickets.outerjoin(reporters, reporters.c.ticket_id == tickets.c.id)
    wanted = select(*COLUMNS, reporters.c.sealed).select_from(joined).where(among(engine, tickets.c.id))
    return wanted.order_by(tickets.c.id).with_for_update(of=tickets)


async def say(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Add a message to each conversation: ticket → message. The search learns of them."""
    m = ticket_messages.c
    added = insert(ticket_messages).returning(m.ticket_id, m.id)
    found = await db.execute(added, [{"versions": [], **row} for row in rows])
    for words in dict.fromkeys(row["text"] for row in rows):
        await search.add_to_all(db, [row["ticket_id"] for row in rows if row["text"] == words], words)
    return {int(ticket): int(message) for ticket, message in found}


async def record(db: AsyncConnection, rows: Sequence[Mapping[str, Any]], alike: Mapping[str, Any]) -> None:
    """Add an entry to each history; `alike` is the same in all."""
    await many(db, _CHANGES, rows, alike)


_CHANGES = insert(ticket_changes).inline()


async def move(
    db: AsyncConnection, moves: Sequence[tuple[Ticket, Mapping[str, Any], int | None]], now: datetime
) -> None:
    """Write the moves of locked tickets: (as it was, what it is now, seconds of working time until this answer). Only a
    ticket's first answer is kept. The counters learn of it; each version counts up.
    """
    await boards.note_all(db, [(was := _placed(ticket), {**was, **values}) for ticket, values, _ in moves])
    rows = [
        {"of": ticket.id, "to": values["status"], "closed": values["closed_at"], "worked": worked}
        for ticket, values, worked in moves
    ]
    await many(db, _MOVE, rows, {"now": now})


def _placed(ticket: Ticket) -> dict[str, Any]:
    return {name: getattr(ticket, name) for name in boards.COUNTED}


_t = tickets.c
_NOW = bindparam("now", type_=UtcDateTime())
_MOVE = (
    update(tickets)
    .where(_t.id == bindparam("of"))
    .values(
        status=bindparam("to"),
        closed_at=bindparam("closed", type_=UtcDateTime()),
        undelivered="",
        updated_at=_NOW,
        version=_t.version + 1,
        answered_at=func.coalesce(_t.answered_at, _NOW),
        answered_after=case((_t.answered_at.is_(None), bindparam("worked")), else_=_t.answered_after),
    )
)
