"""The words of the pages that citizens read: one table of sentences a page and language, shipped as files.

A version people make of a page is that page's table, written as `key = "sentence"` lines. Knows no page by its look.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from notifier.errors import Refused
from notifier.render.grammar import Finding
from notifier.render.words import shipped_folder

Table = Mapping[str, str]  # key → sentence
LANGUAGES = ("id", "en", "jv", "su")
MAIN = "id"  # what a language lacks is said in it
LONGEST = 12_000  # characters of one page's words
PLACES = re.compile(r"\{(\w+)\}")
_KEY = re.compile(r"^\s*\"?([\w.-]+)\"?\s*=", re.MULTILINE)
_NIK = re.compile(r"(?<!\d)\d(?:[ .-]?\d){15}(?!\d)")
_MORE = re.compile(r"[qa]\d{1,2}")  # questions and answers may become more
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@cache
def catalogue(language: str) -> Mapping[str, Table]:
    """The shipped words of a language, by page and key."""
    folder = shipped_folder().parent / "web" / "public" / "words"
    return MappingProxyType(tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8")))


def written(table: Table) -> str:
    """A table as people edit it."""
    return "".join(f"{_key(key)} = {_quoted(sentence)}\n" for key, sentence in table.items())


def read(source: str) -> Table:
    """The table of a source that was checked."""
    return MappingProxyType(tomllib.loads(source))


def known(language: str, page: str) -> None:
    """Raises Refused for a page or a language that is not there."""
    if page not in catalogue(MAIN):
        raise Refused(f'there is no page "{page}"; there are: {", ".join(catalogue(MAIN))}')
    if language not in LANGUAGES:
        raise Refused(f'the pages are not read in "{language}"; they are in: {", ".join(LANGUAGES)}')


def check(page: str, source: str) -> list[Finding]:
    """What is wrong with a page's words. Linear in the source; never raises."""
    return judged(catalogue(MAIN)[page], source, more=page == "faq")


def judged(shipped: Table, source: str, *, more: bool = False) -> list[Finding]:
    """What is wrong with sentences that lie over the `shipped` ones; `more` questions and answers may come."""
    if len(source) > LONGEST:
        message = f"This has {len(source)} characters; at most {LONGEST} are read."
        return [Finding(1, 1, "error", "too_long", message, "Say it in fewer words.")]
    try:
        table = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = _AT.search(str(error))
        place = (int(at[1]), int(at[2])) if at and at[1] else (source.count("\n") + 1, 1)
        message = f"This can't be read: {_AT.sub('', str(error))}."
        return [Finding(*place, "error", "syntax", message, 'Write key = "sentence", one a line.')]
    return sorted(_judged(shipped, lines_of(source), table, more), key=lambda one: (one.line, one.column))


def _judged(shipped: Table, lines: Mapping[str, int], table: Mapping[str, object], more: bool) -> Iterator[Finding]:
    for key, sentence in table.items():
        at = lines.get(key, 1)
        if key not in shipped and not (more and _MORE.fullmatch(key)):
            listed = ", ".join(shipped)
            yield Finding(at, 1, "error", "unknown_key", f'There is no sentence "{key}" here.', f"There are: {listed}.")
        elif not isinstance(sentence, str) or not sentence.strip():
            yield Finding(at, 1, "error", "says_nothing", f"{key} says nothing.", f'Write {key} = "…".')
        else:
            yield from _sentence(key, sentence, shipped.get(key, ""), at)
    for number in range(1, 100 if more else 1):
        asked, answered = f"q{number}" in table, f"a{number}" in table
        if asked != answered:
            here, lacks = (f"q{number}", f"a{number}") if asked else (f"a{number}", f"q{number}")
            message = f"{here} has no {lacks}: a question and its answer go together."
            yield Finding(lines.get(here, 1), 1, "error", "missing_part", message, f'Write {lacks} = "…".')
        elif asked and number > 1 and f"q{number - 1}" not in {**shipped, **table}:
            message = f"q{number} comes after no q{number - 1}: the page would not show it."
            yield Finding(lines.get(f"q{number}", 1), 1, "error", "unknown_key", message, "Number them without a gap.")


def _sentence(key: str, sentence: str, shipped: str, at: int) -> Iterator[Finding]:
    places, wanted = ({*PLACES.findall(text)} for text in (sentence, shipped))
    left = PLACES.sub("", sentence)
    if places != wanted or "{" in left or "}" in left:
        told = " ".join(f"{{{name}}}" for name in sorted(wanted))
        suggestion = f"Keep {told}." if told else "Leave braces out."
        yield Finding(at, 1, "error", "left_over", f"What stands in braces in {key} is filled in by us.", suggestion)
    if "<" in sentence or ">" in sentence:
        message = f"{key} has < or >: citizens read it as it stands here."
        yield Finding(at, 1, "advice", "markup", message, "Say it in words.")
    if _NIK.search(sentence):
        message = "These 16 digits look like a NIK, which is never written here."
        yield Finding(at, 1, "error", "personal_data", message, "Leave it out.")


def lines_of(source: str) -> Mapping[str, int]:
    """The line of each key."""
    found: dict[str, int] = {}
    line, end = 1, 0
    for key in _KEY.finditer(source):
        line, end = line + source.count("\n", end, key.start(1)), key.start(1)
        found.setdefault(key[1], line)
    return found


def _key(key: str) -> str:
    return f'"{key}"' if "." in key else key


def _quoted(sentence: str) -> str:
    plain = sentence.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{plain}"'
