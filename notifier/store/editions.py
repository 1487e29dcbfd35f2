"""What a round was before each change: told by its acts in the ledger, read back from them. Decides nothing.

A round is public, so an act keeps the words that were replaced; its note alone is named and not kept, for it may name
somebody.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import ledger as acts
from notifier.store.rounds import Round
from notifier.store.schema import ledger

TIMES = ("opens_at", "closes_at")
UNKEPT = frozenset({"note"})


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a round: who made it, when, and what stood in its place before."""

    version: int
    at: datetime
    who: str
    act: str  # created, changed, cancelled
    changed: Sequence[str]  # fields
    was: Mapping[str, Any]  # field → value before; a field that is not kept is missing


async def record(db: AsyncConnection, of: Round, was: Round | None, act: str, who: str, now: datetime) -> None:
    """Write the act that made this version of a round, and what it replaced."""
    detail: dict[str, Any] = {"version": of.version}
    if was is not None:
        detail["changed"] = changed = changes(was, of)
        detail["was"] = {name: _plain(getattr(was, name)) for name in changed if name not in UNKEPT}
    await acts.append(db, at=now, who=who, act=f"round.{act}", about=f"round:{of.id}", detail=detail)


def changes(was: Round, of: Round) -> list[str]:
    """The fields that people read and that differ."""
    own = ("id", "code", "version", "wake", "created_at", "updated_at", "point_id")
    return [name for name in Round.__dataclass_fields__ if name not in own and getattr(was, name) != getattr(of, name)]


async def of_round(db: AsyncConnection, round_id: int) -> list[Edition]:
    """The versions of a round that acts tell of, newest first."""
    rows = await db.execute(
        select(ledger.c.at, ledger.c.who, ledger.c.act, ledger.c.detail)
        .where(ledger.c.about == f"round:{round_id}", ledger.c.act.like("round.%"))
        .order_by(ledger.c.id.desc())
    )
    return [_edition(*row) for row in rows]


def at_version(editions: Sequence[Edition], of: Round, version: int) -> Mapping[str, Any] | None:
    """What a round said at an earlier version, without what is not kept; None when the acts do not reach back."""
    said = {name: getattr(of, name) for name in Round.__dataclass_fields__ if name not in UNKEPT}
    later = {edition.version: edition for edition in editions if edition.version > version}
    for number in range(of.version, version, -1):
        if number not in later:
            return None
        said |= later[number].was
    return MappingProxyType(said)


def _edition(at: datetime, who: str, act: str, detail: str) -> Edition:
    told = json.loads(detail) if detail else {}
    was = {
        name: datetime.fromisoformat(value) if name in TIMES and value else value
        for name, value in told.get("was", {}).items()
    }
    changed = tuple(told.get("changed", ()))
    return Edition(int(told.get("version", 1)), at, who, act.removeprefix("round."), changed, MappingProxyType(was))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
