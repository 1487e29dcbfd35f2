"""An answer to a citizen, queued while a broadcast of a million goes out: how long until the provider has it."""

import asyncio
import time

import aiohttp

from bench.ground import RATE, Ground
from bench.measure import Figure, quantile
from bench.seed import add_people, add_round, make_due
from notifier.app.house import House
from notifier.app.lines import build_dispatcher
from notifier.outbox import Notice

DUE = 1_000_000, 50_000  # in full, for a quick look
ANSWERS = 300, 50
EVERY = 0.1  # seconds between two answers
GOVERNED = 100.0  # messages a second, as a gateway may allow


async def answers(ground: Ground) -> Figure:
    """p99 in seconds from the commit of the answer to its arrival at the provider: the worse of two rates."""
    n = ground.some(*DUE)
    found = {}
    for name, rate in (("governed", GOVERNED), ("full_speed", RATE)):
        with ground.database() as (url, data):
            async with ground.rooms(url, data, "sms", rate=rate) as house:
                round_id = await add_round(house)
                await add_people(house, n, "sms")
                await make_due(house, round_id, n, "sms")
                found[name] = await _asked(house, ground, ground.some(*ANSWERS))
    worst = max(quantile(waits, 0.99) for waits in found.values())
    extra: dict[str, object] = {"due": n}
    for name, waits in found.items():
        extra |= {f"{name}_p50": round(quantile(waits, 0.5), 3), f"{name}_p99": round(quantile(waits, 0.99), 3)}
        extra |= {f"{name}_answers": len(waits)}
    return Figure(worst, extra)


async def _asked(house: House, ground: Ground, n: int) -> list[float]:
    """Queue answers while the broadcast is sent; seconds that each took."""
    dispatcher = build_dispatcher(house)
    going = asyncio.create_task(dispatcher.run())
    await asyncio.sleep(1.0)
    queued: dict[str, float] = {}
    for number in range(n):
        address = f"+62899{number:08d}"
        sealed = house.vault.seal_json({"kind": "sms", "address": address}, "deliveries.sealed")
        facts = {"topic": "schedule"}
        notice = Notice("information", "id", "Asia/Jakarta", facts, sealed=sealed, line="sms", window=False)
        async with house.database.write() as db:
            await house.outbox.queue(db, notice, house.clock())
        queued[address] = time.time()
        dispatcher.poke()
        await asyncio.sleep(EVERY)
    await asyncio.sleep(3.0)
    async with aiohttp.ClientSession() as http, http.get(f"{ground.provider.url}/seen") as answer:
        seen: dict[str, float] = await answer.json()
    dispatcher.stop()
    await going
    late = time.time()  # what never came counts as coming now
    return [seen.get(address, late) - at for address, at in queued.items()]
