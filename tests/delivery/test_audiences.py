"""Audiences that a rule picks: what is counted while choosing, tried out, and sent, are the same people."""

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, literal, select, update

from notifier.broadcasts import rehearsed, rehearsing
from notifier.broadcasts.rehearsing import scaled
from notifier.errors import Refused
from notifier.jobs import RoundCarrier
from notifier.proofs import prove
from notifier.rules.audiences import EVERYBODY, Rule, tidied
from notifier.rules.visits import code_of
from notifier.store import audiences, schema
from notifier.store.rehearsals import Reached
from tests.houses import NO_WINDOW, Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"
EVENT = "round_announced"


async def _crowd(stage: Stage) -> dict[str, int]:
    """Some people of Duren Sawit who differ, by name."""
    sms = [("sms", f"+62812000000{n}") for n in range(8)]
    people = {
        "ani": await add_person(stage, "ANI", sms[0], region="31.75.07.1001"),
        "budi": await add_person(stage, "BUDI", sms[1], ("email", "budi@warga.test"), language="jv"),
        "cici": await add_person(stage, "CICI", sms[2]),
        "dedi": await add_person(stage, "DEDI", sms[3]),
        "eka": await add_person(stage, "EKA"),
        "feri": await add_person(stage, "FERI", sms[4], region="31.75.08.1001"),
    }
    async with stage.house.database.write() as db:
        row = {"person_id": people["cici"], "programme": "PKH", "status": "DITETAPKAN", "updated_at": stage.clock()}
        await db.execute(insert(schema.enrolments).values(row))
    return people


async def _entitle(stage: Stage, round_id: int, **statuses: tuple[int, str, str]) -> None:
    """Give people (person, status, own word)."""
    async with stage.house.database.write() as db:
        for person, status, word in statuses.values():
            row = {"round_id": round_id, "person_id": person, "status": status, "record": status}
            made = insert(schema.entitlements).values({**row, "updated_at": stage.clock()})
            number = (await db.execute(made.returning(schema.entitlements.c.id))).scalar_one()
            if word:
                change = {"entitlement_id": number, "at": stage.clock(), "was": "DIJADWALKAN", "status": word}
                await db.execute(insert(schema.entitlement_changes).values(change | {"who": "citizen"}))


RULES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "everybody": ({}, {"ani", "budi", "cici", "dedi", "eka"}),
    "one village": ({"regions": ["31.75.07.1001"]}, {"ani"}),
    "another programme besides": ({"programmes": ["PKH", "BST"]}, {"cici"}),
    "a language": ({"languages": ["jv"]}, {"budi"}),
    "a channel": ({"channels": ["email", "telegram"]}, {"budi"}),
    "scheduled, drawn or not": ({"statuses": ["DIJADWALKAN"]}, {"cici", "eka"}),
    "confirmed": ({"answer": "confirmed"}, {"dedi"}),
    "denied": ({"answer": "denied"}, {"ani"}),
    "all at once": ({"languages": ["id"], "statuses": ["DIJADWALKAN"], "regions": ["31.75.07.1003"]}, {"cici", "eka"}),
}


