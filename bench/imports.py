"""A register of many people by the page, beside one of few: what the process that brings it in holds at its height."""

import csv
from datetime import date, timedelta
from pathlib import Path

from bench.ground import Ground
from bench.measure import Figure
from bench.workers import REGISTER, importing

FEW, MANY = (10_000, 1_000), (1_000_000, 20_000)  # rows of the two registers: in full, for a quick look
COLUMNS = ("NIK", "NO_KK", "NAMA", "TANGGAL_LAHIR", "ALAMAT", "RT", "RW", "KODE_WILAYAH", "NO_HP", "PROGRAM", "STATUS")
FIRST = date(1950, 1, 1)
AGAIN = 100  # each hundredth row repeats an earlier one


async def imports(ground: Ground) -> Figure:
    """How much higher the peak of a process is that tries and brings in many rows, in MiB."""
    sizes, told = [ground.some(*FEW), ground.some(*MANY)], []
    for n in sizes:
        with ground.database() as (url, data):
            write_register(data / REGISTER, n)
            async with importing(ground, url, data) as running:
                told.append({"rest": running.said["peak"], **await running.asked()})
    few, many = told
    if [one["rows"] for one in told] != sizes:
        raise RuntimeError(f"not every row came in: {told}")
    return Figure(
        many["peak"] - few["peak"],
        {
            "rows": sizes,
            "rest_mib": round(many["rest"], 1),
            "peak_mib": [round(few["peak"], 1), round(many["peak"], 1)],
            **{f"s_{step}": round(many[step]["wall"], 1) for step in ("taken", "tried", "brought")},
            **{f"us_cpu_{step}": round(many[step]["cpu"] / sizes[1] * 1e6, 1) for step in ("tried", "brought")},
        },
    )


def write_register(path: Path, n: int) -> None:
    """A CSV of `n` rows, of two to a household; some stand twice."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for row in range(n):
            table.writerow(_cells(row - AGAIN // 2 if row % AGAIN == AGAIN - 1 else row))


def _cells(who: int) -> tuple[str, ...]:
    """Nobody is like another: the day of birth and the last four digits of the NIK tell a hundred million."""
    serial, days = who % 9_999 + 1, who // 9_999
    born = FIRST + timedelta(days=days)
    nik = f"317507{born:%d%m%y}{serial:04}"
    village = f"31.75.07.100{1 + who % 7}"
    phone = f"0812{who:08}" if who % 10 else ""
    home = (f"JL MAWAR NO {who % 300}", f"{who % 17:03}", f"{who % 11:03}", village)
    household = f"3175072001{who // 2:06}" if who < 2_000_000 else ""
    return nik, household, f"WARGA {who}", f"{born:%d/%m/%Y}", *home, phone, "BPNT", "DITETAPKAN"
