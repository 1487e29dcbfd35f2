"""What a proof reads: whole tables in pages by key, so that memory stays flat however long they are. Writes nothing."""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, and_, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.given import among, listed
from notifier.store.schema import (
    attempts,
    broadcasts,
    deliveries,
    entitlement_changes,
    entitlements,
    ledger,
    receipts,
    series,
    ticket_changes,
    ticket_messages,
    tickets,
)

PAGE = 500


class Told(NamedTuple):
    """An act of the ledger."""

    id: int
    who: str
    act: str
    about: str
    detail: Mapping[str, Any]
    at: datetime


class Tried(NamedTuple):
    """An attempt."""

    id: int
    delivery_id: int
    number: int
    line: str
    ref: str
    state: str
    key: str
    generation: int
    contact_id: int | None
    person_id: int | None  # of a broadcast's delivery


async def _pages(db: AsyncConnection, wanted: Select[Any], size: int = PAGE) -> AsyncIterator[Sequence[Any]]:
    """Rows of a query in lists, by its first column, which has to be the key."""
    key, last = wanted.selected_columns[0], 0
    while rows := (await db.execute(wanted.where(key > last).order_by(key).limit(size))).all():
        yield rows
        last = rows[-1][0]


async def newest(db: AsyncConnection, table: FromClause) -> int:
    """The highest id of a table; 0 when it is empty."""
    return int((await db.execute(select(func.coalesce(func.max(table.c.id), 0)))).scalar_one())


async def following(db: AsyncConnection, table: FromClause, after: int) -> int | None:
    """The next id of a table beyond one; None when there is none."""
    found = (await db.execute(select(func.min(table.c.id)).where(table.c.id > after))).scalar_one()
    return None if found is None else int(found)


def _told(row: Any) -> Told:
    return Told(int(row[0]), row[1], row[2], row[3], json.loads(row[4]) if row[4] else {}, row[5])


_TOLD = (ledger.c.id, ledger.c.who, ledger.c.act, ledger.c.about, ledger.c.detail, ledger.c.at)


async def settled(db: AsyncConnection) -> AsyncIterator[Told]:
    """The acts that tell of settled messages, oldest first."""
    async for rows in _pages(db, select(*_TOLD).where(ledger.c.act == "settled")):
        for row in rows:
            yield _told(row)


async def about(db: AsyncConnection, things: Collection[str]) -> dict[str, list[Told]]:
    """The acts about these things, oldest first."""
    found: dict[str, list[Told]] = {}
    for row in await db.execute(select(*_TOLD).where(ledger.c.about.in_(things)).order_by(ledger.c.id)):
        found.setdefault(row.about, []).append(_told(row))
    return found


# --- what left -------------------------------------------------------------------------------------------------------

_PERSON = case((deliveries.c.broadcast_id.is_not(None), deliveries.c.person_id), else_=None)
_TRIED = (*(attempts.c[name] for name in Tried._fields if name != "person_id"), _PERSON)
_FROM = attempts.join(deliveries, deliveries.c.id == attempts.c.delivery_id)


async def tried(db: AsyncConnection, delivery_ids: Collection[int]) -> list[Tried]:
    """All attempts of these deliveries."""
    wanted = select(*_TRIED).select_from(_FROM).where(among(db.dialect.name, attempts.c.delivery_id))
    return [Tried(*row) for row in await db.execute(wanted, listed(db, delivery_ids))]


async def finished(db: AsyncConnection, unfinished: Collection[str]) -> AsyncIterator[Sequence[Tried]]:
    """Attempts that something is known of, in pages."""
    async for rows in _pages(
        db, select(*_TRIED).select_from(_FROM).where(attempts.c.state.not_in(tuple(unfinished))), 2000
    ):
        yield [Tried(*row) for row in rows]


