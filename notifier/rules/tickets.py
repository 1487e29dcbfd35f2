"""A complaint's life as one table, what it is about, who may know the reporter, and the number it is followed by.

It must not know where tickets are kept, who may act on them (that is roles), or what anybody is told.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, TypeVar


class Status(StrEnum):
    RECEIVED = "received"
    VERIFIED = "verified"  # read by a person and found to be a case
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"  # for the citizen; the service clock stands still
    RESOLVED = "resolved"  # awaiting the citizen's confirmation
    CLOSED = "closed"
    REJECTED = "rejected"
    REFERRED = "referred"  # handed to another body
    MERGED = "merged"


class Act(StrEnum):
    VERIFY = "verify"
    ASSIGN = "assign"
    START = "start"
    ANSWER = "answer"
    ASK_CITIZEN = "ask_citizen"
    CITIZEN_ANSWERED = "citizen_answered"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    CLOSE = "close"
    REJECT = "reject"
    REFER = "refer"
    MERGE = "merge"
    PAUSE = "pause"  # the service clock, for a reason other than the citizen
    RESUME = "resume"
    APPEND = "append"  # the citizen added words or evidence without being asked


class Category(StrEnum):
    NOT_RECEIVED = "not_received"
    DELAYED = "delayed"
    DEDUCTION = "deduction"
    ILLEGAL_LEVY = "illegal_levy"
    WRONG_TARGET = "wrong_target"
    NOT_REGISTERED = "not_registered"
    DATA_ERROR = "data_error"
    CARD_PROBLEM = "card_problem"
    OFFICER_CONDUCT = "officer_conduct"
    GOODS_QUALITY = "goods_quality"
    FRAUD_HOAX = "fraud_hoax"
    INFORMATION = "information"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    OTHER = "other"


class Confidentiality(StrEnum):
    OPEN = "open"
    CONFIDENTIAL = "confidential"  # the reporter's identity is sealed from the desk
    ANONYMOUS = "anonymous"


class Body(StrEnum):
    """To whom a case is referred that is not ours to settle."""

    SOCIAL_REGENCY = "social_regency"
    SOCIAL_PROVINCE = "social_province"
    MINISTRY = "ministry"
    INSPECTORATE = "inspectorate"
    OMBUDSMAN = "ombudsman"
    KPK = "kpk"
    POLICE = "police"


BODY_WORDS: Mapping[Body, str] = MappingProxyType(
    {
        Body.SOCIAL_REGENCY: "Dinas Sosial kabupaten/kota",
        Body.SOCIAL_PROVINCE: "Dinas Sosial provinsi",
        Body.MINISTRY: "Kementerian Sosial",
        Body.INSPECTORATE: "Inspektorat",
        Body.OMBUDSMAN: "Ombudsman RI",
        Body.KPK: "KPK",
        Body.POLICE: "Kepolisian",
    }
)
CATEGORY_WORDS: Mapping[Category, str] = MappingProxyType(
    {
        Category.NOT_RECEIVED: "Bantuan belum diterima",
        Category.DELAYED: "Bantuan terlambat",
        Category.DEDUCTION: "Pemotongan bantuan",
        Category.ILLEGAL_LEVY: "Pungutan liar",
        Category.WRONG_TARGET: "Salah sasaran",
        Category.NOT_REGISTERED: "Belum terdaftar",
        Category.DATA_ERROR: "Kesalahan data",
        Category.CARD_PROBLEM: "Masalah kartu (KKS)",
        Category.OFFICER_CONDUCT: "Perilaku petugas",
        Category.GOODS_QUALITY: "Mutu barang bantuan",
        Category.FRAUD_HOAX: "Penipuan atau hoaks",
        Category.INFORMATION: "Permintaan informasi",
        Category.SUGGESTION: "Saran",
        Category.PRAISE: "Apresiasi",
        Category.OTHER: "Lainnya",
    }
)
CONFIDENTIALITY_WORDS: Mapping[Confidentiality, str] = MappingProxyType(
    {Confidentiality.OPEN: "Terbuka", Confidentiality.CONFIDENTIAL: "Rahasia", Confidentiality.ANONYMOUS: "Anonim"}
)
UNPROMISED = frozenset({Category.SUGGESTION, Category.PRAISE})  # nobody waits for an end: they have no clock
STATUS_WORDS: Mapping[Status, str] = MappingProxyType(
    {
        Status.RECEIVED: "Diterima",
        Status.VERIFIED: "Diverifikasi",
        Status.ASSIGNED: "Ditugaskan",
        Status.IN_PROGRESS: "Sedang ditangani",
        Status.WAITING: "Menunggu jawaban Anda",
        Status.RESOLVED: "Selesai, menunggu konfirmasi",
        Status.CLOSED: "Ditutup",
        Status.REJECTED: "Ditolak",
        Status.REFERRED: "Dirujuk",
        Status.MERGED: "Digabung",
    }
)

# What ends a case that is still worked on, whatever step it is at.
_ENDINGS = {
    Act.RESOLVE: Status.RESOLVED,
    Act.REJECT: Status.REJECTED,
    Act.REFER: Status.REFERRED,
    Act.MERGE: Status.MERGED,
}
MOVES: Mapping[Status, Mapping[Act, Status]] = MappingProxyType(
    {
        Status.RECEIVED: {
            Act.VERIFY: Status.VERIFIED,
            Act.ASSIGN: Status.ASSIGNED,
            Act.START: Status.IN_PROGRESS,
            Act.ANSWER: Status.IN_PROGRESS,
            Act.ASK_CITIZEN: Status.WAITING,
            Act.PAUSE: Status.RECEIVED,
            Act.RESUME: Status.RECEIVED,
            Act.APPEND: Status.RECEIVED,
            **_ENDINGS,
        },
        Status.VERIFIED: {
            Act.ASSIGN: Status.ASSIGNED,
            Act.START: Status.IN_PROGRESS,
            Act.ANSWER: Status.IN_PROGRESS,
            Act.ASK_CITIZEN: Status.WAITING,
            Act.PAUSE: Status.VERIFIED,
            Act.RESUME: Status.VERIFIED,
            Act.APPEND: Status.VERIFIED,
            **_ENDINGS,
        },
        Status.ASSIGNED: {
            Act.ASSIGN: Status.ASSIGNED,
            Act.START: Status.IN_PROGRESS,
            Act.ANSWER: Status.IN_PROGRESS,
            Act.ASK_CITIZEN: Status.WAITING,
            Act.PAUSE: Status.ASSIGNED,
            Act.RESUME: Status.ASSIGNED,
            Act.APPEND: Status.ASSIGNED,
            **_ENDINGS,
        },
        Status.IN_PROGRESS: {
            Act.ASSIGN: Status.IN_PROGRESS,
            Act.ANSWER: Status.IN_PROGRESS,
            Act.ASK_CITIZEN: Status.WAITING,
            Act.PAUSE: Status.IN_PROGRESS,
            Act.RESUME: Status.IN_PROGRESS,
            Act.APPEND: Status.IN_PROGRESS,
            **_ENDINGS,
        },
        Status.WAITING: {
            Act.ASSIGN: Status.WAITING,
            Act.ANSWER: Status.WAITING,
            Act.ASK_CITIZEN: Status.WAITING,
            Act.CITIZEN_ANSWERED: Status.IN_PROGRESS,
            Act.PAUSE: Status.WAITING,
            Act.RESUME: Status.WAITING,
            Act.APPEND: Status.WAITING,
            Act.START: Status.IN_PROGRESS,  # the desk found out by itself and waits no longer
            Act.CLOSE: Status.CLOSED,
            **_ENDINGS,
        },
        Status.RESOLVED: {
            Act.ANSWER: Status.RESOLVED,
            Act.CONFIRM: Status.CLOSED,
            Act.CLOSE: Status.CLOSED,
            Act.REOPEN: Status.IN_PROGRESS,
            Act.MERGE: Status.MERGED,
            Act.APPEND: Status.RESOLVED,
        },
        Status.CLOSED: {Act.ANSWER: Status.CLOSED, Act.REOPEN: Status.IN_PROGRESS, Act.APPEND: Status.CLOSED},
        Status.REJECTED: {
            Act.ANSWER: Status.REJECTED,
            Act.CLOSE: Status.CLOSED,
            Act.REOPEN: Status.IN_PROGRESS,
            Act.APPEND: Status.REJECTED,
        },
        Status.REFERRED: {
            Act.ANSWER: Status.REFERRED,
            Act.CLOSE: Status.CLOSED,
            Act.REOPEN: Status.IN_PROGRESS,
            Act.APPEND: Status.REFERRED,
        },
        # What a citizen still writes under the old number is kept here, and read with the ticket it was merged into.
        Status.MERGED: {Act.APPEND: Status.MERGED},
    }
)
OPEN: frozenset[Status] = frozenset(
    {Status.RECEIVED, Status.VERIFIED, Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING}
)
NEEDS_REASON: Mapping[Act, str] = MappingProxyType(
    {
        Act.REJECT: "because the citizen will be told it",
        Act.REFER: "because the citizen will be told it",
        Act.PAUSE: "because whoever reads the promise will ask for it",
        Act.MERGE: "because whoever follows the old number will ask for it",
    }
)


class IllegalMove(ValueError):
    """An act that the ticket's status does not allow, or that lacks its reason; the text is a sentence for people."""


