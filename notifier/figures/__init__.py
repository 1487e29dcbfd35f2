"""Figures of the office: how programmes go, how lines fare, what sending costs. From kept counters, never by counting.

`keeping` is the clock's part. It must not know pages, files or channels.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.errors import Refused
from notifier.figures.values import Course, Health, health
from notifier.rules.roles import Right, Viewer, covers
from notifier.store import costs, line_rests, round_figures, stretches
from notifier.store.costs import BY, Cost
from notifier.store.engine import Database
from notifier.store.stretches import Part

__all__ = ["BY", "Course", "Figures", "Health"]

ROUNDS = 12  # of a programme, on one page
LONGEST = 366  # days of one look at lines
RESTS = 200
MONTHS = 36


class Figures:
    """What dashboards show. Raises Refused where somebody may not look, or asks for what there is not."""

    def __init__(self, database: Database, zone: str, lines: Sequence[str]) -> None:
        """`zone`: whose days and months are meant. `lines`: in the order of the file."""
        self._database = database
        self._zone = ZoneInfo(zone)
        self._lines = lines

    async def programme(self, viewer: Viewer, code: str, area: str, chosen: str) -> Course:
        """A programme's newest rounds in an area, and one or all of them by the areas below.

        Without an area it is the viewer's own.
        """
        viewer.needs(Right.SEE_REPORTS)
        area = area or viewer.region
        if not covers(viewer.region, area):
            raise Refused(f'there is no area "{area}" in the region of {viewer.login}')
        async with self._database.read() as db:
            found, made_at = await round_figures.of_rounds(db, code, viewer.region, area, ROUNDS)
            ids = [number for number, of in found if chosen in ("", of.key)]
            below = await round_figures.by_area(db, ids, area)
            name = await round_figures.name_of(db, area) if area else ""
        rounds = [of for _, of in found]
        return Course(area, name, rounds, below, chosen if len(ids) < len(rounds) else "", made_at)

    async def parts(self, viewer: Viewer, first: date, last: date) -> Sequence[Part]:
        """What became of every line's attempts, day by day."""
        viewer.needs(Right.SEE_REPORTS)
        _in_order(first, last)
        async with self._database.read() as db:
            return await stretches.days(db, first, last)

    async def channels(self, viewer: Viewer, first: date, last: date, now: datetime) -> Sequence[Health]:
        """Every line, those of the configuration first and others that once sent after them."""
        found = await self.parts(viewer, first, last)
        since, until = self._span(first, last)
        async with self._database.read() as db:
            rests = await line_rests.between(db, since, until, RESTS)
        names = [*self._lines, *sorted({part.line for part in found} - set(self._lines))]
        return [
            health(
                name,
                [part for part in found if part.line == name],
                [span for span in rests if span.line == name],
                first,
                last,
                now,
            )
            for name in names
        ]

    async def cost(self, viewer: Viewer, by: str, first: date, last: date, now: datetime) -> Sequence[Cost]:
        """What broadcasts of the viewer's region cost that were planned for these days."""
        viewer.needs(Right.SEE_REPORTS)
        if by not in BY:
            raise Refused(f'there is no cost by "{by}"; there are: {", ".join(BY)}')
        _in_order(first, last, 31 * MONTHS)
        since, until = self._span(first, last)
        async with self._database.read() as db:
            return await costs.costs(db, by, viewer.region, since, until, self._zone.key, now)

    def _span(self, first: date, last: date) -> tuple[datetime, datetime]:
        since, until = (datetime.combine(day, time(), self._zone) for day in (first, last + timedelta(days=1)))
        return since, until


def _in_order(first: date, last: date, longest: int = LONGEST) -> None:
    if last < first:
        raise Refused(f"the last day, {last}, is before the first, {first}; change one of them")
    if (last - first).days >= longest:
        raise Refused(f"{first} to {last} is too long to be shown; choose at most {longest} days")
