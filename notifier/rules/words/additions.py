"""Words that a team adds to the shipped lexicon: spellings, synonyms and patterns, key by key, never taken away.

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
EMPTY = """\
# Kata tambahan. / Words to add, in the form of lexicon.toml; what is here is added to the shipped words.

[spelling]
# sudah = "uwis wes"

[concepts]
# received = "sampun nampi"
"""


@cache
def _shipped() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files(__package__).joinpath("lexicon.toml").read_text("utf-8"))


def extended(source: str) -> Lexicon:
    """The shipped lexicon with these additions. Raises BadLexicon, which names the key."""
    if len(source) > LONGEST:
        raise BadLexicon(f"lexicon: the additions have {len(source)} characters; at most {LONGEST} are read.")
    try:
        added = tomllib.loads(source)
    except RecursionError:
        raise BadLexicon("lexicon: too many brackets lie within each other; write sections and keys.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadLexicon(f'lexicon: this can\'t be read: {error}; write key = "words".') from None
    return Lexicon.of(_joined(added))


def _joined(added: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shipped sections, each key with what is added to it; what has no place there is left for the check."""
    joined: dict[str, Any] = {name: dict(table) for name, table in _shipped().items()}
    for name, table in added.items():
        if name not in SECTIONS or not isinstance(table, Mapping):
            joined[name] = table
            continue
        for key, text in table.items():
            before = joined.setdefault(name, {}).get(key)
            between = ", " if key in _COMMA else _BETWEEN[name]
            joined[name][key] = f"{before}{between}{text}" if before and isinstance(text, str) else text
    return joined
