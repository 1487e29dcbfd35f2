"""The pages of the messages we say: all of them, one event in every language, and the editor of one message.

Knows no grammar of templates. Everything works without JavaScript; with it the previews follow the typing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from channels import gsm
from notifier.errors import Refused
from notifier.render import CHANNELS, FACTS, Fact, Finding, Key, buttons, lint
from notifier.render.filters import FILTERS
from notifier.render.samples import SAMPLES, TYPICAL
from notifier.rules.roles import Right
from notifier.store.templates import REVIEWED, Version
from notifier.studio import Entry, Look, Shown, kinds
from notifier.studio.trying import marked
from notifier.web import pages
from notifier.web.house import HOUSE

LANGUAGES = ("id", "en", "jv", "su")
# A mail is drawn in a frame of its own that may run, load and send nothing.
FRAMED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'; sandbox",
    "X-Frame-Options": "SAMEORIGIN",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the editor."""

    name: str  # text, html, subject
    shown: Shown
    source: str  # as it stands in the field
    findings: Sequence[Finding] = ()
    history: Sequence[Version] = ()
    diff: Sequence[str] = ()  # what the draft changes


@dataclass(frozen=True, slots=True)
class Address:
    """Which message: what the page's path says."""

    event: str
    channel: str
    tongue: str

    @property
    def path(self) -> str:
        return f"/templates/{self.event}/{self.channel}/{self.tongue}"


@dataclass(frozen=True, slots=True)
class Said:
    """What came in by the form, and what was answered to it."""

    sources: Mapping[str, str] = field(default_factory=dict)
    checked: bool = False
    refused: str = ""
    sent: int = 0  # number of the test that was just sent


def _address(request: web.Request) -> Address:
    told = request.match_info
    if told["event"] not in FACTS or told["channel"] not in CHANNELS:
        raise web.HTTPNotFound
    return Address(told["event"], told["channel"], told["tongue"])


def _sample(request: web.Request) -> str:
    chosen = request.query.get("sample", TYPICAL)
    return chosen if chosen in SAMPLES else TYPICAL


async def shelf(request: web.Request) -> web.Response:
    """Every message we say, by event; then the pages, and the words we understand."""
    entries = await request.app[HOUSE].studio.list(pages.who(request))
    events: dict[str, dict[tuple[str, str], list[str]]] = {}
    texts: dict[str, dict[str, dict[str, list[str]]]] = {}
    for entry in entries:
        states = [entry.state, *(["draft"] if entry.draft else []), *(["broken"] if entry.broken else [])]
        if entry.event in FACTS:
            events.setdefault(entry.event, {}).setdefault((entry.channel, entry.language), []).extend(states)
        else:
            texts.setdefault(entry.event, {}).setdefault(entry.part, {})[entry.language] = states
    waiting = [(entry, _place(entry)) for entry in entries if entry.draft or entry.broken]
    return await pages.page(request, "studio/shelf.html", {"events": events, "texts": texts, "waiting": waiting})


def _place(entry: Entry) -> str:
    """The page where an entry is changed."""
    if entry.event in FACTS:
        return Address(entry.event, entry.channel, entry.language).path
    return f"/texts/{entry.event}/{entry.language}/{entry.part}"


async def event(request: web.Request) -> web.Response:
    """One event in every language on every channel, side by side."""
    name = request.match_info["event"]
    if name not in FACTS:
        raise web.HTTPNotFound
    studio, viewer, sample = request.app[HOUSE].studio, pages.who(request), _sample(request)
    looks = await studio.looks(viewer, name, LANGUAGES, sample, drafts=True)
    context = {"event": name, "sample": sample, "samples": SAMPLES, **_table(name, looks)}
    return await pages.page(request, "studio/event.html", context)


async def template(request: web.Request) -> web.Response:
    """One message: its sources, and what a citizen would receive."""
    return await _show(request, _address(request), Said())


async def preview(request: web.Request) -> web.Response:
    """The previews alone, of words that are not saved: what htmx puts in their place while somebody types."""
    at, fields = _address(request), await pages.form(request)
    return pages.part(request, "studio/_typed.html", await _looks(request, at, _sources(at, fields)))


