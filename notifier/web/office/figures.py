"""Dashboards: how a programme goes, how lines fare, what sending costs; each also as a file."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from notifier.broadcasts import sheets
from notifier.errors import Refused
from notifier.figures import BY, Course
from notifier.figures import values as f
from notifier.registry import Programme
from notifier.render import said
from notifier.rules.roles import Right
from notifier.store.round_figures import Figures
from notifier.web import charts, files, pages
from notifier.web.charts import Column, columns
from notifier.web.house import HOUSE
from notifier.web.office.silence import PARTS

DAYS = 30  # what is shown of lines when nobody asks for other days
AREA = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
DEEPEST = 13  # signs of a village's code: there is nothing below


def _today(request: web.Request) -> date:
    house = request.app[HOUSE]
    return said.local(house.clock(), house.config.service.zone).date()


async def _refused(request: web.Request, error: Refused) -> web.Response:
    return await pages.page(request, "figures/refused.html", {"refused": str(error)}, status=400)


async def _hand_over(
    request: web.Request, head: Sequence[str], rows: Sequence[Sequence[object]], name: str
) -> web.StreamResponse:
    pages.who(request).needs(Right.EXPORT)
    form = request.match_info["form"]

    async def cells() -> AsyncIterator[Sequence[Sequence[object]]]:
        yield rows

    file, _ = await sheets.write(form, head, cells())
    return await files.hand_over(request, file, f"{name}.{form}")


# --- programmes ------------------------------------------------------------------------------------------------------


async def _course(request: web.Request) -> tuple[Programme, Course]:
    house, viewer, asked = request.app[HOUSE], pages.who(request), request.query
    area = asked.get("area", "")
    try:
        of = await house.programmes.get(viewer, request.match_info["programme"])
        return of, await house.figures.programme(
            viewer, of.code, area if AREA.fullmatch(area) else "", asked.get("round", "")
        )
    except Refused:  # no such programme, or an area elsewhere: which of the two is not told
        raise web.HTTPNotFound from None


def bar(of: Figures) -> Sequence[charts.Slice]:
    """The people of a round or an area as the parts of one bar."""
    return charts.bar({kind: getattr(of, name) for name, kind in PARTS.items()}, of.people)


async def programme(request: web.Request) -> web.Response:
    """Coverage, confirmation and complaints of a programme: round by round, and by the areas below."""
    of, course = await _course(request)
    viewer = pages.who(request)
    here = {"area": course.area} if course.area != viewer.region else {}
    trend = columns(
        [Column(one.key, {kind: getattr(one, name) for name, kind in PARTS.items()}) for one in course.rounds]
    )
    worst = max((rate for rate in (f.rates(one).complaints for one in course.areas) if rate), default=0)
    context = {
        "p": of,
        "course": course,
        "whole": f.summed(course.rounds),
        "rates": f.rates,
        "bars": {one.key: bar(one) for one in (*course.rounds, *course.areas)},
        "trend": trend,
        "worst": worst,
        "up": _above(course.area, viewer.region),
        "deeper": len(course.area) < DEEPEST - 5,  # districts show their villages, villages show nothing
        "by_round": urlencode({**here, "by": "round"}),
        "by_area": urlencode({**here, "by": "area", **({"round": course.chosen} if course.chosen else {})}),
        "here": urlencode(here),
    }
    return await pages.page(request, "figures/programme.html", context)


def _above(area: str, region: str) -> str | None:
    """The area above one, as far as the viewer sees; None when it is the viewer's own."""
    return None if area == region else area.rpartition(".")[0]


async def take_programme(request: web.Request) -> web.StreamResponse:
    """The rounds, or the areas, as a file."""
    of, course = await _course(request)
    by = "area" if request.query.get("by") == "area" else "round"
    rows = [f.cells_of_round(one) for one in (course.areas if by == "area" else course.rounds)]
    return await _hand_over(request, f.OF_ROUNDS, rows, f"angka-{of.code}-{by}")


# --- lines -----------------------------------------------------------------------------------------------------------


def _days(request: web.Request) -> tuple[date, date]:
    last = pages.day(request.query.get("last")) or _today(request)
    return pages.day(request.query.get("first")) or last - timedelta(days=DAYS - 1), last


async def channels(request: web.Request) -> web.Response:
    """How every line fared, day by day."""
    house, viewer = request.app[HOUSE], pages.who(request)
    first, last = _days(request)
    try:
        found = await house.figures.channels(viewer, first, last, house.clock())
    except Refused as error:
        return await _refused(request, error)
    tongue = said.language(pages.tongue(request))
    context = {
        "lines": found,
        "kinds": house.kinds,
        "first": first,
        "last": last,
        "charts": {
            one.line: columns([Column(said.short_date(day.day, tongue), day.parts) for day in one.days])
            for one in found
        },
        "query": urlencode({"first": first, "last": last}),
        "share": f.share,
    }
    return await pages.page(request, "figures/channels.html", context)


async def take_channels(request: web.Request) -> web.StreamResponse:
    """The same as a file: a row for each day, line, state and kind of failure."""
    first, last = _days(request)
    parts = await request.app[HOUSE].figures.parts(pages.who(request), first, last)
    return await _hand_over(request, f.OF_LINES, [f.cells_of_line(part) for part in parts], f"saluran-{first}-{last}")


# --- cost ------------------------------------------------------------------------------------------------------------


def _cost_asked(request: web.Request) -> tuple[str, date, date]:
    asked, today = request.query, _today(request)
    by = asked.get("by", BY[0])
    last = pages.day(asked.get("last")) or _month_end(today)
    first = pages.day(asked.get("first")) or date(today.year - (today.month < 12), today.month % 12 + 1, 1)
    return (by if by in BY else BY[0]), first, last


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


async def cost(request: web.Request) -> web.Response:
    """What broadcasts cost, by month, programme, line or broadcast."""
    house, viewer = request.app[HOUSE], pages.who(request)
    by, first, last = _cost_asked(request)
    try:
        found = await house.figures.cost(viewer, by, first, last, house.clock())
    except Refused as error:
        return await _refused(request, error)
    told = [one.told for one in found if one.told is not None]
    context: Mapping[str, Any] = {
        "costs": found,
        "by": by,
        "ways": BY,
        "first": first,
        "last": last,
        "most": max((one.rupiah for one in found), default=0),
        "rupiah": sum(one.rupiah for one in found),
        "segments": sum(one.segments for one in found),
        "told": sum(told) if told else None,
        "per_told": f.per_told,
        "of_cap": f.of_cap,
        "query": urlencode({"by": by, "first": first, "last": last}),
        "month": _month,
    }
    return await pages.page(request, "figures/cost.html", context)


def _month(key: str, tongue: str) -> str:
    """A month as people read it: "Desember 2026"."""
    on = datetime.strptime(key, "%Y-%m")  # noqa: DTZ007 - a month has no zone
    return f"{said.MONTHS[said.language(tongue)][on.month - 1]} {on.year}"


async def take_cost(request: web.Request) -> web.StreamResponse:
    """The same as a file."""
    house, (by, first, last) = request.app[HOUSE], _cost_asked(request)
    found = await house.figures.cost(pages.who(request), by, first, last, house.clock())
    return await _hand_over(request, f.OF_COSTS, [f.cells_of_cost(one) for one in found], f"biaya-{by}-{first}-{last}")
