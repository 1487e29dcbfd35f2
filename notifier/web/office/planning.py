"""The planner's pages: what is told, whom, when; how many that are while one chooses, and what it would take.

Works without JavaScript: every choice is a field of one form, and a region is opened by a button that sends it.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField
from multidict import MultiDictProxy

from notifier.broadcasts import PLANNABLE, Preview
from notifier.broadcasts.choosing import LANGUAGES
from notifier.broadcasts.rehearsing import Draft, Rehearsal
from notifier.broadcasts.values import BEFORE, moment
from notifier.errors import Refused
from notifier.rules.audiences import ANSWERS, EVERYBODY, Rule
from notifier.rules.deliveries import GENERAL
from notifier.rules.notices import LONGEST as LONGEST_NOTICE
from notifier.rules.people import CONTACT_KINDS, PROGRAMMES
from notifier.rules.rounds import Entitlement
from notifier.store import agenda
from notifier.store.agenda import Entry
from notifier.store.person_lists import PersonList
from notifier.web import files, pages
from notifier.web.house import HOUSE
from notifier.web.office.points import at_point

PAGE = 200  # rounds to choose from
OVER_CAP = "above its cap"
LONGEST = 64  # characters of a code in the form
PLAIN = ("event", "round", "at", "again", "canary", "cap", "text")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says."""

    fields: Mapping[str, str] = field(default_factory=dict)
    rule: Rule = EVERYBODY
    opened: frozenset[str] = frozenset()  # regions of the tree that are open

    @property
    def do(self) -> str:
        return self.fields.get("do", "")


async def ask(request: web.Request) -> web.Response:
    """The form of a plan."""
    about = {"event": GENERAL} if request.query.get("event") == GENERAL else {}
    return await _form(request, Asked({"round": request.query.get("round", "")[:48], **about}))


async def plan(request: web.Request) -> web.Response:
    """Show the form as it was filled in, reckon a plan, or write it."""
    house, viewer, asked = request.app[HOUSE], pages.who(request), await read(request)
    if asked.do not in ("plan", "reckon"):
        return await _form(request, asked)
    try:
        number, preview = await house.broadcasts.plan(
            viewer,
            asked.fields.get("event", ""),
            asked.fields.get("round", "").strip()[:48],
            asked.fields.get("at", "").strip()[:40] or "now",
            house.clock(),
            again=bool(asked.fields.get("again")),
            dry_run=asked.do != "plan",
            canary=asked.fields.get("canary", ""),
            cap=pages.rupiah(asked.fields.get("cap")),
            rule=asked.rule,
            text=asked.fields.get("text", ""),
        )
    except Refused as error:
        dear = asked.do == "reckon" and OVER_CAP in str(
            error
        )  # what it would cost, and whom, is to be seen all the same
        return await _form(
            request, asked, refused=str(error), rehearsal=await _rehearse(request, asked) if dear else None
        )
    if number is None:
        return await _form(request, asked, preview=preview, rehearsal=await _rehearse(request, asked))
    return await pages.back(request, f"/broadcasts/{number}", "Rencana dibuat. Admin lain perlu menyetujuinya.")


async def count(request: web.Request) -> web.Response:
    """How many people are chosen: the part of the page that follows every change."""
    return pages.part(request, "office/_count.html", await _count(request, await read(request)))


async def bring(request: web.Request) -> web.Response:
    """Take a list of people from a file, and choose it."""
    house, viewer = request.app[HOUSE], pages.who(request)
    posted = await request.post()
    asked, file = await read(request), posted.get("file")
    if not isinstance(file, FileField) or not file.filename:
        return await _form(request, asked, refused="no file was given; choose a CSV or XLSX with a column NIK or KODE")
    name = pages.file_name(file.filename)
    with tempfile.TemporaryDirectory(prefix="notifier-list-") as folder:
        path = Path(folder) / "list"
        path.write_bytes(file.file.read())
        try:
            brought = await house.lists.bring(viewer, path, name, house.clock())
        except Refused as error:
            return await _form(request, asked, refused=str(error))
    rule = Rule.of({**asked.rule.as_json(), "listed": brought.id})
    return await _form(request, Asked(asked.fields, rule, asked.opened), brought=brought)


