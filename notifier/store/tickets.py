"""Rows of tickets, of who reported them, of what was said in them, and of everything that was done about them.

Nothing here joins people: the sealed reporter is the only way from a ticket to a person.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.boards import FAR, areas, rank
from notifier.rules.tickets import OPEN, Status
from notifier.rules.tickets import Ticket as Moving
from notifier.store import boards, search
from notifier.store.schema import (
    attempts,
    deliveries,
    heard,
    points,
    reporters,
    rounds,
    ticket_changes,
    ticket_messages,
    tickets,
)
from notifier.store.ticket_lists import within
from notifier.store.upsert import upsert


@dataclass(frozen=True)
class Ticket(Moving):
    """One complaint; who reported it is not in it."""

    category: str = ""
    categories: tuple[str, ...] = ()
    urgent: bool = False
    confidentiality: str = "open"
    verified: bool = False
    channel: str = ""
    language: str = "id"
    region: str = ""  # the office that sees it, and all above
    place: str = ""  # what it is about
    shielded: bool = False
    summary: str = ""
    round_id: int | None = None
    answers_id: int | None = None
    assignee_id: int | None = None
    policy: str = ""
    undelivered: str = ""
    opened_at: datetime = FAR
    updated_at: datetime = FAR
    closed_at: datetime | None = None
    version: int = 1
    next_due: datetime | None = None
    next_clock: str = ""
    level: int = 0
    breached: bool = False
    merged_into_id: int | None = None
    rank: datetime = FAR  # what the lists are sorted by
    venue: str = ""  # where its round was handed out when it was opened
    venue_region: str = ""  # the area that the round served then
    answered_at: datetime | None = None  # when a person first answered
    point: str = ""  # which distribution point that was: its code, or the venue of a round without one

    @property
    def open(self) -> bool:
        """Whether it is still worked on."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class Reporter:
    """The sealed row of who complained."""

    ticket_id: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation; an outgoing one tells how its delivery fares."""

    id: int
    kind: str  # in, out, note
    text: str
    at: datetime
    account_id: int | None
    heard_id: int | None
    delivery_id: int | None
    ref: str
    versions: tuple[Mapping[str, str], ...]  # earlier wordings {text, at}, oldest first
    delivery_state: str = ""
    delivery_reason: str = ""
    album: str = ""  # messages of one album came together
    leaves_at: datetime | None = None  # until when it can be taken back; None once it has left, or may have


@dataclass(frozen=True, slots=True)
class Told:
    """Something we wrote to the citizen by ourselves: an acknowledgement, a status; and how it fares."""

    id: int  # of the delivery
    event: str
    at: datetime
    delivery_state: str
    delivery_reason: str
    kind: str = "told"


@dataclass(frozen=True, slots=True)
class Changed:
    """One entry of a ticket's history."""

    at: datetime
    who: str
    act: str
    was: str
    status: str
    why: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


# --- tickets ---------------------------------------------------------------------------------------------------------

_NAMES = tuple(Ticket.__dataclass_fields__)
_TICKET = tuple(tickets.c[name] for name in _NAMES)


def _ticket(row: Iterable[Any]) -> Ticket:
    values = dict(zip(_NAMES, row, strict=True))
    return Ticket(**{**values, "status": Status(values["status"]), "categories": tuple(values["categories"])})


# What a row has that was not told otherwise, of the columns that say in which lists it stands.
_FRESH = {
    "assignee_id": None,
    "breached": False,
    "undelivered": "",
    "closed_at": None,
    "urgent": False,
    "next_due": None,
}
_PLACED = (*boards.COUNTED, "next_due")


async def create(db: AsyncConnection, row: Mapping[str, Any]) -> int | None:
    """Write a ticket; None when its number is taken. The counters and the search learn of it."""
    now = {**_FRESH, "region": "", **row}
    placed = _areas(now["region"]) | {"rank": rank(now["next_due"], now["urgent"])} | _point(row)
    statement = upsert(db, tickets).values(**row, **placed)
    done = await db.execute(statement.on_conflict_do_nothing(index_elements=["number"]).returning(tickets.c.id))
    found = done.scalar_one_or_none()
    if found is None:
        return None
    await boards.note(db, None, now)
    await search.begin(db, int(found), row["number"])
    return int(found)


