"""Distribution points' pages: the list, one point with what will be there, a new one, and a change after a look."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from notifier.broadcasts.following import Follows, follows
from notifier.errors import Refused
from notifier.registry import Faulty
from notifier.registry.points import EDITABLE, cells_of, misfits, read_from
from notifier.rules.roles import Right, Viewer
from notifier.store import editions
from notifier.store import points as rows
from notifier.store.points import Point
from notifier.store.rounds import Round
from notifier.web import pages
from notifier.web.house import HOUSE, House

PAGE = 50
COLUMNS = ("KODE", "KODE_WILAYAH", *EDITABLE)
DONE = "Titik disimpan."
MOVED = "Titik disimpan. Penyaluran di sana ikut berubah; ralatnya disiapkan sekarang dan menunggu persetujuan."


async def look(request: web.Request) -> web.Response:
    """Points, by code."""
    house, viewer = request.app[HOUSE], pages.who(request)
    found = await house.points.page(viewer, request.query.get("after", "")[:48], PAGE + 1)
    context = {
        "points": found[:PAGE],
        "following": urlencode({"after": found[PAGE - 1].code}) if len(found) > PAGE else None,
        "may_edit": viewer.may(Right.EDIT_ROUND),
    }
    return await pages.page(request, "office/points.html", context)


async def show(request: web.Request) -> web.Response:
    """One point: what it takes, and what is to be there."""
    _, viewer, of, coming, people = await _of(request)
    context = {
        "p": of,
        "coming": [(one, people.get(one.id, 0), misfits(of, one, coming, people)) for one in coming],
        "may_edit": viewer.may(Right.EDIT_ROUND),
    }
    return await pages.page(request, "office/point.html", context)


async def ask_new(request: web.Request) -> web.Response:
    """The form of a new point."""
    return await _form(request, None, {})


async def create(request: web.Request) -> web.Response:
    """Write a new point."""
    house, viewer = request.app[HOUSE], pages.who(request)
    fields = await pages.form(request)
    cells = {column: fields.get(column, "") for column in COLUMNS}
    try:
        of = await house.points.create(viewer, cells, house.clock())
    except Faulty as error:
        return await _form(request, None, cells, faults=error.faults)
    return await pages.back(request, f"/points/{of.code}", DONE)


async def ask_change(request: web.Request) -> web.Response:
    """The form of a change, filled with the point as it is."""
    _, _, of, _, _ = await _of(request)
    return await _form(request, of, cells_of(of))


async def change(request: web.Request) -> web.Response:
    """Show what a change would bring, then make it."""
    house, viewer, of, coming, _ = await _of(request)
    fields = await pages.form(request)
    cells = {column: fields[column] for column in EDITABLE if column in fields}
    try:
        wanted = house.points.changed(of, cells)
        moved = [one for one in coming if editions.changes(one, read_from(one, wanted))]
        if fields.get("do") == "change":
            await house.points.change(
                viewer, of.code, cells, house.clock(), version=pages.number(fields.get("version"))
            )
            return await pages.back(request, f"/points/{of.code}", MOVED if moved else DONE)
    except Faulty as error:
        return await _form(request, of, cells_of(of) | cells, faults=error.faults)
    except Refused as error:
        return await _form(request, of, cells_of(of) | cells, refused=str(error))
    followed = [(one, await _follows(house, one, wanted)) for one in moved]
    return await _form(request, of, cells_of(of) | cells, followed=followed)


async def _of(request: web.Request) -> tuple[House, Any, Point, Sequence[Round], Mapping[int, int]]:
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        return house, viewer, *(await house.points.get(viewer, request.match_info["point"], house.clock()))
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None


async def _follows(house: House, of: Round, wanted: Point) -> Follows:
    async with house.database.read() as db:
        return await follows(db, house.config.reminders, of, read_from(of, wanted), house.clock())


async def _form(
    request: web.Request,
    of: Point | None,
    cells: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
    refused: str = "",
    followed: Sequence[tuple[Round, Follows]] | None = None,
) -> web.Response:
    context: dict[str, Any] = {
        "p": of,
        "cells": dict.fromkeys(COLUMNS, "") | dict(cells),
        "faults": faults or {},
        "refused": refused,
        "followed": followed,
    }
    return await pages.page(request, "office/point_edit.html", context, status=400 if faults or refused else 200)


async def fit(house: House, of: Round) -> Mapping[str, Any]:
    """What a page says of a round and its point: what does not fit, and the point; nothing for one without a point."""
    if of.point_id is None or of.state != "open":
        return {"warned": (), "point": None}
    async with house.database.read() as db:
        point = await rows.get(db, of.point_id)
        there = await rows.rounds_at(db, [of.point_id], house.clock())
        people = await rows.people_of(db, [one.id for one in (*there, of)])
    return {"warned": misfits(point, of, there, people) if point else (), "point": point}


async def at_point(house: House, viewer: Viewer, code: str) -> Mapping[str, Any] | None:
    """The same of the round with this code, where something is planned for it; None for one the viewer may not see."""
    try:
        return await fit(house, await house.rounds.get(viewer, code))
    except Refused:
        return None
