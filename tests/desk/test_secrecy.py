"""Nothing in the database leads from a confidential ticket to whoever wrote it, unless the vault is opened."""

import json
from typing import Any

import pytest
from sqlalchemy import LargeBinary

from notifier.errors import Refused
from notifier.rules.roles import Role
from notifier.store.schema import deliveries, ledger, metadata, reporters, ticket_changes, tickets
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

TINA, PHONE = "tina@example.com", "+6281200000001"
SECRET = "yang punya mobil malah menerima BPNT, yang miskin dilewati. Tolong rahasiakan identitas saya."
LEVY = "petugas minta uang 10rb untuk administrasi sebelum bantuan diberikan"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# Columns that hold a row's number without a foreign key.
NAMES = {("tickets", "answers_id"): "deliveries"}
# What the ledger calls a row, in what an act is about and in its detail.
NOUNS = {"ticket": "tickets", "entitlement": "entitlements", "heard": "heard", "delivery": "deliveries"}
PERSONAL = {"people", "contacts"}
# What everybody shares, so that meeting there says nothing about a person.
COMMON = {"rounds", "accounts", "arrivals", "broadcasts", "imports"}

Node = tuple[str, Any]


async def _edges(talk: Talk) -> dict[Node, set[Node]]:
    """Rows as (table, id), and values that several rows show: what a join over plain columns can follow."""
    edges: dict[Node, set[Node]] = {}

    def tie(one: Node, other: Node) -> None:
        edges.setdefault(one, set()).add(other)
        edges.setdefault(other, set()).add(one)

    for table in metadata.sorted_tables:
        keys = list(table.primary_key.columns)
        for row in await talk.rows(table):
            here = (table.name, tuple(row[key.name] for key in keys))
            for column in table.columns:
                value = row[column.name]
                named = NAMES.get((table.name, column.name))
                target = next((key.column.table.name for key in column.foreign_keys), named)
                if value is None or value == "":
                    continue
                if target is not None:
                    tie(here, (target, (value,)))
                elif isinstance(column.type, LargeBinary) or column.name in ("ref", "thread", "address", "album"):
                    tie(here, ("value", value))
    for row in await talk.rows(ledger):
        told = json.loads(row["detail"]) if row["detail"] else {}
        for noun, number in (row["about"].split(":", 1), *told.items()):
            if noun in NOUNS:
                tie(("ledger", (row["id"],)), (NOUNS[noun], (int(number),)))
    return edges


async def _reached(talk: Talk, ticket_id: int) -> set[str]:
    edges = await _edges(talk)
    seen: set[Node] = {("tickets", (ticket_id,))}
    front = list(seen)
    while front:
        node = front.pop()
        for other in edges.get(node, ()):
            if other not in seen and other[0] not in COMMON:
                seen.add(other)
                front.append(other)
    return {table for table, _ in seen}


async def _person_with_a_past(talk: Talk, kind: str, address: str) -> int:
    """Somebody who was written to, confirmed, and has an open ticket of their own."""
    of = await add_round(talk.stage)
    await add_person(talk.stage, "TINA SIREGAR", (kind, address))
    await talk.notify("round_announced", of, kind, address)
    await talk.send()
    return of


async def test_no_chain_of_joins_leads_from_a_confidential_ticket_to_a_person(talk: Talk) -> None:
    await _person_with_a_past(talk, "email", TINA)
    await talk.mail(TINA, SECRET)
    await talk.mail("budi@example.com", LEVY)
    await talk.send()
    row = (await talk.rows(tickets))[0]
    assert (row["confidentiality"], row["verified"], row["answers_id"]) == ("confidential", True, None)
    assert row["region"] == "31.75.07"
    assert not await _reached(talk, row["id"]) & PERSONAL
    # the walk itself finds people where it may
    await talk.mail(TINA, "petugas loket kasar sekali, ibu saya dibentak", subject="Lain")
    assert "value" in await _reached(talk, 2)


