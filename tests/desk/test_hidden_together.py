"""What is hidden stays hidden, and ends by two people, whichever way it is tied to others: merged, gathered, split,
linked, named, given back, sorted by hand.
"""

from collections.abc import Sequence
from typing import Any

import pytest

from notifier.desk import Asked, Complaint, Reporter
from notifier.errors import Refused
from notifier.proofs import prove
from notifier.rules.boards import View
from notifier.rules.roles import Role, Viewer
from notifier.rules.tickets import Act
from notifier.store.schema import deliveries, gathered, ticket_messages, tickets
from notifier.store.tickets import Ticket
from tests.houses import add_round
from tests.inbox.talks import Talk

BOSS = "+6281299999999"
LEVY = "petugas minta uang 10rb sebelum bantuan diberikan"
LATE = "bantuan saya terlambat sekali, sampai sekarang belum cair"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _hear(talk: Talk, text: str = LATE, n: int = 1, **values: Any) -> Ticket:
    """A complaint of Duren Sawit, by SMS."""
    reporter = Reporter("sms", "sms", f"+62812000001{n:02}", "id", "Asia/Jakarta", region="31.75.07.1003")
    category = "illegal_levy" if text == LEVY else "delayed"
    async with talk.house.database.write() as db:
        complaint = Complaint(
            None, values.pop("reporter", reporter), text, talk.now, **{"categories": (category,), **values}
        )
        return await talk.house.desk.open(db, complaint, talk.now)


async def _say(
    talk: Talk, ticket: Ticket, text: str, categories: Sequence[str] = ("other",), *, confidential: bool = False
) -> Ticket:
    async with talk.house.database.write() as db:
        reporter = await talk.house.desk.reporter(db, ticket.id)
        complaint = Complaint(None, reporter, text, talk.now, tuple(categories), confidential=confidential)
        return await talk.house.desk.append(db, ticket.id, complaint, talk.now)


async def _row(talk: Talk, ticket: Ticket) -> dict[str, Any]:
    return next(row for row in await talk.rows(tickets) if row["id"] == ticket.id)


async def _sees(talk: Talk, viewer: Viewer) -> set[str]:
    return {one.number for one in (await talk.house.desk.list(viewer, Asked(View.ALL), talk.now)).tickets}


async def _version(talk: Talk, viewer: Viewer, ticket: Ticket) -> int:
    return (await talk.house.desk.ticket(viewer, ticket.number, talk.now)).ticket.version


async def _sound(talk: Talk) -> None:
    assert [finding async for finding in prove(talk.house.database, talk.house.vault)] == []


async def test_what_is_handled_with_a_hidden_ticket_is_hidden_with_it(talk: Talk) -> None:
    here, above = await talk.staff("sini", region="31.75.07"), await talk.staff("atas", region="31.75")
    desk, now = talk.house.desk, talk.now
    levy, late = await _hear(talk, LEVY), await _hear(talk, n=2)
    await desk.merge(above, late.number, levy.number, "hal yang sama", late.version, now)
    await desk.answer(above, levy.number, "Kami periksa pungutannya.", await _version(talk, above, levy), now)
    assert await _sees(talk, here) == set(), "or its office would read the answers about itself"
    # the other way round: what is added turns the one, and with it those that it is handled with
    main, second, third = await _hear(talk, n=3), await _hear(talk, n=4), await _hear(talk, n=5)
    for one in (second, third):
        await desk.merge(here, one.number, main.number, "hal yang sama", one.version, now)
    assert await _sees(talk, here) == {main.number, second.number, third.number}
    await _say(talk, third, "petugas minta uang 50rb", ("illegal_levy",))
    assert await _sees(talk, here) == set()
    assert await _sees(talk, above) == {one.number for one in (levy, late, main, second, third)}
    boss = await talk.staff("penyelia", Role.SUPERVISOR, "31.75")
    version = await _version(talk, boss, second)
    with pytest.raises(Refused, match="handled with"):
        await desk.shield(boss, second.number, "ternyata bukan", version, now, on=False)
    await desk.shield(boss, main.number, "ternyata bukan", await _version(talk, boss, main), now, on=False)
    assert await _sees(talk, here) == {main.number, second.number, third.number}
    await _sound(talk)


