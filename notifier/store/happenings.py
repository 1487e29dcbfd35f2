"""What happened to deliveries, tickets and broadcasts, noted by the database itself in the transaction of its cause.

Triggers note it, so that no statement can forget to; they are there only while somebody follows, so that it costs
nothing while nobody does. Whoever reads a note removes it: one that was committed late is read late, none is missed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import happenings


class Happening(NamedTuple):
    """One note."""

    id: int
    kind: str  # delivery, ticket, broadcast
    subject_id: int
    change_id: int | None  # of a ticket: the entry of its history
    state: str
    reason: str
    at: datetime | None


_NAMES = "kind, subject_id, change_id, state, reason, at"
_LEFT = "NEW.state NOT IN ('due', 'sending') AND NEW.account_id IS NULL"
# What is called back for a ticket has no moment: see `deliveries.call_back`.
_TOLD = f"{_LEFT} AND NOT (NEW.state = 'cancelled' AND NEW.ticket_id IS NOT NULL)"
_DELIVERY = "'delivery', NEW.id, NULL, NEW.state, NEW.reason, NEW.settled_at"
_BROADCAST = "'broadcast', NEW.id, NULL, NEW.state, NEW.why, NULL"
# trigger → (when, on which table, under which condition, what is noted)
_TRIGGERS: Mapping[str, tuple[str, str, str, str]] = {
    "note_delivery": (
        "UPDATE OF state",
        "deliveries",
        f"NEW.state <> OLD.state AND {_TOLD}",
        _DELIVERY,
    ),
    "note_new_delivery": ("INSERT", "deliveries", _TOLD, _DELIVERY),
    "note_ticket": (
        "INSERT",
        "ticket_changes",
        "NEW.status <> NEW.was OR NEW.act = 'answer'",
        "'ticket', NEW.ticket_id, NEW.id, NEW.status, '', NEW.at",
    ),
    "note_broadcast": ("UPDATE OF state", "broadcasts", "NEW.state <> OLD.state", _BROADCAST),
    "note_new_broadcast": ("INSERT", "broadcasts", "NEW.id > 0", _BROADCAST),
}


async def follow(db: AsyncConnection) -> None:
    """Begin to note; nothing when it is done already."""
    if await followed(db):
        return
    sqlite = db.dialect.name == "sqlite"
    if not sqlite:
        await db.execute(text("SELECT pg_advisory_xact_lock(729002)"))
        if await followed(db):  # somebody else was quicker
            return
        await db.execute(text("SET LOCAL lock_timeout = '10s'"))  # nobody stands behind us for longer
    for name, (when, table, condition, values) in _TRIGGERS.items():
        note = f"INSERT INTO happenings ({_NAMES}) VALUES ({values});"  # noqa: S608  (our own words)
        begin = f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW WHEN ({condition})"
        if sqlite:
            await db.execute(text(f"{begin} BEGIN {note} END"))
            continue
        body = f"$$ BEGIN {note} RETURN NULL; END $$"
        await db.execute(text(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS {body}"))
        await db.execute(text(f"{begin} EXECUTE FUNCTION {name}()"))


async def leave(db: AsyncConnection) -> None:
    """Note nothing any more, and forget what was not read."""
    sqlite = db.dialect.name == "sqlite"
    for name, (_, table, _, _) in _TRIGGERS.items():
        await db.execute(text(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {table}")))
    await db.execute(delete(happenings))


async def followed(db: AsyncConnection) -> bool:
    """Whether what happens is noted."""
    first = next(iter(_TRIGGERS))
    found = (
        "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = :name"
        if db.dialect.name == "sqlite"
        else "SELECT 1 FROM pg_trigger WHERE tgname = :name AND tgrelid = to_regclass('deliveries')"
    )
    return (await db.execute(text(found), {"name": first})).first() is not None


async def wait(db: AsyncConnection) -> bool:
    """Whether there are notes to read."""
    return (await db.execute(select(happenings.c.id).limit(1))).first() is not None


async def take(db: AsyncConnection, limit: int) -> list[Happening]:
    """The oldest notes, removed; of one subject always in the order in which they came about."""
    oldest = select(happenings.c.id).order_by(happenings.c.id).limit(limit)
    gone = delete(happenings).where(happenings.c.id.in_(oldest))
    rows = await db.execute(gone.returning(*(happenings.c[name] for name in Happening._fields)))
    return sorted(Happening(*row) for row in rows)
