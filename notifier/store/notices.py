"""What anybody may read: rounds, places, how the service fares; of a person only what their own NIK leads to."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.rounds import Round, areas_of
from notifier.store.schema import enrolments, entitlements, regions, rounds, tickets

LENGTHS = (2, 5, 8, 13)  # of the codes of a province, regency, district, village
_ROUND = [rounds.c[name] for name in Round.__dataclass_fields__]
_PLACE = func.coalesce(regions.c.name, rounds.c.region)


def _listed(rows: Iterable[Any]) -> list[tuple[Round, str]]:
    return [(Round(*row[:-1]), str(row[-1])) for row in rows]


def _coming(now: datetime) -> ColumnElement[bool]:
    return rounds.c.closes_at > now


async def announced(db: AsyncConnection, now: datetime, lately: timedelta, limit: int) -> list[tuple[Round, str]]:
    """Rounds that are not over, by name of their place: those that changed lately first, then the soonest."""
    changed = and_(or_(rounds.c.version > 1, rounds.c.state != "open"), rounds.c.updated_at > now - lately)
    rows = await db.execute(
        select(*_ROUND, _PLACE)
        .select_from(rounds.outerjoin(regions, regions.c.code == rounds.c.region))
        .where(_coming(now))
        .order_by(case((changed, 0), else_=1), rounds.c.opens_at, rounds.c.id)
        .limit(limit)
    )
    return _listed(rows)


async def of_area(db: AsyncConnection, area: str, now: datetime, limit: int) -> list[tuple[Round, str]]:
    """The rounds that serve an area or a part of it and are not over, soonest first."""
    rows = await db.execute(
        select(*_ROUND, _PLACE)
        .select_from(rounds.outerjoin(regions, regions.c.code == rounds.c.region))
        .where(_coming(now), or_(rounds.c.region.in_(areas_of(area)), rounds.c.region.startswith(f"{area}.")))
        .order_by(rounds.c.opens_at, rounds.c.id)
        .limit(limit)
    )
    return _listed(rows)


async def below(db: AsyncConnection, area: str, now: datetime) -> list[str]:
    """The codes of the next smaller areas that have rounds of their own; of the provinces for ""."""
    length = next((n for n in LENGTHS if n > len(area)), 0)
    if not length:
        return []
    code = func.substr(rounds.c.region, 1, length)
    inside = rounds.c.region.startswith(f"{area}.") if area else rounds.c.region != ""
    rows = await db.execute(
        select(code).where(_coming(now), inside, func.length(rounds.c.region) >= length).distinct().order_by(code)
    )
    return [str(row[0]) for row in rows]


async def names(db: AsyncConnection, codes: Collection[str], parent: str = "") -> dict[str, str]:
    """The names of these areas, and of all next smaller ones of `parent` that the register knows."""
    wanted: ColumnElement[bool] = regions.c.code.in_(tuple(codes))
    length = next((n for n in LENGTHS if n > len(parent)), 0)
    if parent and length:
        wanted = or_(wanted, and_(regions.c.code.startswith(f"{parent}."), func.length(regions.c.code) == length))
    return {str(row[0]): str(row[1]) for row in await db.execute(select(regions).where(wanted).order_by("code"))}


async def recent(db: AsyncConnection, code: str, since: datetime) -> tuple[Round, str] | None:
    """The round of this code, unless it was over before `since`."""
    rows = await db.execute(
        select(*_ROUND, _PLACE)
        .select_from(rounds.outerjoin(regions, regions.c.code == rounds.c.region))
        .where(rounds.c.code == code, rounds.c.closes_at > since)
    )
    found = _listed(rows)
    return found[0] if found else None


async def enrolled(db: AsyncConnection, person_id: int) -> list[tuple[str, str]]:
    """(programme, status) of a person in the register."""
    e = enrolments.c
    rows = await db.execute(select(e.programme, e.status).where(e.person_id == person_id).order_by(e.programme))
    return [(str(row[0]), str(row[1])) for row in rows]


async def entitled(db: AsyncConnection, person_id: int) -> list[tuple[str, str, str]]:
    """(programme, period, status) of a person in rounds that were not called off, newest first."""
    rows = await db.execute(
        select(rounds.c.programme, rounds.c.period, entitlements.c.status)
        .join(entitlements, entitlements.c.round_id == rounds.c.id)
        .where(entitlements.c.person_id == person_id, rounds.c.state == "open")
        .order_by(rounds.c.opens_at.desc(), rounds.c.id.desc())
    )
    return [(str(row[0]), str(row[1]), str(row[2])) for row in rows]


async def complaints(db: AsyncConnection, since: datetime, before: datetime) -> list[tuple[str, str, int, int]]:
    """(code, name of a regency, complaints of a time, how many of them were settled in it)."""
    code = func.substr(tickets.c.region, 1, LENGTHS[1])
    settled = func.sum(case((tickets.c.closed_at < before, 1), else_=0))
    counted = (
        select(code.label("code"), func.count().label("n"), settled.label("settled"))
        .where(tickets.c.opened_at >= since, tickets.c.opened_at < before)
        .group_by(code)
        .subquery()
    )
    rows = await db.execute(
        select(counted.c.code, func.coalesce(regions.c.name, counted.c.code), counted.c.n, counted.c.settled)
        .select_from(counted.outerjoin(regions, regions.c.code == counted.c.code))
        .order_by(counted.c.code)
    )
    return [(str(row[0]), str(row[1]), int(row[2]), int(row[3])) for row in rows]
