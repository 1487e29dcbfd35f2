"""When lines rested, as the clock saw it: a row a rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import line_rests


@dataclass(frozen=True, slots=True)
class Span:
    """One rest of a line."""

    line: str
    since: datetime
    until: datetime | None  # None: it still rests
    reason: str


_OWN = [line_rests.c[name] for name in Span.__dataclass_fields__]


async def going_on(db: AsyncConnection) -> dict[str, Span]:
    """The rests that have not ended, by line."""
    rows = await db.execute(select(*_OWN).where(line_rests.c.until.is_(None)).order_by(line_rests.c.since))
    return {row.line: Span(*row) for row in rows}


async def note(db: AsyncConnection, begun: Mapping[str, str], ended: Mapping[str, datetime], now: datetime) -> None:
    """Keep which lines rest from now on, with why, and since when others work again."""
    if begun:
        rows = [{"line": line, "since": now, "reason": reason[:120]} for line, reason in sorted(begun.items())]
        await db.execute(insert(line_rests), rows)
    for line, at in sorted(ended.items()):
        open_one = (line_rests.c.line == line, line_rests.c.until.is_(None))
        await db.execute(update(line_rests).where(*open_one).values(until=at))


async def between(db: AsyncConnection, since: datetime, until: datetime, limit: int) -> list[Span]:
    """Rests that touch a span of time, newest first."""
    touches = (line_rests.c.since < until, or_(line_rests.c.until.is_(None), line_rests.c.until > since))
    wanted = select(*_OWN).where(*touches).order_by(line_rests.c.since.desc(), line_rests.c.line).limit(limit)
    return [Span(*row) for row in await db.execute(wanted)]
