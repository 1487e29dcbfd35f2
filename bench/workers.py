"""Processes of the service for the benches that need one of their own: a worker that drains, the whole service.

Started as a script with WHAT, a database's URL, a data folder and the configuration as JSON, it opens the house as
every process does, says on standard output what it found, a line of JSON each, and reads from standard input when to
begin and when to end.
"""

import asyncio
import json
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

if not __package__:  # as a script: its own folder is no place to import from
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.ground import Ground
from bench.measure import spent
from notifier.app.house import House, open_house
from notifier.app.lines import build_dispatcher, open_lines
from notifier.app.logs import set_up
from notifier.app.service import open_service
from notifier.cli.options import Options
from notifier.config import parse
from notifier.rules.roles import Role, Viewer

REGISTER = "register.csv"


@dataclass(frozen=True)
class Running:
    """A process that is ready."""

    process: asyncio.subprocess.Process
    said: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.said["url"])

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)

    async def asked(self) -> dict[str, Any]:
        """Let it go on; what it says next."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        found: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return found


@asynccontextmanager
async def _started(what: str, url: str, data: Path, tables: dict[str, Any]) -> AsyncIterator[Running]:
    pipe = asyncio.subprocess.PIPE
    words = [sys.executable, __file__, what, url, str(data), json.dumps(tables)]
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Running(process, json.loads(await process.stdout.readline()))
    finally:
        process.stdin.close()
        with suppress(ProcessLookupError):
            async with asyncio.timeout(60):
                await process.wait()


@asynccontextmanager
async def worker(ground: Ground, url: str, data: Path, **delivery: Any) -> AsyncIterator[Running]:
    """A worker that waits; asked, it drains what is due and says {sent, cpu, wall, peak}."""
    async with _started("worker", url, data, ground.tables("sms", **delivery)) as running:
        yield running


@asynccontextmanager
async def serving(ground: Ground, url: str, data: Path) -> AsyncIterator[Running]:
    """The whole service: web, worker and clock."""
    async with _started("serve", url, data, ground.tables("sms")) as running:
        yield running


@asynccontextmanager
async def importing(ground: Ground, url: str, data: Path) -> AsyncIterator[Running]:
    """A process that waits; asked, it tries the register in its folder, brings it in, and says what that took."""
    async with _started("import", url, data, ground.tables("sms")) as running:
        yield running


async def _worker(house: House) -> None:
    async with open_lines(house):
        dispatcher = build_dispatcher(house)
        _say(ready=True)
        await _next_line()
        sent: list[int] = []

        async def drain() -> None:
            while await house.broadcasts.advance(house.clock(), house.worker):
                sent.append(await dispatcher.drain())
            sent.append(await dispatcher.drain())

        took = await spent(drain)
        _say(sent=sum(sent), cpu=took.cpu, wall=took.wall, peak=_peak())
        await _next_line()


async def _import(house: House) -> None:
    viewer, uploads = Viewer(1, "bench", Role.ADMIN, ""), house.uploads
    _say(peak=_peak())
    await _next_line()
    numbers: list[int] = []

    async def take() -> None:
        with (house.data / REGISTER).open("rb") as file:
            parts = iter(lambda: file.read(1 << 16), b"")
            numbers.append(await uploads.take(viewer, "people", REGISTER, _each(parts)))

    async def work() -> None:
        await uploads.work(house.clock())

    taken, tried = await spent(take), await spent(work)
    await uploads.start(viewer, numbers[0], yes=True)
    brought = await spent(work)
    upload = await uploads.get(viewer, numbers[0])
    rows = upload.done if upload.state == "done" else 0
    _say(rows=rows, taken=asdict(taken), tried=asdict(tried), brought=asdict(brought), peak=_peak())
    await _next_line()


async def _each(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _serve(house: House) -> None:
    async with open_service(house) as service:
        _say(url=service.url)
        await _next_line()
        os._exit(0)  # a bench does not wait until a million messages are sent


def _peak() -> float:
    """The most memory this process ever held, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would tell of the process that started this one, too
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _say(**found: Any) -> None:
    print(json.dumps(found), flush=True)


async def _next_line() -> None:
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


async def _main(what: str, url: str, data: str, tables: str) -> None:
    set_up(quiet=True)
    config = parse({**json.loads(tables), "database": {"url": url}})
    async with open_house(Options(data=Path(data)), config=config) as house:
        await {"worker": _worker, "serve": _serve, "import": _import}[what](house)


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
