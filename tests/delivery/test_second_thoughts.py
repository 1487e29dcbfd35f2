"""What comes a second time, too late, or at the same moment as something else: nothing known is unlearnt by it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Receipt, ReceiptState
from notifier.app.lines import delivery_terms
from notifier.broadcasts import course
from notifier.dispatch import keeping, settle_receipt
from notifier.dispatch.settle import Outcome, settle_group
from notifier.ledger import seal
from notifier.proofs import prove
from notifier.rules.deliveries import State
from notifier.rules.settled import to_whom
from notifier.store import contacts as addresses
from notifier.store import visits
from notifier.store.engine import is_away
from notifier.store.schema import attempts, contacts, deliveries, enrolments, ledger
from notifier.store.told import Shelf
from tests.houses import Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"
PHONE = "+6281230000001"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def _told(stage: Stage, phone: str = PHONE) -> str:
    """One person told by SMS; the provider's ref."""
    await add_round(stage)
    await add_person(stage, "SITI AMINAH", ("sms", phone))
    await stage.broadcast("round_announced", CODE)
    await stage.send()
    return str((await _rows(stage, attempts.c.ref))[0][0])


async def _rows(stage: Stage, *columns: Any) -> list[Any]:
    async with stage.house.database.read() as db:
        return list((await db.execute(select(*columns))).all())


async def _hear(stage: Stage, ref: str, state: ReceiptState, *, permanent: bool = False) -> None:
    async with stage.house.database.write() as db:
        receipt = Receipt(ref, state, reason="absent", permanent=permanent)
        await settle_receipt(db, "sms", receipt, delivery_terms(stage.house), stage.clock())


