"""The governor's rows: when a scope's next slot is free, and until when it is parked.

A scope is a line ("line:sms"), a line's share for answers ("line:sms:answers") or one address of a line
("chat:bot:3fa2…"). What a rate means is `rules.pacing`'s; this file only keeps rows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.pacing import SET_BACK, nearer
from notifier.store.schema import attempts, paces
from notifier.store.straight import fetch
from notifier.store.upsert import upsert

CHAT = "chat:"


@dataclass(frozen=True, slots=True)
class Pace:
    """One scope as it stands."""

    scope: str
    next_free: datetime
    parked_until: datetime | None
    parks: int  # how often in a row it was parked; 0: it works
    alerted: bool
    reason: str


_COLUMNS = tuple(paces.c[name] for name in Pace.__dataclass_fields__)


async def lock(db: AsyncConnection, scope: str, line: str, now: datetime) -> tuple[Pace, Pace, datetime | None]:
    """A scope's row, its line's, both held until the transaction ends, and the database's own time where it has one.

    Both rows are made if need be. The line's is held too: whoever waited sees a park or a try that came first.
    """
    wanted = _locking(db.dialect.name)
    values = {"own": scope, "line": line}
    rows = await fetch(db, wanted, values)
    if not rows:
        await db.execute(
            upsert(db, paces).on_conflict_do_nothing(index_elements=["scope"]),
            [{"scope": name, "next_free": now, "reason": ""} for name in sorted({scope, line})],
        )
        rows = await fetch(db, wanted, values)
    [row], cut = rows, len(_COLUMNS)
    return Pace(*row[:cut]), Pace(*row[cut : 2 * cut]), row[-1]


@cache
def _locking(engine: str) -> Any:
    whole = paces.alias("whole")
    clock = literal(None) if engine == "sqlite" else func.clock_timestamp()
    return (
        select(*_COLUMNS, *(whole.c[name] for name in Pace.__dataclass_fields__), clock)
        .select_from(paces.join(whole, whole.c.scope == bindparam("line")))
        .where(paces.c.scope == bindparam("own"))
        .with_for_update(of=(paces, whole))
    )


_ADVANCED = (
    update(paces)
    .where(paces.c.scope == bindparam("own"))
    .values(next_free=bindparam("to", type_=paces.c.next_free.type))
)


async def advance(db: AsyncConnection, scope: str, next_free: datetime) -> None:
    """Slots up to here are taken."""
    await fetch(db, _ADVANCED, {"own": scope, "to": next_free})


async def bring_back(db: AsyncConnection, pace: Pace, now: datetime, next_free: datetime) -> Pace:
    """A held scope whose slots were taken by a clock that has been set back: its next slot is this one, and it rests no
    longer than it was to.
    """
    until = pace.parked_until and nearer(pace.parked_until, pace.next_free, now)
    there = update(paces).where(paces.c.scope == pace.scope)
    await db.execute(there.values(next_free=next_free, parked_until=until))
    return replace(pace, next_free=next_free, parked_until=until)


async def park(
    db: AsyncConnection, scope: str, until: datetime, reason: str, now: datetime, *, again: bool = False
) -> None:
    """Nothing leaves in this scope before then; a park that lasts longer stands. Many refusals at once are one trouble,
    unless it was tried `again`. No slot of it is earlier than `now`, so that it is seen when the clock is set back.
    """
    resting = literal(False) if again else paces.c.parked_until > now
    statement = upsert(db, paces).values(scope=scope, next_free=now, parked_until=until, parks=1, reason=reason[:120])
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["scope"],
            set_={
                "next_free": _not_before(now),
                "parked_until": until,
                "parks": case((resting, paces.c.parks), else_=paces.c.parks + 1),
                "reason": reason[:120],
            },
            where=or_(literal(again), paces.c.parked_until.is_(None), paces.c.parked_until < until),
        )
    )


async def rest(db: AsyncConnection, scope: str, until: datetime, now: datetime) -> None:
    """Somebody tries whether it works again: the others wait until then."""
    await db.execute(update(paces).where(paces.c.scope == scope).values(parked_until=until, next_free=_not_before(now)))


def _not_before(now: datetime) -> Any:
    return case((paces.c.next_free < now, now), else_=paces.c.next_free)


async def resume(db: AsyncConnection, scope: str, tried: datetime) -> None:
    """It works again: whatever is parked goes on now, and the next trouble is the first one. Whoever told staff of the
    trouble tells them of its end too. A park that reaches beyond `tried`, as far as a try rests a scope, was asked for
    meanwhile and stands.
    """
    own = or_(paces.c.parked_until.is_(None), paces.c.parked_until <= tried)
    await db.execute(
        update(paces)
        .where(paces.c.scope == scope, paces.c.parks > 0, own)
        .values(parked_until=None, parks=0, reason="")
    )


async def parked(db: AsyncConnection, now: datetime) -> Sequence[Pace]:
    """Scopes that are parked now."""
    return [Pace(*row) for row in await db.execute(select(*_COLUMNS).where(paces.c.parked_until > now))]


# --- addresses that bear less than their line -------------------------------------------------------------------------


def chat(line: str, address_index: bytes) -> str:
    """The scope of one address of a line."""
    return f"{CHAT}{line}:{address_index.hex()}"


async def chats_parked(db: AsyncConnection, line: str, now: datetime) -> dict[str, datetime]:
    """Addresses of a line that are parked now: scope → until when."""
    rows = await db.execute(
        select(paces.c.scope, paces.c.parked_until).where(
            paces.c.parked_until > now, paces.c.scope.startswith(f"{CHAT}{line}:", autoescape=True)
        )
    )
    return {scope: until for scope, until in rows if until is not None}


async def bring_chats_back(db: AsyncConnection, now: datetime) -> None:
    """Addresses that rest since a time which is still to come rest no longer than they were to."""
    ahead = select(*_COLUMNS).where(paces.c.next_free > now + SET_BACK, paces.c.scope.startswith(CHAT))
    for row in (await db.execute(ahead.order_by(paces.c.scope).with_for_update(skip_locked=True))).all():
        await bring_back(db, Pace(*row), now, now)


async def last_begun(
    db: AsyncConnection, addresses: Collection[bytes], line: str, since: datetime, now: datetime
) -> dict[bytes, datetime]:
    """When a message to each of these addresses last had its slot on this line, if that was after `since`; slots of a
    clock that has been set back do not count.
    """
    slots = attempts.c.started_at
    rows = await db.execute(
        select(attempts.c.address_index, func.max(slots))
        .where(attempts.c.address_index.in_(addresses), slots > since, slots < now + SET_BACK, attempts.c.line == line)
        .group_by(attempts.c.address_index)
    )
    return dict(tuple(row) for row in rows)
