"""A Telegram bot as a line: sends words, buttons and files; hears by webhook or by long polling; brings files.

Knows nothing of people, tickets or databases. It sends once: who retries and paces is the service. A bot can't open
a chat: addresses are chat ids of people who pressed /start, or of groups (negative).
No error and no log line names the token, the words or the address.
"""

import asyncio
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, ClassVar, Self, TypeVar

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from telegram import Bot, LinkPreviewOptions
from telegram import Message as Posted
from telegram.error import BadRequest, RetryAfter, TelegramError

from channels.contract import (
    Arrive,
    BadWebhook,
    ChannelError,
    Hook,
    Inbound,
    Limits,
    Message,
    SendFailed,
    Sent,
)
from channels.telegram_http import CONNECT, UPLOAD, SharedSession
from channels.telegram_letter import FILE, TEXT, Letter, album, is_photo, letter
from channels.telegram_refusals import failed, seconds
from channels.telegram_updates import UPDATES, read_updates

log = logging.getLogger(__name__)

T = TypeVar("T")
SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # fetching a link may use up a one-time token in it
FREE, PAID = 25.0, 950.0  # messages a second: Telegram's 30 and 1,000 less what answers and menus take
CHAT, GROUP = 1.0, 3.0  # seconds between two messages to one chat; a group takes 20 a minute
POLL = 25  # seconds one getUpdates may stay open
PAUSES = (0.2, 1.0, 5.0, 15.0, 60.0)  # seconds between failing polls, the last one from then on
WORDS = ("menu", "jadwal", "status", "lapor", "tiket", "daftar", "bahasa", "bantuan", "petugas", "berhenti")
# language ("" for all others) → what each of WORDS does
MEANINGS: Mapping[str, tuple[str, ...]] = {
    "": (
        "Semua pilihan",
        "Kapan dan di mana",
        "Status bantuan saya",
        "Lapor masalah",
        "Keadaan laporan saya",
        "Daftar bantuan",
        "Ganti bahasa",
        "Cara memakai layanan ini",
        "Tanya petugas",
        "Berhenti menerima pemberitahuan",
    ),
    "en": (
        "What you can do",
        "When and where",
        "Status of my aid",
        "Report a problem",
        "How my report stands",
        "Apply for aid",
        "Change the language",
        "How to use this service",
        "Ask an officer",
        "Stop receiving notices",
    ),
    "jv": (
        "Sedaya pilihan",
        "Kapan lan wonten pundi",
        "Status bantuan kula",
        "Lapor prekawis",
        "Kawontenan laporan kula",
        "Daftar bantuan",
        "Gantos basa",
        "Cara ngagem layanan punika",
        "Taken petugas",
        "Mandheg nampi pesen",
    ),
    "su": (
        "Sadaya pilihan",
        "Iraha sareng di mana",
        "Status bantosan abdi",
        "Lapor masalah",
        "Kaayaan laporan abdi",
        "Daptar bantosan",
        "Gentos basa",
        "Cara nganggo layanan ieu",
        "Naros ka petugas",
        "Eureun nampi pesen",
    ),
}
COMMANDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    language: tuple(zip(WORDS, meanings, strict=True)) for language, meanings in MEANINGS.items()
}


