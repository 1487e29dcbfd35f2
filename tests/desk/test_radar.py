"""The radar rings once, with its evidence, for distinct people, where it may be heard; and lists denied payments."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from notifier.desk import Asked
from notifier.desk.radar import SPAN
from notifier.errors import Refused
from notifier.rules import radar as rule
from notifier.rules.boards import View
from notifier.rules.roles import Role
from notifier.store import points, rounds
from notifier.store.schema import alarms, broadcasts, deliveries, entitlements, ledger
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

LEVY = "petugas minta uang 10rb untuk administrasi sebelum bantuan diberikan"
SECRET = "dipotong 25rb oleh petugas, rahasiakan nama saya"


def _phone(n: int) -> str:
    return f"+6281200000{n:03d}"


async def _complainers(talk: Talk, texts: list[str], first: int = 0) -> int:
    """So many registered people of one round, each complaining in answer to its announcement."""
    of = await add_round(talk.stage)
    for n in range(first, first + len(texts)):
        await add_person(talk.stage, f"WARGA {n}", ("sms", _phone(n)))
        await talk.notify("round_announced", of, "sms", _phone(n))
    await talk.send()
    talk.stage.clock.move(hours=1)
    for n, text in enumerate(texts, first):
        await talk.sms(_phone(n), text)
        talk.stage.clock.move(minutes=20)
    return of


async def test_three_people_ring_once_one_level_up_with_evidence_and_somebody_takes_note(talk: Talk) -> None:
    here = await talk.staff("sini", Role.SUPERVISOR, "31.75.07", "+62811000000")
    boss = await talk.staff("kota", Role.SUPERVISOR, "31.75", "+62811000001")
    desk = talk.house.desk
    of = await _complainers(talk, [LEVY, SECRET, "ada pungli pak, uang admin 10rb", LEVY])
    assert await desk.watch(talk.now) == 1
    assert await desk.watch(talk.now) == 0
    row = (await talk.rows(alarms))[0]
    assert (row["round_id"], row["kind"], row["region"], row["people"]) == (of, "integrity", "31.75", 4)
    told = [r for r in await talk.rows(deliveries) if r["event"] == "desk_alert" and "summary" in r["facts"]]
    assert [(r["account_id"], r["facts"]["what"]) for r in told if r["facts"]["what"] == "alert_radar"] == [
        (boss.account_id, "alert_radar")
    ]
    asked: list[tuple[str, Any]] = []
    engine = talk.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    page = await desk.radar(boss, talk.now)
    if talk.house.database.is_sqlite:  # PostgreSQL decides by what there is
        async with talk.house.database.read() as db:
            [counting] = [(sql, values) for sql, values in asked if "count(DISTINCT coalesce(reporters" in sql]
            plan = (await db.exec_driver_sql(f"EXPLAIN QUERY PLAN {counting[0]}", counting[1])).all()
        assert "ix_tickets_opened (opened_at>?)" in str(plan), "what came long ago is not gone through"
    [(alarm, numbers)] = page.alarms
    assert len(numbers) == 4
    assert [(seen.point.people, seen.rings) for seen in page.points] == [(4, True)]
    assert {(one.kind, one.amount) for one in page.named} >= {("illegal_levy", 10_000), ("deduction", 25_000)}
    below = await desk.radar(here, talk.now)
    assert (below.alarms, below.points, below.named) == ((), (), ())
    with pytest.raises(Refused, match="no alarm"):
        await desk.take_note(here, alarm.id, talk.now)
    await desk.take_note(boss, alarm.id, talk.now)
    with pytest.raises(Refused, match="already"):
        await desk.take_note(boss, alarm.id, talk.now)
    assert [row["act"] for row in await talk.rows(ledger)][-1] == "radar_taken"
    talk.stage.clock.move(days=SPAN.days + 1)
    assert await desk.watch(talk.now) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_hidden_by_hand_counts_where_its_own_office_does_not_look(talk: Talk) -> None:
    here = await talk.staff("sini", Role.SUPERVISOR, "31.75.07")
    boss, desk = await talk.staff("kota", Role.SUPERVISOR, "31.75"), talk.house.desk
    await _complainers(talk, ["bantuan saya belum datang juga"] * 3)
    [number, *_] = [one.number for one in (await desk.list(boss, Asked(View.ALL), talk.now)).tickets]
    version = (await desk.ticket(boss, number, talk.now)).ticket.version
    await desk.shield(boss, number, "menyangkut lurah", version, talk.now, on=True)
    assert await desk.watch(talk.now) == 0
    counted = {viewer.login: await desk.radar(viewer, talk.now) for viewer in (here, boss)}
    told = {login: sorted((p.point.kind, p.point.people) for p in page.points) for login, page in counted.items()}
    assert told == {"sini": [("missing", 2)], "kota": [("integrity", 1), ("missing", 2)]}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_one_person_who_writes_in_the_open_and_in_confidence_is_one_person(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule, "LEAST", 2)  # what the keyed names are taken for: two of them are one person
    of = await _complainers(talk, [LEVY, LEVY])
    assert of == 1
    talk.stage.clock.move(days=1)
    await talk.sms(_phone(0), "uang saya dipotong 50rb, kali ini tolong rahasiakan nama saya")
    assert await talk.house.desk.watch(talk.now) == 0
    assert await talk.rows(alarms) == []


async def _announced(talk: Talk, of: int, audience: int) -> None:
    """A broadcast that counted whom the round is for."""
    day = talk.now + timedelta(days=1)
    row = {"event": "round_announced", "round_id": of, "round_version": 1, "state": "done", "audience": audience}
    row |= {"at": talk.now, "expires_at": day, "planned_by": "account:1", "planned_at": talk.now}
    row |= {"approved_audience": audience, "facts": {}, "pins": {}}
    async with talk.house.database.write() as db:
        await db.execute(insert(broadcasts).values(**row))


async def test_complaints_stay_at_the_point_where_the_round_was_and_new_ones_count_at_the_new_point(talk: Talk) -> None:
    boss = await talk.staff("kota", Role.SUPERVISOR, "31.75", "+62811000001")
    desk, old, new = talk.house.desk, "Kantor Pos Duren Sawit", "GOR Klender"
    of = await _complainers(talk, [LEVY] * 3)
    await _announced(talk, of, 100)
    async with talk.house.database.write() as db:
        before = await rounds.get(db, of)
        assert before is not None
        await rounds.edit(db, before, {"venue": new, "region": "31.74.01"}, talk.now)  # another district and regency
    await talk.sms(_phone(1), "sudah pindah pun masih diminta uang admin 10rb")  # further words move nothing
    assert await desk.watch(talk.now) == 1
    told = [r["facts"] for r in await talk.rows(deliveries) if r["event"] == "desk_alert"]
    assert [facts["summary"] for facts in told if facts["what"] == "alert_radar"] == [
        f"3 orang: BPNT-2026-12-DS, {old}"
    ]
    for n in range(3, 5):
        await add_person(talk.stage, f"WARGA {n}", ("sms", _phone(n)))
        await talk.notify("round_announced", of, "sms", _phone(n))
    await talk.send()
    for n in range(3, 5):
        await talk.sms(_phone(n), LEVY)
    seen = await desk.radar(await talk.staff("pusat", Role.SUPERVISOR, ""), talk.now)
    points = {(one.point.venue, one.point.region): (one.point.people, one.rings) for one in seen.points}
    assert points == {(old, "31.75.07"): (3, True), (new, "31.74.01"): (2, False)}
    theirs = await desk.radar(boss, talk.now)
    assert [(alarm.venue, len(numbers)) for alarm, numbers in theirs.alarms] == [(old, 3)]
    today = talk.now.date()
    report = await desk.report(boss, "point", today - timedelta(days=2), today, talk.now)
    assert {line.key: line.opened for line in report.lines} == {old: 3, new: 2}
    for venue, n in ((old, 3), (new, 2)):
        page = await desk.list(boss, Asked(view=View.ALL, point=venue), talk.now)
        assert len(page.tickets) == n
    await add_person(talk.stage, "WARGA 5", ("sms", _phone(5)))
    await talk.notify("round_announced", of, "sms", _phone(5))
    await talk.send()
    await talk.sms(_phone(5), LEVY)
    assert await desk.watch(talk.now) == 1, "three at the new point ring for it, whatever rang before"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_point_that_was_renamed_is_the_same_point_and_one_of_the_same_name_is_another(talk: Talk) -> None:
    boss, desk = await talk.staff("kota", Role.SUPERVISOR, "31.75"), talk.house.desk
    row = {"name": "Balai Desa", "region": "31.75.07", "zone": "Asia/Jakarta"}
    async with talk.house.database.write() as db:
        here, there = [await points.create(db, {"code": code, **row}, talk.now) for code in ("TS-1", "TS-2")]
    of = await _complainers(talk, [])
    await _announced(talk, of, 100)

    async def move(point: int, name: str) -> None:
        async with talk.house.database.write() as db:
            round_, at = await rounds.get(db, of), await points.get(db, point)
            assert round_ is not None
            assert at is not None
            if at.name != name:
                await points.edit(db, at, {"name": name}, talk.now)
            await rounds.edit(db, round_, {"venue": name, "point_id": point}, talk.now)

    async def complain(n: int) -> None:
        await add_person(talk.stage, f"WARGA {n}", ("sms", _phone(n)))
        await talk.notify("round_announced", of, "sms", _phone(n))
        await talk.send()
        await talk.sms(_phone(n), LEVY)

    await move(here, "Balai Desa")
    for n in range(3):
        await complain(n)
    assert await desk.watch(talk.now) == 1
    await move(here, "Balai Desa Klender")
    await complain(3)
    assert await desk.watch(talk.now) == 0, "it has rung, under whatever name"
    await move(there, "Balai Desa")
    await complain(4)
    seen = await desk.radar(boss, talk.now)
    assert {(one.point.point, one.point.venue): one.point.people for one in seen.points} == {
        ("TS-1", "Balai Desa Klender"): 4,
        ("TS-2", "Balai Desa"): 1,
    }
    today = talk.now.date()
    report = await desk.report(boss, "point", today - timedelta(days=2), today, talk.now)
    assert {(line.key, line.name): line.opened for line in report.lines} == {
        ("TS-1", "Balai Desa Klender"): 4,
        ("TS-2", "Balai Desa"): 1,
    }
    for code, n in (("TS-1", 4), ("TS-2", 1), ("Balai Desa", 0)):
        assert len((await desk.list(boss, Asked(view=View.ALL, point=code), talk.now)).tickets) == n
    assert (await desk.choices(boss, "", talk.now)).points == (("TS-2", "Balai Desa"),), "where rounds are lately"


async def test_who_denies_what_the_record_says_was_paid_is_listed_for_their_region(talk: Talk) -> None:
    boss, far = await talk.staff("kota", Role.SUPERVISOR, "31.75"), await talk.staff("jauh", Role.SUPERVISOR, "73")
    of = await add_round(talk.stage, opens_at=datetime(2026, 12, 1, tzinfo=UTC))
    for n, text in enumerate(("TIDAK", "YA", "TIDAK, rahasiakan nama saya")):
        person = await add_person(talk.stage, f"WARGA {n}", ("sms", _phone(n)))
        async with talk.house.database.write() as db:
            row = {"round_id": of, "person_id": person, "status": "DISALURKAN", "record": "DISALURKAN"}
            await db.execute(insert(entitlements).values(**row, updated_at=talk.now))
        await talk.notify("receipt_question", of, "sms", _phone(n))
        await talk.send()
        talk.stage.clock.move(minutes=5)
        await talk.sms(_phone(n), text)
    assert {status for (status,) in await talk.all(select(entitlements.c.status))} == {"DISALURKAN", "DITERIMA"}
    page = await talk.house.desk.radar(boss, talk.now)
    assert [(one.name, one.code) for one in page.denied] == [("WARGA 0", "BPNT-2026-12-DS")]  # not who asks for secrecy
    assert (await talk.house.desk.radar(far, talk.now)).denied == ()
    await talk.sms(_phone(0), "YA sudah saya terima")
