"""How acts are linked into the chain: in short transactions, one statement each."""

from pathlib import Path
from typing import Any

from sqlalchemy import event

from notifier.ledger import SLICE, seal, verify
from notifier.store import ledger as rows
from tests.houses import open_stage


async def test_many_acts_are_linked_in_short_transactions(database_url: str, tmp_path: Path) -> None:
    linked: list[int] = []

    def saw(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith("UPDATE ledger"):
            linked.append(len(parameters) if many else 1)

    async with open_stage(database_url, tmp_path) as stage:
        database = stage.house.database
        await seal(database, "test", stage.clock())
        before = (await verify(database)).acts
        async with database.write() as db:
            for n in range(120):
                await rows.append(db, at=stage.clock(), who="clock", act="test", about=f"test:{n}")
        event.listen(database.engine.sync_engine, "before_cursor_execute", saw)
        assert await seal(database, "test", stage.clock()) == 120
        proof = await verify(database)
        assert (proof.sound, proof.acts, proof.waiting) == (True, before + 120, 0)
        assert SLICE <= 50
        assert linked == [50, 50, 20]  # one statement a transaction
