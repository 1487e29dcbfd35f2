"""The governor: one rate for all workers, a share for answers, rest for whoever asks for it, clocks that differ."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Channel, Message, SendFailed, Sent
from notifier.app.house import utc_now
from notifier.dispatch.claiming import AHEAD
from notifier.dispatch.looking import Looks
from notifier.dispatch.pacing import HOLD
from notifier.outbox import Notice
from notifier.store import loads, queue
from notifier.store import paces as pace_rows
from notifier.store.engine import Database
from notifier.store.schema import LARGEST_ID, attempts, deliveries, paces
from tests.delivery.workers import RATE, Noting, most_in_a_second, worker_of
from tests.houses import NO_WINDOW, Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_eight_workers_together_never_pass_the_rate_in_any_second(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        stage.clock.now = utc_now()
        closes = stage.clock() + timedelta(days=2)
        await add_round(stage, opens_at=stage.clock() + timedelta(days=1), closes_at=closes)
        for n in range(2 * RATE):
            await add_person(stage, f"WARGA {n}", ("sms", f"+62812300{n:05d}"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        calls: list[float] = []
        channel: Channel = Noting(stage.house.channels["sms"], calls)  # type: ignore[assignment] # it only sends
        databases = [Database(database_url, pool_size=2) for _ in range(8)]
        workers = [worker_of(stage, channel, database, n) for n, database in enumerate(databases)]
        running = [asyncio.create_task(worker.run(0.02)) for worker in workers]
        async with asyncio.timeout(60):
            while len(calls) < 2 * RATE:
                await asyncio.sleep(0.05)
        for worker in workers:
            worker.stop()
        await asyncio.gather(*running)
        for database in databases:
            await database.close()
        assert most_in_a_second(calls) <= RATE
        account = await stage.house.broadcasts.statement(number)
        assert (account.accepted, account.balanced) == (2 * RATE, True)
        async with stage.house.database.read() as db:
            begun = (await db.execute(select(attempts.c.state))).scalars().all()
        assert [state for state in begun if state == "accepted"] == ["accepted"] * (2 * RATE)


async def _answer(stage: Stage, address: str, event: str = "stop_confirmed") -> None:
    sealed = stage.house.vault.seal_json({"kind": "sms", "address": address}, "deliveries.sealed")
    notice = Notice(event, "id", "Asia/Jakarta", sealed=sealed, line="sms", window=False)
    async with stage.house.database.write() as db:
        await stage.house.outbox.queue(db, notice, stage.clock())


async def test_an_answer_has_a_slot_while_a_broadcast_fills_the_line(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, rate=10) as stage:
        await add_round(stage)
        for n in range(20):
            await add_person(stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"))
        await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        bulk = await stage.claim("sms")
        assert 1 <= len(bulk.ready) <= 8  # of ten a second two are kept for answers
        assert not (await stage.claim("sms")).ready  # the next span is not free yet
        await _answer(stage, "+6281230001001")
        (reserved,) = (share for share in stage.dispatcher.shares if share.route.line == "sms" and not share.bulk)
        grant = await stage.dispatcher.claim(reserved)
        assert [one.delivery.event for one in grant.ready] == ["stop_confirmed"]
        assert grant.waits == timedelta()


async def test_an_answer_goes_before_what_waits_longer(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        stage.clock.move(minutes=5)
        await _answer(stage, "+6281230001001")
        assert [one.delivery.event for one in (await stage.claim("sms")).ready] == ["stop_confirmed", "round_announced"]


async def test_two_messages_to_one_chat_are_a_second_apart_and_to_a_group_three(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        for address in ("7001", "7001", "-500", "-500", "7002"):
            sealed = stage.house.vault.seal_json({"kind": "telegram", "address": address}, "deliveries.sealed")
            async with stage.house.database.write() as db:
                notice = Notice("stop_confirmed", "id", "Asia/Jakarta", sealed=sealed, line="bot", window=False)
                await stage.house.outbox.queue(db, notice, stage.clock())
        first = await stage.claim("bot")
        assert [one.message.to for one in first.ready] == ["7001", "-500", "7002"]
        stage.clock.move(seconds=2)
        assert [one.message.to for one in (await stage.claim("bot")).ready] == ["7001"]
        stage.clock.move(seconds=2)
        assert [one.message.to for one in (await stage.claim("bot")).ready] == ["-500"]


async def test_a_chat_that_asks_for_rest_rests_alone(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        index = stage.house.vault.address_index("telegram", "7001")
        async with stage.house.database.write() as db:
            await pace_rows.park(
                db, pace_rows.chat("bot", index), stage.clock() + timedelta(seconds=40), "", stage.clock()
            )
        for address in ("7001", "7002"):
            sealed = stage.house.vault.seal_json({"kind": "telegram", "address": address}, "deliveries.sealed")
            async with stage.house.database.write() as db:
                notice = Notice("stop_confirmed", "id", "Asia/Jakarta", sealed=sealed, line="bot", window=False)
                await stage.house.outbox.queue(db, notice, stage.clock())
        await stage.dispatcher.drain()
        assert (len(stage.providers.phones.notes("7001")), len(stage.providers.phones.notes("7002"))) == (0, 1)
        stage.clock.move(seconds=41)
        await stage.dispatcher.drain()
        assert len(stage.providers.phones.notes("7001")) == 1


async def test_a_line_in_trouble_is_tried_with_one_message_and_goes_on_when_it_works(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n in range(5):
            await add_person(stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        calls: list[str] = []
        works = stage.house.channels["sms"].send

        async def down(message: Message) -> Sent:
            calls.append(message.to)
            raise SendFailed("the gateway is down", line=True)

        with monkeypatch.context() as away:
            away.setattr(stage.house.channels["sms"], "send", down)
            await stage.dispatcher.drain()
            first = len(calls)
            for _ in range(3):  # each pause twice as long as the one before
                async with stage.house.database.read() as db:
                    until = (
                        await db.execute(select(paces.c.parked_until).where(paces.c.scope == "line:sms"))
                    ).scalar_one()
                stage.clock.now = until + timedelta(seconds=1)
                await stage.dispatcher.drain()
            assert len(calls) - first == 3  # one message each time, not the whole queue
        assert works == stage.house.channels["sms"].send
        stage.clock.move(minutes=9)
        await stage.dispatcher.drain()
        stage.clock.move(minutes=1)
        await stage.dispatcher.drain()
        account = await stage.house.broadcasts.statement(number)
        assert (account.accepted + account.delivered, account.failed, account.balanced) == (5, 0, True)
        async with stage.house.database.read() as db:
            assert (await db.execute(select(paces.c.parks).where(paces.c.scope == "line:sms"))).scalar_one() == 0
            assert set((await db.execute(select(deliveries.c.generation))).scalars()) == {1}  # nothing was burnt


async def test_a_clock_that_differs_from_the_databases_sends_nothing(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        stage.dispatcher._claims._own_clock = True
        stage.clock.now = datetime.now(UTC) + timedelta(seconds=1)
        await _answer(stage, "+6281230001001")
        asked_its_clock = not stage.house.database.is_sqlite  # one machine, one clock
        assert bool((await stage.claim("sms")).ready) is not asked_its_clock
        stage.clock.now = datetime.now(UTC)
        await stage.dispatcher.drain()
        stage.clock.move(seconds=2)


@pytest.mark.parametrize(("rungs", "end"), [(1, "unknown"), (2, "accepted")])
async def test_what_nobody_decides_goes_on_to_the_next_rung_when_its_time_is_over(
    database_url: str, tmp_path: Path, rungs: int, end: str
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        await add_round(stage, opens_at=stage.clock() - timedelta(days=1))
        await add_person(
            stage, "SITI AMINAH", *[("sms", "+62000004001"), ("email", "siti@example.com")][:rungs]
        )  # the number times out after taking the message
        number = await stage.broadcast("receipt_question", CODE)
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.unknown, account.held, account.balanced) == (1, 1, True)
        stage.clock.move(hours=8, minutes=1)
        await stage.dispatcher.drain()
        account = await stage.house.broadcasts.statement(number)
        assert account.balanced
        assert (getattr(account, end) + account.delivered, account.held) == (1, 0)
        assert account.maybe_twice == (1 if rungs == 2 else 0)
        assert len(stage.providers.phones.notes("siti@example.com")) == rungs - 1


@pytest.mark.parametrize("rate", [0.5, 3, 25, 190, 1000])
async def test_what_a_worker_has_taken_leaves_within_a_second_or_not_at_all(
    database_url: str, tmp_path: Path, rate: float
) -> None:
    """So that nothing leaves later than a second after a broadcast was stopped."""
    async with open_stage(database_url, tmp_path, rate=rate) as stage:
        await add_round(stage)
        for n in range(30):
            await add_person(stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"))
        await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        grant = await stage.claim("sms")
        last = grant.waits + (sum(one.weight for one in grant.ready) - 1) * grant.spacing
        assert grant.ready
        assert last < timedelta(seconds=1)
        assert HOLD + AHEAD.total_seconds() <= 1  # whoever is late begins nothing after that


async def test_segments_count_against_the_rate_and_the_price(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, rate=10) as stage:
        await add_round(stage, venue="Kantor Pos " + "Duren Sawit " * 8, note="Bawa KTP dan KK asli " * 6)
        for n in range(3):
            await add_person(stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        grant = await stage.claim("sms")
        units = sum(one.weight for one in grant.ready)
        assert units >= len(grant.ready) == 3
        assert grant.span >= units * grant.spacing
        async with stage.house.database.read() as db:
            load = (await loads.of(db, number))["sms"]
        assert (load.attempts, load.segments, load.rupiah) == (3, units, units * 350)


async def test_a_refusal_costs_nothing(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+62000002001"))  # refused for good
        await add_person(stage, "BUDI", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.send()
        async with stage.house.database.read() as db:
            load = (await loads.of(db, number))["sms"]
        assert (load.attempts, load.rupiah) == (2, load.segments * 350)
        assert load.segments == 1


def test_the_busiest_second_is_found() -> None:
    assert most_in_a_second([0.0, 0.5, 0.99, 1.0, 1.2]) == 4


async def test_a_look_that_finds_nothing_walks_past_what_is_halted_but_seldom(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks, real = [], queue.waits

    async def waits(db: AsyncConnection, line: str, now: datetime, *, after: datetime | None = None) -> bool:
        walks.append(after)
        return await real(db, line, now, after=after)

    monkeypatch.setattr(queue, "waits", waits)
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await stage.house.broadcasts.pause(stage.approver, number, stage.clock())
        looks, walked = Looks(), stage.clock()

        async def look() -> bool:
            stage.clock.move(seconds=1)
            async with stage.house.database.read() as db:
                return await looks.waits(db, "sms", stage.clock())

        assert [await look() for _ in range(3)] == [False] * 3
        assert walks == [None, walked + timedelta(seconds=1), walked + timedelta(seconds=1)]
        await _answer(stage, "+6281230001001")
        assert await look(), "an answer is seen at once"
        await stage.dispatcher.drain()
        assert not await look()
        async with stage.house.database.write() as db:
            again = {"broadcast_id": None, "due_at": stage.clock()}
            await db.execute(update(deliveries).where(deliveries.c.event == "round_announced").values(again))
        assert await look(), "what falls due later is seen"
        async with stage.house.database.write() as db:
            await db.execute(update(deliveries).where(deliveries.c.broadcast_id.is_(None)).values(broadcast_id=number))
        assert not await look()
        await stage.house.broadcasts.resume(stage.approver, number, stage.clock())
        assert await look(), "what goes on is seen at once"


async def test_an_answer_beside_a_paused_broadcast_is_claimed_without_a_walk_past_all_it_left_due(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks, real = [], queue.claim

    async def claim(*given: Any, bulk: bool, after: queue.Mark | None = None) -> list[queue.Taken]:
        walks.append(after)
        return await real(*given, bulk=bulk, after=after)

    monkeypatch.setattr(queue, "claim", claim)
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await stage.house.broadcasts.pause(stage.approver, number, stage.clock())

        async def taken(phone: str = "") -> list[str]:
            stage.clock.move(seconds=5)
            if phone:
                await _answer(stage, phone)
            grant = await stage.claim("sms")
            return [ready.delivery.event for ready in grant.ready]

        assert await taken() == []
        behind = (queue.BULK, stage.clock(), LARGEST_ID)
        assert [len(await taken(phone)) for phone in ("+6281230001001", "+6281230001002")] == [1, 1]
        assert walks == [None, behind, behind]
        later = {"broadcast_id": None, "due_at": stage.clock()}
        async with stage.house.database.write() as db:
            await db.execute(update(deliveries).where(deliveries.c.broadcast_id == number).values(later))
        assert await taken() == ["round_announced"], "what falls due later is found"
        async with stage.house.database.write() as db:
            back = {"broadcast_id": number, "state": "due", "due_at": stage.clock()}
            await db.execute(update(deliveries).where(deliveries.c.lane == queue.BULK).values(back))
        assert await taken() == []
        assert walks[-1] is not None
        await stage.house.broadcasts.resume(stage.approver, number, stage.clock())
        assert await taken() == ["round_announced"], "what goes on is found at once"
