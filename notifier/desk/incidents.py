"""Many complaints about one thing: one ticket gathers them, one answer goes to each in its own channel and language,
one clock runs. Every citizen keeps number, channel and conversation.

A failed round brings a million bare "TIDAK": beyond some of them they become an incident by themselves, and what comes
then is part of it from the first. Gathering and answering go slice by slice, so nobody waits behind them.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import fanning, shielding
from notifier.desk.acting import LONGEST_ANSWER, TOLD, act, allowed, not_after_giving_back, seen
from notifier.desk.fanning import Pace
from notifier.desk.intake import open_ticket, reckon, wording
from notifier.desk.plain import safe
from notifier.desk.promise import GATHERED
from notifier.desk.values import PAGE, Complaint, Reporter, Room, is_private
from notifier.errors import Refused
from notifier.rules import shields
from notifier.rules.roles import Right, Viewer
from notifier.rules.tickets import OPEN, Act, Category
from notifier.store import incidents, ledger, rounds, tickets
from notifier.store.incidents import Fanout, Incident, Share
from notifier.store.tickets import Changed, Ticket

CLOCK = "clock"
SLICE = 5  # complaints gathered in one transaction: each takes a handful of statements
# Seconds that a transaction of answers takes before it is committed: on SQLite every other writer waits for it.
SHORT, LONG = 0.012, 0.1
MOST_BY_HAND = 500  # complaints gathered in one go by a colleague; the rest by doing it again
SPEAKS = (Act.ANSWER, Act.RESOLVE, Act.REJECT)  # what an incident can tell everybody at once
# What an incident by itself is about, said once.
OPENED = 'Lebih dari {n} warga menjawab "TIDAK" tentang penyaluran {code} di {venue}.'


@dataclass(frozen=True, slots=True)
class Gathering:
    """What the page of an incident shows."""

    incident: Incident
    shares: tuple[Share, ...]
    complaints: tuple[Ticket, ...]  # the newest
    answers: tuple[Fanout, ...]

    @property
    def reached(self) -> int:
        """How many would be told now."""
        return sum(share.n for share in self.shares)


# --- by itself -------------------------------------------------------------------------------------------------------


async def open_in(room: Room, db: AsyncConnection, complaint: Complaint, now: datetime) -> Ticket:
    """A new ticket, in the incident of its round where it is a bare refusal and there is one; the refusal that is one
    too many opens it.
    """
    of = complaint.round_id
    if not complaint.bare or of is None or complaint.confidential or complaint.urgent:
        return await open_ticket(room, db, complaint, now)
    incident_id = await incidents.of_round(db, of)
    ticket = await open_ticket(room, db, replace(complaint, gathered=incident_id is not None), now)
    if incident_id is not None:
        await _join(db, ticket, incident_id, now)
        return await tickets.get(db, ticket.id) or ticket
    await incidents.wait(db, ticket.id, of)
    n = await incidents.refuse(db, of)
    if n > room.settings.incident_after and await incidents.of_round(db, of) is None:
        await _open_by_itself(room, db, of, ticket, now)
    return ticket


async def _open_by_itself(room: Room, db: AsyncConnection, round_id: int, like: Ticket, now: datetime) -> None:
    of = await rounds.get(db, round_id)
    venue, code, region = (of.venue, of.code, of.region) if of else ("", str(round_id), like.region)
    text = OPENED.format(n=room.settings.incident_after, code=code, venue=venue)
    incident = await _open(room, db, text, Category.NOT_RECEIVED, region, round_id, CLOCK, now)
    await incidents.create(db, incident.id, round_id, now)
    await incidents.count_anew(db, round_id)


async def _open(
    room: Room,
    db: AsyncConnection,
    text: str,
    category: str,
    region: str,
    round_id: int | None,
    who: str,
    now: datetime,
    *,
    hidden: bool = False,
) -> Ticket:
    """The ticket that an incident is: nobody reported it, so nobody is told of it but by its answers."""
    nobody = Reporter(
        kind=PAGE,
        line=PAGE,
        address=f"incident:{room.chance.getrandbits(96):024x}",
        language=room.settings.language,
        zone=room.settings.zone,
        region=region,
    )
    complaint = Complaint(
        None,
        nobody,
        text,
        now,
        (category,),
        round_id=round_id,
        round_region=region,
        channel="incident",
        opened_by=who,
        hidden=hidden,
    )
    return await open_ticket(room, db, complaint, now)


# --- by hand ---------------------------------------------------------------------------------------------------------


async def open_by_hand(room: Room, viewer: Viewer, number: str, text: str, now: datetime) -> Ticket:
    """Make an incident of what a ticket is about, as hidden as that one, and gather that ticket into it."""
    viewer.needs(Right.ANSWER)
    words = safe(text)
    if len(words) < 10:
        raise Refused("say in a sentence what happened: the incident is known by it")
    async with room.database.write() as db:
        first = await seen(db, viewer, number, lock=True)
        _may_join(first)
        await not_after_giving_back(db, first, viewer, Act.RESOLVE)
        if await incidents.of_child(db, first.id) is not None or await incidents.get(db, first.id) is not None:
            raise Refused(f"ticket {first.number} belongs to an incident already")
        place, hidden = first.place, first.shielded
        incident = await _open(room, db, words, first.category, place, first.round_id, viewer.who, now, hidden=hidden)
        await incidents.create(db, incident.id, first.round_id, None)
        await _join(db, first, incident.id, now, viewer.who)
    return incident


async def gather(room: Room, viewer: Viewer, number: str, numbers: tuple[str, ...], now: datetime) -> tuple[int, int]:
    """Gather tickets into an incident: those named, or without names all open ones of its round; (how many came,
    how many could not). Confidential ones stay apart, and hidden ones from what is in the open.
    """
    viewer.needs(Right.ANSWER)
    async with room.database.read() as db:
        incident = await _incident(db, viewer, number)
        hidden = (await seen(db, viewer, number)).shielded
        if numbers:
            ids = [(await seen(db, viewer, one)).id for one in numbers[:MOST_BY_HAND]]
        elif incident.round_id is None:
            raise Refused("this incident is about no round: name the tickets it gathers")
        else:
            ids = await incidents.candidates(db, incident.round_id, viewer.region, MOST_BY_HAND)
    came = 0
    for start in range(0, len(ids), SLICE):
        async with room.database.write_slice() as db:
            for ticket_id in ids[start : start + SLICE]:
                ticket = await tickets.get(db, ticket_id, lock=True)
                if ticket is not None and ticket_id != incident.ticket_id and await _fits(db, viewer, ticket, hidden):
                    came += await _join(db, ticket, incident.ticket_id, now, viewer.who)
    return came, len(ids) - came


async def let_go(room: Room, viewer: Viewer, number: str, now: datetime) -> Ticket:
    """Take a ticket out of its incident: it is handled by itself, and its own clock runs again."""
    viewer.needs(Right.ANSWER)
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number, lock=True)
        if not await release(room, db, ticket, viewer.who, now):
            raise Refused(f"ticket {ticket.number} belongs to no incident")
        return await tickets.get(db, ticket.id) or ticket


async def release(room: Room, db: AsyncConnection, ticket: Ticket, who: str, now: datetime) -> bool:
    """The same, in the caller's transaction; False when it belongs to none."""
    incident_id = await incidents.let_go(db, ticket.id)
    if incident_id is None:
        return False
    promise = room.promises.choose(ticket.category, ticket.urgent, ticket.region)
    await tickets.reckon(db, ticket.id, {"policy": promise.policy.name})
    await tickets.record(db, ticket.id, at=now, who=who, act="released", facts={"incident": incident_id})
    await tickets.record(db, ticket.id, at=now, who=CLOCK, act="adopted", facts=wording(promise))
    again = await tickets.get(db, ticket.id, lock=True)
    if again is not None:
        await reckon(room, db, again, now)
    about = f"ticket:{ticket.id}"
    await ledger.append(db, at=now, who=who, act="ticket_released", about=about, detail={"incident": incident_id})
    return True


