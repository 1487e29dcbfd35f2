"""Accounts of large broadcasts: counted from the rows by the clock, in one snapshot, and kept as they were then. A page
shows the last one and when it was counted; who puts one on record has it counted anew.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from notifier.broadcasts.account import Account, Told
from notifier.broadcasts.values import Statement, statement_of
from notifier.rules.looks import SETTLED, next_of_account
from notifier.rules.roles import Viewer
from notifier.store import broadcast_looks as looks
from notifier.store import broadcasts as rows
from notifier.store import deliveries
from notifier.store.broadcast_looks import ACCOUNT
from notifier.store.broadcasts import Broadcast
from notifier.store.engine import Database

LARGE = 2_000  # people; of fewer the account is counted while somebody waits
OVER = ("done", "stopped")
CHECKED = ("held", "unconfirmed", "balanced", "maybe_twice")  # what the kept counters alone do not tell


@dataclass(frozen=True, slots=True)
class Accounted:
    """An account as a page shows it."""

    account: Account | None  # None: it is being counted
    at: datetime | None = None  # when it was counted; None: just now
    moved: bool = False  # something changed since


class Accounting:
    """Keeps accounts."""

    def __init__(self, database: Database, told: Told) -> None:
        self._database = database
        self._told = told

    async def look(self, b: Broadcast) -> Accounted:
        """The account of a broadcast: of few people just now, of many as it was counted last."""
        if max(b.audience, b.expanded) <= LARGE:
            return Accounted(await self._told.account(b.id))
        async with self._database.read() as db:
            kept = await looks.of(db, b.id, ACCOUNT)
            if kept is None or kept.found is None:
                return Accounted(None)
            now = statement_of(b, await deliveries.tally(db, b.id), held=0, recounted=None)
        account = _read(b, kept.found)
        return Accounted(account, kept.at, _plain(now) != _plain(account.statement))

    async def put_on_record(self, viewer: Viewer, broadcast_id: int, now: datetime) -> Account:
        """Count it anew, keep it, and write its digest into the ledger. Raises Refused."""
        found = await self._told.put_on_record(viewer, broadcast_id, now)
        await self._keep(found, now)
        return found

    async def carry(self, now: datetime) -> int:
        """The clock: count the account that has waited longest; returns how many were counted."""
        async with self._database.read() as db:
            new = await looks.unnoticed(db, ACCOUNT, LARGE, now - SETTLED)
        if new:
            async with self._database.write() as db:
                await looks.notice(db, ACCOUNT, LARGE, now - SETTLED, now)
        async with self._database.read() as db:
            look = await looks.due(db, ACCOUNT, now)
            b = await rows.get(db, look.broadcast_id) if look else None
        if b is None:
            return 0
        await self._keep(await self._told.account(b.id), now)
        return 1

    async def _keep(self, found: Account, now: datetime) -> None:
        b = found.broadcast
        if max(b.audience, b.expanded) <= LARGE:
            return
        wake = next_of_account(b.audience, b.at, now, over=b.state in OVER)
        async with self._database.write() as db:
            await looks.keep(db, b.id, ACCOUNT, _written(found), now, wake)


def _plain(statement: Statement) -> Mapping[str, Any]:
    return {name: value for name, value in statement.as_json().items() if name not in CHECKED}


def _written(account: Account) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(account).items() if name != "broadcast"}


def _read(b: Broadcast, kept: Mapping[str, Any]) -> Account:
    return Account(**{**kept, "broadcast": b, "statement": Statement(**kept["statement"])})
