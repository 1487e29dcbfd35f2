"""The chained record: the sealer that links what was appended, and the proof that nothing was altered.

The newest link is also remembered in a file beside the database (`ledger.head`), so that acts cut off at the end, or a
database older than its ledger, are noticed too.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import leases
from notifier.store import ledger as rows
from notifier.store.engine import Database

LEASE = timedelta(seconds=15)
SLICE = 50  # acts linked in one transaction: webhooks on SQLite wait as long as it lasts


async def seal(database: Database, holder: str, now: datetime) -> int:
    """Link the acts that wait; only one process does. Returns how many were linked."""
    async with database.read() as db:
        if not await rows.unsealed(db, 1):
            return 0
    linked = 0
    while True:
        async with database.write_slice() as db:
            if not await leases.take(db, "ledger", holder, now, LEASE):
                return linked
            seq, previous = await rows.head(db)
            batch = await rows.unsealed(db, SLICE)
            links = []
            for act in batch:
                seq += 1
                previous = rows.link(previous, seq, act)
                links.append((act.id, seq, previous))
            await rows.set_links(db, links)
        linked += len(batch)
        if len(batch) < SLICE:
            return linked


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

    @property
    def sound(self) -> bool:
        """Nothing was altered, removed or slipped in."""
        return not self.broken


async def verify(database: Database, remembered: Head | None = None) -> Proof:
    """Recompute every link. A row altered, removed or inserted by hand breaks the chain at its number; rows cut off at
    the end are missed against the head that is remembered.
    """
    count, previous = 0, rows.START
    async with database.read() as db:
        async for act in rows.sealed(db):
            count += 1
            if act.seq != count:
                return Proof(count - 1, 0, previous.hex(), f"act {count} is missing: the chain goes on with {act.seq}")
            previous = rows.link(previous, count, act)
            if act.link != previous:
                about = f"{act.act} about {act.about}, {act.at.isoformat()}"
                return Proof(count - 1, 0, previous.hex(), f"act {count} ({about}) does not match its link")
            if remembered is not None and remembered.seq == count and remembered.link != previous.hex():
                return Proof(
                    count, 0, previous.hex(), f"act {count} is another than the one remembered beside the data"
                )
        if remembered is not None and remembered.seq > count:
            missing = f"acts {count + 1} to {remembered.seq} are missing: cut off, or the database is an older copy"
            return Proof(count, 0, previous.hex(), missing)
        return Proof(count, await rows.waiting(db), previous.hex())
