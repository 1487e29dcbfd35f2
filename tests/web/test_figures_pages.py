"""Dashboards of programmes, lines and cost: pictures with their tables, files with stable columns, each by region."""

import zipfile
from io import BytesIO

from sqlalchemy import insert, update

from notifier.figures.keeping import Keeping
from notifier.figures.values import OF_COSTS, OF_LINES, OF_ROUNDS
from notifier.store import schema
from tests.web.sites import Site, fill


async def _counted(pages: Site) -> None:
    await fill(pages)
    now, keeping = pages.clock(), Keeping(pages.house.database, "Asia/Jakarta", ("bot", "sms", "mail"))
    async with pages.house.database.write() as db:
        await db.execute(insert(schema.regions).values(code="31", name="=DKI Jakarta"))
        day = {"day": now.date(), "line": "sms", "segments": 7, "settled": 0, "seconds": 0}
        for state, reason, n in (("accepted", "", 5), ("failed", "address", 2)):
            await db.execute(insert(schema.line_days).values(**day, state=state, reason=reason, n=n))
        load = {"broadcast_id": 1, "worker": "w", "line": "sms", "people": 6, "attempts": 6}
        await db.execute(insert(schema.loads).values(**load, segments=12, rupiah=4200))
        await db.execute(update(schema.broadcasts).where(schema.broadcasts.c.id == 1).values(cap=8400))
        await db.execute(insert(schema.line_rests).values(line="sms", since=now.replace(hour=1), reason="busy"))
    await keeping.count_rounds(now)


async def test_dashboards_show_pictures_tables_and_files(pages: Site) -> None:
    await _counted(pages)
    await pages.be("supervisor")
    programme = await pages.read("/programmes/BPNT/figures")
    assert 'role="img"' in programme
    assert "=DKI Jakarta" in programme
    assert 'href="/programmes/BPNT/figures?area=31"' in programme
    deeper = await pages.read("/programmes/BPNT/figures?area=31.75.07&round=BPNT-2026-12-DS")
    assert "31.75.07.1003" in deeper
    channels = await pages.read("/figures/channels")
    assert "Alamat tidak ada lagi" in channels
    assert "<span>5 Des 2026</span>" in channels, "a day as people say it"
    assert "71,4 %" in channels
    assert "masih" in channels
    cost = await pages.read("/figures/cost?by=broadcast")
    assert "Rp4.200" in cost
    assert "50,0 %" in cost
    assert "Desember 2026" in await pages.read("/figures/cost")
    for path, head, cell in (
        ("/programmes/BPNT/figures", OF_ROUNDS, "'=DKI Jakarta"),
        ("/figures/channels", OF_LINES, "address"),
        ("/figures/cost", OF_COSTS, "4200"),
    ):
        text = await pages.read(f"{path}/csv?by={'area' if 'BPNT' in path else 'broadcast'}")
        rows = text.lstrip("\ufeff").splitlines()
        assert rows[0] == ",".join(head), path
        assert any(cell in row.split(",") for row in rows[1:]), (path, rows)
        with zipfile.ZipFile(BytesIO(await (await pages.get(f"{path}/xlsx")).read())) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert all(f">{name}</t>" in sheet for name in head), path


async def test_dashboards_stop_at_the_region_and_say_what_is_wrong_with_days(pages: Site) -> None:
    await _counted(pages)
    await pages.be("supervisor", "73.71", login="makassar")
    assert "BPNT-2026-12-DS" not in await pages.read("/programmes/BPNT/figures")
    await pages.read("/programmes/BPNT/figures?area=31.75", 404)
    assert "Rp4.200" not in await pages.read("/figures/cost")
    for query in ("first=2026-12-05&last=2026-12-01", "first=2020-01-01&last=2026-12-01"):
        await pages.read(f"/figures/channels?{query}", 400)
        await pages.read(f"/figures/channels/csv?{query}", 400)
    await pages.read("/programmes/BLA/figures", 404)
    await pages.be("agent")
    await pages.read("/figures/cost", 403)
