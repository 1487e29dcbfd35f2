"""People of the register: looked up one by one for other rooms, in slices for imports. Seals and opens nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.rounds import Enrolment
from notifier.store.schema import contacts, enrolments, people, silences
from notifier.store.straight import many
from notifier.store.upsert import upsert_on


@dataclass(frozen=True, slots=True)
class Person:
    """What other rooms may know of a person; the clear NIK stays with the vault."""

    id: int
    name: str
    nik_masked: str
    region: str
    zone: str  # IANA name
    language: str


class Known(NamedTuple):
    """What the register holds of a person, as far as a file can change it."""

    id: int
    nik_index: bytes
    name: str
    sex: str
    born: date | None
    address: str
    rt: str
    rw: str
    region: str
    zone: str
    language: str
    prefers: str  # channel they are tried on first; "" for none
    kk_index: bytes | None
    flags: list[str]


class Held(NamedTuple):
    """One contact the register holds."""

    id: int
    person_id: int
    kind: str
    address: str
    state: str  # ok, dead, wrong; old: the register named another one since


OLD = "old"
THERE = and_(people.c.merged_into_id.is_(None), people.c.erased_at.is_(None))  # a person of their own
_PERSON = [people.c[name] for name in Person.__dataclass_fields__]
# A row that was merged into another one still has its NIK: whoever looks by it finds the person it turned out to be.
_kept = people.alias("kept")
_IS_KEPT = _kept.c.id == func.coalesce(people.c.merged_into_id, people.c.id)
_KEPT = [_kept.c[name] for name in Person.__dataclass_fields__]
_KNOWN = [people.c.nik_index if name == "nik_index" else _kept.c[name] for name in Known._fields]
_HELD = [contacts.c[name] for name in Held._fields]


async def get(db: AsyncConnection, person_id: int) -> Person | None:
    """One person."""
    row = (await db.execute(select(*_PERSON).where(people.c.id == person_id))).first()
    return Person(*row) if row else None


async def by_nik(db: AsyncConnection, nik_index: bytes) -> Person | None:
    """The person whose NIK has this index (`vault.index(nik, "nik")`)."""
    wanted = select(*_KEPT).select_from(people.join(_kept, _IS_KEPT)).where(people.c.nik_index == nik_index)
    row = (await db.execute(wanted)).first()
    return Person(*row) if row else None


async def identity(db: AsyncConnection, person_id: int) -> tuple[bytes, date | None] | None:
    """(sealed NIK, day of birth) of a person: what a challenge is held against."""
    row = (await db.execute(select(people.c.nik, people.c.born).where(people.c.id == person_id))).first()
    return (bytes(row[0]), row[1]) if row else None


async def by_niks(db: AsyncConnection, indexes: Collection[bytes]) -> dict[bytes, Person]:
    """The people that exist among these indexes."""
    wanted = select(people.c.nik_index, *_KEPT).select_from(people.join(_kept, _IS_KEPT))
    rows = await db.execute(wanted.where(people.c.nik_index.in_(indexes)))
    return {bytes(row[0]): Person(*row[1:]) for row in rows}


async def by_ids(db: AsyncConnection, ids: Collection[int]) -> list[Person]:
    """The people that exist among these."""
    return [Person(*row) for row in await db.execute(select(*_PERSON).where(people.c.id.in_(ids)))]


async def at_phone(db: AsyncConnection, phone: str) -> list[Person]:
    """Everybody of whom the register, or they themselves, named this phone (+62…)."""
    theirs = select(contacts.c.person_id).where(contacts.c.kind == "sms", contacts.c.address == phone)
    return [
        Person(*row) for row in await db.execute(select(*_PERSON).where(people.c.id.in_(theirs)).order_by(people.c.id))
    ]


# --- slices of an import ---------------------------------------------------------------------------------------------


async def known(db: AsyncConnection, indexes: Collection[bytes]) -> dict[bytes, Known]:
    """What the register holds of the people that exist among these NIK indexes."""
    wanted = select(*_KNOWN).select_from(people.join(_kept, _IS_KEPT)).where(people.c.nik_index.in_(indexes))
    rows = await db.execute(wanted)
    return {bytes(row[1]): Known(*row) for row in rows.all()}


async def held(db: AsyncConnection, person_ids: Collection[int]) -> dict[int, list[Held]]:
    """All contacts of these people, by person."""
    found: dict[int, list[Held]] = {}
    rows = await db.execute(select(*_HELD).where(contacts.c.person_id.in_(person_ids)))
    for row in rows.all():
        found.setdefault(row[1], []).append(Held(*row))
    return found


async def enrolled(db: AsyncConnection, person_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """(person, programme) → status, of these people."""
    rows = await db.execute(
        select(enrolments.c.person_id, enrolments.c.programme, enrolments.c.status).where(
            enrolments.c.person_id.in_(person_ids)
        )
    )
    return {(person, programme): status for person, programme, status in rows.all()}


@cache
def _adding(engine: str) -> Any:
    return upsert_on(engine, people).on_conflict_do_nothing(index_elements=["nik_index"])


@cache
def _adding_contacts(engine: str) -> Any:
    return upsert_on(engine, contacts).on_conflict_do_nothing(index_elements=["person_id", "kind", "address"])


@cache
def _enrolling(engine: str) -> Any:
    statement = upsert_on(engine, enrolments)
    return statement.on_conflict_do_update(
        index_elements=["person_id", "programme"],
        set_={"status": statement.excluded.status, "updated_at": statement.excluded.updated_at},
    )


async def add(
    db: AsyncConnection, rows: Sequence[Mapping[str, Any]], import_id: int, now: datetime
) -> dict[bytes, int]:
    """Write new people; NIK index → id. Somebody who exists by now is left as they are, and missing in this."""
    if not rows:
        return {}
    constant = {"import_id": import_id, "created_at": now, "updated_at": now}
    await many(db, _adding(db.dialect.name), rows, constant)
    written = await db.execute(
        select(people.c.nik_index, people.c.id).where(
            people.c.nik_index.in_([row["nik_index"] for row in rows]), people.c.import_id == import_id
        )
    )
    return {bytes(index): int(number) for index, number in written.all()}


async def change(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give people new values: `id` says who, the other keys are columns, the same ones in every row."""
    if rows:
        columns = [name for name in rows[0] if name != "id"]
        values: dict[str, Any] = {name: bindparam(f"to_{name}", type_=people.c[name].type) for name in columns}
        await db.execute(
            update(people).where(people.c.id == bindparam("of")).values(values),
            [{"of": row["id"]} | {f"to_{name}": row[name] for name in columns} for row in rows],
        )


