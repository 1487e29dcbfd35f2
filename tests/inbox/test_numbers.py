"""A ticket's number in a message: from its reporter it is a question, from another address only words to be kept."""

import pytest

from notifier.rules.roles import Role
from notifier.rules.tickets import Act
from notifier.store.schema import deliveries, heard, ticket_messages, tickets
from tests.houses import add_person
from tests.inbox.talks import Talk

AYU, STRANGER, THIRD = "+6281234560001", "+6281234569999", "+6281234568888"
LEVY = "pak bantuan saya dipotong 50 ribu oleh ketua RT waktu di kantor pos kemarin"
SECRET = "bantuan saya dipotong 50 ribu oleh ketua RT, tolong rahasiakan nama saya"
ASKS = "tiket {} sudah sampai mana pak?"


async def _number(talk: Talk, place: int = 0) -> str:
    return str((await talk.rows(tickets))[place]["number"])


async def _effects(talk: Talk) -> list[str]:
    return [row["effect"] for row in await talk.rows(heard)]


async def _said(talk: Talk, address: str) -> list[str]:
    await talk.send()
    return [note.text for note in talk.stage.providers.phones.notes(address)]


# --- from another address --------------------------------------------------------------------------------------------


async def test_words_from_another_address_are_kept_with_the_ticket_and_tell_the_sender_nothing_but_that(
    talk: Talk,
) -> None:
    await add_person(talk.stage, "AYU LESTARI", ("sms", AYU))
    await talk.sms(AYU, LEVY)
    number = await _number(talk)
    await talk.sms(STRANGER, f"saya tambahkan untuk {number}: petugasnya bernama Joko, kejadiannya hari Senin")
    assert await _effects(talk) == ["opened", "added"]
    assert [row["ticket_id"] for row in await talk.rows(ticket_messages)] == [1, 1]
    (said,) = await _said(talk, STRANGER)
    assert said.startswith(f"Pesan Anda sudah kami tambahkan ke laporan {number}. Petugas akan membacanya. ASLI ")
    sari = await talk.staff("sari")
    page = await talk.house.desk.ticket(sari, number, talk.now)
    assert page.elsewhere == {page.conversation[1].id: "+628***999"}
    await talk.house.desk.answer(sari, number, "Sedang kami periksa.", page.ticket.version, talk.now)
    assert "Sedang kami periksa." in (await _said(talk, AYU))[-1], "answers go on to the reporter"
    assert len(await _said(talk, STRANGER)) == 1


async def test_another_address_that_keeps_writing_is_told_once_in_ten_minutes(talk: Talk) -> None:
    await talk.sms(AYU, LEVY)
    number = await _number(talk)
    for words in ("siapa petugasnya", "kapan dibalas", "tolong dipercepat"):
        await talk.sms(STRANGER, f"{number} {words} pak")
    assert await talk.events("ticket_status") == ["ticket_status"]
    talk.stage.clock.move(minutes=11)
    await talk.sms(STRANGER, f"{number} bagaimana?")
    assert await talk.events("ticket_status") == ["ticket_status"] * 2
    assert {row["facts"]["status"] for row in await talk.rows(deliveries) if row["event"] == "ticket_status"} == {""}


async def test_a_number_that_does_not_exist_is_answered_like_any_complaint(talk: Talk) -> None:
    await talk.sms(STRANGER, "tiket ADU-7K4M2QX bagaimana kelanjutan laporannya")
    assert await _effects(talk) == ["opened"]
    assert await talk.events() == ["ticket_received"]


async def test_a_confidential_ticket_is_never_met_from_another_address(talk: Talk) -> None:
    await talk.sms(AYU, SECRET)
    secret = await _number(talk)
    await talk.sms(STRANGER, f"tambahan untuk {secret}: petugasnya bernama Joko")
    assert await _effects(talk) == ["opened", "opened"]
    rows = await talk.rows(tickets)
    assert [row["confidentiality"] for row in rows] == ["confidential", "confidential"]
    messages = await talk.rows(ticket_messages)
    assert [(row["ticket_id"], row["kind"]) for row in messages] == [(1, "in"), (2, "in"), (2, "note")]
    assert secret in messages[2]["text"]
    assert await talk.events() == ["ticket_received"] * 2, "as for a number that does not exist"
    assert secret not in (await _said(talk, STRANGER))[0]
    await talk.sms(STRANGER, f"{secret} sudah sampai mana?")
    assert await _effects(talk) == ["opened", "opened", "appended"], "the sender's own ticket goes on"


