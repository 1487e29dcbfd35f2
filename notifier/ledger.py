"""The chained record: the sealer that links what was appended, and the proof that nothing was altered.

The newest link is also remembered in a file beside the database (`ledger.head`), so that acts cut off at the end, or a
database older than its ledger, are noticed too.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

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


async def remember(database: Database, path: Path) -> None:
    """Write the chain's head to a file, unless the file remembers a later one."""
    async with database.read() as db:
        seq, link = await rows.head(db)
    known = recall(path)
    if known is not None and known.seq >= seq:
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(f"{seq} {link.hex()}\n")
    draft.replace(path)


def recall(path: Path) -> Head | None:
    """What the file remembers; None when there is no such file or it is unreadable."""
    try:
        seq, link = path.read_text().split()
        return Head(int(seq), link)
    except (OSError, ValueError):
        return None


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
