"""One round's pages: changing and cancelling it after a look at what would follow."""

import pytest

from tests.web.sites import HOSTILE, Site, fill

PAGE = "/rounds/BPNT-2026-12-DS"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_change_shows_what_follows_before_anything_is_saved(pages: Site) -> None:
    await fill(pages)
    await pages.be("admin", login="tuti")
    assert 'value="2026-12-07T08:00"' in await pages.read(f"{PAGE}/edit")
    wanted = {"TEMPAT": "Balai Warga", "MULAI": "2026-12-08T09:00", "version": "1"}
    shown = await (await pages.post(f"{PAGE}/edit", {**wanted, "do": "look"})).text()
    for part in ("Kantor Pos Duren Sawit</del>", "Balai Warga</ins>", "Sel 8 Des 2026, 09.00 WIB", "Ditarik"):
        assert part in shown
    assert "Riwayat perubahan" in await pages.read(PAGE)
    assert "Balai Warga" not in await pages.read(PAGE), "looking saves nothing"
    saved = await pages.post(f"{PAGE}/edit", {**wanted, "do": "change"})
    assert (saved.status, saved.headers["Location"]) == (303, PAGE)
    page = await pages.read(PAGE)
    assert "Balai Warga" in page
    assert "<del>Kantor Pos Duren Sawit</del>" in page
    assert "Tuti" in page
    late = await pages.post(f"{PAGE}/edit", {**wanted, "TEMPAT": "Balai Desa", "do": "change"})
    assert late.status == 400
    assert "sudah diubah rekan lain" in await late.text()


async def test_a_round_is_cancelled_once_after_a_look(pages: Site) -> None:
    await fill(pages)
    await pages.be("admin", login="tuti")
    assert "Ya, batalkan penyaluran ini" in await pages.read(f"{PAGE}/cancel")
    assert "dibatalkan" not in await pages.read(PAGE)
    assert (await pages.post(f"{PAGE}/cancel", {"version": "1"})).status == 303
    assert "Riwayat" in await pages.read(PAGE)
    again = await pages.post(f"{PAGE}/cancel", {"version": "2"})
    assert again.status == 400
    assert "sudah dibatalkan" in await again.text()
    assert (await pages.post(f"{PAGE}/edit", {"TEMPAT": "X", "do": "change"})).status == 400


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"TEMPAT": ""}, "TEMPAT-fault"),
        ({"MULAI": "besok"}, "MULAI-fault"),
        ({"SELESAI": "2026-12-01T08:00"}, "SELESAI-fault"),
        ({"NOMINAL": "banyak"}, "NOMINAL-fault"),
        ({"METODE": "SULAP"}, "METODE-fault"),
        ({"CATATAN": "x" * 301}, "CATATAN-fault"),
    ],
)
@SQLITE
async def test_a_change_that_can_not_be_comes_back_with_its_faults(
    pages: Site, fields: dict[str, str], fault: str
) -> None:
    await pages.add_round()
    await pages.be("admin")
    response = await pages.post(f"{PAGE}/edit", {**fields, "version": "1", "do": "change"})
    text = await response.text()
    assert response.status == 400
    assert fault in text
    assert "Riwayat" in await pages.read(PAGE)


@SQLITE
async def test_what_people_write_into_a_round_stays_words(pages: Site) -> None:
    await pages.add_round()
    await pages.be("admin")
    assert (await pages.post(f"{PAGE}/edit", {"TEMPAT": HOSTILE, "version": "1", "do": "change"})).status == 303
    assert "<b>Budi" not in await pages.read(PAGE)
    assert "<b>Budi" not in await pages.read(f"{PAGE}/edit")


@SQLITE
async def test_who_may_only_look_finds_no_way_to_change(pages: Site) -> None:
    await pages.add_round()
    await pages.be("agent")
    assert "/edit" not in await pages.read(PAGE)
    await pages.be("supervisor", "73.71", login="makassar")
    await pages.read(PAGE, 404)
