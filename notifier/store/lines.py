"""How lines fare: their rest, what waits for them, what came of the newest attempts, and who was told of trouble."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import NOT_SENT
from notifier.store.schema import attempts, deliveries, paces

NEWEST = 3_000  # attempts that are looked at, over all lines: by their number, no index knows their hour


@dataclass(frozen=True, slots=True)
class Rest:
    """One line's row of the governor."""

    line: str
    parked_until: datetime | None
    parks: int  # refusals as a whole in a row
    alerted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of a test message."""

    id: int
    line: str
    state: str
    reason: str


async def rests(db: AsyncConnection, lines: Collection[str]) -> dict[str, Rest]:
    """The governor's rows of these lines; one that never sent has none."""
    wanted = select(paces.c.scope, paces.c.parked_until, paces.c.parks, paces.c.alerted, paces.c.reason)
    rows = await db.execute(wanted.where(paces.c.scope.in_([f"line:{line}" for line in lines])))
    found = (Rest(scope.removeprefix("line:"), *rest) for scope, *rest in rows)
    return {rest.line: rest for rest in found}


async def set_alerted(db: AsyncConnection, line: str, *, alerted: bool) -> bool:
    """Note that staff know of a trouble, or of its end; False when somebody else was quicker."""
    statement = update(paces).where(paces.c.scope == f"line:{line}", paces.c.alerted.is_not(alerted))
    return (await db.execute(statement.values(alerted=alerted).returning(paces.c.scope))).first() is not None


async def wake(db: AsyncConnection, line: str, now: datetime) -> bool:
    """Let a resting line be tried now; False when it does not rest."""
    statement = update(paces).where(paces.c.scope == f"line:{line}", paces.c.parked_until > now)
    return (await db.execute(statement.values(parked_until=now).returning(paces.c.scope))).first() is not None


async def waiting(db: AsyncConnection, line: str, limit: int) -> int:
    """How many deliveries wait for a line, counted no further than `limit`."""
    some = select(literal(1)).where(deliveries.c.state == "due", deliveries.c.line == line).limit(limit).subquery()
    return int((await db.execute(select(func.count()).select_from(some))).scalar_one())


async def outcomes(db: AsyncConnection, since: datetime) -> tuple[dict[str, tuple[int, int]], bool]:
    """Of the newest attempts begun since then: line → (taken, failed), and whether these are all of them.

    An attempt that was handed back before the provider was called is none.
    """
    newest = (
        select(attempts.c.line, attempts.c.state, attempts.c.reason, attempts.c.started_at)
        .order_by(attempts.c.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    recent = newest.c.started_at >= since
    taken = and_(recent, newest.c.state.in_(("accepted", "delivered", "read")))
    failed = and_(recent, newest.c.state == "failed", newest.c.reason != NOT_SENT)
    rows = await db.execute(
        select(
            newest.c.line,
            func.sum(case((taken, 1), else_=0)),
            func.sum(case((failed, 1), else_=0)),
            func.sum(case((recent, 1), else_=0)),
        ).group_by(newest.c.line)
    )
    found, seen = {}, 0
    for line, ok, bad, begun in rows:
        found[line] = (int(ok), int(bad))
        seen += int(begun)
    return found, seen < NEWEST


async def tested(db: AsyncConnection, delivery_id: int) -> Tested | None:
    """A test message; None for any other delivery."""
    row = (
        await db.execute(
            select(deliveries.c.id, deliveries.c.line, deliveries.c.state, deliveries.c.reason).where(
                deliveries.c.id == delivery_id,
                deliveries.c.event == "test_send",
                or_(deliveries.c.sealed.is_not(None), deliveries.c.account_id.is_not(None)),
            )
        )
    ).first()
    return Tested(*row) if row else None
