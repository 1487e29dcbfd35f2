"""Looks at a line's queue that find nothing, at little cost: what a halted broadcast left due is walked seldom.

A paused broadcast of 300,000 people keeps its rows due, in front of everything that comes later. Once a look has walked
past them, the next ones begin behind that place, until some broadcast is halted or goes on, or a while has passed.
"""

import time as clocks
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import queue

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
        started = clocks.monotonic()
        walked = self._walked.get(line)
        if walked is not None and walked.halted == halted and started < walked.until and walked.upto <= now:
            return await queue.waits(db, line, now, after=walked.upto)
        found = await queue.waits(db, line, now)
        if halted and not found:
            until = started + max(RESCAN, SHARE * (clocks.monotonic() - started))
            self._walked[line] = _Walked(now, halted, until)
        else:
            self._walked.pop(line, None)
        return found
