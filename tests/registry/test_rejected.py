"""Rejected rows given back: sealed part by part, in order, and never in memory whole."""

import csv
import io
import tracemalloc
from pathlib import Path

import pytest

from notifier.registry import rejected
from notifier.registry.files import open_table
from notifier.registry.layouts import PEOPLE
from notifier.registry.tables import LINE, WHY
from notifier.vault import Vault

VAULT = Vault({1: b"k" * 32})


def _files(tmp_path: Path, rows: int) -> tuple[Path, Path]:
    table, told = tmp_path / f"{rows}.csv", tmp_path / f"{rows}.lines"
    with table.open("w") as file:
        file.write("NIK,NAMA,KODE_WILAYAH,ALAMAT,LAIN\n")
        file.writelines(f"31750701018{n:05d},=WARGA {n},31.75.07.1003,{'X' * 180},-\n" for n in range(rows))
    told.write_text("".join(f"{line},sebabnya\n" for line in range(2, rows + 2)))
    return table, told


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_they_come_back_as_a_table_that_can_be_brought_in(tmp_path: Path, form: str) -> None:
    table, told = _files(tmp_path, 3000)
    kept, back = tmp_path / "kept", tmp_path / f"back.{form}"
    assert rejected.keep(open_table(table, PEOPLE), told, kept, VAULT) == 3000
    assert b"WARGA" not in kept.read_bytes()
    with rejected.given(kept, form, VAULT) as file:
        back.write_bytes(file.read())
    source = open_table(back, PEOPLE)
    assert [row.cells["NIK"] for row in source.rows()] == [f"31750701018{n:05d}" for n in range(3000)]
    assert next(source.rows()).cells["NAMA"] == "=WARGA 0", "it comes in again as it was, unless it was mended"
    if form == "csv":
        first = next(csv.DictReader(io.StringIO(back.read_text("utf-8-sig"))))
        assert first["NAMA"] == "'=WARGA 0", "no spreadsheet takes it for a formula"
        assert (first[WHY], first[LINE]) == ("sebabnya", "2")
        assert "LAIN" not in first


@pytest.mark.parametrize(
    ("cell", "given"),
    [
        *((calm, calm) for calm in ("SITI", "+62 812-3456-7890", "-6.2347", "-", "--", "", "A=1")),
        *((bad, f"'{bad}") for bad in ("=1", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\t=1")),
    ],
)
def test_no_spreadsheet_takes_a_rejected_cell_for_a_formula(cell: str, given: str) -> None:
    assert rejected._calm(cell) == given


def test_four_times_the_rows_are_not_four_times_the_memory(tmp_path: Path) -> None:
    peaks = []
    for rows in (2_000, 8_000):
        table, told = _files(tmp_path, rows)
        source = open_table(table, PEOPLE)
        tracemalloc.start()
        assert sum(1 for _ in source.rows()) == rows
        rejected.keep(source, told, tmp_path / "kept", VAULT)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
