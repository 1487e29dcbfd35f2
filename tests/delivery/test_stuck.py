"""What must not get stuck or lost: clocks set back, bounces, two outcomes at once, an absent database, longer parks."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from channels.contract import Receipt, ReceiptState
from notifier.app.lines import delivery_terms
from notifier.app.service import _sending
from notifier.dispatch import settle_receipt
from notifier.dispatch.settle import Outcome, settle_group
from notifier.rules.deliveries import State
from notifier.store import paces as pace_rows
from notifier.store.schema import attempts, deliveries, paces
from tests.houses import NO_WINDOW, Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"


async def crowd(stage: Stage, n: int = 1) -> int:
    await add_round(stage)
    for i in range(n):
        await add_person(stage, f"WARGA {i}", ("sms", f"+628123000{i:04d}"))
    number = await stage.broadcast("round_announced", CODE)
    await stage.house.broadcasts.advance(stage.clock(), "test")
    return number


async def test_clock_set_back(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await crowd(stage, 300)
        grant = await stage.claim("sms")
        assert grant.ready
        stage.clock.move(hours=1)
        assert (await stage.claim("sms")).ready
        stage.clock.move(hours=-1)
        got = []
        for _ in range(60):
            stage.clock.move(seconds=2)
            got.append(len((await stage.claim("sms")).ready))
        assert any(got), got


async def test_lapse_keeps_a_failure(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await crowd(stage)
        (ready,) = (await stage.claim("sms")).ready
        async with stage.house.database.write() as db:
            terms = delivery_terms(stage.house)
            await settle_receipt(
                db,
                "sms",
                Receipt("r1", ReceiptState.FAILED, "no such number", key=ready.message.key, permanent=True),
                terms,
                stage.clock(),
            )
        stage.clock.move(minutes=3)
        await stage.dispatcher.lapse()
        async with stage.house.database.read() as db:
            a = (await db.execute(select(attempts.c.state, attempts.c.reason))).all()
            d = (await db.execute(select(deliveries.c.state, deliveries.c.reason, deliveries.c.held))).all()
        assert a[0].state == "failed", (a, d)
        assert d[0].state == "failed"


async def test_two_outcomes_of_one_delivery_in_a_group(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await crowd(stage)
        (one,) = (await stage.claim("sms")).ready
        stage.clock.move(minutes=3)
        await stage.dispatcher.lapse()
        stage.clock.move(hours=1)
        await stage.dispatcher.lapse()
        stage.clock.move(seconds=1)
        (two,) = (await stage.claim("sms")).ready
        assert two.delivery.fence == one.delivery.fence + 1
        now = stage.clock()
        group = [
            Outcome(one.delivery.id, one.delivery.fence, now, State.ACCEPTED, ref="r1", segments=1),
            Outcome(two.delivery.id, two.delivery.fence, now, State.FAILED, reason="busy"),
        ]
        async with stage.house.database.write() as db:
            await settle_group(db, "sms", group, delivery_terms(stage.house), now, [0.5, 0.5])
        async with stage.house.database.read() as db:
            d = (await db.execute(select(deliveries.c.state))).scalar_one()
            a = (await db.execute(select(attempts.c.number, attempts.c.state, attempts.c.ref))).all()
        account = await stage.house.broadcasts.statement(number)
        assert (d, account.balanced) == ("accepted", True), (d, a, account)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_shutdown_ends_while_the_database_is_away(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        await crowd(stage, 300)
        d = stage.dispatcher

        async def away(*_w: Any) -> None:
            raise OSError("away")

        real = settle_group
        monkeypatch.setattr("notifier.dispatch.keeping.settle_group", away)

        async def go() -> None:
            async with _sending(d, lambda: 1.0):
                await asyncio.sleep(2.0)

        task = asyncio.create_task(go())
        await asyncio.wait([task], timeout=12)
        ended = task.done()
        lim = [k._limbo for k in d._keepers.values()]
        monkeypatch.setattr("notifier.dispatch.keeping.settle_group", real)
        await asyncio.wait([task], timeout=20)
        assert ended, lim


async def test_probe_and_longer_park(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await crowd(stage, 300)
        now = stage.clock()
        async with stage.house.database.write() as db:
            await pace_rows.lock(db, "line:sms", "line:sms", now)
            await pace_rows.park(db, "line:sms", now, "x", now, again=True)
        stage.clock.move(seconds=1)
        now = stage.clock()
        grant = await stage.claim("sms")
        assert grant.probing
        assert len(grant.ready) == 1
        # an older call returns meanwhile: wait 600 s
        async with stage.house.database.write() as db:
            await pace_rows.park(db, "line:sms", now + timedelta(seconds=600), "retry after", now)
        async with stage.house.database.write() as db:
            await pace_rows.resume(db, "line:sms", now + timedelta(seconds=30))
        async with stage.house.database.read() as db:
            until = (await db.execute(select(paces.c.parked_until).where(paces.c.scope == "line:sms"))).scalar_one()
        assert until == now + timedelta(seconds=600), until


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_waited_for_the_line_sees_its_park(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await crowd(stage, 300)
        now = stage.clock()
        async with stage.house.database.write() as db:
            await pace_rows.lock(db, "line:sms", "line:sms", now)
        async with stage.house.database.write() as db:
            await pace_rows.park(db, "line:sms", now + timedelta(seconds=600), "retry after", now)
            waiting = asyncio.create_task(stage.claim("sms"))
            await asyncio.sleep(0.5)
        grant = await waiting
        assert not grant.ready, len(grant.ready)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_one_probe(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await crowd(stage, 300)
        now = stage.clock()
        async with stage.house.database.write() as db:
            await pace_rows.lock(db, "line:sms", "line:sms", now)
            await pace_rows.park(db, "line:sms", now, "x", now, again=True)
        stage.clock.move(seconds=1)
        grants = await asyncio.gather(*(stage.claim("sms") for _ in range(4)))
        assert sum(len(g.ready) for g in grants) == 1, [len(g.ready) for g in grants]
