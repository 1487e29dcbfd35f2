"""A registry on an empty database of each engine."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from notifier.outbox import Outbox
from notifier.registry import Imported, Order, Registry
from notifier.rules.ladders import Ladders
from notifier.store.engine import Database
from notifier.vault import Vault

LADDER = ("telegram", "sms", "email")
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PAID = datetime(2026, 12, 9, 3, 0, tzinfo=UTC)  # by then the payment records tell of what happened


@dataclass(frozen=True)
class Office:
    """The registry, and a look into its tables."""

    database: Database
    vault: Vault
    registry: Registry
    order: Order

    async def people(self, *paths: Path, **order: Any) -> Imported:
        return await self.registry.import_people(paths, replace(self.order, **order))

    async def rounds(self, *paths: Path, **order: Any) -> Imported:
        return await self.registry.import_rounds(paths, replace(self.order, **order))

    async def statuses(self, *paths: Path, **order: Any) -> Imported:
        return await self.registry.import_statuses(paths, replace(self.order, **{"now": PAID} | order))

    async def ask(self, question: str) -> Sequence[tuple[Any, ...]]:
        async with self.database.read() as db:
            return [tuple(row) for row in (await db.execute(text(question))).all()]

    async def say(self, statement: str) -> None:
        async with self.database.write() as db:
            await db.execute(text(statement))


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    database, vault = Database(database_url), Vault({1: b"k" * 32})
    outbox = Outbox({kind: f"line_{kind}" for kind in LADDER}, Ladders(LADDER))
    yield Office(database, vault, Registry(database, vault, outbox), Order("cli:siti", NOW))
    await database.close()
