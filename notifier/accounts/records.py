"""The ledger as staff read it: whose acts they may see, whether a stretch holds, what the last proof said.

Who sees the whole country sees every act; who sees an area, the acts of that area's accounts alone: what others and the
clock did may be about what is kept from it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from notifier import ledger
from notifier.ledger import Head, Proof, Verified
from notifier.rules.roles import Right, Viewer, covers
from notifier.store import accounts
from notifier.store import ledger as rows
from notifier.store.engine import Database
from notifier.store.ledger import Act, Asked

SLICE = 1000  # acts read at a time for a file


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the chain stands."""

    acts: int
    head: str  # hex of the newest link
    waiting: int
    remembered: Head | None
    verified: Verified | None


class Records:
    """Reads; writes nothing but that a file was taken away."""

    def __init__(self, database: Database, vault: ledger.Keyed, head: Path, verified: Path) -> None:
        self._database = database
        self._vault = vault
        self._head = head
        self._verified = verified

    async def page(self, viewer: Viewer, asked: Asked, before: int | None, limit: int) -> list[Act]:
        """Acts that the viewer may see, newest first, below an id."""
        viewer.needs(Right.SEE_LEDGER)
        async with self._database.read() as db:
            return await rows.page(db, await self._narrowed(viewer, asked), before, limit)

    async def standing(self) -> Standing:
        """The newest link, what waits for one, and what the last whole proof found."""
        remembered, verified = ledger.recall(self._head), ledger.kept(self._verified)
        async with self._database.read() as db:
            acts, head = await rows.head(db)
            return Standing(acts, head.hex(), await rows.waiting(db), remembered, verified)

    async def check(self, viewer: Viewer, first: int, last: int) -> Proof:
        """Whether the acts from one number to another are as they were chained. Refused for too many."""
        viewer.needs(Right.SEE_LEDGER)
        return await ledger.check(self._database, self._vault, first, last)

    async def names(self) -> Mapping[str, tuple[str, str]]:
        """Who → login and name, for all accounts."""
        async with self._database.read() as db:
            return {f"account:{one.id}": (one.login, one.name) for one in await accounts.everyone(db)}

    async def all(self, viewer: Viewer, asked: Asked) -> AsyncIterator[Sequence[Act]]:
        """Every act that is asked for, newest first, in slices."""
        viewer.needs(Right.EXPORT)
        before: int | None = None
        while True:
            found = await self.page(viewer, asked, before, SLICE)
            if found:
                yield found
            if len(found) < SLICE:
                return
            before = found[-1].id

    async def taken(self, viewer: Viewer, count: int, now: datetime) -> None:
        """Record that the ledger was taken away as a file."""
        async with self._database.write() as db:
            detail = {"rows": count}
            await rows.append(db, at=now, who=viewer.who, act="export.ledger", about="ledger", detail=detail)

    async def _narrowed(self, viewer: Viewer, asked: Asked) -> Asked:
        if not viewer.region:
            return asked
        async with self._database.read() as db:
            mine = [one.id for one in await accounts.everyone(db) if covers(viewer.region, one.region)]
        return replace(asked, only=tuple(f"account:{number}" for number in mine))
