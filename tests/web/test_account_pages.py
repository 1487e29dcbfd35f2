"""The account's pages: lists that numbers lead to, held, retries, the field officers' list, the statement to print."""

import re

import pytest
from sqlalchemy import select, update

from notifier.broadcasts import accounted, visiting
from notifier.rules.roles import Role
from notifier.store import deliveries as rows
from notifier.store.deliveries import Step
from notifier.store.schema import deliveries, ledger, people, visits
from tests.web.sites import HOSTILE, Site

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _begun(pages: Site, name: str = "Siti Aminah") -> int:
    """A broadcast to eight people under way: two without a contact, one failed, one held."""
    await pages.add_people(8, name)
    await pages.add_round()
    number = await pages.broadcast()
    async with pages.house.database.write() as db:
        due = select(deliveries.c.id).where(deliveries.c.state == "due").order_by(deliveries.c.id).limit(2)
        failed, held = (await db.execute(due)).scalars()
        gone = {"settled_at": pages.clock()}
        await rows.move(
            db,
            [
                Step(failed, number, "due", "failed", "no route <b>", {**gone, "held": False}),
                Step(held, number, "due", "unknown", "timeout", {**gone, "held": True}),
            ],
            "test",
        )
    return number


async def test_every_number_of_a_broadcast_leads_to_its_people(pages: Site) -> None:
    number = await _begun(pages)
    await pages.be("auditor")
    text = await pages.read(f"/broadcasts/{number}")
    links = set(re.findall(rf'href="(/broadcasts/{number}/people\?[^"]+)"', text))
    assert len(links) == 6, "due, unknown, failed, suppressed; and failed and held by reason"
    for link in links:
        assert "Siti Aminah" in await pages.read(link.replace("&amp;", "&")), link
    assert "selesai ±" in text
    assert "selesai ±" in await pages.read("/broadcasts")
    assert "selesai ±" in await pages.read("/home")
    failed = await pages.read(f"/broadcasts/{number}/people?state=failed")
    assert "no route &lt;b&gt;" in failed
    assert "dikunjungi pendamping" in failed
    untold = await pages.read(f"/broadcasts/{number}/untold")
    chips = re.findall(r'class="chip" href="([^"]+)"', untold)
    assert [re.search(r"state=(\w+)", chip.replace("&amp;", "&"))[1] for chip in chips[1:]] == [  # type: ignore[index]
        "suppressed",
        "failed",
        "held",
    ], "most first"
    for chip in chips:
        assert "Siti Aminah" in await pages.read(chip.replace("&amp;", "&"))
    assert "Kirim ulang kepada mereka" not in failed, "an auditor changes nothing"
    await pages.read(f"/broadcasts/{number}/people?state=lost", 400)


@SQLITE
async def test_a_long_list_goes_on_by_a_link_and_a_file_has_it_all(pages: Site) -> None:
    await pages.add_people(80)
    await pages.add_round()
    number = await pages.broadcast()
    await pages.be("supervisor")
    first = await pages.read(f"/broadcasts/{number}/people?state=due")
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link
    second = await pages.read(f"/broadcasts/{number}/people{link[1].replace('&amp;', '&')}")
    names = [re.findall(r"<bdi>([^<]+)</bdi>", text) for text in (first, second)]
    assert [len(found) for found in names] == [50, 10]
    assert not set(names[0]) & set(names[1])
    taken = await pages.get(f"/broadcasts/{number}/people/csv?state=due")
    assert taken.headers["Content-Disposition"] == f'attachment; filename="siaran-{number}-due.csv"'
    assert (await taken.text()).count("\r\n") == 61
    workbook = await pages.get(f"/broadcasts/{number}/people/xlsx?state=due")
    assert (await workbook.read()).startswith(b"PK")
    async with pages.house.database.read() as db:
        acts = (await db.execute(select(ledger.c.act).where(ledger.c.act == "export.people"))).all()
    assert len(acts) == 2


async def test_only_these_are_sent_again_after_a_question(pages: Site) -> None:
    number = await _begun(pages)
    await pages.be("admin", login="tuti")
    page = await pages.read(f"/broadcasts/{number}/people?state=failed&reason=no%20route%20%3Cb%3E")
    link = re.search(rf'href="(/broadcasts/{number}/retry\?[^"]+)"', page)
    assert link
    asked = await pages.read(link[1].replace("&amp;", "&"))
    assert "Kirim ulang kepada orang di daftar ini?" in asked
    fields = {"state": "failed", "reason": "no route <b>"}
    assert (await pages.post(f"/broadcasts/{number}/retry", fields)).status == 303
    assert (await pages.house.broadcasts.progress(number)).failed == 0
    refused = await pages.post(f"/broadcasts/{number}/retry", fields)
    assert refused.status == 400
    assert "Tidak ada orang di daftar ini" in await refused.text()


