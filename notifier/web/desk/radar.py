"""The radar's page: alarms with their evidence, complaints by round and point, amounts that are named, and people who
deny what the record says was paid.
"""

from aiohttp import web

from notifier.errors import Refused
from notifier.rules.roles import Right
from notifier.web import pages
from notifier.web.house import HOUSE


async def look(request: web.Request) -> web.Response:
    """What more people complain of than chance explains."""
    return await _show(request)


async def _show(request: web.Request, refused: str = "") -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    found = await house.desk.radar(viewer, house.clock(), pages.number(request.query.get("before")))
    names = {account.id: account.name for account in await house.accounts.everyone()}
    most = max((seen.point.people for seen in found.points), default=1)
    context = {
        "found": found,
        "most": most,
        "names": names,
        "refused": refused,
        "may_take": viewer.may(Right.ASSIGN),
    }
    return await pages.page(request, "desk/radar.html", context, status=400 if refused else 200)


async def take(request: web.Request) -> web.Response:
    """Somebody has taken note of an alarm."""
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        await house.desk.take_note(viewer, int(request.match_info["id"]), house.clock())
    except Refused as error:
        return await _show(request, str(error))
    return await pages.back(request, "/desk/radar", "Dicatat: Anda menindaklanjuti alarm ini.")
