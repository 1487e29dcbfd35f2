"""Addresses of people: which one comes next, whose is this, and what became of it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.ladders import Ladders
from notifier.store.schema import accounts, broadcasts, contacts, deliveries, people, rounds, silences
from notifier.store.upsert import upsert

WRONG = "wrong"  # whoever answers there said that they are somebody else


@dataclass(frozen=True, slots=True)
class Contact:
    """One address of one person."""

    id: int
    person_id: int
    kind: str
    line: str
    address: str
    stopped: bool


def _contact(row: tuple[int, int, str, str, str, datetime | None]) -> Contact:
    return Contact(row[0], row[1], row[2], row[3], row[4], row[5] is not None)


_COLUMNS = (
    contacts.c.id,
    contacts.c.person_id,
    contacts.c.kind,
    contacts.c.line,
    contacts.c.address,
    contacts.c.stopped_at,
)


def rank(ladder: Sequence[str]) -> ColumnElement[int]:
    """SQL: the place of a contact's channel on the ladder, from 0."""
    if not ladder:  # no line carries anything: everybody stands beyond the last rung
        return literal(0)
    return case({kind: place for place, kind in enumerate(ladder)}, value=contacts.c.kind, else_=len(ladder))


async def rungs(db: AsyncConnection, person_id: int, round_id: int | None, ladders: Ladders) -> tuple[str, ...]:
    """The channels a person is tried on in a round (None: in none), in order."""
    row = (
        await db.execute(
            select(people.c.prefers, rounds.c.programme)
            .select_from(people.outerjoin(rounds, rounds.c.id == round_id))
            .where(people.c.id == person_id)
        )
    ).first()
    return ladders.of(row.programme or "", row.prefers) if row else ladders.of()


async def rungs_left(db: AsyncConnection, delivery_id: int, ladders: Ladders) -> tuple[str, ...]:
    """The channels a delivery may be carried over to, in order; none when its broadcast was stopped."""
    row = (
        await db.execute(
            select(people.c.prefers, rounds.c.programme, broadcasts.c.state)
            .select_from(
                deliveries.outerjoin(people, people.c.id == deliveries.c.person_id)
                .outerjoin(rounds, rounds.c.id == deliveries.c.round_id)
                .outerjoin(broadcasts, broadcasts.c.id == deliveries.c.broadcast_id)
            )
            .where(deliveries.c.id == delivery_id)
        )
    ).one()
    return () if row.state == "stopped" else ladders.of(row.programme or "", row.prefers or "")


async def first(
    db: AsyncConnection, person_id: int, ladder: Sequence[str], contact_id: int | None = None
) -> Contact | None:
    """A person's first usable contact on the ladder, or the one named."""
    wanted = _usable(person_id, ladder).limit(1)
    if contact_id is not None:
        wanted = wanted.where(contacts.c.id == contact_id)
    row = (await db.execute(wanted)).first()
    return _contact(tuple(row)) if row else None


async def on_ladder(db: AsyncConnection, person_id: int, ladder: Sequence[str]) -> list[Contact]:
    """A person's usable contacts, in the order of the ladder."""
    return [_contact(tuple(row)) for row in await db.execute(_usable(person_id, ladder))]


def _usable(person_id: int, ladder: Sequence[str]) -> Select[Any]:
    place = rank(ladder)
    mine = (contacts.c.person_id == person_id, contacts.c.state == "ok", place < len(ladder))
    return select(*_COLUMNS).where(*mine).order_by(place, contacts.c.id)


async def get(db: AsyncConnection, contact_id: int) -> Contact | None:
    """One contact."""
    row = (await db.execute(select(*_COLUMNS).where(contacts.c.id == contact_id))).first()
    return _contact(tuple(row)) if row else None


