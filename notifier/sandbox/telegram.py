"""A fake Bot API: one bot a line, its methods under /bot<TOKEN>/, its files, and citizens who answer.

Knows the wire format and the phones, not the service. It validates like Telegram and spells refusals like Telegram.
Any numeric chat id is somebody who pressed /start; `magic` ids misbehave. Set `hook_url` for a webhook, or let the
service call setWebhook; otherwise updates wait for getUpdates.
"""

import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from notifier.sandbox.magic import FLOOD_WAIT, Magic, magic
from notifier.sandbox.phones import Phones
from notifier.sandbox.telegram_chats import Chats, Upload, described, photo_sizes
from notifier.sandbox.telegram_params import (
    Refused,
    Words,
    integer,
    keyboard,
    nested,
    parameters,
    read_caption,
    read_text,
)
from notifier.sandbox.telegram_updates import Updates

Json = dict[str, Any]
UPLOAD, DOWNLOAD = 50_000_000, 20_000_000  # bytes
PER_SECOND = 30  # messages of one bot, when `strict`
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
CHAT_ID = re.compile(r"-?[1-9]\d{0,15}")


class Vanished(Exception):
    """The message was taken, the connection breaks before the answer."""


class FakeTelegram(Chats):
    """One bot. `strict` answers 429 above 30 messages a second, or one a second in one chat."""

    def __init__(
        self,
        phones: Phones,
        line: str,
        token: str,
        secret: str = "",
        hook_url: str = "",
        *,
        strict: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        number = token.partition(":")[0]
        name = f"{re.sub('[^A-Za-z0-9]', '_', line)}_bot"
        me = {"id": int(number) if number.isdigit() else 1, "is_bot": True, "first_name": line, "username": name}
        super().__init__(phones, line, me, Updates(hook_url, secret, phones.first), now)
        self.token = token
        self.strict = strict
        self.answered: dict[str, str] = {}  # id of a button press -> what the bot showed
        self.commands: dict[str, list[Json]] = {}  # language code -> menu
        self._monotonic = monotonic
        self._flooded: set[str] = set()
        self._sent_at: deque[float] = deque()
        self._chat_at: dict[str, float] = {}

    @property
    def hook_url(self) -> str:
        return self.updates.hook_url

    @hook_url.setter
    def hook_url(self, url: str) -> None:
        self.updates.hook_url = url

    def routes(self) -> Sequence[web.RouteDef]:
        """This bot's methods and files; every other token gets 401, however many bots share the server."""
        other = f"other_than_{re.sub('[^A-Za-z0-9]', '_', self.line)}"
        return [
            web.route("*", f"/bot{self.token}/{{method}}", self._answer),
            web.get(f"/file/bot{self.token}/{{path:.+}}", self._download),
            web.route("*", f"/bot{{{other}:[^/]+}}/{{method}}", _unauthorized),
            web.get(f"/file/bot{{{other}:[^/]+}}/{{path:.+}}", _unauthorized),
        ]

    async def start(self) -> None:
        """The queue of updates opens its connections when it needs them."""

    async def close(self) -> None:
        await self.updates.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        """One method call, by any spelling of its name and any of the encodings Telegram takes."""
        try:
            params = await parameters(request)
            method = METHODS.get(request.match_info["method"].lower())
            if method is None:
                raise Refused(404, "Not Found")
            result = await method(self, params)
        except Refused as refused:
            return _json(refused.status, refused.body())
        except Vanished:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return _json(200, {"ok": True, "result": result})

    async def _download(self, request: web.Request) -> web.Response:
        upload = self.uploads.get(request.match_info["path"].partition("/")[2].partition(".")[0])
        if upload is None:
            return _json(404, Refused(404, "Not Found").body())
        return web.Response(body=upload.body, content_type="application/octet-stream")

    # messages out

    async def _send_message(self, params: Json) -> Json:
        address = self._chat(params)
        words = read_text(params)
        return await self._post(address, params, words, {"text": words.text})

    async def _send_photo(self, params: Json) -> Json:
        address = self._chat(params)
        upload = self._uploaded(params, params.get("photo"))
        words = read_caption(params)
        return await self._post(address, params, words, {"photo": photo_sizes(upload), **_caption(words)}, upload)

    async def _send_document(self, params: Json) -> Json:
        address = self._chat(params)
        upload = self._uploaded(params, params.get("document"))
        words = read_caption(params)
        return await self._post(address, params, words, {"document": described(upload), **_caption(words)}, upload)

    async def _send_media_group(self, params: Json) -> list[Json]:
        """2 to 10 files; one note on the phone, one message each for the bot."""
        address = self._chat(params)
        items = nested(params, "media", "can't parse media JSON object")
        if not isinstance(items, list) or not 2 <= len(items) <= 10:
            raise Refused(400, "Bad Request: wrong number of messages in the album")
        uploads = [self._uploaded(params, item.get("media")) for item in items]
        said = [read_caption(item) for item in items]
        caption = next((words for words in said if words.text), Words("", ""))
        contents = [
            {"photo": photo_sizes(upload)} if item.get("type") == "photo" else {"document": described(upload)}
            for item, upload in zip(items, uploads, strict=True)
        ]
        first = await self._post(address, params, caption, contents[0] | _caption(said[0]), *uploads)
        rest = [self.frame(address, self.next_id(address)) | {"from": self.me} | content for content in contents[1:]]
        return [message | {"media_group_id": f"{address}{first['message_id']}"} for message in (first, *rest)]

    async def _send_poll(self, params: Json) -> Json:
        address = self._chat(params)
        question = str(params.get("question", ""))
        options = nested(params, "options", "can't parse options JSON object")
        if not question or not isinstance(options, list) or len(options) < 2:
            raise Refused(400, "Bad Request: poll must have at least 2 option")
        names = [str(option.get("text", "")) if isinstance(option, dict) else str(option) for option in options]
        poll = {
            "id": f"{address}{self.me['id']}",
            "question": question,
            "options": [
                {"persistent_id": str(place), "text": name, "voter_count": 0} for place, name in enumerate(names)
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
        words = Words("\n".join([question, *names]), "")
        return await self._post(address, params, words, {"poll": poll})

    async def _edit_message_text(self, params: Json) -> Json:
        address = self._chat(params)
        number = integer(params, "message_id")
        words = read_text(params)
        note = self.phones.find(address, f"{address}:{number}")
        if note is None or note.mine:
            raise Refused(400, "Bad Request: message to edit not found")
        buttons = keyboard(params)
        if (note.text, note.buttons) == (words.text, buttons):
            raise Refused(400, "Bad Request: message is not modified")
        self.phones.alter(note, text=words.text, html=words.html, buttons=buttons, edited=True)
        return self.frame(address, number) | {"from": self.me, "text": words.text}

    async def _post(self, address: str, params: Json, words: Words, content: Json, *uploads: Upload) -> Json:
        """Put a valid message on the phone, unless its chat misbehaves."""
        how = self._obstacles(address)
        reply = nested(params, "reply_parameters", "can't parse reply parameters JSON object") or {}
        answered = reply.get("message_id") if isinstance(reply, dict) else None
        thread = f"{address}:{answered}" if answered else ""
        if thread and self.phones.find(address, thread) is None:
            if reply.get("allow_sending_without_reply") is not True:
                raise Refused(400, "Bad Request: message to be replied not found")
            thread = ""
        buttons = keyboard(params)
        number = self.next_id(address)
        self.phones.add(
            self.channel,
            self.line,
            address,
            words.text,
            html=words.html,
            ref=f"{address}:{number}",
            thread=thread,
            buttons=buttons,
            files=tuple(self.phones.attach(upload.name, upload.type, upload.body) for upload in uploads),
        )
        if how is Magic.TIMEOUT:
            raise Vanished
        if how is Magic.BOUNCE:
            await self.block(address)
        return self.frame(address, number) | {"from": self.me} | content

    def _chat(self, params: Json) -> str:
        """The chat a call is about. Counted as a call whatever comes of it."""
        address = str(params.get("chat_id", ""))
        self.phones.called(self.line, "", address)
        if not address:
            raise Refused(400, "Bad Request: chat_id is empty")
        if not CHAT_ID.fullmatch(address):
            raise Refused(400, "Bad Request: chat not found")
        return address

    def _obstacles(self, address: str) -> Magic:
        """Why this chat gets nothing now; else how it is to be treated."""
        if address in self.migrated:
            moved = int(self.migrated[address])
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, text, migrate_to_chat_id=moved)
        how = magic(address)
        if address in self.blocked or how is Magic.PERMANENT:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if how is Magic.TEMPORARY:
            raise Refused(500, "Internal Server Error")
        if how is Magic.FLOOD and address not in self._flooded:
            self._flooded.add(address)
            raise _too_many(FLOOD_WAIT)
        if self.strict:
            self._hold_rates(address)
        return how

    def _hold_rates(self, address: str) -> None:
        now = self._monotonic()
        while self._sent_at and self._sent_at[0] <= now - 1:
            self._sent_at.popleft()
        if len(self._sent_at) >= PER_SECOND or now - self._chat_at.get(address, -1e9) < 1:
            raise _too_many(1)
        self._sent_at.append(now)
        self._chat_at[address] = now

    def _uploaded(self, params: Json, value: object) -> Upload:
        """A file of the request, or one known by its id."""
        if isinstance(value, str) and value.startswith("attach://"):
            value = params.get(value.removeprefix("attach://"))
        if isinstance(value, web.FileField):
            body = value.file.read()
            if not body:
                raise Refused(400, "Bad Request: file must be non-empty")
            if len(body) > UPLOAD:
                raise Refused(413, "Request Entity Too Large")
            return self.keep(value.filename, value.content_type, body)
        if isinstance(value, str) and value in self.uploads:
            return self.uploads[value]
        raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")

    # everything else

    async def _get_me(self, params: Json) -> Json:
        return self.me | {"can_join_groups": True, "can_read_all_group_messages": False}

    async def _get_file(self, params: Json) -> Json:
        upload = self.uploads.get(str(params.get("file_id", "")))
        if upload is None:
            raise Refused(400, "Bad Request: invalid file_id")
        if len(upload.body) > DOWNLOAD:
            raise Refused(400, "Bad Request: file is too big")
        end = upload.name.rpartition(".")[2] or "bin"
        kept = {key: value for key, value in described(upload).items() if key not in ("file_name", "mime_type")}
        return kept | {"file_path": f"files/{upload.id}.{end}"}

    async def _answer_callback_query(self, params: Json) -> bool:
        call = str(params.get("callback_query_id", ""))
        if call not in self.presses:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answered[call] = str(params.get("text", ""))
        return True

    async def _set_webhook(self, params: Json) -> bool:
        url = str(params.get("url", ""))
        if url and not url.startswith(("https://", "http://")):
            raise Refused(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook")
        self.updates.hook_url, self.updates.secret = url, str(params.get("secret_token", ""))
        self._want(params)
        return True

    async def _delete_webhook(self, params: Json) -> bool:
        self.updates.hook_url = ""
        self._want(params)
        return True

    async def _get_webhook_info(self, params: Json) -> Json:
        info = {"url": self.hook_url, "has_custom_certificate": False, "pending_update_count": self.updates.pending}
        return info | ({"last_error_message": self.updates.last_error} if self.updates.last_error else {})

    async def _get_updates(self, params: Json) -> Sequence[Json]:
        if self.hook_url:
            text = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise Refused(409, f"Conflict: {text}")
        self._want(params)
        limit = min(integer(params, "limit", 100), 100)
        return await self.updates.wait(integer(params, "offset", 0), limit, integer(params, "timeout", 0))

    async def _set_my_commands(self, params: Json) -> bool:
        commands = nested(params, "commands", "can't parse commands JSON object")
        if not isinstance(commands, list) or not all(
            isinstance(one, dict) and COMMAND.fullmatch(str(one.get("command"))) and one.get("description")
            for one in commands
        ):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[str(params.get("language_code", ""))] = commands
        return True

    def _want(self, params: Json) -> None:
        if str(params.get("drop_pending_updates", "")).lower() == "true":
            self.updates.forget()
        wanted = nested(params, "allowed_updates", "can't parse allowed updates JSON object")
        if isinstance(wanted, list):
            self.updates.wanted = tuple(wanted)


METHODS: Mapping[str, Callable[[FakeTelegram, Json], Awaitable[Any]]] = {
    name.replace("_", ""): getattr(FakeTelegram, f"_{name}")
    for name in (
        "send_message",
        "send_photo",
        "send_document",
        "send_media_group",
        "send_poll",
        "edit_message_text",
        "answer_callback_query",
        "get_me",
        "get_file",
        "get_updates",
        "set_webhook",
        "delete_webhook",
        "get_webhook_info",
        "set_my_commands",
    )
}


async def _unauthorized(request: web.Request) -> web.Response:
    return _json(401, Refused(401, "Unauthorized").body())


def _json(status: int, body: Json) -> web.Response:
    return web.json_response(body, status=status)


def _too_many(wait: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)


def _caption(words: Words) -> Json:
    return {"caption": words.text} if words.text else {}
