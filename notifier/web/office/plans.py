"""Plans that come again: the list, one plan with what was made of it and what comes, and the form of a new one."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from notifier.broadcasts.choosing import LANGUAGES
from notifier.broadcasts.recurring import PLANNED, Wanted
from notifier.errors import Refused
from notifier.rules import notices
from notifier.rules.audiences import ANSWERS
from notifier.rules.deliveries import GENERAL
from notifier.rules.people import CONTACT_KINDS, PROGRAMMES
from notifier.rules.roles import Right, Viewer
from notifier.rules.rounds import Entitlement
from notifier.rules.series import ALONE, MONTH, ROUND, WEEK
from notifier.store.series import Series
from notifier.web import pages
from notifier.web.house import HOUSE, House
from notifier.web.office import planning

CONTROLS: Mapping[str, tuple[str, ...]] = {
    "planned": ("end",),
    "approved": ("pause", "end"),
    "paused": ("resume", "end"),
}
BLANK = {"name": "", "event": "round_reminder", "programme": "", "every": "round", "day": "", "hour": "09:00"} | {
    "most": "",
    "cap": "",
    "region": "",
    "text": "",
}
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
NO_DAY = 10_000  # what no plan may have, for a field without a number


async def index(request: web.Request) -> web.Response:
    """All plans, with the next occurrence of each that goes on."""
    house, viewer = request.app[HOUSE], pages.who(request)
    plans = await house.recurring.list(viewer)
    context = {"plans": plans, "coming": await house.recurring.next_of(plans, house.clock())}
    return await pages.page(request, "office/plans.html", context)


async def _of(request: web.Request) -> tuple[House, Viewer, Series]:
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        return house, viewer, await house.recurring.get(viewer, int(request.match_info["id"]))
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None


async def show(request: web.Request) -> web.Response:
    """One plan: what it says, what comes next, what became of the earlier ones, and what may be done about it."""
    house, viewer, s = await _of(request)
    mine = s.planned_by == viewer.who
    context = {
        "s": s,
        "audience": await house.recurring.words(s, pages.tongue(request)),
        "today": await house.recurring.today(s, house.clock()),
        "words": notices.digest(s.text),
        "longest": notices.LONGEST,
        "can_reword": bool(s.text) and s.state != "ended" and viewer.may(Right.PLAN),
        "coming": await house.recurring.coming(s, house.clock()),
        "made": await house.recurring.occurrences(s),
        "mine": mine,
        "can_approve": viewer.may(Right.APPROVE) and s.state == "planned" and not mine,
        "controls": CONTROLS.get(s.state, ()) if viewer.may(Right.CONTROL_BROADCAST) else (),
        "names": {f"account:{account.id}": account.name for account in await house.accounts.everyone()},
    }
    return await pages.page(request, "office/series.html", context)


async def dry_run(request: web.Request) -> web.Response:
    """What the next occurrence of a general notice would do: rungs, price, hours, messages of real people."""
    house, viewer, s = await _of(request)
    # What is about rounds is tried out with the broadcast of each of them.
    draft = await house.recurring.draft(s, house.clock()) if s.text else None
    context = {
        "s": s,
        "audience": await house.recurring.words(s, pages.tongue(request)),
        "rehearsal": await house.rehearsing.rehearse(viewer, draft, house.clock()) if draft else None,
        "take": "",
        "zone": draft.round.zone if draft else "",
    }
    return await pages.page(request, "office/plan_dry_run.html", context)


async def ask(request: web.Request) -> web.Response:
    """The form of a new plan."""
    about = {"event": GENERAL, "every": WEEK} if request.query.get("event") == GENERAL else {}
    return await _form(request, planning.Asked(about))


async def plan(request: web.Request) -> web.Response:
    """Define a plan."""
    house, viewer, asked = request.app[HOUSE], pages.who(request), await planning.read(request)
    fields = asked.fields
    every = fields.get("every", "")
    try:
        wanted = Wanted(
            name=fields.get("name", "").strip()[:80],
            event=fields.get("event", ""),
            programme=fields.get("programme", ""),
            every=every,
            day=_day(fields.get("day", ""), every),
            hour=fields.get("hour", "").strip()[:8],
            most=pages.number(fields.get("most", "").replace(".", "")) or 0,
            region=fields.get("region", "").strip()[:13],
            rule=planning.without_places(asked.rule),
            cap=pages.rupiah(fields.get("cap")),
            text=fields.get("text", ""),
        )
        number = await house.recurring.plan(viewer, wanted, house.clock())
    except Refused as error:
        return await _form(request, asked, refused=str(error))
    return await pages.back(request, f"/plans/{number}", "Rencana dibuat. Admin lain perlu menyetujuinya.")


def _day(text: str, every: str) -> int:
    """A day of a form: "-3", "H-3", "H", "2"; of a month a number; of a week a number or a name."""
    if every == WEEK and text.strip().lower() in WEEKDAYS:
        return WEEKDAYS.index(text.strip().lower()) + 1
    plain = text.strip().upper().removeprefix("H").replace("−", "-").replace("+", "").strip()
    if not plain and every == ROUND and text.strip():
        return 0
    number = pages.number(plain.removeprefix("-"), NO_DAY)
    return NO_DAY if number is None else -number if plain.startswith("-") else number


async def approve(request: web.Request) -> web.Response:
    """Approve what somebody else defined."""
    house, viewer, s = await _of(request)
    read = (await pages.form(request)).get("words", "") if s.text else None
    await house.recurring.approve(viewer, s.id, house.clock(), words=read)
    return await pages.back(request, f"/plans/{s.id}", "Rencana disetujui; siarannya dibuat sendiri pada waktunya.")


async def reword(request: web.Request) -> web.Response:
    """Have a general notice say something else; somebody else approves it anew."""
    house, viewer, s = await _of(request)
    await house.recurring.reword(viewer, s.id, (await pages.form(request)).get("text", ""), house.clock())
    return await pages.back(request, f"/plans/{s.id}", "Kata-katanya diganti. Admin lain perlu menyetujuinya lagi.")


async def control(request: web.Request) -> web.Response:
    """Pause, go on, or end."""
    house, viewer, s = await _of(request)
    acts = {"pause": house.recurring.pause, "resume": house.recurring.resume, "end": house.recurring.end}
    act = acts.get((await pages.form(request)).get("do", ""))
    if act is None:
        raise web.HTTPBadRequest
    await act(viewer, s.id, house.clock())
    return await pages.back(request, f"/plans/{s.id}", "Perintah dijalankan.")


async def _form(request: web.Request, asked: planning.Asked, *, refused: str = "") -> web.Response:
    general = asked.fields.get("event") == GENERAL
    context: dict[str, Any] = {
        "fields": BLANK | dict(asked.fields),
        "rule": asked.rule,
        "refused": refused,
        "events": [event for event in PLANNED if event != GENERAL],
        "general": general,
        "longest": notices.LONGEST,
        "programmes": PROGRAMMES,
        "ways": ALONE if general else (ROUND, MONTH),
        "statuses": [status.value for status in Entitlement],
        "languages": LANGUAGES,
        "channels": CONTACT_KINDS,
        "answers": ANSWERS,
    }
    return await pages.page(request, "office/plan_again.html", context, status=400 if refused else 200)
