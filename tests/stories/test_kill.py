"""A process killed in the middle of a send, and started again: nothing lost, everything accounted for."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from notifier.app.house import House, open_house
from notifier.app.sandboxed import open_sandbox
from notifier.cli.demo import write_config
from notifier.cli.options import Options
from notifier.ledger import verify
from notifier.proofs import prove
from notifier.sandbox.phones import Phones
from tests.houses import Stage, add_person, add_round, staff

PEOPLE = 150
KILLS = 3


def _now() -> datetime:
    return datetime.now(UTC)


async def _serve(data: Path, stack: ExitStack) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "notifier", "serve", "--quiet", "--data", str(data), stdout=DEVNULL, stderr=DEVNULL
    )
    stack.callback(_end, process)  # also when the story breaks off
    return process


@asynccontextmanager
async def _ending() -> AsyncIterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()


async def _plan(house: House, stage: Stage) -> int:
    await add_round(stage, opens_at=_later(3), closes_at=_later(9))
    for n in range(PEOPLE):
        await add_person(stage, f"WARGA {n}", ("sms", f"+62812000{n:05d}"))
    return await stage.broadcast("round_announced", "BPNT-2026-12-DS")


def _later(days: int) -> datetime:
    return datetime.fromtimestamp(_now().timestamp() + days * 86400, UTC)


def _has(phones: Phones, enough: int) -> bool:
    return phones.count() >= enough


async def _until_done(house: House, number: int) -> None:
    while True:
        account = await house.broadcasts.progress(number)
        if account.state == "done":
            return
        await asyncio.sleep(0.2)


@pytest.mark.timeout(180)
async def test_a_service_killed_while_it_sends_loses_nobody_and_accounts_for_everybody(
    database_url: str, tmp_path: Path
) -> None:
    async with open_sandbox(_now, rate=60) as providers:
        delivery = {
            "window_opens": "00:00",
            "window_closes": "24:00",
            "lease": "2s",
            "resend_after": "1s",
            "batch": 20,
        }
        tables = {"database": {"url": database_url}, "delivery": delivery, "service": {"port": 0}}
        write_config(tmp_path / "config.toml", {**tables, "lines": providers.lines})
        async with open_house(Options(data=tmp_path)) as house, _ending() as stack:
            planner, approver = await staff(house, _now)
            stage = Stage(house, providers, None, _now, planner, approver)  # type: ignore[arg-type]
            number = await _plan(house, stage)
            phones = providers.phones
            for kill in range(KILLS):
                process = await _serve(tmp_path, stack)
                await phones.wait_for(partial(_has, phones, (kill + 1) * 30), 60)
                os.kill(process.pid, signal.SIGKILL)
                await process.wait()
                account = await house.broadcasts.statement(number)
                assert account.balanced, json.dumps(account.as_json())
            process = await _serve(tmp_path, stack)
            async with asyncio.timeout(90):
                await _until_done(house, number)
            process.terminate()
            assert await process.wait() == 0
            account = await house.broadcasts.statement(number)
            assert account.balanced
            # Whoever two kills caught in mid-air waits for a person: they may have it, and are not told a third time.
            assert account.accepted + account.delivered + account.held == PEOPLE
            got = Counter({n: len(phones.notes(f"+62812000{n:05d}")) for n in range(PEOPLE)})
            assert min(got.values()) == 1  # nobody lost
            twice = sum(1 for n in got.values() if n > 1)
            assert max(got.values()) <= 1 + KILLS
            assert twice <= KILLS * 20  # at most what was under way at a kill
            assert (await verify(house.database, house.vault)).sound
            assert not [finding async for finding in prove(house.database, house.vault)]
