"""What broadcasts cost, from the kept counters of lines and tallies: by month, programme, line or broadcast."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, case, cast, func, literal, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.broadcasts import PLACE, WITH_ROUNDS, within
from notifier.store.schema import broadcasts, loads, rounds, tallies
from notifier.store.stretches import day_of

BY = ("month", "programme", "line", "broadcast")
MOST = 500  # rows of one table
TOLD = ("accepted", "delivered", "read")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one month, programme, line or broadcast cost."""

    key: str
    event: str  # of a broadcast; "" otherwise
    round: str  # likewise
    broadcasts: int
    people: int  # put on a line
    attempts: int
    segments: int
    rupiah: int
    told: int | None  # None for a line: who was told is not counted by line
    cap: int | None  # rupiah that those with a cap might cost, all together
    capped: int  # rupiah that these did cost


async def costs(
    db: AsyncConnection, by: str, region: str, since: datetime, until: datetime, zone: str, now: datetime
) -> list[Cost]:
    """Broadcasts of a region that were planned for a span, by whatever they are put together by."""
    month = func.substr(day_of(db.dialect.name, broadcasts.c.at, zone, now), 1, 7)
    keys: Mapping[str, Any] = {
        "month": month,
        "programme": func.coalesce(rounds.c.programme, ""),
        "line": loads.c.line,
        "broadcast": broadcasts.c.id,
    }
    of_it = (broadcasts.c.at >= since, broadcasts.c.at < until, within(PLACE, region.rstrip(".")))
    key = keys[by].label("key")
    names = ("people", "attempts", "segments", "rupiah")
    each = (  # one row a broadcast, or a broadcast and line: its tallies are joined once
        select(loads.c.broadcast_id, *([loads.c.line] if by == "line" else []))
        .add_columns(*(func.sum(loads.c[name]).label(name) for name in names))
        .join(broadcasts, broadcasts.c.id == loads.c.broadcast_id)
        .where(broadcasts.c.at >= since, broadcasts.c.at < until)
        .group_by(loads.c.broadcast_id, *([loads.c.line] if by == "line" else []))
        .subquery("each")
    )
    told = (
        select(tallies.c.broadcast_id, func.sum(tallies.c.n).label("n"))
        .join(broadcasts, broadcasts.c.id == tallies.c.broadcast_id)
        .where(tallies.c.state.in_(TOLD), broadcasts.c.at >= since, broadcasts.c.at < until)
        .group_by(tallies.c.broadcast_id)
        .subquery("told")
    )
    if by == "line":
        key = each.c.line.label("key")
    single = by == "broadcast"
    cap = case((broadcasts.c.cap.is_not(None), each.c.rupiah), else_=0)
    rows = await db.execute(
        select(
            cast(key, String),
            func.max(broadcasts.c.event) if single else literal(""),
            func.coalesce(func.max(rounds.c.code), "") if single else literal(""),
            func.count(),
            *(func.sum(each.c[name]) for name in names),
            null() if by == "line" else func.coalesce(func.sum(told.c.n), 0),
            null() if by == "line" else func.sum(broadcasts.c.cap),
            func.sum(cap),
        )
        .select_from(
            WITH_ROUNDS.join(each, each.c.broadcast_id == broadcasts.c.id).outerjoin(
                told, told.c.broadcast_id == broadcasts.c.id
            )
        )
        .where(*of_it)
        .group_by(key)
        .order_by(key.desc() if by in ("month", "broadcast") else func.sum(each.c.rupiah).desc(), key)
        .limit(MOST)
    )
    return [_cost(*row) for row in rows]


def _cost(key: Any, event: str, code: str, *figures: Any) -> Cost:
    n, people, tries, segments, rupiah, told, cap, capped = (None if f is None else int(f) for f in figures)
    return Cost(
        str(key), event, code, n or 0, people or 0, tries or 0, segments or 0, rupiah or 0, told, cap, capped or 0
    )