async def take_unreachable(request: web.Request) -> web.StreamResponse:
    """Whom the plan that is being made could not reach, as a file."""
    house, viewer, asked = request.app[HOUSE], pages.who(request), await read(request)
    form = request.match_info["form"]
    file, _ = await house.rehearsing.sheet(viewer, await _draft(request, asked), form, house.clock())
    return await files.hand_over(request, file, f"tak-terjangkau.{form}")


async def dry_run(request: web.Request) -> web.Response:
    """What a plan that waits would do: for whoever is to approve it."""
    house, viewer, number = request.app[HOUSE], pages.who(request), int(request.match_info["id"])
    try:
        b = await house.broadcasts.get(viewer, number)
        found = await house.beforehand.look(viewer, b, house.clock())
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None
    words = await house.choosing.words(Rule.of(b.rule), b.programme, pages.tongue(request))
    context = {
        "b": b,
        "audience": words,
        "rehearsal": found.rehearsal,
        "found": found,
        "waits": b.state in BEFORE,
        "take": f"/broadcasts/{number}/dry-run",
        "zone": b.zone,
    }
    return await pages.page(request, "office/dry_run.html", context)


async def take_dry_run(request: web.Request) -> web.StreamResponse:
    """Whom a plan that waits could not reach, as a file."""
    house, viewer, number = request.app[HOUSE], pages.who(request), int(request.match_info["id"])
    try:
        draft = await house.rehearsing.draft(viewer, number)
    except Refused:
        raise web.HTTPNotFound from None
    form = request.match_info["form"]
    file, _ = await house.rehearsing.sheet(viewer, draft, form, house.clock())
    return await files.hand_over(request, file, f"siaran-{number}-tak-terjangkau.{form}")


async def _draft(request: web.Request, asked: Asked) -> Draft:
    """What the form plans. Raises Refused."""
    house, viewer = request.app[HOUSE], pages.who(request)
    event, code = asked.fields.get("event", ""), asked.fields.get("round", "").strip()[:48]
    text = asked.fields.get("text", "")
    of, _, rule = await house.broadcasts.dry_run(viewer, event, code, house.clock(), asked.rule, text)
    at = moment(asked.fields.get("at", "").strip()[:40] or "now", of.zone, house.clock())
    return Draft(event, of, at, pages.rupiah(asked.fields.get("cap")), rule)


async def _rehearse(request: web.Request, asked: Asked) -> Rehearsal:
    house, viewer = request.app[HOUSE], pages.who(request)
    return await house.rehearsing.rehearse(viewer, await _draft(request, asked), house.clock())


async def take_strays(request: web.Request) -> web.StreamResponse:
    """The rows of a list that named nobody, as a file to mend."""
    house, viewer, form = request.app[HOUSE], pages.who(request), request.match_info["form"]
    try:
        file, _ = await house.choosing.strays(viewer, int(request.match_info["id"]), form, house.clock())
    except Refused:
        raise web.HTTPNotFound from None
    return await files.hand_over(request, file, f"tidak-dikenal-{request.match_info['id']}.{form}")


# --- the form --------------------------------------------------------------------------------------------------------


async def read(request: web.Request) -> Asked:
    """What a form says: plain fields, whom it picks, and which regions are open."""
    fields, posted = await pages.form(request), await request.post()
    opened = set(_several(posted, "open"))
    act, _, code = fields.get("do", "").partition(":")
    if act == "open":
        opened.add(code[:LONGEST])
    if act == "shut":
        opened = {other for other in opened if other != code}
    return Asked(fields, _rule(fields, posted), frozenset(opened))


def _rule(fields: Mapping[str, str], posted: MultiDictProxy[Any]) -> Rule:
    answer = fields.get("answer", "")
    return Rule(
        regions=_several(posted, "region"),
        programmes=_several(posted, "also"),
        statuses=_several(posted, "status"),
        languages=_several(posted, "language"),
        channels=_several(posted, "channel"),
        answer=answer[:LONGEST],
        asked=(pages.number(fields.get("asked")) or 0) if answer else 0,
        listed=pages.number(fields.get("listed")) or 0,
    )


