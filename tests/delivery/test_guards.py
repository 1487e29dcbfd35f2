"""What guards a broadcast: the first ones before the others, the halt by itself, and the cap on its cost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from notifier.broadcasts.account import shelf_of
from notifier.broadcasts.leftover import NEVER_REACHED
from notifier.errors import Refused
from notifier.store import echoes
from notifier.store.broadcasts import Broadcast
from notifier.store.schema import accounts, contacts, deliveries, ledger, loads, tallies
from tests.houses import Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"
QUICK: dict[str, Any] = {"halt_after": 4}


async def _village(stage: Stage, *addresses: str) -> None:
    await add_round(stage)
    for n, address in enumerate(addresses):
        await add_person(stage, f"WARGA {n}", ("sms", address))
    async with stage.house.database.write() as db:
        await db.execute(
            update(accounts).where(accounts.c.login == "budi").values(notify_kind="email", notify_address="b@b.test")
        )


def _good(n: int) -> str:
    return f"+62812300{n:05d}"


def _bad(n: int) -> str:
    return f"+62000002{n:03d}"  # nobody has this number


async def _plan(stage: Stage, **values: Any) -> int:
    number, _ = await stage.house.broadcasts.plan(
        stage.planner, "round_announced", CODE, "now", stage.clock(), **values
    )
    assert number is not None
    await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
    return number


async def _look(stage: Stage, number: int) -> Broadcast:
    return await stage.house.broadcasts.get(stage.approver, number)


async def _say(stage: Stage, number: int, intent: str, n: int) -> None:
    async with stage.house.database.write() as db:
        for _ in range(n):
            await echoes.count(db, number, intent)


async def _acts(stage: Stage, about: str) -> list[str]:
    async with stage.house.database.read() as db:
        return list((await db.execute(select(ledger.c.act).where(ledger.c.about == about))).scalars())


# --- the first ones --------------------------------------------------------------------------------------------------


async def test_the_first_ones_are_told_and_the_others_follow_by_themselves_when_all_went_well(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage, *(_good(n) for n in range(10)))
        number = await _plan(stage, canary="3")
        await stage.send()
        phones = stage.providers.phones
        assert [len(phones.notes(_good(n))) for n in range(10)] == [1] * 3 + [0] * 7
        b = await _look(stage, number)
        assert (b.state, b.canary, b.expanded) == ("canary", 3, 3)
        assert b.canary_until is not None
        assert 25 * 60 < (b.canary_until - stage.clock()).total_seconds() <= 30 * 60
        account = await stage.house.broadcasts.statement(number)
        assert (account.unexpanded, account.balanced) == (7, True)
        stage.clock.now = b.canary_until
        stage.clock.move(seconds=-1)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        assert (await _look(stage, number)).state == "canary"
        stage.clock.move(seconds=5)
        await stage.send()
        assert [len(phones.notes(_good(n))) for n in range(10)] == [1] * 10
        account = await stage.house.broadcasts.statement(number)
        assert (account.state, account.unexpanded, account.balanced) == ("done", 0, True)
        assert "broadcast.canary_passed" in await _acts(stage, f"broadcast:{number}")


async def test_first_ones_that_fare_badly_hold_the_others_back_until_a_person_says_go_on(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage, _bad(1), _bad(2), _good(1), _good(2), _good(3), _good(4))
        number = await _plan(stage, canary="50%")
        await stage.send()
        stage.clock.move(minutes=31)
        await stage.send()
        b = await _look(stage, number)
        assert (b.state, b.why) == ("asking", "2 of 3 messages failed (66.7 %, at most 20 %)")
        assert not stage.providers.phones.notes(_good(2))
        alerts = stage.providers.phones.notes("b@b.test")
        assert len(alerts) == 1
        assert "2 dari 3 kiriman gagal (66.7 %, batasnya 20 %)" in alerts[0].text
        assert "broadcast.halted" in await _acts(stage, f"broadcast:{number}")
        await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.state, account.failed, account.balanced) == ("done", 2, True)
        assert account.accepted + account.delivered == 4
        assert len(stage.providers.phones.notes("b@b.test")) == 1


async def test_first_ones_who_say_that_it_is_wrong_hold_the_others_back(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage, *(_good(n) for n in range(8)))
        number = await _plan(stage, canary="4")
        await stage.send()
        await _say(stage, number, "wrong_info", 3)
        stage.clock.move(minutes=31)
        await stage.send()
        b = await _look(stage, number)
        assert b.state == "asking"
        assert b.why.startswith("3 answers after 4 messages say it is wrong")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_first_ones_who_can_not_be_told_in_two_hours_are_judged_all_the_same(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage, "+62000001001", *(_good(n) for n in range(3)))  # busy, every time
        number = await _plan(stage, canary="1")
        await stage.send()
        stage.clock.move(minutes=31)
        await stage.send()
        assert (await _look(stage, number)).state == "canary"  # not settled yet
        stage.clock.move(minutes=90)
        await stage.send()
        assert (await _look(stage, number)).why == "none of the first 1 people could be told"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_span_of_the_first_ones_begins_when_they_may_be_written_to(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage, *(_good(n) for n in range(3)))
        stage.clock.move(hours=12)  # 21:00
        number = await _plan(stage, canary="1")
        await stage.send()
        until = (await _look(stage, number)).canary_until
        assert until is not None
        assert (until.hour, until.minute) == (1, 30)  # 08:30 in Jakarta


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_first_ones_can_be_paused_resumed_and_stopped(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage, *(_good(n) for n in range(3)))
        number, b = await _plan(stage, canary="1"), stage.house.broadcasts
        await stage.send()
        await b.pause(stage.approver, number, stage.clock())
        stage.clock.move(hours=1)
        await stage.send()
        assert (await _look(stage, number)).state == "paused"
        await b.resume(stage.approver, number, stage.clock())
        assert (await _look(stage, number)).state == "canary"
        await b.stop(stage.approver, number, stage.clock())
        await stage.send()
        account = await b.statement(number)
        assert (account.state, account.unexpanded, account.cancelled, account.balanced) == ("stopped", 0, 2, True)
        _, never = await stage.house.told.people(stage.planner, number, shelf_of("cancelled"))
        assert {entry.reason for entry in never} == {NEVER_REACHED}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("canary", "first"), [("", 0), ("0", 0), ("2", 2), ("2%", 1), ("34 %", 4), ("12,5%", 2), ("100%", 10), ("99", 99)]
)
async def test_the_first_ones_are_a_number_or_a_part(
    database_url: str, tmp_path: Path, canary: str, first: int
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage, *(_good(n) for n in range(10)))
        number = await _plan(stage, canary=canary)
        assert (await _look(stage, number)).canary == first
        await stage.send()
        stage.clock.move(minutes=31)
        await stage.send()
        assert (await _look(stage, number)).state == "done"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("canary", ["many", "-1", "1.5", "101%", "0%", "2%%", "\u0662"])
async def test_first_ones_nobody_can_count_are_refused(database_url: str, tmp_path: Path, canary: str) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage, _good(1))
        with pytest.raises(Refused, match="canary"):
            await _plan(stage, canary=canary)


# --- the halt --------------------------------------------------------------------------------------------------------


async def test_a_broadcast_whose_messages_fail_stops_and_after_a_go_on_does_not_stop_over_the_same(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=QUICK) as stage:
        await _village(stage, *(_bad(n) for n in range(6)), *(_good(n) for n in range(4)))
        number, b = await _plan(stage), stage.house.broadcasts
        await b.advance(stage.clock(), "test")
        async with stage.house.database.write() as db:  # four of them have their turn an hour later
            late = select(contacts.c.id).where(contacts.c.address.in_([_good(n) for n in range(4)]))
            hour = stage.clock() + timedelta(hours=1)
            await db.execute(update(deliveries).where(deliveries.c.contact_id.in_(late)).values(due_at=hour))
        await stage.dispatcher.drain()
        stage.clock.move(seconds=3)
        await b.advance(stage.clock(), "test")
        found = await _look(stage, number)
        assert found.state == "asking"
        assert "messages failed" in found.why
        stage.clock.move(hours=2)
        await stage.dispatcher.drain()
        account = await b.statement(number)
        assert (account.due, account.failed, account.balanced) == (4, 6, True)
        assert not stage.providers.phones.notes(_good(0))
        await b.approve(stage.approver, number, stage.clock())
        await b.advance(stage.clock(), "test")
        assert (await _look(stage, number)).state == "sending"
        for _ in range(8):
            await stage.dispatcher.drain()
            stage.clock.move(seconds=3)
        assert len(stage.providers.phones.notes("b@b.test")) == 1
        await b.advance(stage.clock(), "test")
        account = await b.statement(number)
        assert (account.failed, account.accepted + account.delivered, account.balanced) == (6, 4, True)


async def test_complaints_stop_a_broadcast_while_it_sends(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage, *(_good(n) for n in range(6)))
        number, b = await _plan(stage), stage.house.broadcasts
        await b.advance(stage.clock(), "test")
        await _say(stage, number, "complaint", 2)
        await _say(stage, number, "receipt_no", 1)
        stage.clock.move(seconds=3)
        await b.advance(stage.clock(), "test")
        assert (await _look(stage, number)).why.startswith("3 complaints after 0 messages")
        assert stage.providers.phones.count() == 0
        await b.approve(stage.approver, number, stage.clock())
        await stage.send()
        assert (await _look(stage, number)).state == "done"


# --- the cap ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_plan_that_would_cost_more_than_its_cap_is_refused_with_the_figure(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery={"cap": 500}) as stage:
        await _village(stage, _good(1), _good(2))
        with pytest.raises(Refused, match=r"reckoned at Rp700, above its cap of Rp500; raise the cap"):
            await _plan(stage)
        number = await _plan(stage, cap=700)
        await stage.send()
        b = await _look(stage, number)
        assert (b.state, b.cap) == ("done", 700)


async def test_a_broadcast_stops_before_it_costs_more_than_its_cap_and_a_higher_one_lets_it_go_on(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, rate=2) as stage:
        await _village(stage, *(_good(n) for n in range(20)))
        number, b = await _plan(stage, cap=7_000), stage.house.broadcasts
        await b.advance(stage.clock(), "test")
        spent = {"broadcast_id": number, "worker": "w", "line": "sms", "people": 20}
        spent |= {"attempts": 2, "segments": 4, "rupiah": 1_750}  # twice as long as was reckoned
        async with stage.house.database.write() as db:
            await db.execute(insert(loads).values(spent))
        stage.clock.move(seconds=3)
        await b.advance(stage.clock(), "test")
        found = await _look(stage, number)
        assert (found.state, found.why) == ("asking", "it has cost Rp1.750 and would pass its cap of Rp7.000")
        async with stage.house.database.write() as db:
            await db.execute(update(loads).values(rupiah=7_000))
        with pytest.raises(Refused, match="approve it with a higher cap"):
            await b.approve(stage.approver, number, stage.clock())
        await b.approve(stage.approver, number, stage.clock(), cap=100_000)
        stage.clock.move(seconds=3)
        await b.advance(stage.clock(), "test")
        found = await _look(stage, number)
        assert (found.state, found.cap) == ("sending", 100_000)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_counters_of_failures_leave_the_suppressed_out(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery={"halt_after": 1}) as stage:
        await _village(stage, _good(1), _good(2))
        await add_person(stage, "TANPA KONTAK")
        number = await _plan(stage)
        await stage.send()
        async with stage.house.database.read() as db:
            kept = (await db.execute(select(tallies.c.state).where(tallies.c.broadcast_id == number))).scalars()
            assert "suppressed" in set(kept)
            assert len((await db.execute(select(deliveries.c.id))).all()) == 3
        assert (await _look(stage, number)).state == "done"
