"""The chained record: the sealer that links what was appended, and the proof that nothing was altered.

Links are keyed by the vault: whoever has the database alone cannot chain anew what they altered. The newest link is
also remembered in a file beside the database (`ledger.head`), so that acts cut off at the end, or a database older than
its ledger, are noticed too.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Refused
from notifier.store import leases
from notifier.store import ledger as rows
from notifier.store.engine import Database
from notifier.store.ledger import Act

LEASE = timedelta(seconds=15)
SLICE = 50  # acts linked in one transaction: webhooks on SQLite wait as long as it lasts
LATE = 1000  # ids that several writers (PostgreSQL) may be behind each other: committed later than higher ones
LONG = timedelta(hours=1)  # acts that wait longer are worth a word: the clock does not run


class Keyed(Protocol):
    """What chaining needs of the vault: whoever has the database alone cannot work a link out."""

    def link(self, data: bytes) -> bytes: ...


async def seal(database: Database, vault: Keyed, holder: str, now: datetime) -> int:
    """Link the acts that wait; only one process does. Returns how many were linked.

    A row without a link below the newest act is none of ours, or was stripped: it is left for `verify` to tell.
    """
    async with database.read() as db:
        if not await rows.unsealed(db, 1, _known(database, await rows.newest_sealed(db))):
            return 0
    linked = 0
    while True:
        async with database.write_slice() as db:
            if not await leases.take(db, "ledger", holder, now, LEASE):
                return linked
            newest = await rows.newest_sealed(db)
            seq, previous = (newest.seq or 0, newest.link or rows.START) if newest else (0, rows.START)
            batch = await rows.unsealed(db, SLICE, _known(database, newest))
            links = []
            for act in batch:
                seq += 1
                previous = rows.link(vault.link, previous, seq, act)
                links.append((act.id, seq, previous))
            await rows.set_links(db, links)
        linked += len(batch)
        if len(batch) < SLICE:
            return linked


def _known(database: Database, newest: Act | None) -> int:
    """The id up to which every act has its link by now. With one writer ids follow the order of commits."""
    return 0 if newest is None else newest.id if database.is_sqlite else max(newest.id - LATE, 0)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest act of the chain as it is remembered beside the database."""

    seq: int
    link: str  # hex
    at: datetime | None = None  # when it was remembered; files of before this was written lack it


async def remember(database: Database, path: Path, now: datetime, *, anyway: bool = False) -> None:
    """Write the chain's head to a file, unless the file remembers a later one, or one this database does not have: an
    older copy must not make us forget. `anyway`: a person has confirmed that what is missing is gone.
    """
    known = recall(path)
    async with database.read() as db:
        seq, link = await rows.head(db)
        if not anyway and known is not None and (known.seq >= seq or not await holds(db, known)):
            return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(f"{seq} {link.hex()} {now.isoformat()}\n")
    draft.replace(path)


def recall(path: Path) -> Head | None:
    """What the file remembers; None when there is no such file or it is unreadable."""
    try:
        seq, link, *at = path.read_text().split()
        return Head(int(seq), link, datetime.fromisoformat(at[0]) if at else None)
    except (OSError, ValueError):
        return None