def _point(row: Mapping[str, Any]) -> dict[str, Any]:
    """Where the round of a new ticket is handed out at this moment; nothing for one that tells where it was."""
    if row.get("round_id") is None or "venue" in row:
        return {}
    here = rounds.c.id == row["round_id"]
    code = select(points.c.code).where(points.c.id == rounds.c.point_id).scalar_subquery()  # whatever its name becomes
    of = {"venue": rounds.c.venue, "venue_region": rounds.c.region, "point": func.coalesce(code, rounds.c.venue)}
    return {name: select(column).where(here).scalar_subquery() for name, column in of.items()}


def _areas(region: str) -> dict[str, str]:
    found = areas(region)[1:4]
    return dict(zip(("province", "regency", "district"), (*found, "", "", "")[:3], strict=True))


async def _placed(
    db: AsyncConnection, ticket_id: int, values: Mapping[str, Any], version: int | None = None
) -> dict[str, Any] | None:
    """What else changes in a row with these values: its place in the lists. The counters learn of it; the row is
    locked. None when it is no longer of that version.
    """
    if not set(values) & set(_PLACED):
        return {}
    wanted = select(tickets.c.version, *(tickets.c[name] for name in _PLACED)).where(tickets.c.id == ticket_id)
    was = dict((await db.execute(wanted.with_for_update())).mappings().one())
    if version not in (None, was["version"]):
        return None
    now = {name: values.get(name, was[name]) for name in _PLACED}
    await boards.note(db, was, now)
    moved = _areas(now["region"]) if now["region"] != was["region"] else {}
    return moved | {"rank": rank(now["next_due"], now["urgent"])}


async def change(db: AsyncConnection, ticket: Ticket, values: Mapping[str, Any], now: datetime) -> bool:
    """Change a ticket as it was read; False when somebody else was quicker. Counts its version up."""
    placed = await _placed(db, ticket.id, values, ticket.version)
    if placed is None:
        return False
    done = await db.execute(
        update(tickets)
        .where(tickets.c.id == ticket.id, tickets.c.version == ticket.version)
        .values(**{"updated_at": now, **values, **placed}, version=ticket.version + 1)
    )
    return done.rowcount == 1


async def reckon(db: AsyncConnection, ticket_id: int, values: Mapping[str, Any]) -> None:
    """Write what was reckoned from the history (due, wake, level …); the version stays, for nobody decided anything."""
    placed = await _placed(db, ticket_id, values) or {}
    await db.execute(update(tickets).where(tickets.c.id == ticket_id).values(**values, **placed))


async def get(db: AsyncConnection, ticket_id: int, *, lock: bool = False) -> Ticket | None:
    """One ticket; `lock` keeps others from changing it until the transaction ends."""
    wanted = select(*_TICKET).where(tickets.c.id == ticket_id)
    row = (await db.execute(wanted.with_for_update() if lock else wanted)).first()
    return _ticket(row) if row else None


async def by_number(db: AsyncConnection, number: str, *, lock: bool = False) -> Ticket | None:
    """The ticket of a number in the form we write them."""
    wanted = select(*_TICKET).where(tickets.c.number == number)
    row = (await db.execute(wanted.with_for_update() if lock else wanted)).first()
    return _ticket(row) if row else None


async def claim(db: AsyncConnection, now: datetime, lease_until: datetime, limit: int) -> list[int]:
    """Take tickets that are to be looked at again; nobody else gets them before `lease_until`."""
    pick = (
        select(tickets.c.id)
        .where(tickets.c.wake <= now)
        .order_by(tickets.c.wake)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("pick")
    )
    taken = update(tickets).where(tickets.c.id.in_(select(pick.c.id))).values(wake=lease_until).returning(tickets.c.id)
    return sorted(int(row[0]) for row in await db.execute(taken))


async def changed_since(db: AsyncConnection, change_id: int, limit: int = 200) -> tuple[int, list[str]]:
    """(newest entry of any ticket's history, the regions of tickets that have one beyond this): one look for everybody
    who watches a list. A change whose transaction took long may be missed."""
    c = ticket_changes.c
    rows = await db.execute(
        select(c.id, tickets.c.region)
        .join(tickets, tickets.c.id == c.ticket_id)
        .where(c.id > change_id)
        .order_by(c.id.desc())
        .limit(limit)
    )
    found = [(int(number), str(region)) for number, region in rows]
    return (found[0][0] if found else change_id), sorted({region for _, region in found})


