"""A broadcast by SMS, everything on, beside the same bodies posted barely over as many connections."""

from functools import partial
from typing import Any

from bench.floors import last_body, post_all
from bench.ground import Ground
from bench.measure import Figure, Spent, interleaved, median_cpu, median_wall
from bench.seed import add_people, add_round, make_due
from notifier.app.house import House
from notifier.app.lines import build_dispatcher
from notifier.store import deliveries

MESSAGES = 20_000, 2_000  # in full, for a quick look


async def sms(ground: Ground) -> Figure:
    """CPU per message of a gateway line over a bare aiohttp POST of the same bodies."""
    n = ground.some(*MESSAGES)
    async with ground.house("sms") as house:
        round_id = await add_round(house)
        await add_people(house, n, "sms")
        dispatcher = build_dispatcher(house)
        made = [await make_due(house, round_id, 1, "sms")]
        await dispatcher.drain()
        bodies = [await last_body(ground.provider.url)] * n

        async def ready(place: int) -> None:
            if place == 0:
                made.append(await make_due(house, round_id, n, "sms"))

        ours, floor = await interleaved(
            ground.runs,
            dispatcher.drain,
            partial(post_all, f"{ground.provider.url}/sms", bodies, house.config.lines["sms"].parallel),
            before=ready,
        )
        for broadcast, expected in zip(made, [1] + [n] * (len(made) - 1), strict=True):
            await assert_accepted(house, broadcast, expected)
    return Figure(median_cpu(ours) / median_cpu(floor), told(n, ours, floor))


def told(n: int, ours: list[Spent], floor: list[Spent]) -> dict[str, Any]:
    """The absolute figures of two interleaved lists."""
    return {
        "messages": n,
        "us_per_message": round(median_cpu(ours) / n * 1e6, 1),
        "floor_us_per_message": round(median_cpu(floor) / n * 1e6, 1),
        "messages_per_second": round(n / median_wall(ours)),
        "floor_per_second": round(n / median_wall(floor)),
        "cpu": [round(took.cpu, 3) for took in ours],
        "floor_cpu": [round(took.cpu, 3) for took in floor],
    }


async def assert_accepted(house: House, broadcast: int, n: int) -> None:
    """A bench that did not send everything measured something else."""
    async with house.database.read() as db:
        counted, _, _ = await deliveries.recount(db, broadcast)
    if counted != {("accepted", ""): n}:
        raise RuntimeError(f"not everything was sent: {counted}")
