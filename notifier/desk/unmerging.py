"""A merge made in error is undone: the ticket stands by itself again, as it would had all that was done to both been
done to it alone. Its citizen was told what they were told; number, channel and clock were theirs all along.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.acting import changed, current, seen
from notifier.desk.intake import FURTHER, reckon
from notifier.desk.plain import safe
from notifier.desk.promise import taken_back
from notifier.desk.values import Room
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer
from notifier.rules.tickets import MOVES, OPEN, Act, Status
from notifier.store import ledger, tickets
from notifier.store.tickets import Changed, Ticket

UNMERGE = "unmerge"


async def unmerge(room: Room, viewer: Viewer, number: str, why: str, version: int, now: datetime) -> Ticket:
    """Take a ticket out of the one it is handled with, and with it what came along with it. Returns it as it stands.

    Refused, as a sentence, when it is merged into none or nobody says why.
    """
    viewer.needs(Right.ANSWER)
    reason = safe(why)[:500]
    async with room.database.write() as db:
        found = await seen(db, viewer, number)
        if found.merged_into_id is None:
            raise Refused(f"ticket {found.number} is handled by itself; there is nothing to take it out of")
        if not reason:
            raise Refused(f"taking ticket {found.number} out again needs a reason: write what was mistaken")
        for ticket_id in sorted((found.id, found.merged_into_id)):  # in the order of whoever merges
            await tickets.get(db, ticket_id, lock=True)
        was = await current(db, viewer, found.number, version)
        main = await tickets.get(db, was.merged_into_id or 0)
        if main is None:
            raise Refused(f"ticket {was.number} was changed while you looked at it; look again before you act")
        history = await tickets.history(db, was.id)
        for one in await tickets.merged(db, main.id):
            if came_along(await tickets.history(db, one.id), was.number, merged_at(history)):
                await tickets.reckon(db, one.id, {"merged_into_id": was.id})
                await tickets.record(db, was.id, at=now, who=viewer.who, act="took_in", facts=_named(one))
        status = stands(history)
        facts = {"from": main.number}
        await tickets.record(
            db, was.id, at=now, who=viewer.who, act=UNMERGE, was=was.status, status=status, why=reason, facts=facts
        )
        values: dict[str, Any] = {
            "status": status.value,
            "merged_into_id": None,
            "closed_at": None if status in OPEN else was.closed_at or now,
        }
        done = await changed(room, db, was, values, viewer, "ticket_unmerge", {"from": main.id}, now)
        await _let_out(room, db, main, was, viewer.who, now)
    return done


async def part(room: Room, db: AsyncConnection, ticket: Ticket, who: str, now: datetime) -> Ticket:
    """A ticket that may be tied to no other stands by itself, and so does each that was handled with it. In the
    caller's transaction.
    """
    those = [ticket] if ticket.merged_into_id is not None else await tickets.merged(db, ticket.id)
    for one in those:
        main = await tickets.get(db, one.merged_into_id or 0, lock=True)
        if main is None:
            continue
        status = stands(await tickets.history(db, one.id))
        facts = {"from": main.number}
        await tickets.record(db, one.id, at=now, who=who, act=UNMERGE, was=one.status, status=status, facts=facts)
        closed = None if status in OPEN else one.closed_at or now
        await tickets.change(db, one, {"status": status.value, "merged_into_id": None, "closed_at": closed}, now)
        await reckon(room, db, await tickets.get(db, one.id) or one, now)
        about, detail = f"ticket:{one.id}", {"from": main.id, "status": status.value}
        await ledger.append(db, at=now, who=who, act="ticket_unmerge", about=about, detail=detail)
        await _let_out(room, db, main, one, who, now)
    return await tickets.get(db, ticket.id) or ticket


async def _let_out(room: Room, db: AsyncConnection, main: Ticket, was: Ticket, who: str, now: datetime) -> None:
    await tickets.record(db, main.id, at=now, who=who, act="let_out", facts=_named(was))
    await tickets.change(db, await tickets.get(db, main.id) or main, {}, now)
    await reckon(room, db, await tickets.get(db, main.id) or main, now)
    about, detail = f"ticket:{main.id}", {"ticket": was.id}
    await ledger.append(db, at=now, who=who, act="ticket_let_out", about=about, detail=detail)


def _named(ticket: Ticket) -> dict[str, Any]:
    return {"ticket": ticket.id, "number": ticket.number}


def stands(history: Sequence[Changed]) -> Status:
    """Where a merged ticket would stand by itself: as it was, and then moved by each act that was done to it since."""
    gone = taken_back(history)
    status = Status.RECEIVED
    for change in history:
        if not change.status or change.facts.get("message") in gone:
            continue
        if change.status != Status.MERGED:
            status = Status(change.status)
        elif change.was == Status.MERGED:
            status = _moved(status, change.act)
    return status


def _moved(status: Status, act: str) -> Status:
    known = Act(act) if act in set(Act) else None
    if known is None or known is Act.MERGE:
        return status
    if known is Act.APPEND:  # what its citizen wrote; alone it would have gone on by it, or opened again
        known = FURTHER.get(status, known)
    return MOVES[status].get(known, status)


def into(history: Iterable[Changed]) -> str:
    """The number of the ticket that a merged one is handled with; "" when it stands by itself."""
    last = [change for change in history if change.act in (Act.MERGE, UNMERGE)][-1:]
    return str(last[0].facts.get("into", "")) if last and last[0].act == Act.MERGE else ""


def merged_at(history: Iterable[Changed]) -> datetime | None:
    """When it was merged, the last time."""
    return max(
        (change.at for change in history if change.act == Act.MERGE and change.was != Status.MERGED), default=None
    )


def came_along(history: Sequence[Changed], number: str, at: datetime | None) -> bool:
    """Whether a ticket was handled with that of this number, and went on with it when that was merged."""
    merges = [change for change in history if change.act in (Act.MERGE, UNMERGE)]
    return len(merges) > 1 and merges[-2].facts.get("into") == number and merges[-1].at == at
