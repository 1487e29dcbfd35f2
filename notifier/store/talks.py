"""Rows of conversations: one a sender. Opens no seal, knows no flow."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import attempts, deliveries, files, heard, people, regions, rounds, talks, tickets
from notifier.store.schema import reporters as reporters_
from notifier.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Kept:
    """How a conversation stands."""

    sender_index: bytes
    language: str  # that the sender chose; "" for none
    flow: str  # "" when none is open
    step: str
    facts: bytes | None  # sealed JSON
    misses: int
    updated_at: datetime
    expires_at: datetime | None


_KEPT = [talks.c[name] for name in Kept.__dataclass_fields__]


async def get(db: AsyncConnection, sender: bytes) -> Kept | None:
    """The conversation with a sender, also one that ran out of time."""
    row = (await db.execute(select(*_KEPT).where(talks.c.sender_index == sender))).first()
    return Kept(*row) if row else None


async def put(db: AsyncConnection, sender: bytes, values: Mapping[str, Any], now: datetime) -> None:
    """Write how it stands."""
    row = {**values, "updated_at": now}
    await db.execute(
        upsert(db, talks)
        .values(sender_index=sender, **row)
        .on_conflict_do_update(index_elements=["sender_index"], set_=row)
    )


async def close(db: AsyncConnection, sender: bytes, now: datetime) -> None:
    """It is over; the language that was chosen stays."""
    gone = {"flow": "", "step": "", "facts": None, "misses": 0, "expires_at": None}
    await db.execute(update(talks).where(talks.c.sender_index == sender).values(**gone, updated_at=now))


async def ran_out(db: AsyncConnection, flow: str, now: datetime) -> bytes | None:
    """The sender of a conversation of this flow whose time is over; nobody is kept from it: hold the sender and look
    again.
    """
    row = await db.execute(
        select(talks.c.sender_index)
        .where(talks.c.expires_at <= now, talks.c.flow == flow)
        .order_by(talks.c.expires_at)
        .limit(1)
    )
    found = row.scalar_one_or_none()
    return None if found is None else bytes(found)


async def tie(db: AsyncConnection, heard_ids: Collection[int], ticket_id: int, sender: bytes | None) -> None:
    """Messages of a conversation belong to the ticket it led to, with their files; `sender`: by another keyed name."""
    values: dict[str, Any] = {"ticket_id": ticket_id}
    if sender is not None:
        values |= {"sender_index": sender, "answers_id": None}
    await db.execute(update(heard).where(heard.c.id.in_(tuple(heard_ids))).values(**values))
    await db.execute(update(files).where(files.c.heard_id.in_(tuple(heard_ids))).values(ticket_id=ticket_id))


# --- what conversations ask for --------------------------------------------------------------------------------------


async def initials(db: AsyncConnection, person_ids: Collection[int]) -> list[tuple[int, str]]:
    """(person, name) in the order they were registered."""
    rows = await db.execute(select(people.c.id, people.c.name).where(people.c.id.in_(person_ids)).order_by(people.c.id))
    return [(int(row[0]), str(row[1])) for row in rows]


async def places(db: AsyncConnection, name: str) -> list[str]:
    """Codes of the regions that are called so, else of those whose name has it in it."""
    low = func.lower(regions.c.name)
    for condition in (low == name.lower(), low.contains(name.lower(), autoescape=True)):
        found = await db.execute(select(regions.c.code).where(condition).order_by(regions.c.code).limit(20))
        codes = [str(row[0]) for row in found]
        if codes:
            return codes
    return []


async def coming(
    db: AsyncConnection, areas: Collection[str], now: datetime, limit: int
) -> list[tuple[int, str, str, datetime, str]]:
    """(round, programme, period, when it opens, zone) not over yet that serve one of these areas or lie in it; soonest
    first.
    """
    wanted = set(areas)
    for code in areas:
        parts = code.split(".")
        wanted |= {".".join(parts[:n]) for n in range(1, len(parts))}
    below = [rounds.c.region.startswith(f"{code}.", autoescape=True) for code in areas]
    rows = await db.execute(
        select(rounds.c.id, rounds.c.programme, rounds.c.period, rounds.c.opens_at, rounds.c.zone)
        .where(or_(rounds.c.region.in_(tuple(wanted)), *below), rounds.c.state == "open", rounds.c.closes_at > now)
        .order_by(rounds.c.opens_at, rounds.c.id)
        .limit(limit)
    )
    return [(int(row[0]), str(row[1]), str(row[2]), row[3], str(row[4])) for row in rows]


async def open_questions(
    db: AsyncConnection, addresses: Collection[bytes], events: Collection[str], since: datetime
) -> list[tuple[int, int | None, str, str]]:
    """(delivery, person, programme, period) of receipt questions an address has not answered, newest first."""
    answered = select(heard.c.answers_id).where(
        heard.c.answers_id == deliveries.c.id, heard.c.intent.in_(("receipt_yes", "receipt_no"))
    )
    rows = await db.execute(
        select(deliveries.c.id, deliveries.c.person_id, rounds.c.programme, rounds.c.period)
        .select_from(
            attempts.join(deliveries, deliveries.c.id == attempts.c.delivery_id).join(
                rounds, rounds.c.id == deliveries.c.round_id
            )
        )
        .where(
            attempts.c.address_index.in_(tuple(addresses)),
            attempts.c.event.in_(tuple(events)),
            attempts.c.state != "failed",
            attempts.c.started_at >= since,
            ~answered.exists(),
        )
        .order_by(deliveries.c.id.desc())
        .limit(20)
    )
    found: dict[int, tuple[int, int | None, str, str]] = {}
    for row in rows:
        found.setdefault(int(row[0]), (int(row[0]), row[1], str(row[2]), str(row[3])))
    return list(found.values())


async def open_tickets(
    db: AsyncConnection, persons: Collection[bytes], addresses: Collection[bytes], limit: int
) -> list[tuple[str, str]]:
    """(number, category) of a reporter's open tickets that are nobody's secret, newest first."""
    same = or_(reporters_.c.person_index.in_(tuple(persons)), reporters_.c.address_index.in_(tuple(addresses)))
    rows = await db.execute(
        select(tickets.c.number, tickets.c.category)
        .join(reporters_, reporters_.c.ticket_id == tickets.c.id)
        .where(and_(same, tickets.c.confidentiality == "open", tickets.c.closed_at.is_(None)))
        .order_by(tickets.c.id.desc())
        .limit(limit)
    )
    return [(str(row[0]), str(row[1])) for row in rows]
