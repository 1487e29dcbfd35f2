"""A ticket opened for somebody who calls, visits or writes a letter."""

from aiohttp import web

from notifier.desk import ToldToStaff
from notifier.desk.behalf import Source
from notifier.errors import Refused
from notifier.rules.tickets import Category
from notifier.web import pages
from notifier.web.desk.beside import TONGUES
from notifier.web.house import HOUSE

TEXTS = ("source", "text", "category", "region", "name", "phone", "nik", "round_code", "language")


async def ask(request: web.Request) -> web.Response:
    """The form."""
    return await _show(request, {"source": Source.PHONE, "language": "id", "region": pages.who(request).region})


async def _show(request: web.Request, fields: dict[str, str], refused: str = "") -> web.Response:
    context = {
        "fields": fields,
        "refused": refused,
        "sources": list(Source),
        "categories": list(Category),
        "tongues": TONGUES,
        "opened": None,
    }
    return await pages.page(request, "desk/behalf.html", context, status=400 if refused else 200)


async def open_ticket(request: web.Request) -> web.Response:
    """Open it; number and code are shown once, to be read out or written down."""
    fields, house = await pages.form(request), request.app[HOUSE]
    language = fields.get("language", "id")
    told = ToldToStaff(
        **{name: fields.get(name, "") for name in TEXTS if name != "language"},
        language=language if language in TONGUES else "id",
        consent=fields.get("consent") == "1",
        confidential=fields.get("confidential") == "1",
    )
    line = next((name for name, one in house.config.lines.items() if one.channel == "sms"), "")
    try:
        if told.region.strip() and not await house.by_hand.knows_region(told.region.strip()):
            raise Refused(
                f"there is no region {told.region.strip()[:13]}; leave it empty or name one there is", field="region"
            )
        opened = await house.desk.open_for(pages.who(request), told, line, house.clock())
    except Refused as error:
        return await _show(request, fields, str(error))
    context = {
        "opened": opened,
        "theirs": pages.who(request).covers(opened.ticket.region),
        "phone": bool(told.phone.strip()),
        "public_url": house.config.service.public_url,
    }
    return await pages.page(request, "desk/behalf.html", context)
