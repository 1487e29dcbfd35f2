"""Registers that come in by the page: taken part by part, looked at, tried, and brought in beside everything else.

What is uploaded is believed in nothing: not its name, type or size. It lies in a folder of its own that only the
service reads, and is gone once it was brought in. A run that was cut off begins anew, which changes nothing twice.
"""

import asyncio
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import structlog

from notifier.errors import Refused
from notifier.registry import rejected
from notifier.registry.files import open_table
from notifier.registry.findings import shown
from notifier.registry.layouts import PEOPLE, POINTS, ROUNDS, STATUSES, VISITS
from notifier.registry.registry import Registry
from notifier.registry.runs import Imported, Order
from notifier.registry.tables import Cell, Layout, Source
from notifier.rules.people import mask_nik, masked_address
from notifier.rules.roles import Right, Viewer
from notifier.store import ledger
from notifier.store import uploads as rows
from notifier.store.engine import Database
from notifier.store.uploads import CANCELLED, DONE, FAILED, LOOKING, READY, RUNNING, WORKING, Upload
from notifier.vault import Vault

log = structlog.get_logger()
LAYOUTS: Mapping[str, Layout] = MappingProxyType({one.what: one for one in (PEOPLE, POINTS, ROUNDS, STATUSES, VISITS)})
LEASE = timedelta(seconds=60)  # a run that did not tell of itself for so long is begun anew
BEAT = 0.5  # seconds between two words of a run about itself
WAITS = timedelta(days=1)  # for somebody to say that it may begin
LOST = timedelta(hours=1)  # after which a file that no process finds counts as gone
FIRST = 5  # rows shown before anything is done
TOLD = 200  # lines of a report shown on a page; the file has them all
FILES, REPORT, LINES, REJECTED = "file", "report.csv", "lines.csv", "rejected"
_SECRET = frozenset({"NIK", "NO_KK"})
_ADDRESSES = frozenset({"NO_HP", "TELEGRAM_CHAT_ID", "EMAIL"})
_ODD = re.compile(r"[^\w .()\[\]-]+")

Bring = Callable[[Sequence[Path], Order], Awaitable[Imported]]


class Ended(Exception):
    """The run is to end here: somebody asked for it, or it is another's by now."""


