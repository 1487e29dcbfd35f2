"""The alphabets of SMS: what a text costs in parts, and how to fold it so that it costs less.

Pure, standard library only; knows nothing of gateways or prices. Tables after GSM 03.38 / 3GPP TS 23.038: the
basic alphabet, and the extension characters, which cost two units because an escape precedes them.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Alphabet = Literal["GSM-7", "UCS-2"]

# in the order of the standard, 0x00 to 0x7F, without the escape at 0x1B
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
GSM = frozenset(BASIC + EXTENSION)
_BASIC, _EXTENSION = frozenset(BASIC), frozenset(EXTENSION)

# alphabet -> units of a single message, units of each part of a longer one (the rest is the part's header)
CAPACITY: Mapping[Alphabet, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs. `units` are septets (GSM-7) or 16-bit units (UCS-2), `per_segment` what one part holds."""

    alphabet: Alphabet
    units: int
    count: int
    per_segment: int


def alphabet(text: str) -> Alphabet:
    """The cheapest alphabet that carries the text unchanged."""
    return "GSM-7" if GSM.issuperset(text) else "UCS-2"


def segments(text: str) -> Segments:
    """How the text leaves: neither an escaped pair nor a surrogate pair is split over two parts. "" is one message."""
    if len(text) <= CAPACITY["GSM-7"][0] and _BASIC.issuperset(text):  # as nearly always
        return Segments("GSM-7", len(text), 1, CAPACITY["GSM-7"][0])
    chosen = alphabet(text)
    single, part = CAPACITY[chosen]
    pairs = sum(map(text.count, EXTENSION)) if chosen == "GSM-7" else sum(char > "\uffff" for char in text)
    units = len(text) + pairs
    if units <= single:
        return Segments(chosen, units, 1, single)
    count = _packed(map(_septets if chosen == "GSM-7" else _words, text), part) if pairs else -(-units // part)
    return Segments(chosen, units, count, part)


def fold(text: str) -> str:
    """The same words in GSM-7: typography made plain, accents GSM lacks dropped, emoji left out, the rest "?".

    A text already in GSM-7 comes back unchanged; folding twice changes nothing more.
    """
    if GSM.issuperset(text):
        return text
    return "".join(map(_folded, unicodedata.normalize("NFC", text)))


def _septets(char: str) -> int:
    return 2 if char in _EXTENSION else 1


def _words(char: str) -> int:
    return 2 if char > "\uffff" else 1


def _packed(costs: Iterable[int], capacity: int) -> int:
    """Parts needed when a character that does not fit opens the next part."""
    count, room = 1, capacity
    for cost in costs:
        if cost > room:
            count, room = count + 1, capacity
        room -= cost
    return count


# a character and what it becomes, without a space between
_LETTERS = "ŒOE œoe ÐD ðd ĐD đd ŁL łl ÞTh þth ıi ħh ĦH ŋng ŊNG ſs ẞß əe ƏE"
_SIGNS = "×x ÷/ ⁄/ ∕/ ≤<= ≥>= ≠!= ±+/- ≈~ ©(c) ®(R) ¢c ₠€ ° ¦| ¬- ¶ µu †+"
# what typography, currency and look-alikes become; what is not here is decomposed
PLAIN: Mapping[str, str] = {
    **dict.fromkeys("‘’‚‛‹›′‵`´ʹʻʼʽˈ＇", "'"),
    **dict.fromkeys("“”„‟«»″‶〝〞＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("•‣◦⁃∙·●○■□▪▫◆◇★☆", "-"),
    **dict.fromkeys("\u2028\u2029\u0085\v", "\n"),
    **dict.fromkeys("→⇒➔➜➡⟶⟹", "->"),
    **dict.fromkeys("←⇐⬅⟵", "<-"),
    **dict.fromkeys("↔⇔", "<->"),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),  # Greek capitals GSM leaves to their Latin twins
    **{pair[0]: pair[1:] for pair in _LETTERS.split() + _SIGNS.split()},
    "\t": " ",
}

# Unicode categories that leave no trace: controls, zero-width and other formats, accents on their own, emoji and
# other pictures, skin tones
_SILENT = frozenset({"Cc", "Cf", "Mn", "Me", "Mc", "So", "Sk"})


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    """One character in GSM-7: as it is, from the table, a space, nothing, its base letters, or "?"."""
    if char in GSM:
        return char
    if char in PLAIN:
        return PLAIN[char]
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    base = unicodedata.normalize("NFKD", char)
    if base != char:
        return "".join(map(_folded, base))
    return "" if category in _SILENT else "?"
