"""Rows of the ledger: appended in the caller's transaction, chained later. Knows how a link is computed."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import LARGEST_ID, ledger
from notifier.store.straight import fetch, many

START = bytes(32)  # what the first link follows


@dataclass(frozen=True, slots=True)
class Act:
    """One row: who did what, when, about what."""

    id: int
    at: datetime
    who: str
    act: str
    about: str
    detail: str
    seq: int | None
    link: bytes | None


async def append(
    db: AsyncConnection, *, at: datetime, who: str, act: str, about: str, detail: Mapping[str, Any] | None = None
) -> None:
    """Write an act in the caller's transaction. `detail` holds ids and codes only, so that erasure keeps the chain."""
    await fetch(db, _ACT, {"at": at, "who": who, "act": act, "about": about, "detail": canonical(detail)})


async def append_all(
    db: AsyncConnection, details: Mapping[str, Mapping[str, Any]], *, at: datetime, who: str, act: str
) -> None:
    """The same act about many things: what it is about → its detail."""
    rows = [{"about": about, "detail": canonical(detail)} for about, detail in details.items()]
    await many(db, _ACT, rows, {"at": at, "who": who, "act": act})


_ACT = insert(ledger).inline()


def canonical(detail: Mapping[str, Any] | None) -> str:
    """The one spelling of a detail that the chain is computed over."""
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=True) if detail else ""


def link(key: Callable[[bytes], bytes], previous: bytes, seq: int, act: Act) -> bytes:
    """The keyed digest of the previous link and every field of the row, in one unambiguous spelling."""
    at = act.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = json.dumps([seq, act.id, at, act.who, act.act, act.about, act.detail], ensure_ascii=True)
    return key(previous + fields.encode())


async def unsealed(db: AsyncConnection, limit: int, above: int = 0) -> Sequence[Act]:
    """Acts beyond an id that wait for their link, oldest first."""
    waits = select(ledger).where(ledger.c.seq.is_(None), ledger.c.id > above)
    return [Act(*row) for row in await db.execute(waits.order_by(ledger.c.id).limit(limit))]


async def stray(db: AsyncConnection, upto: int) -> Act | None:
    """The first act up to an id that has no link."""
    found = select(ledger).where(ledger.c.seq.is_(None), ledger.c.id <= upto).order_by(ledger.c.id).limit(1)
    row = (await db.execute(found)).first()
    return Act(*row) if row else None


async def head(db: AsyncConnection) -> tuple[int, bytes]:
    """Number and link of the newest sealed act; (0, START) when there is none."""
    rows = await db.execute(
        select(ledger.c.seq, ledger.c.link).where(ledger.c.seq.is_not(None)).order_by(ledger.c.seq.desc()).limit(1)
    )
    row = rows.first()
    return (int(row.seq), bytes(row.link)) if row else (0, START)


async def link_of(db: AsyncConnection, seq: int) -> bytes | None:
    """The link of one sealed act; None when there is none of that number."""
    row = (await db.execute(select(ledger.c.link).where(ledger.c.seq == seq))).first()
    return bytes(row[0]) if row else None


async def newest_about(db: AsyncConnection, about: str) -> Act | None:
    """The newest act about something, sealed or not."""
    row = (
        await db.execute(select(ledger).where(ledger.c.about == about).order_by(ledger.c.id.desc()).limit(1))
    ).first()
    return Act(*row) if row else None


async def newest_sealed(db: AsyncConnection) -> Act | None:
    """The newest act of the chain."""
    row = (
        await db.execute(select(ledger).where(ledger.c.seq.is_not(None)).order_by(ledger.c.seq.desc()).limit(1))
    ).first()
    return Act(*row) if row else None


async def set_links(db: AsyncConnection, links: Sequence[tuple[int, int, bytes]]) -> None:
    """Give acts their places in the chain, in one statement: (id of the act, number, link) each."""
    if not links:
        return
    wanted = update(ledger).where(ledger.c.id == bindparam("act_id"), ledger.c.seq.is_(None))
    await db.execute(
        wanted.values(seq=bindparam("number"), link=bindparam("value")),
        [{"act_id": act, "number": number, "value": value} for act, number, value in links],
    )


