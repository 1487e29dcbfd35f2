"""Looks at a line's queue that find nothing, at little cost: what a halted broadcast left due is walked seldom.

A paused broadcast of 300,000 people keeps its rows due, in front of everything that comes later. Once a look has walked
past them, the next ones begin behind that place, until some broadcast is halted or goes on, or a while has passed. So
do claims, which would walk past them while they hold the line.
"""

import time as clocks
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import queue
from notifier.store.queue import BULK, Mark
from notifier.store.schema import LARGEST_ID

RESCAN = 5.0  # seconds between two looks at the whole queue, past the mark
SHARE = 20  # a look at the whole queue takes at most this part of the time


class _Walked(NamedTuple):
    """A walk along a queue that found nothing but what is halted."""

    upto: datetime  # due by then
    halted: frozenset[int]  # broadcasts
    until: float  # when to walk it again


class Looks:
    """Whether anything is due on a line, asked over and over."""

    def __init__(self) -> None:
        self._walked: dict[str, _Walked] = {}

    async def waits(self, db: AsyncConnection, line: str, now: datetime) -> bool:
        """A look without a lock. What a broadcast has due may be seen some seconds late; an answer never is."""
        halted = await queue.halted(db)
        walked = self._behind(line, now, halted)
        if walked is not None:
            return await queue.waits(db, line, now, after=walked.upto)
        started = clocks.monotonic()
        found = await queue.waits(db, line, now)
        if found:
            self._walked.pop(line, None)
        else:
            self.walked(line, now, halted, started)
        return found

    def place(self, line: str, now: datetime, halted: frozenset[int]) -> tuple[Mark | None, float]:
        """Behind which place of a queue to look for a broadcast's rows, and until when; None: from its beginning."""
        walked = self._behind(line, now, halted)
        return (None, 0.0) if walked is None else ((BULK, walked.upto, LARGEST_ID), walked.until)

    def walked(self, line: str, now: datetime, halted: frozenset[int], started: float) -> None:
        """A walk along the whole queue found of broadcasts nothing but these, which were halted before it `started`."""
        if halted:
            until = started + max(RESCAN, SHARE * (clocks.monotonic() - started))
            self._walked[line] = _Walked(now, halted, until)
        else:
            self._walked.pop(line, None)

    def forget(self) -> None:
        """Walk every queue from its beginning next time."""
        self._walked.clear()

    def _behind(self, line: str, now: datetime, halted: frozenset[int]) -> _Walked | None:
        walked = self._walked.get(line)
        if walked is None or walked.halted != halted or walked.until <= clocks.monotonic() or walked.upto > now:
            return None
        return walked
