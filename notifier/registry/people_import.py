"""Brings registers of people in: read whole first, asked about when they shrank, then written slice by slice.

Knows the order of things; what a row is worth is told by `person_rows`, what it changes by `person_plans`.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from notifier.errors import Refused
from notifier.registry.findings import Finding, Outcome, Tally
from notifier.registry.layouts import PEOPLE
from notifier.registry.person_plans import Entry, Plan, Raced, compare, holding, write
from notifier.registry.person_rows import judge
from notifier.registry.places import areas, dotted
from notifier.registry.runs import Imported, Order, Run, count_rows, new_report, open_all, places, slices
from notifier.registry.seen import KEY, Present, Seen, Sight
from notifier.registry.tables import Row, Source
from notifier.rules.people import Nik, mask_nik, read_nik
from notifier.store import imports, people
from notifier.store.engine import Database
from notifier.store.notebook import Notebook
from notifier.vault import Vault

FEWER = 0.1  # a file may cover this part less of its area's people before it asks
PAGE = 2000  # people looked through at a time for those a file leaves out

_KINDS: Mapping[Sight, Literal["row", "more", "conflict"]] = {
    "first": "row",
    "later": "row",
    "more": "more",
    "other_name": "conflict",
}


@dataclass(frozen=True, slots=True)
class _Cover:
    """What the first walk over a file told."""

    source: Source
    rows: int
    areas: Mapping[str, int]  # area → people of the file there; none when it is a part of a register or rows mended


async def import_people(database: Database, vault: Vault, paths: Sequence[Path], order: Order) -> Imported:
    """Bring in registers of people. Raises Refused, before anything is written, for what cannot be read or asks."""
    sources = await open_all(paths, PEOPLE)
    with new_report(order, "people") as report:
        run = Run(database, order, await places(database), report)
        covers = [await _cover(run, vault, source) for source in sources]
        asks = [ask for cover in covers for ask in await _asks(database, run, cover)]
        if asks and not order.yes and not order.dry_run:
            raise Refused(" ".join(asks))
        with Notebook() as notebook:
            seen, present = Seen(notebook), Present()
            files = [_OneFile(run, vault, cover, seen, present, number) for number, cover in enumerate(covers)]
            for file in files:
                await file.bring()
        for file in files:  # only now is it known whom no file of the run names
            await file.close()
        return run.result(asks)


async def _cover(run: Run, vault: Vault, source: Source) -> _Cover:
    """Read a file from end to end and count its people by area."""

    def look(row: Row) -> None:
        cell, code = row.cells["NIK"], row.cells["KODE_WILAYAH"]
        if not isinstance(cell, str) or not isinstance(code, str):
            return
        nik = read_nik(cell)
        region = dotted(code.strip())
        if isinstance(nik, Nik) and run.places.name(region) is not None:
            notebook.count(region, vault.index(nik.value, "nik")[:KEY])

    with Notebook() as notebook:
        part = source.header.mended or run.order.partial
        rows = await count_rows(source, run.order, None if part else look)
        return _Cover(source, rows, areas(await asyncio.to_thread(notebook.counted)))


async def _asks(database: Database, run: Run, cover: _Cover) -> list[str]:
    """A sentence for each area of which the file has far fewer people than the last one had."""
    found = []
    async with database.read() as db:
        for area, people_now in cover.areas.items():
            last = await imports.last_people(db, area)
            what = "the last file had"
            if last is None:
                last, what = await people.count_within(db, area), "the register has"
            if people_now < last * (1 - FEWER):
                fewer = round(100 * (last - people_now) / last)
                found.append(
                    f"{cover.source.path} has {people_now} people of {area} ({run.places.name(area)}), {what} {last}: "
                    f"{fewer} % fewer. Check that the export is whole; if it is, add --yes. Nothing was changed."
                )
    return found


class _Turned(NamedTuple):
    """A row that leaves the register as it is."""

    line: int
    outcome: Outcome
    findings: Sequence[Finding]


class _Chunk(NamedTuple):
    """Some rows of a file: those to be compared with the register, nobody twice, and those turned away."""

    entries: list[Entry]
    turned: list[_Turned]


class _OneFile:
    """One file on its way into the register."""

    def __init__(self, run: Run, vault: Vault, cover: _Cover, seen: Seen, present: Present, number: int) -> None:
        self._run, self._vault, self._cover, self._seen, self._number = run, vault, cover, seen, number
        self._source = cover.source
        self._tally = Tally()
        self._present = present
        self._import_id = 0

    async def bring(self) -> None:
        """Judge, compare and write, chunk by chunk."""
        self._import_id = await self._run.begin("people", self._source)
        async for part in slices(self._chunks(), 1):
            for chunk in part:
                self._account(chunk, await self._write(chunk.entries))
            self._run.order.progress(self._source.name, self._run.order.step, self._tally.rows, self._cover.rows)

    async def close(self) -> None:
        """List who is absent and write what came of the file."""
        await self._tell_absent()
        more = {"areas": dict(self._cover.areas)} | ({"partial": True} if self._run.order.partial else {})
        await self._run.finish("people", self._source, self._import_id, self._tally, **more)

    def _chunks(self) -> Iterator[_Chunk]:
        run, size = self._run, self._run.slice
        today = run.order.now.date()
        chunk, niks = _Chunk([], []), set[str]()
        for row in self._source.rows():
            person, found = judge(row, run.places, today, run.order.within)
            if len(chunk.entries) == size or len(chunk.turned) == size or (person and person.nik in niks):
                yield chunk
                chunk, niks = _Chunk([], []), set()
            if person is None:
                chunk.turned.append(_Turned(row.line, Outcome.REJECTED, found))
                continue
            index = self._vault.index(person.nik, "nik")
            sight = self._seen.look(person, index, self._number)
            if sight == "same":
                found = [Finding("dup_exact", ""), *found]
                chunk.turned.append(_Turned(row.line, Outcome.DUPLICATE, found))
                continue
            niks.add(person.nik)
            chunk.entries.append(Entry(row.line, person, index, found, _KINDS[sight], row.cells))
        yield chunk

    async def _write(self, entries: Sequence[Entry]) -> Plan:
        """Compare with the register and write what differs."""
        run = self._run
        while True:
            async with run.database.read() as db:
                held = await holding(db, entries)
            plan = compare(entries, held, self._vault)
            if run.order.dry_run or not plan.writes:
                return plan
            try:
                async with run.database.write_slice() as db:
                    plan.ids += await write(db, plan, self._vault, self._import_id, run.order.now)
                return plan
            except Raced:
                continue

    def _account(self, chunk: _Chunk, plan: Plan) -> None:
        """Count and report what the rows became, once they are written."""
        for number in plan.ids:
            self._present.add(number)
        for row in chunk.turned:
            self._turn_away(*row)
        for entry, became in plan.became:
            if became in ("conflict", "kept"):
                reason = "put_right_by_hand" if became == "kept" else "dup_same_nik_other_name"
                finding = Finding(reason, "NAMA", mask_nik(entry.person.nik))
                self._turn_away(entry.line, Outcome.CONFLICT, [finding, *entry.findings])
                if entry.kind == "row" and became == "conflict":
                    self._seen.forget(entry.nik_index)
            elif entry.kind == "more":
                found = [Finding("dup_same_person", ""), *entry.findings]
                self._turn_away(entry.line, Outcome.DUPLICATE, found)
            else:
                self._tally.accept(entry.findings, became)
                self._run.regions.add(entry.person.region)
                self._run.report.tell(self._source.name, entry.line, entry.findings)
        self._run.report.flush()

    def _turn_away(self, line: int, outcome: Outcome, found: Sequence[Finding]) -> None:
        self._tally.turn_away(outcome, found)
        self._run.report.tell(self._source.name, line, found, outcome)

    async def _tell_absent(self) -> None:
        """List who of the file's areas is in the register and not in the file. Nobody is removed."""
        for area in self._cover.areas:
            after = 0
            while True:
                async with self._run.database.read() as db:
                    page = await people.page_within(db, area, after, PAGE)
                for number, masked in page:
                    if number not in self._present:
                        self._present.add(number)  # told once, whatever other file covers the area too
                        self._tally.absent += 1
                        self._run.report.tell(self._source.name, 0, [Finding("absent", "NIK", masked)])
                if len(page) < PAGE:
                    break
                after = page[-1][0]
