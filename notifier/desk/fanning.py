"""One answer of an incident on its way to many complaints at once, each citizen in their own channel and language.

A slice is one transaction, which also writes how far the answer has come: after a kill nobody is told twice, and nobody
is passed over.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import answered
from notifier.desk.acting import TOLD
from notifier.desk.intake import letter, worded
from notifier.desk.values import SEALED_REPORTER, Reporter, Room
from notifier.rules.shields import needs_two
from notifier.rules.tickets import MOVES, OPEN, Act, Change, move
from notifier.store import fanning as rows
from notifier.store import ledger, tickets
from notifier.store.incidents import Fanout
from notifier.store.tickets import Ticket

LEAST, MOST = 25, 500  # complaints of one transaction: with fewer its own cost is what it costs


@dataclass(slots=True)
class Pace:
    """How many complaints one transaction sees to, by how long the one before took."""

    aim: float  # seconds of a transaction
    size: int = LEAST

    def took(self, seconds: float) -> None:
        """Twice as many the next time at most, for a few say little."""
        self.size = max(LEAST, min(MOST, int(self.size * min(2.0, self.aim / max(seconds, 1e-6)))))


@dataclass(frozen=True, slots=True)
class _Told:
    """One complaint that the answer reaches."""

    ticket: Ticket
    reporter: Reporter
    text: str
    change: Change

    @property
    def row(self) -> dict[str, Any]:
        """What changes in its row."""
        open_still = self.change.to in OPEN
        return {
            "status": self.change.to.value,
            "closed_at": None if open_still else self.change.at,
            "undelivered": "",
        }


async def tell(room: Room, db: AsyncConnection, of: Fanout, ids: Collection[int], now: datetime) -> int:
    """Tell the citizens of these complaints, on the line and in the language they wrote in; how many were told. One
    that is settled is left in peace.
    """
    what, who = Act(of.act), f"account:{of.account_id}"
    main = await tickets.get(db, of.incident_id)
    agreed = main is not None and main.shielded  # what ends a hidden incident two people have agreed on
    told = [
        _told(room, of, ticket, sealed, what, who, now)
        for ticket, sealed in await rows.locked(db, ids)
        if sealed is not None
        and ticket.status in OPEN
        and what in MOVES[ticket.status]
        and (agreed or not needs_two(ticket.shielded, what))
    ]
    if not told:
        return 0
    notices = [
        letter(room, one.ticket, one.reporter, TOLD[what], _facts(one), one.ticket.opened_at, now)
        for one in told
        if one.reporter.reached
    ]
    deliveries = await room.outbox.queue_all(db, notices, now)
    said = {"kind": "out", "at": now, "account_id": of.account_id}
    messages = await rows.say(
        db,
        [
            {**said, "ticket_id": one.ticket.id, "text": one.text, "delivery_id": deliveries.get(one.ticket.id)}
            for one in told
        ],
    )
    await rows.record(
        db,
        [
            {
                "ticket_id": one.ticket.id,
                "was": one.change.from_.value,
                "status": one.change.to.value,
                "why": one.change.why,
            }
            for one in told
        ],
        {"at": now, "who": who, "act": what.value, "facts": {"incident": of.incident_id}},
    )
    await rows.move(db, [(one.ticket, one.row, _worked(room, one.ticket, now)) for one in told], now)
    details = {
        f"ticket:{one.ticket.id}": worded(room, messages[one.ticket.id], one.text) | {"status": one.change.to.value}
        for one in told
    }
    await ledger.append_all(db, details, at=now, who=who, act=f"ticket_{what}")
    return len(told)


def _told(room: Room, of: Fanout, ticket: Ticket, sealed: bytes, what: Act, who: str, now: datetime) -> _Told:
    text = of.texts.get(ticket.language, of.text)
    _, change = move(ticket, what, by=who, at=now, why=text[:500])
    return _Told(ticket, Reporter(**room.vault.open_json(sealed, SEALED_REPORTER)), text, change)


def _facts(one: _Told) -> Mapping[str, Any]:
    return {"number": one.ticket.number, "category": one.ticket.category, "text": one.text}


def _worked(room: Room, ticket: Ticket, now: datetime) -> int | None:
    """Seconds of the office's time until this answer, by what would be promised without the incident."""
    promise = room.promises.choose(ticket.category, ticket.urgent, ticket.region)
    first: int | None = answered.columns(promise.policy, ticket.opened_at, now)["answered_after"]
    return first
