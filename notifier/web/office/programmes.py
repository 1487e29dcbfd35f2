"""Programmes' pages: what each is, how its rounds fare, what is planned by itself; and changing that."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from notifier.errors import Refused
from notifier.registry import Faulty, Programme
from notifier.rules.roles import Right
from notifier.store import agenda
from notifier.web import pages
from notifier.web.house import HOUSE

DONE = "Program diubah. Penyaluran yang akan datang disesuaikan; rencana barunya menunggu persetujuan."
NEXT = 200  # coming rounds that are looked through for the list


async def _of(request: web.Request) -> Programme:
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        return await house.programmes.get(viewer, request.match_info["programme"])
    except Refused:
        raise web.HTTPNotFound from None


async def look(request: web.Request) -> web.Response:
    """Every programme, with the rounds that come next."""
    house, viewer = request.app[HOUSE], pages.who(request)
    async with house.database.read() as db:
        coming = await agenda.page(db, viewer.region, closing_after=house.clock(), before=None, limit=NEXT)
    context = {"programmes": await house.programmes.list(viewer), "coming": coming}
    return await pages.page(request, "office/programmes.html", context)


async def show(request: web.Request) -> web.Response:
    """One programme: its ladder, what is planned by itself, how its newest rounds fared, what was changed and why."""
    house, viewer, of = request.app[HOUSE], pages.who(request), await _of(request)
    history, course = await house.programmes.story(viewer, of.code)
    names = {f"account:{account.id}": account.name for account in await house.accounts.everyone()}
    context = {
        "p": of,
        "course": course,
        "history": history,
        "names": names,
        "may_edit": viewer.may(Right.EDIT_PROGRAMME) and not viewer.region,
    }
    return await pages.page(request, "office/programme.html", context)


async def ask_change(request: web.Request) -> web.Response:
    """The form of a programme, filled with what it is."""
    of = await _of(request)
    return await _form(request, of, _filled(of))


async def change(request: web.Request) -> web.Response:
    """Write what a programme is from now on."""
    house, viewer, of = request.app[HOUSE], pages.who(request), await _of(request)
    fields = await pages.form(request)
    rungs = [fields.get(f"rung{n}", "") for n in range(1, len(house.kinds) + 1)]
    given = {
        "name": fields.get("name", ""),
        "ladder": " ".join(rung for rung in rungs if rung),
        "days": fields.get("days", ""),
        "hour": fields.get("hour", "")[:5],
        "question": fields.get("question", ""),
        "question_days": fields.get("question_days", ""),
    }
    try:
        await house.programmes.change(
            viewer,
            of.code,
            given,
            fields.get("why", ""),
            house.clock(),
            version=pages.number(fields.get("version")),
        )
    except Faulty as error:
        return await _form(request, of, given | {"why": fields.get("why", "")}, faults=error.faults)
    except Refused as error:
        return await _form(request, of, given | {"why": fields.get("why", "")}, refused=str(error))
    return await pages.back(request, f"/programmes/{of.code}", DONE)


def _filled(of: Programme) -> dict[str, str]:
    reminders = of.reminders
    return {
        "name": of.name,
        "ladder": " ".join(of.ladder),
        "days": ", ".join(str(day) for day in reminders["days_before"]),
        "hour": str(reminders["hour"]),
        "question": "1" if reminders["question"] else "",
        "question_days": str(reminders["question_days"]),
        "why": "",
    }


async def _form(
    request: web.Request,
    of: Programme,
    filled: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
    refused: str = "",
) -> web.Response:
    house = request.app[HOUSE]
    channels = sorted(set(house.kinds.values()))
    rungs = filled["ladder"].split()
    context: dict[str, Any] = {
        "p": of,
        "filled": filled,
        "channels": channels,
        "rungs": rungs + [""] * (len(channels) - len(rungs)),
        "faults": faults or {},
        "refused": refused,
    }
    status = 400 if faults or refused else 200
    return await pages.page(request, "office/programme_edit.html", context, status=status)
