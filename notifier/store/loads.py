"""Rows of loads: what each line carries of a broadcast, counted as it happens, so that no page counts deliveries.

Written by whoever expands (people), claims (attempts) and settles (segments, rupiah); read by account and ETA.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import loads
from notifier.store.straight import many
from notifier.store.upsert import upsert_on


@dataclass(frozen=True, slots=True)
class Load:
    """What one line carries of one broadcast; also a difference to be added."""

    people: int = 0  # put on this line at expansion, or carried over to it
    attempts: int = 0
    segments: int = 0
    rupiah: int = 0

    def __add__(self, other: "Load") -> "Load":
        return Load(
            self.people + other.people,
            self.attempts + other.attempts,
            self.segments + other.segments,
            self.rupiah + other.rupiah,
        )


_COUNTED = tuple(Load.__dataclass_fields__)


async def add(db: AsyncConnection, worker: str, rows: Mapping[tuple[int, str], Load]) -> None:
    """Add to the kept counters: (broadcast, line) → difference. Each worker has its own row, in one order for all."""
    values = [
        {"broadcast_id": broadcast, "worker": worker, "line": line} | {name: getattr(load, name) for name in _COUNTED}
        for (broadcast, line), load in sorted(rows.items(), key=lambda row: row[0])
        if load != Load()
    ]
    await many(db, _adding(db.dialect.name), values)


@cache
def _adding(engine: str) -> Any:
    statement = upsert_on(engine, loads)
    return statement.on_conflict_do_update(
        index_elements=["broadcast_id", "worker", "line"],
        set_={name: loads.c[name] + statement.excluded[name] for name in _COUNTED},
    )


async def of(db: AsyncConnection, broadcast_id: int) -> dict[str, Load]:
    """What each line carries of a broadcast, summed over workers."""
    return (await of_each(db, [broadcast_id])).get(broadcast_id, {})


async def of_each(db: AsyncConnection, broadcast_ids: Collection[int]) -> dict[int, dict[str, Load]]:
    """The same for several broadcasts, in one statement."""
    rows = await db.execute(
        select(loads.c.broadcast_id, loads.c.line, *(func.sum(loads.c[name]) for name in _COUNTED))
        .where(loads.c.broadcast_id.in_(broadcast_ids))
        .group_by(loads.c.broadcast_id, loads.c.line)
        .order_by(loads.c.broadcast_id, loads.c.line)
    )
    found: dict[int, dict[str, Load]] = {}
    for broadcast, line, *counts in rows:
        found.setdefault(broadcast, {})[line] = Load(*(int(n) for n in counts))
    return found
