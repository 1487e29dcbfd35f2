"""The page of groups and channels where schedules are posted: which area each is for, and what was posted last."""

from aiohttp import web

from notifier.rules.roles import Right
from notifier.web import pages
from notifier.web.house import HOUSE


async def look(request: web.Request) -> web.Response:
    """Every group that the bot was added to, those that wait for a decision first."""
    house, viewer = request.app[HOUSE], pages.who(request)
    context = {"groups": await house.posting.look(viewer), "may": viewer.may(Right.PLAN)}
    return await pages.page(request, "office/groups.html", context)


async def decide(request: web.Request) -> web.Response:
    """Say which area a group is for, or end it there."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    code, do, now = fields.get("code", "")[:20], fields.get("do"), house.clock()
    if do == "confirm":
        await house.posting.confirm(viewer, code, fields.get("region", "").strip()[:20], now)
        return await pages.back(request, "/groups", "Grup dikonfirmasi; jadwal wilayahnya dikirim ke sana.")
    if do != "stop":
        raise web.HTTPBadRequest
    await house.posting.remove(viewer, code, now)
    return await pages.back(request, "/groups", "Jadwal tidak lagi dikirim ke grup itu.")