class Uploads:
    """Takes files, and works on them in whichever process has them on its disk."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        registry: Registry,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        largest: int,
        kept: timedelta,
    ) -> None:
        """`folder`: where files lie; `largest`: bytes of one; `kept`: how long what came of them is kept."""
        self._database = database
        self._vault = vault
        self._bring: Mapping[str, Bring] = {
            "people": registry.import_people,
            "points": registry.import_points,
            "rounds": registry.import_rounds,
            "statuses": registry.import_statuses,
            "visits": registry.import_visits,
        }
        self._folder = folder
        self._clock = clock
        self._largest = largest
        self._kept = kept
        self._closing = False
        self._swept: datetime | None = None  # when somebody last looked for what a killed process left
        self.woken = asyncio.Event()

    # --- taking ---

    async def take(self, viewer: Viewer, what: str, name: str, parts: AsyncIterator[bytes]) -> int:
        """Keep a file and look at its first rows; what is in it is tried next, beside everything else. Returns its
        number. Refused, and nothing is kept, for what is too large or no table with the columns it needs.
        """
        viewer.needs(Right.IMPORT)
        layout = LAYOUTS.get(what)
        if layout is None:
            raise Refused(f'"{what[:20]}" is no kind of register; there are: {", ".join(LAYOUTS)}')
        token, plain = secrets.token_hex(16), _plain(name)
        place = self._folder / token / FILES
        await asyncio.to_thread(_make, self._folder, place)
        try:
            size = await self._keep(place / plain, parts)
            try:
                look = await asyncio.to_thread(first_look, place / plain, layout)
            except Refused as error:
                raise Refused(_without(str(error), place)) from None
            values = {"what": what, "name": plain, "folder": token, "size": size, "look": look}
            async with self._database.write() as db:
                now = self._clock()
                number = await rows.add(db, {**values, "who": viewer.who, "region": viewer.region.rstrip(".")}, now)
                about = f"upload:{number}"
                await ledger.append(db, at=now, who=viewer.who, act="upload_taken", about=about, detail={"what": what})
        except BaseException:
            shutil.rmtree(self._folder / token, ignore_errors=True)
            raise
        self.woken.set()
        return number

    async def _keep(self, path: Path, parts: AsyncIterator[bytes]) -> int:
        size = 0
        with path.open("xb") as file:
            async for part in parts:
                size += len(part)
                if size > self._largest:
                    raise Refused(f"the file is larger than {self._largest >> 20} MB; split it, or use notifier import")
                await asyncio.to_thread(file.write, part)
        return size

    # --- looking ---

    async def get(self, viewer: Viewer, number: int) -> Upload:
        """One file. Refused when it is none of theirs."""
        viewer.needs(Right.IMPORT)
        async with self._database.read() as db:
            return _theirs(viewer, number, await rows.get(db, number))

    async def page(self, viewer: Viewer, before: int | None, limit: int) -> list[Upload]:
        """Files of the viewer's area, newest first."""
        viewer.needs(Right.IMPORT)
        async with self._database.read() as db:
            return await rows.page(db, viewer.region, before, limit)

    async def told(self, upload: Upload) -> list[Mapping[str, Any]]:
        """What was found in its rows, the first lines of it."""
        path = self._folder / upload.folder / REPORT
        return await asyncio.to_thread(rejected.told_of, path, TOLD) if path.exists() else []

    def has_rejected(self, upload: Upload) -> bool:
        """Whether rejected rows can be taken here and now."""
        return bool(upload.counts.get("rejected")) and (self._folder / upload.folder / REJECTED).exists()

    async def rejected(self, viewer: Viewer, number: int, form: str) -> IO[bytes]:
        """The rejected rows, each with the reason: to be mended and brought in again. They are clear, so it is
        recorded who takes them.
        """
        upload = await self.get(viewer, number)
        path = self._folder / upload.folder / REJECTED
        if not self.has_rejected(upload):
            raise Refused(f"there are no rejected rows of upload {number} here (any more); bring the file in again")
        file = await asyncio.to_thread(rejected.given, path, form, self._vault)
        async with self._database.write() as db:
            about, detail = f"upload:{number}", {"rows": int(upload.counts["rejected"])}
            await ledger.append(db, at=self._clock(), who=viewer.who, act="rejected_taken", about=about, detail=detail)
        return file

    # --- deciding ---

    async def start(self, viewer: Viewer, number: int, *, yes: bool = False, partial: bool = False) -> None:
        """Bring it in. `yes`: although it covers fewer people than the last one; `partial`: as a part of a register, so
        that nothing is measured by it. Refused unless it waits for this.
        """
        upload = await self.get(viewer, number)
        if upload.why and not (yes or partial):
            raise Refused(f"say that upload {number} may go on although it is smaller than the last one")
        now = self._clock()
        async with self._database.write() as db:
            values = {"state": RUNNING, "wake": now, "yes": yes, "partial": partial, "step": "", "done": 0}
            if not await rows.turn(db, number, READY, values):
                raise Refused(f"upload {number} does not wait to be started any more; look at it again")
            await ledger.append(db, at=now, who=viewer.who, act="upload_started", about=f"upload:{number}")
        self.woken.set()

    async def cancel(self, viewer: Viewer, number: int) -> None:
        """End it: what was not begun is thrown away, what is under way ends after the rows in hand."""
        upload = await self.get(viewer, number)
        now = self._clock()
        async with self._database.write() as db:
            if upload.state in WORKING:
                done = await rows.turn(db, number, upload.state, {"stop": True})
            else:
                done = await rows.turn(db, number, READY, self._end(upload, CANCELLED, now))
            if not done or upload.state not in (*WORKING, READY):
                raise Refused(f"upload {number} is over; nothing can be cancelled")
            await ledger.append(db, at=now, who=viewer.who, act="upload_cancelled", about=f"upload:{number}")
        if upload.state == READY:
            self._drop(upload)
        self.woken.set()

    # --- working ---

    async def work(self, now: datetime) -> int:
        """Do what is due: look, bring in, forget. Returns how many files were seen to."""
        async with self._database.read() as db:
            due = await rows.waking(db, now)
        await self._sweep(now)
        return sum([await self._see_to(upload, now) for upload in due if not self._closing])

    def close(self) -> None:
        """End what is under way after the rows in hand; it begins anew where it is found next."""
        self._closing = True
        self.woken.set()

    async def _see_to(self, upload: Upload, now: datetime) -> bool:
        if upload.state not in WORKING:
            return await self._forget(upload, now)
        path = self._folder / upload.folder / FILES / upload.name
        if not path.exists():  # on another machine's disk, or gone
            if upload.wake is None or now - upload.wake < LOST:
                return False
            why = "the file is not here any more; upload it again"
            async with self._database.write() as db:
                return await rows.turn(db, upload.id, upload.state, self._end(upload, FAILED, now, why=why))
        async with self._database.write() as db:
            if not await rows.claim(db, upload, now, now + LEASE):
                return False
        await _Turn(self, replace(upload, fence=upload.fence + 1), path).run()
        return True

    async def _forget(self, upload: Upload, now: datetime) -> bool:
        """Nobody started it in time, or what came of it was kept long enough."""
        values = self._end(upload, CANCELLED, now) if upload.state == READY else {"wake": None}
        async with self._database.write() as db:
            done = await rows.turn(db, upload.id, upload.state, values)
        if done and upload.state == READY:
            self._drop(upload)
        elif done:
            shutil.rmtree(self._folder / upload.folder, ignore_errors=True)
        return done

    async def _sweep(self, now: datetime) -> None:
        """Throw away what lies here and is no upload: whoever took it was killed before it was one."""
        if self._swept is not None and now - self._swept < LOST:
            return
        self._swept = now
        old = await asyncio.to_thread(_left, self._folder, now - WAITS)
        async with self._database.read() as db:
            known = await rows.folders(db, old) if old else frozenset()
        for name in old:
            if name not in known:
                log.warning("upload.left", folder=name)
                await asyncio.to_thread(shutil.rmtree, self._folder / name, ignore_errors=True)

    def _end(self, upload: Upload, state: str, now: datetime, **values: Any) -> dict[str, Any]:
        """It is over. The rows that were shown before go with the file: they name people."""
        rest = {"wake": now + self._kept, "step": "", "stop": False, "look": {**upload.look, "rows": []}}
        return {"state": state, "ended_at": now, **rest, **values}

    def _drop(self, upload: Upload) -> None:
        """The file itself has served; what was found in it stays a while."""
        shutil.rmtree(self._folder / upload.folder / FILES, ignore_errors=True)


