"""What citizens write, made fit to keep: nothing a database refuses, nothing invisible, no personal number in clear.

Pure. The original stays in the sealed arrival; what passes through here may be shown, searched and copied.
"""

import re
import unicodedata

LONGEST = 20_000  # characters of one message that are kept beside the sealed original
SUMMARY = 120
CUT = "\n[…dipotong: {n} huruf lagi; aslinya tersimpan tersegel]"
CUT_MARK = "\n[…dipotong: "

NUMBER = 16  # digits of a NIK, of a family card and of a KKS card
_SIGNS = r"[\s.\-‐-―_/,*+():]{1,3}"
_DIGITS = re.compile(rf"\d+(?:{_SIGNS}\d+)*")
_GROUP = re.compile(r"\d+")
_PROVINCES = range(11, 98)  # what a NIK or a family card begins with
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_KEPT = frozenset("\n\t")


def plain(text: str, longest: int = LONGEST) -> str:
    """The text without NUL, control and zero-width signs and broken halves of emoji; cut, with a note of how
    much is missing, when too long.

    Marks that turn the direction of reading go too: they can make a text read differently from what it says.
    """
    kept = "".join(sign for sign in text[: 4 * longest] if sign in _KEPT or unicodedata.category(sign) not in _HIDDEN)
    kept = kept.strip()
    if len(kept) <= longest and len(text) <= 4 * longest:
        return kept
    room = longest - len(CUT.format(n=len(text)))
    beginning = kept[:room].rstrip()
    rest = max(len(kept), len(text) if len(text) > 4 * longest else 0) - len(beginning)
    return beginning + CUT.format(n=f"{rest:,}".replace(",", "."))


def is_cut(text: str) -> bool:
    """Whether a kept text is only the beginning of what was written."""
    return CUT_MARK in text[-len(CUT) - 20 :]


def masked(text: str) -> str:
    """The text with every run of 16 or more digits hidden but for its first six and last four: NIK, family card, KKS,
    also spelled in groups with spaces, points, dashes or slashes between.
    """
    return _DIGITS.sub(lambda found: _mask(found[0]), text)


def safe(text: str, longest: int = LONGEST) -> str:
    """Clean, masked, and short enough."""
    return masked(plain(text, longest))[:longest]


def summary(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SUMMARY else line[: SUMMARY - 1].rstrip() + "…"


def _mask(run: str) -> str:
    groups = list(_GROUP.finditer(run))
    lengths = [len(group[0]) for group in groups]
    hidden = {at for at, length in enumerate(lengths) if length >= NUMBER}
    for first in range(len(groups)):
        total = 0
        for last in range(first, len(groups)):
            total += lengths[last]
            if total >= NUMBER:
                if total == NUMBER and _like_a_number("".join(group[0] for group in groups[first : last + 1])):
                    hidden.update(range(first, last + 1))
                break
    return _hide(run, groups, hidden) if hidden else run


def _like_a_number(digits: str) -> bool:
    return int(digits[:2]) in _PROVINCES


def _hide(run: str, groups: list[re.Match[str]], hidden: set[int]) -> str:
    """The run with each stretch of hidden groups replaced by one masked number."""
    told, at, place = [], 0, 0
    while place < len(groups):
        if place not in hidden:
            place += 1
            continue
        end = place
        while end + 1 in hidden and max(len(groups[end][0]), len(groups[end + 1][0])) < NUMBER:
            end += 1
        digits = "".join(group[0] for group in groups[place : end + 1])
        told += [run[at : groups[place].start()], f"{digits[:6]}******{digits[-4:]}"]
        at, place = groups[end].end(), end + 1
    return "".join([*told, run[at:]])
