"""People who may be one, and phones of many: found by a walk through the register, kept as a list of work.

The walk goes by person id, a slice at a time, and asks indexes alone; the list never counts the register.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, distinct, func, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.people import THERE, within
from notifier.store.schema import contacts, doubles, people, walks
from notifier.store.upsert import upsert

OPEN, GONE = "open", "gone"
LARGEST = 30  # people of one household
WALK = "doubles"
HOUSEHOLD, PHONE = "household", "phone"


class Seen(NamedTuple):
    """A person as far as likeness goes."""

    id: int
    kk_index: bytes | None
    name: str
    born: date | None
    region: str


class Crowd(NamedTuple):
    """One phone and how many have it."""

    address: str
    first: int
    last: int
    people: int


@dataclass(frozen=True, slots=True)
class Double:
    """One thing to decide."""

    id: int
    kind: str
    key: str
    person_id: int
    other_id: int
    people: int
    region: str
    state: str
    at: datetime


_SEEN = [people.c[name] for name in Seen._fields]
_DOUBLE = [doubles.c[name] for name in Double.__dataclass_fields__]


# --- the walk --------------------------------------------------------------------------------------------------------


async def some(db: AsyncConnection, after: int, limit: int) -> list[Seen]:
    """The next people of the register."""
    wanted = select(*_SEEN).where(people.c.id > after, THERE).order_by(people.c.id).limit(limit)
    return [Seen(*row) for row in await db.execute(wanted)]


async def mates(db: AsyncConnection, households: Collection[bytes]) -> list[Seen]:
    """Everybody of these households, as far as they are some: a card of more people is a card that nobody filled in."""
    kk, n = people.c.kk_index, func.count()
    some = select(kk).where(kk.in_(households), THERE).group_by(kk).having(n.between(2, LARGEST))
    rows = await db.execute(select(*_SEEN).where(kk.in_(some), THERE).order_by(people.c.id))
    return [Seen(*row) for row in rows]


async def crowds(db: AsyncConnection, person_ids: Collection[int], many: int) -> list[Crowd]:
    """Phones of these people that at least `many` have."""
    c = contacts.c
    theirs = select(c.address).where(c.person_id.in_(person_ids), c.kind == "sms", c.state == "ok").distinct()
    n = func.count(distinct(c.person_id))
    grouped = select(c.address, func.min(c.person_id), func.max(c.person_id), n)
    grouped = grouped.where(c.kind == "sms", c.address.in_(theirs), c.state == "ok").group_by(c.address)
    return [Crowd(*row) for row in await db.execute(grouped.having(n >= many))]


async def note(db: AsyncConnection, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Put them on the list; what is there already, decided or not, keeps its decision. What was gone is there again."""
    was = doubles.c.state == GONE
    back = {
        "state": case((was, OPEN), else_=doubles.c.state),
        "decided_at": case((was, null()), else_=doubles.c.decided_at),
    }
    for row in rows:
        statement = upsert(db, doubles).values(**row, at=now)
        await db.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"people": statement.excluded.people, **back})
        )


async def waiting(db: AsyncConnection, after: int, limit: int) -> list[Double]:
    """The next that wait for a decision, wherever."""
    wanted = select(*_DOUBLE).where(doubles.c.state == OPEN, doubles.c.id > after).order_by(doubles.c.id).limit(limit)
    return [Double(*row) for row in await db.execute(wanted)]


async def crowded(db: AsyncConnection, addresses: Collection[str], many: int) -> set[str]:
    """Which of these phones at least `many` have."""
    c = contacts.c
    theirs = select(c.address).where(c.kind == "sms", c.address.in_(addresses), c.state == "ok").group_by(c.address)
    return set((await db.execute(theirs.having(func.count(distinct(c.person_id)) >= many))).scalars())


async def past(db: AsyncConnection, ids: Collection[int], now: datetime) -> None:
    """There is nothing to decide about these any more, unless somebody just did."""
    mine = (doubles.c.id.in_(ids), doubles.c.state == OPEN)
    await db.execute(update(doubles).where(*mine).values(state=GONE, who="clock", decided_at=now))


