"""Watching a broadcast: how it fares by village, and how fast it goes. Pages read what the clock has kept.

The clock counts a broadcast's rows at most once a minute, and only while the kept counters say that something moved.
"""

import time as clocks
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.broadcasts.account import seen
from notifier.rules.roles import Right, Viewer, covers
from notifier.store import deliveries, loads, places
from notifier.store.broadcasts import Broadcast
from notifier.store.engine import Database
from notifier.store.places import KINDS, LENGTHS, Look, Place

EVERY = timedelta(minutes=1)  # how soon one broadcast is counted again
SHARE = 20  # counting takes at most so small a part of the clock's time
LONG_OVER = timedelta(days=30)  # what comes after that is not counted by village any more
MOST = 60  # areas on one page; where there are more, the larger areas are shown
NOBODY = dict.fromkeys(KINDS, 0)
SHOWS = timedelta(minutes=10)  # an older look tells nothing of how fast it goes now


@dataclass(frozen=True, slots=True)
class Map:
    """A broadcast by area."""

    broadcast: Broadcast
    region: str  # inside which
    areas: Sequence[Place]
    at: datetime | None  # when it was counted; None: not yet
    deeper: bool  # the areas have areas inside

    @property
    def whole(self) -> Place:
        """The sum over the areas shown."""
        sums = {name: sum(getattr(one, name) for one in self.areas) for name in ("people", *KINDS)}
        return Place(self.region, "", **sums)


class Watching:
    """Looks at broadcasts by area."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._not_before = 0.0  # of the monotonic clock

    async def by_area(self, viewer: Viewer, broadcast_id: int, region: str = "") -> Map:
        """A broadcast by area inside a region: villages, or larger areas where there are many. Raises Refused."""
        viewer.needs(Right.SEE_BROADCASTS)
        async with self._database.read() as db:
            b = await seen(db, viewer, broadcast_id)
            inside = region if covers(b.region, region) else b.region
            sizes = await places.lengths(db, b.id, inside)
            length = _length(sizes, inside)
            areas = await places.of(db, b.id, inside, length)
            look = await places.look(db, b.id)
        return Map(b, inside, areas, look.at if look else None, length < LENGTHS[-1])

    async def rate(self, b: Broadcast, now: datetime) -> float | None:
        """Messages a second since the last look; None when that is too long ago to tell, or too short."""
        async with self._database.read() as db:
            look = await places.look(db, b.id)
            carried = await loads.of(db, b.id)
        if look is None or not timedelta(seconds=1) <= now - look.at <= SHOWS:
            return None
        since = sum(load.attempts for load in carried.values()) - look.attempts
        return max(since, 0) / (now - look.at).total_seconds()  # a pause takes back what was about to be sent

    async def count(self, now: datetime) -> int:
        """The clock: count anew what has moved; returns how many broadcasts were."""
        if clocks.monotonic() < self._not_before:
            return 0
        async with self._database.read() as db:
            begun = await places.begun(db, now - EVERY, now - LONG_OVER)
            kept = await deliveries.tally_each(db, begun) if begun else {}
            there = await places.sums(db, begun) if begun else {}
        moved = [number for number in begun if _sums(kept.get(number, {})) != _whole(there.get(number, {}))]
        began = clocks.monotonic()
        for number in moved:
            await self._count(number, now)
        self._not_before = clocks.monotonic() + SHARE * (clocks.monotonic() - began)
        return len(moved)

    async def _count(self, broadcast_id: int, now: datetime) -> None:
        async with self._database.read(snapshot=True) as db:
            found = dict(await places.counted(db, broadcast_id))
            there = await places.kept(db, broadcast_id)
            attempts = sum(load.attempts for load in (await loads.of(db, broadcast_id)).values())
        gone = dict.fromkeys(there.keys() - found.keys(), NOBODY)  # whoever lived there has moved
        moved = [(code, n) for code, n in sorted({**found, **gone}.items()) if there.get(code) != n]
        for start in range(0, len(moved), places.BATCH):
            async with self._database.write_slice() as db:
                await places.keep(db, broadcast_id, moved[start : start + places.BATCH])
        async with self._database.write() as db:
            await places.looked(db, broadcast_id, Look(now, attempts))


def _sums(kept: Mapping[str, int]) -> tuple[int, int, int]:
    """What the counters tell that villages must tell too: waiting, told or unsure, the others."""
    waiting = kept.get("due", 0) + kept.get("sending", 0)
    unsure = sum(kept.get(state, 0) for state in ("accepted", "delivered", "read", "unknown"))
    return waiting, unsure, sum(kept.values()) - waiting - unsure


def _whole(there: Mapping[str, int]) -> tuple[int, int, int]:
    return there.get("waiting", 0), there.get("told", 0) + there.get("unsure", 0), there.get("untold", 0)


def _length(sizes: Mapping[int, int], inside: str) -> int:
    """The smallest areas of which there are not too many."""
    fine = [length for length in LENGTHS if length > len(inside) and sizes[length] <= MOST]
    return max(fine, default=next((length for length in LENGTHS if length > len(inside)), LENGTHS[-1]))