async def test_words_that_change_an_entitlement_and_ask_for_secrecy_tie_neither_to_the_other(talk: Talk) -> None:
    of = await _person_with_a_past(talk, "sms", PHONE)
    await talk.notify("receipt_question", of, "sms", PHONE)
    await talk.send()
    talk.stage.clock.move(minutes=5)
    await talk.sms(PHONE, "YA")
    talk.stage.clock.move(minutes=5)
    await talk.sms(PHONE, "TIDAK, belum terima. Tolong rahasiakan nama saya")
    row = (await talk.rows(tickets))[0]
    assert row["confidentiality"] == "confidential"
    assert [line["act"] for line in await talk.rows(ledger)].count("entitlement_heard") == 1, "the YA alone"
    assert not await _reached(talk, row["id"]) & PERSONAL


async def test_an_open_ticket_of_the_same_person_gives_nothing_away(talk: Talk) -> None:
    await _person_with_a_past(talk, "sms", PHONE)
    await talk.sms(PHONE, LEVY)
    await add_round(talk.stage, "PKH-1", programme="PKH")
    await talk.notify("round_announced", 2, "sms", PHONE)
    await talk.send()
    await talk.sms(PHONE, SECRET)
    await talk.send()
    rows = await talk.rows(tickets)
    assert [row["confidentiality"] for row in rows] == ["open", "confidential"]
    assert "people" in await _reached(talk, rows[0]["id"])
    assert not await _reached(talk, rows[1]["id"]) & PERSONAL


async def test_a_wish_for_secrecy_that_comes_later_cuts_every_tie(talk: Talk) -> None:
    await _person_with_a_past(talk, "sms", PHONE)
    await talk.sms(PHONE, LEVY)
    await talk.send()
    assert "people" in await _reached(talk, 1)
    talk.stage.clock.move(minutes=5)
    await talk.sms(PHONE, "tolong rahasiakan identitas saya ya pak, saya takut")
    row = (await talk.rows(tickets))[0]
    assert (row["confidentiality"], row["answers_id"]) == ("confidential", None)
    assert not await _reached(talk, 1) & PERSONAL
    talk.stage.clock.move(minutes=5)
    await talk.sms(PHONE, "petugasnya hari ini masih minta uang lagi")  # still finds its ticket
    assert len(await talk.rows(tickets)) == 1
    assert not await _reached(talk, 1) & PERSONAL


@ONE_ENGINE
async def test_the_desk_answers_whom_it_may_not_know(talk: Talk) -> None:
    sari = await talk.staff("sari")
    await _person_with_a_past(talk, "telegram", "7100")
    await talk.telegram(7100, SECRET)
    await talk.send()
    number = (await talk.rows(tickets))[0]["number"]
    page = await talk.house.desk.ticket(sari, number, talk.now)
    assert (page.reporter, page.answers) == (None, None)
    talk.stage.clock.move(minutes=5)
    await talk.house.desk.answer(sari, number, "Terima kasih, kami periksa.", page.ticket.version, talk.now)
    await talk.send()
    assert "kami periksa" in talk.stage.providers.phones.notes("7100")[-1].text
    rows = [row for row in await talk.rows(deliveries) if row["ticket_id"] is not None]
    assert [(row["person_id"], row["contact_id"], row["thread"]) for row in rows] == [(None, None, "")] * 2
    ref = await talk.ref_to("telegram", "7100", "ticket_answer")
    await talk.telegram(7100, "petugasnya di RW 5", reply_to=ref)
    assert [said.kind for said in (await talk.house.desk.ticket(sari, number, talk.now)).conversation] == [
        "in",
        "out",
        "in",
    ]


@ONE_ENGINE
async def test_a_look_at_the_reporter_needs_a_right_and_a_reason_and_is_recorded(talk: Talk) -> None:
    sari, boss = await talk.staff("sari"), await talk.staff("penyelia", Role.SUPERVISOR)
    await _person_with_a_past(talk, "email", TINA)
    await talk.mail(TINA, SECRET)
    number = (await talk.rows(tickets))[0]["number"]
    with pytest.raises(Refused, match="lacks the right"):
        await talk.house.desk.reveal(sari, number, "ingin tahu", talk.now)
    with pytest.raises(Refused, match="say in a few words why"):
        await talk.house.desk.reveal(boss, number, " ", talk.now)
    shown = await talk.house.desk.reveal(boss, number, "pelapor diminta inspektorat", talk.now)
    assert (shown.name, shown.address) == ("TINA SIREGAR", TINA)
    assert [(row["act"], row["who"]) for row in await talk.rows(ledger)][-1] == ("reporter_revealed", boss.who)
    change = (await talk.rows(ticket_changes))[-1]
    assert (change["act"], change["why"]) == ("reveal", "pelapor diminta inspektorat")


