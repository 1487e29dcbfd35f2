"""People who may be one: what is alike, that each is asked once, and that a merge tells nobody twice or never."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from notifier.desk import Complaint, Reporter
from notifier.errors import Refused
from notifier.ledger import seal, verify
from notifier.proofs import prove
from notifier.registry.doubles import MANY, alike, merge
from notifier.rules.audiences import Rule
from notifier.rules.deliveries import GENERAL
from notifier.rules.roles import Role
from notifier.store import contacts, deliveries, schema
from notifier.store.doubles import LARGEST, Seen
from tests.houses import NO_WINDOW, Stage, add_crowd, add_person, add_round, open_stage

BORN = date(1968, 3, 10)
WHY = "kartu keluarga diperiksa"


@pytest.mark.parametrize(
    ("one", "other", "born", "same"),
    [
        ("SITI AMINAH", "siti  aminah", None, True),
        ("SITI AMINAH", "SITI AMINAN", (BORN, BORN), True),
        ("SITI AMINAH", "SITI AMINAN", None, False),
        ("SITI AMINAH", "SITI AMINAH BINTI AHMAD", (BORN, BORN), True),
        ("SITI AMINAH", "SITI AMINAH", (BORN, date(1990, 1, 1)), False),
        ("SITI AMINAH", "BUDI", (BORN, BORN), False),
        ("SITI", "SITI AMINAH", (BORN, BORN), False),
        ("ANI", "ANA", (BORN, BORN), False),
    ],
)
def test_alike_is_the_same_name_but_for_a_slip_and_no_other_birthday(
    one: str, other: str, born: tuple[date, date] | None, same: bool
) -> None:
    first, second = born or (None, None)
    assert alike(Seen(1, b"k", one, first, ""), Seen(2, b"k", other, second, "")) is same
    assert alike(Seen(1, b"k", other, second, ""), Seen(2, b"k", one, first, "")) is same


async def _pair(stage: Stage, **values: Any) -> tuple[int, int]:
    shared = {"kk_index": b"k" * 32, "born": BORN, **values}
    one = await add_person(stage, "SITI AMINAH", ("sms", "+6281200000001"), **shared)
    return one, await add_person(stage, "SITI AMINAN", ("sms", "+6281200000002"), **shared)


async def _proven(stage: Stage) -> None:
    house = stage.house
    await seal(house.database, house.vault, "test", stage.clock())
    proof = await verify(house.database, house.vault)
    assert proof.sound, proof.broken
    assert [finding async for finding in prove(house.database, house.vault)] == []


async def test_they_are_found_by_a_walk_and_asked_about_once(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        doubles, admin = stage.house.doubles, stage.planner
        one, other = await _pair(stage)
        for n in range(MANY):
            await add_person(stage, f"WARGA {n}", ("sms", "+6281299999999"))
        await add_person(stage, "SITI AMINAH", kk_index=b"x" * 32, born=BORN)
        for n in range(LARGEST + 1):  # a card that nobody filled in is no household
            await add_person(stage, f"WARGA {n:02d}", kk_index=b"0" * 32, born=BORN)
        assert await doubles.walk(stage.clock()) == MANY + LARGEST + 4
        assert await doubles.walk(stage.clock()) == 0, "it rests until tomorrow, or until a register comes in"
        (household,) = await doubles.page(admin, "household", 0, 10)
        assert (household.double.person_id, household.double.other_id) == (one, other)
        assert "+6281200000001" not in repr(household.sides[0].addresses)
        (phone,) = await doubles.page(admin, "phone", 0, 10)
        assert phone.address == "+628***999"
        assert len(phone.people) == phone.double.people == MANY
        assert await doubles.count(admin) == 2
        assert await doubles.count(replace(admin, region="73")) == 0
        assert await doubles.count(replace(admin, role=Role.AGENT)) == 0
        with pytest.raises(Refused, match="no such case"):
            await doubles.apart(replace(admin, region="73"), household.double.id, stage.clock())
        await doubles.apart(admin, household.double.id, stage.clock())
        await doubles.share(admin, phone.double.id, stage.clock())
        with pytest.raises(Refused, match="decided already"):
            await doubles.apart(admin, household.double.id, stage.clock())
        stage.clock.move(days=2)
        await doubles.walk(stage.clock())
        assert await doubles.count(admin) == 0, "what was decided is not asked again"


async def test_what_was_put_right_meanwhile_waits_no_longer(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        doubles, admin, people, contacts = stage.house.doubles, stage.planner, schema.people, schema.contacts
        _, other = await _pair(stage)
        for n in range(MANY):
            await add_person(stage, f"WARGA {n}", ("sms", "+6281299999999"))

        async def changed(born: date, phone: str) -> int:
            async with stage.house.database.write() as db:
                await db.execute(update(people).where(people.c.id == other).values(born=born))
                await db.execute(update(contacts).where(contacts.c.person_id == other + 1).values(address=phone))
            stage.clock.move(days=2)
            await doubles.walk(stage.clock())
            return await doubles.count(admin)

        assert await changed(BORN, "+6281299999999") == 2
        assert await changed(date(1990, 1, 1), "+6281200000003") == 0
        assert await changed(BORN, "+6281299999999") == 2, "as it was: it is to be decided after all"
        (household,) = await doubles.page(admin, "household", 0, 10)
        await doubles.apart(admin, household.double.id, stage.clock())
        assert await changed(date(1990, 1, 1), "+6281299999999") == 1
        assert await changed(BORN, "+6281299999999") == 1, "what a person decided stays"


async def test_nobody_is_merged_or_erased_while_a_general_notice_goes_through_their_area(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        house, admin, now = stage.house, stage.planner, stage.clock()
        one, other = await _pair(stage)
        plan = house.broadcasts.plan(admin, GENERAL, "", "now", now, rule=Rule(regions=("31.75",)), text="Hati-hati.")
        number, _ = await plan
        assert number is not None
        for region, state in (("31.75", "expanding"), ("31.75", "canary"), ("", "expanding")):
            async with house.database.write() as db:
                await db.execute(update(schema.broadcasts).values(region=region, state=state))
            with pytest.raises(Refused, match="a broadcast of notice:1 is just going"):
                await house.doubles.merge(admin, other, one, WHY, now)
            with pytest.raises(Refused, match="still under way"):
                await house.dossiers.erase(admin, other, WHY, now)
        async with house.database.write() as db:
            await db.execute(update(schema.broadcasts).values(region="73"))
        await house.dossiers.erase(admin, other, WHY, now)


async def test_two_rows_become_one_person_and_nobody_is_told_twice(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house, admin = stage.house, stage.planner
        one, other = await _pair(stage)
        await add_round(stage)
        b = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await house.broadcasts.advance(stage.clock(), "test")
        with pytest.raises(Refused, match=r"under way|just going"):
            await house.doubles.merge(admin, other, one, WHY, stage.clock())
        await stage.send()
        with pytest.raises(Refused, match="was told of BPNT-2026-12-DS"):
            await house.doubles.merge(admin, other, one, WHY, stage.clock())
        reporter = Reporter("sms", "sms", "+6281200000002", "id", "Asia/Jakarta", other, region="31.75.07.1003")
        async with house.database.write() as db:
            complaint = Complaint(None, reporter, "Bantuan belum masuk", stage.clock(), ("delayed",))
            ticket = await house.desk.open(db, complaint, stage.clock())
            enrolled = {"person_id": other, "programme": "PKH", "status": "DITETAPKAN", "updated_at": stage.clock()}
            await db.execute(insert(schema.enrolments).values(enrolled))
        stage.clock.move(days=10)
        await stage.send()
        before = await house.broadcasts.statement(b)
        with pytest.raises(Refused, match="one person already"):
            await house.doubles.merge(admin, one, one, WHY, stage.clock())
        with pytest.raises(Refused, match="no such person"):
            await house.doubles.merge(replace(admin, region="73"), other, one, WHY, stage.clock())
        await house.doubles.merge(admin, other, one, WHY, stage.clock())
        assert await house.broadcasts.statement(b) == before
        await _proven(stage)
        page = await house.persons.page(admin, one)
        assert [address.kind for address in page.addresses] == ["sms", "sms"]
        assert [programme for programme, *_ in page.programmes] == ["BPNT", "PKH"]
        assert len([notice for notice in page.notices if notice.broadcast_id == b]) == 2
        assert [found.number for found in page.tickets] == [ticket.number], "a report keeps its number"
        gone = await house.persons.page(admin, other)
        assert gone.who.merged_into_id == one
        with pytest.raises(Refused, match="merged"):
            await house.doubles.merge(admin, other, one, WHY, stage.clock())
        nik = house.vault.open(gone.who.nik, "people.nik").decode()
        assert [person.id for person in await house.persons.seek(admin, nik, stage.clock())] == [one]
        # the next round reaches the person once
        opens = stage.clock() + timedelta(days=3)
        await add_round(stage, "BPNT-2027-01-DS", opens_at=opens, closes_at=opens + timedelta(days=2))
        following = await stage.broadcast("round_announced", "BPNT-2027-01-DS")
        await stage.send()
        async with house.database.read() as db:
            mine = schema.deliveries.c.broadcast_id == following
            wanted = select(func.count(), func.max(schema.deliveries.c.person_id)).where(mine)
            assert tuple((await db.execute(wanted)).one()) == (1, one)


async def test_a_walk_that_begins_while_two_rows_become_one_finds_the_one(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house = stage.house
        one, other = await _pair(stage)
        await add_round(stage)
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        async with house.database.write() as db:
            await merge(db, house.vault, stage.planner, other, one, WHY, stage.clock())
            walking = asyncio.create_task(house.broadcasts.advance(stage.clock(), "test"))
            await asyncio.wait({walking}, timeout=0.2)  # it would be through by then
        await walking
        assert "from 2 to 1 people" in (await house.broadcasts.get(stage.planner, number)).why
        await house.broadcasts.approve(stage.approver, number, stage.clock())
        await stage.send()
        told = await house.broadcasts.statement(number)
        assert (told.audience, told.accepted) == (1, 1)


async def test_a_merge_while_a_broadcast_to_a_list_waits_loses_nobody(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house, admin, file = stage.house, stage.planner, tmp_path / "daftar.csv"
        one, other = await _pair(stage)
        await add_round(stage)
        nik = house.vault.open((await house.persons.page(admin, other)).who.nik, "people.nik").decode()
        file.write_text(f"NIK;KODE\n{nik};\n")
        brought = await house.lists.bring(admin, file, "daftar.csv", stage.clock())
        when = (stage.clock() + timedelta(hours=2)).isoformat()
        number, _ = await house.broadcasts.plan(
            admin, "round_announced", "BPNT-2026-12-DS", when, stage.clock(), rule=Rule(listed=brought.id)
        )
        assert number is not None
        await house.broadcasts.approve(stage.approver, number, stage.clock())
        await house.doubles.merge(admin, other, one, WHY, stage.clock())
        stage.clock.move(hours=2)
        await stage.send()
        told = await house.broadcasts.statement(number)
        assert (told.audience, told.accepted, told.balanced) == (1, 1, True)
        async with house.database.read() as db:
            mine = schema.deliveries.c.broadcast_id == number
            assert (await db.execute(select(schema.deliveries.c.person_id).where(mine))).scalar_one() == one
        again = await house.lists.bring(admin, file, "daftar.csv", stage.clock())
        rule = Rule(listed=again.id)
        assert (await house.choosing.count(admin, "round_reminder", "BPNT-2026-12-DS", rule))[2].people == 1
        await _proven(stage)


async def test_whoever_may_be_asked_once_more_is_merged_later(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        one, other = await _pair(stage)
        opens, closes = stage.clock() - timedelta(days=1), stage.clock() + timedelta(hours=1)
        await add_round(stage, opens_at=opens, closes_at=closes)
        await stage.broadcast("receipt_question", "BPNT-2026-12-DS")
        await stage.send()
        stage.clock.move(hours=2)
        with pytest.raises(Refused, match="was told of BPNT-2026-12-DS"):
            await stage.house.doubles.merge(stage.planner, other, one, WHY, stage.clock())
        stage.clock.move(days=60)
        await stage.send()
        await stage.house.doubles.merge(stage.planner, other, one, WHY, stage.clock())


async def test_who_writes_from_the_phone_of_two_rows_that_are_one_is_that_one(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house, shared = stage.house, ("sms", "+6281200000001")
        one, other = await add_person(stage, "SITI AMINAH", shared), await add_person(stage, "SITI AMINAN", shared)
        await add_round(stage, closes_at=stage.clock() + timedelta(days=2), opens_at=stage.clock() + timedelta(days=1))
        await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        stage.clock.move(days=3)
        await house.doubles.merge(stage.planner, other, one, WHY, stage.clock())
        async with house.database.read() as db:
            assert [contact.person_id for contact in await contacts.at(db, *shared)] == [one]
            mine = schema.deliveries.c.person_id == other
            number = (await db.execute(select(schema.deliveries.c.id).where(mine))).scalar_one()
            answered = await deliveries.get(db, number)
        assert answered is not None
        assert answered.person_id == one, "an answer to what went out under the other row is theirs"


async def test_a_page_of_the_list_costs_the_same_however_long_it_is(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        await add_crowd(stage, [("sms", f"+62812000{n // 5:05d}") for n in range(100)])
        await stage.house.doubles.walk(stage.clock())
        assert len(await stage.house.doubles.page(stage.planner, "phone", 0, 50)) == 20
