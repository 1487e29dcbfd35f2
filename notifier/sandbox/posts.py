"""What a fake provider posts to the service's hook: in the background, repeated until it is taken, as real ones do.

Knows no wire format: bodies come ready.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import aiohttp

PAUSES = (0.2, 1.0, 3.0, 10.0, 30.0)  # seconds before each repetition; then the post is given up


@dataclass(frozen=True, slots=True)
class Post:
    """One request to a hook."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Posts:
    """Posts to one hook. `url` is asked anew for each request, because ports are known late; "" drops the post."""

    def __init__(self, url: Callable[[], str], *, hands: int = 8, pauses: Sequence[float] = PAUSES) -> None:
        self.given_up = 0  # posts nobody took
        self._url = url
        self._hands = hands
        self._pauses = tuple(pauses)
        self._jobs: asyncio.Queue[tuple[Sequence[Post], asyncio.Future[None]]] = asyncio.Queue()
        self._open: set[asyncio.Future[None]] = set()  # jobs not finished, late ones included
        self._workers: list[asyncio.Task[None]] = []
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        self._workers = [asyncio.create_task(self._work()) for _ in range(self._hands)]

    async def close(self) -> None:
        """Drops what is not posted yet."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def put(self, posts: Sequence[Post], after: float = 0) -> asyncio.Future[None]:
        """Post these one after the other, `after` seconds from now. The future is done when all are taken or
        given up."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._open.add(done)
        if after:
            loop.call_later(after, self._jobs.put_nowait, (posts, done))
        else:
            self._jobs.put_nowait((posts, done))
        return done

    @property
    def idle(self) -> bool:
        """Nothing is waiting, late posts included."""
        return not self._open

    async def drained(self) -> None:
        """Until everything put so far is taken or given up."""
        if self._open:
            await asyncio.wait(self._open)

    async def _work(self) -> None:
        while True:
            posts, done = await self._jobs.get()
            for post in posts:
                await self._post(post)
            self._open.discard(done)
            if not done.done():
                done.set_result(None)

    async def _post(self, post: Post) -> None:
        assert self._http is not None
        for pause in (*self._pauses, None):
            url = self._url()
            if not url:
                return
            try:
                async with self._http.post(url, data=post.body, headers=post.headers) as answer:
                    if answer.ok:
                        return
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass  # the service is away, perhaps killed by a test: it will be told again
            if pause is not None:
                await asyncio.sleep(pause)
        self.given_up += 1
