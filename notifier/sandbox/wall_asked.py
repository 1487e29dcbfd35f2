"""What somebody asks of the phone wall, by form or by JSON, as the arguments a provider's `say` takes. Pure."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from notifier.sandbox.wall_pages import HERE


def which_channel(typed: str) -> tuple[str, str]:
    """The channel and address a person means by what was typed. Raises ValueError."""
    address = typed.strip()
    digits = re.sub(r"(?<=.)[\s\-.()]", "", address)  # a minus in front is a group's
    if re.fullmatch(r"[^\s@]+@[^\s@]+", address) and len(address) <= 254:
        return "email", address
    if re.fullmatch(r"(\+|0|628)\d{5,14}", digits):
        return "sms", re.sub(r"^(0|62)", "+62", digits)
    if re.fullmatch(r"-?\d{1,19}", digits):
        return "telegram", digits
    raise ValueError("Tulis nomor HP (0812…), ID Telegram (angka), atau alamat surel.")


def form_said(words: Mapping[str, str], upload: Any) -> dict[str, Any]:
    """The arguments of _say from a form of the page."""
    photo = upload.file.read() if isinstance(upload, web.FileField) else b""
    if "sample" in words:
        photo = (HERE / "sample.png").read_bytes()
    names = ("line", "channel", "address", "subject", "button", "reply_to", "edit_of", "sticker")
    text = (words.get("quick") or words.get("text", "")).replace("\r\n", "\n").strip()
    return {**{name: words.get(name, "") for name in names}, "text": text, "photo": photo or None}


def json_said(asked: Any) -> dict[str, Any]:
    """The arguments of _say from JSON; `photo` is base64, or true for the sample. Raises ValueError."""
    if not isinstance(asked, dict):
        raise ValueError("want a JSON object with line (or channel), address and text")  # noqa: TRY004 - told as 400
    names = ("line", "channel", "address", "subject", "text", "button", "reply_to", "edit_of", "sticker")
    if unknown := set(asked) - {*names, "photo", "headers"}:
        raise ValueError(f'unknown key "{min(unknown)}"; known are {", ".join(names)}, photo, headers')
    if wrong := [name for name in names if not isinstance(asked.get(name, ""), str)]:
        raise ValueError(f"`{wrong[0]}` must be a string")
    photo = asked.get("photo") or None
    if photo is True:
        photo = (HERE / "sample.png").read_bytes()
    elif photo is not None:
        try:
            photo = base64.b64decode(photo, validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise ValueError("`photo` must be base64, or true for the sample picture") from error
    headers = asked.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise ValueError("`headers` must be an object of strings")
    return {**{name: asked.get(name, "") for name in names}, "photo": photo, "headers": headers}