async def standing(db: AsyncConnection, name: str = WALK) -> tuple[int, datetime] | None:
    """(last id, when to go on) of a walk; None when it never began."""
    row = (await db.execute(select(walks.c.cursor, walks.c.wake).where(walks.c.name == name))).first()
    return (int(row[0]), row[1]) if row else None


async def stand(db: AsyncConnection, cursor: int, wake: datetime, name: str = WALK) -> None:
    """How far the walk has come."""
    statement = upsert(db, walks).values(name=name, cursor=cursor, wake=wake)
    await db.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"cursor": cursor, "wake": wake}))


async def again(db: AsyncConnection, now: datetime, name: str = WALK) -> None:
    """The register changed: a walk that rests begins now."""
    await db.execute(update(walks).where(walks.c.name == name, walks.c.wake > now).values(wake=now))


# --- the list --------------------------------------------------------------------------------------------------------


def _theirs(area: str) -> ColumnElement[bool]:
    plain = area.rstrip(".")
    return or_(doubles.c.region == plain, doubles.c.region.between(plain + ".", plain + "/")) if plain else _always()


def _always() -> ColumnElement[bool]:
    return doubles.c.id > 0


async def page(db: AsyncConnection, kind: str, area: str, after: int, limit: int) -> list[Double]:
    """What waits for a decision in an area, oldest first."""
    wanted = select(*_DOUBLE).where(doubles.c.state == OPEN, doubles.c.kind == kind, doubles.c.id > after)
    return [Double(*row) for row in await db.execute(wanted.where(_theirs(area)).order_by(doubles.c.id).limit(limit))]


async def count(db: AsyncConnection, area: str, limit: int) -> int:
    """How many wait in an area, up to `limit`."""
    waiting = select(doubles.c.id).where(doubles.c.state == OPEN, _theirs(area)).limit(limit)
    return int((await db.execute(select(func.count()).select_from(waiting.subquery()))).scalar_one())


async def get(db: AsyncConnection, double_id: int) -> Double | None:
    """One of them, decided or not."""
    row = (await db.execute(select(*_DOUBLE).where(doubles.c.id == double_id))).first()
    return Double(*row) if row else None


async def decide(db: AsyncConnection, double_id: int, state: str, who: str, now: datetime) -> bool:
    """Decide once; False when somebody was quicker."""
    mine = (doubles.c.id == double_id, doubles.c.state == OPEN)
    values = {"state": state, "who": who, "decided_at": now}
    return (await db.execute(update(doubles).where(*mine).values(**values))).rowcount == 1


async def gone(db: AsyncConnection, person_id: int, who: str, now: datetime) -> None:
    """A row of the register is no person of its own any more: nothing about it waits."""
    theirs = or_(doubles.c.person_id == person_id, doubles.c.other_id == person_id)
    here = and_(doubles.c.kind == HOUSEHOLD, doubles.c.state == OPEN, theirs)
    await db.execute(update(doubles).where(here).values(state=GONE, who=who, decided_at=now))


async def sharing(db: AsyncConnection, addresses: Collection[str], area: str, most: int) -> dict[str, list[Any]]:
    """Phone → (id, name, masked NIK, village) of people of an area who have it, at most `most` each."""
    c, p = contacts.c, people.c
    place = func.row_number().over(partition_by=c.address, order_by=p.id).label("place")
    wanted = select(c.address, p.id, p.name, p.nik_masked, p.region, place).join(people, p.id == c.person_id)
    wanted = wanted.where(c.kind == "sms", c.address.in_(addresses), c.state == "ok", within(area.rstrip(".")))
    ranked = wanted.subquery()
    found: dict[str, list[Any]] = {}
    for row in await db.execute(select(ranked).where(ranked.c.place <= most).order_by(ranked.c.address, ranked.c.id)):
        found.setdefault(row[0], []).append(row)
    return found