async def at(db: AsyncConnection, kind: str, address: str) -> list[Contact]:
    """Everybody who is reached at an address; a shared phone has several. Not whose it was said not to be, nor a row
    that turned out to be somebody else: they have the address themselves.
    """
    here = (contacts.c.kind == kind, contacts.c.address == address, contacts.c.state != WRONG)
    itself = select(people.c.id).where(people.c.id == contacts.c.person_id, people.c.merged_into_id.is_(None))
    rows = await db.execute(select(*_COLUMNS).where(*here, itself.exists()).order_by(contacts.c.id))
    return [_contact(tuple(row)) for row in rows]


async def of_account(db: AsyncConnection, account_id: int) -> str:
    """The channel that takes a member of staff's alerts; "" when they have none."""
    row = (await db.execute(select(accounts.c.notify_kind).where(accounts.c.id == account_id))).first()
    return str(row[0]) if row else ""


async def mark_dead(db: AsyncConnection, contact_id: int, reason: str) -> None:
    """The address is finished: no line tries it again until a register or the person brings it back. What is known of
    it to be another's, or old, stays so.
    """
    usable = (contacts.c.id == contact_id, contacts.c.state == "ok")
    await db.execute(update(contacts).where(*usable).values(state="dead", reason=reason[:120]))


async def revive(db: AsyncConnection, kind: str, address: str) -> None:
    """The address answers again (the person unblocked the bot, or wrote to us)."""
    await db.execute(
        update(contacts)
        .where(contacts.c.kind == kind, contacts.c.address == address, contacts.c.state == "dead")
        .values(state="ok", reason="")
    )


async def rename(db: AsyncConnection, kind: str, old: str, new: str) -> None:
    """The provider renamed an address: whoever is reached there, staff too, is reached at the new one.

    Who has the new one already keeps it, and the old one is set aside. A STOP goes along.
    """
    here = (contacts.c.kind == kind, contacts.c.address == old)
    there = contacts.alias("there")
    has = select(there.c.person_id).where(there.c.kind == kind, there.c.address == new)
    await db.execute(update(contacts).where(*here, contacts.c.person_id.in_(has)).values(state="old"))
    await db.execute(update(contacts).where(*here, contacts.c.person_id.not_in(has)).values(address=new))
    staff = (accounts.c.notify_kind == kind, accounts.c.notify_address == old)
    await db.execute(update(accounts).where(*staff).values(notify_address=new))
    silent = select(silences.c.kind, literal(new), silences.c.since).where(
        silences.c.kind == kind, silences.c.address == old
    )
    await db.execute(
        upsert(db, silences)
        .from_select(["kind", "address", "since"], silent)
        .on_conflict_do_nothing(index_elements=["kind", "address"])
    )


async def moved(db: AsyncConnection, delivery_id: int, new: str) -> bool:
    """A send found out that a delivery's address was renamed: rename it wherever it stands.

    Says whether the delivery can go there at once: not when its address is sealed on it, nor when its person had the
    new one already.
    """
    row = (
        await db.execute(
            select(
                contacts.c.id, contacts.c.kind, contacts.c.address, accounts.c.notify_kind, accounts.c.notify_address
            )
            .select_from(
                deliveries.outerjoin(contacts, contacts.c.id == deliveries.c.contact_id).outerjoin(
                    accounts, accounts.c.id == deliveries.c.account_id
                )
            )
            .where(deliveries.c.id == delivery_id, deliveries.c.sealed.is_(None))
        )
    ).first()
    if row is None or (row.kind or row.notify_kind) is None:
        return False
    await rename(db, row.kind or row.notify_kind, row.address or row.notify_address, new)
    if row.id is None:
        return True
    now = (await db.execute(select(contacts.c.address).where(contacts.c.id == row.id))).scalar_one()
    return bool(now == new)