class _Refusal(Exception):
    """What the driver brings of a server's answer."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("no")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("code", "away"),
    [
        *((code, True) for code in ("57P03", "53300", "57P01", "08P01", "58000", "25006")),
        *((code, False) for code in ("40P01", "23505", "57014", "")),
    ],
)
def test_a_server_that_takes_nobody_is_away_and_one_that_refuses_a_statement_is_not(code: str, away: bool) -> None:
    assert is_away(DBAPIError("UPDATE", None, _Refusal(code))) is away


@SQLITE
@pytest.mark.parametrize(("code", "times"), [("57P03", 4), ("40P01", 1)])
async def test_an_outcome_that_could_not_be_written_at_once_is_written_later_and_nobody_is_told_twice(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, times: int
) -> None:
    monkeypatch.setattr(keeping, "PAUSES", (0.0,))
    monkeypatch.setattr(keeping, "AWAY", 0.0)
    real, failed = settle_group, list[str]()

    async def later(*given: Any, **named: Any) -> Any:
        if len(failed) < times:
            failed.append(code)
            raise DBAPIError("UPDATE", None, _Refusal(code))
        return await real(*given, **named)

    monkeypatch.setattr(keeping, "settle_group", later)
    async with open_stage(database_url, tmp_path) as stage:
        await _told(stage)
        stage.clock.move(minutes=33)
        await stage.dispatcher.lapse()
        await stage.send()
        assert failed == [code] * times
        assert len(stage.providers.phones.calls) == 1
        assert await _rows(stage, deliveries.c.state) == [("accepted",)]


@SQLITE
async def test_a_number_that_was_not_theirs_stays_so_after_a_bounce(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        ref = await _told(stage)
        async with stage.house.database.write() as db:
            await addresses.part(db, "sms", PHONE)
        await _hear(stage, ref, ReceiptState.FAILED, permanent=True)
        async with stage.house.database.write() as db:
            await addresses.revive(db, "sms", PHONE)
        assert await _rows(stage, contacts.c.state) == [("wrong",)]


@SQLITE
async def test_a_bounce_after_a_delivery_does_not_end_the_address(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        ref = await _told(stage)
        await _hear(stage, ref, ReceiptState.DELIVERED)
        await _hear(stage, ref, ReceiptState.FAILED, permanent=True)
        assert await _rows(stage, contacts.c.state) == [("ok",)]


@POSTGRESQL
@pytest.mark.parametrize(
    ("first", "second"),
    [(ReceiptState.READ, ReceiptState.DELIVERED), (ReceiptState.DELIVERED, ReceiptState.FAILED)],
)
async def test_of_two_receipts_at_the_same_moment_the_stronger_stands_on_the_attempt_too(
    database_url: str, tmp_path: Path, first: ReceiptState, second: ReceiptState
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        ref = await _told(stage)
        terms = delivery_terms(stage.house)
        async with stage.house.database.write() as db:
            await settle_receipt(db, "sms", Receipt(ref, first), terms, stage.clock())
            other = asyncio.create_task(_hear(stage, ref, second))
            await asyncio.wait([other], timeout=0.2)  # it has read, and waits for our lock
        await other
        assert await _rows(stage, attempts.c.state) == await _rows(stage, deliveries.c.state) == [(first.value,)]


@SQLITE
@pytest.mark.parametrize("how", ["stopped", "too late"])
async def test_a_second_copy_that_does_not_leave_does_not_undo_the_first_that_may_have_arrived(
    database_url: str, tmp_path: Path, how: str
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        silent = "+62000004001"  # the fake gateway takes it and never answers
        await _told(stage, silent)
        assert await _rows(stage, deliveries.c.state) == [("unknown",)]
        stage.clock.move(minutes=3)
        await stage.dispatcher.lapse()
        assert await _rows(stage, deliveries.c.state) == [("due",)]
        async with stage.house.database.write() as db:
            if how == "stopped":
                await addresses.stop(db, "sms", silent, stage.clock())
            else:
                await db.execute(update(deliveries).values(expires_at=stage.clock()))
        await stage.dispatcher.drain()
        assert await _rows(stage, deliveries.c.state, deliveries.c.maybe_twice) == [("unknown", True)]


@SQLITE
async def test_whoever_joined_while_it_was_walked_takes_nobodys_place_on_the_list_of_the_unreached(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "SLICE_SQLITE", 2)
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        people = [await add_person(stage, f"WARGA {n}", ("sms", f"+628123000000{n}")) for n in range(7)]
        later = update(enrolments).where(enrolments.c.person_id == people[3])
        async with stage.house.database.write() as db:
            await db.execute(later.values(status="DIVERIFIKASI"))
        broadcasts = stage.house.broadcasts
        number, _ = await broadcasts.plan(stage.planner, "round_announced", CODE, "now", stage.clock(), canary="2")
        assert number is not None
        await broadcasts.approve(stage.approver, number, stage.clock())
        await broadcasts.advance(stage.clock(), "test")
        async with stage.house.database.write() as db:
            await db.execute(later.values(status="DITETAPKAN"))
        await broadcasts.stop(stage.approver, number, stage.clock())
        for _ in range(3):
            stage.clock.move(seconds=5)
            await broadcasts.advance(stage.clock(), "test")
        assert {row.person_id for row in await _rows(stage, deliveries.c.person_id)} == set(people)
        assert (await broadcasts.statement(number)).balanced


@SQLITE
async def test_a_plan_that_came_too_late_names_whom_it_never_told(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", PHONE))
        number = await stage.broadcast("round_announced", CODE)
        stage.clock.move(days=60)
        for _ in range(3):
            await stage.house.broadcasts.advance(stage.clock(), "test")
            stage.clock.move(seconds=5)
        async with stage.house.database.read() as db:
            assert len(await visits.page(db, visits.Scope(broadcast_id=number), ("", 0), 10)) == 1


@SQLITE
@pytest.mark.parametrize("whose", ["programme", "person"])
async def test_another_try_takes_the_order_of_the_programme_and_the_person(
    database_url: str, tmp_path: Path, whose: str
) -> None:
    tables: dict[str, Any] = {"delivery": {"ladders": {"BPNT": ["email", "sms"]}}} if whose == "programme" else {}
    async with open_stage(database_url, tmp_path, **tables) as stage:
        await add_round(stage)
        prefers = {"prefers": "email"} if whose == "person" else {}
        await add_person(stage, "SITI AMINAH", ("sms", PHONE), ("email", "siti@example.com"), **prefers)
        async with stage.house.database.write() as db:
            await db.execute(update(contacts).values(state="dead"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.send()
        assert await _rows(stage, deliveries.c.reason) == [("no_contact",)]
        async with stage.house.database.write() as db:
            await db.execute(update(contacts).values(state="ok"))
        await stage.house.again.retry(stage.approver, number, Shelf("suppressed"), stage.clock())
        assert await _rows(stage, deliveries.c.line) == [("mail",)]


async def test_a_group_whose_commit_was_not_heard_of_is_told_to_the_ledger_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written again, because nobody knows; what was kept already is no news."""
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n in range(3):
            await add_person(stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        taken = [(one.delivery.id, one.delivery.fence, one.message.key) for one in (await stage.claim("sms")).ready]
        fates = ((State.ACCEPTED, "r1", ""), (State.FAILED, "", "busy"), (State.UNKNOWN, "", "broken off"))
        keeper = stage.dispatcher._keepers["sms"]
        lost, write = list[str](), stage.house.database.write

        @asynccontextmanager
        async def unheard() -> AsyncIterator[AsyncConnection]:
            async with write() as db:
                yield db
            if not lost:
                lost.append("the word of a commit")
                raise ConnectionResetError("lost in the middle of COMMIT")

        monkeypatch.setattr(keeping, "AWAY", 0.0)
        monkeypatch.setattr(stage.house.database, "write", unheard)
        async with stage.dispatcher._keeping():
            keeper.begun(len(taken))
            for (n, fence, key), (state, ref, reason) in zip(taken, fates, strict=True):
                whom = to_whom(key, n)
                keeper.put(Outcome(n, fence, stage.clock(), state, ref, reason=reason, whom=whom))
        monkeypatch.setattr(stage.house.database, "write", write)
        acts = await _rows(stage, ledger.c.detail)
        told = [json.loads(detail) for (detail,) in acts if '"whom"' in detail]
        assert lost
        assert [sorted(act["of"]) for act in told] == [["accepted", "failed", "unknown"]]
        assert (await stage.house.broadcasts.statement(number)).balanced
        await seal(stage.house.database, stage.house.vault, "test", stage.clock())
        assert [finding async for finding in prove(stage.house.database, stage.house.vault)] == []
