"""What must be kept apart once a ticket says more than before: a complaint that outgrows its incident is handled by
itself again, from one that is confidential now no link leads anywhere, what is handled with a hidden one is hidden too.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import alerts, incidents, unmerging
from notifier.desk.intake import CITIZEN, hide, reckon
from notifier.desk.promise import GATHERED
from notifier.desk.values import Room, is_private
from notifier.errors import Refused
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
    who: str = CITIZEN,
) -> Ticket:
    """The ticket as it stands then; what was said last is about these `categories`."""
    private = is_private(ticket.confidentiality)
    if private:
        await beside.unlink(db, ticket.id)
        ticket = await unmerging.part(room, db, ticket, who, now)
    ticket = await together(room, db, ticket, who, now)
    if ticket.policy != GATHERED:
        if private:
            await rows.let_go(db, ticket.id)  # it waited for an incident
        return ticket
    more = urgent or not set(categories) <= SAME
    # "Not settled": what the incident told everybody was not true for this one.
    again = (await tickets.history(db, ticket.id))[-1].act == Act.REOPEN
    if not (private or more or again or ticket.urgent):
        return ticket
    await incidents.release(room, db, ticket, who, now)
    return await tickets.get(db, ticket.id) or ticket


async def together(room: Room, db: AsyncConnection, ticket: Ticket, who: str, now: datetime) -> Ticket:
    """What a hidden ticket takes along: those it is handled with are hidden as well, for their office would read there
    what is answered about it; and an incident in the open has it no more. Nothing for a ticket that is not hidden.
    """
    if not ticket.shielded:
        return ticket
    number = await rows.of_child(db, ticket.id)
    incident = await tickets.get(db, number) if number is not None else None
    if incident is None:
        await rows.let_go(db, ticket.id)  # it waited for one
    elif not incident.shielded:
        await incidents.release(room, db, ticket, who, now)
    main = ticket.merged_into_id or ticket.id
    for one in (await tickets.get(db, main, lock=True), *await tickets.merged(db, main)):
        if one is None or one.shielded:
            continue
        await tickets.change(db, one, await hide(db, one, now), now)
        hidden = await tickets.get(db, one.id) or one
        await reckon(room, db, hidden, now)
        await alerts.unseen(room, db, hidden, now)
    return await tickets.get(db, ticket.id) or ticket


async def no_incident(db: AsyncConnection, ticket: Ticket) -> None:
    """Refused where somebody would change who sees an incident: who sees its complaints is another matter."""
    found = await rows.get(db, ticket.id)
    if found is not None and found.gathered:
        raise Refused(f"{ticket.number} is an incident with complaints; let them go before you change who sees it")