async def holds(db: AsyncConnection, known: Head) -> bool:
    """Whether the database has the very act that is remembered. Recall first, then ask: seals go on meanwhile."""
    return known.seq == 0 or await rows.link_of(db, known.seq) == bytes.fromhex(known.link)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a walk along the chain found."""

    acts: int  # linked
    waiting: int  # appended, not linked yet
    head: str  # hex of the newest link
    broken: str = ""  # a sentence: where the chain breaks
    warnings: tuple[str, ...] = ()  # sentences: what could not be proven

    @property
    def sound(self) -> bool:
        """Nothing was altered, removed or slipped in."""
        return not self.broken


async def verify(
    database: Database, vault: Keyed, remembered: Head | None = None, now: datetime | None = None
) -> Proof:
    """Recompute every link; writes nothing. A row altered, removed or inserted by hand breaks the chain at its number;
    rows cut off at the end, or stripped of their links, are missed against the head that is remembered.
    """
    count, previous, newest = 0, rows.START, None
    async with database.snapshot() as db:
        waiting = await rows.waiting(db)
        async for act in rows.sealed(db):
            count, newest = count + 1, act
            if act.seq != count:
                return Proof(
                    count - 1, waiting, previous.hex(), f"act {count} is missing: the chain goes on with {act.seq}"
                )
            before, previous = previous, rows.link(vault.link, previous, count, act)
            if act.link != previous:
                about = f"{act.act} about {act.about}, {act.at.isoformat()}"
                key = "" if count > 1 else "; or the vault's key is not the one it was chained with"
                return Proof(count - 1, waiting, before.hex(), f"act {count} ({about}) does not match its link{key}")
            if remembered is not None and remembered.seq == count and remembered.link != previous.hex():
                return Proof(
                    count, waiting, previous.hex(), f"act {count} is another than the one remembered beside the data"
                )
        broken = await _loose(db, _known(database, newest), count, waiting, remembered)
        oldest = await rows.unsealed(db, 1)
    warnings = []
    if remembered is None and count:
        warnings.append("nothing beside the data remembers the newest act: acts cut off at the end would not be missed")
    if now is not None and oldest and oldest[0].at < now - LONG:
        warnings.append(f"acts wait to be chained since {oldest[0].at.isoformat(timespec='seconds')}: no clock runs")
    return Proof(count, waiting, previous.hex(), broken, tuple(warnings))


async def _loose(db: AsyncConnection, known: int, count: int, waiting: int, remembered: Head | None) -> str:
    """A sentence when acts lack the link that they must have had; "" when those without one are simply new."""
    if remembered is not None and remembered.seq > count:
        stripped = f"; {waiting} acts stand without a link" if waiting else ""
        return (
            f"acts {count + 1} to {remembered.seq} are missing: cut off, stripped of their links, or the database is "
            f"an older copy{stripped}"
        )
    stray = await rows.stray(db, known)
    if stray is not None:
        return (
            f"row {stray.id} of the ledger ({stray.act} about {stray.about}, {stray.at.isoformat()}) has no link, but "
            f"stands before act {count}: slipped in, or stripped of it"
        )
    if not count and waiting and await leases.known(db, "ledger"):
        return f"acts were chained here, and none has its link any more: {waiting} stand without one"
    return ""


# --- a stretch of it, and what the last whole look found -------------------------------------------------------------

LONGEST_STRETCH = 20_000  # acts: looked through while somebody waits for a page


async def check(database: Database, vault: Keyed, first: int, last: int) -> Proof:
    """Recompute the links of the acts from one number to another, from the link before them on. It proves that these
    acts are as they were chained, provided that the link before is; `verify` proves all of it.
    """
    if not 1 <= first <= last or last - first >= LONGEST_STRETCH:
        raise Refused(f"a stretch has 1 to {LONGEST_STRETCH} acts; narrow what is shown, or run notifier verify")
    async with database.snapshot() as db:
        before = await rows.link_of(db, first - 1) if first > 1 else rows.START
        waiting = await rows.waiting(db)
        if before is None:
            return Proof(0, waiting, "", f"act {first - 1} is missing")
        previous, seq = before, first - 1
        while seq < last:
            batch = await rows.between(db, seq, last)
            for act in batch:
                seq += 1
                if act.seq != seq:
                    return Proof(seq - first, waiting, previous.hex(), f"act {seq} is missing")
                head, previous = previous, rows.link(vault.link, previous, seq, act)
                if act.link != previous:
                    about = f"{act.act} about {act.about}, {act.at.isoformat()}"
                    return Proof(seq - first, waiting, head.hex(), f"act {seq} ({about}) does not match its link")
            if not batch:
                return Proof(seq - first + 1, waiting, previous.hex(), f"act {seq + 1} is missing")
    return Proof(last - first + 1, waiting, previous.hex())


@dataclass(frozen=True, slots=True)
class Verified:
    """What the last whole look at ledger and rows found, as it is kept beside the data."""

    at: datetime
    who: str
    sound: bool
    acts: int
    head: str  # hex
    findings: int
    told: tuple[str, ...]  # the first sentences


def keep(path: Path, found: Verified) -> None:
    """Keep it in a file; the database is left alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(asdict(found) | {"at": found.at.isoformat()}) + "\n")
    draft.replace(path)


def kept(path: Path) -> Verified | None:
    """What was kept; None when nothing was, or it is unreadable."""
    try:
        found = json.loads(path.read_text())
        return Verified(**found | {"at": datetime.fromisoformat(found["at"]), "told": tuple(found["told"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None
