"""The page of conflicts: who stands, what the second row said, and which of them is right."""

from aiohttp import web

from notifier.registry import DECISIONS
from notifier.web import pages
from notifier.web.house import HOUSE

PAGE = 20
DONE = "Keputusan dicatat."


async def look(request: web.Request) -> web.Response:
    """Conflicts that wait for a decision, oldest first."""
    house, viewer = request.app[HOUSE], pages.who(request)
    after = pages.number(request.query.get("after")) or 0
    found = await house.conflicts.page(viewer, after, PAGE + 1, house.clock())
    following = found[PAGE - 1].id if len(found) > PAGE else None
    names = {f"account:{account.id}": account.name for account in await house.accounts.everyone()}
    context = {
        "found": found[:PAGE],
        "following": following,
        "after": after,
        "count": await house.conflicts.count(viewer),
        "names": names,
        "decisions": tuple(DECISIONS),
    }
    return await pages.page(request, "office/conflicts.html", context)


async def decide(request: web.Request) -> web.Response:
    """Keep who stands, take the second row, or have the NIK looked into."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    if fields.get("do") not in DECISIONS:
        raise web.HTTPBadRequest
    await house.conflicts.decide(viewer, int(request.match_info["id"]), fields["do"], house.clock())
    after = pages.number(fields.get("after"))
    return await pages.back(request, f"/conflicts?after={after}" if after else "/conflicts", DONE)
