"""The account's pages: who was told and who was not, what is held, who is to be visited, and the statement to print."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from notifier.broadcasts.account import follows, shelf_of
from notifier.broadcasts.again import OPEN, RETRYABLE
from notifier.broadcasts.visiting import Doors
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer
from notifier.rules.visits import Result, code_of
from notifier.store.told import TOLD, UNTOLD, Shelf
from notifier.store.visits import Unreached
from notifier.web import files, pages
from notifier.web.house import HOUSE, House
from notifier.web.office.broadcasts import asked_for

PAGE = 50
DOORS = 100  # people on one page of the field officers' list
LOST = ("failed", "expired", "cancelled", "suppressed")
OPEN_ENDED = ("due", "sending", "unknown")


async def _names(house: House) -> dict[str, str]:
    return {f"account:{account.id}": account.name for account in await house.accounts.everyone()}


# --- lists -----------------------------------------------------------------------------------------------------------


def _shelf(asked: Any, otherwise: str) -> Shelf:
    try:
        return shelf_of(asked.get("state", otherwise), asked["reason"][:120] if "reason" in asked else None)
    except Refused:
        raise web.HTTPBadRequest from None


def _query(shelf: Shelf, **more: object) -> str:
    reason = {} if shelf.reason is None else {"reason": shelf.reason}
    return urlencode({"state": shelf.state, **reason, **more})


async def people(request: web.Request) -> web.Response:
    """One list of a broadcast's people."""
    return await _people(request, "told")


async def untold(request: web.Request) -> web.Response:
    """Everybody who was not told, and why."""
    return await _people(request, "untold")


async def _people(request: web.Request, otherwise: str) -> web.Response:
    house, viewer, b = await asked_for(request)
    shelf = _shelf(request.query, otherwise)
    after = pages.number(request.query.get("after")) or 0
    _, found = await house.told.people(viewer, b.id, shelf, after, PAGE + 1)
    narrowed = shelf.state in (*UNTOLD, "untold", "held", "resend")
    taken = await house.told.taken_up(b)
    missed, whole = await house.told.missed(b) if narrowed else ((), True)
    context = {
        "missed": missed,
        "whole": whole,
        "b": b,
        "shelf": shelf,
        "told": TOLD,
        "people": [(entry, follows(b, entry, taken=taken)) for entry in found[:PAGE]],
        "query": _query(shelf),
        "following": _query(shelf, after=found[PAGE - 1].person_id) if len(found) > PAGE else None,
        "retryable": viewer.may(Right.CONTROL_BROADCAST) and shelf.state in RETRYABLE and b.state in OPEN,
    }
    return await pages.page(request, "office/people.html", context)


async def take_people(request: web.Request) -> web.StreamResponse:
    """A list as a file."""
    house, viewer, b = await asked_for(request)
    shelf, form = _shelf(request.query, "untold"), request.match_info["form"]
    file, _ = await house.told.sheet(viewer, b.id, shelf, form, house.clock())
    return await files.hand_over(request, file, f"siaran-{b.id}-{shelf.state}.{form}")


# --- once more -------------------------------------------------------------------------------------------------------


async def ask_retry(request: web.Request) -> web.Response:
    """Send to these once more? Asked before it is done."""
    house, viewer, b = await asked_for(request)
    shelf = _shelf(request.query, "failed")
    _, some = await house.told.people(viewer, b.id, shelf, 0, 5)
    context = {"b": b, "shelf": shelf, "query": _query(shelf), "some": some}
    return await pages.page(request, "office/retry.html", context)


async def retry(request: web.Request) -> web.Response:
    """Make a list of people due again."""
    house, viewer, b = await asked_for(request)
    done = await house.again.retry(viewer, b.id, _shelf(await pages.form(request), "failed"), house.clock())
    skipped = sum(done.skipped.values())
    sentence = "Dikirim ulang kepada orang di daftar ini."
    if skipped:
        sentence = "Dikirim ulang; sebagian tidak, karena tidak ada alamat yang dapat dipakai."
    return await pages.back(request, f"/broadcasts/{b.id}", sentence)


