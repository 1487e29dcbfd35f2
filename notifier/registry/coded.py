"""Brings in rows that have a code of their own, rounds and points: each code once, told apart, written slice by slice.

What a row says, where it may be, and what writing it entails is the kind's own; it must not know either of them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.registry.findings import Finding, Outcome, Tally
from notifier.registry.places import Places
from notifier.registry.runs import Imported, Order, Run, count_rows, new_report, open_all, places, slices
from notifier.registry.seen import digest_of
from notifier.registry.tables import Layout, Row, Source
from notifier.store.engine import Database
from notifier.store.notebook import Notebook


class Coded(NamedTuple):
    """A row that can be taken: its code and the columns that the file speaks of."""

    code: str
    values: Mapping[str, Any]


Taken = list[tuple[Row, Coded, Sequence[Finding]]]


@dataclass(frozen=True)
class Kind:
    """What is brought in."""

    name: str  # of the register
    layout: Layout
    size: int  # rows written in one transaction, each with its act in the ledger
    judge: Callable[[Row, Places, str], tuple[Coded | None, Sequence[Finding]]]
    # The row as it can be written, or what stands in its way; and what the register has by the codes.
    admit: Callable[[AsyncConnection, Coded, Any, str, Sequence[Finding]], Awaitable[Coded | Sequence[Finding]]]
    known: Callable[[AsyncConnection, set[str]], Awaitable[Mapping[str, Any]]]
    create: Callable[[AsyncConnection, Coded, Order], Awaitable[Any]]
    change: Callable[[AsyncConnection, Coded, Any, Order], Awaitable[bool]]  # whether anything became another


async def bring(database: Database, kind: Kind, paths: Sequence[Path], order: Order) -> Imported:
    """Bring in files. Raises Refused, before anything is written, for what cannot be read."""
    sources = await open_all(paths, kind.layout)
    with new_report(order, kind.name) as report:
        run = Run(database, order, await places(database), report)
        counts = [await count_rows(source, order) for source in sources]
        for source, rows in zip(sources, counts, strict=True):
            tally, import_id = Tally(), await run.begin(kind.name, source)
            with Notebook() as seen:
                async for part in slices(source.rows(), kind.size):
                    await _slice(run, kind, source, tally, seen, part)
                    run.report.flush()
                    run.order.progress(source.name, run.order.step, tally.rows, rows)
            await run.finish(kind.name, source, import_id, tally)
        return run.result()


async def _slice(run: Run, kind: Kind, source: Source, tally: Tally, seen: Notebook, part: Sequence[Row]) -> None:
    taken: Taken = []
    for row in part:
        coded, found = kind.judge(row, run.places, run.order.within)
        outcome = None
        if coded is None:
            outcome = Outcome.REJECTED
        elif (before := seen.note(coded.code.encode(), whole := digest_of(coded))) is not None:
            same = before == whole
            outcome = Outcome.DUPLICATE if same else Outcome.CONFLICT
            found = [Finding("dup_exact" if same else "dup_round", "KODE"), *found]
        else:
            taken.append((row, coded, found))
        if outcome is not None:
            tally.turn_away(outcome, found)
            run.report.tell(source.name, row.line, found, outcome)
    taken = await _admitted(run, kind, source, tally, taken)
    codes = {coded.code for _, coded, _ in taken}
    if run.order.dry_run:
        async with run.database.read() as db:
            known = await kind.known(db, codes)
        became = [_becomes(coded, known.get(coded.code)) for _, coded, _ in taken]
    else:
        async with run.database.write_slice() as db:
            known = await kind.known(db, codes)
            became = [await _write(db, kind, run.order, coded, known.get(coded.code)) for _, coded, _ in taken]
    for (row, coded, found), word in zip(taken, became, strict=True):
        tally.accept(found, word)
        run.regions.add(coded.values["region"])
        run.report.tell(source.name, row.line, found)


async def _admitted(run: Run, kind: Kind, source: Source, tally: Tally, taken: Taken) -> Taken:
    """The rows as they can be written; the others are turned away."""
    admitted: Taken = []
    async with run.database.read() as db:
        known = await kind.known(db, {coded.code for _, coded, _ in taken})
        for row, coded, findings in taken:
            became = await kind.admit(db, coded, known.get(coded.code), run.order.within, findings)
            if isinstance(became, Coded):
                admitted.append((row, became, findings))
                continue
            tally.turn_away(Outcome.REJECTED, became)
            run.report.tell(source.name, row.line, became, Outcome.REJECTED)
    return admitted


def _becomes(coded: Coded, known: Any) -> str:
    if known is None:
        return "created"
    same = all(getattr(known, name) == value for name, value in coded.values.items())
    return "unchanged" if same else "changed"


async def _write(db: AsyncConnection, kind: Kind, order: Order, coded: Coded, known: Any) -> str:
    if known is None:
        await kind.create(db, coded, order)
        return "created"
    if _becomes(coded, known) == "unchanged":
        return "unchanged"
    return "changed" if await kind.change(db, coded, known, order) else "unchanged"
