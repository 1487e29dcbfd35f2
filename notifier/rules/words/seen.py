"""Where the concepts of a lexicon occur in one text.

It must not know what a concept leads to, nor how patterns are written. Reading is linear in the text: every gap is
bounded, the occurrences looked at are counted, and no regular expression meets a citizen's text here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from notifier.rules.words.normal import Token

Span = tuple[int, int]  # first token, one past the last

DENIAL, CALLED = "{not}", "{person_called}"  # what takes a deniable concept back, and what ends a denial

_MOST = 40  # occurrences of one symbol that a pattern looks at: enough for any honest text
_DENIAL = 2  # words between a denial and what it denies: "tidak ada lagi potongan"


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a pattern: the symbol to find, how many words may stand before it, and across which border not."""

    symbol: str
    gap: int = 0
    within: str = "clause"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Sequences that must all occur, in any order, in one sentence (or, when `far`, anywhere in the text)."""

    parts: tuple[tuple[Step, ...], ...]
    far: bool
    needs: frozenset[str]


Patterns = Mapping[str, Sequence[Pattern]]  # by a symbol each of them needs: most patterns are never looked at


@dataclass(frozen=True, slots=True)
class Concept:
    """A named list of patterns, those that rule a match out, and whether a "tidak" before it takes it back."""

    name: str
    wanted: Patterns
    unwanted: Patterns
    deniable: bool


@dataclass(frozen=True)
class Seen:
    """What was found in one text: each symbol's spans, and the tokens they speak of."""

    tokens: Sequence[Token]
    spans: Mapping[str, Sequence[Span]]

    def __contains__(self, concept: str) -> bool:
        return "{" + concept + "}" in self.spans

    def of(self, concept: str) -> Sequence[Span]:
        """Where a concept occurs, in order; empty when it does not."""
        return self.spans.get("{" + concept + "}", ())

    def any(self, *concepts: str) -> str:
        """The first of these concepts that occurs, or ""."""
        return next((concept for concept in concepts if concept in self), "")

    def words(self, concept: str) -> str:
        """The words of a concept's first occurrence, for telling why."""
        return next((" ".join(t.word for t in self.tokens[start:end]) for start, end in self.of(concept)), "")


def find(
    concepts: Sequence[Concept],
    led_to: Mapping[str, Sequence[int]],
    tokens: Sequence[Token],
    spans: dict[str, list[Span]],
) -> Seen:
    """Add to the words' own spans those of every concept, in the lexicon's order: later ones build on earlier ones.

    `led_to` gives the concepts, by their place, that have a pattern under a symbol: the others are not looked at.
    """
    present = set(spans)
    symbols: dict[int, list[str]] = {}
    for symbol in spans:
        for place in led_to.get(symbol, ()):
            symbols.setdefault(place, []).append(symbol)
    for place, concept in enumerate(concepts):
        if place not in symbols:
            continue
        hits = set(_all(concept.wanted, symbols[place], spans, present, tokens))
        if hits and concept.unwanted:
            ruled_out = _all(concept.unwanted, concept.unwanted.keys() & present, spans, present, tokens)
            taken = {at for start, end in ruled_out for at in range(start, end)}
            hits = {span for span in hits if span[0] not in taken}
        if hits and concept.deniable:
            hits = {span for span in hits if not _denied(span, spans, tokens)}
        if hits:
            found = "{" + concept.name + "}"
            spans[found] = sorted(hits)
            present.add(found)
            for later in led_to.get(found, ()):
                symbols.setdefault(later, []).append(found)
    return Seen(tokens, spans)


def _all(
    patterns: Patterns,
    symbols: Iterable[str],
    spans: Mapping[str, Sequence[Span]],
    present: set[str],
    tokens: Sequence[Token],
) -> Iterator[Span]:
    for symbol in symbols:
        for pattern in patterns[symbol]:
            if pattern.needs <= present:
                yield from _occurrences(pattern, spans, tokens)


def _occurrences(pattern: Pattern, spans: Mapping[str, Sequence[Span]], tokens: Sequence[Token]) -> list[Span]:
    """The spans of a pattern; those of a conjunction are the spans of its first part."""
    first = _sequences(pattern.parts[0], spans, tokens)
    if pattern.far:
        others_occur = all(_sequences(part, spans, tokens) for part in pattern.parts[1:])
        return first if others_occur else []
    for part in pattern.parts[1:]:
        sentences = {tokens[start].sentence for start, _ in _sequences(part, spans, tokens)}
        first = [span for span in first if tokens[span[0]].sentence in sentences]
    return first


def _sequences(steps: Sequence[Step], spans: Mapping[str, Sequence[Span]], tokens: Sequence[Token]) -> list[Span]:
    found = list(spans.get(steps[0].symbol, ())[:_MOST])
    for step in steps[1:]:
        nexts = spans.get(step.symbol, ())[:_MOST]
        found = [
            (start, after[1])
            for start, end in found
            for after in nexts
            if 0 <= after[0] - end <= step.gap and _together(tokens[end - 1], tokens[after[0]], step.within)
        ]
    return found[:_MOST]


def _together(left: Token, right: Token, within: str) -> bool:
    return left.clause == right.clause if within == "clause" else left.sentence == right.sentence


def _denied(span: Span, spans: Mapping[str, Sequence[Span]], tokens: Sequence[Token]) -> bool:
    """Does a "tidak" stand close before? In "belum pak, …" it is an answer of its own: whom it is said to, ends it."""
    at = span[0]
    called = {start for start, _ in spans.get(CALLED, ())}
    return any(
        0 <= at - end <= _DENIAL and tokens[end - 1].clause == tokens[at].clause and called.isdisjoint(range(end, at))
        for _, end in spans.get(DENIAL, ())
    )
