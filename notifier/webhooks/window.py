"""What one process has in hand of one address: calls that may begin, calls under way, what came of them.

A rolling window: whenever a call ends the next begins, so that a slow answer holds none of the others. After a failure
none begins until another was taken: an address that is down gets no more than one window of calls. Knows no database
and no words.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog

from notifier.store.webhooks import Due
from notifier.webhooks.reaching import Reply

log = structlog.get_logger()
GROUP = 100  # most calls that are taken at once, and outcomes that wait to be written
HAND = 1.0  # seconds after which what has not begun is given back: what was known when it was taken may be old
WAIT = 0.05  # seconds an outcome waits for its group to grow
Outcome = tuple[Due, Reply | None]  # None: it must not be made


class Window:
    """`stirred` is set when it is worth a look."""

    def __init__(
        self,
        at_once: int,
        call: Callable[[Due], Awaitable[Reply | None]],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`at_once`: how many calls may be under way; `call` makes one; `seconds`: a clock for how old a hand is."""
        self._at_once = at_once
        self._call = call
        self._hand: deque[Due] = deque()
        self._outcomes: list[Outcome] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._seconds = seconds
        self._taken_at = 0.0
        self._begun = 0  # since then
        self._pull = at_once  # how many to take: what could begin lately
        self._low = -1  # when so few are left in hand it is time to take more; -1: no more were waiting
        self._doubtful = False  # a call failed, and none was taken since
        self._held = False
        self._timer: asyncio.TimerHandle | None = None
        self.stirred = asyncio.Event()

    @property
    def empty(self) -> bool:
        """Nothing is in hand, and nothing is under way."""
        return not self._under_way and not self._hand

    @property
    def through(self) -> bool:
        """Nothing is left to do, nor to write."""
        return self.empty and not self._outcomes

    @property
    def room(self) -> int:
        """How many calls to take now."""
        stuck = len(self._under_way) >= self._at_once and not self._begun  # none has ended since the last were taken
        busy = stuck or self._doubtful or self._held or len(self._hand) > max(self._low, 0)
        return 0 if busy else self._pull

    def take_up(self, calls: Sequence[Due], asked: int) -> None:
        """Have these begin as soon as there is room for each."""
        if self._begun and not self._old():
            self._pull = min(GROUP, 2 * self._pull)
        self._hand.extend(calls)
        self._begun, self._taken_at = 0, self._seconds()
        self._low = min(2 * self._at_once, asked // 2) if len(calls) == asked else -1

    def go_on(self) -> None:
        """Begin what may begin."""
        if not self._hand or self._doubtful or self._held:
            return
        if self._old():
            self.stirred.set()
            return
        for _ in range(min(len(self._hand), self._at_once - len(self._under_way))):
            task = asyncio.create_task(self._one_after_the_other())
            self._under_way.add(task)
            task.add_done_callback(self._left)

    def hold(self) -> None:
        """Begin no more."""
        self._held = True
        self.stirred.set()

    def lay_down(self, *, whole: bool) -> list[Due]:
        """What is given back: the whole hand, or what lies in it for too long."""
        if not self._hand or not (whole or self._old()):
            return []
        left = list(self._hand)
        self._hand.clear()
        self._pull, self._begun = max(1, self._begun), 0
        return left

    def outcomes(self) -> list[Outcome]:
        """What is to be written now. What is in doubt waits until it shows whether anything is taken there."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._doubtful and self._under_way:
            return []
        self._doubtful = False
        return list(self._outcomes)

    def written(self, n: int) -> None:
        """The first of them are in the database."""
        del self._outcomes[:n]

    async def arrived(self) -> None:
        """Wait until nothing is under way."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self) -> None:
        """Break off what is still under way: its lease runs out, and it is made again."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    # --- within ---

    def _old(self) -> bool:
        return self._seconds() - self._taken_at > HAND

    async def _one_after_the_other(self) -> None:
        while (call := self._next()) is not None:
            try:
                reply = await self._call(call)
            except Exception as error:
                log.error("webhooks.call", error=type(error).__name__)
                reply = Reply(0, 0, f"the call broke off ({type(error).__name__})")
            self._ended(call, reply)

    def _next(self) -> Due | None:
        if not self._hand or self._doubtful or self._held:
            return None
        if self._old():
            self.stirred.set()
            return None
        call = self._hand.popleft()
        self._begun += 1
        if len(self._hand) == self._low:
            self.stirred.set()
        return call

    def _ended(self, call: Due, reply: Reply | None) -> None:
        self._outcomes.append((call, reply))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WAIT, self.stirred.set)
        if len(self._outcomes) >= GROUP:
            self.stirred.set()
        if reply is None:
            return
        cleared, self._doubtful = self._doubtful and reply.taken, not reply.taken
        if cleared:
            self.stirred.set()
            self.go_on()

    def _left(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self.go_on()  # of what came meanwhile
        if not self._under_way:
            self.stirred.set()
