"""What a call to the fake Bot API carries: parameters in any encoding, checked as Telegram checks them.

Knows neither chats nor phones. Every refusal is spelled like Telegram's own.
"""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from notifier.sandbox.telegram_html import Unreadable, read_html

Json = dict[str, Any]
TEXT, CAPTION, DATA = 4096, 1024, 64  # characters, characters, bytes


class Refused(Exception):
    """Telegram says no: HTTP status, description, parameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters

    def body(self) -> Json:
        """The answer as Telegram spells it."""
        answer = {"ok": False, "error_code": self.status, "description": str(self)}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


@dataclass(frozen=True, slots=True)
class Words:
    """Text or caption as the reader sees it."""

    text: str
    html: str


async def parameters(request: web.Request) -> Json:
    """Query string, and a body as JSON, form or multipart; nested values may be JSON in a string."""
    params: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refused(400, "Bad Request: can't parse JSON object")
        return params | body
    return params | dict(await request.post())


def nested(params: Json, name: str, complaint: str) -> Any:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refused(400, f"Bad Request: {complaint}") from None


def integer(params: Json, name: str, default: int | None = None) -> int:
    try:
        return int(params.get(name, default))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise Refused(400, f"Bad Request: {name} is not a number") from None


def read_text(params: Json) -> Words:
    """The text of a message, which must be there."""
    return _words(params, "text", TEXT, "message text is empty", "message is too long")


def read_caption(params: Json) -> Words:
    """The caption of a file, which may be missing."""
    return _words(params, "caption", CAPTION, "", "message caption is too long")


def _words(params: Json, name: str, most: int, empty: str, too_long: str) -> Words:
    source = str(params.get(name) or "")
    if source.isascii() is False and any(0xD800 <= ord(c) < 0xE000 for c in source):
        raise Refused(400, "Bad Request: strings must be encoded in UTF-8")
    text, shown = source, ""
    if str(params.get("parse_mode", "")).lower() == "html":
        try:
            text, shown = read_html(source)
        except Unreadable as error:
            raise Refused(400, f"Bad Request: can't parse entities: {error}") from None
    if empty and not text.strip():
        raise Refused(400, f"Bad Request: {empty}")
    if len(text) > most:
        raise Refused(400, f"Bad Request: {too_long}")
    return Words(text, shown)


REPLY = "reply:"  # a key that sends its words, or the phone's own number


def keyboard(params: Json) -> tuple[tuple[str, str], ...]:
    """Buttons as (label, data): inline ones, or those in place of the keyboard, whose data begins with `REPLY`."""
    complaint = "can't parse reply keyboard markup JSON object"
    markup = nested(params, "reply_markup", complaint)
    if not markup:
        return ()
    try:
        if "keyboard" in markup:
            keys = [one for row in markup["keyboard"] for one in row]
            return tuple(
                (str(one["text"]), f"{REPLY}{'contact' if one.get('request_contact') else 'text'}") for one in keys
            )
        buttons = [(str(one["text"]), str(one["callback_data"])) for row in markup["inline_keyboard"] for one in row]
    except (TypeError, KeyError):
        raise Refused(400, f"Bad Request: {complaint}") from None
    if any(not label.strip() for label, _ in buttons):
        raise Refused(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    if any(not 0 < len(data.encode()) <= DATA for _, data in buttons):
        raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return tuple(buttons)
