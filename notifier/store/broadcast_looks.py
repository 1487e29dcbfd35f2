"""What the clock found of large broadcasts, kept for pages: dry runs and accounts. Numbers and ids alone, so that
whoever is erased leaves nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import broadcast_looks, broadcasts, people
from notifier.store.upsert import upsert

DRY_RUN, ACCOUNT = "dry_run", "account"
AT_ONCE = 5  # broadcasts that are noticed in one turn
BEFORE = ("planned", "approved", "asking")  # what has not begun, or asks
_LIVE: ColumnElement[bool] = literal_column("broadcasts.state NOT IN ('done', 'stopped')")  # as its index spells it


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of one broadcast, and how far the next look at it has come."""

    broadcast_id: int
    what: str
    at: datetime | None  # when `found` was found
    found: Mapping[str, Any] | None
    making: Mapping[str, Any] | None
    cursor: int
    wake: datetime | None


_COLUMNS = tuple(broadcast_looks.c[name] for name in Look.__dataclass_fields__)


def _new(what: str, more_than: int, since: datetime, *columns: Any) -> Select[Any]:
    """SQL: broadcasts of more people that nobody looked at; of what is over, if it was to leave after `since`."""
    b, mine = broadcasts.c, broadcast_looks.alias("mine")
    large = b.approved_audience > more_than if what == DRY_RUN else and_(b.audience > more_than, b.expanded > 0)
    near = and_(_LIVE, b.state.in_(BEFORE)) if what == DRY_RUN else or_(_LIVE, b.at > since)
    seen = select(mine.c.what).where(mine.c.broadcast_id == b.id, mine.c.what == what).correlate(broadcasts)
    return select(b.id, *columns).where(near, large, ~seen.exists()).order_by(b.id).limit(AT_ONCE)


async def unnoticed(db: AsyncConnection, what: str, more_than: int, since: datetime) -> bool:
    """Whether notice() would find something: asked every few seconds, so that it waits for nobody."""
    return (await db.execute(_new(what, more_than, since))).first() is not None


async def notice(db: AsyncConnection, what: str, more_than: int, since: datetime, now: datetime) -> None:
    """Begin to look at broadcasts of more people than that."""
    at = bindparam("at_now", now, type_=broadcast_looks.c.wake.type)
    statement = upsert(db, broadcast_looks).from_select(
        ["broadcast_id", "what", "wake"], _new(what, more_than, since, literal(what), at)
    )
    await db.execute(statement.on_conflict_do_nothing())


async def due(db: AsyncConnection, what: str, now: datetime) -> Look | None:
    """The look that has waited longest."""
    c = broadcast_looks.c
    wanted = select(*_COLUMNS).where(c.what == what, c.wake <= now).order_by(c.wake, c.broadcast_id).limit(1)
    row = (await db.execute(wanted)).first()
    return Look(*row) if row else None


async def of(db: AsyncConnection, broadcast_id: int, what: str) -> Look | None:
    """What is known of a broadcast; None when nobody looked at it."""
    c = broadcast_looks.c
    row = (await db.execute(select(*_COLUMNS).where(c.broadcast_id == broadcast_id, c.what == what))).first()
    return Look(*row) if row else None


async def go_on(db: AsyncConnection, look: Look, making: Mapping[str, Any], cursor: int) -> None:
    """Keep how far a look has come."""
    await _put(db, look.broadcast_id, look.what, making=dict(making), cursor=cursor)


async def rest(db: AsyncConnection, look: Look, wake: datetime | None) -> None:
    """Leave it alone until then; None: for good."""
    await _put(db, look.broadcast_id, look.what, making=None, cursor=0, wake=wake)


async def keep(
    db: AsyncConnection, broadcast_id: int, what: str, found: Mapping[str, Any], at: datetime, wake: datetime | None
) -> None:
    """Keep what was found at that time, and when to look again; whether or not anybody looked before."""
    values = {"at": at, "found": dict(found), "making": None, "cursor": 0, "wake": wake}
    statement = upsert(db, broadcast_looks).values(broadcast_id=broadcast_id, what=what, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["broadcast_id", "what"], set_=values))


async def _put(db: AsyncConnection, broadcast_id: int, what: str, **values: Any) -> None:
    c = broadcast_looks.c
    await db.execute(update(broadcast_looks).where(c.broadcast_id == broadcast_id, c.what == what).values(**values))


async def last_person(db: AsyncConnection) -> int:
    """The highest number of the register: how far a walk through it goes."""
    return int((await db.execute(select(func.coalesce(func.max(people.c.id), 0)))).scalar_one())
