"""What citizens say was asked of them or taken from them, in their own words and with its amount: "potong 25rb", "uang
admin", "diminta 50 ribu".

It must not know who took it, nor whether it is true.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifier.rules.words.amounts import NUMERALS, amounts
from notifier.rules.words.normal import Token, clean, tokens

DEDUCTION, LEVY = "deduction", "illegal_levy"
LONGEST = 80  # characters of the words that are kept
REACH = 6  # words within which an amount belongs to the word for the taking
MOST = 5  # of one text

_MONEY = ("duit", "duwit", "dhuwit", "uang", "arta", "arto")
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
            ("dicatut",),
            ("motongi",),
            ("dikethok",),
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
            ("uang", "pelicin"),
            ("uang", "sabun"),
            ("uang", "kopi"),
            ("uang", "capek"),
            ("biaya", "kartu"),
            ("biaya", "pengambilan"),
            ("sumbangan", "wajib"),
            ("iuran", "wajib"),
            ("minta", "jatah"),
            ("mesti", "bayar"),
            ("wajib", "bayar"),
            # Javanese and Sundanese
            *((must, pay) for must in ("kudu", "kedah", "dikon", "diken") for pay in ("bayar", "mbayar", "mayar")),
            *((ask, money) for ask in ("njaluk", "dijaluk", "dijaluki", "menta", "dipenta") for money in _MONEY),
            ("dijaluki",),
            ("dipundhuti",),
            ("dipentaan",),
        ),
        LEVY,
    ),
}
# Words that say it only where an amount follows: "ditarik 25.000", not "ditarik kembali".
WITH_AMOUNT: Mapping[str, str] = {**dict.fromkeys(("diminta", "dijaluk", "dipenta", "ditarik", "setor"), LEVY)}
# What only others ask of a citizen: "ketua minta 50rb", not "saya minta 600rb saya".
ASKS = frozenset({"minta", "njaluk", "menta", "mundhut"})
OTHERS = frozenset(
    {
        *("rt", "rw", "dia", "mereka", "oknum", "petugas", "perangkat", "pamong", "pengurus", "ketua", "kader", "agen"),
        *("lurah", "kades", "kadus", "kaur", "carik", "sekdes", "pendamping", "koordinator", "kordinator"),
    }
)
# What says that nothing was taken, directly before its word or with one of the others between.
_NOT = frozenset(
    {
        *("tidak", "tdk", "tak", "gak", "ga", "nggak", "ngga", "enggak", "bukan", "tanpa", "belum", "blm"),
        *("ora", "mboten", "teu", "henteu"),
    }
)
_BETWEEN = frozenset({"ada", "ono", "enten", "aya", "pernah", "kena"})
_IF = frozenset({"kalau", "kalo", "klo", "kl", "jika", "bila", "yen", "nek", "lamun", "mun"})
_NUMBERISH = frozenset({"rp", "rupiah", "idr", *NUMERALS})


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
        kind, length, bare = hit
        end = _end(found, at + length)
        amount = next(iter(amounts(found[at + length : end])), None)
        if _denied(found, at) or (amount is None and not bare):
            at += length
            continue
        shown = found[at : end if amount is not None else at + length]
        one = Taken(kind, " ".join(token.word for token in shown)[:LONGEST], amount)
        if one not in taken:
            taken.append(one)
        at = end if amount is not None else at + length
    return tuple(taken)


def _word(found: Sequence[Token], at: int) -> tuple[str, int, bool] | None:
    """(kind, number of words, whether they say it without an amount) of the word for a taking that begins here."""
    for length in (2, 1):
        kind = TAKING.get(tuple(token.word for token in found[at : at + length]))
        if kind is not None:
            return kind, length, True
    word = found[at].word
    if word in ASKS and at and found[at - 1].word in OTHERS:
        return LEVY, 1, False
    return (WITH_AMOUNT[word], 1, False) if word in WITH_AMOUNT else None


def _denied(found: Sequence[Token], at: int) -> bool:
    """Whether it is said that this was not so: "tidak ada potongan", but not "kalau tidak dipotong"."""
    before = [token.word for token in found[max(0, at - 3) : at] if token.sentence == found[at].sentence]
    if before and before[-1] in _BETWEEN:
        before.pop()
    return bool(before) and before[-1] in _NOT and not (len(before) > 1 and before[-2] in _IF)


def _end(found: Sequence[Token], start: int) -> int:
    """Up to where an amount belongs to it: a few words on, the same sentence, before the next word for a taking."""
    end = start
    while end < len(found) and end - start < REACH:
        cut = found[end].sentence != found[end - 1].sentence and found[end - 1].word != "rp"  # "Rp. 50.000"
        next_one = _word(found, end)
        if cut or (next_one is not None and next_one[2]):
            break
        end += 1
    while end > start and not _figure(found[end - 1].word):  # what follows the amount is not part of it
        end -= 1
    return end


def _figure(word: str) -> bool:
    return word in _NUMBERISH or word[0].isdigit() or bool(amounts([Token(word, 0, 0)]))