async def test_who_asks_for_secrecy_about_somebodys_ticket_seals_off_only_their_own(talk: Talk) -> None:
    await talk.telegram(7100, LEVY)
    number = await _number(talk)
    await talk.telegram(7200, f"soal {number}: saya saksi, tolong rahasiakan nama saya, petugasnya minta uang")
    assert [row["confidentiality"] for row in await talk.rows(tickets)] == ["open", "confidential"]
    said = await talk.telegram(7300, f"soal {number}: petugasnya minta uang juga ke saya")
    await talk.edit(7300, said, "petugasnya minta uang juga ke saya, tolong rahasiakan nama saya")
    assert (await talk.rows(tickets))[0]["confidentiality"] == "open"


async def test_pictures_of_one_album_from_another_address_stay_marked(talk: Talk) -> None:
    await talk.telegram(7100, LEVY)
    number = await _number(talk)
    photo = [{"file_id": "AgAC1", "file_size": 10, "width": 10, "height": 10}]
    await talk.telegram(7200, photo=photo, media_group_id="a", caption=f"bukti untuk {number}")
    await talk.telegram(7200, photo=photo, media_group_id="a")
    assert await _effects(talk) == ["opened", "added", "added"]
    page = await talk.house.desk.ticket(await talk.staff("sari"), number, talk.now)
    assert len(page.elsewhere) == 2


async def test_a_ticket_closed_long_ago_is_not_met_any_more(talk: Talk) -> None:
    await talk.sms(AYU, "bantuan saya terlambat sekali, sampai sekarang belum cair")
    number = await _number(talk)
    sari = await talk.staff("sari", Role.SUPERVISOR)
    page = await talk.house.desk.ticket(sari, number, talk.now)
    await talk.house.desk.act(sari, number, Act.RESOLVE, "Petugas sudah ditegur.", page.ticket.version, talk.now)
    talk.stage.clock.move(days=40)
    await talk.sms(STRANGER, f"{number} bagaimana kelanjutan laporannya")
    assert await _effects(talk) == ["opened", "opened"]


# --- from the reporter -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asks", [ASKS, "{}", "laporan saya sampai mana?", "aduan saya sampai mana?"])
async def test_who_asks_after_their_own_ticket_is_told_how_it_stands_and_until_when(talk: Talk, asks: str) -> None:
    await talk.sms(AYU, LEVY)
    number = await _number(talk)
    await talk.sms(AYU, asks.format(number))
    assert await _effects(talk) == ["opened", "appended"]
    told = (await _said(talk, AYU))[-1]
    assert told.startswith(f"Laporan {number}: sudah kami terima. Langkah berikutnya paling lambat ")
    assert "dipotong" not in told
    assert "Pemotongan" not in told
    (delivery,) = [row for row in await talk.rows(deliveries) if row["event"] == "ticket_status"]
    assert set(delivery["facts"]) == {"number", "status", "due"}


async def test_who_asks_again_within_ten_minutes_is_not_told_twice(talk: Talk) -> None:
    await talk.sms(AYU, LEVY)
    number = await _number(talk)
    for _ in range(3):
        talk.stage.clock.move(minutes=1)
        await talk.sms(AYU, ASKS.format(number))
    assert await talk.events("ticket_status") == ["ticket_status"]
    talk.stage.clock.move(minutes=10)
    await talk.sms(AYU, ASKS.format(number))
    assert await talk.events("ticket_status") == ["ticket_status"] * 2


@pytest.mark.parametrize(
    "adds", ["tambahan, kejadiannya hari senin jam 10", "petugasnya datang tapi marah-marah ke saya"]
)
async def test_who_adds_something_is_not_told_how_it_stands(talk: Talk, adds: str) -> None:
    await talk.sms(AYU, LEVY)
    await talk.send()
    await talk.sms(AYU, adds)
    assert await _effects(talk) == ["opened", "appended"]
    assert await talk.events("ticket_status") == []


async def test_a_confidential_reporter_is_told_too_and_stays_unknown(talk: Talk) -> None:
    await add_person(talk.stage, "AYU LESTARI", ("sms", AYU))
    await talk.sms(AYU, SECRET)
    number = await _number(talk)
    await talk.sms(AYU, ASKS.format(number))
    assert (await _said(talk, AYU))[-1].startswith(f"Laporan {number}: ")
    assert all(row["person_id"] is None for row in await talk.rows(deliveries) if row["event"] == "ticket_status")
