"""Rows of webhooks: who is told, of what, which calls wait, what came of each. Knows no secret in clear."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Integer, and_, bindparam, delete, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.given import among, listed
from notifier.store.schema import Id, tickets, webhook_calls, webhook_events, webhook_tries, webhooks
from notifier.store.straight import fetch, many


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address that is told; its secrets stay where they are."""

    id: int
    name: str
    url: str
    kinds: tuple[str, ...]
    region: str  # prefix
    shielded: bool
    state: str  # on, paused, off, gone
    why: str
    failures: int
    failing_since: datetime | None
    rest_until: datetime | None
    former_until: datetime | None
    version: int
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a webhook's calls are signed with, sealed."""

    secret: bytes
    former: bytes | None
    former_until: datetime | None


class Due(NamedTuple):
    """A call that was taken to be made."""

    id: int
    tries: int  # number of this try
    first_at: datetime
    uid: str
    body: str
    kind: str
    region: str
    hidden: bool  # its ticket


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a call."""

    call_id: int
    tries: int
    state: str
    due_at: datetime
    status: int
    ms: int
    said: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A call as the log shows it, with its last try."""

    id: int
    state: str
    tries: int
    due_at: datetime
    created_at: datetime
    uid: str
    kind: str
    subject: str
    at: datetime | None  # of the last try
    status: int
    ms: int
    said: str


_NAMES = tuple(Webhook.__dataclass_fields__)
_WEBHOOK = tuple(webhooks.c[name] for name in _NAMES)
_THERE = webhooks.c.state != "gone"


def _webhook(row: Any) -> Webhook:
    values = dict(zip(_NAMES, row, strict=True))
    return Webhook(**{**values, "kinds": tuple(values["kinds"])})


async def create(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """Write a webhook; returns its id."""
    return int((await db.execute(insert(webhooks).values(**row).returning(webhooks.c.id))).scalar_one())


async def every(db: AsyncConnection) -> list[Webhook]:
    """All that were not removed, newest first. They are few."""
    return [_webhook(row) for row in await db.execute(select(*_WEBHOOK).where(_THERE).order_by(webhooks.c.id.desc()))]


async def get(db: AsyncConnection, webhook_id: int, *, lock: bool = False) -> Webhook | None:
    """One that was not removed."""
    wanted = select(*_WEBHOOK).where(webhooks.c.id == webhook_id, _THERE)
    row = (await db.execute(wanted.with_for_update() if lock else wanted)).first()
    return _webhook(row) if row else None


async def secrets(db: AsyncConnection, webhook_id: int) -> Secrets | None:
    """What its calls are signed with."""
    wanted = select(webhooks.c.secret, webhooks.c.former, webhooks.c.former_until)
    row = (await db.execute(wanted.where(webhooks.c.id == webhook_id, _THERE))).first()
    return Secrets(bytes(row[0]), bytes(row[1]) if row[1] is not None else None, row[2]) if row else None


async def change(db: AsyncConnection, webhook_id: int, values: Mapping[str, Any]) -> None:
    """Change one; counts its version up."""
    wanted = update(webhooks).where(webhooks.c.id == webhook_id)
    await db.execute(wanted.values(**values, version=webhooks.c.version + 1))


async def fared(db: AsyncConnection, webhook_id: int, values: Mapping[str, Any]) -> None:
    """Note how its calls fare; the version stays, for nobody decided anything."""
    await db.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(**values))


# --- events and calls ------------------------------------------------------------------------------------------------


async def tell(db: AsyncConnection, told: Sequence[tuple[Mapping[str, Any], Collection[int]]], now: datetime) -> None:
    """Write events, and a call for each of the webhooks beside them; of one webhook they wait in this order."""
    if not told:
        return
    named = insert(webhook_events).returning(webhook_events.c.uid, webhook_events.c.id)
    ids = {row[0]: int(row[1]) for row in await db.execute(named, [dict(event) for event, _ in told])}
    calls = [(webhook, ids[event["uid"]], str(event["subject"])) for event, whom in told for webhook in whom]
    await _call(db, calls, now)


async def _call(db: AsyncConnection, calls: Sequence[tuple[int, int, str]], now: datetime) -> None:
    if not calls:
        return
    names = ("webhook_id", "event_id", "subject")
    rows = [dict(zip(names, call, strict=True)) | {"state": "due", "due_at": now, "created_at": now} for call in calls]
    await db.execute(insert(webhook_calls), rows)


