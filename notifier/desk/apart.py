"""What must be kept apart after a citizen has spoken: a complaint that says more than its incident is handled by itself
again, and from one that is confidential now no link leads anywhere.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import incidents
from notifier.desk.intake import CITIZEN
from notifier.desk.promise import GATHERED
from notifier.desk.values import Room, is_private
from notifier.rules.tickets import Act, Category
from notifier.store import beside, tickets
from notifier.store import incidents as rows
from notifier.store.tickets import Ticket

SAME = frozenset({Category.NOT_RECEIVED, Category.DELAYED, Category.INFORMATION, Category.OTHER})


async def see_to(
    room: Room,
    db: AsyncConnection,
    ticket: Ticket,
    now: datetime,
    *,
    categories: Collection[str] = (),
    urgent: bool = False,
) -> Ticket:
    """The ticket as it stands then; what was said last is about these `categories`."""
    private = is_private(ticket.confidentiality)
    if private:
        await beside.unlink(db, ticket.id)
    if ticket.policy != GATHERED:
        if private:
            await rows.let_go(db, ticket.id)  # it waited for an incident
        return ticket
    more = urgent or not set(categories) <= SAME
    # "Not settled": what the incident told everybody was not true for this one.
    again = (await tickets.history(db, ticket.id))[-1].act == Act.REOPEN
    if not (private or more or again or ticket.urgent):
        return ticket
    await incidents.release(room, db, ticket, CITIZEN, now)
    return await tickets.get(db, ticket.id) or ticket
