"""A restored backup: noticed, told, held back until a person confirms it."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from notifier.errors import Refused
from notifier.ledger import recall, remember, seal, verify
from notifier.outbox import Notice
from notifier.restored import Restored
from notifier.rules.roles import Role, Viewer
from notifier.store import ledger as acts
from notifier.store.schema import deliveries, ledger
from tests.houses import Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"


async def _act(stage: Stage, n: int = 1) -> None:
    async with stage.house.database.write() as db:
        for _ in range(n):
            await acts.append(db, at=stage.clock(), who="clock", act="test", about="test:1")
    await seal(stage.house.database, stage.house.vault, "test", stage.clock())


async def _lose(stage: Stage, n: int) -> None:
    """What a backup of an earlier hour would not have."""
    async with stage.house.database.write() as db:
        newest, _ = await acts.head(db)
        await db.execute(delete(ledger).where(ledger.c.seq > newest - n))


async def _singles(stage: Stage) -> list[tuple[str, bool]]:
    async with stage.house.database.read() as db:
        rows = await db.execute(
            select(deliveries.c.state, deliveries.c.held)
            .where(deliveries.c.broadcast_id.is_(None), deliveries.c.event == "help")
            .order_by(deliveries.c.id)
        )
        return [(state, held) for state, held in rows]


async def _help(stage: Stage, person: int) -> None:
    async with stage.house.database.write() as db:
        await stage.house.outbox.queue(
            db, Notice("help", "id", "Asia/Jakarta", person_id=person, window=False), stage.clock()
        )


async def test_a_database_older_than_the_ledger_beside_it_is_noticed_and_may_not_send(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        restored, head = stage.house.restored, stage.house.ledger_head
        assert await restored.look(stage.clock())
        await _act(stage, 5)
        assert await restored.look(stage.clock())
        known = recall(head)
        assert known is not None
        assert (known.seq, known.at) == (5, stage.clock())
        await _lose(stage, 3)
        stage.clock.move(hours=1)
        assert not await restored.look(stage.clock())
        assert not stage.house.may_send()
        gap = restored.gap
        assert gap is not None
        assert (gap.remembered, gap.found, gap.remembered_at) == (5, 2, known.at)
        assert "restored" in (await stage.house.health())["sending"]
        assert recall(head) == known, "what is remembered is not overwritten"
        await remember(stage.house.database, head, stage.clock())
        assert recall(head) == known
        # the older database writes on, past the number it once had
        await _act(stage, 6)
        assert not await restored.look(stage.clock())
        await remember(stage.house.database, head, stage.clock())
        assert recall(head) == known, "not even by one that has caught up in numbers"


async def test_every_machine_knows_once_one_has_noticed_and_goes_on_once_one_has_confirmed(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        here, now = stage.house.restored, stage.clock()
        elsewhere, newcomer = tmp_path / "elsewhere.head", tmp_path / "newcomer.head"
        there = Restored(stage.house.database, elsewhere, "there")
        await _act(stage, 4)
        assert await there.look(now)
        await _act(stage, 4)
        assert await here.look(now)
        assert await there.look(now), "an older head is normal: others seal too"
        shutil.copy(stage.house.ledger_head, elsewhere)
        await _lose(stage, 3)
        stage.clock.move(minutes=5)
        assert not await here.look(stage.clock())
        assert not await Restored(stage.house.database, newcomer, "new").look(stage.clock())
        assert not await there.look(stage.clock())
        stage.clock.move(minutes=5)
        await here.confirm(stage.approver, stage.clock())
        assert here.open
        assert await there.look(stage.clock()), "what it remembered is known to be gone"
        await seal(stage.house.database, stage.house.vault, "test", stage.clock())
        assert (await verify(stage.house.database, stage.house.vault)).sound
        for place in (here, there):
            assert await place.look(stage.clock())
        assert (await verify(stage.house.database, stage.house.vault, recall(elsewhere))).sound
        # the same backup is restored once more
        await _act(stage, 4)
        stage.clock.move(minutes=5)
        assert await there.look(stage.clock())
        await _lose(stage, 3)
        assert not await there.look(stage.clock())


async def test_a_confirmation_holds_what_was_queued_before_and_sends_what_is_new(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        person = await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await _help(stage, person)
        await seal(stage.house.database, stage.house.vault, "test", stage.clock())
        await stage.house.restored.look(stage.clock())
        await _act(stage, 3)
        await stage.house.restored.look(stage.clock())
        await _lose(stage, 3)
        stage.clock.move(hours=1)
        assert not await stage.house.restored.look(stage.clock())
        stage.clock.move(minutes=1)
        await _help(stage, person)  # a citizen asks while nothing leaves
        await stage.dispatcher.drain()
        assert stage.providers.phones.count() == 0
        done = await stage.house.restored.confirm(stage.approver, stage.clock())
        assert (done.held, done.asking) == (1, (number,))
        assert await _singles(stage) == [("unknown", True), ("due", False)]
        b = await stage.house.broadcasts.get(stage.approver, number)
        assert (b.state, b.why.startswith("the database is a restored backup")) == ("asking", True)
        await stage.send()
        assert len(stage.providers.phones.notes("+6281230000001")) == 1
        assert (await stage.house.broadcasts.statement(number)).balanced
        await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
        await stage.send()
        assert len(stage.providers.phones.notes("+6281230000001")) == 2
        await _help(stage, person)
        async with stage.house.database.read() as db:
            newest = (await db.execute(select(func.max(deliveries.c.id)))).scalar_one()
        assert newest > 100_000_000, "no number of the lost time is used again"


async def test_who_is_sure_may_send_everything(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        person = await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        await _help(stage, person)
        await _act(stage, 3)
        await stage.house.restored.look(stage.clock())
        await _lose(stage, 2)
        stage.clock.move(hours=1)
        done = await stage.house.restored.confirm(stage.approver, stage.clock(), resume=True)
        assert (done.held, done.asking) == (0, ())
        assert await _singles(stage) == [("due", False)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_only_an_admin_of_everything_confirms_and_only_what_is_to_be_confirmed(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        restored, now = stage.house.restored, stage.clock()
        with pytest.raises(Refused, match="nothing to confirm"):
            await restored.confirm(stage.approver, now)
        await _act(stage, 3)
        await restored.look(now)
        await _lose(stage, 1)
        for viewer in (Viewer(9, "sari", Role.AGENT), Viewer(9, "tuti", Role.ADMIN, "31.75")):
            with pytest.raises(Refused):
                await restored.confirm(viewer, now)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_head_written_by_an_earlier_version_is_understood(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _act(stage, 3)
        async with stage.house.database.read() as db:
            seq, link = await acts.head(db)
        stage.house.ledger_head.write_text(f"{seq} {link.hex()}\n")
        assert await stage.house.restored.look(stage.clock())
        await _act(stage)
        assert await stage.house.restored.look(stage.clock())
        known = recall(stage.house.ledger_head)
        assert known is not None
        assert isinstance(known.at, datetime)
        async with stage.house.database.write() as db:
            await db.execute(update(ledger).where(ledger.c.seq == 1).values(link=b"x" * 32))
        assert await stage.house.restored.look(stage.clock()), "an altered row is for verify to find"
