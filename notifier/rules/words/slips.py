"""Slips of the thumb: the one word of the lexicon that an unknown word may have been meant for.

"bntuan", "bontuan", "bantuna" are read as "bantuan"; what could be two words, or stands in the guard list, is not
guessed at. It must not know what any word means.
"""

from collections.abc import Iterable, Iterator, Mapping

_VOWELS = "aeiou"
_LEAST = 5  # letters from which on one slip leaves a word recognisable
_BARE = 3  # consonants that name a word written without its vowels
_NO_VOWELS = str.maketrans("", "", _VOWELS)


class Slips:
    """Known words by what is left of them when a letter is missing, and by their consonants."""

    def __init__(self, words: Iterable[str], spelling: Mapping[str, str], guarded: Iterable[str]) -> None:
        """`spelling` says which known words are one and the same; `guarded` words are right as they are."""
        self._spelling = spelling
        self._guarded = frozenset(guarded)
        self._shorter: dict[str, set[str]] = {}
        self._consonants: dict[str, set[str]] = {}
        for word in words:
            if len(word) >= _LEAST and word.isascii() and word.isalpha():
                self._consonants.setdefault(word.translate(_NO_VOWELS), set()).add(word)
                for less in (word, *_without_one(word)):
                    self._shorter.setdefault(less, set()).add(word)

    def meant(self, word: str) -> str:
        """The word that `word` may be a slip of, or "" when there is none, or more than one."""
        if word in self._guarded or not word.isalpha() or not word.isascii():
            return ""
        for candidates in (self._vowels_dropped(word), self._vowels_changed(word), self._one_letter_off(word)):
            same = {self._spelling.get(candidate, candidate) for candidate in candidates}
            if len(same) == 1:
                return next(iter(candidates))
            if same:
                return ""
        return ""

    def _vowels_dropped(self, word: str) -> set[str]:
        consonants = word.translate(_NO_VOWELS)
        if len(consonants) < _BARE or len(word) - len(consonants) > len(consonants) // 3:
            return set()
        return {w for w in self._consonants.get(consonants, ()) if len(w) > len(word) and _is_within(word, w)}

    def _vowels_changed(self, word: str) -> set[str]:
        if len(word) < _LEAST:
            return set()
        known = self._consonants.get(word.translate(_NO_VOWELS), ())
        shape = _shape(word)
        return {w for w in known if w[0] == word[0] and _shape(w) == shape and _differ(w, word) == 1}

    def _one_letter_off(self, word: str) -> set[str]:
        """One letter too many, one too few, or two that changed places; with another letter it is another word."""
        if len(word) < _LEAST:
            return set()
        found = set(self._shorter.get(word, ()))
        for less in _without_one(word):
            found |= {w for w in self._shorter.get(less, ()) if w == less or sorted(w) == sorted(word)}
        return {w for w in found if w[0] == word[0]}


def _without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _shape(word: str) -> list[bool]:
    return [letter in _VOWELS for letter in word]


def _is_within(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)


def _differ(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
