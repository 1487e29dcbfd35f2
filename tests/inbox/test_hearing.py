"""What citizens say, message by message: who it is taken for, what it answers, what it leads to."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import event

from notifier.inbox import Inbox
from notifier.inbox.hearing import Hearing
from notifier.rules.roles import Role
from notifier.rules.tickets import Act
from notifier.store.schema import (
    arrivals,
    contacts,
    deliveries,
    entitlement_changes,
    entitlements,
    heard,
    ledger,
    levies,
    people,
    silences,
    ticket_changes,
    ticket_messages,
    tickets,
)
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

AYU, BUDI, STRANGER = "+6281200000001", "+6281200000002", "+6281299999999"
LEVY = "petugas minta uang 10rb untuk administrasi sebelum bantuan diberikan"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _effects(talk: Talk) -> list[str]:
    return [row["effect"] for row in await talk.rows(heard)]


async def _status(talk: Talk) -> list[str]:
    return [row["status"] for row in await talk.rows(entitlements)]


# --- once ------------------------------------------------------------------------------------------------------------


async def test_the_same_message_from_the_provider_again_leads_to_nothing_more(talk: Talk) -> None:
    await add_person(talk.stage, "AYU", ("sms", AYU))
    for _ in range(3):
        await talk.sms(AYU, LEVY, "mo-1")
    assert await _effects(talk) == ["opened"]
    assert await talk.events() == ["ticket_received"]
    assert await talk.outcomes() == ["opened", "repeated", "repeated"]


@ONE_ENGINE
async def test_a_telegram_message_that_comes_under_another_update_number_is_heard_once(talk: Talk) -> None:
    await talk.telegram(7100, LEVY, message_id=55)
    await talk.telegram(7100, LEVY, message_id=55)
    assert await _effects(talk) == ["opened"]


async def test_without_an_id_the_same_words_within_seconds_are_one_message(talk: Talk) -> None:
    await talk.sms(STRANGER, LEVY, None)
    talk.stage.clock.move(seconds=9)
    await talk.sms(STRANGER, LEVY, None)
    talk.stage.clock.move(seconds=11)
    await talk.sms(STRANGER, LEVY, None)
    assert await _effects(talk) == ["opened", "opened"]


async def test_without_an_id_the_same_words_count_again_when_we_wrote_in_between(talk: Talk) -> None:
    await talk.sms(STRANGER, LEVY, None)
    talk.stage.clock.move(seconds=2)
    await talk.send()
    talk.stage.clock.move(seconds=2)
    await talk.sms(STRANGER, LEVY, None)
    assert await _effects(talk) == ["opened", "appended"]


async def test_an_arrival_understood_twice_changes_nothing(talk: Talk) -> None:
    person = await add_person(talk.stage, "AYU", ("sms", AYU))
    await add_round(talk.stage)
    await talk.sms(AYU, LEVY, None)
    await talk.sms(BUDI, LEVY, "mo-7")
    before = [await talk.rows(table) for table in (heard, tickets, ticket_messages, deliveries)]
    for arrival in await talk.rows(arrivals):
        await talk.inbox.replay(arrival["id"], "account:1", talk.now)
    await talk.hear()
    assert [await talk.rows(table) for table in (heard, tickets, ticket_messages, deliveries)] == before
    assert person


@ONE_ENGINE
async def test_a_broken_fact_spoils_neither_its_neighbours_nor_itself(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = talk.inbox._hearing.hear

    async def breaks(db: Any, where: Any, said: Any, now: Any) -> Any:
        effect = await real(db, where, said, now)
        if said.text == "RUSAK":
            raise ZeroDivisionError("kata warga")
        return effect

    monkeypatch.setattr(talk.inbox._hearing, "hear", breaks)
    batch = [
        {"update_id": n, "message": {**_message(7100 + n), "text": text}}
        for n, text in enumerate(("terima kasih", "RUSAK", "ok siap"), start=1)
    ]
    number = await talk.keep("bot", json.dumps(batch).encode())
    for _ in range(8):
        await talk.hear()
        talk.stage.clock.move(minutes=5)
    row = (await talk.rows(arrivals))[0]
    assert row["tries"] == 5
    assert row["wake"] is None
    assert row["outcome"].startswith("failed: ZeroDivisionError")
    assert "kata warga" not in await talk.texts()
    assert [row["text"] for row in await talk.rows(heard)] == ["terima kasih", "ok siap"]
    assert "arrival_failed" in [row["act"] for row in await talk.rows(ledger)]
    monkeypatch.setattr(talk.inbox._hearing, "hear", real)
    await talk.inbox.replay(number, "account:1", talk.now)
    await talk.hear()
    assert [row["text"] for row in await talk.rows(heard)] == ["terima kasih", "ok siap", "RUSAK"]


def _message(chat: int, **fields: Any) -> dict[str, Any]:
    chat_fields = {"id": chat, "type": "private", "first_name": "Warga"}
    return {"message_id": 9, "from": {"id": chat, "is_bot": False}, "chat": chat_fields, "date": 1796457792, **fields}


@ONE_ENGINE
async def test_what_cannot_be_read_is_kept_with_the_reason(talk: Talk) -> None:
    await talk.keep("bot", b"\xff\x00 not json")
    await talk.keep("sms", b"")
    await talk.update({"poll": {"id": "1"}})
    await talk.hear()
    assert all(outcome.startswith("unknown: ") for outcome in await talk.outcomes())
    assert await talk.rows(heard) == []


# --- the last word counts --------------------------------------------------------------------------------------------


def _stumbles_once(talk: Talk, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The database fails once, while these words are understood."""
    hear = Hearing.hear
    failed: list[str] = []

    async def stumble(self: Hearing, db: Any, where: Any, said: Any, now: Any) -> Any:
        if said.text == text and not failed:
            failed.append(text)
            raise ConnectionError("gone for a moment")
        return await hear(self, db, where, said, now)

    monkeypatch.setattr(Hearing, "hear", stumble)


