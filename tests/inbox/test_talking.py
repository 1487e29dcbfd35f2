"""Conversations with the service, as citizens have them on Telegram, by SMS and by mail."""

from typing import Any

from sqlalchemy import select

from notifier.store.schema import attempts, deliveries, people, tickets
from notifier.store.schema import talks as table
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

SITI, PHONE, OTHER = 7001, "+6281200000001", "+6281200000002"


async def _last(talk: Talk) -> dict[str, Any]:
    """The facts of the newest thing we said in a conversation."""
    said = [row for row in await talk.rows(deliveries) if row["event"] == "talk"]
    return dict(said[-1]["facts"])


async def _says(talk: Talk, sender: str, *turns: tuple[str, str]) -> None:
    """Each text by SMS is answered with words that have these in them."""
    for text, known in turns:
        before = len(await talk.rows(deliveries))
        await talk.sms(sender, text)
        await talk.send()
        new = (await talk.rows(deliveries))[before:]
        words = " | ".join(_worded(row) for row in new)
        assert known in words, (text, known, words)


def _worded(row: dict[str, Any]) -> str:
    facts = row["facts"] or {}
    return f"{row['event']}: {facts.get('words', '')} {facts.get('choices', '')} {facts.get('number', '')}"


async def _press(talk: Talk, chat: int, code: str) -> None:
    """The button of the newest message."""
    rows = await talk.all(
        select(attempts.c.ref, attempts.c.delivery_id).where(attempts.c.event == "talk").order_by(attempts.c.id.desc())
    )
    talk.stage.clock.move(seconds=2)  # a chat takes one message a second
    await talk.press(chat, rows[0][0], f"{code}:{rows[0][1]}")
    await talk.send()


async def test_by_sms_alone_one_finds_the_schedule_the_status_the_language_and_help(talk: Talk) -> None:
    await add_round(talk.stage)
    await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    await _says(
        talk,
        PHONE,
        ("menu", "1 Jadwal 2 Status 3 Lapor 4 Tiket 5 Daftar 6 Bahasa 7 Bantuan 8 Petugas"),
        ("1", "BPNT Desember 2026: 7 Des-11 Des 2026 08.00-15.00 WIB di Kantor Pos Duren Sawit."),
        ("CEK", "Status bantuan BPNT Desember 2026: Dalam Proses."),
        ("tiket", "Tidak ada laporan"),
        ("bahasa", "1 Indonesia 2 English"),
        ("2", "we write in English"),
        ("Bantuan", "BATAL cancels"),
        ("batal", "nothing to cancel"),
        ("menu", "Reply a number: 1 Dates"),
        ("9", "Sorry, not clear. Social aid"),
        ("BATAL", "cancelled"),
        ("jadwal", "7 Dec-11 Dec 2026 08:00-15:00 WIB at Kantor Pos"),
    )
    assert (await talk.rows(people))[0]["language"] == "en"
    assert [row["flow"] for row in await talk.rows(table)] == [""]


async def test_an_answer_that_comes_too_late_is_told_so_and_never_guessed(talk: Talk) -> None:
    await _says(talk, PHONE, ("LAPOR", "1 Belum terima"))
    talk.stage.clock.move(minutes=31)
    await _says(talk, PHONE, ("2", "sudah lewat waktunya"), ("LAPOR", "Lapor apa?"))


async def test_a_complaint_in_the_middle_of_a_menu_becomes_a_ticket_and_the_menu_is_left(talk: Talk) -> None:
    await _says(talk, PHONE, ("MENU", "1 Jadwal"))
    await talk.sms(PHONE, "Bantuan saya dipotong 50 ribu oleh ketua RT")
    assert [row["category"] for row in await talk.rows(tickets)] == ["deduction"]
    assert [row["flow"] for row in await talk.rows(table)] == [""]
    assert (await talk.events())[-1] == "ticket_received"


async def test_the_menu_hangs_as_buttons_on_telegram_and_an_old_button_explains_itself(talk: Talk) -> None:
    await add_round(talk.stage)
    await add_person(talk.stage, "SITI AMINAH", ("telegram", str(SITI)))
    await talk.telegram(SITI, "/start")
    await talk.send()
    menu = await _last(talk)
    assert menu["choices"] == ""
    assert [code for code, _, _ in menu["buttons"]][:3] == ["schedule", "status", "complaint"]
    old = (await talk.all(select(attempts.c.ref, attempts.c.delivery_id).where(attempts.c.event == "talk")))[0]
    await _press(talk, SITI, "complaint")
    asked = (await talk.all(select(attempts.c.ref, attempts.c.delivery_id).order_by(attempts.c.id.desc())))[0]
    await _press(talk, SITI, "not_received")
    assert "bantuan yang mana" in (await _last(talk))["words"]
    await talk.press(SITI, asked[0], f"deduction:{asked[1]}")
    assert "Tombol itu sudah tidak berlaku" in (await _last(talk))["words"]
    await talk.press(SITI, old[0], f"schedule:{old[1]}")
    assert "7 Desember 2026-" in (await _last(talk))["words"]
