"""CEK: how the aid stands. A number that is known for one person is answered; a shared one after a choice by initials;
any other after NIK and name, and a mismatch never says whether such a NIK exists.
"""

import re

from notifier.rules.talks.values import Flow, Move, SeeStatus, Step, Talk, Turn, asks, by_initials, chosen, missed, over

_NOT_DIGITS = re.compile(r"[\s.\-]")
_NIK = re.compile(r"\bnik\b", re.IGNORECASE)
_WITHOUT = re.compile(  # "saya lupa NIK", "ga punya KTP", "KTP hilang"
    r"\b(?:lupa|ilang|hilang|lali|poho|kesupen|hilap|forgot|lost)\b"
    r"|\b(?:ga|gak|ngga|nggak|tdk|tidak|tak|belum|blm|ora|mboten|henteu|teu|no|dont|don't)\s+"
    r"(?:punya|pny|ada|tahu|tau|hafal|hapal|apal|ingat|inget|bawa|duwe|gadhah|gaduh|boga|know|have)\b"
    r"|\b(?:di ?mana|dimana|apa itu|where|what is)\b.*\bnik\b|\bnik\b.*\b(?:apa|di ?mana)\b",
    re.IGNORECASE,
)
_KIN = re.compile(
    r"\b(?:punya|punyanya|milik|untuk|buat|utk|cek|status|nik)\s+(?:nya\s+)?(?:si\s+)?(?:ibu|bapak|bpk|suami|istri|nenek"
    r"|kakek|mertua|anak|adik|kakak|simbah|mbah|orang tua|ortu|tetangga|cucu|bibi|paman|mother|father|wife|husband)"
    r"(?:\s+(?:saya|sy|aku|kami|ku|kulo|abdi))?\b"
    r"|\bmy\s+(?:mother|father|wife|husband|parents|neighbou?r)\b",
    re.IGNORECASE,
)
ENDS = {"none": "status.none", "mismatch": "mismatch", "limited": "limited"}


def _begin(talk: Talk, rest: str) -> Move:
    if nik := only_nik(rest):
        return Move(talk.at("name", nik=nik))
    if talk.person is not None:
        return Move(talk.at("told"), wish=SeeStatus(person=talk.person))
    return Move(talk.at("who" if talk.people else "nik"))


def _who(talk: Talk, turn: Turn) -> Move:
    one = chosen(talk, turn)
    if one is not None:
        return Move(one.at("told"), wish=SeeStatus(person=one.person))
    return Move(talk.at("nik")) if turn.choice == "nobody" else missed(talk)


def _nik(talk: Talk, turn: Turn) -> Move:
    nik = nik_in(turn.text)
    if nik:
        return Move(talk.at("name", nik=nik))
    phrase = no_nik(turn.text)
    return over(phrase) if phrase == "only_own" else missed(talk, phrase)


def _name(talk: Talk, turn: Turn) -> Move:
    name = " ".join(turn.text.split())[:120]
    if not any(sign.isalpha() for sign in name):
        return missed(talk)
    return Move(talk.at("told"), wish=SeeStatus(nik=str(talk.facts["nik"]), name=name))


def _told(talk: Talk, turn: Turn) -> Move:
    return over("status.told", **turn.told) if turn.result == "found" else over(ENDS.get(turn.result, "status.none"))


def only_nik(text: str) -> str:
    """The sixteen digits, when nothing but "NIK" stands beside them; "" otherwise."""
    return nik_in(text) if not any(sign.isalpha() for sign in _NIK.sub("", text)) else ""


def no_nik(text: str) -> str:
    """The phrase that helps whoever has no number to write: "again.no_nik", "only_own" for a relative's; else what is
    wrong about the answer."""
    if _KIN.search(text):
        return "only_own"
    return "again.no_nik" if _WITHOUT.search(text) else "again.nik"


def nik_in(text: str) -> str:
    """The sixteen digits in an answer; "" when there are none."""
    digits = re.search(r"(?<!\d)\d{16}(?!\d)", _NOT_DIGITS.sub("", text))
    return digits[0] if digits else ""


FLOW = Flow(
    _begin,
    {
        "who": Step(by_initials("who.ask"), _who),
        "nik": Step(asks("status.nik"), _nik, takes="digits"),
        "name": Step(asks("status.name"), _name, takes="name"),
        "told": Step(asks("status.nik"), _told, takes="digits"),  # only between a wish and its result
    },
)
