"""Rows of answers kept for often: every version; the newest counts, and one without words is offered no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import canned


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of an answer."""

    name: str
    language: str
    version: int
    title: str
    source: str  # "": it is not offered any more
    who: str
    created_at: datetime


_KEPT = tuple(canned.c[name] for name in Kept.__dataclass_fields__)


def _all(rows: Iterable[tuple[object, ...]]) -> list[Kept]:
    return [Kept(*row) for row in rows]  # type: ignore[arg-type]


async def newest(db: AsyncConnection) -> list[Kept]:
    """The newest version of each name and language."""
    last = select(canned.c.name, canned.c.language, func.max(canned.c.version).label("version"))
    last = last.group_by(canned.c.name, canned.c.language)
    top = last.subquery()
    joined = (canned.c.name == top.c.name, canned.c.language == top.c.language, canned.c.version == top.c.version)
    rows = await db.execute(select(*_KEPT).join(top, joined[0] & joined[1] & joined[2]).order_by(canned.c.name))
    return _all(tuple(row) for row in rows)


async def write(db: AsyncConnection, name: str, language: str, title: str, source: str, who: str, now: datetime) -> int:
    """Write the next version; returns its number."""
    before = select(func.max(canned.c.version)).where(canned.c.name == name, canned.c.language == language)
    version = int((await db.execute(before)).scalar_one() or 0) + 1
    row = {"name": name, "language": language, "version": version, "title": title, "source": source}
    await db.execute(insert(canned).values(**row, who=who, created_at=now))
    return version
