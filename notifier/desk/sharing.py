"""Who gets a ticket: whoever of the desk has least to do, is here, sees its region and is below the cap. Who goes away
leaves their open tickets to the others.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.acting import seen
from notifier.desk.intake import note_move
from notifier.desk.values import Room
from notifier.errors import Refused
from notifier.rules.roles import Right, Role, Viewer, covers, may
from notifier.rules.tickets import MOVES, Act, move
from notifier.store import accounts, ledger, shares, tickets
from notifier.store.accounts import Account
from notifier.store.tickets import Ticket

DESK = tuple(role.value for role in Role if may(role, Right.ANSWER))
LONGEST = timedelta(days=366)  # an absence
SLICE = 10  # tickets handed on in one transaction


async def free(
    db: AsyncConnection, room: Room, region: str, now: datetime, *, but: int | None = None
) -> Sequence[Account]:
    """Who could be given a ticket of a region, the one with least to do first."""
    staff = [one for one in await accounts.with_roles(db, DESK) if covers(one.region, region) and one.id != but]
    away, loads = await shares.away(db, now), await shares.loads(db, [one.id for one in staff])
    here = [one for one in staff if one.id not in away and loads.get(one.id, 0) < room.settings.assign_cap]
    # Agents before supervisors who have as little to do: those are to look after the others.
    return sorted(here, key=lambda one: (loads.get(one.id, 0), one.role != Role.AGENT, one.id))


async def assign_least(room: Room, viewer: Viewer, number: str, version: int, now: datetime) -> Ticket:
    """Give a ticket to whoever has least to do. Refused when nobody is free."""
    viewer.needs(Right.ASSIGN)
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number, lock=True)
        if ticket.version != version:
            raise Refused(f"ticket {ticket.number} was changed while you looked at it; look again before you act")
        if Act.ASSIGN not in MOVES[ticket.status]:
            raise Refused(f"Ticket {ticket.number} is {ticket.status}, so it can't be assigned")
        people = await free(db, room, ticket.region, now, but=ticket.assignee_id)
        if not people:
            raise Refused("nobody of the desk is free for this ticket: all are away, at their cap or elsewhere")
        await _give(db, ticket, people[0].id, viewer.who, now)
        return await tickets.get(db, ticket.id) or ticket


async def leave(room: Room, viewer: Viewer, account_id: int, until: datetime, now: datetime) -> tuple[int, int]:
    """Somebody is away until then; (their open tickets given to others, those nobody was free for)."""
    await _may_tell(room, viewer, account_id)
    if not now < until <= now + LONGEST:
        raise Refused("say until when: a day after today, at most a year from now")
    async with room.database.write() as db:
        await shares.leave(db, account_id, until, viewer.who, now)
        about, detail = f"account:{account_id}", {"until": until.isoformat()}
        await ledger.append(db, at=now, who=viewer.who, act="absent", about=about, detail=detail)
    given = waiting = 0
    while True:
        async with room.database.write_slice() as db:
            found = await shares.held_by(db, account_id, SLICE)
            for ticket_id in found:
                ticket = await tickets.get(db, ticket_id, lock=True)
                if ticket is None or ticket.assignee_id != account_id:
                    continue
                people = await free(db, room, ticket.region, now, but=account_id)
                if people and Act.ASSIGN in MOVES[ticket.status]:
                    await _give(db, ticket, people[0].id, viewer.who, now)
                    given += 1
                else:
                    await _put_back(db, ticket, viewer.who, now)
                    waiting += 1
        if len(found) < SLICE:
            return given, waiting


async def come_back(room: Room, viewer: Viewer, account_id: int, now: datetime) -> None:
    """Somebody is here again."""
    await _may_tell(room, viewer, account_id)
    async with room.database.write() as db:
        await shares.come_back(db, account_id)
        await ledger.append(db, at=now, who=viewer.who, act="present", about=f"account:{account_id}")


async def away(room: Room, now: datetime) -> Mapping[int, datetime]:
    """Who is away, and until when."""
    async with room.database.read() as db:
        return await shares.away(db, now)


async def loads(room: Room, account_ids: Sequence[int]) -> Mapping[int, int]:
    """How many open tickets each of these has."""
    async with room.database.read() as db:
        return await shares.loads(db, account_ids)


async def _may_tell(room: Room, viewer: Viewer, account_id: int) -> None:
    viewer.needs(Right.ANSWER if account_id == viewer.account_id else Right.ASSIGN)
    async with room.database.read() as db:
        account = await accounts.get(db, account_id)
    if account is None or not may(Role(account.role), Right.ANSWER) or not viewer.covers(account.region):
        raise Refused(f"account {account_id} does not answer tickets; choose someone of the desk")


async def _give(db: AsyncConnection, ticket: Ticket, account_id: int, who: str, now: datetime) -> None:
    moved, change = move(ticket, Act.ASSIGN, by=who, at=now)
    detail = {"account": account_id}
    await note_move(db, ticket, change, detail)
    await tickets.change(db, ticket, {"status": moved.status.value, "assignee_id": account_id}, now)
    told = {**detail, "status": moved.status.value}
    await ledger.append(db, at=now, who=who, act="ticket_assign", about=f"ticket:{ticket.id}", detail=told)


async def _put_back(db: AsyncConnection, ticket: Ticket, who: str, now: datetime) -> None:
    """Nobody is free for it: it waits in the list of those that nobody has."""
    await tickets.change(db, ticket, {"assignee_id": None}, now)
    await tickets.record(db, ticket.id, at=now, who=who, act="put_back")
    await ledger.append(db, at=now, who=who, act="ticket_put_back", about=f"ticket:{ticket.id}")