class _Turn:
    """One walk over one file: trying it, or bringing it in, and telling how it goes."""

    def __init__(self, room: Uploads, upload: Upload, path: Path) -> None:
        self._room, self._upload, self._path = room, upload, path
        self._step, self._done, self._total = "reading", 0, upload.total
        self._ended = upload.stop

    async def run(self) -> None:
        telling = asyncio.create_task(self._tell())
        try:
            values = await self._come_of_it()
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        if values is None:
            return
        async with self._room._database.write() as db:
            mine = await rows.tell(db, self._upload.id, self._upload.fence, values)
        if mine is not None and values["state"] in (DONE, FAILED, CANCELLED):
            self._room._drop(self._upload)

    async def _come_of_it(self) -> Mapping[str, Any] | None:
        """How the upload stands now; None when it goes on elsewhere."""
        room, upload = self._room, self._upload
        try:
            self._progress("", "reading", 0, 0)
            done = await room._bring[upload.what]([self._path], self._order())
            await self._keep_rejected()
        except Ended:
            if room._closing:
                return {"state": upload.state, "wake": room._clock()}
            return room._end(upload, CANCELLED, room._clock(), done=self._done)
        except Refused as error:
            return room._end(upload, FAILED, room._clock(), why=_without(str(error), self._path.parent)[:500])
        except Exception as error:
            # Neither its message nor its trace: both may quote what stands in the file.
            log.error("upload.failed", upload=upload.id, error=type(error).__name__)
            return room._end(upload, FAILED, room._clock(), why="the service met a fault of its own; it is in the log")
        now, counts = room._clock(), dict(done.counts)
        if upload.state == LOOKING:
            why = _without(" ".join(done.asks), self._path.parent)[:500]
            return {"state": READY, "counts": counts, "total": counts["rows"], "why": why, "wake": now + WAITS}
        return room._end(
            upload, DONE, now, counts=counts, import_id=done.files[0].import_id, done=counts["rows"], why=""
        )

    def _order(self) -> Order:
        upload, folder = self._upload, self._room._folder / self._upload.folder
        return Order(
            upload.who,
            self._room._clock(),
            dry_run=upload.state == LOOKING,
            yes=upload.yes,
            partial=upload.partial,
            within=upload.region,
            report=folder / REPORT,
            rejected=folder / LINES,
            progress=self._progress,
        )

    async def _keep_rejected(self) -> None:
        folder, vault = self._room._folder / self._upload.folder, self._room._vault
        source = await asyncio.to_thread(open_table, self._path, LAYOUTS[self._upload.what])
        await asyncio.to_thread(rejected.keep, source, folder / LINES, folder / REJECTED, vault)
        (folder / LINES).unlink()

    def _progress(self, _name: str, step: str, done: int, total: int) -> None:
        self._step, self._done, self._total = step, done, total or self._total
        if self._ended or self._room._closing:
            raise Ended

    async def _tell(self) -> None:
        """Say now and then how far it is, and hear whether it is to end."""
        room = self._room
        while True:
            await asyncio.sleep(BEAT)
            values = {"step": self._step, "done": self._done, "total": self._total, "wake": room._clock() + LEASE}
            with suppress(Exception):  # a database that is away for a moment ends no run by this
                async with room._database.write() as db:
                    stop = await rows.tell(db, self._upload.id, self._upload.fence, values)
                self._ended = self._ended or stop is None or stop


