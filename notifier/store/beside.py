"""What stands beside a ticket: what its person was sent for a round, what the payment record says, their other tickets,
and tickets that belong together. Callers ask for a person only where the desk may know one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import (
    attempts,
    deliveries,
    entitlement_changes,
    entitlements,
    files,
    heard,
    reporters,
    rounds,
    ticket_links,
    ticket_messages,
)
from notifier.store.tickets import Ticket, among
from notifier.store.upsert import upsert

MOST = 20  # rows of a kind that a page shows


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt to reach somebody."""

    delivery_id: int
    line: str
    state: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """Something a person was to be told about a round."""

    id: int
    event: str
    state: str
    reason: str
    at: datetime
    tries: tuple[Tried, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """One change of what somebody is entitled to."""

    at: datetime
    was: str
    status: str
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class Paid:
    """What the payment record says of a person in a round."""

    id: int
    round_code: str
    programme: str
    period: str
    amount: int | None
    status: str
    record: str
    reason: str
    since: date | None
    updated_at: datetime
    changes: tuple[Moved, ...] = ()


async def sent(db: AsyncConnection, person_id: int, round_id: int) -> tuple[Sent, ...]:
    """What a person was to be told about a round, oldest first, with every attempt."""
    d, a = deliveries.c, attempts.c
    rows = await db.execute(
        select(d.id, d.event, d.state, d.reason, d.created_at)
        .where(d.person_id == person_id, d.round_id == round_id, d.ticket_id.is_(None))
        .order_by(d.id.desc())
        .limit(MOST)
    )
    found = [Sent(*row) for row in rows]
    tried: dict[int, list[Tried]] = {}
    if found:
        wanted = select(a.delivery_id, a.line, a.state, a.reason, a.started_at).where(
            a.delivery_id.in_([one.id for one in found])
        )
        for row in await db.execute(wanted.order_by(a.id)):
            tried.setdefault(int(row[0]), []).append(Tried(*row))
    return tuple(
        Sent(one.id, one.event, one.state, one.reason, one.at, tuple(tried.get(one.id, ()))) for one in found[::-1]
    )


async def paid(db: AsyncConnection, person_id: int, round_id: int | None, limit: int = 3) -> tuple[Paid, ...]:
    """What the record says of a person in this round; in their newest ones when there is none."""
    e, c = entitlements.c, entitlement_changes.c
    query = (
        select(
            e.id,
            rounds.c.code,
            rounds.c.programme,
            rounds.c.period,
            rounds.c.amount,
            e.status,
            e.record,
            e.reason,
            e.since,
            e.updated_at,
        )
        .join(rounds, rounds.c.id == e.round_id)
        .where(e.person_id == person_id)
        .order_by(rounds.c.opens_at.desc(), e.id.desc())
        .limit(limit)
    )
    found = [Paid(*row) for row in await db.execute(query if round_id is None else query.where(e.round_id == round_id))]
    moved: dict[int, list[Moved]] = {}
    if found:
        wanted = select(c.entitlement_id, c.at, c.was, c.status, c.reason, c.who).where(
            c.entitlement_id.in_([one.id for one in found])
        )
        for number, *row in await db.execute(wanted.order_by(c.id)):
            moved.setdefault(int(number), []).append(Moved(*row))
    return tuple(_with(one, moved.get(one.id, ())) for one in found)


def _with(one: Paid, changes: Sequence[Moved]) -> Paid:
    values = {name: getattr(one, name) for name in Paid.__dataclass_fields__}
    return Paid(**{**values, "changes": tuple(changes)})


async def others(db: AsyncConnection, ticket_id: int, person: bytes | None, address: bytes) -> list[Ticket]:
    """Other tickets of the same reporter, newest first, by the keys of open ones alone: what is confidential has keys
    apart and is not found. Without a person, by the address.
    """
    same = reporters.c.address_index == address if person is None else reporters.c.person_index == person
    newest = select(reporters.c.ticket_id).where(same, reporters.c.ticket_id != ticket_id)
    found = await among(db, newest.order_by(reporters.c.ticket_id.desc()).limit(MOST))
    return [one for one in found if one.confidentiality == "open"]


# --- links -----------------------------------------------------------------------------------------------------------


async def link(db: AsyncConnection, one: int, other: int, kind: str, who: str, at: datetime) -> bool:
    """Say that two tickets belong together; False when that is known."""
    row = {"ticket_id": min(one, other), "other_id": max(one, other), "kind": kind, "who": who, "at": at}
    done = await db.execute(upsert(db, ticket_links).values(**row).on_conflict_do_nothing())
    return done.rowcount == 1


async def unlink(db: AsyncConnection, ticket_id: int, others: Collection[int] | None = None) -> int:
    """Forget that a ticket belongs to these, or to any; returns how many links that were."""
    known = ticket_links.c
    ours = or_(known.ticket_id == ticket_id, known.other_id == ticket_id)
    if others is not None:
        ours = ours & or_(known.ticket_id.in_(tuple(others)), known.other_id.in_(tuple(others)))
    return (await db.execute(delete(ticket_links).where(ours))).rowcount


async def linked(db: AsyncConnection, ticket_id: int) -> list[tuple[str, Ticket]]:
    """(kind, ticket) of all that belong to a ticket, newest first."""
    known = ticket_links.c
    other = case((known.ticket_id == ticket_id, known.other_id), else_=known.ticket_id)
    ours = or_(known.ticket_id == ticket_id, known.other_id == ticket_id)
    kinds = {int(row[0]): str(row[1]) for row in await db.execute(select(other, known.kind).where(ours).limit(MOST))}
    return [(kinds[one.id], one) for one in await among(db, tuple(kinds))] if kinds else []


# --- one message becomes a ticket of its own -------------------------------------------------------------------------


async def message(db: AsyncConnection, ticket_id: int, message_id: int) -> tuple[str, datetime, int | None, str] | None:
    """(text, at, heard, ref) of a citizen's message of a ticket; None when it has no such message."""
    m = ticket_messages.c
    row = await db.execute(
        select(m.text, m.at, m.heard_id, m.ref).where(m.id == message_id, m.ticket_id == ticket_id, m.kind == "in")
    )
    found = row.first()
    return (str(found[0]), found[1], found[2], str(found[3])) if found else None


async def messages(db: AsyncConnection, ticket_id: int) -> int:
    """How many messages of the citizen a ticket has."""
    m = ticket_messages.c
    wanted = select(func.count()).where(m.ticket_id == ticket_id, m.kind == "in")
    return int((await db.execute(wanted)).scalar_one())


async def pass_on(db: AsyncConnection, heard_id: int, message_id: int, to: int) -> None:
    """What was heard belongs to the message of another ticket from now on, with the files that came with it."""
    m = ticket_messages.c
    await db.execute(update(ticket_messages).where(m.id == message_id).values(heard_id=None))
    await db.execute(update(ticket_messages).where(m.ticket_id == to, m.kind == "in").values(heard_id=heard_id))
    await db.execute(update(files).where(files.c.heard_id == heard_id).values(ticket_id=to))
    await db.execute(update(heard).where(heard.c.id == heard_id).values(ticket_id=to))
