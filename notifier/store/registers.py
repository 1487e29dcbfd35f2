"""The register page by page, a person with all that is kept of them. Opens no seal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.people import THERE, within
from notifier.store.schema import contacts, enrolments, people


@dataclass(frozen=True, slots=True)
class Contact:
    """One address of a person, and how it fares."""

    id: int
    kind: str
    line: str
    address: str
    state: str  # ok, old, dead, wrong
    stopped: bool


@dataclass(frozen=True, slots=True)
class Person:
    """One person with programmes and contacts; NIK and family card stay sealed."""

    id: int
    nik_masked: str
    name: str
    sex: str
    born: date | None
    address: str
    rt: str
    rw: str
    region: str
    zone: str
    language: str
    prefers: str
    flags: tuple[str, ...]
    silenced: bool
    updated_at: datetime
    programmes: tuple[tuple[str, str], ...] = ()  # (programme, status)
    contacts: tuple[Contact, ...] = ()


_OWN = tuple(name for name in Person.__dataclass_fields__ if name in people.c)
_SELECT = select(*(people.c[name] for name in _OWN), people.c.silenced_at)


async def page(db: AsyncConnection, area: str, after: tuple[str, int] | None, limit: int) -> list[Person]:
    """People of an area ("" for all) beyond (region, id), by region and id: so the index of regions leads the way and
    an area costs no more in a larger country. Not who turned out to be somebody else, nor who was erased.
    """
    stands = (people.c.merged_into_id.is_(None), people.c.erased_at.is_(None))
    wanted = _SELECT.where(within(area), *stands).order_by(people.c.region, people.c.id).limit(limit)
    if area:
        wanted = wanted.where(people.c.region.between(area, area + "/"))
    if after is not None:
        wanted = wanted.where(tuple_(people.c.region, people.c.id) > tuple_(literal(after[0]), literal(after[1])))
    return await _whole(db, wanted)


async def person(db: AsyncConnection, person_id: int) -> Person | None:
    """One person; not one who was merged into another, or erased."""
    return next(iter(await _whole(db, _SELECT.where(people.c.id == person_id, THERE))), None)


async def by_nik(db: AsyncConnection, nik_index: bytes) -> Person | None:
    """The person whose NIK has this index, or who the row that has it was merged into."""
    row = people.alias("row")
    wanted = select(func.coalesce(row.c.merged_into_id, row.c.id)).where(row.c.nik_index == nik_index)
    return next(iter(await _whole(db, _SELECT.where(people.c.id == wanted.scalar_subquery()))), None)


async def _whole(db: AsyncConnection, wanted: Select[Any]) -> list[Person]:
    rows: Sequence[Any] = (await db.execute(wanted)).all()
    ids = [row.id for row in rows]
    if not ids:
        return []
    programmes: dict[int, list[tuple[str, str]]] = {}
    enrolled = select(enrolments.c.person_id, enrolments.c.programme, enrolments.c.status)
    for number, name, status in await db.execute(
        enrolled.where(enrolments.c.person_id.in_(ids)).order_by(enrolments.c.programme)
    ):
        programmes.setdefault(number, []).append((name, status))
    reached: dict[int, list[Contact]] = {}
    c = contacts.c
    columns = select(c.person_id, c.id, c.kind, c.line, c.address, c.state, c.stopped_at)
    for row in await db.execute(columns.where(c.person_id.in_(ids)).order_by(c.id)):
        reached.setdefault(row[0], []).append(Contact(row[1], row[2], row[3], row[4], row[5], row[6] is not None))
    return [
        Person(
            **{name: getattr(row, name) for name in _OWN if name != "flags"},
            flags=tuple(row.flags),
            silenced=row.silenced_at is not None,
            programmes=tuple(programmes.get(row.id, ())),
            contacts=tuple(reached.get(row.id, ())),
        )
        for row in rows
    ]


async def add_contact(
    db: AsyncConnection, person_id: int, kind: str, address: str, stopped_at: datetime | None, now: datetime
) -> int:
    """Write one address; returns its id."""
    row = {"person_id": person_id, "kind": kind, "address": address, "stopped_at": stopped_at, "created_at": now}
    return int((await db.execute(insert(contacts).values(**row).returning(contacts.c.id))).scalar_one())


async def touch(db: AsyncConnection, person_id: int, now: datetime) -> None:
    """Note that something about a person was changed."""
    await db.execute(update(people).where(people.c.id == person_id).values(updated_at=now))
