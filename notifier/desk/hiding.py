"""Who may see a ticket at all, by the hand of staff: hidden from the office it may concern, or given back to it; its
reporter kept secret. That nobody above sees it is told to the admins.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import acting, alerts, apart, merging
from notifier.desk.intake import freed, seal_off
from notifier.desk.values import Room, is_private
from notifier.errors import Refused
from notifier.rules import shields
from notifier.rules.roles import Right, Viewer
from notifier.store import ledger, tickets
from notifier.store.tickets import Ticket

SHORTEST = 5  # characters that can tell a reason


async def seal(room: Room, viewer: Viewer, number: str, version: int, now: datetime) -> Ticket:
    """Take away everything that leads to the reporter of an open ticket, because the desk thinks it better."""
    viewer.needs(Right.ANSWER)
    async with room.database.write() as db:
        await merging.main_of(db, (await acting.seen(db, viewer, number)).id)  # locked before it
        ticket = await acting.current(db, viewer, number, version)
        if is_private(ticket.confidentiality):
            raise Refused(f"the reporter of ticket {ticket.number} is kept secret already")
        sealed = await seal_off(room, db, ticket, now, who=viewer.who)
        return await apart.see_to(room, db, sealed, now, who=viewer.who)


async def shield(room: Room, viewer: Viewer, number: str, why: str, version: int, now: datetime, *, on: bool) -> Ticket:
    """Hide a ticket, and those it is handled with, from the office it may concern, or give them back; with a reason."""
    viewer.needs(Right.ASSIGN)
    if len(why.strip()) < SHORTEST:
        raise Refused("say in a few words why; the reason is kept with the ticket")
    async with room.database.write() as db:
        main = await merging.main_of(db, (await acting.seen(db, viewer, number)).id)
        was = await acting.current(db, viewer, number, version)
        if was.shielded is on:
            raise Refused(f"ticket {was.number} is {'hidden' if on else 'not hidden'} already")
        if main is not None and main.shielded:
            raise Refused(
                f"ticket {was.number} is handled with {main.number}: give that one back, and this comes along"
            )
        await apart.no_incident(db, was)
        along = [] if on else [one for one in await tickets.merged(db, was.id) if one.shielded]
        await _show(db, viewer, [was, *along], why.strip(), now, on=on)
        ticket = await tickets.get(db, was.id) or was
        await alerts.unseen(room, db, ticket, now)
        return await apart.together(room, db, ticket, viewer.who, now)


async def _show(
    db: AsyncConnection, viewer: Viewer, those: Sequence[Ticket], why: str, now: datetime, *, on: bool
) -> None:
    """Change who sees these."""
    for one in those:
        region = shields.above(one.place) if on else one.place
        if not viewer.covers(region):
            raise Refused(f"ticket {one.number} would leave your region; ask somebody above you to hide it")
        values = {"region": region, "shielded": on} | await freed(db, one, region)
        act = shields.HIDDEN if on else shields.GIVEN_BACK
        await tickets.record(db, one.id, at=now, who=viewer.who, act=act, why=why)
        await tickets.change(db, one, values, now)
        await ledger.append(db, at=now, who=viewer.who, act=f"ticket_{act}", about=f"ticket:{one.id}")
