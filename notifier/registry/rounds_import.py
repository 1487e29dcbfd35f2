"""Brings calendars of rounds in. Importing a round again is editing it: its version counts up and floor 5 is woken.

Columns the file lacks stay as they are; an empty cell of a column it has empties it, for a round is edited as a whole.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.registry.findings import Finding, Outcome, Tally, shown
from notifier.registry.layouts import ROUNDS
from notifier.registry.round_rows import Planned, judge_round
from notifier.registry.rounds import create, elsewhere, sited, write
from notifier.registry.runs import Imported, Order, Run, count_rows, new_report, open_all, places, slices
from notifier.registry.tables import Row, Source
from notifier.rules.roles import covers
from notifier.store import rounds
from notifier.store.engine import Database
from notifier.store.rounds import Round

SLICE = 25  # rounds written in one transaction, each with its act in the ledger


async def import_rounds(database: Database, paths: Sequence[Path], order: Order) -> Imported:
    """Bring in rounds. Raises Refused, before anything is written, for what cannot be read."""
    sources = await open_all(paths, ROUNDS)
    with new_report(order, "rounds") as report:
        run = Run(database, order, await places(database), report)
        counts = [await count_rows(source, order) for source in sources]
        for source, rows in zip(sources, counts, strict=True):
            await _bring(run, source, rows)
        return run.result()


async def _bring(run: Run, source: Source, rows: int) -> None:
    tally, import_id = Tally(), await run.begin("rounds", source)
    seen: dict[str, Planned] = {}
    async for part in slices(source.rows(), SLICE):
        await _slice(run, source, tally, seen, part)
        run.report.flush()
        run.order.progress(source.name, run.order.step, tally.rows, rows)
    await run.finish("rounds", source, import_id, tally)


async def _slice(run: Run, source: Source, tally: Tally, seen: dict[str, Planned], part: Sequence[Row]) -> None:
    taken: list[tuple[Row, Planned, Sequence[Finding]]] = []
    for row in part:
        planned, found = judge_round(row, run.places, run.order.within)
        outcome = None
        if planned is None:
            outcome = Outcome.REJECTED
        elif planned.code in seen:
            same = seen[planned.code] == planned
            outcome = Outcome.DUPLICATE if same else Outcome.CONFLICT
            found = [Finding("dup_exact" if same else "dup_round", "KODE"), *found]
        else:
            seen[planned.code] = planned
            taken.append((row, planned, found))
        if outcome is not None:
            tally.turn_away(outcome, found)
            run.report.tell(source.name, row.line, found, outcome)
    taken = await _sited(run, source, tally, taken)
    codes = {planned.code for _, planned, _ in taken}
    if run.order.dry_run:
        async with run.database.read() as db:
            known = await rounds.by_codes(db, codes)
        became = [_becomes(planned, known.get(planned.code)) for _, planned, _ in taken]
    else:
        async with run.database.write_slice() as db:
            known = await rounds.by_codes(db, codes)
            became = [await _write(db, run.order, planned, known.get(planned.code)) for _, planned, _ in taken]
    for (row, planned, found), word in zip(taken, became, strict=True):
        tally.accept(found, word)
        run.regions.add(planned.values["region"])
        run.report.tell(source.name, row.line, found)


async def _sited(
    run: Run, source: Source, tally: Tally, taken: Sequence[tuple[Row, Planned, Sequence[Finding]]]
) -> list[tuple[Row, Planned, Sequence[Finding]]]:
    """The rows with their points in place of the codes. Who names a point that is not there is turned away, and so is a
    row whose code belongs to a round of a region that is not theirs to touch.
    """
    found: list[tuple[Row, Planned, Sequence[Finding]]] = []
    async with run.database.read() as db:
        known = await rounds.by_codes(db, {planned.code for _, planned, _ in taken})
        for row, planned, findings in taken:
            values, there = await sited(db, planned.values), known.get(planned.code)
            if there is not None and not covers(run.order.within, there.region):
                wrong = Finding("outside_region", "KODE_WILAYAH", there.region)
            elif values is None:
                wrong = Finding("unknown_point", "TITIK", shown(planned.values["point"]))
            else:
                found.append((row, Planned(planned.code, values), findings))
                continue
            tally.turn_away(Outcome.REJECTED, [wrong, *findings])
            run.report.tell(source.name, row.line, [wrong, *findings], Outcome.REJECTED)
    return found


def _becomes(planned: Planned, known: Round | None) -> str:
    if known is None:
        return "created"
    same = all(getattr(known, name) == value for name, value in planned.values.items())
    return "unchanged" if same else "changed"


async def _write(db: AsyncConnection, order: Order, planned: Planned, known: Round | None) -> str:
    if known is None:
        await create(db, {"code": planned.code, **planned.values}, order.who, order.now)
        return "created"
    if _becomes(planned, known) == "unchanged":
        return "unchanged"
    held = await rounds.get(db, known.id, lock=True)
    assert held is not None
    wanted = replace(held, **planned.values)
    wanted = wanted if "point_id" in planned.values else elsewhere(held, wanted)
    became = await write(db, held, wanted, order.who, order.now)
    return "unchanged" if became is held else "changed"
