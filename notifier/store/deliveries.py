"""Rows of deliveries: written once, claimed under a lease, moved from state to state with their tallies.

Knows SQL and the kept counters; which state follows which is decided in `rules.deliveries` by those who call.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, Row, Update, and_, bindparam, func, literal, or_, select, tuple_, update
from sqlalchemy import insert as insert_into
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.bulk import many
from notifier.store.given import among, given, giving, listed
from notifier.store.schema import (
    Id,
    accounts,
    attempts,
    broadcasts,
    contacts,
    deliveries,
    people,
    rounds,
    tallies,
    tickets,
)
from notifier.store.upsert import upsert_on

UNREACHED = frozenset({"failed", "unknown", "expired", "suppressed"})
HALTED = ("paused", "stopped", "asking")
BULK = 2  # the lane of broadcasts; the smaller ones go first


@dataclass(frozen=True, slots=True)
class Answered:
    """A delivery as something a citizen answers."""

    id: int
    event: str
    round_id: int | None
    round_version: int
    person_id: int | None
    contact_id: int | None
    ticket_id: int | None
    broadcast_id: int | None
    language: str
    sent_at: datetime


class Standing(NamedTuple):
    """What decides on the next state of a delivery."""

    id: int
    state: str
    fence: int
    generation: int
    broadcast_id: int | None
    person_id: int | None
    contact_id: int | None
    ticket_id: int | None
    event: str
    tries: int
    first_failed_at: datetime | None
    expires_at: datetime | None
    lease_until: datetime | None
    maybe_twice: bool
    held: bool
    stopped: bool  # its broadcast was stopped: it is not tried again and not carried elsewhere


class Claimed(NamedTuple):
    """A delivery whose turn has come, with all that its words and its address need."""

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
    kind: str | None  # from here on what other tables know
    address: str | None
    contact_state: str | None
    stopped: bool
    name: str | None
    account_kind: str | None
    account_address: str | None
    round: Mapping[str, Any] | None
    broadcast_facts: Mapping[str, Any] | None


async def insert(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """Write one delivery; returns its id."""
    result = await db.execute(insert_into(deliveries).values(**row).returning(deliveries.c.id))
    return int(result.scalar_one())


# --- claiming --------------------------------------------------------------------------------------------------------


Mark = tuple[int, datetime, int]  # lane, due_at, id: a place in the queue of a line


async def waits(db: AsyncConnection, line: str, now: datetime) -> bool:
    """Is anything due on a line? A look without a lock, for workers that found nothing last time."""
    return (await db.execute(_WAITS, {"of_line": line, "now": now})).first() is not None


async def claim(
    db: AsyncConnection,
    line: str,
    now: datetime,
    lease_until: datetime,
    limit: int,
    *,
    bulk: bool,
    after: Mark | None = None,
) -> list[Row[Any]]:
    """Take up to `limit` due deliveries of a line; each gets a lease and the next fence. Returns their rows in order.

    `bulk`: those of broadcasts, or everything else. `after`: look only behind this place of the queue, past the rows
    that were claimed since and that an old snapshot keeps in the index.
    """
    values: dict[str, Any] = {"of_line": line, "now": now, "lease": lease_until, "n": limit}
    if after is not None:
        values |= dict(zip(("after_lane", "after_due", "after_id"), after, strict=True))
    taken = await db.execute(_claiming(bulk, after is not None), values)
    return sorted(taken, key=lambda row: (row.lane, row.due_at, row.id))


_CLAIMED = tuple(deliveries.c[name] for name in (*Claimed._fields[: Claimed._fields.index("kind")], "round_id"))
_ORDER = (deliveries.c.lane, deliveries.c.due_at, deliveries.c.id)
_HALTED = select(broadcasts.c.id).where(broadcasts.c.state.in_(HALTED)).scalar_subquery()
_TIME = deliveries.c.due_at.type
_DUE = select(deliveries.c.id).where(
    deliveries.c.state == literal("due", literal_execute=True),  # so that the partial index serves a kept plan too
    deliveries.c.line == bindparam("of_line"),
    deliveries.c.due_at <= bindparam("now", type_=_TIME),
    or_(deliveries.c.broadcast_id.is_(None), deliveries.c.broadcast_id.not_in(_HALTED)),
)
_WAITS = _DUE.where(deliveries.c.lane.in_(range(BULK + 1))).limit(1)


@cache
def _claiming(bulk: bool, after: bool) -> Any:
    # One lane alone lets the index end at `now`, before a million rows that wait for tomorrow's window.
    wanted = _DUE.where(deliveries.c.lane == BULK if bulk else deliveries.c.lane < BULK)
    if after:
        place = (
            bindparam("after_lane", type_=Integer),
            bindparam("after_due", type_=_TIME),
            bindparam("after_id", type_=Id),
        )
        wanted = wanted.where(tuple_(*_ORDER) > tuple_(*place))
    pick = wanted.order_by(*_ORDER).limit(bindparam("n", type_=Integer)).with_for_update(skip_locked=True).cte("pick")
    return (
        update(deliveries)
        .where(deliveries.c.id.in_(select(pick.c.id)))
        .values(
            state="sending",
            lease_until=bindparam("lease", type_=_TIME),
            fence=deliveries.c.fence + 1,
            tries=deliveries.c.tries + 1,
        )
        .returning(*_CLAIMED)
    )


async def claimed(db: AsyncConnection, taken: Sequence[Row[Any]]) -> list[Claimed]:
    """Claimed rows with all that their words and addresses need. What many share is asked for once."""
    found = await db.execute(_who(db.dialect.name), listed(db, [row.id for row in taken]))
    who: dict[int, Any] = {row[0]: row for row in found}
    said = await _around_broadcasts(db, {row.broadcast_id for row in taken if row.broadcast_id is not None})
    alone = {row.round_id for row in taken if row.broadcast_id is None and row.round_id is not None}
    rounds_alone = await _around(db, alone)
    claimed = []
    for row in taken:
        facts, around = said[row.broadcast_id] if row.broadcast_id is not None else (None, None)
        around = around or rounds_alone.get(row.round_id)
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
) -> dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    if not ids:
        return {}
    rows = await db.execute(_of_broadcasts(db.dialect.name), listed(db, ids))
    return {number: (facts, dict(zip(_ROUND, around, strict=True))) for number, facts, *around in rows}


@cache
def _of_broadcasts(engine: str) -> Any:
    return (
        select(broadcasts.c.id, broadcasts.c.facts, *(rounds.c[name] for name in _ROUND))
        .join_from(broadcasts, rounds, rounds.c.id == broadcasts.c.round_id)
        .where(among(engine, broadcasts.c.id))
    )


async def _around(db: AsyncConnection, ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    if not ids:
        return {}
    rows = await db.execute(select(rounds.c.id, *(rounds.c[name] for name in _ROUND)).where(rounds.c.id.in_(ids)))
    return {number: dict(zip(_ROUND, around, strict=True)) for number, *around in rows}


# --- moving ----------------------------------------------------------------------------------------------------------


@cache
def _standing(engine: str) -> Any:
    return (
        select(
            *(deliveries.c[name] for name in Standing._fields if name != "stopped"),
            func.coalesce(broadcasts.c.state == "stopped", literal(False)),
        )
        .select_from(deliveries.outerjoin(broadcasts, broadcasts.c.id == deliveries.c.broadcast_id))
        .where(among(engine, deliveries.c.id))
        .order_by(deliveries.c.id)
        .with_for_update(of=deliveries)
    )


async def standing(db: AsyncConnection, ids: Collection[int]) -> dict[int, Standing]:
    """The present state of deliveries, locked until the transaction ends."""
    rows = await db.execute(_standing(db.dialect.name), listed(db, ids))
    return {row[0]: Standing._make(row) for row in rows}


@dataclass(frozen=True, slots=True)
class Step:
    """One delivery's way from one state to another; `values` are the other columns that change with it."""

    id: int
    broadcast_id: int | None
    was: str
    state: str
    reason: str = ""
    values: Mapping[str, Any] | None = None
    ticket_id: int | None = None  # woken when the step says that the citizen was not, or perhaps not, reached


