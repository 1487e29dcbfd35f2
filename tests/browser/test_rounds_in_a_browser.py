"""Programmes, rounds, points and aid in a real browser: no barrier that axe-core knows, a small phone, no JavaScript.

Needs Debian's Chromium (`apt-get install chromium`); without one these stories are left out.
"""

import os
from pathlib import Path

from playwright.async_api import Browser, expect
from sqlalchemy import select

from notifier.rules.rounds import Entitlement
from notifier.store import imports, rounds, schema
from tests.browser.windows import IN_CHROMIUM, NARROW, WIDE, barriers, window
from tests.web.sites import Site, fill

PATHS = (
    *("/programmes", "/programmes/BPNT", "/programmes/BPNT/edit", "/rounds?programme=BPNT", "/rounds/new"),
    *("/rounds/calendar?month=2026-12", "/rounds/BPNT-2026-12-DS", "/rounds/BPNT-2026-12-DS/edit"),
    *("/rounds/BPNT-2026-12-DS/entitled", "/points", "/points/KP-DS", "/points/KP-DS/edit", "/points/new"),
)
WIDE_TOO = ("/rounds/calendar?month=2026-12", "/rounds/BPNT-2026-12-DS/entitled")  # what is laid out otherwise there
PICTURES = os.environ.get("NOTIFIER_TEST_PICTURES", "")  # a folder, for who wants to look

pytestmark = IN_CHROMIUM


async def _furnish(pages: Site) -> None:
    await fill(pages)
    admin, now = await pages.be("admin", login="tuti"), pages.clock()
    async with pages.house.database.write() as db:
        await imports.name_regions(db, [("31.75.07", "Duren Sawit")])
        people = (await db.execute(select(schema.people.c.id))).scalars().all()
        await rounds.draw(db, [(1, person) for person in people], Entitlement.DIJADWALKAN.value, now)
    cells = {"KODE": "KP-DS", "NAMA": "Kantor Pos Duren Sawit", "KODE_WILAYAH": "31.75.07", "KAPASITAS_HARI": "1"}
    await pages.house.points.create(admin, cells | {"JAM_BUKA": "Sen-Kam 08:00-15:00"}, now)
    await pages.house.rounds.change(admin, "BPNT-2026-12-DS", {"TITIK": "KP-DS"}, now)
    await pages.house.programmes.change(admin, "BPNT", {"days": "2, 0"}, "permintaan dinas", now)


async def test_no_page_has_a_barrier_or_is_wider_than_its_window(browser: Browser, pages: Site) -> None:
    await _furnish(pages)
    async with window(browser, pages, viewport=NARROW) as page:
        for size, paths in ((NARROW, PATHS), (WIDE, WIDE_TOO)):
            await page.set_viewport_size(size)
            await page.goto(paths[0])
            assert await barriers(page, *paths) == {}
            for path in PATHS if PICTURES else ():
                await page.goto(path)
                name = f"{path.strip('/').replace('/', '_').replace('?', '_')}_{size['width']}.png"
                await page.screenshot(path=Path(PICTURES) / name, full_page=True)


async def test_a_round_is_written_and_somebodys_aid_changed_without_javascript(browser: Browser, pages: Site) -> None:
    await _furnish(pages)
    async with window(browser, pages, viewport=NARROW, java_script_enabled=False) as page:
        await page.goto("/rounds/new?point=KP-DS")
        for label, words in (("Kode", "BPNT-BARU"), ("Periode", "Januari 2027"), ("Kode wilayah", "31.75.07")):
            await page.get_by_label(label, exact=True).fill(words)
        await page.get_by_label("Program", exact=True).select_option("BPNT")
        await page.get_by_label("Cara penyaluran").select_option("TUNAI")
        await page.get_by_label("Mulai", exact=True).fill("2027-01-05T08:00")
        await page.get_by_label("Selesai", exact=True).fill("2027-01-05T14:00")
        await page.get_by_role("button", name="Buat penyaluran").click()
        await expect(page.get_by_role("heading", name="BPNT-BARU").first).to_be_visible()
        await page.goto("/rounds/BPNT-2026-12-DS/entitled")
        await page.get_by_label("Pilih Siti Aminah 1").check()
        await page.get_by_label("Status baru").select_option("DITUNDA")
        await page.get_by_label("Alasan, dibaca warga (boleh kosong)").fill("Banjir")
        await page.get_by_role("button", name="Ubah status").click()
        await expect(page.get_by_role("status").first).to_contain_text("Status 1 orang diubah")
