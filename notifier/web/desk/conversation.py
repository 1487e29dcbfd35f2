"""The complaint desk's pages of one ticket, and everything that can be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web

from notifier.desk import Revealed, TicketPage, is_cut
from notifier.desk.acting import TOLD
from notifier.desk.turns import turns
from notifier.desk.unmerging import into
from notifier.errors import Refused
from notifier.inbox.attachments import UNKNOWN, type_of
from notifier.rules.roles import Right, Role, covers, may
from notifier.rules.shields import needs_two
from notifier.rules.tickets import MOVES, Act, Body, Category
from notifier.store.accounts import Account
from notifier.store.tickets import Changed, Said
from notifier.web import pages
from notifier.web.house import HOUSE

# Acts that speak to the citizen are chosen in the composer; these have a control of their own beside the ticket.
SPOKEN = (Act.ANSWER, Act.ASK_CITIZEN, Act.RESOLVE)
LEAST = "least"  # in place of a colleague: whoever has least to do
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})  # shown small, once opened
PLACED = (*SPOKEN, Act.ASSIGN, Act.REFER, Act.PAUSE, Act.RESUME)
PROPOSED = "Usul dicatat. Akun lain harus menyetujuinya; warga belum diberi tahu."
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


@dataclass(frozen=True, slots=True)
class Changes:
    """What colleagues and the citizen did while a form was filled in."""

    history: tuple[Changed, ...] = ()
    said: tuple[Said, ...] = ()


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
    return await show(request, {}) if number == spelled else _canonical(number)


async def talk(request: web.Request) -> web.Response:
    """The conversation alone, fetched again every few seconds while something of it is still to leave."""
    found = await _found(request)
    return pages.part(request, "desk/_talk.html", await _talk(request, found))


async def _talk(request: web.Request, found: TicketPage) -> dict[str, Any]:
    return {
        "page": found,
        "k": found.ticket,
        "names": await _names(request),
        "is_cut": is_cut,
        "turns": turns(found.talk, found.files),
        "away": {c.facts["message"]: c.facts["into"] for c in found.history if c.act == "split"},
        "opened": pages.number(request.query.get("buka")),
        "pictures": PICTURES,
        "splittable": pages.who(request).may(Right.ANSWER) and sum(one.kind == "in" for one in found.talk) > 1,
        "categories": list(Category),
    }


async def show(
    request: web.Request, fields: Mapping[str, str], refused: str = "", revealed: Revealed | None = None
) -> web.Response:
    """The page of a ticket, with what was typed and why it was refused."""
    house, viewer = request.app[HOUSE], pages.who(request)
    found = await _found(request)
    looking = await house.desk.look(viewer, found.ticket.number, house.clock())
    beside = await house.desk.beside(viewer, found.ticket.number, house.clock())
    away = await house.desk.away(house.clock())
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
        "acts": [act for act in Act if act in acts and act not in PLACED and (act not in TOLD or not beside.gathering)],
        "assignable": assignable if Act.ASSIGN in acts else [],
        "fields": {"text": beside.draft.text, "note": beside.draft.note} | dict(fields),
        "bodies": list(Body),
        "mergeable": viewer.may(Right.ANSWER) and Act.MERGE in MOVES[found.ticket.status],
        "into": into(found.history),
        "refused": refused,
        "revealed": revealed,
        "beside": beside,
        "looking": looking,
        "gone": away,
        "held": found.held_until(viewer.account_id, house.clock()),
        "changed": _changed(found, fields),
        "seen": f"{len(found.history)}.{max((one.id for one in found.conversation), default=0)}",
    }
    return await pages.page(request, "desk/ticket.html", context, status=400 if refused else 200)


def _changed(found: TicketPage, fields: Mapping[str, str]) -> Changes | None:
    """What happened to the ticket since the page with this form was made; None when nothing did, or nobody can say."""
    version = pages.number(fields.get("version"))
    if version is None or version == found.ticket.version:
        return None
    entries, _, last = fields.get("seen", "").partition(".")
    known, message = pages.number(entries), pages.number(last)
    if known is None or message is None:
        return Changes()
    said = tuple(one for one in found.conversation if one.id > message)
    return Changes(found.history[known:], said)


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
    kind = told if told in SAFE_TYPES and type_of(body) in (told, UNKNOWN) else UNKNOWN
    if kind in PICTURES and type_of(body) != kind:  # what only calls itself a picture is shown nowhere
        kind = UNKNOWN
    headers = {
        "Content-Type": kind,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(pages.file_name(name), safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.Response(body=body, headers=headers)


async def look_at(request: web.Request) -> web.Response:
    """A file of the conversation, opened: a picture is shown small from now on. The browser that fetches it is what the
    ledger records; nothing has left the house yet.
    """
    found = await _found(request)
    file = next((one for one in found.files if one.id == int(request.match_info["id"]) and one.state == "kept"), None)
    if file is None:
        raise web.HTTPNotFound
    context = {"k": found.ticket, "file": file, "opened": file.id, "pictures": PICTURES}
    return pages.part(request, "desk/_file.html", context)


# --- acting ----------------------------------------------------------------------------------------------------------


def version(fields: Mapping[str, str]) -> int:
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
        seen = version(fields)
        ticket = await house.desk.act(viewer, _number(request), Act(act), text, seen, house.clock(), held=True)
    except Refused as error:
        return await show(request, fields, str(error))
    await house.desk.forget_draft(viewer, _number(request), "text")
    proposed = needs_two(ticket.shielded, Act(act))
    return await _done(request, PROPOSED if proposed else "Jawaban disimpan; dikirim 20 detik lagi.")


async def note(request: web.Request) -> web.Response:
    """Words for colleagues; they never leave the house."""
    fields, house = await pages.form(request), request.app[HOUSE]
    try:
        await house.desk.note(pages.who(request), _number(request), fields.get("note", ""), house.clock())
    except Refused as error:
        return await show(request, fields, str(error))
    await house.desk.forget_draft(pages.who(request), _number(request), "note")
    return await _done(request, "Catatan internal disimpan.")


async def act(request: web.Request) -> web.Response:
    """One move of the ticket that says nothing by itself."""
    fields, house = await pages.form(request), request.app[HOUSE]
    if fields.get("act") not in set(Act) - set(PLACED):
        raise web.HTTPBadRequest
    try:
        ticket = await house.desk.act(
            pages.who(request),
            _number(request),
            Act(fields["act"]),
            fields.get("why", ""),
            version(fields),
            house.clock(),
            held=True,
        )
    except Refused as error:
        return await show(request, fields, str(error))
    proposed = needs_two(ticket.shielded, Act(fields["act"]))
    return await _done(request, PROPOSED if proposed else "Tindakan dicatat.")


async def categorise(request: web.Request) -> web.Response:
    """Say what the ticket is about. What is about its own office is no longer seen there: then to the list."""
    fields, house, viewer = await pages.form(request), request.app[HOUSE], pages.who(request)
    wanted, seen = fields.get("category", ""), version(fields)
    try:
        ticket = await house.desk.categorise(viewer, _number(request), wanted, seen, house.clock())
    except Refused as error:
        return await show(request, fields, str(error))
    if not viewer.covers(ticket.region):
        return await pages.back(request, "/desk", "Kategori diubah; aduan itu kini hanya terlihat oleh kantor di atas.")
    return await _done(request, "Kategori diubah.")


async def assign(request: web.Request) -> web.Response:
    """Give the ticket to oneself, or to a colleague."""
    fields, house = await pages.form(request), request.app[HOUSE]
    if fields.get("to") == LEAST:
        try:
            taken = await house.desk.assign_least(pages.who(request), _number(request), version(fields), house.clock())
        except Refused as error:
            return await show(request, fields, str(error))
        name = (await _names(request)).get(taken.assignee_id or 0, "?")
        return await pages.back(request, _place(request), "Aduan ditugaskan kepada {name}.", name=name)
    to = pages.number(fields.get("to"))
    if to is None:
        raise web.HTTPBadRequest
    try:
        await house.desk.assign(pages.who(request), _number(request), to, version(fields), house.clock())
    except Refused as error:
        return await show(request, fields, str(error))
    return await _done(request, "Aduan ditugaskan.")


async def reveal(request: web.Request) -> web.Response:
    """Who reported, shown this once; the look and its reason are recorded."""
    fields, house = await pages.form(request), request.app[HOUSE]
    try:
        found = await house.desk.reveal(pages.who(request), _number(request), fields.get("reason", ""), house.clock())
    except Refused as error:
        return await show(request, fields, str(error))
    return await show(request, fields, revealed=found)


number, done = _number, _done  # for the doors beside it
