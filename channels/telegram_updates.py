"""What Telegram's updates mean: one stored body (an update, or a list of them) to facts.

Pure: no network, no clock, no third-party package, no state. It never raises: whatever the body is, the result is a
list of facts, and what can't be used is `Unknown` with the reason. Reasons never repeat people's words.
A ref is "<chat id>:<message id>", because message ids are unique within a chat only.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from channels.contract import Heard, HeardKind, Inbound, InFile, Moved, Unknown

# What we ask Telegram to send; everything else would only be kept as unknown.
UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
)

Json = Mapping[str, Any]
START = re.compile(r"/start(?:@\w{1,64})?(?:\s+(\S{1,64}))?\s*")
COMMAND = re.compile(r"/(\w{1,64})(?:@\w{1,64})?(?=\s|$)")
PLAIN_KEY = re.compile(r"[a-z_]{1,40}")  # a field's name as Telegram spells them, safe to repeat in a reason
NOTHING: Json = {}

# field of a message -> kind, MIME type and file name when Telegram names none
FILES: tuple[tuple[str, HeardKind, str, str], ...] = (
    ("animation", HeardKind.DOCUMENT, "video/mp4", "animation.mp4"),  # comes with a "document" too: first
    ("document", HeardKind.DOCUMENT, "application/octet-stream", "document"),
    ("video", HeardKind.DOCUMENT, "video/mp4", "video.mp4"),
    ("video_note", HeardKind.DOCUMENT, "video/mp4", "video_note.mp4"),
    ("audio", HeardKind.DOCUMENT, "audio/mpeg", "audio.mp3"),
    ("voice", HeardKind.VOICE, "audio/ogg", "voice.ogg"),
)
# Things a person said on purpose, but which carry nothing we could use
ODD = ("dice", "poll", "story", "game", "checklist", "paid_media", "giveaway", "gift", "invoice", "live_photo")
OUTSIDE = frozenset({"kicked", "left"})
INSIDE = frozenset({"member", "administrator", "creator"})


def read_updates(body: bytes) -> Sequence[Inbound]:
    """All facts of a stored body, in its order. Never raises."""
    try:
        updates = json.loads(body)
    except (ValueError, RecursionError):
        return [Unknown("the body is not JSON")]
    if not isinstance(updates, list):
        updates = [updates]
    return [fact for update in updates for fact in _update(update)]


def _update(update: object) -> Iterator[Inbound]:
    if not isinstance(update, dict):
        yield Unknown("an update is not a JSON object")
        return
    for kind, reader in READERS.items():
        if kind in update:
            content = _object(update[kind])
            yield reader(content, _update_id(update)) if content else Unknown(f"{kind} is not a JSON object")
            return
    yield Unknown(f"an update with nothing this channel knows: {_names(update, ('update_id',))}")


def _update_id(update: Json) -> str:
    number = _whole(update.get("update_id"))
    return "" if number is None else str(number)


def _message(message: Json, update_id: str) -> Inbound:
    """message and channel_post: something new was said, or the chat itself changed."""
    chat_id = _chat(message)[1]
    if chat_id is None:
        return Unknown("a message without a chat")
    for field, old_is_here in (("migrate_to_chat_id", True), ("migrate_from_chat_id", False)):
        other = _whole(message.get(field))
        if other is not None:
            here, there = str(chat_id), str(other)
            return Moved(here, there) if old_is_here else Moved(there, here)
    content = _content(message)
    if content is None:
        return Unknown(f"a message with nothing this channel knows: {_names(message, FRAME)}")
    return _heard(message, update_id, content, "date")


def _edited(message: Json, update_id: str) -> Inbound:
    """edited_message and edited_channel_post: `ref` names what was said before."""
    if _chat(message)[1] is None:
        return Unknown("an edited message without a chat")
    content = _content(message)
    if content is None or "location" in message:  # a live location moves every few seconds
        return Unknown("an edit without words")
    return _heard(message, update_id, {**content, "kind": HeardKind.EDIT}, "edit_date")


def _heard(message: Json, update_id: str, content: dict[str, Any], when: str) -> Heard:
    chat, chat_id = _chat(message)
    speaker = _object(message.get("from"))
    text: str = content.get("text", "")
    return Heard(
        id=update_id,
        sender=str(chat_id),
        at=_time(message.get(when)),
        kind=content["kind"],
        text=text,
        ref=_ref(message),
        thread=_ref({"chat": chat, "message_id": _object(message.get("reply_to_message")).get("message_id")}),
        files=content.get("files", ()),
        album=_words(message.get("media_group_id")),
        language=_words(speaker.get("language_code")),
        machine=speaker.get("is_bot") is True,
        group=_is_group(chat),
        raw={**_said_by(chat, speaker, message), **_commanded(text), **content.get("raw", {})},
    )


def _pressed(query: Json, update_id: str) -> Inbound:
    """callback_query: a button under one of our messages; that message may be too old to be told."""
    speaker, message = _object(query.get("from")), _object(query.get("message"))
    chat, chat_id = _chat(message)
    sender = chat_id if chat_id is not None else _whole(speaker.get("id"))
    call, data = _words(query.get("id")), query.get("data")
    if sender is None or not call or not isinstance(data, str):
        return Unknown("a button press without sender, id or data")
    return Heard(
        id=update_id,
        sender=str(sender),
        at=None,  # Telegram does not tell when a button was pressed
        kind=HeardKind.BUTTON,
        thread=_ref(message),
        button=_words(data),
        call=call,
        language=_words(speaker.get("language_code")),
        group=_is_group(chat),
        raw=_said_by(chat, speaker, NOTHING),
    )


def _membership(change: Json, update_id: str) -> Inbound:
    """my_chat_member: the person blocked the bot or let it in again; a group added or removed it."""
    chat, chat_id = _chat(change)
    before = _words(_object(change.get("old_chat_member")).get("status"))
    member = _object(change.get("new_chat_member"))
    after = _words(member.get("status"))
    if after == "restricted":
        after = "member" if member.get("is_member") is True else "left"
    if chat_id is None or not (after in OUTSIDE or (after in INSIDE and before not in INSIDE)):
        return Unknown("a change of membership that closes or opens nothing")
    speaker = _object(change.get("from"))
    return Heard(
        id=update_id,
        sender=str(chat_id),
        at=_time(change.get("date")),
        kind=HeardKind.BLOCKED if after in OUTSIDE else HeardKind.UNBLOCKED,
        language=_words(speaker.get("language_code")),
        group=_is_group(chat),
        raw=_said_by(chat, speaker, NOTHING),
    )


READERS: Mapping[str, Callable[[Json, str], Inbound]] = {
    "message": _message,
    "edited_message": _edited,
    "channel_post": _message,
    "edited_channel_post": _edited,
    "callback_query": _pressed,
    "my_chat_member": _membership,
}
# what is around a message's content, not worth naming when the content is not understood
FRAME = ("message_id", "from", "chat", "date", "sender_chat", "edit_date", "message_thread_id", "reply_to_message")


def _content(message: Json) -> dict[str, Any] | None:
    """What was said: kind, text, files, raw. None for what nobody said (service messages)."""
    if isinstance(message.get("text"), str):
        return {"kind": HeardKind.TEXT, "text": _words(message["text"])}
    for reader in (_photo, _file, _location, _contact, _sticker):
        content = reader(message)
        if content is not None:
            return {"text": _words(message.get("caption")), **content}
    odd = next((name for name in ODD if name in message), "")
    return {"kind": HeardKind.OTHER, "raw": {"content": odd}} if odd else None


def _photo(message: Json) -> dict[str, Any] | None:
    sizes = [_object(size) for size in _items(message.get("photo"))]
    sizes = [size for size in sizes if _words(size.get("file_id"))]
    if not sizes:
        return None
    largest = max(sizes, key=lambda size: (_whole(size.get("width")) or 0) * (_whole(size.get("height")) or 0))
    return {"kind": HeardKind.PHOTO, "files": (_in_file(largest, "image/jpeg", "photo.jpg"),)}


def _file(message: Json) -> dict[str, Any] | None:
    for field, kind, mime, name in FILES:
        file = _object(message.get(field))
        if _words(file.get("file_id")):
            return {"kind": kind, "files": (_in_file(file, mime, name),)}
    return None


def _in_file(file: Json, mime: str, name: str) -> InFile:
    return InFile(
        name=_words(file.get("file_name")) or name,
        type=_words(file.get("mime_type")) or mime,
        size=_whole(file.get("file_size")),
        handle=_words(file.get("file_id")),
    )


def _location(message: Json) -> dict[str, Any] | None:
    venue = _object(message.get("venue"))
    place = _object(message.get("location")) or _object(venue.get("location"))
    latitude, longitude = _degrees(place.get("latitude"), 90), _degrees(place.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    named = ", ".join(filter(None, (_words(venue.get("title")), _words(venue.get("address")))))
    return {"kind": HeardKind.LOCATION, "text": named, "raw": {"latitude": latitude, "longitude": longitude}}


def _contact(message: Json) -> dict[str, Any] | None:
    """A shared phone number; it is the sender's own only if Telegram says it belongs to the sender."""
    contact = _object(message.get("contact"))
    phone = _words(contact.get("phone_number"))
    if not phone:
        return None
    owner, sender = _whole(contact.get("user_id")), _whole(_object(message.get("from")).get("id"))
    own = owner is not None and owner == sender
    return {"kind": HeardKind.CONTACT, "raw": {"contact_phone": phone, "contact_own": own}}


