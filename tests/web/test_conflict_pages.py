"""The page of conflicts: what admins see of both rows, and that a decision is taken once."""

from pathlib import Path

import pytest

from notifier.registry import Order, Registry
from tests.registry.files import SITI, write_csv
from tests.web.sites import Site

SECOND = SITI | {"NAMA": "SITI <b>MARIAM</b>", "ALAMAT": "JL MELATI NO 9"}


@pytest.fixture
async def conflicted(pages: Site, tmp_path: Path) -> Site:
    house = pages.house
    path = write_csv(tmp_path / "daftar.csv", [SITI, SECOND])
    await Registry(house.database, house.vault, house.outbox).import_people([path], Order("cli:t", pages.clock()))
    return pages


async def test_an_admin_sees_both_rows_and_decides(conflicted: Site) -> None:
    await conflicted.be("admin")
    assert "konflik data menunggu keputusan" in await conflicted.read("/home")
    page = await conflicted.read("/conflicts")
    assert "berkas daftar.csv, baris 3" in page
    assert "SITI AMINAH" in page
    assert "<b>MARIAM" not in page
    assert SITI["NIK"] not in page
    assert (await conflicted.post("/conflicts/1", {"do": "keep"})).status == 303
    assert "Tidak ada konflik" in await conflicted.read("/conflicts")
    assert "konflik data" not in await conflicted.read("/home")
    late = await conflicted.post("/conflicts/1", {"do": "take"})
    assert late.status == 400
    assert "Konflik 1 sudah diputuskan rekan lain" in await late.text()


async def test_who_may_not_decide_is_not_asked(conflicted: Site) -> None:
    await conflicted.be("agent")
    assert "konflik" not in await conflicted.read("/home")
    await conflicted.read("/conflicts", 403)
    await conflicted.be("admin", "73.71", login="makassar")
    assert "SITI" not in await conflicted.read("/conflicts")
    assert (await conflicted.post("/conflicts/1", {"do": "keep"})).status == 400
