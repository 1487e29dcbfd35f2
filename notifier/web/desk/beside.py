"""What can be done beside a conversation: drafts, answers kept for often, who else looks, links, splitting, absence."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from notifier.errors import Refused
from notifier.render.canned import known
from notifier.rules.roles import Right, Role, may
from notifier.web import pages
from notifier.web.desk.conversation import show
from notifier.web.house import HOUSE

TONGUES = ("id", "en", "jv", "su")


def number_of(request: web.Request) -> str:
    """The ticket that the address names."""
    return request.match_info["number"].upper()


def place_of(request: web.Request) -> str:
    """Its page."""
    return f"/desk/tickets/{number_of(request)}"


def _by_htmx(request: web.Request) -> bool:
    return "HX-Request" in request.headers


async def lookers(request: web.Request) -> web.Response:
    """Who else looks at the ticket; asking says that the viewer still does."""
    house = request.app[HOUSE]
    try:
        looking = await house.desk.look(pages.who(request), number_of(request), house.clock())
    except Refused:
        raise web.HTTPNotFound from None
    return pages.part(request, "desk/_lookers.html", {"number": number_of(request), "looking": looking})


async def draft(request: web.Request) -> web.Response:
    """Keep what is written: by itself every few seconds, or by the button."""
    fields, house = await pages.form(request), request.app[HOUSE]
    words = {name: fields.get(name) for name in ("text", "note")}
    try:
        await house.desk.keep_draft(pages.who(request), number_of(request), house.clock(), **words)
    except Refused as error:
        return await show(request, fields, str(error))
    if _by_htmx(request):
        return pages.part(request, "desk/_kept.html", {})
    return await pages.back(request, place_of(request), "Konsep disimpan. Hanya Anda yang melihatnya.")


async def insert(request: web.Request) -> web.Response:
    """Put an answer kept for often below what is written already; it is sent by nobody but the colleague."""
    fields, house, viewer = await pages.form(request), request.app[HOUSE], pages.who(request)
    try:
        words = await house.desk.canned_words(viewer, number_of(request), fields.get("canned", ""))
        text = "\n\n".join(filter(None, (fields.get("text", "").strip(), words)))
        await house.desk.keep_draft(viewer, number_of(request), house.clock(), text=text)
    except Refused as error:
        return await show(request, fields, str(error))
    fields["text"] = text
    if _by_htmx(request):
        return pages.part(request, "desk/_text.html", {"number": number_of(request), "fields": fields})
    return await show(request, fields)


async def link(request: web.Request) -> web.Response:
    """Say that two tickets belong together, or that they do not."""
    fields, house, viewer = await pages.form(request), request.app[HOUSE], pages.who(request)
    other = fields.get("other", "")
    try:
        if fields.get("do") == "unlink":
            await house.desk.unlink(viewer, number_of(request), other, house.clock())
            return await pages.back(request, place_of(request), "Kaitan dilepas.")
        await house.desk.link(viewer, number_of(request), other, house.clock())
    except Refused as error:
        return await show(request, fields, str(error))
    return await pages.back(request, place_of(request), "Aduan dikaitkan.")


async def split(request: web.Request) -> web.Response:
    """One message becomes a ticket of its own; on to that."""
    fields, house = await pages.form(request), request.app[HOUSE]
    message = pages.number(fields.get("message"))
    if message is None:
        raise web.HTTPBadRequest
    try:
        ticket = await house.desk.split(
            pages.who(request), number_of(request), message, fields.get("category", ""), house.clock()
        )
    except Refused as error:
        return await show(request, fields, str(error))
    return await pages.back(
        request, f"/desk/tickets/{ticket.number}", "Pesan itu menjadi aduan {number}.", number=ticket.number
    )


async def merge(request: web.Request) -> web.Response:
    """Handle the ticket with another one; on to that."""
    fields, house = await pages.form(request), request.app[HOUSE]
    version = pages.number(fields.get("version"))
    if version is None:
        raise web.HTTPBadRequest
    try:
        into = await house.desk.find(pages.who(request), fields.get("into", ""))
        await house.desk.merge(
            pages.who(request), number_of(request), into, fields.get("why", ""), version, house.clock()
        )
    except Refused as error:
        return await show(request, fields, str(error))
    return await pages.back(
        request, f"/desk/tickets/{into}", "Aduan {number} digabung ke sini.", number=number_of(request)
    )


async def unmerge(request: web.Request) -> web.Response:
    """The merge was a mistake: the ticket stands by itself again."""
    fields, house = await pages.form(request), request.app[HOUSE]
    version = pages.number(fields.get("version"))
    if version is None:
        raise web.HTTPBadRequest
    try:
        one = await house.desk.unmerge(
            pages.who(request), number_of(request), fields.get("why", ""), version, house.clock()
        )
    except Refused as error:
        return await show(request, fields, str(error))
    place = f"/desk/tickets/{one.number}"
    return await pages.back(request, place, "Aduan {number} berdiri sendiri lagi.", number=one.number)


# --- answers kept for often ------------------------------------------------------------------------------------------


async def answers(request: web.Request) -> web.Response:
    """Every answer kept for often; the studio changes them. A name and a language lead on to it there."""
    house, viewer = request.app[HOUSE], pages.who(request)
    name, tongue = request.query.get("name", ""), request.query.get("tongue", "")
    may_edit, refused = viewer.may(Right.EDIT_TEMPLATE), ""
    if name and may_edit:
        try:
            known(tongue, name)
            raise web.HTTPSeeOther(f"/texts/answer/{tongue}/{name}")
        except Refused as error:
            refused = str(error)
    context = {"shelf": await house.desk.canned(viewer), "tongues": TONGUES, "may_edit": may_edit, "refused": refused}
    return await pages.page(request, "desk/answers.html", context, status=400 if refused else 200)


# --- who is away -----------------------------------------------------------------------------------------------------


async def absent(request: web.Request) -> web.Response:
    """Who of the desk is here, how much each has to do, and who is away until when."""
    return await _staff(request)


async def _staff(request: web.Request, refused: str = "") -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    staff = [
        account
        for account in await house.accounts.everyone()
        if account.disabled_at is None and may(Role(account.role), Right.ANSWER) and viewer.covers(account.region)
    ]
    context = {
        "staff": staff,
        "gone": await house.desk.away(house.clock()),
        "loads": await house.desk.loads(tuple(account.id for account in staff)),
        "cap": house.config.desk.assign_cap,
        "refused": refused,
    }
    return await pages.page(request, "desk/absent.html", context, status=400 if refused else 200)


async def set_absent(request: web.Request) -> web.Response:
    """Somebody goes away until a day, or is back; oneself, or with the right to assign a colleague."""
    fields, house, viewer = await pages.form(request), request.app[HOUSE], pages.who(request)
    account = pages.number(fields.get("account"))
    if account is None:
        raise web.HTTPBadRequest
    try:
        if fields.get("do") == "back":
            await house.desk.come_back(viewer, account, house.clock())
            return await pages.back(request, "/desk/absent", "Dicatat: sudah kembali.")
        until = _morning_after(fields.get("until", ""), house.config.service.zone)
        given, waiting = await house.desk.set_away(viewer, account, until, house.clock())
    except Refused as error:
        return await _staff(request, str(error))
    sentence = "Dicatat. {given} aduan diberikan kepada rekan lain, {waiting} menunggu petugas."
    return await pages.back(request, "/desk/absent", sentence, given=given, waiting=waiting)


def _morning_after(text: str, zone: str) -> datetime:
    """The end of the last day away."""
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("say until when: a day after today, at most a year from now") from None
