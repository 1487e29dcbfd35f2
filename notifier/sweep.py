"""The last look: what nobody decided and no receipt lifted is closed, so that it is listed as not told and stays so.

A receipt that comes later still counts, by its rank. Nothing is sent here.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import deliveries, sweeps
from notifier.store.deliveries import Step
from notifier.store.engine import Database

SLICE = 500
MOST = 20  # slices of one sweep; the next one goes on


class Sweep:
    """Closes what is overdue, slice by slice."""

    def __init__(self, database: Database, after: timedelta, worker: str) -> None:
        """`after`: how long a person or a receipt has time."""
        self._database = database
        self._after = after
        self._worker = worker

    async def sweep(self, now: datetime) -> int:
        """Look once; returns how many deliveries were closed."""
        before = now - self._after

        async def undecided(db: AsyncConnection) -> list[Step]:
            return await sweeps.undecided(db, before, SLICE)

        async def unconfirmed(db: AsyncConnection) -> list[Step]:
            return await sweeps.unconfirmed(db, now, SLICE)

        return await self._close(undecided) + await self._close(unconfirmed)

    async def _close(self, find: Callable[[AsyncConnection], Awaitable[list[Step]]]) -> int:
        closed = 0
        for _ in range(MOST):
            async with self._database.write_slice() as db:
                steps = await find(db)
                await deliveries.move(db, steps, self._worker)
            closed += len(steps)
            if len(steps) < SLICE:
                break
        return closed
