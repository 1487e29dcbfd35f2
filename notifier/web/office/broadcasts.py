"""The office's pages: the rounds to come, broadcasts from plan to statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from notifier.broadcasts import Preview, Statement, past
from notifier.errors import Refused
from notifier.rules.ahead import Ahead
from notifier.rules.audiences import Rule
from notifier.rules.roles import Right, Viewer
from notifier.store.broadcasts import Broadcast
from notifier.web import charts, pages
from notifier.web.house import HOUSE, House
from notifier.web.office import onward
from notifier.web.office.points import at_point

PAGE = 50
# States of a broadcast that still has something before it: what is under way or asks comes first, then by its time.
LIVE: Mapping[str, int] = {
    "asking": 0,
    "sending": 0,
    "expanding": 0,
    "canary": 0,
    "paused": 0,
    "planned": 1,
    "approved": 1,
}
UNDER_WAY = ("approved", "canary", "expanding", "sending")
ANEW: Mapping[str, str] = {"HX-Retarget": "#siaran", "HX-Reselect": "#siaran", "HX-Reswap": "outerHTML"}
CONTROLLED: Mapping[str, str] = {
    "pause": "Siaran dijeda. Yang sudah di tangan penyedia tetap sampai; sisanya menunggu.",
    "resume": "Siaran dilanjutkan.",
    "release": "Sisanya menyusul sekarang.",
    "stop": "Siaran dihentikan. Yang belum terkirim tidak dikirim lagi.",
}
CONTROLS: Mapping[str, tuple[str, ...]] = {  # state → what may be done about it
    "planned": ("stop",),
    "asking": ("stop",),
    "approved": ("pause", "stop"),
    "canary": ("release", "pause", "stop"),
    "expanding": ("pause", "stop"),
    "sending": ("pause", "stop"),
    "paused": ("resume", "stop"),
}


def slices(statement: Statement) -> Sequence[charts.Slice]:
    """A statement as four parts of one bar: told, still waiting, unsure, not told."""
    ended = statement.state == "stopped"  # whoever it has not come to it will not come to
    lost = statement.failed + statement.expired + statement.cancelled + sum(statement.suppressed.values())
    parts = {
        "told": statement.accepted + statement.delivered + statement.read - statement.unconfirmed,
        "waiting": statement.due + statement.sending + (0 if ended else statement.unexpanded),
        "unsure": statement.unknown + statement.unconfirmed,
        "untold": lost + (statement.unexpanded if ended else 0),
    }
    return charts.bar(parts)


# --- broadcasts ------------------------------------------------------------------------------------------------------


async def broadcasts(request: web.Request) -> web.Response:
    """Broadcasts, newest first."""
    house, viewer = request.app[HOUSE], pages.who(request)
    found = await house.broadcasts.list(viewer, pages.number(request.query.get("before")), PAGE + 1)
    older = found[PAGE - 1].id if len(found) > PAGE else None
    context = {"broadcasts": found[:PAGE], "older": older, "etas": await house.told.etas(found[:PAGE], house.clock())}
    return await pages.page(request, "office/broadcasts.html", context)


async def asked_for(request: web.Request) -> tuple[House, Viewer, Broadcast]:
    """The broadcast that an address names, and who looks. Answers 404 where they may not see it."""
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        return house, viewer, await house.broadcasts.get(viewer, int(request.match_info["id"]))
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None


async def broadcast(request: web.Request) -> web.Response:
    """One broadcast: its plan, its progress, what may be done about it."""
    house, viewer, b = await asked_for(request)
    mine = await house.broadcasts.maker(b) == viewer.who
    can_approve = viewer.may(Right.APPROVE) and b.state in ("planned", "asking") and not mine
    names = {f"account:{account.id}": account.name for account in await house.accounts.everyone()}
    preview = await _preview(house, viewer, b) if can_approve else None
    context = {
        **await _progress(request, house, viewer, b),
        "names": names,
        "mine": mine,
        "can_approve": can_approve,
        "audience": await house.choosing.words(Rule.of(b.rule), b.programme, pages.tongue(request))
        if b.rule or b.round_id is None
        else "",
        "past": b.state == "planned" and past(b.at, house.clock()),
        "preview": preview,
        "at_point": await at_point(house, viewer, b.round_code) if preview and b.round_id else None,
        "through": await _foreseen(house, preview, b.event, b.at, b.zone),
        "controls": CONTROLS.get(b.state, ()) if viewer.may(Right.CONTROL_BROADCAST) else (),
    }
    return await pages.page(request, "office/broadcast.html", context)


async def _progress(request: web.Request, house: House, viewer: Viewer, b: Broadcast) -> dict[str, Any]:
    glance = await house.told.glance(b, house.clock())
    tongue = pages.tongue(request)
    rest = any(step.what is Ahead.PLAN_REST for step in glance.ahead)
    return {
        "b": b,
        "glance": glance,
        "statement": glance.statement,
        "slices": slices(glance.statement),
        "ahead": [onward.said(step, b.zone, tongue) for step in glance.ahead],
        "kinds": {name: line.channel for name, line in house.config.lines.items()},
        "live": b.state in LIVE,
        "waits": b.state not in UNDER_WAY,
        "standing": _standing(b, house.clock()),
        "rate": await house.watching.rate(b, house.clock()) if b.state in ("canary", "expanding", "sending") else None,
        "may_plan_rest": rest and viewer.may(Right.PLAN),
    }


async def _preview(house: House, viewer: Viewer, b: Broadcast) -> Preview | None:
    if b.parent_id is not None or not viewer.may(Right.PLAN):  # a correction's audience is not a round's
        return None
    try:
        if house.beforehand.keeps(b):
            return await house.beforehand.preview(viewer, b, house.clock())
        return await house.broadcasts.preview(viewer, b.id)
    except Refused:
        return None


async def _foreseen(house: House, seen: Preview | None, event: str, at: datetime, zone: str) -> datetime | None:
    return await house.told.foreseen(event, seen.by_channel, at, zone, house.clock()) if seen else None


async def progress(request: web.Request) -> web.Response:
    """The part of a broadcast's page that is fetched again and again while something is before it. Once it stands
    otherwise than the page says, everything on the page but what somebody writes there is put anew: other buttons,
    other words.
    """
    house, viewer, b = await asked_for(request)
    if request.query.get("was", _standing(b, house.clock())) == _standing(b, house.clock()):
        return pages.part(request, "office/_progress.html", await _progress(request, house, viewer, b))
    response = await broadcast(request)
    response.headers.update(ANEW)
    return response


def _standing(b: Broadcast, now: datetime) -> str:
    """What a broadcast's page shows besides its figures, in a word: its state, whether it is late, its round."""
    late = b.state == "planned" and past(b.at, now)
    return f"{b.state}{'-late' if late else ''}-{b.round_now}"


