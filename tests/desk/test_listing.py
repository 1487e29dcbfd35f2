"""The lists: figures that a recount must equal whatever happens, search that finds words and nobody, held answers."""

from random import Random

import pytest

from notifier.desk import Asked
from notifier.errors import Refused
from notifier.ledger import seal
from notifier.proofs import prove
from notifier.rules.boards import View
from notifier.rules.roles import Role, Viewer
from notifier.rules.tickets import Act, Category
from notifier.store import boards
from notifier.store.schema import board_changes, deliveries, ledger, ticket_changes, tickets
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LATE = "bantuan saya terlambat sekali, sampai sekarang belum cair"
REGIONS = ("31.75.07.1003", "31.75.07.1004", "31.74.01.1001", "73.71.01.1001")
AYU = "+6281200000001"


async def _number(talk: Talk, sender: str, text: str = LATE) -> str:
    await talk.sms(sender, text)
    return str((await talk.rows(tickets))[-1]["number"])


async def _numbers(talk: Talk, viewer: Viewer, **asked: object) -> list[str]:
    page = await talk.house.desk.list(viewer, Asked(**asked), talk.now)  # type: ignore[arg-type]
    return [ticket.number for ticket in page.tickets]


# --- figures ----------------------------------------------------------------------------------------------------------


async def _act_at_random(talk: Talk, chance: Random, staff: list[Viewer], phones: list[str]) -> None:
    """Something that citizens, staff or the clock do; what is refused changes nothing."""
    desk, now, who = talk.house.desk, talk.now, chance.choice(staff)
    rows = await talk.rows(tickets)
    one = chance.choice(rows)
    number, version = one["number"], one["version"]
    what = chance.choice(["say", "secret", "sort", "assign", "back", "sweep", "fold", *Act])
    if what == "say":
        await talk.sms(chance.choice(phones), chance.choice([LATE, "beras berkutu", "rumah kebakaran, tolong"]))
    elif what == "secret":
        await talk.sms(chance.choice(phones), f"{number} tolong rahasiakan nama saya, saya takut")
    elif what == "sort":
        await desk.categorise(who, number, chance.choice(list(Category)), version, now)
    elif what == "assign":
        await desk.assign(who, number, chance.choice(staff).account_id, version, now)
    elif what == "back":
        await desk.answer_each(who, [(number, version)], Act.ANSWER, "Kami periksa.", now)
        await desk.take_back(who, [number], now)
    elif what == "sweep":
        talk.stage.clock.move(hours=chance.choice([1, 30]))
        await desk.sweep(talk.now)
    elif what == "fold":
        await desk.fold()
    else:
        await desk.act(who, number, Act(what), "Kami periksa dahulu.", version, now)


async def test_the_kept_figures_equal_a_recount_whatever_happens(talk: Talk) -> None:
    chance, desk = Random(7), talk.house.desk
    staff = [await talk.staff(login, role) for login, role in (("sari", Role.SUPERVISOR), ("tono", Role.AGENT))]
    phones = [f"+62812000002{n:02}" for n in range(len(REGIONS) * 2)]
    for n, phone in enumerate(phones):
        await add_person(talk.stage, f"WARGA {n}", ("sms", phone), region=REGIONS[n % len(REGIONS)])
        await talk.sms(phone, LATE)
    done = 0
    for _ in range(45):
        try:
            await _act_at_random(talk, chance, staff, phones)
            done += 1
        except Refused:
            pass
        async with talk.house.database.snapshot() as db:
            assert await boards.kept(db) == await boards.recount(db)
    assert done > 15
    for region in ("", "31", "31.75", "31.75.07", "31.75.07.1003", "73", "99"):
        viewer = Viewer(staff[0].account_id, "sari", Role.SUPERVISOR, region)
        for view, n in (await desk.counts(viewer)).items():
            assert n == len(await _numbers(talk, viewer, view=View(view))), (region, view)
    await desk.fold()
    assert await talk.rows(board_changes) == []
    async with talk.house.database.snapshot() as db:
        assert await boards.kept(db) == await boards.recount(db)


