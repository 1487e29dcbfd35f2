"""All that will go out in one list, and a second admin who approves several of it at once."""

import pytest
from sqlalchemy import update

from notifier.store import schema
from tests.web.sites import Site, fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@SQLITE
async def test_a_second_admin_approves_several_and_reads_why_others_cannot_be(pages: Site) -> None:
    await fill(pages)  # broadcast 2 waits, planned by rina; so does her plan of reminders, number 1
    planner = pages.viewers["rina"]
    for event in ("round_announced", "round_reminder", "round_reminder"):
        await pages.house.broadcasts.plan(
            planner, event, "BPNT-2026-12-DS", "2026-12-06T09:00", pages.clock(), again=True
        )
    await pages.be("admin", login="dewi")
    own = {"event": "general_notice", "text": "Jangan membayar pungutan apa pun.", "do": "plan"}
    assert (await pages.post("/broadcasts/plan", own)).status == 303
    text = await pages.read("/broadcasts/ahead")
    assert [f'value="{n}:8"' in text for n in (2, 3, 4, 5, 6)] == [True, True, True, True, False]
    assert "Anda yang merencanakannya; admin lain menyetujuinya" in text
    assert "Pengingat BPNT" in text, "what a plan will make stands among the others"
    assert "keluarga BPNT" in text
    assert "“Jangan membayar pungutan apa pun.”" in text, "whoever ticks a notice has read it"
    assert "Belum ada yang dicentang" in await (await pages.post("/broadcasts/ahead")).text()
    async with pages.house.database.write() as db:
        b = schema.broadcasts
        await db.execute(update(b).where(b.c.id == 5).values(round_version=0))  # its round was changed meanwhile
    await pages.add_people(4, first=50)  # half as many again as broadcast 4 was shown with
    ticked = [("pick", "3:12"), ("pick", "4:8"), ("pick", "5:12"), ("pick", "6:12")]
    told = await (
        await pages.client.post("/broadcasts/ahead", data=ticked, headers={"Sec-Fetch-Site": "same-origin"})
    ).text()
    assert "1 siaran disetujui." in told
    assert "Siaran 4 sekarang untuk 12 orang, di daftar 8" in told
    assert all(f'<a href="/broadcasts/{n}">siaran {n}</a>' in told for n in (4, 5, 6))
    states = [(await pages.house.broadcasts.get(planner, n)).state for n in (2, 3, 4, 5, 6)]
    assert states == ["planned", "approved", "planned", "planned", "planned"]
    assert "keluar sendiri pada waktunya" in await pages.read("/broadcasts/ahead")
    await pages.be("auditor")
    assert 'name="pick"' not in await pages.read("/broadcasts/ahead")
    assert (await pages.post("/broadcasts/ahead", {"pick": "2:12"})).status == 403
