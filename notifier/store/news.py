"""Notices of status that have not left yet: what a further change of the same person's aid is added to.

Knows rows; what a notice says, and whether there is one at all, is decided in `registry.news`.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.given import among, listed
from notifier.store.moves import REACHED
from notifier.store.schema import attempts, deliveries, people

ONE, SEVERAL = "entitlement_changed", "entitlements_changed"
OVERTAKEN = "overtaken"  # reason of a notice whose news was taken back before it left


class Waiting(NamedTuple):
    """A notice that nobody can have read yet."""

    id: int
    person_id: int
    event: str
    round_id: int | None
    round_version: int
    facts: Mapping[str, Any]


async def hold(db: AsyncConnection, person_ids: Collection[int]) -> None:
    """Have two changes of one person's aid wait for each other: people before their deliveries, by id."""
    if db.dialect.name == "sqlite":  # there is one writer
        return
    wanted = select(people.c.id).where(among(db.dialect.name, people.c.id)).order_by(people.c.id)
    await db.execute(wanted.with_for_update(key_share=True), listed(db, person_ids))


async def waiting(db: AsyncConnection, person_ids: Collection[int]) -> dict[int, Waiting]:
    """Person → the notice of theirs that has not left, locked; the newest of several."""
    tried = select(attempts.c.id).where(attempts.c.delivery_id == deliveries.c.id, attempts.c.state.in_(REACHED))
    wanted = (
        select(*(deliveries.c[name] for name in Waiting._fields))
        .where(
            among(db.dialect.name, deliveries.c.person_id),
            deliveries.c.event.in_((ONE, SEVERAL)),
            deliveries.c.state == "due",
            ~tried.exists(),  # it may have been claimed and put back for the night, or refused; nobody can have read it
            deliveries.c.broadcast_id.is_(None),
        )
        .order_by(deliveries.c.id)
        .with_for_update()
    )
    rows = await db.execute(wanted, listed(db, person_ids))
    return {row.person_id: Waiting(*row) for row in rows}


async def rewrite(db: AsyncConnection, notice: Waiting, expires_at: datetime) -> None:
    """Have a notice that waits, locked by the caller, say something else."""
    values = {name: getattr(notice, name) for name in ("event", "round_id", "round_version")}
    values |= {"facts": dict(notice.facts), "expires_at": expires_at}
    await db.execute(update(deliveries).where(deliveries.c.id == notice.id).values(**values))


async def drop(db: AsyncConnection, delivery_id: int, now: datetime) -> None:
    """Nothing is left to be told: the notice, locked by the caller, does not leave."""
    values = {"state": "cancelled", "reason": OVERTAKEN, "settled_at": now}
    await db.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))
