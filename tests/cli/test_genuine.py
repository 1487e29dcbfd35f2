"""What the desk is told of a code at the command line."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from notifier.app import open_house, utc_now
from notifier.cli.main import main
from notifier.cli.options import Options
from notifier.store.schema import attempts, deliveries, rounds


async def _send_one(data: Path) -> str:
    now = utc_now()
    async with open_house(Options(data=data)) as house:
        async with house.database.write() as db:
            round_row: dict[str, Any] = {
                "code": "BPNT-2026-12-DS",
                "programme": "BPNT",
                "period": "Desember 2026",
                "region": "31.75.07",
            }
            round_row |= {"venue": "Kantor Pos", "zone": "Asia/Jakarta", "method": "KANTOR_POS", "created_at": now}
            round_row |= {"opens_at": datetime(2026, 12, 7, 1, tzinfo=UTC), "updated_at": now}
            await db.execute(insert(rounds).values(**round_row, closes_at=datetime(2026, 12, 7, 8, tzinfo=UTC)))
            row = {"event": "round_announced", "lane": 2, "language": "id", "zone": "Asia/Jakarta", "state": "accepted"}
            await db.execute(insert(deliveries).values(**row, round_id=1, round_version=1, due_at=now, created_at=now))
            row = {"delivery_id": 1, "number": 1, "generation": 1, "key": "1:1:1", "line": "sms", "state": "accepted"}
            row |= {"address_index": b"x" * 16, "event": "round_announced", "round_version": 1, "started_at": now}
            await db.execute(insert(attempts).values(**row))
        return house.vault.codes.of(1)


def test_the_desk_asks_for_a_code_and_is_told_its_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = asyncio.run(_send_one(tmp_path))
    here = ["--data", str(tmp_path)]
    assert main(["genuine", *code.lower().split("-"), *here]) == 0
    told = capsys.readouterr().out
    assert f"{code} is ours." in told
    assert "BPNT-2026-12-DS: BPNT, Desember 2026" in told
    assert "2026-12-07 08:00 to 2026-12-07 15:00 WIB, Kantor Pos" in told
    assert main(["genuine", "K7QM-3FXA", "--json", *here]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "false"
    assert main(["genuine", "halo", *here]) == 1
    assert "no code" in capsys.readouterr().out
