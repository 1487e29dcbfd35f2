"""The watch over promises: warns before one breaks, records when it does, calls the next role, and notices answers that
did not arrive. Looks only at tickets whose `wake` has come; what it does follows from the history alone. A ticket that
cannot be reckoned is put off and told to the log; it holds up no other.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import alerts, closing
from notifier.desk.intake import reckon, wording
from notifier.desk.promise import GATHERED, Promise
from notifier.desk.values import Room
from notifier.desk.versions import carry, known
from notifier.rules.sla import Reading, Standing
from notifier.rules.tickets import Status
from notifier.store import ledger, tickets
from notifier.store.tickets import Ticket

log = structlog.get_logger()
CLOCK = "clock"
LEASE = timedelta(minutes=1)
PUT_OFF = timedelta(hours=1)  # until a ticket that could not be reckoned is tried again
LOST = ("failed", "expired", "suppressed", "cancelled")


async def sweep(room: Room, now: datetime, limit: int = 100) -> int:
    """Look at the tickets whose time has come, each in a transaction of its own, and wake some that have yet to adopt
    what is promised now; returns how many tickets were seen to.
    """
    async with room.database.write() as db:
        woken = await tickets.claim(db, now, now + LEASE, limit)
    for ticket_id in woken:
        try:
            async with room.database.write() as db:
                ticket = await tickets.get(db, ticket_id, lock=True)
                if ticket is not None:
                    await look(room, db, ticket, now)
        except Exception as error:  # without its words: an error of the database would quote people's
            log.error("sweep.broken", ticket=ticket_id, error=type(error).__name__, again=PUT_OFF.total_seconds())
            async with room.database.write() as db:
                await tickets.reckon(db, ticket_id, {"wake": now + PUT_OFF})
    if len(woken) < limit:  # a change of promises waits for what is due anyway
        return len(woken) + await carry(room.database, room.promises, now, limit)
    return len(woken)


async def look(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> None:
    """Do for one ticket what its promise asks for now, record it, and reckon when to look again.

    What the old promise asks for is recorded before a newer one is adopted, so that no breach is lost by the change.
    """
    await _arrival(db, ticket)
    await alerts.unseen(room, db, ticket, now)
    if await closing.close_silent(room, db, ticket, now):
        ticket = await tickets.get(db, ticket.id, lock=True) or ticket
        if ticket.status is Status.CLOSED:
            await closing.ask_rating(room, db, ticket, now)
    if ticket.policy == GATHERED:  # its incident has the clock
        await reckon(room, db, ticket, now)
        return
    history = await tickets.history(db, ticket.id)
    told = await tickets.told_since(db, ticket.id)
    if told is not None and not any(change.act == "acknowledged" for change in history):
        await tickets.record(db, ticket.id, at=told, who=CLOCK, act="acknowledged")
        history = await tickets.history(db, ticket.id)
    await known(db, room.promises, history)
    stands, promise = room.promises.reckon(ticket, history, now)
    level = max(ticket.level, await _said(room, db, ticket, stands, promise, now))
    newer = await _adopted(room, db, ticket, promise, now)
    if newer is not None:
        ticket = replace(ticket, policy=newer.policy.name)
        stands, _ = room.promises.reckon(ticket, await tickets.history(db, ticket.id), now)
        level = max(level, await _said(room, db, ticket, stands, newer, now))
    await reckon(room, db, ticket, now)
    if level != ticket.level:
        await tickets.reckon(db, ticket.id, {"level": level})


async def _adopted(room: Room, db: AsyncConnection, ticket: Ticket, promise: Promise, now: datetime) -> Promise | None:
    """What is promised now for such a ticket, written into its history if that is something else; None when not."""
    newer = room.promises.choose(ticket.category, ticket.urgent, ticket.region)
    live = ticket.open or ticket.status is Status.MERGED
    if newer.version == promise.version or not live or not room.promises.in_force:
        return None
    await _record(db, ticket, "adopted", wording(newer), now)
    await tickets.reckon(db, ticket.id, {"policy": newer.policy.name})
    about = f"ticket:{ticket.id}"
    await ledger.append(db, at=now, who=CLOCK, act="promise_adopted", about=about, detail=wording(newer))
    return newer


async def _said(
    room: Room, db: AsyncConnection, ticket: Ticket, stands: Standing, promise: Promise, now: datetime
) -> int:
    """Record and tell what all clocks ask for; returns the highest level that was called, 0 for none."""
    return max([await _say(room, db, ticket, reading, promise, now) for reading in stands.clocks.values()], default=0)


async def _say(
    room: Room, db: AsyncConnection, ticket: Ticket, reading: Reading, promise: Promise, now: datetime
) -> int:
    """Record and tell what one clock asks for; returns the highest level that was called, 0 for none."""
    due = reading.due or now
    clock = reading.clock.value
    for part in reading.warn:
        await _record(db, ticket, "warned", {"clock": clock, "fraction": part}, now)
    if reading.warn:  # several at once, after a long stop, are one warning
        await alerts.warn(room, db, ticket, reading.clock, due, max(reading.warn), promise, now)
    if reading.breach:
        await _record(db, ticket, "breached", {"clock": clock, "due": due.isoformat()}, now)
        await ledger.append(
            db, at=now, who=CLOCK, act="promise_broken", about=f"ticket:{ticket.id}", detail={"clock": clock}
        )
    for level in reading.escalate:
        await _record(db, ticket, "escalated", {"clock": clock, "level": level}, now)
    if reading.escalate:
        level = max(reading.escalate)
        await alerts.escalate(room, db, ticket, reading.clock, due, level, promise, now)
        about = f"ticket:{ticket.id}"
        detail = {"clock": clock, "level": level}
        await ledger.append(db, at=now, who=CLOCK, act="ticket_escalated", about=about, detail=detail)
        return level
    return 0


async def _record(db: AsyncConnection, ticket: Ticket, act: str, facts: dict[str, Any], now: datetime) -> None:
    await tickets.record(db, ticket.id, at=now, who=CLOCK, act=act, facts=facts)


async def _arrival(db: AsyncConnection, ticket: Ticket) -> None:
    """Whether the newest message to the citizen arrived; if not, or if nobody will ever know, the ticket says why."""
    why = lost(await tickets.fate(db, ticket.id))
    if why is not None and why != ticket.undelivered:
        await tickets.reckon(db, ticket.id, {"undelivered": why})


def lost(fate: tuple[str, str, bool] | None) -> str | None:
    """Why a message did not arrive, by (state, reason, held); "" when it did, None while nobody can tell."""
    if fate is None:
        return None
    state, reason, held = fate
    if state == "unknown" and held:  # says more than why: perhaps it did arrive, someone has to look
        return state
    if state in LOST:
        return (reason or state)[:120]
    return "" if state in tickets.TOLD else None
