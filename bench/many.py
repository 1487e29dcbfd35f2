"""What needs processes of its own: two workers beside one, peak memory, and what a killed worker leaves behind."""

import asyncio
import importlib
import statistics
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.ground import Ground
from bench.measure import Figure, interleaved, median_cpu
from bench.seed import add_broadcast, add_people, add_round, make_due
from bench.workers import worker
from notifier.app.house import House
from notifier.app.lines import build_dispatcher
from notifier.store.schema import deliveries

MESSAGES = 20_000, 1_500  # in full, for a quick look
FEW, MANY = (10_000, 1_000), (1_000_000, 10_000)  # messages of the two processes whose memory is compared
MOST = 128  # MiB in all
AT_SPEED = 500  # messages settled before a worker is killed
SETTLED = 500  # outcomes in one transaction of those beside whom ours are settled


async def two_workers(ground: Ground) -> Figure:
    """CPU a message of two workers together, over one alone."""
    n = ground.some(*MESSAGES)
    found: dict[int, list[float]] = {1: [], 2: []}
    shares = []
    with ground.database() as (url, data):
        async with ground.rooms(url, data, "sms", opened=False) as house:
            round_id = await add_round(house)
            await add_people(house, n, "sms")
            for turn in range(ground.runs + 1):
                for workers in (2, 1):
                    await make_due(house, round_id, n, "sms")
                    told = await _drained(ground, url, data, workers)
                    if sum(one["sent"] for one in told) != n:
                        raise RuntimeError(f"not everything was sent: {told}")
                    if turn:
                        found[workers].append(sum(one["cpu"] for one in told))
                        if workers == 2:
                            shares.append(min(one["sent"] for one in told) / n)
    one, two = statistics.median(found[1]), statistics.median(found[2])
    return Figure(
        two / one,
        {
            "messages": n,
            "us_per_message": round(two / n * 1e6, 1),
            "floor_us_per_message": round(one / n * 1e6, 1),
            "smaller_share": round(statistics.median(shares), 2),
        },
    )


async def _drained(ground: Ground, url: str, data: Path, workers: int) -> list[dict[str, float]]:
    async with asyncio.TaskGroup() as group:
        ready = asyncio.Barrier(workers)

        async def one() -> dict[str, float]:
            async with worker(ground, url, data) as running:
                await ready.wait()
                return await running.asked()

        tasks = [group.create_task(one()) for _ in range(workers)]
    return [task.result() for task in tasks]


async def memory(ground: Ground) -> Figure:
    """How much higher the peak of a process is that fans out and sends many messages, in MiB."""
    peaks = []
    sizes = [ground.some(*FEW), ground.some(*MANY)]
    for n in sizes:
        with ground.database() as (url, data):
            async with ground.rooms(url, data, "sms", opened=False) as house:
                round_id = await add_round(house)
                await add_people(house, n, "sms")
                await add_broadcast(house, round_id, "approved", n)
            [told] = await _drained(ground, url, data, 1)
            if told["sent"] != n:
                raise RuntimeError(f"not everything was sent: {told}")
            peaks.append(told["peak"])
    few, many = peaks
    extra = {"messages": sizes, "peak_mib": [round(few, 1), round(many, 1)], "most_in_all_mib": MOST}
    return Figure(many - few, extra, within=many <= MOST)


async def settles(ground: Ground) -> Figure:
    """CPU of settling in small groups, over settling 500 at a time."""
    n = ground.some(*MESSAGES)
    async with ground.house("sms") as house:
        round_id = await add_round(house)
        await add_people(house, n, "sms")

        async def ready(_place: int) -> None:
            await make_due(house, round_id, n, "sms")

        ours, large = await interleaved(ground.runs, partial(_sent, house), partial(_sent_in_bulk, house), before=ready)
    extra = {"messages": n, "us_per_message": round(median_cpu(ours) / n * 1e6, 1)}
    return Figure(median_cpu(ours) / median_cpu(large), extra)


async def _sent(house: House) -> None:
    await build_dispatcher(house).drain()


async def _sent_in_bulk(house: House) -> None:
    """The same with claims and settles of 500."""
    room: Any = importlib.import_module("notifier.dispatch.keeping")
    usual, config = room.GROUP, house.config
    room.GROUP = SETTLED
    house.config = config.model_copy(update={"delivery": config.delivery.model_copy(update={"batch": SETTLED})})
    try:
        await build_dispatcher(house).drain()
    finally:
        room.GROUP, house.config = usual, config


async def killed(ground: Ground) -> Figure:
    """The most deliveries that a worker killed at full speed leaves unsettled."""
    n = max(4_000, ground.some(*MESSAGES))
    left = []
    with ground.database() as (url, data):
        async with ground.rooms(url, data, "sms", opened=False) as house:
            round_id = await add_round(house)
            await add_people(house, n, "sms")
            for _ in range(ground.runs):
                await make_due(house, round_id, n, "sms")
                before, settled = await _count(house, "sending"), await _count(house, "accepted")
                async with worker(ground, url, data) as running:
                    going = asyncio.create_task(running.asked())
                    while await _count(house, "accepted") < settled + AT_SPEED:
                        await asyncio.sleep(0.02)
                    running.kill()
                    await asyncio.gather(going, return_exceptions=True)
                left.append(await _count(house, "sending") - before)
    return Figure(max(left), {"unsettled": left})


async def _count(house: House, state: str) -> int:
    async with house.database.read() as db:
        counted = select(func.count()).select_from(deliveries).where(deliveries.c.state == state)
        return int((await db.execute(counted)).scalar_one())
