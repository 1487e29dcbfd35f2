"""Rows of a register that a person has to decide on: same NIK, another name. Opens no seal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.people import within
from notifier.store.schema import conflicts, imports, people

OPEN = "open"


@dataclass(frozen=True, slots=True)
class Contested:
    """One second row, and whom it concerns."""

    id: int
    person_id: int
    line: int
    sealed: bytes  # the row as it came
    state: str  # open, kept, taken, flagged
    at: datetime
    file: str
    import_id: int
    who: str  # who imported
    nik_masked: str
    name: str  # who stands
    kk: bytes | None  # sealed
    region: str


def _rows() -> Select[Any]:
    c, p, i = conflicts.c, people.c, imports.c
    return (
        select(
            *(c.id, c.person_id, c.line, c.sealed, c.state, c.created_at, i.name, c.import_id, i.who),
            *(p.nik_masked, p.name, p.kk, p.region),
        )
        .join(people, p.id == c.person_id)
        .join(imports, i.id == c.import_id)
    )


def _open(area: str) -> ColumnElement[bool]:
    return and_(conflicts.c.state == OPEN, within(area.rstrip(".")))


async def page(db: AsyncConnection, area: str, after: int, limit: int) -> list[Contested]:
    """Conflicts of an area's people that wait, oldest first, beyond the id `after`."""
    wanted = _rows().where(_open(area), conflicts.c.id > after).order_by(conflicts.c.id).limit(limit)
    return [Contested(*row) for row in await db.execute(wanted)]


async def get(db: AsyncConnection, conflict_id: int) -> Contested | None:
    """One conflict, decided or not."""
    row = (await db.execute(_rows().where(conflicts.c.id == conflict_id))).first()
    return Contested(*row) if row else None


async def count(db: AsyncConnection, area: str, limit: int) -> int:
    """How many wait in an area, up to `limit`: enough for a badge."""
    some = select(conflicts.c.id).join(people, people.c.id == conflicts.c.person_id).where(_open(area)).limit(limit)
    return int((await db.execute(select(func.count()).select_from(some.subquery()))).scalar_one())


async def decide(db: AsyncConnection, conflict_id: int, state: str) -> bool:
    """Close a conflict; False when somebody was quicker."""
    mine = and_(conflicts.c.id == conflict_id, conflicts.c.state == OPEN)
    return (await db.execute(update(conflicts).where(mine).values(state=state))).rowcount == 1


async def flag(db: AsyncConnection, person_id: int, flag: str, now: datetime) -> None:
    """Mark a person as one to be verified."""
    flags = (await db.execute(select(people.c.flags).where(people.c.id == person_id).with_for_update())).scalar_one()
    values: Mapping[str, Any] = {"flags": sorted({*flags, flag}), "updated_at": now}
    await db.execute(update(people).where(people.c.id == person_id).values(**values))
