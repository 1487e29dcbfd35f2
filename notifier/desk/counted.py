"""Reports over many tickets: the clock counts them when somebody asks, and a page shows the last count and when it was.
Over few tickets a report is counted while one waits.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from notifier.desk.reports import Report, asked, named, span
from notifier.desk.values import Room
from notifier.rules.roles import Viewer
from notifier.store import report_looks as looks
from notifier.store import reports as rows

LARGE = 2_000  # tickets of these days, in the whole country
FRESH = timedelta(minutes=10)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A report as a page shows it."""

    report: Report | None  # None: it is being counted for the first time
    at: datetime | None = None  # when it was counted; None: just now
    again: bool = False  # it is being counted anew


async def look(room: Room, viewer: Viewer, by: str, first: date, last: date, now: datetime) -> Counted:
    """A report as it stands, or as it was counted last; one that is older than some minutes is counted anew meanwhile.
    Raises Refused.
    """
    asked(viewer, by, first, last)
    over, key = span(room, viewer, first, last), looks.Key(by, viewer.region, first, last)
    async with room.database.read() as db:
        if not await looks.many(db, over.since, over.until, LARGE):
            return Counted(await named(db, by, first, last, await rows.figures(db, by, over, now)))
        kept = await looks.of(db, key)
        at = kept.at if kept else None
        report = await named(db, by, first, last, kept.found) if kept and at else None
    old = at is None or at < now - FRESH
    if old and not (kept and kept.waits):  # the page asks every few seconds while it waits
        async with room.database.write() as db:
            await looks.ask(db, key, now)
    return Counted(report, at, again=old)


async def carry(room: Room, now: datetime) -> int:
    """The clock: count the report that somebody has waited for longest; returns how many were counted."""
    async with room.database.read() as db:
        key = await looks.due(db)
        if key is None:
            return 0
        found = await rows.figures(db, key.by, span(room, key, key.first, key.last), now)
    async with room.database.write() as db:
        await looks.keep(db, key, found, now)
        await looks.forget(db, now - KEPT)
    return 1
