"""Several processes on one PostgreSQL: they share the work, wake each other, and end in order."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bench.breaking.ground import QUICKLY, Ground, open_ground
from notifier.app.house import open_house
from notifier.app.waking import Waker, waking
from notifier.cli.demo import write_config
from notifier.cli.options import Options
from notifier.errors import Refused
from notifier.outbox import Notice
from notifier.sandbox.weather import Mood, Weather
from notifier.store.signals import ARRIVAL, DELIVERY
from tests.pooler import MISSING, PROGRAM, pooled

PEOPLE = 60
postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@postgresql
@pytest.mark.timeout(300)
async def test_web_workers_and_clocks_share_one_database_directly_and_through_a_pooler_and_tell_everybody_once(
    database_url: str, tmp_path: Path
) -> None:
    """Half of them ask the pooler; where there is none, all ask the database, and the story says so in the end."""
    tables: dict[str, Any] = {"database": {"url": database_url, "listen_url": database_url}}
    with ExitStack() as stack:
        pooler = {"NOTIFIER_DATABASE__URL": stack.enter_context(pooled(database_url, tmp_path))} if PROGRAM else {}
        async with open_ground(database_url, tmp_path, people=PEOPLE, rate=200, **tables) as ground:
            crew = ground.crew
            web = await crew.start("web", **pooler)
            ground.providers.reach(await crew.heard(web, "Listening on "))  # before anything can be told to have come
            for role in ("worker", "clock"):
                await crew.start(role)
                await crew.start(role, **pooler)
            assert await ground.done(200)
            await _receipts_counted(ground)
            await ground.providers.sms.say(ground.addresses[0], text="Bantuan saya belum diterima")
            await ground.providers.phones.wait_for(lambda: len(_received(ground, 0)) == 2, 30)  # acknowledged
            assert await crew.stop() == [0] * 5
            got = Counter(len(_received(ground, n)) for n in range(1, PEOPLE))
            assert got == {1: PEOPLE - 1}
    if not pooler:
        pytest.skip(MISSING)


async def _receipts_counted(ground: Ground) -> None:
    async with asyncio.timeout(30):
        while (await ground.house.broadcasts.progress(ground.number)).delivered < PEOPLE:
            await asyncio.sleep(0.1)


def _received(ground: Ground, n: int) -> list[str]:
    return [note.text for note in ground.providers.phones.notes(ground.addresses[n]) if not note.mine]


@postgresql
async def test_what_one_process_queues_wakes_another_when_it_is_committed(database_url: str, tmp_path: Path) -> None:
    write_config(tmp_path / "config.toml", {"database": {"url": database_url, "listen_url": database_url}})
    woken = {DELIVERY: asyncio.Event(), ARRIVAL: asyncio.Event()}
    async with open_house(Options(data=tmp_path)) as house, waking(database_url) as worker, waking(database_url) as web:
        for what, event in woken.items():
            worker.on(what, event.set)
        await _listening(worker, web)
        async with house.database.write() as db:
            await house.outbox.queue(db, Notice("help", "id", "Asia/Jakarta", line="sms", sealed=b"x"), house.clock())
            assert not woken[DELIVERY].is_set()
        async with asyncio.timeout(10):
            await woken[DELIVERY].wait()
            web.say(ARRIVAL)
            await woken[ARRIVAL].wait()


@postgresql
async def test_a_listener_that_lost_its_connection_listens_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.app.waking.AGAIN", 0.01)
    woken = asyncio.Event()
    async with waking(database_url) as worker, waking(database_url) as web:
        worker.on(ARRIVAL, woken.set)
        await _listening(worker, web)
        worker._connection.terminate()
        async with asyncio.timeout(10):
            while not woken.is_set():
                web.say(ARRIVAL)
                await asyncio.sleep(0.02)


async def _listening(*wakers: Waker) -> None:
    async with asyncio.timeout(10):
        while not all(waker._connection for waker in wakers):
            await asyncio.sleep(0.01)


def test_listening_on_sqlite_is_refused() -> None:
    with pytest.raises(Refused, match="listen_url"):
        Waker("sqlite:///file.db")


@sqlite
async def test_on_sqlite_a_worker_of_its_own_refuses_with_a_sentence(database_url: str, tmp_path: Path) -> None:
    write_config(tmp_path / "config.toml", {"database": {"url": database_url}})
    words = ("-m", "notifier", "worker", "--data", str(tmp_path))
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stderr=PIPE)
    _, said = await process.communicate()
    assert process.returncode == 1
    assert "SQLite has room for one service process" in said.decode()
    assert "Traceback" not in said.decode()


@pytest.mark.timeout(120)
async def test_a_process_told_to_end_settles_what_is_under_way_and_leaves_nothing_as_sending(
    database_url: str, tmp_path: Path
) -> None:
    """A provider that never answers must not keep it: past the deadline what may have left is unknown, not lost."""
    delivery = {**QUICKLY, "lease": "10m", "resend_after": "10m"}
    service = {"port": 0, "drain": "1s"}
    async with open_ground(database_url, tmp_path, people=40, rate=40, delivery=delivery, service=service) as ground:
        weather = Weather(Random(7), {Mood.VANISH: 0.5})
        ground.providers.sms.weather, ground.providers.sms.hang = weather, 600
        sqlite = ground.house.database.is_sqlite
        for role in ("serve",) if sqlite else ("worker", "clock"):
            await ground.crew.start(role)
        await ground.arrived(20, 100)
        assert await ground.crew.stop() == [0] * (1 if sqlite else 2)
        assert await ground.under_way() == 0
        account = await ground.house.broadcasts.statement(ground.number)
        assert account.balanced
        assert account.unknown == weather.seen[Mood.VANISH]
        assert account.accepted == ground.providers.phones.count() - account.unknown
