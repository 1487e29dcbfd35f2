"""What field officers bring back from the doors, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from sqlalchemy import insert

from notifier.registry import Order, Unreadable
from notifier.rules.visits import code_of
from notifier.store.schema import broadcasts, deliveries, people, rounds
from tests.registry.conftest import NOW, Office

HEAD = ("KODE", "NAMA", "HASIL", "TANGGAL", "CATATAN")


async def _list(office: Office, n: int = 6) -> list[str]:
    """Deliveries of a broadcast that reached nobody; their codes."""
    born = {"created_at": NOW, "updated_at": NOW}
    of = {"code": "R", "programme": "BPNT", "period": "Des", "region": "31.75.07", "venue": "Kantor", "method": "TUNAI"}
    over = NOW + timedelta(days=20)
    async with office.database.write() as db:
        await db.execute(insert(rounds).values(id=1, **of, opens_at=NOW, closes_at=over, zone="Asia/Jakarta", **born))
        plan = {"event": "round_announced", "round_id": 1, "round_version": 1, "state": "done", "at": NOW}
        plan |= {"expires_at": over, "planned_by": "account:1", "planned_at": NOW, "approved_audience": n}
        await db.execute(insert(broadcasts).values(id=1, **plan, facts={}, pins={}))
        for i in range(1, n + 1):
            one: dict[str, Any] = {
                "nik": b"x",
                "nik_index": bytes([i]) * 32,
                "nik_masked": f"317507******000{i}",
                "name": f"Orang {i}",
            }
            one |= {"region": f"31.75.07.100{i}", "zone": "Asia/Jakarta", "flags": [], **born}
            await db.execute(insert(people).values(id=i, **one))
            gone = {"broadcast_id": 1, "person_id": i, "round_id": 1, "event": "round_announced", "lane": 2}
            gone |= {"language": "id", "zone": "Asia/Jakarta", "state": "failed", "due_at": NOW, "created_at": NOW}
            await db.execute(insert(deliveries).values(id=i + 40, **gone))
    return [code_of(i + 40) for i in range(1, n + 1)]


def _file(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    if path.suffix == ".csv":
        path.write_text("\n".join(",".join(row) for row in (HEAD, *rows)) + "\n")
        return path
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((HEAD, *rows)):
            sheet.write_row(line, 0, row)
    return path


def _some(counts: Mapping[str, Any], *names: str) -> tuple[int, ...]:
    return tuple(counts[name] for name in names)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
async def test_every_row_is_taken_turned_away_or_stands_twice(office: Office, tmp_path: Path, suffix: str) -> None:
    codes = await _list(office)
    wrong = codes[0][:-1] + ("2" if codes[0][-1] != "2" else "3")
    path = _file(
        tmp_path / f"kunjungan{suffix}",
        [
            (codes[0], "A", "diberitahu", "22/11/2026", "lewat anaknya"),
            (codes[1].lower(), "B", "Tidak ada", "2026-11-22", ""),
            (codes[2], "C", "pindah", "22/11/2026", "ke Bekasi"),
            (codes[3], "D", "MENINGGAL", "", ""),
            (codes[4], "E", "", "", ""),  # nobody went there yet
            (codes[0], "A", "diberitahu", "22/11/2026", ""),  # twice
            (wrong, "A", "diberitahu", "22/11/2026", ""),
            ("", "F", "diberitahu", "22/11/2026", ""),
            (codes[5], "F", "entah", "22/11/2026", ""),
            (codes[5], "F", "diberitahu", "25/12/2026", ""),
            (code_of(999), "G", "diberitahu", "22/11/2026", ""),
        ],
    )
    report = tmp_path / "temuan.csv"
    done = await office.registry.import_visits([path], _order(office, report=report))
    counts = done.counts
    assert _some(counts, "rows", "accepted", "rejected", "duplicates", "flagged") == (11, 5, 5, 1, 2)
    assert _some(counts, "created", "unchanged") == (4, 1)
    assert {name: counts["by_reason"][name] for name in ("bad_visit_code", "unknown_visit", "unknown_result")} == {
        "bad_visit_code": 1,
        "unknown_visit": 1,
        "unknown_result": 1,
    }
    told = report.read_text()
    assert "10,HASIL,rejected,unknown_result" in told
    assert "Salin dari daftar kunjungan" in told
    found = await office.ask("SELECT delivery_id, result, note, who FROM visits ORDER BY delivery_id")
    assert [tuple(row) for row in found] == [
        (41, "told", "lewat anaknya", "cli:siti"),
        (42, "absent", "", "cli:siti"),
        (43, "moved", "ke Bekasi", "cli:siti"),
        (44, "died", "", "cli:siti"),
    ]
    flags = dict(await office.ask("SELECT id, CAST(flags AS TEXT) FROM people ORDER BY id"))
    assert ("moved" in flags[3], "died" in flags[4], flags[1]) == (True, True, "[]")
    assert [row[0] for row in await office.ask("SELECT act FROM ledger")] == ["import.visits"]


async def test_the_same_file_twice_changes_nothing(office: Office, tmp_path: Path) -> None:
    codes = await _list(office)
    path = _file(
        tmp_path / "kunjungan.csv",
        [(codes[0], "A", "diberitahu", "22/11/2026", ""), (codes[1], "B", "tidak ada", "", "")],
    )
    for created, unchanged in ((2, 0), (0, 2)):
        counts = (await office.registry.import_visits([path], _order(office))).counts
        assert _some(counts, "created", "unchanged", "rejected") == (created, unchanged, 0)
    assert await office.ask("SELECT count(*) FROM visits") == [(2,)]


async def test_a_dry_run_writes_nothing_and_says_the_same(office: Office, tmp_path: Path) -> None:
    codes = await _list(office)
    path = _file(tmp_path / "kunjungan.csv", [(codes[0], "A", "meninggal", "22/11/2026", "")])
    counts = (await office.registry.import_visits([path], _order(office, dry_run=True))).counts
    assert _some(counts, "created", "flagged") == (1, 1)
    assert await office.ask("SELECT id FROM visits UNION SELECT id FROM imports UNION SELECT id FROM ledger") == []


async def test_only_people_of_ones_own_area_are_taken(office: Office, tmp_path: Path) -> None:
    codes = await _list(office)
    path = _file(tmp_path / "kunjungan.csv", [(code, "A", "diberitahu", "22/11/2026", "") for code in codes[:2]])
    counts = (await office.registry.import_visits([path], _order(office, within="31.75.07.1002"))).counts
    assert _some(counts, "accepted", "rejected") == (1, 1)


async def test_a_file_without_results_is_refused(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "salah.csv"
    path.write_text("KODE,NAMA\nK-222,A\n")
    with pytest.raises(Unreadable, match="HASIL is missing"):
        await office.registry.import_visits([path], _order(office))


def _order(office: Office, **values: Any) -> Order:
    return replace(office.order, now=NOW, **values)
