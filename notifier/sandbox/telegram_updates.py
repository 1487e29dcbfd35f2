"""A fake bot's way back: updates wait in a queue until the service's webhook takes them, or getUpdates asks for them.

Knows nothing of messages. Like Telegram, it posts in order and repeats what was not answered 2xx.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from typing import Any

import aiohttp

PAUSES = (0.05, 0.2, 0.5)  # seconds between the tries of one post; what fails waits for the next update
PATIENCE = 10.0  # seconds for the webhook to answer

Json = dict[str, Any]


class Updates:
    """`hook_url` "" means the service polls."""

    def __init__(self, hook_url: str = "", secret: str = "", first: int = 1) -> None:
        self.hook_url = hook_url
        self.secret = secret
        self.wanted: Collection[str] = ()  # kinds the service asked for, () = all
        self.last_error = ""
        self._queue: deque[Json] = deque()
        self._last_id = first - 1
        self._arrived = asyncio.Event()
        self._posting = asyncio.Lock()
        self._http: aiohttp.ClientSession | None = None

    @property
    def pending(self) -> int:
        return len(self._queue)

    async def emit(self, kind: str, content: Json, *, twice: bool = False) -> None:
        """Something happened. Returns when the webhook took it or was tried often enough."""
        if self.wanted and kind not in self.wanted:
            return
        self._last_id += 1
        update = {"update_id": self._last_id, kind: content}
        self._queue.extend([update, update] if twice else [update])
        self._arrived.set()
        await self.deliver()

    async def deliver(self) -> None:
        """Post what waits, oldest first, until the queue is empty or the webhook does not take it."""
        async with self._posting:
            while self._queue and self.hook_url:
                if not await self._post(self._queue[0]):
                    return
                self._queue.popleft()

    async def wait(self, offset: int, limit: int, timeout: float) -> Sequence[Json]:  # noqa: ASYNC109 - the API's word
        """getUpdates: forgets what is older than `offset`, waits up to `timeout` seconds for something newer."""
        while self._queue and self._queue[0]["update_id"] < offset:
            self._queue.popleft()
        try:
            async with asyncio.timeout(timeout):
                while not self._queue and not self.hook_url:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            pass
        return [self._queue[place] for place in range(min(limit, len(self._queue)))]

    def forget(self) -> None:
        """drop_pending_updates."""
        self._queue.clear()

    def wake(self) -> None:
        """A webhook was set: whoever polls must notice."""
        self._arrived.set()

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def _post(self, update: Json) -> bool:
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        for pause in (*PAUSES, None):
            try:
                async with self._http.post(self.hook_url, json=update, headers=headers) as answer:
                    if answer.status // 100 == 2:
                        self.last_error = ""
                        return True
                    self.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            except (aiohttp.ClientError, TimeoutError, OSError):
                self.last_error = "Connection refused or timed out"
            if pause is not None:
                await asyncio.sleep(pause)
        return False
