"""A broadcast from the first choice to its account in a real browser: picked, tried out, checked by a second admin,
watched by area, accounted for; without JavaScript too, and no barrier that axe-core knows. Needs Chromium.
"""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from notifier.broadcasts.watching import Watching
from notifier.store import imports
from tests.browser.windows import IN_CHROMIUM, NARROW, WIDE, window
from tests.web.sites import Site

pytestmark = IN_CHROMIUM
PLACES = [("31.75.07", "Duren Sawit"), ("31.75.07.1001", "Pondok Bambu"), ("31.75.07.1003", "Klender")]


async def _fine(page: Page) -> None:
    """No barrier, and nothing beyond the edge."""
    found = (await Axe().run(page, options={"resultTypes": ["violations"], "preload": False})).response["violations"]
    assert not found, [(page.url, one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


async def _begin(pages: Site) -> None:
    async with pages.house.database.write() as db:
        await imports.name_regions(db, PLACES)
    await pages.add_people(8)
    await pages.add_people(4, name="Muhammad Rizky Ramadhan Kusumawardhani", kind="telegram", first=100)
    await pages.add_round("BPNT-2026-12-JT", region="31.75")


async def test_a_broadcast_is_picked_tried_approved_watched_and_accounted_for(browser: Browser, pages: Site) -> None:
    await _begin(pages)
    await pages.be("admin", login="rina")
    async with window(browser, pages, viewport=WIDE) as page:
        await page.goto("/broadcasts/plan")
        await page.get_by_label("Penyaluran", exact=True).select_option("BPNT-2026-12-JT")
        await expect(page.locator("#count")).to_contain_text("12 orang")
        await page.get_by_role("button", name="Buka Duren Sawit").click()
        await page.get_by_label("Klender").check()
        await page.get_by_text("Program lain, bahasa, jalur").click()
        await page.get_by_label("SMS", exact=True).check()
        await expect(page.locator("#count")).to_contain_text("6 orang · keluarga BPNT di Klender")
        await page.get_by_role("button", name="Hitung dulu").click()
        await expect(page.get_by_role("heading", name="Contoh pesan kepada orang sebenarnya")).to_be_visible()
        await _fine(page)
        await page.get_by_role("button", name="Buat rencana").click()
        await expect(page.get_by_text("Anda yang merencanakan siaran ini")).to_be_visible()
    await pages.be("admin", login="dewi")
    async with window(browser, pages, viewport=WIDE) as page:
        await page.goto("/broadcasts/1")
        await page.get_by_role("link", name="Uji coba").click()
        await expect(page.get_by_text("dapat dihubungi lewat SMS")).to_be_visible()
        await _fine(page)
        for path in ("/broadcasts/ahead", "/broadcasts/plan?event=general_notice", "/home"):
            await page.goto(path)
            await _fine(page)
        await page.goto("/broadcasts/1")
        await page.get_by_role("button", name="Setujui dan kirim pada waktunya").click()
        await pages.house.broadcasts.advance(pages.clock(), "test")
        await Watching(pages.house.database).count(pages.clock())
        await page.reload()
        await page.get_by_role("link", name="Menurut wilayah").click()
        await expect(page.get_by_role("row", name="Klender")).to_contain_text("6")
        await _fine(page)
        await page.go_back()
        await page.get_by_role("button", name="Hentikan").click()
        await pages.house.broadcasts.advance(pages.clock(), "test")
        await page.get_by_role("link", name="Neraca untuk dicetak").click()
        await expect(page.get_by_text("Neraca seimbang.")).to_be_visible()


async def test_a_plan_that_comes_again_is_made_on_a_phone_without_javascript(browser: Browser, pages: Site) -> None:
    await _begin(pages)
    await pages.be("admin", login="rina")
    async with window(browser, pages, viewport=NARROW, java_script_enabled=False) as page:
        await page.goto("/broadcasts/plan?round=BPNT-2026-12-JT")
        await page.get_by_role("button", name="Buka Duren Sawit").click()
        await page.get_by_label("Klender").check()
        await page.get_by_role("button", name="Hitung sasaran").click()
        await expect(page.locator("#count")).to_contain_text("di Klender")
        await page.goto("/plans")
        await page.get_by_role("link", name="Buat rencana berulang").click()
        await page.get_by_label("Nama rencana").fill("Pengingat H-1")
        await page.get_by_label("Program", exact=True).select_option("BPNT")
        await page.get_by_label("Hari", exact=True).fill("H-1")
        await page.get_by_label("Paling banyak orang tiap kali").fill("100")
        await page.get_by_role("button", name="Buat rencana").click()
        await expect(page.get_by_text("Anda yang membuat rencana ini")).to_be_visible()
    await pages.be("admin", login="dewi")
    async with window(browser, pages, viewport=NARROW) as page:
        await page.goto("/plans/1")
        await page.get_by_role("button", name="Setujui").click()
        await expect(page.locator("h1 + .tag")).to_have_text("berjalan")
        for path in ("/plans", "/plans/new", "/plans/1", "/broadcasts/plan?round=BPNT-2026-12-JT"):
            await page.goto(path)
            await _fine(page)
