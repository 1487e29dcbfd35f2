"""The page of lines: how each fares, a try now for one that rests, a test message."""

from aiohttp import web

from notifier.rules.roles import Right
from notifier.web import pages
from notifier.web.house import HOUSE


async def look(request: web.Request) -> web.Response:
    """Every line, and what became of the test that was just sent."""
    house, viewer = request.app[HOUSE], pages.who(request)
    may = viewer.may(Right.CONTROL_BROADCAST)
    number = pages.number(request.query.get("test"))
    tested = await house.lines.tested(viewer, number) if may and number is not None else None
    found = await house.lines.look(viewer, house.clock())
    return await pages.page(request, "office/lines.html", {"lines": found, "may": may, "tested": tested})


async def try_now(request: web.Request) -> web.Response:
    """End a line's rest."""
    house, viewer = request.app[HOUSE], pages.who(request)
    await house.lines.try_now(viewer, request.match_info["line"], house.clock())
    return await pages.back(request, "/lines", "Jalur dicoba sekarang.")


async def test(request: web.Request) -> web.Response:
    """Send a test message."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    number = await house.lines.test(viewer, request.match_info["line"], fields.get("to", "")[:254], house.clock())
    return await pages.back(request, f"/lines?test={number}", "Uji coba dikirim.")
