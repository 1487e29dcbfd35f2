"""How a page is made: its templates, the words and times in it, and what a form brings in. Knows no room by name."""

import re
from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from textwrap import shorten
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web
from jinja2.runtime import Context
from markupsafe import Markup

from notifier.errors import Refused
from notifier.render import Fact, Finding, said
from notifier.render.compare import worded
from notifier.render.facts import usual
from notifier.rules.roles import Right, Viewer
from notifier.store.broadcasts import Broadcast
from notifier.web import findings, language, session
from notifier.web.house import HOUSE
from notifier.web.meanings import meant

HERE = Path(__file__).parent
STATIC = HERE / "static"
# What has no entry in the menu of its own → the one it belongs to.
BESIDE = {"points": "/rounds", "programmes": "/rounds", "plans": "/broadcasts", "texts": "/templates"}
VIEWER = "viewer"  # key of the request: who looks, put there by the guard
MOST_DAYS_BEFORE = 31  # a reminder further from its round belongs to another day than the present one
BRIEF = 40  # characters of a general notice in its heading
LONGEST_FIELD = 200_000  # characters of one form field
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def setup(app: web.Application) -> None:
    """Give an application its templates."""
    places = [HERE.parent / "templates" / "web", HERE.parents[1] / "templates" / "web"]
    pages = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader([place for place in places if place.is_dir()]),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        auto_reload=False,  # they come with the version
        trim_blocks=True,
        lstrip_blocks=True,
        default_helpers=False,
    )
    pages.globals |= {"t": _t, "static": static, "Right": Right}
    pages.filters |= {
        "refusal": _refusal,
        "finding": _finding,
        "excerpt": lambda finding, source: findings.excerpt(source, finding),
        "worded": worded,
        "meant": _meant,
        "usual": _usual,
        "sampled": _sampled,
        "why": _why,
        "when": _when,
        "weekday": _weekday,
        "dayname": _dayname,
        "monthname": _monthname,
        "clock": _clock,
        "day": _day,
        "left": _left,
        "hours": _hours,
        "word": _word,
        "code": _code,
        "heading": _heading,
        "fate": fate,
        "money": _money,
        "n": _n,
        "figure": _figure,
    }


# --- showing ---------------------------------------------------------------------------------------------------------