class Kept(NamedTuple):
    """An event that can be told again."""

    id: int
    kind: str
    subject: str
    region: str
    shielded: bool


_KEPT = (
    select(
        webhook_events.c.id,
        webhook_events.c.kind,
        webhook_events.c.subject,
        webhook_events.c.region,
        func.coalesce(tickets.c.shielded, False),
    )
    .select_from(webhook_events.outerjoin(tickets, tickets.c.id == webhook_events.c.ticket_id))
    .order_by(webhook_events.c.id)
)


async def kept(db: AsyncConnection, uid: str) -> Kept | None:
    """The event of this name."""
    row = (await db.execute(_KEPT.where(webhook_events.c.uid == uid))).first()
    return Kept(*row) if row else None


async def kept_since(db: AsyncConnection, since: datetime, above: int, limit: int) -> list[Kept]:
    """Events from a time on, beyond an id, oldest first."""
    wanted = _KEPT.where(webhook_events.c.at >= since, webhook_events.c.id > above).limit(limit)
    return [Kept(*row) for row in await db.execute(wanted)]


async def call_again(db: AsyncConnection, webhook_id: int, events: Sequence[Kept], now: datetime) -> int:
    """Write a call of each, but for those that wait already; returns how many."""
    ids = [event.id for event in events]
    mine = (webhook_calls.c.webhook_id == webhook_id, webhook_calls.c.event_id.in_(ids), webhook_calls.c.state == "due")
    waiting = set((await db.execute(select(webhook_calls.c.event_id).where(*mine))).scalars())
    wanted = [(webhook_id, event.id, event.subject) for event in events if event.id not in waiting]
    await _call(db, wanted, now)
    return len(wanted)


# Spelled out, so that the partial indexes serve kept plans too.
_DUE = webhook_calls.c.state == literal_column("'due'")
_TIME = webhook_calls.c.due_at.type
_FREE = or_(webhook_calls.c.lease_until.is_(None), webhook_calls.c.lease_until <= bindparam("now", type_=_TIME))


async def waiting(db: AsyncConnection, now: datetime) -> list[int]:
    """The webhooks that have something to be told now."""
    return [int(row[0]) for row in await fetch(db, _WAITING, {"now": now})]


def _waiting() -> Any:
    c, now = webhook_calls.c, bindparam("now", type_=_TIME)
    due = exists(select(c.id).where(c.webhook_id == webhooks.c.id, _DUE, c.due_at <= now, _FREE))
    rested = or_(webhooks.c.rest_until.is_(None), webhooks.c.rest_until <= now)
    return select(webhooks.c.id).where(webhooks.c.state == "on", rested, due)


_WAITING = _waiting()


async def take(db: AsyncConnection, webhook_id: int, now: datetime, lease_until: datetime, limit: int) -> list[Due]:
    """Take calls under a lease: of each subject the oldest alone, so that its news arrives in order."""
    values = {"of_webhook": webhook_id, "now": now, "lease": lease_until, "n": limit}
    ids = [row[0] for row in await fetch(db, _TAKE, values)]
    if not ids:
        return []
    return [Due(*row) for row in await fetch(db, _taken(db.dialect.name), listed(db, ids))]


