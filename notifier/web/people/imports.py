"""The pages of registers that come in: a file is taken, tried and looked at, brought in, and told of row by row."""

from collections.abc import AsyncIterator
from typing import Any

from aiohttp import BodyPartReader, web

from notifier.errors import Refused
from notifier.registry import LAYOUTS
from notifier.store.uploads import WORKING, Upload
from notifier.web import charts, files, pages
from notifier.web.house import HOUSE, House

PAGE = 30
PART = 1 << 20  # bytes read at a time
LONGEST_WORD = 200  # bytes of a field beside the file
COUNTED = (
    *("created", "changed", "unchanged", "rejected", "duplicates", "conflicts"),
    *("contacts_dropped", "absent", "notices"),
)


async def look(request: web.Request) -> web.Response:
    """Bring something in; and what was brought in before."""
    return await _list(request)


async def take(request: web.Request) -> web.Response:
    """A file arrives: it goes to the disk part by part, and the page of its first look is next."""
    house, viewer = request.app[HOUSE], pages.who(request)
    what = ""
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise web.HTTPBadRequest
            if part.name == "what":
                what = (await part.read_chunk(LONGEST_WORD)).decode(errors="replace")
            elif part.name == "file" and part.filename:
                number = await house.uploads.take(viewer, what, part.filename, _parts(part))
                return web.Response(status=303, headers={"Location": f"/imports/{number}"})
            while not part.at_eof():  # what is longer than a word is read over
                await part.read_chunk(PART)
    except Refused as error:
        return await _list(request, refused=str(error), what=what)
    except (ValueError, AssertionError, LookupError):  # no form with a file, or one that was cut off
        raise web.HTTPBadRequest(reason="Unreadable form") from None
    return await _list(request, refused="choose a file first", what=what)


async def _parts(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(PART):
        yield chunk


async def _list(request: web.Request, *, refused: str = "", what: str = "") -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    found = await house.uploads.page(viewer, pages.number(request.query.get("before")), PAGE + 1)
    names = {f"account:{account.id}": account.name for account in await house.accounts.everyone()}
    context = {
        "uploads": found[:PAGE],
        "older": found[PAGE - 1].id if len(found) > PAGE else None,
        "kinds": tuple(LAYOUTS),
        "columns": {name: (layout.needed, tuple(layout.columns)) for name, layout in LAYOUTS.items()},
        "chosen": what if what in LAYOUTS else "people",
        "largest": house.config.registry.upload_limit >> 20,
        "refused": refused,
        "names": names,
    }
    return await pages.page(request, "office/imports.html", context, status=400 if refused else 200)


async def _of(request: web.Request) -> tuple[House, Upload]:
    house = request.app[HOUSE]
    try:
        return house, await house.uploads.get(pages.who(request), int(request.match_info["id"]))
    except Refused:
        raise web.HTTPNotFound from None


def _progress(upload: Upload) -> dict[str, Any]:
    width = round(100 * min(upload.done / upload.total, 1), 1) if upload.total else 0
    return {"u": upload, "live": upload.state in WORKING, "bar": charts.Slice("told", upload.done, 0, width)}


async def show(request: web.Request) -> web.Response:
    """One file: its first look and what would happen; how it goes; what came of it."""
    house, upload = await _of(request)
    context = {
        **_progress(upload),
        "counted": COUNTED,
        "told": await house.uploads.told(upload),
        "has_rejected": house.uploads.has_rejected(upload),
        "form": upload.look.get("form", "csv"),
        "names": {f"account:{account.id}": account.name for account in await house.accounts.everyone()},
    }
    return await pages.page(request, "office/import.html", context)


async def progress(request: web.Request) -> web.Response:
    """The part of that page that is fetched again while somebody works on the file."""
    _, upload = await _of(request)
    response = pages.part(request, "office/_import.html", _progress(upload))
    if upload.state not in WORKING:
        response.headers["HX-Refresh"] = "true"  # other buttons, other words
    return response


async def start(request: web.Request) -> web.Response:
    """It may begin."""
    house, upload = await _of(request)
    answer = (await pages.form(request)).get("is", "")
    await house.uploads.start(pages.who(request), upload.id, yes=answer == "whole", partial=answer == "part")
    return await pages.back(request, f"/imports/{upload.id}", "Impor dimulai.")


async def cancel(request: web.Request) -> web.Response:
    """End it."""
    house, upload = await _of(request)
    await house.uploads.cancel(pages.who(request), upload.id)
    return await pages.back(request, f"/imports/{upload.id}", "Impor dibatalkan.")


async def rejected(request: web.Request) -> web.StreamResponse:
    """The rejected rows with their reasons, as a file."""
    house, upload = await _of(request)
    form = request.match_info["form"]
    file = await house.uploads.rejected(pages.who(request), upload.id, form)
    return await files.hand_over(request, file, f"ditolak-{upload.id}.{form}")
