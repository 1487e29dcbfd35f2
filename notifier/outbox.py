"""Queues a notice in the caller's transaction: no notice without its cause, no cause without its notice.

Knows how an address is chosen (a contact of the ladder, the address a citizen wrote from, a member of staff); does not
know words, providers or rates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules import reasons
from notifier.rules.deliveries import EVENTS
from notifier.rules.ladders import Ladders
from notifier.rules.roles import covers
from notifier.store import accounts, contacts, deliveries, signals

log = structlog.get_logger()
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


def _row(notice: Notice, now: datetime) -> dict[str, Any]:
    event = EVENTS[notice.event]
    return {
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


class Outbox:
    """The way into the table of deliveries for single notices; broadcasts expand into it by themselves."""

    def __init__(
        self,
        lines: Mapping[str, str],
        ladders: Ladders,
        others: Mapping[str, str] | None = None,
        *,
        signals: bool = False,
    ) -> None:
        """`lines`: channel to the line that carries it when a contact names none; `ladders`: channels as tried;
        `others`: line to another one of its channel, for what must not wait for the first; `signals`: tell other
        processes at the commit (PostgreSQL).
        """
        self._lines = lines
        self._others = others or {}
        self._ladders = ladders.carried_by(lines)
        self._signals = signals

    async def queue(self, db: AsyncConnection, notice: Notice, now: datetime) -> int:
        """Write the delivery; returns its id. Someone without any contact gets a row that says so."""
        row = _row(notice, now)
        if notice.sealed is None and not notice.line:
            row |= await self._way(db, notice)
        delivery_id = await deliveries.insert(db, row)
        if self._signals:
            await signals.tell(db, signals.DELIVERY, delivery_id)
        return delivery_id

    async def queue_all(self, db: AsyncConnection, notices: Sequence[Notice], now: datetime) -> dict[int, int]:
        """The same for one notice each about many tickets, whose addresses are sealed in them: ticket → delivery."""
        found = await deliveries.insert_all(db, [_row(notice, now) for notice in notices])
        if self._signals and found:
            await signals.tell(db, signals.DELIVERY, max(found.values()))
        return found

    async def _way(self, db: AsyncConnection, notice: Notice) -> dict[str, Any]:
        if notice.account_id is not None:
            kind = await contacts.of_account(db, notice.account_id)
            line = self._lines.get(kind, "")
            return {"line": line} if line else {"state": "suppressed", "reason": NO_CONTACT}
        ladder = await contacts.rungs(db, notice.person_id or 0, notice.round_id, self._ladders)
        found = await contacts.first(db, notice.person_id or 0, ladder, notice.contact_id)
        if found is None:
            return {"state": "suppressed", "reason": NO_CONTACT}
        return {"contact_id": found.id, "line": found.line or self._lines[found.kind]}

    async def way(self, db: AsyncConnection, person_id: int) -> tuple[contacts.Contact, str] | None:
        """The contact a person is written to by themselves, and its line; None when nothing reaches them."""
        ladder = await contacts.rungs(db, person_id, None, self._ladders)
        found = await contacts.first(db, person_id, ladder)
        return (found, found.line or self._lines[found.kind]) if found is not None else None

    async def tell(
        self,
        db: AsyncConnection,
        event: str,
        roles: Sequence[str],
        facts: Mapping[str, Any],
        zone: str,
        now: datetime,
        *,
        region: str | None = None,
        but: str = "",
    ) -> int:
        """Queue a notice to every colleague of these roles who sees the region and can be told; returns how many. A
        `reason` of ours is said in the language of each.

        `but`: a line that is in trouble. Who is told over it is told over another line of the same channel, or left to
        colleagues whom another way reaches; only when there are none does the notice wait for the line itself.
        """
        staff = [
            account
            for account in await accounts.with_roles(db, roles)
            if account.notify_kind in self._lines and (region is None or covers(account.region, region))
        ]
        ways = {account.id: self._lines[account.notify_kind] for account in staff}
        ways |= {account: self._others.get(line, line) for account, line in ways.items() if line == but}
        around = [account for account in staff if ways[account.id] != but]
        for account in around or staff:
            words = dict(facts)
            if "reason" in facts and reasons.known(facts["reason"]):
                words["reason"] = reasons.said(facts["reason"], account.language)
            notice = Notice(event, account.language, zone, words, account_id=account.id, line=ways[account.id])
            await self.queue(db, notice, now)
        if not staff:
            log.error("staff.nobody_to_tell", about=event, roles=",".join(roles))
        return len(around or staff)
