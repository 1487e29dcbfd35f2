"""Rows of visits, and the list that leads to them: people no message reached, for the field officers.

Unreached is who failed, came too late, is unknown and left so, had no contact, or was never sent anything because the
broadcast was stopped, unless a visit has told them since; the last ones no longer once another broadcast takes them up.
Whoever asked us to stop is a list of its own: they asked for silence on their address, not at their door.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.visits import FLAGS, Result
from notifier.store.broadcasts import within
from notifier.store.expansion import keep_to_indexes
from notifier.store.places import LENGTHS
from notifier.store.schema import LARGEST_ID, broadcasts, deliveries, people, places, regions, rounds, tallies, visits
from notifier.store.told import UNTOLD
from notifier.store.upsert import upsert

BATCH = 500
VILLAGES = 40  # that are looked into together
# Broadcasts that tell people of a round; a question tells them nothing.
TELLING = ("round_announced", "round_reminder", "round_changed", "round_cancelled")
_IS_UNTOLD: ColumnElement[bool] = literal_column(
    "deliveries.state IN ('failed', 'unknown', 'expired', 'suppressed', 'cancelled')"
)
_IS_STOPPED: ColumnElement[bool] = literal_column("deliveries.state = 'suppressed' AND deliveries.reason = 'stopped'")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose list it is: one broadcast, or a round over all its broadcasts. `stopped`: those who asked for silence."""

    broadcast_id: int | None = None
    round_id: int | None = None
    region: str = ""  # prefix
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Unreached:
    """One person to visit."""

    delivery_id: int
    person_id: int
    name: str
    nik_masked: str
    address: str
    rt: str
    rw: str
    region: str
    village: str  # the region's name, "" when the register never named it
    state: str
    reason: str
    visited: str | None  # what the newest visit found
    visited_on: date | None
    note: str | None


def _missed(d: Any, *, stopped: bool) -> ColumnElement[bool]:
    """SQL: this delivery told nobody, and nothing more will come of it by itself."""
    if stopped:
        return and_(d.c.state == "suppressed", d.c.reason == "stopped")
    left = and_(d.c.state == "unknown", ~d.c.held, d.c.lease_until.is_(None))
    suppressed = and_(d.c.state == "suppressed", d.c.reason != "stopped")
    called_off = and_(d.c.state == "cancelled", ~_taken_up(d).exists(), ~_off(d).exists())
    return or_(d.c.state.in_(("failed", "expired")), left, suppressed, called_off)


def _taken_up(d: Any) -> Select[Any]:
    """SQL: a later message of the same round that is on its way to the same person, or has arrived."""
    newer = deliveries.alias()
    return select(newer.c.id).where(
        newer.c.person_id == d.c.person_id,
        newer.c.round_id == d.c.round_id,
        newer.c.id > d.c.id,
        newer.c.event.in_(TELLING),
        newer.c.state.in_(("due", "sending", "accepted", "delivered", "read")),
    )


def _off(d: Any) -> Select[Any]:
    """SQL: its round is called off, and whoever never heard of it need not hear that."""
    return select(rounds.c.id).where(
        rounds.c.id == d.c.round_id, rounds.c.state == "cancelled", d.c.event != "round_cancelled"
    )


def _list(scope: Scope, *columns: Any) -> Select[Any]:
    other = deliveries.alias("other")
    visit = visits.alias("visit")
    newest = (
        select(visits.c.id)
        .where(visits.c.delivery_id == deliveries.c.id)
        .order_by(visits.c.at.desc(), visits.c.id.desc())
        .limit(1)
        .correlate(deliveries)
        .scalar_subquery()
    )
    told = select(visits.c.id).where(visits.c.delivery_id == deliveries.c.id, visits.c.result == Result.TOLD.value)
    wanted = (
        select(*(columns or _columns(visit)))
        .select_from(
            deliveries.join(people, people.c.id == deliveries.c.person_id)
            .outerjoin(regions, regions.c.code == people.c.region)
            .outerjoin(visit, visit.c.id == newest)
        )
        .where(_IS_STOPPED if scope.stopped else _IS_UNTOLD, _missed(deliveries, stopped=scope.stopped))
        .where(within(people.c.region, scope.region))
        .where(people.c.erased_at.is_(None))  # no name and no door is left to look for
    )
    if scope.broadcast_id is not None:
        return wanted.where(deliveries.c.broadcast_id == scope.broadcast_id, ~told.exists())
    of_round = _telling(scope)
    # Of a round, once: by the newest broadcast that missed them, unless a message or a visit told them as much.
    same = and_(other.c.person_id == deliveries.c.person_id, other.c.broadcast_id.in_(of_round))
    later = select(other.c.id).where(same, other.c.id > deliveries.c.id, _missed(other, stopped=scope.stopped))
    as_much = and_(same, other.c.round_version >= deliveries.c.round_version)
    by_message = select(other.c.id).where(as_much, other.c.state.in_(("accepted", "delivered", "read")))
    by_visit = (
        select(other.c.id)
        .join(visits, visits.c.delivery_id == other.c.id)
        .where(as_much, visits.c.result == Result.TOLD.value)
    )
    return wanted.where(
        deliveries.c.broadcast_id.in_(of_round), ~later.exists(), ~by_message.exists(), ~by_visit.exists()
    )


