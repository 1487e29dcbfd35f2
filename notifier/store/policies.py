"""Rows of the promises that were ever in force, each wording a version, and how far the newest change was carried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.tickets import Status
from notifier.store.schema import policies, tickets
from notifier.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of a promise as it was written down."""

    name: str
    version: int
    body: Mapping[str, Any]  # empty: withdrawn


async def everything(db: AsyncConnection) -> list[Kept]:
    """All versions, oldest first."""
    rows = await db.execute(select(policies.c.name, policies.c.version, policies.c.body).order_by(policies.c.id))
    return [Kept(*row) for row in rows]


async def add(db: AsyncConnection, versions: Sequence[Kept], now: datetime) -> bool:
    """Write new versions, and begin to carry them to the open tickets; False when somebody was quicker with one.

    One walk through the tickets carries all that is new, so that what an earlier change had not reached is reached too.
    """
    for one in versions:
        values = {"name": one.name, "version": one.version, "body": dict(one.body), "since": now}
        statement = upsert(db, policies).values(**values)
        done = await db.execute(statement.on_conflict_do_nothing(index_elements=["name", "version"]))
        if done.rowcount != 1:
            return False
    await db.execute(update(policies).where(policies.c.reached.is_not(None)).values(reached=None))
    newest = select(func.max(policies.c.id)).scalar_subquery()
    await db.execute(update(policies).where(policies.c.id == newest).values(reached=0))
    return True


async def widen(db: AsyncConnection, one: Kept) -> None:
    """Write a version's calendar with the holidays of more years; what it said of the others stays."""
    same = (policies.c.name == one.name, policies.c.version == one.version)
    await db.execute(update(policies).where(*same).values(body=dict(one.body)))


async def reached(db: AsyncConnection) -> int | None:
    """The ticket up to which the newest change was carried; None when all have it."""
    found = await db.execute(select(policies.c.reached).where(policies.c.reached.is_not(None)).limit(1))
    row = found.first()
    return int(row[0]) if row else None


async def carry(db: AsyncConnection, after: int, now: datetime, limit: int) -> int:
    """Wake the next open tickets so that they are looked at under what is promised now; returns how many."""
    live = or_(tickets.c.closed_at.is_(None), tickets.c.status == Status.MERGED.value)
    some = select(tickets.c.id).where(tickets.c.id > after, live).order_by(tickets.c.id).limit(limit)
    ids = [int(row[0]) for row in await db.execute(some)]
    if ids:
        late = or_(tickets.c.wake.is_(None), tickets.c.wake > now)
        await db.execute(update(tickets).where(tickets.c.id.in_(ids), late).values(wake=now))
    mark = ids[-1] if len(ids) == limit else None
    await db.execute(update(policies).where(policies.c.reached == after).values(reached=mark))
    return len(ids)


async def left(db: AsyncConnection) -> int:
    """How many open tickets the newest change has yet to be carried to."""
    live = or_(tickets.c.closed_at.is_(None), tickets.c.status == Status.MERGED.value)
    mark = select(policies.c.reached).where(policies.c.reached.is_not(None)).limit(1).scalar_subquery()
    return int((await db.execute(select(func.count()).where(tickets.c.id > mark, live))).scalar_one())
