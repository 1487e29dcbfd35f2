"""From what a citizen typed to tokens: one spelling a word, sentences counted, tricks of the keyboard undone.

It must not know what any word means: that is the lexicon's business.
"""

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

READ = 4_000  # characters: a grievance states itself early; what follows is stored, shown to people, but not read here

_TOKEN = re.compile(r"rp(?=[. ]?\d)|[a-z0-9][a-z0-9'*]*|[^\sa-z0-9]")
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{2})?")
_WRAPPED = 60  # characters: where mail programs begin to wrap
_RUN = re.compile(r"([a-z])\1{2,}")
_PAIR = re.compile(r"([a-z])\1")
_LEET = str.maketrans("4103578", "aioestb")
_QUOTES = str.maketrans("’‘`´ʼ“”„«»", "'''''\"\"\"\"\"")
_SENTENCE_ENDS = frozenset(".!?\n;")
_SILENT = frozenset("-*/\\'\"+=_~^|<>[]{}&%$#@`")  # signs that neither speak nor part words
_CLAUSE_ENDS = frozenset(",:()")
_ENDINGS = (
    *("nya", "nye", "lah", "kah", "pun", "tah", "nih", "kan", "mi", "ji", "pi", "ki", "ka", "ne", "na", "ku", "mu"),
    *("ta", "pa", "e", "i"),
)
_SURE = ("nya", "nye", "lah", "kah", "mi", "pi", "ji")  # endings that never belong to the word
_REDUPLICATED = {
    **dict.fromkeys(("apa", "opo", "naon", "nopo", "punapa", "apo"), "apapun"),
    "siapa": "siapapun",
    "mana": "manapun",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign; `sentence` and `clause` count from 0 and never fall."""

    word: str
    sentence: int
    clause: int


def clean(text: str) -> str:
    """The first READ characters in lower case, without accents, invisible signs, NUL bytes and broken surrogates."""
    plain = unicodedata.normalize("NFKD", text[:READ]).translate(_QUOTES).lower()
    return "".join(_visible(plain[:READ]))


def tokens(cleaned: str) -> list[Token]:
    """The words of a cleaned text in order; numbers lose their thousands points, "kutu2" and "kutu kutu" are one."""
    found: list[Token] = []
    sentence = clause = 0
    for word in _words(cleaned):
        if word in _SENTENCE_ENDS or word in _CLAUSE_ENDS:
            clause += 1
            sentence += word in _SENTENCE_ENDS
            if word != "?":
                continue
            # a question mark belongs to the sentence it closes
            found.append(Token("?", sentence - 1, clause - 1))
            continue
        found.append(Token(word, sentence, clause))
    return found


def forms(word: str, spelling: Mapping[str, str], known: Container[str]) -> tuple[str, ...]:
    """The ways a word may be read: as typed, as the spelling table has it, unrepeated, without clitics or digits."""
    ways = [word, "***"] if "*" in word and len(word) > 1 else [word]
    for guess in _guesses(word):
        if guess in spelling:
            ways.append(spelling[guess])
            break
        if guess in known:
            ways.append(guess)
            ways.extend(rest for ending in _SURE if (rest := guess.removesuffix(ending)) != guess and rest in known)
            break
    else:
        ways.extend(_without_ending(word, spelling, known))
    return tuple(dict.fromkeys(ways))


def _guesses(word: str) -> Iterator[str]:
    yield word
    if not word.isalpha() and not word.isdigit():
        yield word.translate(_LEET)
        word = word.replace("*", "")
    shorter = _RUN.sub(r"\1", word)
    yield shorter
    yield _PAIR.sub(r"\1", shorter)


def _without_ending(word: str, spelling: Mapping[str, str], known: Container[str]) -> Iterator[str]:
    for ending in _ENDINGS:
        rest = word.removesuffix(ending)
        if rest == word or len(rest) < 3 - (ending in ("nya", "nye", "lah", "pun", "mi", "pi")):
            continue
        if rest in spelling:
            yield spelling[rest]
            return
        if rest in known:
            yield rest
            return


def _visible(text: str) -> Iterator[str]:
    for sign in text:
        if sign == "\n" or " " <= sign < "\x7f":
            yield sign
            continue
        kind = unicodedata.category(sign)
        if kind in ("Mn", "Me", "Cf", "Cs", "Co", "Cn", "Sk"):
            continue
        if kind == "Cc" and not sign.isspace():
            continue
        yield " " if kind[0] in "CZ" else sign


def _words(cleaned: str) -> Iterator[str]:
    """Raw words and signs; points and commas inside a number, or glued between two words, end no sentence."""
    for line in cleaned.split("\n"):
        at = 0
        while at < len(line):
            token = _NUMBER.match(line, at) or _TOKEN.match(line, at)
            if token is None:
                at += 1
                continue
            at = token.end()
            if token[0][0].isdigit():
                yield _digits(token[0])
            elif token[0] in _SILENT:
                continue
            elif token[0] == ".":
                yield "," if line[at : at + 1].isalnum() else "."
            else:
                end = _past_the_twin(token[0], line, at)
                yield from _word(token[0], twice=end > at)
                at = end
        # a long line without a full stop was wrapped by a mail program: the sentence goes on
        if len(line) < _WRAPPED:
            yield "\n"


def _digits(number: str) -> str:
    if _THOUSANDS.fullmatch(number):
        return re.sub(r"[.,]", "", re.sub(r"[.,]\d{2}$", "", number))
    return number


def _past_the_twin(word: str, line: str, at: int) -> int:
    """Where to read on after "kutu" in "kutu-kutu" or "kutu kutu"."""
    if line[at : at + 1] not in ("-", " ") or not word[0].isalpha():
        return at
    twin = _TOKEN.match(line, at + 1)
    return twin.end() if twin and twin[0] == word and len(word) > 1 else at


def _word(raw: str, *, twice: bool) -> Iterator[str]:
    word = raw.replace("'", "")
    if "*" in word:
        # stars inside a word hide an insult, stars round it are bold type
        word = word.strip("*")
    if len(word) > 2 and word[-1] == "2" and word[:-1].isalpha():
        word, twice = word[:-1], True
    if twice:
        word = _REDUPLICATED.get(word, f"{word}-{word}")
    if word:
        yield word
