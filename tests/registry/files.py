"""Builds the files that the registry's tests read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

DATA = Path(__file__).parents[1] / "data"
REGISTERS = [DATA / name for name in ("penerima_duren_sawit.csv", "penerima_wamena.csv", "penerima_makassar.xlsx")]
ROUNDS = DATA / "penyaluran.csv"
STATUSES = DATA / "status_penyaluran.csv"

SITI = {
    "NIK": "3175075003689763",
    "NO_KK": "3175072611075578",
    "NAMA": "SITI AMINAH",
    "JENIS_KELAMIN": "P",
    "TANGGAL_LAHIR": "10/03/1968",
    "ALAMAT": "JL MAWAR NO 1",
    "RT": "003",
    "RW": "002",
    "KODE_WILAYAH": "31.75.07.1003",
    "NO_HP": "+6281324776472",
    "TELEGRAM_CHAT_ID": "710000002",
    "EMAIL": "siti@example.com",
    "BAHASA": "id",
    "PROGRAM": "PKH;BPNT",
    "STATUS": "DITETAPKAN",
}
BUDI = SITI | {
    "NIK": "3514180411939490",
    "NAMA": "BUDI HUTAPEA",
    "JENIS_KELAMIN": "L",
    "TANGGAL_LAHIR": "04/11/1993",
    "TELEGRAM_CHAT_ID": "",
    "EMAIL": "",
    "PROGRAM": "BPNT",
}
ROUND = {
    "KODE": "BPNT-2026-12-DS",
    "PROGRAM": "BPNT",
    "PERIODE": "Desember 2026",
    "KODE_WILAYAH": "31.75.07",
    "TEMPAT": "Kantor Pos Duren Sawit",
    "ALAMAT": "Jl. Kolonel Sugiono",
    "MULAI": "2026-12-07 08:00",
    "SELESAI": "2026-12-11 15:00",
    "NOMINAL": "200000",
    "METODE": "KANTOR_POS",
    "CATATAN": "Bawa KTP dan KK asli",
}


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], delimiter: str = ",") -> Path:
    """A table of these rows; the first names the columns."""
    lines = [delimiter.join(rows[0]), *(delimiter.join(f'"{cell}"' for cell in row.values()) for row in rows)]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """A workbook with these rows of cells; None is an empty cell."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("DATA")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, place, cell, *([day] if hasattr(cell, "year") else []))
    return path
