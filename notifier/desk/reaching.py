"""Where a reporter is answered, once that changes: their number turns out to be somebody else's, or they follow their
report from another place. All in the caller's transaction.

What happens to a confidential report leaves no act of its own: nobody who joins on times comes from it to a person.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.intake import CITIZEN, reporter_of, set_reporter, worded
from notifier.desk.keys import Keys
from notifier.desk.values import PAGE, Reporter, Room, is_private
from notifier.store import deliveries, ledger, tickets
from notifier.store.contacts import WRONG
from notifier.store.tickets import Ticket

UNREACHED = (
    "SALAH ORANG: nomor pelapor kini milik orang lain, dan pelapor belum punya kode lacak. Hubungi lewat "
    "desa/kelurahan, lalu beri tautan laporan (notifier invite --ticket)."
)


async def leave(
    room: Room, db: AsyncConnection, kind: str, address: str, persons: Collection[int], now: datetime
) -> int:
    """These people are not reached at this address: their reports are answered where they are, else on the public page,
    and what was to leave for it is called back. Returns how many reports that were.
    """
    reports: list[int] = []
    for person in persons:
        reports += await tickets.reported_from(db, *Keys(room.vault, kind, address, person).reporters())
    if len(persons) > 1:  # a phone they shared: what was reported there is theirs too, whoever of them it was
        reports += await tickets.reported_by_nobody(db, Keys(room.vault, kind, address).reporters()[1])
    for ticket_id in reports:
        ticket = await tickets.get(db, ticket_id, lock=True)
        if ticket is not None:
            await _give_up(room, db, ticket, now)
    return len(reports)


async def _give_up(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> None:
    reporter = await reporter_of(room, db, ticket.id)
    to = await _elsewhere(room, db, ticket, reporter)
    await set_reporter(room, db, ticket, to)
    if to.kind == PAGE and reporter.kind != PAGE:
        await _unreached(room, db, ticket, now)
    await deliveries.call_back(db, ticket.id, f"{WRONG} person")
    await _note(db, ticket, now)


async def follow(room: Room, db: AsyncConnection, ticket_id: int, to: Reporter, now: datetime) -> Ticket | None:
    """From now on a report is answered where its reporter follows it. None for a report that is none any more."""
    ticket = await tickets.get(db, ticket_id, lock=True)
    if ticket is None:
        return None
    reporter = await reporter_of(room, db, ticket_id)
    here = replace(
        reporter, kind=to.kind, line=to.line, address=to.address, language=to.language, contact_id=None, thread=""
    )
    await set_reporter(room, db, ticket, here)
    await _note(db, ticket, now)
    return ticket


async def _elsewhere(room: Room, db: AsyncConnection, ticket: Ticket, reporter: Reporter) -> Reporter:
    """By the person's next contact; in confidence, or without one, on the public page alone."""
    private = is_private(ticket.confidentiality)
    to = await room.outbox.way(db, reporter.person_id) if reporter.person_id is not None and not private else None
    if to is None:
        return replace(reporter, kind=PAGE, line="", address=ticket.number, contact_id=None, thread="")
    contact, line = to
    return replace(reporter, kind=contact.kind, line=line, address=contact.address, contact_id=contact.id, thread="")


async def _unreached(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> None:
    """The desk reads that nobody is told any more. The code is not sent to the number that is given up: whoever has it
    now says that the report is not theirs, and with the code would read all of it.
    """
    if is_private(ticket.confidentiality):
        return
    message_id = await tickets.say(db, {"ticket_id": ticket.id, "kind": "note", "text": UNREACHED, "at": now})
    detail = worded(room, message_id, UNREACHED)
    await ledger.append(db, at=now, who=CITIZEN, act="ticket_note", about=f"ticket:{ticket.id}", detail=detail)


async def _note(db: AsyncConnection, ticket: Ticket, now: datetime) -> None:
    if not is_private(ticket.confidentiality):
        await ledger.append(db, at=now, who=CITIZEN, act="reporter_moved", about=f"ticket:{ticket.id}")