@pytest.mark.parametrize(
    ("first", "second", "effects", "silent"),
    [
        ("STOP", "MULAI", ["helped", "overtaken"], False),
        ("STOP SEMUA", "MULAI", ["helped", "overtaken"], False),
        ("MULAI", "STOP", ["stopped", "overtaken"], True),
        ("STOP SEMUA", "STOP", ["stopped", "stopped"], True),
    ],
)
async def test_a_retry_does_not_undo_a_later_stop_or_start(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, first: str, second: str, effects: list[str], silent: bool
) -> None:
    await add_person(talk.stage, "AYU", ("sms", AYU))
    _stumbles_once(talk, monkeypatch, first)
    await talk.sms(AYU, first)
    talk.stage.clock.move(seconds=3)
    await talk.sms(AYU, second)
    talk.stage.clock.move(seconds=30)
    await talk.hear()
    assert await _effects(talk) == effects
    assert bool(await talk.rows(silences)) is silent
    assert ((await talk.rows(contacts))[0]["stopped_at"] is not None) is silent
    assert ((await talk.rows(people))[0]["silenced_at"] is not None) is (first == "STOP SEMUA" and silent)


@pytest.mark.parametrize(("first", "second", "status"), [("YA", "TIDAK", "DIJADWALKAN"), ("TIDAK", "YA", "DITERIMA")])
async def test_a_retry_does_not_undo_a_later_word_about_receipt(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, first: str, second: str, status: str
) -> None:
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.notify("receipt_question", await add_round(talk.stage), "sms", AYU)
    await talk.send()
    talk.stage.clock.move(minutes=5)
    _stumbles_once(talk, monkeypatch, first)
    await talk.sms(AYU, first)
    talk.stage.clock.move(seconds=3)
    await talk.sms(AYU, second)
    talk.stage.clock.move(seconds=30)
    await talk.hear()
    assert await _status(talk) == [status]
    assert len(await talk.rows(tickets)) == 1  # a NO is never lost, whichever came last


