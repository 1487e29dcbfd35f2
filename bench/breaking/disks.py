"""The disk that holds the SQLite file is full: a clear word, no corruption, and on it goes when there is room.

A small filesystem of its own where the system lets us mount one (as root on Linux), else a limit on the file's pages.
"""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.breaking.ground import Room, open_ground, open_room
from bench.breaking.values import Asked, Row
from notifier.errors import Refused
from notifier.store.engine import Database
from tests.houses import add_crowd

SIZE = 24  # MiB of the small filesystem
PLENTY = 1_000_000  # pages
WORDS = "is full"  # what an operator looks for in the log


async def full_disk(asked: Asked) -> Row:
    """With a filesystem of its own, where one can be mounted."""
    with _small_filesystem(asked.folder / "small") as folder:
        return await (full_filesystem(asked, folder) if folder is not None else full_file(asked))


async def full_filesystem(asked: Asked, folder: Path, *, messages: int = 0) -> Row:
    """Fill the filesystem under a running service, then make room again."""
    messages = messages or (600 if asked.quick else 3_000)
    rate = messages / (8 if asked.quick else 20)
    url = f"sqlite:///{folder / 'notifier.db'}"
    async with open_ground(url, folder, people=messages, rate=rate, logs=asked.folder) as ground:
        await ground.crew.start("serve")
        await ground.arrived(messages // 5, 300)
        ballast = folder / "ballast"
        _fill(ballast)
        wrong = [] if await _said_so(folder) else [f'no log says that the disk "{WORDS}"']
        before = ground.providers.phones.count()
        await asyncio.sleep(2)
        if ground.providers.phones.count() > before + 50:
            wrong.append("it went on sending what it could not write down")
        ballast.unlink()
        if not await ground.done(300 + 3 * messages / rate):
            wrong.append("the broadcast was not done after there was room again")
        if any(await ground.crew.stop()):
            wrong.append("it did not end in order")
        wrong += _intact(folder / "notifier.db")
        return await ground.row("disk full (filesystem)", events=1, bound=100, wrong=wrong)


async def full_file(asked: Asked, *, messages: int = 200) -> Row:
    """The same in this process, by a limit on the pages of the file."""
    async with open_room(asked.database_url, asked.folder, people=messages, receipts=False) as room:
        pages = Pages(room.house.database)
        await pages.limit(0)
        wrong = await _write_much(room)
        with suppress(Refused):  # what the clock and the worker meet; they are not to break
            for _ in range(3):
                await room.step(seconds=5)
        if await room.state() == "done":
            wrong.append("a full file was written to")
        await pages.limit(PLENTY)
        for _ in range(60):
            await room.step(seconds=5)
        if await room.state() != "done":
            wrong.append("the broadcast was not done after there was room again")
        wrong += _intact(Path(room.house.database.url.database or ""))
        return await room.row("disk full (file)", events=1, bound=0, wrong=wrong)


async def _write_much(room: Room) -> list[str]:
    """More than fits: what the writer is told."""
    try:
        await add_crowd(room.stage, [("sms", f"+6281300{n:06d}") for n in range(2_000)], first=500_000)
    except Refused as error:
        return [] if WORDS in str(error) else [f"the error is not clear: {error}"]
    return ["a full file was written to"]


class Pages:
    """How many pages the file may have beyond what it has; every connection is told whenever it is used."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._most = PLENTY
        event.listen(self._engine.sync_engine, "checkout", self._tell)

    async def limit(self, more: int) -> None:
        async with self._engine.connect() as db:
            has = int((await db.exec_driver_sql("PRAGMA page_count")).scalar_one())
        self._most = has + more

    def _tell(self, connection: Any, _record: Any, _proxy: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {self._most}")
        cursor.close()


@contextmanager
def _small_filesystem(place: Path) -> Iterator[Path | None]:
    """A filesystem of a few MiB mounted there; None where the system does not let us."""
    place.mkdir(mode=0o700)
    quiet = subprocess.DEVNULL
    words = ("mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=700", "notifier", str(place))
    if not sys.platform.startswith("linux") or subprocess.call(words, stdout=quiet, stderr=quiet):
        yield None
        return
    try:
        yield place
    finally:
        subprocess.call(("umount", "-l", str(place)), stdout=quiet, stderr=quiet)


def _fill(ballast: Path) -> None:
    """Take every byte that is left."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass


async def _said_so(folder: Path) -> bool:
    for _ in range(100):
        if any(WORDS in log.read_text() for log in folder.parent.glob("*.log")):
            return True
        await asyncio.sleep(0.1)
    return False


def _intact(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as db:
        said = db.execute("PRAGMA integrity_check").fetchone()[0]
    return [] if said == "ok" else [f"the file is corrupt: {said}"]
