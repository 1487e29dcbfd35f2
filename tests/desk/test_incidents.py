"""Many complaints about one thing: gathered by themselves or by hand, answered at once, each in its own channel."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from notifier.app.house import open_house
from notifier.app.lines import build_dispatcher, open_lines
from notifier.cli.options import Options
from notifier.desk import Complaint, Reporter
from notifier.desk.fanning import LEAST, MOST, Pace
from notifier.errors import Refused
from notifier.proofs import prove
from notifier.rules.tickets import Act, Status
from notifier.store import incidents as rows_of_incidents
from notifier.store.schema import deliveries, fanouts, gathered, incidents, refusals, ticket_messages, tickets
from notifier.store.tickets import Ticket
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PHONES = [f"+62812000000{n:02}" for n in range(4)]


async def _ask(talk: Talk, n: int) -> int:
    """A round whose people were asked whether they received it."""
    of = await add_round(talk.stage)
    for phone in PHONES[:n]:
        await add_person(talk.stage, f"WARGA {phone[-2:]}", ("sms", phone))
        await talk.notify("receipt_question", of, "sms", phone)
    await talk.send()
    talk.stage.clock.move(minutes=5)
    return of


def _few_make_an_incident(talk: Talk, n: int) -> None:
    room = talk.house.desk.room
    talk.house.desk.room = replace(room, settings=replace(room.settings, incident_after=n))


async def _killed(*_: object) -> None:
    raise OSError("the machine stops")


async def _all(talk: Talk) -> None:
    while await talk.house.desk.carry_incidents(talk.now):
        pass


async def test_too_many_bare_refusals_of_a_round_become_one_incident_and_one_answer_reaches_all(talk: Talk) -> None:
    _few_make_an_incident(talk, 1)
    await _ask(talk, 4)
    for phone in PHONES[:3]:
        await talk.sms(phone, "TIDAK")
    await talk.sms(PHONES[3], "TIDAK, petugas minta uang 50rb dulu baru dikasih")
    await _all(talk)
    rows = {row["id"]: row for row in await talk.rows(tickets)}
    [incident] = await talk.rows(incidents)
    children = [row["ticket_id"] for row in await talk.rows(gathered)]
    assert len(children) == incident["gathered"] == 3
    assert all(rows[child]["wake"] is None and rows[child]["next_due"] is None for child in children)
    assert rows[incident["ticket_id"]]["next_due"] is not None, "one clock"
    apart = [row for row in rows.values() if row["policy"] != "incident" and row["id"] != incident["ticket_id"]]
    assert len(apart) == 1, "who says more than no is handled by itself"
    assert (await talk.rows(refusals))[0]["n"] == 0
    # born into it: its acknowledgement promises no day of its own
    received = [row for row in await talk.rows(deliveries) if row["event"] == "ticket_received"]
    third = rows[max(children)]["id"]
    assert next(row["facts"]["due"] for row in received if row["ticket_id"] == third) is None

    sari = await talk.staff("sari")
    number = rows[incident["ticket_id"]]["number"]
    shares = await talk.house.desk.incident_reach(sari, number)
    assert [(one.channel, one.language, one.n) for one in shares] == [("sms", "id", 3)]
    version = rows[incident["ticket_id"]]["version"]
    with pytest.raises(Refused, match="answer all of its complaints"):
        await talk.house.desk.act(sari, number, Act.RESOLVE, "Sudah.", version, talk.now)
    await talk.house.desk.answer_incident(sari, number, Act.RESOLVE, "Uangnya datang Rabu.", version, 3, talk.now)
    await _all(talk)
    [fanout] = await talk.rows(fanouts)
    assert (fanout["told"], fanout["skipped"], fanout["wake"]) == (3, 0, None)
    said = [row for row in await talk.rows(ticket_messages) if row["kind"] == "out"]
    assert sorted(row["ticket_id"] for row in said) == sorted([*children, incident["ticket_id"]])
    assert sum(row["delivery_id"] is not None for row in said) == 3
    told = {row["number"]: row["answered_at"] for row in await talk.rows(tickets) if row["id"] in children}
    assert set(told.values()) == {talk.now}, "the report counts it as each citizen's first answer"
    await talk.send()
    assert "Uangnya datang Rabu." in talk.stage.providers.phones.notes(PHONES[0])[-1].text
    # one citizen says that it is not so: theirs alone goes on, with a clock again
    talk.stage.clock.move(minutes=30)
    await talk.sms(PHONES[0], "BELUM")
    rows = {row["number"]: row for row in await talk.rows(tickets)}
    again = [row for row in rows.values() if row["status"] == Status.IN_PROGRESS]
    assert len(again) == 1
    assert again[0]["policy"] != "incident"
    assert again[0]["next_due"] is not None
    assert len(await talk.rows(gathered)) == 2
    assert [finding async for finding in prove(talk.house.database, talk.house.vault)] == []


@ONE_ENGINE
async def test_an_incident_by_hand_gathers_what_it_is_told_and_leaves_the_confidential_apart(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await add_round(talk.stage)
    sari = await talk.staff("sari")
    opened = [await _complaint(talk, of, n) for n in range(7)]
    secret = await _complaint(talk, of, 8, confidential=True)
    numbers = [one.number for one in opened]
    with pytest.raises(Refused, match="confidential"):
        await talk.house.desk.open_incident(sari, secret.number, "Kantor pos kehabisan uang.", talk.now)
    with pytest.raises(Refused, match="in a sentence"):
        await talk.house.desk.open_incident(sari, numbers[0], "pos", talk.now)
    incident = await talk.house.desk.open_incident(sari, numbers[0], "Kantor pos kehabisan uang.", talk.now)
    with pytest.raises(Refused, match="already"):
        await talk.house.desk.open_incident(sari, numbers[0], "Kantor pos kehabisan uang.", talk.now)
    named = (numbers[1], secret.number, numbers[0])
    assert await talk.house.desk.gather(sari, incident.number, named, talk.now) == (1, 2)
    assert await talk.house.desk.gather(sari, incident.number, (), talk.now) == (5, 0)
    with pytest.raises(Refused, match="is no incident"):
        await talk.house.desk.gather(sari, numbers[0], (), talk.now)
    with pytest.raises(Refused, match="look again before you send"):
        await talk.house.desk.answer_incident(sari, incident.number, Act.ANSWER, "x", 1, -10, talk.now)
    free = await talk.house.desk.let_go(sari, numbers[1], talk.now)
    assert (free.policy, free.next_due is None) == ("standard", False)
    with pytest.raises(Refused, match="answer all of its complaints"):
        await talk.house.desk.merge(sari, incident.number, secret.number, "", incident.version, talk.now)
    page = await talk.house.desk.beside(sari, incident.number, talk.now)
    assert page.gathering is not None
    assert page.gathering.reached == 6
    child = await talk.house.desk.beside(sari, numbers[0], talk.now)
    assert child.incident is not None
    assert child.incident.number == incident.number
    # settled before the answer came by: left in peace
    was = await talk.house.desk.ticket(sari, numbers[2], talk.now)
    await talk.house.desk.act(sari, numbers[2], Act.RESOLVE, "Sudah.", was.ticket.version, talk.now)
    version = (await talk.house.desk.ticket(sari, incident.number, talk.now)).ticket.version
    await talk.house.desk.answer_incident(sari, incident.number, Act.ANSWER, "Kami cek.", version, 6, talk.now)
    with monkeypatch.context() as broken:  # killed at the last moment before the commit: nothing was said
        broken.setattr(rows_of_incidents, "advance", _killed)
        with pytest.raises(OSError, match="the machine stops"):
            await talk.house.desk.carry_incidents(talk.now)
    await _all(talk)
    said = [row["ticket_id"] for row in await talk.rows(ticket_messages) if row["text"] == "Kami cek."]
    assert len(said) == len(set(said)) == 6, "the incident and its five"
    [fanout] = await talk.rows(fanouts)
    assert (fanout["told"], fanout["skipped"]) == (5, 1)


@ONE_ENGINE
async def test_what_is_held_leaves_though_the_process_that_took_it_is_killed(talk: Talk, tmp_path: Path) -> None:
    of = await add_round(talk.stage)
    sari, desk = await talk.staff("sari"), talk.house.desk
    alone, first = await _complaint(talk, of, 0), await _complaint(talk, of, 1)
    incident = await desk.open_incident(sari, first.number, "Kantor pos kehabisan uang.", talk.now)
    await desk.act(sari, alone.number, Act.ANSWER, "Kami cek.", 1, talk.now, held=True)
    args = (sari, incident.number, Act.RESOLVE, "Uangnya datang Rabu.", incident.version, 1, talk.now)
    await desk.answer_incident(*args, held=True)
    options = Options(data=tmp_path)
    async with (  # started anew
        open_house(options, config=talk.house.config, clock=talk.stage.clock) as next_one,
        open_lines(next_one),
    ):
        worker = build_dispatcher(next_one)
        talk.stage.clock.move(seconds=19)
        assert await next_one.desk.carry_incidents(talk.now) + await worker.drain() == 2, "the acknowledgements alone"
        talk.stage.clock.move(seconds=1)
        assert await next_one.desk.carry_incidents(talk.now) == 1
        await worker.drain()
    phones = talk.stage.providers.phones
    assert "Kami cek." in phones.notes("+6281300000000")[-1].text
    assert "Uangnya datang Rabu." in phones.notes("+6281300000001")[-1].text
    refused = (await desk.take_back(sari, [incident.number, alone.number], talk.now)).refused
    assert [number for number, _ in refused] == [incident.number, alone.number]


@ONE_ENGINE
async def test_whoever_asks_for_secrecy_leaves_the_incident_at_once(talk: Talk) -> None:
    _few_make_an_incident(talk, 1)
    await _ask(talk, 3)
    for phone in PHONES[:3]:
        await talk.sms(phone, "TIDAK")
    await _all(talk)
    talk.stage.clock.move(minutes=20)
    await talk.sms(PHONES[0], "tolong rahasiakan nama saya, saya takut sama pak RT yang minta uang")
    rows = await talk.rows(tickets)
    secret = [row["id"] for row in rows if row["confidentiality"] == "confidential"]
    assert secret
    assert not [row for row in await talk.rows(gathered) if row["ticket_id"] in secret]


@ONE_ENGINE
async def test_a_breach_that_was_recorded_stays_when_an_incident_takes_the_clock(talk: Talk) -> None:
    of = await add_round(talk.stage)
    sari = await talk.staff("sari")
    one = await _complaint(talk, of, 1)
    async with talk.house.database.write() as db:
        await db.execute(update(tickets).values(breached=True))
    await talk.house.desk.open_incident(sari, one.number, "Kantor pos kehabisan uang.", talk.now)
    async with talk.house.database.write() as db:  # as a change of promises wakes every open ticket
        await db.execute(update(tickets).where(tickets.c.id == one.id).values(wake=talk.now))
    await talk.house.desk.sweep(talk.now)
    assert (await talk.rows(tickets))[0]["wake"] is None
    found = await talk.house.desk.ticket(sari, one.number, talk.now)
    assert (found.ticket.breached, found.ticket.next_due, found.ticket.policy) == (True, None, "incident")


async def _complaint(talk: Talk, of: int, n: int, confidential: bool = False) -> Ticket:
    reporter = Reporter("sms", "sms", f"+6281300000{n:03}", "id", "Asia/Jakarta", region="31.75.07")
    async with talk.house.database.write() as db:
        words = Complaint(
            None,
            reporter,
            "Bantuan saya belum datang",
            talk.now,
            ("not_received",),
            round_id=of,
            confidential=confidential,
        )
        return await talk.house.desk.open(db, words, talk.now)


def test_a_transaction_of_answers_grows_slowly_and_shrinks_at_once() -> None:
    pace, sizes = Pace(0.01), []
    for seconds in (0.001, 0.01, 0.5, 0.0) + (0.001,) * 9:
        pace.took(seconds)
        sizes.append(pace.size)
    assert sizes[:4] == [LEAST * 2, LEAST * 2, LEAST, LEAST * 2]
    assert sizes[-1] == MOST