def _take() -> Any:
    c, before = webhook_calls.c, webhook_calls.alias("before").c
    mine = bindparam("of_webhook", type_=Id)
    # A value, not EXISTS: PostgreSQL makes that a join, and before its statistics know of all that waits it then reads
    # everything for each row.
    oldest = (
        select(before.id)
        .where(before.webhook_id == mine, before.subject == c.subject, before.state == literal_column("'due'"))
        .order_by(before.subject, before.id)
        .limit(1)
        .scalar_subquery()
    )
    now = bindparam("now", type_=_TIME)
    pick = (
        select(c.id)
        .where(c.webhook_id == mine, _DUE, c.due_at <= now, _FREE, c.id == oldest)
        .order_by(c.due_at, c.id)
        .limit(bindparam("n", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("pick")
    )
    taken = {"lease_until": bindparam("lease", type_=_TIME), "tries": c.tries + 1}
    first = func.coalesce(c.first_at, now)
    return update(webhook_calls).where(c.id.in_(select(pick.c.id))).values(**taken, first_at=first).returning(c.id)


_TAKE = _take()


@cache
def _taken(engine: str) -> Any:
    c, e = webhook_calls.c, webhook_events.c
    return (
        select(c.id, c.tries, c.first_at, e.uid, e.body, e.kind, e.region, func.coalesce(tickets.c.shielded, False))
        .select_from(
            webhook_calls.join(webhook_events, e.id == c.event_id).outerjoin(tickets, tickets.c.id == e.ticket_id)
        )
        .where(among(engine, c.id))
        .order_by(c.due_at, c.id)
    )


_MINE = (  # it is still the try that was taken
    webhook_calls.c.id == bindparam("b_id", type_=Id),
    webhook_calls.c.tries == bindparam("b_tries", type_=Integer),
    _DUE,
)
_MADE = (
    update(webhook_calls)
    .where(*_MINE)
    .values(
        state=bindparam("v_state", type_=webhook_calls.c.state.type),
        due_at=bindparam("v_due", type_=_TIME),
        lease_until=None,
    )
)
_GIVE_BACK = update(webhook_calls).where(*_MINE).values(tries=webhook_calls.c.tries - 1, lease_until=None)
_TRY = insert(webhook_tries)


async def made(db: AsyncConnection, calls: Sequence[Made], now: datetime) -> None:
    """Write what came of calls. A try whose lease was lost is logged, and decides nothing any more."""
    ended = [
        {"b_id": call.call_id, "b_tries": call.tries, "v_state": call.state, "v_due": call.due_at}
        for call in sorted(calls, key=attrgetter("call_id"))
    ]
    await many(db, _MADE, ended)
    tries = [{"call_id": call.call_id, "status": call.status, "ms": call.ms, "said": call.said} for call in calls]
    await many(db, _TRY, tries, {"at": now})


async def give_back(db: AsyncConnection, calls: Sequence[Due]) -> None:
    """Let others have calls that were taken, and not begun."""
    await many(db, _GIVE_BACK, [{"b_id": call.id, "b_tries": call.tries} for call in calls])


# --- the log ---------------------------------------------------------------------------------------------------------


async def log(db: AsyncConnection, webhook_id: int, below: int, limit: int) -> list[Logged]:
    """Calls of a webhook, newest first, below an id (0: from the newest)."""
    c, e, t = webhook_calls.c, webhook_events.c, webhook_tries.c
    each = webhook_tries.alias("each").c
    newest = select(func.max(each.id)).where(each.call_id == c.id).scalar_subquery()
    wanted = (
        select(c.id, c.state, c.tries, c.due_at, c.created_at, e.uid, e.kind, e.subject, t.at, t.status, t.ms, t.said)
        .select_from(webhook_calls.join(webhook_events, e.id == c.event_id).outerjoin(webhook_tries, t.id == newest))
        .where(c.webhook_id == webhook_id)
        .order_by(c.id.desc())
        .limit(limit)
    )
    rows = await db.execute(wanted.where(c.id < below) if below else wanted)
    return [Logged(*row[:9], row[9] or 0, row[10] or 0, row[11] or "") for row in rows]


async def depths(db: AsyncConnection) -> dict[int, int]:
    """How many calls wait for each webhook."""
    c = webhook_calls.c
    rows = await db.execute(select(c.webhook_id, func.count()).where(c.state == "due").group_by(c.webhook_id))
    return {int(webhook_id): int(n) for webhook_id, n in rows}


async def forget(db: AsyncConnection, before: datetime, limit: int) -> int:
    """Drop some calls from before then, or of what was removed, with their log; then events nobody waits for."""
    c, e = webhook_calls.c, webhook_events.c
    gone = select(webhooks.c.id).where(webhooks.c.state == "gone")
    over = or_(c.created_at < before, c.webhook_id.in_(gone))
    ids = list((await db.execute(select(c.id).where(over).order_by(c.id).limit(limit))).scalars())
    if ids:
        await db.execute(delete(webhook_tries).where(webhook_tries.c.call_id.in_(ids)))
        await db.execute(delete(webhook_calls).where(c.id.in_(ids)))
        return len(ids)
    still = exists(select(c.id).where(c.event_id == e.id))
    old = select(e.id).where(and_(e.at < before, ~still)).order_by(e.at).limit(limit)
    return (await db.execute(delete(webhook_events).where(e.id.in_(old)))).rowcount
