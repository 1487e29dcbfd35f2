"""Dry runs of large plans: made by the clock a part of the register at a time, and kept, so that whoever is to approve
waits with a bar in sight instead of in front of a page. What is kept are numbers and ids; names, prices and rates are
those of the moment somebody looks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from notifier.broadcasts.rehearsing import SHOWN, Draft, Rehearsal, Rehearsing, Seen
from notifier.broadcasts.values import BEFORE, Preview
from notifier.rules.roles import Viewer
from notifier.store import broadcast_looks as looks
from notifier.store import broadcasts as rows
from notifier.store import grounds, rehearsals
from notifier.store.broadcast_looks import DRY_RUN, Look
from notifier.store.broadcasts import Broadcast
from notifier.store.engine import Database
from notifier.store.rehearsals import Hindered, Reached, Sample, Way

LARGE = 2_000  # people; fewer are counted while somebody waits
PART = 5_000  # numbers of the register that are looked at together
PARTS = 10  # of one turn
AGES = timedelta(hours=24)  # how long a dry run of a plan that still waits is believed


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A dry run as far as there is one: finished, or how much of the register was looked at."""

    rehearsal: Rehearsal | None
    at: datetime | None = None  # when it was finished; None: just now
    percent: int = 0


class Beforehand:
    """Keeps dry runs."""

    def __init__(self, database: Database, rehearsing: Rehearsing) -> None:
        self._database = database
        self._rehearsing = rehearsing

    def keeps(self, b: Broadcast) -> bool:
        """Whether it is too large to be counted while somebody waits."""
        return b.approved_audience > LARGE

    async def look(self, viewer: Viewer, b: Broadcast, now: datetime) -> Rehearsed:
        """The dry run of a broadcast: of few people just now, of many as the clock made it. Raises Refused."""
        draft = await self._rehearsing.draft(viewer, b.id)
        if not self.keeps(b):
            return Rehearsed(await self._rehearsing.rehearse(viewer, draft, now))
        async with self._database.read() as db:
            look = await looks.of(db, b.id, DRY_RUN)
            if look is None or look.found is None:
                return Rehearsed(None, percent=_percent(look))
            found = _Found.of(look.found)
            who = await rehearsals.those(db, found.ids)
        return Rehearsed(self._rehearsing.told(draft, found.seen(who), now), look.at)

    async def preview(self, viewer: Viewer, b: Broadcast, now: datetime) -> Preview | None:
        """The same in few figures; None while it is being made."""
        found = (await self.look(viewer, b, now)).rehearsal
        if found is None:
            return None
        languages = Counter[str]()
        for rung in found.rungs:
            languages.update(rung.languages)
        return Preview(
            people=found.people,
            by_channel={rung.channel: rung.people for rung in found.rungs},
            by_language=dict(sorted(languages.items())),
            unreachable=sum(found.hindered.values()),
            segments=found.segments,
            price=found.price,
            hours=round(max((rung.hours for rung in found.rungs), default=0.0), 2),
        )

    async def carry(self, now: datetime) -> int:
        """The clock: look at some more people of the plan that has waited longest; returns how many parts."""
        async with self._database.read() as db:
            new = await looks.unnoticed(db, DRY_RUN, LARGE, now)
        if new:
            async with self._database.write() as db:
                await looks.notice(db, DRY_RUN, LARGE, now, now)
        async with self._database.read() as db:
            look = await looks.due(db, DRY_RUN, now)
            b = await rows.get(db, look.broadcast_id) if look else None
            if look is None or b is None:
                return 0
            of = await grounds.of(db, b)
            way = await self._rehearsing.way(db, Draft.of(b, of))
            last = await looks.last_person(db)
        if b.state not in BEFORE:
            await self._rest(look)
            return 0
        return await self._go_on(look, way, last, now)

    async def _go_on(self, look: Look, way: Way, last: int, now: datetime) -> int:
        found, cursor, parts = _Found.of(look.making or {}), look.cursor, 0
        while cursor < last and parts < PARTS:
            part = replace(way, upto=cursor + PART)
            async with self._database.read(snapshot=True) as db:
                reached = await rehearsals.reached(db, part, cursor)
                samples = await rehearsals.samples(db, part, cursor)
                more = SHOWN - len(found.hindered) if any(row.hindered for row in reached) else 0
                hindered = await rehearsals.hindered(db, part, cursor, more) if more > 0 else ()
            found = found.with_part(reached, samples, hindered)
            cursor, parts = cursor + PART, parts + 1
        async with self._database.write() as db:
            if cursor < last:
                await looks.go_on(db, look, {**found.as_json(), "last": last}, cursor)
            else:
                await looks.keep(db, look.broadcast_id, DRY_RUN, found.as_json(), now, now + AGES)
        return parts

    async def _rest(self, look: Look) -> None:
        async with self._database.write() as db:
            await looks.rest(db, look, None)


