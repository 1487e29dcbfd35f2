"""The complaint desk's pages of one ticket, and everything that can be done about it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web

from notifier.desk import Revealed, TicketPage, is_cut
from notifier.errors import Refused
from notifier.rules.roles import Right, Role, covers, may
from notifier.rules.tickets import Act, Body
from notifier.store.accounts import Account
from notifier.web import pages
from notifier.web.house import HOUSE

# Acts that speak to the citizen are chosen in the composer; these have a control of their own beside the ticket.
SPOKEN = (Act.ANSWER, Act.ASK_CITIZEN, Act.RESOLVE)
PLACED = (*SPOKEN, Act.ASSIGN, Act.REFER, Act.PAUSE, Act.RESUME)
# What a browser may be told a citizen's file is; anything else is bytes. Nothing is ever shown in the page's origin.
SAFE_TYPES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "application/pdf",
        "audio/ogg",
        "audio/mpeg",
        "video/mp4",
        "text/plain",
    }
)


def _number(request: web.Request) -> str:
    return request.match_info["number"].upper()


def _place(request: web.Request) -> str:
    return f"/desk/tickets/{_number(request)}"


# --- looking ---------------------------------------------------------------------------------------------------------


async def _names(request: web.Request) -> Mapping[int, str]:
    return {account.id: account.name for account in await request.app[HOUSE].accounts.everyone()}


def _canonical(number: str) -> web.Response:
    return web.Response(status=303, headers={"Location": f"/desk/tickets/{number}"})


async def ticket(request: web.Request) -> web.Response:
    """One ticket: what was said, what is promised, and what may be done. A number in another spelling leads to it."""
    spelled = request.match_info["number"]
    try:
        number = await request.app[HOUSE].desk.find(pages.who(request), spelled)
    except Refused:
        raise web.HTTPNotFound from None
    return await _show(request, {}) if number == spelled else _canonical(number)


async def talk(request: web.Request) -> web.Response:
    """The conversation alone, fetched again every few seconds while something of it is still to leave."""
    found = await _found(request)
    return pages.part(request, "desk/_talk.html", await _talk(request, found))


async def _talk(request: web.Request, found: TicketPage) -> dict[str, Any]:
    return {"page": found, "k": found.ticket, "names": await _names(request), "is_cut": is_cut}


async def _show(
    request: web.Request, fields: Mapping[str, str], refused: str = "", revealed: Revealed | None = None
) -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    found = await _found(request)
    staff = await house.accounts.everyone()
    acts = set(found.acts)
    assignable = [account for account in staff if _answers_for(account, found.ticket.region)]
    if not viewer.may(Right.ASSIGN):
        assignable = [account for account in assignable if account.id == viewer.account_id]
    context: dict[str, Any] = {
        **await _talk(request, found),
        "ticket": found.ticket,
        "who": {f"account:{account.id}": account.name for account in staff},
        "spoken": [act for act in SPOKEN if act in acts],
        "acts": [act for act in Act if act in acts and act not in PLACED],
        "assignable": assignable if Act.ASSIGN in acts else [],
        "fields": fields,
        "bodies": list(Body),
        "refused": refused,
        "revealed": revealed,
    }
    return await pages.page(request, "desk/ticket.html", context, status=400 if refused else 200)


def _answers_for(account: Account, region: str) -> bool:
    return account.disabled_at is None and may(Role(account.role), Right.ANSWER) and covers(account.region, region)


async def _found(request: web.Request) -> TicketPage:
    house = request.app[HOUSE]
    try:
        return await house.desk.ticket(pages.who(request), _number(request), house.clock())
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None


async def attachment(request: web.Request) -> web.Response:
    """A citizen's file, to be saved and never shown in our own origin; the look is recorded."""
    house = request.app[HOUSE]
    try:
        name, told, body = await house.desk.file(
            pages.who(request), _number(request), int(request.match_info["id"]), house.clock()
        )
    except Refused:
        raise web.HTTPNotFound from None
    kind = told if told in SAFE_TYPES else "application/octet-stream"
    headers = {
        "Content-Type": kind,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(pages.file_name(name), safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.Response(body=body, headers=headers)


# --- acting ----------------------------------------------------------------------------------------------------------


def _version(fields: Mapping[str, str]) -> int:
    """The version of the ticket that the page showed: whoever acts on an older one is told to look again."""
    version = pages.number(fields.get("version"))
    if version is None:
        raise web.HTTPBadRequest
    return version


async def _done(request: web.Request, sentence: str) -> web.Response:
    return await pages.back(request, _place(request), sentence)


async def answer(request: web.Request) -> web.Response:
    """Words for the citizen: an answer, a question, or the answer that settles the matter."""
    fields = await pages.form(request)
    act = fields.get("act", Act.ANSWER)
    if act not in SPOKEN:
        raise web.HTTPBadRequest
    house, viewer, text = request.app[HOUSE], pages.who(request), fields.get("text", "")
    try:
        await house.desk.act(viewer, _number(request), Act(act), text, _version(fields), house.clock())
    except Refused as error:
        return await _show(request, fields, str(error))
    return await _done(request, "Jawaban disimpan dan sedang dikirim.")


async def note(request: web.Request) -> web.Response:
    """Words for colleagues; they never leave the house."""
    fields, house = await pages.form(request), request.app[HOUSE]
    try:
        await house.desk.note(pages.who(request), _number(request), fields.get("note", ""), house.clock())
    except Refused as error:
        return await _show(request, fields, str(error))
    return await _done(request, "Catatan internal disimpan.")


async def act(request: web.Request) -> web.Response:
    """One move of the ticket that says nothing by itself."""
    fields, house = await pages.form(request), request.app[HOUSE]
    if fields.get("act") not in set(Act) - set(PLACED):
        raise web.HTTPBadRequest
    try:
        await house.desk.act(
            pages.who(request),
            _number(request),
            Act(fields["act"]),
            fields.get("why", ""),
            _version(fields),
            house.clock(),
        )
    except Refused as error:
        return await _show(request, fields, str(error))
    return await _done(request, "Tindakan dicatat.")


async def assign(request: web.Request) -> web.Response:
    """Give the ticket to oneself, or to a colleague."""
    fields, house = await pages.form(request), request.app[HOUSE]
    to = pages.number(fields.get("to"))
    if to is None:
        raise web.HTTPBadRequest
    try:
        await house.desk.assign(pages.who(request), _number(request), to, _version(fields), house.clock())
    except Refused as error:
        return await _show(request, fields, str(error))
    return await _done(request, "Aduan ditugaskan.")


async def reveal(request: web.Request) -> web.Response:
    """Who reported, shown this once; the look and its reason are recorded."""
    fields, house = await pages.form(request), request.app[HOUSE]
    try:
        found = await house.desk.reveal(pages.who(request), _number(request), fields.get("reason", ""), house.clock())
    except Refused as error:
        return await _show(request, fields, str(error))
    return await _show(request, fields, revealed=found)


number, version, show, done = _number, _version, _show, _done  # for the doors of the promise beside it
