"""Lists of people that somebody brought for a broadcast: who is on them, and the rows that named nobody."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.broadcasts import within
from notifier.store.schema import (
    LARGEST_ID,
    deliveries,
    people,
    person_list_members,
    person_list_strays,
    person_lists,
)
from notifier.store.upsert import upsert

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class PersonList:
    """One list."""

    id: int
    name: str
    digest: str
    region: str  # of whoever brought it
    rows: int
    people: int
    strays: int
    who: str
    at: datetime


class Stray(NamedTuple):
    """A row that named nobody."""

    line: int
    shown: str  # what stood there, masked
    reason: str


_ITSELF = func.coalesce(people.c.merged_into_id, people.c.id)
_LIST = tuple(person_lists.c[name] for name in PersonList.__dataclass_fields__)


async def create(db: AsyncConnection, name: str, digest: str, region: str, who: str, now: datetime) -> int:
    """Write that a list is coming in; returns its id."""
    row = {"name": name[:120], "digest": digest, "region": region, "who": who, "at": now}
    row |= {"rows": 0, "people": 0, "strays": 0}
    return int((await db.execute(insert(person_lists).values(row).returning(person_lists.c.id))).scalar_one())


async def finish(db: AsyncConnection, list_id: int, counts: dict[str, int]) -> None:
    """Write what came of it."""
    await db.execute(update(person_lists).where(person_lists.c.id == list_id).values(counts))


async def get(db: AsyncConnection, list_id: int) -> PersonList | None:
    """One list."""
    if not 0 < list_id <= LARGEST_ID:
        return None
    row = (await db.execute(select(*_LIST).where(person_lists.c.id == list_id))).first()
    return PersonList(*row) if row else None


async def page(db: AsyncConnection, region: str, limit: int = 20, below: int = 0) -> list[PersonList]:
    """The newest lists that were brought in a region and below, under a number (0: from the newest)."""
    wanted = select(*_LIST).where(within(person_lists.c.region, region)).order_by(person_lists.c.id.desc())
    if below:
        wanted = wanted.where(person_lists.c.id < below)
    return [PersonList(*row) for row in await db.execute(wanted.limit(limit))]


async def add(db: AsyncConnection, list_id: int, members: Collection[int], strays: Sequence[Stray]) -> None:
    """Put people on a list, and write down the rows that named nobody."""
    if members:
        statement = upsert(db, person_list_members).on_conflict_do_nothing(index_elements=["list_id", "person_id"])
        await db.execute(statement, [{"list_id": list_id, "person_id": number} for number in members])
    if strays:
        await db.execute(insert(person_list_strays), [{"list_id": list_id, **stray._asdict()} for stray in strays])


async def strays(db: AsyncConnection, list_id: int, after: int = 0, limit: int = BATCH) -> list[Stray]:
    """Rows that named nobody, by line."""
    columns = (person_list_strays.c[name] for name in Stray._fields)
    wanted = select(*columns).where(person_list_strays.c.list_id == list_id, person_list_strays.c.line > after)
    return [Stray(*row) for row in await db.execute(wanted.order_by(person_list_strays.c.line).limit(limit))]


async def walk(db: AsyncConnection, list_id: int) -> AsyncIterator[Sequence[Stray]]:
    """All of them, in batches."""
    after = 0
    while part := await strays(db, list_id, after):
        yield part
        after = part[-1].line


async def by_niks(db: AsyncConnection, indexes: Collection[bytes], region: str) -> dict[bytes, int]:
    """NIK index → person, of those who live in a region. A row that was merged names the person it turned out to be."""
    wanted = select(people.c.nik_index, _ITSELF).where(people.c.nik_index.in_(indexes))
    return {bytes(row[0]): int(row[1]) for row in await db.execute(wanted.where(within(people.c.region, region)))}


async def by_deliveries(db: AsyncConnection, numbers: Collection[int], region: str) -> dict[int, int]:
    """Delivery → the person it was for, of those who live in a region."""
    wanted: Any = (
        select(deliveries.c.id, _ITSELF)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(deliveries.c.id.in_(numbers), within(people.c.region, region))
    )
    return {int(row[0]): int(row[1]) for row in await db.execute(wanted)}
