"""Lists of distribution points come in; rounds name them, and move with them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.registry import Faulty, Points, Rounds
from notifier.rules.roles import Role, Viewer
from notifier.store import editions, rounds
from tests.registry.conftest import NOW, Office
from tests.registry.files import ROUND, write_csv

POINT = {
    "KODE": "KP-DS",
    "NAMA": "Kantor Pos Duren Sawit",
    "KODE_WILAYAH": "31.75.07.1003",
    "ALAMAT": "Jl. Kolonel Sugiono No. 1",
    "LINTANG": "-6,2347",
    "BUJUR": "106.8921",
    "KAPASITAS_JAM": "60",
    "KAPASITAS_HARI": "400",
    "JAM_BUKA": "Senin-Jumat 8.00-15.00",
    "STATUS": "",
}
AT = ROUND | {"TITIK": "KP-DS", "TEMPAT": "", "ALAMAT": ""}
ADMIN = Viewer(1, "tuti", Role.ADMIN)


async def _points(office: Office, path: Path, **order: Any) -> dict[str, Any]:
    done = await office.registry.import_points([path], replace(office.order, **order))
    return dict(done.counts)


async def test_points_come_in_and_the_rounds_that_name_them_read_their_place(office: Office, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "points.csv", [POINT])
    assert (await _points(office, path, dry_run=True))["created"] == 1
    assert (await _points(office, path))["created"] == 1
    assert (await _points(office, path))["unchanged"] == 1
    assert await office.ask("SELECT hours, latitude, per_hour, per_day, zone, version FROM points") == [
        ("Sen-Jum 08:00-15:00", -6.2347, 60, 400, "Asia/Jakarta", 1)
    ]
    done = await office.rounds(write_csv(tmp_path / "a.csv", [AT, AT | {"KODE": "LAIN", "TITIK": "TIDAK-ADA"}]))
    assert (done.counts["created"], done.counts["by_reason"]) == (1, {"unknown_point": 1})
    assert (await office.rounds(write_csv(tmp_path / "a.csv", [AT]))).counts["unchanged"] == 1
    moved = POINT | {"ALAMAT": "Jl. Radin Inten II No. 5", "KAPASITAS_HARI": "300"}
    assert (await _points(office, write_csv(tmp_path / "points.csv", [moved])))["changed"] == 1
    async with office.database.read() as db:
        of = await rounds.by_code(db, ROUND["KODE"])
        assert of is not None
        assert (of.venue, of.address, of.version, of.wake) == (POINT["NAMA"], moved["ALAMAT"], 2, NOW)
        latest, _ = await editions.of_round(db, of.id)
    assert (latest.act, latest.was) == ("changed", {"address": POINT["ALAMAT"]})
    await office.say("UPDATE rounds SET wake = NULL")
    await _points(office, write_csv(tmp_path / "points.csv", [moved | {"KAPASITAS_HARI": "200", "JAM_BUKA": ""}]))
    assert await office.ask("SELECT version, wake FROM rounds") == [(2, None)], "capacity changes nobody's words"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"KODE": "A B"}, "bad_code"),
        ({"NAMA": ""}, "missing_cell"),
        ({"KODE_WILAYAH": "99.99"}, "unknown_region"),
        ({"KODE_WILAYAH": "73.71"}, "outside_region"),
        ({"LINTANG": "91"}, "bad_degrees"),
        ({"BUJUR": "timur"}, "bad_degrees"),
        ({"KAPASITAS_JAM": "banyak"}, "bad_capacity"),
        ({"KAPASITAS_HARI": "0"}, "bad_capacity"),
        ({"JAM_BUKA": "pagi"}, "bad_hours"),
        ({"STATUS": "ENTAH"}, "unknown_point_state"),
    ],
)
async def test_a_point_that_can_not_be_is_rejected(
    office: Office, tmp_path: Path, cells: dict[str, str], reason: str
) -> None:
    good = POINT | {"KODE": "OTHER", "LINTANG": "-6.2", "JAM_BUKA": "Sen-Jum 08:00-15:00"}
    path = write_csv(tmp_path / "a.csv", [good, good | {"KODE": "KP-DS"} | cells])
    counts = await _points(office, path, within="31")
    assert (counts["accepted"], counts["by_reason"]) == (1, {reason: 1})


async def test_nobody_takes_a_point_of_another_region_into_theirs(office: Office, tmp_path: Path) -> None:
    await _points(office, write_csv(tmp_path / "a.csv", [POINT]))
    theirs = write_csv(tmp_path / "b.csv", [POINT | {"KODE_WILAYAH": "73.71"}])
    assert (await _points(office, theirs, within="73"))["by_reason"] == {"outside_region": 1}
    assert await office.ask("SELECT region FROM points") == [("31.75.07.1003",)]


async def test_a_round_is_written_by_hand_with_its_point_or_without(office: Office, tmp_path: Path) -> None:
    await _points(office, write_csv(tmp_path / "a.csv", [POINT]))
    desk, sites = Rounds(office.database), Points(office.database)
    of = await desk.create(ADMIN, AT, NOW)
    assert (of.venue, of.address, of.version, of.wake) == (POINT["NAMA"], POINT["ALAMAT"], 1, NOW)
    with pytest.raises(Faulty) as error:
        await desk.create(ADMIN, AT, NOW)
    assert list(error.value.faults) == ["KODE"]
    for cells, column in (
        ({"TITIK": "TIDAK-ADA"}, "TITIK"),
        ({"TITIK": ""}, "TEMPAT"),
        ({"KODE_WILAYAH": "99.99"}, "KODE_WILAYAH"),
        ({"SELESAI": "kapan"}, "SELESAI"),
    ):
        with pytest.raises(Faulty) as error:
            await desk.create(ADMIN, AT | {"KODE": "BARU"} | cells, NOW)
        assert list(error.value.faults) == [column]
    with pytest.raises(Faulty):
        await desk.create(Viewer(2, "m", Role.ADMIN, "73"), AT | {"KODE": "BARU"}, NOW)
    left = await desk.change(ADMIN, of.code, {"TITIK": "", "TEMPAT": "Balai Warga"}, NOW)
    assert (left.point_id, left.venue, left.version) == (None, "Balai Warga", 2)
    await sites.change(ADMIN, "KP-DS", {"ALAMAT": "Jl. Lain"}, NOW)
    assert (await desk.get(ADMIN, of.code)).version == 2, "it is somewhere else now"
    back = await desk.change(ADMIN, of.code, {"TITIK": "KP-DS"}, NOW)
    assert (back.address, back.version) == ("Jl. Lain", 3)
    await office.rounds(write_csv(tmp_path / "r.csv", [ROUND | {"ALAMAT": "Jl. Lain", "CATATAN": "Bawa KTP"}]))
    assert (await desk.get(ADMIN, of.code)).point_id == back.point_id, "a calendar that says the same leaves it there"
    await sites.change(ADMIN, "KP-DS", {"NAMA": "Kantor Pos Baru"}, NOW + timedelta(days=60))
    assert (await desk.get(ADMIN, of.code)).venue == POINT["NAMA"], "what is over stays as it was"
    await office.rounds(write_csv(tmp_path / "r.csv", [ROUND | {"TEMPAT": "Balai Kota"}]))
    assert (await desk.get(ADMIN, of.code)).point_id is None, "a calendar that names another place takes it away"
