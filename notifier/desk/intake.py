"""How words become a ticket, or part of one: opened, appended, reworded, confirmed, sealed off. All in the caller's
transaction, together with the acknowledgement.

Knows no channel and no meaning of words: what they are about is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import alerts, answered, silence
from notifier.desk.keys import PRIVATE
from notifier.desk.plain import summary
from notifier.desk.promise import GATHERED, Promise
from notifier.desk.values import FRESH, SEALED_ADDRESS, SEALED_REPORTER, Complaint, Reporter, Room, is_private
from notifier.desk.versions import known
from notifier.outbox import Notice
from notifier.rules import shields, words
from notifier.rules.roles import covers
from notifier.rules.sla import Clock, Standing
from notifier.rules.tickets import Act, Change, Confidentiality, Status, move, number_from
from notifier.store import accounts, ledger, levies, tickets
from notifier.store.levies import Levy
from notifier.store.tickets import Ticket

CITIZEN = "citizen"
ADDED_AGAIN = timedelta(hours=1)  # how often a reporter is told that their words were added to their ticket
JUST_OPENED = timedelta(minutes=1)  # what is said so soon after a complaint is a piece of it, whose number is told
ASKED_AGAIN = timedelta(minutes=10)  # how often somebody is told how their ticket stands
NAMED = "Pengirim menyebut aduan {number}, yang pelapornya dirahasiakan."
DISTRICT = 3  # parts of a region's code that do not give away who lives there
# What a citizen's further words do to a ticket, by its status; everything else is simply added.
FURTHER: Mapping[Status, Act] = {
    Status.WAITING: Act.CITIZEN_ANSWERED,
    Status.RESOLVED: Act.REOPEN,
    Status.CLOSED: Act.REOPEN,
    Status.REJECTED: Act.REOPEN,
    Status.REFERRED: Act.REOPEN,
}


async def open_ticket(room: Room, db: AsyncConnection, complaint: Complaint, now: datetime) -> Ticket:
    """A new ticket with its promise, its reporter, its first message; the acknowledgement is queued with it."""
    await known(db, room.promises)
    place, shielded = _region(room, complaint), complaint.hidden or shields.grave(complaint.categories)
    region = shields.above(place) if shielded else place
    promise = room.promises.choose(complaint.categories[0], complaint.urgent, region)
    kept = {"policy": GATHERED} if complaint.gathered else wording(promise)
    who = complaint.opened_by or CITIZEN
    row: dict[str, Any] = {
        "status": Status.RECEIVED.value,
        "category": complaint.categories[0],
        "categories": list(complaint.categories),
        "urgent": complaint.urgent,
        "confidentiality": _secrecy(complaint).value,
        "verified": complaint.reporter.person_id is not None,
        "channel": complaint.channel or complaint.reporter.kind,
        "language": complaint.reporter.language,
        "region": region,
        "place": place,
        "shielded": shielded,
        "summary": summary(complaint.text),
        "round_id": complaint.round_id,
        "answers_id": None if complaint.confidential else complaint.answers_id,
        "policy": kept["policy"],
        "opened_at": now,
        "updated_at": now,
        **(complaint.point or {}),
    }
    ticket = await _numbered(room, db, row)
    opening = {**kept, "category": ticket.category, "urgent": ticket.urgent}
    if complaint.opened_by:
        opening |= {"source": complaint.channel, "consent": True}
    await tickets.record(db, ticket.id, at=now, who=who, act="open", status=Status.RECEIVED.value, facts=opening)
    await set_reporter(room, db, ticket, complaint.reporter)
    said = await _say(room, db, ticket, complaint)
    stands = await reckon(room, db, ticket, now)
    await _acknowledge(room, db, ticket, complaint, stands, now)
    if ticket.urgent:
        await alerts.urgent(room, db, ticket, now)
    await alerts.unseen(room, db, ticket, now)
    detail = {"category": ticket.category, "status": ticket.status.value} | said
    await _ledger(db, ticket, "ticket_opened", now, detail, who)
    return ticket


async def append(room: Room, db: AsyncConnection, ticket_id: int, complaint: Complaint, now: datetime) -> Ticket:
    """More words, or evidence, for a ticket. One that waited for them goes on, one that was settled is opened again;
    what is urgent about the words raises the ticket, a wish for secrecy seals it off. Words from another address are
    marked; they bring the reporter nothing.
    """
    was = await _locked(db, ticket_id)
    moved, change = move(was, FURTHER.get(was.status, Act.APPEND), by=CITIZEN, at=now)
    told = (one for one in complaint.categories if one != "other")  # what further words are about is known by the first
    categories = tuple(dict.fromkeys((*was.categories, *told)))
    raised = complaint.urgent and not was.urgent
    values: dict[str, Any] = {
        "status": moved.status.value,
        "categories": list(categories),
        "closed_at": None if moved.open else was.closed_at,
    }
    strange = {"elsewhere": True} if complaint.elsewhere else {}
    await note_move(db, was, change, {"heard": complaint.heard_id, **strange})
    if raised:
        values |= await turn_urgent(room, db, was, now)
    hidden = not (was.shielded or complaint.elsewhere) and _grave(complaint.categories, complaint.text)
    if hidden:
        values |= await hide(db, was, now)
    await tickets.change(db, was, values, now)
    ticket = await _locked(db, ticket_id)
    said = await _say(room, db, ticket, complaint)
    if complaint.confidential and not is_private(ticket.confidentiality):
        ticket = await seal_off(room, db, ticket, now)
    if not complaint.elsewhere:  # answers go on to the reporter alone
        await _thread(room, db, ticket, complaint.reporter.thread)
    await reckon(room, db, ticket, now)
    if raised:
        await alerts.urgent(room, db, ticket, now)
    if hidden:
        await alerts.unseen(room, db, ticket, now)
    await _ledger(db, ticket, f"ticket_{change.act}", now, {"status": moved.status.value} | said)
    return await _locked(db, ticket_id)


async def reword(
    room: Room,
    db: AsyncConnection,
    heard_id: int,
    text: str,
    at: datetime,
    urgent: bool,
    secret: bool,
    categories: Sequence[str],
    now: datetime,
) -> Ticket | None:
    """The message that `heard_id` became reads `text` now; earlier wordings stay with it. None when it became none.

    What it names to be asked or taken, and is about, is read anew; what made the ticket urgent, hidden or secret before
    keeps it so.
    """
    found = await tickets.message_of(db, heard_id)
    if found is None:
        return None
    message_id, ticket_id, before, said_at, versions = found
    ticket = await _locked(db, ticket_id)
    if text == before:
        return ticket
    await tickets.reword(db, message_id, text, at, [*versions, {"text": before, "at": said_at.isoformat()}])
    raised = urgent and not ticket.urgent
    values = await turn_urgent(room, db, ticket, now) if raised else {}
    if ticket.summary == summary(before):
        values["summary"] = summary(text)
    told = (one for one in categories if one != "other")
    values["categories"] = list(dict.fromkeys((*ticket.categories, *told)))
    strange = await _strange(db, ticket_id, heard_id)
    hidden = not (ticket.shielded or strange) and _grave(categories, text)
    if hidden:
        values |= await hide(db, ticket, now)
    await tickets.change(db, ticket, values, now)
    await _take_anew(db, ticket_id)
    await tickets.record(db, ticket_id, at=now, who=CITIZEN, act="reword")
    await _ledger(db, ticket, "ticket_reworded", now, worded(room, message_id, text))
    ticket = await _locked(db, ticket_id)
    if secret and not is_private(ticket.confidentiality) and not strange:
        ticket = await seal_off(room, db, ticket, now)
    await reckon(room, db, ticket, now)
    if raised:
        await alerts.urgent(room, db, ticket, now)
    if hidden:
        await alerts.unseen(room, db, ticket, now)
    return await _locked(db, ticket_id)


async def _take_anew(db: AsyncConnection, ticket_id: int) -> None:
    """What the citizen names to be asked or taken, by the wordings of today."""
    elsewhere = {c.facts["heard"] for c in await tickets.history(db, ticket_id) if c.facts.get("elsewhere")}
    await levies.forget(db, ticket_id)
    for said in await tickets.conversation(db, ticket_id):
        if said.kind == "in" and (said.heard_id is None or said.heard_id not in elsewhere):
            await levies.add(db, ticket_id, _taken(said.text), said.at)


def _taken(text: str) -> list[Levy]:
    return [Levy(one.kind, one.words, one.amount) for one in words.levies(text)]


async def _strange(db: AsyncConnection, ticket_id: int, heard_id: int) -> bool:
    """Whether these words came from another address than the reporter's: they decide nothing about the ticket."""
    said = (change.facts for change in await tickets.history(db, ticket_id) if change.facts.get("elsewhere"))
    return any(facts["heard"] == heard_id for facts in said)


