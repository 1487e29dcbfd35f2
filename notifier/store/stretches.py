"""Attempts counted by day and line, a stretch of numbers at a time. Pages read what was counted, never attempts.

A stretch is counted whole each time; what it adds to the days is the difference to what it had added before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Float, and_, case, cast, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import NOT_SENT
from notifier.rules.failures import kind
from notifier.store.schema import attempts, line_days, stretches
from notifier.store.upsert import upsert

SIZE = 20_000  # attempts of one stretch
ANSWERED = ("delivered", "read")  # states that only a receipt brings
SAID = ("failed", "unknown")  # states whose reason is told
Key = tuple[str, str, str, str]  # day, line, state, kind of reason
Sums = tuple[int, int, int, int]  # attempts, segments, answered, seconds
NOTHING: Sums = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Attempts from one number to another."""

    first_id: int
    last_id: int
    counts: Mapping[str, list[int]]
    looks: int
    wake: datetime | None


_OWN = [stretches.c[name] for name in Stretch.__dataclass_fields__]


def day_of(engine: str, at: ColumnElement[datetime], zone: str, now: datetime) -> ColumnElement[str]:
    """SQL: the day an instant belongs to, in a zone, as 2026-12-05. SQLite knows no zones: it takes today's offset."""
    if engine == "sqlite":
        offset = now.astimezone(ZoneInfo(zone)).utcoffset()
        assert offset is not None
        return func.strftime("%Y-%m-%d", at, f"{offset.total_seconds() / 60:+.0f} minutes")
    return func.to_char(func.timezone(zone, at), "YYYY-MM-DD")


def _seconds(engine: str) -> ColumnElement[float]:
    start, end = attempts.c.started_at, attempts.c.settled_at
    if engine == "sqlite":
        return cast((func.julianday(end) - func.julianday(start)) * 86_400, Float)
    return cast(func.extract("epoch", end - start), Float)


async def waking(db: AsyncConnection, now: datetime, limit: int) -> list[Stretch]:
    """Stretches that are to be counted again."""
    wanted = select(*_OWN).where(stretches.c.wake <= now).order_by(stretches.c.wake, stretches.c.first_id).limit(limit)
    return [Stretch(*row) for row in await db.execute(wanted)]


async def grow(db: AsyncConnection, now: datetime, limit: int) -> int:
    """Have what was begun since belong to a stretch; returns how many stretches grew or are new."""
    last = (await db.execute(select(*_OWN).order_by(stretches.c.first_id.desc()).limit(1))).first()
    newest = (await db.execute(select(func.max(attempts.c.id)))).scalar_one()
    if newest is None or (last is not None and newest <= last.last_id):
        return 0
    grown, reached = 0, 0
    if last is not None:
        reached = max(int(last.last_id), min(int(newest), int(last.first_id) + SIZE - 1))
        if reached > last.last_id:
            mine = stretches.c.first_id == last.first_id
            await db.execute(update(stretches).where(mine).values(last_id=reached, looks=0, wake=now))
            grown = 1
    while reached < newest and grown < limit:
        first = (await db.execute(select(func.min(attempts.c.id)).where(attempts.c.id > reached))).scalar_one()
        if first is None:
            break
        reached = min(int(newest), int(first) + SIZE - 1)
        row = {"first_id": first, "last_id": reached, "counts": {}, "wake": now}
        await db.execute(insert(stretches).values(row))
        grown += 1
    return grown


async def counted(db: AsyncConnection, of: Stretch, zone: str, now: datetime) -> dict[Key, Sums]:
    """What the attempts of a stretch are by now. One that was handed back before the provider was called is none."""
    c, engine = attempts.c, db.dialect.name
    day = day_of(engine, c.started_at, zone, now).label("day")
    reason = case((c.state.in_(SAID), c.reason), else_="").label("reason")
    answered = and_(c.state.in_(ANSWERED), c.settled_at.is_not(None))
    rows = await db.execute(
        select(
            day,
            c.line,
            c.state,
            reason,
            func.count(),
            func.sum(c.segments),
            func.sum(case((answered, 1), else_=0)),
            cast(func.coalesce(func.sum(case((answered, _seconds(engine)))), 0), BigInteger),
        )
        .where(c.id.between(of.first_id, of.last_id), ~and_(c.state == "failed", c.reason == NOT_SENT))
        .group_by(day, c.line, c.state, reason)
    )
    found: dict[Key, Sums] = {}
    for on, line, state, why, *sums in rows:
        key = (str(on), line, state, kind(why) if state in SAID else "")
        found[key] = _added(found.get(key, NOTHING), tuple(map(int, sums)))
    return found


def _added(one: Any, other: Any, sign: int = 1) -> Sums:
    a, b, c, d = (x + sign * y for x, y in zip(one, other, strict=True))
    return a, b, c, d


async def settle(db: AsyncConnection, of: Stretch, found: Mapping[Key, Sums], wake: datetime | None) -> bool:
    """Add what changed since the last look to the days; False when somebody else has looked meanwhile."""
    mine = (stretches.c.first_id == of.first_id, stretches.c.looks == of.looks, stretches.c.last_id == of.last_id)
    kept = {"|".join(key): list(sums) for key, sums in found.items()}
    values = {"counts": kept if wake is not None else {}, "looks": of.looks + 1, "wake": wake}
    if (await db.execute(update(stretches).where(*mine, stretches.c.wake == of.wake).values(values))).rowcount != 1:
        return False
    before: dict[Key, Any] = {}
    for name, sums in of.counts.items():
        on, line, state, why = name.split("|")
        before[on, line, state, why] = sums
    rows = []
    for key in sorted({*before, *found}):
        more = _added(found.get(key, NOTHING), before.get(key, NOTHING), -1)
        if more != NOTHING:
            names = ("line", "state", "reason", "n", "segments", "settled", "seconds")
            rows.append({"day": date.fromisoformat(key[0]), **dict(zip(names, (*key[1:], *more), strict=True))})
    if rows:
        statement = upsert(db, line_days).values(rows)
        added = {name: line_days.c[name] + statement.excluded[name] for name in ("n", "segments", "settled", "seconds")}
        await db.execute(statement.on_conflict_do_update(index_elements=["day", "line", "state", "reason"], set_=added))
    return True


# --- read ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What became of some of a line's attempts of one day."""

    day: date
    line: str
    state: str
    reason: str  # kind of failure, "" for others
    n: int
    segments: int
    settled: int  # receipts came for these
    seconds: int  # from beginning to receipt, all together


async def days(db: AsyncConnection, first: date, last: date) -> list[Part]:
    """Every line's days between two, both included."""
    own = [line_days.c[name] for name in Part.__dataclass_fields__]
    held = (line_days.c.day.between(first, last), line_days.c.n > literal(0))
    wanted = (
        select(*own).where(*held).order_by(line_days.c.line, line_days.c.day, line_days.c.state, line_days.c.reason)
    )
    return [Part(*row) for row in await db.execute(wanted)]
