"""Words that a team adds to the shipped lexicon, and shipped ones it turns off: spellings, synonyms, patterns, by key.

It must not know where the additions are kept, nor who wrote them.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from notifier.rules.words.lexicon import Lexicon
from notifier.rules.words.patterns import SECTIONS, BadLexicon

LONGEST = 20_000  # characters
_BETWEEN: Mapping[str, str] = {"settings": " ", "pairs": ", ", "spelling": " ", "concepts": "\n"}
_COMMA = frozenset({"deniable"})  # settings whose words stand between commas
OFF = "without"  # the section of what is turned off
EMPTY = """\
# Kata tambahan. / Words to add, in the form of lexicon.toml; what is here is added to the shipped words.
# Kata bawaan yang dimatikan ada di bawah [without.*]. / Shipped words that are turned off stand under [without.*].

[spelling]
# sudah = "uwis wes"

[concepts]
# got = "sampun nampi"

[without.spelling]
# tidak = "q"
"""


@cache
def _shipped() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files(__package__).joinpath("lexicon.toml").read_text("utf-8"))


def extended(source: str) -> Lexicon:
    """The shipped lexicon with these additions, without what is turned off. Raises BadLexicon, which names the key."""
    if len(source) > LONGEST:
        raise BadLexicon(
            f"lexicon: the additions have {len(source)} characters, at most {LONGEST} are read; say it in fewer words."
        )
    try:
        added = tomllib.loads(source)
    except RecursionError:
        raise BadLexicon("lexicon: too many brackets lie within each other; write sections and keys.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadLexicon(f'lexicon: this can\'t be read: {error}; write key = "words".') from None
    return Lexicon.of(_joined(added))


def _joined(added: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shipped sections, each key with what is added to it; what has no place there is left for the check."""
    joined = _without(added.get(OFF, {}))
    for name, table in added.items():
        if name == OFF:
            continue
        if name not in SECTIONS or not isinstance(table, Mapping):
            joined[name] = table
            continue
        for key, text in table.items():
            before = joined.setdefault(name, {}).get(key)
            between = ", " if key in _COMMA else _BETWEEN[name]
            joined[name][key] = f"{before}{between}{text}" if before and isinstance(text, str) else text
    return joined


def _without(off: Any) -> dict[str, Any]:
    """The shipped sections without the words that are turned off, each under its own key."""
    left: dict[str, Any] = {name: dict(table) for name, table in _shipped().items()}
    if not isinstance(off, Mapping):
        raise BadLexicon(
            f'lexicon: {OFF} is no section; write [{OFF}.spelling] and a line such as sudah = "wes" below.'
        )
    for name, table in off.items():
        if name not in SECTIONS or not isinstance(table, Mapping):
            raise BadLexicon(f"lexicon: {OFF}.{name} is no section; use one of {', '.join(SECTIONS)}.")
        for key, text in table.items():
            left[name] = _turned_off(name, key, text, left[name])
    return left


def _turned_off(section: str, key: str, text: Any, table: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(text, str):
        raise BadLexicon(f"lexicon: {OFF}.{section}.{key} is no text; write it in quotes.")
    if key not in table:
        raise BadLexicon(f"lexicon: {OFF}.{section}.{key} is no shipped key; look it up in lexicon.toml.")
    commas = key in _COMMA or section in ("pairs", "concepts")
    kept, off = _words(table[key], commas), _words(text, commas)
    if strange := [word for word in off if word not in kept]:
        raise BadLexicon(
            f'lexicon: {OFF}.{section}.{key} names "{strange[0]}", which is not among its shipped words; '
            "write it as it stands there."
        )
    words = [word for word in kept if word not in off]
    if not words and section == "concepts":
        raise BadLexicon(f"lexicon: {OFF}.{section}.{key} would leave nothing of it; keep at least one pattern.")
    rest = {**table, key: (", " if commas else " ").join(words)}
    return rest if words else {name: left for name, left in rest.items() if name != key}


def _words(text: str, commas: bool) -> list[str]:
    """The single words of a key, or its patterns between commas and lines."""
    lines = [line.split("#")[0] for line in text.splitlines()]
    return [
        " ".join(one.split()) for line in lines for one in (line.split(",") if commas else line.split()) if one.strip()
    ]
