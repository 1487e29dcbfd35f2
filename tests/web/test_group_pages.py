"""The page of groups where schedules are posted: confirmed by who plans, with their area, and ended there."""

from sqlalchemy import insert, select

from notifier.store import group_chats, imports, schema
from tests.web.sites import HOSTILE, Site


async def test_a_group_is_confirmed_for_an_area_on_the_page_and_ended_there(pages: Site) -> None:
    of, now = await pages.add_round(), pages.clock()
    async with pages.house.database.write() as db:
        await imports.name_regions(db, [("31.75.07", "Duren Sawit")])
        await group_chats.add(db, "bot", "telegram", "-5001", HOSTILE, now)
        await group_chats.add(db, "bot", "telegram", "-5002", "gone", now)
        await group_chats.leave(db, "bot", "-5002")
    await pages.be("auditor")
    text = await pages.read("/groups")
    assert "menunggu konfirmasi" in text
    assert "<b>Budi" not in text
    assert '<form method="post" action="/groups"' not in text
    admin = await pages.be("admin")
    [(code, _), _] = await pages.house.posting.list(admin)
    assert code in await pages.read("/groups")
    refused = await pages.post("/groups", {"code": code, "region": "Duren Sawit", "do": "confirm"})
    assert (refused.status, "bukan kode wilayah" in await refused.text()) == (400, True)
    assert (await pages.post("/groups", {"code": code, "region": "31.75.07", "do": "confirm"})).status == 303
    async with pages.house.database.write() as db:
        row = {"group_id": 1, "round_id": of, "round_version": 1, "at": now}
        await db.execute(insert(schema.group_posts).values(row))
    text = await pages.read("/groups")
    assert "Grup dikonfirmasi" in text
    assert "Duren Sawit" in text
    assert '<a href="/rounds/BPNT-2026-12-DS">BPNT Desember 2026</a>' in text
    await pages.be("admin", "73", login="makassar")
    assert code not in await pages.read("/groups"), "of another region"
    assert (await pages.post("/groups", {"code": code, "do": "stop"})).status == 400
    await pages.be("admin")
    assert (await pages.post("/groups", {"code": code, "do": "stop"})).status == 303
    assert "menunggu konfirmasi" in await pages.read("/groups")
    async with pages.house.database.read() as db:
        acts = list(await db.execute(select(schema.ledger.c.act, schema.ledger.c.about).order_by(schema.ledger.c.id)))
    assert [tuple(act) for act in acts] == [("group.confirmed", "group:1"), ("group.removed", "group:1")]
