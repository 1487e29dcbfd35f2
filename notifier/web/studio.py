"""The page of one message we say: view, edit, check, preview on a phone, publish. Knows no grammar of templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from notifier.errors import Refused
from notifier.render import CHANNELS, FACTS, Fact, Finding, buttons
from notifier.render.samples import SAMPLES, TYPICAL
from notifier.rules.roles import Right
from notifier.studio import Preview, Shown
from notifier.web import pages
from notifier.web.house import HOUSE


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the editor."""

    name: str  # text, html, subject
    shown: Shown
    source: str  # as it stands in the field
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """Which message: what the page's path says."""

    event: str
    channel: str
    tongue: str

    @property
    def path(self) -> str:
        return f"/templates/{self.event}/{self.channel}/{self.tongue}"


def _address(request: web.Request) -> Address:
    told = request.match_info
    if told["event"] not in FACTS or told["channel"] not in CHANNELS:
        raise web.HTTPNotFound
    return Address(told["event"], told["channel"], told["tongue"])


async def shelf(request: web.Request) -> web.Response:
    """Every message we say, by event."""
    entries = await request.app[HOUSE].studio.list(pages.who(request))
    events: dict[str, dict[tuple[str, str], list[str]]] = {}
    for entry in entries:
        states = events.setdefault(entry.event, {}).setdefault((entry.channel, entry.language), [])
        states += [entry.state] if entry.draft is None else [entry.state, "draft"]
    return await pages.page(request, "studio/shelf.html", {"events": events})


async def template(request: web.Request) -> web.Response:
    """One message: its sources, and what a citizen would receive."""
    return await _show(request, _address(request), {}, checked=False)


async def change(request: web.Request) -> web.Response:
    """Check, keep as a draft, publish, or go back to the shipped words."""
    house, viewer, at, fields = request.app[HOUSE], pages.who(request), _address(request), await pages.form(request)
    sources = {part: fields[part] for part in CHANNELS[at.channel] if part in fields}
    do, now = fields.get("do", "check"), house.clock()
    if do == "check":
        return await _show(request, at, sources, checked=True)
    try:
        if do == "withdraw":
            await house.studio.withdraw(viewer, at.event, at.channel, at.tongue, fields.get("part", ""), now)
            return await pages.back(request, at.path, "Kembali ke kata-kata bawaan.")
        if do not in ("save", "publish"):
            raise web.HTTPBadRequest
        if do == "publish":
            viewer.needs(Right.PUBLISH)
        for part, source in sources.items():
            shown = await house.studio.source(viewer, at.event, at.channel, at.tongue, part)
            if source.rstrip() != (shown.draft.source if shown.draft else shown.source).rstrip():
                await house.studio.save_draft(viewer, at.event, at.channel, at.tongue, part, source, now)
        if do == "publish":
            await house.studio.publish(viewer, at.event, at.channel, at.tongue, now)
    except Refused as error:
        return await _show(request, at, sources, checked=True, refused=str(error))
    return await pages.back(
        request, at.path, "Terbit: mulai sekarang dipakai." if do == "publish" else "Draf disimpan."
    )


async def _show(
    request: web.Request, at: Address, sources: Mapping[str, str], *, checked: bool, refused: str = ""
) -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    parts = []
    for name in CHANNELS[at.channel]:
        shown = await house.studio.source(viewer, at.event, at.channel, at.tongue, name)
        source = sources.get(name, shown.draft.source if shown.draft else shown.source)
        if not source and at.channel == "telegram" and name == "text":
            continue  # made from the HTML part
        look = checked or shown.draft is not None
        findings = house.studio.check(at.event, at.channel, at.tongue, name, source) if look and source else ()
        parts.append(Part(name, shown, source, findings))
    chosen = request.query.get("sample", TYPICAL)
    sample = chosen if chosen in SAMPLES else TYPICAL
    preview, trouble = await _preview(request, at, {part.name: part.source for part in parts if part.source}, sample)
    context = {
        "at": at,
        "parts": parts,
        "preview": preview,
        "trouble": trouble,
        "refused": refused,
        "checked": checked,
        "sample": sample,
        "samples": SAMPLES,
        "facts": known_facts(at.event),
        "buttons": buttons(at.event, at.tongue) if at.channel == "telegram" else (),
        "may_edit": viewer.may(Right.EDIT_TEMPLATE),
        "may_publish": viewer.may(Right.PUBLISH),
    }
    return await pages.page(request, "studio/template.html", context, status=400 if refused else 200)


async def _preview(
    request: web.Request, at: Address, sources: Mapping[str, str], sample: str
) -> tuple[Preview | None, str]:
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        return await house.studio.preview(viewer, at.event, at.channel, at.tongue, sources, sample), ""
    except Refused as error:
        return None, str(error)


def known_facts(event: str) -> Sequence[tuple[str, Fact]]:
    """What a template of this event can name, by name."""
    return sorted(FACTS[event].items())
