"""Another system in tests: a real server on a free port that keeps what it is told and answers as it is bidden."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from aiohttp import web


@dataclass
class Receiver:
    """What it heard, and how it answers the next calls (200 when nothing is bidden)."""

    url: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    always: int = 200
    words: str = "ok"
    until: asyncio.Event | None = None  # it takes its time until then

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.heard.append((dict(request.headers), await request.read()))
        if self.until is not None:
            await self.until.wait()
        return self.answers.pop(0) if self.answers else web.Response(status=self.always, text=self.words)

    @property
    def told(self) -> list[dict[str, Any]]:
        """The bodies, as they came."""
        return [json.loads(body) for _, body in self.heard]

    @property
    def kinds(self) -> list[str]:
        return [body["type"] for body in self.told]


@asynccontextmanager
async def open_receiver() -> AsyncIterator[Receiver]:
    """Another system that listens."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/told"
    try:
        yield receiver
    finally:
        await runner.cleanup()


def signed_by(secret: str, headers: Mapping[str, str], body: bytes) -> list[bool]:
    """Of each signature a call carries whether this secret made it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mine = "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode()
    return [one == mine for one in headers["webhook-signature"].split(" ")]
