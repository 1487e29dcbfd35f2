"""Which of a round's people a mass message is for: one frozen value, kept as JSON and read out in words. Pure.

It must not know how people are found, nor what they are told.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, Self

from notifier.rules.roles import covers
from notifier.rules.rounds import ENTITLEMENT_WORDS, Entitlement

ANSWERS = ("confirmed", "denied", "silent")  # to the question whether a round was received
_LISTS = ("regions", "programmes", "statuses", "languages", "channels")


@dataclass(frozen=True, slots=True)
class Rule:
    """Everything that is said holds for a person, of each list one entry; what is left out holds for everybody."""

    regions: tuple[str, ...] = ()  # prefixes
    programmes: tuple[str, ...] = ()  # also approved in one of these
    statuses: tuple[str, ...] = ()  # of their entitlement in the round
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()  # they have a working contact on one of these
    answer: str = ""  # confirmed, denied, silent
    asked: int = 0  # the round whose question that answers; 0: the round itself
    listed: int = 0  # a list that somebody brought; 0: none

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self:
        """The rule that was kept as JSON; None is everybody."""
        found = dict(kept or {})
        lists = {name: tuple(found.get(name, ())) for name in _LISTS}
        return cls(**lists, answer=found.get("answer", ""), asked=found.get("asked", 0), listed=found.get("listed", 0))

    def as_json(self) -> dict[str, Any]:
        """What is said, and nothing else; everybody is {}."""
        return {name: list(kept) if name in _LISTS else kept for name, kept in asdict(self).items() if kept}

    @property
    def digest(self) -> str:
        """What the ledger names it by."""
        return sha256(json.dumps(self.as_json(), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


EVERYBODY = Rule()


def tidied(rule: Rule) -> Rule:
    """The same rule in its plainest form: each list in order, and no region inside another."""
    regions = sorted(set(rule.regions))
    outer = [code for code in regions if not any(other != code and covers(other, code) for other in regions)]
    lists = {name: tuple(sorted(set(getattr(rule, name)))) for name in _LISTS} | {"regions": tuple(outer)}
    return Rule(**lists, answer=rule.answer, asked=rule.asked if rule.answer else 0, listed=rule.listed)


def apart(one: Rule, other: Rule) -> bool:
    """Whether nobody can belong to both, whatever happens to people meanwhile: only places are looked at."""
    if not one.regions or not other.regions:
        return False
    return not any(covers(a, b) or covers(b, a) for a in one.regions for b in other.regions)


# --- in words --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Names:
    """What a rule's numbers and codes are called."""

    regions: Mapping[str, str] = field(default_factory=dict)
    asked: str = ""  # code of the round
    listed: str = ""  # file name of the list
    people: int = 0  # on that list


_LEVELS: Mapping[int, tuple[str, str]] = {
    2: ("provinsi", "provinces"),
    5: ("kabupaten/kota", "regencies"),
    8: ("kecamatan", "districts"),
    13: ("desa/kelurahan", "villages"),
}
_ANSWERED: Mapping[str, tuple[str, str]] = {
    "confirmed": ("yang membenarkan sudah menerima", "who confirmed receipt"),
    "denied": ("yang menyatakan belum menerima", "who say they have not received"),
    "silent": ("yang belum menjawab pertanyaan penerimaan", "who have not answered the receipt question"),
}
_CHANNELS: Mapping[str, str] = {"sms": "SMS", "telegram": "Telegram", "email": "surel"}
_TONGUES: Mapping[str, tuple[str, str]] = {
    "id": ("Indonesia", "Indonesian"),
    "jv": ("Jawa", "Javanese"),
    "su": ("Sunda", "Sundanese"),
    "en": ("Inggris", "English"),
    "mad": ("Madura", "Madurese"),
}
_STATUSES: Mapping[str, str] = {
    Entitlement.DIJADWALKAN: "scheduled",
    Entitlement.DISALURKAN: "disbursed",
    Entitlement.DITERIMA: "received",
    Entitlement.GAGAL: "failed",
    Entitlement.DITUNDA: "postponed",
}
_SHOWN = 4  # names of regions that are spelled out


def in_words(rule: Rule, programme: str, names: Names, tongue: str = "id") -> str:
    """A rule as a person reads it: "keluarga PKH di 3 kecamatan (…), status dijadwalkan, yang belum menjawab"."""
    english = tongue == "en"
    registered = "everybody registered" if english else "semua yang terdaftar"  # for a notice about no round
    head = (f"{programme} families" if english else f"keluarga {programme}") if programme else registered
    clauses = [f"{head} {_places(rule.regions, names, english)}" if rule.regions else head]
    if rule.programmes:
        clauses.append(f"{'also in' if english else 'juga di'} {_either(rule.programmes, english)}")
    if rule.statuses:
        said = [_STATUSES[s] if english else ENTITLEMENT_WORDS[Entitlement(s)] for s in rule.statuses]
        clauses.append(f"status {_either(said, english)}")
    if rule.languages:
        said = [_TONGUES.get(code, (code, code))[english] for code in rule.languages]
        clauses.append(f"{'language' if english else 'bahasa'} {_either(said, english)}")
    if rule.channels:
        said = ["e-mail" if english and code == "email" else _CHANNELS.get(code, code) for code in rule.channels]
        clauses.append(f"{'reachable by' if english else 'dapat dihubungi lewat'} {_either(said, english)}")
    if rule.answer:
        about = f" {names.asked}" if names.asked else ""
        clauses.append(_ANSWERED[rule.answer][english] + about)
    if rule.listed:
        on = f"on the list {names.listed}" if english else f"yang ada di daftar {names.listed}"
        clauses.append(f"{on} ({names.people} {'people' if english else 'orang'})")
    return ", ".join(clauses)


def _places(regions: Sequence[str], names: Names, english: bool) -> str:
    called = [names.regions.get(code) or code for code in regions]
    lengths = {len(code) for code in regions}
    level = _LEVELS.get(lengths.pop(), ("wilayah", "regions")) if len(lengths) == 1 else ("wilayah", "regions")
    place = "in" if english else "di"
    if len(called) == 1:
        return f"{place} {called[0]}"
    more = "" if len(called) <= _SHOWN else ", …"
    return f"{place} {len(called)} {level[english]} ({', '.join(called[:_SHOWN])}{more})"


def _either(words: Sequence[str], english: bool) -> str:
    last = " or " if english else " atau "
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + last + words[-1]