async def test_what_is_counted_tried_out_and_sent_are_the_same_people(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        people, round_id = await _crowd(stage), await add_round(stage)
        await _entitle(
            stage,
            round_id,
            ani=(people["ani"], "DISALURKAN", "DISALURKAN"),
            budi=(people["budi"], "GAGAL", ""),
            dedi=(people["dedi"], "DITERIMA", "DITERIMA"),
        )
        house, names = stage.house, {number: name for name, number in people.items()}
        for what, (kept, wanted) in RULES.items():
            rule = Rule.of(kept)
            _, _, counted = await house.choosing.count(stage.planner, EVENT, CODE, rule)
            number, preview = await house.broadcasts.plan(
                stage.planner, EVENT, CODE, "now", stage.clock(), again=True, rule=rule
            )
            assert number is not None
            approved = await house.broadcasts.approve(stage.approver, number, stage.clock())
            await house.broadcasts.advance(stage.clock(), "test")
            async with house.database.read() as db:
                d = schema.deliveries.c
                sent = set((await db.execute(select(d.person_id).where(d.broadcast_id == number))).scalars())
            assert {names[person] for person in sent} == wanted, what
            sizes = (counted.people, preview.people, approved.approved_audience)
            assert sizes == (len(wanted),) * 3, what
            assert Rule.of(approved.rule) == tidied(rule)
        assert [finding async for finding in prove(house.database, house.vault)] == []
        async with house.database.write() as db:
            await db.execute(update(schema.broadcasts).where(schema.broadcasts.c.id == 2).values(rule={}))
        assert "rule of its audience" in "".join([finding async for finding in prove(house.database, house.vault)])


async def test_the_silent_are_those_whom_the_question_reached_and_who_said_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        people, _ = await _crowd(stage), await add_round(stage, opens_at=stage.clock() - timedelta(days=1))
        await stage.broadcast("receipt_question", CODE)
        await stage.send()
        silent = Rule(answer="silent")
        _, _, counted = await stage.house.choosing.count(stage.planner, "round_reminder", CODE, silent)
        assert counted.people == 4, "all whom it reached; one has no contact"
        async with stage.house.database.write() as db:
            e = schema.entitlements
            mine = (await db.execute(select(e.c.id).where(e.c.person_id == people["ani"]))).scalar_one()
            change = {"entitlement_id": mine, "at": stage.clock(), "was": "DIJADWALKAN", "status": "DITERIMA"}
            await db.execute(insert(schema.entitlement_changes).values(change | {"who": "citizen"}))
        _, _, counted = await stage.house.choosing.count(stage.planner, "round_reminder", CODE, silent)
        assert counted.people == 3
        coverage = await stage.house.silence.of_code(CODE)
        assert coverage.whole.silent == 3, "the table of the round says the same"


async def test_a_broadcast_asks_when_its_rule_picks_others_than_were_approved(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        people, round_id = await _crowd(stage), await add_round(stage)
        rule = Rule(statuses=("DIJADWALKAN",))
        house = stage.house.broadcasts
        number, _ = await house.plan(stage.planner, EVENT, CODE, "2026-12-05T10:00", stage.clock(), rule=rule)
        assert number is not None
        assert (await house.approve(stage.approver, number, stage.clock())).approved_audience == 5
        await _entitle(stage, round_id, ani=(people["ani"], "GAGAL", ""), dedi=(people["dedi"], "DITUNDA", ""))
        stage.clock.move(hours=1)
        await house.advance(stage.clock(), "test")
        asks = await house.get(stage.planner, number)
        assert (asks.state, asks.why) == ("asking", "the audience moved from 5 to 3 people since it was approved")
        await house.approve(stage.approver, number, stage.clock())
        await stage.send()
        done = await house.statement(number)
        assert (done.audience, done.balanced) == (3, True)
        again, _ = await house.plan(stage.planner, EVENT, CODE, "now", stage.clock(), again=True, rule=rule)
        assert again is not None
        await house.approve(stage.approver, again, stage.clock())
        await house.advance(stage.clock(), "test")
        await house.stop(stage.approver, again, stage.clock())
        await house.advance(stage.clock(), "test")
        rest = await house.plan_rest(stage.planner, again, "now", stage.clock())
        left = await house.get(stage.planner, rest)
        assert (Rule.of(left.rule), left.approved_audience) == (rule, 3), "the rest of some is some"


async def test_two_broadcasts_for_places_apart_are_not_the_same_one_twice(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _crowd(stage)
        await add_round(stage)
        plan, now = stage.house.broadcasts.plan, stage.clock()
        await plan(stage.planner, EVENT, CODE, "now", now, rule=Rule(regions=("31.75.07.1001",)))
        await plan(stage.planner, EVENT, CODE, "now", now, rule=Rule(regions=("31.75.07.1003",)))
        for rule in (EVERYBODY, Rule(regions=("31.75.07",)), Rule(languages=("jv",))):
            with pytest.raises(Refused, match="is broadcast 1 already"):
                await plan(stage.planner, EVENT, CODE, "now", now, rule=rule)
        with pytest.raises(Refused, match=r"31\.75\.08 is not in"):
            await plan(stage.planner, EVENT, CODE, "now", now, rule=Rule(regions=("31.75.08",)))
        with pytest.raises(Refused, match="no such list"):
            await plan(stage.planner, EVENT, CODE, "now", now, rule=Rule(listed=99))


async def test_when_a_round_moves_every_place_is_planned_again(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house = stage.house
        await _crowd(stage)
        await add_round(stage)
        rules = [Rule(regions=(code,)) for code in ("31.75.07.1001", "31.75.07.1003")]
        for rule in rules:
            when = (stage.clock() + timedelta(hours=3)).isoformat()
            number, _ = await house.broadcasts.plan(stage.planner, EVENT, CODE, when, stage.clock(), rule=rule)
            assert number is not None
            await house.broadcasts.approve(stage.approver, number, stage.clock())
        await house.rounds.change(stage.planner, CODE, {"TEMPAT": "Balai Desa"}, stage.clock())
        for _ in range(2):  # once, however often the clock looks
            await RoundCarrier(house.database, house.broadcasts, house.config.reminders).carry(stage.clock())
        async with house.database.read() as db:
            b = schema.broadcasts.c
            found = await db.execute(select(b.state, b.rule).where(b.event == EVENT).order_by(b.id))
            assert [(row.state, Rule.of(row.rule)) for row in found] == [
                *(("stopped", rule) for rule in rules),
                *(("planned", rule) for rule in rules),
            ]


async def test_a_large_register_is_reckoned_from_windows_and_near_what_it_is(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        now, chance = stage.clock(), Random(4)
        spoken = [
            "jv" if chance.random() < 0.25 else "id" for _ in range(4000)
        ]  # a rhythm would fall in with the windows'
        async with stage.house.database.write() as db:
            rows: list[dict[str, Any]] = [
                {
                    "nik": b"",
                    "nik_index": n.to_bytes(32, "big"),
                    "nik_masked": "",
                    "name": "X",
                    "region": f"31.75.07.10{n // 200:02d}",
                    "zone": "Asia/Jakarta",
                    "language": spoken[n],
                    "flags": [],
                    "created_at": now,
                    "updated_at": now,
                }
                for n in range(4000)
            ]
            await db.execute(insert(schema.people), rows)
            p = schema.people.c
            enrolled = select(p.id, literal("BPNT"), literal("DITETAPKAN"), p.created_at)
            names = ["person_id", "programme", "status", "updated_at"]
            await db.execute(insert(schema.enrolments).from_select(names, enrolled))
        await add_round(stage)
        look = stage.house.choosing.count
        for rule, whole in (
            (EVERYBODY, 4000),
            (Rule(languages=("jv",)), spoken.count("jv")),
            (Rule(regions=("31.75.07.1003",)), 200),
        ):
            _, _, exact = await look(stage.planner, EVENT, CODE, rule)
            assert (exact.people, exact.exact) == (whole, True)
            with monkeypatch.context() as patched:
                patched.setattr(audiences, "COUNTED", 2000)
                _, _, near = await look(stage.planner, EVENT, CODE, rule)
            assert not near.exact
            assert near.people == pytest.approx(whole, rel=0.1)
            assert near.looked_at == 1910


async def test_a_list_holds_whom_its_rows_name_and_writes_down_the_others(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        await _crowd(stage)
        await add_round(stage)
        await stage.broadcast("round_announced", CODE)
        await stage.send()
        doors = await stage.house.visiting.of_broadcast(1)
        [eka] = await stage.house.visiting.page(doors)
        file = tmp_path / "daftar.csv"
        file.write_text(
            "NIK;KODE\n3175070101809000;\n31750701018090'01;\n"
            f";{code_of(eka.delivery_id)}\n3175070101809000;\n999;\n3175070101801234;\n"
            ";K-XXXXX\n3175079901809002;\n;\n"
        )
        found = await stage.house.lists.bring(stage.planner, file, "daftar.csv", stage.clock())
        assert (found.rows, found.people, found.strays) == (8, 3, 4)
        rule = Rule(listed=found.id)
        _, preview, _ = await stage.house.broadcasts.dry_run(stage.planner, "round_reminder", CODE, stage.clock(), rule)
        assert (preview.people, preview.unreachable) == (3, 1)
        assert "daftar.csv (3 orang)" in await stage.house.choosing.words(rule, "BPNT")
        sheet, rows = await stage.house.choosing.strays(stage.planner, found.id, "csv", stage.clock())
        with sheet:
            told = sheet.read().decode()
        assert rows == 4
        assert "6,***,NIK kurang dari 16 angka" in told
        assert "7,317507******1234,tidak ada di register wilayah Anda" in told
        assert "8,K-XXXXX,KODE salah tulis" in told
        assert "NIK memuat tanggal yang tidak ada" in told
        for body in (b"NAMA\nX\n", b"", b"\x89PNG", b"NIK\n\x00"):
            file.write_bytes(body)
            with pytest.raises(Refused) as refused:
                await stage.house.lists.bring(stage.planner, file, "daftar.csv", stage.clock())
            assert str(tmp_path) not in str(refused.value)


async def test_the_dry_run_tells_rungs_reasons_and_words_as_they_will_be(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_stage(database_url, tmp_path, mute=["sms"]) as stage:
        people = await _crowd(stage)
        await add_person(stage, "SITI NURHALIZAH BINTI ABDUL RAHMAN", ("sms", "+628120000099"), zone="Asia/Jayapura")
        await add_round(stage, opens_at=stage.clock() - timedelta(days=1))
        async with stage.house.database.write() as db:
            c, p = schema.contacts, schema.people
            await db.execute(update(c).where(c.c.person_id == people["cici"]).values(stopped_at=stage.clock()))
            await db.execute(update(p).where(p.c.id == people["dedi"]).values(silenced_at=stage.clock()))
        stage.clock.move(hours=12)  # 21:00 in Jakarta: nothing may leave before the morning
        for name, n in {"LARGE": 1, "PART": 2, "PARTS": 2}.items():  # kept like a large one, two people at a time
            monkeypatch.setattr(rehearsed, name, n)
        for event in (EVENT, "receipt_question"):
            number, reckoned = await stage.house.broadcasts.plan(stage.planner, event, CODE, "now", stage.clock())
            assert number is not None
            tried = await stage.house.rehearsing.rehearse(
                stage.planner, await stage.house.rehearsing.draft(stage.planner, number), stage.clock()
            )
            [b, *_], kept = await stage.house.broadcasts.list(stage.planner), stage.house.beforehand
            percents = [(await kept.look(stage.planner, b, stage.clock())).percent]
            while await kept.carry(stage.clock()):
                percents.append((await kept.look(stage.planner, b, stage.clock())).percent)
            assert percents == [0, 57, 0], "half-way it says how far it is"
            assert (await kept.look(stage.planner, b, stage.clock())).rehearsal == tried
            await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
            await stage.house.broadcasts.advance(stage.clock(), "test")
            stage.clock.move(hours=25)
            assert not await kept.carry(stage.clock()), "what has begun is not tried out any more"
            stage.clock.move(hours=-25)
            so = await stage.house.broadcasts.progress(number)
            assert tried.people == so.audience
            assert tried.hindered == so.suppressed
            assert (sum(reckoned.by_channel.values()), reckoned.unreachable) == (so.due, sum(so.suppressed.values()))
            assert sum(rung.people for rung in tried.rungs) == so.due
            assert [one.person_id for one in tried.shown if one.reason == "stopped"] == (
                [people["cici"], people["dedi"]] if event == EVENT else []
            )
        assert tried.hindered == {"no_contact": 1, "no_way_back": 4}
        [mail] = tried.rungs
        assert (mail.channel, mail.languages, mail.segments, tried.price) == ("email", {"jv": 1}, 0, 0)
        first = await stage.house.rehearsing.draft(stage.planner, 1)
        told = await stage.house.rehearsing.rehearse(stage.planner, first, stage.clock())
        by_sms = [one for one in told.spoken if one.channel == "sms" and one.language == "id"]
        assert [(one.name, one.longest) for one in by_sms] == [
            ("SITI NURHALIZAH BINTI ABDUL RAHMAN", True),
            ("ANI", False),
        ]
        assert all("SITI" in one.text or "ANI" in one.text for one in by_sms)
        assert {zone: at.isoformat() for zone, at in told.begins.items()} == {
            "Asia/Jakarta": "2026-12-06T01:00:00+00:00",
            "Asia/Jayapura": "2026-12-05T23:00:00+00:00",
        }
        assert told.ends is not None
        assert told.ends > told.begins["Asia/Jakarta"]
        assert told.every == 1
        monkeypatch.setattr(rehearsing, "MANY", 2)
        some = await stage.house.rehearsing.rehearse(stage.planner, first, stage.clock())
        assert (some.people, some.every) == (told.people, 3)
        assert sum(rung.people for rung in some.rungs) + sum(some.hindered.values()) == told.people
        file, rows = await stage.house.rehearsing.sheet(stage.planner, first, "csv", stage.clock())
        with file:
            assert "CICI,317507******9002,31.75.07.1003,,berhenti berlangganan" in file.read().decode()
        assert rows == 3


@pytest.mark.parametrize(
    ("looked_at", "people", "told"),
    [((1, 1, 1), 10, [3, 3, 4]), ((5, 0, 2), 7, [5, 0, 2]), ((9_900, 100), 1_000_000, [990_000, 10_000]), ((), 9, [])],
)
def test_what_some_people_tell_is_told_for_all_and_adds_up(
    looked_at: tuple[int, ...], people: int, told: list[int]
) -> None:
    found = scaled([Reached("sms", "id", "Asia/Jakarta", "", n) for n in looked_at], people)
    assert [row.people for row in found] == told
