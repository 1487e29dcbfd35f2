"""Stopping and starting messages on a page: only who reads what comes to an address speaks for it, and nobody learns
whether we know it.
"""

import re
from typing import Any

import pytest
from sqlalchemy import insert, select

from notifier.render import Phrases
from notifier.rules.limits import LIMITS, Asked
from notifier.store import schema
from notifier.web.public import frame
from tests.web.sites import Site

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SITI, STRANGER = "+6281200000000", "+6281299999999"


async def _ask(pages: Site, **fields: str) -> tuple[int, str]:
    response = await pages.post("/berhenti", {"pilihan": "stop", **fields})
    return response.status, re.sub(r'value="[0-9a-f]{32}"', "", await response.text())


async def _rows(pages: Site, *columns: Any) -> list[tuple[Any, ...]]:
    async with pages.house.database.read() as db:
        return [tuple(row) for row in await db.execute(select(*columns).order_by(columns[0]))]


async def _said(pages: Site) -> list[tuple[str, str]]:
    """(event, words) of all that was said."""
    one = schema.deliveries.c
    return [(event, facts.get("words", "")) for _, event, facts in await _rows(pages, one.id, one.event, one.facts)]


def _code(words: str) -> str:
    return str(re.findall(r"\d{3} \d{3}", words)[0])


async def test_who_reads_the_code_that_came_to_an_address_stops_and_starts_its_messages(pages: Site) -> None:
    await pages.add_people(1)
    status, known = await _ask(pages, kontak="0812-0000-0000")
    assert status == 200
    assert "kodenya sudah kami kirim ke sana" in known
    assert "Siti" not in known
    unknown = (await _ask(pages, kontak="0812-9999-9999"))[1]
    assert unknown == known.replace("0812-0000-0000", "0812-9999-9999"), "nobody learns whether a number is known"
    [(event, words)] = await _said(pages)
    assert event == "talk", "to the known one alone"
    code = _code(words)
    assert code not in known
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**6:06d}"
    refused = [await _ask(pages, kontak=number, kode=wrong) for number in (SITI, STRANGER)]
    assert [status for status, _ in refused] == [400, 400]
    assert refused[0][1] == refused[1][1].replace(STRANGER, SITI)
    assert (await _ask(pages, kontak=SITI, kode=code, pilihan="start"))[0] == 400, "a code is for one wish"
    assert await _rows(pages, schema.silences.c.address) == []
    pages.clock.move(minutes=29)
    token = "0123456789abcdef" * 2
    for _ in range(2):  # pressed twice
        assert "Kabar tentang ini kami kirim ke sana" in (await _ask(pages, kontak=SITI, kode=code, token=token))[1]
    assert await _rows(pages, schema.silences.c.kind, schema.silences.c.address) == [("sms", SITI)]
    assert (await _said(pages))[1:] == [("stop_confirmed", "")]
    heard = schema.heard.c
    assert await _rows(pages, heard.text, heard.intent, heard.effect) == [("STOP", "opt_out", "stopped")]
    await _ask(pages, kontak=SITI, pilihan="start")
    again = _code((await _said(pages))[-1][1])
    assert (await _ask(pages, kontak=SITI, kode=again, pilihan="start"))[0] == 200
    assert await _rows(pages, schema.silences.c.address) == []
    assert [event for event, _ in await _said(pages)] == ["talk", "stop_confirmed", "talk", "start_confirmed"]
    pages.clock.move(hours=24, minutes=1)
    assert (await _ask(pages, kontak=SITI, kode=again, pilihan="start"))[0] == 400, "its time is over"
    acts = [act for _, act in await _rows(pages, schema.ledger.c.id, schema.ledger.c.act)]
    assert [act for act in acts if "stop" in act or act == "started"] == [
        "stop_code_asked",
        "stop_code_asked",
        "stopped",
        "stop_code_asked",
        "started",
    ]


@SQLITE
async def test_stop_everywhere_by_a_chat_that_is_found_by_its_owners_phone(pages: Site) -> None:
    await pages.add_people(2)
    async with pages.house.database.write() as db:
        chat = {"person_id": 1, "kind": "telegram", "address": "7001", "created_at": pages.clock()}
        await db.execute(insert(schema.contacts).values(chat))
    for number in (SITI, "+6281200000001", "warga@contoh.id"):  # the second has no chat, the third is nobody's
        assert (await _ask(pages, kontak=number, telegram="1", pilihan="stop_all"))[0] == 200
    [(_, words)] = await _said(pages)
    assert (await _ask(pages, kontak=SITI, telegram="1", pilihan="stop_all", kode=_code(words)))[0] == 200
    assert await _rows(pages, schema.silences.c.kind, schema.silences.c.address) == [("telegram", "7001")]
    people = schema.people.c
    assert [(one, at is not None) for one, at in await _rows(pages, people.id, people.silenced_at)] == [
        (1, True),
        (2, False),
    ]
    sealed = (await _rows(pages, schema.deliveries.c.id, schema.deliveries.c.sealed))[0][1]
    assert pages.house.vault.open_json(sealed, "deliveries.sealed") == {"kind": "telegram", "address": "7001"}


@SQLITE
async def test_codes_and_tries_are_few_for_an_address_and_faults_are_told_by_their_field(pages: Site) -> None:
    await pages.add_people(1)
    for fields, words in (
        ({"kontak": "siapa saja"}, "Tulis nomor HP seperti"),
        ({"kontak": SITI, "pilihan": "hapus"}, "Pilih salah satu."),
        ({"kontak": SITI, "kode": "12"}, "Kodenya enam angka."),
    ):
        status, text = await _ask(pages, **fields)
        assert (status, words in text) == (400, True), fields
    most = LIMITS[Asked.STOP_CODE]["subject"].most
    codes = [(await _ask(pages, kontak=SITI))[0] for _ in range(most + 1)]
    assert codes == [200] * most + [429]
    assert len(await _said(pages)) == most
    tries = LIMITS[Asked.STOP]["subject"].most
    found = [(await _ask(pages, kontak=SITI, kode=f"{n:06d}"))[0] for n in range(tries + 1)]
    assert found == [400] * tries + [429]
    assert (await _ask(pages, kontak="0812-9999-9999"))[0] == 200, "a neighbour may"


@SQLITE
@pytest.mark.parametrize("tongue", frame.LANGUAGES)
async def test_the_page_works_without_scripts_in_every_language(pages: Site, tongue: str) -> None:
    await pages.get(f"/berhenti?bahasa={tongue}")
    status, text = await _ask(pages, kontak="siti@contoh.id")
    assert status == 200
    assert "<script" not in text
    assert re.search(r'<input id="kode" name="kode"[^>]*required', text)
    assert Phrases().say(tongue, "code.stop", {"code": "123 456"}, short=True).count("123 456") == 1
