"""Rounds, entitlements and deliveries page by page, by key, for whoever reads all of them. Decides nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.broadcasts import within
from notifier.store.rounds import Round
from notifier.store.schema import LARGEST_ID, deliveries, entitlements, people, rounds


@dataclass(frozen=True, slots=True)
class Entitled:
    """One person in one round, as a list shows it."""

    person_id: int
    nik_masked: str
    name: str
    region: str
    status: str
    record: str  # what the payment record last said
    reason: str
    since: date | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice on its way to one person."""

    id: int
    broadcast_id: int | None
    person_id: int
    round_id: int | None
    event: str
    line: str
    language: str
    state: str
    held: bool
    maybe_twice: bool
    reason: str
    due_at: datetime
    expires_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    region: str  # the person's


_ROUND = [rounds.c[name] for name in Round.__dataclass_fields__]
_DELIVERY = select(
    *(deliveries.c[name] for name in Delivery.__dataclass_fields__ if name != "region"), people.c.region
).select_from(deliveries.join(people, people.c.id == deliveries.c.person_id))
# An answer to a report would tell who reported.
_NO_REPORT = deliveries.c.ticket_id.is_(None)


async def rounds_after(db: AsyncConnection, region: str, programme: str, after: int, limit: int) -> list[Round]:
    """Rounds of an area beyond the id `after`, by id."""
    wanted = select(*_ROUND).where(within(rounds.c.region, region), rounds.c.id > after)
    if programme:
        wanted = wanted.where(rounds.c.programme == programme)
    return [Round(*row) for row in await db.execute(wanted.order_by(rounds.c.id).limit(limit))]


def _entitled(round_id: int) -> Select[Any]:
    e, p = entitlements.c, people.c
    columns = (p.id, p.nik_masked, p.name, p.region, e.status, e.record, e.reason, e.since, e.updated_at)
    return select(*columns).select_from(entitlements.join(people, p.id == e.person_id)).where(e.round_id == round_id)


async def entitled_after(
    db: AsyncConnection, round_id: int, region: str, status: str, after: int, limit: int
) -> list[Entitled]:
    """Who is entitled in a round, of an area, beyond the person `after`, by person."""
    wanted = _entitled(round_id).where(entitlements.c.person_id > after, within(people.c.region, region))
    if status:
        wanted = wanted.where(entitlements.c.status == status)
    return [Entitled(*row) for row in await db.execute(wanted.order_by(entitlements.c.person_id).limit(limit))]


async def entitled_person(db: AsyncConnection, round_id: int, person_id: int) -> Entitled | None:
    """One person in a round; None before the round's audience is drawn."""
    row = (await db.execute(_entitled(round_id).where(entitlements.c.person_id == person_id))).first()
    return Entitled(*row) if row else None


async def of_broadcast(
    db: AsyncConnection, broadcast_id: int, region: str, state: str, after: int, limit: int
) -> list[Delivery]:
    """A broadcast's deliveries beyond the person `after`, by person."""
    wanted = _DELIVERY.where(
        deliveries.c.broadcast_id == broadcast_id, deliveries.c.person_id > after, within(people.c.region, region)
    )
    if state:
        wanted = wanted.where(deliveries.c.state == state)
    return [Delivery(*tuple(row)) for row in await db.execute(wanted.order_by(deliveries.c.person_id).limit(limit))]


async def of_person(db: AsyncConnection, person_id: int, state: str, before: int, limit: int) -> list[Delivery]:
    """A person's deliveries below an id (0: from the newest), newest first; no answers to reports."""
    wanted = _DELIVERY.where(deliveries.c.person_id == person_id, _NO_REPORT, deliveries.c.id < (before or LARGEST_ID))
    if state:
        wanted = wanted.where(deliveries.c.state == state)
    return [Delivery(*tuple(row)) for row in await db.execute(wanted.order_by(deliveries.c.id.desc()).limit(limit))]


async def delivery(db: AsyncConnection, delivery_id: int) -> Delivery | None:
    """One delivery to a person of the register; no answer to a report."""
    row = (await db.execute(_DELIVERY.where(deliveries.c.id == delivery_id, _NO_REPORT))).first()
    return Delivery(*tuple(row)) if row else None
