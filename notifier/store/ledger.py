"""Rows of the ledger: appended in the caller's transaction, chained later. Knows how a link is computed."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import ledger

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
    await db.execute(_ACT, {"at": at, "who": who, "act": act, "about": about, "detail": canonical(detail)})


_ACT = insert(ledger).inline()


def canonical(detail: Mapping[str, Any] | None) -> str:
    """The one spelling of a detail that the chain is computed over."""
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=True) if detail else ""


def link(previous: bytes, seq: int, act: Act) -> bytes:
    """SHA-256 over the previous link and every field of the row, in one unambiguous spelling."""
    at = act.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = json.dumps([seq, act.id, at, act.who, act.act, act.about, act.detail], ensure_ascii=True)
    return sha256(previous + fields.encode()).digest()


async def unsealed(db: AsyncConnection, limit: int) -> Sequence[Act]:
    """Acts that wait for their link, oldest first."""
    rows = await db.execute(select(ledger).where(ledger.c.seq.is_(None)).order_by(ledger.c.id).limit(limit))
    return [Act(*row) for row in rows]


async def head(db: AsyncConnection) -> tuple[int, bytes]:
    """Number and link of the newest sealed act; (0, START) when there is none."""
    rows = await db.execute(
        select(ledger.c.seq, ledger.c.link).where(ledger.c.seq.is_not(None)).order_by(ledger.c.seq.desc()).limit(1)
    )
    row = rows.first()
    return (int(row.seq), bytes(row.link)) if row else (0, START)


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
