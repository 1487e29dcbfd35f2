"""One call to the Bot API: our line's, beside python-telegram-bot over its own transport with as many connections."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from telegram import Bot
from telegram.request import HTTPXRequest

from bench.ground import Ground
from bench.measure import Figure, interleaved, median_cpu
from bench.sending import told
from channels.contract import Message

CALLS = 5_000, 400  # in full, for a quick look
PARALLEL = 64
TEXT = (
    "<b>BPNT Desember 2026</b>\nYth. Warga 00000001, bantuan Anda Rp200.000 dapat diambil di Kantor Pos Duren Sawit, "
    "Jl. Kolonel Sugiono, mulai Senin, 7 Desember 2026 08.00 WIB. Bawa KTP dan KK asli."
)


async def call(ground: Ground) -> Figure:
    """CPU of a call, over the library's own way; the goal is a tenth."""
    n = ground.some(*CALLS)
    async with ground.house("bot") as house:
        channel = house.channels["bot"]
        transport = partial(HTTPXRequest, connection_pool_size=PARALLEL)
        bot = Bot(
            "7100000001:bench", f"{ground.provider.url}/bot", request=transport(), get_updates_request=transport()
        )
        async with bot:

            async def ours(chat: int) -> None:
                await channel.send(Message(to=str(chat), key=f"{chat}:1:1", html=TEXT))

            async def theirs(chat: int) -> None:
                await bot.send_message(chat, TEXT, parse_mode="HTML")

            mine, floor = await interleaved(ground.runs, partial(in_flight, n, ours), partial(in_flight, n, theirs))
    return Figure(median_cpu(mine) / median_cpu(floor), told(n, mine, floor))


async def in_flight(n: int, one: Callable[[int], Awaitable[object]], parallel: int = PARALLEL) -> None:
    """Do it for 1 to n, this many at a time."""
    numbers: Iterator[int] = iter(range(1, n + 1))

    async def some() -> None:
        for number in numbers:
            await one(number)

    async with asyncio.TaskGroup() as group:
        for _ in range(parallel):
            group.create_task(some())
