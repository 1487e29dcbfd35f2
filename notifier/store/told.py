"""Who was told by a broadcast, how and when, and who was not and why: lists by person, page by page, and their numbers.

Reads only; what a state means and what follows from it is told in `rules.outlook`.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import CORRECTIONS
from notifier.store.broadcasts import within
from notifier.store.schema import attempts, broadcasts, contacts, deliveries, people, regions, rounds, tickets
from notifier.store.sweeps import NO_RECEIPT

TOLD = ("accepted", "delivered", "read")
UNTOLD = ("failed", "unknown", "expired", "suppressed", "cancelled")
MOST = 5_000  # rows looked at for numbers by reason; beyond it they are told as "at least"
LATEST = 1_000  # rows looked at for the last try of a broadcast
MOST_HELD = 1_000
BATCH = 1_000

# Written out and without a type, so that both databases see that the partial indexes serve.
_IS_UNTOLD: ColumnElement[bool] = literal_column(
    "deliveries.state IN ('failed', 'unknown', 'expired', 'suppressed', 'cancelled')"
)
_IS_HELD: ColumnElement[bool] = literal_column("deliveries.held")
_WAITS = deliveries.c.lease_until.is_not(None)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One list of a broadcast's people: `state` is told, untold, held, resend (unknown, and sent once more by itself),
    unconfirmed (accepted, and the receipt never came) or a delivery's state; `reason` narrows it.
    """

    state: str = "untold"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One person on a list."""

    delivery_id: int
    person_id: int
    name: str
    nik_masked: str
    region: str
    village: str  # the region's name, "" when the register never named it
    channel: str
    line: str
    state: str
    reason: str
    held: bool
    maybe_twice: bool
    due_at: datetime
    lease_until: datetime | None
    settled_at: datetime | None
    left_at: datetime | None  # when the newest attempt began


def _on(shelf: Shelf) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if shelf.state == "told":
        conditions.append(deliveries.c.state.in_(TOLD))
    elif shelf.state == "untold":
        conditions.append(_IS_UNTOLD)
    elif shelf.state == "held":
        conditions += [_IS_UNTOLD, _IS_HELD]
    elif shelf.state == "resend":
        conditions += [_IS_UNTOLD, deliveries.c.state == "unknown", ~deliveries.c.held, _WAITS]
    elif shelf.state == "unconfirmed":
        conditions += [deliveries.c.state == "accepted", deliveries.c.reason == NO_RECEIPT]
    else:
        conditions.append(deliveries.c.state == shelf.state)
        if shelf.state in UNTOLD:
            conditions.append(_IS_UNTOLD)
    if shelf.reason is not None:
        conditions.append(deliveries.c.reason == shelf.reason)
    return and_(*conditions)


def _entries() -> Select[Any]:
    return select(
        deliveries.c.id,
        deliveries.c.person_id,
        people.c.name,
        people.c.nik_masked,
        people.c.region,
        func.coalesce(regions.c.name, ""),
        func.coalesce(contacts.c.kind, ""),
        deliveries.c.line,
        deliveries.c.state,
        deliveries.c.reason,
        deliveries.c.held,
        deliveries.c.maybe_twice,
        deliveries.c.due_at,
        deliveries.c.lease_until,
        deliveries.c.settled_at,
        attempts.c.started_at,
    ).select_from(
        deliveries.join(people, people.c.id == deliveries.c.person_id)
        .outerjoin(regions, regions.c.code == people.c.region)
        .outerjoin(contacts, contacts.c.id == deliveries.c.contact_id)
        .outerjoin(attempts, and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.number == deliveries.c.fence))
    )


async def page(db: AsyncConnection, broadcast_id: int, shelf: Shelf, after: int, limit: int) -> list[Entry]:
    """A list's people beyond the person `after`, by person."""
    rows = await db.execute(
        _entries()
        .where(deliveries.c.broadcast_id == broadcast_id, _on(shelf), deliveries.c.person_id > after)
        .order_by(deliveries.c.person_id)
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


async def walk(db: AsyncConnection, broadcast_id: int, shelf: Shelf) -> AsyncIterator[Sequence[Entry]]:
    """The whole list, in batches."""
    after = 0
    while part := await page(db, broadcast_id, shelf, after, BATCH):
        yield part
        after = part[-1].person_id


async def reasons(db: AsyncConnection, broadcast_id: int) -> tuple[list[tuple[str, str, int]], bool]:
    """Why people were not told: (state, reason, people), most first; False when only the first MOST were counted.

    What is held, and what is sent once more by itself, counts as a state of its own. Suppressed people are left out:
    the kept counters have their reasons.
    """
    kind = case((_IS_HELD, "held"), (and_(deliveries.c.state == "unknown", _WAITS), "resend"), else_=deliveries.c.state)
    some = (
        select(kind.label("kind"), deliveries.c.reason)
        .where(deliveries.c.broadcast_id == broadcast_id, _IS_UNTOLD, deliveries.c.state != "suppressed")
        .limit(MOST)
        .subquery()
    )
    n = func.count()
    rows = await db.execute(
        select(some.c.kind, some.c.reason, n)
        .group_by(some.c.kind, some.c.reason)
        .order_by(n.desc(), some.c.kind, some.c.reason)
    )
    found = [(kind, reason, int(number)) for kind, reason, number in rows]
    return found, sum(number for *_, number in found) < MOST


async def arrivals(db: AsyncConnection, broadcast_id: int) -> list[tuple[str, bool, int, datetime, datetime]]:
    """Who was told, by line: (line, lacks its receipt, people, first, last). Looks at MOST people at most: whoever asks
    has seen by the kept counters that there are no more.
    """
    lacking = and_(deliveries.c.state == "accepted", deliveries.c.reason == NO_RECEIPT)
    some = (
        select(deliveries.c.line, lacking.label("lacking"), deliveries.c.settled_at)
        .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.state.in_(TOLD))
        .limit(MOST)
        .subquery()
    )
    at = some.c.settled_at
    rows = await db.execute(
        select(some.c.line, some.c.lacking, func.count(), func.min(at), func.max(at))
        .group_by(some.c.line, some.c.lacking)
        .order_by(some.c.line, some.c.lacking)
    )
    return [(line, bool(lacks), int(n), first, last) for line, lacks, n, first, last in rows]


