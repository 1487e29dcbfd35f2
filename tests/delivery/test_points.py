"""A point that moves takes its rounds along: whoever read the old place hears of the new one."""

import asyncio
from pathlib import Path

from notifier.jobs import RoundCarrier
from notifier.registry.points import read_from
from notifier.registry.rounds import write
from notifier.store import broadcasts as rows
from notifier.store import imports, rounds
from tests.houses import add_person, add_round, open_stage

CELLS = {"KODE": "KP-DS", "NAMA": "Kantor Pos Duren Sawit", "KODE_WILAYAH": "31", "ALAMAT": "Jl. Kolonel Sugiono"}
SITI = "+6281230000001"


async def test_who_read_the_old_place_gets_one_correction(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_person(stage, "Siti", ("sms", SITI))
        await add_person(stage, "Budi")
        number = await add_round(stage)
        house = stage.house
        async with house.database.write() as db:
            await imports.name_regions(db, [("31", "DKI Jakarta")])
        await house.points.create(stage.planner, CELLS, stage.clock())
        await house.rounds.change(stage.planner, "BPNT-2026-12-DS", {"TITIK": "KP-DS"}, stage.clock())
        told = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        await house.points.change(stage.planner, "KP-DS", {"NAMA": "Balai Warga Klender"}, stage.clock())
        await RoundCarrier(house.database, house.broadcasts, house.config.reminders).carry(stage.clock())
        async with house.database.read() as db:
            there = await rows.of_round(db, number)
        [correction] = [b for b in there if b.event == "round_changed"]
        assert (correction.parent_id, correction.approved_audience) == (told, 1)
        await house.broadcasts.approve(stage.approver, correction.id, stage.clock())
        await stage.send()
        notes = stage.providers.phones.notes(SITI)
        assert len(notes) == 2
        assert "Balai Warga" in notes[-1].text


async def test_a_round_that_comes_to_a_point_as_it_is_changed_has_the_new_address(
    database_url: str, tmp_path: Path
) -> None:
    """Read before the point is changed and written after it; or the other way about."""
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        number, house, now = await add_round(stage), stage.house, stage.clock()
        async with house.database.write() as db:
            await imports.name_regions(db, [("31", "DKI Jakarta")])
        old = await house.points.create(stage.planner, CELLS, now)
        async with house.database.write() as db:
            of = await rounds.get(db, number, lock=True)
            assert of is not None
            await write(db, of, read_from(of, old), "account:1", now)
            changing = asyncio.create_task(house.points.change(stage.planner, "KP-DS", {"ALAMAT": "Jl. Baru 1"}, now))
            await asyncio.wait({changing}, timeout=0.2)  # it would be through by then, and know nothing of the round
        await changing
        async with house.database.write() as db:
            of = await rounds.get(db, number, lock=True)
            assert of is not None
            assert of.address == "Jl. Baru 1", "changed with its point"
            assert await write(db, of, read_from(of, old), "account:1", now) is of, "an import that read it before"
        created = await house.rounds.get(stage.planner, "BPNT-2026-12-DS")
        assert (created.address, created.point_id) == ("Jl. Baru 1", old.id)
