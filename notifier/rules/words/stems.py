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
        ("memper", "diper", "ba", "baku", "na", "ni", "mu", "si", "pang", "pa", "nge", "menge", "penge"), ("",)
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


def stems(word: str, wanted: Container[str]) -> Iterator[str]:
    """Those of the wanted stems that `word` can be an inflection of."""
    for prefix, lost in _PREFIXES.items():
        if not word.startswith(prefix):
            continue
        for ending in _ENDINGS:
            core = word[len(prefix) : len(word) - len(ending)]
            if len(core) < _SHORTEST - 1 or not word.endswith(ending):
                continue
            for letter in lost:
                if len(letter + core) >= _SHORTEST and letter + core in wanted:
                    yield letter + core