class NoReason(IllegalMove):
    """An act that lacks its reason."""


@dataclass(frozen=True)
class Ticket:
    """As little of a ticket as its moves need; a fuller one may inherit from it."""

    id: int
    number: str
    status: Status = Status.RECEIVED


@dataclass(frozen=True)
class Change:
    """One move as a fact: the audit row, what triggers a notice, and what the promise is reckoned from."""

    act: Act
    from_: Status
    to: Status
    by: str  # a login, or whoever else acted: citizen, clock
    at: datetime  # aware, UTC
    why: str = ""


TicketT = TypeVar("TicketT", bound=Ticket)


def move(ticket: TicketT, act: Act, *, by: str, at: datetime, why: str = "") -> tuple[TicketT, Change]:
    """The ticket after `act`, and the change to record. IllegalMove when the table has no such move or a reason lacks;
    ValueError when `at` is naive.
    """
    if at.utcoffset() is None:
        raise ValueError(f"The time {at} of the act '{act}' has no zone: give it one.")
    allowed = MOVES[ticket.status]
    if act not in allowed:
        raise IllegalMove(impossible(ticket, act))
    if act in NEEDS_REASON and not why.strip():
        raise NoReason(f"Ticket {ticket.number}: '{act}' needs a reason, {NEEDS_REASON[act]}.")
    change = Change(act, ticket.status, allowed[act], by, at, why.strip())
    return replace(ticket, status=change.to), change


