"""Notices to staff about a ticket: who is told, and what. Never what would say who reported it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.promise import Promise
from notifier.desk.values import Room, is_private
from notifier.outbox import Notice
from notifier.rules.offices import called
from notifier.rules.roles import Right, Role, covers, may
from notifier.rules.sla import Clock
from notifier.store import accounts, tickets
from notifier.store.accounts import Account
from notifier.store.tickets import Ticket

UNSEEN, SEEN_AGAIN = "unseen", "seen_again"  # in a ticket's history
DESK = tuple(role for role in Role if may(role, Right.ANSWER))


async def urgent(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> int:
    """Tell everyone who may answer a ticket that it can't wait; returns how many were told."""
    words = "" if is_private(ticket.confidentiality) else ticket.summary
    facts = {"number": ticket.number, "summary": words, "url": page_of(room, ticket)}
    return await tell(room, db, "urgent_ticket", await on_duty(db, ticket, DESK), ticket, facts, now)


async def warn(
    room: Room,
    db: AsyncConnection,
    ticket: Ticket,
    clock: Clock,
    due: datetime,
    part: float,
    promise: Promise,
    now: datetime,
) -> int:
    """Tell the assignee, or everyone who may answer, that a promise is about to break."""
    people = await on_duty(db, ticket, DESK)
    mine = [account for account in people if account.id == ticket.assignee_id]
    facts = {**_promise(room, ticket, clock, due), "level": 0, "part": part}
    return await tell(room, db, "sla_warning", mine or people, ticket, facts, now, promise)


async def escalate(
    room: Room,
    db: AsyncConnection,
    ticket: Ticket,
    clock: Clock,
    due: datetime,
    level: int,
    promise: Promise,
    now: datetime,
) -> int:
    """Tell whoever stands on this step that a promise is broken; where nobody does, the next one above."""
    facts = {**_promise(room, ticket, clock, due), "level": level}
    staff = await on_duty(db, ticket, tuple(Role))
    for step in promise.escalate_to[level - 1 :]:
        people = called(step, staff, ticket.region)
        if people:
            return await tell(room, db, "sla_escalated", people, ticket, facts, now, promise)
    return 0


async def unseen(room: Room, db: AsyncConnection, ticket: Ticket, now: datetime) -> int:
    """Tell the admins above of a hidden ticket that nobody who could answer it sees: once, until somebody saw it."""
    if not ticket.shielded:
        return 0
    acts = [change.act for change in await tickets.history(db, ticket.id) if change.act in (UNSEEN, SEEN_AGAIN)]
    told = acts[-1:] == [UNSEEN]
    desk = await accounts.with_roles(db, [role.value for role in DESK])
    if any(covers(account.region, ticket.region) for account in desk):
        if told:
            await tickets.record(db, ticket.id, at=now, who="clock", act=SEEN_AGAIN)
        return 0
    if told:
        return 0
    admins = await on_duty(db, ticket, (Role.ADMIN,))
    if not admins:  # told later, once one of them can be
        return 0
    await tickets.record(db, ticket.id, at=now, who="clock", act=UNSEEN)
    facts = {"what": "alert_unseen", "number": ticket.number, "url": page_of(room, ticket)}
    return await tell(room, db, "desk_alert", admins, ticket, facts, now)


async def second(room: Room, db: AsyncConnection, ticket: Ticket, but: int, now: datetime) -> int:
    """Tell those who may agree that a ticket waits for a second person; `but` is who proposed it."""
    people = [account for account in await on_duty(db, ticket, DESK) if account.id != but]
    facts = {"what": "alert_second", "number": ticket.number, "url": page_of(room, ticket)}
    return await tell(room, db, "desk_alert", people, ticket, facts, now)


async def silent(room: Room, db: AsyncConnection, ticket: Ticket, promise: Promise, now: datetime) -> int:
    """Ask the desk, once its office works, what becomes of a resolved ticket whose citizen says nothing."""
    facts = {"what": "alert_silent", "number": ticket.number, "url": page_of(room, ticket)}
    return await tell(room, db, "desk_alert", await on_duty(db, ticket, DESK), ticket, facts, now, promise)


async def on_duty(db: AsyncConnection, ticket: Ticket, roles: Sequence[Role]) -> list[Account]:
    """Accounts of these roles whose region has the ticket and who can be told."""
    found = await accounts.with_roles(db, [role.value for role in roles])
    return [account for account in found if account.notify_kind and covers(account.region, ticket.region)]


async def tell(
    room: Room,
    db: AsyncConnection,
    event: str,
    people: Sequence[Account],
    ticket: Ticket,
    facts: Mapping[str, Any],
    now: datetime,
    promise: Promise | None = None,
) -> int:
    """Queue a notice to each of them; about a promise it waits until their office works."""
    for account in people:
        opens = room.promises.hours_of(promise, account.region).opens(now) if promise else now
        notice = Notice(
            event=event,
            language=account.language,
            zone=room.settings.zone,
            facts=facts,
            account_id=account.id,
            ticket_id=ticket.id,
            due_at=max(opens, now),
        )
        await room.outbox.queue(db, notice, now)
    return len(people)


def page_of(room: Room, ticket: Ticket) -> str:
    """Where staff read the ticket."""
    return f"{room.settings.public_url}/desk/tickets/{ticket.number}" if room.settings.public_url else ""


def _promise(room: Room, ticket: Ticket, clock: Clock, due: datetime) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "category": ticket.category,
        "clock": clock.value,
        "due_at": due.isoformat(),
        "url": page_of(room, ticket),
    }
