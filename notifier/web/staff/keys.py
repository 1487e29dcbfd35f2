"""The page of the API's keys: who has one, one more, one less."""

from aiohttp import web

from notifier.errors import Refused
from notifier.keys import Wish
from notifier.rules.keys import PER_MINUTE, Scope
from notifier.rules.roles import covers
from notifier.web import pages
from notifier.web.house import HOUSE


async def look(request: web.Request) -> web.Response:
    """All keys, and the form of a new one."""
    return await _show(request, {})


async def add(request: web.Request) -> web.Response:
    """Make a key; it is shown on this very page and nowhere again."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    wish = Wish(
        fields.get("name", ""),
        fields.get("login", ""),
        [scope for scope in Scope if fields.get(scope.value)],
        fields.get("region", ""),
        pages.number(fields.get("rate") or str(PER_MINUTE), 10**6) or 0,
        pages.number(fields["days"], 10**6) or 0 if fields.get("days") else None,
    )
    try:
        _, shown = await house.keys.add(wish, who=viewer.who, now=house.clock(), within=viewer.region)
    except Refused as error:
        return await _show(request, fields, refused=str(error))
    return await _show(request, {}, made=shown)


async def revoke(request: web.Request) -> web.Response:
    """End a key."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    await house.keys.revoke(fields.get("prefix", ""), who=viewer.who, now=house.clock(), within=viewer.region)
    return await pages.back(request, "/keys", "Kunci dicabut.")


async def _show(request: web.Request, fields: dict[str, str], *, refused: str = "", made: str = "") -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    everyone = await house.accounts.everyone()
    context = {
        "keys": await house.keys.list(viewer.region),
        "accounts": [one for one in everyone if one.disabled_at is None and covers(viewer.region, one.region)],
        "scopes": [scope.value for scope in Scope],
        "fields": {"name": "", "login": viewer.login, "region": "", "rate": str(PER_MINUTE), "days": "", **fields},
        "refused": refused,
        "made": made,
    }
    return await pages.page(request, "office/keys.html", context, status=400 if refused else 200)
