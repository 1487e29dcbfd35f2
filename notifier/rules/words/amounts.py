"""Rupiah named in a citizen's words: "Rp. 20.000,-", "600rb", "dua puluh ribu", "1,5 juta", "goceng".

It must not know who took or received them.
"""

from collections.abc import Sequence

from notifier.rules.words.normal import Token

_UNITS = {
    **dict.fromkeys(("ribu", "rb", "rban", "ribuan", "rebu", "ewu", "ewon", "k"), 1_000),
    **dict.fromkeys(("juta", "jt", "jutaan", "yuta"), 1_000_000),
}
_SLANG = {
    "gopek": 500,
    "seceng": 1_000,
    "sewu": 1_000,
    "seribu": 1_000,
    "sarebu": 1_000,
    "noceng": 2_000,
    "goceng": 5_000,
    "ceban": 10_000,
    "noban": 20_000,
    "goban": 50_000,
    "gocap": 50_000,
    "cepek": 100_000,
    "sejuta": 1_000_000,
    "limangewu": 5_000,
}
_DIGITS: dict[str, float] = {
    "satu": 1,
    "se": 1,
    "siji": 1,
    "hiji": 1,
    "dua": 2,
    "loro": 2,
    "rong": 2,
    "tiga": 3,
    "telu": 3,
    "telung": 3,
    "tilu": 3,
    "empat": 4,
    "papat": 4,
    "patang": 4,
    "opat": 4,
    "lima": 5,
    "limang": 5,
    "enam": 6,
    "nem": 6,
    "genep": 6,
    "tujuh": 7,
    "pitu": 7,
    "pitung": 7,
    "delapan": 8,
    "wolu": 8,
    "wolung": 8,
    "dalapan": 8,
    "sembilan": 9,
    "sanga": 9,
    "salapan": 9,
    "sepuluh": 10,
    "sapuluh": 10,
    "sedasa": 10,
    "sebelas": 11,
    "seratus": 100,
    "satus": 100,
    "saratus": 100,
    "rongatus": 200,
    "telungatus": 300,
    "selawe": 25,
    "salawe": 25,
    "selangkung": 25,
    "seket": 50,
    "suwidak": 60,
    "sewidak": 60,
    "patangatus": 400,
    "limangatus": 500,
    "nematus": 600,
    "kalih": 2,
    "tigang": 3,
    "sekawan": 4,
    "gangsal": 5,
    "setengah": 0.5,
    "satengah": 0.5,
    "separo": 0.5,
}
NUMERALS = frozenset({*_UNITS, *_SLANG, *_DIGITS, "puluh", "dasa", "belas", "ratus"})
_LARGEST = 8  # digits: longer numbers are NIK, phones, accounts
_LEAST = 1_000  # rupiah: a bare smaller number is a count, a date or a house


def amounts(tokens: Sequence[Token]) -> tuple[int, ...]:
    """All amounts in the order they stand, in rupiah."""
    found: list[int] = []
    number: float | None = None
    after_rp = False
    for token in tokens:
        word = token.word
        if word in _UNITS and number is not None:
            found.append(round(number * _UNITS[word]))
            number = None
        elif word in _SLANG:
            found.append(_SLANG[word])
        else:
            read = _number(word)
            if read is None and word in ("puluh", "dasa", "belas", "ratus") and number is not None:
                number = number + 10 if word == "belas" else number * (100 if word == "ratus" else 10)
                continue
            if number is not None and read is not None and number >= 20 and read < 10 and not word[0].isdigit():
                number += read
                continue
            number = read
            if read is not None and word.isdigit() and len(word) <= _LARGEST and _looks_like_money(read, after_rp):
                found.append(int(read))
                number = None
        after_rp = word in ("rp", "idr") or (after_rp and word == ".")
    return tuple(found)


def _looks_like_money(value: float, after_rp: bool) -> bool:
    return value >= _LEAST and (after_rp or value % 500 == 0)


def _number(word: str) -> float | None:
    if word[0].isdigit():
        try:
            return float(word.replace(",", "."))
        except ValueError:
            return None
    return _DIGITS.get(word)
