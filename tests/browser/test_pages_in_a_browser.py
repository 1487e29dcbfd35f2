"""The staff pages in a real browser: signing in, answering a citizen, a narrow phone, no JavaScript, live progress.

Needs Debian's Chromium (`apt-get install chromium`); without one these stories are left out.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from notifier.accounts import Person
from notifier.store import schema
from notifier.web import live, session
from tests.browser.windows import IN_CHROMIUM, NARROW, WIDE, window
from tests.web.sites import Site, fill

PASSWORD = "rahasia-wulan"

pytestmark = IN_CHROMIUM


async def _add_wulan(pages: Site) -> None:
    who = Person("wulan", "agent", name="Wulan Sari")
    await pages.house.accounts.add(who, PASSWORD, who="cli:test", now=pages.clock())


async def _answer_a_citizen(page: Page, number: str) -> None:
    await page.goto("/desk")
    await page.get_by_label("Nama pengguna").fill("wulan")
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.get_by_role("button", name="Masuk").click()
    await page.get_by_role("link", name=number).click()
    await page.get_by_label("Isi jawaban").fill("Bantuan Ibu sudah bisa diambil besok.")
    await page.get_by_role("button", name="Kirim jawaban").click()
    await expect(page.get_by_role("status").first).to_contain_text("dikirim 20 detik lagi")
    await expect(page.locator(".said.out").last).to_contain_text("Bantuan Ibu sudah bisa diambil besok.")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_a_colleague_signs_in_finds_the_ticket_and_answers(
    browser: Browser, pages: Site, javascript: bool
) -> None:
    ticket = await fill(pages)
    await _add_wulan(pages)
    async with window(browser, pages, signed_in=False, viewport=WIDE, java_script_enabled=javascript) as page:
        await _answer_a_citizen(page, ticket.number)
    async with pages.house.database.read() as db:
        one = schema.deliveries
        rows = await db.execute(select(one.c.facts).where(one.c.ticket_id == ticket.id, one.c.event == "ticket_answer"))
        assert "Bantuan Ibu sudah bisa diambil besok." in str(rows.all())


async def test_the_whole_way_can_be_gone_with_the_keyboard(browser: Browser, pages: Site) -> None:
    await _add_wulan(pages)
    await pages.hear("Bantuan belum masuk")
    async with window(browser, pages, signed_in=False, viewport=WIDE) as page:
        await page.goto("/login?next=/desk")
        await expect(page.get_by_label("Nama pengguna")).to_be_focused()
        await page.keyboard.type("wulan")
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Aduan menurut sisa waktu")).to_be_visible()
        await page.wait_for_load_state("load")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
        await page.keyboard.press("Enter")
        for _ in range(24):  # the desk's doors, help, search, filters and six views come before the first ticket
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.matches('.ticket a')"):
                break
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Percakapan")).to_be_visible()


async def test_no_empty_page_is_wider_than_a_small_phone(browser: Browser, pages: Site) -> None:
    paths = ["/", "/home", "/desk", "/broadcasts", "/broadcasts/plan", "/rounds", "/templates", "/nix/nix"]
    paths += ["/templates/round_announced/sms/id", "/templates/round_announced/email/en"]
    await pages.be("admin", login="tuti")
    async with _lenient(browser, pages) as page:
        for path in paths:
            await page.goto(path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path


@asynccontextmanager
async def _lenient(browser: Browser, pages: Site) -> AsyncIterator[Page]:
    """A narrow window that may meet a page that is not there."""
    base = str(pages.client.make_url("/"))
    context = await browser.new_context(base_url=base, viewport=NARROW)
    token = next(cookie.value for cookie in pages.client.session.cookie_jar if cookie.key == session.COOKIE)
    await context.add_cookies([{"name": session.COOKIE, "value": token, "url": base}])
    yield await context.new_page()
    await context.close()


async def test_a_broadcast_shows_its_progress_without_being_asked(browser: Browser, pages: Site) -> None:
    await fill(pages)
    await pages.be("admin", login="tuti")
    async with window(browser, pages, viewport=WIDE) as page:
        await page.goto("/broadcasts/1")
        row = page.get_by_role("row", name="Diterima penyedia").get_by_role("cell")
        await expect(row).to_have_text("0")
        async with pages.house.database.write() as db:
            t = schema.tallies
            await db.execute(t.update().where(t.c.broadcast_id == 1, t.c.state == "due").values(state="accepted"))
        await expect(row).to_contain_text("6", timeout=10_000)
        await pages.house.broadcasts.stop(pages.viewers["tuti"], 1, pages.clock())
        await expect(page.locator("#keadaan")).to_have_text("dihentikan", timeout=10_000)


async def test_a_new_agent_works_through_mixed_arrivals_from_the_keyboard_alone(
    browser: Browser, pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK", 0.1)
    kinds = ("card_problem", "not_received", "data_error", "information", "goods_quality", "delayed")
    for n in range(30):
        await pages.hear(f"Aduan ke-{n + 1}", categories=(kinds[n % len(kinds)],), urgent=n == 20)
    agent = await pages.be("agent", login="sari")
    async with window(browser, pages, viewport=WIDE) as page:
        await page.goto("/desk?view=unassigned")
        key = page.keyboard.press
        await expect(page.locator("#keys")).to_be_visible()
        await key("?")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await key("Escape")
        await key("j")
        await expect(page.locator("li.here")).to_contain_text("Aduan ke-21")  # urgent, so first
        await key("a")
        await expect(page.locator(".views [aria-current]")).to_contain_text("29")
        await key("c")
        await page.keyboard.type("Pung")
        await key("Enter")
        await expect(page.locator(".flash.good")).to_contain_text("1 aduan dikategorikan")
        await expect(page.locator("input[name=t]:checked")).to_have_count(0)  # nobody ticked it
        for _ in range(6):
            await key("x")
            await key("j")
        await key("c")
        await page.keyboard.type("Kes")
        await key("Enter")
        await expect(page.locator(".flash.good")).to_contain_text("6 aduan dikategorikan")
        await expect(page.locator("input[name=t]:checked")).to_have_count(6)  # sorted, then answered
        await key("r")
        await page.keyboard.type("Kami periksa di kelurahan.")
        await key("Control+Enter")
        await expect(page.get_by_role("heading", name="Jawaban untuk 6 warga")).to_be_visible()
        await key("Enter")
        await expect(page.locator("#undo")).to_contain_text("6 jawaban ditahan 20 detik")
        await expect(page.locator("#keys")).to_be_visible()  # the page listens
        await key("u")
        await expect(page.locator(".flash.good")).to_contain_text("6 jawaban ditarik kembali")
        await expect(page.locator(".views [aria-current]")).to_contain_text("29")
        await expect(page.locator("#keys")).to_be_visible()
        place = await page.locator("li.here").get_attribute("data-number")
        await key("n")
        await page.keyboard.type("Telepon RT besok.")
        await key("Control+Enter")
        await expect(page.locator(".flash.good")).to_contain_text("Catatan internal disimpan pada 1 aduan")
        await key("x")
        await pages.hear("Baru masuk")
        await expect(page.locator("#tickets")).to_contain_text("Baru masuk", timeout=10_000)
        assert await page.locator("li.here").get_attribute("data-number") == place, "the place is kept"
        await expect(page.locator("input[name=t]:checked")).to_have_count(1)
        await key("e")
        await page.keyboard.type("Sudah beres.")
        await key("Control+Enter")
        await expect(page.get_by_role("heading", name="Jawaban untuk 1 warga")).to_be_visible()
        await key("Enter")
        await expect(page.locator("#undo")).to_contain_text("1 jawaban")
        await expect(page.locator("#keys")).to_be_visible()
        await key("/")
        await page.keyboard.type("aduan 21")
        await key("Enter")
        await expect(page.locator(".matching")).to_contain_text("1 cocok")
        await expect(page.locator("#keys")).to_be_visible()
        await key("j")
        await key("Enter")
        await expect(page.get_by_role("heading", name="Percakapan")).to_contain_text("Percakapan")
    counts = await pages.house.desk.counts(agent)
    assert (counts["team"], counts["mine"], counts["unassigned"], counts["all"]) == (30, 1, 29, 31)
