"""What field officers bring back from the doors of people no message reached: results in their words, and the code
by which a row of their list is known.

It must not know who visits, when, or what is kept of it.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from notifier.rules.tickets import ALPHABET, check_character


class Result(StrEnum):
    """What came of a visit."""

    TOLD = "told"  # the person knows now
    ABSENT = "absent"  # nobody was there
    MOVED = "moved"  # lives elsewhere: the register is to be verified
    DIED = "died"  # the register is to be verified


# Results that open a task about the person's data: a flag for somebody to verify. Nobody's right is decided by them.
FLAGS = frozenset({Result.MOVED, Result.DIED})

WORDS: Mapping[str, Result] = MappingProxyType(
    {
        word: result
        for result, words in {
            Result.TOLD: "told diberitahu diberi-tahu sudah-diberitahu sudah-diberi-tahu sudah ya",
            Result.ABSENT: "absent tidak-ada tidak-ada-di-rumah tak-ada tidak-di-rumah tidak-bertemu kosong",
            Result.MOVED: "moved pindah sudah-pindah pindah-rumah pindah-alamat",
            Result.DIED: "died meninggal meninggal-dunia sudah-meninggal wafat almarhum almarhumah",
        }.items()
        for word in words.split()
    }
)
_LEAST = 4  # letters before the check character
_SHAPE = re.compile(rf"K-?([{ALPHABET}]{{{_LEAST},13}})([{ALPHABET}])")
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}


def result_of(text: str) -> Result | None:
    """What an officer's words mean; case, spaces and signs do not count. None when nobody knows."""
    return WORDS.get("-".join(re.findall(r"[a-z]+", text.casefold())))


def code_of(delivery_id: int) -> str:
    """The code of a delivery on a list: `K-` + its number in letters + a check character, as in K-222KQ7.

    The letter in front keeps spreadsheets from taking it for a number. ValueError for a number below 1.
    """
    if delivery_id < 1:
        raise ValueError(f"A delivery is numbered from 1, not {delivery_id}.")
    letters, rest = "", delivery_id
    while rest:
        rest, digit = divmod(rest, len(ALPHABET))
        letters = ALPHABET[digit] + letters
    letters = letters.rjust(_LEAST, ALPHABET[0])
    return f"K-{letters}{check_character(letters)}"


def delivery_of(code: str) -> int | None:
    """The delivery of a code; case, spaces and the dash do not count. None for a slip of the pen: one wrong letter,
    two neighbours in the wrong order.
    """
    match = _SHAPE.fullmatch(re.sub(r"\s", "", code).upper())
    if match is None or check_character(match[1]) != match[2]:
        return None
    number = 0
    for letter in match[1]:
        number = number * len(ALPHABET) + _VALUE[letter]
    return number if number and code_of(number)[2:-1] == match[1] else None
