"""One look at a broadcast's page: who was told, how and when; who was not, why, and what happens next."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select, update

from notifier.store import broadcasts as broadcast_rows
from notifier.store import deliveries as rows
from notifier.store.deliveries import Step
from notifier.store.schema import deliveries, ledger, rounds
from tests.web.sites import Site

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "BPNT-2026-12-DS"


async def _first_ones(pages: Site, people: int = 12, first: str = "4") -> int:
    """A broadcast whose first ones are told while the others wait; every fourth has no contact."""
    await pages.add_people(people)
    await pages.add_round()
    planner, approver = await pages.be("admin", login="rina"), await pages.be("admin", login="dewi")
    house, now = pages.house, pages.clock()
    number, _ = await house.broadcasts.plan(planner, "round_announced", CODE, "now", now, canary=first)
    assert number is not None
    await house.broadcasts.approve(approver, number, now)
    await house.broadcasts.advance(now, "test")
    return number


async def _become(pages: Site, number: int, *fates: tuple[str, str]) -> None:
    """The first of those due come to these states."""
    async with pages.house.database.write() as db:
        due = select(deliveries.c.id).where(deliveries.c.broadcast_id == number, deliveries.c.state == "due")
        ids = (await db.execute(due.order_by(deliveries.c.id).limit(len(fates)))).scalars().all()
        gone = {"settled_at": pages.clock()}
        steps = [Step(i, number, "due", state, why, gone) for i, (state, why) in zip(ids, fates, strict=True)]
        await rows.move(db, steps, "test")


async def _state(pages: Site, number: int) -> str:
    async with pages.house.database.read() as db:
        found = await broadcast_rows.get(db, number)
    assert found is not None
    return found.state


def _said(text: str) -> str:
    """The sentences at the top."""
    found = re.search(r'<p class="ahead">(.*?)</p>', text, re.DOTALL)
    assert found
    return " ".join(re.sub("<[^>]+>", "", found[1]).split())


async def test_the_first_ones_are_told_of_and_the_others_can_be_let_go(pages: Site) -> None:
    number = await _first_ones(pages)
    await pages.be("auditor")
    text = await pages.read(f"/broadcasts/{number}")
    assert "4 orang pertama diberi tahu dahulu. Hasilnya dinilai Sab 5 Des 2026, 09.30 WIB" in _said(text)
    assert "bila baik, 8 orang lainnya menyusul sendiri; bila tidak, siaran bertanya kepada admin" in _said(text)
    assert 'value="release"' not in text
    assert (await pages.post(f"/broadcasts/{number}/control", {"do": "release"})).status == 403
    await pages.be("admin", login="tuti")
    assert "Kirim sisanya sekarang" in await pages.read(f"/broadcasts/{number}")
    assert (await pages.post(f"/broadcasts/{number}/control", {"do": "release"})).status == 303
    assert await _state(pages, number) == "expanding"
    assert (await pages.post(f"/broadcasts/{number}/control", {"do": "release"})).status == 400
    await pages.house.broadcasts.advance(pages.clock(), "test")
    assert await _state(pages, number) == "sending"
    assert "Dikirim kepada 9 orang lagi, selesai ±" in _said(await pages.read(f"/broadcasts/{number}"))
    async with pages.house.database.read() as db:
        acts = (await db.execute(select(ledger.c.who).where(ledger.c.act == "broadcast.released"))).scalars().all()
    assert acts == [pages.viewers["tuti"].who]


async def test_whom_a_stopped_broadcast_left_is_named_visited_and_planned_for(pages: Site) -> None:
    number = await _first_ones(pages)
    await _become(pages, number, ("accepted", ""), ("failed", "the connection broke: TimeoutError"))
    await pages.be("admin", login="tuti")
    assert (await pages.post(f"/broadcasts/{number}/control", {"do": "stop"})).status == 303
    await pages.house.broadcasts.advance(pages.clock(), "test")
    text = await pages.read(f"/broadcasts/{number}")
    assert "Dihentikan: 11 orang belum diberi tahu" in _said(text)
    assert "Rencanakan sisanya, atau kunjungi mereka" in _said(text)
    assert "Menunggu <strong>0</strong>" in text, "nobody waits any more"
    assert "belum sempat dikirimi: siaran dihentikan" in text
    assert "sambungan putus (TimeoutError)" in text
    listed = await pages.read(f"/broadcasts/{number}/untold")
    assert listed.count("belum sempat dikirimi") >= 6
    visits = await pages.read(f"/broadcasts/{number}/unreached")
    assert len(re.findall(r'code">(K-[A-Z0-9]+)<', visits)) == 11
    taken = await (await pages.get(f"/broadcasts/{number}/unreached/csv")).text()
    assert taken.count("belum sempat dikirimi: siaran dihentikan") == 6
    await pages.be("supervisor")
    assert (await pages.post(f"/broadcasts/{number}/rest")).status == 403
    await pages.be("admin", login="tuti")
    planned = await pages.post(f"/broadcasts/{number}/rest")
    rest = planned.headers["Location"]
    assert planned.status == 303
    assert "kepada 11 orang" in _said(await pages.read(rest)), "all but the one who was told"
    assert f'href="/broadcasts/{number}">siaran {number}</a>' in await pages.read(rest)
    text = await pages.read(f"/broadcasts/{number}")
    assert f'Sisanya direncanakan sebagai <a href="{rest}">' in text
    assert "Sisanya diurus siaran lain." in _said(text)
    refused = await pages.post(f"/broadcasts/{number}/rest")
    assert refused.status == 400
    assert "sudah" in await refused.text()
    await pages.be("admin", login="dewi")
    assert (await pages.post(f"{rest}/approve")).status == 303
    await pages.house.broadcasts.advance(pages.clock(), "test")
    visits = await pages.read(f"/broadcasts/{number}/unreached")
    assert len(re.findall(r'code">(K-[A-Z0-9]+)<', visits)) == 4, "who is on the way again is visited no more"
    assert (await pages.house.broadcasts.statement(number)).balanced
    assert (await pages.post(f"{rest}/control", {"do": "stop"})).status == 303
    refused = await pages.post(f"/broadcasts/{number}/rest")
    assert "yang dihentikan di tengah jalan; rencanakan sisa siaran itu." in await refused.text()
    text = await pages.read(f"/broadcasts/{number}")
    assert "Sisanya diurus siaran lain." in _said(text)
    words = 'href="/templates/round_announced/sms/id"'
    assert words in text
    await pages.be("agent")
    assert words not in await pages.read(f"/broadcasts/{number}"), "no link to a page that an agent may not open"


@SQLITE
async def test_the_page_costs_as_many_statements_however_many_people_there_are(pages: Site) -> None:
    small = await _first_ones(pages, 8, "")
    await _become(pages, small, ("accepted", ""), ("failed", "no route"), ("unknown", "timeout"))
    asked: list[str] = []
    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    async def cost(number: int, part: str = "") -> list[str]:
        asked.clear()
        await pages.read(f"/broadcasts/{number}{part}")
        return [statement for statement in asked if statement.startswith("SELECT")]

    few, few_live = len(await cost(small)), len(await cost(small, "/progress"))
    await pages.add_people(60, first=100)
    large = await pages.broadcast()
    await _become(pages, large, *[("accepted", "")] * 20, *[("failed", "no route")] * 9, ("unknown", "timeout"))
    many = await cost(large)
    assert len(many) == few <= 24
    assert len(await cost(large, "/progress")) == few_live <= 20
    for statement in many:
        if "count(*)" in statement and "FROM deliveries" in statement:
            assert "LIMIT" in statement or "held" in statement, statement


async def test_a_page_says_by_which_way_and_when_people_were_told(pages: Site) -> None:
    number = await _first_ones(pages, 8, "")
    await _become(pages, number, ("accepted", ""))
    pages.clock.move(minutes=3)
    await _become(pages, number, ("delivered", ""), ("failed", "Inbox full"))
    await pages.be("auditor")
    text = await pages.read(f"/broadcasts/{number}")
    row = re.search(r"<tr><th scope=\"row\">SMS.*?</tr>", text, re.DOTALL)
    assert row
    assert "Sab 5 Des 2026, 09.00 WIB – Sab 5 Des 2026, 09.03 WIB" in row[0]
    assert re.search(r"\b2 <span", row[0])
    assert "Gagal: “Inbox full”" in text, "a provider's own words are quoted"
    assert "dikunjungi pendamping" in text
    response = await pages.post("/language", {"language": "en", "next": "/home"})
    assert response.status == 303
    text = await pages.read(f"/broadcasts/{number}")
    assert "Goes to 3 more people, until about" in _said(text)
    assert "visited by a field officer" in text


@SQLITE
async def test_reminders_of_one_round_and_withdrawn_plans_are_told_apart(pages: Site) -> None:
    await pages.add_people(4)
    await pages.add_round()
    planner = await pages.be("admin", login="rina")
    for at in ("2026-12-06T09:00", "2026-12-07T07:00"):
        await pages.house.broadcasts.plan(planner, "round_reminder", CODE, at, pages.clock(), again=True)
    text = await pages.read("/broadcasts")
    assert "Pengingat penyaluran H-1 <" in text
    assert "Pengingat penyaluran H <" in text
    await pages.house.broadcasts.stop(planner, 1, pages.clock())
    async with pages.house.database.write() as db:  # it was moved since
        await db.execute(update(rounds).values(version=2, opens_at=datetime(2026, 12, 14, 1, tzinfo=UTC)))
    text = await pages.read("/broadcasts")
    assert "Pengingat penyaluran (jadwal lama) <" in text
    assert "H-8" not in text
    assert "dibatalkan</span>" in text
    assert "dihentikan</span>" not in text
    assert "Dibatalkan: tidak seorang pun dikirimi" in _said(await pages.read("/broadcasts/1"))


@SQLITE
async def test_nobody_is_asked_whether_they_received_what_has_not_begun(pages: Site) -> None:
    await pages.add_people(4)
    await pages.add_round()
    await pages.be("admin", login="rina")
    refused = await pages.post("/broadcasts/plan", {"event": "receipt_question", "round": CODE, "do": "plan"})
    assert refused.status == 400
    assert "baru dibuka 2026-12-07 08:00" in await refused.text()


async def test_every_page_that_shows_a_broadcast_says_when_it_will_be_through(pages: Site) -> None:
    number = await _first_ones(pages)
    shown = ["/home", "/broadcasts", f"/broadcasts/{number}", f"/broadcasts/{number}/statement", f"/rounds/{CODE}"]
    judged = re.compile(r"selesai ± Sab 5 Des 2026, 09\.3\d WIB|dinilai Sab 5 Des 2026, 09\.30 WIB")
    assert [path for path in shown if not judged.search(await pages.read(path))] == []
    pages.clock.move(hours=11, minutes=10)  # 20.10: nothing leaves before the morning
    await pages.be("admin", login="tuti")
    await pages.post(f"/broadcasts/{number}/control", {"do": "release"})
    await pages.house.broadcasts.advance(pages.clock(), "test")
    morning = re.compile(r"selesai ± Min 6 Des 2026, 08\.0\d WIB")
    assert [path for path in shown if not morning.search(await pages.read(path))] == []
    plan = {"event": "round_reminder", "round": CODE, "do": "reckon", "at": "2026-12-06T21:00"}
    reckoned = await (await pages.post("/broadcasts/plan", plan)).text()
    assert re.search(r"Selesai, bila disetujui sekarang</dt><dd>± Sen 7 Des 2026, 08\.0\d WIB", reckoned)
    await pages.post(f"/broadcasts/{number}/control", {"do": "pause"})
    assert [path for path in shown if "selesai ±" in await pages.read(path)] == [], "it does not go on by itself"
