"""The governor's rows: when a line's next slot is free, and until when it is parked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import paces
from notifier.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Pace:
    """One scope: "line:sms", "chat:bot:-100…"."""

    scope: str
    next_free: datetime
    parked_until: datetime | None
    reason: str


_COLUMNS = tuple(paces.c[name] for name in Pace.__dataclass_fields__)


async def lock(db: AsyncConnection, scope: str, now: datetime) -> Pace:
    """A scope's row, made if need be, held until the transaction ends."""
    await db.execute(
        upsert(db, paces).values(scope=scope, next_free=now, reason="").on_conflict_do_nothing(index_elements=["scope"])
    )
    row = (await db.execute(select(*_COLUMNS).where(paces.c.scope == scope).with_for_update())).one()
    return Pace(*row)


async def advance(db: AsyncConnection, scope: str, next_free: datetime) -> None:
    """Slots up to here are taken."""
    await db.execute(update(paces).where(paces.c.scope == scope).values(next_free=next_free))


async def park(db: AsyncConnection, scope: str, until: datetime, reason: str, now: datetime) -> None:
    """Nothing leaves in this scope before then."""
    statement = upsert(db, paces).values(scope=scope, next_free=now, parked_until=until, reason=reason[:120])
    await db.execute(
        statement.on_conflict_do_update(index_elements=["scope"], set_={"parked_until": until, "reason": reason[:120]})
    )


async def parked(db: AsyncConnection, now: datetime) -> Sequence[Pace]:
    """Scopes that are parked now."""
    return [Pace(*row) for row in await db.execute(select(*_COLUMNS).where(paces.c.parked_until > now))]
