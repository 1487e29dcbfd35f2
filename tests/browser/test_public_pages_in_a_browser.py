"""The citizens' pages in a real browser: no barrier that axe-core knows, a small phone, large letters, no JavaScript.

Needs Debian's Chromium (`apt-get install chromium`); without one these stories are left out.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from notifier.rules.tickets import Act
from tests.browser.windows import IN_CHROMIUM
from tests.web.sites import Site
from tests.web.test_public_pages import PAGES

SMALL = 360  # pixels
QUICKLY = {"resultTypes": ["violations"], "preload": False}  # all rules, no report of what is in order
STORY = "Uang bantuan ibu saya dipotong 50 ribu oleh ketua RT."

pytestmark = IN_CHROMIUM


@asynccontextmanager
async def phone(browser: Browser, pages: Site, **options: Any) -> AsyncIterator[Page]:
    """A small phone on the pages."""
    base = str(pages.client.make_url("/"))
    context = await browser.new_context(base_url=base, viewport={"width": SMALL, "height": 740}, **options)
    yield await context.new_page()
    await context.close()


async def look(page: Page) -> None:
    """No barrier, and nothing beyond the edge, also in letters of twice the size."""
    found = (await Axe().run(page, options=QUICKLY)).response["violations"]
    assert not found, [(page.url, one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    wide = "document.documentElement.style.fontSize = '200%'; document.documentElement.scrollWidth"
    assert await page.evaluate(wide) <= SMALL, page.url
    await page.evaluate("document.documentElement.style.fontSize = ''")


async def test_no_page_has_a_barrier_that_axe_knows(browser: Browser, pages: Site) -> None:
    await pages.add_round()
    await pages.add_round("BST-1", version=2, programme="BST")
    await pages.add_round("PKH-1", state="cancelled", programme="PKH")
    await pages.add_people(1)
    async with phone(browser, pages) as page:
        for path in [*PAGES, "/jadwal?w=31.75.07", "/lapor?jadwal=BPNT-2026-12-DS", "/?bahasa=jv"]:
            await page.goto(path)
            await look(page)
        await page.goto("/cek?bahasa=id")
        for nik, name in (("12", "Budi"), ("3175070101809999", "Budi"), ("3175070101800000", "Siti Aminah 1")):
            await page.goto("/cek")
            await page.get_by_label("NIK").fill(nik)
            await page.get_by_label("Nama lengkap").fill(name)
            await page.get_by_role("button", name="Cek status").click()
            await look(page)


async def test_a_citizen_complains_and_settles_it_on_a_phone_without_javascript(browser: Browser, pages: Site) -> None:
    agent = await pages.be("agent", login="sari")
    await pages.add_round()
    async with phone(browser, pages, java_script_enabled=False) as page:
        await page.goto("/")
        await page.get_by_role("link", name="Jadwal bantuan").first.click()
        for place in ("31", "31.75", "31.75.07"):
            await page.get_by_role("link", name=place, exact=True).click()
        await page.get_by_role("link", name="Lapor masalah di penyaluran ini").click()
        await page.get_by_label("Bantuan saya dipotong").check()
        await page.get_by_label("Ceritakan yang terjadi").fill("halo")
        await page.get_by_label("Saya setuju").check()
        await page.get_by_role("button", name="Kirim laporan").click()
        await expect(page.get_by_text("sedikit lebih panjang")).to_be_visible()
        await page.get_by_label("Ceritakan yang terjadi").fill(STORY)
        await page.get_by_role("button", name="Kirim laporan").click()
        number, code = await page.locator(".code").all_inner_texts()
        ticket = (await pages.house.desk.ticket(agent, number, pages.clock())).ticket
        assert ticket.round_id == 1
        await pages.house.desk.act(agent, number, Act.RESOLVE, "Uang kembali.", ticket.version, pages.clock())
        second = await pages.be("supervisor", login="dewi")  # it is about money that was taken: two people end it
        await pages.house.desk.decide(second, number, ticket.version + 1, pages.clock(), agree=True)
        await page.goto("/lacak")
        await page.get_by_label("Nomor laporan").fill(number)
        await page.get_by_label("Kode lacak").fill(code)
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Uang kembali.")).to_be_visible()
        await page.get_by_role("button", name="Ya, sudah beres").click()
        await expect(page.get_by_role("status")).to_contain_text("Laporan ini kami tutup")
    async with phone(browser, pages) as page:
        await page.goto("/lacak")
        await page.get_by_label("Nomor laporan").fill(number)
        await page.get_by_label("Kode lacak").fill(code)
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Uang kembali.")).to_be_visible()
        await look(page)
