"""One ticket worked on in a real browser: a picture opened, a draft that keeps itself, an answer put in, a colleague
who was quicker, and a note that cannot be taken for an answer. Needs Chromium.
"""

import re

from playwright.async_api import Browser, expect
from sqlalchemy import select

from notifier.store import schema
from tests.browser.windows import IN_CHROMIUM, NARROW, WIDE, window
from tests.web.sites import Site

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
# Without what is still held, and without anything that is done already.
HELPED = [
    "aduan berikutnya, sebelumnya dari daftar tadi",
    "ambil: menjadi milik saya",
    "ubah kategori; ketik huruf awalnya, lalu Enter",
    "jawab warga; Ctrl Enter mengirim",
    "jawab dan nyatakan selesai; Ctrl Enter mengirim",
    "catatan internal; Ctrl Enter menyimpan",
    "gabungkan ke aduan lain",
    "insiden: jadikan, atau kumpulkan",
    "cari",
    "keluar dari kotak, lalu ke daftar",
    "bantuan ini",
]
pytestmark = IN_CHROMIUM


async def test_a_ticket_is_worked_on_from_the_picture_to_the_answer(browser: Browser, pages: Site) -> None:
    await pages.add_round()
    ticket = await pages.hear("Kapan dan di mana saya bisa ambil?", round_id=1, categories=("information",))
    await pages.add_file(ticket, "undangan.png", "image/png", PICTURE)
    budi = await pages.be("agent", login="budi")
    await pages.be("agent", login="sari")
    async with window(browser, pages, viewport=WIDE, refused=1) as page:
        # from the list and on to its neighbour, into a box and out of it, back to the list: no mouse
        second = await pages.hear("Beras berkutu")
        await page.goto("/desk?view=unassigned")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/{ticket.number}")
        await page.keyboard.press("j")
        await page.wait_for_url(f"**/{second.number}")
        await page.keyboard.press("n")
        await expect(page.locator("#note")).to_be_focused()
        await page.keyboard.type("Sudah ditelepon.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".flash.good")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.wait_for_url("**/desk?view=unassigned")
        await expect(page.locator("li.ticket.here")).to_contain_text(second.number)
        # what is answered is held: taken back from the page, or from the list one went back to
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/{second.number}")
        await page.keyboard.press("?")
        helped = page.locator("#help dd:visible")
        assert await helped.all_text_contents() == HELPED
        await page.keyboard.press("Escape")
        await expect(page.locator("#help")).to_be_hidden()
        for key in "r?uc/kj":  # in a box they are letters
            await page.keyboard.press(key)
        await expect(page.locator("#text")).to_have_value("?uc/kj")
        await expect(page.locator("#text")).to_be_focused()
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#undo")).to_be_visible()
        await page.keyboard.press("u")
        await expect(page.locator(".flash.good")).to_contain_text("ditarik kembali")
        await expect(page.locator("#text")).to_have_value("?uc/kj")
        await page.keyboard.press("e")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".tags").first).to_contain_text("menunggu konfirmasi")
        await page.keyboard.press("Escape")
        await page.wait_for_url("**/desk?view=unassigned&held=*")
        await page.keyboard.press("u")
        await expect(page.locator(".flash.good")).to_contain_text("ditarik kembali")
        await page.goto(f"/desk/tickets/{second.number}")
        await page.keyboard.press("c")
        await page.keyboard.type("Kesalahan")
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_contain_text("Kesalahan data")
        await page.keyboard.press("/")
        await page.keyboard.type(ticket.number)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/{ticket.number}")
        await page.goto(f"/desk/tickets/{ticket.number}")
        await page.get_by_role("link", name="Buka gambar").click()
        picture = page.get_by_alt_text("Lampiran dari warga")
        await expect(picture).to_be_visible()
        await expect(picture).to_have_js_property("naturalWidth", 1)
        # an answer kept for often is put in without leaving the page, and what is written keeps itself
        await page.get_by_label("Jawaban siap pakai").select_option(label="Jadwal dan tempat penyaluran")
        await page.get_by_role("button", name="Sisipkan").click()
        answer = page.get_by_label("Isi jawaban")
        await expect(answer).to_have_value(re.compile("Kantor Pos Duren Sawit"))
        await answer.press_sequentially(" Salam.")
        await expect(page.locator("#konsep-jawaban")).to_contain_text("Konsep tersimpan", timeout=8000)
        await expect(picture).to_be_visible()
        # a colleague is quicker: nothing is sent, nothing typed is lost
        await pages.house.desk.note(budi, ticket.number, "Lurah sudah ditelepon.", pages.clock())
        await pages.house.desk.assign(budi, ticket.number, budi.account_id, ticket.version, pages.clock())
        await page.get_by_role("button", name="Kirim jawaban").click()
        changed = page.get_by_role("region", name="Yang berubah sejak Anda membuka halaman ini")
        await expect(changed).to_contain_text("Lurah sudah ditelepon.")
        await expect(page.get_by_label("Isi jawaban")).to_have_value(re.compile("Salam"))
        await page.get_by_role("button", name="Kirim jawaban").click()
        await expect(page.locator(".said.out").last).to_contain_text("Salam.")
        # the two composers: another place, another colour, another button
        inside, outside = page.locator(".composer.inside"), page.locator(".composer.answer")
        await inside.locator("summary").click()
        paint = "e => getComputedStyle(e).backgroundColor"
        assert await inside.evaluate(paint) != await outside.evaluate(paint)
        await expect(inside.get_by_role("button", name="Simpan catatan")).to_be_visible()
    async with pages.house.database.read() as db:
        acts = list((await db.execute(select(schema.ledger.c.act))).scalars())
    assert acts.count("file_seen") == 1
    async with window(browser, pages, viewport=NARROW, java_script_enabled=False) as page:
        for path in (
            f"/desk/tickets/{ticket.number}",
            "/desk/open",
            "/desk/answers?name=jadwal&tongue=id",
            "/desk/absent",
        ):
            await page.goto(path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
