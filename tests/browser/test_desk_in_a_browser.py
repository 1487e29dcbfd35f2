"""The desk's other pages in a real browser: a broken promise taken up, tickets merged, gathered and confidential; and
no barrier that axe-core knows. Needs Chromium.
"""

from datetime import timedelta

from playwright.async_api import Browser, expect
from sqlalchemy import select

from notifier.store import schema
from tests.browser.windows import IN_CHROMIUM, NARROW, barriers, barriers_here, window
from tests.web.sites import Site, fill

pytestmark = IN_CHROMIUM
SUM = "/desk/promises?start=2026-12-23T15:00&minutes=600&from1=2026-12-23T15:30&to1=2026-12-23T15:45"
PAGES = ("/desk?view=all&q=beras", "/desk/open", "/desk/answers?name=jadwal&tongue=id", "/desk/absent", "/desk/radar")
MORE = ("/desk/reports", SUM)


async def test_an_alarm_is_taken_a_merge_undone_an_incident_opened_an_identity_seen_and_no_page_has_a_barrier(
    browser: Browser, pages: Site
) -> None:
    filled = await fill(pages)
    one, other = await pages.hear("Beras berkutu"), await pages.hear("Beras bau")
    secret = await pages.hear("Petugas kasar", categories=("other",), confidential=True, person_id=1)
    pages.clock.move(days=20)
    await pages.be("supervisor", login="wati")
    await pages.house.desk.sweep(pages.clock() - timedelta(minutes=1))
    async with window(browser, pages, viewport=NARROW, reduced_motion="reduce") as page:
        # a promise broke: whoever takes the alarm stops it from climbing
        await page.goto(f"/desk/tickets/{one.number}")
        await page.get_by_role("button", name="Saya tangani").click()
        await expect(page.locator(".flash.good")).to_contain_text("Alarm ini Anda tangani")
        await expect(page.get_by_role("button", name="Saya tangani")).to_have_count(0)
        # merged into another, and taken out again because it was not the same
        await page.locator("summary", has_text="Gabungkan ke aduan lain").click()
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
        await page.get_by_label("Isi jawaban untuk warga").fill("Beras diganti hari Rabu.")
        await page.get_by_role("button", name="Lihat dahulu: jawaban").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Kirim kepada 1 warga?")
        assert await barriers_here(page) == []
        await page.get_by_role("button", name="Kirim kepada 1 warga").click()
        await expect(page.locator(".flash.good")).to_contain_text("dikirim kepada 1 warga 20 detik lagi")
        pages.clock.move(seconds=20)
        await pages.house.desk.carry_incidents(pages.clock())
        await page.goto(f"/desk/tickets/{one.number}")
        await expect(page.locator(".said.out")).to_contain_text("Beras diganti hari Rabu.")
        # who reported in confidence is seen with a reason, and hears of it
        await page.goto(f"/desk/tickets/{secret.number}")
        await expect(page.locator("main")).not_to_contain_text("Siti Aminah 1")
        await page.locator("summary", has_text="Buka identitas").click()
        await page.get_by_label("Mengapa perlu diketahui?").fill("Saksi diminta inspektorat")
        await page.get_by_role("button", name="Buka dan catat").click()
        await expect(page.locator("main")).to_contain_text("Siti Aminah 1")
        assert "Siti Aminah 1" not in await pages.read(f"/desk/tickets/{secret.number}")
        # each kind of page once, as small as a phone and with everything unfolded
        tickets = [f"/desk/tickets/{k.number}" for k in (filled, secret, one)]  # one of them an incident, in the end
        assert await barriers(page, *tickets, *PAGES, *MORE, f"{tickets[0]}/casefile") == {}
    async with pages.house.database.read() as db:
        acts = list((await db.execute(select(schema.ledger.c.act))).scalars())
        told = list((await db.execute(select(schema.deliveries.c.event, schema.deliveries.c.ticket_id))).all())
    for act in ("ticket_alarm_taken", "ticket_merge", "ticket_unmerge", "incident_answered", "reporter_revealed"):
        assert acts.count(act) == 1, act
    assert "ticket_escalated" in acts
    assert ("ticket_revealed", secret.id) in told
    assert ("ticket_answer", one.id) in told
