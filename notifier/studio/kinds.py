"""What can be changed in the studio: messages by event, the citizens' pages, and the words we understand.

Each is known by a key of four words, has shipped words beneath, and is checked in its own way. Knows no database.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from types import MappingProxyType

from notifier.errors import Refused
from notifier.render import CHANNELS, FACTS, NEEDED_PARTS, Finding, Key, grammar, lint, pagetexts
from notifier.rules.deliveries import EVENTS
from notifier.rules.words import BadLexicon, additions

PAGE, LEXICON = "public_page", "lexicon"  # stand where a message has its event
WEB, WORDS, ADDED = "web", "words", "additions"
_ORDER = (*FACTS, PAGE, LEXICON)
_CHANNELS = (*CHANNELS, WEB, WORDS)
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


def known(event: str, channel: str, language: str, part: str) -> Key:
    """The key of a place that exists. Raises Refused."""
    if event == PAGE:
        pagetexts.known(language, part)
        channel = WEB
    elif event == LEXICON:
        channel, language, part = WORDS, "id", ADDED
    else:
        lint.known_place(event, channel, part)
        if not (2 <= len(language) <= 3 and language.isascii() and language.islower()):
            raise Refused(f'"{language}" is no language code; write two or three letters such as id, en, jv or su')
    return event, channel, language, part


def parts(event: str, channel: str) -> Sequence[str]:
    """All parts there can be."""
    if event == PAGE:
        return tuple(pagetexts.catalogue(pagetexts.MAIN))
    return (ADDED,) if event == LEXICON else CHANNELS.get(channel, ("text",))


def needed(event: str, channel: str) -> Sequence[str]:
    """The parts without which nothing of it is used."""
    return NEEDED_PARTS[channel] if event in FACTS else ()


def longest(event: str) -> int:
    """Characters a source may have."""
    return {PAGE: pagetexts.LONGEST, LEXICON: additions.LONGEST}.get(event, grammar.LONGEST_SOURCE)


def to_citizens(event: str) -> bool:
    """Whether citizens, not only colleagues, feel a change of it."""
    return event not in EVENTS or EVENTS[event].citizen


def check(key: Key, source: str) -> Sequence[Finding]:
    """What is wrong with a source. Bounded by its length."""
    event, channel, language, part = key
    if event == PAGE:
        return pagetexts.check(part, source)
    if event == LEXICON:
        return _lexicon(source)
    return lint.check(event, channel, part, source, language)


@cache
def shipped_texts() -> Mapping[Key, tuple[str, str]]:
    """The shipped words of pages and of the lexicon's additions: key → (label, source)."""
    sources = {
        (PAGE, WEB, language, page): pagetexts.written(table)
        for language in pagetexts.LANGUAGES
        for page, table in pagetexts.catalogue(language).items()
    } | {(LEXICON, WORDS, "id", ADDED): additions.EMPTY}
    return MappingProxyType(
        {key: (f"file-{sha256(source.encode()).hexdigest()[:8]}", source) for key, source in sources.items()}
    )


def in_order(keys: Iterable[Key]) -> Sequence[Key]:
    """By event and channel as we tell them, Indonesian first."""
    return sorted(keys, key=lambda key: (_ORDER.index(key[0]), _CHANNELS.index(key[1]), key[2] != "id", key[2], key[3]))


def _lexicon(source: str) -> Sequence[Finding]:
    try:
        additions.extended(source)
    except BadLexicon as error:
        said = str(error).removeprefix("lexicon: ")
        at = _AT.search(said)
        line, column = (int(at[1]), int(at[2])) if at else (_line_of(source, said), 1)
        message, _, mend = said.rpartition("; ")
        mend = mend or "Write sections and keys as lexicon.toml has them."
        return [Finding(line, column, "error", "lexicon", f"{message or said}.", mend[:1].upper() + mend[1:])]
    return ()


def _line_of(source: str, said: str) -> int:
    """The line of the first key, else section, that the sentence names."""
    words = [re.escape(word) for word in re.findall(r"\w+", said)]
    for form in (r"^\s*{0}\s*=", r"^\s*\[{0}\]"):
        for word in words:
            found = re.search(form.format(word), source, re.MULTILINE)
            if found:
                return source.count("\n", 0, found.end()) + 1
    return 1
