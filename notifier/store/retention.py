"""Rows that are kept and what is in them is not: found by walking ids, which follow time, so that no index is needed.

A row stays, for statements, statistics and the ledger speak of it; its body goes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.persons import LIVE
from notifier.store.schema import applications, arrivals, attempts, conflicts, deliveries, files, heard, tickets

NO_INDEX = bytes(16)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of body."""

    walk: Select[Any]  # (id, when, whether there is something to empty), by id
    when: ColumnElement[datetime]
    full: ColumnElement[bool]
    empty: Callable[[list[int]], Any]


def _arrivals() -> Kind:
    c = arrivals.c
    full = and_(c.wake.is_(None), func.length(c.body) > 0)
    empty = {"body": b"", "headers": b""}
    return Kind(select(c.id, c.at, full), c.at, full, lambda ids: update(arrivals).where(c.id.in_(ids)).values(**empty))


def _messages() -> Kind:
    c = deliveries.c
    over = and_(c.state.not_in(LIVE), c.lease_until.is_(None), ~c.held)
    full = and_(over, or_(c.sealed.is_not(None), c.thread != "", func.length(_text(c.facts)) > 4))  # "null"
    empty: Mapping[str, Any] = {"facts": None, "sealed": None, "thread": ""}
    return Kind(
        select(c.id, c.created_at, full),
        c.created_at,
        full,
        lambda ids: update(deliveries).where(c.id.in_(ids)).values(**empty),
    )


def _addresses() -> Kind:
    c = attempts.c
    full = and_(c.address_index != NO_INDEX, c.state.not_in(("sending",)))
    empty = {"address_index": NO_INDEX}
    return Kind(
        select(c.id, c.started_at, full),
        c.started_at,
        full,
        lambda ids: update(attempts).where(c.id.in_(ids)).values(**empty),
    )


def _files() -> Kind:
    c = files.c
    over = or_(c.ticket_id.is_(None), tickets.c.closed_at.is_not(None))
    full = and_(c.state == "kept", over)
    walk = select(c.id, heard.c.at, full, c.path).join(heard, heard.c.id == c.heard_id)
    walk = walk.outerjoin(tickets, tickets.c.id == c.ticket_id)
    empty = {"state": "lost", "reason": "kept long enough", "path": "", "name": "", "handle": ""}
    return Kind(walk, heard.c.at, full, lambda ids: update(files).where(c.id.in_(ids)).values(**empty))


def _words() -> Kind:
    """What was said and led to no report: answers, questions, thanks. What it meant and did stays."""
    c = heard.c
    full = and_(c.ticket_id.is_(None), c.effect != "part", or_(c.text != "", func.length(c.sender) > 0))
    empty: Mapping[str, Any] = {"text": "", "sender": b"", "sender_index": NO_INDEX, "ref": "", "album": "", "why": {}}
    return Kind(select(c.id, c.at, full), c.at, full, lambda ids: update(heard).where(c.id.in_(ids)).values(**empty))


def _conflicts() -> Kind:
    c = conflicts.c
    full = and_(c.state != "open", func.length(c.sealed) > 0)
    return Kind(
        select(c.id, c.created_at, full),
        c.created_at,
        full,
        lambda ids: update(conflicts).where(c.id.in_(ids)).values(sealed=b""),
    )


def _applications() -> Kind:
    """There is nothing to them but what goes."""
    c = applications.c
    full = tickets.c.closed_at.is_not(None)
    walk = select(c.id, c.created_at, full).join(tickets, tickets.c.id == c.ticket_id)
    return Kind(walk, c.created_at, full, lambda ids: delete(applications).where(c.id.in_(ids)))


def _text(column: Any) -> Any:
    return func.coalesce(cast(column, Text), "")


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "hooks": _arrivals(),
        "messages": _messages(),
        "addresses": _addresses(),
        "attachments": _files(),
        "heard": _words(),
        "conflicts": _conflicts(),
        "applications": _applications(),
    }
)


async def some(db: AsyncConnection, kind: str, after: int, before: datetime, limit: int) -> list[Any]:
    """The next rows that are old enough: (id, when, something to empty …). Fewer than `limit`: no more yet.

    Ids follow time: the first row that is too young ends it, so that no look reads what is young.
    """
    walk = KINDS[kind].walk
    key = walk.selected_columns[0]
    rows = (await db.execute(walk.where(key > after).order_by(key).limit(limit))).all()
    return list(takewhile(lambda row: row[1] < before, rows))


async def empty(db: AsyncConnection, kind: str, ids: list[int]) -> None:
    """Take the bodies out of these rows."""
    if ids:
        await db.execute(KINDS[kind].empty(ids))


async def count(db: AsyncConnection, kind: str, before: datetime) -> int:
    """How many rows would be emptied. Looks at all of them: for a person who asks, not for the clock."""
    of = KINDS[kind]
    wanted = of.walk.where(of.when < before, of.full).subquery()
    return int((await db.execute(select(func.count()).select_from(wanted))).scalar_one())
