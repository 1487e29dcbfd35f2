"""Conversations as tables: a flow is a table of steps, a turn leads to a move. Pure; knows no channel and no wording.

`begin` opens a flow, `step` carries it on, `keyword` says which flow somebody's bare word asks for. Whoever calls
does what a move wishes for and steps again with its result.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from notifier.rules.talks import (
    complaint,
    language,
    linking,
    menu,
    officer,
    questions,
    register,
    schedule,
    status,
    stop,
    ticket,
    wrong_person,
)
from notifier.rules.talks.values import Flow, Move, Say, Step, Takes, Talk, Turn, over

FLOWS: Mapping[str, Flow] = {
    "menu": menu.MENU,
    "help": menu.HELP,
    "guide": menu.GUIDE,
    "schedule": schedule.FLOW,
    "status": status.FLOW,
    "ticket": ticket.FLOW,
    "complaint": complaint.FLOW,
    "register": register.FLOW,
    "register_how": register.HOW,
    "language": language.FLOW,
    "officer": officer.FLOW,
    "stop": stop.FLOW,
    "linking": linking.FLOW,
    "wrong_person": wrong_person.FLOW,
    "questions": questions.FLOW,
}
LEAVE = "leave"
# bare words → flow. STOP, MULAI, YA and TIDAK are understood by rules.words, with or without a talk.
KEYWORDS: Mapping[str, str] = {
    **dict.fromkeys(("menu", "mulai menu", "0"), "menu"),
    **dict.fromkeys(("bantuan", "help", "tolong", "info", "?", "bantu"), "help"),
    **dict.fromkeys(("cara lapor", "panduan", "guide"), "guide"),
    **dict.fromkeys(("jadwal", "schedule", "jadwal saya", "jadual"), "schedule"),
    **dict.fromkeys(("cek", "status", "cek status", "check", "chek", "cekk", "cek bantuan"), "status"),
    **dict.fromkeys(("tiket", "ticket", "aduan"), "ticket"),
    **dict.fromkeys(("lapor", "report", "lapor!"), "complaint"),
    **dict.fromkeys(("daftar", "register"), "register"),
    **dict.fromkeys(("saya", "ini saya", "nomor baru"), "linking"),
    **dict.fromkeys(("bahasa", "language", "basa"), "language"),
    **dict.fromkeys(("petugas", "officer", "bicara petugas"), "officer"),
    **dict.fromkeys(("salah orang", "salah nomor", "wrong person", "wrong number"), "wrong_person"),
    **dict.fromkeys(("batal", "cancel", "keluar", "selesai"), LEAVE),
    **dict.fromkeys(("ga jadi", "gak jadi", "gajadi", "nggak jadi", "ngga jadi", "tidak jadi", "tdk jadi"), LEAVE),
}
COMMANDS: Mapping[str, str] = {  # of a channel with commands: after the slash
    "start": "menu",
    "menu": "menu",
    "jadwal": "schedule",
    "status": "status",
    "cek": "status",
    "lapor": "complaint",
    "tiket": "ticket",
    "daftar": "register",
    "bahasa": "language",
    "bantuan": "help",
    "help": "help",
    "panduan": "guide",
    "petugas": "officer",
    "berhenti": "stop",
    "batal": LEAVE,
}
BEHIND = frozenset({"ticket", "officer", "schedule", "status", "language"})  # whose keyword may be followed by more
_ASKING = frozenset({"saya", "kapan", "bantuan", "bansos", "cair", "apa", "berapa", "hari", "ya"})  # in no place's name
PLACE = 4  # words of a village's name, with what kind of place it is
_SIGNS = re.compile(r"^[\s\"'“”.!,:;]+|[\s\"'“”.!,:;]+$")
_SALAH = re.compile(r"(?:maaf|mohon maaf|sorry)?[\s,]*(?:anda|ini|bapak|ibu)?\s*salah\s+(?:orang|nomor|sambung|kirim)")
_WANTS = r"(?:(?:halo|pak|bu|min|maaf|permisi|tolong)[\s,]+)*(?:(?:saya|sy|aku|kami|kulo|abdi|i)\s+)?"
_KINDLY = r"(?:[\s,]+(?:pak|bu|min|ya|dong|kak|mas|mbak|please))*"
_WORDED: Mapping[str, re.Pattern[str]] = {  # what somebody announces or asks in a sentence, with nothing else in it
    "complaint": re.compile(
        _WANTS + r"(?:mau|mo|pengen|pingin|ingin|hendak|akan|badhe|arep|bade|hoyong|want to|would like to)\s+"
        r"(?:me|nge|ng|m)?(?:lapor(?:kan)?|ngadu|adu(?:kan)?|keluh|complain|report)(?:\s+(?:sesuatu|something))?"
        + _KINDLY
    ),
    "officer": re.compile(
        r"(?:(?:halo|hallo|pak|bu|min|maaf|permisi)[\s,]+)*(?:(?:saya|sy|aku|kami|kulo|abdi|i|bisa|tolong)\s+)*"
        r"(?:(?:mau|mo|pengen|pingin|ingin|minta|butuh|perlu|badhe|arep|bade|hoyong|want to|would like to|need to)\s+)?"
        r"(?:(?:bicara|ngomong|ngobrol|berbicara|dihubungkan|hubungkan|sambungkan|dihubungi|matur|nyarios|talk|speak)\s+)"
        r"(?:(?:langsung\s+)?(?:sama|dengan|dgn|dg|sm|ke|kalih|kaliyan|sareng|oleh|to|with)\s+)?"
        r"(?:petugas|petugasnya|orang|orangnya|admin|operator|cs|manusia|an officer|a person|someone|a human)" + _KINDLY
    ),
    "asking": re.compile(
        _WANTS + r"(?:mau|mo|pengen|pingin|ingin|numpang|badhe|arep|bade|hoyong|want to|would like to)\s+"
        r"(?:ber|n|me)?(?:tanya|nanya|taken|takon|naros|nanya-nanya|tanya-tanya|ask)"
        r"(?:\s+(?:dong|sesuatu|something|a question))?" + _KINDLY
    ),
    "register_how": re.compile(
        r"(?:(?:halo|pak|bu|min|maaf|permisi|tolong)[\s,]+)*(?:(?:gimana|bagaimana|gmn|bgmn|gmana|piye|kumaha|kepriye)\s+)?"
        r"(?:cara(?:nya|ne|na)?\s+)(?:(?:untuk|utk|buat|mau)\s+)?(?:men|n)?daftar(?:nya)?"
        r"(?:\s+(?:bansos|bantuan|sosial|pkh|bpnt|jadi penerima))*(?:\s+(?:gimana|bagaimana|gmn|piye|kumaha))?"
        + _KINDLY
        + r"|how (?:do i|can i|to) (?:register|apply)"
    ),
}
# "may your name be known?" is answered by yes and no too, "send it?" by "go on"
MEANS: Mapping[str, str] = {"yes": "named", "no": "hidden", "on": "yes"}
WORDED_AS: Mapping[str, str] = {"asking": "officer"}  # whoever wants to ask is asked what
# "any photo?" with nothing to choose but to go on
NOTHING = frozenset(
    {"tidak", "tdk", "tidak ada", "tdk ada", "ga ada", "gak ada", "gada", "nggak ada", "no", "none", "sudah", "udah"}
)
NUMBERS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "satu siji setunggal hiji one",
            "dua loro kalih two",
            "tiga telu tilu three",
            "empat papat sekawan opat four",
            "lima limo gangsal five",
            "enam nem genep six",
            "tujuh pitu tujuh seven",
            "delapan wolu dalapan eight",
        ),
        1,
    )
    for name in names.split()
}
SLIPPING = 5  # letters of a keyword from which on one slip of the thumb leaves it recognisable
MISSES = 3  # after so many answers in a row that can't be used, a person is offered
BOTH: Mapping[str, str] = {  # typed words that stand for a choice, whatever its label
    **dict.fromkeys(("ya", "y", "yes", "iya", "ok", "oke", "inggih", "muhun", "betul", "benar"), "yes"),
    **dict.fromkeys(("tidak", "tdk", "no", "ora", "mboten", "henteu", "bukan", "gak", "nggak"), "no"),
    **dict.fromkeys(("rahasia", "rahasiakan", "anonim", "jangan", "secret", "hidden"), "hidden"),
    **dict.fromkeys(("boleh", "silakan"), "named"),
    **dict.fromkeys(("lanjut", "lewat", "skip", "kirim"), "on"),
    "semua": "everything",
    **language.NAMES,
}

# bare words that answer a question of ours, whichever it is
BARE: Mapping[str, str] = {
    **dict.fromkeys(("ya", "yes", "sudah", "udah", "sdh", "udh"), "yes"),
    **dict.fromkeys(("tidak", "tdk", "no", "belum", "blm", "blum"), "no"),
}


_STANDS_BEHIND: Mapping[str, Callable[[str, str], bool]] = {  # keyword and what follows it: is it meant so?
    "ticket": lambda first, rest: len(rest.split()) <= 3 and any(sign.isdigit() for sign in rest),
    "officer": lambda first, rest: first.isupper(),
    # a place, if there is one of that name
    "schedule": lambda first, rest: len(rest.split()) <= PLACE and not _ASKING & set(rest.lower().split()),
    "status": lambda first, rest: bool(status.only_nik(rest)),
    "language": lambda first, rest: bool(language.named(rest)),
}


def keyword(text: str) -> tuple[str, str] | None:
    """(flow, what stands behind the keyword) when the text is a keyword, or one of those that more may follow."""
    told = " ".join(_SIGNS.sub("", text).split())
    low = told.lower()
    if low in KEYWORDS:
        return KEYWORDS[low], ""
    if _SALAH.fullmatch(low):
        return "wrong_person", ""
    worded = next((flow for flow, form in _WORDED.items() if form.fullmatch(low.rstrip(" ?"))), "")
    if worded:
        return WORDED_AS.get(worded, worded), ""
    first, _, rest = told.partition(" ")
    flow = KEYWORDS.get(first.lower(), "")
    stands = _STANDS_BEHIND.get(flow)
    return (flow, rest) if stands is not None and stands(first, rest) else None


def bare(text: str) -> str:
    """ "yes" or "no" for a word that is an answer and nothing else; "" for all others."""
    return BARE.get(_SIGNS.sub("", text).lower(), "")


def slipped(text: str) -> str:
    """The flow of the keyword that a bare word was meant for, a letter left out, doubled or changed places; "" where no
    keyword is that near, or several are.
    """
    word = _SIGNS.sub("", text).lower()
    if not (word.isalpha() and SLIPPING - 1 <= len(word) <= 10) or word in KEYWORDS:
        return ""
    near = {flow for known, flow in KEYWORDS.items() if len(known) >= SLIPPING and _slip(word, known)}
    return near.pop() if len(near) == 1 else ""


def _slip(word: str, known: str) -> bool:
    short, long = sorted((word, known), key=len)
    if len(long) - len(short) == 1:
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    swapped = (known[:at] + known[at : at + 2][::-1] + known[at + 2 :] for at in range(len(known) - 1))
    return len(long) == len(short) and word in swapped


def begin(flow: str, talk: Talk, rest: str = "") -> Move:
    """Open a flow; of `talk` only its language and what is known of the sender count."""
    return _asked(FLOWS[flow].begin(replace(talk, flow=flow, step="", misses=0), rest))


def step(talk: Talk, turn: Turn) -> Move:
    """What follows. A choice is one of the open question's, and nothing else."""
    if not turn.result and not turn.choice:
        turn = replace(turn, choice=picks(talk, turn.text))
    move = _of(talk).hear(talk, turn)
    if move.talk is not None and move.talk.misses >= MISSES:
        return over("give_up")
    return _asked(move)


