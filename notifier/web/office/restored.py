"""The page of a restored backup: what is known of the lost time, and the two ways to go on."""

from aiohttp import web

from notifier.web import pages
from notifier.web.house import HOUSE


async def look(request: web.Request) -> web.Response:
    """What is missing, and what confirming does."""
    house = request.app[HOUSE]
    return await pages.page(request, "office/restored.html", {"gap": house.restored.gap})


async def confirm(request: web.Request) -> web.Response:
    """A person has looked: hold what was queued before, or send it all the same."""
    house, viewer = request.app[HOUSE], pages.who(request)
    do = (await pages.form(request)).get("do")
    if do not in ("hold", "resume"):
        raise web.HTTPBadRequest
    await house.restored.confirm(viewer, house.clock(), resume=do == "resume")
    return await pages.back(request, "/broadcasts", "Pemulihan dikonfirmasi; pengiriman berjalan lagi.")