def _telling(scope: Scope) -> Select[Any]:
    """SQL: the broadcasts that tell people of a round."""
    return select(broadcasts.c.id).where(
        broadcasts.c.round_id == scope.round_id, broadcasts.c.event.in_(TELLING), broadcasts.c.state != "planned"
    )


def _columns(visit: Any) -> tuple[Any, ...]:
    names = ("name", "nik_masked", "address", "rt", "rw", "region")
    return (
        deliveries.c.id,
        deliveries.c.person_id,
        *(people.c[name] for name in names),
        func.coalesce(regions.c.name, ""),
        deliveries.c.state,
        deliveries.c.reason,
        visit.c.result,
        visit.c.at,
        visit.c.note,
    )


async def page(db: AsyncConnection, scope: Scope, after: tuple[str, int], limit: int) -> list[Unreached]:
    """A list's people beyond (region, person), village by village."""
    region, person_id = after
    beyond = or_(people.c.region > region, and_(people.c.region == region, people.c.id > person_id))
    rows = await db.execute(_list(scope).where(beyond).order_by(people.c.region, people.c.id).limit(limit))
    return [Unreached(*row) for row in rows]


async def page_of_many(db: AsyncConnection, scope: Scope, after: tuple[str, int], limit: int) -> list[Unreached]:
    """The same of a list too long to be sorted for a page: one village after the other, of those that are kept as
    having somebody untold.
    """
    found: list[Unreached] = []
    region, person_id = after
    while len(found) < limit and (near := await _near(db, scope, region)):
        await keep_to_indexes(db)
        for village in near:
            beyond = and_(people.c.region == village, people.c.id > (person_id if village == region else 0))
            wanted = _list(scope).where(beyond).order_by(people.c.region, people.c.id).limit(limit - len(found))
            found += [Unreached(*row) for row in await db.execute(wanted)]
            if len(found) == limit:
                break
        region, person_id = near[-1], LARGEST_ID
        if len(near) < VILLAGES:
            break
    return found


async def page_by_person(db: AsyncConnection, scope: Scope, after: tuple[str, int], limit: int) -> list[Unreached]:
    """The same as people stand in the register: of those who asked for silence nothing is kept by village."""
    wanted = _list(scope).where(deliveries.c.person_id > after[1]).order_by(deliveries.c.person_id).limit(limit)
    return [Unreached(*row) for row in await db.execute(wanted)]


async def by_village(db: AsyncConnection, scope: Scope) -> bool:
    """Whether it is kept where the people of a list live."""
    return bool(await _near(db, scope, ""))


async def _near(db: AsyncConnection, scope: Scope, region: str) -> list[str]:
    """The next villages of a list, from one on."""
    mine = places.c.broadcast_id == scope.broadcast_id
    if scope.broadcast_id is None:
        mine = places.c.broadcast_id.in_(_telling(scope))
    some = (mine, places.c.untold + places.c.unsure > 0, within(places.c.region, scope.region))
    wanted = select(places.c.region).where(*some, places.c.region >= region).distinct()
    return [str(code) for code in (await db.execute(wanted.order_by(places.c.region).limit(VILLAGES))).scalars()]


async def walk(db: AsyncConnection, scope: Scope) -> AsyncIterator[Sequence[Unreached]]:
    """The whole list in batches, village by village: sorted once, and read as it is written."""
    async with db.stream(_list(scope).order_by(people.c.region, people.c.id)) as rows:
        async for part in rows.partitions(BATCH):
            yield [Unreached(*row) for row in part]


async def at_most(db: AsyncConnection, scope: Scope) -> int:
    """How many people a list can have, wherever they live, by the kept counters: no row is looked at."""
    mine = (
        tallies.c.broadcast_id == scope.broadcast_id
        if scope.broadcast_id is not None
        else tallies.c.broadcast_id.in_(_telling(scope))
    )
    stopped = and_(tallies.c.state == "suppressed", tallies.c.reason == "stopped")
    listed = stopped if scope.stopped else and_(tallies.c.state.in_(UNTOLD), ~stopped)
    return int((await db.execute(select(func.coalesce(func.sum(tallies.c.n), 0)).where(mine, listed))).scalar_one())


