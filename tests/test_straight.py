"""Statements that go straight to the driver behave as those that go through SQLAlchemy."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, LargeBinary, Select, bindparam, insert, literal_column, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from notifier.store.engine import Database, is_away, migrate_async
from notifier.store.schema import Json, UtcDateTime, ledger, paces, tallies
from notifier.store.straight import fetch, many, together

AT = datetime(2026, 12, 5, 8, 30, 0, 123456, UTC)
SAID = select(
    bindparam("at", type_=UtcDateTime()),
    bindparam("facts", type_=Json),
    bindparam("yes", type_=Boolean()),
    bindparam("sealed", type_=LargeBinary()),
    bindparam("none", type_=UtcDateTime()),
)
GIVEN: dict[str, Any] = {"at": AT, "facts": {"a": [1, None]}, "yes": True, "sealed": b"\0x", "none": None}


async def test_values_come_back_as_they_do_the_usual_way(database_url: str, tmp_path: Path) -> None:
    await migrate_async(database_url)
    database = Database(database_url)
    async with database.read() as db:
        usual = (await db.execute(SAID, GIVEN)).all()
        assert [tuple(row) for row in await fetch(db, SAID, GIVEN)] == [tuple(row) for row in usual]
        few: Select[Any] = select(literal_column("1")).where(
            literal_column("2").in_((1, 2, 3)), literal_column("2") == 2
        )
        assert [tuple(row) for row in await fetch(db, few)] == [(1,)]
    async with database.write() as db:
        rows = [{"scope": f"line:{n}", "reason": "", "parks": n} for n in range(3)]
        await many(db, insert(paces), rows, {"next_free": AT})
        await many(db, insert(paces), [{"scope": "line:alone", "reason": "", "parks": 9, "next_free": AT}])
    async with database.read() as db:
        kept = await db.execute(select(paces.c.parks, paces.c.next_free).order_by(paces.c.parks))
        assert [tuple(row) for row in kept] == [(n, AT) for n in (0, 1, 2, 9)]
    await database.close()


async def test_what_was_written_before_an_error_is_taken_back_and_the_error_quotes_no_value(
    database_url: str, tmp_path: Path
) -> None:
    await migrate_async(database_url)
    database = Database(database_url)
    act = {"at": AT, "who": "clock", "act": "settled", "about": "line:sms", "detail": ""}
    count = {"broadcast_id": 99, "worker": "SITI", "state": "due", "reason": "", "n": 1}

    async def written() -> None:
        async with database.write() as db:
            await fetch(db, insert(ledger).inline(), act)
            await many(db, insert(tallies), [count])

    with pytest.raises(IntegrityError) as told:
        await written()
    assert "SITI" not in str(told.value)
    assert not is_away(told.value)
    async with database.read() as db:
        assert (await db.execute(select(ledger.c.id))).all() == []
    await database.close()


async def test_a_connection_that_was_lost_counts_as_away_and_the_next_transaction_has_another(
    database_url: str, tmp_path: Path
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("a file has no connection to lose")
    database, other = Database(database_url), Database(database_url)
    one: Select[Any] = select(literal_column("1"))
    own: Select[Any] = select(literal_column("pg_backend_pid()"))

    async def end(number: int) -> None:
        async with other.write() as db:
            await db.execute(text(f"SELECT pg_terminate_backend({number}, 5000)"))

    async def ended_within() -> None:
        async with database.write() as db:
            [[number]] = await fetch(db, own)
            await end(number)
            await fetch(db, one)

    with pytest.raises(DBAPIError) as told:
        await ended_within()
    assert is_away(told.value)
    async with database.write() as db:
        [[number]] = await fetch(db, own)
    await end(number)
    async with database.write() as db:
        assert [tuple(row) for row in await fetch(db, one)] == [(1,)]
    await database.close()
    await other.close()


async def test_several_statements_bring_what_each_brings_and_what_was_looked_up_once_is_looked_up_anew(
    database_url: str, tmp_path: Path
) -> None:
    await migrate_async(database_url)
    database = Database(database_url)
    found = select(paces.c.parks).where(paces.c.scope == bindparam("of"))
    parks: list[Any] = []
    for n in (1, 2):
        async with database.look() as db:
            parks.append(
                [[tuple(row) for row in rows] for rows in await together(db, (SAID, GIVEN), (found, {"of": "x"}))]
            )
        async with database.write() as db:  # nobody who looked before holds it up
            await db.execute(insert(paces).values(scope="x" * n, reason="", parks=n, next_free=AT))
    assert [rows[1] for rows in parks] == [[], [(1,)]]
    assert parks[0][0] == [tuple(GIVEN.values())]
    with pytest.raises(DBAPIError):
        async with database.look() as db:
            await together(db, (found, {"of": "x"}), (text("SELECT nothing FROM nowhere"), {}))
    async with database.look() as db:
        assert [tuple(row) for row in await fetch(db, found, {"of": "xx"})] == [(2,)]
    await database.close()
