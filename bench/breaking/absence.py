"""The database goes away in the middle of a broadcast and comes back: the service waits and goes on by itself."""

import asyncio
from collections.abc import Callable, Sequence

from bench.breaking.ground import QUICKLY, open_ground
from bench.breaking.values import Asked, Row

BATCH = int(QUICKLY["batch"])
ROLES = ("worker", "worker", "clock")


async def absence(
    asked: Asked,
    halt: Callable[[], None],
    resume: Callable[[], None],
    *,
    messages: int = 0,
    away: float = 0,
    roles: Sequence[str] = ROLES,
) -> Row:
    """Crash the server twice, leave it away once for a moment and once for `away` seconds."""
    messages = messages or (600 if asked.quick else 3_000)
    away = away or (8 if asked.quick else 60)
    workers = sum(role != "clock" for role in roles)
    rate = messages / (8 if asked.quick else 20)
    async with open_ground(asked.database_url, asked.folder, people=messages, rate=rate) as ground:
        started = [await ground.crew.start(role) for role in roles]
        wrong = []
        for part, seconds in ((0.2, 0.0), (0.5, away)):
            await ground.arrived(int(messages * part), 300)
            await asyncio.to_thread(halt)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(resume)
        if not await ground.done(300 + 3 * messages / rate):
            wrong.append("the broadcast was not done in time")
        ended = [process.pid for process in started if process.returncode is not None]
        if ended:
            wrong.append(f"{len(ended)} processes ended instead of waiting")
        codes = await ground.crew.stop()
        if any(codes):
            wrong.append(f"not everybody ended in order: {codes}")
        return await ground.row(
            f"database away {away:g} s", events=2, bound=2 * workers * BATCH, wrong=wrong, away=away
        )
