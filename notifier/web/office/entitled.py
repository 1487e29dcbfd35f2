"""A round's people and what became of their aid: the list, and changing the status of one or of a selection."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from notifier.errors import Refused
from notifier.registry import Wanted
from notifier.rules.roles import Right
from notifier.rules.rounds import Entitlement
from notifier.web import language, pages, session
from notifier.web.house import HOUSE

PAGE = 50


async def look(request: web.Request) -> web.Response:
    """The people of a round, by status."""
    return await _page(request)


async def change(request: web.Request) -> web.Response:
    """Give the ticked people a status, all with one reason."""
    house, viewer, code = request.app[HOUSE], pages.who(request), request.match_info["code"]
    fields = await pages.form(request)
    ticked = [pages.number(str(value)) for value in (await request.post()).getall("p", [])]
    people = [number for number in dict.fromkeys(ticked) if number is not None]
    if not people or not fields.get("status"):
        return await _page(request, fields=fields, refused="Pilih orangnya dan status barunya.")
    rows = [
        Wanted(
            code,
            fields["status"][:20],
            person_id=number,
            on=fields.get("on", "")[:10],
            reason=fields.get("reason", "")[:300],
        )
        for number in people
    ]
    became = await house.statuses.change_statuses(viewer, rows, house.clock())
    tongue, done = pages.tongue(request), [one for one in became if one.outcome == "changed"]
    if done:
        told = sum(one.tells for one in done)
        sentence = "Status {n} orang diubah; {told} orang diberi tahu."
        await session.say(request, language.text(sentence, tongue, n=len(done), told=told))
    if same := sum(one.outcome == "unchanged" for one in became):
        await session.say(request, language.text("{n} orang sudah berstatus itu.", tongue, n=same))
    refused = Counter(sentence for one in became if one.outcome == "rejected" for sentence in one.sentences.values())
    for sentence, n in refused.most_common(3):
        await session.say(request, f"{language.text('{n} orang tidak diubah', tongue, n=n)}: {sentence}", "bad")
    back = {name: fields[name] for name in ("show", "after") if fields.get(name)}
    return await pages.back(
        request, f"/rounds/{code}/entitled?{urlencode(back)}" if back else f"/rounds/{code}/entitled"
    )


async def _page(request: web.Request, *, fields: dict[str, str] | None = None, refused: str = "") -> web.Response:
    house, viewer, given = request.app[HOUSE], pages.who(request), fields or {}
    asked = given.get("show", request.query.get("show", ""))
    show = asked if asked in tuple(Entitlement) else ""
    after = pages.number(given.get("after", request.query.get("after"))) or 0
    try:
        of, found = await house.statuses.page(viewer, request.match_info["code"], show, after, PAGE + 1)
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None
    last = found[PAGE - 1].person_id if len(found) > PAGE else None
    context: dict[str, Any] = {
        "r": of,
        "found": found[:PAGE],
        "show": show,
        "after": after,
        "following": urlencode({"show": show, "after": last} if show else {"after": last}) if last else None,
        "statuses": tuple(Entitlement),
        "filled": {"status": given.get("status", ""), "reason": given.get("reason", ""), "on": given.get("on", "")},
        "refused": refused,
        "may_change": viewer.may(Right.CHANGE_STATUS),
    }
    return await pages.page(request, "office/entitled.html", context, status=400 if refused else 200)