async def sealed(db: AsyncConnection, batch: int = 2000) -> AsyncIterator[Act]:
    """Every sealed act in the order of the chain."""
    last = 0
    while True:
        rows = (await db.execute(select(ledger).where(ledger.c.seq > last).order_by(ledger.c.seq).limit(batch))).all()
        if not rows:
            return
        for row in rows:
            yield Act(*row)
        last = rows[-1].seq


async def waiting(db: AsyncConnection) -> int:
    """How many acts wait for their link."""
    return int((await db.execute(select(func.count()).where(ledger.c.seq.is_(None)))).scalar_one())


async def last(db: AsyncConnection, about: str, act: str) -> Act | None:
    """The newest act of a kind about something."""
    rows = await db.execute(
        select(ledger).where(ledger.c.about == about, ledger.c.act == act).order_by(ledger.c.id.desc()).limit(1)
    )
    row = rows.first()
    return Act(*row) if row else None


def read(act: Act) -> Mapping[str, Any]:
    """The detail of an act."""
    return dict(json.loads(act.detail)) if act.detail else {}


async def about(db: AsyncConnection, what: str, limit: int = 2000) -> Sequence[Act]:
    """Everything about something, oldest first, sealed or not."""
    wanted = select(ledger).where(ledger.c.about == what).order_by(ledger.c.id).limit(limit)
    return [Act(*row) for row in await db.execute(wanted)]


# --- for whoever reads it --------------------------------------------------------------------------------------------

BEHIND = 1000  # ids by which an act may be out of the order of its time: several writers commit as they come


@dataclass(frozen=True, slots=True)
class Asked:
    """Which acts somebody wants to see; what is empty does not narrow."""

    who: str = ""
    act: str = ""  # "signed_in", or a family of them: "ticket_", "export."
    about: str = ""  # "ticket:17", or a kind alone: "ticket"
    since: datetime | None = None
    until: datetime | None = None  # not included
    only: tuple[str, ...] | None = None  # acts of these alone: an area's own accounts
    quiet: bool = False  # leave out what workers write of what they sent, unless `act` asks for it


_BY_PEOPLE: ColumnElement[bool] = literal_column("ledger.act <> 'settled'")  # as its index spells it


async def page(db: AsyncConnection, asked: Asked, before: int | None, limit: int) -> list[Act]:
    """Acts below an id, newest first."""
    one = ledger.c
    wanted = select(ledger)
    if asked.who:
        wanted = wanted.where(one.who == asked.who)
    if asked.act.endswith(("_", ".")):
        wanted = wanted.where(one.act.startswith(asked.act, autoescape=True))
    elif asked.act:
        wanted = wanted.where(one.act == asked.act)
    elif asked.quiet:
        wanted = wanted.where(_BY_PEOPLE)
    if asked.about:
        kind = ":" not in asked.about
        wanted = wanted.where(
            one.about.startswith(f"{asked.about}:", autoescape=True) if kind else one.about == asked.about
        )
    if asked.only is not None:
        wanted = wanted.where(one.who.in_(asked.only))
    # Times are turned into ids first: the walk goes by id, and must begin and end where the times do.
    if asked.until is not None:
        last = await _near(db, one.at < asked.until, one.at.desc())
        wanted = wanted.where(one.at < asked.until, one.id <= (last or 0) + BEHIND)
    if asked.since is not None:
        first = await _near(db, one.at >= asked.since, one.at)
        wanted = wanted.where(one.at >= asked.since, one.id >= (first or LARGEST_ID) - BEHIND)
    if before is not None:
        wanted = wanted.where(one.id < before)
    return [Act(*row) for row in await db.execute(wanted.order_by(one.id.desc()).limit(limit))]


async def _near(db: AsyncConnection, when: ColumnElement[bool], order: ColumnElement[Any]) -> int | None:
    found = (await db.execute(select(ledger.c.id).where(when).order_by(order).limit(1))).scalar_one_or_none()
    return int(found) if found is not None else None


async def between(db: AsyncConnection, after: int, upto: int, limit: int = 2000) -> list[Act]:
    """Sealed acts of numbers beyond one and up to another, in the order of the chain."""
    wanted = select(ledger).where(ledger.c.seq > after, ledger.c.seq <= upto).order_by(ledger.c.seq).limit(limit)
    return [Act(*row) for row in await db.execute(wanted)]
