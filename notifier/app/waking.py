"""Wakes this process when another has queued work: LISTEN on one connection of its own, past any pooler.

Optional, and never relied on: everybody also looks each second. Without `database.listen_url` nothing here is used.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

from notifier.errors import Refused
from notifier.store.engine import database_url
from notifier.store.signals import CHANNEL

log = structlog.get_logger()
AGAIN = 5.0  # seconds until a lost connection is made anew
PATIENCE = 10.0  # seconds that making it may take


class Waker:
    """Calls whoever is to be woken by what they named; `say` wakes the other processes."""

    def __init__(self, url: str) -> None:
        """`url`: a direct one; "" makes a waker that does nothing. Raises Refused for anything but PostgreSQL."""
        self._url = ""
        if url:
            found = database_url(url)
            if found.get_backend_name() != "postgresql":
                raise Refused("database.listen_url has to be a PostgreSQL's; leave it away on SQLite")
            self._url = found.set(drivername="postgresql").render_as_string(hide_password=False)
        self._calls: dict[str, Callable[[], None]] = {}
        self._connection: Any = None
        self._said: set[asyncio.Task[None]] = set()

    def on(self, what: str, call: Callable[[], None]) -> None:
        """Have this called when somebody says that there is work of this kind."""
        self._calls[what] = call

    def say(self, what: str) -> None:
        """Tell the others, after the commit; lost when there is no connection right now, for they look anyway."""
        if self._connection is not None:
            task = asyncio.create_task(self._tell(self._connection, what))
            self._said.add(task)
            task.add_done_callback(self._said.discard)

    async def _tell(self, connection: Any, what: str) -> None:
        with suppress(Exception):  # the listener notices a lost connection by itself
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, what)

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made anew."""
        import asyncpg  # imported late: SQLite's users need not wait for it

        while True:
            lost = asyncio.Event()
            try:
                connection = await asyncpg.connect(self._url, timeout=PATIENCE)
                try:
                    connection.add_termination_listener(lambda _connection, lost=lost: lost.set())
                    await connection.add_listener(CHANNEL, self._heard)
                    self._connection = connection
                    await lost.wait()
                finally:
                    self._connection = None
                    connection.terminate()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listen.lost", reason=type(error).__name__)
            await asyncio.sleep(AGAIN)

    def _heard(self, _connection: Any, _process: int, _channel: str, told: str) -> None:
        call = self._calls.get(told.partition(":")[0])
        if call is not None:
            call()


@asynccontextmanager
async def waking(url: str) -> AsyncIterator[Waker]:
    """A waker that listens until the block is left."""
    waker = Waker(url)
    if not url:
        yield waker
        return
    task = asyncio.create_task(waker.run(), name="listen")
    try:
        yield waker
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
