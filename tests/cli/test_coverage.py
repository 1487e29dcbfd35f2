"""A round by village at the command line."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from notifier.app import open_house, utc_now
from notifier.cli.main import main
from notifier.cli.options import Options
from notifier.store.schema import entitlements, people, regions, rounds


async def _fill(data: Path) -> None:
    now = utc_now()
    async with open_house(Options(data=data)) as house, house.database.write() as db:
        of: dict[str, Any] = {
            "programme": "BPNT",
            "period": "Desember 2026",
            "region": "31.75.07",
            "venue": "Kantor Pos",
        }
        of |= {"opens_at": now, "closes_at": now, "zone": "Asia/Jakarta", "method": "TUNAI"}
        for code in ("BPNT-1", "BPNT-2"):
            await db.execute(insert(rounds).values(**of, code=code, created_at=now, updated_at=now))
        await db.execute(insert(regions).values(code="31.75.07.1003", name="Klender"))
        for n, status in enumerate(("DITERIMA", "DIJADWALKAN"), 1):
            one: dict[str, Any] = {"nik": b"", "nik_index": bytes([n]) * 32, "nik_masked": "317507******0001"}
            one |= {"name": f"WARGA {n}", "region": "31.75.07.1003", "zone": "Asia/Jakarta", "flags": []}
            await db.execute(insert(people).values(**one, created_at=now, updated_at=now))
            row = {"round_id": 1, "person_id": n, "status": status, "record": "DIJADWALKAN", "updated_at": now}
            await db.execute(insert(entitlements).values(row))


def test_a_round_is_told_village_by_village(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(_fill(tmp_path))
    here = ["--data", str(tmp_path)]
    assert main(["coverage", "BPNT-1", "--json", *here]) == 0
    told = json.loads(capsys.readouterr().out)
    counts = {"people": 2, "told": 0, "confirmed": 1, "denied": 0, "silent": 0, "unreachable": 1, "other": 0}
    assert told == {
        "round": "BPNT-1",
        "whole": counts,
        "villages": [{"region": "31.75.07.1003", "name": "Klender", **counts}],
    }
    assert main(["coverage", "BPNT-1", *here]) == 0
    assert "31.75.07.1003 Klender" in capsys.readouterr().out
    assert main(["coverage", "BPNT-2", *here]) == 0
    assert "nobody is entitled yet" in capsys.readouterr().out
    assert main(["coverage", "NIX", *here]) == 1
    assert "no round has the code" in capsys.readouterr().err
