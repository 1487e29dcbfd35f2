"""What identifies and reaches a person: NIK, names, phones, chat ids. Pure, and never raises whatever people typed.

It must not know files, tables or which register a value came from.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import NamedTuple

PROGRAMMES = ("PKH", "BPNT", "BST", "BLT", "LANSIA", "DISABILITAS")
CONTACT_KINDS = ("telegram", "sms", "email")
LONGEST_NAME = 120

_WOMEN = 40  # what a woman's day of birth is counted up by
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DIGITS = re.compile(r"[0-9]+")
_NIK_SPACING = re.compile(r"[\s.\-'\"=`’]+")
_SCIENTIFIC = re.compile(r"[0-9][.,]?[0-9]*E\+?[0-9]{1,2}", re.IGNORECASE)
_PHONE_SPACING = re.compile(r"[\s().\-‐-―']+")
_MOBILE = re.compile(r"8[1-35-9][0-9]{7,10}")
_SEVERAL = re.compile(r"[;,/|]|\s+atau\s+|\s+dan\s+", re.IGNORECASE)
_NOT_NAME = re.compile(r"[\W_]+")
_CHAT = re.compile(r"[1-9][0-9]{4,15}")


class NikFault(StrEnum):
    """Why something is no NIK."""

    MISSING = "missing_nik"
    SHORT = "short_nik"
    LONG = "long_nik"
    LETTERS = "letters_in_nik"
    NUMBER = "nik_stored_as_number"  # 3,17507E+15: a spreadsheet has been at it
    DATE = "impossible_date"
    SERIAL = "nik_without_serial"


class Nik(NamedTuple):
    """A national identity number that could be one: district, day of birth, serial."""

    value: str  # 16 digits
    sex: str  # L or P, as the day of birth says
    day: int
    month: int
    year: int  # its last two digits

    @property
    def masked(self) -> str:
        """As people may see it: 317507******3689."""
        return mask_nik(self.value)

    def tells(self, born: date) -> bool:
        """Whether the number speaks of this day of birth."""
        return (self.day, self.month, self.year) == (born.day, born.month, born.year % 100)


def nik_digits(text: str) -> str | NikFault:
    """The 16 digits in a cell, whatever spaces, dots and quotes stand round them; or why they are none."""
    value = text
    if len(value) != 16 or not (value.isascii() and value.isdigit()):
        value = _NIK_SPACING.sub("", text)
        if not value:
            return NikFault.MISSING
        if not _DIGITS.fullmatch(value):
            return NikFault.NUMBER if _SCIENTIFIC.fullmatch(text.strip()) else NikFault.LETTERS
        if len(value) != 16:
            return NikFault.SHORT if len(value) < 16 else NikFault.LONG
    return value


def read_nik(text: str) -> Nik | NikFault:
    """The NIK in a cell; or why nobody can have it."""
    value = nik_digits(text)
    if isinstance(value, NikFault):
        return value
    day, month, year = int(value[6:8]), int(value[8:10]), int(value[10:12])
    sex = "L"
    if day > _WOMEN:
        day, sex = day - _WOMEN, "P"
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1] or (month == 2 and day == 29 and year % 4):
        return NikFault.DATE
    if value.endswith("0000"):
        return NikFault.SERIAL
    return Nik(value, sex, day, month, year)


def mask_nik(value: str) -> str:
    """A NIK with its middle hidden; anything else hidden but for its length."""
    if len(value) == 16 and value.isdigit():
        return f"{value[:6]}******{value[12:]}"
    return "*" * min(len(value), 16)


def masked_address(address: str) -> str:
    """An address by which its owner, but nobody else, is recognised: its beginning and end."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{address[:4]}***{address[-3:]}" if len(address) > 8 else "***"


def read_phone(text: str) -> str | None:
    """An Indonesian mobile number in E.164 (+62…), however it was spelled; None when it is none."""
    digits = _PHONE_SPACING.sub("", text)
    if digits.startswith("+"):
        digits = digits[1:]
        if not digits.startswith("62"):
            return None
    elif digits.startswith("0062"):
        digits = digits[2:]
    if digits.startswith("62"):
        digits = digits[2:]
    digits = digits.removeprefix("0")
    return f"+62{digits}" if _MOBILE.fullmatch(digits) else None


def several(text: str) -> list[str]:
    """The parts of a cell that names more than one address: "0812… / 0813…"."""
    return [part for part in (piece.strip() for piece in _SEVERAL.split(text)) if part]


def read_chat(text: str) -> str | None:
    """A Telegram chat id of a person: a positive number; None for user names and groups."""
    value = text.strip().replace(" ", "")
    return value if _CHAT.fullmatch(value) else None


def tidy(text: str) -> str:
    """Words with single spaces and without what nobody can see (control, zero-width and direction marks)."""
    if text.isascii() and text.isprintable():
        return text if "  " not in text and text[:1] != " " and text[-1:] != " " else " ".join(text.split())
    seen = "".join(
        letter if letter.isprintable() else " " if letter.isspace() or unicodedata.category(letter) == "Cc" else ""
        for letter in text
    )
    return " ".join(seen.split())


def fold_name(name: str) -> str:
    """What two spellings of one name share: letters and digits without case, accents and punctuation."""
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name)
    return _NOT_NAME.sub("", name.casefold())


def is_name(name: str) -> bool:
    """Whether it has a letter at all."""
    return any(letter.isalpha() for letter in name)
