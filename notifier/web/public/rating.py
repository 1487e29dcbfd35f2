"""How content a reporter is, by a link in a mail: looking at it says nothing, one button does, for what fetches the
links of mails presses none. The link's code does this and nothing else; who forwards it shows nobody the complaint.
"""

from aiohttp import web

from notifier.inbox.forms import Form
from notifier.rules.after import SCORES
from notifier.rules.limits import Asked
from notifier.web import pages
from notifier.web.house import HOUSE
from notifier.web.public import fields, frame


async def ask(request: web.Request) -> web.Response:
    """The button, for the score that the link chose, and the others below."""
    return await _answer(request, pages.number(request.query.get("nilai", "")[:1]), "")


async def give(request: web.Request) -> web.Response:
    """Keep it; the last word counts."""
    filled = await fields.read(request)
    return await _answer(request, pages.number(filled.get("nilai", 1)), filled.token)


async def _answer(request: web.Request, score: int | None, token: str) -> web.Response:
    house, now, number = request.app[HOUSE], request.app[HOUSE].clock(), request.match_info["number"]
    until = await house.enquiries.admit(Asked.FOLLOW, number, frame.source(request), now)
    if until is not None:
        return frame.too_often(request, until)
    found = await house.desk.rateable(number, request.match_info["code"])
    chosen, done = score if score in SCORES else None, False
    if found is not None and token and chosen is not None:
        taken = await house.forms.take(Form(token=token, does="rated", text=str(chosen), number=found), now)
        done = taken.effect != "none"
    context = {
        "found": found,
        "chosen": chosen,
        "done": done,
        "token": fields.fresh(),
        "here": request.path,
        "scores": [score for score in sorted(SCORES, reverse=True) if score != chosen],
    }
    return frame.show(request, "rating.html", context, status=200 if found else 400)
