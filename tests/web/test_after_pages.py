"""The radar, the reports and the case file as pages; who may see a ticket, on its page; and what each page costs."""

import csv
import html
import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from notifier.desk import counted
from notifier.desk.following import rating_code
from notifier.rules.tickets import Act
from notifier.store import schema
from notifier.store.reports import BY
from tests.web.sites import Site, fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def _counted(pages: Site) -> Iterator[list[str]]:
    """Statements of the database within, but for those that say who looks."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SET", "PRAGMA")) and "sessions" not in statement:
            seen.append(statement)

    engines = {pages.house.database.engine.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


async def _complained(pages: Site, n: int) -> None:
    """So many people complain of the first round that money was taken."""
    for i in range(n):
        await pages.hear(f"dipotong 25rb pak, saya warga {i}", categories=("deduction",), round_id=1)


async def test_the_radar_shows_its_alarm_and_somebody_takes_it_up(pages: Site) -> None:
    await pages.add_round()
    await _complained(pages, 4)
    assert await pages.house.desk.watch(pages.clock()) == 1
    await pages.be("supervisor", "31.75", login="kota")
    text = await pages.read("/desk/radar")
    for shown in ("BPNT-2026-12-DS", "Kantor Pos Duren Sawit", "Rp25.000", "4 orang mengadu", "<svg", "tidak wajar"):
        assert shown in text.replace("\xa0", " "), shown
    assert (await pages.post("/desk/radar/1")).status == 303
    assert "Ditindaklanjuti oleh Kota" in await pages.read("/desk/radar")
    assert (await pages.post("/desk/radar/1")).status == 400
    await pages.be("supervisor", "31.75.07", login="kecamatan")
    assert "BPNT-2026-12-DS" not in await pages.read("/desk/radar"), "it may be about that very office"
    await pages.be("agent")
    assert (await pages.get("/desk/radar")).status == 403


async def test_reports_reckon_what_happened_and_lead_to_the_list(pages: Site) -> None:
    await pages.add_round()
    agent = await pages.be("agent", login="sari")
    late = [await pages.hear("belum cair", categories=("delayed",), round_id=1) for _ in range(4)]
    await pages.hear("saran saja", categories=("data_error",))
    pages.clock.move(hours=2)
    desk = pages.house.desk
    done = await desk.act(agent, late[0].number, Act.RESOLVE, "Sudah.", 1, pages.clock())
    await desk.act(agent, late[0].number, Act.REOPEN, "", done.version, pages.clock())
    done = await desk.act(agent, late[1].number, Act.RESOLVE, "Sudah.", 1, pages.clock())
    async with pages.house.database.write() as db:
        await desk.rate(db, done.id, 4, pages.clock())
        await db.execute(schema.tickets.update().where(schema.tickets.c.id == late[2].id).values(breached=True))
    await pages.be("auditor")
    lines = list(csv.reader(io.StringIO((await pages.read("/desk/reports/csv?by=category")).lstrip("\ufeff"))))
    assert lines == [
        [
            "group",
            "opened",
            "open",
            "compliance_percent",
            "first_response_hours",
            "backlog_age_hours",
            "reopen_percent",
            "satisfaction",
            "ratings",
            "first_response_working_hours",
            "name",
        ],
        ["delayed", "4", "3", "75.0", "2.0", "2.0", "50.0", "4.0", "1", "0.0", ""],  # a Saturday
        ["data_error", "1", "1", "100.0", "", "2.0", "", "", "0", "", ""],
    ]
    for by, shown in {
        "category": "/desk?view=all&amp;category=delayed",
        "region": "/desk?view=all&amp;place=31",
        "round": "/desk?view=all&amp;round=BPNT-2026-12-DS",
        "point": "/desk?view=all&amp;point=Kantor",
        "agent": "/desk?view=all&amp;agent=",
    }.items():
        with _counted(pages) as seen:
            text = await pages.read(f"/desk/reports?by={by}")
        assert shown in text, by
        assert len(seen) == 3 + (by == "point"), seen  # how many, the figures, and who and what is called what
    # the list that a figure leads to holds what the figure counts, no more
    pages.clock.move(days=40)
    new = await pages.hear("terlambat", categories=("delayed",), round_id=1)
    await pages.be("auditor")
    text = await pages.read("/desk/reports?by=category")
    lead = html.unescape(text.split('<th scope="row"><a href="')[1].split('"')[0])
    shown = await pages.read(lead)
    assert new.number in shown
    assert [one.number for one in late if one.number in shown] == []
    assert "Rp" not in await pages.read("/desk/reports?by=salah&first=2026-99-01")
    assert (await pages.get("/desk/reports?first=2026-12-05&last=2026-12-01")).status == 400
    await pages.be("supervisor", "73.71", login="makassar")
    assert "Tidak ada aduan yang dibuka" in await pages.read("/desk/reports")


async def test_a_figure_leads_to_exactly_the_tickets_that_it_counts(pages: Site) -> None:
    await pages.add_round()
    agent = await pages.be("agent", login="sari")
    one, two = [await pages.hear("belum cair", categories=("delayed",), round_id=1) for _ in range(2)]
    await pages.hear("petugas minta 50rb", categories=("illegal_levy",), round_id=1)  # seen by the office above alone
    async with pages.house.database.write() as db:  # what happened at no narrower place than the regency
        await db.execute(schema.tickets.update().where(schema.tickets.c.id == one.id).values(place="31.75"))
    await pages.house.desk.merge(agent, two.number, one.number, "hal yang sama", two.version, pages.clock())
    for role, region, by_region in (("auditor", "", {"31": 2}), ("supervisor", "31.75", {"31.75": 1, "31.75.07": 1})):
        await pages.be(role, region)
        for by in BY:
            text = await pages.read(f"/desk/reports?by={by}")
            counted = dict[str, int]()
            for row in text.split('<tr><th scope="row"><a href="')[1:]:
                lead, n = html.unescape(row.split('"')[0]), int(row.split('<td class="num">')[1].split("<")[0])
                assert (await pages.read(lead)).count('<li class="row ticket') == n, lead
                counted[lead.split("place=")[-1].split("&")[0]] = n
            assert counted == by_region or by != "region"


@SQLITE
async def test_a_report_over_many_tickets_is_counted_by_the_clock_and_shown_as_it_was(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pages.add_round()
    for _ in range(3):
        await pages.hear("belum cair", categories=("delayed",), round_id=1)
    boss, carry = await pages.be("supervisor", login="bos"), pages.house.desk.count_reports
    at_once = await pages.read("/desk/reports?by=round")
    assert "sedang dihitung" not in at_once
    monkeypatch.setattr(counted, "LARGE", 2)
    assert await carry(pages.clock()) == 0, "nobody asked"
    for _ in range(2):
        waiting = await pages.read("/desk/reports?by=round")
        assert ("sedang dihitung" in waiting, "Dihitung" in waiting, "<table" in waiting) == (True, False, False)
    with _counted(pages) as seen:
        await pages.read("/desk/reports?by=round")
    assert not [statement for statement in seen if statement.startswith("INSERT")], "whoever waits writes nothing"
    assert [await carry(pages.clock()) for _ in range(2)] == [1, 0], "who asks twice is counted for once"

    def table(text: str) -> str:
        return text[text.index('<dl class="numbers">') :]

    shown = await pages.read("/desk/reports?by=round")
    assert table(shown) == table(at_once)
    assert ("Dihitung" in shown, "sedang dihitung" in shown) == (True, False)
    await pages.hear("belum cair juga", categories=("delayed",), round_id=1)
    await pages.be("supervisor", login="bos")
    pages.clock.move(minutes=9)
    shown = await pages.read("/desk/reports?by=round")
    assert (table(shown) == table(at_once), "sedang dihitung" in shown) == (True, False), "for some minutes"
    pages.clock.move(minutes=2)
    old = await pages.read("/desk/reports?by=round")
    assert "sedang dihitung" in old
    assert "<dd>3</dd>" in old, "the last count, while the next is made"
    assert await carry(pages.clock()) == 1
    assert "<dd>4</dd>" in await pages.read("/desk/reports?by=round")
    taken = await pages.read("/desk/reports/csv?by=round")
    assert "BPNT-2026-12-DS,4,4," in taken, "a file is counted as it is taken"
    await pages.be("supervisor", "31.75", login="kota")
    assert "sedang dihitung" in await pages.read("/desk/reports?by=round"), "another region is another report"
    # one that nobody asks for any more is not kept
    pages.clock.move(days=2)
    assert await carry(pages.clock()) == 1
    async with pages.house.database.read() as db:
        kept = (await db.execute(select(schema.report_looks.c.region))).scalars().all()
    assert (list(kept), boss.region) == (["31.75"], "")


async def test_no_cell_of_a_report_is_a_formula(pages: Site) -> None:
    await pages.add_round("R1", venue="=HYPERLINK(1)")
    await pages.hear("belum cair", categories=("delayed",), round_id=1)
    await pages.be("admin")
    text = await pages.read("/desk/reports/csv?by=point")
    assert "\n'=HYPERLINK(1),1," in text
    assert (await pages.get("/desk/reports/xlsx?by=point")).status == 200


@SQLITE
async def test_a_case_file_tells_everything_with_its_proof_and_what_does_not_agree(pages: Site) -> None:
    ticket = await fill(pages)
    await pages.be("auditor")
    with _counted(pages) as seen:
        text = await pages.read(f"/desk/tickets/{ticket.number}/casefile")
    assert len(seen) <= 24, len(seen)
    for shown in ("dipotong 50 ribu", "kelurahan Klender", "bukti.jpg", "ticket_opened", "cocok dengan buku besar"):
        assert shown in text, shown
    async with pages.house.database.write() as db:
        await db.execute(schema.ticket_messages.update().values(text="Semua baik-baik saja."))
    assert "Yang tidak cocok" in await pages.read(f"/desk/tickets/{ticket.number}/casefile")
    async with pages.house.database.read() as db:
        acts = [row.act for row in (await db.execute(schema.ledger.select())).all()]
    assert acts.count("case_file") == 2


@SQLITE
async def test_the_radar_costs_the_same_however_much_there_is(pages: Site) -> None:
    await pages.add_round()
    await pages.be("supervisor")
    costs = []
    for _ in range(2):
        await _complained(pages, 4)
        await pages.house.desk.watch(pages.clock())
        with _counted(pages) as seen:
            await pages.read("/desk/radar")
        costs.append(len(seen))
    assert costs == [6, 6]


@SQLITE
async def test_a_hidden_ticket_is_ended_on_its_page_by_two(pages: Site) -> None:
    ticket = await pages.hear("dipotong 25rb", categories=("deduction",))
    place = f"/desk/tickets/{ticket.number}"
    await pages.be("agent", "31.75", login="sari")
    text = await pages.read(place)
    assert "Tidak terlihat oleh kantor di 31.75.07.1003; terlihat dari 31.75" in text
    assert "“dipotong 25 rb”" in text
    version = {"version": str(ticket.version)}
    assert (await pages.post(f"{place}/answer", {"act": "resolve", "text": "Beres.", **version})).status == 303
    text = await pages.read(place)
    assert "Menunggu persetujuan kedua" in text
    assert "Setujui dan lakukan" not in text
    next_version = {"version": str(ticket.version + 1)}
    assert (await pages.post(f"{place}/second", {"do": "agree", **next_version})).status == 400
    await pages.be("agent", "31", login="dewi")
    assert "Setujui dan lakukan" in await pages.read(place)
    assert (await pages.post(f"{place}/second", {"do": "agree", **next_version})).status == 303
    assert "Selesai, menunggu konfirmasi" in await pages.read(place)
    await pages.be("supervisor", "31.75", login="boss")
    version = {"version": str(ticket.version + 2)}
    response = await pages.post(f"{place}/shield", {"do": "off", "why": "ternyata bukan", **version})
    assert response.status == 303
    await pages.be("agent", "31.75.07", login="sini")
    assert (await pages.post(f"{place}/seal", {"version": str(ticket.version + 3)})).status == 303
    text = await pages.read(place)
    assert "Identitas pelapor dirahasiakan" in text


@SQLITE
async def test_a_link_of_a_mail_says_how_content_somebody_is_by_one_button(pages: Site) -> None:
    agent = await pages.be("agent")
    ticket = await pages.hear("belum cair")
    place = f"/nilai/{ticket.number}/{rating_code(pages.house.vault, ticket.number)}"
    pages.leave()
    assert (await pages.get(f"{place}?nilai=4")).status == 400, "nothing is asked while it is worked on"
    done = await pages.house.desk.act(agent, ticket.number, Act.RESOLVE, "Sudah.", 1, pages.clock())
    await pages.house.desk.act(agent, ticket.number, Act.CLOSE, "", done.version, pages.clock())

    async def scores() -> list[int]:
        async with pages.house.database.read() as db:
            return list((await db.execute(select(schema.ratings.c.score))).scalars())

    text = await pages.read(f"{place}?nilai=4")
    assert text.index("4 · Puas") < text.index("Nilai lain") < text.index("5 · Sangat puas")
    assert await scores() == [], "who fetches the links of a mail says nothing"
    for given in ("4", "2", "9"):
        shown = await (await pages.post(place, {"nilai": given})).text()
        assert ("penilaian Anda tercatat" in shown) is (given != "9")
    assert await scores() == [2], "the last word counts"
    assert (await pages.post(f"{place[:-1]}{'0' if place[-1] != '0' else '1'}", {"nilai": "5"})).status == 400
    assert await scores() == [2]
