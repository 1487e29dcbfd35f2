"""The last look at what nobody decided, and at what nobody confirmed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update

from channels.contract import Receipt, ReceiptState
from notifier.app.lines import delivery_terms
from notifier.dispatch import settle_receipt
from notifier.store import sweeps
from notifier.store.schema import attempts, deliveries
from notifier.store.told import Shelf
from notifier.sweep import SLICE, Sweep
from tests.houses import Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"
LATER = timedelta(hours=72)


def _sweep(stage: Stage) -> Sweep:
    return Sweep(stage.house.database, stage.house.config.delivery.sweep_after, "test")


async def _rows(stage: Stage) -> list[tuple[Any, ...]]:
    async with stage.house.database.read() as db:
        found = select(deliveries.c.state, deliveries.c.held, deliveries.c.lease_until, deliveries.c.reason)
        return [tuple(row) for row in await db.execute(found.order_by(deliveries.c.id))]


async def test_what_nobody_decided_in_three_days_is_closed_and_listed_as_not_told(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage, opens_at=stage.clock(), closes_at=stage.clock() + timedelta(days=30))
        await add_person(stage, "SITI AMINAH", ("sms", "+62000004001"))  # times out after taking it
        number = await stage.broadcast("receipt_question", CODE)
        await stage.send()
        assert (await _rows(stage))[0][:2] == ("unknown", True)
        stage.clock.now += LATER - timedelta(minutes=1)
        assert await _sweep(stage).sweep(stage.clock()) == 0
        stage.clock.move(minutes=2)
        assert await _sweep(stage).sweep(stage.clock()) == 1
        assert await _rows(stage) == [("unknown", False, None, "never known")]
        assert await _sweep(stage).sweep(stage.clock()) == 0
        _, (untold,) = await stage.house.told.people(stage.approver, number, Shelf("unknown"))
        assert (untold.state, untold.reason) == ("unknown", "never known")
        account = await stage.house.broadcasts.statement(number)
        assert (account.unknown, account.held, account.balanced) == (1, 0, True)
        await stage.dispatcher.drain()
        assert len(stage.providers.phones.calls) == 1  # nothing is sent again
        async with stage.house.database.write() as db:
            key = (await db.execute(select(attempts.c.key))).scalar_one()
            receipt = Receipt(ref="", key=key, state=ReceiptState.DELIVERED)
            await settle_receipt(db, "sms", receipt, delivery_terms(stage.house), stage.clock())
        account = await stage.house.broadcasts.statement(number)
        assert (account.unknown, account.delivered, account.balanced) == (0, 1, True)


async def test_what_a_trusted_line_took_and_never_confirmed_counts_as_not_told(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n in range(3):
            await add_person(stage, f"WARGA {n}", ("email", f"warga{n}@example.com"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.send()
        async with stage.house.database.write() as db:  # what settling does for a line whose receipts are trusted
            two = select(deliveries.c.id).order_by(deliveries.c.id).limit(2)
            await db.execute(
                update(deliveries).where(deliveries.c.id.in_(two)).values(lease_until=stage.clock() + LATER)
            )
        assert await _sweep(stage).sweep(stage.clock()) == 0
        stage.clock.now += LATER + timedelta(minutes=1)
        await stage.dispatcher.lapse()
        assert await _sweep(stage).sweep(stage.clock()) == 2
        account = await stage.house.broadcasts.statement(number)
        assert (account.accepted, account.unconfirmed, account.balanced) == (3, 2, True)
        assert account.as_json()["unconfirmed"] == 2
        assert sorted(row[3] for row in await _rows(stage)) == ["", "no receipt", "no receipt"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_last_look_reads_indexes_and_no_more_than_a_slice_at_a_time(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        asked: list[tuple[str, Any]] = []

        def saw(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
            if statement.startswith("SELECT deliveries.id, deliveries.broadcast_id"):
                asked.append((statement, parameters))

        event.listen(stage.house.database.engine.sync_engine, "before_cursor_execute", saw)
        await _sweep(stage).sweep(stage.clock())
        event.remove(stage.house.database.engine.sync_engine, "before_cursor_execute", saw)
        assert len(asked) == 2
        async with stage.house.database.read() as db:
            plans = []
            for statement, parameters in asked:
                rows = await db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans.append(" ".join(str(row[-1]) for row in rows))
        assert "ix_deliveries_held" in plans[0], plans
        assert "ix_deliveries_lease" in plans[1], plans
        assert all(SLICE in parameters for _, parameters in asked)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_more_than_a_slice_is_closed_in_one_sweep(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.sweep.SLICE", 2)
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n in range(5):
            await add_person(stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.send()
        async with stage.house.database.write() as db:
            await db.execute(update(deliveries).values(lease_until=stage.clock()))
        stage.clock.move(seconds=1)
        assert await _sweep(stage).sweep(stage.clock()) == 5
        async with stage.house.database.read() as db:
            assert await sweeps.unconfirmed_of(db, number) == 5
