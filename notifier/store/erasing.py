"""What is taken away when a person asks to be forgotten: everything that tells who they were, and no row that counts.

Rows stay, for statements, statistics and the ledger speak of them; what they held of the person goes. Opens no seal.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, literal, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import search
from notifier.store.persons import LIVE
from notifier.store.schema import (
    applications,
    arrivals,
    attempts,
    conflicts,
    contacts,
    deliveries,
    doubles,
    drafts,
    enrolments,
    entitlement_changes,
    entitlements,
    files,
    heard,
    invitations,
    levies,
    people,
    person_acts,
    reporters,
    silences,
    talks,
    ticket_changes,
    ticket_messages,
    tickets,
    visits,
)

NOBODY = "(dihapus)"
NO_INDEX = bytes(16)


@dataclass(frozen=True, slots=True)
class Traces:
    """What leads to one person."""

    people: Sequence[int]
    tickets: Sequence[int]
    heard: Sequence[int]
    arrivals: Sequence[int]
    files: Sequence[str]  # below the data folder
    addresses: Sequence[tuple[str, str]]


async def reported(db: AsyncConnection, persons: Collection[bytes], addresses: Collection[bytes] = ()) -> list[int]:
    """Tickets whose reporter has one of these keyed names, confidential ones too. `addresses`: keyed names of addresses
    from which nobody else writes: whoever reported from there before the register knew them is the same.
    """
    r = reporters.c
    there = and_(r.person_index.is_(None), r.address_index.in_(tuple(addresses)))
    wanted = select(r.ticket_id).where(or_(r.person_index.in_(tuple(persons)), there))
    return sorted(int(row[0]) for row in await db.execute(wanted))


async def applied(db: AsyncConnection, niks: Collection[bytes]) -> list[int]:
    """Tickets by which somebody asked that the person with one of these numbers be registered."""
    wanted = select(applications.c.ticket_id).where(applications.c.nik_index.in_(tuple(niks)))
    return sorted(int(row[0]) for row in await db.execute(wanted))


async def unsettled(db: AsyncConnection, ticket_ids: Sequence[int]) -> bool:
    """Whether one of these tickets is still worked on, or an answer to it is still to leave."""
    t, d = tickets.c, deliveries.c
    still_open = select(literal(1)).where(t.id.in_(ticket_ids), t.closed_at.is_(None))
    leaving = select(literal(1)).where(d.ticket_id.in_(ticket_ids), d.state.in_(LIVE))
    return (await db.execute(union(still_open, leaving).limit(1))).first() is not None


async def traces(
    db: AsyncConnection, ids: Sequence[int], ticket_ids: Sequence[int], senders: Collection[bytes]
) -> Traces:
    """Everything that leads to these rows of the register. `senders`: keyed names of addresses nobody else has."""
    d, h, m = deliveries.c, heard.c, ticket_messages.c
    told = select(m.heard_id).where(m.ticket_id.in_(ticket_ids), m.heard_id.is_not(None))
    answered = select(d.id).where(d.person_id.in_(ids))
    mine = or_(h.ticket_id.in_(ticket_ids), h.id.in_(told), h.answers_id.in_(answered), h.sender_index.in_(senders))
    said = (await db.execute(select(h.id, h.arrival_id).where(mine))).all()
    numbers, came = [int(row[0]) for row in said], {int(row[1]) for row in said}
    others = select(h.arrival_id).where(h.arrival_id.in_(came), h.id.not_in(numbers))
    shared = {int(row[0]) for row in await db.execute(others)}  # an arrival may hold what somebody else said
    kept = select(files.c.path).where(or_(files.c.heard_id.in_(numbers), files.c.ticket_id.in_(ticket_ids)))
    addresses = select(contacts.c.kind, contacts.c.address).where(contacts.c.person_id.in_(ids))
    return Traces(
        people=ids,
        tickets=ticket_ids,
        heard=numbers,
        arrivals=sorted(came - shared),
        files=[str(row[0]) for row in await db.execute(kept) if row[0]],
        addresses=[(row[0], row[1]) for row in await db.execute(addresses)],
    )


async def shared(db: AsyncConnection, ids: Sequence[int]) -> set[tuple[str, str]]:
    """Addresses of these rows that somebody else has too."""
    mine, theirs = contacts.alias("mine"), contacts.alias("theirs")
    also = exists().where(
        theirs.c.kind == mine.c.kind, theirs.c.address == mine.c.address, theirs.c.person_id.not_in(ids)
    )
    wanted = select(mine.c.kind, mine.c.address).where(mine.c.person_id.in_(ids), also)
    return {(row[0], row[1]) for row in await db.execute(wanted)}


async def forget(db: AsyncConnection, of: Traces, sealed_nobody: bytes, alone: Collection[str], now: datetime) -> None:
    """Take the person out of their own rows. `alone`: addresses that nobody else has."""
    ids, p, c = of.people, people.c, contacts.c
    gone: dict[str, Any] = {"kk": None, "kk_index": None, "sex": "", "born": None, "address": "", "rt": "", "rw": ""}
    for number in ids:
        own = {"nik_index": secrets.token_bytes(32), "nik": sealed_nobody, "nik_masked": "*" * 16, "name": NOBODY}
        state = {"flags": [], "silenced_at": now, "erased_at": now, "updated_at": now}
        await db.execute(update(people).where(p.id == number).values(**gone, **own, **state))
    for row in (await db.execute(select(c.id).where(c.person_id.in_(ids)))).all():
        blank = {"address": f"erased:{row[0]}", "state": "old", "reason": ""}
        await db.execute(update(contacts).where(c.id == row[0]).values(**blank))
    await db.execute(delete(silences).where(silences.c.address.in_(tuple(alone))))
    await db.execute(delete(enrolments).where(enrolments.c.person_id.in_(ids)))
    await db.execute(delete(invitations).where(invitations.c.person_id.in_(ids)))
    pairs = or_(doubles.c.person_id.in_(ids), doubles.c.other_id.in_(ids))
    await db.execute(delete(doubles).where(or_(pairs, doubles.c.key.in_([f"phone:{one}" for one in alone]))))
    await db.execute(update(person_acts).where(person_acts.c.person_id.in_(ids)).values(why="", facts={}))
    values = {"sealed": b"", "state": "kept"}
    await db.execute(update(conflicts).where(conflicts.c.person_id.in_(ids)).values(**values))
    rights = select(entitlements.c.id).where(entitlements.c.person_id.in_(ids))
    changes = entitlement_changes.c.entitlement_id.in_(rights)
    await db.execute(update(entitlement_changes).where(changes).values(reason=""))
    await db.execute(update(entitlements).where(entitlements.c.person_id.in_(ids)).values(reason=""))
    await _messages(db, deliveries.c.person_id.in_(ids))


async def _messages(db: AsyncConnection, which: Any) -> None:
    """What went out stays counted; what it said and where it went does not stay."""
    mine = select(deliveries.c.id).where(which)
    await db.execute(update(visits).where(visits.c.delivery_id.in_(mine)).values(note=""))
    await db.execute(update(attempts).where(attempts.c.delivery_id.in_(mine)).values(address_index=NO_INDEX))
    await db.execute(update(deliveries).where(which).values(facts=None, sealed=None, thread=""))


async def unsay(db: AsyncConnection, of: Traces, sealed_reporter: bytes) -> dict[int, list[int]]:
    """Take the words out of their reports and of what was heard from them. Returns ticket → messages emptied."""
    m, h = ticket_messages.c, heard.c
    emptied: dict[int, list[int]] = {number: [] for number in of.tickets}
    for ticket_id, number in await db.execute(select(m.ticket_id, m.id).where(m.ticket_id.in_(of.tickets))):
        emptied[ticket_id].append(int(number))
    await db.execute(update(ticket_messages).where(m.ticket_id.in_(of.tickets)).values(text="", versions=[], ref=""))
    await db.execute(update(ticket_changes).where(ticket_changes.c.ticket_id.in_(of.tickets)).values(why=""))
    await db.execute(update(tickets).where(tickets.c.id.in_(of.tickets)).values(summary=""))
    await db.execute(update(levies).where(levies.c.ticket_id.in_(of.tickets)).values(words=""))
    await db.execute(delete(drafts).where(drafts.c.ticket_id.in_(of.tickets)))
    await db.execute(delete(applications).where(applications.c.ticket_id.in_(of.tickets)))
    nobody = {"sealed": sealed_reporter, "person_index": None}
    for number in of.tickets:
        own = {**nobody, "address_index": secrets.token_bytes(16)}
        await db.execute(update(reporters).where(reporters.c.ticket_id == number).values(**own))
        await search.again(db, number)
    await _messages(db, deliveries.c.ticket_id.in_(of.tickets))
    senders = select(h.sender_index).where(h.id.in_(of.heard))
    await db.execute(delete(talks).where(talks.c.sender_index.in_(senders)))
    blank: Mapping[str, Any] = {"text": "", "sender": b"", "sender_index": NO_INDEX, "ref": "", "album": "", "why": {}}
    await db.execute(update(heard).where(h.id.in_(of.heard)).values(**blank))
    await db.execute(
        update(arrivals).where(arrivals.c.id.in_(of.arrivals), arrivals.c.wake.is_(None)).values(body=b"", headers=b"")
    )
    mine = or_(files.c.heard_id.in_(of.heard), files.c.ticket_id.in_(of.tickets))
    lost = {"state": "lost", "reason": "erased", "path": "", "name": "", "handle": "", "wake": None}
    await db.execute(update(files).where(mine).values(**lost))
    return emptied