async def mail(request: web.Request) -> web.Response:
    """The HTML of a mail as its reader sees it, in a frame that can do nothing; the form's words win."""
    at = _address(request)
    fields = await pages.form(request) if request.method == "POST" else {}
    studio, viewer = request.app[HOUSE].studio, pages.who(request)
    keys = {(at.event, at.channel, at.tongue, part): said for part, said in _sources(at, fields).items()}
    looks = await studio.looks(viewer, at.event, [at.tongue], _sample(request), keys, drafts=True)
    seen = next((look.preview for look in looks if look.channel == "email" and look.preview), None)
    body = seen.rendered.parts.get("html", "") if seen is not None else ""
    return web.Response(text=body or "<!doctype html><title>–</title>", content_type="text/html", headers=FRAMED)


async def change(request: web.Request) -> web.Response:
    """Check, mend, keep, review, publish, go back, discard, or send to oneself."""
    at, fields = _address(request), await pages.form(request)
    sources, do = _sources(at, fields), fields.get("do", "check")
    if do == "plain":
        sources = {part: _plain(source) for part, source in sources.items()}
    if do in ("check", "plain"):
        return await _show(request, at, Said(sources, checked=True))
    if do not in (*_ACTS, "send"):
        raise web.HTTPBadRequest
    try:
        if do == "send":  # what was typed stays in the form
            return await _show(request, at, await _send(request, at, fields))
        sentence = await _ACTS[do](request, at, fields)
    except Refused as error:
        return await _show(request, at, Said(sources, checked=True, refused=str(error)))
    return await pages.back(request, at.path, sentence)


def _sources(at: Address, fields: Mapping[str, str]) -> dict[str, str]:
    return {part: fields[part] for part in CHANNELS[at.channel] if part in fields}


def _plain(source: str) -> str:
    """The source with every character that SMS lacks replaced, but for what stands in tags."""
    outside = lint.outside(source)
    return "".join(
        gsm.fold(letter) if letter not in gsm.GSM and letter == seen else letter
        for letter, seen in zip(source, outside, strict=True)
    )


# --- acts ------------------------------------------------------------------------------------------------------------


async def _save(request: web.Request, at: Address, fields: Mapping[str, str]) -> str:
    house, viewer = request.app[HOUSE], pages.who(request)
    for part, source in _sources(at, fields).items():
        shown = await house.studio.source(viewer, at.event, at.channel, at.tongue, part)
        if source.rstrip() != (shown.draft.source if shown.draft else shown.source).rstrip():
            await house.studio.save_draft(viewer, at.event, at.channel, at.tongue, part, source, house.clock())
    return "Draf disimpan."


async def _publish(request: web.Request, at: Address, fields: Mapping[str, str]) -> str:
    house, viewer = request.app[HOUSE], pages.who(request)
    viewer.needs(Right.PUBLISH)
    await _save(request, at, fields)
    await house.studio.publish(viewer, at.event, at.channel, at.tongue, house.clock())
    return "Terbit: mulai sekarang dipakai."


async def _review(request: web.Request, at: Address, fields: Mapping[str, str]) -> str:
    house = request.app[HOUSE]
    await house.studio.review(pages.who(request), at.event, at.channel, at.tongue, house.clock())
    return "Sudah ditinjau: sekarang dapat diterbitkan."


async def _withdraw(request: web.Request, at: Address, fields: Mapping[str, str]) -> str:
    house, part = request.app[HOUSE], fields.get("part", "")
    await house.studio.withdraw(pages.who(request), at.event, at.channel, at.tongue, part, house.clock())
    return "Kembali ke kata-kata bawaan."


async def _discard(request: web.Request, at: Address, fields: Mapping[str, str]) -> str:
    house, part = request.app[HOUSE], fields.get("part", "")
    await house.studio.discard(pages.who(request), at.event, at.channel, at.tongue, part, house.clock())
    return "Draf dibuang."


async def _rollback(request: web.Request, at: Address, fields: Mapping[str, str]) -> str:
    house, part = request.app[HOUSE], fields.get("part", "")
    version = pages.number(fields.get("version"), 10**6) or 0
    await house.studio.rollback(pages.who(request), at.event, at.channel, at.tongue, part, version, house.clock())
    return "Versi lama dipakai lagi."


