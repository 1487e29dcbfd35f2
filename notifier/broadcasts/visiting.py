"""The last rung: people no message reached, as a list for field officers, and what one of them found at a door.

Results that come back as a file are the registry's to import.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts import sheets
from notifier.broadcasts.account import SAYS, seen
from notifier.errors import Refused
from notifier.rules import reasons
from notifier.rules.roles import Right, Viewer, covers
from notifier.rules.visits import Result, code_of
from notifier.store import broadcasts as rows
from notifier.store import grounds, rounds, visits
from notifier.store import ledger as acts
from notifier.store.broadcasts import Broadcast
from notifier.store.engine import Database
from notifier.store.rounds import Round
from notifier.store.visits import Scope, Unreached, Visit

SORTED = 5_000  # people on a list; a page of a longer one is not found by sorting them
MANY = 2_000  # people on a list; of a longer one they are counted neither by village nor in all
# The last three are empty: filled in at the doors, the file comes back by `notifier import visits`.
HEAD = (
    "KODE",
    "KODE_WILAYAH",
    "DESA",
    "NAMA",
    "NIK",
    "ALAMAT",
    "RT",
    "RW",
    "SEBAB",
    "KUNJUNGAN",
    "HASIL",
    "TANGGAL",
    "CATATAN",
)


@dataclass(frozen=True, slots=True)
class Doors:
    """A list of people to visit: whose it is, and the words to tell at the doors."""

    scope: Scope
    round: Round
    broadcast: Broadcast | None  # None: of the round over all its broadcasts


class Visiting:
    """The field officers' list and their results."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_broadcast(
        self, broadcast_id: int, viewer: Viewer | None = None, *, region: str = "", stopped: bool = False
    ) -> Doors:
        """The list of one broadcast. `viewer` None: whoever holds the data folder. Raises Refused."""
        async with self._database.read() as db:
            if viewer is not None:
                viewer.needs(Right.SEE_PEOPLE)
                b: Broadcast | None = await seen(db, viewer, broadcast_id)
            else:
                b = await rows.get(db, broadcast_id)
            if b is None:
                raise Refused(f"there is no broadcast {broadcast_id}")
            of = await grounds.of(db, b)
        within = _narrower(viewer.region if viewer else "", region)
        return Doors(Scope(broadcast_id=b.id, region=within, stopped=stopped), of, b)

    async def of_round(self, viewer: Viewer, round_id: int, *, region: str = "", stopped: bool = False) -> Doors:
        """The list of a round: whom none of its broadcasts told as much as it had to say. Raises Refused."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            of = await rounds.get(db, round_id)
        if of is None or not covers(viewer.region, of.region):
            raise Refused(f"there is no round {round_id} in the region of {viewer.login}")
        within = _narrower(viewer.region, region)
        return Doors(Scope(round_id=of.id, region=within, stopped=stopped), of, None)

    async def page(self, doors: Doors, after: tuple[str, int] = ("", 0), limit: int = 200) -> Sequence[Unreached]:
        """People to visit beyond (region, person), village by village."""
        async with self._database.read() as db:
            many = await visits.at_most(db, doors.scope) > SORTED
            if many and doors.scope.stopped:
                return await visits.page_by_person(db, doors.scope, after, limit)
            if many and await visits.by_village(db, doors.scope):
                return await visits.page_of_many(db, doors.scope, after, limit)
            return await visits.page(db, doors.scope, after, limit)

    async def villages(self, doors: Doors) -> Sequence[tuple[str, str, int]]:
        """Where they live: (region, its name, people)."""
        async with self._database.read() as db:
            return await visits.villages(db, doors.scope)

    async def asked_to_stop(self, doors: Doors) -> int:
        """How many people of the same list asked us to stop: a list of its own."""
        async with self._database.read() as db:
            stopped = replace(doors.scope, stopped=True)
            if not await visits.at_most(db, stopped):
                return 0
            return sum(n for *_, n in await visits.villages(db, stopped))

    async def many(self, doors: Doors) -> bool:
        """Whether a list may be too long for anybody to be counted while somebody waits."""
        async with self._database.read() as db:
            return await visits.at_most(db, doors.scope) > MANY

    async def areas(self, doors: Doors) -> Sequence[tuple[str, str]]:
        """(code, name) of the areas by which a long list can be narrowed."""
        async with self._database.read() as db:
            return await visits.areas(db, _narrower(doors.round.region, doors.scope.region))

    async def sheet(self, doors: Doors, form: str, who: str, now: datetime) -> tuple[IO[bytes], int]:
        """The list as a file (csv, xlsx), put on record; close it when it was read."""
        async with self._database.read() as db:
            file, count = await sheets.write(form, HEAD, self._cells(db, doors))
        about = f"broadcast:{doors.broadcast.id}" if doors.broadcast else f"round:{doors.round.id}"
        async with self._database.write() as db:
            detail = {"list": "stopped" if doors.scope.stopped else "unreached", "form": form, "people": count}
            await acts.append(db, at=now, who=who, act="export.unreached", about=about, detail=detail)
        return file, count

    async def _cells(self, db: AsyncConnection, doors: Doors) -> AsyncIterator[Sequence[Sequence[str]]]:
        async for part in visits.walk(db, doors.scope):
            yield [
                (
                    code_of(p.delivery_id),
                    p.region,
                    p.village,
                    p.name,
                    p.nik_masked,
                    p.address,
                    p.rt,
                    p.rw,
                    _why(p),
                    visited(p),
                    *("", "", ""),
                )
                for p in part
            ]

    async def found(self, viewer: Viewer, delivery_id: int, result: str, now: datetime, note: str = "") -> Result:
        """What a visit found today, by one click. Raises Refused."""
        viewer.needs(Right.RECORD_VISIT)
        if result not in set(Result):
            raise Refused(f'"{result}" is no result of a visit; there are: {", ".join(Result)}')
        async with self._database.write() as db:
            known = (await visits.known(db, [delivery_id])).get(delivery_id)
            if known is None or not covers(viewer.region, known.region):
                raise Refused(f"nobody on a list of {viewer.login} has the code {code_of(max(delivery_id, 1))}")
            b = await rows.get(db, known.broadcast_id)
            today = now.astimezone(ZoneInfo(b.zone if b else "Asia/Jakarta")).date()
            if await visits.record(db, [Visit(delivery_id, result, today, note)], viewer.who, now):
                await acts.append(
                    db,
                    at=now,
                    who=viewer.who,
                    act="visit.recorded",
                    about=f"delivery:{delivery_id}",
                    detail={"result": result},
                )
        return Result(result)


def _narrower(own: str, asked: str) -> str:
    """The part of an area that was asked for; all of one's own when it lies elsewhere."""
    return asked if asked and covers(own, asked) else own


def _why(p: Unreached) -> str:
    state, reason = SAYS[p.state], reasons.said(p.reason, "id")
    return f"{state}: {reason}" if reason else state


FOUND: Mapping[str, str] = {
    Result.TOLD: "diberi tahu",
    Result.ABSENT: "tidak ada",
    Result.MOVED: "pindah",
    Result.DIED: "meninggal",
}


def visited(p: Unreached) -> str:
    """What the last visit found, and when; "" when nobody went there yet."""
    told = (FOUND.get(p.visited or "", p.visited), p.visited_on and p.visited_on.isoformat(), p.note)
    return ", ".join(str(word) for word in told if word)
