"""Writes down what became of the messages of one line, in groups, while others are still on their way.

Knows that a group may not be written at the first try; which state follows is decided in `settle`.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from random import Random

import structlog

from notifier.dispatch.receipts import match_early
from notifier.dispatch.settle import Outcome, Terms, settle_group
from notifier.dispatch.values import Route
from notifier.store import ledger as acts
from notifier.store import paces
from notifier.store.engine import Database

log = structlog.get_logger()
GROUP = 50  # outcomes settled in one transaction at most
PAUSES = (0.05, 0.5, 2.0)  # seconds before a group that could not be written is written again
PATIENCE = 0.05  # seconds a group waits to grow


class Keeper:
    """The outcomes of one line on their way into the database."""

    def __init__(
        self, database: Database, route: Route, terms: Terms, *, clock: Callable[[], datetime], chance: Random
    ) -> None:
        self._database = database
        self._route = route
        self._terms = terms
        self._clock = clock
        self._chance = chance
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()

    def put(self, outcome: Outcome) -> None:
        """Have an outcome written; never waits."""
        self._outcomes.put_nowait(outcome)

    async def kept(self) -> None:
        """Return once everything put so far is written, or left to its lease."""
        await self._outcomes.join()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            group = [await self._outcomes.get()]
            if self._outcomes.qsize() < GROUP - 1:
                await asyncio.sleep(PATIENCE)
            while len(group) < GROUP and not self._outcomes.empty():
                group.append(self._outcomes.get_nowait())
            try:
                await self._keep(group)
            finally:
                for _ in group:
                    self._outcomes.task_done()

    async def _keep(self, group: Sequence[Outcome]) -> None:
        """Write a group, again if need be, then row by row; what can't be written is left to its lease."""
        for pause in (*(PAUSES if len(group) > 1 else ()), None):
            try:
                await self._write(group)
                return
            except Exception:
                log.exception("dispatch.settle", line=self._route.line, outcomes=len(group))
            if pause is not None:
                await asyncio.sleep(pause)
        if len(group) > 1:
            for outcome in group:
                await self._keep([outcome])

    async def _write(self, group: Sequence[Outcome]) -> None:
        now = self._clock()
        line = self._route.line
        luck = [self._chance.random() for _ in group]
        digest = sha256("\n".join(f"{o.delivery_id}:{o.fence}:{o.state}:{o.ref}" for o in group).encode()).hexdigest()
        works = any(outcome.line_works for outcome in group)
        async with self._database.write() as db:
            await settle_group(db, line, group, self._terms, now, luck)
            await match_early(db, [(line, outcome) for outcome in group], self._terms, now)
            if works:
                await paces.resume(db, self._route.scope)
            await acts.append(
                db,
                at=now,
                who=self._terms.worker,
                act="settled",
                about=f"line:{line}",
                detail={"n": len(group), "digest": digest},
            )
        if works:
            log.info("line.works", line=line)