async def areas(db: AsyncConnection, region: str) -> list[tuple[str, str]]:
    """(code, name) of the areas one level below, or further down where there is but one."""
    found: list[tuple[str, str]] = []
    for length in (length for length in LENGTHS if length > len(region)):
        rows = await db.execute(
            select(regions.c.code, regions.c.name)
            .where(within(regions.c.code, region), func.length(regions.c.code) == length)
            .order_by(regions.c.code)
        )
        found = [(code, name) for code, name in rows]
        if len(found) != 1:
            break
    return found


async def villages(db: AsyncConnection, scope: Scope) -> list[tuple[str, str, int]]:
    """Where they live: (region, its name, people)."""
    name = func.coalesce(regions.c.name, "")
    rows = await db.execute(
        _list(scope, people.c.region, name, func.count()).group_by(people.c.region, name).order_by(people.c.region)
    )
    return [(region, village, int(n)) for region, village, n in rows]


# --- results ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visit:
    """What was found at one door."""

    delivery_id: int
    result: str
    at: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Visited:
    """A delivery that a visit may be about."""

    delivery_id: int
    broadcast_id: int
    person_id: int
    region: str


async def known(db: AsyncConnection, delivery_ids: Collection[int]) -> dict[int, Visited]:
    """The deliveries of broadcasts to people that exist among these."""
    rows = await db.execute(
        select(deliveries.c.id, deliveries.c.broadcast_id, deliveries.c.person_id, people.c.region)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(deliveries.c.id.in_(delivery_ids), deliveries.c.broadcast_id.is_not(None))
    )
    return {row[0]: Visited(*row) for row in rows}


async def recorded(db: AsyncConnection, delivery_ids: Collection[int]) -> dict[tuple[int, str], set[date]]:
    """What is known already of these deliveries: (delivery, result) → days."""
    rows = await db.execute(
        select(visits.c.delivery_id, visits.c.result, visits.c.at).where(visits.c.delivery_id.in_(delivery_ids))
    )
    found: dict[tuple[int, str], set[date]] = {}
    for delivery_id, result, at in rows:
        found.setdefault((delivery_id, result), set()).add(at)
    return found


async def record(db: AsyncConnection, rows: Sequence[Visit], who: str, now: datetime) -> int:
    """Write visits that are not there yet, and flag whom they found moved or dead; returns how many were written."""
    written: list[tuple[int, str]] = []
    for row in rows:
        found = await db.execute(
            upsert(db, visits)
            .values(
                delivery_id=row.delivery_id,
                result=row.result,
                at=row.at,
                note=row.note[:200],
                who=who,
                created_at=now,
            )
            .on_conflict_do_nothing(index_elements=["delivery_id", "at", "result"])
            .returning(visits.c.delivery_id)
        )
        if found.first() is not None:
            written.append((row.delivery_id, row.result))
    await _flag(db, [(number, result) for number, result in written if Result(result) in FLAGS], now)
    return len(written)


async def _flag(db: AsyncConnection, found: Sequence[tuple[int, str]], now: datetime) -> None:
    """Somebody is to verify these people's data. Nothing else about them changes."""
    if not found:
        return
    rows = await db.execute(
        select(deliveries.c.id, people.c.id, people.c.flags)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(deliveries.c.id.in_([number for number, _ in found]))
        .order_by(people.c.id)
        .with_for_update(of=people)
    )
    flags: dict[int, list[str]] = {}
    people_of: dict[int, int] = {}
    for number, person_id, has in rows:
        people_of[number], flags[person_id] = person_id, list(has)
    for number, result in found:
        person_id = people_of[number]
        flags[person_id] = sorted({*flags[person_id], result})
    await db.execute(
        update(people)
        .where(people.c.id == bindparam("of"))
        .values(flags=bindparam("to", type_=people.c.flags.type), updated_at=now),
        [{"of": person_id, "to": has} for person_id, has in sorted(flags.items())],
    )


async def results(db: AsyncConnection, broadcast_id: int) -> Mapping[str, int]:
    """What visits found among a broadcast's people: result → people."""
    rows = await db.execute(
        select(visits.c.result, func.count(func.distinct(visits.c.delivery_id)))
        .join(deliveries, deliveries.c.id == visits.c.delivery_id)
        .where(deliveries.c.broadcast_id == broadcast_id)
        .group_by(visits.c.result)
        .order_by(visits.c.result)
    )
    return {result: int(n) for result, n in rows}
