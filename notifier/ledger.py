"""The chained record: the sealer that links what was appended, and the proof that nothing was altered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.store import leases
from notifier.store import ledger as rows
from notifier.store.engine import Database

LEASE = timedelta(seconds=15)
SLICE = 500  # acts linked in one transaction


async def seal(database: Database, holder: str, now: datetime) -> int:
    """Link the acts that wait; only one process does. Returns how many were linked."""
    async with database.read() as db:
        if not await rows.unsealed(db, 1):
            return 0
    linked = 0
    while True:
        async with database.write() as db:
            if not await leases.take(db, "ledger", holder, now, LEASE):
                return linked
            seq, previous = await rows.head(db)
            batch = await rows.unsealed(db, SLICE)
            for act in batch:
                seq += 1
                previous = rows.link(previous, seq, act)
                await rows.set_link(db, act.id, seq, previous)
        linked += len(batch)
        if len(batch) < SLICE:
            return linked


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


async def verify(database: Database) -> Proof:
    """Recompute every link. A row altered, removed or inserted by hand breaks the chain at its number."""
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
        return Proof(count, await rows.waiting(db), previous.hex())
