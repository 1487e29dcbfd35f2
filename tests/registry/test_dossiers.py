"""What a person may ask: all that is kept about them, and that it is gone. The ledger's proof holds all the same."""

import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

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

SITI, BUDI, WRONG = "+6281234567890", "+6281234567891", "+6281234567892"
WHY = "permintaan tertulis"


async def _complain(stage: Stage, person: int | None, address: str, text: str, *, confidential: bool = False) -> str:
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


async def _befall(stage: Stage, siti: int, number: str) -> Path:
    """What else may come to be kept about somebody; returns where the attachment lies."""
    s, now, vault = schema, stage.clock(), stage.house.vault
    async with stage.house.database.write() as db:
        wrong = {"person_id": siti, "kind": "sms", "address": WRONG, "state": "wrong", "created_at": now}
        await db.execute(insert(s.contacts).values(**wrong))
        await db.execute(insert(s.silences).values(kind="sms", address=WRONG, since=now))
        counted = {"rows": 1, "people": 1, "strays": 0, "who": "account:1", "at": now}
        await db.execute(insert(s.person_lists).values(id=1, name="lansia.csv", digest="", **counted))
        await db.execute(insert(s.person_list_members).values(list_id=1, person_id=siti))
        row = {"line": "sms", "at": now}
        await db.execute(insert(s.arrivals).values(id=1, body=b"", headers=b"", **row))
        keys = {at: Keys(vault, "sms", at).heard() for at in (SITI, WRONG)}
        for at, text in ((SITI, "halo dari Siti Rahayu"), (WRONG, "halo, bukan Siti")):
            said = {
                "arrival_id": 1,
                "dedupe": keys[at].hex(),
                "sender_index": keys[at],
                "sender": b"",
                "kind": "text",
                "why": [],
            }
            await db.execute(insert(s.heard).values(**row, **said, text=text))
        ticket = (await db.execute(select(s.tickets.c.id).where(s.tickets.c.number == number))).scalar_one()
        nik = (await db.execute(select(s.people.c.nik_index).where(s.people.c.id == siti))).scalar_one()
        wish = vault.seal_json({"name": "Siti Rahayu", "village": "Klender"}, "applications.sealed")
        asked = {"ticket_id": ticket, "nik_index": nik, "sender_index": bytes(16), "sealed": wish, "created_at": now}
        await db.execute(insert(s.applications).values(**asked))
        kept = {"heard_id": 1, "ticket_id": ticket, "name": "bukti.jpg", "type": "image/jpeg", "state": "kept"}
        file = (await db.execute(insert(s.files).values(**kept, path="1").returning(s.files.c.id))).scalar_one()
    path = stage.house.data / "files" / str(file)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(vault.seal(b"JPEG", "files.body"))
    return path


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

        before_known = await _complain(stage, None, SITI, "Saya Siti Rahayu, kapan terdaftar")
        await _complain(stage, None, WRONG, "Ini nomor saya, bukan Siti")
        picture = await _befall(stage, siti, number)
        with await house.dossiers.export(admin, siti, WHY, stage.clock()) as body, zipfile.ZipFile(body) as archive:
            told, page = json.loads(archive.read("data.json")), archive.read("data.html").decode()
            assert archive.read(f"lampiran/{picture.name}-bukti.jpg") == b"JPEG"
        assert told["person"][0]["nik"].startswith("3175")
        assert [one["address"] for one in told["contacts"]] == [SITI, WRONG]
        assert told["messages"][0]["event"] == "round_announced"
        assert [one["number"] for one in told["reports"]] == [number, before_known], (
            "neither what was said in confidence nor what strangers said is handed to staff"
        )
        assert [one["text"] for one in told["heard"]] == ["halo dari Siti Rahayu"]
        assert [one["name"] for one in told["lists"]] == ["lansia.csv"]
        assert [one["village"] for one in told["applications"]] == ["Klender"]
        assert "JL RAHASIA 7" in page

        with pytest.raises(Refused, match="under way"):
            await house.dossiers.erase(admin, siti, WHY, stage.clock())
        await _settle(stage, number)
        await stage.send()
        with pytest.raises(Refused, match="under way"):
            await house.dossiers.erase(admin, siti, WHY, stage.clock())
        for report in (secret, before_known):
            await _settle(stage, report)
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
        assert not picture.exists()
        async with house.database.read() as db:
            assert (await db.execute(select(schema.applications))).all() == []
            assert (await db.execute(select(schema.silences.c.address))).scalars().all() == [WRONG]
        assert "bukan Siti" in left, "who answers at a number that is not hers is somebody else"
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
        assert keys.heards() == tuple(room._named([("sms", SITI)], dossiers.HEARD))
        assert keys.reporters()[1] == tuple(room._named([("sms", SITI)], dossiers.REPORTER))
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
