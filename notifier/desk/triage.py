"""What is done to tickets from the list, one or many: taken, given, sorted, answered; and an answer taken back.

Each ticket is a transaction of its own, as if it had been opened and acted upon: one that somebody changed meanwhile is
told of and holds up no other. An answer is held for a moment, so that taking it back is no promise but a fact.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import acting, alerts, apart, incidents
from notifier.desk.intake import hide, reckon, reporter_of, wording
from notifier.desk.merging import main_of
from notifier.desk.promise import taken_back
from notifier.desk.sweep import lost
from notifier.desk.values import HELD, Room
from notifier.errors import Refused
from notifier.rules import shields
from notifier.rules.roles import Right, Viewer
from notifier.rules.tickets import MOVES, OPEN, Act, Category, impossible
from notifier.store import drafts, ledger, tickets
from notifier.store.tickets import Changed, Ticket

MOST = 100  # tickets that are acted upon at once
Chosen = tuple[str, int]  # number, and the version that was seen
SPOKEN = (Act.ANSWER, Act.ASK_CITIZEN, Act.RESOLVE)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act on several tickets."""

    done: tuple[str, ...]  # numbers
    refused: tuple[tuple[str, str], ...] = ()  # number, and why not


@dataclass(frozen=True, slots=True)
class Letter:
    """What one citizen would be told: by which event, in which language and over which line."""

    ticket: Ticket
    event: str
    language: str
    channel: str
    line: str
    zone: str
    text: str
    refused: str = ""  # why this one would not be answered


async def each(chosen: Sequence[Chosen], do: Callable[[str, int], Awaitable[object]]) -> Done:
    """Do something to each of these tickets, in a transaction of its own."""
    if not chosen:
        raise Refused("no ticket is ticked; tick those that are meant first")
    if len(chosen) > MOST:
        raise Refused(f"{len(chosen)} tickets at once are too many; tick at most {MOST}")
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for number, version in chosen:
        try:
            await do(number, version)
            done.append(number)
        except Refused as error:
            refused.append((number, str(error)))
    return Done(tuple(done), tuple(refused))


async def categorise(room: Room, viewer: Viewer, number: str, category: str, version: int, now: datetime) -> Ticket:
    """Say what a ticket is about; the promise becomes that of the category, and the one before stays in its history."""
    viewer.needs(Right.ANSWER)
    if category not in set(Category):
        raise Refused(f'there is no category "{category[:40]}"; choose one of the list')
    async with room.database.write() as db:
        await main_of(db, (await acting.seen(db, viewer, number)).id)  # locked before it
        was = await acting.current(db, viewer, number, version)
        if was.category == category:
            return was
        promise = room.promises.choose(category, was.urgent, was.region)
        policy = promise.policy.name
        facts = {"category": category, "was": was.category}
        await _note(db, was, viewer, "categorise", was.status, facts, now)
        if policy != was.policy:
            await tickets.record(db, was.id, at=now, who="clock", act="adopted", facts=wording(promise))
        others = [one for one in was.categories if one not in (was.category, category)]
        values = {"category": category, "categories": [category, *others], "policy": policy}
        if not was.shielded and shields.grave((category,)):  # it may be about the very office that says so
            await apart.no_incident(db, was)
            values |= await hide(db, was, now)
        detail = {"category": category}
        done = await acting.changed(room, db, was, values, viewer, "ticket_categorise", detail, now)
        await alerts.unseen(room, db, done, now)
        return await apart.together(room, db, done, viewer.who, now)


async def letters(room: Room, viewer: Viewer, chosen: Sequence[Chosen], what: Act, words: str) -> list[Letter]:
    """What each citizen would be told, before anything is sent. Refused when the words are none to send."""
    viewer.needs(Right.ANSWER)
    if what not in SPOKEN:
        raise Refused(f"'{what}' says nothing to a citizen")
    text = acting.worded_for(what, words)
    if not chosen or len(chosen) > MOST:
        await each(chosen, _nothing)
    found = []
    async with room.database.read() as db:
        for number, version in chosen:
            ticket = await acting.seen(db, viewer, number)
            to = await reporter_of(room, db, ticket.id)
            why = ""
            if ticket.version != version:
                why = f"ticket {ticket.number} was changed while you looked at it; look again before you act"
            elif what not in MOVES[ticket.status]:
                why = impossible(ticket, what)
            elif shields.needs_two(ticket.shielded, what):
                why = acting.takes_two(what, ticket)
            elif await incidents.speaks_for_many(db, ticket, what):
                why = incidents.at_once(ticket)
            event = acting.TOLD[what]
            found.append(Letter(ticket, event, to.language, to.kind, to.line, to.zone, text, why))
    return found


