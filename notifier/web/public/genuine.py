"""Whether a message is ours: by its code, or by the message it stands in. Knows no citizen: what is found names none.

A code alone may stand in the page's address, so that a link can lead here; what is typed in comes by POST, for whole
messages are typed in, and people's numbers with them.
"""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from notifier.genuine import Finding
from notifier.render import said
from notifier.rules.limits import Asked
from notifier.web import pages
from notifier.web.house import HOUSE
from notifier.web.public import frame

LONGEST = 400  # characters that are looked at: a code, or the message it stands in


async def ask(request: web.Request) -> web.Response:
    """The form, and the answer where the address has a code."""
    return await _answer(request, request.query.get("kode", ""))


async def check(request: web.Request) -> web.Response:
    """What the code belongs to, with what the message must say to be ours."""
    return await _answer(request, (await pages.form(request)).get("kode", ""))


async def _answer(request: web.Request, typed: str) -> web.Response:
    asked = pages.clean(typed)[:LONGEST].strip()
    if not asked:
        return frame.show(request, "genuine.html", {"asked": "", "found": None})
    house = request.app[HOUSE]
    until = await house.enquiries.admit(Asked.GENUINE, "", frame.source(request), house.clock())
    if until is not None:
        return frame.too_often(request, until)
    found = await house.genuine.look(asked)
    return frame.show(request, "genuine.html", {"asked": asked, "found": found, **_told(request, found)})


def _told(request: web.Request, found: Finding) -> Mapping[str, object]:
    """What kind of message it is and when it left; when its round was to be before."""
    house, spoken = request.app[HOUSE], frame.tongue(request)
    zone = found.of.zone if found.of else house.config.service.zone
    sent = said.full_date(said.local(found.at, zone), said.language(spoken)) if found.at else ""
    opens, closes = (found.was.get(name, getattr(found.of, name, None)) for name in ("opens_at", "closes_at"))
    moved = isinstance(opens, datetime) and isinstance(closes, datetime) and {"opens_at", "closes_at"} & set(found.was)
    return {"kind": said.code(found.event, spoken), "sent": sent, "before": (opens, closes) if moved else None}
