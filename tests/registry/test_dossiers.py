"""What a person may ask: all that is kept about them, and that it is gone. The ledger's proof holds all the same."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select, update

from notifier.desk import Complaint, Keys, Reporter
from notifier.errors import Refused
from notifier.jobs import RoundCarrier
from notifier.ledger import seal, verify
from notifier.proofs import prove
from notifier.registry import dossiers
from notifier.rules.roles import Role, Viewer
from notifier.rules.tickets import Act
from notifier.store import accounts as account_rows
from notifier.store import contacts, schema
from notifier.store.engine import Database
from tests.houses import NO_WINDOW, Stage, add_person, add_round, open_stage

SITI, BUDI = "+6281234567890", "+6281234567891"
WHY = "permintaan tertulis"


async def _complain(stage: Stage, person: int, address: str, text: str, *, confidential: bool = False) -> str:
    reporter = Reporter("sms", "sms", address, "id", "Asia/Jakarta", person, region="31.75.07.1003", name="Siti")
    async with stage.house.database.write() as db:
        complaint = Complaint(None, reporter, text, stage.clock(), ("other",), confidential=confidential)
        return (await stage.house.desk.open(db, complaint, stage.clock())).number


async def _settle(stage: Stage, number: str) -> None:
    async with stage.house.database.write() as db:
        row = {"login": f"a{number[-3:]}", "name": "a", "role": "agent", "password": "!", "created_at": stage.clock()}
        agent = Viewer(await account_rows.create(db, row), "a", Role.AGENT)
    ticket = (await stage.house.desk.ticket(agent, number, stage.clock())).ticket
    await stage.house.desk.act(agent, number, Act.REJECT, "Bukan Siti Rahayu", ticket.version, stage.clock())


async def _everything(database: Database) -> str:
    """Every row of every table, as text."""
    told = []
    async with database.read() as db:
        for table in schema.metadata.sorted_tables:
            told += [repr(tuple(row)) for row in await db.execute(select(table))]
    return "\n".join(told)


async def _proven(stage: Stage) -> None:
    house = stage.house
    await seal(house.database, house.vault, "test", stage.clock())
    proof = await verify(house.database, house.vault)
    assert proof.sound, proof.broken
    assert [finding async for finding in prove(house.database, house.vault)] == []


async def test_a_person_gets_everything_and_is_forgotten(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house, admin = stage.house, stage.planner
        siti = await add_person(stage, "SITI RAHAYU", ("sms", SITI), address="JL RAHASIA 7")
        budi = await add_person(stage, "BUDI", ("sms", BUDI))
        await add_round(stage)
        await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        number = await _complain(stage, siti, SITI, "Uang saya dipotong ketua RT, saya Siti Rahayu")
        secret = await _complain(stage, siti, SITI, "Jangan sebut Siti Rahayu", confidential=True)
        other = await _complain(stage, budi, BUDI, "Bantuan Budi belum masuk")

        body = await house.dossiers.export(admin, siti, WHY, stage.clock())
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            told, page = json.loads(archive.read("data.json")), archive.read("data.html").decode()
        assert told["person"][0]["nik"].startswith("3175")
        assert [one["address"] for one in told["contacts"]] == [SITI]
        assert told["messages"][0]["event"] == "round_announced"
        assert [one["number"] for one in told["reports"]] == [number], (
            "what was said in confidence is not handed to staff"
        )
        assert "JL RAHASIA 7" in page

        with pytest.raises(Refused, match="under way"):
            await house.dossiers.erase(admin, siti, WHY, stage.clock())
        await _settle(stage, number)
        await stage.send()
        with pytest.raises(Refused, match="under way"):
            await house.dossiers.erase(admin, siti, WHY, stage.clock())
        await _settle(stage, secret)
        for _ in range(3):
            await stage.send()
            stage.clock.move(hours=1)
        before = await house.broadcasts.statement(1)
        await _proven(stage)
        with pytest.raises(Refused, match="lacks the right"):
            await house.dossiers.erase(Viewer(9, "sari", Role.SUPERVISOR), siti, WHY, stage.clock())
        await house.dossiers.erase(admin, siti, WHY, stage.clock())

        left = await _everything(house.database)
        for trace in ("SITI RAHAYU", "Siti Rahayu", "JL RAHASIA", SITI, "dipotong", f"******{9000}"):
            assert trace not in left, trace
        assert "BUDI" in left
        assert BUDI in left
        assert "belum masuk" in left
        assert await house.broadcasts.statement(1) == before, "what was counted stays counted"
        await _proven(stage)
        with pytest.raises(Refused, match="nothing is left"):
            await house.dossiers.export(admin, siti, WHY, stage.clock())
        assert (await house.persons.page(admin, siti)).who.erased_at is not None
        ticket = await house.desk.ticket(Viewer(99, "x", Role.AUDITOR), other, stage.clock())
        assert ticket.ticket.number == other
        async with house.database.write() as db:  # words slipped in where they were taken away are found
            where = schema.ticket_messages.c.ticket_id == 1
            await db.execute(update(schema.ticket_messages).where(where).values(text="dibuat-buat"))
        assert [finding async for finding in prove(house.database, house.vault)]


async def test_nobody_looks_for_who_was_erased(database_url: str, tmp_path: Path) -> None:
    """Neither the correction of what they were told nor the list of whom no message reached names them."""
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house, admin, code = stage.house, stage.planner, "BPNT-2026-12-DS"
        siti, budi = await add_person(stage, "SITI", ("sms", SITI)), await add_person(stage, "BUDI", ("sms", BUDI))
        nobody = await add_person(stage, "EKA")
        await add_round(stage)
        await stage.broadcast("round_announced", code)
        await stage.send()
        await stage.send()
        for person in (siti, nobody):
            await house.dossiers.erase(admin, person, WHY, stage.clock())
        assert await house.visiting.page(await house.visiting.of_broadcast(1)) == []
        await house.rounds.change(admin, code, {"TEMPAT": "Balai Desa"}, stage.clock())
        carrier = RoundCarrier(house.database, house.broadcasts, house.config.reminders)
        await carrier.carry(stage.clock())
        async with house.database.read() as db:
            b = schema.broadcasts.c
            correction = (await db.execute(select(b.id).where(b.event == "round_changed"))).scalar_one()
        await house.broadcasts.approve(stage.approver, correction, stage.clock())
        await stage.send()
        told = await house.broadcasts.statement(correction)
        assert (told.audience, told.accepted, told.balanced) == (1, 1, True)
        async with house.database.read() as db:
            mine = schema.deliveries.c.broadcast_id == correction
            assert (await db.execute(select(schema.deliveries.c.person_id).where(mine))).scalar_one() == budi
        await _proven(stage)


async def test_keyed_names_are_those_of_the_desk(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        vault, room = stage.house.vault, stage.house.dossiers
        keys = Keys(vault, "sms", SITI, 7)
        assert (keys.person(), keys.person(private=True)) == tuple(room._keys(7))
        assert keys.heards() == tuple(room._senders("sms", SITI))
        assert dossiers.NOBODY.keys() <= set(Reporter.__dataclass_fields__)


async def test_nobody_is_forgotten_between_a_claim_and_its_send_and_a_stop_then_counts_from_the_next_on(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house, now = stage.house, stage.clock()
        siti = await add_person(stage, "SITI", ("sms", SITI))
        await add_round(stage)
        await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await house.broadcasts.advance(now, "test")
        grant = await stage.claim("sms")
        with pytest.raises(Refused, match="under way"):
            await house.dossiers.erase(stage.planner, siti, WHY, now)
        async with house.database.write() as db:
            await contacts.stop(db, "sms", SITI, now)
        await stage.deliver("sms", grant)
        assert len(stage.providers.phones.notes(SITI)) == 1, (
            "it was leaving: a worker takes no more than a second's worth"
        )
        again, _ = await house.broadcasts.plan(
            stage.planner, "round_announced", "BPNT-2026-12-DS", "now", now, again=True
        )
        assert again is not None
        await house.broadcasts.approve(stage.approver, again, now)
        await stage.send()
        assert (await house.broadcasts.statement(again)).suppressed == {"stopped": 1}
