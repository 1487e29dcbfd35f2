"""What each line carries of a broadcast: counted at expansion, added to by every worker, summed when asked."""

from pathlib import Path

from notifier.store import loads
from notifier.store.loads import Load
from tests.houses import add_person, add_round, open_stage


async def test_expansion_counts_the_people_of_each_line_and_workers_add_what_they_spent(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("telegram", "710000001"), ("sms", "+6281230000001"))
        await add_person(stage, "D’ANGELO PUTRA", ("sms", "+6281230000002"))
        await add_person(stage, "RAISA", ("sms", "+6281230000003"))
        await add_person(stage, "TANPA HP")
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        lines = {kind: line for line, kind in stage.house.kinds.items()}
        async with stage.house.database.write() as db:
            before = await loads.of(db, number)
            await loads.add(db, "one", {(number, lines["sms"]): Load(attempts=2, segments=3, rupiah=1200)})
            await loads.add(db, "two", {(number, lines["sms"]): Load(people=1, attempts=1, segments=1, rupiah=400)})
            after = await loads.of(db, number)
        assert {line: load.people for line, load in before.items()} == {lines["telegram"]: 1, lines["sms"]: 2}
        spent = after[lines["sms"]] + Load(people=-2)
        assert (spent.people, spent.segments - before[lines["sms"]].segments) == (1, 4)
        assert spent.rupiah - before[lines["sms"]].rupiah == 1600
