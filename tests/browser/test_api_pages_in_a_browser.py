"""The API's pages in a real browser: an admin makes a key on a small phone, a developer reads what it opens."""

import re

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.windows import IN_CHROMIUM, NARROW, window
from tests.web.sites import Site

QUICKLY = {"resultTypes": ["violations"], "preload": False}  # all rules, no report of what is in order
pytestmark = IN_CHROMIUM


async def _look(page: Page) -> None:
    found = (await Axe().run(page, options=QUICKLY)).response["violations"]
    assert not found, [(page.url, one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url


async def test_an_admin_makes_a_key_on_a_phone_and_a_developer_reads_what_it_opens(
    browser: Browser, pages: Site
) -> None:
    await pages.be("admin")
    async with window(browser, pages, viewport=NARROW) as page:
        await page.goto("/keys")
        await page.get_by_label("Milik sistem apa").fill("SIKS-NG")
        await page.get_by_label("people:read").check()
        await page.get_by_role("button", name="Buat kunci").click()
        await expect(page.get_by_role("status")).to_contain_text(re.compile(r"nk_\w{8}_"))
        await _look(page)
        await page.get_by_role("link", name="Dokumentasi API").click()
        await page.get_by_role("link", name="PUT /people", exact=True).click()
        await expect(page.locator("#put_person")).to_be_in_viewport()
        await _look(page)
