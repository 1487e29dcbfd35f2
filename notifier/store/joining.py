"""Two rows of the register become one person: what belongs to people moves, what went out stays where it is.

Messages keep the row they were sent for, since the ledger's digests name it; that row points on to the person.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.rounds import Enrolment
from notifier.store.schema import (
    conflicts,
    contacts,
    enrolments,
    entitlements,
    invitations,
    people,
    person_list_members,
    reporters,
)

_RANK = {Enrolment.DITETAPKAN: 3, Enrolment.DIVERIFIKASI: 2, Enrolment.TERDAFTAR: 1, Enrolment.DITOLAK: 0}


async def move(db: AsyncConnection, gone: int, kept: int, now: datetime) -> dict[str, int]:
    """Carry addresses, programmes, rights and what waits for a decision over. Returns how many of each."""
    c, e = contacts.c, entitlements.c
    there = contacts.alias("there")
    has = exists().where(there.c.person_id == kept, there.c.kind == c.kind, there.c.address == c.address)
    moved = await db.execute(update(contacts).where(c.person_id == gone, ~has).values(person_id=kept))
    await db.execute(update(contacts).where(c.person_id == gone).values(state="old", reason=""))
    theirs = (await db.execute(select(e.round_id).where(e.person_id == kept))).scalars().all()
    rights = await db.execute(
        update(entitlements).where(e.person_id == gone, e.round_id.not_in(theirs)).values(person_id=kept)
    )
    programmes = await _enrol(db, gone, kept, now)
    await db.execute(update(invitations).where(invitations.c.person_id == gone).values(person_id=kept))
    digests = (await db.execute(select(conflicts.c.digest).where(conflicts.c.person_id == kept))).scalars().all()
    mine = and_(conflicts.c.person_id == gone, conflicts.c.digest.not_in(digests))
    await db.execute(update(conflicts).where(mine).values(person_id=kept))
    m = person_list_members.c  # a list that was brought for a broadcast names the person whom the row turned out to be
    named = select(m.list_id).where(m.person_id == kept)
    await db.execute(
        update(person_list_members).where(m.person_id == gone, m.list_id.not_in(named)).values(person_id=kept)
    )
    await db.execute(update(people).where(people.c.merged_into_id == gone).values(merged_into_id=kept))
    return {"contacts": moved.rowcount, "rights": rights.rowcount, "programmes": programmes}


_WALKS = 729003  # PostgreSQL's lock; SQLite has one writer


async def before_walks(db: AsyncConnection) -> None:
    """Until this transaction ends no audience begins to be walked through: it finds one row, or both, all along."""
    if db.dialect.name == "postgresql":
        await db.execute(select(func.pg_advisory_xact_lock_shared(_WALKS)))


async def walk_begins(db: AsyncConnection) -> None:
    """Wait for whoever is just being made one; who comes later finds that an audience is walked through."""
    if db.dialect.name == "postgresql":
        await db.execute(select(func.pg_advisory_xact_lock(_WALKS)))


async def _enrol(db: AsyncConnection, gone: int, kept: int, now: datetime) -> int:
    """The stronger word on each programme counts: who was approved under either row is approved."""
    n = enrolments.c
    rows = (await db.execute(select(n.person_id, n.programme, n.status).where(n.person_id.in_((gone, kept))))).all()
    has = {programme: status for person, programme, status in rows if person == kept}
    changed = 0
    for person, programme, status in rows:
        if person == kept or (programme in has and _RANK[Enrolment(has[programme])] >= _RANK[Enrolment(status)]):
            continue
        changed += 1
        if programme in has:
            mine = (n.person_id == kept, n.programme == programme)
            await db.execute(update(enrolments).where(*mine).values(status=status, updated_at=now))
        else:
            row = {"person_id": kept, "programme": programme, "status": status, "updated_at": now}
            await db.execute(insert(enrolments).values(row))
    await db.execute(delete(enrolments).where(n.person_id == gone))
    return changed


async def reports(db: AsyncConnection, persons: Collection[bytes]) -> list[tuple[int, bytes, bytes]]:
    """(ticket, sealed reporter, keyed name) of reports by whoever has one of these names."""
    r = reporters.c
    rows = await db.execute(select(r.ticket_id, r.sealed, r.person_index).where(r.person_index.in_(tuple(persons))))
    return [(int(row[0]), bytes(row[1]), bytes(row[2])) for row in rows]


async def report_by(db: AsyncConnection, ticket_id: int, values: Mapping[str, Any]) -> None:
    """Write anew who reported a ticket; where they are reached stays."""
    await db.execute(update(reporters).where(reporters.c.ticket_id == ticket_id).values(**values))