def without_places(rule: Rule) -> Rule:
    """The rule of a plan that comes again: its region is a field of its own, and lists grow old."""
    return replace(rule, regions=(), listed=0, asked=0)


def _several(posted: MultiDictProxy[Any], name: str) -> tuple[str, ...]:
    return tuple(pages.clean(value)[:LONGEST] for value in posted.getall(name, ()) if isinstance(value, str) and value)


async def _count(request: web.Request, asked: Asked) -> dict[str, Any]:
    house, viewer = request.app[HOUSE], pages.who(request)
    event, code = asked.fields.get("event") or PLANNABLE[0], asked.fields.get("round", "").strip()[:48]
    found: dict[str, Any] = {"counted": None, "chosen": "", "fault": ""}
    if event == GENERAL:
        try:
            rule, counted = await house.choosing.count_notice(
                viewer, asked.rule, house.config.service.zone, house.clock()
            )
        except Refused as error:
            return found | {"fault": str(error)}
        return found | {"counted": counted, "chosen": await house.choosing.words(rule, "", pages.tongue(request))}
    if not code or event not in PLANNABLE:
        return found
    try:
        of, rule, counted = await house.choosing.count(viewer, event, code, asked.rule)
    except Refused as error:
        return found | {"fault": str(error)}
    words = await house.choosing.words(rule, of.programme, pages.tongue(request))
    return found | {"counted": counted, "chosen": words}


async def _form(
    request: web.Request,
    asked: Asked,
    *,
    refused: str = "",
    preview: Preview | None = None,
    brought: PersonList | None = None,
    rehearsal: Rehearsal | None = None,
) -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    async with house.database.read() as db:
        known = await agenda.page(
            db, viewer.region, closing_after=house.clock() - timedelta(days=14), before=None, limit=PAGE
        )
    of = next((r for r in known if r.code == asked.fields.get("round")), None)
    general = asked.fields.get("event") == GENERAL
    root = viewer.region.rstrip(".") if general else of.region if of else None
    tree = await house.choosing.tree(root, asked.opened) if root is not None else ()
    shown = _codes(tree)
    window = house.config.delivery
    zone = of.zone if of else house.config.service.zone
    context = {
        **await _count(request, asked),
        **_choices(known),
        "events": PLANNABLE,
        "fields": dict.fromkeys(PLAIN, "") | dict(asked.fields),
        "rule": asked.rule,
        "of": of,
        "general": general,
        "longest": LONGEST_NOTICE,
        "tree": tree,
        "opened": asked.opened,
        "elsewhere": [code for code in asked.rule.regions if code not in shown],
        "lists": await house.choosing.lists(viewer),
        "brought": brought,
        "refused": refused,
        "preview": preview,
        "rehearsal": rehearsal,
        "at_point": await at_point(house, viewer, of.code) if of and preview else None,
        "take": "/broadcasts/plan/unreachable",
        "through": await _through(request, asked, preview, zone),
        "zone": zone,
        "all_day": window.window_opens == window.window_closes == time(0),  # 00:00 to 24:00
    }
    return await pages.page(request, "office/plan.html", context, status=400 if refused else 200)


async def _through(request: web.Request, asked: Asked, preview: Preview | None, zone: str) -> datetime | None:
    """When what was reckoned would be through."""
    if preview is None:
        return None
    house = request.app[HOUSE]
    at = moment(asked.fields.get("at", "").strip()[:40] or "now", zone, house.clock())
    return await house.told.foreseen(asked.fields.get("event", ""), preview.by_channel, at, zone, house.clock())


def _choices(known: Sequence[Entry]) -> Mapping[str, Any]:
    return {
        "rounds": known,
        "programmes": PROGRAMMES,
        "statuses": [status.value for status in Entitlement],
        "languages": LANGUAGES,
        "channels": CONTACT_KINDS,
        "answers": ANSWERS,
    }


def _codes(tree: Sequence[Any]) -> set[str]:
    return {branch.code for branch in tree}.union(*(_codes(branch.inside) for branch in tree))
