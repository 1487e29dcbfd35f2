"""What is kept only so long: requests as they came, what messages said and where they went, what was heard.

Also attachments, addresses of attempts, rows and applications that were decided on. The clock goes through them a
little at a time; rows, states and counts stay. Tickets' words and the register are not aged: they go when a person
asks, or a programme ends, by somebody's decision.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from notifier.store import doubles as walks
from notifier.store import ledger, retention
from notifier.store.engine import Database

SLICE = 500
MOST = 40  # slices of one kind at a time; the next look goes on
RESTS = timedelta(days=1)  # before kinds that are walked through as a whole are begun anew
# What is passed over today may be old enough tomorrow: its report, or the decision about it, was open.
ANEW = frozenset({"attachments", "conflicts", "applications"})


class Retention:
    """Empties what was kept long enough."""

    def __init__(self, database: Database, data: Path, spans: Mapping[str, timedelta]) -> None:
        """`spans`: kind → how long it is kept; nothing is aged whose span is 0. `data`: where attachments lie."""
        self._database = database
        self._data = data
        self._spans = {kind: span for kind, span in spans.items() if span}

    async def would(self, now: datetime) -> dict[str, int]:
        """Kind → how many would be emptied."""
        async with self._database.read() as db:
            return {kind: await retention.count(db, kind, now - span) for kind, span in self._spans.items()}

    async def retain(self, now: datetime, who: str = "clock", most: int | None = MOST) -> dict[str, int]:
        """Empty what is old enough; kind → how many. `most`: slices of each kind; None: all there is."""
        done = {kind: await self._walk(kind, now, span, most) for kind, span in self._spans.items()}
        if any(done.values()):
            async with self._database.write() as db:
                detail = {kind: n for kind, n in done.items() if n}
                await ledger.append(db, at=now, who=who, act="retained", about="retention", detail=detail)
        return done

    async def _walk(self, kind: str, now: datetime, span: timedelta, most: int | None) -> int:
        emptied, turns, name = 0, 0, f"retention.{kind}"
        while most is None or turns < most:
            turns += 1
            async with self._database.read() as db:
                cursor, wake = await walks.standing(db, name) or (0, now)
                if wake > now and most is not None:
                    break
                rows = await retention.some(db, kind, cursor, now - span, SLICE)
            full, through = [row for row in rows if row[2]], len(rows) < SLICE
            anew = through and kind in ANEW
            async with self._database.write_slice() as db:
                await retention.empty(db, kind, [row[0] for row in full])
                after = 0 if anew else rows[-1][0] if rows else cursor
                await walks.stand(db, after, now + RESTS if anew else now, name)
            if kind == "attachments":
                for row in full:
                    (self._data / "files" / Path(row[3]).name).unlink(missing_ok=True)
            emptied += len(full)
            if through:
                break
        return emptied