async def last_due(db: AsyncConnection, broadcast_id: int, lines: Sequence[str], lane: int) -> datetime | None:
    """When the last try of a broadcast begins, as far as it is among the LATEST that begin last on its lines."""
    found: datetime | None = None
    for line in lines:
        late = (
            select(deliveries.c.broadcast_id, deliveries.c.due_at)
            .where(deliveries.c.state == "due", deliveries.c.line == line, deliveries.c.lane == lane)
            .order_by(deliveries.c.due_at.desc())
            .limit(LATEST)
            .subquery()
        )
        at = (await db.execute(select(func.max(late.c.due_at)).where(late.c.broadcast_id == broadcast_id))).scalar_one()
        found = at if found is None else max(found, at or found)
    return found


@dataclass(frozen=True, slots=True)
class Relative:
    """A broadcast that another one led to, or came from."""

    id: int
    event: str
    state: str
    expanded: int


async def relatives(
    db: AsyncConnection, round_id: int | None, broadcast_id: int, parent_id: int | None
) -> list[Relative]:
    """The broadcast that this one corrects or finishes, if any, and those that correct or finish this one."""
    own = or_(broadcasts.c.parent_id == broadcast_id, broadcasts.c.id == parent_id)
    rows = await db.execute(
        select(broadcasts.c.id, broadcasts.c.event, broadcasts.c.state, broadcasts.c.expanded)
        .where(broadcasts.c.round_id.is_not_distinct_from(round_id), own)
        .order_by(broadcasts.c.id)
    )
    return [Relative(*row) for row in rows]


