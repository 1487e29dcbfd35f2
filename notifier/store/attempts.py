"""Rows of attempts and receipts: what we were about to do, what came of it, and every word of a provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, Text, bindparam, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.given import among, given, giving, listed
from notifier.store.schema import attempts, receipts
from notifier.store.straight import fetch, many
from notifier.store.upsert import upsert


class Attempt(NamedTuple):
    """One call to one provider."""

    id: int
    delivery_id: int
    number: int
    generation: int
    contact_id: int | None
    line: str
    state: str
    ref: str
    key: str
    reason: str
    segments: int
    settled_at: datetime | None


_COLUMNS = tuple(attempts.c[name] for name in Attempt._fields)


async def begin(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Say that we are about to call; committed before the provider hears of it."""
    await many(db, _BEGUN, rows)


_BEGUN = insert(attempts)
_FINISHED = (
    update(attempts)
    .where(attempts.c.delivery_id == bindparam("b_delivery"), attempts.c.number == bindparam("b_number"))
    .values(
        {
            name: bindparam(f"v_{name}", type_=attempts.c[name].type)
            for name in ("state", "reason", "ref", "segments", "settled_at")
        }
    )
)


async def finish(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write outcomes: b_delivery, b_number, v_state, v_reason, v_ref, v_segments, v_settled_at."""
    await many(db, _FINISHED, rows)


async def accept(db: AsyncConnection, sent: Sequence[tuple[int, int, str, int]], now: datetime) -> None:
    """The provider took these: (delivery, number, ref, segments)."""
    if sent:
        names = ("id", "fence", "ref", "segments")
        await fetch(db, _accepting(db.dialect.name), {**giving(db, names, sent), "accepted_at": now})


@cache
def _accepting(engine: str) -> Any:
    sent = given(engine, id=BigInteger(), fence=Integer(), ref=Text(), segments=Integer())
    return (
        update(attempts)
        .where(attempts.c.delivery_id == sent.c.id, attempts.c.number == sent.c.fence)
        .values(
            state="accepted",
            reason="",
            ref=sent.c.ref,
            segments=sent.c.segments,
            settled_at=bindparam("accepted_at", type_=attempts.c.settled_at.type),
        )
    )


async def of_delivery(db: AsyncConnection, delivery_id: int) -> list[Attempt]:
    """All attempts of a delivery, oldest first."""
    rows = await db.execute(select(*_COLUMNS).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number))
    return [Attempt(*row) for row in rows]


async def numbered(db: AsyncConnection, fences: Mapping[int, int]) -> dict[int, Attempt]:
    """The attempts with these numbers: delivery → number, delivery → attempt."""
    rows = await db.execute(_of_deliveries(db.dialect.name), listed(db, fences))
    found = (Attempt._make(row) for row in rows)
    return {attempt.delivery_id: attempt for attempt in found if fences[attempt.delivery_id] == attempt.number}


@cache
def _of_deliveries(engine: str) -> Any:
    return select(*_COLUMNS).where(among(engine, attempts.c.delivery_id))


async def get(db: AsyncConnection, attempt_id: int) -> Attempt | None:
    """One attempt."""
    row = (await db.execute(select(*_COLUMNS).where(attempts.c.id == attempt_id))).first()
    return Attempt(*row) if row else None


async def named(db: AsyncConnection, line: str, ref: str, key: str) -> Attempt | None:
    """The attempt a receipt speaks of: by the provider's ref, else by our key (the newest with it)."""
    for condition in ((attempts.c.ref == ref) if ref else None, (attempts.c.key == key) if key else None):
        if condition is None:
            continue
        row = (
            await db.execute(
                select(*_COLUMNS).where(attempts.c.line == line, condition).order_by(attempts.c.id.desc()).limit(1)
            )
        ).first()
        if row:
            return Attempt(*row)
    return None


async def better(db: AsyncConnection, attempt_id: int, state: str, reason: str, at: datetime) -> None:
    """A stronger fact about an attempt."""
    await db.execute(
        update(attempts).where(attempts.c.id == attempt_id).values(state=state, reason=reason[:120], settled_at=at)
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt as it is kept."""

    id: int
    line: str
    ref: str
    key: str
    state: str
    reason: str
    permanent: bool


_KEPT = tuple(receipts.c[name] for name in Kept.__dataclass_fields__)


async def keep(db: AsyncConnection, row: Mapping[str, Any]) -> int | None:
    """Keep a provider's word; None when we have it already."""
    result = await db.execute(
        upsert(db, receipts)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["line", "ref", "key", "state"])
        .returning(receipts.c.id)
    )
    found = result.first()
    return int(found[0]) if found else None


_EARLY = select(receipts.c.id).where(receipts.c.attempt_id.is_(None), receipts.c.line == bindparam("of_line")).limit(1)


async def match(db: AsyncConnection, receipt_id: int, attempt_id: int) -> None:
    """Say which attempt a kept receipt speaks of."""
    await db.execute(update(receipts).where(receipts.c.id == receipt_id).values(attempt_id=attempt_id))


Place = tuple[str, str, int]  # line, ref, id: a place among the receipts whose attempt is not known
START: Place = ("", "", 0)


async def found_late(
    db: AsyncConnection, since: datetime, after: Place, limit: int
) -> tuple[list[tuple[Kept, Attempt]], Place]:
    """Receipts that came while the send they name was being settled: neither saw the other then.

    Looks at the next `limit` of those whose attempt is not known; says where the next look goes on.
    """
    place = (receipts.c.line, receipts.c.ref, receipts.c.id)
    rows = await db.execute(
        select(*_KEPT, receipts.c.heard_at)
        .where(
            receipts.c.attempt_id.is_(None),
            receipts.c.ref != "",
            tuple_(*place) > tuple_(*(literal(value, column.type) for value, column in zip(after, place, strict=True))),
        )
        .order_by(*place)
        .limit(limit)
    )
    page = [(Kept(*row[:-1]), row[-1]) for row in rows]
    last = page[-1][0] if len(page) == limit else None
    recent = [kept for kept, heard_at in page if heard_at >= since]
    found: dict[tuple[str, str], Attempt] = {}
    for line in {kept.line for kept in recent}:
        refs = {kept.ref for kept in recent if kept.line == line}
        named = select(*_COLUMNS).where(attempts.c.line == line, attempts.c.ref.in_(refs), attempts.c.ref != "")
        for row in await db.execute(named.order_by(attempts.c.id)):
            attempt = Attempt(*row)
            found[line, attempt.ref] = attempt
    late = [(kept, found[kept.line, kept.ref]) for kept in recent if (kept.line, kept.ref) in found]
    return late, (last.line, last.ref, last.id) if last else START


async def unmatched(db: AsyncConnection, line: str, refs: Sequence[str]) -> list[Kept]:
    """Receipts that came before the send had returned."""
    if not await fetch(db, _EARLY, {"of_line": line}):  # as nearly always
        return []
    rows = await db.execute(
        select(*_KEPT).where(receipts.c.attempt_id.is_(None), receipts.c.line == line, receipts.c.ref.in_(refs))
    )
    return [Kept(*row) for row in rows]
