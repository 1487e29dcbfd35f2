"""The ground of a scenario: a planned broadcast, fake providers, and real processes that can be killed."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.breaking.values import Row
from notifier.app.house import House, open_house
from notifier.app.lines import build_dispatcher
from notifier.app.sandboxed import Providers, open_sandbox
from notifier.app.service import open_service
from notifier.cli.demo import write_config
from notifier.cli.options import Options
from notifier.dispatch import Dispatcher
from notifier.inbox import Inbox
from notifier.ledger import verify
from notifier.store.schema import attempts, contacts, deliveries, tallies
from tests.houses import NO_WINDOW, Clock, Stage, add_crowd, add_round, open_stage, staff

CODE = "BPNT-2026-12-DS"
STARTS_WITHIN = 120.0  # seconds that a process gets to say that it listens
STOPS_WITHIN = 30.0  # seconds that a process gets to end by itself
QUICKLY: Mapping[str, Any] = {**NO_WINDOW, "lease": "2s", "resend_after": "1s", "retry_first": "1s", "batch": 20}


def wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Crew:
    """Processes of the service over one data folder."""

    data: Path
    running: dict[Process, str] = field(default_factory=dict)  # to their roles
    _heard: dict[Process, Path] = field(default_factory=dict)  # to their logs
    logs: Path | None = None  # where what they say on stderr is kept; None: in the data folder
    started: int = 0

    async def start(self, role: str, **environment: str) -> Process:
        self.started += 1
        log = (self.logs or self.data) / f"{role}-{self.started}.log"
        with log.open("wb") as out:
            words = ("-m", "notifier", role, "--quiet", "--data", str(self.data))
            own = {**os.environ, **environment}
            process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=DEVNULL, stderr=out, env=own)
        self.running[process], self._heard[process] = role, log
        return process

    async def heard(self, process: Process, word: str) -> str:
        """Until a process has said a line with this word on stderr; returns what follows the word."""
        async with asyncio.timeout(STARTS_WITHIN):
            while True:
                for line in self._heard[process].read_text().splitlines():
                    if word in line:
                        return line.partition(word)[2].strip()
                await asyncio.sleep(0.05)

    async def kill(self, process: Process) -> str:
        """As a power cut would: no word, no farewell. Returns the role that is missing now."""
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        return self.running.pop(process)

    async def stop(self) -> list[int]:
        """Ask all to end; returns their exit codes. One that does not end in time is killed and counts as -9."""
        for process in self.running:
            if process.returncode is None:
                process.terminate()
        codes = []
        for process in self.running:
            try:
                async with asyncio.timeout(STOPS_WITHIN):
                    codes.append(await process.wait())
            except TimeoutError:
                process.kill()
                codes.append(await process.wait())
            if codes[-1] == -signal.SIGTERM and not self._heard[process].read_text():
                codes[-1] = 0  # it was asked to end before it had begun
        self.running.clear()
        return codes


@dataclass
class Ground:
    """Everything a scenario stands on."""

    stage: Stage
    crew: Crew
    number: int  # of the broadcast
    addresses: Sequence[str]
    began: float

    @property
    def house(self) -> House:
        return self.stage.house

    @property
    def providers(self) -> Providers:
        return self.stage.providers

    @property
    def database(self) -> str:
        return "SQLite" if self.house.database.is_sqlite else "PostgreSQL"

    async def arrived(self, enough: int, seconds: float) -> None:
        """Until that many messages are on phones. Raises TimeoutError."""
        phones = self.providers.phones
        await phones.wait_for(lambda: phones.count() >= enough, seconds)

    async def done(self, seconds: float) -> bool:
        """Until the broadcast is done; False when it is not by then."""
        try:
            async with asyncio.timeout(seconds):
                while (await self.house.broadcasts.progress(self.number)).state != "done":
                    await asyncio.sleep(0.2)
        except TimeoutError:
            return False
        return True

    async def at_work(self) -> set[int]:
        """Process ids of the workers that have moved a delivery already."""
        async with self.house.database.read() as db:
            names = (await db.execute(select(tallies.c.worker).distinct())).scalars()
            return {int(name.rpartition(":")[2]) for name in names if ":" in name}

    async def under_way(self) -> int:
        """Deliveries that stand as with a provider."""
        async with self.house.database.read() as db:
            found = await db.execute(select(func.count()).where(deliveries.c.state == "sending"))
            return int(found.scalar_one())

    async def row(self, scenario: str, *, events: int, bound: int, wrong: Sequence[str] = (), **notes: Any) -> Row:
        """Count what came of it: on the phones, in the rows, in the ledger."""
        account = await self.house.broadcasts.statement(self.number)
        got = Counter({address: len(self._received(address)) for address in self.addresses})
        states, lost, silent = await self._compare(got)
        if silent:
            wrong = [*wrong, f"{silent} people got it twice without having been unknown first"]
        if account.sending or states["sending"]:
            wrong = [*wrong, f"{account.sending} deliveries are left as sending"]
        return Row(
            scenario=scenario,
            database=self.database,
            messages=len(self.addresses),
            events=events,
            lost=lost,
            unaccounted=abs(len(self.addresses) - states.total() - account.unexpanded),
            twice=sum(n - 1 for n in got.values() if n > 1),
            bound=bound,
            unknown=account.unknown,
            held=account.held,
            balanced=account.balanced,
            sound=(await verify(self.house.database, self.house.vault)).sound,
            wrong=tuple(wrong),
            notes=notes,
            seconds=time.monotonic() - self.began,
        )

    def _received(self, address: str) -> list[Any]:
        return [note for note in self.providers.phones.notes(address) if not note.mine]

    async def _compare(self, got: Mapping[str, int]) -> tuple[Counter[str], int, int]:
        """Rows against phones: how many in each state, how many got nothing, how many got it twice unannounced."""
        told = ("accepted", "delivered", "read")
        states: Counter[str] = Counter()
        lost = silent = 0
        async with self.house.database.read() as db:
            rows = await db.execute(
                select(contacts.c.address, deliveries.c.state, deliveries.c.maybe_twice)
                .join(contacts, contacts.c.id == deliveries.c.contact_id)
                .where(deliveries.c.broadcast_id == self.number)
            )
            for address, state, resent in rows:
                states[state] += 1
                lost += state in told and not got[address]
                silent += got[address] > 1 and not resent
        return states, lost, silent

    async def unknown_attempts(self) -> int:
        """Attempts whose sender never said what came of them."""
        async with self.house.database.read() as db:
            found = await db.execute(select(func.count()).where(attempts.c.reason == "no word from the sender"))
            return int(found.scalar_one())


@asynccontextmanager
async def open_ground(
    database_url: str,
    folder: Path,
    *,
    people: int,
    rate: float,
    honours_key: bool = False,
    delivery: Mapping[str, Any] = QUICKLY,
    logs: Path | None = None,
    **tables: Any,
) -> AsyncIterator[Ground]:
    """Plan and approve a broadcast to `people` by SMS; no process of the service runs yet."""
    async with AsyncExitStack() as stack:
        providers = await stack.enter_async_context(open_sandbox(wall_clock, rate=rate))
        providers.sms.honours_key = honours_key
        tables = {"database": {"url": database_url}, "service": {"port": 0}, "delivery": dict(delivery), **tables}
        write_config(folder / "config.toml", {**tables, "lines": providers.lines})
        house = await stack.enter_async_context(open_house(Options(data=folder)))
        planner, approver = await staff(house, wall_clock)
        stage = Stage(house, providers, None, Clock(wall_clock()), planner, approver)  # type: ignore[arg-type]
        addresses = [f"+6281200{n:06d}" for n in range(people)]
        opens = wall_clock() + timedelta(days=3)
        await add_round(stage, opens_at=opens, closes_at=opens + timedelta(days=4))
        await add_crowd(stage, [("sms", one) for one in addresses])
        number = await stage.broadcast("round_announced", CODE)
        crew = Crew(folder, logs=logs)
        stack.push_async_callback(crew.stop)
        yield Ground(stage, crew, number, addresses, time.monotonic())


@dataclass
class Room(Ground):
    """A ground whose service runs in this process, by a clock that stands until it is moved."""

    dispatcher: Dispatcher
    inbox: Inbox

    @property
    def clock(self) -> Clock:
        return self.stage.clock

    async def step(self, *, seconds: float = 0) -> int:
        """Let that much time pass, then do all that is due; returns how many attempts were made."""
        self.clock.move(seconds=seconds)
        await self.house.broadcasts.advance(self.clock(), "clock")
        made = await self.dispatcher.drain()
        await self.providers.sms.posts.drained()
        while await self.inbox.drain(self.clock()):
            pass
        return made

    async def state(self) -> str:
        return (await self.house.broadcasts.progress(self.number)).state


@asynccontextmanager
async def open_room(
    database_url: str, folder: Path, *, people: int, receipts: bool = True, **tables: Any
) -> AsyncIterator[Room]:
    """A planned broadcast to `people` by SMS, its hooks served, everything else done by step()."""
    async with AsyncExitStack() as stack:
        tables = {"service": {"port": 0}, "delivery": dict(NO_WINDOW), **tables}
        stage = await stack.enter_async_context(open_stage(database_url, folder, lines_open=False, **tables))
        service = await stack.enter_async_context(open_service(stage.house, ("web",)))
        if receipts:
            stage.providers.reach(service.url)
        addresses = [f"+6281200{n:06d}" for n in range(people)]
        await add_round(stage)
        await add_crowd(stage, [("sms", one) for one in addresses])
        number = await stage.broadcast("round_announced", CODE)
        dispatcher = build_dispatcher(stage.house)
        yield Room(stage, Crew(folder), number, addresses, time.monotonic(), dispatcher, service.inbox)


def peak(times: Sequence[float]) -> int:
    """The most of these moments that lie in one sliding second."""
    most = start = 0
    for end, moment in enumerate(times):
        while moment - times[start] >= 1:
            start += 1
        most = max(most, end - start + 1)
    return most
