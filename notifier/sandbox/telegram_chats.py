"""The citizens' side of a fake bot: chats, what people say in them, and the updates that tell the bot.

Knows the shapes of Telegram's objects and the phones; nothing of methods or HTTP.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifier.sandbox.magic import Magic, magic
from notifier.sandbox.phones import Note, Phones
from notifier.sandbox.telegram_params import REPLY
from notifier.sandbox.telegram_updates import Updates

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in either direction."""

    id: str
    name: str
    type: str
    body: bytes


class Chats:
    """All chats of one bot. Addresses are chat ids as text; a ref is "<chat id>:<message id>"."""

    channel = "telegram"

    def __init__(self, phones: Phones, line: str, me: Json, updates: Updates, now: Callable[[], datetime]) -> None:
        self.line = line
        self.me = me  # the bot as a User
        self.phones = phones
        self.updates = updates
        self.blocked: set[str] = set()
        self.migrated: dict[str, str] = {}  # group -> supergroup
        self.presses: set[str] = set()  # ids of button presses the bot may answer
        self.uploads: dict[str, Upload] = {}
        self._now = now
        self._last_message: Counter[str] = Counter()  # chat -> message id

    async def say(
        self,
        address: str,
        *,
        text: str = "",
        button: str = "",
        reply_to: str = "",
        photo: bytes | None = None,
        edit_of: str = "",
        sticker: str = "",
        headers: Mapping[str, str] = {},
        album: Sequence[bytes] = (),
        document: tuple[str, str, bytes] | None = None,  # name, MIME type, bytes
        contact: str = "",  # their own phone number
    ) -> None:
        """The citizen writes (`photo`, `album`, `document` with `text` as caption), answers, presses, edits, shares.

        Refs are Note.ref; `button` is a button's data, under `reply_to` or the latest message that has it.
        """
        if button:
            await self._press(address, button, reply_to)
            return
        pictures = [*album, *([photo] if photo is not None else [])]
        group = {"media_group_id": f"{address}{self._last_message[address]}"} if album else {}
        for place, body in enumerate(pictures):
            picture = self.keep("photo.jpg", "image/jpeg", body)
            caption = {"caption": text} if text and place == 0 else {}
            await self._speak(address, {"photo": photo_sizes(picture), **caption, **group}, reply_to, edit_of, picture)
        if document is not None:
            file = self.keep(*document)
            caption = {"caption": text} if text else {}
            await self._speak(address, {"document": described(file), **caption}, reply_to, edit_of, file)
        elif sticker:
            image = self.keep("sticker.webp", "image/webp", b"RIFF")
            await self._speak(address, {"sticker": described(image) | {"emoji": sticker}}, reply_to, edit_of)
        elif contact:
            shared = {"phone_number": contact, "first_name": "Warga", "user_id": person(address)}
            await self._speak(address, {"contact": shared}, reply_to, edit_of)
        elif not pictures:
            await self._speak(address, {"text": text}, reply_to, edit_of)

    async def block(self, address: str) -> None:
        """The citizen blocks the bot: it is told, and can't write there any more."""
        self.blocked.add(address)
        await self._member(address, "member", "kicked")

    async def unblock(self, address: str) -> None:
        self.blocked.discard(address)
        await self._member(address, "kicked", "member")

    async def migrate(self, group: str, supergroup: str) -> None:
        """A group becomes a supergroup with another id."""
        self.migrated[group] = supergroup
        content = {"migrate_to_chat_id": int(supergroup)}
        await self.updates.emit("message", self.frame(group, self.next_id(group)) | content)

    async def _speak(
        self, address: str, content: Json, reply_to: str, edit_of: str, upload: Upload | None = None
    ) -> None:
        number = int(edit_of.partition(":")[2]) if edit_of else self.next_id(address)
        message = self.frame(address, number) | content
        if reply_to:
            answered = int(reply_to.partition(":")[2])
            message["reply_to_message"] = self.frame(address, answered) | {"from": self.me, "text": "…"}
        if edit_of:
            message["edit_date"] = message["date"]
        self._note(address, message, reply_to, upload)
        kind = "edited_message" if edit_of else "message"
        await self.updates.emit(kind, message, twice=magic(address) is Magic.DUPLICATE)

    def _note(self, address: str, message: Json, thread: str, upload: Upload | None) -> None:
        """Show on the wall what the citizen said; an edit changes what is there."""
        emoji, shared = message.get("sticker", {}).get("emoji"), message.get("contact", {}).get("phone_number")
        text = message.get("text") or message.get("caption") or emoji or shared or ""
        ref = f"{address}:{message['message_id']}"
        before = self.phones.find(address, ref) if "edit_date" in message else None
        if before is not None:
            self.phones.alter(before, text=text, edited=True)
            return
        files = (self.phones.attach(upload.name, upload.type, upload.body),) if upload else ()
        self.phones.add(self.channel, self.line, address, text, mine=True, ref=ref, thread=thread, files=files)

    async def _press(self, address: str, data: str, reply_to: str) -> None:
        note = self.phones.find(address, reply_to) if reply_to else self._with_button(address, data)
        if note is None or data not in [one for _, one in note.buttons]:
            raise ValueError(f"no message on this phone has a button with the data {data!r}")
        label = next(label for label, one in note.buttons if one == data)
        if data.startswith(REPLY):
            number = next((who.addresses["sms"] for who in self.phones.owners(address) if "sms" in who.addresses), "")
            shares = data == f"{REPLY}contact" and number
            await self.say(address, text="" if shares else label, contact=number if shares else "")
            return
        self.phones.add(self.channel, self.line, address, label, mine=True, thread=note.ref)
        call = str(4_000_000_000 + len(self.presses))
        self.presses.add(call)
        shown = self.frame(address, int(note.ref.partition(":")[2])) | {"from": self.me, "text": note.text}
        shown["reply_markup"] = {"inline_keyboard": [[{"text": a, "callback_data": b}] for a, b in note.buttons]}
        query = {"id": call, "from": user(address), "message": shown, "chat_instance": address, "data": data}
        await self.updates.emit("callback_query", query, twice=magic(address) is Magic.DUPLICATE)

    def _with_button(self, address: str, data: str) -> Note | None:
        notes = (note for note in reversed(self.phones.notes(address)) if note.line == self.line)
        return next((note for note in notes if any(one == data for _, one in note.buttons)), None)

    async def _member(self, address: str, before: str, after: str) -> None:
        frame = self.frame(address, 0)
        change = {
            "chat": frame["chat"],
            "from": frame["from"],
            "date": frame["date"],
            "old_chat_member": {"user": self.me, "status": before},
            "new_chat_member": {"user": self.me, "status": after, "until_date": 0},
        }
        await self.updates.emit("my_chat_member", change)

    def frame(self, address: str, number: int) -> Json:
        """What is around everything said in a chat."""
        date = int(self._now().timestamp())
        return {"message_id": number, "from": user(address), "chat": chat(address), "date": date}

    def next_id(self, address: str) -> int:
        """Message ids count per chat."""
        self._last_message[address] += 1
        return self._last_message[address]

    def keep(self, name: str, type: str, body: bytes) -> Upload:
        """Keep a file so that getFile finds it."""
        upload = Upload(f"AgAC{self.me['id']}-{len(self.uploads) + 1}", name, type, body)
        self.uploads[upload.id] = upload
        return upload


def described(upload: Upload) -> Json:
    """A document, sticker or photo size, as far as all have in common."""
    return {
        "file_id": upload.id,
        "file_unique_id": f"u{upload.id}",
        "file_name": upload.name,
        "mime_type": upload.type,
        "file_size": len(upload.body),
    }


def photo_sizes(upload: Upload) -> list[Json]:
    """A photo as Telegram gives it: a thumbnail that is not kept, and the picture."""
    small = {"file_id": f"{upload.id}-s", "file_unique_id": f"us{upload.id}", "width": 90, "height": 67}
    large = {"file_id": upload.id, "file_unique_id": f"u{upload.id}", "width": 1280, "height": 960}
    return [small | {"file_size": 1024}, large | {"file_size": len(upload.body)}]


def person(address: str) -> int:
    """The user behind a chat: the same id in private; in a group, one member who speaks for all."""
    return abs(int(address))


def user(address: str) -> Json:
    return {"id": person(address), "is_bot": False, "first_name": "Warga", "language_code": "id"}


def chat(address: str) -> Json:
    number = int(address)
    if number > 0:
        return {"id": number, "type": "private", "first_name": "Warga"}
    return {"id": number, "type": "supergroup" if address.startswith("-100") else "group", "title": "Warga RT 05"}
