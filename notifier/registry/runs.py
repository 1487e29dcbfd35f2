"""What every import shares: how it was asked for, what came of it, and the frame round one file's slices.

Knows no kind of row.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from notifier.errors import Refused
from notifier.registry.files import open_table
from notifier.registry.findings import Report, Tally
from notifier.registry.places import Places
from notifier.registry.tables import Layout, Row, Source, Unreadable
from notifier.rules.people import PROGRAMMES
from notifier.rules.rounds import Enrolment, Entitlement, Method
from notifier.store import doubles, imports
from notifier.store import ledger as acts
from notifier.store.engine import Database

# Rows in one write transaction. On SQLite other writers wait for it, so it stays below 20 ms.
SLICE_SQLITE, SLICE_POSTGRESQL = 100, 1000
READ = 500  # rows read together where they are only counted; each is some kilobytes in memory

Progress = Callable[[str, str, int, int], None]  # file, step, rows done, rows in all (0: not known)
Item = TypeVar("Item")

_STATUSES: Mapping[str, type[Enrolment] | type[Entitlement]] = MappingProxyType(
    {"people": Enrolment, "rounds": Enrolment, "statuses": Entitlement, "visits": Entitlement, "points": Enrolment}
)


def _no_progress(name: str, step: str, done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Order:
    """How an import was asked for."""

    who: str  # "account:3", "cli:siti"
    now: datetime
    dry_run: bool = False  # write nothing
    yes: bool = False  # go on although a file covers fewer people than the last one
    partial: bool = False  # a part of a register on purpose: it asks nothing, and no later file is measured by it
    within: str = ""  # area by prefix that whoever imports may touch
    report: Path | None = None
    rejected: Path | None = None  # where the lines of rejected rows are noted, for whoever gives the rows back
    progress: Progress = _no_progress

    @property
    def step(self) -> str:
        """What is done after a file was read whole: the second walk over its rows."""
        return "checking" if self.dry_run else "writing"


@dataclass(frozen=True, slots=True)
class FileCounts:
    """One file of a run."""

    name: str
    import_id: int | None  # None in a dry run
    counts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a run."""

    counts: Mapping[str, Any]  # of all files together
    files: Sequence[FileCounts]
    dry_run: bool
    asks: Sequence[str] = ()  # sentences that a run without --yes would refuse with

    def as_json(self) -> dict[str, Any]:
        """The counts, then what belongs to each file."""
        files = [{"name": file.name, "import": file.import_id, **file.counts} for file in self.files]
        return {**self.counts, "dry_run": self.dry_run, "asks": list(self.asks), "files": files}


@dataclass(slots=True)
class Run:
    """One run under way."""

    database: Database
    order: Order
    places: Places
    report: Report
    total: Tally = field(default_factory=Tally)
    files: list[FileCounts] = field(default_factory=list)
    regions: set[str] = field(default_factory=set)  # codes that rows of the present file named

    @property
    def slice(self) -> int:
        """Rows in one write transaction."""
        return SLICE_SQLITE if self.database.is_sqlite else SLICE_POSTGRESQL

    async def begin(self, what: str, source: Source) -> int:
        """Write that a file is coming in; 0 in a dry run."""
        if self.order.dry_run:
            return 0
        async with self.database.write() as db:
            return await imports.begin(db, what, source.name, source.digest, self.order.who, self.order.now)

    async def finish(self, what: str, source: Source, import_id: int, tally: Tally, **more: Any) -> None:
        """Write what came of a file, and its link in the ledger."""
        counts = tally.as_json() | more
        self.total += tally
        self.files.append(FileCounts(source.name, import_id or None, counts))
        if self.order.dry_run:
            return
        names = list(self.places.above(self.regions).items())
        for start in range(0, len(names), self.slice):
            async with self.database.write_slice() as db:
                await imports.name_regions(db, names[start : start + self.slice])
        self.regions.clear()
        async with self.database.write() as db:
            await imports.finish(db, import_id, counts)
            if what == "people":
                await doubles.again(db, self.order.now)
            detail = {key: value for key, value in counts.items() if isinstance(value, int) and value}
            await acts.append(
                db,
                at=self.order.now,
                who=self.order.who,
                act=f"import.{what}",
                about=f"import:{import_id}",
                detail=detail,
            )

    def result(self, asks: Sequence[str] = ()) -> Imported:
        """What came of it all."""
        return Imported(self.total.as_json(), tuple(self.files), self.order.dry_run, tuple(asks))


async def open_all(paths: Sequence[Path], layout: Layout) -> list[Source]:
    """Look at all files before anything is done with the first. Raises Unreadable."""
    if not paths:
        raise Refused("no file was given")
    return [await asyncio.to_thread(open_table, path, layout) for path in paths]


def new_report(order: Order, what: str) -> Report:
    """The report of a run, with the lists that its sentences name."""
    words = {
        "programmes": ", ".join(PROGRAMMES),
        "methods": ", ".join(Method),
        "statuses": ", ".join(_STATUSES[what]),
    }
    return Report(order.report, words, order.rejected)


async def places(database: Database) -> Places:
    """The regions there are."""
    async with database.read() as db:
        return Places(await imports.region_names(db))


async def slices(items: Iterator[Item], size: int) -> Any:
    """Give an iterator's items in lists; each is made in a thread, so that whoever shares the loop is not held up."""
    while part := await asyncio.to_thread(lambda: list(islice(items, size))):
        yield part


async def count_rows(source: Source, order: Order, look: Callable[[Row], None] | None = None) -> int:
    """Walk a file once from end to end: nothing may be written before it was read whole. Returns its rows. `look` is
    shown each of them, in a thread.
    """
    count = 0
    async for part in slices(_looked_at(source.rows(), look) if look is not None else source.rows(), READ):
        count += len(part)
        order.progress(source.name, "reading", count, 0)
    if not count:
        raise Unreadable(f"{source.path}: no row stands below the header on line {source.header.line}")
    return count


def _looked_at(rows: Iterator[Row], look: Callable[[Row], None]) -> Iterator[Row]:
    for row in rows:
        look(row)
        yield row
