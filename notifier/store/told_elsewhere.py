"""What others are told of a delivery, a ticket or a broadcast: numbers, codes, states. No person is in it."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.broadcasts import PLACE, WITH_ROUNDS
from notifier.store.schema import broadcasts, deliveries, people, rounds, ticket_changes, tickets


class OfDelivery(NamedTuple):
    """One message."""

    id: int
    event: str
    line: str
    broadcast_id: int | None
    round_code: str | None
    ticket_id: int | None
    number: str | None  # of its ticket
    region: str
    shielded: bool


class OfTicket(NamedTuple):
    """One entry of a ticket's history."""

    id: int  # of the entry
    ticket_id: int
    act: str
    was: str
    status: str
    number: str
    category: str
    urgent: bool
    channel: str
    region: str
    shielded: bool


class OfBroadcast(NamedTuple):
    """One broadcast."""

    id: int
    event: str
    round_code: str
    region: str
    audience: int


async def of_deliveries(db: AsyncConnection, ids: Collection[int]) -> dict[int, OfDelivery]:
    """These deliveries by id. The region is the person's district, or the ticket's office."""
    d = deliveries.c
    rows = await db.execute(
        select(
            d.id,
            d.event,
            d.line,
            d.broadcast_id,
            rounds.c.code,
            d.ticket_id,
            tickets.c.number,
            func.coalesce(tickets.c.region, people.c.region, ""),
            func.coalesce(tickets.c.shielded, False),
        )
        .select_from(
            deliveries.outerjoin(tickets, tickets.c.id == d.ticket_id)
            .outerjoin(people, people.c.id == d.person_id)
            .outerjoin(rounds, rounds.c.id == d.round_id)
        )
        .where(d.id.in_(tuple(ids)))
    )
    return {row[0]: OfDelivery(*row) for row in rows}


async def of_tickets(db: AsyncConnection, change_ids: Collection[int]) -> dict[int, OfTicket]:
    """These entries of tickets' histories by id."""
    c = ticket_changes.c
    names = ("number", "category", "urgent", "channel", "region", "shielded")
    rows = await db.execute(
        select(c.id, c.ticket_id, c.act, c.was, c.status, *(tickets.c[name] for name in names))
        .join(tickets, tickets.c.id == c.ticket_id)
        .where(c.id.in_(tuple(change_ids)))
    )
    return {row[0]: OfTicket(*row) for row in rows}


async def of_broadcasts(db: AsyncConnection, ids: Collection[int]) -> dict[int, OfBroadcast]:
    """These broadcasts by id."""
    b = broadcasts.c
    rows = await db.execute(
        select(b.id, b.event, func.coalesce(rounds.c.code, ""), PLACE, b.audience)
        .select_from(WITH_ROUNDS)
        .where(b.id.in_(tuple(ids)))
    )
    return {row[0]: OfBroadcast(*row) for row in rows}
