"""The same messages out of a large backlog and out of a small one, also while another transaction keeps a snapshot."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from functools import partial

from sqlalchemy import text

from bench.ground import Ground
from bench.measure import Figure, interleaved, median_cpu, median_wall
from bench.seed import add_people, add_round, make_due
from channels.contract import Channel, Message, Sent
from notifier.app.house import House
from notifier.app.lines import build_dispatcher
from notifier.dispatch import Dispatcher

LARGE = 5_000_000, 50_000  # in full, for a quick look
SMALL = 10_000
PEOPLE = 50_000  # of the large backlog; each waits for several broadcasts
MESSAGES = 4_000, 800


async def backlog(ground: Ground, held: bool = False) -> Figure:
    """What a message costs out of the large backlog over the small one, in CPU or in time: the worse.

    `held`: a snapshot is kept meanwhile.
    """
    large, small, n = ground.some(*LARGE), SMALL, ground.some(*MESSAGES)
    people = min(PEOPLE, large)
    async with AsyncExitStack() as stack:
        many = await stack.enter_async_context(ground.house("sms"))
        few = await stack.enter_async_context(ground.house("sms"))
        rounds = [await add_round(house) for house in (many, few)]
        await add_people(many, people, "sms")
        await add_people(few, small, "sms")
        for _ in range(large // people):
            await make_due(many, rounds[0], people, "sms")
        await make_due(few, rounds[1], small, "sms")

        async def ready(place: int) -> None:
            if place == 1:  # fill up again, so that it is always the small backlog and never an empty one
                await make_due(few, rounds[1], n, "sms")

        async with snapshot(many) if held else nullcontext():
            ours, floor = await interleaved(ground.runs, partial(_some, many, n), partial(_some, few, n), before=ready)
    by_cpu, by_time = median_cpu(ours) / median_cpu(floor), median_wall(ours) / median_wall(floor)
    return Figure(
        max(by_cpu, by_time),
        {
            "backlog": large,
            "beside": small,
            "messages": n,
            "us_per_message": round(median_cpu(ours) / n * 1e6, 1),
            "floor_us_per_message": round(median_cpu(floor) / n * 1e6, 1),
            "messages_per_second": round(n / median_wall(ours)),
            "floor_per_second": round(n / median_wall(floor)),
            "cpu_ratio": round(by_cpu, 3),
            "time_ratio": round(by_time, 3),
        },
    )


async def with_snapshot(ground: Ground) -> Figure:
    """The same while another transaction holds a snapshot of the large backlog."""
    return await backlog(ground, held=True)


async def _some(house: House, n: int) -> None:
    """Send about this many out of all that is due: stop when they have left."""
    dispatcher = build_dispatcher_that_stops(house, n)
    await dispatcher.run(0.05)


def build_dispatcher_that_stops(house: House, n: int) -> Dispatcher:
    """The product's own, stopped once its line was asked `n` times."""
    line = house.channels["sms"]
    counted = Counted(line)
    house.channels["sms"] = counted  # type: ignore[assignment]
    dispatcher = build_dispatcher(house)
    house.channels["sms"] = line
    counted.until(n, dispatcher)
    return dispatcher


class Counted:
    """A line that counts what it is asked to send."""

    def __init__(self, line: Channel) -> None:
        self._line = line
        self._left = 0

    def until(self, n: int, dispatcher: Dispatcher) -> None:
        self._left, self._dispatcher = n, dispatcher

    async def send(self, message: Message) -> Sent:
        self._left -= 1
        if self._left == 0:
            self._dispatcher.stop()
        return await self._line.send(message)

    def __getattr__(self, name: str) -> object:
        return getattr(self._line, name)


@asynccontextmanager
async def snapshot(house: House) -> AsyncIterator[None]:
    """A report that takes its time, or a backup: it still sees every row as it was."""
    async with house.database.engine.connect() as db:
        if house.database.is_sqlite:
            await db.exec_driver_sql("BEGIN DEFERRED")
        else:
            await db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        await db.execute(text("SELECT count(*) FROM rounds"))
        yield
        await db.rollback()
