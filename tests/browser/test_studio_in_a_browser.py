"""A new admin changes the reminder in a real browser: stopped by mistakes, seen everywhere, reviewed, rolled back.

Needs Debian's Chromium (`apt-get install chromium`); without one this story is left out.
"""

import os
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.test_public_pages_in_a_browser import QUICKLY
from tests.browser.windows import IN_CHROMIUM, NARROW, WIDE, window
from tests.web.sites import Site, fill

pytestmark = IN_CHROMIUM
REMINDER = "/templates/round_reminder/sms/id"
MAIL = "/templates/round_reminder/email/id"
TEXTS = (
    "/templates",
    "/texts/public_page/id/faq",
    "/texts/conversation/id/schedule",
    "/texts/answer/id/jadwal",
    "/texts/lexicon/id/additions",
    "/desk/answers",
)
SHOTS = os.environ.get("NOTIFIER_TEST_SHOTS")


async def _shot(page: Page, name: str) -> None:
    """A picture, when somebody wants to look."""
    if SHOTS:
        await page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


async def _look(page: Page, name: str) -> None:
    """No barrier that axe-core knows."""
    await _shot(page, name)
    found = (await Axe().run(page, options=QUICKLY)).response["violations"]
    assert not found, [(page.url, one["id"], [node["html"] for node in one["nodes"]]) for one in found]


async def test_a_new_admin_changes_the_reminder_and_takes_it_back(browser: Browser, pages: Site) -> None:
    await fill(pages)
    object.__setattr__(pages.house.studio, "_four_eyes_above", 1)
    await pages.be("admin", login="tuti")
    async with window(browser, pages, known=("400 (Bad Request)", "Blocked script execution"), viewport=WIDE) as page:
        await page.goto("/templates/round_reminder")
        assert await page.locator("article.phone").count() == 12
        await _look(page, "event")
        await page.goto(REMINDER)
        field = page.get_by_label("Isi", exact=False).first
        good = await field.input_value()
        await field.fill("Besok “{{ nama }}”")
        await expect(page.locator("#looks .flash.bad").first).to_contain_text(
            "baris 1, kolom 11"
        )  # the preview follows the typing
        await page.get_by_role("button", name="Periksa dan lihat").click()
        findings = page.locator(".findings li")
        await expect(findings.filter(has_text="Tidak ada fakta bernama “nama”")).to_have_count(1)
        await _look(page, "wrong")
        await findings.filter(has_text="Tidak ada fakta").locator("button").click()
        chosen = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
        assert await field.evaluate(chosen) == "nama", "a finding leads to its place"
        await page.locator(".palette summary").click()
        await page.locator(".palette button", has_text="{{ venue }}").click()
        assert await field.input_value() == "Besok “{{ {{ venue }} }}”", "the palette writes where the cursor stands"
        await field.fill("Besok “{{ nama }}”")
        await page.keyboard.press("Control+Enter")
        await page.wait_for_load_state()
        await page.get_by_role("button", name="Ganti huruf yang tak dikenal SMS").click()
        assert await field.input_value() == 'Besok "{{ nama }}"'
        await page.get_by_role("button", name="Terbitkan").click()
        await expect(page.get_by_role("alert")).to_contain_text("belum dapat diterbitkan")
        await field.fill(good.replace("Ingat", "Halo"))
        await page.get_by_role("button", name="Terbitkan").click()
        await expect(page.get_by_role("alert")).to_contain_text("minta admin lain menyetujuinya")
        await page.goto(MAIL)
        mail = page.frame_locator("iframe.mail")
        await page.get_by_label("Isi berformat").fill("<p>Halo {{ name }}</p><script>parent.x = 1</script>")
        await expect(mail.locator("body")).to_contain_text("Halo Siti Aminah")
        assert await page.evaluate("window.x") is None
        await _look(page, "mail")
        if SHOTS:
            await page.locator("iframe.mail").screenshot(path=str(Path(SHOTS) / "frame.png"))
        for number, path in enumerate(TEXTS):
            await page.goto(path)
            await _look(page, f"text-{number}")
    await pages.be("admin", login="budi")
    async with window(browser, pages, viewport=NARROW, java_script_enabled=False) as page:
        await page.goto("/templates")
        await page.get_by_role("region", name="Menunggu seseorang").get_by_role("link").first.click()
        await expect(page.locator("#looks .bubble").first).to_contain_text("Halo")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await _shot(page, "narrow")
        await page.get_by_role("button", name="Setujui draf ini").click()
        await expect(page.get_by_role("status").first).to_contain_text("Sudah ditinjau")
        await page.get_by_role("button", name="Terbitkan").click()
        await expect(page.get_by_role("status").first).to_contain_text("Terbit")
        await page.get_by_role("button", name="Kembali ke kata-kata bawaan").click()
        await page.get_by_role("button", name="Pakai lagi v1").click()
        await expect(page.get_by_role("status").first).to_contain_text("dipakai lagi")
