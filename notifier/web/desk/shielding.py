"""Who may see a ticket and its reporter, and the second person who agrees to its end: forms of the ticket's page."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from notifier.errors import Refused
from notifier.store.tickets import Ticket
from notifier.web import pages
from notifier.web.desk import conversation
from notifier.web.house import HOUSE

Do = Callable[[int], Awaitable[Ticket]]  # with the version of the ticket that the page showed


async def _after(
    request: web.Request, fields: Mapping[str, str], do: Do, sentence: str, gone: str = ""
) -> web.Response:
    """Do it and go back to the ticket; to the list where it is no longer to be seen."""
    try:
        ticket = await do(conversation.version(fields))
    except Refused as error:
        return await conversation.show(request, fields, str(error))
    if not pages.who(request).covers(ticket.region):
        return await pages.back(request, "/desk", gone)
    return await pages.back(request, f"/desk/tickets/{ticket.number}", sentence)


async def seal(request: web.Request) -> web.Response:
    """Keep the reporter secret from now on."""
    house, viewer, number = request.app[HOUSE], pages.who(request), request.match_info["number"]
    fields = await pages.form(request)
    return await _after(
        request,
        fields,
        lambda version: house.desk.seal(viewer, number, version, house.clock()),
        "Identitas pelapor dirahasiakan.",
        "Identitas pelapor dirahasiakan.",
    )


async def shield(request: web.Request) -> web.Response:
    """Hide the ticket from the office it may concern, or give it back."""
    house, viewer, number = request.app[HOUSE], pages.who(request), request.match_info["number"]
    fields = await pages.form(request)
    why, on = fields.get("why", ""), fields.get("do") != "off"
    return await _after(
        request,
        fields,
        lambda version: house.desk.shield(viewer, number, why, version, house.clock(), on=on),
        "Siapa yang melihat aduan ini sudah diubah.",
    )


async def second(request: web.Request) -> web.Response:
    """Agree to what a colleague proposed, or send it back."""
    house, viewer, number = request.app[HOUSE], pages.who(request), request.match_info["number"]
    fields = await pages.form(request)
    agree = fields.get("do") == "agree"
    return await _after(
        request,
        fields,
        lambda version: house.desk.decide(viewer, number, version, house.clock(), agree=agree),
        "Tindakan dicatat." if agree else "Usul dikembalikan.",
    )
