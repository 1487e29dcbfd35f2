"""The doorway of providers: POST /hooks/<line> → is it really them? → stored, committed → 200. Understood later.

What is authentic is kept before it is answered; what is not gets 401 or 403 and leaves nothing. Arrivals that come
together are committed together, for one commit costs as much as fifty rows.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import structlog
from aiohttp import web

from channels.contract import BadWebhook, Channel, Hook, Lightens
from notifier.store import heard
from notifier.store.engine import Database, NoRoom

log = structlog.get_logger()
BIGGEST = 30 * 1024 * 1024  # bytes of one request, unless its channel lightens greater ones
TOGETHER = 200  # arrivals committed at a time at most
KEPT_HEADERS = ("content-type", "x-envelope-from", "x-envelope-to")  # all that reading a body may need


class Seals(Protocol):
    """What the doorway needs of the vault."""

    def seal(self, value: bytes, place: str) -> bytes: ...
    def seal_json(self, value: Any, place: str) -> bytes: ...


class Doorway:
    """Keeps what arrives: durably before `keep` returns."""

    def __init__(
        self, database: Database, vault: Seals, clock: Callable[[], datetime], arrived: Callable[[], None]
    ) -> None:
        """`arrived` is called after each commit, so that the inbox looks at once."""
        self._database = database
        self._vault = vault
        self._clock = clock
        self._arrived = arrived
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, line: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Store one arrival; returns when it is committed, raises when it could not be."""
        told = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
        row = {
            "line": line,
            "body": self._vault.seal(body, "arrivals.body"),
            "headers": self._vault.seal_json(told, "arrivals.headers"),
            "at": self._clock(),
        }
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            try:
                async with self._database.write() as db:
                    await heard.keep_many(db, [row for row, _ in group])
            except Exception as error:
                for _, done in group:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _, done in group:
                    if not done.done():
                        done.set_result(None)
                self._arrived()


def add(app: web.Application, channels: Mapping[str, Channel], doorway: Doorway) -> None:
    """Hang the hook of every line into an application; `channels` is looked into at each request."""

    async def hook(request: web.Request) -> web.Response:
        line = request.match_info["line"]
        channel = channels.get(line)
        if channel is None:
            return web.json_response({"error": "no such line"}, status=404)
        headers = {name.lower(): value for name, value in request.headers.items()}
        light = channel if isinstance(channel, Lightens) else None
        try:
            if light is not None:  # a stranger does not get so much of our memory
                channel.verify(Hook(request.method, headers, dict(request.query), b""))
            body = await _body(request, light.arriving if light is not None else BIGGEST)
            if body is None:
                return web.json_response({"error": "too large"}, status=413)
            channel.verify(Hook(request.method, headers, dict(request.query), body))
        except BadWebhook as error:
            log.warning("hook.refused", line=line, status=error.status)
            return web.json_response({"error": str(error)}, status=error.status)
        if light is not None:
            body = await asyncio.to_thread(light.lighten, body)
        try:
            await doorway.keep(line, body, headers)
        except NoRoom as error:  # ours to mend: the provider is to bring it again
            log.error("hook.no_room", line=line, reason=str(error))
            return web.json_response({"error": "no room"}, status=503, headers={"Retry-After": "60"})
        return web.json_response({"ok": True})

    app.router.add_post("/hooks/{line}", hook, name="hook")


async def _body(request: web.Request, biggest: int) -> bytes | None:
    """The body of a request; None when it is too great, of which no more than that is read."""
    if (request.content_length or 0) > biggest:
        return None
    read = bytearray()
    try:
        while request.can_read_body and (more := await request.content.read(biggest + 1 - len(read))):
            read += more
            if len(read) > biggest:
                return None
    except web.HTTPRequestEntityTooLarge:
        return None
    return bytes(read)
