"""Rows of incidents: what they gather, bare refusals that wait for one, and answers on their way to every complaint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.tickets import OPEN
from notifier.store.schema import fanouts, gathered, incidents, refusals, tickets
from notifier.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Incident:
    """What makes a ticket an incident."""

    ticket_id: int
    round_id: int | None
    gathered: int


@dataclass(frozen=True, slots=True)
class Fanout:
    """One answer of an incident on its way."""

    id: int
    incident_id: int
    account_id: int
    act: str
    text: str
    texts: Mapping[str, str]  # language → the same in that language
    cursor: int
    last: int
    told: int
    skipped: int
    created_at: datetime
    wake: datetime | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many complaints of an incident came by one channel in one language."""

    channel: str
    language: str
    n: int


_INCIDENT = tuple(incidents.c[name] for name in Incident.__dataclass_fields__)
_FANOUT = tuple(fanouts.c[name] for name in Fanout.__dataclass_fields__)


async def create(db: AsyncConnection, ticket_id: int, round_id: int | None, wake: datetime | None) -> None:
    """Make a ticket an incident; with `wake`, what waits of its round is gathered from then on."""
    await db.execute(insert(incidents).values(ticket_id=ticket_id, round_id=round_id, wake=wake))


async def get(db: AsyncConnection, ticket_id: int) -> Incident | None:
    """The incident that a ticket is; None when it is an ordinary one."""
    row = (await db.execute(select(*_INCIDENT).where(incidents.c.ticket_id == ticket_id))).first()
    return Incident(*row) if row else None


async def of_round(db: AsyncConnection, round_id: int) -> int | None:
    """The newest incident of a round that is still worked on."""
    row = await db.execute(
        select(incidents.c.ticket_id)
        .join(tickets, tickets.c.id == incidents.c.ticket_id)
        .where(incidents.c.round_id == round_id, tickets.c.status.in_(tuple(sorted(OPEN))))
        .order_by(incidents.c.ticket_id.desc())
        .limit(1)
    )
    found = row.scalar_one_or_none()
    return int(found) if found is not None else None


async def of_child(db: AsyncConnection, ticket_id: int) -> int | None:
    """The incident that gathers a complaint."""
    row = await db.execute(select(gathered.c.incident_id).where(gathered.c.ticket_id == ticket_id))
    found = row.scalar_one_or_none()
    return int(found) if found is not None else None


# --- gathering -------------------------------------------------------------------------------------------------------


async def refuse(db: AsyncConnection, round_id: int) -> int:
    """Count one more bare refusal of a round; how many there are now."""
    statement = upsert(db, refusals).values(round_id=round_id, n=1)
    done = await db.execute(
        statement.on_conflict_do_update(index_elements=["round_id"], set_={"n": refusals.c.n + 1}).returning(
            refusals.c.n
        )
    )
    return int(done.scalar_one())


async def count_anew(db: AsyncConnection, round_id: int) -> None:
    """The refusals so far are an incident; the next one takes as many again."""
    await db.execute(update(refusals).where(refusals.c.round_id == round_id).values(n=0))


async def wait(db: AsyncConnection, ticket_id: int, round_id: int) -> None:
    """A bare refusal waits for there to be an incident."""
    await db.execute(upsert(db, gathered).values(ticket_id=ticket_id, round_id=round_id).on_conflict_do_nothing())


async def gather(db: AsyncConnection, incident_id: int, ticket_id: int, round_id: int | None) -> bool:
    """A complaint belongs to an incident; False when it belongs to one already."""
    row = {"ticket_id": ticket_id, "round_id": round_id, "incident_id": incident_id}
    statement = upsert(db, gathered).values(**row)
    done = await db.execute(
        statement.on_conflict_do_update(
            index_elements=["ticket_id"], set_={"incident_id": incident_id}, where=gathered.c.incident_id.is_(None)
        )
    )
    if done.rowcount != 1:
        return False
    await db.execute(
        update(incidents).where(incidents.c.ticket_id == incident_id).values(gathered=incidents.c.gathered + 1)
    )
    return True


async def let_go(db: AsyncConnection, ticket_id: int) -> int | None:
    """A complaint belongs to no incident any more; the one it belonged to."""
    done = await db.execute(delete(gathered).where(gathered.c.ticket_id == ticket_id).returning(gathered.c.incident_id))
    found = done.scalar_one_or_none()
    if found is None:
        return None
    await db.execute(update(incidents).where(incidents.c.ticket_id == found).values(gathered=incidents.c.gathered - 1))
    return int(found)


async def due(db: AsyncConnection, now: datetime) -> Incident | None:
    """An incident with complaints to gather."""
    query = select(*_INCIDENT).where(incidents.c.wake <= now).order_by(incidents.c.wake).limit(1)
    row = (await db.execute(query.with_for_update(skip_locked=True))).first()
    return Incident(*row) if row else None


