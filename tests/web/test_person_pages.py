"""The page of one person: found by an exact number, masked, opened with a reason, put right and kept so."""

from pathlib import Path
from typing import Any

from sqlalchemy import event, select, update

from notifier.registry import Order, Registry
from notifier.rules.tickets import Act
from notifier.rules.visits import code_of
from notifier.store import schema
from tests.registry.files import BUDI, SITI, write_csv
from tests.web.sites import Site

WHY = {"why": "diminta lewat surat desa"}


async def register(pages: Site, tmp_path: Path, *rows: Any, name: str = "daftar.csv") -> dict[str, Any]:
    house = pages.house
    registry = Registry(house.database, house.vault, house.outbox)
    path = write_csv(tmp_path / name, list(rows))
    return dict((await registry.import_people([path], Order("cli:t", pages.clock(), yes=True))).counts)


async def acts(pages: Site) -> list[str]:
    async with pages.house.database.read() as db:
        return list((await db.execute(select(schema.ledger.c.act).order_by(schema.ledger.c.id))).scalars())


async def one(pages: Site, column: Any, *where: Any) -> Any:
    async with pages.house.database.read() as db:
        return (await db.execute(select(column).where(*where))).scalar_one()


async def statements(pages: Site, path: str) -> int:
    """How many statements a page costs, its session included."""
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        await pages.read(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([statement for statement in seen if not statement.startswith(("BEGIN", "ROLLBACK", "COMMIT"))])


async def test_a_person_is_found_by_a_whole_number_and_seen_masked(pages: Site, tmp_path: Path) -> None:
    await register(pages, tmp_path, SITI, BUDI)
    await pages.add_round()
    await pages.broadcast()
    await pages.hear("Bantuan saya dipotong", person_id=1, address=SITI["NO_HP"])
    await pages.hear("Rahasia saja", person_id=1, address=SITI["NO_HP"], confidential=True)
    await pages.be("agent", "31.75", login="sari")
    assert (await pages.post("/people", {"q": SITI["NIK"]})).headers["Location"] == "/people/1"
    assert (await pages.post("/people", {"q": code_of(1)})).headers["Location"] == "/people/1"
    both = await (await pages.post("/people", {"q": "0813-2477-6472"})).text()
    assert "SITI AMINAH" in both
    assert "BUDI" in both, "a shared phone leads to both"
    assert (await pages.post("/people", {"q": "SITI"})).status == 400
    assert "Tidak ada orang" in await (await pages.post("/people", {"q": "3175070101800001"})).text()
    page = await pages.read("/people/1")
    for secret in (SITI["NIK"], SITI["NO_KK"], SITI["NO_HP"], SITI["EMAIL"]):
        assert secret not in page
    assert "317507******9763" in page
    assert "/broadcasts/1" in page
    assert page.count("/desk/tickets/") == 1, "a confidential report leads nowhere from here"
    assert "Perbaiki data" not in page
    assert (await pages.post("/people/1/reveal", WHY)).status == 403
    assert (await acts(pages)).count("person_sought") == 4
    await pages.be("supervisor", "73", login="makassar")
    await pages.read("/people/1", 404)
    assert "SITI" not in await (await pages.post("/people", {"q": SITI["NIK"]})).text()


async def test_clear_values_are_shown_once_with_a_reason_on_record(pages: Site, tmp_path: Path) -> None:
    await register(pages, tmp_path, SITI)
    await pages.be("supervisor")
    assert (await pages.post("/people/1/reveal", {"why": " "})).status == 400
    page = await (await pages.post("/people/1/reveal", WHY)).text()
    for secret in (SITI["NIK"], SITI["NO_KK"], SITI["NO_HP"], SITI["EMAIL"]):
        assert secret in page
    page = await pages.read("/people/1")
    assert SITI["NIK"] not in page
    assert WHY["why"] in page, "who looked, and why, stands on the page"
    assert "person_revealed" in await acts(pages)


async def test_what_was_put_right_is_not_overwritten_by_a_file(pages: Site, tmp_path: Path) -> None:
    await register(pages, tmp_path, SITI | {"PROGRAM": "PKH"})
    await pages.be("admin")
    assert (await pages.post("/people/1/correct", {"ALAMAT": "JL MELATI 9"})).status == 400
    bad = await pages.post("/people/1/correct", {"NO_HP": "12", **WHY})
    assert bad.status == 400
    assert "Nomor HP tidak benar" in await bad.text()
    assert (await pages.post("/people/1/correct", WHY)).status == 400, "nothing would change"
    fixed = {"ALAMAT": "JL MELATI 9", "NO_HP": "081234567890", "BAHASA": "jv", **WHY}
    assert (await pages.post("/people/1/correct", fixed)).status == 303
    page = await pages.read("/people/1")
    assert "JL MELATI 9" in page
    assert "+628***890" in page
    contacts = schema.contacts.c
    assert await one(pages, contacts.state, contacts.address == SITI["NO_HP"]) == "old"
    pages.clock.move(days=1)
    counts = await register(pages, tmp_path, SITI, name="lagi.csv")
    assert counts["conflicts"] == 1
    assert counts["by_reason"]["put_right_by_hand"] == 1
    assert await one(pages, schema.people.c.address) == "JL MELATI 9"
    enrolled = schema.enrolments.c
    assert await one(pages, enrolled.status, enrolled.programme == "BPNT") == "DITETAPKAN", "nobody loses a right by it"
    await pages.be("admin")
    assert "JL MELATI 9" in await pages.read("/conflicts")
    assert (await pages.post("/conflicts/1", {"do": "take"})).status == 303
    assert await one(pages, schema.people.c.address) == SITI["ALAMAT"]
    assert (await register(pages, tmp_path, SITI, name="ketiga.csv"))["unchanged"] == 1
    number = await one(pages, contacts.id, contacts.kind == "email")
    assert (await pages.post("/people/1/retire", {"contact": str(number), **WHY})).status == 303
    assert (await pages.post("/people/1/retire", {"contact": str(number), **WHY})).status == 400
    told = await acts(pages)
    assert [act for act in told if act.startswith(("person", "contact"))] == ["person_corrected", "contact_retired"]


async def test_a_person_costs_as_many_statements_with_much_behind_them_as_with_little(
    pages: Site, tmp_path: Path
) -> None:
    await register(pages, tmp_path, SITI, BUDI | {"NO_HP": ""})
    await pages.add_round()
    await pages.broadcast()
    for n in range(3):
        await pages.hear(f"Aduan {n}", person_id=1, address=SITI["NO_HP"])
    async with pages.house.database.write() as db:
        await db.execute(update(schema.people).where(schema.people.c.id == 2).values(merged_into_id=1))
    await pages.be("admin")
    much, little = await statements(pages, "/people/1"), await statements(pages, "/people/2")
    assert much == little <= 14


async def test_a_person_asks_for_everything_and_then_to_be_forgotten(pages: Site, tmp_path: Path) -> None:
    await register(pages, tmp_path, SITI, BUDI)
    ticket = await pages.hear("Bantuan saya dipotong Pak RT", person_id=1, address=SITI["NO_HP"])
    await pages.add_file(ticket, "bukti.jpg", "image/jpeg", b"\xff\xd8\xff bukti")
    agent = await pages.be("agent")
    await pages.house.desk.act(agent, ticket.number, Act.REJECT, "bukan wewenang", ticket.version, pages.clock())
    async with pages.house.database.write() as db:
        mine = schema.deliveries.c.ticket_id == ticket.id
        await db.execute(update(schema.deliveries).where(mine).values(state="cancelled"))
    await pages.be("supervisor")
    assert (await pages.post("/people/1/erase", {"sure": "1", **WHY})).status == 403
    await pages.be("admin")
    response = await pages.post("/people/1/export", WHY)
    assert response.headers["Content-Disposition"] == 'attachment; filename="data-1.zip"'
    assert (await response.read()).startswith(b"PK")
    assert (await pages.post("/people/1/erase", WHY)).status == 400, "without the tick nothing happens"
    assert (await pages.post("/people/1/erase", {"sure": "1", **WHY})).status == 303
    page = await pages.read("/people/1")
    assert "(dihapus)" in page
    assert "SITI" not in page
    assert not list((tmp_path / "files").iterdir())
    assert await one(pages, schema.heard.c.text) == ""
    assert await one(pages, schema.arrivals.c.body) == b""
    shared = schema.contacts.c
    assert await one(pages, shared.state, shared.address == SITI["NO_HP"]) == "ok", (
        "a shared phone stays with the other"
    )
    assert (await register(pages, tmp_path, SITI, name="lagi.csv"))["created"] == 1, (
        "a later register may bring them anew"
    )


async def test_two_people_of_one_household_are_told_apart_or_merged(pages: Site, tmp_path: Path) -> None:
    twin = SITI | {"NIK": "3175075003689764", "NAMA": "SITI AMINAN", "NO_HP": "081299990001", "EMAIL": ""}
    third = twin | {"NIK": "3175075003689765", "NAMA": "SITI AMINAM", "TELEGRAM_CHAT_ID": ""}
    await register(pages, tmp_path, SITI, twin | {"TELEGRAM_CHAT_ID": ""}, third)
    await pages.house.doubles.walk(pages.clock())
    await pages.be("agent")
    assert "data ganda" not in await pages.read("/home")
    await pages.be("admin")
    assert "dugaan data ganda" in await pages.read("/home")
    page = await pages.read("/duplicates")
    assert page.count("Kartu keluarga sama") == 3
    assert SITI["NIK"] not in page
    assert SITI["NO_HP"] not in page
    assert (await pages.post("/duplicates/1", {"do": "same", "keep": "3", **WHY})).status == 400
    assert (await pages.post("/duplicates/1", {"do": "nix"})).status == 400
    assert (await pages.post("/duplicates/1", {"do": "same", "keep": "1", **WHY})).status == 303
    page = await pages.read("/duplicates")
    assert page.count("Kartu keluarga sama") == 1, "what was about the record that went waits no more"
    assert "catatan 1" in await pages.read("/people/2")
    assert (await pages.post("/people/3/merge", {"keep": "2", **WHY})).status == 400
    assert (await pages.post("/people/3/merge", {"keep": "1", **WHY})).headers["Location"] == "/people/1"
    counts = await register(pages, tmp_path, third, name="lagi.csv")
    assert counts["conflicts"] == 1, "a file that still has the other name asks"
    assert "Tidak ada yang menunggu" in await pages.read("/duplicates?kind=phone")
