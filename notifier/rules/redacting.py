"""What a log line must not hold: numbers of people, addresses, tokens. Pure; knows no logger.

Too much is hidden rather than too little: nobody misses a long number in a log, and somebody could be found by one.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

HIDDEN = "…"
# Keys whose value is never shown, whatever it looks like.
SECRET = re.compile(
    r"(token|password|secret|authori[sz]ation|cookie|api_?key|nik\b|\bkk\b|phone|address|e?mail$|text$|body|sealed)",
    re.IGNORECASE,
)
DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[ ]\d\d)?")  # written like a long number, and none
DEEP = 4  # structures within structures

_LINK = re.compile(r"(?<=://)[^\s/@]+:[^\s/@]*(?=@)")  # user:password in an address
_BOT = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}")  # a Telegram bot's token, also in the path of its files
_BEARER = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(token|password|passwd|secret|api_?key|signature|sandi)(['\"]?\s*[=:]\s*['\"]?)[^\s&,;'\"]{3,}", re.IGNORECASE
)
_MAIL = re.compile(r"[^\s@<>\"'(),;:/…]+@[^\s@<>\"'(),;:]+\.[^\s@<>\"'(),;:.]+")
_NUMBER = re.compile(r"\+?\d(?:[ .()\-\u2010-\u2015]{0,2}\d){8,}")


def redacted(text: str) -> str:
    """The text without credentials, e-mail addresses and numbers of nine or more digits, however they are grouped."""
    text = _LINK.sub(HIDDEN, text)
    text = _BOT.sub(HIDDEN, text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _GIVEN.sub(rf"\1\2{HIDDEN}", text)
    text = _MAIL.sub(HIDDEN, text)
    return _NUMBER.sub(lambda found: found[0] if DAY.fullmatch(found[0]) else HIDDEN, text)


def hide(key: str, value: Any, deep: int = 0) -> Any:
    """A value as a log may show it under this key."""
    if SECRET.search(key):
        return HIDDEN
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**10 else HIDDEN  # ids of ours are shorter, phones and NIK are not
    if deep >= DEEP:
        return HIDDEN
    if isinstance(value, Mapping):
        return {redacted(str(name)): hide(str(name), part, deep + 1) for name, part in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray | memoryview):
        return [hide("", part, deep + 1) for part in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} bytes"
    return redacted(str(value))
