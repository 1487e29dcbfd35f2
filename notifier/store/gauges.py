"""What is measured of the rows each time a machine asks: every figure by an index, none counted beyond `MOST`."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import ledger as acts
from notifier.store.schema import arrivals, attempts, broadcasts, deliveries, files, ledger, paces, tickets

MOST = 10_000  # a figure of so many means: that many or more
# In words, not as values: SQLite takes a partial index only for what it can read.
DUE, HELD = text("deliveries.state = 'due'"), text("deliveries.held")
MINUTE = timedelta(minutes=1)


def _some(*conditions: Any, of: Any) -> Any:
    """How many rows there are, up to MOST."""
    found = select(literal(1).label("one")).select_from(of).where(*conditions).limit(MOST).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


async def due(
    db: AsyncConnection, lines: Collection[str], lanes: Collection[int], now: datetime
) -> dict[tuple[str, int], tuple[int, float]]:
    """(line, lane) → how many deliveries wait there, and for how many seconds the oldest has been due."""
    parts: list[Select[Any]] = []
    for line in lines:
        for lane in lanes:
            here = (DUE, deliveries.c.line == line, deliveries.c.lane == lane)
            oldest = select(deliveries.c.due_at).where(*here).order_by(deliveries.c.due_at).limit(1).scalar_subquery()
            parts.append(select(literal(line), literal(lane), _some(*here, of=deliveries), oldest.label("oldest")))
    if not parts:
        return {}
    rows = await db.execute(union_all(*parts))
    return {(line, lane): (int(n), _since(oldest, now)) for line, lane, n, oldest in rows}


def _since(at: datetime | None, now: datetime) -> float:
    return max((now - at).total_seconds(), 0.0) if at is not None else 0.0


async def rates(db: AsyncConnection, now: datetime) -> dict[tuple[str, str], float]:
    """(line, state) → attempts a second, of those begun in the last minute; of the newest MOST where there are more."""
    c = attempts.c
    newest = select(c.line, c.state, c.started_at).order_by(c.id.desc()).limit(MOST).subquery().c
    rows = (
        await db.execute(
            select(newest.line, newest.state, func.count(), func.min(newest.started_at))
            .where(newest.started_at > now - MINUTE, newest.started_at <= now)
            .group_by(newest.line, newest.state)
        )
    ).all()
    whole = sum(int(n) for _, _, n, _ in rows) < MOST
    span = 60.0 if whole or not rows else max(_since(min(first for *_, first in rows), now), 1.0)
    return {(line, state): int(n) / span for line, state, n, _ in rows}


async def ahead(db: AsyncConnection, lines: Collection[str], now: datetime) -> dict[str, float]:
    """Line → seconds until its first free slot: how far the governor has given its time away."""
    wanted = select(paces.c.scope, paces.c.next_free).where(paces.c.scope.in_([f"line:{line}" for line in lines]))
    return {
        scope.removeprefix("line:"): max((free - now).total_seconds(), 0.0) for scope, free in await db.execute(wanted)
    }


async def counted(db: AsyncConnection, now: datetime) -> dict[str, int]:
    """What waits, up to MOST each."""
    late = now - MINUTE
    wanted = {
        "held": _some(HELD, of=deliveries),
        "leases_overdue": _some(deliveries.c.lease_until.is_not(None), deliveries.c.lease_until < late, of=deliveries),
        "arrivals": _some(arrivals.c.wake.is_not(None), of=arrivals),
        "files": _some(files.c.wake.is_not(None), of=files),
        "unsealed": _some(ledger.c.seq.is_(None), of=ledger),
    }
    row = (await db.execute(select(*(part.label(name) for name, part in wanted.items())))).one()
    return {name: int(n) for name, n in row._mapping.items()}


async def lags(db: AsyncConnection, now: datetime) -> dict[str, float]:
    """Seconds since the time of the oldest thing that should have been done: 0 when all is."""

    def oldest(column: Any, *conditions: Any, order: Any = None) -> Any:
        wanted = select(column).where(*conditions).order_by(column if order is None else order).limit(1)
        return wanted.scalar_subquery()

    wanted = {
        "arrivals": oldest(arrivals.c.wake, arrivals.c.wake.is_not(None)),
        "promises": oldest(tickets.c.wake, tickets.c.wake.is_not(None)),
        "ledger": oldest(ledger.c.at, ledger.c.seq.is_(None), order=ledger.c.id),
    }
    row = (await db.execute(select(*(part.label(name) for name, part in wanted.items())))).one()
    return {name: _since(at, now) for name, at in row._mapping.items()}


async def states(db: AsyncConnection) -> dict[str, int]:
    """Broadcasts by state: there are few."""
    rows = await db.execute(select(broadcasts.c.state, func.count()).group_by(broadcasts.c.state))
    return {state: int(n) for state, n in rows}


async def backed_up(db: AsyncConnection, now: datetime) -> float | None:
    """Seconds since the newest backup; None when there never was one."""
    act = await acts.newest_about(db, "backup")
    return _since(act.at, now) if act is not None else None


async def skew(db: AsyncConnection, now: datetime) -> float:
    """By how many seconds the database's clock is ahead of ours; 0 on SQLite, where there is one clock."""
    if db.dialect.name == "sqlite":
        return 0.0
    theirs: datetime = (await db.execute(select(func.clock_timestamp()))).scalar_one()
    return (theirs - now).total_seconds()