def _sticker(message: Json) -> dict[str, Any] | None:
    sticker = _object(message.get("sticker"))
    return {"kind": HeardKind.STICKER, "raw": {"emoji": _words(sticker.get("emoji"))}} if sticker else None


def _said_by(chat: Json, speaker: Json, message: Json) -> dict[str, Any]:
    """Small extras about who spoke: name, the person in a group, whether it was forwarded."""
    name = " ".join(filter(None, (_words(speaker.get("first_name")), _words(speaker.get("last_name")))))
    raw: dict[str, Any] = {"name": name} if name else {}
    person = _whole(speaker.get("id"))
    if _is_group(chat) and (title := _words(chat.get("title"))):
        raw["title"] = title
    if _is_group(chat) and person is not None:
        raw["from"] = str(person)
    if "forward_origin" in message:
        raw["forwarded"] = True
    return raw


def _commanded(text: str) -> dict[str, Any]:
    """`start`: the token of a deep link ("" without one); `command`: the word after the slash."""
    command = COMMAND.match(text)
    if command is None:
        return {}
    start = START.fullmatch(text)
    return {"command": command[1].lower(), **({"start": start[1] or ""} if start else {})}


# Nothing in a body has to be what it should be: these take anything and give the type or nothing.


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else NOTHING


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _words(value: object) -> str:
    """Text that can be stored anywhere: without NUL, lone surrogates replaced."""
    if not isinstance(value, str):
        return ""
    if value.isascii():
        return value.replace("\0", "")
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _degrees(value: object, most: int) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and -most <= value <= most else None  # type: ignore[operator, arg-type]


def _time(value: object) -> datetime | None:
    seconds = _whole(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None and 0 < seconds < 2**33 else None


def _chat(holder: Json) -> tuple[Json, int | None]:
    chat = _object(holder.get("chat"))
    return chat, _whole(chat.get("id"))


def _is_group(chat: Json) -> bool:
    return bool(chat) and chat.get("type") != "private"


def _ref(message: Json) -> str:
    chat_id, message_id = _chat(message)[1], _whole(message.get("message_id"))
    return f"{chat_id}:{message_id}" if chat_id is not None and message_id is not None else ""


def _names(fields: Json, except_for: Sequence[str]) -> str:
    known = (name for name in fields if name not in except_for and PLAIN_KEY.fullmatch(name))
    return ", ".join(sorted(known)[:8]) or "no known field"
