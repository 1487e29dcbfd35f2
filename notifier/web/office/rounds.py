"""One round's pages: what it is and was, and changing or cancelling it after a look at what would follow."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from notifier.broadcasts.following import Follows, follows
from notifier.errors import Refused
from notifier.registry import EDITABLE, Faulty, cells_of
from notifier.rules.roles import Right, Viewer
from notifier.rules.rounds import Method
from notifier.store import broadcasts as rows
from notifier.store.editions import changes
from notifier.store.rounds import Round
from notifier.web import pages
from notifier.web.house import HOUSE, House
from notifier.web.office.points import fit

TIMES = ("MULAI", "SELESAI")
DONE = "Perubahan disimpan. Yang menyusul disiapkan sekarang dan menunggu persetujuan."


async def _of(request: web.Request) -> tuple[House, Viewer, Round]:
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        return house, viewer, await house.rounds.get(viewer, request.match_info["code"])
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None


async def show(request: web.Request) -> web.Response:
    """A round: when and where, what is sent about it, and what it was before."""
    house, viewer, of = await _of(request)
    async with house.database.read() as db:
        there = await rows.of_round(db, of.id)
    names = {f"account:{account.id}": account.name for account in await house.accounts.everyone()}
    context = {
        "r": of,
        "broadcasts": list(reversed(there)),
        "etas": await house.told.etas(there, house.clock()),
        "history": await house.rounds.history(viewer, of.code),
        "names": names,
        "may_edit": viewer.may(Right.EDIT_ROUND) and of.state == "open",
        "may_plan": viewer.may(Right.PLAN) and of.state == "open" and of.closes_at > house.clock(),
        **await fit(house, of),
    }
    return await pages.page(request, "office/round.html", context)


async def ask_change(request: web.Request) -> web.Response:
    """The form of a change, filled with the round as it is."""
    _, _, of = await _of(request)
    return await _form(request, of, cells_of(of))


async def change(request: web.Request) -> web.Response:
    """Show what a change would bring, then make it."""
    house, viewer, of = await _of(request)
    fields = await pages.form(request)
    cells = {column: fields[column] for column in (*EDITABLE, "TITIK") if column in fields}
    seen = pages.number(fields.get("version"))
    try:
        if fields.get("do") == "change":
            await house.rounds.change(viewer, of.code, cells, house.clock(), version=seen)
            return await pages.back(request, f"/rounds/{of.code}", DONE)
        wanted = await house.rounds.wanted(of, cells)
    except Faulty as error:
        return await _form(request, of, cells_of(of) | cells, faults=error.faults)
    except Refused as error:
        return await _form(request, of, cells_of(of) | cells, refused=str(error))
    context = {
        "wanted": wanted,
        "differs": _differs(of, wanted),
        "follows": await _follows(house, of, wanted),
        **await fit(house, wanted),
    }
    return await _form(request, of, cells_of(of) | cells, **context)


async def ask_cancel(request: web.Request) -> web.Response:
    """What calling a round off would bring."""
    house, _, of = await _of(request)
    return await _cancel_form(request, house, of)


async def cancel(request: web.Request) -> web.Response:
    """Call a round off."""
    house, viewer, of = await _of(request)
    fields = await pages.form(request)
    try:
        await house.rounds.cancel(viewer, of.code, house.clock(), version=pages.number(fields.get("version")))
    except Refused as error:
        return await _cancel_form(request, house, of, refused=str(error))
    return await pages.back(request, f"/rounds/{of.code}", DONE)


async def _form(request: web.Request, of: Round, cells: Mapping[str, str], **more: Any) -> web.Response:
    context: dict[str, Any] = {
        "r": of,
        "cells": _local(cells),
        "methods": tuple(Method),
        "faults": {},
        "refused": "",
        "follows": None,
    }
    context |= {"warned": (), "point": (await fit(request.app[HOUSE], of))["point"]}
    status = 400 if more.get("faults") or more.get("refused") else 200
    return await pages.page(request, "office/round_edit.html", context | more, status=status)


async def _cancel_form(request: web.Request, house: House, of: Round, refused: str = "") -> web.Response:
    if of.state == "cancelled" and not refused:
        refused = f"{of.code} is cancelled already"
    wanted = replace(of, state="cancelled")
    context = {"r": of, "refused": refused, "follows": await _follows(house, of, wanted)}
    return await pages.page(request, "office/round_cancel.html", context, status=400 if refused else 200)


async def _follows(house: House, of: Round, wanted: Round) -> Follows:
    async with house.database.read() as db:
        return await follows(db, house.config.reminders, of, wanted, house.clock())


def _differs(of: Round, wanted: Round) -> Mapping[str, tuple[Any, Any]]:
    """Field → what it is and what it would be."""
    return {name: (getattr(of, name), getattr(wanted, name)) for name in changes(of, wanted)}


def _local(cells: Mapping[str, str]) -> dict[str, str]:
    """Times as a browser's own field spells them; what is no time stays as somebody wrote it."""
    return {column: cell.replace(" ", "T", 1) if column in TIMES else cell for column, cell in cells.items()}