async def _join(db: AsyncConnection, ticket: Ticket, incident_id: int, now: datetime, who: str = CLOCK) -> bool:
    """Its clock stops: the incident has one. A breach that was recorded stays."""
    if not await incidents.gather(db, incident_id, ticket.id, ticket.round_id):
        return False
    await tickets.reckon(db, ticket.id, {"policy": GATHERED, "next_due": None, "next_clock": "", "wake": None})
    await tickets.record(db, ticket.id, at=now, who=who, act="gathered", facts={"incident": incident_id})
    about, detail = f"ticket:{ticket.id}", {"incident": incident_id}
    await ledger.append(db, at=now, who=who, act="ticket_gathered", about=about, detail=detail)
    return True


async def _fits(db: AsyncConnection, viewer: Viewer, ticket: Ticket, hidden: bool) -> bool:
    """Whether somebody may gather a ticket into an incident that is hidden, or is not."""
    fits = ticket.status in OPEN and not is_private(ticket.confidentiality) and ticket.shielded is hidden
    return fits and (ticket.shielded or not shields.gave_back(await tickets.history(db, ticket.id), viewer.who))


def _may_join(ticket: Ticket) -> None:
    if is_private(ticket.confidentiality):
        raise Refused(f"ticket {ticket.number} is confidential: it is tied to no other")
    if ticket.status not in OPEN:
        raise Refused(f"ticket {ticket.number} is {ticket.status}; only open ones are gathered")


