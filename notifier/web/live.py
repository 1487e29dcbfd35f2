"""Tells open lists that something changed, so that they can be fetched anew: one look for everybody in this process.

What is told is only that a ticket of the viewer's region changed; what it is the list tells, to whoever may see it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog
from aiohttp import web

from notifier.rules.roles import Viewer
from notifier.store import tickets
from notifier.store.engine import Database
from notifier.web import pages

log = structlog.get_logger()
LOOK = 2.0  # seconds between two looks, while somebody watches
BEAT = 20.0  # seconds of silence after which a sign of life is sent
LIFE = 600.0  # seconds until a stream ends and the browser asks anew: then its rights are looked at again


class Live:
    """Who watches, and the one task that looks for them."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._watchers: dict[asyncio.Event, Viewer] = {}
        self._looking: asyncio.Task[None] | None = None
        self.closed = False

    @asynccontextmanager
    async def watching(self, viewer: Viewer) -> AsyncIterator[asyncio.Event]:
        """An event that is set when a ticket of the viewer's changed, or when the house closes."""
        changed = asyncio.Event()
        self._watchers[changed] = viewer
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="live")
        try:
            yield changed
        finally:
            del self._watchers[changed]
            if not self._watchers and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _look(self) -> None:
        newest: int | None = None
        while True:
            try:
                async with self._database().read() as db:
                    if newest is None:
                        newest = await tickets.newest_change(db)
                    newest, regions = await tickets.changed_since(db, newest)
            except Exception as error:  # the database may be away for a while; the lists ask by themselves meanwhile
                log.warning("live.look", error=type(error).__name__)
            else:
                for changed, viewer in self._watchers.items():
                    if any(viewer.covers(region) for region in regions):
                        changed.set()
            await asyncio.sleep(LOOK)

    async def close(self, _app: web.Application) -> None:
        """End all streams, so that they hold up no shutdown."""
        self.closed = True
        for changed in self._watchers:
            changed.set()


LIVE: web.AppKey[Live] = web.AppKey("live")


def setup(app: web.Application, database: Callable[[], Database]) -> None:
    """Give an application its watch."""
    app[LIVE] = live = Live(database)
    app.on_shutdown.append(live.close)


async def stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events: "board" when the list should be fetched anew."""
    headers = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
    if request.method == "HEAD":
        return web.Response(headers=headers)
    live, loop = request.app[LIVE], asyncio.get_running_loop()
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    with suppress(ConnectionResetError):
        async with live.watching(pages.who(request)) as changed:
            await response.write(b"retry: 5000\n\n")
            ends = loop.time() + LIFE
            while not live.closed and loop.time() < ends:
                try:
                    async with asyncio.timeout(BEAT):
                        await changed.wait()
                except TimeoutError:
                    await response.write(b": here\n\n")
                    continue
                if not live.closed:
                    changed.clear()
                    await response.write(b"event: board\ndata: changed\n\n")
    return response
