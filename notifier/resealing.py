"""After a new key: everything sealed is sealed anew with it, slice by slice, beside the service that goes on.

What is done shows in the values themselves, so that whoever begins anew passes over it. Keys by which people are found
(the index, the ledger's links, the codes in messages) never change: see docs/decisions.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifier.store import ledger, sealed
from notifier.store.engine import Database
from notifier.store.sealed import PLACES, Key, Lies
from notifier.vault import Vault

ABOUT, ROTATED, RESEALED, RETIRED = "vault", "key.rotated", "key.resealed", "key.retired"
SLICE = 200  # rows of a transaction
FILES, REJECTED = "files.body", "imports.rejected"
TURNS = 25  # slices of one call of the clock

Tell = Callable[[str, int], None]  # place, values sealed anew there


@dataclass(frozen=True, slots=True)
class At:
    """How far a pass is."""

    key: int = 0  # the one that it seals with
    place: int = 0  # of PLACES; behind the last one come the files
    after: Key | None = None
    done: int = 0  # values sealed anew


class Resealing:
    """Seals with the newest key what an older one sealed."""

    def __init__(self, database: Database, vault: Vault, data: Path) -> None:
        self._database = database
        self._vault = vault
        self._data = data
        self._at = At()

    async def wanted(self) -> bool:
        """Whether an older key is still about and nobody has finished a pass since the newest one seals."""
        if len(self._vault.numbers) < 2:
            return False
        async with self._database.read() as db:
            act = await ledger.last(db, ABOUT, RESEALED)
        return act is None or json.loads(act.detail)["key"] != self._vault.sealing

    async def carry(self, now: datetime) -> int:
        """Go on for a while; returns how many values were sealed anew. For the clock."""
        if not await self.wanted():
            self._at = At()
            return 0
        return await self.reseal(now, "clock", TURNS)

    async def reseal(self, now: datetime, who: str, turns: int | None = None, tell: Tell | None = None) -> int:
        """Go on, to the end unless only so many `turns` are wanted; returns how many values were sealed anew."""
        if (
            self._at.key != self._vault.sealing
        ):  # another key came meanwhile: what is behind us has to be looked at again
            self._at = At(self._vault.sealing)
        begun, turn = self._at.done, 0
        while turns is None or turn < turns:
            turn += 1
            if self._at.place >= len(PLACES):
                files = await asyncio.to_thread(self._files)
                async with self._database.write() as db:
                    detail = {"key": self._vault.sealing, "values": self._at.done + files}
                    await ledger.append(db, at=now, who=who, act=RESEALED, about=ABOUT, detail=detail)
                done, self._at = self._at.done + files - begun, At()
                return done
            await self._slice(PLACES[self._at.place])
            if tell is not None and self._at.place < len(PLACES):
                tell(PLACES[self._at.place].name, self._at.done)
        return self._at.done - begun

    async def _slice(self, lies: Lies) -> None:
        vault = self._vault
        async with self._database.read() as db:  # walking may take a while: no writer waits for it
            found, after = await sealed.look(db, lies, vault.head, self._at.after, SLICE)
        anew = [(key, was, vault.seal(vault.open(was, lies.place), lies.place)) for key, was in found]
        if anew:
            async with self._database.write_slice() as db:
                await sealed.put(db, lies, anew)
        done = self._at.done + len(found)
        at = self._at
        self._at = At(at.key, at.place, after, done) if after is not None else At(at.key, at.place + 1, None, done)

    def _files(self) -> int:
        """Attachments, and the rejected rows of uploads. Each is written beside itself and put in its place."""
        done = 0
        for path in attachments(self._data):
            body = _read(path)
            if body and not body.startswith(self._vault.head):
                done += _put(path, [self._vault.seal(self._vault.open(body, FILES), FILES)])
        for path in rejected(self._data):
            if any(not part.startswith(self._vault.head) for part in parts(path)):
                done += _put(path, self._parts_anew(path))
        return done

    def _parts_anew(self, path: Path) -> Iterator[bytes]:
        for number, part in enumerate(parts(path)):
            place = f"{REJECTED}:{number}"
            value = self._vault.seal(self._vault.open(part, place), place)
            yield len(value).to_bytes(4, "big") + value

    async def left(self, number: int) -> str:
        """The first place that still holds a value of this key; "" when none does. Looks at everything."""
        head = number.to_bytes(2, "big")
        for lies in PLACES:
            after: Key | None = None
            while True:
                async with self._database.read() as db:
                    found, after = await sealed.look(db, lies, self._vault.head, after, 5 * SLICE)
                if any(value.startswith(head) for _, value in found):
                    return lies.name
                if after is None:
                    break
        return await asyncio.to_thread(self._left_in_files, head)

    def _left_in_files(self, head: bytes) -> str:
        for path in attachments(self._data):
            if _read(path, 2) == head:
                return f"files/{path.name}"
        for path in rejected(self._data):
            if any(part.startswith(head) for part in parts(path)):
                return f"imports/{path.parent.name}/{path.name}"
        return ""


def attachments(data: Path) -> Iterator[Path]:
    """The sealed attachments."""
    folder = data / "files"
    return (path for path in (folder.iterdir() if folder.is_dir() else ()) if path.name.isdecimal())


def rejected(data: Path) -> Iterator[Path]:
    """The sealed tables of rejected rows."""
    folder = data / "imports"
    return (path for path in (folder.glob("*/rejected") if folder.is_dir() else ()))


def parts(path: Path) -> Iterator[bytes]:
    """The sealed parts of a table of rejected rows, one by one."""
    try:
        with path.open("rb") as file:
            while size := file.read(4):
                yield file.read(int.from_bytes(size, "big"))
    except FileNotFoundError:  # thrown away meanwhile
        return


def _read(path: Path, size: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError:  # erased meanwhile
        return b""


def _put(path: Path, body: Iterable[bytes]) -> int:
    draft = path.with_name(f".{path.name}.reseal")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.writelines(body)
        out.flush()
        os.fsync(out.fileno())
    if path.exists():  # else it was erased meanwhile, and stays so
        draft.replace(path)
        return 1
    draft.unlink()
    return 0
