"""A message as a citizen would receive it, marked as a test: in the formatting of its channel, never as plain words.

Pure; knows neither lines nor the address it goes to.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

_MARK: Mapping[str, str] = MappingProxyType({"id": "UJI", "en": "TEST", "jv": "UJI", "su": "UJI"})
_BODY = re.compile(r"<body\b[^>]*>\s*(?:<div\b[^>]*>)?", re.IGNORECASE)


def marked(channel: str, language: str, parts: Mapping[str, str]) -> dict[str, str]:
    """The parts of a message, each saying first that it is a test."""
    mark = f"[{_MARK.get(language, _MARK['id'])}]"
    return {name: _marked(channel, name, mark, words) for name, words in parts.items()}


def _marked(channel: str, part: str, mark: str, words: str) -> str:
    if part == "subject" or channel == "sms":
        return f"{mark} {words}"
    if part == "text":
        return f"{mark}\n{words}"
    if channel != "email":
        return f"<b>{mark}</b>\n{words}"
    body = _BODY.search(words)
    at = body.end() if body else 0
    return f"{words[:at]}<p><strong>{mark}</strong></p>{words[at:]}"
