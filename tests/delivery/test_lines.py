"""A line in trouble: one alert, not over itself, and one when it works again; a try now; a test message."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from notifier.errors import Refused
from notifier.lines import fit
from notifier.rules.roles import Role, Viewer
from notifier.store import lines as rows
from notifier.store.schema import accounts, deliveries, ledger, paces
from tests.houses import Stage, add_person, add_round, open_stage


async def _notify(stage: Stage, login: str, kind: str, address: str) -> None:
    async with stage.house.database.write() as db:
        await db.execute(
            update(accounts).where(accounts.c.login == login).values(notify_kind=kind, notify_address=address)
        )


async def _park(stage: Stage, line: str = "sms", *, parks: int = 1, **rest: float) -> None:
    until = stage.clock() + timedelta(**(rest or {"minutes": 5}))
    row = {"scope": f"line:{line}", "next_free": stage.clock(), "reason": "quota used up"}
    async with stage.house.database.write() as db:
        if (await db.execute(select(paces.c.scope).where(paces.c.scope == f"line:{line}"))).first() is None:
            await db.execute(insert(paces).values(row))
        await db.execute(
            update(paces)
            .where(paces.c.scope == f"line:{line}")
            .values(parked_until=until, parks=parks, reason=row["reason"])
        )


async def _works(stage: Stage, line: str = "sms") -> None:
    async with stage.house.database.write() as db:
        await db.execute(update(paces).where(paces.c.scope == f"line:{line}").values(parked_until=None, parks=0))


async def _alerts(stage: Stage) -> list[tuple[str, bool]]:
    async with stage.house.database.read() as db:
        found = select(deliveries.c.line, deliveries.c.facts).where(deliveries.c.event == "line_alert")
        return [(line, facts["works"]) for line, facts in await db.execute(found.order_by(deliveries.c.id))]


async def test_admins_are_told_once_of_a_trouble_and_once_of_its_end(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _notify(stage, "rina", "email", "rina@dinas.test")
        watch = stage.house.lines.watch
        assert await watch(stage.clock()) == 0
        await _park(stage)
        assert [await watch(stage.clock()) for _ in range(3)] == [1, 0, 0]
        stage.clock.move(minutes=6)
        await _park(stage, parks=2)
        assert await watch(stage.clock()) == 0, "the same trouble goes on"
        stage.clock.move(minutes=6)
        assert await watch(stage.clock()) == 0, "rested, not yet tried"
        await _works(stage)
        assert [await watch(stage.clock()) for _ in range(3)] == [1, 0, 0]
        assert await _alerts(stage) == [("mail", False), ("mail", True)]
        await stage.dispatcher.drain()
        first, second = (note.text for note in stage.providers.phones.notes("rina@dinas.test"))
        assert "sms" in first
        assert "quota used up" in first
        assert "berfungsi lagi" in second
        await _park(stage)
        assert await watch(stage.clock()) == 1, "the next trouble is another"
        async with stage.house.database.read() as db:
            told = (await db.execute(select(ledger.c.act).where(ledger.c.about == "line:sms"))).scalars().all()
        assert [act for act in told if act.startswith("line.")] == ["line.trouble", "line.works", "line.trouble"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_alert_does_not_take_the_broken_line_while_there_is_another_way(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _notify(stage, "rina", "sms", "+6281230000001")
        await _park(stage)
        assert await stage.house.lines.watch(stage.clock()) == 1
        assert await _alerts(stage) == [("sms", False)], "the only way there is: it waits for the line"
        await _works(stage)
        await stage.house.lines.watch(stage.clock())
        await _notify(stage, "budi", "email", "budi@dinas.test")
        await _park(stage)
        await stage.house.lines.watch(stage.clock())
        assert (await _alerts(stage))[2:] == [("mail", False)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_second_line_of_the_channel_carries_the_alert_of_the_first(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _notify(stage, "rina", "sms", "+6281230000001")
        stage.house.outbox._others = {"sms": "sms_two"}
        await _park(stage)
        await stage.house.lines.watch(stage.clock())
        assert await _alerts(stage) == [("sms_two", False)]


@pytest.mark.parametrize(
    ("parks", "seconds", "trouble"), [(1, 3, False), (1, 10, False), (1, 11, True), (2, 3, True), (1, -1, False)]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_short_flood_that_passes_is_no_trouble(
    database_url: str, tmp_path: Path, parks: int, seconds: int, trouble: bool
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _park(stage, parks=parks, seconds=seconds)
        assert bool(await stage.house.lines.watch(stage.clock())) is trouble


async def test_a_look_at_the_lines_tells_what_rests_what_waits_and_what_came_of_the_last_hour(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n, address in enumerate(("+6281230000001", "+6281230000002", "+62000002001")):
            await add_person(stage, f"WARGA {n}", ("sms", address))
        await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        found = {line.line: line for line in await stage.house.lines.look(stage.planner, stage.clock())}
        assert list(found) == ["bot", "sms", "mail"]
        assert (found["sms"].state, found["sms"].waiting, found["sms"].taken) == ("clear", 3, 0)
        await stage.send()
        await _park(stage)
        sms = (await stage.house.lines.look(stage.planner, stage.clock()))[1]
        assert (sms.state, sms.reason, sms.waiting, sms.taken, sms.failed) == ("resting", "quota used up", 0, 2, 1)
        assert sms.whole
        with monkeypatch.context() as fewer:
            fewer.setattr(rows, "NEWEST", 2)
            assert not (await stage.house.lines.look(stage.planner, stage.clock()))[1].whole
        await stage.house.lines.try_now(stage.planner, "sms", stage.clock())
        sms = (await stage.house.lines.look(stage.planner, stage.clock()))[1]
        assert (sms.state, sms.parked_until) == ("trying", stage.clock())
        with pytest.raises(Refused, match="does not rest"):
            await stage.house.lines.try_now(stage.planner, "sms", stage.clock())
        with pytest.raises(Refused, match="no line is called"):
            await stage.house.lines.try_now(stage.planner, "fax", stage.clock())
        stage.clock.move(hours=2)
        sms = (await stage.house.lines.look(stage.planner, stage.clock()))[1]
        assert (sms.taken, sms.whole) == (0, True)


async def test_a_test_message_goes_the_way_of_all_and_its_fate_can_be_seen(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        lines = stage.house.lines
        number = await lines.test(stage.planner, "sms", "0812-3000-0001", stage.clock(), "halo")
        tested = await lines.tested(stage.planner, number)
        assert tested is not None
        assert (tested.line, tested.state) == ("sms", "due")
        await lines.test(stage.planner, "sms", "0812-3000-0002", stage.clock(), said={"text": "[UJI] Siti, 7 Des"})
        await stage.dispatcher.drain()
        assert [note.text for note in stage.providers.phones.notes("+6281230000002")] == ["[UJI] Siti, 7 Des"]
        tested = await lines.tested(stage.planner, number)
        assert tested is not None
        assert tested.state in ("accepted", "delivered")
        (note,) = stage.providers.phones.notes("+6281230000001")
        assert "Uji coba jalur sms. halo" in note.text
        assert await lines.tested(stage.planner, number + 2) is None
        for viewer in (Viewer(9, "sari", Role.AGENT), Viewer(9, "agus", Role.AUDITOR)):
            with pytest.raises(Refused):
                await lines.test(viewer, "sms", "+6281230000001", stage.clock())


@pytest.mark.parametrize(
    ("channel", "address", "found"),
    [
        ("sms", "081234567890", "+6281234567890"),
        ("sms", "+62000002001", "+62000002001"),
        ("telegram", " 710000001 ", "710000001"),
        ("telegram", "-100123", "-100123"),
        ("email", "a@b.id", "a@b.id"),
        ("fax", "x:1", "x:1"),
    ],
)
def test_an_address_is_made_fit_for_its_channel(channel: str, address: str, found: str) -> None:
    assert fit(channel, address) == found


@pytest.mark.parametrize(
    ("channel", "address"),
    [("sms", "siti"), ("sms", ""), ("telegram", "@siti"), ("email", "a b@c.id"), ("email", "x"), ("fax", "a\nb")],
)
def test_what_is_no_address_is_refused_with_an_example(channel: str, address: str) -> None:
    with pytest.raises(Refused, match="write"):
        fit(channel, address)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_waiting_is_counted_no_further_than_asked(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        for n in range(4):
            await stage.house.lines.test(stage.planner, "mail", f"a{n}@b.id", stage.clock())
        async with stage.house.database.read() as db:
            assert await rows.waiting(db, "mail", 3) == 3
