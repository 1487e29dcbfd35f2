"""Reports of the desk over many tickets, as the clock counted them: groups and their figures, and no names."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.reports import Row
from notifier.store.schema import report_looks, tickets
from notifier.store.upsert import upsert

_KEY = ("by", "region", "first", "last")


@dataclass(frozen=True, slots=True)
class Key:
    """Which report: by what, seen from where, of which days, both included."""

    by: str
    region: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a report."""

    at: datetime | None  # when it was counted; None: not yet
    found: Sequence[Row]
    waits: bool  # somebody asked for it since


async def many(db: AsyncConnection, since: datetime, until: datetime, more_than: int) -> bool:
    """Whether more tickets than that were opened in a span, anywhere; looks at no more of them."""
    opened = tickets.c.opened_at
    some = select(tickets.c.id).where(opened >= since, opened < until).limit(more_than + 1).subquery()
    return int((await db.execute(select(func.count()).select_from(some))).scalar_one()) > more_than


async def of(db: AsyncConnection, key: Key) -> Look | None:
    """A report as it was counted last; None when nobody asked for it lately."""
    c = report_looks.c
    row = (await db.execute(select(c.at, c.found, c.wake).where(_is(key)))).first()
    return Look(row.at, [Row(**values) for values in row.found or ()], row.wake is not None) if row else None


async def ask(db: AsyncConnection, key: Key, now: datetime) -> None:
    """Have it counted; whoever asks while it waits waits with the first."""
    statement = upsert(db, report_looks).values(**asdict(key), wake=now)
    again = {"wake": func.coalesce(report_looks.c.wake, statement.excluded.wake)}
    await db.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=again))


async def due(db: AsyncConnection) -> Key | None:
    """The report that somebody has waited for longest."""
    c = report_looks.c
    wanted = select(*(c[name] for name in _KEY)).where(c.wake.is_not(None)).order_by(c.wake).limit(1)
    row = (await db.execute(wanted)).first()
    return Key(*row) if row else None


async def keep(db: AsyncConnection, key: Key, found: Sequence[Row], at: datetime) -> None:
    """Keep what was counted at that time."""
    values: dict[str, Any] = {"at": at, "found": [asdict(row) for row in found], "wake": None}
    await db.execute(update(report_looks).where(_is(key)).values(**values))


async def forget(db: AsyncConnection, before: datetime) -> None:
    """Keep no report that was counted so long ago and is not asked for."""
    c = report_looks.c
    await db.execute(delete(report_looks).where(c.at < before, c.wake.is_(None)))


def _is(key: Key) -> ColumnElement[bool]:
    return and_(*(report_looks.c[name] == value for name, value in asdict(key).items()))
