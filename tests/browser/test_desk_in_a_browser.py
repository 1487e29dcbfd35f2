"""The desk's other pages in a real browser: no barrier that axe-core knows, a broken promise taken up, tickets merged,
gathered and confidential. Needs Chromium.
"""

from datetime import timedelta

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from notifier.store import schema
from tests.browser.test_public_pages_in_a_browser import QUICKLY
from tests.browser.windows import IN_CHROMIUM, NARROW, WIDE, window
from tests.web.sites import Site, fill

pytestmark = IN_CHROMIUM
SUM = "/desk/promises?start=2026-12-23T15:00&minutes=600&from1=2026-12-23T15:30&to1=2026-12-23T15:45"


async def test_no_page_of_the_desk_has_a_barrier_that_axe_knows(browser: Browser, pages: Site) -> None:
    ticket = await fill(pages)
    boss, now = await pages.be("supervisor", login="wati"), pages.clock()
    secret = await pages.hear("Petugas minta uang", categories=("illegal_levy",), confidential=True)
    one, other = await pages.hear("Beras berkutu"), await pages.hear("Beras bau")
    await pages.house.desk.merge(boss, one.number, other.number, "hal yang sama", one.version, now)
    incident = await pages.house.desk.open_incident(boss, other.number, "Beras di gudang rusak semua", now)
    paths = ["/desk", "/desk?view=all&q=beras", "/desk/open", "/desk/answers?name=jadwal&tongue=id", "/desk/absent"]
    paths += [f"/desk/tickets/{k.number}" for k in (ticket, secret, one, incident)]
    paths += ["/desk/radar", "/desk/reports", SUM, f"/desk/tickets/{ticket.number}/casefile"]
    async with window(browser, pages, viewport=NARROW) as page:
        for path in paths:
            await page.goto(path)
            await page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
            found = (await Axe().run(page, options=QUICKLY)).response["violations"]
            assert not found, [(path, one["id"], [node["html"] for node in one["nodes"]]) for one in found]
            assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path


async def test_an_alarm_is_taken_a_merge_undone_an_incident_opened_and_an_identity_seen(
    browser: Browser, pages: Site
) -> None:
    await pages.add_people(1)
    one, other = await pages.hear("Beras berkutu"), await pages.hear("Beras bau")
    secret = await pages.hear("Petugas kasar", categories=("other",), confidential=True, person_id=1)
    pages.clock.move(days=20)
    await pages.be("supervisor", login="wati")
    await pages.house.desk.sweep(pages.clock() - timedelta(minutes=1))
    async with window(browser, pages, viewport=WIDE) as page:
        # a promise broke: whoever takes the alarm stops it from climbing
        await page.goto(f"/desk/tickets/{one.number}")
        await page.get_by_role("button", name="Saya tangani").click()
        await expect(page.locator(".flash.good")).to_contain_text("Alarm ini Anda tangani")
        await expect(page.get_by_role("button", name="Saya tangani")).to_have_count(0)
        # merged into another, and taken out again because it was not the same
        await page.get_by_text("Gabungkan ke aduan lain").click()
        await page.get_by_label("Gabungkan ke nomor").fill(other.number)
        await page.get_by_label("Mengapa digabung?").fill("hal yang sama")
        await page.get_by_role("button", name="Gabungkan").click()
        await expect(page.locator(".flash.good")).to_contain_text(f"{one.number} digabung ke sini")
        await page.goto(f"/desk/tickets/{one.number}")
        await expect(page.locator(".tags")).to_contain_text("Digabung")
        await page.locator("summary", has_text="Batalkan gabungan").click()
        await page.get_by_label("Apa yang keliru?").fill("gudangnya lain")
        await page.get_by_role("button", name="Batalkan gabungan").click()
        await expect(page.locator(".flash.good")).to_contain_text("berdiri sendiri lagi")
        await expect(page.locator(".tags")).to_contain_text("Baru")
        # many complain of the same
        await page.get_by_text("Jadikan insiden").click()
        await page.get_by_label("Apa yang terjadi?").fill("Beras di gudang rusak semua")
        await page.get_by_role("button", name="Buka insiden").click()
        await expect(page.locator(".tags")).to_contain_text("Insiden")
        # who reported in confidence is seen with a reason, and hears of it
        await page.goto(f"/desk/tickets/{secret.number}")
        await expect(page.locator("main")).not_to_contain_text("Siti Aminah 1")
        await page.locator("summary", has_text="Buka identitas").click()
        await page.get_by_label("Mengapa perlu diketahui?").fill("Saksi diminta inspektorat")
        await page.get_by_role("button", name="Buka dan catat").click()
        await expect(page.locator("main")).to_contain_text("Siti Aminah 1")
        await page.goto(f"/desk/tickets/{secret.number}")
        await expect(page.locator("main")).not_to_contain_text("Siti Aminah 1")
    async with pages.house.database.read() as db:
        rows = (await db.execute(schema.ledger.select().order_by(schema.ledger.c.id))).mappings().all()
    acts = [row["act"] for row in rows]
    for act in ("ticket_alarm_taken", "ticket_merge", "ticket_unmerge"):
        assert acts.count(act) == 1, act
    assert any("reveal" in act for act in acts)