async def _incident(db: AsyncConnection, viewer: Viewer, number: str) -> Incident:
    ticket = await seen(db, viewer, number)
    found = await incidents.get(db, ticket.id)
    if found is None:
        raise Refused(f"ticket {ticket.number} is no incident")
    return found


# --- one answer to all -----------------------------------------------------------------------------------------------


async def look(db: AsyncConnection, viewer: Viewer, ticket: Ticket) -> Gathering | None:
    """What an incident gathers; None for an ordinary ticket."""
    found = await incidents.get(db, ticket.id)
    if found is None:
        return None
    newest = await tickets.among(db, await incidents.newest(db, ticket.id, 20))
    return Gathering(
        found,
        tuple(await incidents.shares(db, ticket.id)),
        tuple(one for one in newest if viewer.covers(one.region)),
        tuple(await incidents.answers(db, ticket.id)),
    )


async def preview(room: Room, viewer: Viewer, number: str) -> tuple[Share, ...]:
    """Whom an answer would reach now, by channel and language."""
    viewer.needs(Right.ANSWER)
    async with room.database.read() as db:
        incident = await _incident(db, viewer, number)
        return tuple(await incidents.shares(db, incident.ticket_id))


async def not_alone(room: Room, viewer: Viewer, number: str, what: Act) -> None:
    """Refused where an act would speak for an incident and tell nobody: its complaints have no clock but its own."""
    if what not in TOLD:
        return
    async with room.database.read() as db:
        ticket = await seen(db, viewer, number)
        if await speaks_for_many(db, ticket, what):
            raise Refused(at_once(ticket))


async def speaks_for_many(db: AsyncConnection, ticket: Ticket, what: Act) -> bool:
    """Whether a ticket is an incident, and an act on it would be told to nobody of it."""
    return what in TOLD and await incidents.get(db, ticket.id) is not None


async def set_out(db: AsyncConnection, ticket: Ticket, at: datetime, now: datetime) -> bool:
    """Whether an answer that was given then is on its way to many already; one that waits does not leave any more."""
    return await incidents.get(db, ticket.id) is not None and not await incidents.withdraw(db, ticket.id, at, now)


def at_once(ticket: Ticket) -> str:
    """Why an incident is not answered like an ordinary ticket."""
    return f"{ticket.number} is an incident: answer all of its complaints at once, or let them go first"


async def answer(
    room: Room,
    viewer: Viewer,
    number: str,
    what: Act,
    words: str,
    version: int,
    people: int,
    now: datetime,
    texts: Mapping[str, str] | None = None,
    leaves_at: datetime | None = None,
) -> Ticket:
    """Answer every complaint of an incident, not before `leaves_at`; `texts` says it in further languages. `people` is
    how many the preview told; Refused when there are far more. What ends a hidden one is proposed to a second person.
    """
    viewer.needs(Right.ANSWER)
    if what not in SPEAKS:
        raise Refused(f"an incident tells everybody an answer, that it is settled or rejected; not '{what}'")
    if not safe(words):
        raise Refused(f"'{what}' needs words: the citizen will be told them")
    spoken = {language: safe(text) for language, text in (texts or {}).items() if safe(text)}
    if any(len(text) > LONGEST_ANSWER for text in spoken.values()):
        raise Refused(f"an answer has at most {LONGEST_ANSWER} characters, in every language")
    async with room.database.read() as db:
        incident = await _incident(db, viewer, number)
        hidden = (await seen(db, viewer, number)).shielded
    if incident.gathered > people * 1.1 + 10:
        raise Refused(f"{incident.gathered} complaints belong to it by now, not {people}; look again before you send")
    if shields.needs_two(hidden, what):
        text = allowed(viewer, what, words)
        return await shielding.propose(room, viewer, number, what, text, version, now, {"texts": spoken})

    async def also(db: AsyncConnection) -> None:
        await _set_out(db, viewer, incident, what, safe(words), spoken, now, leaves_at)

    return await act(room, viewer, number, what, words, version, now, leaves_at, also=also)


