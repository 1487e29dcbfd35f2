"""A point that moves takes its rounds along: whoever read the old place hears of the new one."""

from pathlib import Path

from notifier.jobs import RoundCarrier
from notifier.store import broadcasts as rows
from notifier.store import imports
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
