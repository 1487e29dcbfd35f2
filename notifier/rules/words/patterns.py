"""How a lexicon is written: its sections checked, its patterns taken apart; `lexicon.toml` tells how they look.

It must not know what any word or concept means, nor where in a text it stands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from notifier.errors import Refused
from notifier.rules.words.seen import CALLED, DENIAL, Concept, Pattern, Step

SECTIONS = ("settings", "pairs", "spelling", "concepts")
SETTINGS = ("deniable", "guarded")

_GAPS = {"..": (3, "clause"), "...": (8, "sentence")}
_REMEMBERED = 1024  # concepts whose patterns are kept
_IMPLIED = frozenset({DENIAL[1:-1], CALLED[1:-1]})  # what every deniable concept is built on


class BadLexicon(Refused):
    """The lexicon cannot be read: the message names the key, and the pattern if it is one."""


@dataclass(frozen=True, slots=True)
class Written:
    """A lexicon's content, checked: concepts in an order in which each comes after those it is built on."""

    concepts: Sequence[Concept]
    symbols: frozenset[str]  # all that any pattern looks for
    spelling: Mapping[str, str]  # as typed → as the patterns have it
    pairs: Mapping[tuple[str, str], str]  # two words → the one they make
    guarded: frozenset[str]  # words that are no slip of another


def written(data: Mapping[str, Any]) -> Written:
    """The content of a lexicon file; BadLexicon names the key that cannot be read and says how to mend it."""
    sections = {name: _texts(name, data.get(name, {})) for name in SECTIONS}
    if strange := sorted(set(data) - set(SECTIONS)):
        raise BadLexicon(f"lexicon: {strange[0]} is no section; use one of {', '.join(SECTIONS)}.")
    if not sections["concepts"]:
        raise BadLexicon("lexicon: concepts is missing or empty; name at least one concept and its patterns.")
    settings = sections["settings"]
    if strange := sorted(settings.keys() - set(SETTINGS)):
        raise BadLexicon(f"lexicon: settings.{strange[0]} is unknown; use one of {', '.join(SETTINGS)}.")
    patterns = {name: _patterns(name, source) for name, source in sections["concepts"].items()}
    deniable = frozenset(_split(settings.get("deniable", "")))
    if strange := sorted(deniable - patterns.keys()):
        raise BadLexicon(f"lexicon: settings.deniable names {strange[0]}, which is no concept; correct it.")
    return Written(
        concepts=tuple(_concepts(patterns, deniable)),
        symbols=frozenset(symbol for of in patterns.values() for pattern, _ in of for symbol in pattern.needs),
        spelling=dict(_spelling(sections["spelling"])),
        pairs=dict(_pairs(sections["pairs"])),
        guarded=frozenset(settings.get("guarded", "").split()),
    )


def _texts(section: str, table: Any) -> Mapping[str, str]:
    if not isinstance(table, Mapping):
        raise BadLexicon(f"lexicon: {section} is no table; write [{section}] and its keys below.")
    for key, text in table.items():
        if not isinstance(text, str):
            raise BadLexicon(f"lexicon: {section}.{key} is no text; write it in quotes.")
    return table


def _concepts(patterns: Mapping[str, Sequence[tuple[Pattern, bool]]], deniable: frozenset[str]) -> Iterator[Concept]:
    """The concepts so that each comes after those it is built on, whatever their order in the file."""
    uses = {name: _uses(of, name in deniable) for name, of in patterns.items()}
    for name, used in uses.items():
        if strangers := sorted(used - uses.keys() - _IMPLIED):
            raise BadLexicon(
                f"lexicon: concept {name} uses {{{strangers[0]}}}, which is not defined; correct its name."
            )
    try:
        order = [name for name in TopologicalSorter(uses).static_order() if name in patterns]
    except CycleError as circle:
        names = " → ".join(circle.args[1])
        raise BadLexicon(f"lexicon: concepts are built on each other in a circle: {names}; break it.") from circle
    for name in order:
        wanted = _by_symbol(pattern for pattern, wanted in patterns[name] if wanted)
        unwanted = _by_symbol(pattern for pattern, wanted in patterns[name] if not wanted)
        yield Concept(name, wanted, unwanted, deniable=name in deniable)


def _uses(patterns: Iterable[tuple[Pattern, bool]], deniable: bool) -> set[str]:
    symbols = {symbol for pattern, _ in patterns for symbol in pattern.needs}
    used = {symbol[1:-1] for symbol in symbols if symbol[0] == "{"}
    return used | _IMPLIED if deniable else used


def _by_symbol(patterns: Iterable[Pattern]) -> Mapping[str, Sequence[Pattern]]:
    """Each pattern under one symbol it needs: a word rather than a concept, for words are rarer."""
    found: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        rare = min(pattern.needs, key=lambda symbol: (symbol[0] == "{", -len(symbol), symbol))
        found.setdefault(rare, []).append(pattern)
    return found


def _split(source: str) -> list[str]:
    lines = (line.split("#")[0] for line in source.splitlines())
    return [text for line in lines for part in line.split(",") if (text := " ".join(part.split()))]


@lru_cache(_REMEMBERED)
def _patterns(concept: str, source: str) -> tuple[tuple[Pattern, bool], ...]:
    """The patterns of a concept, each with whether it is wanted or (with a "-" before it) rules a match out. Taken
    apart once, for what an administrator adds leaves most concepts as they are.
    """
    return tuple(_taken_apart(concept, source))


def _taken_apart(concept: str, source: str) -> Iterator[tuple[Pattern, bool]]:
    for text in _split(source):
        plain = text.removeprefix("-")
        parts = tuple(_steps(concept, part.split()) for part in plain.replace("&&", "&").split("&"))
        needs = frozenset(step.symbol for part in parts for step in part)
        yield Pattern(parts, "&&" in plain, needs), plain == text


def _steps(concept: str, words: Sequence[str]) -> tuple[Step, ...]:
    steps: list[Step] = []
    gap, within = 0, "clause"
    for word in words:
        if word in _GAPS:
            gap, within = _GAPS[word]
            continue
        if steps and not gap and steps[-1].symbol == word:
            # "kutu kutu" reaches the rules as one word
            steps[-1] = replace(steps[-1], symbol=f"{word}-{word}")
            continue
        steps.append(Step(word, gap, within))
        gap, within = 0, "clause"
    if not steps or gap:
        raise BadLexicon(f'lexicon: concept {concept} has a pattern without words: "{" ".join(words)}"; complete it.')
    return tuple(steps)


def _spelling(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for word, typed in table.items():
        if not typed.split():
            raise BadLexicon(f"lexicon: spelling.{word} lists no spellings; name one, or take the line out.")
        for spelled in typed.split():
            yield spelled, word.replace("_", " ")


def _pairs(table: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    for word, source in table.items():
        for pair in _split(source):
            parts = pair.split()
            if len(parts) != 2:
                raise BadLexicon(f'lexicon: pairs.{word} has "{pair}"; write two words, and a comma between pairs.')
            yield (parts[0], parts[1]), word
