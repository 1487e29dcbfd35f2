"""Kept counters of what people answered to a broadcast, by what their words meant; and the level an approver saw.

A counter is written last of all in its transaction, wherever it is written: everybody who answers waits for its row.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import echoes, heard
from notifier.store.upsert import upsert

SEEN = "seen:"  # rows that hold what an approver had before their eyes, beside those that count answers


async def count(db: AsyncConnection, broadcast_id: int, intent: str) -> None:
    """One more answer of this kind."""
    statement = upsert(db, echoes).values(broadcast_id=broadcast_id, intent=intent[:24], n=1)
    await db.execute(
        statement.on_conflict_do_update(index_elements=["broadcast_id", "intent"], set_={"n": echoes.c.n + 1})
    )


async def of(db: AsyncConnection, broadcast_id: int) -> dict[str, int]:
    """Answers to a broadcast by intent."""
    return {intent: n for intent, n in (await _all(db, broadcast_id)).items() if not intent.startswith(SEEN)}


async def seen(db: AsyncConnection, broadcast_id: int) -> dict[str, int]:
    """The figures an approver saw when they last said "go on"; empty when nobody had to."""
    found = await _all(db, broadcast_id)
    return {name.removeprefix(SEEN): n for name, n in found.items() if name.startswith(SEEN)}


async def see(db: AsyncConnection, broadcast_id: int, figures: Mapping[str, int]) -> None:
    """Keep the figures an approver sees."""
    rows = [{"broadcast_id": broadcast_id, "intent": SEEN + name, "n": n} for name, n in sorted(figures.items())]
    statement = upsert(db, echoes)
    await db.execute(
        statement.on_conflict_do_update(index_elements=["broadcast_id", "intent"], set_={"n": statement.excluded.n}),
        rows,
    )


async def answered_so_before(db: AsyncConnection, delivery_id: int, heard_id: int, intent: str) -> bool:
    """Whether this delivery was answered to the same effect already: nobody counts twice for saying it again."""
    row = await db.execute(
        select(heard.c.id)
        .where(heard.c.answers_id == delivery_id, heard.c.intent == intent, heard.c.id != heard_id)
        .limit(1)
    )
    return row.first() is not None


async def _all(db: AsyncConnection, broadcast_id: int) -> dict[str, int]:
    rows = await db.execute(select(echoes.c.intent, echoes.c.n).where(echoes.c.broadcast_id == broadcast_id))
    return {intent: int(n) for intent, n in rows}
