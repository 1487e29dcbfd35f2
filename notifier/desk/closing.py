"""After a case is called settled: silence closes it, or asks a person to; and how content its reporter is."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import alerts, silence
from notifier.desk.following import rating_code
from notifier.desk.intake import beside, letter, note_move, reporter_of
from notifier.desk.values import Room
from notifier.desk.versions import known
from notifier.rules.after import SCORES
from notifier.rules.shields import PROPOSED
from notifier.rules.tickets import Act, move
from notifier.store import ledger, ratings, tickets
from notifier.store.tickets import TICKET_RATING, Ticket

CLOCK = "clock"
ONE_FIGURE = frozenset({"sms"})  # channels whose question whether it is settled asks for the rating too

LINKED = frozenset({"email"})  # channels without buttons, where a link is one tap


async def close_silent(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> bool:
    """Close a resolved ticket whose citizen has been silent for long. One that takes two people, or whose last message
    did not arrive, is left to staff, who are asked once. Returns whether anything was done.
    """
    history = await tickets.history(db, ticket.id)
    await known(db, room.promises, history)
    _, promise = room.promises.reckon(ticket, history, now)
    end = silence.ends(room.settings, promise, ticket, history)
    if end is None or now < end:
        return False
    if ticket.shielded or ticket.undelivered:
        facts = {"act": Act.CLOSE.value} if ticket.shielded else {}
        asked = PROPOSED if ticket.shielded else silence.ASKED
        await tickets.record(db, ticket.id, at=now, who=CLOCK, act=asked, facts=facts)
        await tickets.change(db, ticket, {}, now)
        await alerts.silent(room, db, ticket, promise, now)
        return True
    moved, change = move(ticket, Act.CLOSE, by=CLOCK, at=now)
    await note_move(db, ticket, change)
    await tickets.change(db, ticket, {"status": moved.status.value, "closed_at": ticket.closed_at or now}, now)
    for also in await tickets.merged(db, ticket.id):
        await beside(room, db, also, Act.CLOSE, CLOCK, {"with": ticket.number, "from": change.from_.value}, {}, now)
    detail = {"status": moved.status.value}
    await ledger.append(db, at=now, who=CLOCK, act="ticket_close", about=f"ticket:{ticket.id}", detail=detail)
    return True


async def ask_rating(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> bool:
    """Ask the reporter of a closed ticket, in one tap, how content they are; where that was not asked already."""
    reporter = await reporter_of(room, db, ticket.id)
    if not reporter.reached or reporter.kind in ONE_FIGURE or await ratings.of(db, ticket.id) is not None:
        return False
    page, number = room.settings.public_url, ticket.number
    url = f"{page}/nilai/{number}/{rating_code(room.vault, number)}" if page and reporter.kind in LINKED else ""
    notice = letter(room, ticket, reporter, TICKET_RATING, {"number": number, "url": url}, now, now)
    await room.outbox.queue(db, notice, now)
    return True


async def rate(room: Room, db: AsyncConnection, ticket_id: int, score: int, now: datetime) -> None:
    """Keep how content the reporter is; the last word counts. ValueError: a score that is none."""
    if score not in SCORES:
        raise ValueError(f"a score is 1 to 5, not {score}")
    await ratings.give(db, ticket_id, score, now)
    await ledger.append(
        db, at=now, who="citizen", act="ticket_rated", about=f"ticket:{ticket_id}", detail={"score": score}
    )
