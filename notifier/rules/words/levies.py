"""What citizens say was asked of them or taken from them, in their own words and with its amount: "potong 25rb", "uang
admin", "diminta 50 ribu".

It must not know who took it, nor whether it is true.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifier.rules.words.amounts import amounts
from notifier.rules.words.normal import Token, clean, tokens

DEDUCTION, LEVY = "deduction", "illegal_levy"
LONGEST = 80  # characters of the words that are kept
REACH = 6  # words within which an amount belongs to the word for the taking
MOST = 5  # of one text

# A word, or two that follow each other, → what it is a word for.
TAKING: Mapping[tuple[str, ...], str] = {
    **dict.fromkeys(
        (
            ("potong",),
            ("dipotong",),
            ("potongan",),
            ("pemotongan",),
            ("motong",),
            ("memotong",),
            ("kepotong",),
            ("dipotongi",),
            ("disunat",),
            ("disunati",),
            ("dikurangi",),
        ),
        DEDUCTION,
    ),
    **dict.fromkeys(
        (
            ("pungli",),
            ("pungutan",),
            ("dipungut",),
            ("dipungli",),
            ("setoran",),
            ("nyetor",),
            ("disuruh", "bayar"),
            ("harus", "bayar"),
            ("suruh", "bayar"),
            ("minta", "uang"),
            ("diminta", "uang"),
            ("minta", "duit"),
            ("dimintai", "uang"),
            ("diminta", "bayar"),
            ("dimintai",),
            ("uang", "admin"),
            ("uang", "administrasi"),
            ("biaya", "admin"),
            ("biaya", "administrasi"),
            ("uang", "rokok"),
            ("uang", "bensin"),
            ("uang", "lelah"),
            ("uang", "jasa"),
            ("uang", "terima"),
            ("uang", "sukarela"),
            ("duit", "admin"),
        ),
        LEVY,
    ),
}
_NUMBERISH = frozenset({"ribu", "rb", "juta", "jt", "k", "rban", "ribuan", "rp", "rupiah", "idr"})


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing that was asked or taken."""

    kind: str  # deduction, illegal_levy
    words: str
    amount: int | None = None  # rupiah


def levies(text: str) -> tuple[Taken, ...]:
    """Everything of the kind in a text, in order, each once; at most MOST. Never fails on any text."""
    found = tokens(clean(text))
    taken: list[Taken] = []
    at = 0
    while at < len(found) and len(taken) < MOST:
        hit = _word(found, at)
        if hit is None:
            at += 1
            continue
        kind, length = hit
        end = _end(found, at + length)
        amount = next(iter(amounts(found[at + length : end])), None)
        shown = found[at : end if amount is not None else at + length]
        one = Taken(kind, " ".join(token.word for token in shown)[:LONGEST], amount)
        if one not in taken:
            taken.append(one)
        at = end if amount is not None else at + length
    return tuple(taken)


def _word(found: Sequence[Token], at: int) -> tuple[str, int] | None:
    """(kind, number of words) of the word for a taking that begins here."""
    for length in (2, 1):
        kind = TAKING.get(tuple(token.word for token in found[at : at + length]))
        if kind is not None:
            return kind, length
    return None


def _end(found: Sequence[Token], start: int) -> int:
    """Up to where an amount belongs to it: a few words on, the same sentence, before the next word for a taking."""
    end = start
    while end < len(found) and end - start < REACH:
        cut = found[end].sentence != found[end - 1].sentence and found[end - 1].word != "rp"  # "Rp. 50.000"
        if cut or _word(found, end) is not None:
            break
        end += 1
    while end > start and not _figure(found[end - 1].word):  # what follows the amount is not part of it
        end -= 1
    return end


def _figure(word: str) -> bool:
    return word in _NUMBERISH or word[0].isdigit() or bool(amounts([Token(word, 0, 0)]))
