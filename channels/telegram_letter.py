"""One Message in the shape Telegram's calls take; what Telegram would refuse anyway is refused here, before any call.

Pure: knows the limits of the Bot API and the library's plain values, no network and no settings.
"""

import html
import re
from dataclasses import dataclass

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

from channels.contract import Button, Message, OutFile, SendFailed

TEXT, CAPTION = 4096, 1024  # characters, after the HTML is read
DATA = 64  # bytes behind a button
ALBUM = 10  # files in one message
PAIRED, SHORT = 2, 14  # buttons a row when all are so short, in characters
FILE, PHOTO = 50_000_000, 10_000_000  # bytes
PHOTOS = frozenset({"image/jpeg", "image/png"})
CHAT_ID = re.compile(r"-?[1-9]\d{0,15}")  # Telegram promises at most 52 bits
REF = re.compile(r"(-?\d{1,16}):(\d{1,16})")
TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message addressed, threaded and with its keyboard; `wordings` in the order to try them: (text, parse mode)."""

    chat: int
    wordings: tuple[tuple[str, str | None], ...]
    length: int  # characters the reader will see
    keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None
    reply: ReplyParameters | None
    files: tuple[OutFile, ...]

    @property
    def ahead(self) -> bool:
        """The words go ahead as a message of their own: too long for a caption, or an album can't carry buttons."""
        return self.length > CAPTION or (len(self.files) > 1 and self.keyboard is not None)


def letter(message: Message) -> Letter:
    """Raises SendFailed for what can never be sent, with the reason."""
    if not CHAT_ID.fullmatch(message.to):
        raise SendFailed("the address is not a Telegram chat id", permanent=True, address=True)
    words = _storable(message.text)
    rich = _storable(message.html)
    seen = html.unescape(TAG.sub("", rich)) if rich.strip() else words
    wordings = ((rich, "HTML"),) if rich.strip() else ()
    plain = ((words, None),) if words.strip() else ()
    if len(seen) > TEXT:
        raise SendFailed(f"the text has {len(seen)} characters, Telegram takes {TEXT}", permanent=True)
    if not seen.strip() and (not message.files or len(message.files) > 1 < len(message.buttons)):
        raise SendFailed("the message has no words", permanent=True)
    return Letter(
        chat=int(message.to),
        wordings=(*wordings, *plain),
        length=len(seen) if seen.strip() else 0,
        keyboard=_keyboard(message.buttons),
        reply=_reply(message),
        files=_files(message.files),
    )


def is_photo(file: OutFile) -> bool:
    """Whether Telegram shows it as a picture; everything else goes as a document, untouched."""
    return file.type in PHOTOS and len(file.body) <= PHOTO


def album(files: tuple[OutFile, ...]) -> list[InputMediaPhoto | InputMediaDocument]:
    """Several files as one message: pictures if all are, else documents, because Telegram does not mix them."""
    kind = InputMediaPhoto if all(map(is_photo, files)) else InputMediaDocument
    return [kind(file.body, filename=file.name) for file in files]


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    """One button a row, for labels are sentences and phones narrow; two where there are many short ones.

    A phone's own number is offered in place of the keyboard alone, where the other buttons are words that are sent.
    """
    for button in buttons:
        if not button.label.strip() or not 0 < len(button.data.encode("utf-8", "surrogatepass")) <= DATA:
            raise SendFailed(f"a button needs a label, and data of 1 to {DATA} bytes", permanent=True)
    if any(button.asks == "phone" for button in buttons):
        offered = [[KeyboardButton(_storable(b.label), request_contact=b.asks == "phone")] for b in buttons]
        return ReplyKeyboardMarkup(offered, one_time_keyboard=True, resize_keyboard=True)
    keys = [InlineKeyboardButton(_storable(button.label), callback_data=button.data) for button in buttons]
    wide = PAIRED if len(keys) > PAIRED and all(len(button.label) <= SHORT for button in buttons) else 1
    rows = [keys[place : place + wide] for place in range(0, len(keys), wide)]
    return InlineKeyboardMarkup(rows) if rows else None


def _reply(message: Message) -> ReplyParameters | None:
    """Message ids count per chat: a ref of another chat is no thread here."""
    ref = REF.fullmatch(message.thread)
    if ref is None or ref[1] != message.to:
        return None
    return ReplyParameters(int(ref[2]), allow_sending_without_reply=True)


def _files(files: tuple[OutFile, ...]) -> tuple[OutFile, ...]:
    if len(files) > ALBUM:
        raise SendFailed(f"{len(files)} files in one message, Telegram takes {ALBUM}", permanent=True)
    for file in files:
        if not 0 < len(file.body) <= FILE:
            raise SendFailed(f"a file must have 1 to {FILE} bytes, one has {len(file.body)}", permanent=True)
    return tuple(OutFile(_file_name(file.name), file.type, file.body) for file in files)


def _file_name(name: str) -> str:
    """A name that fits into a header line."""
    return "".join(c for c in _storable(name) if c.isprintable() and c not in '/\\"').strip()[:200] or "file"


def _storable(words: str) -> str:
    """Lone surrogates can't leave as UTF-8, and Telegram drops NUL."""
    return words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")
