"""Rows for a bench, written in bulk by SQL: a round, people with contacts, a broadcast with what is due.

Numbers begin at 1 and are given to people in order, so that a bench can reckon an address from a person.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.app.house import House
from notifier.store.schema import broadcasts, contacts, deliveries, rounds, tallies

EVENT = "round_announced"
PROGRAMME = "BPNT"
STEP = 100_000  # rows a statement writes; SQLite's journal stays small
# How the address of person `n` is spelled in SQL.
ADDRESSES = {
    "sms": "'+62811' || {digits}",
    "telegram": "CAST(500000000 + {n} AS VARCHAR)",
    "email": "'warga' || {digits} || '@bansos.test'",
}
KINDS = {"sms": "sms", "telegram": "bot", "email": "mail"}  # channel → line


async def add_round(house: House) -> int:
    """A round that opens in a week."""
    now = house.clock()
    row = {
        "code": "BPNT-2026-12-DS",
        "programme": PROGRAMME,
        "period": "Desember 2026",
        "region": "31.75.07",
        "venue": "Kantor Pos Duren Sawit",
        "address": "Jl. Kolonel Sugiono",
        "opens_at": now + timedelta(days=7),
        "closes_at": now + timedelta(days=11),
        "zone": "Asia/Jakarta",
        "amount": 200000,
        "method": "KANTOR_POS",
        "note": "Bawa KTP dan KK asli",
        "created_at": now,
        "updated_at": now,
    }
    async with house.database.write() as db:
        return int((await db.execute(insert(rounds).values(**row).returning(rounds.c.id))).scalar_one())


async def add_people(house: House, n: int, kind: str, first: int = 1) -> None:
    """People number `first` to `first + n - 1`, enrolled, each reached at one address of this kind."""
    for start in range(first, first + n, STEP):
        async with house.database.write() as db:
            await _add_people(db, house.database.is_sqlite, house.clock(), kind, start, min(STEP, first + n - start))
    if not house.database.is_sqlite:
        async with house.database.write() as db:
            for table in ("people", "enrolments", "contacts"):
                await db.execute(text(f"ANALYZE {table}"))


async def _add_people(db: AsyncConnection, sqlite: bool, now: datetime, kind: str, first: int, n: int) -> None:
    digits = "printf('%08d', n)" if sqlite else "lpad(n::text, 8, '0')"
    index = "CAST(printf('%032d', n) AS BLOB)" if sqlite else "convert_to(lpad(n::text, 32, '0'), 'UTF8')"
    flags = "'[]'" if sqlite else "'[]'::jsonb"
    since = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if sqlite else now
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)"
    if not sqlite:
        numbers = "WITH numbers(n) AS (SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint)))"
    at = ":now" if sqlite else "CAST(:now AS timestamptz)"
    address = ADDRESSES[kind].format(digits=digits, n="n")
    values: dict[str, Any] = {"first": first, "last": first + n - 1, "now": since}
    into = (
        "people (id, nik, nik_index, nik_masked, name, region, zone, language, flags, created_at, updated_at) "
        f"{numbers} SELECT n, {index}, {index}, '317507******0001', 'Warga ' || {digits}, '31.75.07.1003', "
        f"'Asia/Jakarta', 'id', {flags}, {at}, {at} FROM numbers",
        "enrolments (person_id, programme, status, updated_at) "
        f"{numbers} SELECT n, '{PROGRAMME}', 'DITETAPKAN', {at} FROM numbers",
        "contacts (id, person_id, kind, address, created_at) "
        f"{numbers} SELECT n, n, '{kind}', {address}, {at} FROM numbers",
    )
    for statement in into:
        await db.execute(text(f"INSERT INTO {statement}"), values)


async def add_broadcast(house: House, round_id: int, state: str = "sending", audience: int = 0) -> int:
    """A broadcast that is approved, in this state; one that is only approved begins now."""
    now = house.clock()
    row = {
        "event": EVENT,
        "round_id": round_id,
        "round_version": 1,
        "state": state,
        "at": now,
        "expires_at": now + timedelta(days=7),
        "planned_by": "account:1",
        "planned_at": now,
        "approved_by": "account:2",
        "approved_at": now,
        "approved_audience": audience,
        "audience": audience,
        "facts": {},
        "pins": {},
        "wake": now if state == "approved" else None,
    }
    async with house.database.write() as db:
        return int((await db.execute(insert(broadcasts).values(**row).returning(broadcasts.c.id))).scalar_one())


async def make_due(house: House, round_id: int, n: int, kind: str, first: int = 1) -> int:
    """A broadcast whose deliveries to people `first` to `first + n - 1` are due; returns its number."""
    broadcast = await add_broadcast(house, round_id, audience=n)
    now = house.clock()
    for start in range(first, first + n, STEP):
        rows = select(
            literal(broadcast),
            contacts.c.person_id,
            contacts.c.id,
            literal(round_id),
            literal(EVENT),
            literal(2),
            literal(KINDS[kind]),
            literal("id"),
            literal("Asia/Jakarta"),
            literal("due"),
            literal(1),
            literal(now, deliveries.c.due_at.type),
            literal(now + timedelta(days=7), deliveries.c.due_at.type),
            literal(now, deliveries.c.due_at.type),
        ).where(contacts.c.id >= start, contacts.c.id < min(start + STEP, first + n), contacts.c.kind == kind)
        names = "broadcast_id person_id contact_id round_id event lane line language zone state round_version due_at"
        async with house.database.write() as db:
            await db.execute(
                insert(deliveries).from_select(
                    [*names.split(), "expires_at", "created_at"], rows.order_by(contacts.c.id)
                )
            )
    async with house.database.write() as db:
        row = {"broadcast_id": broadcast, "worker": "seed", "state": "due", "reason": "", "n": n}
        await db.execute(insert(tallies).values(**row))
    if not house.database.is_sqlite:
        async with house.database.write() as db:
            await db.execute(text("ANALYZE deliveries"))
    return broadcast
