"""What lies in a provider's request or answer: parsed bodies, paths into them, ids, times, phone numbers.

Pure, standard library only, and hostile input never gets past as an exception other than ValueError (parsed) or
RecursionError (parsed). Knows nothing of any provider. A path such as "data.0.id" leads through mappings and lists.
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

LONGEST_ID = 200


def parsed(body: bytes, headers: Mapping[str, str]) -> Any:
    """JSON, or a form if the content type says so or the body does not begin like JSON. Raises ValueError."""
    kind = headers.get("content-type") or next(
        (value for name, value in headers.items() if name.lower() == "content-type"), ""
    )
    kind = kind.lower()
    text = body.removeprefix(BOM_UTF8).decode("utf-8", "replace").strip()
    if "json" in kind or ("form-urlencoded" not in kind and text[:1] in ("{", "[")):
        return json.loads(text)
    if "form-urlencoded" in kind or "=" in text:
        return dict(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=1000))
    raise ValueError("neither JSON nor a form")


def items(data: Any, path: str) -> Iterator[Any]:
    """The entries of a batch: the list at the path (at the top without one), or the one thing that lies there."""
    found = look(data, path) if path else data
    if isinstance(found, list):
        yield from found
    else:
        yield found


def look(data: Any, path: str) -> Any:
    """What lies at a path; None if nothing does. A key that itself contains dots is found too."""
    if not path:
        return None
    if isinstance(data, dict) and path in data:
        return data[path]
    for step in path.split("."):
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isdecimal() and len(step) < 6 and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def holds(item: Any, rule: str) -> bool:
    """Whether a rule "path=value" is true of the item."""
    path, _, value = rule.partition("=")
    return scalar(look(item, path)) == value


def scalar(value: Any) -> str:
    """Strings, numbers and truth values as words; everything else is nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return clean(value).strip() if isinstance(value, str) else ""


def ident(value: Any) -> str:
    """An id fit for a key; one that is absurdly long is none."""
    found = scalar(value)
    return found if len(found) <= LONGEST_ID else ""


def clean(text: str) -> str:
    """Without what no database stores: NUL bytes go, lone surrogates become the replacement character."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else re.sub(r"[\ud800-\udfff]", "\ufffd", text)


def moment(value: Any, zone: ZoneInfo, pattern: str) -> datetime | None:
    """A gateway's time as UTC: epoch seconds, milliseconds or microseconds, ISO, RFC 5322, or the `time_format`.
    A naive time is the gateway's `zone`. None if it cannot be understood."""
    told = scalar(value)
    try:
        if re.fullmatch(r"\d{9,16}(\.\d+)?", told) and not pattern:
            number = float(told)
            return datetime.fromtimestamp(number / (1e6 if number > 1e14 else 1e3 if number > 1e11 else 1), UTC)
        if pattern:
            found = datetime.strptime(told, pattern)  # noqa: DTZ007 - a zone is added below
        elif re.match(r"\d{4}", told):
            found = datetime.fromisoformat(told)
        else:
            found = parsedate_to_datetime(told)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError, IndexError, TypeError):
        return None


def e164(told: str) -> str:
    """A sender as E.164 where it is a phone number (0812…, 62812…, 812…, 0062…, spaces, dashes); names and short
    codes stay as they are."""
    digits = re.sub(r"[\s\-.()/\u00a0\u2010-\u2015]", "", told)
    if not re.fullmatch(r"\+?[0-9]+", digits):
        return told
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not digits.startswith("+"):
        if len(digits) < 8:
            return digits  # a short code
        if digits.startswith("0"):
            return "+62" + digits[1:]
        return ("+62" if digits.startswith("8") and len(digits) <= 12 else "+") + digits
    return re.sub(r"^\+620+", "+62", digits)