async def move(db: AsyncConnection, steps: Sequence[Step], worker: str) -> None:
    """Write the steps and keep the counters in the same transaction. The rows are locked by the caller."""
    silent = await _reasons(db, [step.id for step in steps if step.was == "suppressed" and step.state != step.was])
    counts: Counter[tuple[int, str, str]] = Counter()
    for step in steps:
        if step.broadcast_id is not None and step.was != step.state:
            counts[step.broadcast_id, step.was, kept_reason(step.was, silent.get(step.id, ""))] -= 1
            counts[step.broadcast_id, step.state, kept_reason(step.state, step.reason)] += 1
    await write(db, steps)
    await count(db, counts, worker)


async def write(db: AsyncConnection, steps: Sequence[Step]) -> None:
    """Write the steps alone: the caller keeps the counters."""
    unreached: set[int] = set()  # tickets
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for step in steps:
        values = {"state": step.state, "reason": step.reason[:120], **(step.values or {})}
        groups.setdefault(tuple(values), []).append({"b_id": step.id, **{f"v_{k}": v for k, v in values.items()}})
        if step.ticket_id is not None and step.state in UNREACHED:
            unreached.add(step.ticket_id)
    for names, rows in groups.items():
        await many(db, _moving(names), rows)
    if unreached:
        # Any instant that is past wakes the desk's sweep; the ticket's own times are reckoned anew there.
        await db.execute(update(tickets).where(tickets.c.id.in_(unreached)).values(wake=tickets.c.opened_at))