async def approve(request: web.Request) -> web.Response:
    """Approve what somebody else planned."""
    house, viewer, b = await asked_for(request)
    fields = await pages.form(request)
    cap, seen = pages.rupiah(fields.get("cap")), pages.number(fields.get("seen"))
    approved = await house.broadcasts.approve(viewer, b.id, house.clock(), cap=cap, seen=seen)
    late = past(approved.at, house.clock())
    told = "Siaran disetujui. Waktunya sudah lewat: siaran langsung dikirim." if late else "Siaran disetujui."
    return await pages.back(request, f"/broadcasts/{b.id}", told)


async def control(request: web.Request) -> web.Response:
    """Pause, go on, stop, or let the others follow the first ones."""
    house, viewer, b = await asked_for(request)
    fields = await pages.form(request)
    why, now = fields.get("why", "").strip()[:200], house.clock()
    match do := fields.get("do", ""):
        case "pause":
            await house.broadcasts.pause(viewer, b.id, now, why)
        case "resume":
            await house.broadcasts.resume(viewer, b.id, now)
        case "release":
            await house.broadcasts.release(viewer, b.id, now)
        case "stop":
            await house.broadcasts.stop(viewer, b.id, now, why)
        case _:
            raise web.HTTPBadRequest
    return await pages.back(request, f"/broadcasts/{b.id}", CONTROLLED[do])


async def plan_rest(request: web.Request) -> web.Response:
    """Plan a stopped broadcast once more, for whom it has not told."""
    house, viewer, b = await asked_for(request)
    number = await house.broadcasts.plan_rest(viewer, b.id, "now", house.clock())
    return await pages.back(request, f"/broadcasts/{number}", "Sisanya direncanakan. Admin lain perlu menyetujuinya.")
