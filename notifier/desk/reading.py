"""What staff see of one ticket: its page, a file, and a recorded look at who reported.

Every read takes the viewer's region; identity is opened only for open tickets, or by `reveal`.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.acting import seen
from notifier.desk.intake import reporter_of
from notifier.desk.values import (
    SEALED_APPLICATION,
    SEALED_FILE,
    SEALED_SENDER,
    Answered,
    Revealed,
    Room,
    Shown,
    TicketPage,
    is_private,
)
from notifier.desk.versions import known
from notifier.errors import Refused
from notifier.rules.people import masked_address
from notifier.rules.roles import Right, Viewer
from notifier.rules.telling import tell
from notifier.rules.tickets import MOVES, Act
from notifier.store import applications, deliveries, heard, ledger, people, rounds, tickets
from notifier.store.tickets import Changed, Said, Ticket

BY_CITIZEN = frozenset({Act.CITIZEN_ANSWERED, Act.CONFIRM, Act.APPEND})
NOT_YET = frozenset({Act.MERGE})  # needs to know into which ticket


async def page_of_ticket(room: Room, viewer: Viewer, number: str, now: datetime) -> TicketPage:
    """Everything about one ticket that this viewer may know. Refused when it is not theirs to see."""
    viewer.needs(Right.SEE_TICKETS)
    async with room.database.read() as db:
        ticket = await seen(db, viewer, number)
        history = await tickets.history(db, ticket.id)
        await known(db, room.promises, history)
        stands, promise = room.promises.reckon(ticket, history, now)
        first, entries, _ = room.promises.told(ticket, history)
        of = await rounds.get(db, ticket.round_id) if ticket.round_id else None
        conversation = tuple(await tickets.conversation(db, ticket.id))
        return TicketPage(
            ticket=ticket,
            conversation=conversation,
            files=tuple(await heard.files_of(db, ticket.id)),
            history=tuple(history),
            standing=stands,
            policy=promise.policy.name,
            round_code=of.code if of else "",
            reporter=await _shown(room, db, viewer, ticket),
            answers=await _answered(db, ticket),
            acknowledged_at=await tickets.told_since(db, ticket.id),
            acts=_acts(viewer, ticket),
            arithmetic=tell(first.policy, ticket.opened_at, entries, now),
            told=tuple(await tickets.told(db, ticket.id)),
            elsewhere=await _elsewhere(room, db, viewer, ticket, conversation, history),
        )


def _acts(viewer: Viewer, ticket: Ticket) -> tuple[Act, ...]:
    if not viewer.may(Right.ANSWER):
        return (Act.ASSIGN,) if viewer.may(Right.ASSIGN) and Act.ASSIGN in MOVES[ticket.status] else ()
    return tuple(act for act in MOVES[ticket.status] if act not in BY_CITIZEN | NOT_YET)


async def _shown(room: Room, db: AsyncConnection, viewer: Viewer, ticket: Ticket) -> Shown | None:
    if is_private(ticket.confidentiality) or not viewer.may(Right.SEE_PEOPLE):
        return None
    reporter = await reporter_of(room, db, ticket.id)
    person = await people.get(db, reporter.person_id) if reporter.person_id is not None else None
    return Shown(
        name=person.name if person else reporter.name,
        nik_masked=person.nik_masked if person else "",
        contact=masked_address(reporter.address) if reporter.reached else "",
        kind=reporter.kind,
    )


async def _elsewhere(
    room: Room,
    db: AsyncConnection,
    viewer: Viewer,
    ticket: Ticket,
    conversation: Sequence[Said],
    history: Sequence[Changed],
) -> dict[int, str]:
    """Messages from another address than the reporter's; who wrote them is shown as little as the reporter."""
    strange = {change.facts["heard"] for change in history if change.facts.get("elsewhere")}
    found = {said.id: said.heard_id for said in conversation if said.heard_id is not None and said.heard_id in strange}
    if not found or is_private(ticket.confidentiality) or not viewer.may(Right.SEE_PEOPLE):
        return dict.fromkeys(found, "")
    senders = await heard.senders(db, tuple(found.values()))
    return {
        message: masked_address(room.vault.open(senders[of], SEALED_SENDER).decode()) if of in senders else ""
        for message, of in found.items()
    }


async def _answered(db: AsyncConnection, ticket: Ticket) -> Answered | None:
    if ticket.answers_id is None:
        return None
    notice = await deliveries.get(db, ticket.answers_id)
    if notice is None:
        return None
    of = await rounds.get(db, notice.round_id) if notice.round_id else None
    facts: dict[str, Any] = {}
    if of is not None:
        names = ("code", "programme", "period", "venue", "address", "opens_at", "closes_at", "zone", "amount", "method")
        facts = {name: getattr(of, name) for name in (*names, "note")}
        facts["changed_since"] = of.version != notice.round_version
    return Answered(notice.event, notice.sent_at, facts)


async def reveal(room: Room, viewer: Viewer, number: str, reason: str, now: datetime) -> Revealed:
    """Who reported a ticket, whatever its confidentiality. The look and its reason are recorded before it is given."""
    viewer.needs(Right.REVEAL)
    if len(reason.strip()) < 5:
        raise Refused("say in a few words why the reporter has to be known; the reason is kept with the look")
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number)
        await tickets.record(db, ticket.id, at=now, who=viewer.who, act="reveal", why=reason.strip())
        await ledger.append(db, at=now, who=viewer.who, act="reporter_revealed", about=f"ticket:{ticket.id}")
        reporter = await reporter_of(room, db, ticket.id)
        person = await people.get(db, reporter.person_id) if reporter.person_id is not None else None
        sealed = await applications.of_ticket(db, ticket.id)
    given = room.vault.open_json(sealed, SEALED_APPLICATION) if sealed is not None else {}
    return Revealed(
        name=person.name if person else reporter.name,
        nik_masked=person.nik_masked if person else "",
        kind=reporter.kind,
        address=reporter.address if reporter.reached else "",
        region=person.region if person else reporter.region,
        applicant=given.get("name", ""),
        nik=given.get("nik", ""),
        village=given.get("village", ""),
    )


async def file(room: Room, viewer: Viewer, number: str, file_id: int, now: datetime) -> tuple[str, str, bytes]:
    """(name, MIME type, bytes) of a file of a ticket; the look is recorded. Refused when it is not there."""
    viewer.needs(Right.SEE_TICKETS)
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number)
        found = next((f for f in await heard.files_of(db, ticket.id) if f.id == file_id), None)
        if found is None or found.state != "kept":
            raise Refused(f"ticket {ticket.number} has no such file, or it has not arrived yet")
        detail = {"file": file_id}
        await ledger.append(db, at=now, who=viewer.who, act="file_seen", about=f"ticket:{ticket.id}", detail=detail)
    path = room.settings.files / Path(found.path).name
    try:
        sealed = await asyncio.to_thread(path.read_bytes)
    except OSError:
        raise Refused(f"file {file_id} of ticket {ticket.number} is missing from the data folder") from None
    return found.name, found.type, await asyncio.to_thread(room.vault.open, sealed, SEALED_FILE)
