"""The queue of a line: what is due there, claimed under a lease, with all that its words and its address need.

Knows SQL and the order of the queue: lanes first, then how long something waits. What may leave is not decided here.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    bindparam,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import Lane
from notifier.store.given import among, listed
from notifier.store.schema import (
    Id,
    accounts,
    broadcasts,
    contacts,
    deliveries,
    people,
    rounds,
)
from notifier.store.straight import fetch

HALTED = ("paused", "stopped", "asking")  # states of a broadcast from which nothing is claimed
BULK = int(Lane.BULK)  # the lane of broadcasts; the smaller ones go first


class Taken(NamedTuple):
    """A delivery whose turn has come, as its own row tells it."""

    id: int
    broadcast_id: int | None
    person_id: int | None
    contact_id: int | None
    ticket_id: int | None
    event: str
    language: str
    zone: str
    facts: Mapping[str, Any] | None
    round_version: int
    generation: int
    fence: int
    tries: int
    expires_at: datetime | None
    window: bool
    lane: int
    due_at: datetime
    thread: str
    sealed: bytes | None
    maybe_twice: bool
    round_id: int | None


class Claimed(NamedTuple):
    """The same with all that its words and its address need."""

    id: int
    broadcast_id: int | None
    person_id: int | None
    contact_id: int | None
    ticket_id: int | None
    event: str
    language: str
    zone: str
    facts: Mapping[str, Any] | None
    round_version: int
    generation: int
    fence: int
    tries: int
    expires_at: datetime | None
    window: bool
    lane: int
    due_at: datetime
    thread: str
    sealed: bytes | None
    maybe_twice: bool  # an earlier copy may have arrived
    kind: str | None  # from here on what other tables know
    address: str | None
    contact_state: str | None
    stopped: bool
    name: str | None
    account_kind: str | None
    account_address: str | None
    round: Mapping[str, Any] | None
    broadcast_facts: Mapping[str, Any] | None


Mark = tuple[int, datetime, int]  # lane, due_at, id: a place in the queue of a line


async def waits(db: AsyncConnection, line: str, now: datetime, *, after: datetime | None = None) -> bool:
    """Is anything due on a line? A look without a lock, for workers that found nothing last time.

    `after`: of what broadcasts have there, look only at what fell due later.
    """
    if after is None:
        return (await db.execute(_WAITS, {"of_line": line, "now": now})).first() is not None
    return (await db.execute(_WAITS_AFTER, {"of_line": line, "now": now, "after": after})).first() is not None


async def halted(db: AsyncConnection) -> frozenset[int]:
    """Broadcasts from which nothing is claimed."""
    return frozenset((await db.execute(_HALTED_IDS)).scalars())


async def claim(
    db: AsyncConnection,
    line: str,
    now: datetime,
    lease_until: datetime,
    limit: int,
    *,
    bulk: bool,
    after: Mark | None = None,
) -> list[Taken]:
    """Take up to `limit` due deliveries of a line; each gets a lease and the next fence. Returns their rows in order.

    `bulk`: those of broadcasts too, after everything else. `after`: look for them only behind this place of their lane,
    past the rows that were claimed since and that an old snapshot keeps in the index.
    """
    values: dict[str, Any] = {"of_line": line, "now": now, "lease": lease_until, "n": limit}
    if after is not None:
        _, values["after_due"], values["after_id"] = after
    taken = map(Taken._make, await fetch(db, _claiming(bulk, after is not None), values))
    return sorted(taken, key=attrgetter("lane", "due_at", "id"))


_TAKEN = tuple(deliveries.c[name] for name in Taken._fields)
_ORDER = (deliveries.c.lane, deliveries.c.due_at, deliveries.c.id)
_HALTED_IDS = select(broadcasts.c.id).where(broadcasts.c.state.in_(HALTED))
_HALTED = _HALTED_IDS.scalar_subquery()
_TIME = deliveries.c.due_at.type
_DUE = select(deliveries.c.id).where(
    deliveries.c.state == literal_column("'due'"),  # so that the partial index serves a kept plan too
    deliveries.c.line == bindparam("of_line"),
    deliveries.c.due_at <= bindparam("now", type_=_TIME),
    or_(deliveries.c.broadcast_id.is_(None), deliveries.c.broadcast_id.not_in(_HALTED)),
)


def _waiting(*after: Any) -> Any:
    """Lane by lane, each in the order of the index: a kept plan for any times then takes the index too."""
    lanes = [_DUE.where(deliveries.c.lane == lane) for lane in range(BULK + 1)]
    lanes[BULK] = lanes[BULK].where(*after)
    first = (lane.order_by(deliveries.c.due_at, deliveries.c.id).limit(1).scalar_subquery() for lane in lanes)
    return select(literal(1)).where(or_(*(found.is_not(None) for found in first)))


_WAITS = _waiting()
_WAITS_AFTER = _waiting(deliveries.c.due_at > bindparam("after", type_=_TIME))


@cache
def _claiming(bulk: bool, after: bool) -> Any:
    most = bindparam("n", type_=Integer)
    pick = _first(_DUE.where(deliveries.c.lane < BULK), most).cte("answers")
    if bulk:
        # One lane alone lets the index end at `now`, before a million rows that wait for tomorrow's window.
        wanted = _DUE.where(deliveries.c.lane == BULK)
        if after:
            place = bindparam("after_due", type_=_TIME), bindparam("after_id", type_=Id)
            # The lane is given already: named once more here, it would keep the walk from beginning at the place.
            wanted = wanted.where(tuple_(*_ORDER[1:]) > tuple_(*place))
        rest = _first(wanted, most).cte("rest")
        pick = union_all(select(pick.c.id), select(rest.c.id)).limit(most).cte("pick")  # in this order, no row too many
    return (
        update(deliveries)
        .where(deliveries.c.id.in_(select(pick.c.id)))
        .values(
            state="sending",
            lease_until=bindparam("lease", type_=_TIME),
            fence=deliveries.c.fence + 1,
            tries=deliveries.c.tries + 1,
        )
        .returning(*_TAKEN)
    )


def _first(wanted: Select[Any], most: BindParameter[int]) -> Select[Any]:
    return wanted.order_by(*_ORDER).limit(most).with_for_update(skip_locked=True)


async def claimed(db: AsyncConnection, taken: Sequence[Taken]) -> list[Claimed]:
    """Claimed rows with all that their words and addresses need. What many share is asked for once."""
    found = await fetch(db, _who(db.dialect.name), listed(db, [row.id for row in taken]))
    who = {row[0]: row for row in found}
    said = await _around_broadcasts(db, {row.broadcast_id for row in taken if row.broadcast_id is not None})
    alone = {row.round_id for row in taken if row.broadcast_id is None and row.round_id is not None}
    rounds_alone = await _around(db, alone)
    claimed = []
    for row in taken:
        facts, around = said[row.broadcast_id] if row.broadcast_id is not None else (None, None)
        around = around or rounds_alone.get(row.round_id or 0)
        claimed.append(Claimed._make((*row[:-1], *who[row.id][1:], around, facts)))
    return claimed


@cache
def _who(engine: str) -> Any:
    return (
        select(
            deliveries.c.id,
            contacts.c.kind,
            contacts.c.address,
            contacts.c.state,
            or_(contacts.c.stopped_at.is_not(None), people.c.silenced_at.is_not(None)),
            people.c.name,
            accounts.c.notify_kind,
            accounts.c.notify_address,
        )
        .select_from(
            deliveries.outerjoin(contacts, contacts.c.id == deliveries.c.contact_id)
            .outerjoin(people, people.c.id == deliveries.c.person_id)
            .outerjoin(accounts, accounts.c.id == deliveries.c.account_id)
        )
        .where(among(engine, deliveries.c.id))
    )


_ROUND = (
    *("code", "programme", "period", "region", "venue", "address", "opens_at", "closes_at", "amount", "method"),
    *("note", "zone", "version"),
)


async def _around_broadcasts(
    db: AsyncConnection, ids: Collection[int]
) -> dict[int, tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    if not ids:
        return {}
    rows = await fetch(db, _of_broadcasts(db.dialect.name), listed(db, ids))
    return {
        number: (facts, dict(zip(_ROUND, around, strict=True)) if around[0] is not None else None)
        for number, facts, *around in rows
    }


@cache
def _of_broadcasts(engine: str) -> Any:
    return (
        select(broadcasts.c.id, broadcasts.c.facts, *(rounds.c[name] for name in _ROUND))
        .join_from(broadcasts, rounds, rounds.c.id == broadcasts.c.round_id, isouter=True)  # a general notice has none
        .where(among(engine, broadcasts.c.id))
    )


async def _around(db: AsyncConnection, ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    if not ids:
        return {}
    rows = await db.execute(select(rounds.c.id, *(rounds.c[name] for name in _ROUND)).where(rounds.c.id.in_(ids)))
    return {number: dict(zip(_ROUND, around, strict=True)) for number, *around in rows}