# --- the first look --------------------------------------------------------------------------------------------------


def first_look(path: Path, layout: Layout) -> dict[str, Any]:
    """What stands in a file, as far as anybody may see it: its columns and first rows. Raises Refused."""
    source: Source = open_table(path, layout)
    columns = sorted(source.header.places, key=lambda name: source.header.places[name])
    some = [[_masked(name, row.cells[name]) for name in columns] for row in islice(source.rows(), FIRST)]
    if not some:
        raise Refused(f"{path}: no row stands below the header on line {source.header.line}")
    return {
        "form": "csv" if hasattr(source, "delimiter") else "xlsx",
        "line": source.header.line,
        "columns": columns,
        "absent": [name for name in layout.columns if name not in source.header.places],
        "unknown": source.header.width - len(columns),
        "rows": some,
    }


def _masked(column: str, cell: Cell) -> str:
    text = rejected.written(cell).strip()
    if column in _SECRET:
        return mask_nik(text)
    return masked_address(text) if text and column in _ADDRESSES else shown(text)


def _plain(name: str) -> str:
    """A name that is only a name."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return _ODD.sub("_", last).strip(". ")[-80:] or "berkas"


def _make(folder: Path, place: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    place.parent.mkdir(mode=0o700)
    place.mkdir(mode=0o700)


def _left(folder: Path, before: datetime) -> list[str]:
    """Names of what was put here before."""
    with suppress(FileNotFoundError), os.scandir(folder) as there:
        return sorted(one.name for one in there if one.is_dir() and one.stat().st_mtime < before.timestamp())
    return []


def _without(sentence: str, place: Path) -> str:
    """A sentence about a file by its name alone: where it lies here is nobody's business."""
    return sentence.replace(f"{place}/", "")


def _theirs(viewer: Viewer, number: int, upload: Upload | None) -> Upload:
    if upload is None or not viewer.covers(upload.region):
        raise Refused(f"there is no upload {number} in your region")
    return upload
