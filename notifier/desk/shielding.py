"""Who may see a ticket at all: hidden from the office it may concern, its reporter kept secret by staff, and ended only
by two people. That nobody above sees it is told to the admins.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import acting, alerts
from notifier.desk.intake import reckon, seal_off, worded
from notifier.desk.values import Room, is_private
from notifier.errors import Refused
from notifier.rules import shields
from notifier.rules.roles import Right, Viewer, covers
from notifier.rules.tickets import Act
from notifier.store import accounts, ledger, tickets
from notifier.store.tickets import Changed, Ticket

SHORTEST = 5  # characters that can tell a reason


# --- who sees it -----------------------------------------------------------------------------------------------------


async def seal(room: Room, viewer: Viewer, number: str, version: int, now: datetime) -> Ticket:
    """Take away everything that leads to the reporter of an open ticket, because the desk thinks it better."""
    viewer.needs(Right.ANSWER)
    async with room.database.write() as db:
        ticket = await acting.current(db, viewer, number, version)
        if is_private(ticket.confidentiality):
            raise Refused(f"the reporter of ticket {ticket.number} is kept secret already")
        return await seal_off(room, db, ticket, now, who=viewer.who)


async def shield(room: Room, viewer: Viewer, number: str, why: str, version: int, now: datetime, *, on: bool) -> Ticket:
    """Hide a ticket from the office it may concern, or give it back to that office; with a reason."""
    viewer.needs(Right.ASSIGN)
    if len(why.strip()) < SHORTEST:
        raise Refused("say in a few words why; the reason is kept with the ticket")
    async with room.database.write() as db:
        was = await acting.current(db, viewer, number, version)
        if was.shielded is on:
            raise Refused(f"ticket {was.number} is {'hidden' if on else 'not hidden'} already")
        region = shields.above(was.place) if on else was.place
        if not viewer.covers(region):
            raise Refused(f"ticket {was.number} would leave your region; ask somebody above you to hide it")
        values = {"region": region, "shielded": on} | await _freed(db, was, region)
        await tickets.record(
            db, was.id, at=now, who=viewer.who, act="shielded" if on else "unshielded", why=why.strip()
        )
        await tickets.change(db, was, values, now)
        act = "ticket_shielded" if on else "ticket_unshielded"
        await ledger.append(db, at=now, who=viewer.who, act=act, about=f"ticket:{was.id}")
        ticket = await tickets.get(db, was.id) or was
        await alerts.unseen(room, db, ticket, now)
    return ticket


async def _freed(db: AsyncConnection, ticket: Ticket, region: str) -> dict[str, Any]:
    """Whoever has a ticket and no longer sees it has it no more."""
    holder = await accounts.get(db, ticket.assignee_id) if ticket.assignee_id is not None else None
    return {"assignee_id": None} if holder is not None and not covers(holder.region, region) else {}


# --- two people ------------------------------------------------------------------------------------------------------


async def act(
    room: Room,
    viewer: Viewer,
    number: str,
    what: Act,
    words: str,
    version: int,
    now: datetime,
    leaves_at: datetime | None = None,
) -> Ticket:
    """Move a ticket on, or, where that takes two people, propose it to the second one."""
    return await do(room, viewer, number, what, acting.allowed(viewer, what, words), version, now, leaves_at=leaves_at)


async def do(
    room: Room,
    viewer: Viewer,
    number: str,
    what: Act,
    text: str,
    version: int,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    *,
    leaves_at: datetime | None = None,
) -> Ticket:
    """The act itself, or its proposal; `facts` go into the history once it is done. Words leave at `leaves_at`, or
    now.
    """
    async with room.database.read() as db:
        ticket = await acting.seen(db, viewer, number)
    if shields.needs_two(ticket.shielded, what):
        return await _propose(room, viewer, number, what, text, version, now, facts or {})
    return await acting.do(room, viewer, number, what, text, version, now, facts, leaves_at=leaves_at)


async def _propose(
    room: Room,
    viewer: Viewer,
    number: str,
    what: Act,
    text: str,
    version: int,
    now: datetime,
    more: Mapping[str, Any],
) -> Ticket:
    async with room.database.write() as db:
        was = await acting.current(db, viewer, number, version)
        acting.moved_by(was, what, viewer, text, now)  # refused now rather than by the second person
        facts: dict[str, Any] = {"act": what.value, "facts": dict(more)}
        detail: dict[str, Any] = {"act": what.value}
        if text:
            row = {"ticket_id": was.id, "kind": "note", "text": text, "at": now, "account_id": viewer.account_id}
            facts["said"] = await tickets.say(db, row)
            detail |= worded(room, facts["said"], text)
        await tickets.record(db, was.id, at=now, who=viewer.who, act=shields.PROPOSED, facts=facts)
        await tickets.change(db, was, {}, now)
        await ledger.append(db, at=now, who=viewer.who, act="ticket_proposed", about=f"ticket:{was.id}", detail=detail)
        await alerts.second(room, db, was, viewer.account_id, now)
        return await tickets.get(db, was.id) or was


async def decide(room: Room, viewer: Viewer, number: str, version: int, now: datetime, *, agree: bool) -> Ticket:
    """The second person does what was proposed, or sends it back; whoever proposed it may only take it back."""
    viewer.needs(Right.ANSWER)
    async with room.database.read() as db:
        ticket = await acting.seen(db, viewer, number)
        waits = shields.proposal(await tickets.history(db, ticket.id))
        words = await _words(db, ticket, waits) if waits is not None else ""
    if waits is None:
        raise Refused(f"nothing waits for a second person on ticket {ticket.number}; look again")
    if not agree:
        return await _send_back(room, viewer, number, version, now)
    if waits.who == viewer.who:
        raise Refused(f"you proposed this for ticket {ticket.number} yourself; another account has to agree")
    what = Act(waits.facts["act"])
    facts = {**waits.facts.get("facts", {}), "proposed_by": waits.who}
    return await acting.do(room, viewer, number, what, words, version, now, facts)


async def _words(db: AsyncConnection, ticket: Ticket, waits: Changed) -> str:
    said = await tickets.conversation(db, ticket.id)
    return next((one.text for one in said if one.id == waits.facts.get("said")), "")


async def _send_back(room: Room, viewer: Viewer, number: str, version: int, now: datetime) -> Ticket:
    async with room.database.write() as db:
        was = await acting.current(db, viewer, number, version)
        await tickets.record(db, was.id, at=now, who=viewer.who, act=shields.WITHDRAWN)
        await tickets.change(db, was, {}, now)
        await ledger.append(db, at=now, who=viewer.who, act="ticket_proposal_withdrawn", about=f"ticket:{was.id}")
        ticket = await tickets.get(db, was.id) or was
        await reckon(room, db, ticket, now)
        return ticket


def agreeable(viewer: Viewer, history: Sequence[Changed]) -> bool:
    """Whether this viewer may be the second person for what waits."""
    waits = shields.proposal(history)
    return waits is not None and waits.who != viewer.who and viewer.may(Right.ANSWER)
