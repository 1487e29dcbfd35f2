"""What a changed round does to the rows of its broadcasts: takes back what has not left, finds who read older words."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.visits import Result
from notifier.store import ledger
from notifier.store.schema import attempts, broadcasts, deliveries, people, rounds, tallies, visits

LIVE = ("planned", "approved", "asking", "canary", "expanding", "sending", "paused")
# States of an attempt whose words may have been read, or may still be.
REACHED = ("sending", "unknown", "accepted", "delivered", "read")


async def withdraw(db: AsyncConnection, round_id: int, version: int, why: str, now: datetime) -> None:
    """Stop everything that speaks of an older version of a round. The clock calls off what has not left.

    `paused_from` keeps what the broadcast was, which tells one that a change withdrew from one that a person stopped.
    """
    withdrawn = await db.execute(
        update(broadcasts)
        .where(
            broadcasts.c.round_id == round_id,
            broadcasts.c.round_version < version,
            broadcasts.c.state.in_(LIVE),
        )
        .values(
            state="stopped",
            paused_from=broadcasts.c.state,
            why=why[:200],
            wake=case((broadcasts.c.audience > 0, literal(now, broadcasts.c.wake.type)), else_=None),
        )
        .returning(broadcasts.c.id)
    )
    for number in sorted(withdrawn.scalars()):
        about = f"broadcast:{number}"
        await ledger.append(
            db, at=now, who="clock", act="broadcast.withdrawn", about=about, detail={"version": version}
        )


async def call_off(db: AsyncConnection, broadcast_ids: Collection[int], why: str, now: datetime) -> None:
    """Stop plans that nobody approved yet; the others stay."""
    if not broadcast_ids:
        return
    mine = (broadcasts.c.id.in_(broadcast_ids), broadcasts.c.state == "planned")
    stopped = await db.execute(
        update(broadcasts).where(*mine).values(state="stopped", why=why, wake=None).returning(broadcasts.c.id)
    )
    for number in sorted(stopped.scalars()):
        await ledger.append(db, at=now, who="clock", act="broadcast.withdrawn", about=f"broadcast:{number}")


def told_before(round_id: int, older_than: int) -> Select[Any]:
    """SQL: the people whose attempts carry an older version of a round and may have reached them.

    Broadcasts alone count: a status notice names no time and place, and who asks for them is answered in a talk.
    """
    return _told(round_id, older_than).with_only_columns(deliveries.c.person_id)


async def told_versions(db: AsyncConnection, round_id: int, older_than: int) -> list[int]:
    """The older versions of a round that somebody may have read."""
    rows = await db.execute(_told(round_id, older_than).with_only_columns(attempts.c.round_version).distinct())
    return sorted(int(row[0]) for row in rows)


def _told(round_id: int, older_than: int) -> Select[Any]:
    earlier = select(broadcasts.c.id).where(broadcasts.c.round_id == round_id, broadcasts.c.round_version < older_than)
    return (
        select(deliveries.c.person_id)
        .join(attempts, attempts.c.delivery_id == deliveries.c.id)
        .where(
            deliveries.c.broadcast_id.in_(earlier),
            deliveries.c.person_id.is_not(None),
            attempts.c.round_version < older_than,
            attempts.c.state.in_(REACHED),
        )
    )


def besides(people_ids: Select[Any], round_id: int, older_than: int) -> Select[Any]:
    """SQL: of an audience those who have read nothing older: a correction is for the others."""
    return people_ids.where(~has_read(round_id, older_than))


def has_read(round_id: int, older_than: int) -> ColumnElement[bool]:
    """SQL, of a person: they may have read an older version of a round."""
    read = _told(round_id, older_than).where(deliveries.c.person_id == people.c.id)
    return read.correlate(people).exists()


def unreached_by(people_ids: Select[Any], event: str, version: int, broadcast_id: int) -> Select[Any]:
    """SQL: of an audience those whom this broadcast, and what it finishes in its turn, has not told of this event
    as it stands in this version of the round.
    """
    return people_ids.where(~knows(event, version, broadcast_id))


def knows(event: str, version: int, broadcast_id: int) -> ColumnElement[bool]:
    """SQL, of a person: this broadcast, or what it finishes in its turn, has told them of this event as it stands."""
    line = select(broadcasts.c.id, broadcasts.c.parent_id, broadcasts.c.event, broadcasts.c.round_version)
    chain = line.where(broadcasts.c.id == broadcast_id).cte(recursive=True)
    chain = chain.union(line.where(broadcasts.c.id == chain.c.parent_id))
    same = select(chain.c.id).where(chain.c.event == event, chain.c.round_version == version)
    own = deliveries.c.id
    tried = select(attempts.c.id).where(attempts.c.delivery_id == own, attempts.c.state.in_(REACHED))
    visited = select(visits.c.id).where(visits.c.delivery_id == own, visits.c.result == Result.TOLD.value)
    told = select(own).where(
        deliveries.c.broadcast_id.in_(same),
        deliveries.c.person_id == people.c.id,
        or_(deliveries.c.state.in_(REACHED), tried.exists(), visited.exists()),
    )
    return told.correlate(people).exists()


@lru_cache(64)
def not_in(people_ids: Select[Any], broadcast_id: int) -> Select[Any]:
    """SQL: of an audience those who have no delivery in a broadcast yet."""
    has = select(deliveries.c.id).where(
        deliveries.c.broadcast_id == broadcast_id, deliveries.c.person_id == people.c.id
    )
    return people_ids.where(~has.exists())


async def under_way(db: AsyncConnection, round_id: int, older_than: int) -> int:
    """How many messages of older versions are due or being sent, by the kept counters."""
    earlier = select(broadcasts.c.id).where(broadcasts.c.round_id == round_id, broadcasts.c.round_version < older_than)
    count = select(func.coalesce(func.sum(tallies.c.n), 0)).where(
        tallies.c.broadcast_id.in_(earlier), tallies.c.state.in_(("due", "sending"))
    )
    return int((await db.execute(count)).scalar_one())


async def told_anew(db: AsyncConnection, delivery_id: int) -> bool:
    """Whether a broadcast that speaks of the round as it is now has a message for the person of an older delivery."""
    older, newer, speaks = deliveries.alias("older"), deliveries.alias("newer"), broadcasts.alias("speaks")
    row = await db.execute(
        select(newer.c.id)
        .select_from(
            older.join(broadcasts, broadcasts.c.id == older.c.broadcast_id)
            .join(rounds, rounds.c.id == broadcasts.c.round_id)
            .join(newer, newer.c.person_id == older.c.person_id)
            .join(speaks, and_(speaks.c.id == newer.c.broadcast_id, speaks.c.round_id == rounds.c.id))
        )
        .where(
            older.c.id == delivery_id,
            newer.c.id != older.c.id,
            newer.c.round_version == rounds.c.version,
            newer.c.state.not_in(("cancelled", "expired")),
        )
        .limit(1)
    )
    return row.first() is not None
