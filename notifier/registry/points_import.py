"""Brings lists of distribution points in. Importing a point again is changing it, with the rounds that will be there.

Columns the file lacks stay as they are; an empty cell of a column it has empties it.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.registry.coded import Coded, Kind, bring
from notifier.registry.findings import Finding
from notifier.registry.layouts import POINTS
from notifier.registry.points import begin, carry, judge_point
from notifier.registry.runs import Imported, Order
from notifier.rules.roles import covers
from notifier.store import points
from notifier.store.engine import Database
from notifier.store.points import Point


async def import_points(database: Database, paths: Sequence[Path], order: Order) -> Imported:
    """Bring in points. Raises Refused, before anything is written, for what cannot be read."""
    return await bring(database, KIND, paths, order)


async def _admit(
    db: AsyncConnection, sited: Coded, there: Point | None, within: str, findings: Sequence[Finding]
) -> Coded | Sequence[Finding]:
    if there is not None and not covers(within, there.region):  # somebody else's point
        return [Finding("outside_region", "KODE_WILAYAH", there.region)]
    return sited


async def _create(db: AsyncConnection, sited: Coded, order: Order) -> None:
    await begin(db, sited, order.who, order.now)


async def _change(db: AsyncConnection, sited: Coded, known: Point, order: Order) -> bool:
    held = await points.get(db, known.id, lock=True)
    assert held is not None
    return await carry(db, held, replace(held, **sited.values), order.who, order.now) is not held


# Few to a transaction: each may change the rounds that take place there, with their acts.
KIND = Kind("points", POINTS, 10, judge_point, _admit, points.by_codes, _create, _change)