def again(talk: Talk) -> Move:
    """The open question once more, saying that the answer was not clear."""
    return _asked(Move(talk, Say("", before="again")))


def takes(talk: Talk) -> Takes:
    """What the open question takes besides its choices."""
    return _of(talk).takes


def question(talk: Talk) -> Say:
    """The open question."""
    return _of(talk).ask(talk)


def offers(talk: Talk, choice: str) -> bool:
    """Whether this is a choice of the open question."""
    return any(one.code == choice for one in question(talk).choices)


def picks(talk: Talk, text: str) -> str:
    """The code of the choice that somebody typed: by number, by its word, by a word that stands for it; "" for none."""
    choices = question(talk).choices
    word = " ".join(_SIGNS.sub("", text).rstrip(")").split()).lower()
    number = int(word) if word.isdecimal() and len(word) <= 2 else NUMBERS.get(word, 0)
    if number or word.isdecimal():
        return choices[number - 1].code if 1 <= number <= len(choices) else ""
    if word in NOTHING and [one.code for one in choices] == ["on"]:
        return "on"
    stands = BOTH.get(word, "")
    wanted = {word, stands, MEANS.get(stands, ""), KEYWORDS.get(word, "")} - {""}
    return next((one.code for one in choices if one.code in wanted or _SIGNS.sub("", one.label).lower() in wanted), "")


def _of(talk: Talk) -> Step:
    return FLOWS[talk.flow].steps[talk.step]


def _asked(move: Move) -> Move:
    """With the new step's question, where the move says nothing else."""
    if move.talk is None or move.wish is not None or (move.say is not None and move.say.phrase):
        return move
    asked = question(move.talk)
    return replace(move, say=replace(asked, before=move.say.before) if move.say is not None else asked)


def known(language: str, **facts: Any) -> Talk:
    """A talk that has not begun: what is known of the sender."""
    return Talk("", "", language, facts)