@ONE_ENGINE
async def test_a_retry_does_not_bring_back_whoever_blocked_us_since(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_person(talk.stage, "AYU", ("telegram", "7100"))
    _stumbles_once(talk, monkeypatch, LEVY)
    await talk.telegram(7100, LEVY)
    await talk.membership(7100, "kicked")
    talk.stage.clock.move(seconds=30)
    await talk.hear()
    assert await _effects(talk) == ["blocked", "opened"]
    assert [row["state"] for row in await talk.rows(contacts)] == ["dead"]


@ONE_ENGINE
async def test_within_one_arrival_what_a_sender_says_next_waits_for_what_failed(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_person(talk.stage, "AYU", ("sms", AYU))
    _stumbles_once(talk, monkeypatch, "STOP")
    at = talk.now.isoformat()
    said = [(AYU, "STOP", "mo-1"), (AYU, "MULAI", "mo-2"), (BUDI, LEVY, "mo-3")]
    entries = [
        {"type": "message", "from": who, "to": "BANSOS", "text": text, "time": at, "id": number}
        for who, text, number in said
    ]
    await talk.keep("sms", json.dumps(entries).encode(), {"content-type": "application/json"})
    await talk.hear()
    assert await _effects(talk) == ["opened"]
    talk.stage.clock.move(seconds=30)
    await talk.hear()
    assert await _effects(talk) == ["opened", "stopped", "started"]
    assert await talk.rows(silences) == []


# --- who -------------------------------------------------------------------------------------------------------------


@ONE_ENGINE
async def test_a_bare_yes_or_no_to_no_question_is_never_met_with_silence(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    for words in ("halo", "YA", "YA", "Tidak.", "sudah"):
        await talk.sms(AYU, words)
        talk.stage.clock.move(minutes=1)
    said = [(row["facts"] or {}).get("words", row["event"])[:20] for row in await talk.rows(deliveries)]
    assert said == ["help", *["Tidak ada pertanyaan"] * 4]
    for asked_or_told in ("receipt_question", "round_reminder"):
        await talk.notify(asked_or_told, of, "sms", AYU)
        talk.stage.clock.move(seconds=2)  # what was said before takes its time on the line too
        while await talk.send():
            talk.stage.clock.move(seconds=2)
    await talk.sms(AYU, "makasih")
    assert await _effects(talk) == ["helped", *["talked"] * 4, "none"], "thanks are no answer"
    await talk.sms(AYU, "YA")
    asked = (await talk.rows(deliveries))[-1]["facts"]
    assert asked["words"].startswith("Jawaban Anda untuk yang mana?"), "a question is open, but not what we wrote last"
    await talk.sms(AYU, "1")
    assert await _status(talk) == ["DITERIMA"]


@ONE_ENGINE
async def test_on_a_shared_phone_it_is_whoever_was_written_to_last(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    second = await add_person(talk.stage, "BUDI", ("sms", AYU), ("telegram", "7102"))
    async with talk.house.database.write() as db:
        await db.execute(contacts.delete().where(contacts.c.person_id == second, contacts.c.kind == "sms"))
    await talk.notify("receipt_question", of, "sms", AYU)
    await add_person(talk.stage, "CITRA", ("sms", AYU))
    await talk.send()
    await talk.sms(AYU, "YA")
    assert [(row["person_id"], row["status"]) for row in await talk.rows(entitlements)] == [(1, "DITERIMA")]


@ONE_ENGINE
async def test_a_shared_phone_nobody_was_written_to_on_is_a_stranger(talk: Talk) -> None:
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await add_person(talk.stage, "BUDI", ("sms", AYU))
    await talk.sms(AYU, LEVY)
    assert [(row["verified"], row["region"]) for row in await talk.rows(tickets)] == [(False, "")]


async def test_however_many_numbers_a_message_names_they_are_looked_up_at_once(talk: Talk) -> None:
    await talk.sms(AYU, LEVY)
    own = (await talk.rows(tickets))[0]["number"]
    others = [f"ADU-2612{day:02d}-0001" for day in range(1, 29)]
    asked: list[list[str]] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if "tickets.number" in statement.partition("WHERE")[2]:
            asked.append([number for number in (own, *others) if number in str(parameters)])

    listening = talk.house.database.engine.sync_engine
    event.listen(listening, "before_cursor_execute", note)
    await talk.sms(AYU, f"nomor {others[0]} dan {own}, tolong dicek lagi")
    await talk.sms(STRANGER, f"nomor {' '.join(others)} tolong dicek lagi")
    event.remove(listening, "before_cursor_execute", note)
    assert [row["ticket_id"] for row in await talk.rows(heard)][:2] == [1, 1]
    assert asked == [[own, others[0]], others[:5], others[:5]], "among the sender's own, then among all"


@pytest.mark.parametrize("spelled", ["{0}", "{1}", "adu {2} {3}", "ADU-{2}-{3}"])
@ONE_ENGINE
async def test_a_ticket_is_followed_by_its_number_however_it_is_spelled(talk: Talk, spelled: str) -> None:
    await talk.mail("siti@example.com", LEVY)
    number = (await talk.rows(tickets))[0]["number"]
    plain = number.removeprefix("ADU-")
    words = spelled.format(number, number.lower(), plain[:3], plain[3:])
    await talk.mail("siti@example.com", f"menyusul laporan {words}: petugasnya bernama Joko")
    assert await _effects(talk) == ["opened", "appended"]


# --- receipt ---------------------------------------------------------------------------------------------------------


async def test_the_later_word_about_receipt_wins_and_leaves_its_history(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.notify("receipt_question", of, "sms", AYU)
    await talk.send()
    await talk.sms(AYU, "YA")
    assert await _status(talk) == ["DITERIMA"]
    assert await talk.events() == ["receipt_question"]
    talk.stage.clock.move(hours=1)
    await talk.sms(AYU, "TIDAK")
    assert await _status(talk) == ["DIJADWALKAN"]
    changes = [(row["was"], row["status"], row["who"]) for row in await talk.rows(entitlement_changes)]
    assert changes == [("DIJADWALKAN", "DITERIMA", "citizen"), ("DITERIMA", "DIJADWALKAN", "citizen")]
    ticket = (await talk.rows(tickets))[0]
    assert (ticket["category"], ticket["round_id"], ticket["verified"]) == ("not_received", of, True)
    await talk.sms(AYU, "TIDAK")
    assert len(await talk.rows(tickets)) == 1


async def test_a_button_counts_only_under_a_message_that_went_to_whoever_presses_it(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("telegram", "7101"))
    await add_person(talk.stage, "BUDI", ("telegram", "7102"))
    await talk.notify("receipt_question", of, "telegram", "7101")
    await talk.send()
    ref = await talk.ref_to("telegram", "7101", "receipt_question")
    await talk.press(7102, "7102:9", "yes:1")
    await talk.press(7102, "7102:9", "yes:999999999999999999999")
    await talk.press(7102, "7102:9", "apa saja")
    assert await _status(talk) == ["DIJADWALKAN"]
    await talk.press(7101, ref, "yes:1")
    assert await _status(talk) == ["DITERIMA"]
    assert await _effects(talk) == ["none", "none", "none", "received"]


# --- questions, stop, start ------------------------------------------------------------------------------------------


async def test_a_question_the_round_answers_needs_nobody(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.notify("round_announced", of, "sms", AYU)
    await talk.send()
    await talk.sms(AYU, "bawa apa saja ya pak?")
    row = (await talk.rows(deliveries))[-1]
    assert (row["event"], row["facts"], row["round_id"]) == ("information", {"topic": "documents"}, of)
    assert row["person_id"] is None
    assert await talk.rows(tickets) == []
    assert await talk.send() == 1


@ONE_ENGINE
async def test_a_question_nothing_answers_goes_to_a_person(talk: Talk) -> None:
    of = await add_round(talk.stage, note="", amount=None)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.notify("round_announced", of, "sms", AYU)
    await talk.send()
    await talk.sms(AYU, "bawa apa saja ya pak?")
    assert [row["category"] for row in await talk.rows(tickets)] == ["information"]
    await talk.sms(STRANGER, "kapan bantuan dibagikan di tempat saya?")
    assert [row["verified"] for row in await talk.rows(tickets)] == [True, False]


@ONE_ENGINE
async def test_a_status_is_told_to_who_is_known_and_to_nobody_else(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.notify("round_announced", of, "sms", AYU)
    await talk.send()
    await talk.sms(AYU, "cek status bantuan saya")
    await talk.sms(STRANGER, "cek status bantuan saya")
    told = [row["facts"] for row in await talk.rows(deliveries) if row["event"] == "information"]
    assert told == [{"topic": "status", "status": "Dalam Proses"}]
    assert await _effects(talk) == ["informed", "opened"]


async def test_stop_is_confirmed_once_and_start_brings_it_back(talk: Talk) -> None:
    await add_person(talk.stage, "AYU", ("sms", AYU))
    for words in ("STOP", "stop", "MULAI", "STOP SEMUA", "MULAI"):
        await talk.sms(AYU, words)
        talk.stage.clock.move(minutes=1)
        if words == "STOP SEMUA":
            assert (await talk.rows(people))[0]["silenced_at"] is not None
    assert await talk.events() == ["stop_confirmed", "start_confirmed", "stop_confirmed", "start_confirmed"]
    assert await talk.rows(silences) == []
    assert [(row["stopped_at"]) for row in await talk.rows(contacts)] == [None]
    assert (await talk.rows(people))[0]["silenced_at"] is None


async def test_stop_semua_after_stop_is_confirmed_and_recorded_too(talk: Talk) -> None:
    await add_person(talk.stage, "AYU", ("sms", AYU))
    for words in ("STOP", "stop smua", "STOP SEMUA"):
        await talk.sms(AYU, words)
        talk.stage.clock.move(minutes=1)
    assert await talk.events() == ["stop_confirmed"] * 2
    assert [row["act"] for row in await talk.rows(ledger)] == ["stopped"] * 2
    await talk.send()
    here, everywhere = (note.text for note in talk.stage.providers.phones.notes(AYU) if not note.mine)
    assert "di nomor ini" in here
    assert "di semua nomor Anda" in everywhere


@ONE_ENGINE
async def test_a_reply_to_words_that_ask_for_nothing_is_heard_like_any_other(talk: Talk) -> None:
    await talk.telegram(7100, "hm")
    await talk.send()
    ref = await talk.ref_to("telegram", "7100", "help")
    await talk.telegram(7100, "Bantuan saya dipotong ketua RT", reply_to=ref)
    assert await talk.outcomes() == ["helped", "opened"]


@ONE_ENGINE
async def test_whoever_blocks_the_bot_is_not_tried_again_until_they_let_it_in(talk: Talk) -> None:
    await add_person(talk.stage, "AYU", ("telegram", "7101"))
    for status, state in (("kicked", "dead"), ("member", "ok")):
        await talk.membership(7101, status)
        assert [row["state"] for row in await talk.rows(contacts)] == [state]


@ONE_ENGINE
async def test_a_group_that_moves_keeps_its_contact_and_words_in_groups_are_only_kept(talk: Talk) -> None:
    await add_person(talk.stage, "RT", ("telegram", "-500"))
    group = {"id": -500, "type": "group", "title": "RT 05"}
    await talk.update({"message": {**_message(7101), "chat": group, "text": LEVY}})
    await talk.update({"message": {**_message(7101), "chat": group, "migrate_to_chat_id": -100500}})
    assert [row["address"] for row in await talk.rows(contacts)] == ["-100500"]
    assert await _effects(talk) == ["group"]
    assert await talk.rows(tickets) == []


@ONE_ENGINE
async def test_machines_are_kept_and_never_answered(talk: Talk) -> None:
    await talk.mail("siti@example.com", LEVY, headers={"Auto-Submitted": "auto-replied"})
    assert [(row["intent"], row["effect"]) for row in await talk.rows(heard)] == [("auto_reply", "none")]
    assert await talk.events() == []


# --- tickets ---------------------------------------------------------------------------------------------------------


async def test_a_second_grievance_about_the_same_round_joins_the_open_ticket(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("telegram", "7101"), ("sms", AYU))
    for kind, address in (("telegram", "7101"), ("sms", AYU)):
        await talk.notify("round_announced", of, kind, address)
    await talk.send()
    await talk.telegram(7101, "yang saya terima cuma 150 ribu, dipotong Pak RT")
    await talk.sms(AYU, "petugas loketnya kasar sekali, ibu saya dibentak")
    row = (await talk.rows(tickets))[0]
    assert len(await talk.rows(tickets)) == 1
    assert row["category"] == "deduction"
    assert "officer_conduct" in row["categories"]
    assert await talk.events("ticket_received") == ["ticket_received"]


@ONE_ENGINE
async def test_a_grievance_after_a_question_is_a_ticket_of_its_own_and_after_another_shows_in_its_categories(
    talk: Talk,
) -> None:
    await talk.sms(STRANGER, "saya mau tanya kapan bantuan cair")
    await talk.send()
    await talk.sms(STRANGER, "bantuan sy dipotong 50rb sm pa RT, trus jg beras nya bau")
    await talk.send()
    await talk.sms(STRANGER, "petugas loketnya kasar sekali, ibu saya dibentak")
    await talk.sms(STRANGER, "kapan ditindaklanjuti?")
    found = [(row["category"], row["categories"]) for row in await talk.rows(tickets)]
    assert found[0] == ("information", ["information"])
    assert found[1] == ("deduction", ["deduction", "goods_quality", "officer_conduct"])
    assert await talk.events("ticket_received") == ["ticket_received"] * 2


@ONE_ENGINE
async def test_what_is_urgent_raises_an_open_ticket_and_rings(talk: Talk) -> None:
    await talk.staff("sari", notify="+6281100000001")
    await talk.sms(STRANGER, LEVY)
    await talk.send()
    assert (await talk.rows(tickets))[0]["policy"] == "standard"
    await talk.sms(STRANGER, "tolong pak rumah sy kebakaran td malam, anak saya dari kemarin belum makan")
    row = (await talk.rows(tickets))[0]
    assert (row["urgent"], row["policy"]) == (True, "urgent")
    assert await talk.events("urgent_ticket") == ["urgent_ticket"]
    assert await _effects(talk) == ["opened", "appended"]


@ONE_ENGINE
async def test_thanks_do_not_reopen_what_is_settled_but_a_no_does(talk: Talk) -> None:
    sari = await talk.staff("sari")
    await talk.sms(STRANGER, LEVY)
    number = (await talk.rows(tickets))[0]["number"]
    for words, status in (("belum, petugasnya masih minta uang", "in_progress"), ("ok terima kasih pak", "closed")):
        page = await talk.house.desk.ticket(sari, number, talk.now)
        await talk.house.desk.act(sari, number, Act.RESOLVE, "Petugas sudah ditegur.", page.ticket.version, talk.now)
        await talk.agree(number)
        await talk.send()
        talk.stage.clock.move(minutes=5)
        await talk.sms(STRANGER, words)
        assert (await talk.rows(tickets))[0]["status"] == status
    assert await _effects(talk) == ["opened", "appended", "confirmed"]


@ONE_ENGINE
async def test_another_grievance_after_a_settled_ticket_is_a_new_one(talk: Talk) -> None:
    sari = await talk.staff("sari")
    await talk.sms(STRANGER, LEVY)
    number = (await talk.rows(tickets))[0]["number"]
    page = await talk.house.desk.ticket(sari, number, talk.now)
    await talk.house.desk.act(sari, number, Act.RESOLVE, "Sudah ditegur.", page.ticket.version, talk.now)
    await talk.agree(number)
    await talk.send()
    talk.stage.clock.move(days=2)
    await talk.sms(STRANGER, "beras bantuan kutuan semua dan baunya apek")
    assert [row["category"] for row in await talk.rows(tickets)] == ["illegal_levy", "goods_quality"]


async def test_a_closed_ticket_is_reached_by_its_thread_for_a_month_and_no_longer(talk: Talk) -> None:
    sari = await talk.staff("sari")
    await talk.mail("siti@example.com", LEVY)
    await talk.send()
    ref = await talk.ref_to("email", "siti@example.com", "ticket_received")
    number = (await talk.rows(tickets))[0]["number"]
    page = await talk.house.desk.ticket(sari, number, talk.now)
    why, letter = "Diteruskan ke Inspektorat.", "700/12/2026"
    await talk.house.desk.refer(sari, number, "inspectorate", letter, why, page.ticket.version, talk.now)
    await talk.agree(number)
    talk.stage.clock.move(days=29)
    await talk.mail("siti@example.com", "petugasnya masih minta uang lagi", reply_to=ref)
    assert [row["status"] for row in await talk.rows(tickets)] == ["in_progress"]
    page = await talk.house.desk.ticket(sari, number, talk.now)
    await talk.house.desk.refer(sari, number, "kpk", letter, "Diteruskan lagi.", page.ticket.version, talk.now)
    await talk.agree(number)
    talk.stage.clock.move(days=31)
    await talk.mail("siti@example.com", "petugasnya masih minta uang lagi", reply_to=ref)
    assert [row["status"] for row in await talk.rows(tickets)] == ["referred", "received"]


async def test_an_edit_shows_the_new_words_and_keeps_the_old(talk: Talk) -> None:
    number = await talk.telegram(7100, LEVY)
    for text in ("petugas minta uang 20rb", "petugas minta uang 20rb", "petugas minta uang 30rb"):
        talk.stage.clock.move(minutes=1)
        await talk.edit(7100, number, text)
    message = (await talk.rows(ticket_messages))[0]
    assert message["text"] == "petugas minta uang 30rb"
    assert [version["text"] for version in message["versions"]] == [LEVY, "petugas minta uang 20rb"]
    assert len(await talk.rows(ticket_messages)) == 1
    assert (await talk.rows(tickets))[0]["summary"] == "petugas minta uang 30rb"


@ONE_ENGINE
async def test_an_edit_that_turns_urgent_raises_the_ticket_like_new_words_would(talk: Talk) -> None:
    await talk.staff("penyelia", Role.SUPERVISOR, "", "+6281100000003")
    number = await talk.telegram(7100, LEVY)
    before = (await talk.rows(tickets))[0]
    talk.stage.clock.move(minutes=1)
    await talk.edit(7100, number, f"{LEVY}, sekarang saya diancam dan takut")
    row = (await talk.rows(tickets))[0]
    assert (before["urgent"], before["policy"]) == (False, "standard")
    assert (row["urgent"], row["policy"]) == (True, "urgent")
    assert row["next_due"] < before["next_due"]
    assert row["wake"] < before["wake"]
    assert [change["act"] for change in await talk.rows(ticket_changes)] == ["open", "adopted", "reword"]
    assert await talk.events("urgent_ticket") == ["urgent_ticket"]


@ONE_ENGINE
async def test_what_was_taken_from_words_is_taken_anew_from_their_edit_and_shielding_only_rises(talk: Talk) -> None:
    number = await talk.telegram(7100, "bantuan saya belum masuk sampai sekarang")
    await talk.telegram(7100, "kata tetangga petugas minta uang admin 15rb")
    for text in ("bantuan saya dipotong 50rb oleh ketua RT", "bantuan saya dipotong 25rb", "bantuan saya belum masuk"):
        talk.stage.clock.move(minutes=1)
        await talk.edit(7100, number, text)
        row = (await talk.rows(tickets))[0]
        assert (row["shielded"], "deduction" in row["categories"]) == (True, True)
        amounts = {levy["amount"] for levy in await talk.rows(levies)}
        assert amounts == {"50rb": {50_000, 15_000}, "25rb": {25_000, 15_000}}.get(text.split()[3], {15_000})


@ONE_ENGINE
async def test_an_edit_that_becomes_a_grievance_is_heard_like_a_new_message(talk: Talk) -> None:
    number = await talk.telegram(7100, "terima kasih infonya")
    await talk.edit(7100, number, LEVY)
    await talk.edit(7199, 77, LEVY)  # of a message that never reached us
    assert await _effects(talk) == ["none", "opened", "opened"]


async def test_a_hundred_kilobytes_of_hostile_text_become_one_clean_message(talk: Talk) -> None:
    nik = "3175071203853689"
    text = f"petugas minta uang \0 \ud83d \u202e {nik} " + "x" * 100_000
    body = json.dumps({"update_id": 1, "message": {**_message(7100), "text": text}})
    await talk.keep("bot", body.encode())
    await talk.hear()
    message = (await talk.rows(ticket_messages))[0]
    assert len(message["text"]) <= 20_000
    assert message["text"].startswith("petugas minta uang")
    assert "\0" not in message["text"]
    assert nik not in await talk.texts()


async def test_a_number_typed_in_words_captions_names_and_subjects_appears_nowhere(talk: Talk) -> None:
    nik = "3175071203853689"
    spaced = " ".join(nik[at : at + 4] for at in range(0, 16, 4))
    photo = [{"file_id": "AgAC", "file_size": 10, "width": 10, "height": 10}]
    await talk.sms(STRANGER, f"NIK saya {nik} tapi bantuan belum saya terima")
    await talk.telegram(7100, photo=photo, caption=f"KTP saya {spaced}, data saya salah")
    await talk.edit(7100, 500, f"KTP saya {nik}, nama saya salah")
    document = {"file_id": "BQAC", "file_name": f"ktp {nik}.pdf", "mime_type": "application/pdf", "file_size": 10}
    await talk.telegram(7101, document=document)
    await talk.mail(
        "siti@example.com", "mohon dibantu", subject=f"NIK {nik}", files=[(f"{nik}.png", "image/png", b"x")]
    )
    kept = await talk.texts()
    assert nik not in kept
    assert spaced not in kept
    assert kept.count("317507******3689") >= 5
    assert len(await talk.rows(tickets)) >= 4


# --- at once ---------------------------------------------------------------------------------------------------------


async def test_inboxes_that_drain_side_by_side_do_everything_once(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.notify("round_announced", of, "sms", AYU)
    await talk.send()
    for n in range(12):
        entry = {"id": f"mo-{n // 2}", "from": AYU, "text": f"{LEVY} ke-{n // 2}", "time": talk.now.isoformat()}
        await talk.keep("sms", json.dumps(entry).encode(), {"content-type": "application/json"})
    house = talk.house
    others = [
        Inbox(house.database, house.vault, house.channels, house.kinds, house.desk, talk.inbox._receipt)
        for _ in range(3)
    ]
    await asyncio.gather(*(one.drain(talk.now, 4) for one in (talk.inbox, *others)))
    await talk.hear()
    assert sorted(await _effects(talk)) == ["appended"] * 5 + ["opened"]
    assert len(await talk.rows(tickets)) == 1
    assert await talk.events("ticket_received") == ["ticket_received"]
    assert {row["wake"] for row in await talk.rows(arrivals)} == {None}


async def test_a_pressed_button_is_answered_at_once_and_its_silence_changes_nothing(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("telegram", "7101"))
    await talk.notify("receipt_question", of, "telegram", "7101")
    await talk.send()
    ref = await talk.ref_to("telegram", "7101", "receipt_question")
    telegram = talk.stage.providers.telegram
    telegram.presses.add("call-1000")
    await talk.press(7101, ref, "no:1")
    assert telegram.answered["call-1000"].startswith("Tercatat: belum diterima")
    assert [row["category"] for row in await talk.rows(tickets)] == ["not_received"]
    await talk.press(7101, ref, "yes:1")  # too old for Telegram: refused there, kept here
    assert await _status(talk) == ["DITERIMA"]


# --- what a broadcast hears back -------------------------------------------------------------------------------------


async def test_answers_to_a_broadcast_are_counted_by_what_they_mean_each_person_once(talk: Talk) -> None:
    await add_round(talk.stage)
    for place, number in enumerate((AYU, BUDI)):
        await add_person(talk.stage, f"WARGA {place}", ("sms", number))
    broadcast = await talk.stage.broadcast("round_announced", "BPNT-2026-12-DS")
    await talk.stage.send()
    await talk.sms(AYU, "salah jadwal, bukan hari itu")
    await talk.sms(AYU, "salah jadwal, bukan hari itu")
    await talk.sms(BUDI, LEVY)
    await talk.sms(BUDI, "terima kasih")
    await talk.sms(STRANGER, LEVY)
    heard_back = await talk.house.broadcasts.echoes(broadcast)
    assert heard_back == {"complaint": 2, "wrong_info": 1, "acknowledge": 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whoever_adds_to_their_own_ticket_is_told_so_once_an_hour_with_its_number(talk: Talk) -> None:
    await talk.sms(AYU, "Uang bantuan saya dipotong RT 200 ribu")
    await talk.send()
    talk.stage.clock.move(seconds=20)
    await talk.sms(AYU, "katanya buat ongkos jalan")
    assert "ticket_status" not in await talk.events(), "a piece of the complaint, whose number was just told"
    for text in ("Kejadiannya hari Senin di balai desa", "Ada juga tetangga yang dipotong"):
        talk.stage.clock.move(minutes=20)
        await talk.sms(AYU, text)
        await talk.send()
    assert await talk.events("ticket_status") == ["ticket_status"]
    (ticket,) = await talk.rows(tickets)
    assert any(
        f"tambahkan ke laporan {ticket['number']}. Petugas menjawab paling lambat 9 Des 2026" in note.text
        for note in talk.stage.providers.phones.notes(AYU)
    )
    await talk.sms(AYU, f"bagaimana kabar laporan {ticket['number']}")
    assert await talk.events("ticket_status") == ["ticket_status"] * 2, "how it stands is told all the same"
    await talk.sms(AYU, "gimana cara lapor?")
    await talk.sms(AYU, "gimana cara daftar?")
    assert [row["effect"] for row in await talk.rows(heard)][-2:] == ["informed", "talked"]
