"""Rows of arrivals, of what was heard in them, and of the files that came along. Knows no meaning and opens no seal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import arrivals, deliveries, files, heard
from notifier.store.straight import many
from notifier.store.upsert import upsert

BODY = "arrivals.body"  # the places that the two parts of an arrival are sealed for
HEADERS = "arrivals.headers"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One authentic request as it came; body and headers are sealed."""

    id: int
    line: str
    body: bytes
    headers: bytes
    at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a citizen said, as far as later words need it."""

    id: int
    arrival_id: int
    kind: str
    text: str
    at: datetime
    effect: str
    answers_id: int | None
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is still to be fetched."""

    id: int
    heard_id: int
    ticket_id: int | None
    name: str
    type: str
    handle: str
    tries: int
    arrival_id: int
    line: str
    sender: bytes  # sealed address


@dataclass(frozen=True, slots=True)
class File:
    """A file of a ticket."""

    id: int
    heard_id: int
    name: str
    type: str
    size: int | None
    state: str  # waiting, kept, refused, lost
    reason: str
    path: str


# --- arrivals --------------------------------------------------------------------------------------------------------


async def keep(db: AsyncConnection, line: str, sealed_body: bytes, sealed_headers: bytes, at: datetime) -> int:
    """Store one arrival, to be understood from `at` on; returns its id."""
    row = {"line": line, "body": sealed_body, "headers": sealed_headers, "at": at, "wake": at}
    return int((await db.execute(insert(arrivals).values(row).returning(arrivals.c.id))).scalar_one())