async def waiting(db: AsyncConnection, round_id: int, limit: int) -> list[int]:
    """Bare refusals of a round that no incident has gathered."""
    rows = await db.execute(
        select(gathered.c.ticket_id)
        .where(gathered.c.round_id == round_id, gathered.c.incident_id.is_(None))
        .order_by(gathered.c.ticket_id)
        .limit(limit)
    )
    return [int(row[0]) for row in rows]


async def complete(db: AsyncConnection, incident_id: int) -> None:
    """Everything that waited is gathered."""
    await db.execute(update(incidents).where(incidents.c.ticket_id == incident_id).values(wake=None))


async def candidates(db: AsyncConnection, round_id: int, region: str, limit: int) -> list[int]:
    """Open complaints about a round that no incident has, and that anybody may know of."""
    t = tickets.c
    taken = select(gathered.c.ticket_id).where(gathered.c.incident_id.is_not(None))
    query = (
        select(t.id)
        .where(t.round_id == round_id, t.confidentiality == "open", t.status.in_(tuple(sorted(OPEN))))
        .where(t.id.not_in(taken), t.id.not_in(select(incidents.c.ticket_id)))
    )
    if region:
        query = query.where((t.region == region) | t.region.startswith(f"{region.rstrip('.')}.", autoescape=True))
    return [int(row[0]) for row in await db.execute(query.order_by(t.id).limit(limit))]


# --- one answer to all -----------------------------------------------------------------------------------------------


async def shares(db: AsyncConnection, incident_id: int) -> list[Share]:
    """How the complaints of an incident came."""
    t = tickets.c
    rows = await db.execute(
        select(t.channel, t.language, func.count())
        .join(gathered, gathered.c.ticket_id == t.id)
        .where(gathered.c.incident_id == incident_id)
        .group_by(t.channel, t.language)
        .order_by(func.count().desc(), t.channel, t.language)
    )
    return [Share(*row) for row in rows]


async def newest(db: AsyncConnection, incident_id: int, limit: int) -> list[int]:
    """The newest complaints of an incident."""
    rows = await db.execute(
        select(gathered.c.ticket_id)
        .where(gathered.c.incident_id == incident_id)
        .order_by(gathered.c.ticket_id.desc())
        .limit(limit)
    )
    return [int(row[0]) for row in rows]


async def begin(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """An answer sets out to every complaint that there is now; returns its id."""
    last = select(func.coalesce(func.max(gathered.c.ticket_id), 0)).where(gathered.c.incident_id == row["incident_id"])
    values = {**row, "last": (await db.execute(last)).scalar_one()}
    return int((await db.execute(insert(fanouts).values(**values).returning(fanouts.c.id))).scalar_one())


async def under_way(db: AsyncConnection, now: datetime) -> Fanout | None:
    """The oldest answer that has complaints still to reach: each incident's answers go out one after the other."""
    query = select(*_FANOUT).where(fanouts.c.wake <= now).order_by(fanouts.c.id).limit(1)
    row = (await db.execute(query.with_for_update(skip_locked=True))).first()
    return Fanout(*row) if row else None


async def next_children(db: AsyncConnection, of: Fanout, limit: int) -> list[int]:
    """The complaints that an answer reaches next."""
    rows = await db.execute(
        select(gathered.c.ticket_id)
        .where(
            gathered.c.incident_id == of.incident_id,
            gathered.c.ticket_id > of.cursor,
            gathered.c.ticket_id <= of.last,
        )
        .order_by(gathered.c.ticket_id)
        .limit(limit)
    )
    return [int(row[0]) for row in rows]


async def advance(db: AsyncConnection, fanout_id: int, values: Mapping[str, Any]) -> None:
    """Write how far an answer has come."""
    await db.execute(update(fanouts).where(fanouts.c.id == fanout_id).values(**values))


async def answers(db: AsyncConnection, incident_id: int) -> Sequence[Fanout]:
    """Every answer of an incident that had somebody to reach, newest first."""
    f = fanouts.c
    query = select(*_FANOUT).where(f.incident_id == incident_id, f.last > 0).order_by(f.id.desc()).limit(20)
    return [Fanout(*row) for row in await db.execute(query)]


async def withdraw(db: AsyncConnection, incident_id: int, at: datetime, now: datetime) -> bool:
    """An answer that was given then, and has not set out, reaches nobody; False when it has."""
    f = fanouts.c
    ours = (f.incident_id == incident_id, f.created_at == at, f.wake > now, f.cursor == 0)
    return (await db.execute(update(fanouts).where(*ours).values(wake=None, last=0))).rowcount == 1


async def withdrawn(db: AsyncConnection, incident_id: int, account_id: int, text: str) -> Mapping[str, str]:
    """What somebody's newest answer that reached nobody said in further languages, if it was in these words."""
    f = fanouts.c
    theirs = (f.incident_id == incident_id, f.account_id == account_id, f.last == 0)
    row = (await db.execute(select(f.text, f.texts).where(*theirs).order_by(f.id.desc()).limit(1))).first()
    return dict(row[1]) if row and row[0] == text else {}
