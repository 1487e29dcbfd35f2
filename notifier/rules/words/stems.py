"""The stems a word may have: "dipotongin", "pemotongan", "motong" and "kapotong" all lead to "potong".

Indonesian, Betawi, Javanese and Sundanese prefixes and endings, tried against the stems the lexicon asks for; whatever
it does not ask for is not guessed at.
"""

from collections.abc import Container, Iterator

# prefix → what the stem's lost first letter may have been
_PREFIXES: dict[str, tuple[str, ...]] = {
    "": ("",),
    **dict.fromkeys(
        ("di", "ke", "ka", "ter", "ta", "ber", "be", "me", "pe", "per", "se", "ku", "kau", "tak", "dak"), ("",)
    ),
    **dict.fromkeys(
        (
            "memper",
            "diper",
            "dipun",
            "pun",
            "ba",
            "baku",
            "na",
            "ni",
            "mu",
            "si",
            "pang",
            "pa",
            "nge",
            "menge",
            "penge",
        ),
        ("",),
    ),
    "mem": ("", "p"),
    "pem": ("", "p"),
    "men": ("", "t"),
    "pen": ("", "t"),
    "meny": ("s", "c"),
    "peny": ("s", "c"),
    "meng": ("", "k"),
    "peng": ("", "k"),
    "ny": ("s", "c"),
    "ng": ("", "k"),
    "n": ("t", "d", ""),
    "m": ("p", "b", "w", ""),
}
_ENDINGS = (
    *("", "kan", "i", "an", "in", "nya", "nye", "ne", "ku", "mu", "lah", "kah", "ake", "aken", "akeun", "keun", "en"),
    *("na", "e", "no", "ka", "ki", "mi", "ji", "pi", "kannya", "annya", "innya", "inya", "ane", "ana", "san"),
    *("ipun", "nipun", "anipun", "kanlah", "ilah", "kanmi", "kanki", "imi", "ika", "iki", "s", "ed", "ing", "keunana"),
)
_SHORTEST = 3
_LONGEST_PREFIX = max(map(len, _PREFIXES))
_BY_LENGTH = tuple(
    frozenset(ending for ending in _ENDINGS if len(ending) == n) for n in range(max(map(len, _ENDINGS)) + 1)
)


def stems(word: str, wanted: Container[str]) -> Iterator[str]:
    """Those of the wanted stems that `word` can be an inflection of."""
    stops = [
        len(word) - n for n, endings in enumerate(_BY_LENGTH) if n <= len(word) and word[len(word) - n :] in endings
    ]
    for start in range(min(_LONGEST_PREFIX, len(word)) + 1):
        for letter in _PREFIXES.get(word[:start], ()):
            for stop in stops:
                stem = letter + word[start:stop]
                if stop - start >= _SHORTEST - 1 and len(stem) >= _SHORTEST and stem in wanted:
                    yield stem
