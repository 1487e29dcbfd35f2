"""A hidden ticket is ended by two people: one proposes, another account does it or sends it back."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import acting, alerts
from notifier.desk.intake import reckon, worded
from notifier.desk.values import Room
from notifier.errors import Refused
from notifier.rules import shields
from notifier.rules.roles import Right, Viewer
from notifier.rules.tickets import Act
from notifier.store import ledger, tickets
from notifier.store.tickets import Changed, Ticket

Also = Callable[[AsyncConnection, Changed, str], Awaitable[None]]  # with the proposal and its words


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
        return await propose(room, viewer, number, what, text, version, now, facts or {})
    return await acting.do(room, viewer, number, what, text, version, now, facts, leaves_at=leaves_at)


async def propose(
    room: Room,
    viewer: Viewer,
    number: str,
    what: Act,
    text: str,
    version: int,
    now: datetime,
    more: Mapping[str, Any],
) -> Ticket:
    """Say what is to be done, and ask those who may agree; `more` goes into the history once it is done."""
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


async def decide(
    room: Room,
    viewer: Viewer,
    number: str,
    version: int,
    now: datetime,
    *,
    agree: bool,
    also: Also | None = None,
) -> Ticket:
    """The second person does what was proposed, or sends it back; whoever proposed it may only take it back. `also` is
    done in the same transaction, with the proposal and its words.
    """
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
    then = None if also is None else partial(_then, also, waits, words)
    return await acting.do(room, viewer, number, what, words, version, now, facts, also=then)


async def _then(also: Also, waits: Changed, words: str, db: AsyncConnection) -> None:
    await also(db, waits, words)


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