async def held(request: web.Request) -> web.Response:
    """What may have arrived and waits for a decision."""
    house, viewer = request.app[HOUSE], pages.who(request)
    after, of = pages.number(request.query.get("after")) or 0, pages.number(request.query.get("broadcast"))
    found = await house.again.held(viewer, broadcast_id=of, after=after, limit=PAGE + 1)
    context = {
        "held": found[:PAGE],
        "of": of,
        "following": found[PAGE - 1].delivery_id if len(found) > PAGE else None,
        "may": viewer.may(Right.CONTROL_BROADCAST),
    }
    return await pages.page(request, "office/held.html", context)


async def decide(request: web.Request) -> web.Response:
    """Send again, or leave it: one delivery, or all of a broadcast."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    number, of = pages.number(fields.get("delivery")), pages.number(fields.get("broadcast"))
    acts = {"resend": house.again.resend, "leave": house.again.leave}
    if fields.get("do") not in acts or (number is None) == (of is None):
        raise web.HTTPBadRequest
    await acts[fields["do"]](viewer, house.clock(), broadcast_id=of, ids=None if number is None else [number])
    return await pages.back(request, "/held", "Keputusan dicatat.")


# --- the unreached ---------------------------------------------------------------------------------------------------


async def unreached(request: web.Request) -> web.Response:
    """Whom no message of a broadcast reached."""
    house, viewer, b = await asked_for(request)
    return await _list(request, house, await house.visiting.of_broadcast(b.id, viewer, **_asked(request)))


async def unreached_of_round(request: web.Request) -> web.Response:
    """Whom none of a round's broadcasts told as much as it had to say."""
    house, doors = await _of_round(request)
    return await _list(request, house, doors)


async def take_unreached(request: web.Request) -> web.StreamResponse:
    """The field officers' list of a broadcast as a file."""
    house, viewer, b = await asked_for(request)
    doors = await house.visiting.of_broadcast(b.id, viewer, **_asked(request))
    return await _take(request, house, viewer, doors, f"kunjungan-siaran-{b.id}")


async def take_unreached_of_round(request: web.Request) -> web.StreamResponse:
    """The field officers' list of a round as a file."""
    house, doors = await _of_round(request)
    return await _take(request, house, pages.who(request), doors, f"kunjungan-penyaluran-{doors.round.id}")


async def unreached_of_code(request: web.Request) -> web.Response:
    """The same, the round by its code."""
    house, doors = await _of_code(request)
    return await _list(request, house, doors)


async def take_unreached_of_code(request: web.Request) -> web.StreamResponse:
    """The field officers' list of a round by its code, as a file."""
    house, doors = await _of_code(request)
    return await _take(request, house, pages.who(request), doors, f"kunjungan-penyaluran-{doors.round.id}")


async def _of_code(request: web.Request) -> tuple[House, Doors]:
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        of = await house.rounds.get(viewer, request.match_info["code"])
        return house, await house.visiting.of_round(viewer, of.id, **_asked(request))
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None


async def _take(request: web.Request, house: House, viewer: Viewer, doors: Doors, name: str) -> web.StreamResponse:
    viewer.needs(Right.EXPORT)
    form = request.match_info["form"]
    file, _ = await house.visiting.sheet(doors, form, viewer.who, house.clock())
    return await files.hand_over(request, file, f"{name}.{form}")


async def _of_round(request: web.Request) -> tuple[House, Doors]:
    house, number = request.app[HOUSE], int(request.match_info["id"])
    try:
        return house, await house.visiting.of_round(pages.who(request), number, **_asked(request))
    except Refused:
        raise web.HTTPNotFound from None


def _asked(request: web.Request) -> dict[str, Any]:
    return {"region": request.query.get("region", "")[:13], "stopped": request.query.get("show") == "stopped"}


def after(text: str) -> tuple[str, int]:
    """The place in a list by village that an address names."""
    region, _, number = text.partition("~")
    return region[:13], pages.number(number) or 0


