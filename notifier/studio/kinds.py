"""What can be changed in the studio: messages by event, the citizens' pages, the phrases of conversations, answers kept
for often, and the words we understand.

Each is known by a key of four words, has shipped words beneath, and is checked in its own way. Knows no database.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from types import MappingProxyType

from notifier.errors import Refused
from notifier.render import CHANNELS, FACTS, NEEDED_PARTS, Finding, Key, canned, grammar, lint, pagetexts, phrases
from notifier.rules.deliveries import EVENTS
from notifier.rules.words import BadLexicon, additions
from notifier.studio import conversations

# they stand where a message has its event
PAGE, LEXICON, TALK, ANSWER = "public_page", "lexicon", "conversation", canned.EVENT
WEB, WORDS, SPOKEN, DESK, ADDED = "web", "words", "talk", "desk", "additions"
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Kind:
    """Texts that are no messages: where they stand, and how they are checked."""

    channel: str
    longest: int  # characters of a source
    known: Callable[[str, str], None]  # language, part; raises Refused
    parts: Callable[[], Sequence[str]]  # of the shipped ones
    check: Callable[[str, str, str], Sequence[Finding]]  # language, part, source
    shipped: Callable[[], Mapping[tuple[str, str], str]]  # (language, part) → source
    many: bool = True  # whether citizens feel a change of it before a colleague has seen it


def known(event: str, channel: str, language: str, part: str) -> Key:
    """The key of a place that exists. Raises Refused."""
    if event == LEXICON:
        language, part = "id", ADDED
    if event in KINDS:
        KINDS[event].known(language, part)
        return event, KINDS[event].channel, language, part
    lint.known_place(event, channel, part)
    if not (2 <= len(language) <= 3 and language.isascii() and language.islower()):
        said = f'"{language}" is no language code; write two or three letters such as id, en, jv or su'
        raise Refused(said, field="language")
    return event, channel, language, part


def parts(event: str, channel: str) -> Sequence[str]:
    """All parts there can be; of answers, all that are shipped."""
    return KINDS[event].parts() if event in KINDS else CHANNELS.get(channel, ("text",))


def needed(event: str, channel: str) -> Sequence[str]:
    """The parts without which nothing of it is used."""
    return NEEDED_PARTS[channel] if event in FACTS else ()


def longest(event: str) -> int:
    """Characters a source may have."""
    return KINDS[event].longest if event in KINDS else grammar.LONGEST_SOURCE


def to_citizens(event: str) -> bool:
    """Whether citizens, not only colleagues, feel a change of it."""
    return KINDS[event].many if event in KINDS else event not in EVENTS or EVENTS[event].citizen


def check(key: Key, source: str) -> Sequence[Finding]:
    """What is wrong with a source. Bounded by its length."""
    event, channel, language, part = key
    if event in KINDS:
        return KINDS[event].check(language, part, source)
    return lint.check(event, channel, part, source, language)


@lru_cache(4096)
def faulty(key: Key, source: str) -> bool:
    """Whether the checker has an error to tell of it; each source is looked at once."""
    return any(finding.level == "error" for finding in check(key, source))


@cache
def shipped_texts() -> Mapping[Key, tuple[str, str]]:
    """The shipped words of all that is no message: key → (label, source)."""
    sources = {
        (event, kind.channel, *place): source
        for event, kind in KINDS.items()
        for place, source in kind.shipped().items()
    }
    return MappingProxyType(
        {key: (f"file-{sha256(source.encode()).hexdigest()[:8]}", source) for key, source in sources.items()}
    )


def in_order(keys: Iterable[Key]) -> Sequence[Key]:
    """By event and channel as we tell them, Indonesian first."""
    events, channels = (*FACTS, *KINDS), (*CHANNELS, *(kind.channel for kind in KINDS.values()))
    return sorted(keys, key=lambda key: (events.index(key[0]), channels.index(key[1]), key[2] != "id", key[2], key[3]))


def _pages() -> Mapping[tuple[str, str], str]:
    return {
        (language, page): pagetexts.written(table)
        for language in pagetexts.LANGUAGES
        for page, table in pagetexts.catalogue(language).items()
    }


def _talks() -> Mapping[tuple[str, str], str]:
    return {
        (language, section): pagetexts.written(table)
        for language in phrases.shipped_phrases()
        for section, table in phrases.sections(language).items()
    }


def _answers() -> Mapping[tuple[str, str], str]:
    return {(one.language, one.name): f"{one.title}\n{one.source}" for one in canned.shipped()}


def _lexicon(_language: str, _part: str, source: str) -> Sequence[Finding]:
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


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        PAGE: Kind(
            WEB,
            pagetexts.LONGEST,
            pagetexts.known,
            lambda: tuple(pagetexts.catalogue(pagetexts.MAIN)),
            lambda _, page, source: pagetexts.check(page, source),
            _pages,
        ),
        TALK: Kind(
            SPOKEN,
            pagetexts.LONGEST,
            conversations.known,
            lambda: tuple(phrases.sections(pagetexts.MAIN)),
            conversations.check,
            _talks,
        ),
        ANSWER: Kind(
            DESK,
            grammar.LONGEST_SOURCE,
            canned.known,
            lambda: tuple(dict.fromkeys(one.name for one in canned.shipped())),
            lambda language, _, source: canned.judged(source, language),
            _answers,
            many=False,  # a colleague reads it before it is sent
        ),
        LEXICON: Kind(
            WORDS,
            additions.LONGEST,
            lambda _, __: None,
            lambda: (ADDED,),
            _lexicon,
            lambda: {("id", ADDED): additions.EMPTY},
        ),
    }
)
