"""Brings calendars of rounds in. Importing a round again is editing it: its version counts up and floor 5 is woken.

Columns the file lacks stay as they are; an empty cell of a column it has empties it, for a round is edited as a whole.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.registry.coded import Coded, Kind, bring
from notifier.registry.findings import Finding, shown
from notifier.registry.layouts import ROUNDS
from notifier.registry.round_rows import judge_round
from notifier.registry.rounds import create, elsewhere, sited, write
from notifier.registry.runs import Imported, Order
from notifier.rules.roles import covers
from notifier.store import rounds
from notifier.store.engine import Database
from notifier.store.rounds import Round


async def import_rounds(database: Database, paths: Sequence[Path], order: Order) -> Imported:
    """Bring in rounds. Raises Refused, before anything is written, for what cannot be read."""
    return await bring(database, KIND, paths, order)


async def _admit(
    db: AsyncConnection, planned: Coded, there: Round | None, within: str, findings: Sequence[Finding]
) -> Coded | Sequence[Finding]:
    """The row with its point in place of the code. Who names a point that is not there is turned away, and so is a row
    whose code belongs to a round of a region that is not theirs to touch.
    """
    if there is not None and not covers(within, there.region):
        return [Finding("outside_region", "KODE_WILAYAH", there.region), *findings]
    values = await sited(db, planned.values)
    if values is None:
        return [Finding("unknown_point", "TITIK", shown(planned.values["point"])), *findings]
    return Coded(planned.code, values)


async def _create(db: AsyncConnection, planned: Coded, order: Order) -> None:
    await create(db, {"code": planned.code, **planned.values}, order.who, order.now)


async def _change(db: AsyncConnection, planned: Coded, known: Round, order: Order) -> bool:
    held = await rounds.get(db, known.id, lock=True)
    assert held is not None
    wanted = replace(held, **planned.values)
    wanted = wanted if "point_id" in planned.values else elsewhere(held, wanted)
    return await write(db, held, wanted, order.who, order.now) is not held


KIND = Kind("rounds", ROUNDS, 25, judge_round, _admit, rounds.by_codes, _create, _change)