async def _nothing(_number: str, _version: int) -> None:
    """Only the number of tickets matters."""


async def take_back(room: Room, viewer: Viewer, number: str, now: datetime) -> None:
    """Take the viewer's newest answer back while it is held: it does not leave, and the ticket is as it was before, its
    promise too; the words are a draft again. Refused once it has left.
    """
    viewer.needs(Right.ANSWER)
    async with room.database.write() as db:
        seen = await acting.seen(db, viewer, number)
        gone = taken_back(await tickets.history(db, seen.id))
        held = await tickets.held_answer(db, seen.id, viewer.account_id, gone, now, now - HELD)
        theirs = await tickets.held_beside(db, seen.id, held[0], now, now - HELD) if held else []
        # The deliveries before the tickets: in this order whoever settles them locks them.
        if held is None or not await _stopped(db, [held[1], *(delivery for *_, delivery in theirs)], now):
            raise _has_left(seen)
        ticket = await acting.seen(db, viewer, number, lock=True)
        history = await tickets.history(db, ticket.id)
        answered = next((change for change in reversed(history) if _says(change, held[0])), None)
        if answered is None or held[0] in taken_back(history):  # two agreed on it, and it went to everybody
            raise _has_left(seen)
        if await incidents.set_out(db, ticket, answered.at, now):
            raise _has_left(seen)
        if held[1] is None and "held" not in answered.facts:  # read on a page, and there at once
            raise _has_left(seen)
        last = next(change for change in reversed(history) if change.status)
        before = answered.was if last is answered else ticket.status.value  # somebody else has moved it on since
        moved = {"message": held[0]}
        await _note(db, ticket, viewer, "take_back", before, moved, now)
        for one, message, _ in theirs:
            await _take_back_beside(room, db, one, message, viewer, now)
            await tickets.ring_again(db, one, answered.at)
        values: dict[str, Any] = {"status": before, "closed_at": None if before in OPEN else ticket.closed_at or now}
        if answered.facts["took"] and last is answered:
            values["assignee_id"] = None
        values["undelivered"] = lost(await tickets.fate(db, ticket.id)) or ""
        await tickets.ring_again(db, ticket.id, answered.at)
        await acting.changed(room, db, ticket, values, viewer, "ticket_take_back", moved, now)
        await _words_back(db, ticket.id, held[0], viewer, now)


def _says(change: Changed, message: int) -> bool:
    """Whether it is the act by which this was said to the citizen."""
    return change.facts.get("message") == message and "took" in change.facts


def _has_left(ticket: Ticket) -> Refused:
    return Refused(f"the answer to ticket {ticket.number} has left; it can no longer be taken back")


async def _stopped(db: AsyncConnection, held: Sequence[int | None], now: datetime) -> bool:
    """Stop all of these answers; whoever calls gives up the transaction when one has left."""
    leaving = sorted(delivery for delivery in held if delivery is not None)
    return all([await tickets.take_back(db, delivery, now) for delivery in leaving])


async def _take_back_beside(
    room: Room, db: AsyncConnection, ticket_id: int, message: int, viewer: Viewer, now: datetime
) -> None:
    """The same answer to the citizen of a ticket that is handled with it."""
    one = await tickets.get(db, ticket_id, lock=True)
    if one is None:
        return
    moved = {"message": message}
    await _note(db, one, viewer, "take_back", one.status, moved, now)
    await tickets.reckon(db, one.id, {"updated_at": now})
    await reckon(room, db, one, now)
    told = {**moved, "status": one.status.value}
    about = f"ticket:{one.id}"
    await ledger.append(db, at=now, who=viewer.who, act="ticket_take_back", about=about, detail=told)


async def _note(
    db: AsyncConnection, ticket: Ticket, viewer: Viewer, act: str, status: str, facts: Mapping[str, Any], now: datetime
) -> None:
    """An entry of the history that leads from the ticket's status to another, or to the same."""
    await tickets.record(
        db, ticket.id, at=now, who=viewer.who, act=act, was=ticket.status.value, status=status, facts=facts
    )


async def _words_back(db: AsyncConnection, ticket_id: int, message: int, viewer: Viewer, now: datetime) -> None:
    """What was taken back is in its author's box again, to be mended; what they are writing by now goes before."""
    if not (await drafts.draft(db, viewer.account_id, ticket_id)).text:
        text = next(one.text for one in await tickets.conversation(db, ticket_id) if one.id == message)
        await drafts.keep(db, viewer.account_id, ticket_id, {"text": text}, now)
