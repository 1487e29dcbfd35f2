"""The pages of one person: looked up by an exact number, seen masked, opened and put right with a reason."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from notifier.errors import Refused
from notifier.registry import FIELDS
from notifier.rules.people import CONTACT_KINDS
from notifier.web import files, language, pages
from notifier.web.house import HOUSE


async def ask(request: web.Request) -> web.Response:
    """The empty look-up."""
    return await pages.page(request, "office/person_seek.html", {"found": None, "refused": ""})


async def seek(request: web.Request) -> web.Response:
    """Who has exactly this number: their page, or a choice. By POST alone: no number stands in an address."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    try:
        found = await house.persons.seek(viewer, fields.get("q", "").strip()[:100], house.clock())
    except Refused as error:
        return await pages.page(request, "office/person_seek.html", {"found": None, "refused": str(error)}, status=400)
    if len(found) == 1:
        return web.Response(status=303, headers={"Location": f"/people/{found[0].id}"})
    return await pages.page(request, "office/person_seek.html", {"found": found, "refused": ""})


async def show(request: web.Request) -> web.Response:
    """One person, masked."""
    return await _page(request, {})


async def _page(request: web.Request, more: Mapping[str, Any], status: int = 200) -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        found = await house.persons.page(viewer, int(request.match_info["id"]))
    except Refused:
        raise web.HTTPNotFound from None
    context: dict[str, Any] = {
        "p": found,
        "clear": None,
        "refused": "",
        "fields": dict.fromkeys(FIELDS, ""),
        "kinds": CONTACT_KINDS,
        "languages": list(language.WORDS["language"]),
        "names": {f"account:{account.id}": account.name for account in await house.accounts.everyone()},
    }
    return await pages.page(request, "office/person.html", {**context, **more}, status=status)


async def _done(request: web.Request, sentence: str) -> web.Response:
    return await pages.back(request, f"/people/{request.match_info['id']}", sentence)


async def reveal(request: web.Request) -> web.Response:
    """Show the clear values once: they are in no address and no page that comes back."""
    house, fields = request.app[HOUSE], await pages.form(request)
    number, why = int(request.match_info["id"]), fields.get("why", "")
    try:
        clear = await house.persons.reveal(pages.who(request), number, why, house.clock())
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    return await _page(request, {"clear": clear})


async def correct(request: web.Request) -> web.Response:
    """Put right what is filled in."""
    house, fields = request.app[HOUSE], await pages.form(request)
    number, why = int(request.match_info["id"]), fields.get("why", "")
    try:
        await house.persons.correct(pages.who(request), number, fields, why, house.clock())
    except Refused as error:
        kept = {name: fields.get(name, "") for name in FIELDS}
        return await _page(request, {"refused": str(error), "fields": kept}, 400)
    return await _done(request, "Data diperbaiki.")


async def retire(request: web.Request) -> web.Response:
    """Use an address no more."""
    house, fields = request.app[HOUSE], await pages.form(request)
    contact = pages.number(fields.get("contact")) or 0
    number, why = int(request.match_info["id"]), fields.get("why", "")
    try:
        await house.persons.retire(pages.who(request), number, contact, why, house.clock())
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    return await _done(request, "Kontak tidak dipakai lagi.")


async def export(request: web.Request) -> web.StreamResponse:
    """Everything kept about them, as a file to hand over."""
    house, fields = request.app[HOUSE], await pages.form(request)
    number, why = int(request.match_info["id"]), fields.get("why", "")
    try:
        file = await house.dossiers.export(pages.who(request), number, why, house.clock())
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    return await files.hand_over(request, file, f"data-{number}.zip")


async def erase(request: web.Request) -> web.Response:
    """Take away all that tells who they are; the tick says that it is meant."""
    house, fields = request.app[HOUSE], await pages.form(request)
    number, why = int(request.match_info["id"]), fields.get("why", "")
    try:
        if not fields.get("sure"):
            raise Refused("tick that everything is to be erased; it can't be undone")
        await house.dossiers.erase(pages.who(request), number, why, house.clock())
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    return await _done(request, "Data dihapus.")


async def merge(request: web.Request) -> web.Response:
    """This row of the register turned out to be another one's."""
    house, fields = request.app[HOUSE], await pages.form(request)
    number, why = int(request.match_info["id"]), fields.get("why", "")
    kept = pages.number(fields.get("keep", "").strip()) or 0
    try:
        await house.doubles.merge(pages.who(request), number, kept, why, house.clock())
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    return await pages.back(request, f"/people/{kept}", "Dua catatan digabung.")
