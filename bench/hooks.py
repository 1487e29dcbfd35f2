"""Webhooks: what storing one costs beside the same handler without a database, and how long one takes under load."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from aiohttp import web
from sqlalchemy import func, select

from bench.caller import call
from bench.ground import Ground
from bench.measure import Figure, interleaved, median_cpu, median_wall, quantile
from bench.seed import add_broadcast, add_people, add_round, make_due
from bench.workers import serving
from notifier.app.house import House
from notifier.app.service import open_service
from notifier.store.schema import arrivals, broadcasts, deliveries
from notifier.web import hooks, site

HOOKS = 20_000, 3_000  # in full, for a quick look
CONNECTIONS = 64
SECRET = "bench-secret"
RATE = 200.0  # requests a second while the service is busy
AUDIENCE = 1_000_000, 60_000
CALLS = 4_000, 1_000  # each time, while it is idle and while it is busy


class NoDoorway(hooks.Doorway):
    """Keeps nothing."""

    async def keep(self, line: str, body: bytes, headers: Mapping[str, str]) -> None:
        """As if it were stored."""


async def stored(ground: Ground) -> Figure:
    """CPU of a hook that is sealed, stored and committed before its 200, over the same handler that keeps nothing."""
    n = ground.some(*HOOKS)
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(ground.house("sms"))
        floor = await stack.enter_async_context(_without_database(house))
        service = await stack.enter_async_context(open_service(house, ("web",)))
        post = partial(call, secret=SECRET, n=n, connections=CONNECTIONS)
        ours, bare = await interleaved(
            ground.runs, partial(post, f"{service.url}/hooks/sms"), partial(post, f"{floor}/hooks/sms")
        )
        async with house.database.read() as db:
            kept = (await db.execute(select(func.count()).select_from(arrivals))).scalar_one()
    if kept != n * (ground.runs + 1):
        raise RuntimeError(f"of {n * (ground.runs + 1)} hooks {kept} were stored")
    return Figure(
        median_cpu(ours) / median_cpu(bare),
        {
            "hooks": n,
            "us_per_hook": round(median_cpu(ours) / n * 1e6, 1),
            "floor_us_per_hook": round(median_cpu(bare) / n * 1e6, 1),
            "hooks_per_second": round(n / median_wall(ours)),
        },
    )


@asynccontextmanager
async def _without_database(house: House) -> AsyncIterator[str]:
    """The URL of the same pages and hooks, where nothing is kept."""
    app = site.build(house)
    hooks.add(app, house.channels, NoDoorway(house.database, house.vault, house.clock, lambda: None))
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def under_load(ground: Ground) -> Figure:
    """p99 of a hook while a fan-out and a full-speed send share the database, over p99 while nothing else goes on.

    The whole service is one process of its own, as `serve` runs it.
    """
    n = ground.some(*AUDIENCE)
    calls = ground.some(*CALLS)
    with ground.database() as (url, data):
        async with ground.rooms(url, data, "sms", opened=False) as house:
            round_id = await add_round(house)
            await add_people(house, n, "sms")
        async with serving(ground, url, data) as service:
            post = partial(call, f"{service.url}/hooks/sms", SECRET, calls, 16, RATE)
            await post()  # warms up
            idle = [(await post())["latencies"] for _ in range(2)]
            async with ground.rooms(url, data, "sms", opened=False) as house:
                await make_due(house, round_id, n // 2, "sms")
                await add_broadcast(house, round_id, "approved", n)
            await asyncio.sleep(2)  # the clock has begun to expand, the worker to send
            busy = [(await post())["latencies"] for _ in range(2)]
            async with ground.rooms(url, data, "sms", opened=False) as house:
                expanded, due = await _standing(house)
    idle99 = sum(quantile(found, 0.99) for found in idle) / 2
    busy99 = sum(quantile(found, 0.99) for found in busy) / 2
    return Figure(
        busy99 / idle99,
        {
            "audience": n,
            "idle_p99_ms": round(idle99 * 1000, 2),
            "busy_p99_ms": round(busy99 * 1000, 2),
            "busy_p50_ms": round(quantile(busy[0] + busy[1], 0.5) * 1000, 2),
            "busy_max_ms": round(max(busy[0] + busy[1]) * 1000, 1),
            "expanded_by_then": expanded,
            "still_due_by_then": due,
        },
    )


async def _standing(house: House) -> tuple[int, int]:
    """(expanded of the newest broadcast, due in all): both above nothing, or the load had ended too early."""
    async with house.database.read() as db:
        newest = select(broadcasts.c.expanded).order_by(broadcasts.c.id.desc()).limit(1)
        due = select(func.count()).select_from(deliveries).where(deliveries.c.state == "due")
        return int((await db.execute(newest)).scalar_one()), int((await db.execute(due)).scalar_one())
