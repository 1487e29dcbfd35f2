"""What was imported: one row a file with its counts, the conflicts it left, and the regions it named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import conflicts, imports, regions
from notifier.store.upsert import upsert

LOOK_BACK = 500  # imports searched for the last one of an area


@dataclass(frozen=True, slots=True)
class Import:
    """One file that was brought in."""

    id: int
    what: str  # people, rounds, statuses
    name: str
    digest: str  # SHA-256 of the file, hex
    counts: Mapping[str, Any]  # empty: it was interrupted
    who: str
    at: datetime


class Conflict(NamedTuple):
    """A row that a person has to decide on."""

    person_id: int
    line: int
    column: str
    sealed: bytes
    digest: bytes


_IMPORT = [imports.c[name] for name in Import.__dataclass_fields__]


async def begin(db: AsyncConnection, what: str, name: str, digest: str, who: str, now: datetime) -> int:
    """Write that a file is coming in; returns the import's id."""
    row = {"what": what, "name": name[:200], "digest": digest, "counts": {}, "who": who, "at": now}
    return int((await db.execute(insert(imports).values(row).returning(imports.c.id))).scalar_one())


async def finish(db: AsyncConnection, import_id: int, counts: Mapping[str, Any]) -> None:
    """Write what came of it."""
    await db.execute(update(imports).where(imports.c.id == import_id).values(counts=dict(counts)))


async def get(db: AsyncConnection, import_id: int) -> Import | None:
    """One import."""
    row = (await db.execute(select(*_IMPORT).where(imports.c.id == import_id))).first()
    return Import(*row) if row else None


async def page(db: AsyncConnection, before: int | None = None, limit: int = 50) -> list[Import]:
    """Imports, newest first."""
    wanted = select(*_IMPORT).order_by(imports.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(imports.c.id < before)
    return [Import(*row) for row in await db.execute(wanted)]


async def last_people(db: AsyncConnection, area: str) -> int | None:
    """How many people the last file for exactly this area covered; None when there was none."""
    rows = await db.execute(
        select(imports.c.counts).where(imports.c.what == "people").order_by(imports.c.id.desc()).limit(LOOK_BACK)
    )
    for (counts,) in rows:
        covered = counts.get("areas", {}).get(area)
        if covered is not None:
            return int(covered)
    return None


async def add_conflicts(db: AsyncConnection, import_id: int, rows: Sequence[Conflict], now: datetime) -> None:
    """Put rows on the list of conflicts; one that is there already, decided or not, stays as it is."""
    if rows:
        await db.execute(
            upsert(db, conflicts).on_conflict_do_nothing(index_elements=["person_id", "digest"]),
            [{**row._asdict(), "import_id": import_id, "state": "open", "created_at": now} for row in rows],
        )


async def open_conflicts(db: AsyncConnection) -> int:
    """How many conflicts wait for a decision."""
    return int((await db.execute(select(func.count()).where(conflicts.c.state == "open"))).scalar_one())


async def region_names(db: AsyncConnection) -> dict[str, str]:
    """The regions the register has, by name."""
    rows = await db.execute(select(regions.c.code, regions.c.name))
    return {row.code: row.name for row in rows}


async def has_region(db: AsyncConnection, code: str) -> bool:
    """Whether the register has this region, or one inside it."""
    inside = or_(regions.c.code == code, regions.c.code.startswith(f"{code}.", autoescape=True))
    return (await db.execute(select(regions.c.code).where(inside).limit(1))).first() is not None


async def name_regions(db: AsyncConnection, names: Sequence[tuple[str, str]]) -> None:
    """Add regions that are not there yet."""
    if names:
        await db.execute(
            upsert(db, regions).on_conflict_do_nothing(index_elements=["code"]),
            [{"code": code, "name": name[:120]} for code, name in names],
        )