async def received(db: AsyncConnection, attempt_ids: Collection[int]) -> set[tuple[int, str]]:
    """(attempt, state) of the receipts that name these attempts."""
    wanted = select(receipts.c.attempt_id, receipts.c.state).where(receipts.c.attempt_id.in_(attempt_ids))
    return {(int(row[0]), str(row[1])) for row in await db.execute(wanted)}


async def unfounded(db: AsyncConnection, state: str, founded: Collection[str], after: int, upto: int) -> list[int]:
    """Deliveries of an id range in a state that no attempt of theirs in one of the `founded` states bears out."""
    borne = exists().where(and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.state.in_(tuple(founded))))
    wanted = select(deliveries.c.id).where(
        deliveries.c.id > after, deliveries.c.id <= upto, deliveries.c.state == state, ~borne
    )
    return [int(row[0]) for row in await db.execute(wanted.order_by(deliveries.c.id))]


# --- what was decided ------------------------------------------------------------------------------------------------


async def planned(db: AsyncConnection) -> AsyncIterator[Sequence[Any]]:
    """Broadcasts: id, event, round_id, state, planned_by, approved_by, approved_audience, audience, expanded, cap,
    rule, facts.
    """
    what = "id event round_id state planned_by approved_by approved_audience audience expanded cap rule facts"
    names = what.split()
    async for rows in _pages(db, select(*(broadcasts.c[name] for name in names))):
        yield rows


async def coming_again(db: AsyncConnection) -> AsyncIterator[Sequence[Any]]:
    """Plans that come again: id, approved_by, text, rule, most, cap."""
    names = ("id", "approved_by", "text", "rule", "most", "cap")
    async for rows in _pages(db, select(*(series.c[name] for name in names))):
        yield rows


async def complaints(db: AsyncConnection) -> AsyncIterator[Sequence[Any]]:
    """Tickets: id, status, category, opened_at."""
    async for rows in _pages(db, select(tickets.c.id, tickets.c.status, tickets.c.category, tickets.c.opened_at)):
        yield rows


async def complaint(db: AsyncConnection, ticket_id: int) -> Any:
    """One of them. LookupError when there is none."""
    t = tickets.c
    row = (await db.execute(select(t.id, t.status, t.category, t.opened_at).where(t.id == ticket_id))).first()
    if row is None:
        raise LookupError(f"there is no ticket {ticket_id}")
    return row


async def moves(db: AsyncConnection, ticket_ids: Collection[int]) -> dict[int, list[Any]]:
    """Entries of these tickets' histories that say a status or a category, in order: id, who, act, was, status,
    facts.
    """
    c = ticket_changes.c
    wanted = select(c.ticket_id, c.id, c.who, c.act, c.was, c.status, c.facts).where(
        c.ticket_id.in_(ticket_ids), c.status != ""
    )
    return _grouped(await db.execute(wanted.order_by(c.id)))


async def said(db: AsyncConnection, ticket_ids: Collection[int]) -> dict[int, list[Any]]:
    """Messages of these tickets: id, text."""
    c = ticket_messages.c
    wanted = select(c.ticket_id, c.id, c.text).where(c.ticket_id.in_(ticket_ids)).order_by(c.id)
    return _grouped(await db.execute(wanted))


async def entitled(db: AsyncConnection) -> AsyncIterator[Sequence[Any]]:
    """Entitlements: id, status, record."""
    async for rows in _pages(db, select(entitlements.c.id, entitlements.c.status, entitlements.c.record)):
        yield rows


async def entitled_since(db: AsyncConnection, entitlement_ids: Collection[int]) -> dict[int, list[Any]]:
    """Changes of these entitlements, in order: id, was, status."""
    c = entitlement_changes.c
    wanted = select(c.entitlement_id, c.id, c.was, c.status).where(c.entitlement_id.in_(entitlement_ids))
    return _grouped(await db.execute(wanted.order_by(c.id)))


def _grouped(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for key, *rest in rows:
        found.setdefault(int(key), []).append(tuple(rest))
    return found
