"""The day at a glance: what goes out, what came in, what is late and what is broken, each with where one acts."""

import re
from datetime import timedelta

from sqlalchemy import insert, update

from notifier.store import schema
from tests.web.sites import Site, fill


async def test_a_day_without_trouble_is_one_calm_sentence(pages: Site) -> None:
    await pages.be("admin")
    text = await pages.read("/home")
    assert "Tidak ada yang terlambat dan tidak ada yang rusak." in text
    assert "Yang rusak" not in text


async def test_the_day_tells_what_goes_out_came_in_is_late_and_is_broken(pages: Site) -> None:
    await fill(pages)
    now, b = pages.clock(), schema.broadcasts
    async with pages.house.database.write() as db:
        await db.execute(update(b).where(b.c.id == 2).values(at=now.replace(hour=1)))
        await db.execute(
            update(b).where(b.c.id == 1).values(audience=b.c.expanded + 3, state="stopped", at=now - timedelta(days=2))
        )
        rest = {"scope": "line:sms", "next_free": now, "parked_until": now.replace(hour=23), "reason": "busy"}
        await db.execute(insert(schema.paces).values({**rest, "parks": 3}))
        await db.execute(insert(schema.echoes).values(broadcast_id=1, intent="receipt_yes", n=4))
        await db.execute(insert(schema.echoes).values(broadcast_id=1, intent="seen:told", n=9))
        await db.execute(
            insert(schema.webhooks).values(
                name="Pusat",
                url="https://example.id/hook",
                kinds=[],
                secret=b"",
                state="on",
                created_by="account:1",
                failing_since=pages.clock(),
                created_at=pages.clock(),
            )
        )
    await pages.add_upload(state="failed", name="rusak.csv", folder="1" * 32)
    await pages.be("admin")
    text = await pages.read("/home")
    assert "belum disetujui, waktunya lewat" in text
    assert "dihentikan sebelum selesai; sisanya belum direncanakan" in text
    assert "Jalur sms beristirahat" in text
    assert "Impor rusak.csv gagal" in text
    assert 'href="/imports/2"' in text
    assert "Webhook Pusat tidak menjawab" in text
    assert "1 mendesak" in text
    assert "Sudah diterima</dt><dd>4" in text
    assert "tidak ada yang rusak" not in text
    await pages.be("supervisor", "73.71", login="makassar")
    elsewhere = await pages.read("/home")
    assert "dihentikan sebelum selesai" not in elsewhere
    assert "1 mendesak" not in elsewhere
    assert "rusak.csv" not in elsewhere


async def test_an_empty_office_is_led_step_by_step_and_each_step_ticks_itself_off(pages: Site) -> None:
    await pages.be("admin")
    assert ticked(await pages.read("/home")) == ([], "/programmes")
    assert "Baru ada satu admin" in await pages.read("/accounts")
    await pages.add_people(1, first=50)
    async with pages.house.database.write() as db:
        row = {"event": "test_send", "lane": 1, "language": "id", "zone": "Asia/Jakarta", "state": "accepted"}
        await db.execute(insert(schema.deliveries).values(**row, due_at=pages.clock(), created_at=pages.clock()))
    await pages.be("admin", login="budi")
    assert ticked(await pages.read("/home")) == (["/programmes", "/imports", "/lines", "/accounts"], "/points")
    await fill(pages)  # a round, plans, and a broadcast that has begun: nobody needs to be led any more
    await pages.be("admin")
    assert "Langkah pertama" not in await pages.read("/home")
    async with pages.house.database.write() as db:
        await db.execute(update(schema.broadcasts).values(expanded=0, approved_at=None, planned_by="account:1"))
    done, following = ticked(await pages.read("/home"))
    assert (len(done), following) == (7, "/broadcasts/ahead")
    await pages.be("agent")
    assert "Langkah pertama" not in await pages.read("/home")


def ticked(text: str) -> tuple[list[str], str]:
    """Where the steps lead that are done, and where the next one does."""
    steps = re.findall(r'<li class="(done|next|)"[^>]*><a href="([^"]+)"', text)
    return [where for kind, where in steps if kind == "done"], next((w for kind, w in steps if kind == "next"), "")
