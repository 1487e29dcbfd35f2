"""A million deliveries from an audience, slice by slice, beside one bare INSERT … SELECT of the same columns.

The work is the database's, so what counts here is the time until the last row is committed. Ours also draws up the
entitlements, keeps the counters and where it stands; on SQLite it pauses as long as it wrote, so that webhooks get in.
"""

from datetime import timedelta
from functools import partial

from sqlalchemy import func, insert, literal, select, text, update

from bench.ground import Ground
from bench.measure import Figure, interleaved, median_cpu, median_wall
from bench.seed import EVENT, PROGRAMME, add_broadcast, add_people, add_round
from notifier.app.house import House
from notifier.store.schema import broadcasts, contacts, deliveries, enrolments, entitlements, people, tallies

AUDIENCE = 1_000_000, 30_000  # in full, for a quick look


async def fanout(ground: Ground) -> Figure:
    """Time of an expansion over a bare INSERT … SELECT."""
    n = ground.some(*AUDIENCE)
    async with ground.house("sms") as house:
        await add_people(house, n, "sms")
        round_id = await add_round(house)
        other = await add_broadcast(house, round_id, "stopped")

        async def ready(place: int) -> None:
            await _emptied(house)
            if place == 0:
                await add_broadcast(house, round_id, "approved", n)

        ours, floor = await interleaved(
            min(ground.runs, 3), partial(_expanded, house, n), partial(_bare, house, other, round_id, n), before=ready
        )
    return Figure(
        median_wall(ours) / median_wall(floor),
        {
            "deliveries": n,
            "rows_per_second": round(n / median_wall(ours)),
            "floor_rows_per_second": round(n / median_wall(floor)),
            "cpu": round(median_cpu(ours), 3),
            "floor_cpu": round(median_cpu(floor), 3),
            "wall": [round(took.wall, 2) for took in ours],
            "floor_wall": [round(took.wall, 2) for took in floor],
        },
    )


async def _emptied(house: House) -> None:
    """No deliveries, no entitlements, nothing to look at: as before the first broadcast."""
    async with house.database.write() as db:
        await db.execute(update(broadcasts).values(wake=None))
        if house.database.is_sqlite:
            for table in (tallies, entitlements, deliveries):
                await db.execute(table.delete())
        else:
            await db.execute(text("TRUNCATE tallies, entitlements, deliveries CASCADE"))
    async with house.database.engine.connect() as db:
        if house.database.is_sqlite:
            await db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


async def _expanded(house: House, n: int) -> None:
    """Drive the broadcast until it is being sent."""
    while await house.broadcasts.advance(house.clock(), house.worker):
        async with house.database.read() as db:
            if (await db.execute(select(broadcasts.c.id).where(broadcasts.c.state == "sending"))).first():
                break
    async with house.database.read() as db:
        written = (await db.execute(select(func.count()).select_from(deliveries))).scalar_one()
    if written != n:
        raise RuntimeError(f"{written} of {n} deliveries were written")


async def _bare(house: House, broadcast: int, round_id: int, n: int) -> None:
    """The same columns from the same tables, in one statement and one transaction."""
    now = house.clock()
    at = deliveries.c.due_at.type
    rows = (
        select(
            literal(broadcast),
            people.c.id,
            contacts.c.id,
            literal(round_id),
            literal(EVENT),
            literal(2),
            literal("sms"),
            people.c.language,
            people.c.zone,
            literal("due"),
            literal(""),
            literal(1),
            literal(now, at),
            literal(now + timedelta(days=7), at),
            literal(now, at),
        )
        .select_from(
            people.join(enrolments, enrolments.c.person_id == people.c.id).join(
                contacts, contacts.c.person_id == people.c.id
            )
        )
        .where(enrolments.c.programme == PROGRAMME, enrolments.c.status == "DITETAPKAN", contacts.c.kind == "sms")
    )
    names = "broadcast_id person_id contact_id round_id event lane line language zone state reason round_version"
    async with house.database.write() as db:
        await db.execute(insert(deliveries).from_select([*names.split(), "due_at", "expires_at", "created_at"], rows))
        written = (await db.execute(select(func.count()).select_from(deliveries))).scalar_one()
    if written != n:
        raise RuntimeError(f"{written} of {n} deliveries were written")