async def stop(db: AsyncConnection, kind: str, address: str, now: datetime) -> None:
    """STOP: broadcasts no longer go to this address, whoever is reached there; answers still do."""
    await db.execute(
        update(contacts)
        .where(contacts.c.kind == kind, contacts.c.address == address, contacts.c.stopped_at.is_(None))
        .values(stopped_at=now)
    )
    await db.execute(
        upsert(db, silences)
        .values(kind=kind, address=address, since=now)
        .on_conflict_do_nothing(index_elements=["kind", "address"])
    )


async def start(db: AsyncConnection, kind: str, address: str) -> None:
    """MULAI: broadcasts go to this address again."""
    await db.execute(
        update(contacts).where(contacts.c.kind == kind, contacts.c.address == address).values(stopped_at=None)
    )
    await db.execute(silences.delete().where(silences.c.kind == kind, silences.c.address == address))


async def is_silent(db: AsyncConnection, kind: str, address: str) -> bool:
    """Has this address said STOP?"""
    row = await db.execute(
        select(silences.c.kind).where(silences.c.kind == kind, silences.c.address == address).limit(1)
    )
    return row.first() is not None


async def silent_since(db: AsyncConnection, kind: str, address: str) -> datetime | None:
    """When this address said STOP; None when it has not."""
    here = (silences.c.kind == kind, silences.c.address == address)
    return (await db.execute(select(silences.c.since).where(*here))).scalar_one_or_none()


async def silence_person(db: AsyncConnection, person_id: int, now: datetime) -> bool:
    """STOP SEMUA: no broadcasts to this person at any address. False when that stood already."""
    mine = people.c.id == person_id, people.c.silenced_at.is_(None)
    done = await db.execute(update(people).where(*mine).values(silenced_at=now))
    return done.rowcount == 1


async def everybody(
    db: AsyncConnection, last: int = 0, batch: int = 2000
) -> AsyncIterator[tuple[int, str, dict[str, str]]]:
    """Every person beyond the last who can be reached: number, name, and one address by channel."""
    while True:
        rows = (
            await db.execute(
                select(people.c.id, people.c.name).where(people.c.id > last).order_by(people.c.id).limit(batch)
            )
        ).all()
        if not rows:
            return
        names = {row[0]: row[1] for row in rows}
        last = rows[-1][0]
        found: dict[int, dict[str, str]] = {}
        reached = select(contacts.c.person_id, contacts.c.kind, contacts.c.address).where(
            contacts.c.person_id.between(rows[0][0], last), contacts.c.state == "ok"
        )
        for person_id, kind, address in await db.execute(reached):
            found.setdefault(person_id, {}).setdefault(kind, address)
        for person_id, addresses in sorted(found.items()):
            yield person_id, names[person_id], addresses


async def part(db: AsyncConnection, kind: str, address: str, person_id: int | None = None) -> list[int]:
    """Whoever is reached at an address says that it is not theirs: of one person, or of everybody. Returns whose."""
    here = [contacts.c.kind == kind, contacts.c.address == address, contacts.c.state != WRONG]
    if person_id is not None:
        here.append(contacts.c.person_id == person_id)
    done = update(contacts).where(*here).values(state=WRONG, reason="wrong person").returning(contacts.c.person_id)
    return sorted(int(row[0]) for row in await db.execute(done))


async def prove(db: AsyncConnection, person_id: int, kind: str, address: str) -> None:
    """A person has shown that an address is theirs: it is used again, whatever was thought of it."""
    await db.execute(
        update(contacts)
        .where(contacts.c.person_id == person_id, contacts.c.kind == kind, contacts.c.address == address)
        .values(state="ok", reason="")
    )


async def chats(db: AsyncConnection, person_id: int, kind: str) -> list[Contact]:
    """Where a person is reached on one channel. Not at what was said to be another's."""
    theirs = (contacts.c.person_id == person_id, contacts.c.kind == kind, contacts.c.state != WRONG)
    rows = await db.execute(select(*_COLUMNS).where(*theirs).order_by(contacts.c.id))
    return [_contact(tuple(row)) for row in rows]
