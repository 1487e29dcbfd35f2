"""Rounds as a list with filters and as a calendar, and writing a new one."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from notifier.desk.promise import named_days
from notifier.errors import Refused
from notifier.registry import Faulty
from notifier.registry.points import SHUT
from notifier.rules.people import PROGRAMMES
from notifier.rules.points import Limits, Stay, Trouble, load, read_hours, warnings
from notifier.rules.roles import Right
from notifier.rules.rounds import Method
from notifier.store import agenda, points
from notifier.store.agenda import Entry, Wanted
from notifier.store.points import Point
from notifier.web import pages
from notifier.web.house import HOUSE

PAGE = 50
MOST = 500  # rounds of one month
SHOWN = 4  # rounds, and points, written into one day
MOST_PEOPLE = 10**9  # what a point takes whose capacity nobody knows
SUGGESTED = 200  # points to choose from in the form of a new round
COLUMNS = (
    *("KODE", "PROGRAM", "PERIODE", "KODE_WILAYAH", "TITIK", "TEMPAT", "ALAMAT", "MULAI", "SELESAI", "NOMINAL"),
    *("METODE", "CATATAN"),
)
STATES = ("open", "cancelled")
DONE = "Penyaluran dibuat. Pengingat dan pertanyaannya disiapkan sekarang dan menunggu persetujuan."


@dataclass(slots=True)
class Day:
    """One day of the calendar."""

    day: date
    inside: bool  # of the month that is shown
    holiday: str = ""
    rounds: list[Entry] = field(default_factory=list)
    people: int = 0
    points: list[tuple[Point, int]] = field(default_factory=list)  # with the people that come there
    misfits: list[tuple[str, Trouble]] = field(default_factory=list)  # rounds that their point's hours do not fit


# --- the list --------------------------------------------------------------------------------------------------------


async def look(request: web.Request) -> web.Response:
    """Rounds to come, or those that are over, as far as they are asked for."""
    house, viewer, now = request.app[HOUSE], pages.who(request), request.app[HOUSE].clock()
    asked = _asked(request)
    past = asked["show"] == "past"
    zone = ZoneInfo(house.config.service.zone)
    wanted = Wanted(
        viewer.region,
        asked["programme"],
        asked["area"],
        asked["state"],
        opens_from=_midnight(asked["from"], zone),
        opens_before=_midnight(asked["to"], zone, 1),
        closing_after=None if past else now,
        closed_before=now if past else None,
    )
    async with house.database.read() as db:
        found = await agenda.search(db, wanted, _key(request.query.get("key", "")), PAGE + 1, latest_first=past)
    last = found[PAGE - 1] if len(found) > PAGE else None
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "rounds": found[:PAGE],
        "past": past,
        "asked": asked,
        "programmes": PROGRAMMES,
        "following": urlencode(kept | {"key": f"{last.opens_at.isoformat()}~{last.id}"}) if last else None,
        "filtered": any(asked[name] for name in ("programme", "area", "state", "from", "to")),
        "may_edit": viewer.may(Right.EDIT_ROUND),
    }
    return await pages.page(request, "office/rounds.html", context)


def _asked(request: web.Request) -> dict[str, str]:
    given = {name: request.query.get(name, "").strip() for name in ("programme", "area", "state", "from", "to", "show")}
    given["programme"] = given["programme"] if given["programme"] in PROGRAMMES else ""
    given["area"] = given["area"] if given["area"].replace(".", "").isdigit() and len(given["area"]) <= 13 else ""
    given["state"] = given["state"] if given["state"] in STATES else ""
    given["from"], given["to"] = (given[name] if _date(given[name]) else "" for name in ("from", "to"))
    given["show"] = "past" if given["show"] == "past" else ""
    return given


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(text: str, zone: ZoneInfo, days: int = 0) -> datetime | None:
    day = _date(text)
    if day is None or not date.min < day < date.max:
        return None
    return datetime.combine(day + timedelta(days=days), time(0), zone).astimezone(UTC)


def _key(text: str) -> tuple[datetime, int] | None:
    at, _, number = text.partition("~")
    of = pages.number(number)
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (when, of) if of is not None and when.tzinfo is not None else None


# --- the calendar ----------------------------------------------------------------------------------------------------


async def calendar(request: web.Request) -> web.Response:
    """A month of rounds: what is on each day, how many people it brings, and where that is too many."""
    house, viewer, asked = request.app[HOUSE], pages.who(request), _asked(request)
    zone = ZoneInfo(house.config.service.zone)
    today = house.clock().astimezone(zone).date()
    first = _date(f"{request.query.get('month', '')}-01") or today.replace(day=1)
    first = first if 2000 <= first.year <= 2100 else today.replace(day=1)
    begins = first - timedelta(days=first.weekday())
    after = (first + timedelta(days=32)).replace(day=1)
    weeks = -(-((after - begins).days) // 7)
    days = {
        begins + timedelta(days=n): Day(begins + timedelta(days=n), first <= begins + timedelta(days=n) < after)
        for n in range(weeks * 7)
    }
    start, end = (datetime.combine(day, time(0), zone) for day in (begins, begins + timedelta(days=weeks * 7)))
    wanted = Wanted(viewer.region, asked["programme"], asked["area"])
    async with house.database.read() as db:
        there = await agenda.between(db, wanted, start, end, MOST + 1)
        people = await points.people_of(db, [entry.id for entry, _ in there])
        sites = {point.id: point for point in await points.named(db, {at for _, at in there if at is not None})}
    for day, name in (await asyncio.to_thread(named_days, frozenset({begins.year, end.year}))).items():
        if day in days:
            days[day].holiday = name
    _fill(days, there[:MOST], sites, people)
    kept = {name: asked[name] for name in ("programme", "area") if asked[name]}
    context = {
        "weeks": [list(days.values())[n * 7 : n * 7 + 7] for n in range(weeks)],
        "first": first,
        "today": today,
        "before": urlencode({**kept, "month": f"{first - timedelta(days=1):%Y-%m}"}),
        "after": urlencode({**kept, "month": f"{after:%Y-%m}"}),
        "asked": asked,
        "programmes": PROGRAMMES,
        "shown": SHOWN,
        "more": len(there) > MOST,
        "kept": urlencode(kept),
    }
    return await pages.page(request, "office/calendar.html", context)


def _fill(
    days: Mapping[date, Day],
    there: Sequence[tuple[Entry, int | None]],
    sites: Mapping[int, Point],
    people: Mapping[int, int],
) -> None:
    """Put rounds into their days, in each round's own time, with what they bring to their points."""
    at: dict[int, Counter[date]] = defaultdict(Counter)
    for entry, point_id in there:
        point = sites.get(point_id) if point_id is not None else None
        zone = ZoneInfo(entry.zone)
        stay = Stay(entry.opens_at.astimezone(zone), entry.closes_at.astimezone(zone), people.get(entry.id, 0))
        hours = read_hours(point.hours) if point else {}
        for day, n in load(stay, hours).items():
            if day in days:
                days[day].rounds.append(entry)
                days[day].people += n
                if point is not None:
                    at[point.id][day] += n
        shut = point is not None and point.state == SHUT
        for warned in warnings(Limits(hours, shut=shut), stay):
            if warned.day in days:
                days[warned.day].misfits.append((entry.code, warned.what))
    for number, loads in at.items():
        for day, n in loads.items():
            days[day].points.append((sites[number], n))
    for one in days.values():  # the fullest first
        one.points.sort(key=lambda pair: (-pair[1] / (pair[0].per_day or MOST_PEOPLE), pair[0].code))