async def open_beside(room: Room, db: AsyncConnection, complaint: Complaint, of: Ticket, now: datetime) -> Ticket:
    """A new ticket for words that name one whose reporter nobody may know. As secret as that one and as hidden, for its
    reporter may be writing from a second phone; the desk reads which number was named, the sender learns nothing of it.
    """
    ticket = await open_ticket(room, db, replace(complaint, confidential=True, hidden=of.shielded), now)
    note = NAMED.format(number=of.number)
    message_id = await tickets.say(db, {"ticket_id": ticket.id, "kind": "note", "text": note, "at": now})
    await _ledger(db, ticket, "ticket_note", now, worded(room, message_id, note))
    return ticket


async def tell_status(
    room: Room, db: AsyncConnection, ticket: Ticket, to: Reporter, said_at: datetime, now: datetime
) -> bool:
    """Tell a reporter who asks how their ticket stands: status, and until when something happens; nothing of what it is
    about. False when that was told minutes ago.
    """
    if await tickets.asked_lately(db, ticket.id, now - ASKED_AGAIN):
        return False
    facts = {"number": ticket.number, "status": ticket.status.value, "due": await _coming(room, db, ticket, now)}
    await room.outbox.queue(db, letter(room, ticket, to, tickets.TICKET_STATUS, facts, said_at, now), now)
    return True


