"""The pages of a round's evidence: what people answered, village by village, and who has not answered."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from notifier.broadcasts.silence import Coverage
from notifier.errors import Refused
from notifier.store.silence import Village
from notifier.web import charts, files, pages
from notifier.web.house import HOUSE
from notifier.web.office.account import after

PAGE = 100
# A village's bar: what each part holds, and the colour it has on other pages too.
PARTS: Mapping[str, str] = {
    "confirmed": "told",
    "denied": "untold",
    "silent": "unsure",
    "unreachable": "nobody",
    "other": "waiting",
}


def bar(village: Village) -> Sequence[charts.Slice]:
    """A village as the parts of one bar."""
    return charts.bar({kind: getattr(village, name) for name, kind in PARTS.items()}, village.people)


async def coverage(request: web.Request) -> web.Response:
    """Who was told, confirmed, denied, kept silent or could not be reached."""
    house, number = request.app[HOUSE], int(request.match_info["id"])
    try:
        found = await house.silence.glance(number, pages.who(request))
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None
    rows = (*found.villages, found.whole)
    context = {
        "of": found.round,
        "at": found.at,
        "villages": found.villages,
        "whole": rows[-1],
        "rows": rows,
        "bars": [bar(village) for village in rows],
    }
    return await pages.page(request, "office/coverage.html", context)


async def silent(request: web.Request) -> web.Response:
    """Whom the question reached and who has not answered."""
    house, number = request.app[HOUSE], int(request.match_info["id"])
    try:
        of, found = await house.silence.page(
            pages.who(request), number, after(request.query.get("after", "")), PAGE + 1
        )
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None
    last = found[PAGE - 1] if len(found) > PAGE else None
    context: dict[str, Any] = {
        "of": of,
        "silent": found[:PAGE],
        "following": urlencode({"after": f"{last.region}~{last.person_id}"}) if last else None,
    }
    return await pages.page(request, "office/silent.html", context)


async def take_coverage(request: web.Request) -> web.StreamResponse:
    """The table as a file."""
    return await _take(request, "coverage", "cakupan")


async def take_silent(request: web.Request) -> web.StreamResponse:
    """The list as a file."""
    return await _take(request, "silent", "diam")


async def _take(request: web.Request, what: str, name: str) -> web.StreamResponse:
    house, form, found = request.app[HOUSE], request.match_info["form"], (await _coverage(request)).round
    file, _ = await house.silence.sheet(pages.who(request), found.id, what, form, house.clock())
    return await files.hand_over(request, file, f"{name}-penyaluran-{found.id}.{form}")


async def _coverage(request: web.Request) -> Coverage:
    try:
        return await request.app[HOUSE].silence.coverage(int(request.match_info["id"]), pages.who(request))
    except Refused:
        raise web.HTTPNotFound from None
