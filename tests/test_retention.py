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
from notifier.store import retention, schema
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
        assert await house.retention.would(stage.clock()) == dict.fromkeys(retention.KINDS, 0)
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
    spans = {**dict.fromkeys(retention.KINDS, "0s"), "hooks": "30d", "attachments": "60d"}
    async with open_site(database_url, tmp_path, retention=spans) as pages:
        await _heard(pages)
        room = pages.house.retention
        assert await room.retain(pages.clock()) == {"hooks": 0, "attachments": 0}, "a span of 0 keeps for ever"
        pages.clock.move(days=31)
        await _heard(pages)
        assert (await room.retain(pages.clock()))["hooks"] == 2
        left = func.length(schema.arrivals.c.body)
        assert await _one(pages, func.count(), left > 0) == 2, "the younger ones stay"
        pages.clock.move(days=40)
        assert (await room.retain(pages.clock()))["attachments"] == 1
        assert len(list((tmp_path / "files").iterdir())) == 3, "a report that is open keeps its files"
        assert await _one(pages, func.count(), schema.files.c.state == "kept") == 3


async def test_what_led_to_nothing_more_ages_and_what_waits_does_not(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        s, now = schema, stage.clock()
        siti = await add_person(stage, "SITI")
        room = {"status": "new", "category": "other", "categories": [], "channel": "sms", "policy": "x", "version": 1}
        times = {"opened_at": now, "updated_at": now, "rank": now}
        rows: list[tuple[Any, dict[str, Any]]] = [
            (s.tickets, {"id": 1, "number": "ADU-1", **room, **times, "closed_at": now}),
            (s.tickets, {"id": 2, "number": "ADU-2", **room, **times}),
            (s.arrivals, {"id": 1, "line": "sms", "body": b"", "headers": b"", "at": now}),
            (s.imports, {"id": 1, "what": "people", "name": "a", "digest": "", "counts": {}, "who": "x", "at": now}),
        ]
        said = {"arrival_id": 1, "line": "sms", "sender": b"s", "kind": "text", "text": "YA", "at": now, "why": []}
        conflict = {"import_id": 1, "person_id": siti, "line": 2, "column": "NAMA", "sealed": b"s", "created_at": now}
        wish = {"nik_index": bytes(32), "sender_index": bytes(16), "sealed": b"s", "created_at": now}
        for n, key in ((1, b"1" * 16), (2, b"2" * 16)):
            tied = {"ticket_id": None if n == 1 else 2}
            rows.append((s.heard, {"id": n, "dedupe": str(n), "sender_index": key, **said, **tied}))
            rows.append((s.conflicts, {"digest": key + key, "state": ("kept", "open")[n - 1], **conflict}))
            rows.append((s.applications, {"ticket_id": n, **wish}))
        async with stage.house.database.write() as db:
            for table, row in rows:
                await db.execute(table.insert().values(**row))
        stage.clock.move(days=731)
        done = await stage.house.retention.retain(stage.clock())
        assert {kind: n for kind, n in done.items() if n} == {"heard": 1, "conflicts": 1, "applications": 1}
        assert await _one(stage, s.heard.c.text, s.heard.c.id == 1) == ""
        assert await _one(stage, s.heard.c.text, s.heard.c.id == 2) == "YA"
        assert await _one(stage, s.applications.c.ticket_id) == 2
        async with stage.house.database.write() as db:
            await db.execute(s.conflicts.update().values(state="taken"))
        assert (await stage.house.retention.retain(stage.clock()))["conflicts"] == 0, "the walk rests a day"
        stage.clock.move(days=2)
        assert (await stage.house.retention.retain(stage.clock()))["conflicts"] == 1, "decided on meanwhile"


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
        **dict.fromkeys(retention.KINDS, 0),
        "dry_run": True,
    }
    assert frame.main(["retain", *words]) == 0
    assert "attachments" in capsys.readouterr().out
