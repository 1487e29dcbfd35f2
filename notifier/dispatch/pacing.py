"""One worker's turn in a span of time: lets its messages go one after the other, never closer than the line bears.

No two workers have the same span, so that spacing what really leaves here is enough for all of them together. Who is
late asks for another span; who is too late hands back what has not left.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

from notifier.dispatch.values import Grant, Ready, Share
from notifier.rules.pacing import stride

HOLD = 0.9  # seconds after its first slot that a grant may still begin something


class Turn:
    """The messages of a grant, each at the moment it may leave and with a place in `gate` that it gives back itself."""

    def __init__(
        self,
        share: Share,
        grant: Grant,
        gate: asyncio.Semaphore,
        again: Callable[[Share, int], Awaitable[Grant]],
        stopping: Callable[[], bool],
    ) -> None:
        self._share = share
        self._grant = grant
        self._gate = gate
        self._again = again
        self._stopping = stopping
        self._loop = asyncio.get_running_loop()
        self._together = stride(share.rate)
        self._opened = 0.0  # when the present few that leave together began to
        self._used = self._together  # units of them that have left
        self._enter(grant)
        self._last = self._first + HOLD

    def _enter(self, grant: Grant) -> None:
        self._spacing = grant.spacing.total_seconds()
        # Committing may have taken long, and the span began meanwhile.
        since = monotonic() - grant.asked if grant.asked is not None else 0.0
        self._first = self._loop.time() + grant.waits.total_seconds() - since
        self._end = self._first + grant.span.total_seconds()

    async def __aiter__(self) -> AsyncIterator[Ready]:
        units = sum(one.weight for one in self._grant.ready)
        for one in self._grant.ready:
            await self._gate.acquire()
            try:
                may = await self._slot(one.weight, units)
            except BaseException:
                self._gate.release()
                raise
            if not may:
                self._gate.release()
                return
            units -= one.weight
            yield one

    async def _slot(self, weight: int, units: int) -> bool:
        """Wait for the next slot; False when it would come too late. `units`: what is still to leave."""
        while True:
            if self._used >= self._together:
                await self._sleep(max(self._first, self._opened + self._used * self._spacing))
                self._opened, self._used = self._loop.time(), 0
            now = self._loop.time()
            if self._stopping() or now > self._last:
                return False
            if now + weight * self._spacing <= self._end:
                self._opened = max(self._opened, now - self._used * self._spacing)
                self._used += weight
                return True
            self._enter(await self._again(self._share, units))
            if self._first > self._last:
                return False
            self._used = max(self._used, self._together)

    async def _sleep(self, until: float) -> None:
        pause = until - self._loop.time()
        if pause > 0:
            await asyncio.sleep(pause)
