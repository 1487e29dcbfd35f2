"""What each line carries of a broadcast: counted at expansion, added to by every worker, summed when asked."""

from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from channels.contract import Receipt, ReceiptState
from notifier.app.lines import delivery_terms
from notifier.dispatch import settle_receipt
from notifier.dispatch.settle import Outcome, settle_group
from notifier.rules.deliveries import State
from notifier.store import expansion, loads
from notifier.store.loads import Load
from notifier.store.schema import attempts, contacts, people
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


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_slice_is_looked_up_by_index_and_what_comes_after_it_as_ever(database_url: str, tmp_path: Path) -> None:
    """Left to itself the planner reads all people for each slice: a walk in the square of its audience."""
    async with open_stage(database_url, tmp_path) as stage:
        nobody, ways = select(people.c.id), text("SELECT current_setting('enable_seqscan')")
        for given, expected in ((True, "off"), (False, "on")):
            async with stage.house.database.write() as db:
                if given:
                    await expansion.draw(db, 0, nobody, stage.clock(), 0, 10)
                assert (await db.execute(ways)).scalar_one() == expected


async def test_whoever_is_carried_to_another_line_counts_among_its_people(database_url: str, tmp_path: Path) -> None:
    """By a bounce, by a refusal, and by a claim that finds the address finished."""
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n, phone in enumerate(("+6281230000001", "+62000002001", "+6281230000003")):
            await add_person(stage, f"WARGA {n}", ("sms", phone), ("email", f"w{n}@example.com"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        async with stage.house.database.write() as db:
            await db.execute(update(contacts).where(contacts.c.address == "+6281230000003").values(state="dead"))
        await stage.dispatcher.drain()
        async with stage.house.database.write() as db:
            ref = (await db.execute(select(attempts.c.ref).where(attempts.c.delivery_id == 1))).scalar_one()
            bounce = Receipt(ref, ReceiptState.FAILED, reason="no such number", permanent=True)
            await settle_receipt(db, "sms", bounce, delivery_terms(stage.house), stage.clock())
            put = {line: (load.people, load.attempts) for line, load in (await loads.of(db, number)).items()}
        assert put == {"sms": (3, 2), "mail": (3, 2)}


@pytest.mark.parametrize(
    ("state", "ref", "segments", "more"),
    [(State.FAILED, "", 0, 0), (State.ACCEPTED, "r1", 2, 2), (State.ACCEPTED, "", 2, 2)],
)
async def test_a_group_written_twice_counts_its_cost_once(
    database_url: str, tmp_path: Path, state: State, ref: str, segments: int, more: int
) -> None:
    """As when the database kept it and the word of that was lost."""
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        [ready] = (await stage.claim("sms")).ready
        c, weight = ready.delivery, ready.weight
        outcome = Outcome(c.id, c.fence, stage.clock(), state, ref, segments, weight, price=100, reason="x")
        seen = []
        for _ in range(2):
            stage.clock.move(seconds=1)
            async with stage.house.database.write() as db:
                await settle_group(db, "sms", [outcome], delivery_terms(stage.house), stage.clock(), [0.5])
                seen.append((await loads.of(db, number))["sms"])
        assert seen[0] == seen[1]
        assert seen[0].segments == more