async def tell_added(
    room: Room,
    db: AsyncConnection,
    ticket: Ticket,
    to: Reporter,
    said_at: datetime,
    now: datetime,
    *,
    asked: bool = False,
) -> bool:
    """Tell a reporter that their words were added to their ticket, and until when a person answers. False when its
    number was told just now, or that within the hour; who `asked` for a person is told each time.
    """
    if not asked:
        if said_at - ticket.opened_at <= JUST_OPENED or await tickets.asked_lately(db, ticket.id, now - JUST_OPENED):
            return False
        if await tickets.asked_lately(db, ticket.id, now - ADDED_AGAIN, added=True):
            return False
    facts = {"number": ticket.number, "status": "", "due": await _coming(room, db, ticket, now)}
    await room.outbox.queue(db, letter(room, ticket, to, tickets.TICKET_STATUS, facts, said_at, now), now)
    return True


async def _coming(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> str | None:
    """Until when something happens; None when nothing is promised any more."""
    history = await tickets.history(db, ticket.id)
    await known(db, room.promises, history)
    stands, _ = room.promises.reckon(ticket, history, now)
    outward = [r for clock, r in stands.clocks.items() if clock is not Clock.ACK]  # who asks knows that we heard
    coming = [r.due for r in outward if r.due and not r.met_at and not r.paused and r.due >= now]
    return min(coming).isoformat() if coming and ticket.open else None


async def confirm(room: Room, db: AsyncConnection, ticket_id: int, heard_id: int, now: datetime) -> Ticket | None:
    """The citizen says that it is settled; None when the ticket does not await that."""
    was = await _locked(db, ticket_id)
    if was.status is not Status.RESOLVED:
        return None
    moved, change = move(was, Act.CONFIRM, by=CITIZEN, at=now)
    await note_move(db, was, change, {"heard": heard_id})
    await tickets.change(db, was, {"status": moved.status.value, "closed_at": was.closed_at or now}, now)
    ticket = await _locked(db, ticket_id)
    await reckon(room, db, ticket, now)
    await _ledger(db, ticket, "ticket_confirm", now, {"status": moved.status.value})
    return ticket


async def seal_off(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime, who: str = CITIZEN) -> Ticket:
    """Take away from an open ticket everything that leads to a person, because its reporter asks for it, or staff."""
    reporter = await reporter_of(room, db, ticket.id)
    values = {
        "confidentiality": Confidentiality.CONFIDENTIAL.value,
        "answers_id": None,
        "region": _district(ticket.region),
        "place": _district(ticket.place),
    }
    await tickets.change(db, ticket, values, now)
    sealed = await _locked(db, ticket.id)
    await set_reporter(room, db, sealed, reporter)
    keys = reporter.keys(room.vault)
    address = room.vault.seal_json(address_of(reporter, private=True), SEALED_ADDRESS)
    await tickets.loosen(db, ticket.id, keys.heard(private=True), keys.attempt(private=True), address)
    await tickets.record(db, ticket.id, at=now, who=who, act="sealed_off")
    await ledger.append(db, at=now, who=who, act="ticket_sealed_off", about=f"ticket:{ticket.id}")
    return sealed


# --- shared with the staff's acts and the sweep ----------------------------------------------------------------------


async def reckon(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> Standing:
    """Work out the promise anew from the history and keep what the list sorts by and when to look again. What an
    incident has gathered has none; a breach from before stays.
    """
    history = await tickets.history(db, ticket.id)
    await known(db, room.promises, history)
    stands, promise = room.promises.reckon(ticket, history, now)
    due = stands.due
    clock = next((c.value for c, r in stands.clocks.items() if r.due == due and not r.met_at), "") if due else ""
    if any(change.act == "took_in" for change in history):
        nearest = await tickets.nearest_merged(db, ticket.id)
        if nearest and (due is None or nearest[0] < due):
            due, clock = nearest
    late = any(reading.late for reading in stands.clocks.values()) or (ticket.policy == GATHERED and ticket.breached)
    wakes = (stands.wake, silence.ends(room.settings, promise, ticket, history))
    wake = min((at for at in wakes if at is not None), default=None)
    values = {"next_due": due, "next_clock": clock, "wake": wake, "breached": late}
    await tickets.reckon(db, ticket.id, values | answered.first(room.promises, ticket, history))
    return stands


async def hush(db: AsyncConnection, ticket: Ticket, stands: Standing, now: datetime) -> None:
    """Call back the alarms about what is met by now: they wait for somebody's office to open."""
    met = [clock.value for clock, reading in stands.clocks.items() if reading.met_at]
    await tickets.hush(db, ticket.id, met, now)


def wording(promise: Promise) -> dict[str, Any]:
    """How a history names a promise: by policy and version."""
    return {"policy": promise.policy.name, "version": promise.policy.version}


def worded(room: Room, message_id: int, text: str) -> dict[str, Any]:
    """What the ledger keeps of a message: its number, and a keyed digest by which its words are proven."""
    return {"message": message_id, "words": room.vault.words_digest(message_id, text)}


async def note_move(db: AsyncConnection, was: Ticket, change: Change, facts: Mapping[str, Any] | None = None) -> None:
    """Write a move into the ticket's history."""
    await tickets.record(
        db,
        was.id,
        at=change.at,
        who=change.by,
        act=change.act.value,
        was=change.from_.value,
        status=change.to.value,
        why=change.why,
        facts=facts,
    )


async def reporter_of(room: Room, db: AsyncConnection, ticket_id: int) -> Reporter:
    """Opens the sealed row. Only for answering, and for looks that are allowed or recorded."""
    row = await tickets.reporter(db, ticket_id)
    if row is None:
        raise LookupError(f"ticket {ticket_id} has no reporter")
    return Reporter(**room.vault.open_json(row.sealed, SEALED_REPORTER))


def address_of(reporter: Reporter, *, private: bool) -> dict[str, str]:
    """What a delivery to the reporter seals. The private spelling of the channel keeps its attempts apart from those
    that name a person."""
    return {"kind": reporter.kind + PRIVATE if private else reporter.kind, "address": reporter.address}


def letter(
    room: Room,
    ticket: Ticket,
    reporter: Reporter,
    event: str,
    facts: Mapping[str, Any],
    said_at: datetime,
    now: datetime,
) -> Notice:
    """A notice to whoever reported a ticket, on the line they wrote on, in the thread they wrote in.

    Within half an hour of their own message it need not wait for the send window.
    """
    private = is_private(ticket.confidentiality)
    return Notice(
        event=event,
        language=reporter.language,
        zone=reporter.zone,
        facts=facts,
        sealed=room.vault.seal_json(address_of(reporter, private=private), SEALED_ADDRESS),
        line=reporter.line,
        thread="" if private else reporter.thread,  # a provider's ref may name the chat, the host or the sender
        ticket_id=ticket.id,
        window=False if now - said_at <= FRESH else None,
    )


async def beside(
    room: Room,
    db: AsyncConnection,
    one: Ticket,
    act: Act,
    who: str,
    facts: Mapping[str, Any],
    detail: Mapping[str, Any],
    now: datetime,
) -> None:
    """An act upon another ticket, in the history and the ledger of a merged one that is handled with it."""
    await note_move(db, one, Change(act, Status.MERGED, Status.MERGED, who, now), facts)
    await tickets.reckon(db, one.id, {"updated_at": now})
    await hush(db, one, await reckon(room, db, one, now), now)
    told = {**detail, "status": Status.MERGED.value}
    await ledger.append(db, at=now, who=who, act=f"ticket_{act}", about=f"ticket:{one.id}", detail=told)


# --- inside ----------------------------------------------------------------------------------------------------------


async def turn_urgent(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """What changes in the row of a ticket that turns urgent; the promise it adopts is written into its history."""
    promise = room.promises.choose(ticket.category, True, ticket.region)
    if promise.policy.name == ticket.policy:
        return {"urgent": True}
    await tickets.record(db, ticket.id, at=now, who="clock", act="adopted", facts=wording(promise))
    return {"urgent": True, "policy": promise.policy.name}


async def hide(db: AsyncConnection, was: Ticket, now: datetime) -> dict[str, Any]:
    """What changes in the row of a ticket that turns out to concern its own office: it is seen from above alone."""
    await tickets.record(db, was.id, at=now, who="clock", act="shielded")
    await ledger.append(db, at=now, who="clock", act="ticket_shielded", about=f"ticket:{was.id}")
    region = shields.above(was.place)
    return {"shielded": True, "region": region} | await freed(db, was, region)


async def freed(db: AsyncConnection, ticket: Ticket, region: str) -> dict[str, Any]:
    """What changes in a row that another region sees from now on: whoever has the ticket and sees it no longer has it
    no more.
    """
    holder = await accounts.get(db, ticket.assignee_id) if ticket.assignee_id is not None else None
    return {"assignee_id": None} if holder is not None and not covers(holder.region, region) else {}


def _grave(categories: Sequence[str], text: str) -> bool:
    """Whether further words are about those who hand out the aid; what they are about is rarely said of such words."""
    return shields.grave(categories) or bool(words.levies(text))


def _secrecy(complaint: Complaint) -> Confidentiality:
    if not complaint.confidential:
        return Confidentiality.OPEN
    return Confidentiality.CONFIDENTIAL if complaint.known else Confidentiality.ANONYMOUS


async def _numbered(room: Room, db: AsyncConnection, row: Mapping[str, Any]) -> Ticket:
    while True:
        ticket_id = await tickets.create(db, {**row, "number": number_from(room.chance)})
        if ticket_id is not None:
            return await _locked(db, ticket_id)


async def _locked(db: AsyncConnection, ticket_id: int) -> Ticket:
    ticket = await tickets.get(db, ticket_id, lock=True)
    if ticket is None:
        raise LookupError(f"there is no ticket {ticket_id}")
    return ticket


async def set_reporter(room: Room, db: AsyncConnection, ticket: Ticket, reporter: Reporter) -> None:
    """Write, or write anew, the sealed row of who reported."""
    private = is_private(ticket.confidentiality)
    keys = reporter.keys(room.vault)
    sealed = room.vault.seal_json(asdict(reporter), SEALED_REPORTER)
    await tickets.report(db, ticket.id, sealed, keys.person(private), keys.reporter(private))


async def _thread(room: Room, db: AsyncConnection, ticket: Ticket, thread: str) -> None:
    """Answers go to the newest message of the citizen."""
    if thread:
        await set_reporter(room, db, ticket, replace(await reporter_of(room, db, ticket.id), thread=thread))


async def _say(room: Room, db: AsyncConnection, ticket: Ticket, complaint: Complaint) -> dict[str, Any]:
    """Put what was said into the conversation; what the ledger keeps of it."""
    message_id = await tickets.say(
        db,
        {
            "ticket_id": ticket.id,
            "kind": "in",
            "text": complaint.text,
            "at": complaint.at,
            "heard_id": complaint.heard_id,
            "ref": complaint.ref,
        },
    )
    if not complaint.elsewhere:
        await levies.add(db, ticket.id, _taken(complaint.text), complaint.at)
    return worded(room, message_id, complaint.text)


async def _acknowledge(
    room: Room, db: AsyncConnection, ticket: Ticket, complaint: Complaint, stands: Standing, now: datetime
) -> None:
    dues = [reading.due for clock, reading in stands.clocks.items() if clock is not Clock.ACK and reading.due]
    facts = {
        "number": ticket.number,
        "category": ticket.category,
        "text": "",
        "due": min(dues).isoformat() if dues else None,  # until when a person answers; this message is the ack itself
    }
    if complaint.quiet or not complaint.reporter.reached:  # the page they look at tells them the number
        await tickets.record(db, ticket.id, at=now, who="clock", act="acknowledged")
        await reckon(room, db, ticket, now)
        return
    notice = letter(room, ticket, complaint.reporter, "ticket_received", facts, complaint.at, now)
    await room.outbox.queue(db, notice, now)


def _region(room: Room, complaint: Complaint) -> str:
    region = complaint.reporter.region or room.settings.region or complaint.round_region
    return _district(region) if complaint.confidential else region


def _district(region: str) -> str:
    return ".".join(region.split(".")[:DISTRICT])


async def _ledger(
    db: AsyncConnection,
    ticket: Ticket,
    act: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    who: str = CITIZEN,
) -> None:
    """Never with the number of what was heard: the ledger keeps it for good, and another act of the same words may
    name a person.
    """
    await ledger.append(db, at=now, who=who, act=act, about=f"ticket:{ticket.id}", detail=detail)
