"""Receipts as evidence: the table of a round by village, the list of the silent, and their being asked once more.

The second question is a plan of the clock like any other: somebody approves it. It goes to exactly those whom the first
one reached and who did not answer, on another channel; who has none stays on the list.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import IO

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts import Broadcasts, sheets
from notifier.broadcasts.audience import audience
from notifier.errors import Refused
from notifier.rules.audiences import Rule
from notifier.rules.roles import Right, Viewer, covers
from notifier.store import broadcasts as rows
from notifier.store import ledger as acts
from notifier.store import round_figures, rounds, silence
from notifier.store.engine import Database
from notifier.store.rounds import Round
from notifier.store.silence import QUESTION, Silent, Village

log = structlog.get_logger()
LARGE = 2_000  # people of a round whose table is not counted while somebody waits
OLDEST = timedelta(days=30)  # a question asked longer ago is not asked again
COUNTS = ("people", "told", "confirmed", "denied", "silent", "unreachable", "other")
VILLAGES = ("KODE_WILAYAH", "DESA", "ORANG", "DIBERI_TAHU", "DITERIMA", "BELUM", "DIAM", "TAK_TERJANGKAU", "LAINNYA")
PEOPLE = ("KODE_WILAYAH", "DESA", "NAMA", "NIK", "ALAMAT", "RT", "RW", "DITANYA", "TERAKHIR")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a round went: its villages, and all of them together."""

    round: Round
    villages: Sequence[Village]
    at: datetime | None = None  # when these were counted; None: just now

    @property
    def whole(self) -> Village:
        """The sum over the villages shown."""
        return Village("", "", *(sum(getattr(one, name) for one in self.villages) for name in COUNTS))


class Silence:
    """What became of the question of receipt."""

    def __init__(self, database: Database, broadcasts: Broadcasts) -> None:
        self._database = database
        self._broadcasts = broadcasts

    # --- looking ---

    async def coverage(self, round_id: int, viewer: Viewer | None = None) -> Coverage:
        """The table of a round. `viewer` None: whoever holds the data folder. Raises Refused."""
        of = await self._round(round_id, viewer, Right.SEE_ROUNDS)
        async with self._database.read() as db:
            return Coverage(of, await silence.by_village(db, of.id, viewer.region if viewer else ""))

    async def of_code(self, code: str, viewer: Viewer | None = None) -> Coverage:
        """The same of the round that people call by this code."""
        async with self._database.read() as db:
            of = await rounds.by_code(db, code)
        if of is None:
            raise Refused(f'no round has the code "{code}"; see: notifier rounds --help')
        return await self.coverage(of.id, viewer)

    async def page(
        self, viewer: Viewer, round_id: int, after: tuple[str, int], limit: int
    ) -> tuple[Round, Sequence[Silent]]:
        """The silent of a round beyond (region, person); of a large one in the villages that had any when the clock
        last counted them. Raises Refused.
        """
        of = await self._round(round_id, viewer, Right.SEE_PEOPLE)
        async with self._database.read() as db:
            people, at = await round_figures.size(db, of.id)
            if at is None or people <= LARGE:
                return of, await silence.page(db, of.id, viewer.region, after, limit)
            villages = await round_figures.villages(db, of.id, viewer.region)
            near = [one.region for one in villages if one.silent and one.region >= after[0]]
            return of, await silence.page_of_many(db, of.id, near, after, limit)

    async def sheet(self, viewer: Viewer, round_id: int, what: str, form: str, now: datetime) -> tuple[IO[bytes], int]:
        """The table ("coverage") or the list ("silent") as a file, put on record; close it when it was read."""
        viewer.needs(Right.EXPORT)
        found = await self.coverage(round_id, viewer)
        async with self._database.read() as db:
            parts = _cells(found) if what == "coverage" else _people(db, found.round, viewer.region)
            file, count = await sheets.write(form, VILLAGES if what == "coverage" else PEOPLE, parts)
        async with self._database.write() as db:
            detail = {"list": what, "form": form, "rows": count}
            about = f"round:{round_id}"
            await acts.append(db, at=now, who=viewer.who, act=f"export.{what}", about=about, detail=detail)
        return file, count

    async def _round(self, round_id: int, viewer: Viewer | None, right: Right) -> Round:
        if viewer is not None:
            viewer.needs(right)
        async with self._database.read() as db:
            of = await rounds.get(db, round_id)
        if of is None or (viewer is not None and not covers(viewer.region, of.region)):
            raise Refused(f"there is no round {round_id}{f' in the region of {viewer.login}' if viewer else ''}")
        return of

    async def glance(self, round_id: int, viewer: Viewer) -> Coverage:
        """The table as a page shows it: of a large round as the clock last counted it. Raises Refused."""
        of = await self._round(round_id, viewer, Right.SEE_ROUNDS)
        async with self._database.read() as db:
            people, at = await round_figures.size(db, of.id)
            if at is not None and people > LARGE:
                return Coverage(of, await round_figures.villages(db, of.id, viewer.region), at)
        return await self.coverage(round_id, viewer)

    # --- asking once more ---

    async def ask_again(self, now: datetime, after_days: int) -> int:
        """Plan the second question where the first one is `after_days` old; returns how many were planned."""
        if not after_days:
            return 0
        async with self._database.read() as db:
            waiting = await silence.unanswered(db, now - OLDEST, now - timedelta(days=after_days))
        return sum([await self._ask(broadcast_id, round_id, now) for broadcast_id, round_id in waiting])

    async def _ask(self, broadcast_id: int, round_id: int, now: datetime) -> bool:
        async with self._database.read() as db:  # counting people takes time, and nobody waits for a reader
            of = await rounds.get(db, round_id)
            b = await rows.get(db, broadcast_id)
            if of is None or b is None or of.state != "open" or of.version != b.round_version:
                return False  # what was asked is not so any more
            if await silence.asks_again(db, b.event, b.parent_id):
                return False  # it took up a second question that was stopped: nobody is asked a third time
            people = await rows.size(db, audience(QUESTION, of, broadcast_id, Rule.of(b.rule)))
        if not people:
            return False
        async with self._database.write() as db:
            await rounds.get(db, round_id, lock=True)
            if (broadcast_id, round_id) not in await silence.unanswered(db, now - OLDEST, now):
                return False  # somebody else was faster
            try:
                await self._broadcasts.draft(
                    db,
                    QUESTION,
                    of,
                    at=now,
                    who="clock",
                    now=now,
                    people=people,
                    parent_id=broadcast_id,
                    rule=Rule.of(b.rule),
                )
            except Refused as error:
                log.info("question.not_planned", round=of.code, reason=str(error))
                return False
        return True


async def _cells(found: Coverage) -> AsyncIterator[Sequence[Sequence[object]]]:
    names = [field.name for field in fields(Village)]
    yield [[getattr(village, name) for name in names] for village in found.villages]


async def _people(db: AsyncConnection, of: Round, region: str) -> AsyncIterator[Sequence[Sequence[object]]]:
    async for part in silence.walk(db, of.id, region):
        yield [(p.region, p.village, p.name, p.nik_masked, p.address, p.rt, p.rw, p.asked, _day(p.last)) for p in part]


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