class Settings(BaseModel):
    """One bot. `secret_token` guards its webhook; `polling` asks for updates instead (no public URL needed)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: SecretStr
    secret_token: SecretStr | None = None
    polling: bool = False
    name: str = Field(default="", pattern=r"^[A-Za-z0-9_]{0,32}$", description="the bot's name, as in t.me/NAME")
    paid_broadcast: bool = Field(
        default=False,
        description="send up to 1,000 messages a second and pay Telegram Stars for each above the free 30",
    )
    api_url: str = "https://api.telegram.org"
    timeout: float = Field(default=20, gt=0, le=120, description="seconds to wait for an answer of Telegram")

    @field_validator("token")
    @classmethod
    def _token_of_botfather(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{1,100}", token.get_secret_value()):
            raise ValueError("the token must look like 123456789:AAE…, as @BotFather gave it")
        return token

    @field_validator("secret_token")
    @classmethod
    def _secret_telegram_takes(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
            raise ValueError("secret_token may have 1 to 256 letters, digits, _ and -, nothing else")
        return secret

    @field_validator("api_url")
    @classmethod
    def _url(cls, url: str) -> str:
        if not re.fullmatch(r"https?://[^\s/{}?#]+(/[^\s{}?#]*)?", url):
            raise ValueError(
                "api_url must start with https:// or http:// and have no query, e.g. https://api.telegram.org"
            )
        return url.rstrip("/")

    @model_validator(mode="after")
    def _a_way_to_hear(self) -> Self:
        if not self.polling and self.secret_token is None:
            raise ValueError("secret_token is missing: choose any long random word, or set polling = true")
        return self


Given = Settings  # inside the class the name means its attribute


class Telegram:
    """One bot. `http` is the shared session and is never closed here."""

    name: ClassVar[str] = "telegram"
    parts: ClassVar[tuple[str, ...]] = ("html",)  # plain text, where given, stands in for HTML Telegram refuses
    Settings = Settings

    def __init__(self, line: str, settings: Given, http: aiohttp.ClientSession) -> None:
        self.line = line
        self.limits = Limits(text=TEXT, rate=PAID if settings.paid_broadcast else FREE, file=FILE)
        self._settings = settings
        self._http = http
        logging.getLogger("telegram.Bot").setLevel(logging.INFO)  # its debug lines hold tokens and people's words
        call = SharedSession(http, settings.timeout)
        self._bot = Bot(
            settings.token.get_secret_value(),
            base_url=f"{settings.api_url}/bot",
            base_file_url=f"{settings.api_url}/file/bot",
            request=call,
            get_updates_request=call,
        )

    async def send(self, message: Message) -> Sent:
        """One message; words that can't stand on the files as a caption go ahead as a message of their own.

        HTML that Telegram can't read is replaced by the plain text. Raises SendFailed; `unknown` also when the words
        arrived and the files behind them did not.
        """
        ready = letter(message)
        if not ready.files:
            return await self._settled(self._first_readable(ready, self._words), ready.chat)
        if not ready.ahead:
            return await self._settled(self._first_readable(ready, self._files), ready.chat)
        words = await self._settled(self._first_readable(ready, self._words), ready.chat)
        try:
            await self._settled(self._files(ready, None, None), ready.chat)
        except SendFailed as failure:
            reason = f"the words arrived, the files behind them did not: {failure.reason}"
            raise SendFailed(reason, unknown=True, wait=failure.wait, scope=failure.scope) from None
        return words

    def spacing(self, to: str) -> float:
        """A group takes 20 messages a minute, a private chat one a second (Bots FAQ, "broadcasting to users")."""
        return GROUP if to.startswith(("-", "@")) else CHAT

    def verify(self, hook: Hook) -> None:
        """The secret that setWebhook was told must come back with every update. Raises BadWebhook."""
        secret = self._settings.secret_token
        given = hook.headers.get(SECRET)
        if not given:
            raise BadWebhook("the X-Telegram-Bot-Api-Secret-Token header is missing", 401)
        if secret is None:
            raise BadWebhook("this line has no secret_token and takes no webhooks", 403)
        known = secret.get_secret_value().encode()
        if not hmac.compare_digest(known, given.encode("utf-8", "replace")):
            raise BadWebhook("the X-Telegram-Bot-Api-Secret-Token header is not ours", 403)

    def read(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Inbound]:
        """One update, or a list of them, to facts. Pure; never raises."""
        return read_updates(body)

    async def close(self) -> None:
        """Nothing is open: the session belongs to the service."""

    async def listen(self, arrive: Arrive) -> None:
        """Long polling until cancelled, if the line polls. An update is confirmed only after `arrive` kept it."""
        if not self._settings.polling:
            return
        offset, pauses, webhook = 0, _pauses(), True
        while True:
            try:
                if webhook:  # getUpdates does not work while one is set; what waits there is kept
                    await self._bot.delete_webhook(drop_pending_updates=False)
                    webhook = False
                for update in await self._waiting(offset):
                    await arrive(json.dumps(update).encode(), {})
                    offset = max(offset, _number(update) + 1)
                pauses = _pauses()
            except RetryAfter as flood:
                await asyncio.sleep(seconds(flood))
            except Exception as error:  # it must outlive Telegram's troubles and the database's
                pause = next(pauses)
                log.warning("%s: polling failed (%s), again in %s s", self.line, type(error).__name__, pause)
                webhook = True
                await asyncio.sleep(pause)

    async def fetch(self, handle: str, limit: int) -> bytes:
        """The bytes of a file someone sent; at most `limit`, and 20 MB at Telegram. Raises ChannelError."""
        file = await self._settled(self._bot.get_file(handle))
        if not file.file_path:
            raise ChannelError("Telegram gives no path for this file; it is too old or too large")
        if file.file_size and file.file_size > limit:
            raise ChannelError(f"the file has {file.file_size} bytes, more than the {limit} allowed")
        # The path holds the token: it is used here and goes nowhere else.
        limits = aiohttp.ClientTimeout(total=UPLOAD, connect=CONNECT, sock_read=self._settings.timeout)
        body = bytearray()
        try:
            async with self._http.get(file.file_path, timeout=limits, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise ChannelError(f"Telegram answered {answer.status} instead of the file")
                async for piece in answer.content.iter_chunked(1 << 16):
                    body += piece
                    if len(body) > limit:
                        raise ChannelError(f"the file is larger than the {limit} bytes allowed")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ChannelError(f"the file could not be fetched ({type(error).__name__})") from None
        return bytes(body)

    async def probe(self) -> str:
        """Who the token belongs to. Raises ChannelError: a wrong token, or nobody answers."""
        me = await self._settled(self._bot.get_me())
        return f"@{me.username} (id {me.id}) answers"

    async def answer(self, call: str, text: str) -> None:
        """Stop the button's hourglass and show `text` (200 characters). Too late is no error."""
        try:
            await self._settled(self._bot.answer_callback_query(call, text[:200]))
        except SendFailed as failure:
            if not failure.permanent:
                raise

    async def introduce(self, hook_url: str, secret: str) -> str:
        """Menu of commands in four languages, and the webhook unless this line polls. Raises ChannelError."""
        for language, commands in COMMANDS.items():
            await self._settled(self._bot.set_my_commands(commands, language_code=language or None))
        if self._settings.polling:
            return "commands are set; updates are asked for by long polling"
        configured = self._settings.secret_token  # what verify() will compare with
        token = configured.get_secret_value() if configured else secret
        await self._settled(
            self._bot.set_webhook(hook_url, secret_token=token, allowed_updates=UPDATES, max_connections=40)
        )
        return f"commands are set; Telegram posts updates to {hook_url}"

    async def _waiting(self, offset: int) -> Sequence[object]:
        """Updates from `offset` on, as Telegram spells them; waits for the first."""
        # In lower case, which Telegram does not mind: for "getUpdates" the library insists on its own objects, and
        # one update it can't read would hide all others.
        wanted = {"offset": offset, "timeout": POLL, "allowed_updates": UPDATES}
        patience = POLL + self._settings.timeout
        updates = await self._bot.do_api_request("getupdates", wanted, read_timeout=patience)
        return updates if isinstance(updates, list) else ()

    async def _first_readable(
        self, ready: Letter, post: "Callable[[Letter, str | None, str | None], Awaitable[Sent]]"
    ) -> Sent:
        """Post with the first wording Telegram can read; a refused wording was certainly not sent."""
        wordings: tuple[tuple[str | None, str | None], ...] = ready.wordings or ((None, None),)
        for text, parse_mode in wordings[:-1]:
            try:
                return await post(ready, text, parse_mode)
            except BadRequest as error:
                if "can't parse entities" not in error.message.lower():
                    raise
        return await post(ready, *wordings[-1])

    async def _words(self, ready: Letter, text: str | None, parse_mode: str | None) -> Sent:
        posted = await self._bot.send_message(
            ready.chat,
            text or "",
            parse_mode=parse_mode,
            reply_markup=ready.keyboard,
            reply_parameters=ready.reply,
            link_preview_options=NO_PREVIEW,
            allow_paid_broadcast=self._settings.paid_broadcast or None,
        )
        return _sent(posted)

    async def _files(self, ready: Letter, caption: str | None, parse_mode: str | None) -> Sent:
        """All files in one call: a photo, a document or an album."""
        words: dict[str, Any] = {
            "caption": caption,
            "parse_mode": parse_mode,
            "reply_parameters": ready.reply,
            "allow_paid_broadcast": self._settings.paid_broadcast or None,
        }
        if len(ready.files) > 1:
            posted = await self._bot.send_media_group(ready.chat, album(ready.files), **words)
            return _sent(posted[0])
        file = ready.files[0]
        keyboard = None if ready.ahead else ready.keyboard
        post: Any = self._bot.send_photo if is_photo(file) else self._bot.send_document
        return _sent(await post(ready.chat, file.body, filename=file.name, reply_markup=keyboard, **words))

    async def _settled(self, call: Awaitable[T], chat: int = 0) -> T:
        """The call's result. Raises SendFailed by the table of refusals."""
        try:
            return await call
        except TelegramError as error:
            failure = failed(error, chat)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            failure = SendFailed(
                "Telegram took it and answered something unreadable: it may have been sent", unknown=True
            )
        raise failure  # here, outside of the handlers, no traceback drags the library's error along


def _sent(posted: Posted) -> Sent:
    return Sent(f"{posted.chat_id}:{posted.message_id}")


def _pauses() -> Iterator[float]:
    return chain(PAUSES, repeat(PAUSES[-1]))


def _number(update: object) -> int:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else -1