async def newest_change(db: AsyncConnection) -> int:
    """The newest entry of any ticket's history; 0 when there is none."""
    return int((await db.execute(select(func.max(ticket_changes.c.id)))).scalar_one() or 0)


async def of_person(
    db: AsyncConnection, persons: Collection[bytes], addresses: Collection[bytes], region: str, limit: int
) -> list[Ticket]:
    """The newest tickets of a region that this reporter's open keys lead to; none that is confidential."""
    same = or_(reporters.c.person_index.in_(tuple(persons)), reporters.c.address_index.in_(tuple(addresses)))
    query = select(*_TICKET).join(reporters, reporters.c.ticket_id == tickets.c.id)
    query = query.where(same, within(region), tickets.c.confidentiality == "open")
    return [_ticket(row) for row in await db.execute(query.order_by(tickets.c.id.desc()).limit(limit))]


# --- reporters -------------------------------------------------------------------------------------------------------


async def report(
    db: AsyncConnection, ticket_id: int, sealed: bytes, person_index: bytes | None, address_index: bytes
) -> None:
    """Write, or write anew, who reported a ticket."""
    statement = upsert(db, reporters).values(
        ticket_id=ticket_id, sealed=sealed, person_index=person_index, address_index=address_index
    )
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["ticket_id"],
            set_={"sealed": sealed, "person_index": person_index, "address_index": address_index},
        )
    )


async def reporter(db: AsyncConnection, ticket_id: int) -> Reporter | None:
    """The sealed row of who reported a ticket."""
    row = (
        await db.execute(select(reporters.c.ticket_id, reporters.c.sealed).where(reporters.c.ticket_id == ticket_id))
    ).first()
    return Reporter(*row) if row else None


async def reported_by(
    db: AsyncConnection,
    persons: Collection[bytes],
    addresses: Collection[bytes],
    *,
    ticket_id: int | None = None,
    round_id: int | None = None,
    any_round: bool = True,
    open_only: bool = True,
) -> Ticket | None:
    """The newest ticket of this reporter, by the person's keys or the address's."""
    same = or_(reporters.c.person_index.in_(tuple(persons)), reporters.c.address_index.in_(tuple(addresses)))
    query = select(*_TICKET).join(reporters, reporters.c.ticket_id == tickets.c.id).where(same)
    if ticket_id is not None:
        query = query.where(tickets.c.id == ticket_id)
    if not any_round:
        query = query.where(tickets.c.round_id == round_id)
    if open_only:
        query = query.where(tickets.c.status.in_(tuple(sorted(OPEN))))
    row = (await db.execute(query.order_by(tickets.c.id.desc()).limit(1))).first()
    return _ticket(row) if row else None


async def of_reporter(
    db: AsyncConnection, persons: Collection[bytes], addresses: Collection[bytes], numbers: Collection[str]
) -> list[Ticket]:
    """Which of these numbers' tickets are this reporter's, by the person's keys or the address's."""
    same = or_(reporters.c.person_index.in_(tuple(persons)), reporters.c.address_index.in_(tuple(addresses)))
    joined = select(*_TICKET).join(reporters, reporters.c.ticket_id == tickets.c.id)
    return [_ticket(row) for row in await db.execute(joined.where(same, tickets.c.number.in_(tuple(numbers))))]


async def reported_from(db: AsyncConnection, persons: Collection[bytes], addresses: Collection[bytes]) -> list[int]:
    """The tickets that this person reported from this address, by id."""
    both = (reporters.c.person_index.in_(tuple(persons)), reporters.c.address_index.in_(tuple(addresses)))
    rows = await db.execute(select(reporters.c.ticket_id).where(*both).order_by(reporters.c.ticket_id))
    return [int(row[0]) for row in rows]


async def reported_by_nobody(db: AsyncConnection, addresses: Collection[bytes]) -> list[int]:
    """The tickets reported from this address by nobody who was known for certain, by id."""
    here = (reporters.c.person_index.is_(None), reporters.c.address_index.in_(tuple(addresses)))
    rows = await db.execute(select(reporters.c.ticket_id).where(*here).order_by(reporters.c.ticket_id))
    return [int(row[0]) for row in rows]


