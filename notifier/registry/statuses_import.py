"""Brings payment records in: what became of people's benefits, read from files. What follows is `entitling`'s."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from notifier.registry.cells import day, words
from notifier.registry.entitling import LOOK, RECORDS, WRITE, Decided, Said, judge, look, write
from notifier.registry.findings import Finding, Outcome, Tally, is_rejected, shown
from notifier.registry.layouts import STATUSES
from notifier.registry.news import News
from notifier.registry.person_rows import digits_of
from notifier.registry.runs import Imported, Order, Run, count_rows, new_report, open_all, places, slices
from notifier.registry.seen import digest_of
from notifier.registry.tables import Row, Source
from notifier.rules.people import mask_nik
from notifier.rules.rounds import Entitlement
from notifier.store.engine import Database
from notifier.store.notebook import Notebook
from notifier.vault import Vault


async def import_statuses(
    database: Database, vault: Vault, news: News, paths: Sequence[Path], order: Order
) -> Imported:
    """Bring in payment records. Raises Refused, before anything is written, for what cannot be read."""
    sources = await open_all(paths, STATUSES)
    with new_report(order, "statuses") as report:
        run = Run(database, order, await places(database), report)
        counts = [await count_rows(source, order) for source in sources]
        for source, rows in zip(sources, counts, strict=True):
            with Notebook() as notebook:
                await _OneFile(run, vault, news, source, rows, notebook).bring()
        return run.result()


def judge_status(row: Row, vault: Vault, person_id: int | None = None) -> tuple[Said | None, Sequence[Finding]]:
    """What a row says (None when it is rejected) and what was found in it. `person_id`: of whom, where no NIK says."""
    found: list[Finding] = []
    if row.surplus:
        return None, [Finding("wrong_width", "", str(row.width))]
    cells = row.cells
    nik = digits_of(cells["NIK"], found) if person_id is None else None
    code = words(cells["KODE_PENYALURAN"], "KODE_PENYALURAN", found)
    if not code:
        found.append(Finding("missing_cell", "KODE_PENYALURAN"))
    status = words(cells["STATUS"], "STATUS", found).upper()
    if status not in RECORDS:
        found.append(Finding("unknown_status", "STATUS", shown(status), fatal=True))
    on = day(cells.get("TANGGAL", ""), "TANGGAL", found)
    reason = words(cells.get("KETERANGAN", ""), "KETERANGAN", found, 200)
    if (nik is None and person_id is None) or is_rejected(found):
        return None, found
    whose = vault.index(nik, "nik") if nik is not None else person_id
    assert whose is not None
    return Said(row.line, whose, mask_nik(nik or ""), code, Entitlement(status), on, reason, found), found


class _OneFile:
    """One payment record on its way in."""

    def __init__(self, run: Run, vault: Vault, news: News, source: Source, rows: int, notebook: Notebook) -> None:
        self._run, self._vault, self._news, self._source, self._rows = run, vault, news, source, rows
        self._tally = Tally()
        self._seen = notebook
        self._import_id = 0

    async def bring(self) -> None:
        self._import_id = await self._run.begin("statuses", self._source)
        async for part in slices(self._source.rows(), LOOK):
            await self._slice(await asyncio.to_thread(self._read, part))
            self._run.report.flush()
            self._run.order.progress(self._source.name, self._run.order.step, self._tally.rows, self._rows)
        await self._run.finish("statuses", self._source, self._import_id, self._tally)

    def _read(self, part: Sequence[Row]) -> list[Said]:
        taken = []
        for row in part:
            said, found = judge_status(row, self._vault)
            if said is None:
                self._turn_away(row.line, Outcome.REJECTED, found)
                continue
            if self._seen.note(digest_of(said[1:7])) is not None:
                self._turn_away(row.line, Outcome.DUPLICATE, [Finding("dup_exact", ""), *found])
                continue
            taken.append(said)
        return taken

    async def _slice(self, taken: Sequence[Said]) -> None:
        """Look everything up at once, then write what changes in small transactions."""
        async with self._run.database.read() as db:
            there = await look(db, taken)
        often = Counter((said.whose, said.code) for said in taken)
        changes: list[Said] = []
        for said in taken:
            decided = judge(said, there, self._run.order.within, self._run.order.now)
            # Where a person stands twice, the second row depends on what the first one did.
            settled = decided.status is None and often[said.whose, said.code] == 1
            if settled or self._run.order.dry_run:
                self._count(said, decided)
            else:
                changes.append(said)
        order, who = self._run.order, f"import:{self._import_id}"
        for start in range(0, len(changes), WRITE):
            part = changes[start : start + WRITE]
            async with self._run.database.write_slice() as db:
                done = await write(db, self._news, part, who=who, within=order.within, now=order.now)
            for said, decided in zip(part, done, strict=True):
                self._count(said, decided)

    def _count(self, said: Said, decided: Decided) -> None:
        if decided.refusal is not None:
            self._turn_away(said.line, Outcome.REJECTED, [decided.refusal, *said.findings])
            return
        self._tally.accept(said.findings, "unchanged" if decided.status is None else "changed")
        self._tally.notices += decided.tells
        self._run.report.tell(self._source.name, said.line, said.findings)

    def _turn_away(self, line: int, outcome: Outcome, found: Sequence[Finding]) -> None:
        self._tally.turn_away(outcome, found)
        self._run.report.tell(self._source.name, line, found, outcome)
