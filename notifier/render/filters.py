"""The filters a template may use, bound to one language; each says what is wrong as a sentence.

Dates cost more than the rest of a message, and a broadcast says the same few: they are remembered. Knows nothing of
events or channels, but that SMS counts septets.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context, Undefined
from markupsafe import Markup, escape

from channels import gsm
from notifier.render import said

REMEMBERED = 4096  # formatted dates and cut names a language keeps
SHORTEST, LONGEST = 4, 1000  # what singkat() may be asked for
LEAST = 3  # letters of a word that is cut
_LONG_WORDS = re.compile(rf"\b(?:{'|'.join(said.SHORT)})\b", re.IGNORECASE)

# name -> (what it does, an example of its use)
FILTERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "tanggal": ("full date: Senin, 7 Desember 2026", "{{ opens_at|tanggal }}"),
        "tanggal_pendek": ("short date: 7 Des 2026", "{{ opens_at|tanggal_pendek }}"),
        "tanggal_bulan": ("day and month: 7 Des", "{{ opens_at|tanggal_bulan }}"),
        "jam": ("hour with its zone: 08.00 WIB", "{{ opens_at|jam }}"),
        "pukul": ("hour alone: 08.00", "{{ opens_at|pukul }}"),
        "rupiah": ("an amount: Rp200.000", "{{ amount|rupiah }}"),
        "singkat": (
            "at most so many characters: Kelurahan becomes Kel., then the end is left off",
            "{{ name|singkat(20) }}",
        ),
        "sebut": ("what stands for a code: Bantuan belum diterima", "{{ category|sebut }}"),
        "baris": ("keeps line breaks in e-mail HTML", "{{ text|baris }}"),
    }
)


class Unfit(ValueError):
    """A filter can't say what it was given; the text is a sentence."""


def bound(language: str, *, sms: bool, html: bool) -> dict[str, Callable[..., Any]]:
    """The filters for one language and kind of part."""
    tongue = said.language(language)
    return {
        "tanggal": _dated(said.full_date, tongue),
        "tanggal_pendek": _dated(said.short_date, tongue),
        "tanggal_bulan": _dated(said.day_month, tongue),
        "jam": _timed(said.hour_and_zone, tongue),
        "pukul": _timed(said.hour, tongue),
        "rupiah": _amount(tongue),
        "singkat": _cut_for_sms if sms else _cut,
        "sebut": _code(tongue),
        "baris": _lines if html else _as_it_is,
    }


def _dated(form: Callable[[date, str], str], tongue: str) -> Callable[..., str]:
    return _remembering(lambda value, zone: form(_day(value, zone), tongue))


def _timed(form: Callable[[datetime, str], str], tongue: str) -> Callable[..., str]:
    return _remembering(lambda value, zone: form(said.local(value, zone), tongue))


def _remembering(form: Callable[[Any, str], str]) -> Callable[..., str]:
    known = lru_cache(REMEMBERED)(form)

    @pass_context
    def filter_(context: Context, value: Any) -> str:
        _there(value)
        zone = context.resolve_or_missing("zone")
        try:
            return known(value, zone)
        except (TypeError, ValueError, OverflowError) as error:
            raise Unfit(str(error)) from None

    return filter_


def _day(value: object, zone: str) -> date:
    """A date is its own day everywhere; an instant has the day of the zone."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return said.local(value, zone)


def _amount(tongue: str) -> Callable[[Any], str]:
    known = lru_cache(REMEMBERED)(said.rupiah)

    def filter_(value: Any) -> str:
        _there(value)
        try:
            return known(value, tongue)
        except (TypeError, ValueError) as error:
            raise Unfit(str(error)) from None

    return filter_


def _code(tongue: str) -> Callable[[Any], str]:
    def filter_(value: Any) -> str:
        return "" if value is None else said.code(_there(value), tongue)

    return filter_


def _cut(value: Any, length: int) -> str:
    return "" if value is None else cut(str(_there(value)), length)


def _cut_for_sms(value: Any, length: int) -> str:
    return "" if value is None else _known_cut(str(_there(value)), length)


@lru_cache(REMEMBERED)
def _known_cut(text: str, length: int) -> str:
    """As `cut`, in the septets of GSM-7 after folding: an escaped character takes the room of two."""
    plain = gsm.fold(text)
    escaped = sum(map(plain.count, gsm.EXTENSION))
    return plain if len(plain) + escaped <= length else cut(plain, max(length - escaped, SHORTEST), "..")


def cut(text: str, length: int, mark: str = "…") -> str:
    """At most `length` characters: long words in their usual short form first, then the end left off."""
    if len(text) <= length:
        return text
    text = _LONG_WORDS.sub(lambda word: said.SHORT[word[0].lower()], text)
    if len(text) <= length:
        return text
    short = text[: length - len(mark)]
    begun = short[short.rfind(" ") + 1 :]
    if 0 < len(begun) < min(LEAST, len(short)) and text[len(short)] != " ":
        short = short[: -len(begun)]  # one or two letters of a word tell nothing
    return short.rstrip(" ,;:-/(.") + mark


def _lines(value: Any) -> Markup:
    text = str(escape("" if value is None else _there(value)))
    return Markup(text.replace("\r\n", "\n").replace("\n", "<br>\n"))  # noqa: S704 - escaped on the line above


def _as_it_is(value: Any) -> Any:
    return value


def _there(value: Any) -> Any:
    if value is None:
        raise Unfit("a fact is empty where words need it; ask first, as in {% if amount %}…{% endif %}")
    if isinstance(value, Undefined):
        str(value)  # raises: the fact was not brought
    return value
