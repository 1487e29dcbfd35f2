"""Rows of what was done to accounts, and why: words that the ledger itself does not hold. Decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import account_acts


@dataclass(frozen=True, slots=True)
class AccountAct:
    """One change."""

    id: int
    at: datetime
    who: str
    act: str
    why: str
    facts: Mapping[str, Any]


async def put(
    db: AsyncConnection, account_id: int, *, at: datetime, who: str, act: str, why: str, facts: Mapping[str, Any]
) -> int:
    """Write a change; returns its id."""
    row = {"account_id": account_id, "at": at, "who": who, "act": act, "why": why, "facts": dict(facts)}
    return int((await db.execute(insert(account_acts).values(row).returning(account_acts.c.id))).scalar_one())


async def of(db: AsyncConnection, account_id: int, limit: int = 50) -> list[AccountAct]:
    """What was done to an account, newest first."""
    one = account_acts
    wanted = select(*(one.c[name] for name in AccountAct.__dataclass_fields__)).where(one.c.account_id == account_id)
    return [AccountAct(*row) for row in await db.execute(wanted.order_by(one.c.id.desc()).limit(limit))]