async def rest_of(db: AsyncConnection, broadcast_id: int, event: str) -> Relative | None:
    """The broadcast that takes up whom this one left, one that was stopped half-way too: its own rest is what is left.
    What was withdrawn before it began has taken up nobody, whoever follows it in its place does.
    """
    own = (broadcasts.c.id, broadcasts.c.event, broadcasts.c.state, broadcasts.c.expanded)
    line = select(*own).where(broadcasts.c.parent_id == broadcast_id, broadcasts.c.event == event).cte(recursive=True)
    line = line.union(select(*own).where(broadcasts.c.parent_id == line.c.id, broadcasts.c.event == event))
    begun = or_(line.c.state != "stopped", line.c.expanded > 0)
    row = (await db.execute(select(line).where(begun).order_by(line.c.id).limit(1))).first()
    return Relative(*row) if row else None


async def corrected_by(db: AsyncConnection, round_id: int | None, version: int) -> list[Relative]:
    """The corrections of what was said of a round in this version, whichever broadcast each names as its own."""
    if round_id is None:
        return []
    rows = await db.execute(
        select(broadcasts.c.id, broadcasts.c.event, broadcasts.c.state, broadcasts.c.expanded)
        .where(
            broadcasts.c.round_id == round_id,
            broadcasts.c.round_version > version,
            broadcasts.c.event.in_(CORRECTIONS),
            or_(broadcasts.c.state != "stopped", broadcasts.c.expanded > 0),
        )
        .order_by(broadcasts.c.id)
    )
    return [Relative(*row) for row in rows]


async def by_line(db: AsyncConnection, broadcast_id: int) -> list[tuple[str, str, int]]:
    """Counted from the rows: (line, state, people); "" is the line of whom nobody can write to. For statements."""
    rows = await db.execute(
        select(deliveries.c.line, deliveries.c.state, func.count())
        .where(deliveries.c.broadcast_id == broadcast_id)
        .group_by(deliveries.c.line, deliveries.c.state)
        .order_by(deliveries.c.line, deliveries.c.state)
    )
    return [(line, state, int(n)) for line, state, n in rows]


# --- what waits for a person -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery that may have arrived and waits for somebody's decision."""

    delivery_id: int
    event: str
    broadcast_id: int | None
    round_code: str | None
    ticket: str | None  # its number; who reported it is not told here
    name: str | None
    nik_masked: str | None
    region: str
    line: str
    reason: str
    since: datetime | None
    lease_until: datetime | None  # when it goes on without anybody
    expires_at: datetime | None


_PLACE = func.coalesce(people.c.region, rounds.c.region, tickets.c.region, "")
_HELD_ROWS = (
    deliveries.outerjoin(people, people.c.id == deliveries.c.person_id)
    .outerjoin(rounds, rounds.c.id == deliveries.c.round_id)
    .outerjoin(tickets, tickets.c.id == deliveries.c.ticket_id)
)


def _of(broadcast_id: int) -> ColumnElement[bool]:
    """SQL: of this broadcast; as a sum, so that SQLite walks the few held rows and not a whole broadcast."""
    return deliveries.c.broadcast_id + 0 == broadcast_id


async def held(
    db: AsyncConnection,
    region: str,
    *,
    after: int = 0,
    limit: int = BATCH,
    broadcast_id: int | None = None,
    ids: Sequence[int] | None = None,
) -> list[Held]:
    """What waits for a person in a region, oldest first; of one broadcast, or those named."""
    wanted = (
        select(
            deliveries.c.id,
            deliveries.c.event,
            deliveries.c.broadcast_id,
            rounds.c.code,
            tickets.c.number,
            people.c.name,
            people.c.nik_masked,
            _PLACE,
            deliveries.c.line,
            deliveries.c.reason,
            deliveries.c.settled_at,
            deliveries.c.lease_until,
            deliveries.c.expires_at,
        )
        .select_from(_HELD_ROWS)
        .where(_IS_HELD, deliveries.c.id > after, within(_PLACE, region))
        .order_by(deliveries.c.id)
        .limit(limit)
    )
    if broadcast_id is not None:
        wanted = wanted.where(_of(broadcast_id))
    if ids is not None:
        wanted = wanted.where(deliveries.c.id.in_(ids))
    return [Held(*tuple(row)) for row in await db.execute(wanted)]


