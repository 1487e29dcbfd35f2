"""A database older than its ledger, a restored backup, sends nothing until a person has looked.

Each data folder remembers the newest link of the ledger (`ledger.head`). A head older than the database's is normal:
other machines seal too. A head that the database does not have, at its number, means that acts were lost. Whoever
notices writes it down as an act, so that every process on every machine knows, also one whose own folder remembers
less; another act of a person ends it. What a folder had remembered before that act is then known to be gone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from notifier.errors import Refused
from notifier.ledger import Head, holds, recall, remember
from notifier.rules.roles import Right, Viewer
from notifier.store import ledger as acts
from notifier.store import restores
from notifier.store.engine import Database
from notifier.store.ledger import Act

log = structlog.get_logger()
ABOUT, NOTICED, CONFIRMED = "database", "restore.noticed", "restore.confirmed"
HELD = "the database was restored: it may have left before"
WHY = "the database is a restored backup: look at what was sent since before it goes on"
SLICE = 200


@dataclass(frozen=True, slots=True)
class Gap:
    """What is known of a lost stretch of the ledger."""

    remembered: int  # number of the newest act we knew
    remembered_at: datetime | None
    found: int  # number of the newest act the database has
    found_at: datetime | None
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation did."""

    held: int  # single notices that wait for a person now
    asking: tuple[int, ...]  # broadcasts that do


class Restored:
    """Notices a restored backup. `open` is the dispatcher's cheap question: may anything leave?"""

    def __init__(self, database: Database, head: Path, worker: str) -> None:
        self._database = database
        self._head = head
        self._worker = worker
        self.gap: Gap | None = None

    @property
    def open(self) -> bool:
        """Whether this process may send, as of its last look."""
        return self.gap is None

    async def look(self, now: datetime) -> bool:
        """Compare the database with what is remembered beside it, and remember its head when all is well."""
        known = recall(self._head)  # before the database is read: meanwhile it can only go on
        async with self._database.read() as db:
            last = await acts.newest_about(db, ABOUT)
            whole = known is None or await holds(db, known)
            newest = await acts.newest_sealed(db)
        if last is not None and last.act == NOTICED:
            self.gap = _gap(json.loads(last.detail), last.at)
            return False
        gone = last is not None and known is not None and (known.at is None or known.at <= last.at)
        if known is not None and not whole and not gone:
            await self._notice(known, newest, last, now)
            return False
        if known is None and newest is not None:  # a new machine, a new folder, or somebody took it away
            log.warning("ledger.head", acts=newest.seq, reason="nothing beside the data remembers the newest act")
        self.gap = None
        await remember(self._database, self._head, now, anyway=not whole)
        return True

    async def _notice(self, known: Head, newest: Act | None, last: Act | None, now: datetime) -> None:
        detail = {
            "remembered": known.seq,
            "remembered_at": known.at.isoformat() if known.at else "",
            "found": newest.seq if newest else 0,
            "found_at": newest.at.isoformat() if newest else "",
        }
        async with self._database.write() as db:
            if await acts.newest_about(db, ABOUT) == last:  # nobody was quicker
                await acts.append(db, at=now, who="clock", act=NOTICED, about=ABOUT, detail=detail)
        self.gap = _gap(detail, now)
        log.error("database.restored", remembered=known.seq, found=detail["found"])

    async def confirm(self, viewer: Viewer, now: datetime, *, resume: bool = False) -> Confirmed:
        """A person has looked: sending goes on. What was queued before may have left in the lost time, so that it waits
        for a person, piece by piece; with `resume` it is sent all the same. Raises Refused.
        """
        viewer.needs(Right.CONTROL_BROADCAST)
        if not viewer.covers(""):
            raise Refused(f"{viewer.login} sees {viewer.region} only; who confirms a restore has to see everything")
        if await self.look(now):
            raise Refused("there is nothing to confirm: the database has every act that is remembered beside it")
        gap = self.gap
        assert gap is not None
        held = 0
        while not resume:
            async with self._database.write_slice() as db:
                found = await restores.hold(db, gap.noticed_at, HELD, self._worker, SLICE)
            held += found
            if found < SLICE:
                break
        async with self._database.write() as db:
            asking = [] if resume else await restores.ask(db, gap.noticed_at, WHY)
            await restores.leap(db, now)
            for number in asking:
                await acts.append(
                    db, at=now, who=viewer.who, act="broadcast.asks", about=f"broadcast:{number}", detail={"why": WHY}
                )
            detail = {"remembered": gap.remembered, "found": gap.found, "held": held, "asking": len(asking)}
            await acts.append(
                db, at=now, who=viewer.who, act=CONFIRMED, about=ABOUT, detail={**detail, "resume": resume}
            )
        self.gap = None
        await remember(self._database, self._head, now, anyway=True)
        return Confirmed(held, tuple(asking))


def _gap(detail: Mapping[str, Any], noticed_at: datetime) -> Gap:
    def at(name: str) -> datetime | None:
        return datetime.fromisoformat(detail[name]) if detail[name] else None

    return Gap(detail["remembered"], at("remembered_at"), detail["found"], at("found_at"), noticed_at)


async def declare(database: Database, remembered: Head, now: datetime, who: str) -> None:
    """Write down that a database is a restored backup, before any process opens it: nothing leaves until a person has
    looked. `remembered`: the newest act that the backup had.
    """
    async with database.write() as db:
        newest = await acts.newest_sealed(db)
        detail = {
            "remembered": remembered.seq,
            "remembered_at": remembered.at.isoformat() if remembered.at else "",
            "found": newest.seq if newest else 0,
            "found_at": newest.at.isoformat() if newest else "",
        }
        await acts.append(db, at=now, who=who, act=NOTICED, about=ABOUT, detail=detail)
