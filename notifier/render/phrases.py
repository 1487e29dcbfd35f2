"""What the conversations say: templates/talk/<language>.toml, one phrase a key, its facts filled in.

Knows the folder of phrases and how things are said in each language; no flow, no channel but that SMS is short.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from channels import gsm
from notifier.render import said
from notifier.render.filters import cut
from notifier.render.words import FALLBACK, RenderError, shipped_folder

Phrase = str
GENERAL = "general"  # the section of what stands before the first one
_FACT = re.compile(r"\{(\w+)\}")
# fact → the most signs of it that an SMS has room for
SHORT: Mapping[str, int] = MappingProxyType({"programme": 11, "period": 16, "venue": 26, "note": 24, "label": 18})
LONG = 300


@lru_cache(4)
def shipped_phrases(folder: Path | None = None) -> Mapping[str, Mapping[str, Phrase]]:
    """language → phrase by its dotted name. Raises RenderError for a language that lacks one Indonesian has."""
    root = folder or shipped_folder().with_name("talk")
    found = {path.stem: _flat(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(root.glob("*.toml"))}
    if FALLBACK not in found:
        raise RenderError(f"the folder {root} has no {FALLBACK}.toml: install again")
    for language, phrases in found.items():
        odd = sorted(found[FALLBACK].keys() ^ phrases.keys())
        if odd:
            raise RenderError(f"{root / language}.toml and {FALLBACK}.toml differ in the phrase {odd[0]}")
    return MappingProxyType(found)


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, Phrase]:
    flat: dict[str, Phrase] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": str(value)}
    return flat


def sections(language: str) -> Mapping[str, Mapping[str, Phrase]]:
    """The shipped phrases of a language as people edit them: section → phrase by its name there."""
    found: dict[str, dict[str, Phrase]] = {}
    for name, phrase in shipped_phrases()[language].items():
        section, key = _place(name)
        found.setdefault(section, {})[key] = phrase
    return found


def named(section: str, key: str) -> str:
    """The dotted name of a phrase of a section."""
    return key if section == GENERAL else f"{section}.{key}"


def _place(name: str) -> tuple[str, str]:
    section, dot, key = name.partition(".")
    return (section, key) if dot and section != "again" else (GENERAL, name)


class Phrases:
    """What is said, in the language asked for or else in Indonesian. One per process; `take` brings what people
    published up to date.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._shipped = shipped_phrases(folder)
        self._known = self._shipped

    def take(self, changed: Mapping[str, Mapping[str, Phrase]]) -> None:
        """Say these from now on: language → phrase by its dotted name; everything else is as shipped."""
        self._known = {language: {**table, **changed.get(language, {})} for language, table in self._shipped.items()}

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that can be spoken, by their codes."""
        return tuple(self._known)

    def say(self, language: str, phrase: str, facts: Mapping[str, Any], *, short: bool) -> str:
        """One phrase; `short` leaves off what an SMS has no room for. KeyError for a phrase nobody wrote."""
        table = self._known.get(language, self._known[FALLBACK])
        ready = _ready(facts, said.language(language), short)
        words = _FACT.sub(lambda found: ready.get(found[1], ""), table[phrase])
        words = " ".join(words.split())
        return gsm.fold(words) if short else words

    def label(self, language: str, code: str, given: str = "", *, short: bool) -> str:
        """What stands on a choice."""
        table = self._known.get(language, self._known[FALLBACK])
        words = given or table.get(f"label.{code}", code)
        return cut(gsm.fold(words), SHORT["label"], "..") if short else words

    def numbered(self, language: str, labels: Sequence[str], *, short: bool) -> str:
        """The choices as what is answered by a number: in one line for an SMS, else one below the other."""
        if not labels:
            return ""
        table = self._known.get(language, self._known[FALLBACK])
        rows = [f"{number} {label}" for number, label in enumerate(labels, start=1)]
        return " ".join((table["numbers"], *rows)) if short else "\n".join((table["numbers"], *rows))


def _ready(facts: Mapping[str, Any], tongue: str, short: bool) -> dict[str, str]:
    """Facts as words: codes and times said, long ones cut."""
    ready = {name: "" if value is None else str(value) for name, value in facts.items()}
    if "status" in ready:
        ready["status"] = said.code(ready["status"], tongue)
    if ready.get("opens_at"):
        zone = ready.get("zone") or "Asia/Jakarta"
        opens, closes = said.local(facts["opens_at"], zone), said.local(facts["closes_at"], zone)
        day = said.short_date if short else said.full_date
        hours = f"{said.hour(opens, tongue)}-{said.hour_and_zone(closes, tongue)}"
        if opens.date() == closes.date():
            ready["when"] = f"{day(opens, tongue)} {hours}"
        else:
            first = said.day_month(opens, tongue) if short else day(opens, tongue)
            ready["when"] = f"{first}-{day(closes, tongue)} {hours}"
    if short:
        for name, most in SHORT.items():
            if name in ready:
                ready[name] = cut(gsm.fold(ready[name]), most, "..")
    return {name: words[:LONG] for name, words in ready.items()}


@lru_cache(16)
def guide(name: str, language: str) -> tuple[str, bytes]:
    """(file name, text) of a document that is sent on request, else the Indonesian one. KeyError for none."""
    root = shipped_folder().with_name("guides")
    for tongue in (language, FALLBACK):
        path = root / f"{name}.{tongue}.txt"
        if path.exists():
            return path.read_text(encoding="utf-8").partition("\n")[0][:60] + ".txt", path.read_bytes()
    raise KeyError(name)
