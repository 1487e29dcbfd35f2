"""Brings back what field officers found: rows with the code of their list, a result, the day and a note.

Told takes a person off the list; moved and died flag them for somebody to verify. Nobody's right is decided here.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from notifier.registry.cells import day, words
from notifier.registry.findings import Finding, Outcome, Tally, is_rejected, shown
from notifier.registry.layouts import VISITS
from notifier.registry.runs import Imported, Order, Run, count_rows, new_report, open_all, places, slices
from notifier.registry.seen import digest_of
from notifier.registry.tables import Row, Source
from notifier.rules.roles import covers
from notifier.rules.visits import FLAGS, Result, delivery_of, result_of
from notifier.store import visits
from notifier.store.engine import Database
from notifier.store.notebook import Notebook
from notifier.store.visits import Visit, Visited

SLICE = 100  # rows written in one transaction
USUAL, LATEST = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")  # where a day begins first
OLDEST = timedelta(days=366)  # an earlier day is a slip of the pen


class Found(NamedTuple):
    """A row that can be read. `on` is None where the officer wrote no day."""

    line: int
    delivery_id: int
    result: Result
    on: date | None
    note: str
    findings: Sequence[Finding]


async def import_visits(database: Database, paths: Sequence[Path], order: Order) -> Imported:
    """Bring in results of visits. Raises Refused, before anything is written, for what cannot be read."""
    sources = await open_all(paths, VISITS)
    with new_report(order, "visits") as report:
        run = Run(database, order, await places(database), report)
        counts = [await count_rows(source, order) for source in sources]
        for source, rows in zip(sources, counts, strict=True):
            with Notebook() as notebook:
                await _OneFile(run, source, rows, notebook).bring()
        return run.result()


def judge_visit(row: Row, now: datetime) -> tuple[Found | None, Sequence[Finding]]:
    """What a row says and what was found in it. None and no finding that rejects: nobody went there yet."""
    found: list[Finding] = []
    if row.surplus:
        return None, [Finding("wrong_width", "", str(row.width))]
    cells = row.cells
    code = words(cells["KODE"], "KODE", found)
    number = delivery_of(code)
    if number is None:
        found.append(Finding("bad_visit_code" if code else "missing_cell", "KODE", shown(code)))
    text = words(cells["HASIL"], "HASIL", found)
    result = result_of(text)
    if result is None:
        found.append(Finding("unknown_result", "HASIL", shown(text)) if text else Finding("not_visited", "HASIL"))
    on = day(cells.get("TANGGAL", ""), "TANGGAL", found)
    if on is not None and not (now - OLDEST).date() <= on <= now.astimezone(LATEST).date():
        found.append(Finding("impossible_visit_day", "TANGGAL", on.isoformat()))
    note = words(cells.get("CATATAN", ""), "CATATAN", found, 200)
    if number is None or result is None or is_rejected(found):
        return None, found
    if result in FLAGS:
        found.append(Finding(f"visit_{result}", "HASIL"))
    return Found(row.line, number, result, on, note, found), found


class _OneFile:
    """One file of results on its way in."""

    def __init__(self, run: Run, source: Source, rows: int, notebook: Notebook) -> None:
        self._run, self._source, self._rows = run, source, rows
        self._tally = Tally()
        self._seen = notebook
        self._today = run.order.now.astimezone(USUAL).date()

    async def bring(self) -> None:
        import_id = await self._run.begin("visits", self._source)
        async for part in slices(self._source.rows(), SLICE):
            await self._slice(self._read(part))
            self._run.report.flush()
            self._run.order.progress(self._source.name, "writing", self._tally.rows, self._rows)
        await self._run.finish("visits", self._source, import_id, self._tally)

    def _read(self, part: Sequence[Row]) -> list[Found]:
        taken = []
        for row in part:
            read, findings = judge_visit(row, self._run.order.now)
            if read is None and is_rejected(findings):
                self._turn_away(row.line, Outcome.REJECTED, findings)
            elif read is None:
                self._accept(row.line, findings, "unchanged")
            elif self._seen.note(digest_of((read.delivery_id, read.result, read.on))) is not None:
                self._turn_away(row.line, Outcome.DUPLICATE, [Finding("dup_exact", "KODE"), *findings])
            else:
                taken.append(read)
        return taken

    async def _slice(self, taken: Sequence[Found]) -> None:
        ids = {read.delivery_id for read in taken}
        async with self._run.database.read() as db:
            known = await visits.known(db, ids)
            recorded = await visits.recorded(db, ids)
        new = []
        for read in taken:
            if not self._theirs(known.get(read.delivery_id)):
                self._turn_away(read.line, Outcome.REJECTED, [Finding("unknown_visit", "KODE"), *read.findings])
                continue
            days = recorded.get((read.delivery_id, read.result), set())
            if read.on in days or (read.on is None and days):
                self._accept(read.line, read.findings, "unchanged")
            else:
                new.append(Visit(read.delivery_id, read.result, read.on or self._today, read.note))
                self._accept(read.line, read.findings, "created")
        if new and not self._run.order.dry_run:
            async with self._run.database.write_slice() as db:
                await visits.record(db, new, self._run.order.who, self._run.order.now.astimezone(UTC))

    def _theirs(self, delivery: Visited | None) -> bool:
        return delivery is not None and covers(self._run.order.within, delivery.region)

    def _accept(self, line: int, findings: Sequence[Finding], became: str) -> None:
        self._tally.accept(findings, became)
        self._run.report.tell(self._source.name, line, findings)

    def _turn_away(self, line: int, outcome: Outcome, findings: Sequence[Finding]) -> None:
        self._tally.turn_away(outcome, findings)
        self._run.report.tell(self._source.name, line, findings, outcome)
