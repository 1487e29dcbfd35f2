"""One row of a register, judged: a person with contacts and programmes, or the findings for which it is rejected.

Pure but for the list of regions it asks. Does not know the database or what the register already holds.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from notifier.registry.cells import day, words
from notifier.registry.findings import Finding, is_rejected, shown
from notifier.registry.places import Places, dotted
from notifier.registry.tables import Cell, Row
from notifier.rules import people as rules
from notifier.rules.people import Nik, NikFault
from notifier.rules.roles import covers
from notifier.rules.rounds import Enrolment, zone_of

_DOTS = re.compile(r"\.{2,}")
_STATUSES = frozenset(status.value for status in Enrolment)
FIRST_BIRTH = date(1900, 1, 1)
_SEXES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("l", "lk", "laki", "laki-laki", "laki laki", "pria", "m", "male", "1"), "L"),
        **dict.fromkeys(("p", "pr", "perempuan", "wanita", "f", "female", "2"), "P"),
    }
)
_LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"indonesia": "id", "bahasa indonesia": "id", "jawa": "jv", "sunda": "su", "inggris": "en", "madura": "mad"}
)
_CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("hp", "ponsel", "telepon"), "sms"),
        **dict.fromkeys(("tg", "tele"), "telegram"),
        **dict.fromkeys(("e-mail", "surel", "mail"), "email"),
    }
)


class Candidate(NamedTuple):
    """A row that can be taken: everything is in the form the register keeps. Empty means: the file does not say."""

    nik: str
    kk: str
    name: str
    sex: str
    born: date | None
    address: str
    rt: str
    rw: str
    region: str
    zone: str
    language: str
    prefers: str  # channel
    flags: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]  # (kind, address)
    programmes: tuple[tuple[str, str], ...]  # (programme, status or "")


def judge(row: Row, places: Places, today: date, within: str = "") -> tuple[Candidate | None, Sequence[Finding]]:
    """The person of a row (None when it is rejected) and what was found in it. `within`: the area one may import."""
    cells = row.cells
    found: list[Finding] = []
    if row.surplus:
        return None, [Finding("wrong_width", "", str(row.width))]
    nik = _nik(cells["NIK"], found)
    name = words(cells["NAMA"], "NAMA", found)
    if not rules.is_name(name):
        found.append(Finding("missing_name", "NAMA"))
    elif len(name) > rules.LONGEST_NAME:
        found.append(Finding("long_name", "NAMA"))
    born = day(cells.get("TANGGAL_LAHIR", ""), "TANGGAL_LAHIR", found)
    if born is not None and not FIRST_BIRTH <= born <= today:
        found.append(Finding("impossible_date", "TANGGAL_LAHIR"))
    region = _region(cells["KODE_WILAYAH"], places, within, found)
    sex, flags = _sex_and_flags(cells.get("JENIS_KELAMIN", ""), nik, born, found)
    kk = _kk(cells.get("NO_KK", ""), found)
    address = words(cells.get("ALAMAT", ""), "ALAMAT", found, 200)
    rt, rw = _unit(cells.get("RT", ""), "RT", found), _unit(cells.get("RW", ""), "RW", found)
    language = _language(cells.get("BAHASA", ""), found)
    prefers = _prefers(cells.get("SALURAN", ""), found)
    contacts = (
        *_chats(cells.get("TELEGRAM_CHAT_ID", ""), found),
        *_phones(cells.get("NO_HP", ""), found),
        *_mails(cells.get("EMAIL", ""), found),
    )
    programmes = _programmes(cells.get("PROGRAM", ""), cells.get("STATUS", ""), found)
    if nik is None or is_rejected(found):
        return None, found
    zone = zone_of(region).key
    return (
        Candidate(
            *(nik.value, kk, name, sex, born, address, rt, rw, region, zone),
            *(language, prefers, flags, contacts, programmes),
        ),
        found,
    )


def _nik(cell: Cell, found: list[Finding]) -> Nik | None:
    digits = digits_of(cell, found)
    read = rules.read_nik(digits) if digits is not None else None
    if isinstance(read, NikFault):
        found.append(Finding(read.value, "NIK"))
        return None
    return read


def digits_of(cell: Cell, found: list[Finding]) -> str | None:
    """The 16 digits of a NIK, possible or not; None with a finding when they are none."""
    if not isinstance(cell, str):
        found.append(Finding("nik_stored_as_number", "NIK"))
        return None
    digits = rules.nik_digits(cell)
    if isinstance(digits, NikFault):
        found.append(Finding(digits.value, "NIK"))
        return None
    if digits != cell:
        found.append(Finding("trailing_spaces" if digits == cell.strip() else "nik_spelling", "NIK"))
    return digits


def _region(cell: Cell, places: Places, within: str, found: list[Finding]) -> str:
    text = words(cell, "KODE_WILAYAH", found)
    code = dotted(text)
    if len(code) < 8 or places.name(code) is None:
        found.append(Finding("unknown_region", "KODE_WILAYAH", shown(text)))
    elif not covers(within, code):
        found.append(Finding("outside_region", "KODE_WILAYAH", code))
    elif code != text:
        found.append(Finding("region_spelling", "KODE_WILAYAH"))
    return code


def _sex_and_flags(cell: Cell, nik: Nik | None, born: date | None, found: list[Finding]) -> tuple[str, tuple[str, ...]]:
    text = words(cell, "JENIS_KELAMIN", found)
    if nik is None:
        return "", ()
    sex = _SEXES.get(text.casefold(), "") if text else ""
    flags: list[str] = []
    if text and not sex:
        found.append(Finding("unknown_gender", "JENIS_KELAMIN", shown(text)))
    if sex and sex != nik.sex:
        flags.append("gender_mismatch")
        found.append(Finding("gender_mismatch", "JENIS_KELAMIN"))
    if born is not None and not nik.tells(born):
        flags.append("birth_mismatch")
        found.append(Finding("birth_mismatch", "TANGGAL_LAHIR"))
    return sex, tuple(flags)


def _kk(cell: Cell, found: list[Finding]) -> str:
    if not isinstance(cell, str):
        found.append(Finding("kk_stored_as_number", "NO_KK"))
        return ""
    if len(cell) == 16 and cell.isascii() and cell.isdigit():
        return cell
    value = "".join(letter for letter in cell if letter not in " .-'\"=\t\xa0")
    if not value:
        return ""
    if len(value) != 16 or not (value.isascii() and value.isdigit()):
        found.append(Finding("bad_kk", "NO_KK"))
        return ""
    found.append(Finding("trailing_spaces" if value == cell.strip() else "nik_spelling", "NO_KK"))
    return value


def _unit(cell: Cell, column: str, found: list[Finding]) -> str:
    """RT and RW are spelled with three digits."""
    text = words(cell, column, found, 4)
    return text.zfill(3) if text.isdigit() else text


def _language(cell: Cell, found: list[Finding]) -> str:
    text = words(cell, "BAHASA", found).casefold()
    if not text:
        return ""
    code = _LANGUAGES.get(text, text)
    if len(code) in (2, 3) and code.isascii() and code.isalpha():
        return code
    found.append(Finding("unknown_language", "BAHASA", shown(text)))
    return ""


def _prefers(cell: Cell, found: list[Finding]) -> str:
    text = words(cell, "SALURAN", found).casefold()
    if not text:
        return ""
    channel = _CHANNELS.get(text, text)
    if channel in rules.CONTACT_KINDS:
        return channel
    found.append(Finding("unknown_channel", "SALURAN", shown(text)))
    return ""


def _chats(cell: Cell, found: list[Finding]) -> list[tuple[str, str]]:
    text = words(cell, "TELEGRAM_CHAT_ID", found)
    if not text:
        return []
    chat = rules.read_chat(text)
    if chat is None:
        found.append(Finding("chat_id_text", "TELEGRAM_CHAT_ID"))
        return []
    return [("telegram", chat)]


def _phones(cell: Cell, found: list[Finding]) -> list[tuple[str, str]]:
    if not isinstance(cell, str):
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        found.append(Finding("phone_stored_as_number", "NO_HP"))
    else:
        text = rules.tidy(cell) if cell else ""
    kept: list[tuple[str, str]] = []
    for part in rules.several(text):
        phone = rules.read_phone(part)
        if phone is None:
            found.append(Finding("bad_phone", "NO_HP"))
        elif ("sms", phone) not in kept:
            kept.append(("sms", phone))
            if phone != cell and isinstance(cell, str):
                found.append(Finding("phone_spelling", "NO_HP"))
    return kept


def _mails(cell: Cell, found: list[Finding]) -> list[tuple[str, str]]:
    text = words(cell, "EMAIL", found)
    kept: list[tuple[str, str]] = []
    for part in rules.several(text):
        address = read_mail(part)
        if address is None:
            found.append(Finding("bad_email", "EMAIL"))
        elif ("email", address) not in kept:
            kept.append(("email", address))
            if address != part:
                found.append(Finding("email_spelling", "EMAIL"))
    return kept


@lru_cache(maxsize=1024)
def read_mail(text: str) -> str | None:
    """The address with its domain in lower case; None when nothing could be delivered to it."""
    from email_validator import EmailNotValidError, validate_email

    local, at, domain = text.rpartition("@")
    # "t..rahayu@" is against the letter of the standard; registers have it, and many servers deliver it.
    dots = _DOTS.sub(".", local)
    try:
        read = validate_email(f"{dots}{at}{domain}", check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    address = f"{local}@{read.domain}" if dots != local else read.normalized
    return address if len(address) <= 254 else None


def _programmes(programmes: Cell, statuses: Cell, found: list[Finding]) -> tuple[tuple[str, str], ...]:
    """Programmes with their status: one for all, or one each in the same order."""
    text = words(programmes, "PROGRAM", found).upper()
    status_text = words(statuses, "STATUS", found).upper()
    if not text:
        return ()
    names, each = rules.several(text), rules.several(status_text) or [""]
    if len(each) not in (1, len(names)) or any(status and status not in _STATUSES for status in each):
        found.append(Finding("unknown_status", "STATUS", shown(status_text)))
        return ()
    kept: dict[str, str] = {}
    for name, status in zip(names, each if len(each) == len(names) else each * len(names), strict=True):
        if name in rules.PROGRAMMES:
            kept[name] = status
        else:
            found.append(Finding("unknown_programme", "PROGRAM", shown(name)))
    return tuple(kept.items())
