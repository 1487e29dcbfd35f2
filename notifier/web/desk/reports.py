"""Reports of the desk: a table with pictures that lead to the list, the same as a file, and a case file to print."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from notifier.broadcasts import sheets
from notifier.desk.reports import COLUMNS, Report
from notifier.errors import Refused
from notifier.render import said
from notifier.store.reports import BY
from notifier.web import files, pages
from notifier.web.charts import ROW, bars
from notifier.web.house import HOUSE

DRAWN = 12  # groups in the picture, the largest ones; all are in the table
DAYS = 30  # what is shown when nobody asks for other days
# what a table is put together by → the filter of the list that shows one group
FILTERS: Mapping[str, str] = {
    "category": "category",
    "region": "place",
    "round": "round",
    "point": "point",
    "agent": "agent",
}


def _asked(request: web.Request) -> tuple[str, date, date]:
    house, asked = request.app[HOUSE], request.query
    today = said.local(house.clock(), house.config.service.zone).date()
    by = asked.get("by", BY[0])
    last = pages.day(asked.get("last")) or today
    first = pages.day(asked.get("first")) or last - timedelta(days=DAYS - 1)
    return by if by in BY else BY[0], first, last


async def _names(request: web.Request) -> Mapping[str, str]:
    return {str(one.id): one.name for one in await request.app[HOUSE].accounts.everyone()}


async def look(request: web.Request) -> web.Response:
    """The table of one report."""
    house, (by, first, last) = request.app[HOUSE], _asked(request)
    try:
        found = await house.desk.look_at_report(pages.who(request), by, first, last, house.clock())
    except Refused as error:
        return await pages.page(
            request, "desk/reports.html", {"refused": str(error), "by": BY[0], "kinds": BY}, status=400
        )
    context = {
        "refused": "",
        "by": by,
        "kinds": BY,
        "first": first,
        "last": last,
        "counted": found,
        "query": urlencode({"by": by, "first": first.isoformat(), "last": last.isoformat()}),
    }
    if found.report is not None:
        context |= {**_told(found.report), "names": await _names(request)}
    return await pages.page(request, "desk/reports.html", context)


def _told(report: Report) -> Mapping[str, Any]:
    return {
        "report": report,
        "leads": {line.key: _lead(report, line.key) for line in report.lines},
        "drawn": bars([{"told": one.opened - one.open, "waiting": one.open} for one in report.lines[:DRAWN]]),
        "row": ROW,
    }


def _lead(report: Report, key: str) -> str:
    """Where the list shows the tickets of a group that were opened on these days; "" when it can't."""
    if report.by not in FILTERS or not key:
        return ""
    group = {"view": "all", FILTERS[report.by]: key, "first": report.first, "last": report.last, "unmerged": 1}
    return f"/desk?{urlencode(group)}"


async def take(request: web.Request) -> web.StreamResponse:
    """The same table as a file; its columns keep their names."""
    house, form = request.app[HOUSE], request.match_info["form"]
    report = await house.desk.report(pages.who(request), *_asked(request), house.clock())
    names = await _names(request) if report.by == "agent" else {}

    async def cells() -> AsyncIterator[Sequence[Sequence[object]]]:
        yield [(names.get(line.key, line.key), *line.cells()[1:]) for line in report.lines]

    file, _ = await sheets.write(form, COLUMNS, cells())
    return await files.hand_over(request, file, f"laporan-{report.by}-{report.first}-{report.last}.{form}")


async def case_file(request: web.Request) -> web.Response:
    """One ticket with its proof, to be printed; that it was taken is recorded."""
    house, number = request.app[HOUSE], request.match_info["number"].upper()
    try:
        found = await house.desk.case_file(pages.who(request), number, house.clock())
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None
    staff = await house.accounts.everyone()
    context = {
        "found": found,
        "page": found.page,
        "k": found.page.ticket,
        "who": {f"account:{one.id}": one.name for one in staff},
        "names": {one.id: one.name for one in staff},
    }
    return await pages.page(request, "desk/casefile.html", context)
