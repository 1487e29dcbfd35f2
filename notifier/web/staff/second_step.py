"""The page on which a colleague sets up the second step of their sign-in, makes new recovery codes, or ends it."""

from collections.abc import Mapping
from typing import Any

import segno
from aiohttp import web
from aiohttp_session import get_session

from notifier.errors import Refused
from notifier.web import pages, session
from notifier.web.house import HOUSE
from notifier.web.staff.own import whose

PENDING = "totp"  # key of the session: a sealed secret that waits for its first code
PAGE = "office/second_step.html"


async def look(request: web.Request) -> web.Response:
    """Whether it is on, and the QR to begin with."""
    return await _page(request)


async def confirm(request: web.Request) -> web.Response:
    """Switch it on with the first code; the recovery codes are on this answer alone."""
    house, fields, account = request.app[HOUSE], await pages.form(request), await whose(request)
    held = await get_session(request)
    pending = held.get(PENDING)
    if not pending:
        return await pages.back(request, "/account/second-step")
    try:
        keep = session.digest(request)
        codes = await house.second_step.confirm(account, pending, fields.get("code", ""), house.clock(), keep=keep)
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    del held[PENDING]
    return await pages.page(request, PAGE, {**_NOTHING, "on": True, "codes": codes, "left": len(codes)})


async def switch_off(request: web.Request) -> web.Response:
    """Off, by password and code."""
    house, fields, account = request.app[HOUSE], await pages.form(request), await whose(request)
    try:
        password, code = fields.get("password", ""), fields.get("code", "")
        await house.second_step.switch_off(account, password, code, house.clock())
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    return await pages.back(request, "/account/second-step", "Langkah kedua dimatikan.")


async def renew(request: web.Request) -> web.Response:
    """New recovery codes, by password and code; shown this once."""
    house, fields, account = request.app[HOUSE], await pages.form(request), await whose(request)
    try:
        password, code = fields.get("password", ""), fields.get("code", "")
        codes = await house.second_step.renew(account, password, code, house.clock())
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    return await pages.page(request, PAGE, {**_NOTHING, "on": True, "codes": codes, "left": len(codes)})


_NOTHING: Mapping[str, Any] = {"offer": None, "qr": "", "codes": (), "refused": "", "obliged": False, "since": None}


async def _page(request: web.Request, more: Mapping[str, Any] | None = None, status: int = 200) -> web.Response:
    house, account = request.app[HOUSE], await whose(request)
    context: dict[str, Any] = {**_NOTHING, "on": account.totp_since is not None, "since": account.totp_since}
    context["obliged"] = house.second_step.obliges(account.role)
    context["left"] = await house.second_step.left(account)
    if not account.totp_since:
        held = await get_session(request)
        if PENDING not in held:
            held[PENDING] = house.second_step.begin()
        try:
            offer = house.second_step.offer(account, held[PENDING])
        except Refused:  # sealed with a key that was taken out meanwhile
            held[PENDING] = house.second_step.begin()
            offer = house.second_step.offer(account, held[PENDING])
        context["offer"] = offer
        drawn = segno.make(offer.address, error="m", micro=False)
        context["qr"] = drawn.svg_inline(border=3, light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return await pages.page(request, PAGE, {**context, **(more or {})}, status=status)
