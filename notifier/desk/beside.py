"""What stands beside a ticket: what its person was told and is owed, their other tickets, tickets that belong together,
who else looks, and what the viewer is writing. Of whom the desk may not know, nothing is read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import canned, incidents
from notifier.desk.acting import seen
from notifier.desk.canned import Offered
from notifier.desk.incidents import Gathering
from notifier.desk.intake import reporter_of
from notifier.desk.plain import safe
from notifier.desk.promise import GATHERED
from notifier.desk.values import Room, is_private
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer
from notifier.store import beside, drafts, ledger, notices, points, rounds, tickets
from notifier.store import incidents as gathered
from notifier.store.beside import Paid, Sent
from notifier.store.drafts import Draft
from notifier.store.rounds import Round
from notifier.store.tickets import Ticket

LOOKS = timedelta(minutes=1)  # how long somebody counts as looking after their page last said so
NOTHING = Draft()
LONGEST_DRAFT = 6000  # characters: more than any answer or note may have


@dataclass(frozen=True, slots=True)
class Beside:
    """What the page of a ticket shows beside the conversation."""

    round: Round | None = None
    moved: bool = False  # whether it is handed out elsewhere by now than when it was complained of
    place: str = ""  # the region by its name
    known: bool = False  # whether the desk knows the person, so that what is missing below is missing
    sent: tuple[Sent, ...] = ()
    paid: tuple[Paid, ...] = ()
    others: tuple[Ticket, ...] = ()
    linked: tuple[tuple[str, Ticket], ...] = ()
    offered: tuple[Offered, ...] = ()  # answers kept for often
    gathering: Gathering | None = None  # of an incident
    incident: Ticket | None = None  # that gathers this one
    looking: tuple[tuple[str, bool], ...] = ()  # (name, whether they are writing)
    draft: Draft = NOTHING


async def stand(room: Room, viewer: Viewer, number: str, now: datetime) -> Beside:
    """All of it. Refused when the ticket is not theirs to see."""
    viewer.needs(Right.SEE_TICKETS)
    async with room.database.read() as db:
        ticket = await seen(db, viewer, number)
        of = await rounds.get(db, ticket.round_id) if ticket.round_id else None
        names = await notices.names(db, (ticket.region,)) if ticket.region else {}
        told, owed, known, others = await _person(room, db, viewer, ticket)
        linked = [(kind, one) for kind, one in await beside.linked(db, ticket.id) if viewer.covers(one.region)]
        return Beside(
            round=of,
            moved=of is not None and await _moved(db, ticket, of),
            place=names.get(ticket.region, ""),
            known=known,
            sent=told,
            paid=owed,
            others=others,
            linked=tuple(linked),
            offered=await canned.offer(db, room, ticket, of) if viewer.may(Right.ANSWER) else (),
            gathering=await incidents.look(db, viewer, ticket),
            incident=await _gathered_by(db, viewer, ticket),
            looking=tuple(await drafts.looking(db, ticket.id, viewer.account_id, now)),
            draft=await drafts.draft(db, viewer.account_id, ticket.id),
        )


async def _moved(db: AsyncConnection, ticket: Ticket, of: Round) -> bool:
    """Whether a round is handed out elsewhere by now; a point that is only called otherwise is where it was."""
    if ticket.venue in ("", of.venue):
        return False
    point = await points.get(db, of.point_id) if of.point_id else None
    return point is None or point.code != ticket.point


async def _gathered_by(db: AsyncConnection, viewer: Viewer, ticket: Ticket) -> Ticket | None:
    if ticket.policy != GATHERED:
        return None
    number = await gathered.of_child(db, ticket.id)
    found = await tickets.get(db, number) if number is not None else None
    return found if found is not None and viewer.covers(found.region) else None


async def _person(
    room: Room, db: AsyncConnection, viewer: Viewer, ticket: Ticket
) -> tuple[tuple[Sent, ...], tuple[Paid, ...], bool, tuple[Ticket, ...]]:
    if is_private(ticket.confidentiality) or not viewer.may(Right.SEE_PEOPLE):
        return (), (), False, ()
    reporter = await reporter_of(room, db, ticket.id)
    keys = reporter.keys(room.vault)
    found = await beside.others(db, ticket.id, keys.person(), keys.reporter())
    others = tuple(one for one in found if viewer.covers(one.region))
    if reporter.person_id is None:
        return (), (), False, others
    told = await beside.sent(db, reporter.person_id, ticket.round_id) if ticket.round_id else ()
    return told, await beside.paid(db, reporter.person_id, ticket.round_id), True, others


# --- who else looks, and what is being written -----------------------------------------------------------------------


async def look(room: Room, viewer: Viewer, number: str, now: datetime) -> tuple[tuple[str, bool], ...]:
    """Say that the viewer looks at a ticket; who else does."""
    viewer.needs(Right.SEE_TICKETS)
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number)
        await drafts.look(db, ticket.id, viewer.account_id, now + LOOKS)
        return tuple(await drafts.looking(db, ticket.id, viewer.account_id, now))


async def keep_draft(
    room: Room, viewer: Viewer, number: str, text: str | None, note: str | None, now: datetime
) -> None:
    """Keep what the viewer is writing: to the citizen, to colleagues, or both; None leaves a part as it was."""
    viewer.needs(Right.ANSWER)
    words = {name: safe(said)[:LONGEST_DRAFT] for name, said in (("text", text), ("note", note)) if said is not None}
    if not words:
        raise Refused("there is nothing to keep: write the answer or the note first")
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number)
        await drafts.keep(db, viewer.account_id, ticket.id, words, now)


async def forget_draft(room: Room, viewer: Viewer, number: str, part: str) -> None:
    """A part of the draft was sent: `text` or `note`."""
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number)
        await drafts.clear(db, viewer.account_id, ticket.id, part)


# --- tickets that belong together ------------------------------------------------------------------------------------


async def link(room: Room, viewer: Viewer, number: str, other: str, now: datetime) -> Ticket:
    """Say that two tickets belong together; both tell it. Refused where one is confidential: from it no way may lead
    to a person.
    """
    viewer.needs(Right.ANSWER)
    async with room.database.write() as db:
        one, two = await seen(db, viewer, number), await seen(db, viewer, other)
        if one.id == two.id:
            raise Refused(f"{one.number} is this very ticket; name another one")
        if is_private(one.confidentiality) or is_private(two.confidentiality):
            raise Refused("a confidential ticket is tied to no other; write an internal note instead")
        if one.shielded is not two.shielded:  # its number would stand where its own office reads it
            hidden, open_one = (one, two) if one.shielded else (two, one)
            raise Refused(f"ticket {hidden.number} is hidden, {open_one.number} is not; write an internal note instead")
        if not await beside.link(db, one.id, two.id, "related", viewer.who, now):
            raise Refused(f"{one.number} and {two.number} are linked already")
        for ticket, far in ((one, two), (two, one)):
            await tickets.record(db, ticket.id, at=now, who=viewer.who, act="link", facts={"other": far.number})
        about = f"ticket:{one.id}"
        await ledger.append(db, at=now, who=viewer.who, act="ticket_link", about=about, detail={"other": two.number})
    return two


async def unlink(room: Room, viewer: Viewer, number: str, other: str, now: datetime) -> None:
    """They do not belong together after all."""
    viewer.needs(Right.ANSWER)
    async with room.database.write() as db:
        one, two = await seen(db, viewer, number), await seen(db, viewer, other)
        if not await beside.unlink(db, one.id, (two.id,)):
            raise Refused(f"{one.number} and {two.number} are not linked")
        for ticket, far in ((one, two), (two, one)):
            await tickets.record(db, ticket.id, at=now, who=viewer.who, act="unlink", facts={"other": far.number})
        about = f"ticket:{one.id}"
        await ledger.append(db, at=now, who=viewer.who, act="ticket_unlink", about=about, detail={"other": two.number})