def _percent(look: Look | None) -> int:
    last = int((look.making or {}).get("last", 0)) if look else 0
    return min(100 * look.cursor // last, 100) if look and last else 0


@dataclass(frozen=True, slots=True)
class _Found:
    """What is kept of a dry run. `ends`: of people written to alike the longest name and the shortest, each as
    (letters, id, zone); `hindered`: the first who cannot be reached, as (id, reason).
    """

    reached: Mapping[tuple[str, str, str, str], int]  # channel, language, zone, what hinders → people
    ends: Mapping[tuple[str, str], tuple[tuple[int, int, str], tuple[int, int, str]]]
    hindered: Sequence[tuple[int, str]]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "_Found":
        return cls(
            {(channel, language, zone, why): n for channel, language, zone, why, n in kept.get("reached", ())},
            {(channel, language): (tuple(a), tuple(z)) for channel, language, a, z in kept.get("ends", ())},
            [(number, why) for number, why in kept.get("hindered", ())],
        )

    def as_json(self) -> Mapping[str, Any]:
        return {
            "reached": [[*alike, n] for alike, n in sorted(self.reached.items())],
            "ends": [[*alike, list(a), list(z)] for alike, (a, z) in sorted(self.ends.items())],
            "hindered": [list(one) for one in self.hindered],
        }

    @property
    def ids(self) -> set[int]:
        """Whose names are shown."""
        return {end[1] for both in self.ends.values() for end in both} | {number for number, _ in self.hindered}

    def with_part(self, reached: Sequence[Reached], samples: Sequence[Sample], more: Sequence[Hindered]) -> "_Found":
        """The same with people who come later in the register."""
        sums = Counter(self.reached)
        for row in reached:
            sums[row.channel, row.language, row.zone, row.hindered] += row.people
        ends = dict(self.ends)
        for sample in samples:
            one = (len(sample.name), sample.person_id, sample.zone)
            longest, shortest = ends.get((sample.channel, sample.language), (one, one))
            ends[sample.channel, sample.language] = (
                one if one[0] > longest[0] else longest,
                one if one[0] < shortest[0] else shortest,
            )
        return _Found(sums, ends, [*self.hindered, *((p.person_id, p.reason) for p in more)])

    def seen(self, who: Mapping[int, tuple[str, str, str, str]]) -> Seen:
        """With the names of those who are still in the register."""
        samples = [
            Sample(channel, language, zone, who[number][0], longest=longest, person_id=number)
            for (channel, language), (a, z) in self.ends.items()
            for (_, number, zone), longest in (((a, True),) if a[1] == z[1] else ((a, True), (z, False)))
            if number in who
        ]
        shown = [Hindered(number, *who[number], why) for number, why in self.hindered if number in who]
        return Seen(
            sum(self.reached.values()), [Reached(*alike, n) for alike, n in self.reached.items()], samples, shown
        )
