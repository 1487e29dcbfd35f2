"""What staff do about a ticket: answer, note, move it on, assign. One act, one transaction, one link in the ledger.

Whoever acts tells which version of the ticket they saw; a ticket that somebody changed meanwhile is not acted upon.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.intake import beside, hush, letter, note_move, reckon, reporter_of, worded
from notifier.desk.plain import safe
from notifier.desk.values import Room
from notifier.errors import Changed, Refused
from notifier.rules.roles import Right, Role, Viewer, covers, may
from notifier.rules.shields import ENDS, gave_back, needs_two
from notifier.rules.tickets import Act, Change, IllegalMove, NoReason, find_numbers, move
from notifier.store import accounts, ledger, tickets
from notifier.store.tickets import Ticket

LONGEST_ANSWER = 3000  # characters; Telegram takes 4,096 with what we add
# Acts of staff that tell the citizen something, and by which event; the others are said to nobody.
TOLD: Mapping[Act, str] = {
    Act.ANSWER: "ticket_answer",
    Act.ASK_CITIZEN: "ticket_answer",
    Act.RESOLVE: "ticket_resolved",
    Act.REJECT: "ticket_answer",
    Act.REFER: "ticket_answer",
}
STAFF = frozenset({Act.VERIFY, Act.START, Act.CLOSE, Act.REOPEN, *TOLD}) - {
    Act.REFER
}  # which names a body and a letter


async def seen(db: AsyncConnection, viewer: Viewer, number: str, *, lock: bool = False) -> Ticket:
    """The ticket of a number, however it is spelled. Refused alike when there is none and when it is not theirs."""
    named = find_numbers(number) or find_numbers(f"ADU-{number.strip()}")
    spelled = next(iter(named), number.strip().upper())
    ticket = await tickets.by_number(db, spelled[:16], lock=lock)
    if ticket is None or not viewer.covers(ticket.region):
        raise Refused(f'there is no ticket "{number[:40]}" in your region')
    return ticket


async def act(
    room: Room,
    viewer: Viewer,
    number: str,
    what: Act,
    words: str,
    version: int,
    now: datetime,
    leaves_at: datetime | None = None,
    *,
    also: Callable[[AsyncConnection], Awaitable[None]] | None = None,
) -> Ticket:
    """Move a ticket on; `words` go to the citizen where the act tells them something, not before `leaves_at`, and
    `also` is done in the same transaction. Refused, as a sentence, when the viewer may not, the ticket can't, the words
    lack, somebody else was quicker, or it takes two.
    """
    words = allowed(viewer, what, words)
    return await do(room, viewer, number, what, words, version, now, leaves_at=leaves_at, also=also)


def allowed(viewer: Viewer, what: Act, words: str) -> str:
    """The words as they go out, of an act that this viewer may do by itself. Refused otherwise."""
    viewer.needs(Right.ANSWER)
    if what not in STAFF:
        raise Refused(f"'{what}' is nothing that staff do to a ticket by itself")
    return worded_for(what, words)


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
    also: Callable[[AsyncConnection], Awaitable[None]] | None = None,
) -> Ticket:
    """The act itself, for those who know that it may be done; `facts` go into the history. Words leave at
    `leaves_at`, or now. Refused when it takes two people, and the facts name nobody else who proposed it.
    """
    async with room.database.write() as db:
        was = await current(db, viewer, number, version)
        if needs_two(was.shielded, what) and (facts or {}).get("proposed_by", viewer.who) == viewer.who:
            raise Refused(takes_two(what, was))
        await not_after_giving_back(db, was, viewer, what)
        moved, change = moved_by(was, what, viewer, text, now)
        values: dict[str, Any] = {"status": moved.status.value, "closed_at": _closed(was, moved, now)}
        detail: dict[str, Any] = {}
        if what in TOLD:
            values["undelivered"] = ""
            detail = await tell(room, db, was, viewer, TOLD[what], text, now, leaves_at)
        if was.assignee_id is None and moved.open:
            values["assignee_id"] = viewer.account_id  # who answers first takes it
        # What an answer that has not left needs to be taken back: which words, and whether it took the ticket. What
        # goes to many with it at once can not.
        held: dict[str, Any] = {}
        if detail and (also is None or leaves_at is not None):
            held = {"message": detail["message"], "took": "assignee_id" in values, **_held(leaves_at)}
        await note_move(db, was, change, {**(facts or {}), **held})
        for one in await tickets.merged(db, was.id):
            await done_too(room, db, one, was, change, viewer, text, leaves_at)
        if also is not None:
            await also(db)
        return await changed(room, db, was, values, viewer, f"ticket_{what}", detail, now)


def _held(leaves_at: datetime | None) -> dict[str, Any]:
    """What the history keeps of words that leave later: until then nobody reads them, on no page either."""
    return {"held": leaves_at.isoformat()} if leaves_at is not None else {}


def takes_two(what: Act, ticket: Ticket) -> str:
    """Why one person alone does not end a hidden ticket."""
    return f"'{what}' of ticket {ticket.number} takes two people: propose it, and another account agrees"


async def not_after_giving_back(db: AsyncConnection, ticket: Ticket, viewer: Viewer, what: Act) -> None:
    """Refused where somebody would end alone what they themselves gave back to its office a moment ago."""
    if what in ENDS and not ticket.shielded and gave_back(await tickets.history(db, ticket.id), viewer.who):
        raise Refused(f"you gave ticket {ticket.number} back to its office yourself; another account has to end it")


async def done_too(
    room: Room,
    db: AsyncConnection,
    one: Ticket,
    main: Ticket,
    change: Change,
    viewer: Viewer,
    text: str,
    leaves_at: datetime | None = None,
) -> None:
    """What staff do about a ticket is done about each that is handled with it: its citizen is told the same in their
    own channel, and its promise is met by it.
    """
    detail: dict[str, Any] = {}
    if change.act in TOLD:
        detail = await tell(room, db, one, viewer, TOLD[change.act], text, change.at, leaves_at)
        await tickets.reckon(db, one.id, {"undelivered": ""})
    facts: dict[str, Any] = {"with": main.number, "from": change.from_.value}
    if detail:
        facts |= _held(leaves_at)
        facts["message"] = detail["message"]  # so that it can be taken back together with the other's
    await beside(room, db, one, change.act, change.by, facts, detail, change.at)


async def note(room: Room, viewer: Viewer, number: str, text: str, now: datetime) -> int:
    """Write something that only staff read; returns its id."""
    viewer.needs(Right.ANSWER)
    words = safe(text)
    if not words:
        raise Refused("an empty note says nothing; write it first", field="text")
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number)
        row = {"ticket_id": ticket.id, "kind": "note", "text": words, "at": now, "account_id": viewer.account_id}
        message_id = await tickets.say(db, row)
        about = f"ticket:{ticket.id}"
        await ledger.append(
            db, at=now, who=viewer.who, act="ticket_note", about=about, detail=worded(room, message_id, words)
        )
    return message_id


async def assign(room: Room, viewer: Viewer, number: str, account_id: int, version: int, now: datetime) -> Ticket:
    """Give a ticket to a member of staff; to oneself with the right to answer, to others with the right to assign."""
    viewer.needs(Right.ANSWER if account_id == viewer.account_id else Right.ASSIGN)
    async with room.database.write() as db:
        was = await current(db, viewer, number, version)
        taker = await accounts.get(db, account_id)
        if taker is None or taker.disabled_at is not None or not may(Role(taker.role), Right.ANSWER):
            raise Refused(f"account {account_id} does not answer tickets; choose someone of the desk")
        if not covers(taker.region, was.region):
            raise Refused(f"{taker.login} does not see the region of ticket {was.number}; choose someone who does")
        moved, change = moved_by(was, Act.ASSIGN, viewer, "", now)
        await note_move(db, was, change, {"account": account_id})
        values = {"status": moved.status.value, "assignee_id": account_id}
        return await changed(room, db, was, values, viewer, "ticket_assign", {"account": account_id}, now)


def spoken(ticket: Ticket, text: str) -> dict[str, Any]:
    """The facts of a message that somebody of the desk wrote."""
    return {"number": ticket.number, "category": ticket.category, "text": text}


def worded_for(what: Act, words: str) -> str:
    """The words of an act as they are kept. Refused when they lack, or are too long."""
    text = safe(words)
    if not text and what in TOLD and what is not Act.RESOLVE:
        raise Refused(f"'{what}' needs words: the citizen will be told them", field="text")
    if len(text) > LONGEST_ANSWER:
        said = f"an answer has at most {LONGEST_ANSWER} characters; this one has {len(text)}"
        raise Refused(said, field="text")
    return text


async def current(db: AsyncConnection, viewer: Viewer, number: str, version: int) -> Ticket:
    """The ticket, locked, as the viewer saw it. Refused when somebody changed it meanwhile."""
    ticket = await seen(db, viewer, number, lock=True)
    if ticket.version != version:
        raise Changed(
            f"ticket {ticket.number} was changed while you looked at it; look again before you act, what you wrote is "
            "not sent"
        )
    return ticket


def moved_by(was: Ticket, what: Act, viewer: Viewer, why: str, now: datetime) -> tuple[Ticket, Change]:
    """The move, or Refused with the table's sentence."""
    try:
        return move(was, what, by=viewer.who, at=now, why=why[:500])
    except IllegalMove as error:
        raise Refused(str(error), field="text" if isinstance(error, NoReason) else "") from None


