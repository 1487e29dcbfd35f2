"""Is this message really ours? What the code of a message belongs to, and whether what it said still holds.

Tells which kind of message, which round, when and where; never to whom it was sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.codes import find
from notifier.rules.deliveries import EVENTS
from notifier.store import editions, genuine, rounds
from notifier.store.engine import Database
from notifier.store.rounds import Round
from notifier.vault import Vault

WAS = ("venue", "opens_at", "closes_at")  # what a reader compares with the message at hand


class Verdict(StrEnum):
    """What a code turns out to be."""

    REAL = "real"  # ours, and it still holds
    CHANGED = "changed"  # ours, but the round has another date or place since
    CANCELLED = "cancelled"  # ours, but the round does not take place
    FALSE = "false"  # no message of ours has this code
    MISSING = "missing"  # nothing that is a code was given


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of the code that somebody asks about."""

    verdict: Verdict
    code: str = ""
    event: str = ""
    at: datetime | None = None  # when the message left
    of: Round | None = None  # as it is now
    was: Mapping[str, Any] = field(default_factory=dict)  # what the message said of it, as far as that differs now

    @property
    def real(self) -> bool:
        """Whether the message is ours, whatever became of its round."""
        return self.verdict not in (Verdict.FALSE, Verdict.MISSING)


class Genuine:
    """Looks codes up."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def look(self, text: str) -> Finding:
        """The first code in a text, in any spelling."""
        async with self._database.read() as db:
            return await look(db, self._vault, next(find(text), []))


async def look(db: AsyncConnection, vault: Vault, codes: Sequence[str]) -> Finding:
    """What one code is, given as the codes it may be. A staff message has none."""
    for code in codes:
        number = vault.codes.number(code)
        said = await genuine.said(db, number) if number is not None else None
        if said is not None and EVENTS[said.event].citizen:
            return await _found(db, code, said)
    return Finding(Verdict.FALSE, codes[0]) if codes else Finding(Verdict.MISSING)


async def _found(db: AsyncConnection, code: str, said: genuine.Said) -> Finding:
    of = await rounds.get(db, said.round_id) if said.round_id is not None else None
    if of is None:
        return Finding(Verdict.REAL, code, said.event, said.at)
    if of.state == "cancelled":
        return Finding(Verdict.CANCELLED, code, said.event, said.at, of)
    if said.round_version >= of.version:
        return Finding(Verdict.REAL, code, said.event, said.at, of)
    then = editions.at_version(await editions.of_round(db, of.id), of, said.round_version) or {}
    was = {name: then[name] for name in WAS if name in then and then[name] != getattr(of, name)}
    # Where the acts do not reach back nobody can say what it said: it is told with care, as changed.
    return Finding(Verdict.CHANGED if was or not then else Verdict.REAL, code, said.event, said.at, of, was)
