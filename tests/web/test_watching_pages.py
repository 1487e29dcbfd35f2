"""A broadcast under way: how fast it goes, and how it fares by area, from what the clock has kept."""

from sqlalchemy import event, update

from notifier.broadcasts.recurring import Wanted
from notifier.broadcasts.watching import Watching
from notifier.store import imports, schema
from notifier.store.places import Place
from notifier.web.office.watching import tiles
from tests.web.sites import Site

NAMES = [("31.75.07.1001", "Pondok Bambu"), ("31.75.07.1003", "Klender"), ("31.75.07", "Duren Sawit")]


async def test_areas_are_counted_by_the_clock_and_shown_without_counting(pages: Site) -> None:
    async with pages.house.database.write() as db:
        await imports.name_regions(db, NAMES)
    await pages.add_people(8)
    await pages.add_round()
    async with pages.house.database.write() as db:
        p, first = schema.people, schema.people.c.id <= 3
        await db.execute(update(p).where(first).values(region="31.75.07.1001"))
    await pages.broadcast()
    assert "Belum dihitung" in await pages.read("/broadcasts/1/places")
    assert await Watching(pages.house.database).count(pages.clock()) == 1
    pages.clock.move(minutes=2)
    assert await Watching(pages.house.database).count(pages.clock()) == 0, "nothing moved"
    async with pages.house.database.write() as db:
        d, t, load = schema.deliveries, schema.tallies, schema.loads
        await db.execute(update(d).where(d.c.person_id <= 2).values(state="accepted"))
        due = (t.c.broadcast_id == 1, t.c.state == "due")
        await db.execute(update(t).where(*due).values(n=4))
        await db.execute(t.insert().values(broadcast_id=1, worker="w", state="accepted", reason="", n=2))
        await db.execute(update(load).values(attempts=load.c.attempts + 120))
    text = await pages.read("/broadcasts/1/progress")
    assert "1,0 pesan per detik" in text
    assert await Watching(pages.house.database).count(pages.clock()) == 1
    text = await pages.read("/broadcasts/1/places")
    assert "Pondok Bambu: 66 %" in text
    assert "Klender: 0 %" in text
    assert 'hx-trigger="every 20s"' in text
    row = text[text.index("Pondok Bambu <span") :]
    cells = row[: row.index("</tr>")].replace("<td>", "").split("</td>")
    assert cells[1:6] == ["2", "66", "1", "0", "0"]
    seen = await pages.house.watching.by_area(pages.viewers["dewi"], 1)
    kept = await pages.house.broadcasts.progress(1)
    assert (seen.whole.told, seen.whole.waiting, seen.whole.untold) == (2, kept.due, sum(kept.suppressed.values()))
    assert "Klender" not in await pages.read("/broadcasts/1/places?w=31.75.07.1001")
    for path, status in (("/broadcasts/9/places", 404), ("/broadcasts/1/places?w=%27", 400)):
        await pages.read(path, status)
    pages.clock.move(seconds=5)
    async with pages.house.database.write() as db:  # paused: what was about to leave goes back
        await db.execute(update(schema.loads).values(attempts=schema.loads.c.attempts - 9))
    assert ">0,0 pesan per detik" in await pages.read("/broadcasts/1/progress")
    await pages.be("agent", "73.71", login="makassar")
    await pages.read("/broadcasts/1/places", 404)


async def test_a_page_by_area_asks_as_often_for_many_people_as_for_few(pages: Site) -> None:
    await pages.add_people(4)
    await pages.add_round()
    await pages.broadcast()
    asked: list[str] = []
    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    async def statements(path: str) -> int:
        await pages.read(path)
        asked.clear()
        await pages.read(path)
        assert not [
            sql for sql in asked if "count(" in sql.lower() and "FROM deliveries" in sql and path.endswith("places")
        ]
        return len(asked)

    async def plan(name: str) -> None:
        wanted = Wanted(name, "round_reminder", "BPNT", "round", -1, "09:00", 100)
        number = await pages.house.recurring.plan(pages.viewers["rina"], wanted, pages.clock())
        await pages.house.recurring.approve(pages.viewers["dewi"], number, pages.clock())

    await plan("Satu")
    paths = (
        "/broadcasts/1/places",
        "/broadcasts/1/progress",
        "/broadcasts/plan?round=BPNT-2026-12-DS",
        "/plans",
        "/plans/1",
    )
    await Watching(pages.house.database).count(pages.clock())
    few = {path: await statements(path) for path in paths}
    await pages.add_people(40, first=10)
    await pages.broadcast()
    for n in range(5):
        await plan(f"Lagi {n}")
    pages.clock.move(hours=2)
    await pages.house.recurring.carry(pages.clock())
    await pages.add_round("BPNT-2026-12-D2")
    pages.clock.move(minutes=2)
    await Watching(pages.house.database).count(pages.clock())
    assert {path.replace("/2/", "/1/"): await statements(path.replace("/1/", "/2/")) for path in paths} == few
    assert max(few.values()) <= 24, few


def test_tiles_stand_in_rows_and_tell_how_many_are_told() -> None:
    areas = [Place(f"31.{n:02d}", "", 20, told, 20 - told, 0, 0) for n, told in enumerate((0, 5, 10, 15, 19, 20) * 2)]
    drawn = tiles(areas)
    assert [(tile.step, tile.share) for tile in drawn[:6]] == [(0, 0), (1, 25), (2, 50), (3, 75), (4, 95), (4, 100)]
    assert [(tile.x, tile.y) for tile in drawn[8:12]] == [(8, 0), (9, 0), (0, 1), (1, 1)]
    assert tiles([Place("31", "", 0, 0, 0, 0, 0)])[0].share == 0