async def count_held(db: AsyncConnection, region: str, broadcast_id: int | None = None) -> int:
    """How many wait for a person in a region, up to MOST_HELD."""
    some = select(deliveries.c.id).where(_IS_HELD)
    if region:
        some = some.select_from(_HELD_ROWS).where(within(_PLACE, region))
    if broadcast_id is not None:
        some = some.where(_of(broadcast_id))
    return int((await db.execute(select(func.count()).select_from(some.limit(MOST_HELD).subquery()))).scalar_one())


# --- for another try -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A delivery that somebody wants to be tried again."""

    id: int
    broadcast_id: int | None
    person_id: int | None
    contact_id: int | None
    ticket_id: int | None
    line: str
    state: str
    reason: str
    held: bool
    generation: int
    lease_until: datetime | None
    expires_at: datetime | None
    event: str
    round_id: int | None


_CANDIDATE = tuple(deliveries.c[name] for name in Candidate.__dataclass_fields__)


async def candidates(db: AsyncConnection, broadcast_id: int, shelf: Shelf, after: int, limit: int) -> list[Candidate]:
    """The next deliveries of a list beyond the person `after`, by person, locked. What waits for its own resend is not
    among them.
    """
    rows = await db.execute(
        select(*_CANDIDATE)
        .where(
            deliveries.c.broadcast_id == broadcast_id,
            _on(shelf),
            deliveries.c.person_id > after,
            deliveries.c.lease_until.is_(None) | deliveries.c.held,
        )
        .order_by(deliveries.c.person_id)
        .limit(limit)
        .with_for_update(of=deliveries)
    )
    return [Candidate(*row) for row in rows]


async def named(db: AsyncConnection, ids: Sequence[int]) -> list[Candidate]:
    """These deliveries if they are held, locked."""
    rows = await db.execute(
        select(*_CANDIDATE)
        .where(deliveries.c.id.in_(ids), _IS_HELD)
        .order_by(deliveries.c.id)
        .with_for_update(of=deliveries)
    )
    return [Candidate(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Address:
    """One contact of a person, as far as it decides where another try goes."""

    id: int
    kind: str
    line: str
    state: str
    stopped: bool
    prefers: str  # the channel the person is tried on first


async def addresses(db: AsyncConnection, person_ids: Sequence[int]) -> dict[int, list[Address]]:
    """All contacts of these people, oldest first; those of whoever silenced everything count as stopped."""
    rows = await db.execute(
        select(
            contacts.c.person_id,
            contacts.c.id,
            contacts.c.kind,
            contacts.c.line,
            contacts.c.state,
            contacts.c.stopped_at,
            people.c.silenced_at,
            people.c.prefers,
        )
        .join(people, people.c.id == contacts.c.person_id)
        .where(contacts.c.person_id.in_(person_ids))
        .order_by(contacts.c.id)
    )
    found: dict[int, list[Address]] = {}
    for person_id, contact_id, kind, line, state, stopped_at, silenced_at, prefers in rows:
        stopped = stopped_at is not None or silenced_at is not None
        found.setdefault(person_id, []).append(Address(contact_id, kind, line, state, stopped, prefers))
    return found


# --- what is under way -----------------------------------------------------------------------------------------------


async def under_way(db: AsyncConnection) -> list[tuple[int, datetime]]:
    """Broadcasts that are being sent now, wherever they are, in the order in which their turn comes."""
    rows = await db.execute(
        select(broadcasts.c.id, broadcasts.c.at)
        .where(broadcasts.c.wake.is_not(None), broadcasts.c.state.in_(("expanding", "sending", "canary")))
        .order_by(broadcasts.c.at, broadcasts.c.id)
    )
    return [(int(number), at) for number, at in rows]


async def corrections(db: AsyncConnection, broadcast_id: int, round_id: int | None, version: int | None) -> list[int]:
    """The broadcasts that follow this one: its own, and corrections of what it told people of its round in this
    version, if it told anybody."""
    own = select(broadcasts.c.id).where(broadcasts.c.parent_id == broadcast_id)
    others = {one.id for one in await corrected_by(db, round_id, version)} if version is not None else set()
    return sorted({int(row[0]) for row in await db.execute(own)} | others)
