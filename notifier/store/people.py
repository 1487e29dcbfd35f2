"""People of the register: looked up one by one for other rooms, written slice by slice for imports."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import people


@dataclass(frozen=True, slots=True)
class Person:
    """What other rooms may know of a person; the clear NIK stays with the vault."""

    id: int
    name: str
    nik_masked: str
    region: str
    zone: str  # IANA name
    language: str


_PERSON = [people.c[name] for name in Person.__dataclass_fields__]


async def get(db: AsyncConnection, person_id: int) -> Person | None:
    """One person."""
    row = (await db.execute(select(*_PERSON).where(people.c.id == person_id))).first()
    return Person(*row) if row else None


async def by_nik(db: AsyncConnection, nik_index: bytes) -> Person | None:
    """The person whose NIK has this index (`vault.index(nik, "nik")`)."""
    row = (await db.execute(select(*_PERSON).where(people.c.nik_index == nik_index))).first()
    return Person(*row) if row else None
