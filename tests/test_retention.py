"""What is kept only so long: bodies go by age, rows and proofs stay, and what is still needed is passed over."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from notifier.cli import main as frame
from notifier.ledger import seal, verify
from notifier.proofs import prove
from notifier.retention import Retention
from notifier.store import schema
from tests.houses import NO_WINDOW, add_person, add_round, open_stage
from tests.web.sites import Site, open_site


async def _one(pages: Any, column: Any, *where: Any) -> Any:
    async with pages.house.database.read() as db:
        return (await db.execute(select(column).where(*where))).scalar_one()


async def test_messages_and_their_addresses_age_and_the_proof_holds(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house = stage.house
        await add_person(stage, "SITI", ("sms", "+6281234567890"))
        await add_round(stage)
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        before = await house.broadcasts.statement(number)
        assert await house.retention.would(stage.clock()) == dict.fromkeys(
            ("hooks", "messages", "addresses", "attachments"), 0
        )
        stage.clock.move(days=731)
        would = await house.retention.would(stage.clock())
        assert would["addresses"] == 1
        done = await house.retention.retain(stage.clock())
        assert done == would
        assert sum((await house.retention.retain(stage.clock())).values()) == 0
        assert bytes(await _one(stage, schema.attempts.c.address_index)) == bytes(16)
        assert await house.broadcasts.statement(number) == before
        await seal(house.database, house.vault, "test", stage.clock())
        assert (await verify(house.database, house.vault)).sound
        assert [finding async for finding in prove(house.database, house.vault)] == []


async def _heard(pages: Site) -> None:
    """Two reports with a file each, the first one closed; requests as they came."""
    for n in range(2):
        ticket = await pages.hear(f"Aduan {n}")
        await pages.add_file(ticket, "bukti.jpg", "image/jpeg", b"\xff\xd8\xff bukti")
        async with pages.house.database.write() as db:
            if n == 0:
                closed = schema.tickets.update().where(schema.tickets.c.id == ticket.id)
                await db.execute(closed.values(closed_at=pages.clock()))
            came = schema.arrivals.c.id == select(func.max(schema.arrivals.c.id)).scalar_subquery()
            await db.execute(schema.arrivals.update().where(came).values(body=b"sealed", headers=b"sealed"))


async def test_requests_and_attachments_age_but_for_those_still_needed(database_url: str, tmp_path: Path) -> None:
    spans = {"hooks": "30d", "attachments": "60d", "messages": "0s", "addresses": "0s"}
    async with open_site(database_url, tmp_path, retention=spans) as pages:
        await _heard(pages)
        retention = pages.house.retention
        assert await retention.retain(pages.clock()) == {"hooks": 0, "attachments": 0}, "a span of 0 keeps for ever"
        pages.clock.move(days=31)
        await _heard(pages)
        assert (await retention.retain(pages.clock()))["hooks"] == 2
        left = func.length(schema.arrivals.c.body)
        assert await _one(pages, func.count(), left > 0) == 2, "the younger ones stay"
        pages.clock.move(days=40)
        assert (await retention.retain(pages.clock()))["attachments"] == 1
        assert len(list((tmp_path / "files").iterdir())) == 3, "a report that is open keeps its files"
        assert await _one(pages, func.count(), schema.files.c.state == "kept") == 3


async def test_a_walk_of_many_goes_on_where_it_stood(database_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, tmp_path) as pages:
        rows = [{"line": "sms", "body": b"x", "headers": b"x", "at": pages.clock()} for _ in range(1100)]
        async with pages.house.database.write() as db:
            await db.execute(schema.arrivals.insert(), rows)
        pages.clock.move(days=91)
        room = Retention(pages.house.database, tmp_path, {"hooks": timedelta(days=90)})
        assert [(await room.retain(pages.clock(), most=1))["hooks"] for _ in range(4)] == [500, 500, 100, 0]


def test_the_command_counts_or_does_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.toml").touch()
    words = ["--config", str(tmp_path / "none.toml"), "--data", str(tmp_path / "data")]
    assert frame.main(["retain", "--dry-run", "--json", *words]) == 0
    assert json.loads(capsys.readouterr().out) == {
        **dict.fromkeys(("hooks", "messages", "addresses", "attachments"), 0),
        "dry_run": True,
    }
    assert frame.main(["retain", *words]) == 0
    assert "attachments" in capsys.readouterr().out
