"""The short code that every message to a citizen carries: its delivery's number, shuffled with a key.

A keyed permutation, so that no column keeps it, none comes twice, and one code tells nothing about the next. It must
not know where the key comes from, nor what a number stands for.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from hashlib import blake2b
from itertools import accumulate, product
from math import prod

DIGITS = "23456789"
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"  # no O like a 0, no I and L like a 1: nobody tells them apart on a phone
HALF = 4  # signs
ROUNDS = 8  # of the Feistel network
# Signs that no code holds, and what somebody who writes one has most likely read.
SLIPS = {"0": "QD", "O": "QD", "1": "7J", "I": "7J", "L": "7J"}
MOST_SLIPS = 2  # beyond that it is no code

# The kinds of a half's signs: each mixes digits and letters, so that no word, year or amount is taken for one.
_KINDS = [kinds for kinds in product((DIGITS, LETTERS), repeat=HALF) if len(set(kinds)) > 1]
_BEGINS = [0, *accumulate(prod(map(len, kinds)) for kinds in _KINDS)]
HALVES = _BEGINS[-1]  # 639,584
CODES = HALVES**2  # 409 thousand million, between 2^38 and 2^39
_SHAPE = re.compile(r"(?<![A-Z0-9])([A-Z0-9]{4})[ \t.·_–—-]{0,3}([A-Z0-9]{4})(?![A-Z0-9])", re.IGNORECASE | re.ASCII)


class Codes:
    """Numbers to codes and back, under one key (up to 64 bytes)."""

    def __init__(self, key: bytes) -> None:
        self._rounds = [blake2b(bytes([number]), digest_size=8, key=key) for number in range(ROUNDS)]

    def of(self, number: int) -> str:
        """The code of a number, such as "K7QM-3FXA"; ValueError for a number that has none."""
        if not 0 <= number < CODES:
            raise ValueError(f"{number} has no code: codes are for 0 to {CODES - 1}")
        left, right = divmod(number, HALVES)
        for keyed in self._rounds:
            left, right = right, (left + _mixed(keyed, right)) % HALVES
        return f"{_spelt(left)}-{_spelt(right)}"

    def number(self, code: str) -> int | None:
        """The number of a code as `find` gives it; None for what is no code."""
        first, dash, second = code.partition("-")
        left, right = _value(first), _value(second)
        if not dash or left is None or right is None:
            return None
        for keyed in reversed(self._rounds):
            left, right = (right - _mixed(keyed, left)) % HALVES, left
        return left * HALVES + right


def find(text: str) -> Iterator[list[str]]:
    """What looks like a code in a text, in its order, each as the codes it may be: most often one, more when signs that
    no code holds were written for others. In any case, with or without spaces and dashes.
    """
    for _, codes in _shapes(text):
        yield codes


def without(text: str) -> str:
    """A text with everything that looks like a code blanked."""
    kept, end = "", 0
    for shape, _ in _shapes(text):
        kept, end = f"{kept}{text[end : shape.start()]} ", shape.end()
    return kept + text[end:]


def _shapes(text: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    shape = _SHAPE.search(text)
    while shape is not None:
        codes = _may_be(shape[1].upper(), shape[2].upper())
        if codes:
            yield shape, codes
        shape = _SHAPE.search(text, shape.end() if codes else shape.start(2))


def _may_be(first: str, second: str) -> list[str]:
    """The codes that two halves, as somebody wrote them, may stand for."""
    written = first + second
    plainly = all(any(sign.isdigit() for sign in half) and not half.isdigit() for half in (first, second))
    if not plainly or sum(sign in SLIPS for sign in written) > MOST_SLIPS:
        return []
    spellings = ("".join(one) for one in product(*(SLIPS.get(sign, sign) for sign in written)))
    return [f"{one[:HALF]}-{one[HALF:]}" for one in spellings if _mixes(one[:HALF]) and _mixes(one[HALF:])]


def _mixed(keyed: "blake2b", half: int) -> int:
    mixing = keyed.copy()
    mixing.update(half.to_bytes(4, "big"))
    return int.from_bytes(mixing.digest(), "big")


def _spelt(half: int) -> str:
    place = bisect(_BEGINS, half) - 1
    first, second, third, fourth = _KINDS[place]
    half, d = divmod(half - _BEGINS[place], len(fourth))
    half, c = divmod(half, len(third))
    a, b = divmod(half, len(second))
    return first[a] + second[b] + third[c] + fourth[d]


def _value(signs: str) -> int | None:
    kinds = tuple(DIGITS if sign in DIGITS else LETTERS for sign in signs)
    if (
        len(signs) != HALF
        or not _mixes(signs)
        or not all(sign in kind for sign, kind in zip(signs, kinds, strict=True))
    ):
        return None
    value = 0
    for sign, kind in zip(signs, kinds, strict=True):
        value = value * len(kind) + kind.index(sign)
    return _BEGINS[_KINDS.index(kinds)] + value


def _mixes(signs: str) -> bool:
    return any(sign in DIGITS for sign in signs) and any(sign in LETTERS for sign in signs)