async def test_what_is_held_is_decided_by_one_click(pages: Site) -> None:
    number = await _begun(pages)
    await pages.be("agent")
    assert 'name="do"' not in await pages.read("/held"), "who may not decide has no buttons"
    await pages.be("admin", login="tuti")
    home, text = await pages.read("/home"), await pages.read("/held")
    assert 'href="/held"><strong>1</strong>' in home
    found = re.search(r'name="delivery" value="(\d+)"', text)
    assert found
    assert (await pages.post("/held", {"delivery": found[1], "do": "fly"})).status == 400
    assert (await pages.post("/held", {"do": "leave"})).status == 400
    assert (await pages.post("/held", {"delivery": found[1], "do": "leave"})).status == 303
    assert "Tidak ada pesan yang menunggu" in await pages.read(f"/held?broadcast={number}")
    assert (await pages.post("/held", {"delivery": found[1], "do": "resend"})).status == 400


async def test_field_officers_get_a_list_and_bring_results_back_by_a_click(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await _begun(pages, HOSTILE)
    await pages.be("agent")
    path = f"/broadcasts/{number}/unreached"
    text = await pages.read(path)
    assert "<b>Budi" not in text
    assert "Kantor Pos Duren Sawit" in text
    codes = re.findall(r'code">(K-[A-Z0-9]+)<', text)
    assert len(codes) == 3
    assert "3 orang" in text
    with monkeypatch.context() as patch:
        patch.setattr(visiting, "MANY", 2)
        uncounted = await pages.read(path)
    assert "3 orang" not in uncounted
    assert "Pilih wilayah untuk mempersempitnya" in uncounted
    assert re.findall(r'code">(K-[A-Z0-9]+)<', uncounted) == codes, "the list itself is the same"
    delivery = re.findall(r'name="delivery" value="(\d+)"', text)[0]
    response = await pages.post("/visits", {"delivery": delivery, "result": "told", "next": path})
    assert response.headers["Location"] == path
    assert re.findall(r'code">(K-[A-Z0-9]+)<', await pages.read(path)) == codes[1:]
    other = re.findall(r'name="delivery" value="(\d+)"', text)[1]
    assert (await pages.post("/visits", {"delivery": other, "result": "moved", "next": "//evil.test"})).status == 303
    assert "pindah</span>" in await pages.read(path)
    for wrong in ({"delivery": other, "result": "gone"}, {"delivery": "99999", "result": "told"}, {"result": "told"}):
        assert (await pages.post("/visits", wrong)).status == 400
    async with pages.house.database.read() as db:
        assert len((await db.execute(select(visits))).all()) == 2
        assert ["moved"] in (await db.execute(select(people.c.flags))).scalars().all()
    assert "K-" in await pages.read("/rounds/1/unreached")
    assert "K-" in await pages.read("/rounds/BPNT-2026-12-DS/unreached")
    assert (await pages.get("/rounds/BPNT-2026-12-DS/unreached/csv")).status == 403
    await pages.read("/rounds/99/unreached", 404)
    await pages.be("supervisor", "73", login="makassar")
    await pages.read(path, 404)
    await pages.read("/rounds/1/unreached", 404)
    await pages.read("/rounds/BPNT-2026-12-DS/unreached", 404)
    taken = await pages.get("/rounds/BPNT-2026-12-DS/unreached/csv")
    assert taken.status == 404


async def test_a_statement_is_put_on_record_and_says_when_it_no_longer_is_the_same(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await _begun(pages)
    await pages.be("auditor")
    path = f"/broadcasts/{number}/statement"
    text = await pages.read(path)
    assert "Neraca seimbang." in text
    assert "belum tercatat" in text
    digest = (await pages.house.told.account(number)).digest
    assert digest in text
    assert (await pages.post(path)).status == 303
    assert "Tercatat di buku besar" in await pages.read(path)
    async with pages.house.database.write() as db:
        await db.execute(update(deliveries).where(deliveries.c.held).values(maybe_twice=True))
    changed = await pages.read(path)
    assert f"berbeda: {digest[:12]}" in changed
    monkeypatch.setattr(accounted, "LARGE", 1)
    assert "tampil di sini sebentar lagi" in await pages.read(path), "many people: nobody waits for them"
    assert (await pages.post(path)).status == 303
    kept = await pages.read(path)
    assert "Neraca pada" in kept
    assert "Tercatat di buku besar" in kept
    assert (await pages.house.told.account(number)).digest != digest


@SQLITE
async def test_agents_take_no_lists_away(pages: Site) -> None:
    number = await _begun(pages)
    await pages.be(Role.AGENT)
    for path in ("people/csv", "unreached/xlsx"):
        assert (await pages.get(f"/broadcasts/{number}/{path}")).status == 403
    assert "CSV</a>" not in await pages.read(f"/broadcasts/{number}/people?state=due")