async def _send(request: web.Request, at: Address, fields: Mapping[str, str]) -> Said:
    """Send what stands in the form to an address of one's own, formatted as a citizen would receive it."""
    house, viewer, sources = request.app[HOUSE], pages.who(request), _sources(at, fields)
    shown = await house.studio.preview(viewer, at.event, at.channel, at.tongue, sources or None, _sample(request))
    said = marked(at.channel, shown.rendered.language, shown.rendered.parts)
    line = fields.get("line") or next(iter(_lines(request, at)), "")
    to, of = fields.get("to", "")[:254], f"{at.event}/{at.channel}/{at.tongue}"
    sent = await house.lines.test(viewer, line, to, house.clock(), said=said, of=of)
    return Said(sources, sent=sent)


def _lines(request: web.Request, at: Address) -> list[str]:
    """The lines that carry a channel."""
    return [name for name, line in request.app[HOUSE].config.lines.items() if line.channel == at.channel]


_ACTS = {
    "save": _save,
    "publish": _publish,
    "review": _review,
    "withdraw": _withdraw,
    "discard": _discard,
    "rollback": _rollback,
}


# --- showing ---------------------------------------------------------------------------------------------------------


async def _show(request: web.Request, at: Address, said: Said) -> web.Response:
    viewer = pages.who(request)
    parts = [
        part
        for name in CHANNELS[at.channel]
        if (part := await _part(request, at, name, said)).source or (at.channel, name) != ("telegram", "text")
    ]
    drafts = [part.shown.draft for part in parts if part.shown.draft]
    context = {
        "parts": parts,
        "refused": said.refused,
        "checked": said.checked,
        "sent": said.sent,
        "samples": SAMPLES,
        "facts": known_facts(at.event),
        "filters": FILTERS,
        "reviewed": bool(drafts) and all(draft.state == REVIEWED for draft in drafts),
        "to_review": any(draft.state != REVIEWED and draft.who != viewer.who for draft in drafts),
        "foldable": at.channel == "sms" and any(f.code == "not_gsm" for part in parts for f in part.findings),
        "lines": _lines(request, at) if viewer.may(Right.CONTROL_BROADCAST) else (),
        "may_edit": viewer.may(Right.EDIT_TEMPLATE),
        "may_publish": viewer.may(Right.PUBLISH),
        **await _looks(request, at, {part.name: part.source for part in parts if part.source}),
    }
    return await pages.page(request, "studio/template.html", context, status=400 if said.refused else 200)


async def _part(request: web.Request, at: Address, name: str, said: Said) -> Part:
    studio, viewer = request.app[HOUSE].studio, pages.who(request)
    place = (at.event, at.channel, at.tongue, name)
    shown, history = await studio.source(viewer, *place), await studio.history(viewer, *place)
    source = said.sources.get(name, shown.draft.source if shown.draft else shown.source)
    look = (said.checked or shown.draft is not None) and (source or shown.source)
    return Part(
        name,
        shown,
        source,
        await studio.advise(viewer, *place, source) if look else (),
        history,
        await studio.diff(viewer, place) if shown.draft else (),
    )


async def _looks(request: web.Request, at: Address, sources: Mapping[str, str]) -> dict[str, object]:
    """What stands in the previews: the message large, and the event on every channel in every language beside it."""
    house, viewer, sample = request.app[HOUSE], pages.who(request), _sample(request)
    keys: dict[Key, str] = {(at.event, at.channel, at.tongue, part): said for part, said in sources.items()}
    tongues = tuple(dict.fromkeys((*LANGUAGES, at.tongue)))
    looks = await house.studio.looks(viewer, at.event, tongues, sample, keys, drafts=True)
    seen = next(look for look in looks if (look.channel, look.language) == (at.channel, at.tongue))
    price = next((line.price for line in house.config.lines.values() if line.channel == at.channel), 0)
    each = price * (seen.preview.segments.count if seen.preview and seen.preview.segments else 1)
    people = await house.studio.planned(viewer, at.event)
    return {
        "at": at,
        "sample": sample,
        "seen": seen,
        "each": each,
        "people": people,
        "total": each * people,
        "buttons": buttons(at.event, at.tongue) if at.channel == "telegram" else (),
        **_table(at.event, looks),
    }


def _table(event: str, looks: Sequence[Look]) -> dict[str, object]:
    rows = {channel: [look for look in looks if look.channel == channel] for channel in CHANNELS}
    keys = {language: buttons(event, language) for language in {look.language for look in looks}}
    return {"rows": rows, "keys": keys, "to_citizens": kinds.to_citizens(event)}


def known_facts(event: str) -> Sequence[tuple[str, Fact]]:
    """What a template of this event can name, by name."""
    return sorted(FACTS[event].items())