@ONE_ENGINE
async def test_a_hidden_complaint_is_neither_gathered_in_the_open_nor_ended_by_one_answer_to_all(talk: Talk) -> None:
    of = await add_round(talk.stage)
    here, above = await talk.staff("sini", region="31.75.07"), await talk.staff("atas", region="31.75")
    desk, now = talk.house.desk, talk.now
    late = [await _hear(talk, n=n, round_id=of) for n in range(3)]
    levy = await _hear(talk, LEVY, 7, round_id=of)
    incident = await desk.open_incident(here, late[0].number, "Kantor pos kehabisan uang.", now)
    assert await desk.gather(above, incident.number, (levy.number, late[1].number, late[2].number), now) == (2, 1)
    await _say(talk, late[1], "petugas minta uang 50rb")  # it says more now than what it is gathered for
    row = await _row(talk, late[1])
    assert (row["shielded"], row["policy"] == "incident") == (True, False)
    boss = await talk.staff("penyelia", Role.SUPERVISOR, "31.75")
    await desk.shield(boss, late[2].number, "menyangkut lurah", 1, now, on=True)
    assert [row["ticket_id"] for row in await talk.rows(gathered)] == [late[0].id]
    with pytest.raises(Refused, match="let them go"):
        await desk.shield(boss, incident.number, "menyangkut lurah", incident.version, now, on=True)
    with pytest.raises(Refused, match="let them go"):
        await desk.categorise(boss, incident.number, "deduction", incident.version, now)


@ONE_ENGINE
async def test_an_incident_of_hidden_complaints_is_hidden_and_settled_by_two(talk: Talk) -> None:
    of = await add_round(talk.stage)
    here, above = await talk.staff("sini", region="31.75.07"), await talk.staff("atas", region="31.75")
    desk, now = talk.house.desk, talk.now
    first, second = await _hear(talk, LEVY, 1, round_id=of), await _hear(talk, LEVY, 2, round_id=of)
    late = await _hear(talk, n=3, round_id=of)
    incident = await desk.open_incident(above, first.number, "Pungutan di kantor pos.", now)
    assert (incident.shielded, incident.region) == (True, "31.75"), "whoever opened it sees it"
    assert await desk.gather(above, incident.number, (second.number, late.number), now) == (1, 1)
    assert await _sees(talk, here) == {late.number}
    words, texts = "Uang sudah dikembalikan.", {"jv": "Dhuwite wis dibalekake."}
    await desk.answer_incident(above, incident.number, Act.RESOLVE, words, incident.version, 2, now, texts)
    await desk.carry_incidents(now)
    assert {(await _row(talk, one))["status"] for one in (incident, first, second)} == {"received"}
    await talk.agree(incident.number)
    while await desk.carry_incidents(now):
        pass
    assert {(await _row(talk, one))["status"] for one in (incident, first, second)} == {"resolved"}
    told = [row["facts"]["text"] for row in await talk.rows(deliveries) if row["event"] == "ticket_resolved"]
    assert told == [words, words]
    await _sound(talk)


@ONE_ENGINE
async def test_a_message_split_off_a_hidden_ticket_is_as_hidden(talk: Talk) -> None:
    here, above = await talk.staff("sini", region="31.75.07"), await talk.staff("atas", region="31.75")
    levy = await _hear(talk, LEVY)
    await _say(talk, levy, LATE)
    message = [row["id"] for row in await talk.rows(ticket_messages) if row["kind"] == "in"][-1]
    apart = await talk.house.desk.split(above, levy.number, message, "delayed", talk.now)
    assert (apart.shielded, apart.region, apart.place) == (True, "31.75", "31.75.07.1003")
    assert await _sees(talk, here) == set(), "its note names the hidden one, and its reporter is the same"


@ONE_ENGINE
async def test_what_names_a_hidden_ticket_from_elsewhere_is_as_hidden(talk: Talk) -> None:
    here, above = await talk.staff("sini", region="31.75.07"), await talk.staff("atas", region="31.75")
    levy = await _hear(talk, LEVY, confidential=True)
    reporter = Reporter("sms", "sms", "+6281200000222", "id", "Asia/Jakarta", region="31.75.07.1003")
    async with talk.house.database.write() as db:
        complaint = Complaint(None, reporter, f"{levy.number} bagaimana?", talk.now)
        beside = await talk.house.desk.open_beside(db, complaint, levy, talk.now)
    assert await _sees(talk, here) == set(), "the note names a number that this office must not know of"
    assert await _sees(talk, above) == {levy.number, beside.number}


@ONE_ENGINE
async def test_a_hidden_or_confidential_ticket_is_tied_to_none_in_the_open(talk: Talk) -> None:
    above = await talk.staff("atas", region="31.75")
    desk, now = talk.house.desk, talk.now
    levy, late, secret = await _hear(talk, LEVY), await _hear(talk, n=2), await _hear(talk, n=3, confidential=True)
    with pytest.raises(Refused, match="hidden"):
        await desk.link(above, late.number, levy.number, now)
    for one, other in ((late, secret), (secret, late)):
        with pytest.raises(Refused, match="confidential"):
            await desk.merge(above, one.number, other.number, "", one.version, now)
    # sealed by a colleague: what tied it to others is cut as when the citizen asks for it
    more = await _hear(talk, n=4)
    await desk.link(above, late.number, more.number, now)
    await desk.open_incident(above, late.number, "Bantuan terlambat di sini.", now)
    await desk.seal(above, late.number, await _version(talk, above, late), now)
    assert (await desk.beside(above, more.number, now)).linked == ()
    assert await talk.rows(gathered) == []
    assert (await _row(talk, late))["policy"] != "incident"


