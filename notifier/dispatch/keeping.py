"""Writes down what became of the messages of one line, in groups, while others are still on their way.

Knows that a group may not be written at the first try; which state follows is decided in `settle`.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

import structlog

from notifier.dispatch.claiming import PROBE
from notifier.dispatch.receipts import match_early
from notifier.dispatch.settle import Outcome, Terms, settle_group
from notifier.dispatch.values import Route
from notifier.rules.deliveries import State
from notifier.rules.settled import told
from notifier.store import ledger as acts
from notifier.store import paces
from notifier.store.engine import Database, is_away

log = structlog.get_logger()
GROUP = 100  # outcomes settled in one transaction at most
PAUSES = (0.05, 0.5, 2.0)  # seconds before a group that could not be written is written again
AWAY = 2.0  # seconds between two tries while the database is away
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
        self._limbo = 0
        self._written = asyncio.Event()

    async def room(self, most: int) -> int:
        """How many messages may be claimed, at most `most`: a worker that dies leaves no more than that in limbo.

        Waits until most of it is free, so that claims stay large.
        """
        while self._limbo > most // 4:
            self._written.clear()
            await self._written.wait()
        return most - self._limbo

    def begun(self, n: int) -> None:
        """So many messages were claimed; an outcome will be put for each."""
        self._limbo += n

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
                self._limbo -= len(group)
                self._written.set()
                for _ in group:
                    self._outcomes.task_done()

    async def _keep(self, group: Sequence[Outcome], pauses: Sequence[float] = PAUSES) -> None:
        """Write a group, again if need be, then row by row. While the database is away outcomes are kept in mind: they
        are facts, and forgetting them would send messages twice. A row that can't be written is left to its lease.
        """
        tries = iter(pauses)
        while True:
            try:
                await self._write(group)
                return
            except Exception as error:
                if is_away(error):
                    log.warning("dispatch.settle", line=self._route.line, outcomes=len(group), reason="database away")
                    await asyncio.sleep(AWAY)
                    continue
                log.exception("dispatch.settle", line=self._route.line, outcomes=len(group))
            pause = next(tries, None)
            if pause is None:
                break
            await asyncio.sleep(pause)
        if len(group) > 1:
            for outcome in group:
                await self._keep([outcome], ())  # the group has had its pauses

    async def _write(self, group: Sequence[Outcome]) -> None:
        now = self._clock()
        line = self._route.line
        luck = [self._chance.random() if outcome.state is State.FAILED else 0.0 for outcome in group]
        works = any(outcome.line_works for outcome in group)
        async with self._database.write() as db:
            news = await settle_group(db, line, group, self._terms, now, luck)
            await match_early(db, [(line, outcome) for outcome in group], self._terms, now)
            if works:
                await paces.resume(db, self._route.scope, now + PROBE)
            if news:
                detail = told(line, ((o.delivery_id, o.fence, o.state.value, o.ref[:200], o.whom) for o in news))
                who, about = self._terms.worker, f"line:{line}"
                await acts.append(db, at=now, who=who, act="settled", about=about, detail=detail)
        if works:
            log.info("line.works", line=line)