def _closed(was: Ticket, moved: Ticket, now: datetime) -> datetime | None:
    return None if moved.open else was.closed_at or now


async def tell(
    room: Room,
    db: AsyncConnection,
    ticket: Ticket,
    viewer: Viewer,
    event: str,
    text: str,
    now: datetime,
    leaves_at: datetime | None = None,
) -> dict[str, Any]:
    """Queue the words to the citizen and put them into the conversation; what the ledger keeps of them."""
    reporter = await reporter_of(room, db, ticket.id)
    heard = await tickets.last_heard(db, ticket.id)
    notice = letter(room, ticket, reporter, event, spoken(ticket, text), heard[1] if heard else ticket.opened_at, now)
    if leaves_at is not None:
        notice = replace(notice, due_at=leaves_at)
    row = {
        "ticket_id": ticket.id,
        "kind": "out",
        "text": text,
        "at": now,
        "account_id": viewer.account_id,
        "delivery_id": await room.outbox.queue(db, notice, now) if reporter.reached else None,
    }
    return worded(room, await tickets.say(db, row), text)


async def changed(
    room: Room,
    db: AsyncConnection,
    was: Ticket,
    values: Mapping[str, Any],
    viewer: Viewer,
    what: str,
    detail: Mapping[str, Any],
    now: datetime,
) -> Ticket:
    """Write a move into the row, reckon the promise anew, and link the act into the ledger."""
    if not await tickets.change(db, was, values, now):
        raise Changed(f"ticket {was.number} was changed while you looked at it; look again before you act")
    ticket = await tickets.get(db, was.id)
    if ticket is None:
        raise LookupError(f"there is no ticket {was.id}")
    await hush(db, ticket, await reckon(room, db, ticket, now), now)
    told = {**detail, "status": ticket.status.value}
    await ledger.append(db, at=now, who=viewer.who, act=what, about=f"ticket:{was.id}", detail=told)
    return await tickets.get(db, was.id) or ticket