async def kept_in(room: Room, viewer: Viewer, number: str, text: str, languages: Collection[str]) -> Mapping[str, str]:
    """What the viewer said in other languages when they last took this very answer back."""
    async with room.database.read() as db:
        incident = await _incident(db, viewer, number)
        texts = await incidents.withdrawn(db, incident.ticket_id, viewer.account_id, safe(text))
    return {language: said for language, said in texts.items() if language in languages}


async def decide(room: Room, viewer: Viewer, number: str, version: int, now: datetime, *, agree: bool) -> Ticket:
    """The second person's word about a hidden ticket; where that is an incident, its complaints are told as agreed."""
    viewer.needs(Right.ANSWER)
    async with room.database.read() as db:
        incident = await incidents.get(db, (await seen(db, viewer, number)).id)

    async def also(db: AsyncConnection, waits: Changed, words: str) -> None:
        if incident is not None:
            texts = waits.facts.get("facts", {}).get("texts", {})
            await _set_out(db, viewer, incident, Act(waits.facts["act"]), words, texts, now)

    return await shielding.decide(room, viewer, number, version, now, agree=agree, also=also)


async def _set_out(
    db: AsyncConnection,
    viewer: Viewer,
    incident: Incident,
    what: Act,
    text: str,
    texts: Mapping[str, str],
    now: datetime,
    leaves_at: datetime | None = None,
) -> None:
    """The answer begins its way to each complaint, at `leaves_at` or now."""
    row: dict[str, Any] = {"incident_id": incident.ticket_id, "account_id": viewer.account_id, "act": what.value}
    fanout = await incidents.begin(
        db, row | {"text": text, "texts": texts, "created_at": now, "wake": leaves_at or now}
    )
    about, detail = f"ticket:{incident.ticket_id}", {"fanout": fanout, "people": incident.gathered}
    await ledger.append(db, at=now, who=viewer.who, act="incident_answered", about=about, detail=detail)


# --- the clock -------------------------------------------------------------------------------------------------------


async def carry(room: Room, now: datetime, limit: int = 2_000) -> int:
    """Gather what waits and send answers on, slice by slice; how many complaints were seen to."""
    done, pace = 0, Pace(SHORT if room.database.is_sqlite else LONG)
    while done < limit:
        n = await _gather_some(room, now)
        done += n
        if not n:
            break
    while done < limit:
        n = await _answer_some(room, now, pace, limit - done)
        done += n
        if not n:
            break
    return done


async def _gather_some(room: Room, now: datetime) -> int:
    async with room.database.write_slice() as db:
        incident = await incidents.due(db, now)
        if incident is None:
            return 0
        found = await incidents.waiting(db, incident.round_id or 0, SLICE)
        for ticket_id in found:
            ticket = await tickets.get(db, ticket_id, lock=True)
            if ticket is None or ticket.status not in OPEN or ticket.shielded or is_private(ticket.confidentiality):
                await incidents.let_go(db, ticket_id)  # settled, or sealed off, before it could be gathered
            else:
                await _join(db, ticket, incident.ticket_id, now)
        if len(found) < SLICE:
            await incidents.complete(db, incident.ticket_id)
        return len(found)


async def _answer_some(room: Room, now: datetime, pace: Pace, limit: int) -> int:
    asked = min(pace.size, limit)
    async with room.database.write_slice() as db:
        began = time.perf_counter()
        of = await incidents.under_way(db, now)
        if of is None:
            return 0
        children = await incidents.next_children(db, of, asked)
        told = await fanning.tell(room, db, of, children, now)
        values: Mapping[str, object] = {
            "cursor": children[-1] if children else of.cursor,
            "told": of.told + told,
            "skipped": of.skipped + len(children) - told,
            "wake": None if len(children) < asked else now,  # fewer than were asked for: those were the last
        }
        await incidents.advance(db, of.id, values)
        if asked == pace.size:
            pace.took(time.perf_counter() - began)
        return len(children)
