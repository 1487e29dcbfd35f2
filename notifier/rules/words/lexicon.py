"""A lexicon ready to read with: spelling, concepts, and the symbols each word answers to.

It must not know what a concept leads to: that is decided in `decide`. How patterns are written is told at the top of
`lexicon.toml`, which an administrator may edit.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from notifier.rules.words.normal import Token, forms
from notifier.rules.words.patterns import Written, written
from notifier.rules.words.seen import Concept, Seen, Span, find
from notifier.rules.words.slips import Slips
from notifier.rules.words.stems import stems

_HIDDEN = "***"  # stands for a word with stars in it
_COUNTED, _NIK = 8, 16  # digits: longer numbers are phones and accounts, or a NIK
_REMEMBERED = 16_384  # words whose symbols are kept


@dataclass(frozen=True, eq=False)
class Lexicon:
    """A lexicon ready to read with: a value that never changes, whether its content came from a file or a table.

    `symbols` gives all a word answers to; `led_to` the concepts, by their place, that a symbol may lead to.
    """

    symbols: Callable[[str], tuple[str, ...]]
    concepts: Sequence[Concept]
    led_to: Mapping[str, Sequence[int]]
    spelling: Mapping[str, str]
    pairs: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Lexicon":
        """The lexicon of a mapping as `lexicon.toml` has it; BadLexicon names the key that is wrong."""
        content = written(data)
        led_to: dict[str, list[int]] = {}
        for place, concept in enumerate(content.concepts):
            for symbol in concept.wanted:
                led_to.setdefault(symbol, []).append(place)
        return cls(_symbols(content), content.concepts, led_to, content.spelling, content.pairs)

    def read(self, tokens: Iterable[Token]) -> Seen:
        """Find every concept in a text."""
        joined = list(self._joined(list(tokens)))
        spans: dict[str, list[Span]] = {}
        for at, token in enumerate(joined):
            for symbol in self.symbols(token.word):
                spans.setdefault(symbol, []).append((at, at + 1))
        return find(self.concepts, self.led_to, joined, spans)

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
    return Lexicon.of(tomllib.loads(resources.files(__package__).joinpath("lexicon.toml").read_text("utf-8")))


def _symbols(content: Written) -> Callable[[str], tuple[str, ...]]:
    named, spelling = content.symbols, content.spelling
    inflected = frozenset(symbol[1:] for symbol in named if symbol[0] == "~")
    beginnings = frozenset(symbol[:-1] for symbol in named if symbol[-1] == "*" and symbol != _HIDDEN)
    plain = {symbol for symbol in named if symbol[0] not in "{~" and symbol[-1] != "*"}
    words = frozenset(plain | inflected | set(" ".join(spelling.values()).split()) | set(content.pairs.values()))
    slips = Slips(set(spelling.values()), spelling, content.guarded)

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
        large = word.isdigit() and len(word) >= 4 and word.endswith("00")
        return ("<number>", "<large>") if large else ("<number>",)
    return ("<nik>",) if len(word) == _NIK else ("<phone>",)