# --- a new round -----------------------------------------------------------------------------------------------------


async def ask_new(request: web.Request) -> web.Response:
    """The form of a new round."""
    point = request.query.get("point", "")[:48]
    return await _form(request, {"TITIK": point} if point else {})


async def create(request: web.Request) -> web.Response:
    """Write a new round."""
    house, viewer = request.app[HOUSE], pages.who(request)
    fields = await pages.form(request)
    cells = {column: fields.get(column, "") for column in COLUMNS}
    try:
        of = await house.rounds.create(viewer, cells, house.clock())
    except Faulty as error:
        return await _form(request, cells, faults=error.faults)
    except Refused as error:
        return await _form(request, cells, refused=str(error))
    return await pages.back(request, f"/rounds/{of.code}", DONE)


async def _form(
    request: web.Request, cells: Mapping[str, str], *, faults: Mapping[str, str] | None = None, refused: str = ""
) -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    context: dict[str, Any] = {
        "cells": dict.fromkeys(COLUMNS, "") | dict(cells),
        "points": {one.code: one.name for one in await house.points.page(viewer, "", SUGGESTED)},
        "programmes": PROGRAMMES,
        "methods": tuple(Method),
        "faults": faults or {},
        "refused": refused,
    }
    return await pages.page(request, "office/round_new.html", context, status=400 if faults or refused else 200)