async def _list(request: web.Request, house: House, doors: Doors) -> web.Response:
    found = await house.visiting.page(doors, after(request.query.get("after", "")), DOORS + 1)
    many = await house.visiting.many(doors)
    villages = () if many else await house.visiting.villages(doors)
    shown, last = found[:DOORS], found[DOORS - 1] if len(found) > DOORS else None
    asked = _asked(request)
    kept = {"region": asked["region"]} if asked["region"] else {}
    kept |= {"show": "stopped"} if asked["stopped"] else {}
    context = {
        "doors": doors,
        "of": doors.round,
        "b": doors.broadcast,
        "groups": _by_village(shown),
        "villages": villages,
        "areas": await house.visiting.areas(doors) if many else (),
        "people": None if many else sum(n for *_, n in villages),
        "silent": 0 if many or doors.scope.stopped else await house.visiting.asked_to_stop(doors),
        "asked": asked,
        "query": urlencode(kept),
        "here": request.path_qs,
        "following": urlencode({**kept, "after": f"{last.region}~{last.person_id}"}) if last else None,
        "results": tuple(Result),
        "may": pages.who(request).may(Right.RECORD_VISIT),
    }
    return await pages.page(request, "office/unreached.html", context)


def _by_village(found: Sequence[Unreached]) -> list[tuple[str, str, list[tuple[str, Unreached]]]]:
    return [
        (region, village, [(code_of(p.delivery_id), p) for p in group])
        for (region, village), group in groupby(found, key=lambda p: (p.region, p.village))
    ]


async def visit(request: web.Request) -> web.Response:
    """What a visit found, by one click."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    number = pages.number(fields.get("delivery"))
    if number is None or number < 1:
        raise web.HTTPBadRequest
    await house.visiting.found(viewer, number, fields.get("result", ""), house.clock(), fields.get("note", "")[:200])
    return await pages.back(request, pages.local_path(fields.get("next")), "Hasil kunjungan dicatat.")


# --- the statement ---------------------------------------------------------------------------------------------------


async def statement(request: web.Request) -> web.Response:
    """The account of a broadcast, to be printed."""
    house, viewer, b = await asked_for(request)
    shown, printed = await house.accounting.look(b), await house.told.printed(b.id)
    found = shown.account
    if found is None:  # it is large, and was never counted
        return await pages.page(request, "office/statement_soon.html", {"b": b, "may": viewer.may(Right.EXPORT)})
    missed, whole = await house.told.missed(found.broadcast)
    context = {
        "b": found.broadcast,
        "counted_at": shown.at,
        "moved": shown.moved,
        "account": found,
        "statement": found.statement,
        "lines": [
            (line, _sum(of["people"], TOLD), _sum(of["people"], LOST), _sum(of["people"], OPEN_ENDED), of)
            for line, of in found.lines.items()
        ],
        "missed": missed,
        "whole": whole,
        "etas": await house.told.etas([found.broadcast], house.clock()),
        "states": _shown(found.statement.as_json()),
        "kinds": {name: line.channel for name, line in house.config.lines.items()},
        "names": await _names(house),
        "printed": printed,
        "on_record": printed is not None and printed.digest == found.digest,
        "may": viewer.may(Right.EXPORT),
    }
    return await pages.page(request, "office/statement.html", context)


def _sum(people: Mapping[str, int], states: Sequence[str]) -> int:
    return sum(people.get(state, 0) for state in states)


def _shown(statement: dict[str, Any]) -> list[tuple[str, int]]:
    names = ("due", "sending", "accepted", "delivered", "read", "unknown", "failed", "expired", "cancelled")
    return [(name, statement[name]) for name in names]


async def put_on_record(request: web.Request) -> web.Response:
    """Write the statement's digest into the ledger."""
    house, viewer, b = await asked_for(request)
    await house.accounting.put_on_record(viewer, b.id, house.clock())
    return await pages.back(
        request, f"/broadcasts/{b.id}/statement", "Sidik neraca dicatat di buku besar; silakan cetak."
    )
