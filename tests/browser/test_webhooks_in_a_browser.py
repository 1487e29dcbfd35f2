"""The pages of webhooks in a real browser: made on a small phone, tried, and read at a desk."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from notifier.app.lines import build_caller
from tests.browser.windows import IN_CHROMIUM, NARROW, WIDE, window
from tests.web.sites import Site, open_site
from tests.webhooks.receivers import open_receiver

QUICKLY = {"resultTypes": ["violations"], "preload": False}
pytestmark = IN_CHROMIUM


@pytest_asyncio.fixture(loop_scope="session")
async def pages(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site whose webhooks may lead to this machine."""
    async with open_site(database_url, tmp_path, webhooks={"allowed": ["127.0.0.1/32"]}) as opened:
        yield opened


async def _look(page: Page, width: int) -> None:
    found = (await Axe().run(page, options=QUICKLY)).response["violations"]
    assert not found, [(page.url, one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, page.url


async def test_an_admin_makes_a_webhook_on_a_phone_tries_it_and_reads_its_log(browser: Browser, pages: Site) -> None:
    await pages.be("admin")
    async with open_receiver() as receiver, window(browser, pages, viewport=NARROW) as page:
        await page.goto("/webhooks")
        await page.get_by_label("Milik sistem apa").fill("SIKS-NG")
        await page.get_by_label("Alamat (https)").fill(receiver.url)
        await page.get_by_label("Aduan masuk").check()
        await page.get_by_role("button", name="Tambah webhook").click()
        await expect(page.get_by_role("status")).to_contain_text(re.compile(r"whsec_"))
        await _look(page, NARROW["width"])
        await page.get_by_role("link", name="SIKS-NG").click()
        await page.get_by_role("button", name="Kirim uji coba").click()
        receiver.always, receiver.words = 503, "sedang dirawat"
        await build_caller(pages.house).drain()
        await pages.hear("Bantuan belum masuk")
        await pages.house.webhooks.gather(pages.clock())
        await page.reload()
        await expect(page.get_by_text("jawaban 503")).to_be_visible()
        await page.get_by_text("Kirim ulang, ganti rahasia, hapus").click()
        await _look(page, NARROW["width"])
        await page.set_viewport_size(WIDE)
        await _look(page, WIDE["width"])
