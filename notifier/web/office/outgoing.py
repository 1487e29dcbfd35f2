"""All that will go out, soonest first, whoever planned it: what waits for approval, what is approved, what plans make.

A second admin approves several from here; what cannot be approved says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from notifier.broadcasts import together
from notifier.errors import Refused
from notifier.rules.audiences import Rule
from notifier.rules.deliveries import GENERAL
from notifier.rules.roles import Right, Viewer
from notifier.store import broadcasts as rows
from notifier.store.broadcasts import Broadcast
from notifier.store.series import Series
from notifier.web import pages
from notifier.web.house import HOUSE, House

MOST = 100  # broadcasts on the page
AHEAD = ("planned", "approved", "asking", "paused")  # states of what has not begun
APPROVED = "{n} siaran disetujui."


@dataclass(frozen=True, slots=True)
class Going:
    """One thing that will go out: a broadcast there is, or the next one that a plan will make."""

    at: datetime
    zone: str
    event: str
    code: str  # of the round
    programme: str
    region: str
    people: int | None  # None: not reckoned yet
    audience: str
    hindrance: str  # why it cannot be ticked; "" when it can
    broadcast: Broadcast | None = None
    series: Series | None = None
    said: str = ""  # the words of a general notice: whoever ticks it approves them


async def look(request: web.Request) -> web.Response:
    """The list."""
    return await _page(request)


async def approve(request: web.Request) -> web.Response:
    """Approve what is ticked."""
    house, viewer, posted = request.app[HOUSE], pages.who(request), await request.post()
    seen: dict[int, int] = {}
    for value in posted.getall("pick", ()):
        number, _, people = str(value).partition(":")
        known, count = pages.number(number), pages.number(people)
        if known is None or count is None:
            raise web.HTTPBadRequest
        seen[known] = count
    try:
        done = await together.approve(house.broadcasts, viewer, seen, house.clock())
    except Refused as error:
        return await _page(request, {0: str(error)})
    if not seen:
        return await _page(request, {0: "nothing was ticked; tick what you approve"})
    if not done.refused:
        return await pages.back(request, "/broadcasts/ahead", APPROVED, n=len(done.approved))
    return await _page(request, done.refused, len(done.approved))


async def _page(request: web.Request, refused: Mapping[int, str] | None = None, approved: int = 0) -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    found, whole = await _going(house, viewer, pages.tongue(request), house.clock())
    context = {
        "going": found,
        "whole": whole,
        "pickable": sum(not one.hindrance for one in found),
        "refused": refused or {},
        "approved": approved,
        "may": viewer.may(Right.APPROVE),
    }
    return await pages.page(request, "office/ahead.html", context, status=400 if refused and not approved else 200)


async def _going(house: House, viewer: Viewer, tongue: str, now: datetime) -> tuple[Sequence[Going], bool]:
    """What will go out, soonest first, and whether this is all of it."""
    async with house.database.read() as db:
        live = await rows.of_span(db, viewer.region, now + timedelta(days=1), now, MOST + 1)
    plans = await house.recurring.list(viewer)
    makers = {s.id: s.planned_by for s in plans}
    found, said = [], dict[str, str]()
    for b in live[:MOST]:
        if b.state not in AHEAD or b.expanded:
            continue
        key = f"{b.programme} {b.rule}"
        if key not in said:  # many reminders are for the same people
            said[key] = await house.choosing.words(Rule.of(b.rule), b.programme, tongue)
        why = together.hindrance(viewer, b, now, makers.get(b.series_id or 0, ""))
        found.append(
            Going(
                b.at,
                b.zone,
                b.event,
                b.round_code,
                b.programme,
                b.region,
                b.approved_audience,
                said[key],
                why,
                broadcast=b,
                said=str(b.facts.get("text", "")) if b.event == GENERAL else "",
            )
        )
    coming = await house.recurring.next_of(plans, now)
    for s in plans:
        if (one := coming.get(s.id)) is not None:
            words = await house.recurring.words(s, tongue)
            at, of, why = one.at, one.round, f"series_{s.state}"
            code = of.code if of.id else ""
            found.append(
                Going(at, of.zone, s.event, code, s.programme, of.region, None, words, why, series=s, said=s.text)
            )
    return sorted(found, key=lambda one: (one.at, one.code)), len(live) <= MOST
