"""Rows of deliveries: written once, claimed under a lease, moved from state to state with their tallies.

Knows SQL and the kept counters; which state follows which is decided in `rules.deliveries` by those who call.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select, update
from sqlalchemy import insert as insert_into
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import accounts, attempts, broadcasts, contacts, deliveries, people, rounds, tallies, tickets
from notifier.store.upsert import upsert

UNREACHED = frozenset({"failed", "unknown", "expired", "suppressed"})
HALTED = ("paused", "stopped", "asking")


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


@dataclass(frozen=True, slots=True)
class Standing:
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


@dataclass(frozen=True, slots=True)
class Claimed:
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
    thread: str
    sealed: bytes | None
    kind: str | None
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


async def claim(db: AsyncConnection, line: str, now: datetime, lease_until: datetime, limit: int) -> list[int]:
    """Take up to `limit` due deliveries of a line, answers first. Each gets a lease and the next fence."""
    halted = select(broadcasts.c.id).where(broadcasts.c.state.in_(HALTED)).scalar_subquery()
    pick = (
        select(deliveries.c.id)
        .where(
            deliveries.c.state == "due",
            deliveries.c.line == line,
            deliveries.c.due_at <= now,
            or_(deliveries.c.broadcast_id.is_(None), deliveries.c.broadcast_id.not_in(halted)),
        )
        .order_by(deliveries.c.lane, deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("pick")
    )
    taken = (
        update(deliveries)
        .where(deliveries.c.id.in_(select(pick.c.id)))
        .values(state="sending", lease_until=lease_until, fence=deliveries.c.fence + 1, tries=deliveries.c.tries + 1)
        .returning(deliveries.c.id)
    )
    return [int(row[0]) for row in await db.execute(taken)]


_ROUND = ("code", "programme", "period", "region", "venue", "address", "opens_at", "closes_at", "amount", "method")
_ROUND_EXTRA = ("note", "zone", "version")


async def claimed(db: AsyncConnection, ids: Sequence[int]) -> list[Claimed]:
    """All that claimed deliveries need, in one statement."""
    round_columns = [rounds.c[name].label(f"r_{name}") for name in (*_ROUND, *_ROUND_EXTRA)]
    statement = (
        select(
            deliveries,
            contacts.c.kind,
            contacts.c.address,
            contacts.c.state.label("contact_state"),
            contacts.c.stopped_at,
            people.c.name,
            people.c.silenced_at,
            accounts.c.notify_kind,
            accounts.c.notify_address,
            broadcasts.c.facts.label("broadcast_facts"),
            rounds.c.id.label("r_row"),
            *round_columns,
        )
        .select_from(
            deliveries.outerjoin(contacts, contacts.c.id == deliveries.c.contact_id)
            .outerjoin(people, people.c.id == deliveries.c.person_id)
            .outerjoin(accounts, accounts.c.id == deliveries.c.account_id)
            .outerjoin(rounds, rounds.c.id == deliveries.c.round_id)
            .outerjoin(broadcasts, broadcasts.c.id == deliveries.c.broadcast_id)
        )
        .where(deliveries.c.id.in_(ids))
        .order_by(deliveries.c.lane, deliveries.c.due_at, deliveries.c.id)
    )
    return [_claimed(row) for row in await db.execute(statement)]


def _claimed(row: Row[Any]) -> Claimed:
    r = row._mapping
    around = None
    if r["r_row"] is not None:
        around = {name: r[f"r_{name}"] for name in (*_ROUND, *_ROUND_EXTRA)}
    return Claimed(
        id=r["id"],
        broadcast_id=r["broadcast_id"],
        person_id=r["person_id"],
        contact_id=r["contact_id"],
        ticket_id=r["ticket_id"],
        event=r["event"],
        language=r["language"],
        zone=r["zone"],
        facts=r["facts"],
        round_version=r["round_version"],
        generation=r["generation"],
        fence=r["fence"],
        tries=r["tries"],
        expires_at=r["expires_at"],
        window=r["window"],
        lane=r["lane"],
        thread=r["thread"],
        sealed=r["sealed"],
        kind=r["kind"],
        address=r["address"],
        contact_state=r["contact_state"],
        stopped=r["stopped_at"] is not None or r["silenced_at"] is not None,
        name=r["name"],
        account_kind=r["notify_kind"],
        account_address=r["notify_address"],
        round=around,
        broadcast_facts=r["broadcast_facts"],
    )


# --- moving ----------------------------------------------------------------------------------------------------------

_STANDING = tuple(deliveries.c[name] for name in Standing.__dataclass_fields__)


async def standing(db: AsyncConnection, ids: Collection[int]) -> dict[int, Standing]:
    """The present state of deliveries, locked until the transaction ends."""
    rows = await db.execute(
        select(*_STANDING).where(deliveries.c.id.in_(ids)).order_by(deliveries.c.id).with_for_update(of=deliveries)
    )
    return {row[0]: Standing(*row) for row in rows}


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


async def move(db: AsyncConnection, steps: Iterable[Step], worker: str) -> None:
    """Write the steps and keep the counters in the same transaction. The rows are locked by the caller."""
    steps = list(steps)
    silent = await _reasons(db, [step.id for step in steps if step.was == "suppressed" and step.state != step.was])
    counts: Counter[tuple[int, str, str]] = Counter()
    failed_tickets: set[int] = set()
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for step in steps:
        values = {"state": step.state, "reason": step.reason[:120], **(step.values or {})}
        groups.setdefault(tuple(values), []).append({"b_id": step.id, **{f"v_{k}": v for k, v in values.items()}})
        if step.ticket_id is not None and step.state in UNREACHED:
            failed_tickets.add(step.ticket_id)
        if step.broadcast_id is not None and step.was != step.state:
            counts[step.broadcast_id, step.was, _kept(step.was, silent.get(step.id, ""))] -= 1
            counts[step.broadcast_id, step.state, _kept(step.state, step.reason)] += 1
    for names, rows in groups.items():
        await db.execute(
            update(deliveries)
            .where(deliveries.c.id == bindparam("b_id"))
            .values({name: bindparam(f"v_{name}", type_=deliveries.c[name].type) for name in names}),
            rows,
        )
    await count(db, counts, worker)
    if failed_tickets:
        # Any instant that is past wakes the desk's sweep; the ticket's own times are reckoned anew there.
        await db.execute(update(tickets).where(tickets.c.id.in_(failed_tickets)).values(wake=tickets.c.opened_at))


async def _reasons(db: AsyncConnection, ids: Sequence[int]) -> dict[int, str]:
    """Why these were suppressed until now: the kept counters tell them by reason."""
    if not ids:
        return {}
    rows = await db.execute(select(deliveries.c.id, deliveries.c.reason).where(deliveries.c.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def _kept(state: str, reason: str) -> str:
    return reason[:40] if state == "suppressed" else ""


async def count(db: AsyncConnection, counts: Mapping[tuple[int, str, str], int], worker: str) -> None:
    """Add to the kept counters: (broadcast, state, reason) → difference."""
    rows = [
        {"broadcast_id": broadcast, "worker": worker, "state": state, "reason": reason, "n": n}
        for (broadcast, state, reason), n in sorted(counts.items())
        if n
    ]
    if rows:
        statement = upsert(db, tallies)
        await db.execute(
            statement.on_conflict_do_update(
                index_elements=["broadcast_id", "worker", "state", "reason"],
                set_={"n": tallies.c.n + statement.excluded.n},
            ),
            rows,
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
        counts[state, _kept(state, reason)] += n
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