async def _reasons(db: AsyncConnection, ids: Sequence[int]) -> dict[int, str]:
    """Why these were suppressed until now: the kept counters tell them by reason."""
    if not ids:
        return {}
    rows = await db.execute(select(deliveries.c.id, deliveries.c.reason).where(deliveries.c.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


@lru_cache(64)
def _moving(names: tuple[str, ...]) -> Update:
    values = {name: bindparam(f"v_{name}", type_=deliveries.c[name].type) for name in names}
    return update(deliveries).where(deliveries.c.id == bindparam("b_id")).values(values)


def kept_reason(state: str, reason: str) -> str:
    """What the counters keep of a reason: that of people suppressed, nothing of others."""
    return reason[:40] if state == "suppressed" else ""


async def count(db: AsyncConnection, counts: Mapping[tuple[int, str, str], int], worker: str) -> None:
    """Add to the kept counters: (broadcast, state, reason) → difference."""
    rows = [
        {"broadcast_id": broadcast, "worker": worker, "state": state, "reason": reason, "n": n}
        for (broadcast, state, reason), n in sorted(counts.items())
        if n
    ]
    await many(db, _counting(db.dialect.name), rows)


@cache
def _counting(engine: str) -> Any:
    statement = upsert_on(engine, tallies)
    return statement.on_conflict_do_update(
        index_elements=["broadcast_id", "worker", "state", "reason"],
        set_={"n": tallies.c.n + statement.excluded.n},
    )


class Arrived(NamedTuple):
    """A delivery that a provider has just taken."""

    id: int
    broadcast_id: int | None
    ticket_id: int | None
    event: str


async def hold(db: AsyncConnection, ids: Collection[int]) -> None:
    """Lock deliveries in order. What a receipt wrote under such a lock is seen by the statements that follow, which a
    single statement's snapshot may be too old for.
    """
    if db.dialect.name == "postgresql":
        await db.execute(_holding(db.dialect.name), listed(db, ids))


@cache
def _holding(engine: str) -> Any:
    return select(deliveries.c.id).where(among(engine, deliveries.c.id)).order_by(deliveries.c.id).with_for_update()


async def accept(
    db: AsyncConnection, fences: Sequence[tuple[int, int]], now: datetime, look: datetime | None
) -> list[Arrived]:
    """What most attempts come to, in one statement: (delivery, fence) that are still sending, with nothing heard of the
    attempt yet, are accepted. Returns those; the others need a closer look. Counters are the caller's. `look`: when to
    look for a receipt that has not come.
    """
    times = {"accepted_at": now, "look": look}
    rows = await db.execute(_accepting(db.dialect.name), {**giving(db, ("id", "fence"), sorted(fences)), **times})
    return [Arrived._make(row) for row in rows]


@cache
def _accepting(engine: str) -> Any:
    sent = given(engine, id=BigInteger(), fence=Integer())
    unheard = select(attempts.c.id).where(
        attempts.c.delivery_id == sent.c.id, attempts.c.number == sent.c.fence, attempts.c.state == "sending"
    )
    return (
        update(deliveries)
        .where(
            deliveries.c.id == sent.c.id,
            deliveries.c.fence == sent.c.fence,
            deliveries.c.state == "sending",
            unheard.correlate(sent).exists(),
        )
        .values(
            state="accepted",
            reason="",
            held=False,
            lease_until=bindparam("look", type_=_TIME),
            settled_at=bindparam("accepted_at", type_=deliveries.c.settled_at.type),
        )
        .returning(*(deliveries.c[name] for name in Arrived._fields))
    )


async def wake_ticket(db: AsyncConnection, ticket_id: int, now: datetime) -> None:
    """Have the desk look at a ticket again: what it sent did not arrive."""
    await db.execute(update(tickets).where(tickets.c.id == ticket_id).values(wake=now))


async def overdue(db: AsyncConnection, now: datetime, limit: int) -> list[int]:
    """Deliveries whose lease ran out: an attempt that never reported, or an unknown whose resend has come."""
    rows = await db.execute(
        select(deliveries.c.id)
        .where(deliveries.c.lease_until < now, deliveries.c.state.in_(("sending", "unknown")))
        .order_by(deliveries.c.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [int(row[0]) for row in rows]


async def tally(db: AsyncConnection, broadcast_id: int) -> dict[tuple[str, str], int]:
    """The kept counters of a broadcast, summed over workers: (state, reason) → n."""
    rows = await db.execute(
        select(tallies.c.state, tallies.c.reason, func.sum(tallies.c.n))
        .where(tallies.c.broadcast_id == broadcast_id)
        .group_by(tallies.c.state, tallies.c.reason)
    )
    return {(state, reason): int(n) for state, reason, n in rows if n}


async def tally_each(db: AsyncConnection, broadcast_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """The kept counters of several broadcasts in one statement: broadcast → state → n."""
    rows = await db.execute(
        select(tallies.c.broadcast_id, tallies.c.state, func.sum(tallies.c.n))
        .where(tallies.c.broadcast_id.in_(broadcast_ids))
        .group_by(tallies.c.broadcast_id, tallies.c.state)
    )
    found: dict[int, dict[str, int]] = {}
    for broadcast, state, n in rows:
        found.setdefault(broadcast, {})[state] = int(n)
    return found


async def recount(db: AsyncConnection, broadcast_id: int) -> tuple[dict[tuple[str, str], int], int, int]:
    """The same counted from the rows, how many are held, and how many may have got it twice. For statements and
    proofs, not for pages.
    """
    told = (deliveries.c.state, deliveries.c.reason, deliveries.c.held, deliveries.c.maybe_twice)
    rows = await db.execute(
        select(*told, func.count()).where(deliveries.c.broadcast_id == broadcast_id).group_by(*told)
    )
    counts: Counter[tuple[str, str]] = Counter()
    held = twice = 0
    for state, reason, is_held, is_twice, n in rows:
        counts[state, kept_reason(state, reason)] += n
        held += n if is_held and state == "unknown" else 0
        twice += n if is_twice else 0
    return dict(counts), held, twice


async def queue_depth(db: AsyncConnection, limit: int = 10_000) -> dict[str, int]:
    """Due deliveries by line, up to `limit` in all: enough to see that a queue grows."""
    some = select(deliveries.c.line).where(deliveries.c.state == "due").limit(limit).subquery()
    rows = await db.execute(select(some.c.line, func.count()).group_by(some.c.line))
    return {line: int(n) for line, n in rows}


# --- as something a citizen answers ----------------------------------------------------------------------------------

_ANSWERED = (
    deliveries.c.id,
    deliveries.c.event,
    deliveries.c.round_id,
    deliveries.c.round_version,
    deliveries.c.person_id,
    deliveries.c.contact_id,
    deliveries.c.ticket_id,
    deliveries.c.broadcast_id,
    deliveries.c.language,
    attempts.c.started_at,
)
_WITH_ATTEMPTS = deliveries.join(attempts, attempts.c.delivery_id == deliveries.c.id)


async def by_ref(db: AsyncConnection, line: str, ref: str) -> Answered | None:
    """The delivery whose attempt the provider calls `ref`."""
    if not ref:
        return None
    return await _answered(db, and_(attempts.c.line == line, attempts.c.ref == ref))


async def get(db: AsyncConnection, delivery_id: int) -> Answered | None:
    """One delivery that was sent at least once."""
    return await _answered(db, deliveries.c.id == delivery_id)


async def last_to(
    db: AsyncConnection, address_index: bytes, before: datetime, events: Collection[str]
) -> Answered | None:
    """The newest delivery of one of these events that left for an address."""
    return await _answered(
        db,
        and_(
            attempts.c.address_index == address_index,
            attempts.c.event.in_(tuple(events)),
            attempts.c.started_at <= before,
            attempts.c.state != "failed",
        ),
    )


async def went_to(db: AsyncConnection, delivery_id: int, address_index: bytes) -> bool:
    """Was this delivery ever sent to that address?"""
    row = await db.execute(
        select(attempts.c.id)
        .where(attempts.c.delivery_id == delivery_id, attempts.c.address_index == address_index)
        .limit(1)
    )
    return row.first() is not None


async def wrote_since(db: AsyncConnection, address_index: bytes, since: datetime) -> bool:
    """Did anything leave for this address since then?"""
    row = await db.execute(
        select(attempts.c.id).where(attempts.c.address_index == address_index, attempts.c.started_at > since).limit(1)
    )
    return row.first() is not None


async def _answered(db: AsyncConnection, condition: Any) -> Answered | None:
    row = (
        await db.execute(
            select(*_ANSWERED).select_from(_WITH_ATTEMPTS).where(condition).order_by(attempts.c.id.desc()).limit(1)
        )
    ).first()
    return Answered(*tuple(row)) if row else None