async def add_contacts(db: AsyncConnection, rows: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Write (person, kind, address) that are not there yet. An address that said STOP stays silent for newcomers."""
    if not rows:
        return
    silent = await _silent(db, rows)
    await many(
        db,
        _adding_contacts(db.dialect.name),
        [
            {"person_id": person_id, "kind": kind, "address": address, "stopped_at": silent.get((kind, address))}
            for person_id, kind, address in rows
        ],
        {"created_at": now},
    )


async def _silent(db: AsyncConnection, rows: Iterable[tuple[int, str, str]]) -> dict[tuple[str, str], datetime]:
    pairs = {(kind, address) for _, kind, address in rows}
    found = await db.execute(
        select(silences.c.kind, silences.c.address, silences.c.since).where(
            tuple_(silences.c.kind, silences.c.address).in_(pairs)
        )
    )
    return {(kind, address): since for kind, address, since in found.all()}


async def set_state(db: AsyncConnection, contact_ids: Collection[int], state: str) -> None:
    """Set contacts aside ("old"), or bring them back ("ok")."""
    if contact_ids:
        await db.execute(update(contacts).where(contacts.c.id.in_(contact_ids)).values(state=state, reason=""))


async def enrol(db: AsyncConnection, rows: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Give (person, programme) this status, whatever it was."""
    await many(
        db,
        _enrolling(db.dialect.name),
        [{"person_id": person_id, "programme": programme, "status": status} for person_id, programme, status in rows],
        {"updated_at": now},
    )


# --- areas -----------------------------------------------------------------------------------------------------------


def within(area: str) -> ColumnElement[bool]:
    """SQL: a person lives in this region or below it."""
    return or_(people.c.region == area, people.c.region.between(area + ".", area + "/")) if area else literal(True)


async def count_within(db: AsyncConnection, area: str) -> int:
    """How many people the register has in an area."""
    return int((await db.execute(select(func.count()).select_from(people).where(within(area), THERE))).scalar_one())


async def page_within(db: AsyncConnection, area: str, after: int, limit: int) -> list[tuple[int, str]]:
    """(id, masked NIK) of an area's people beyond `after`, by id."""
    rows = await db.execute(
        select(people.c.id, people.c.nik_masked)
        .where(within(area), THERE, people.c.id > after)
        .order_by(people.c.id)
        .limit(limit)
    )
    return [(int(number), masked) for number, masked in rows.all()]


async def approved(db: AsyncConnection, programme: str, person_ids: Collection[int]) -> set[int]:
    """Who of these people is DITETAPKAN in a programme."""
    rows = await db.execute(
        select(enrolments.c.person_id).where(
            enrolments.c.person_id.in_(person_ids),
            enrolments.c.programme == programme,
            enrolments.c.status == Enrolment.DITETAPKAN.value,
        )
    )
    return {int(row[0]) for row in rows}