async def keep_many(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store arrivals that came together: {line, body, headers, at} each, both parts sealed."""
    await many(db, _KEPT, [{**row, "wake": row["at"]} for row in rows])


_KEPT = insert(arrivals)


_ARRIVAL = tuple(arrivals.c[name] for name in Arrival.__dataclass_fields__)


async def claim(db: AsyncConnection, now: datetime, lease_until: datetime, limit: int) -> list[Arrival]:
    """Take arrivals whose time has come, oldest first; nobody else gets them before `lease_until`."""
    pick = (
        select(arrivals.c.id)
        .where(arrivals.c.wake <= now)
        .order_by(arrivals.c.wake, arrivals.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("pick")
    )
    taken = (
        update(arrivals)
        .where(arrivals.c.id.in_(select(pick.c.id)))
        .values(wake=lease_until, tries=arrivals.c.tries + 1)
        .returning(*_ARRIVAL)
    )
    return sorted((Arrival(*row) for row in await db.execute(taken)), key=lambda arrival: arrival.id)


async def arrival(db: AsyncConnection, arrival_id: int) -> Arrival | None:
    """One arrival."""
    row = (await db.execute(select(*_ARRIVAL).where(arrivals.c.id == arrival_id))).first()
    return Arrival(*row) if row else None


async def settle(db: AsyncConnection, arrival_id: int, outcome: str, wake: datetime | None = None) -> None:
    """Say what came of an arrival; with `wake` it is looked at again then."""
    await db.execute(update(arrivals).where(arrivals.c.id == arrival_id).values(outcome=outcome[:120], wake=wake))


async def revive(db: AsyncConnection, arrival_id: int, now: datetime) -> bool:
    """Have an arrival understood once more, with all its tries; False when there is none of that number."""
    done = await db.execute(update(arrivals).where(arrivals.c.id == arrival_id).values(wake=now, tries=0))
    return done.rowcount == 1


# --- heard -----------------------------------------------------------------------------------------------------------


async def hold_sender(db: AsyncConnection, sender_index: bytes) -> None:
    """Whoever handles words of the same sender waits until this transaction ends. On SQLite writers queue anyway."""
    if db.dialect.name == "postgresql":
        await db.execute(select(func.pg_advisory_xact_lock(int.from_bytes(sender_index[:8], "big", signed=True))))


async def add(db: AsyncConnection, row: Mapping[str, Any]) -> int | None:
    """Write what was heard; None when the line has heard it before."""
    statement = upsert(db, heard).values(**row)
    done = await db.execute(statement.on_conflict_do_nothing(index_elements=["line", "dedupe"]).returning(heard.c.id))
    found = done.scalar_one_or_none()
    return None if found is None else int(found)


async def understood(db: AsyncConnection, heard_id: int, values: Mapping[str, Any]) -> None:
    """Write what it was taken for and what came of it."""
    await db.execute(update(heard).where(heard.c.id == heard_id).values(**values))


async def led_by(db: AsyncConnection, line: str, dedupe: str) -> tuple[int, datetime] | None:
    """(ticket, when it was said) of what a line heard under this key; None when that led to none, or was not heard."""
    row = await db.execute(select(heard.c.ticket_id, heard.c.at).where(heard.c.line == line, heard.c.dedupe == dedupe))
    found = row.first()
    return (int(found[0]), found[1]) if found and found[0] is not None else None


_SAID = tuple(heard.c[name] for name in Said.__dataclass_fields__)


async def by_ref(db: AsyncConnection, line: str, ref: str, kinds: Collection[str]) -> Said | None:
    """The message of a line that goes by this ref, of one of these kinds; the newest if there are several."""
    if not ref:
        return None
    row = await db.execute(
        select(*_SAID)
        .where(heard.c.line == line, heard.c.ref == ref, heard.c.kind.in_(tuple(kinds)))
        .order_by(heard.c.id.desc())
        .limit(1)
    )
    found = row.first()
    return Said(*found) if found else None


async def same_words(
    db: AsyncConnection, line: str, senders: Collection[bytes], text: str, kind: str, since: datetime, arrival_id: int
) -> Said | None:
    """The newest message with the same words of the same sender since then, from another arrival."""
    row = await db.execute(
        select(*_SAID)
        .where(
            heard.c.sender_index.in_(tuple(senders)),
            heard.c.line == line,
            heard.c.kind == kind,
            heard.c.text == text,
            heard.c.at >= since,
            heard.c.arrival_id != arrival_id,
        )
        .order_by(heard.c.id.desc())
        .limit(1)
    )
    found = row.first()
    return Said(*found) if found else None


async def of_album(db: AsyncConnection, line: str, senders: Collection[bytes], album: str) -> Said | None:
    """An earlier message of the same album that led to a ticket."""
    row = await db.execute(
        select(*_SAID)
        .where(
            heard.c.sender_index.in_(tuple(senders)),
            heard.c.line == line,
            heard.c.album == album,
            heard.c.ticket_id.is_not(None),
        )
        .order_by(heard.c.id.desc())
        .limit(1)
    )
    found = row.first()
    return Said(*found) if found else None


async def since(
    db: AsyncConnection,
    senders: Collection[bytes],
    arrival_id: int,
    *,
    intents: Collection[str] = (),
    kinds: Collection[str] = (),
    round_id: int | None = None,
) -> bool:
    """Whether the same sender said something of these intents, or kinds, in a later arrival that is understood already.
    With `round_id` what answers another round does not count; what may not show its round does.
    """
    query = (
        select(heard.c.id)
        .where(heard.c.sender_index.in_(tuple(senders)), heard.c.arrival_id > arrival_id)
        .where(or_(heard.c.intent.in_(tuple(intents)), heard.c.kind.in_(tuple(kinds))))
    )
    if round_id is not None:
        about = select(deliveries.c.id).where(deliveries.c.round_id == round_id, deliveries.c.id == heard.c.answers_id)
        query = query.where(or_(heard.c.answers_id.is_(None), about.exists()))
    return (await db.execute(query.limit(1))).first() is not None


async def senders(db: AsyncConnection, heard_ids: Collection[int]) -> dict[int, bytes]:
    """Who said these things, sealed."""
    rows = await db.execute(select(heard.c.id, heard.c.sender).where(heard.c.id.in_(tuple(heard_ids))))
    return {int(row[0]): bytes(row[1]) for row in rows if row[1]}


async def led_to(db: AsyncConnection, senders: Collection[bytes], effect: str, since: datetime) -> bool:
    """Whether something the same sender said since then had this effect."""
    said = (heard.c.sender_index.in_(tuple(senders)), heard.c.effect == effect, heard.c.at >= since)
    return (await db.execute(select(heard.c.id).where(*said).limit(1))).first() is not None


async def filed(db: AsyncConnection, senders: Collection[bytes], text: str, before: int) -> int | None:
    """The ticket that the same words of the same sender led to earlier, for whoever passes a message on again."""
    same = (heard.c.sender_index.in_(tuple(senders)), heard.c.text == text, heard.c.ticket_id.is_not(None))
    newest = select(heard.c.ticket_id).where(*same, heard.c.id < before).order_by(heard.c.id.desc()).limit(1)
    return (await db.execute(newest)).scalar_one_or_none()


# --- pieces of one message -------------------------------------------------------------------------------------------

PART, JOINED = "part", "joined"


async def pieces(db: AsyncConnection, line: str, sender: bytes, group: str, since: datetime) -> list[tuple[int, int]]:
    """(row, arrival) of the pieces of a message that wait for the others."""
    rows = await db.execute(
        select(heard.c.id, heard.c.arrival_id)
        .where(
            heard.c.sender_index == sender,
            heard.c.line == line,
            heard.c.album == group,
            heard.c.effect == PART,
            heard.c.at >= since,
        )
        .order_by(heard.c.id)
    )
    return [(int(row[0]), int(row[1])) for row in rows]


async def join(db: AsyncConnection, ids: Collection[int]) -> None:
    """These pieces wait no longer."""
    await db.execute(update(heard).where(heard.c.id.in_(tuple(ids))).values(effect=JOINED))


async def lone_pieces(db: AsyncConnection, before: datetime, limit: int) -> list[tuple[int, int, str, str, datetime]]:
    """(row, arrival, line, group, when) of the newest piece of each message whose other pieces never came."""
    newest = (
        select(func.max(heard.c.id).label("id"))
        .where(heard.c.effect == PART, heard.c.at <= before)
        .group_by(heard.c.line, heard.c.sender_index, heard.c.album)
        .limit(limit)
        .subquery()
    )
    rows = await db.execute(
        select(heard.c.id, heard.c.arrival_id, heard.c.line, heard.c.album, heard.c.at).where(
            heard.c.id.in_(select(newest.c.id))
        )
    )
    return [(int(row[0]), int(row[1]), str(row[2]), str(row[3]), row[4]) for row in rows]


# --- files -----------------------------------------------------------------------------------------------------------


async def add_files(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the files of a message."""
    if rows:
        await db.execute(insert(files), list(rows))


async def claim_files(db: AsyncConnection, now: datetime, lease_until: datetime, limit: int) -> list[Waiting]:
    """Take files that are to be fetched now; nobody else gets them before `lease_until`."""
    pick = (
        select(files.c.id)
        .where(files.c.wake <= now)
        .order_by(files.c.wake, files.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("pick")
    )
    taken = (
        update(files)
        .where(files.c.id.in_(select(pick.c.id)))
        .values(wake=lease_until, tries=files.c.tries + 1)
        .returning(files.c.id)
    )
    ids = [int(row[0]) for row in await db.execute(taken)]
    rows = await db.execute(
        select(
            files.c.id,
            files.c.heard_id,
            files.c.ticket_id,
            files.c.name,
            files.c.type,
            files.c.handle,
            files.c.tries,
            heard.c.arrival_id,
            heard.c.line,
            heard.c.sender,
        )
        .join(heard, heard.c.id == files.c.heard_id)
        .where(files.c.id.in_(ids))
        .order_by(files.c.id)
    )
    return [Waiting(*tuple(row)) for row in rows]


async def settle_file(db: AsyncConnection, file_id: int, values: Mapping[str, Any]) -> None:
    """Write what became of a file."""
    await db.execute(update(files).where(files.c.id == file_id).values(**values))


async def files_of(db: AsyncConnection, ticket_id: int) -> list[File]:
    """The files of a ticket in the order they came."""
    columns = [files.c[name] for name in File.__dataclass_fields__]
    return [
        File(*row)
        for row in await db.execute(select(*columns).where(files.c.ticket_id == ticket_id).order_by(files.c.id))
    ]


async def refused_before(db: AsyncConnection, heard_id: int, ticket_id: int | None) -> bool:
    """Was a file of this message or ticket refused already?"""
    same = files.c.heard_id == heard_id
    if ticket_id is not None:
        same = or_(same, files.c.ticket_id == ticket_id)
    row = await db.execute(select(files.c.id).where(same, files.c.state.in_(("refused", "lost"))).limit(1))
    return row.first() is not None
