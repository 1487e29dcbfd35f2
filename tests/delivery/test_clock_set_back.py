"""The clock is set back an hour: what was put off for a span waits no longer than that, and no rate is passed."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import apscheduler.schedulers.base as scheduling
import pytest
from sqlalchemy import select, update

from notifier import jobs
from notifier.app.lines import build_dispatcher
from notifier.jobs import Job, Ticker
from notifier.outbox import Notice
from notifier.rules.pacing import nearer
from notifier.store import paces as pace_rows
from notifier.store.schema import attempts, deliveries, paces
from tests.houses import NO_WINDOW, START, Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("until", "since", "ends"),
    [
        (3 * MINUTE, -MINUTE, 3 * MINUTE),  # the clock is right
        (HOUR + 3 * MINUTE, HOUR, 3 * MINUTE),  # it was an hour ahead when this began
        (2 * HOUR, HOUR, HOUR),
        (HOUR - MINUTE, HOUR, HOUR - MINUTE),  # over before it began: it speaks of something else
        (MINUTE, timedelta(seconds=2), MINUTE),  # others' clocks differ a little
    ],
)
def test_a_wait_lasts_from_now_when_it_began_in_what_is_to_come(
    until: timedelta, since: timedelta, ends: timedelta
) -> None:
    assert nearer(START + until, START + since, START) == START + ends


async def _planned(stage: Stage, *people: tuple[str, str]) -> int:
    await add_round(stage)
    for address in people:
        await add_person(stage, "SITI AMINAH", address)
    number = await stage.broadcast("round_announced", CODE)
    await stage.house.broadcasts.advance(stage.clock(), "test")
    stage.clock.move(hours=3)  # so that it is still due when the clock is set back
    return number


async def _waits(stage: Stage, line: str, most: int = 60) -> float:
    """Seconds until something leaves on a line, looked at each second."""
    for second in range(most):
        await stage.dispatcher.lapse()
        if (await stage.claim(line)).ready:
            return second
        stage.clock.move(seconds=1)
    return float(most)


async def _column(stage: Stage, column: Any) -> list[Any]:
    async with stage.house.database.read() as db:
        return list((await db.execute(select(column))).scalars())


async def test_a_line_rests_as_long_as_it_was_to_and_then_holds_its_rate(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW | {"batch": 2}) as stage:
        await _planned(stage, *(("sms", f"+6281230000{n:03d}") for n in range(8)))
        assert (await stage.claim("sms")).ready
        async with stage.house.database.write() as db:
            await pace_rows.park(db, "line:sms", stage.clock() + timedelta(seconds=40), "busy", stage.clock())
        stage.clock.move(hours=-1)
        assert 38 <= await _waits(stage, "sms") <= 45
        stage.clock.move(seconds=31)  # it was a try
        async with stage.house.database.write() as db:
            await pace_rows.resume(db, "line:sms", stage.clock())
        assert (await stage.claim("sms")).ready
        stage.clock.move(hours=-1)
        # What was granted by the old time may still be leaving.
        assert 2 <= await _waits(stage, "sms") <= 6


async def test_an_address_that_was_written_to_or_rests_is_not_left_alone_for_an_hour(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        await _planned(stage, ("telegram", "710000001"))
        await stage.dispatcher.drain()
        stage.clock.move(hours=-1)
        await _answer(stage, "710000001")
        assert 2 <= await _waits(stage, "bot") <= 6
        stage.clock.move(seconds=10)
        index = stage.house.vault.address_index("telegram", "710000001")
        async with stage.house.database.write() as db:
            scope, now = pace_rows.chat("bot", index), stage.clock()
            await pace_rows.park(db, scope, now + timedelta(seconds=30), "flood", now)
        await stage.dispatcher.lapse()
        stage.clock.move(hours=-1)
        await stage.dispatcher.lapse()
        await _answer(stage, "710000001")
        assert 25 <= await _waits(stage, "bot") <= 40


async def _answer(stage: Stage, address: str) -> None:
    sealed = stage.house.vault.seal_json({"kind": "telegram", "address": address}, "deliveries.sealed")
    async with stage.house.database.write() as db:
        notice = Notice("stop_confirmed", "id", "Asia/Jakarta", sealed=sealed, line="bot", window=False)
        await stage.house.outbox.queue(db, notice, stage.clock())


async def test_whoever_was_refused_or_lost_is_seen_to_in_time(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        await _planned(stage, ("sms", "+62000001001"))  # refuses for now, every time
        await stage.dispatcher.drain()
        [due] = await _column(stage, deliveries.c.due_at)
        paused = due - stage.clock()
        stage.clock.move(hours=-1)
        again = build_dispatcher(stage.house)  # the service was started anew as well
        for _ in range(2):
            await again.lapse()
        [due] = await _column(stage, deliveries.c.due_at)
        assert due - stage.clock() == paused
        stage.clock.move(seconds=60)
        assert await _waits(stage, "sms") <= 6
        stage.clock.move(hours=-1)
        await stage.dispatcher.lapse()
        stage.clock.move(minutes=2)
        await stage.dispatcher.lapse()
        assert await _column(stage, deliveries.c.state) == ["unknown"]


async def test_what_was_planned_for_an_hour_of_the_day_keeps_it(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        await _planned(stage, ("sms", "+6281230000001"))
        later = stage.clock() + timedelta(hours=2)
        async with stage.house.database.write() as db:
            await db.execute(update(deliveries).values(due_at=later))
        await stage.dispatcher.lapse()
        stage.clock.move(hours=-1)
        await stage.dispatcher.lapse()
        assert await _column(stage, deliveries.c.due_at) == [later]
        assert await _column(stage, paces.c.scope) == []
        assert await _column(stage, attempts.c.id) == []


class _Wall(datetime):
    """The machine's clock, as the scheduler and we read it, an hour back on demand."""

    back = timedelta(0)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) - cls.back


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_jobs_go_on_when_the_machine_s_clock_is_set_back(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "datetime", _Wall)
    monkeypatch.setattr(jobs, "datetime", _Wall)
    monkeypatch.setattr(jobs, "BEAT", 0.01)
    monkeypatch.setattr(_Wall, "back", timedelta(0))
    done = asyncio.Event()

    async def do(_now: datetime) -> None:
        done.set()

    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        ticker = Ticker(stage.house.database, [Job("test", 0.05, do)], stage.clock, "test")
        ticker.start()
        async with asyncio.timeout(5):
            await done.wait()
            _Wall.back = HOUR
            for _ in range(2):
                done.clear()
                await done.wait()
        await ticker.close(1)
