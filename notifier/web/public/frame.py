"""What all public pages share: the language they are read in, their words, and where a request seems to come from.

Words are data: `templates/web/public/words/<language>.toml`, one table a page, and what people published over it in the
studio. What a language lacks is said in Indonesian. Knows no page.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import jinja2
from aiohttp import web

from notifier.render import said
from notifier.render.pagetexts import catalogue
from notifier.web import pages, whence
from notifier.web.house import HOUSE

LANGUAGES: Mapping[str, str] = {"id": "Indonesia", "en": "English", "jv": "Jawa", "su": "Sunda"}
COOKIE = "bahasa"
A_YEAR = 365 * 24 * 3600  # seconds
# Javanese and Sundanese were written by people who learned them; a native reader has still to say yes.
FOR_REVIEW = frozenset({"jv", "su"})
TROUBLES = frozenset({400, 404, 413, 500})  # what is told apart on a citizen's page
MENU = (
    ("/jadwal", "calendar", "schedule"),
    ("/cek", "check", "status"),
    ("/lapor", "speak", "complain"),
    ("/lacak", "track", "follow"),
    ("/asli", "shield", "genuine"),
    ("/cara-lapor", "book", "how"),
    ("/tanya", "ask", "faq"),
    ("/program", "list", "programmes"),
    ("/layanan", "chart", "statistics"),
    ("/berhenti", "bell", "stop"),
)


def say(request: web.Request, key: str, **values: Any) -> str:
    """A sentence by "page.key" in the reader's language, with its values filled in."""
    return request.app[HOUSE].texts.say(tongue(request), key, **values)


def tongue(request: web.Request) -> str:
    """The language of this page: what the address asks for, else what was chosen before, else the service's."""
    asked = request.query.get(COOKIE) or request.cookies.get(COOKIE) or request.app[HOUSE].config.service.language
    return asked if asked in LANGUAGES else "id"


def show(
    request: web.Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """A public page in the reader's language; a language that was just chosen is kept for a year."""
    spoken = tongue(request)
    around = {
        "language": spoken,
        "s": _sayer(request, spoken),
        "languages": LANGUAGES,
        "speak": _speaker(request),
        "menu": MENU,
        "for_review": spoken in FOR_REVIEW,
        "day_of": _day,
        "hours_of": _hours,
        "programme_of": _programme,
    }
    response = pages.part(request, f"public/{template}", {**around, **(context or {})}, status=status)
    if request.query.get(COOKIE) in LANGUAGES:
        secure = request.app[HOUSE].config.service.secure_cookies
        response.set_cookie(COOKIE, spoken, max_age=A_YEAR, httponly=True, samesite="Lax", secure=secure)
    return response


def _sayer(request: web.Request, spoken: str) -> Callable[..., str]:
    return partial(request.app[HOUSE].texts.say, spoken)


def _speaker(request: web.Request) -> Callable[[str], str]:
    """The address of this page in another language; of a form's answer, that of the form."""
    kept = {name: value[:60] for name, value in request.query.items() if name in ("w", "jadwal", "kode", "nilai")}

    def address(language: str) -> str:
        return f"{request.path}?{urlencode({**kept, COOKIE: language})}"

    return address


@jinja2.pass_context
def _day(context: jinja2.runtime.Context, at: datetime, zone: str) -> str:
    """Senin, 7 Desember 2026."""
    return said.full_date(said.local(at, zone), said.language(context["language"]))


@jinja2.pass_context
def _hours(context: jinja2.runtime.Context, opens: datetime, closes: datetime, zone: str) -> str:
    """08.00 – 15.00 WIB."""
    spoken = context["language"]
    return f"{said.hour(said.local(opens, zone), spoken)} – {said.hour_and_zone(said.local(closes, zone), spoken)}"


@jinja2.pass_context
def _programme(context: jinja2.runtime.Context, code: str) -> str:
    """PKH (Program Keluarga Harapan); a programme nobody described as it came."""
    sentence: str = context["s"](f"programmes.{code}") if code in catalogue("id")["programmes"] else code
    return sentence


def clock(request: web.Request, at: datetime) -> str:
    """An hour of the service's zone: 10.05 WIB; with its day when that is not today."""
    house, spoken = request.app[HOUSE], tongue(request)
    local, today = (said.local(when, house.config.service.zone) for when in (at, house.clock()))
    hour = said.hour_and_zone(local, spoken)
    return hour if local.date() == today.date() else f"{said.full_date(local, said.language(spoken))}, {hour}"


def source(request: web.Request) -> str:
    """The block of addresses a request comes from: limits count by it, nothing of a citizen's is kept in clear."""
    return whence.block(request, request.app[HOUSE].config.service.proxies)


def too_often(request: web.Request, until: datetime) -> web.Response:
    """A friendly page for who has tried too often, with the time to come again."""
    house = request.app[HOUSE]
    at = clock(request, until + timedelta(minutes=1))  # told in whole minutes, and never too early
    response = show(request, "wait.html", {"at": at}, status=429)
    response.headers["Retry-After"] = str(max(int((until - house.clock()).total_seconds()) + 1, 1))
    return response


def trouble(request: web.Request, code: int, allow: str | None = None) -> web.Response:
    """What went wrong, in words a citizen can do something with."""
    found = code if code in TROUBLES else 400
    response = show(request, "trouble.html", {"code": found}, status=code)
    if allow:
        response.headers["Allow"] = allow
    return response
