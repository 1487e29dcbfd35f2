"""How acts are linked into the chain: in short transactions, one statement each; and what unlinks them is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable, event, insert, update

from notifier.ledger import SLICE, Proof, recall, remember, seal, verify
from notifier.store import ledger as rows
from notifier.store.schema import ledger
from tests.houses import Stage, open_stage


async def test_many_acts_are_linked_in_short_transactions(database_url: str, tmp_path: Path) -> None:
    linked: list[int] = []

    def saw(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith("UPDATE ledger"):
            linked.append(len(parameters) if many else 1)

    async with open_stage(database_url, tmp_path) as stage:
        database = stage.house.database
        await seal(database, stage.house.vault, "test", stage.clock())
        before = (await verify(database, stage.house.vault)).acts
        async with database.write() as db:
            for n in range(120):
                await rows.append(db, at=stage.clock(), who="clock", act="test", about=f"test:{n}")
        event.listen(database.engine.sync_engine, "before_cursor_execute", saw)
        assert await seal(database, stage.house.vault, "test", stage.clock()) == 120
        proof = await verify(database, stage.house.vault)
        assert (proof.sound, proof.acts, proof.waiting) == (True, before + 120, 0)
        assert SLICE <= 50
        assert linked == [50, 50, 20]  # one statement a transaction


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A ledger of ten acts, all linked, its head remembered."""
    async with open_stage(database_url, tmp_path, lines_open=False) as opened:
        await _acts(opened, 10)
        await seal(opened.house.database, opened.house.vault, "test", opened.clock())
        await remember(opened.house.database, opened.house.ledger_head, opened.clock())
        yield opened


async def _acts(stage: Stage, n: int) -> None:
    async with stage.house.database.write() as db:
        for i in range(n):
            await rows.append(db, at=stage.clock(), who="clock", act="test", about=f"test:{i}")


async def _verify(stage: Stage) -> Proof:
    house = stage.house
    return await verify(house.database, house.vault, recall(house.ledger_head), stage.clock())


async def _do(stage: Stage, *statements: Executable) -> None:
    async with stage.house.database.write() as db:
        for statement in statements:
            await db.execute(statement)


async def test_acts_that_are_new_wait_for_their_link_and_a_proof_gives_them_none(stage: Stage) -> None:
    await _acts(stage, 2)
    for _ in range(2):
        proof = await _verify(stage)
        assert (proof.sound, proof.acts, proof.waiting, proof.warnings) == (True, 10, 2, ())
    stage.clock.move(hours=2)
    assert "acts wait to be chained since" in (await _verify(stage)).warnings[0]


async def test_links_that_were_stripped_are_missed(stage: Stage) -> None:
    await _do(stage, update(ledger).where(ledger.c.seq > 4).values(seq=None, link=None))
    proof = await _verify(stage)
    assert "acts 5 to 10 are missing: cut off, stripped of their links" in proof.broken
    assert "6 acts stand without a link" in proof.broken
    # whoever has the database alone waits until the service chains anew what was altered
    await _do(stage, update(ledger).where(ledger.c.about == "test:7").values(who="account:9"))
    await seal(stage.house.database, stage.house.vault, "test", stage.clock())
    assert "act 10 is another than the one remembered" in (await _verify(stage)).broken
    assert not await stage.house.restored.look(stage.clock()), "nothing leaves until a person has looked"


async def test_a_head_that_is_not_remembered_is_a_warning_and_links_all_gone_are_a_break(stage: Stage) -> None:
    stage.house.ledger_head.unlink()
    proof = await _verify(stage)
    assert proof.sound
    assert "nothing beside the data remembers the newest act" in proof.warnings[0]
    await _do(stage, update(ledger).values(seq=None, link=None))
    assert "acts were chained here, and none has its link any more" in (await _verify(stage)).broken


async def test_links_worked_out_without_the_key_do_not_hold(stage: Stage) -> None:
    stage.house.ledger_head.unlink()
    async with stage.house.database.write() as db:
        previous, links = rows.START, []
        for act in [act async for act in rows.sealed(db)]:
            assert act.seq is not None
            forged = replace(act, who="account:9") if act.seq == 3 else act
            previous = rows.link(lambda data: sha256(data).digest(), previous, act.seq, forged)
            links.append((act.id, previous))
        for number, link in links:
            await db.execute(update(ledger).where(ledger.c.id == number).values(link=link))
    proof = await _verify(stage)
    assert "act 1 (test about test:0" in proof.broken
    assert "or the vault's key is not the one it was chained with" in proof.broken


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_row_slipped_in_before_the_newest_act_is_never_chained_and_is_told(stage: Stage) -> None:
    row = {"at": stage.clock(), "who": "clock", "act": "forged", "about": "test:1", "detail": ""}
    await _do(stage, insert(ledger).values(id=0, **row))
    await _acts(stage, 1)
    assert await seal(stage.house.database, stage.house.vault, "test", stage.clock()) == 1
    proof = await _verify(stage)
    assert "row 0 of the ledger (forged about test:1" in proof.broken
    assert "has no link, but stands before act 11" in proof.broken
