"""What the clock counts so that pages need not: attempts by day and line, rests of lines, rounds by area."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from notifier.rules.boards import areas
from notifier.rules.looks import AFTER, next_of_attempts, next_of_round
from notifier.store import line_rests, lines, round_figures, silence, stretches
from notifier.store.engine import Database
from notifier.store.round_figures import COUNTS
from notifier.store.silence import Village

AT_ONCE = 5  # stretches counted in one turn
ROUNDS = 10  # rounds counted in one turn
OF_VILLAGES = COUNTS[:-1]


class Keeping:
    """Each is one call of the clock, by one process at a time; a turn that is missed is made up for by the next."""

    def __init__(self, database: Database, zone: str, names: Collection[str]) -> None:
        """`zone`: whose days are meant. `names`: the configured lines."""
        self._database = database
        self._zone = zone
        self._lines = names

    async def count_attempts(self, now: datetime) -> int:
        """Bring the days of lines up to date; returns how many stretches were counted."""
        async with self._database.write() as db:
            await stretches.grow(db, now, AT_ONCE)
        async with self._database.read() as db:
            waiting = await stretches.waking(db, now, AT_ONCE)
        for one in waiting:
            async with self._database.read() as db:
                found = await stretches.counted(db, one, self._zone, now)
            async with self._database.write() as db:
                await stretches.settle(db, one, found, next_of_attempts(one.looks, now))
        return len(waiting)

    async def watch_lines(self, now: datetime) -> None:
        """Note which lines begin to rest and which work again."""
        async with self._database.read() as db:
            rests = await lines.rests(db, self._lines)
            noted = await line_rests.going_on(db)
        parked = {line: rest for line, rest in rests.items() if rest.parked_until and rest.parked_until > now}
        begun = {line: rest.reason for line, rest in parked.items() if line not in noted}
        ended = {line: _end(span.since, rests.get(line), now) for line, span in noted.items() if line not in parked}
        if begun or ended:
            async with self._database.write() as db:
                await line_rests.note(db, begun, ended, now)

    async def count_rounds(self, now: datetime) -> int:
        """Count the rounds whose time has come anew; returns how many."""
        async with self._database.read() as db:
            waiting = await round_figures.due(db, now - AFTER, now, ROUNDS)
        for round_id, closes_at in waiting:
            people = await self._count_round(round_id)
            async with self._database.write() as db:
                await round_figures.looked(db, round_id, now, next_of_round(people, closes_at, now))
        return len(waiting)

    async def _count_round(self, round_id: int) -> int:
        async with self._database.read() as db:
            villages = await silence.by_village(db, round_id, "")
            complaints = await round_figures.complaints(db, round_id)
            before = await round_figures.there(db, round_id)
        found = summed(villages, complaints)
        gone = {area: Counter[str]() for area in before - set(found)}
        rows = [(area, {name: n[name] for name in COUNTS}) for area, n in sorted((found | gone).items())]
        for first in range(0, len(rows), round_figures.SLICE):
            async with self._database.write_slice() as db:
                await round_figures.write(db, round_id, rows[first : first + round_figures.SLICE])
        return sum(village.people for village in villages)


def summed(villages: Collection[Village], complaints: Mapping[str, int]) -> dict[str, Counter[str]]:
    """Villages and complaints as the figures of every area above them."""
    found: dict[str, Counter[str]] = {}
    for village in villages:
        for area in areas(village.region):
            figures = found.setdefault(area, Counter())
            for name in OF_VILLAGES:
                figures[name] += getattr(village, name)
    for region, n in complaints.items():
        for area in areas(region):
            found.setdefault(area, Counter())["complaints"] += n
    return found


def _end(since: datetime, rest: lines.Rest | None, now: datetime) -> datetime:
    """When a rest was over: when it was to be, unless somebody tried earlier."""
    if rest is None or rest.parked_until is None:
        return now
    return min(now, max(rest.parked_until, since))
