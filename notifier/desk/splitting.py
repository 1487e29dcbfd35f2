"""A message becomes a ticket of its own: two matters in one conversation are two promises.

The citizen keeps the old number and gets a second one; the words stay where they were and stand in the new ticket too,
which further edits and the files they brought belong to.
"""

from datetime import datetime

from notifier.desk.acting import seen
from notifier.desk.intake import open_ticket, reporter_of, worded
from notifier.desk.values import Complaint, Room, is_private
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer
from notifier.rules.tickets import Category
from notifier.store import beside, ledger, tickets
from notifier.store.tickets import Ticket

SPLIT = "Dipisahkan dari aduan {number}."


async def split(room: Room, viewer: Viewer, number: str, message_id: int, category: str, now: datetime) -> Ticket:
    """Open a ticket for one message of another, with its reporter, and as confidential and hidden as that one."""
    viewer.needs(Right.ANSWER)
    if category not in set(Category):
        raise Refused(f'there is no category "{category}"; there are: {", ".join(Category)}')
    async with room.database.write() as db:
        was = await seen(db, viewer, number, lock=True)
        found = await beside.message(db, was.id, message_id)
        if found is None:
            raise Refused(f"ticket {was.number} has no such message of the citizen")
        if await beside.messages(db, was.id) < 2:
            raise Refused(f"ticket {was.number} has only this one message; nothing would be left of it")
        text, at, heard_id, ref = found
        reporter = await reporter_of(room, db, was.id)
        private = is_private(was.confidentiality)
        complaint = Complaint(
            None,
            reporter,
            text,
            at,
            categories=(category,),
            confidential=private,
            hidden=was.shielded,
            round_id=was.round_id,
            round_region=was.region,
            ref=ref,
            channel=was.channel,
            point={"venue": was.venue, "venue_region": was.venue_region, "point": was.point},
        )
        ticket = await open_ticket(room, db, complaint, now)
        if heard_id is not None:
            await beside.pass_on(db, heard_id, message_id, ticket.id)
        if not private:
            await beside.link(db, was.id, ticket.id, "split", viewer.who, now)
        facts = {"message": message_id, "into": ticket.number}
        await tickets.record(db, was.id, at=now, who=viewer.who, act="split", facts=facts)
        note = SPLIT.format(number=was.number)
        row = {"ticket_id": ticket.id, "kind": "note", "text": note, "at": now, "account_id": viewer.account_id}
        said = worded(room, await tickets.say(db, row), note)
        about = f"ticket:{ticket.id}"
        await ledger.append(db, at=now, who=viewer.who, act="ticket_note", about=about, detail=said)
        about, detail = f"ticket:{was.id}", {"message": message_id, "into": ticket.number}
        await ledger.append(db, at=now, who=viewer.who, act="ticket_split", about=about, detail=detail)
        return ticket