async def of_numbers(db: AsyncConnection, numbers: Collection[str]) -> list[Ticket]:
    """The tickets that have these numbers, whoever reported them."""
    return [_ticket(row) for row in await db.execute(select(*_TICKET).where(tickets.c.number.in_(tuple(numbers))))]


# --- the conversation ------------------------------------------------------------------------------------------------


async def say(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """Add a message to a ticket's conversation; returns its id. The search learns of it."""
    values = {"versions": [], **row}
    done = await db.execute(insert(ticket_messages).values(**values).returning(ticket_messages.c.id))
    await search.add(db, row["ticket_id"], row["text"])
    return int(done.scalar_one())


async def conversation(db: AsyncConnection, ticket_id: int) -> list[Said]:
    """Everything said in a ticket, oldest first, with how outgoing messages fared."""
    m = ticket_messages.c
    rows = await db.execute(
        select(
            m.id,
            m.kind,
            m.text,
            m.at,
            m.account_id,
            m.heard_id,
            m.delivery_id,
            m.ref,
            m.versions,
            deliveries.c.state,
            deliveries.c.reason,
            heard.c.album,
            case((and_(deliveries.c.state == "due", deliveries.c.tries == 0), deliveries.c.due_at)),
        )
        .select_from(
            ticket_messages.outerjoin(deliveries, deliveries.c.id == m.delivery_id).outerjoin(
                heard, heard.c.id == m.heard_id
            )
        )
        .where(m.ticket_id == ticket_id)
        .order_by(m.id)
    )
    return [Said(*row[:8], tuple(row[8]), row[9] or "", row[10] or "", row[11] or "", row[12]) for row in rows]


async def told(db: AsyncConnection, ticket_id: int) -> list[Told]:
    """What we wrote to citizens about a ticket by ourselves, oldest first: no answer that somebody typed."""
    d, m = deliveries.c, ticket_messages.c
    typed = select(m.delivery_id).where(m.ticket_id == ticket_id, m.delivery_id.is_not(None))
    rows = await db.execute(
        select(d.id, d.event, d.created_at, d.state, d.reason)
        .where(d.ticket_id == ticket_id, d.account_id.is_(None), d.id.not_in(typed))
        .order_by(d.id)
    )
    return [Told(*row) for row in rows]


async def message_of(db: AsyncConnection, heard_id: int) -> tuple[int, int, str, datetime, list[Any]] | None:
    """(message, ticket, text, at, versions) that something heard became; None when it became none."""
    m = ticket_messages.c
    row = (await db.execute(select(m.id, m.ticket_id, m.text, m.at, m.versions).where(m.heard_id == heard_id))).first()
    return (int(row[0]), int(row[1]), str(row[2]), row[3], list(row[4])) if row else None


async def reword(db: AsyncConnection, message_id: int, words: str, at: datetime, versions: list[Any]) -> None:
    """Give a message its new wording; `versions` are all earlier ones."""
    m = ticket_messages.c
    done = await db.execute(
        update(ticket_messages)
        .where(m.id == message_id)
        .values(text=words, at=at, versions=versions)
        .returning(m.ticket_id)
    )
    await search.again(db, int(done.scalar_one()))


async def last_heard(db: AsyncConnection, ticket_id: int) -> tuple[int, datetime] | None:
    """(heard id, at) of the citizen's newest message in a ticket."""
    m = ticket_messages.c
    row = await db.execute(
        select(m.heard_id, m.at)
        .where(m.ticket_id == ticket_id, m.kind == "in", m.heard_id.is_not(None))
        .order_by(m.id.desc())
        .limit(1)
    )
    found = row.first()
    return (int(found[0]), found[1]) if found else None


TOLD = ("accepted", "delivered", "read")
TAKEN_BACK = "taken back"  # why an answer was cancelled: its author thought better of it while it was held
ALARMS = ("sla_warning", "sla_escalated")
TICKET_STATUS = "ticket_status"  # the event by which a citizen who asks is told how it stands
TICKET_RATING = "ticket_rating"  # the event by which a citizen is asked how content they are


async def asked_lately(db: AsyncConnection, ticket_id: int, since: datetime, *, added: bool = False) -> bool:
    """Whether somebody was told since then how a ticket stands, or that their words were `added` to it."""
    d, status = deliveries.c, deliveries.c.facts["status"].as_string()
    what = status == "" if added else status != ""
    told = (d.ticket_id == ticket_id, d.event == TICKET_STATUS, d.created_at >= since, what)
    return (await db.execute(select(d.id).where(*told).limit(1))).first() is not None


async def fate(db: AsyncConnection, ticket_id: int) -> tuple[str, str, bool] | None:
    """(state, reason, held) of the newest message that was to reach a ticket's citizen, but for states they asked
    and for how content they are."""
    row = await db.execute(
        select(deliveries.c.state, deliveries.c.reason, deliveries.c.held)
        .where(
            deliveries.c.ticket_id == ticket_id,
            deliveries.c.account_id.is_(None),
            deliveries.c.event.not_in((TICKET_STATUS, TICKET_RATING)),
            deliveries.c.reason != TAKEN_BACK,
        )
        .order_by(deliveries.c.id.desc())
        .limit(1)
    )
    found = row.first()
    return (str(found[0]), str(found[1]), bool(found[2])) if found else None


Held = tuple[int, int | None]  # message, and its delivery; without one, of whoever reads it on a page


async def held_answer(
    db: AsyncConnection, ticket_id: int, account_id: int, gone: Collection[int], now: datetime, shown: datetime
) -> Held | None:
    """Somebody's newest answer in a ticket, but for these that are `gone`, if it is still held; see `take_back`.
    `shown`: what has no delivery is read on a page if it was said before.
    """
    d, m = deliveries.c, ticket_messages.c
    row = await db.execute(
        select(m.id, d.id)
        .select_from(ticket_messages.outerjoin(deliveries, d.id == m.delivery_id))
        .where(m.ticket_id == ticket_id, m.kind == "out", m.account_id == account_id, m.id.not_in(tuple(gone)))
        .where(_held(now, shown))
        .order_by(m.id.desc())
        .limit(1)
    )
    found = row.first()
    return (int(found[0]), found[1]) if found else None


def _held(now: datetime, shown: datetime) -> ColumnElement[bool]:
    d, m = deliveries.c, ticket_messages.c
    return or_(and_(d.state == "due", d.due_at > now), and_(m.delivery_id.is_(None), m.at > shown))


async def held_beside(
    db: AsyncConnection, ticket_id: int, message_id: int, now: datetime, shown: datetime
) -> list[tuple[int, int, int | None]]:
    """(ticket, message, delivery) of the same answer to each ticket that is handled with this one, as far as it is
    still held; by message."""
    m, first = ticket_messages.c, ticket_messages.alias("first")
    rows = await db.execute(
        select(m.ticket_id, m.id, deliveries.c.id)
        .select_from(ticket_messages.outerjoin(deliveries, deliveries.c.id == m.delivery_id))
        .join(tickets, tickets.c.id == m.ticket_id)
        .join(first, and_(first.c.at == m.at, first.c.account_id == m.account_id))
        .where(tickets.c.merged_into_id == ticket_id, first.c.id == message_id, m.kind == "out", _held(now, shown))
        .order_by(m.id)
    )
    return [(int(one), int(message), delivery) for one, message, delivery in rows]


async def take_back(db: AsyncConnection, delivery_id: int, now: datetime) -> bool:
    """Cancel an answer before it leaves; False when it has left, or may have."""
    d = deliveries.c
    done = await db.execute(
        update(deliveries)
        .where(d.id == delivery_id, d.state == "due", d.due_at > now, d.tries == 0)
        .values(state="cancelled", reason=TAKEN_BACK, settled_at=now)
    )
    return done.rowcount == 1


async def told_since(db: AsyncConnection, ticket_id: int) -> datetime | None:
    """When the acknowledgement reached the citizen's provider; None while it has not."""
    row = await db.execute(
        select(deliveries.c.settled_at, deliveries.c.created_at)
        .where(
            deliveries.c.ticket_id == ticket_id,
            deliveries.c.event == "ticket_received",
            deliveries.c.state.in_(TOLD),
        )
        .limit(1)
    )
    found = row.first()
    return (found[0] or found[1]) if found else None


# --- the history -----------------------------------------------------------------------------------------------------


async def record(
    db: AsyncConnection,
    ticket_id: int,
    *,
    at: datetime,
    who: str,
    act: str,
    was: str = "",
    status: str = "",
    why: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry to a ticket's history."""
    await db.execute(
        insert(ticket_changes).values(
            ticket_id=ticket_id,
            at=at,
            who=who,
            act=act,
            was=was,
            status=status,
            why=why[:500],
            facts=dict(facts or {}),
        )
    )


async def history(db: AsyncConnection, ticket_id: int) -> list[Changed]:
    """Everything that was done about a ticket, in order."""
    c = ticket_changes.c
    rows = await db.execute(
        select(c.at, c.who, c.act, c.was, c.status, c.why, c.facts).where(c.ticket_id == ticket_id).order_by(c.id)
    )
    return [Changed(*row) for row in rows]


async def hush(db: AsyncConnection, ticket_id: int, clocks: Collection[str], now: datetime) -> None:
    """Call back the alarms about these clocks that wait for somebody's office to open: what they told is over."""
    d = deliveries.c
    waits = (d.ticket_id == ticket_id, d.event.in_(ALARMS), d.state == "due", d.due_at > now)
    rows = await db.execute(select(d.id, d.facts).where(*waits))
    over = [int(number) for number, facts in rows if (facts or {}).get("clock") in clocks]
    if over:
        values = {"state": "cancelled", "reason": "", "settled_at": now}
        await db.execute(update(deliveries).where(d.id.in_(over), d.state == "due").values(**values))


async def ring_again(db: AsyncConnection, ticket_id: int, hushed_at: datetime) -> None:
    """Let the alarms ring after all that were called back at this instant: what met their promise was taken back."""
    d = deliveries.c
    hushed = (d.ticket_id == ticket_id, d.event.in_(ALARMS), d.state == "cancelled", d.settled_at == hushed_at)
    await db.execute(update(deliveries).where(*hushed, d.reason == "").values(state="due", settled_at=None))


# --- tickets that are handled with another one ------------------------------------------------------------------------


async def merged(db: AsyncConnection, ticket_id: int) -> list[Ticket]:
    """The tickets that are handled with this one, locked, oldest first."""
    wanted = select(*_TICKET).where(tickets.c.merged_into_id == ticket_id).order_by(tickets.c.id).with_for_update()
    return [_ticket(row) for row in await db.execute(wanted)]


async def nearest_merged(db: AsyncConnection, ticket_id: int) -> tuple[datetime, str] | None:
    """(due, clock) of the nearest unmet promise among the tickets that are handled with this one."""
    wanted = select(tickets.c.next_due, tickets.c.next_clock).where(
        tickets.c.merged_into_id == ticket_id, tickets.c.next_due.is_not(None)
    )
    row = (await db.execute(wanted.order_by(tickets.c.next_due).limit(1))).first()
    return (row[0], str(row[1])) if row else None


# --- making a ticket confidential afterwards -------------------------------------------------------------------------


async def loosen(db: AsyncConnection, ticket_id: int, heard_index: bytes, attempt_index: bytes, address: bytes) -> None:
    """Cut what leads from a ticket to whoever reported it: senders and receivers go by other keys, nothing it answers
    is named any more, and what waits to be sent carries the address sealed anew."""
    await db.execute(
        update(heard).where(heard.c.ticket_id == ticket_id).values(sender_index=heard_index, answers_id=None)
    )
    ours = and_(deliveries.c.ticket_id == ticket_id, deliveries.c.account_id.is_(None))
    await db.execute(update(deliveries).where(ours).values(sealed=address, thread="", contact_id=None, person_id=None))
    await db.execute(
        update(attempts)
        .where(attempts.c.delivery_id.in_(select(deliveries.c.id).where(ours)))
        .values(address_index=attempt_index, contact_id=None)
    )


# --- some of them ----------------------------------------------------------------------------------------------------


COLUMNS, ticket_of = _TICKET, _ticket  # for statements that read tickets with something beside them


async def among(db: AsyncConnection, ids: Collection[int] | Select[tuple[int]]) -> list[Ticket]:
    """The tickets of these ids, newest first."""
    wanted = select(*_TICKET).where(tickets.c.id.in_(ids if isinstance(ids, Select) else tuple(ids)))
    return [_ticket(row) for row in await db.execute(wanted.order_by(tickets.c.id.desc()))]
