"""Receipts as evidence: who confirmed, who denied, who is silent, and the silent asked once more on another channel."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import and_, insert, select, update

from notifier.rules.roles import Role, Viewer
from notifier.store import silence
from notifier.store.schema import (
    broadcasts,
    contacts,
    deliveries,
    entitlement_changes,
    ledger,
    people,
    regions,
    tickets,
)
from tests.houses import add_person, add_round, open_stage
from tests.inbox.talks import Talk, open_talk

CODE = "BPNT-2026-12-DS"
PONDOK_BAMBU = "31.75.07.1002"


@pytest.fixture
async def talk(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """A house with its inbox, nobody registered yet."""
    async with open_talk(database_url, tmp_path) as opened:
        yield opened


async def _asked(talk: Talk) -> int:
    """Six people of two villages, told of a round and asked about it; returns the round."""
    of = await add_round(talk.stage)
    async with talk.house.database.write() as db:
        await db.execute(insert(regions).values(code="31.75.07.1003", name="Klender"))
    for n, name in enumerate(("AYU", "BUDI", "CITRA", "DEWI"), 1):
        await add_person(talk.stage, name, ("sms", f"+628120000000{n}"))
    await add_person(talk.stage, "EKA", ("telegram", "7105"), ("sms", "+6281200000005"), region=PONDOK_BAMBU)
    await add_person(talk.stage, "FAJAR", region=PONDOK_BAMBU)
    for event, at in (("round_announced", "2026-12-05 10:00"), ("receipt_question", "2026-12-07 10:00")):
        talk.at(at)
        await talk.stage.broadcast(event, CODE)
        await talk.stage.send()
    talk.stage.clock.move(minutes=1)
    return of


async def _table(talk: Talk, of: int, viewer: Viewer | None = None) -> dict[str, tuple[int, ...]]:
    found = await talk.house.silence.coverage(of, viewer)
    assert all(v.people == v.confirmed + v.denied + v.silent + v.unreachable + v.other for v in found.villages)
    return {
        v.region[-4:]: (v.people, v.told, v.confirmed, v.denied, v.silent, v.unreachable, v.other)
        for v in found.villages
    }


async def test_a_round_is_covered_village_by_village_and_the_silent_are_asked_once_more_elsewhere(talk: Talk) -> None:
    of = await _asked(talk)
    assert await _table(talk, of) == {"1002": (2, 1, 0, 0, 1, 1, 0), "1003": (4, 4, 0, 0, 4, 0, 0)}
    await talk.sms("+6281200000001", "YA")
    await talk.sms("+6281200000002", "TIDAK")
    await talk.sms("+6281200000003", "kantornya di mana ya?")
    assert await _table(talk, of) == {"1002": (2, 1, 0, 0, 1, 1, 0), "1003": (4, 4, 1, 1, 1, 0, 1)}
    opened = [(row["round_id"], row["category"]) for row in await talk.rows(tickets)]
    assert (of, "not_received") in opened, "NO opens a ticket of its round at once"
    here = Viewer(9, "sari", Role.AGENT, "31.75.07.1003")
    assert list(await _table(talk, of, Viewer(9, "sari", Role.AGENT, "31.75.07"))) == ["1002", "1003"]

    again = talk.house.silence.ask_again
    assert await again(talk.now, 3) == 0, "it is early"
    talk.stage.clock.move(days=3)
    assert await again(talk.now, 0) == 0, "nobody wants it"
    assert await again(talk.now, 3) == 1
    assert await again(talk.now, 3) == 0, "planned already"
    b = (await talk.rows(broadcasts))[-1]
    assert (b["event"], b["parent_id"], b["state"], b["planned_by"], b["approved_audience"]) == (
        *("receipt_question", 2, "planned", "clock"),
        2,
    )
    await talk.house.broadcasts.approve(talk.stage.approver, b["id"], talk.now)
    await talk.stage.send()
    found = await talk.all(
        select(people.c.name, deliveries.c.state, deliveries.c.reason, contacts.c.kind)
        .select_from(deliveries.join(people).outerjoin(contacts, contacts.c.id == deliveries.c.contact_id))
        .where(deliveries.c.broadcast_id == b["id"])
        .order_by(people.c.name)
    )
    assert [tuple(row) for row in found] == [
        ("DEWI", "suppressed", "no_contact", None),
        ("EKA", "accepted", "", "sms"),
    ]
    talk.stage.clock.move(days=4)
    assert await again(talk.now, 3) == 0, "once"
    _, silent = await talk.house.silence.page(talk.stage.planner, of, ("", 0), 10)
    assert [(p.name, p.village, p.asked) for p in silent] == [("EKA", "", 2), ("DEWI", "Klender", 1)]
    _, rest = await talk.house.silence.page(talk.stage.planner, of, (PONDOK_BAMBU, silent[0].person_id), 10)
    assert [p.name for p in rest] == ["DEWI"]
    async with talk.house.database.read() as db:  # as of a large round: one village after the other
        villages = [p.region for p in silent]
        assert await silence.page_of_many(db, of, villages, ("", 0), 10) == silent
        assert await silence.page_of_many(db, of, villages, (PONDOK_BAMBU, silent[0].person_id), 10) == rest
        assert await silence.page_of_many(db, of, villages, ("", 0), 1) == silent[:1]
    await talk.sms("+6281200000005", "sudah terima pak")
    assert (await _table(talk, of))["1002"] == (2, 1, 1, 0, 0, 1, 0)
    file, count = await talk.house.silence.sheet(talk.stage.planner, of, "silent", "csv", talk.now)
    with file:
        rows = list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert [(row["DESA"], row["NAMA"], row["DITANYA"]) for row in rows] == [("Klender", "DEWI", "1")]
    assert count == 1
    acts = [row["act"] for row in await talk.rows(ledger)]
    assert "export.silent" in acts
    assert here.covers("31.75.07.1003")


async def test_yes_and_then_no_leaves_both_on_record_and_the_later_word_opens_the_ticket(talk: Talk) -> None:
    of = await _asked(talk)
    await talk.sms("+6281200000001", "YA")
    assert not await talk.rows(tickets)
    talk.stage.clock.move(minutes=20)
    await talk.sms("+6281200000001", "TIDAK, ternyata belum")
    (ticket,) = await talk.rows(tickets)
    assert (ticket["round_id"], ticket["category"]) == (of, "not_received")
    words = [(row["was"], row["status"], row["who"]) for row in await talk.rows(entitlement_changes)]
    assert words == [("DIJADWALKAN", "DITERIMA", "citizen"), ("DITERIMA", "DIJADWALKAN", "citizen")]
    assert (await _table(talk, of))["1003"] == (4, 4, 0, 1, 3, 0, 0)
    await talk.sms("+6281200000002", "BELUM")
    talk.stage.clock.move(minutes=20)
    await talk.sms("+6281200000002", "TIDAK")
    assert len(await talk.rows(entitlement_changes)) == 3, "a NO is on record too, once"
    heard = [row["act"] for row in await talk.rows(ledger) if row["act"] == "entitlement_heard"]
    assert len(heard) == 3
    await talk.sms("+6281200000003", "belum terima pak, tolong nama saya dirahasiakan")
    assert len(await talk.rows(entitlement_changes)) == 3, "in confidence nothing leads to who said it"
    await talk.sms("+6281200000004", "YA")
    talk.stage.clock.move(minutes=20)
    await talk.sms("+6281200000004", "TIDAK, ternyata belum. tolong nama saya dirahasiakan")
    secret = (await talk.rows(tickets))[-1]
    assert (secret["confidentiality"], secret["round_id"]) == ("confidential", of)
    at = secret["opened_at"]
    assert not [row for row in await talk.rows(entitlement_changes) if row["at"] == at], "also after a YA"
    acts = [row for row in await talk.rows(ledger) if row["at"] == at and row["act"] == "entitlement_heard"]
    assert not acts


async def test_a_question_that_moved_or_met_no_silence_is_not_asked_again(talk: Talk) -> None:
    await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", "+6281200000001"), ("telegram", "7101"))
    talk.at("2026-12-07 10:00")
    await talk.stage.broadcast("receipt_question", CODE)
    await talk.stage.send()
    talk.stage.clock.move(days=3)
    asked = await talk.rows(broadcasts)
    async with talk.house.database.write() as db:
        await db.execute(update(broadcasts).values(round_version=0))
    assert await talk.house.silence.ask_again(talk.now, 3) == 0
    async with talk.house.database.write() as db:
        await db.execute(update(broadcasts).values(round_version=asked[0]["round_version"]))
    await talk.telegram(7101, "sudah")
    async with talk.house.database.read() as db:
        assert await silence.unanswered(db, asked[0]["at"].replace(year=2025), talk.now) == [(1, 1)]
    assert await talk.house.silence.ask_again(talk.now, 3) == 0


async def test_what_takes_up_a_stopped_second_question_reaches_the_silent_alone_and_never_where_they_were_asked(
    talk: Talk,
) -> None:
    await add_round(talk.stage)
    for name, chat, phone in (("AYU", "7101", "+6281200000001"), ("BUDI", "7102", "+6281200000002")):
        await add_person(talk.stage, name, ("telegram", chat), ("sms", phone))
    gone = await add_person(talk.stage, "CITRA", ("telegram", "99900002"), ("sms", "+6281200000003"), prefers="sms")
    await add_person(talk.stage, "DEWI")
    talk.at("2026-12-07 10:00")
    await talk.stage.broadcast("receipt_question", CODE)
    await talk.stage.send()
    await talk.telegram(7101, "sudah")
    talk.stage.clock.move(days=3)
    assert await talk.house.silence.ask_again(talk.now, 3) == 1
    second = (await talk.rows(broadcasts))[-1]["id"]
    await talk.house.broadcasts.approve(talk.stage.approver, second, talk.now)
    for _ in range(3):
        await talk.house.broadcasts.advance(talk.now, "test")
    async with talk.house.database.write() as db:  # one is asked, then somebody stops it
        mine = and_(deliveries.c.broadcast_id == second, deliveries.c.person_id == gone)
        await db.execute(update(deliveries).where(mine).values(due_at=talk.now + timedelta(days=1)))
    await talk.send()
    await talk.house.broadcasts.stop(talk.stage.planner, second, talk.now)
    await talk.stage.send()
    third = await talk.house.broadcasts.plan_rest(talk.stage.planner, second, "now", talk.now)
    assert (await talk.rows(broadcasts))[-1]["approved_audience"] == 1, "neither who answered nor who was never asked"
    await talk.house.broadcasts.approve(talk.stage.approver, third, talk.now)
    await talk.stage.send()
    rows = [(row["broadcast_id"], row["person_id"], row["state"]) for row in await talk.rows(deliveries)][4:]
    assert rows == [(second, 2, "accepted"), (second, gone, "cancelled"), (third, gone, "failed")]
    talk.stage.clock.move(days=4)
    assert await talk.house.silence.ask_again(talk.now, 3) == 0, "nobody is asked a third time"


async def test_a_question_leaves_only_where_it_can_be_answered_and_the_others_are_listed(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, mute=["sms"]) as stage:
        await add_round(stage)
        await add_person(stage, "AYU", ("sms", "+6281200000001"))
        await add_person(stage, "BUDI", ("sms", "+6281200000002"), ("email", "budi@warga.test"))
        stage.clock.now = datetime(2026, 12, 7, 3, tzinfo=UTC)
        number, preview = await stage.house.broadcasts.plan(
            stage.planner, "receipt_question", CODE, "now", stage.clock()
        )
        assert (preview.by_channel, preview.unreachable) == ({"email": 1}, 1)
        assert number is not None
        await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
        await stage.send()
        found = await stage.house.broadcasts.statement(number)
        assert (found.suppressed, found.accepted, found.balanced) == ({"no_way_back": 1}, 1, True)
