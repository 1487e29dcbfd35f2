"""SQL of a dry run: by which rung each person of an audience would be reached, who could not be, and whose names make
the longest and the shortest message. What hinders somebody is told as the walk would tell it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, literal, null, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import NO_WAY_BACK
from notifier.store.broadcasts import Mute, reachable
from notifier.store.schema import contacts, people, regions


@dataclass(frozen=True, slots=True)
class Way:
    """How an audience would be written to."""

    people: Select[Any]  # their ids
    ladder: tuple[str, ...]
    besides: Select[Any] | None = None  # channels of a person that it does not go by
    mute: Mute | None = None
    every: int = 1  # of so many people one is looked at
    upto: int | None = None  # the last person looked at; None: everybody


class Reached(NamedTuple):
    """People who are alike."""

    channel: str  # "" when there is no contact
    language: str
    zone: str
    hindered: str  # why nothing would be sent; "" when it would
    people: int


class Sample(NamedTuple):
    """One person whose name is the longest or the shortest among those alike."""

    channel: str
    language: str
    zone: str
    name: str
    longest: bool
    person_id: int


class Hindered(NamedTuple):
    """One person who could not be reached."""

    person_id: int
    name: str
    nik_masked: str
    region: str
    village: str
    reason: str


def _each(way: Way, after: int = 0) -> Any:
    """SQL: the people of an audience with the contact they would be written to at, or what hinders them."""
    some = select(
        people.c.id,
        people.c.name,
        people.c.nik_masked,
        people.c.region,
        people.c.language,
        people.c.zone,
        people.c.silenced_at,
        reachable(way.ladder, way.besides, way.mute).label("contact_id"),
        (reachable(way.ladder, way.besides) if way.mute is not None else null()).label("spoken_to"),
    ).where(people.c.id.in_(_part(way, after)), people.c.id > after)
    if way.every > 1:
        some = some.where(people.c.id % way.every == 0)
    if way.upto is not None:
        some = some.where(people.c.id <= way.upto)
    first = some.subquery("first")
    nowhere: ColumnElement[Any] = literal("no_contact")
    if way.mute is not None:
        nowhere = case((first.c.spoken_to.is_not(None), NO_WAY_BACK), else_="no_contact")
    quiet = or_(first.c.silenced_at.is_not(None), contacts.c.stopped_at.is_not(None))
    why = case((first.c.contact_id.is_(None), nowhere), (quiet, "stopped"), else_="")
    own = ("id", "name", "nik_masked", "region", "language", "zone")
    channel = func.coalesce(contacts.c.kind, "").label("channel")
    return (
        select(*(first.c[name] for name in own), channel, why.label("why"))
        .select_from(first.outerjoin(contacts, contacts.c.id == first.c.contact_id))
        .subquery("each")
    )


def _part(way: Way, after: int) -> Select[Any]:
    """SQL: an audience, or the part of it that is looked at: said here too, so that an index finds it."""
    if way.upto is None:
        return way.people
    who = way.people.selected_columns.id
    return way.people.where(who > after, who <= way.upto)


async def reached(db: AsyncConnection, way: Way, after: int = 0) -> list[Reached]:
    """How many people would be reached by which rung, in which language and zone, and how many not, and why."""
    each = _each(way, after)
    alike = (each.c.channel, each.c.language, each.c.zone, each.c.why)
    rows = await db.execute(select(*alike, func.count()).group_by(*alike).order_by(*alike))
    return [Reached(*row) for row in rows]


async def samples(db: AsyncConnection, way: Way, after: int = 0) -> list[Sample]:
    """For each channel and language the person with the longest name and the one with the shortest."""
    each = _each(way, after)
    alike, length = (each.c.channel, each.c.language), func.length(each.c.name)
    placed = (
        select(
            *alike,
            each.c.zone,
            each.c.name,
            each.c.id,
            func.row_number().over(partition_by=alike, order_by=(length.desc(), each.c.id)).label("from_longest"),
            func.row_number().over(partition_by=alike, order_by=(length, each.c.id)).label("from_shortest"),
        )
        .where(each.c.why == "")
        .subquery("placed")
    )
    ends = or_(placed.c.from_longest == 1, placed.c.from_shortest == 1)
    kept = (placed.c.channel, placed.c.language, placed.c.zone, placed.c.name)
    rows = await db.execute(
        select(*kept, placed.c.from_longest, placed.c.id)
        .where(ends)
        .order_by(placed.c.channel, placed.c.language, placed.c.from_longest)
    )
    return [Sample(*row[:4], longest=row[4] == 1, person_id=int(row[5])) for row in rows]


async def hindered(db: AsyncConnection, way: Way, after: int = 0, limit: int = 500) -> Sequence[Hindered]:
    """People who could not be reached, beyond the person `after`, by person."""
    each = _each(way, after)
    rows = await db.execute(
        select(each.c.id, each.c.name, each.c.nik_masked, each.c.region, func.coalesce(regions.c.name, ""), each.c.why)
        .select_from(each.outerjoin(regions, regions.c.code == each.c.region))
        .where(each.c.why != "")
        .order_by(each.c.id)
        .limit(limit)
    )
    return [Hindered(*row) for row in rows]


async def those(db: AsyncConnection, ids: Collection[int]) -> dict[int, tuple[str, str, str, str]]:
    """(name, masked NIK, region, village) of people, as the register has them now; whoever was erased is left out."""
    columns = (people.c.name, people.c.nik_masked, people.c.region, func.coalesce(regions.c.name, ""))
    rows = await db.execute(
        select(people.c.id, *columns)
        .select_from(people.outerjoin(regions, regions.c.code == people.c.region))
        .where(people.c.id.in_(ids), people.c.erased_at.is_(None))
    )
    return {int(number): (name, nik, region, village) for number, name, nik, region, village in rows}
