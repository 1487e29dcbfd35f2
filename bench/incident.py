"""An incident's answer on its way to each of its complaints: what an answer costs, and that the last one costs no more
than the first.
"""

from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, text

from bench.desk import STEP, ticket
from bench.ground import Ground
from bench.measure import Figure, Spent, spent
from bench.seed import add_round
from notifier.app.house import House
from notifier.desk import incidents
from notifier.desk.promise import GATHERED
from notifier.desk.values import SEALED_REPORTER, Reporter
from notifier.rules.roles import Role, Viewer
from notifier.rules.tickets import Act
from notifier.store import accounts
from notifier.store import schema as tables

COMPLAINTS = 100_000, 2_000  # in full, for a quick look
PARTS = 10  # the first of them is held against the last
WORDS = "Penyaluran diulang hari Rabu di tempat yang sama. Mohon maaf."


async def incident(ground: Ground) -> Figure:
    """What the last tenth of the answers costs over the first; microseconds an answer and seconds for all beside it."""
    n = ground.some(*COMPLAINTS)
    async with ground.house("sms") as house:
        viewer, number = await _gathered(house, n)
        asked = await house.desk.ticket(viewer, number, house.clock())
        await house.desk.answer_incident(viewer, number, Act.ANSWER, WORDS, asked.ticket.version, n, house.clock())

        async def some() -> None:
            left = n // PARTS
            while left > 0:
                done = await incidents.carry(house.desk.room, house.clock(), left)
                if not done:
                    raise RuntimeError(f"{left} complaints were never told")
                left -= done

        parts = [await spent(some) for _ in range(PARTS)]

    def each(of: list[Spent]) -> float:
        return sum(one.wall for one in of) / len(of) / (n // PARTS) * 1e6

    extra: dict[str, Any] = {"complaints": n, "seconds": round(sum(one.wall for one in parts), 1)}
    extra |= {"us_an_answer": round(each(parts)), "cpu_seconds": round(sum(one.cpu for one in parts), 1)}
    extra["cpu_last_over_first"] = round(parts[-1].cpu / parts[0].cpu, 2)  # where the machine has much other work
    return Figure(each(parts[-1:]) / each(parts[:1]), extra)


async def _gathered(house: House, n: int) -> tuple[Viewer, str]:
    """An incident with so many complaints, as if each had come by SMS."""
    round_id, now = await add_round(house), house.clock()
    async with house.database.write() as db:
        row = {"login": "sari", "name": "Sari", "role": "supervisor", "password": "!", "created_at": now}
        viewer = Viewer(await accounts.create(db, row), "sari", Role.SUPERVISOR)
        head = {**ticket(1, now), "round_id": round_id, "urgent": False, "policy": "standard", "channel": "incident"}
        await _write(db, house, [head], None)
        await db.execute(insert(tables.incidents).values(ticket_id=1, round_id=round_id, gathered=n))
    for first in range(2, n + 2, STEP):
        rows = [ticket(i, now) for i in range(first, min(first + STEP, n + 2))]
        async with house.database.write() as db:
            of = {"policy": GATHERED, "round_id": round_id, "urgent": False, "wake": None}
            await _write(db, house, [{**row, **of} for row in rows], 1)
    if not house.database.is_sqlite:
        async with house.database.write() as db:
            for name in ("tickets", "ticket_changes", "reporters", "gathered"):
                await db.execute(text(f"ANALYZE {name}"))
    return viewer, str(head["number"])


async def _write(db: Any, house: House, rows: list[dict[str, Any]], incident_id: int | None) -> None:
    await db.execute(insert(tables.tickets), rows)
    opened = {"act": "open", "who": "citizen", "status": "received", "facts": {"policy": "standard"}}
    changes = [{**opened, "ticket_id": row["id"], "at": row["opened_at"]} for row in rows]
    await db.execute(insert(tables.ticket_changes), changes)
    reporters = []
    for row in rows:
        whose = Reporter("sms", "sms", f"+62811{row['id']:08}", "id", "Asia/Jakarta")
        sealed = house.vault.seal_json(asdict(whose), SEALED_REPORTER)
        reporters.append({"ticket_id": row["id"], "sealed": sealed, "address_index": row["id"].to_bytes(16, "big")})
    await db.execute(insert(tables.reporters), reporters)
    if incident_id is not None:
        gathered = [{"ticket_id": row["id"], "round_id": row["round_id"], "incident_id": incident_id} for row in rows]
        await db.execute(insert(tables.gathered), gathered)