@ONE_ENGINE
@pytest.mark.parametrize("by_staff", [False, True])
async def test_a_ticket_that_becomes_confidential_is_handled_with_no_other_any_more(talk: Talk, by_staff: bool) -> None:
    sari, desk, now = await talk.staff("sari"), talk.house.desk, talk.now
    main, child = await _hear(talk, n=1), await _hear(talk, n=2)
    await desk.merge(sari, child.number, main.number, "hal yang sama", child.version, now)
    if by_staff:
        await desk.seal(sari, main.number, await _version(talk, sari, main), now)
    else:
        await _say(talk, child, "tolong rahasiakan nama saya", confidential=True)
    rows = [await _row(talk, one) for one in (main, child)]
    assert [(row["status"], row["merged_into_id"]) for row in rows] == [("received", None), ("received", None)]
    assert [row["next_due"] is None for row in rows] == [False, False], "each has its own clock"
    assert [row["confidentiality"] for row in rows].count("confidential") == 1
    await _sound(talk)


@ONE_ENGINE
async def test_whoever_gave_a_ticket_back_to_its_office_does_not_end_it_alone(talk: Talk) -> None:
    here = await talk.staff("sini", region="31.75.07")
    boss = await talk.staff("penyelia", Role.SUPERVISOR, "31.75")
    desk, now = talk.house.desk, talk.now
    levy, late = await _hear(talk, LEVY), await _hear(talk, n=2)
    back = await desk.shield(boss, levy.number, "bukan petugas kami", levy.version, now, on=False)
    for end in (Act.RESOLVE, Act.REJECT):
        with pytest.raises(Refused, match="gave ticket"):
            await desk.act(boss, levy.number, end, "Selesai.", back.version, now)
    with pytest.raises(Refused, match="gave ticket"):
        await desk.merge(boss, levy.number, late.number, "", back.version, now)
    # nor by way of an incident, which is settled with all that it gathers
    with pytest.raises(Refused, match="gave ticket"):
        await desk.open_incident(boss, levy.number, "Pungutan di kantor pos.", now)
    incident = await desk.open_incident(here, late.number, "Kantor pos kehabisan uang.", now)
    assert await desk.gather(boss, incident.number, (levy.number,), now) == (0, 1)
    done = await desk.act(here, levy.number, Act.RESOLVE, "Uang dikembalikan.", back.version, now)
    assert done.status == "resolved"


@ONE_ENGINE
async def test_a_category_given_by_hand_hides_at_once_and_keeps_whoever_still_sees_it(talk: Talk) -> None:
    above, admin = await talk.staff("atas", region="31.75"), await talk.staff("pusat", Role.ADMIN, "", BOSS)
    desk, now = talk.house.desk, talk.now
    ticket = await _hear(talk)
    await desk.assign(above, ticket.number, above.account_id, ticket.version, now)
    moved = await desk.categorise(above, ticket.number, "deduction", ticket.version + 1, now)
    assert (moved.shielded, moved.assignee_id) == (True, above.account_id)
    # where nobody stands above, the admins hear of it there and then
    lone = await _hear(
        talk, n=2, reporter=Reporter("sms", "sms", "+6281200000333", "id", "Asia/Jakarta", region="73.71.01")
    )
    there = await talk.staff("sana", region="73.71.01")
    await desk.categorise(there, lone.number, "deduction", lone.version, now)
    alarms = [row["facts"]["number"] for row in await talk.rows(deliveries) if row["account_id"] == admin.account_id]
    assert alarms == [lone.number]


@ONE_ENGINE
async def test_an_incident_is_not_settled_alone_from_the_list(talk: Talk) -> None:
    of = await add_round(talk.stage)
    sari, desk, now = await talk.staff("sari"), talk.house.desk, talk.now
    late = await _hear(talk, round_id=of)
    incident = await desk.open_incident(sari, late.number, "Kantor pos kehabisan uang.", now)
    chosen = [(incident.number, incident.version)]
    [letter] = await desk.letters(sari, chosen, Act.RESOLVE, "Sudah beres.")
    assert "answer all of its complaints" in letter.refused
    done = await desk.answer_each(sari, chosen, Act.RESOLVE, "Sudah beres.", now)
    assert (done.done, len(done.refused)) == ((), 1)
