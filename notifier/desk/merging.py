"""Tickets that are handled with another one: each citizen keeps number, channel and clock.

A merged ticket stands aside; what is done about the one it was merged into is done about it too: its citizen is told in
the channel and language they wrote in, and its own promise is met by that. What its citizen still writes is kept under
its number, and sets the other one going.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import alerts, apart
from notifier.desk.acting import changed, current, moved_by, not_after_giving_back, seen
from notifier.desk.intake import CITIZEN, FURTHER, beside, note_move, reckon, turn_urgent
from notifier.desk.plain import safe
from notifier.desk.values import Room, is_private
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer
from notifier.rules.tickets import OPEN, Act, Status, move
from notifier.store import ledger, tickets
from notifier.store.tickets import Ticket


async def merge(room: Room, viewer: Viewer, number: str, into: str, why: str, version: int, now: datetime) -> Ticket:
    """Handle a ticket, and whatever was merged into it, with another one. Returns the merged ticket.

    Refused, as a sentence, when either is not theirs to act on, when they are one, or when the other is no open case.
    """
    viewer.needs(Right.ANSWER)
    async with room.database.write() as db:
        first, second = await seen(db, viewer, number), await seen(db, viewer, into)
        if first.id == second.id:
            raise Refused(f"ticket {first.number} can't be merged into itself; name another one")
        for ticket_id in sorted((first.id, second.id)):  # always in this order, so that nobody waits in a circle
            await tickets.get(db, ticket_id, lock=True)
        was = await current(db, viewer, first.number, version)
        main = await seen(db, viewer, second.number)
        if main.status not in OPEN:
            raise Refused(f"ticket {main.number} is {main.status}; merge into a ticket that is still worked on")
        for one in (was, main):
            if is_private(one.confidentiality):
                raise Refused(f"ticket {one.number} is confidential: it is tied to no other")
        await not_after_giving_back(db, was, viewer, Act.MERGE)
        if was.shielded and not main.shielded:
            raise Refused(f"ticket {was.number} is hidden, {main.number} is not; merge it into one that is hidden too")
        moved, change = moved_by(was, Act.MERGE, viewer, safe(why), now)
        for one in await tickets.merged(db, was.id):
            await _pass_on(room, db, one, main, viewer, now)
        await note_move(db, was, change, {"into": main.number})
        values = {
            "status": moved.status.value,
            "merged_into_id": main.id,
            "assignee_id": main.assignee_id or was.assignee_id,
            "closed_at": was.closed_at or now,
        }
        done = await changed(room, db, was, values, viewer, "ticket_merge", {"into": main.id}, now)
        await _take_in(room, db, main, was, viewer, now)
        await apart.together(room, db, main, viewer.who, now)
        return await tickets.get(db, was.id) or done


async def _take_in(room: Room, db: AsyncConnection, main: Ticket, was: Ticket, viewer: Viewer, now: datetime) -> None:
    """The other one says whom it is handled with, and becomes as urgent."""
    facts = {"ticket": was.id, "number": was.number}
    await tickets.record(db, main.id, at=now, who=viewer.who, act="took_in", facts=facts)
    raised = was.urgent and not main.urgent
    values: dict[str, Any] = {"categories": list(dict.fromkeys((*main.categories, *was.categories)))}
    if raised:
        values |= await turn_urgent(room, db, main, now)
    await tickets.change(db, main, values, now)
    fresh = await tickets.get(db, main.id) or main
    await reckon(room, db, fresh, now)
    about = f"ticket:{main.id}"
    await ledger.append(db, at=now, who=viewer.who, act="ticket_took_in", about=about, detail={"ticket": was.id})
    if raised:
        await alerts.urgent(room, db, fresh, now)


async def _pass_on(room: Room, db: AsyncConnection, one: Ticket, main: Ticket, viewer: Viewer, now: datetime) -> None:
    """A ticket that was merged into a merged one is handled with the last of them."""
    await tickets.reckon(db, one.id, {"merged_into_id": main.id})
    await beside(room, db, one, Act.MERGE, viewer.who, {"into": main.number}, {"into": main.id}, now)


async def main_of(db: AsyncConnection, ticket_id: int) -> Ticket | None:
    """The ticket that this one is handled with, locked before it; None when it stands by itself."""
    ticket = await tickets.get(db, ticket_id)
    if ticket is None or ticket.merged_into_id is None:
        return None
    return await tickets.get(db, ticket.merged_into_id, lock=True)


async def heard_beside(room: Room, db: AsyncConnection, main: Ticket, ticket: Ticket, now: datetime) -> None:
    """A citizen wrote under the number of a merged ticket: the one it is handled with goes on, or opens again."""
    moved, change = move(main, FURTHER.get(main.status, Act.APPEND), by=CITIZEN, at=now)
    await note_move(db, main, change, {"via": ticket.id})
    raised = ticket.urgent and not main.urgent
    values: dict[str, Any] = {"status": moved.status.value, "closed_at": None if moved.open else main.closed_at}
    if raised:
        values |= await turn_urgent(room, db, main, now)
    await tickets.change(db, main, values, now)
    if change.act is not Act.APPEND:
        facts = {"via": ticket.id, "from": change.from_.value}
        for one in await tickets.merged(db, main.id):
            await beside(room, db, one, change.act, CITIZEN, facts, {}, now)
    fresh = await tickets.get(db, main.id) or main
    await reckon(room, db, fresh, now)
    detail = {"status": moved.status.value, "via": ticket.id}
    await ledger.append(db, at=now, who=CITIZEN, act=f"ticket_{change.act}", about=f"ticket:{main.id}", detail=detail)
    if raised:
        await alerts.urgent(room, db, fresh, now)


async def confirm(room: Room, db: AsyncConnection, main: Ticket, ticket_id: int, now: datetime) -> Ticket | None:
    """The citizen of a merged ticket says that it is settled; None when that is not awaited."""
    ticket = await tickets.get(db, ticket_id, lock=True)
    if ticket is None or main.status is not Status.RESOLVED:
        return None
    await beside(room, db, ticket, Act.CONFIRM, CITIZEN, {"with": main.number}, {}, now)
    return await tickets.get(db, ticket_id)
