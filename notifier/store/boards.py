"""The kept counters of the desk's lists: differences, written in the ticket's own transaction, folded into the counters
a little later. Both together are the figures, at every instant.

Differences are only ever added, never changed: no ticket waits for another one's counter.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Subquery, and_, bindparam, delete, func, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.boards import NOBODY, View, differences, level
from notifier.store.schema import board_changes, boards, regions, tickets
from notifier.store.straight import fetch
from notifier.store.upsert import upsert

SLICE = 500  # differences folded in one transaction
COUNTED = ("region", "status", "urgent", "assignee_id", "breached", "undelivered", "closed_at")  # columns of tickets
_KEY = ("level", "region", "view", "account_id")


async def note(db: AsyncConnection, was: Mapping[str, Any] | None, now: Mapping[str, Any]) -> None:
    """Keep what a ticket's change adds to the counters; nothing when it stands in the lists it stood in."""
    await note_all(db, [(was, now)])


async def note_all(db: AsyncConnection, changes: Iterable[tuple[Mapping[str, Any] | None, Mapping[str, Any]]]) -> None:
    """The same for many tickets together: (was, now) each."""
    sums: Counter[tuple[str, View, int]] = Counter()
    for was, now in changes:
        for place, n in differences(was, now).items():
            sums[place] += n
    rows = [
        dict(zip((*_KEY, "n"), (level(area), area, view.value, whose, n), strict=True))
        for (area, view, whose), n in sums.items()
        if n
    ]
    if rows:
        await db.execute(insert(board_changes).values(rows))


def _figures(*conditions: Any) -> Subquery:
    """Counters and differences as one; `conditions`: functions from a table's columns to what must hold."""
    tables = (boards, board_changes)
    parts = (select(*(t.c[name] for name in (*_KEY, "n"))).where(*(hold(t.c) for hold in conditions)) for t in tables)
    return union_all(*parts).subquery()


_HIS = _figures(
    lambda c: and_(
        c.level == bindparam("of_level"), c.region == bindparam("of"), c.account_id.in_((NOBODY, bindparam("whose")))
    )
)
_COUNTS = select(_HIS.c.view, func.sum(_HIS.c.n)).group_by(_HIS.c.view)


async def counts(db: AsyncConnection, region: str, account_id: int) -> dict[View, int]:
    """How many tickets each list holds for a viewer of this area."""
    return counted(await fetch(db, *counting(region, account_id)))


def counting(region: str, account_id: int) -> tuple[Any, Mapping[str, Any]]:
    """The statement of `counts` and its values, for who asks more in the same go; `counted` reads its rows."""
    return _COUNTS, {"of_level": level(region), "of": region.rstrip("."), "whose": account_id}


def counted(rows: Iterable[Any]) -> dict[View, int]:
    """See `counting`."""
    return dict.fromkeys(View, 0) | {View(view): int(n) for view, n in rows}


async def within(db: AsyncConnection, region: str) -> list[tuple[str, str, int]]:
    """The areas just below one that have open tickets: (code, name, how many)."""
    prefix = region.rstrip(".")
    found = _figures(
        lambda c: and_(c.level == level(prefix) + 1, c.view == View.TEAM.value),
        # "/" is what follows "."
        lambda c: and_(c.region > f"{prefix}.", c.region < f"{prefix}/") if prefix else c.region != "",
    )
    n = func.sum(found.c.n)
    rows = await db.execute(
        select(found.c.region, func.coalesce(regions.c.name, ""), n)
        .select_from(found.outerjoin(regions, regions.c.code == found.c.region))
        .group_by(found.c.region, regions.c.name)
        .having(n > 0)
        .order_by(found.c.region)
    )
    return [(code, name, int(many)) for code, name, many in rows]


async def waits(db: AsyncConnection) -> bool:
    """Whether there are differences to fold."""
    return (await db.execute(select(board_changes.c.id).limit(1))).first() is not None


async def fold(db: AsyncConnection, limit: int = SLICE) -> int:
    """Add the oldest differences to their counters; returns how many there were. What comes in meanwhile waits."""
    c = board_changes.c
    oldest = select(c.id).order_by(c.id).limit(limit)
    gone = delete(board_changes).where(c.id.in_(oldest)).returning(*(c[name] for name in (*_KEY, "n")))
    sums: Counter[tuple[Any, ...]] = Counter()
    taken = (await db.execute(gone)).all()
    for *key, n in taken:
        sums[tuple(key)] += n
    rows = [{**dict(zip(_KEY, key, strict=True)), "n": n} for key, n in sorted(sums.items()) if n]
    if rows:
        statement = upsert(db, boards).values(rows)
        added = {"n": boards.c.n + statement.excluded.n}
        await db.execute(statement.on_conflict_do_update(index_elements=list(_KEY), set_=added))
    return len(taken)


async def kept(db: AsyncConnection) -> dict[tuple[str, View, int], int]:
    """All kept figures, without those that are 0: (area, list, whose) → n."""
    c = _figures().c
    rows = await db.execute(
        select(c.region, c.view, c.account_id, func.sum(c.n)).group_by(c.region, c.view, c.account_id)
    )
    return {(region, View(view), whose): int(n) for region, view, whose, n in rows if n}


async def recount(db: AsyncConnection) -> dict[tuple[str, View, int], int]:
    """The same, counted anew from the tickets."""
    found: Counter[tuple[str, View, int]] = Counter()
    for row in (await db.execute(select(*(tickets.c[name] for name in COUNTED)))).mappings():
        found.update(differences(None, dict(row)))
    return dict(found)
