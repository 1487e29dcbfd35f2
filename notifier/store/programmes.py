"""Programmes as the office has written them, a version after the other, and how their newest rounds fared."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.broadcasts import within
from notifier.store.schema import broadcasts, programmes, rounds, tallies
from notifier.store.upsert import upsert

TOLD = ("accepted", "delivered", "read")


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of a programme; what is None or "" is as the configuration says."""

    code: str
    version: int
    name: str
    ladder: Sequence[str] | None
    reminders: Mapping[str, Any] | None  # days_before, hour ("09:00"), question, question_days
    why: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """One round of a programme, and whom its announcements told: of how many."""

    code: str
    period: str
    region: str
    opens_at: datetime
    closes_at: datetime
    zone: str
    state: str
    people: int
    told: int


_KEPT = [programmes.c[name] for name in Kept.__dataclass_fields__]


async def current(db: AsyncConnection) -> dict[str, Kept]:
    """The newest version of each programme that has one."""
    newest = select(func.max(programmes.c.id)).group_by(programmes.c.code)
    rows = await db.execute(select(*_KEPT).where(programmes.c.id.in_(newest)))
    return {row.code: Kept(*row) for row in rows}


async def newest(db: AsyncConnection, code: str) -> Kept | None:
    """The version of a programme that holds."""
    wanted = select(*_KEPT).where(programmes.c.code == code).order_by(programmes.c.version.desc()).limit(1)
    row = (await db.execute(wanted)).first()
    return Kept(*row) if row else None


async def versions(db: AsyncConnection, code: str, limit: int = 50) -> list[Kept]:
    """What was written about a programme, newest first."""
    wanted = select(*_KEPT).where(programmes.c.code == code).order_by(programmes.c.version.desc()).limit(limit)
    return [Kept(*row) for row in await db.execute(wanted)]


async def add(db: AsyncConnection, version: Kept) -> bool:
    """Write a new version; False when somebody was quicker."""
    row = {name: getattr(version, name) for name in Kept.__dataclass_fields__}
    row["ladder"] = list(version.ladder) if version.ladder is not None else None
    row["reminders"] = dict(version.reminders) if version.reminders is not None else None
    statement = upsert(db, programmes).values(**row)
    done = await db.execute(statement.on_conflict_do_nothing(index_elements=["code", "version"]))
    return bool(done.rowcount == 1)


async def wake(db: AsyncConnection, code: str, after: datetime, now: datetime) -> None:
    """Have floor 5 look at a programme's open rounds that close after a time."""
    mine = (rounds.c.programme == code, rounds.c.state == "open", rounds.c.closes_at > after)
    await db.execute(update(rounds).where(*mine).values(wake=now))


async def course(db: AsyncConnection, code: str, region: str, limit: int) -> list[Course]:
    """The newest rounds of a programme in a region, with whom their announcements told, by the kept counters."""
    own = [rounds.c[name] for name in ("id", "code", "period", "region", "opens_at", "closes_at", "zone", "state")]
    wanted = select(*own).where(rounds.c.programme == code, within(rounds.c.region, region))
    found = (await db.execute(wanted.order_by(rounds.c.opens_at.desc(), rounds.c.id.desc()).limit(limit))).all()
    told = await _told(db, [row.id for row in found])
    return [Course(*(*row[1:], *told.get(row.id, (0, 0)))) for row in found]


async def _told(db: AsyncConnection, round_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Round → (people its announcements are for, told of them)."""
    if not round_ids:
        return {}
    told = func.sum(tallies.c.n).filter(tallies.c.state.in_(TOLD))
    rows = await db.execute(
        select(broadcasts.c.round_id, func.sum(tallies.c.n), func.coalesce(told, 0))
        .join(tallies, tallies.c.broadcast_id == broadcasts.c.id)
        .where(broadcasts.c.round_id.in_(round_ids), broadcasts.c.event == "round_announced")
        .group_by(broadcasts.c.round_id)
    )
    return {int(row[0]): (int(row[1]), int(row[2])) for row in rows}
