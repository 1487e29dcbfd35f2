"""Workers that meet: slow commits, waits for a line, two shares to one chat, receipts in the moment of settling."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from channels.contract import Receipt, ReceiptState
from notifier.app.house import utc_now
from notifier.app.lines import delivery_terms
from notifier.dispatch import settle_receipt
from notifier.dispatch.claiming import Claims
from notifier.dispatch.receipts import Walk, match_late
from notifier.dispatch.settle import Outcome, settle_group
from notifier.outbox import Notice
from notifier.rules.deliveries import State
from notifier.store import deliveries as dels
from notifier.store import paces as pace_rows
from notifier.store.engine import Database
from notifier.store.schema import attempts, deliveries, receipts
from tests.delivery.workers import RATE, Noting, most_in_a_second, worker_of
from tests.houses import NO_WINDOW, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"


class Slow(Database):
    """Commits slowly now and then."""

    n = 0
    tasks: ClassVar[set[Any]] = set()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        async with super().write() as db:
            yield db
            if asyncio.current_task() in Slow.tasks:
                Slow.tasks.discard(asyncio.current_task())
                Slow.n += 1
                if Slow.n % 2 == 1:
                    await asyncio.sleep(0.5)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_slow_commit_rate(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Claims.take

    async def take(self: Any, db: Any, *a: Any) -> Any:
        got = await real(self, db, *a)
        if got.ready:
            Slow.tasks.add(asyncio.current_task())
        return got

    monkeypatch.setattr(Claims, "take", take)
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        stage.clock.now = utc_now()
        await add_round(stage, opens_at=stage.clock() + timedelta(days=1), closes_at=stage.clock() + timedelta(days=2))
        for n in range(5 * RATE):
            await add_person(stage, f"WARGA {n}", ("sms", f"+62812300{n:05d}"))
        await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        calls: list[float] = []
        channel: Any = Noting(stage.house.channels["sms"], calls)
        databases = [Slow(database_url, pool_size=4) for n in range(3)]
        workers = [worker_of(stage, channel, database, n) for n, database in enumerate(databases)]
        running = [asyncio.create_task(w.run(0.02)) for w in workers]
        async with asyncio.timeout(60):
            while len(calls) < 4 * RATE:
                await asyncio.sleep(0.05)
        for w in workers:
            w.stop()
        await asyncio.gather(*running)
        for d in databases:
            await d.close()
        assert most_in_a_second(calls) <= RATE, (most_in_a_second(calls), RATE, Slow.n)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_waiting_is_no_skew(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        stage.clock.now = utc_now()
        await add_round(stage, opens_at=stage.clock() + timedelta(days=1), closes_at=stage.clock() + timedelta(days=2))
        await add_person(stage, "WARGA", ("sms", "+6281230000001"))
        await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        w = worker_of(stage, Noting(stage.house.channels["sms"], []), stage.house.database, 1)  # type: ignore
        async with stage.house.database.write() as db:
            await pace_rows.lock(db, "line:sms", "line:sms", utc_now())
        async with stage.house.database.write() as db:
            await pace_rows.lock(db, "line:sms", "line:sms", utc_now())
            await pace_rows.advance(db, "line:sms", utc_now())
            t = asyncio.create_task(w.claim(w.share("sms")))
            await asyncio.sleep(0.6)
        grant = await t
        assert grant.ready


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_chat_two_shares(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        for _window in (False, False):
            sealed = stage.house.vault.seal_json({"kind": "telegram", "address": "7001"}, "deliveries.sealed")
            async with stage.house.database.write() as db:
                await stage.house.outbox.queue(
                    db,
                    Notice("stop_confirmed", "id", "Asia/Jakarta", sealed=sealed, line="bot", window=False),
                    stage.clock(),
                )
        async with stage.house.database.write() as db:
            for s in stage.dispatcher.shares:
                if s.route.line == "bot":
                    await pace_rows.lock(db, s.scope, "line:bot", stage.clock())
        shares = [s for s in stage.dispatcher.shares if s.route.line == "bot"]
        grants = await asyncio.gather(*(stage.dispatcher.claim(s, most=1) for s in shares))
        assert sum(len(g.ready) for g in grants) == 1, [len(g.ready) for g in grants]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_bounce_while_settling(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "WARGA", ("sms", "+6281230000001"))
        await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        (ready,) = (await stage.claim("sms")).ready
        terms = delivery_terms(stage.house)
        c = ready.delivery

        async def settle() -> None:
            async with stage.house.database.write() as db:
                await settle_group(
                    db,
                    "sms",
                    [Outcome(c.id, c.fence, stage.clock(), State.ACCEPTED, ref="r1", segments=1)],
                    terms,
                    stage.clock(),
                    [0.5],
                )

        async with stage.house.database.write() as db:
            await settle_receipt(
                db,
                "sms",
                Receipt("r1", ReceiptState.FAILED, "no", key=ready.message.key, permanent=True),
                terms,
                stage.clock(),
            )
            t = asyncio.create_task(settle())
            await asyncio.sleep(0.5)
        await t
        async with stage.house.database.read() as db:
            a = (await db.execute(select(attempts.c.state))).scalar_one()
            d = (await db.execute(select(deliveries.c.state))).scalar_one()
        assert d == "failed", (a, d)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_match_late_deadlock(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for i in range(3):
            await add_person(stage, f"WARGA {i}", ("sms", f"+6281230000{i:03d}"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        ready = (await stage.claim("sms")).ready
        terms = delivery_terms(stage.house)
        now = stage.clock()
        a, b, _c = (r.delivery for r in ready)
        async with stage.house.database.write() as db:
            await settle_group(
                db,
                "sms",
                [Outcome(o.id, o.fence, now, State.ACCEPTED, ref=f"r{o.id}", segments=1) for o in (a, b)],
                terms,
                now,
                [0.5] * 2,
            )
            for o in (a, b):
                await db.execute(
                    insert(receipts).values(line="sms", ref=f"r{o.id}", key="", state="delivered", heard_at=now)
                )
        errors = []

        async def late() -> None:
            try:
                async with stage.house.database.write() as db:
                    await match_late(db, terms, now, Walk())
            except DBAPIError as e:
                errors.append(repr(e)[:90])

        # another receipt's transaction: has locked b, and is about to count
        async with stage.house.database.write() as db:
            await dels.standing(db, [b.id])
            t = asyncio.create_task(late())
            await asyncio.sleep(0.5)  # late: locked a, counted, waits for b
            try:
                await dels.count(db, {(number, "accepted", ""): -1, (number, "read", ""): 1}, terms.worker)
            except DBAPIError as e:
                errors.append(repr(e)[:90])
        await t
        assert not errors, errors


async def test_chat_sequential(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        for _ in range(2):
            sealed = stage.house.vault.seal_json({"kind": "telegram", "address": "7001"}, "deliveries.sealed")
            async with stage.house.database.write() as db:
                await stage.house.outbox.queue(
                    db,
                    Notice("stop_confirmed", "id", "Asia/Jakarta", sealed=sealed, line="bot", window=False),
                    stage.clock(),
                )
        shares = [s for s in stage.dispatcher.shares if s.route.line == "bot"]
        grants = [await stage.dispatcher.claim(s, most=1) for s in shares]
        assert [len(g.ready) for g in grants] == [1, 0]
