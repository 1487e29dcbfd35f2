"""`notifier import`, as an operator or a script calls it."""

import json
from pathlib import Path

import pytest

from notifier.cli.main import main
from tests.registry.files import BUDI, REGISTERS, ROUNDS, SITI, STATUSES, write_csv

CONTRACT = (
    *("rows", "accepted", "corrected", "rejected", "duplicates", "conflicts"),
    *("flagged", "contacts_dropped", "by_reason"),
)


def _import(tmp_path: Path, *words: str | Path) -> int:
    return main(["--data", str(tmp_path / "var"), "import", *map(str, words)])


def test_counts_go_to_stdout_as_one_object_and_progress_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _import(tmp_path, "people", REGISTERS[1], "--json") == 0
    said = capsys.readouterr()
    counts = json.loads(said.out)
    assert set(CONTRACT) <= set(counts)
    assert counts["rows"] == sum(counts[name] for name in ("accepted", "rejected", "duplicates", "conflicts"))
    assert "writing penerima_wamena.csv: 404 of 404 rows" in said.err
    for what, path in (("rounds", ROUNDS), ("statuses", STATUSES)):
        assert _import(tmp_path, what, path, "--json") == 0
        assert set(CONTRACT) <= set(json.loads(capsys.readouterr().out))


def test_a_broken_file_is_refused_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("NIK,NAMA\n1,2\n")
    assert _import(tmp_path, "people", broken) == 1
    said = capsys.readouterr()
    assert said.err == (
        f"{broken}, line 1: the column KODE_WILAYAH is missing; found: NIK, NAMA. Needed are NIK, NAMA, KODE_WILAYAH\n"
    )
    assert not said.out


def test_a_file_is_named_as_it_was_typed_whatever_is_wrong_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("masuk")
    folder.mkdir()
    (folder / "kosong.csv").write_text("")
    (folder / "judul.csv").write_text("NIK,NAMA,KODE_WILAYAH\n")
    (folder / "kutip.csv").write_text('NIK,NAMA,KODE_WILAYAH\n1,"ANI,3\n')
    (folder / "rusak.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    for name in ("tiada.csv", "kosong.csv", "judul.csv", "kutip.csv", "rusak.xlsx"):
        assert _import(tmp_path, "people", f"masuk/{name}") == 1
        assert capsys.readouterr().err.startswith(f"masuk/{name}"), name


def test_a_dry_run_says_so_and_a_report_says_how_to_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, report = write_csv(tmp_path / "a.csv", [SITI, BUDI | {"NAMA": ""}]), tmp_path / "report.csv"
    assert _import(tmp_path, "people", path, "--dry-run", "--report", report) == 0
    assert "Nothing was written (--dry-run)." in capsys.readouterr().out
    assert "a.csv,3,NAMA,rejected,missing_name,Nama kosong." in report.read_text()
    assert _import(tmp_path, "people", path) == 0
    assert "Add --report FILE.csv" in capsys.readouterr().out


def test_a_dry_run_in_a_new_place_makes_nothing_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_csv(tmp_path / "a.csv", [SITI])
    assert _import(tmp_path, "people", path, "--dry-run") == 0
    assert not (tmp_path / "var").exists()
    said = capsys.readouterr()
    assert "checking a.csv: 1 of 1 rows" in said.err
    assert "writing" not in said.err
    assert _import(tmp_path, "people", path) == 0
    before = sorted((tmp_path / "var").iterdir())
    assert _import(tmp_path, "people", path, "--dry-run") == 0
    assert "unchanged" in capsys.readouterr().out, "what is there is what is compared with"
    assert sorted((tmp_path / "var").iterdir()) == before


def test_whoever_is_named_has_to_be_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _import(tmp_path, "people", write_csv(tmp_path / "a.csv", [SITI]), "--by", "nobody") == 1
    assert "nobody" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["people"], ["cattle", "x.csv"], []])
def test_wrong_usage_is_told(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        _import(tmp_path, *words)
    assert ended.value.code == 2
