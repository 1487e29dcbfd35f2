"""Rows of deliveries: written once, moved from state to state with their tallies, looked up as what a citizen answers.

Knows SQL and the kept counters; which state follows which is decided in `rules.deliveries` by those who call.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, Update, and_, bindparam, case, func, literal, or_, select, update
from sqlalchemy import insert as insert_into
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.given import among, given, giving, listed
from notifier.store.schema import (
    attempts,
    broadcasts,
    deliveries,
    people,
    rounds,
    tallies,
    tickets,
)
from notifier.store.straight import fetch, many
from notifier.store.upsert import upsert_on

LEAVING = frozenset({"due", "sending"})
UNREACHED = frozenset({"failed", "unknown", "expired", "suppressed"})


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
    stopped: bool  # its broadcast or its round was called off: it is not tried again and not carried elsewhere
    moved: int  # version its round has since, when it speaks of an older one; else 0


async def insert(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """Write one delivery; returns its id."""
    result = await db.execute(insert_into(deliveries).values(**row).returning(deliveries.c.id))
    return int(result.scalar_one())


async def insert_all(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Write one delivery each about many tickets: ticket → id."""
    if not rows:
        return {}
    added = insert_into(deliveries).returning(deliveries.c.ticket_id, deliveries.c.id)
    return {int(ticket): int(number) for ticket, number in await db.execute(added, list(rows))}


# --- moving ----------------------------------------------------------------------------------------------------------


@cache
def _standing(engine: str) -> Any:
    called_off = and_(rounds.c.state == "cancelled", deliveries.c.event != "round_cancelled")
    return (
        select(
            *(deliveries.c[name] for name in Standing._fields if name not in ("stopped", "moved")),
            func.coalesce(or_(broadcasts.c.state == "stopped", called_off), literal(False)),
            case((rounds.c.version > deliveries.c.round_version, rounds.c.version), else_=0),
        )
        .select_from(
            deliveries.outerjoin(broadcasts, broadcasts.c.id == deliveries.c.broadcast_id).outerjoin(
                rounds, rounds.c.id == broadcasts.c.round_id
            )
        )
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


async def move(
    db: AsyncConnection, steps: Sequence[Step], worker: str, besides: Mapping[tuple[int, str, str], int] | None = None
) -> None:
    """Write the steps and keep the counters in the same transaction. The rows are locked by the caller. `besides`: what
    else the counters gain: all in one go, because everybody locks them in one order.
    """
    silent = await _reasons(db, [step.id for step in steps if step.was == "suppressed" and step.state != step.was])
    counts: Counter[tuple[int, str, str]] = Counter(besides or {})
    for step in steps:
        if step.broadcast_id is not None and step.was != step.state:
            counts[step.broadcast_id, step.was, kept_reason(step.was, silent.get(step.id, ""))] -= 1
            counts[step.broadcast_id, step.state, kept_reason(step.state, step.reason)] += 1
    await write(db, steps)
    await _wake(db, {step.broadcast_id for step in steps if step.state == "due" and step.was not in LEAVING})
    await count(db, counts, worker)


async def _wake(db: AsyncConnection, broadcast_ids: Collection[int | None]) -> None:
    """Something that was over is due again: have the clock look whether its broadcast still counts as done.

    Waits for nobody, for whoever has a broadcast's row may want a delivery that we hold; the clock looks once more
    after it calls one done.
    """
    ids = [number for number in broadcast_ids if number is not None]
    if not ids:
        return
    done = select(broadcasts.c.id).where(broadcasts.c.id.in_(ids), broadcasts.c.state == "done")
    free = done.order_by(broadcasts.c.id).with_for_update(skip_locked=True)
    # Any instant that is past wakes the clock.
    await db.execute(update(broadcasts).where(broadcasts.c.id.in_(free)).values(wake=broadcasts.c.planned_at))


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
        await fetch(db, _holding(db.dialect.name), listed(db, ids))


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
    rows = await fetch(db, _accepting(db.dialect.name), {**giving(db, ("id", "fence"), sorted(fences)), **times})
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
            lease_until=bindparam("look", type_=deliveries.c.lease_until.type),
            settled_at=bindparam("accepted_at", type_=deliveries.c.settled_at.type),
        )
        .returning(*(deliveries.c[name] for name in Arrived._fields))
    )


async def wake_ticket(db: AsyncConnection, ticket_id: int, now: datetime) -> None:
    """Have the desk look at a ticket again: what it sent did not arrive."""
    await db.execute(update(tickets).where(tickets.c.id == ticket_id).values(wake=now))


async def call_back(db: AsyncConnection, ticket_id: int, reason: str) -> None:
    """What is to leave for a ticket's reporter by a sealed address does not. Its time is that of its making: the moment
    of this might be found beside a person's.
    """
    values = {"state": "cancelled", "reason": reason, "settled_at": deliveries.c.created_at, "lease_until": None}
    waits = (deliveries.c.ticket_id == ticket_id, deliveries.c.state == "due", deliveries.c.sealed.is_not(None))
    await db.execute(update(deliveries).where(*waits).values(**values))


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


# --- as something a citizen answers ----------------------------------------------------------------------------------

_ANSWERED = (
    deliveries.c.id,
    deliveries.c.event,
    deliveries.c.round_id,
    deliveries.c.round_version,
    func.coalesce(people.c.merged_into_id, deliveries.c.person_id),  # whoever it was for turned out to be
    deliveries.c.contact_id,
    deliveries.c.ticket_id,
    deliveries.c.broadcast_id,
    deliveries.c.language,
    attempts.c.started_at,
)
_WITH_ATTEMPTS = deliveries.join(attempts, attempts.c.delivery_id == deliveries.c.id).outerjoin(
    people, people.c.id == deliveries.c.person_id
)


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