async def page(
    request: web.Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """A whole page for whoever looks."""
    flash = await session.said(request) if request.get(VIEWER) else []
    return part(request, template, {"flash": flash, **(context or {})}, status=status)


def part(
    request: web.Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """A piece of a page that htmx puts in its place."""
    house, viewer = request.app[HOUSE], request.get(VIEWER)
    around: dict[str, Any] = {
        "viewer": viewer,
        "rooms": kept(request, "_rooms.html", room=_room(request.path), viewer=anybody(viewer)) if viewer else "",
        "language": tongue(request),
        "path": request.path,
        "service": house.config.service,
        "now": house.clock(),
        "held_back": not house.restored.open,
        "flash": [],
    }
    return aiohttp_jinja2.render_template(template, request, {**around, **(context or {})}, status=status)


def _room(path: str) -> str:
    """The entry of the menu that an address belongs to."""
    first = path.split("/", 2)[1]
    return BESIDE.get(first, f"/{first}")


def anybody(viewer: Viewer) -> Viewer:
    """Whoever has this role: for pieces that they are all shown alike."""
    return Viewer(0, "", viewer.role)


def kept(request: web.Request, template: str, *, keep: bool = True, **context: Hashable) -> Markup:
    """A piece that many pages show alike: rendered once for the same context, and kept among the last ones. It must
    show nothing that is not told here: neither who looks nor the present moment. `keep` False: it holds what somebody
    wrote.
    """
    rendered = _piece if keep else _piece.__wrapped__
    return rendered(aiohttp_jinja2.get_env(request.app), template, tongue(request), tuple(context.items()))


@lru_cache(maxsize=128)  # about 5 KB each
def _piece(env: jinja2.Environment, template: str, tongue: str, context: tuple[tuple[str, Hashable], ...]) -> Markup:
    return Markup(env.get_template(template).render(dict(context), language=tongue))  # noqa: S704 - our own template


def tongue(request: web.Request) -> str:
    """The language of this page: the colleague's own, or what the address asks for, or what was chosen before."""
    kept = request.get(session.KEPT)
    if kept is not None and kept.account is not None:
        return str(kept.account.language)
    asked = request.query.get("bahasa") or request.cookies.get("bahasa")
    return "en" if asked == "en" else "id"


def who(request: web.Request) -> Viewer:
    """Who looks; the guard has seen to it that somebody does."""
    viewer: Viewer = request[VIEWER]
    return viewer


async def back(request: web.Request, place: str, sentence: str = "", **values: Any) -> web.Response:
    """Send the browser to a page of ours after a form was taken, with a sentence to show there."""
    if sentence:
        await session.say(request, language.text(sentence, tongue(request), **values))
    return web.Response(status=303, headers={"Location": place})


# --- reading forms ---------------------------------------------------------------------------------------------------


async def form(request: web.Request) -> dict[str, str]:
    """The fields of a form, without what no text needs (NUL, control characters, half characters)."""
    try:
        posted = await request.post()
    except (ValueError, LookupError):  # bytes that are no text, a character set nobody knows
        raise web.HTTPBadRequest(reason="Unreadable form") from None
    return {name: clean(value) for name, value in posted.items() if isinstance(value, str)}


def clean(text: str) -> str:
    """A field as the service keeps it."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_FIELD]


def number(text: str | None, largest: int = 2**53) -> int | None:
    """A whole number from an address or a field; None for anything else."""
    return int(text) if text and re.fullmatch(r"\d{1,16}", text, re.ASCII) and int(text) <= largest else None


def day(text: str | None) -> date | None:
    """A day as an address names it: 2026-12-05; None for anything else."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def rupiah(text: str | None) -> int | None:
    """An amount from a field, with or without dots and "Rp"; None for an empty one. Raises Refused for words."""
    plain = re.sub(r"[.\s]|rp", "", text or "", flags=re.IGNORECASE)
    if not plain:
        return None
    amount = number(plain)
    if amount is None:
        raise Refused(f'"{clean(text or "")[:20]}" is no amount of rupiah; write digits, such as 2500000')
    return amount


def local_path(text: str | None) -> str:
    """A path on this very service to go on to; the start page for anything else."""
    return text if text and re.fullmatch(r"/(?![/\\])[\w\-./?=&%]*", text, re.ASCII) and len(text) < 500 else "/home"


def file_name(text: str) -> str:
    """A name that a citizen gave a file, made fit for a colleague's disk."""
    plain = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]', "_", clean(text)).strip(". ")
    return plain[-80:] or "lampiran"


# --- words and times -------------------------------------------------------------------------------------------------


@jinja2.pass_context
def _t(context: Context, text: str, **values: Any) -> str:
    return language.text(text, context["language"], **values)


@jinja2.pass_context
def _word(context: Context, value: Any, kind: str) -> str:
    return language.word(kind, str(value), context["language"])


@jinja2.pass_context
def _refusal(context: Context, sentence: str) -> str:
    return language.refusal(sentence, context["language"])


@jinja2.pass_context
def _finding(context: Context, finding: Finding) -> str:
    return findings.sentence(finding, context["language"])


@jinja2.pass_context
def _meant(context: Context, meaning: str) -> str:
    return meant(meaning, context["language"])


def _usual(fact: Fact, name: str) -> str:
    return usual(name, fact)


@jinja2.pass_context
def _sampled(context: Context, fact: Fact) -> str:
    """What a fact may be, as people read it."""
    tongue, sample = context["language"], fact.sample
    if fact.kind == "time":
        return moment(datetime.fromisoformat(sample), context["service"].zone, tongue)
    if fact.kind in ("money", "code"):
        return said.rupiah(sample, said.language(tongue)) if fact.kind == "money" else said.code(sample, tongue)
    return "" if fact.kind == "flag" else str(sample)


@jinja2.pass_context
def _why(context: Context, sentence: str) -> str:
    return language.why(sentence, context["language"])


@jinja2.pass_context
def _code(context: Context, value: Any) -> str:
    return said.code(value, context["language"])


@jinja2.pass_context
def _when(context: Context, at: datetime | None, zone: str | None = None) -> str:
    return moment(at, zone or context["service"].zone, context["language"]) if at else "–"


@jinja2.pass_context
def _day(context: Context, at: datetime, zone: str | None = None) -> str:
    return said.full_date(said.local(at, zone or context["service"].zone), context["language"])


@jinja2.pass_context
def _weekday(context: Context, day: date) -> str:
    tongue = said.language(context["language"])
    return f"{said.DAYS[tongue][day.weekday()][:3]} {day.day} {said.MONTHS[tongue][day.month - 1][:3]} {day.year}"


@jinja2.pass_context
def _dayname(context: Context, day: date) -> str:
    return said.DAYS[said.language(context["language"])][day.weekday()]


@jinja2.pass_context
def _monthname(context: Context, day: date) -> str:
    return f"{said.MONTHS[said.language(context['language'])][day.month - 1]} {day.year}"


@jinja2.pass_context
def _clock(context: Context, at: datetime, zone: str) -> str:
    local = said.local(at, zone)
    return f"{local:%H.%M}" if context["language"] == "id" else f"{local:%H:%M}"


@jinja2.pass_context
def _left(context: Context, due: datetime | None) -> str:
    return time_left(due, context["now"], context["language"])


@jinja2.pass_context
def _hours(context: Context, hours: float) -> str:
    return span(timedelta(hours=hours), context["language"])


@jinja2.pass_context
def _heading(context: Context, b: Broadcast) -> str:
    """What a broadcast is called; reminders of one round are told apart by the days before it: H-3, H-1, H. One of a
    round that was changed since was so many days before another date.
    """
    name, english = language.word("event", b.event, context["language"]), context["language"] == "en"
    if b.round_id is None and (words := str(b.facts.get("text", ""))):
        return f"{name}: {shorten(words, BRIEF, placeholder='…')}"
    if b.event != "round_reminder":
        return name
    if b.round_version != b.round_now:
        return f"{name} ({'older dates' if english else 'jadwal lama'})"
    days = (said.local(b.opens_at, b.zone).date() - said.local(b.at, b.zone).date()).days
    if not 0 <= days <= MOST_DAYS_BEFORE:
        return name
    return f"{name} {'D' if english else 'H'}{f'-{days}' if days else ''}"


def fate(b: Broadcast) -> str:
    """The state of a broadcast as it is shown: stopped before anybody was sent anything, it is withdrawn."""
    return "withdrawn" if b.state == "stopped" and not b.expanded else b.state


@jinja2.pass_context
def _money(context: Context, rupiah: int | None) -> str:
    return said.rupiah(rupiah, context["language"]) if rupiah is not None else "–"


@jinja2.pass_context
def _n(context: Context, number: int) -> str:
    return counted(number, context["language"])


@jinja2.pass_context
def _figure(context: Context, number: float | None) -> str:
    """A number with one place behind the comma, in small; "–" for none."""
    if number is None:
        return "–"
    text = "<0.1" if 0 < number < 0.05 else f"{number:.1f}"
    return text.replace(".", ",") if context["language"] == "id" else text


def counted(number: int, tongue: str) -> str:
    """A number with its thousands apart."""
    return f"{number:,}".replace(",", "." if tongue == "id" else ",")


def moment(at: datetime, zone: str, tongue: str) -> str:
    """An instant in short: "Sen 7 Des 2026, 10.05 WIB"."""
    local = said.local(at, zone)
    days, months = said.DAYS[said.language(tongue)], said.MONTHS[said.language(tongue)]
    day = f"{days[local.weekday()][:3]} {local.day} {months[local.month - 1][:3]} {local.year}"
    clock = f"{local:%H.%M}" if tongue == "id" else f"{local:%H:%M}"
    return f"{day}, {clock} {said.ZONES.get(zone, local.tzname() or zone)}"


def time_left(due: datetime | None, now: datetime, tongue: str) -> str:
    """How long until `due`, in words: "3 jam lagi", "terlambat 2 hari"."""
    if due is None:
        return language.text("tanpa tenggat", tongue)
    late = due < now
    return language.text("terlambat {span}" if late else "{span} lagi", tongue, span=span(abs(due - now), tongue))


def span(length: timedelta, tongue: str) -> str:
    """A length of time in its largest unit that tells enough."""
    minutes = int(length.total_seconds() // 60)
    units: Sequence[tuple[int, int, str]] = ((60 * 24, 2, "{n} hari"), (60, 2, "{n} jam"), (1, 1, "{n} menit"))
    for size, least, words in units:
        if minutes >= size * least:
            return language.text(words, tongue, n=minutes // size)
    return language.text("kurang dari semenit", tongue)


@lru_cache(maxsize=64)
def static(name: str) -> str:
    """The address of a static file, with its digest so that browsers may keep it for ever."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"
