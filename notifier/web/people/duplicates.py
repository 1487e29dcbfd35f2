"""The list of people who may be one, and of phones that many share: each with its evidence, each decided once."""

from aiohttp import web

from notifier.errors import Refused
from notifier.registry import KINDS
from notifier.web import pages
from notifier.web.house import HOUSE

PAGE = 20


async def look(request: web.Request) -> web.Response:
    """What waits for a decision, oldest first."""
    return await _list(request)


async def _list(request: web.Request, refused: str = "") -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    kind = request.query.get("kind", "")
    kind = kind if kind in KINDS else KINDS[0]
    found = await house.doubles.page(viewer, kind, pages.number(request.query.get("after")) or 0, PAGE + 1)
    context = {
        "found": found[:PAGE],
        "following": found[PAGE - 1].double.id if len(found) > PAGE else None,
        "kind": kind,
        "kinds": KINDS,
        "conflicts": await house.conflicts.count(viewer),
        "refused": refused,
    }
    return await pages.page(request, "office/duplicates.html", context, status=400 if refused else 200)


async def decide(request: web.Request) -> web.Response:
    """The same person, not the same, or a phone that is shared."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    number, now, do = int(request.match_info["id"]), house.clock(), fields.get("do")
    try:
        if do == "same":
            keep = pages.number(fields.get("keep")) or 0
            await house.doubles.join(viewer, number, keep, fields.get("why", ""), now)
        elif do == "apart":
            await house.doubles.apart(viewer, number, now)
        elif do == "shared":
            await house.doubles.share(viewer, number, now)
        else:
            raise web.HTTPBadRequest
    except Refused as error:
        return await _list(request, str(error))
    place = "/duplicates?kind=phone" if do == "shared" else "/duplicates"
    return await pages.back(request, place, "Keputusan dicatat.")
