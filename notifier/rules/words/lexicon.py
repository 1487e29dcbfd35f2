"""The lexicon file, compiled: spelling, concepts, and the symbols each word answers to.

It must not know what a concept leads to: that is decided in `decide`. How patterns are written is told at the top of
`lexicon.toml`, which an administrator may edit.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from typing import Any

from notifier.errors import Refused
from notifier.rules.words.normal import Token, forms
from notifier.rules.words.seen import CALLED, DENIAL, Concept, Pattern, Seen, Span, Step, find
from notifier.rules.words.slips import Slips
from notifier.rules.words.stems import stems

_GAPS = {"..": (3, "clause"), "...": (8, "sentence")}
_HIDDEN = "***"  # stands for a word with stars in it
_COUNTED, _NIK = 8, 16  # digits: longer numbers are phones and accounts, or a NIK
_REMEMBERED = 16_384  # words whose symbols are kept


class BadLexicon(Refused):
    """The lexicon file is broken: its message names the concept and the pattern."""


@dataclass(frozen=True)
class Lexicon:
    """A compiled lexicon: `symbols` gives all a word answers to, `concepts` are in the order of the file."""

    symbols: Callable[[str], tuple[str, ...]]
    concepts: Sequence[Concept]
    spelling: Mapping[str, str]
    pairs: Mapping[tuple[str, str], str]

    def read(self, tokens: Iterable[Token]) -> Seen:
        """Find every concept in a text."""
        joined = list(self._joined(list(tokens)))
        spans: dict[str, list[Span]] = {}
        for at, token in enumerate(joined):
            for symbol in self.symbols(token.word):
                spans.setdefault(symbol, []).append((at, at + 1))
        return find(self.concepts, joined, spans)

    def _joined(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """Two words that are one ("terima kasih" is no receiving) become that one."""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            pair = tuple(self.spelling.get(t.word, t.word) for t in tokens[at : at + 2])
            word = self.pairs.get(pair) if len(pair) == 2 else None
            yield Token(word, token.sentence, token.clause) if word else token
            at += 2 if word else 1


@cache
def shipped() -> Lexicon:
    """The lexicon that comes with the service, read once."""
    return compiled(tomllib.loads(resources.files(__package__).joinpath("lexicon.toml").read_text("utf-8")))


def compiled(data: Mapping[str, Any]) -> Lexicon:
    """A lexicon from its file's content; BadLexicon names the concept and pattern that cannot be read."""
    deniable = set(_split(data.get("settings", {}).get("deniable", "")))
    named = {name: tuple(_patterns(name, source)) for name, source in data["concepts"].items()}
    concepts = [
        Concept(
            name,
            wanted=_by_symbol(pattern for pattern, wanted in named[name] if wanted),
            unwanted=_by_symbol(pattern for pattern, wanted in named[name] if not wanted),
            deniable=name in deniable,
        )
        for name in _in_order({name: _uses(patterns, name in deniable) for name, patterns in named.items()})
    ]
    if strangers := deniable - {concept.name for concept in concepts}:
        raise BadLexicon(f"lexicon: settings.deniable names {sorted(strangers)[0]}, which is no concept; correct it.")
    spelling = dict(_spelling(data.get("spelling", {})))
    pairs = {(one, two): word for word, source in data.get("pairs", {}).items() for one, two in _two_words(source)}
    symbols = {symbol for patterns in named.values() for pattern, _ in patterns for symbol in pattern.needs}
    guarded = data.get("settings", {}).get("guarded", "").split()
    return Lexicon(_symbols(symbols, spelling, pairs.values(), guarded), concepts, spelling, pairs)


def _by_symbol(patterns: Iterable[Pattern]) -> Mapping[str, Sequence[Pattern]]:
    """Each pattern under one symbol it needs: a word rather than a concept, for words are rarer."""
    found: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        rare = min(pattern.needs, key=lambda symbol: (symbol[0] == "{", -len(symbol), symbol))
        found.setdefault(rare, []).append(pattern)
    return found


def _symbols(
    named: Iterable[str], spelling: Mapping[str, str], pairs: Iterable[str], guarded: Iterable[str]
) -> Callable[[str], tuple[str, ...]]:
    named = set(named)
    inflected = frozenset(symbol[1:] for symbol in named if symbol[0] == "~")
    beginnings = frozenset(symbol[:-1] for symbol in named if symbol[-1] == "*" and symbol != _HIDDEN)
    plain = {symbol for symbol in named if symbol[0] not in "{~" and symbol[-1] != "*"}
    words = frozenset(plain | inflected | set(" ".join(spelling.values()).split()) | set(pairs))
    slips = Slips(set(spelling.values()), spelling, guarded)

    @lru_cache(maxsize=_REMEMBERED)
    def symbols(word: str) -> tuple[str, ...]:
        if word[0].isdigit():
            return word, *_numbers(word)
        if "-" in word[1:]:
            return (word, *symbols(word.split("-")[0]))
        found = [_HIDDEN] if "*" in word and len(word) > 1 else []
        ways = forms(word, spelling, words)
        for way in ways:
            found.extend(answers(way))
        if len(ways) == 1 and found == [word] and word not in words and (meant := slips.meant(word)):
            for way in forms(meant, spelling, words):
                found.extend(answers(way))
        return tuple(dict.fromkeys(found))

    def answers(way: str) -> Iterator[str]:
        for part in way.split():
            yield part
            yield from ("~" + stem for stem in stems(part, inflected))
            yield from (part[:n] + "*" for n in range(3, len(part) + 1) if part[:n] in beginnings)

    return symbols


def _numbers(word: str) -> tuple[str, ...]:
    """What kind of number a word is; whoever types a NIK or a phone counts nothing."""
    if not word.isdigit() or len(word) <= _COUNTED:
        large = word.isdigit() and 4 <= len(word) and word.endswith("00")
        return ("<number>", "<large>") if large else ("<number>",)
    return ("<nik>",) if len(word) == _NIK else ("<phone>",)


def _split(source: str) -> list[str]:
    lines = (line.split("#")[0] for line in source.splitlines())
    return [text for line in lines for part in line.split(",") if (text := " ".join(part.split()))]


def _patterns(concept: str, source: str) -> Iterator[tuple[Pattern, bool]]:
    """The patterns of a concept, each with whether it is wanted or (with a "-" before it) rules a match out."""
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


def _uses(patterns: Iterable[tuple[Pattern, bool]], deniable: bool) -> set[str]:
    symbols = {symbol for pattern, _ in patterns for symbol in pattern.needs}
    return {symbol[1:-1] for symbol in (symbols | {DENIAL, CALLED} if deniable else symbols) if symbol[0] == "{"}


def _in_order(uses: Mapping[str, set[str]]) -> list[str]:
    """The concepts so that each comes after those it is built on, whatever their order in the file."""
    for name, used in uses.items():
        if strangers := used - uses.keys():
            stranger = sorted(strangers)[0]
            raise BadLexicon(f"lexicon: concept {name} uses {{{stranger}}}, which is not defined; correct its name.")
    try:
        return list(TopologicalSorter(uses).static_order())
    except CycleError as circle:
        names = " → ".join(circle.args[1])
        raise BadLexicon(f"lexicon: concepts are built on each other in a circle: {names}; break it.") from circle


def _spelling(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for word, typed in table.items():
        for spelled in typed.split():
            yield spelled, word.replace("_", " ")


def _two_words(source: str) -> Iterator[tuple[str, str]]:
    for pair in _split(source):
        one, two = pair.split()
        yield one, two