# --- narrowed and searched --------------------------------------------------------------------------------------------


async def test_search_finds_what_was_said_and_noted_and_never_who_said_it(talk: Talk) -> None:
    sari = await talk.staff("sari")
    person = await add_person(talk.stage, "AYU LESTARI", ("sms", AYU), region="31.75.07.1003")
    number = await _number(talk, AYU, "Beras berkutu, NIK saya 3175070101800001")
    other = await _number(talk, "+6281299999999")
    await talk.house.desk.note(sari, number, "Sudah telepon gudang Pulogadung", talk.now)
    await talk.house.desk.answer(sari, other, "Petugasnya kami tegur", 1, talk.now)
    found = {
        "berkutu": [number],
        "BERKUT": [number],
        "gudang beras": [number],
        "tegur": [other],
        number[4:9]: [number],
        "administrasi beras": [],
        "ayu": [],
        "lestari": [],
        AYU[3:]: [],
        "3175070101800001": [],
        "0101800": [],
        "\"* ' OR NEAR(": [],
    }
    for words, numbers in found.items():
        assert await _numbers(talk, sari, words=words) == numbers, words
    assert await _numbers(talk, await talk.staff("jauh", region="73"), words="berkutu") == []
    with pytest.raises(Refused, match="no word"):
        await _numbers(talk, sari, words="***")
    await talk.telegram(7100, "uang saya dipotong ketua RT", message_id=41)
    await talk.edit(7100, 41, "uang saya dipotong ketua kelompok")
    assert len(await _numbers(talk, sari, words="ketua kelompok")) == 1
    assert await _numbers(talk, sari, words="dipotong ketua rt") == []
    assert person


async def test_a_list_is_narrowed_by_what_its_tickets_are(talk: Talk) -> None:
    sari, now = await talk.staff("sari"), talk.now
    await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", AYU), region="31.75.07.1003")
    near = await _number(talk, AYU)
    talk.stage.clock.move(days=3)
    await talk.telegram(7100, "beras berkutu")
    far = str((await talk.rows(tickets))[-1]["number"])
    async with talk.house.database.write() as db:
        of = {"round_id": 1, "point": "Kantor Pos Duren Sawit"}
        await db.execute(tickets.update().where(tickets.c.number == near).values(of))
    for asked, numbers in (
        ({"channel": "telegram"}, [far]),
        ({"area": "31.75"}, [near]),
        ({"area": "73"}, []),
        ({"age": 3}, [near]),
        ({"round": "BPNT-2026-12-DS"}, [near]),
        ({"point": "Kantor Pos Duren Sawit", "language": "id"}, [near]),
        ({"round": "X"}, []),
        ({"category": "goods_quality"}, [far]),
    ):
        assert await _numbers(talk, sari, **asked) == numbers, asked
    page = await talk.house.desk.list(sari, Asked(area="31.75"), now)
    assert (page.matching, page.counts["team"]) == (1, 2)
    choices = await talk.house.desk.choices(sari, "31.75", talk.now)
    assert [(code, n) for code, _, n in choices.areas] == [("31.75.07", 1)]
    assert choices.points == (("Kantor Pos Duren Sawit",) * 2,)


