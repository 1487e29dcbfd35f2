"""One text as the rules see it: what was found, what it complains of, and a few questions to ask of it.

It must not know any intent.
"""

from dataclasses import dataclass

from notifier.rules.words.grievances import Grievances, grievances, whether
from notifier.rules.words.lexicon import Lexicon
from notifier.rules.words.normal import clean, tokens
from notifier.rules.words.seen import Seen
from notifier.rules.words.values import Context

_COURTESIES = ("greet", "person_called", "thanks", "good", "laugh", "particle")


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as the rules see it; `core` is its words without greetings, names, thanks and signs."""

    seen: Seen
    context: Context
    grief: Grievances
    core: tuple[str, ...]
    asked: bool  # is anything put as a question

    def has(self, *concepts: str) -> bool:
        """Does any of these concepts occur?"""
        return bool(self.seen.any(*concepts))

    def whole(self, *concepts: str) -> bool:
        """Is every word covered by these concepts and by courtesies?"""
        covered = _places(self.seen, *concepts, *_COURTESIES)
        return all(at in covered for at, token in enumerate(self.seen.tokens) if token.word[0].isalnum())

    def opens_with(self, concept: str) -> bool:
        """Is this concept the first thing said after greeting and name?"""
        skip = _places(self.seen, "greet", "person_called")
        words = (at for at, token in enumerate(self.seen.tokens) if at not in skip and token.word[0].isalnum())
        first = next(words, 0)
        return any(start == first for start, _ in self.seen.of(concept))

    def ends_with(self, concept: str) -> bool:
        """Is this concept the last thing said, but for names and particles?"""
        skip = _places(self.seen, *_COURTESIES)
        words = [at for at, token in enumerate(self.seen.tokens) if at not in skip and token.word[0].isalnum()]
        return bool(words) and any(start <= words[-1] < end for start, end in self.seen.of(concept))

    def sentences_with(self, *concepts: str) -> set[int]:
        """The places of all words in sentences where any of these concepts occurs."""
        found = {self.seen.tokens[start].sentence for concept in concepts for start, _ in self.seen.of(concept)}
        return {at for at, token in enumerate(self.seen.tokens) if token.sentence in found}


def read(text: str, context: Context, lexicon: Lexicon) -> Reading:
    """Read one text with a lexicon."""
    seen = lexicon.read(tokens(clean(text)))
    skip = _places(seen, *_COURTESIES)
    core = tuple(t.word for at, t in enumerate(seen.tokens) if at not in skip and t.word[0].isalnum())
    asked = any(token.word == "?" for token in seen.tokens) or bool(whether(seen)) or "q_open" in seen
    return Reading(seen, context, grievances(seen, context), core, asked)


def _places(seen: Seen, *concepts: str) -> set[int]:
    return {at for concept in concepts for span in seen.of(concept) for at in range(*span)}
