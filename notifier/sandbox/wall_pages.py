"""How the phone wall's pages are drawn: where their templates lie, and how times, links and pictures are written."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from notifier.sandbox.markup import safe_html
from notifier.sandbox.phones import Phones

HERE = Path(__file__).parent
ZONE = ZoneInfo("Asia/Jakarta")  # the wall's clock
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
TITLES: Mapping[str, str] = {"sms": "SMS", "telegram": "Telegram", "email": "Surel"}
SHOWABLE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def templates(phones: Phones) -> jinja2.Environment:
    """Beside the package in a repository, inside it in a wheel."""
    places = [HERE.parent / "templates" / "web" / "wall", HERE.parents[1] / "templates" / "web" / "wall"]
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader([place for place in places if place.is_dir()]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["formatted"] = lambda source: Markup(safe_html(source))  # noqa: S704 - that is what safe_html is for
    pages.filters["day"] = _day
    pages.filters["clock"] = lambda at: f"{at.astimezone(ZONE):%H.%M}"
    pages.filters["linked"] = _linked
    pages.globals["picture"] = lambda handle: (kept := phones.attached(handle)) is not None and kept.type in SHOWABLE
    pages.globals["kept"] = lambda handle: phones.attached(handle) is not None
    pages.globals["titles"] = TITLES
    return pages


def _day(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{DAYS[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} {local.year}"


def _linked(text: str) -> Markup:
    """Plain text with its web addresses made links, as phones show it."""
    pieces = re.split(r"(https?://[^\s<>\"']+)", text)
    shown = [
        Markup('<a href="{0}" rel="noopener noreferrer" target="_blank">{0}</a>').format(piece) if place % 2 else piece
        for place, piece in enumerate(pieces)
    ]
    return Markup("").join(shown)
