"""What staff do about a promise itself: let its clock stand for a reason, hand the case to another body, and answer for
an alarm so that it climbs no further.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.acting import changed, current, moved_by, seen
from notifier.desk.intake import note_move, reckon
from notifier.desk.plain import safe
from notifier.desk.promise import paused_for
from notifier.desk.shielding import do
from notifier.desk.values import Room
from notifier.desk.versions import known
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer
from notifier.rules.tickets import BODY_WORDS, Act, Body
from notifier.store import ledger, tickets
from notifier.store.tickets import Ticket

LONGEST_LETTER = 80  # characters of a letter's reference
REFERRED = {
    "id": "{why}\n\nAduan dirujuk ke {body} dengan surat nomor {letter}.",
    "en": "{why}\n\nYour complaint was referred to {body} by letter no. {letter}.",
}


async def refer(
    room: Room,
    viewer: Viewer,
    number: str,
    body: str,
    letter: str,
    why: str,
    version: int,
    now: datetime,
    leaves_at: datetime | None = None,
) -> Ticket:
    """Hand a ticket to another body; the citizen is told at `leaves_at`, or now. Refused when the body, the letter's
    reference or the reason lacks.
    """
    viewer.needs(Right.ANSWER)
    if body not in set(Body):
        raise Refused(f'there is no body "{body[:20]}" to refer to; there are: {", ".join(Body)}', field="body")
    reference, words = safe(letter), safe(why)
    if not 3 <= len(reference) <= LONGEST_LETTER:
        said = f"name the letter by which the case is handed on, in 3 to {LONGEST_LETTER} characters"
        raise Refused(said, field="letter")
    if not words:
        raise Refused("'refer' needs words: the citizen will be told them", field="text")
    async with room.database.read() as db:
        language = (await seen(db, viewer, number)).language
    text = REFERRED.get(language, REFERRED["id"]).format(why=words, body=BODY_WORDS[Body(body)], letter=reference)
    facts = {"body": body, "letter": reference}
    return await do(room, viewer, number, Act.REFER, text, version, now, facts, leaves_at=leaves_at)


async def pause(room: Room, viewer: Viewer, number: str, why: str, version: int, now: datetime) -> Ticket:
    """Let the service clock stand. Refused without a reason, and while it already stands for one of the desk's."""
    viewer.needs(Right.ANSWER)
    reason = safe(why)[:200]
    async with room.database.write() as db:
        was = await current(db, viewer, number, version)
        stands = paused_for(await tickets.history(db, was.id))
        if stands:
            raise Refused(f"the clock of ticket {was.number} stands already: {stands}; let it run first")
        return await _turn(room, db, was, Act.PAUSE, viewer, reason, reason, now)


async def resume(room: Room, viewer: Viewer, number: str, version: int, now: datetime) -> Ticket:
    """Let the service clock run again. Refused while it does; what waits for the citizen goes on waiting."""
    viewer.needs(Right.ANSWER)
    async with room.database.write() as db:
        was = await current(db, viewer, number, version)
        reason = paused_for(await tickets.history(db, was.id))
        if not reason:
            raise Refused(f"nobody of the desk lets the clock of ticket {was.number} stand")
        return await _turn(room, db, was, Act.RESUME, viewer, "", reason, now)


async def _turn(
    room: Room, db: AsyncConnection, was: Ticket, what: Act, viewer: Viewer, why: str, reason: str, now: datetime
) -> Ticket:
    moved, change = moved_by(was, what, viewer, why, now)
    await note_move(db, was, change, {"pause": reason})
    return await changed(room, db, was, {"status": moved.status.value}, viewer, f"ticket_{what}", {}, now)


async def take_alarm(room: Room, viewer: Viewer, number: str, now: datetime) -> int:
    """Whoever is alarmed says that they see to it; returns of how many clocks. Refused when nothing rings."""
    if not viewer.may(Right.ANSWER):
        viewer.needs(Right.ASSIGN)
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number, lock=True)
        history = await tickets.history(db, ticket.id)
        await known(db, room.promises, history)
        stands, _ = room.promises.reckon(ticket, history, now)
        ringing = [clock.value for clock, reading in stands.clocks.items() if reading.ringing]
        if not ringing:
            raise Refused(f"no alarm of ticket {ticket.number} rings")
        for clock in ringing:
            facts = {"clock": clock}
            await tickets.record(db, ticket.id, at=now, who=viewer.who, act="alarm_taken", facts=facts)
        await reckon(room, db, ticket, now)
        about = f"ticket:{ticket.id}"
        detail = {"clocks": ringing}
        await ledger.append(db, at=now, who=viewer.who, act="ticket_alarm_taken", about=about, detail=detail)
    return len(ringing)
