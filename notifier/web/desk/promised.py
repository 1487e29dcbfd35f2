"""What staff do about a ticket's promise from its page: answer for an alarm, let the clock stand, refer the case."""

from aiohttp import web

from notifier.errors import Refused
from notifier.web import pages
from notifier.web.desk import conversation
from notifier.web.house import HOUSE


async def alarm(request: web.Request) -> web.Response:
    """Whoever is alarmed sees to it: it climbs no further."""
    await pages.form(request)
    house = request.app[HOUSE]
    try:
        await house.desk.take_alarm(pages.who(request), conversation.number(request), house.clock())
    except Refused as error:
        return await conversation.show(request, {}, str(error))
    return await conversation.done(request, "Alarm ini Anda tangani; atasan tidak diberi tahu lagi.")


async def pause(request: web.Request) -> web.Response:
    """Let the service clock stand for a reason, or run again."""
    fields, house = await pages.form(request), request.app[HOUSE]
    viewer, number, version = pages.who(request), conversation.number(request), conversation.version(fields)
    try:
        if fields.get("do") == "resume":
            await house.desk.resume(viewer, number, version, house.clock())
        else:
            await house.desk.pause(viewer, number, fields.get("pause_why", ""), version, house.clock())
    except Refused as error:
        return await conversation.show(request, fields, str(error))
    return await conversation.done(request, "Tindakan dicatat.")


async def refer(request: web.Request) -> web.Response:
    """Hand the case to another body by a letter."""
    fields, house = await pages.form(request), request.app[HOUSE]
    body, letter, why = (fields.get(name, "") for name in ("body", "letter", "refer_why"))
    viewer, number, version = pages.who(request), conversation.number(request), conversation.version(fields)
    try:
        await house.desk.refer(viewer, number, body, letter, why, version, house.clock(), held=True)
    except Refused as error:
        return await conversation.show(request, fields, str(error))
    return await conversation.done(request, "Aduan dirujuk; warga sedang diberi tahu.")
