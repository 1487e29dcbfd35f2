"""Queues a notice in the caller's transaction: no notice without its cause, no cause without its notice.

Knows how an address is chosen (a contact of the ladder, the address a citizen wrote from, a member of staff); does not
know words, providers or rates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import EVENTS
from notifier.store import contacts, deliveries, signals

NO_CONTACT = "no_contact"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something one person should be told: an event plus facts. Exactly one of the four ways to an address."""

    event: str
    language: str
    zone: str  # IANA name
    facts: Mapping[str, Any] | None = None
    person_id: int | None = None  # by the person's ladder
    contact_id: int | None = None  # with person_id: this contact and no other
    account_id: int | None = None  # a member of staff
    sealed: bytes | None = None  # vault.seal_json({"kind", "address"}, "deliveries.sealed"), with `line`
    line: str = ""
    thread: str = ""  # ref of the message it answers
    round_id: int | None = None
    round_version: int = 0
    ticket_id: int | None = None
    due_at: datetime | None = None  # None: now
    expires_at: datetime | None = None
    window: bool | None = None  # None: as the event says; answers to a citizen's fresh message pass False


class Outbox:
    """The way into the table of deliveries for single notices; broadcasts expand into it by themselves."""

    def __init__(self, lines: Mapping[str, str], ladder: Sequence[str], *, signals: bool = False) -> None:
        """`lines`: channel to the line that carries it when a contact names none; `ladder`: channels as tried;
        `signals`: tell other processes at the commit (PostgreSQL).
        """
        self._lines = lines
        self._signals = signals
        self._ladder = tuple(kind for kind in ladder if kind in lines)

    async def queue(self, db: AsyncConnection, notice: Notice, now: datetime) -> int:
        """Write the delivery; returns its id. Someone without any contact gets a row that says so."""
        event = EVENTS[notice.event]
        row: dict[str, Any] = {
            "event": notice.event,
            "lane": event.lane,
            "language": notice.language,
            "zone": notice.zone,
            "facts": dict(notice.facts) if notice.facts is not None else None,
            "person_id": notice.person_id,
            "account_id": notice.account_id,
            "contact_id": notice.contact_id,
            "sealed": notice.sealed,
            "line": notice.line,
            "thread": notice.thread,
            "round_id": notice.round_id,
            "round_version": notice.round_version,
            "ticket_id": notice.ticket_id,
            "window": event.keeps_window if notice.window is None else notice.window,
            "due_at": notice.due_at or now,
            "expires_at": notice.expires_at,
            "created_at": now,
            "state": "due",
            "reason": "",
        }
        if notice.sealed is None and not notice.line:
            row |= await self._way(db, notice)
        delivery_id = await deliveries.insert(db, row)
        if self._signals:
            await signals.tell(db, signals.DELIVERY, delivery_id)
        return delivery_id

    async def _way(self, db: AsyncConnection, notice: Notice) -> dict[str, Any]:
        if notice.account_id is not None:
            kind = await contacts.of_account(db, notice.account_id)
            line = self._lines.get(kind, "")
            return {"line": line} if line else {"state": "suppressed", "reason": NO_CONTACT}
        found = await contacts.first(db, notice.person_id or 0, self._ladder, notice.contact_id)
        if found is None:
            return {"state": "suppressed", "reason": NO_CONTACT}
        return {"contact_id": found.id, "line": found.line or self._lines[found.kind]}
