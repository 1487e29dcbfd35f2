"""kill -9 at random moments while a broadcast goes out: nobody lost, and at most what was under way may come twice."""

import asyncio
from asyncio.subprocess import Process

from bench.breaking.ground import QUICKLY, Ground, open_ground, peak
from bench.breaking.values import Asked, Row

PACE = 2.7  # seconds of sending per kill: a killed process needs about two to come back
PATIENCE = 300  # seconds until the next message; only a machine that is very busy needs them
BATCH = int(QUICKLY["batch"])


async def kills(asked: Asked, *, honours_key: bool = False, messages: int = 0, times: int = 0, workers: int = 3) -> Row:
    """Kill a process that is at work, `times` times, and start another in its place each time."""
    messages = messages or (2_000 if asked.quick else 20_000)
    times = times or (5 if asked.quick else 30)
    sqlite = asked.database_url.startswith("sqlite")
    rate = messages / (times * (1.0 if sqlite else PACE))  # on SQLite nothing goes out while it comes back
    async with open_ground(
        asked.database_url, asked.folder, people=messages, rate=rate, honours_key=honours_key
    ) as ground:
        for role in ("serve",) if sqlite else ("clock", *("worker",) * workers):
            await ground.crew.start(role)
        wrong = []
        # The moments are numbers of messages on phones, so that every kill meets a service that sends.
        for moment in sorted(asked.random.sample(range(messages // 50, messages * 9 // 10), times)):
            await ground.arrived(moment, PATIENCE)
            victim = await _victim(asked, ground)
            role = await ground.crew.kill(victim)
            account = await ground.house.broadcasts.statement(ground.number)
            if not account.balanced:
                wrong.append("the statement did not balance right after a kill")
            await ground.crew.start(role)
        if not await ground.done(PATIENCE + 3 * messages / rate):
            wrong.append("the broadcast was not done in time")
        codes = await ground.crew.stop()
        if any(codes):
            wrong.append(f"not everybody ended in order: {codes}")
        lost_words = await ground.unknown_attempts()
        if lost_words > times * BATCH:
            wrong.append(f"{lost_words} attempts without a word, more than {BATCH} a kill")
        calls = [call.at for call in ground.providers.phones.calls]
        return await ground.row(
            f"kill -9{', keys honoured' if honours_key else ''}",
            events=times,
            bound=0 if honours_key else times * BATCH,
            wrong=wrong,
            unknown_first=lost_words,
            rate=round(rate),
            peak=peak(calls),
        )


async def _victim(asked: Asked, ground: Ground) -> Process:
    """One that has sent something already: a kill while it still starts proves little."""
    async with asyncio.timeout(PATIENCE):
        while True:
            busy = await ground.at_work()
            ready = [process for process in ground.crew.running if process.pid in busy]
            if ready:
                return asked.random.choice(ready)
            await asyncio.sleep(0.05)