@ONE_ENGINE
async def test_what_is_sealed_shows_neither_name_nor_address(talk: Talk) -> None:
    await _person_with_a_past(talk, "email", TINA)
    await talk.mail(TINA, SECRET)
    row = (await talk.rows(reporters))[0]
    assert TINA.encode() not in row["sealed"]
    for table in (tickets, ticket_changes):
        for shown in await talk.rows(table):
            assert "tina" not in str(list(shown.values())).lower()


async def test_a_number_that_is_somebody_elses_by_now_learns_nothing_of_what_was_reported_there_in_confidence(
    talk: Talk,
) -> None:
    sari, boss = await talk.staff("sari"), await talk.staff("penyelia", Role.SUPERVISOR)
    await _person_with_a_past(talk, "sms", PHONE)
    await talk.sms(PHONE, SECRET)
    number = (await talk.rows(tickets))[0]["number"]  # its acknowledgement waits
    talk.stage.clock.move(minutes=1)
    before = len(talk.stage.providers.phones.notes(PHONE))
    await talk.sms(PHONE, "maaf salah orang")
    await talk.send()
    notes = [note.text for note in talk.stage.providers.phones.notes(PHONE)][before:]
    assert any("Data pribadi tidak kami kirim lagi" in note for note in notes)
    assert not any(number in note for note in notes), "what waited is called back"
    page = await talk.house.desk.ticket(sari, number, talk.now)
    await talk.house.desk.answer(sari, number, "Sudah kami periksa di lapangan.", page.ticket.version, talk.now)
    for asks in (f"TIKET {number}", "TIKET", f"bagaimana laporan {number} saya?", "ini penting, petugasnya minta lagi"):
        talk.stage.clock.move(minutes=31)
        await talk.sms(PHONE, asks)
        await talk.send()
    told = [note.text for note in talk.stage.providers.phones.notes(PHONE)][before:]
    assert not any(number in note or "di lapangan" in note or "SITI" in note or "TINA" in note for note in told)
    rows = await talk.rows(tickets)
    assert rows[0]["confidentiality"] == "confidential"
    task = next(row for row in rows if row["category"] == "data_error")
    assert task["region"].startswith("31.75.07"), "the desk of the area sees that the number is wrong"
    conversation = (await talk.house.desk.ticket(sari, number, talk.now)).conversation
    assert [said.kind for said in conversation] == ["in", "out"], "no note that could be set beside the task's time"
    assert not await _reached(talk, rows[0]["id"]) & PERSONAL
    shown = await talk.house.desk.reveal(boss, number, "nomor pelapor ganti pemilik", talk.now)
    assert (shown.name, shown.address != PHONE) == ("TINA SIREGAR", True), "who may open it still finds the reporter"


@ONE_ENGINE
async def test_what_was_reported_on_a_shared_phone_is_given_up_once_it_is_nobodys_of_them(talk: Talk) -> None:
    sari = await talk.staff("sari")
    for name in ("TINA SIREGAR", "BUDI SANTOSO"):
        await add_person(talk.stage, name, ("sms", PHONE))
    await talk.sms(PHONE, SECRET)
    number = (await talk.rows(tickets))[0]["number"]
    await talk.send()
    await talk.sms(PHONE, "salah orang")
    await talk.send()
    talk.stage.clock.move(minutes=1)
    await talk.sms(PHONE, "semua")
    page = await talk.house.desk.ticket(sari, number, talk.now)
    await talk.house.desk.answer(sari, number, "Sudah kami periksa di lapangan.", page.ticket.version, talk.now)
    before = len(talk.stage.providers.phones.notes(PHONE))
    talk.stage.clock.move(minutes=31)
    await talk.sms(PHONE, f"TIKET {number}")
    await talk.send()
    told = [note.text for note in talk.stage.providers.phones.notes(PHONE)][before:]
    assert any("Data pribadi tidak kami kirim lagi" in note for note in told)
    assert not any("di lapangan" in note or number in note for note in told)
    assert "Nomor laporan itu tidak ada" in told[-1]
