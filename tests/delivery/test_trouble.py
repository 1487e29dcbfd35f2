"""Providers in trouble: floods, refusals that pass, lines that fail as a whole."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from channels.contract import Message, Sent
from notifier.app.lines import delivery_terms
from notifier.app.service import _Patience
from notifier.broadcasts import course
from notifier.dispatch.settle import Outcome, settle_group
from notifier.errors import Refused
from notifier.outbox import Notice
from notifier.rules.deliveries import State
from notifier.store import broadcasts as broadcast_rows
from notifier.store import expansion
from notifier.store import paces as pace_rows
from notifier.store.schema import attempts, broadcasts, deliveries, paces
from notifier.store.told import Shelf
from tests.houses import Stage, add_person, add_round, open_stage


async def _one(stage: Stage, *addresses: tuple[str, str]) -> int:
    await add_round(stage)
    await add_person(stage, "SITI AMINAH", *addresses)
    number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
    await stage.house.broadcasts.advance(stage.clock(), "test")
    return number


async def test_a_flood_parks_the_line_as_long_as_it_asks_and_then_the_message_arrives(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _one(stage, ("sms", "+62000003001"))
        await stage.dispatcher.drain()
        async with stage.house.database.read() as db:
            parked = (await db.execute(select(paces.c.parked_until).where(paces.c.scope == "line:sms"))).scalar_one()
        assert parked > stage.clock()
        calls = len(stage.providers.phones.calls)
        stage.clock.now = parked.replace(microsecond=0)
        stage.clock.move(seconds=-1)
        await stage.dispatcher.drain()
        assert len(stage.providers.phones.calls) == calls  # not a second too early
        for _ in range(4):
            stage.clock.move(minutes=1)
            await stage.dispatcher.drain()
        account = await stage.house.broadcasts.statement(number)
        assert (account.accepted + account.delivered, account.balanced) == (1, True)
        assert len(stage.providers.phones.notes("+62000003001")) == 1


async def test_a_refusal_that_may_pass_is_tried_for_hours_and_then_climbs(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _one(stage, ("sms", "+62000001001"), ("email", "siti@example.com"))
        started = stage.clock()
        while not stage.providers.phones.notes("siti@example.com"):
            await stage.dispatcher.drain()
            async with stage.house.database.read() as db:
                due = (await db.execute(select(deliveries.c.due_at).where(deliveries.c.state == "due"))).scalar()
            if due is None:
                break
            stage.clock.now = max(stage.clock(), due)
        assert len(stage.providers.phones.notes("siti@example.com")) == 1
        assert (stage.clock() - started).total_seconds() >= 4 * 3600
        account = await stage.house.broadcasts.statement(number)
        assert account.balanced
        async with stage.house.database.read() as db:
            keys = (await db.execute(select(attempts.c.key).order_by(attempts.c.number))).scalars().all()
        assert len(keys) == len(set(keys))  # a definite refusal begins a new generation


async def test_someone_nobody_can_reach_ends_as_failed_with_the_reason(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _one(stage, ("sms", "+62000002001"))
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.failed, account.balanced, account.state) == (1, True, "done")
        _, (untold,) = await stage.house.told.people(stage.approver, number, Shelf("untold"))
        assert untold.name == "SITI AMINAH"
        assert untold.reason


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_line_nobody_answers_on_burns_no_attempt(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _one(stage, ("sms", "+6281230000001"))
        await stage.providers.sandbox.close()
        await stage.dispatcher.drain()
        async with stage.house.database.read() as db:
            row = (await db.execute(select(deliveries.c.state, deliveries.c.tries))).one()
        assert tuple(row) == ("due", 0)
        assert (await stage.house.broadcasts.statement(number)).balanced


async def test_a_database_that_fails_once_while_settling_makes_nobody_get_it_twice(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = settle_group
    broken: list[bool] = []

    async def fails_once(*words: Any) -> Any:
        if not broken:
            broken.append(True)
            raise OSError("deadlock detected")
        return await real(*words)

    monkeypatch.setattr("notifier.dispatch.keeping.settle_group", fails_once)
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n in range(5):
            await add_person(stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        stage.clock.move(minutes=5)
        await stage.dispatcher.drain()
        assert broken
        assert len(stage.providers.phones.calls) == 5
        account = await stage.house.broadcasts.statement(number)
        assert (account.accepted + account.delivered, account.balanced) == (5, True)


async def test_a_line_that_can_not_be_parked_goes_on(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_words: Any) -> None:
        raise OSError("the database is away")

    monkeypatch.setattr("notifier.store.paces.park", away)
    async with open_stage(database_url, tmp_path) as stage:
        number = await _one(stage, ("sms", "+62000003001"))
        async with asyncio.timeout(20):
            await stage.dispatcher.drain()
        account = await stage.house.broadcasts.statement(number)
        assert (account.due, account.sending, account.balanced) == (1, 0, True)


async def test_one_unreadable_row_does_not_stop_the_line_it_waits_on(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        notice = Notice("stop_confirmed", "id", "Asia/Jakarta", sealed=b"\x00\x01 no seal", line="sms", window=False)
        async with stage.house.database.write() as db:
            await stage.house.outbox.queue(db, notice, stage.clock())
        number = await _one(stage, ("sms", "+6281230000001"))
        await stage.dispatcher.drain()
        assert len(stage.providers.phones.notes("+6281230000001")) == 1
        assert (await stage.house.broadcasts.statement(number)).balanced
        async with stage.house.database.read() as db:
            reason = (await db.execute(select(deliveries.c.reason).where(deliveries.c.state == "failed"))).scalar_one()
        assert reason.startswith("unreadable")


async def test_a_message_whose_morning_comes_too_late_expires_instead_of_ringing_at_night(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage, closes_at=datetime(2026, 12, 7, 23, tzinfo=UTC))  # 06:00 in Jakarta
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        stage.clock.now = datetime(2026, 12, 7, 20, 30, tzinfo=UTC)  # 03:30
        await stage.dispatcher.drain()
        assert not stage.providers.phones.notes("+6281230000001")
        account = await stage.house.broadcasts.statement(number)
        assert (account.expired, account.balanced) == (1, True)


async def test_a_closing_service_gives_back_what_it_had_not_begun(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, rate=1) as stage:
        number = await _one(stage, ("sms", "+6281230000001"))
        stage.dispatcher.stop()
        await stage.dispatcher.drain()
        assert not stage.providers.phones.calls
        account = await stage.house.broadcasts.statement(number)
        assert (account.due, account.balanced) == (1, True)
        sms = (await stage.house.lines.look(stage.planner, stage.clock()))[1]
        told = await stage.house.told.account(number)
        assert (sms.failed, told.lines["sms"]["attempts"]) == (0, 0), "what never left is no attempt"


async def test_a_stopped_broadcast_leaves_nobody_due_who_was_under_way(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _one(stage, ("sms", "+62000001001"))  # refuses for now, every time
        claimed = (await stage.claim("sms")).ready[0].delivery
        await stage.house.broadcasts.stop(stage.approver, number, stage.clock())
        await stage.house.broadcasts.advance(stage.clock(), "test")
        outcome = Outcome(claimed.id, claimed.fence, stage.clock(), State.FAILED, reason="busy")
        async with stage.house.database.write() as db:
            await settle_group(db, "sms", [outcome], delivery_terms(stage.house), stage.clock(), [0.5])
        stage.clock.move(seconds=5)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        account = await stage.house.broadcasts.statement(number)
        assert (account.due, account.failed, account.balanced) == (0, 1, True)


async def test_a_broken_broadcast_does_not_stop_those_behind_it(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_round(stage, "LAIN-2026-12")
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        broken = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        async with stage.house.database.write() as db:
            await db.execute(update(broadcasts).where(broadcasts.c.id == broken).values(event="of_another_version"))
        behind = await stage.broadcast("round_announced", "LAIN-2026-12")
        await stage.send()
        assert (await stage.house.broadcasts.statement(behind)).state == "done"
        async with stage.house.database.read() as db:
            wake = (await db.execute(select(broadcasts.c.wake).where(broadcasts.c.id == broken))).scalar_one()
        assert 40 < (wake - stage.clock()).total_seconds() <= 60


async def test_the_database_is_its_owners_alone(tmp_path: Path) -> None:
    async with open_stage(f"sqlite:///{tmp_path / 'own' / 'notifier.db'}", tmp_path / "own"):
        assert (tmp_path / "own").stat().st_mode & 0o077 == 0
        assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "own").glob("notifier.db*"))


async def test_a_broadcast_stopped_half_way_is_not_planned_anew_for_the_same_people_unless_asked(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _one(stage, ("sms", "+6281230000001"))
        await stage.dispatcher.drain()
        await stage.house.broadcasts.stop(stage.approver, number, stage.clock())
        with pytest.raises(Refused, match=f"broadcast {number} already"):
            await stage.broadcast("round_announced", "BPNT-2026-12-DS")


async def test_a_stop_walks_what_has_not_left_once_and_not_again_when_nothing_is_left(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked, real = [], broadcast_rows.waiting

    async def waiting(db: Any, broadcast_id: int, after: int, limit: int) -> Any:
        walked.append(after)
        return await real(db, broadcast_id, after, limit)

    monkeypatch.setattr(broadcast_rows, "waiting", waiting)
    monkeypatch.setattr(course, "RECALL", 2)
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n in range(5):
            await add_person(stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        (one, *others) = (await stage.claim("sms")).ready
        async with stage.house.database.write() as db:  # all but one come back
            back = [Outcome(o.delivery.id, o.delivery.fence, stage.clock(), State.FAILED, excused=True) for o in others]
            await settle_group(db, "sms", back, delivery_terms(stage.house), stage.clock(), [0.5] * len(back))
        await stage.house.broadcasts.stop(stage.approver, number, stage.clock())
        for _ in range(3):
            await stage.house.broadcasts.advance(stage.clock(), "test")
            stage.clock.move(seconds=3)
        assert walked == [0, 3], "a slice goes on where the last one ended; who is under way costs no walk"
        account = await stage.house.broadcasts.statement(number)
        assert (account.cancelled, account.sending, account.balanced) == (4, 1, True)
        assert one.delivery.id == 1


async def test_a_small_broadcast_does_not_wait_until_a_large_one_is_expanded(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, real = [], expansion.expand

    async def expand(db: Any, broadcast: Any, *words: Any, **more: Any) -> Any:
        order.append(broadcast.id)
        return await real(db, broadcast, *words, **more)

    monkeypatch.setattr(expansion, "expand", expand)
    monkeypatch.setattr(course, "GLANCE", 3)
    for engine in ("SLICE_SQLITE", "SLICE_POSTGRESQL"):
        monkeypatch.setattr(course, engine, 1)
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_round(stage, "KECIL-2026-12", region="31.75.08")
        for n in range(8):
            await add_person(stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"))
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000100"), region="31.75.08.1001")
        large = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        small = await stage.broadcast("round_announced", "KECIL-2026-12")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        assert order.count(large) == 9
        assert order.index(small) < order.index(large) + 4
        assert [(await stage.house.broadcasts.statement(number)).due for number in (large, small)] == [8, 1]


async def test_a_provider_that_hangs_is_given_nothing_more_to_begin(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        dispatcher, answered = stage.dispatcher, asyncio.Event()
        number = await _one(stage, ("sms", "+6281230000001"))
        share = dispatcher.share("sms")
        real = share.route.channel.send

        async def hang(message: Message) -> Sent:
            await answered.wait()
            return await real(message)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(share.route.channel, "send", hang)
            async with dispatcher._keeping():
                dispatcher._gates["sms"] = asyncio.Semaphore(1)
                assert await dispatcher.turn(share) == 1
                await stage.house.lines.test(stage.planner, "sms", "+6281230000002", stage.clock())
                waiting = asyncio.create_task(dispatcher.turn(share))
                await asyncio.wait([waiting], timeout=0.2)
                async with stage.house.database.read() as db:
                    begun = (await db.execute(select(attempts.c.delivery_id))).scalars().all()
                answered.set()
                assert await waiting == 1
        assert begun == [1]
        assert (await stage.house.broadcasts.statement(number)).balanced


async def test_a_line_works_again_when_it_judges_an_address(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _one(stage, ("sms", "+62000002001"))  # nobody has it
        async with stage.house.database.write() as db:
            await pace_rows.lock(db, "line:sms", "line:sms", stage.clock())
            await pace_rows.park(db, "line:sms", stage.clock(), "quota used up", stage.clock())
        stage.clock.move(seconds=1)
        await stage.dispatcher.drain()
        assert (await stage.house.broadcasts.statement(number)).failed == 1
        async with stage.house.database.read() as db:
            assert (await db.execute(select(paces.c.parks).where(paces.c.scope == "line:sms"))).scalar_one() == 0


async def test_a_message_that_is_led_in_a_circle_ends(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _one(stage, ("telegram", "-501"))
        terms = delivery_terms(stage.house)
        for turn in range(10):
            stage.clock.move(seconds=5)
            ready = (await stage.claim("bot")).ready
            if not ready:
                break
            c, other = ready[0].delivery, ("-1001", "-501")[turn % 2]
            led = Outcome(
                c.id, c.fence, stage.clock(), State.FAILED, reason="moved", permanent=True, address=True, moved_to=other
            )
            async with stage.house.database.write() as db:
                await settle_group(db, "bot", [led], terms, stage.clock(), [0.5])
        assert turn == 4
        account = await stage.house.broadcasts.statement(number)
        assert (account.failed, account.due, account.balanced) == (1, 0, True)


async def test_all_that_a_closing_service_waits_for_has_one_time_together() -> None:
    patience = _Patience(20)
    first = patience()
    await asyncio.sleep(0.01)
    assert 0 < patience() < first <= 20
    assert _Patience(0)() == 0