def impossible(ticket: Ticket, act: Act) -> str:
    """Why an act can't be: how the ticket stands, and what is possible then."""
    could = ", ".join(sorted(MOVES[ticket.status]))
    return f"Ticket {ticket.number} is {ticket.status}, so '{act}' is not possible; possible is: {could}."


# --- numbers -------------------------------------------------------------------------------------------------------

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0O1IL, which people mistake for each other
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_LENGTH = 6
_GAP = r"[\s\-‐-―_.]{0,3}"
_PREFIX = re.compile(r"(?<![^\W_])ADU[\s\-‐-―_.:#]{0,4}(?=[0-9A-Z])", re.IGNORECASE)
_OLD = re.compile(rf"([0-9]{_GAP}){{9}}[0-9](?![^\W_])")
_NEW = re.compile(rf"([{ALPHABET}]{_GAP}){{{_LENGTH}}}[{ALPHABET}](?![^\W_])", re.IGNORECASE)
_NOISE = re.compile(r"[^0-9A-Z]")


class Chance(Protocol):
    """A source of chance: `random.SystemRandom()` where numbers must be unguessable."""

    def choice(self, among: str, /) -> str: ...


def number_from(chance: Chance) -> str:
    """A new ticket number, `ADU-` + 6 characters + 1 check character. Unguessable only if the chance is.

    At least one of the six is a digit, so that no ordinary word can be taken for a number.
    """
    while True:
        letters = "".join(chance.choice(ALPHABET) for _ in range(_LENGTH))
        if any(letter.isdigit() for letter in letters):
            return f"ADU-{letters}{check_character(letters)}"


def check_character(letters: str) -> str:
    """The check character of six characters. Thirty-one is prime and every place has its own weight, so any one wrong
    character and any two that changed places give another one.
    """
    return ALPHABET[-sum(weight * _VALUE[letter] for weight, letter in enumerate(letters, start=2)) % len(ALPHABET)]


def find_numbers(text: str) -> tuple[str, ...]:
    """The ticket numbers a text names, in order, each once, in the form we write them; whatever case and spacing they
    came in. The old form `ADU-250228-0009` counts too. What fails its check character is left alone, never mended.
    """
    plain = unicodedata.normalize("NFKC", text)
    found: dict[str, None] = {}
    for prefix in _PREFIX.finditer(plain):
        for shape, canonical in ((_OLD, _old_number), (_NEW, _new_number)):
            hit = shape.match(plain, prefix.end())
            number = canonical(_NOISE.sub("", hit[0].upper())) if hit else None
            if number:
                found[number] = None
                break
    return tuple(found)


def _old_number(digits: str) -> str | None:
    month, day = int(digits[2:4]), int(digits[4:6])
    return f"ADU-{digits[:6]}-{digits[6:]}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _new_number(letters: str) -> str | None:
    six, check = letters[:_LENGTH], letters[_LENGTH:]
    is_number = any(letter.isdigit() for letter in six) and check == check_character(six)
    return f"ADU-{letters}" if is_number else None
