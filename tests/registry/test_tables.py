"""Files as they really come: delimiters, encodings, workbooks, and what is no table at all."""

import codecs
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from notifier.registry import workbooks
from notifier.registry.files import open_table
from notifier.registry.layouts import PEOPLE
from notifier.registry.tables import Row, Unreadable
from tests.registry.files import REGISTERS, SITI, write_csv, write_xlsx

HEAD = "NIK,NAMA,KODE_WILAYAH"
SITI_ROW = "3175075003689763,SITI,31.75.07.1003"


def _rows(path: Path) -> list[Row]:
    return list(open_table(path, PEOPLE).rows())


def _file(folder: Path, content: bytes | str, name: str = "register.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_encoding_and_line_ends_are_found(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    lines = [HEAD.replace(",", delimiter), f"3175075003689763{delimiter}D’ANGELO{delimiter}31.75.07.1003", ""]
    rows = _rows(_file(tmp_path, end.join(lines).encode(encoding)))
    assert [(row.line, row.cells["NAMA"]) for row in rows] == [(2, "D’ANGELO")]


def test_the_three_registers_are_read_whole() -> None:
    assert [len(_rows(path)) for path in REGISTERS] == [3014, 404, 604]


def test_header_names_may_be_spelled_in_many_ways(tmp_path: Path) -> None:
    head = "No. KTP;Nama Lengkap;kode desa;Tgl Lahir;L/P;No. Telepon;tak dikenal"
    path = _file(tmp_path, f"{head}\n3175075003689763;SITI;31.75.07.1003;10/03/1968;P;0812;x\n")
    cells = _rows(path)[0].cells
    assert set(cells) == {"NIK", "NAMA", "KODE_WILAYAH", "TANGGAL_LAHIR", "JENIS_KELAMIN", "NO_HP"}


def test_title_rows_above_the_header_are_passed_over(tmp_path: Path) -> None:
    path = _file(tmp_path, f"DAFTAR PENERIMA\n\n\n{HEAD}\n{SITI_ROW}\n\n,,\n{SITI_ROW}\n")
    assert [row.line for row in _rows(path)] == [5, 8]


def test_a_line_break_inside_quotes_does_not_spoil_line_numbers(tmp_path: Path) -> None:
    path = _file(tmp_path, f'{HEAD}\n3175075003689763,"SITI\r\nAMINAH\n",31.75.07.1003\n{SITI_ROW}\n')
    assert [row.line for row in _rows(path)] == [2, 5]


def test_cells_beyond_the_header_are_told(tmp_path: Path) -> None:
    path = _file(tmp_path, f"{HEAD}\n{SITI_ROW},\n{SITI_ROW},x\n3175075003689763\n")
    assert [(row.surplus, row.cells["NAMA"]) for row in _rows(path)] == [(False, "SITI"), (True, "SITI"), (False, "")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"  \n \n", "the file is empty"),
        (b"apa saja\nbukan tabel\n", "line 1: no header with the columns NIK, NAMA, KODE_WILAYAH; found: apa saja"),
        (b"NIK,NAMA\n1,2\n", "line 1: the column KODE_WILAYAH is missing; found: NIK, NAMA"),
        (b"NIK;NAMA;No KTP;KODE_WILAYAH\n1;2;3;4\n", "line 1, column 3: NIK stands twice"),
        (f'{HEAD}\n{SITI_ROW}\n1,"SITI,2\n{SITI_ROW}\n'.encode(), 'line 3: a quotation mark (") opens here'),
        (f'{HEAD}\n1,"SITI" AMINAH,2\n'.encode(), 'line 2: a quotation mark (") stands inside'),
        (f"{HEAD}\n{SITI_ROW}\n1,SI\0TI,2\n".encode(), "line 3: a NUL byte"),
        (f"{HEAD}\n1,{'x' * 1_100_000},2\n".encode(), "a line of more than"),
        (codecs.BOM_UTF8 + f"{HEAD}\n1,D\x92ANGELO,2\n".encode("latin-1"), "line 2: the file is UTF-8 up to here"),
        (f"{HEAD}\n1,D’ANGELO,2\n".encode() + b"1,D\x92A,2\n", "line 3: the file is UTF-8 up to here"),
        (f"{HEAD}\n1,D\x81A,2\n".encode("latin-1"), "neither UTF-8 nor Windows-1252"),
        (b"%PDF-1.7\n", "this is a PDF document, not a table"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "an old Excel file (.xls) or one locked with a password"),
        (b"\x1f\x8b\x08" + bytes(100), "a compressed file (gzip)"),
        (b"PK\x03\x04" + bytes(100), "the workbook does not open"),
        (b"{}", "a JSON document"),
    ],
)
def test_a_file_that_is_no_table_gets_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = _file(tmp_path, content)
    with pytest.raises(Unreadable) as refused:
        _rows(path)
    assert str(path.name) in str(refused.value)
    assert sentence in str(refused.value)


def test_a_header_that_is_somebodys_data_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        _rows(_file(tmp_path, f"{SITI_ROW}\n{SITI_ROW}\n"))
    assert not re.search(r"\d{5}", str(refused.value).replace(str(tmp_path), ""))


def test_a_missing_file_and_a_folder_get_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(Unreadable, match="give the path of a file"):
            open_table(path, PEOPLE)


def test_what_a_file_is_counts_and_not_what_it_is_called(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "register.csv", [list(SITI), list(SITI.values())])
    text = write_csv(tmp_path / "register.xlsx", [SITI])
    assert _rows(book)[0].cells == _rows(text)[0].cells


def test_a_workbook_keeps_the_kind_of_its_cells_and_the_numbers_of_its_rows(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["DAFTAR"],
        [],
        [None, *HEAD.split(","), "TANGGAL_LAHIR"],
        [],
        [None, 3.1e15, "SITI", "x", date(1968, 3, 10)],
    ]
    found = _rows(write_xlsx(tmp_path / "register.xlsx", rows))
    assert [(row.line, *row.cells.values()) for row in found] == [(5, 3.1e15, "SITI", "x", date(1968, 3, 10))]


def test_the_sheet_with_the_header_is_found(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("kosong")
        book.add_worksheet("petunjuk").write(0, 0, "isi lembar ketiga")
        sheet = book.add_worksheet("data")
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, SITI_ROW.split(","))
        sheet.write_formula(1, 1, '="SI"&"TI"', value="SITI")
    assert _rows(path)[0].cells["NAMA"] == "SITI"


def test_a_workbook_of_too_many_rows_is_asked_for_as_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "register.xlsx", [HEAD.split(","), *[SITI_ROW.split(",")] * 30])
    monkeypatch.setattr(workbooks, "MOST_ROWS", 30)
    with pytest.raises(Unreadable, match="more than 30 rows; save it as CSV"):
        open_table(path, PEOPLE)


def test_a_compressed_file_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "register.xlsx", "w") as archive:
        archive.writestr("isi.txt", "halo")
    with pytest.raises(Unreadable, match="not a workbook"):
        open_table(tmp_path / "register.xlsx", PEOPLE)
