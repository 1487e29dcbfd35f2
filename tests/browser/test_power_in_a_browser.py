"""The second step and the ledger in a real browser: set up on a phone without JavaScript, reckoned with it. Needs
Chromium.
"""

import pyotp
from playwright.async_api import Browser, Page, expect

from notifier import ledger
from notifier.accounts import Person
from tests.browser.windows import IN_CHROMIUM, NARROW, window
from tests.web.sites import Site

PASSWORD = "kuda lepas di pasar"

pytestmark = IN_CHROMIUM


async def _enter(page: Page) -> None:
    await page.goto("/login?next=/account/second-step")
    await page.get_by_label("Nama pengguna").fill("sari")
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.get_by_role("button", name="Masuk", exact=True).click()


async def _fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url


async def test_the_second_step_is_set_up_and_used_on_a_phone_without_javascript(browser: Browser, pages: Site) -> None:
    await pages.house.accounts.add(Person("sari", "agent"), PASSWORD, who="cli:test", now=pages.clock())
    async with window(browser, pages, signed_in=False, viewport=NARROW, java_script_enabled=False) as page:
        await _enter(page)
        await expect(page.get_by_role("img", name="Kode QR")).to_be_visible()
        await _fits(page)
        await page.get_by_text("Tidak dapat memindai?").click()
        secret = (await page.locator("details .mono").inner_text()).replace(" ", "").strip()
        app = pyotp.TOTP(secret)
        await page.get_by_label("Kode 6 angka").fill(app.at(int(pages.clock().timestamp())))
        await page.get_by_role("button", name="Aktifkan").click()
        recovery = await page.locator("ol.codes li").all_inner_texts()
        assert len(recovery) == 10
        await _fits(page)
        pages.clock.move(minutes=1)
        await page.get_by_role("button", name="Keluar").click()
        await _enter(page)
        await expect(page.get_by_role("heading", name="Langkah kedua")).to_be_visible()
        await _fits(page)
        await page.get_by_label("Kode 6 angka").fill(app.at(int(pages.clock().timestamp())))
        await page.get_by_role("button", name="Masuk").click()
        await expect(page.get_by_text("Kode pemulihan tersisa: 10.")).to_be_visible()


async def test_the_seals_that_a_page_of_the_ledger_shows_are_reckoned_again_there(
    browser: Browser, pages: Site
) -> None:
    sari, _ = await pages.house.accounts.add(Person("sari", "agent"), PASSWORD, who="cli:test", now=pages.clock())
    rina = await pages.be("admin", login="rina")
    await pages.house.powers.act(rina, sari, "disable", "sedang cuti panjang", pages.clock())
    await ledger.seal(pages.house.database, pages.house.vault, "test", pages.clock())
    async with window(browser, pages, viewport=NARROW) as page:
        await page.goto("/ledger")
        await page.get_by_role("button", name="Periksa yang ditampilkan").click()
        await expect(page.get_by_text("segel dihitung ulang dan cocok")).to_be_visible()
