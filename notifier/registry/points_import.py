"""Brings lists of distribution points in. Importing a point again is changing it, with the rounds that will be there.

Columns the file lacks stay as they are; an empty cell of a column it has empties it.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.registry.findings import Finding, Outcome, Tally
from notifier.registry.layouts import POINTS
from notifier.registry.points import Sited, begin, carry, judge_point
from notifier.registry.runs import Imported, Order, Run, count_rows, new_report, open_all, places, slices
from notifier.registry.tables import Row, Source
from notifier.rules.roles import covers
from notifier.store import points
from notifier.store.engine import Database
from notifier.store.points import Point

SLICE = 10  # points written in one transaction, each with its rounds and acts


async def import_points(database: Database, paths: Sequence[Path], order: Order) -> Imported:
    """Bring in points. Raises Refused, before anything is written, for what cannot be read."""
    sources = await open_all(paths, POINTS)
    with new_report(order, "points") as report:
        run = Run(database, order, await places(database), report)
        counts = [await count_rows(source, order) for source in sources]
        for source, rows in zip(sources, counts, strict=True):
            await _bring(run, source, rows)
        return run.result()


async def _bring(run: Run, source: Source, rows: int) -> None:
    tally, import_id = Tally(), await run.begin("points", source)
    seen: dict[str, Sited] = {}
    async for part in slices(source.rows(), SLICE):
        await _slice(run, source, tally, seen, part)
        run.report.flush()
        run.order.progress(source.name, run.order.step, tally.rows, rows)
    await run.finish("points", source, import_id, tally)


async def _slice(run: Run, source: Source, tally: Tally, seen: dict[str, Sited], part: Sequence[Row]) -> None:
    taken: list[tuple[Row, Sited, Sequence[Finding]]] = []
    for row in part:
        sited, found = judge_point(row, run.places, run.order.within)
        outcome = None
        if sited is None:
            outcome = Outcome.REJECTED
        elif sited.code in seen:
            same = seen[sited.code] == sited
            outcome = Outcome.DUPLICATE if same else Outcome.CONFLICT
            found = [Finding("dup_exact" if same else "dup_round", "KODE"), *found]
        else:
            seen[sited.code] = sited
            taken.append((row, sited, found))
        if outcome is not None:
            tally.turn_away(outcome, found)
            run.report.tell(source.name, row.line, found, outcome)
    async with run.database.read() as db:
        known = await points.by_codes(db, {sited.code for _, sited, _ in taken})
    for row, sited, _ in list(taken):
        there = known.get(sited.code)
        if there is not None and not covers(run.order.within, there.region):  # somebody else's point
            found = [Finding("outside_region", "KODE_WILAYAH", there.region)]
            tally.turn_away(Outcome.REJECTED, found)
            run.report.tell(source.name, row.line, found, Outcome.REJECTED)
            taken = [one for one in taken if one[0] is not row]
    codes = {sited.code for _, sited, _ in taken}
    if run.order.dry_run:
        became = [_becomes(sited, known.get(sited.code)) for _, sited, _ in taken]
    else:
        async with run.database.write_slice() as db:
            known = await points.by_codes(db, codes)
            became = [await _write(db, run.order, sited, known.get(sited.code)) for _, sited, _ in taken]
    for (row, sited, found), word in zip(taken, became, strict=True):
        tally.accept(found, word)
        run.regions.add(sited.values["region"])
        run.report.tell(source.name, row.line, found)


def _becomes(sited: Sited, known: Point | None) -> str:
    if known is None:
        return "created"
    same = all(getattr(known, name) == value for name, value in sited.values.items())
    return "unchanged" if same else "changed"


async def _write(db: AsyncConnection, order: Order, sited: Sited, known: Point | None) -> str:
    if known is None:
        await begin(db, sited, order.who, order.now)
        return "created"
    if _becomes(sited, known) == "unchanged":
        return "unchanged"
    held = await points.get(db, known.id, lock=True)
    assert held is not None
    became = await carry(db, held, replace(held, **sited.values), order.who, order.now)
    return "unchanged" if became is held else "changed"