async def test_a_person_is_found_by_the_whole_nik_or_phone_and_the_look_is_recorded(talk: Talk) -> None:
    sari, far = await talk.staff("sari"), await talk.staff("jauh", region="73")
    person = await add_person(talk.stage, "AYU", ("sms", AYU), region="31.75.07.1003")
    number = await _number(talk, AYU)
    for typed in ("0812-0000-0001", AYU):
        sought = await talk.house.desk.seek(sari, typed, talk.now)
        assert sought is not None
        assert ([one.id for one in sought.people], [one.number for one in sought.tickets]) == ([person], [number])
    await talk.sms(AYU, f"{number} tolong rahasiakan nama saya")
    sealed = await talk.house.desk.seek(sari, AYU, talk.now)
    assert sealed is not None
    assert sealed.tickets == ()
    elsewhere = await talk.house.desk.seek(far, AYU, talk.now)
    assert elsewhere is not None
    assert (elsewhere.people, elsewhere.tickets) == ((), ())
    assert await talk.house.desk.seek(sari, "ayu", talk.now) is None
    looks = [row for row in await talk.rows(ledger) if row["act"] == "person_sought"]
    assert len(looks) == 4
    assert AYU not in str(looks)
    assert f'"people":[{person}]' in looks[0]["detail"]


# --- one answer to many, and taken back -------------------------------------------------------------------------------


async def test_an_answer_to_several_is_held_and_one_taken_back_never_was(talk: Talk) -> None:
    sari, desk = await talk.staff("sari"), talk.house.desk
    numbers = [await _number(talk, f"+62812000003{n:02}") for n in range(3)]
    await talk.send()
    before = await desk.ticket(sari, numbers[0], talk.now)
    shown = await desk.letters(sari, [(number, 1) for number in numbers], Act.ANSWER, "Kami periksa.")
    assert [(one.channel, one.language, one.refused) for one in shown] == [("sms", "id", "")] * 3
    await desk.assign(sari, numbers[2], sari.account_id, 1, talk.now)
    done = await desk.answer_each(sari, [(number, 1) for number in numbers], Act.ANSWER, "Kami periksa.", talk.now)
    assert done.done == tuple(numbers[:2])
    assert "changed while you looked" in done.refused[0][1]
    talk.stage.clock.move(seconds=19)
    assert await talk.send() == 0
    undone = await desk.take_back(sari, numbers[:1], talk.now)
    assert undone.done == (numbers[0],)
    after = await desk.ticket(sari, numbers[0], talk.now)
    assert (after.ticket.status, after.ticket.assignee_id) == (before.ticket.status, None)
    assert {clock: r.due for clock, r in after.standing.clocks.items()} == {
        clock: r.due for clock, r in before.standing.clocks.items()
    }
    assert all(not r.met_at for clock, r in after.standing.clocks.items() if clock == "first_response")
    talk.stage.clock.move(seconds=2)
    assert await talk.send() == 1
    late = await desk.take_back(sari, [numbers[1]], talk.now)
    assert "has left" in late.refused[0][1]
    states = [row["state"] for row in await talk.rows(deliveries) if row["event"] == "ticket_answer"]
    assert states == ["cancelled", "accepted"]
    await desk.sweep(talk.now)
    assert not (await desk.ticket(sari, numbers[0], talk.now)).ticket.undelivered
    await seal(talk.house.database, talk.house.vault, "test", talk.now)
    assert [finding async for finding in prove(talk.house.database, talk.house.vault)] == []


@ONE_ENGINE
async def test_a_category_changed_by_hand_brings_its_own_promise_and_stands_in_the_history(talk: Talk) -> None:
    sari = await talk.staff("sari")
    number = await _number(talk, AYU)
    ticket = await talk.house.desk.categorise(sari, number, "goods_quality", 1, talk.now)
    assert (ticket.category, ticket.categories[0], ticket.version) == ("goods_quality", "goods_quality", 2)
    assert await talk.house.desk.categorise(sari, number, "goods_quality", 2, talk.now) == ticket
    with pytest.raises(Refused, match="no category"):
        await talk.house.desk.categorise(sari, number, "apa saja", 2, talk.now)
    with pytest.raises(Refused, match="changed while"):
        await talk.house.desk.categorise(sari, number, "other", 1, talk.now)
    changes = [(row["act"], row["facts"].get("category")) for row in await talk.rows(ticket_changes)]
    assert ("categorise", "goods_quality") in changes
