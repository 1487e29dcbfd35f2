"""A new admin changes the reminder in a real browser: stopped by mistakes, seen everywhere, reviewed, rolled back.

Needs Debian's Chromium (`apt-get install chromium`); without one this story is left out.
"""

import os
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.windows import IN_CHROMIUM, NARROW, WIDE, window
from tests.web.sites import Site, fill

pytestmark = IN_CHROMIUM
REMINDER = "/templates/round_reminder/sms/id"
MAIL = "/templates/round_reminder/email/id"
SHOTS = os.environ.get("NOTIFIER_TEST_SHOTS")


async def _shot(page: object, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)  # type: ignore[attr-defined]


async def test_a_new_admin_changes_the_reminder_and_takes_it_back(browser: Browser, pages: Site) -> None:
    await fill(pages)
    object.__setattr__(pages.house.studio, "_four_eyes_above", 1)
    await pages.be("admin", login="tuti")
    async with window(browser, pages, known=("400 (Bad Request)", "Blocked script execution"), viewport=WIDE) as page:
        await page.goto("/templates/round_reminder")
        assert await page.locator("article.phone").count() == 12
        await _shot(page, "event")
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
        await _shot(page, "wrong")
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
        await _shot(page, "mail")
        if SHOTS:
            await page.locator("iframe.mail").screenshot(path=str(Path(SHOTS) / "frame.png"))
    await pages.be("admin", login="budi")
    async with window(browser, pages, viewport=NARROW, java_script_enabled=False) as page:
        await page.goto(REMINDER)
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
