"""The clock of the machine jumps an hour ahead, then two back, then one ahead: nothing lost, nothing stuck.

What was put off until a time that has not come by the new clock waits for it; everything else goes on at once.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

from bench.breaking.chaos import MIXED
from bench.breaking.ground import Room, open_room
from bench.breaking.values import Asked, Row
from notifier.sandbox.weather import Weather
from tests.houses import add_person, add_round

PROMPTLY = 60  # seconds within which what may leave has left
JUMPS = (1, -2, 1)  # hours
NEIGHBOUR = "+6289990000701"  # bad weather does not reach this one


async def clocks(asked: Asked, *, messages: int = 0) -> Row:
    """Jump while a part of the broadcast is under way, then ask whether something new leaves promptly."""
    messages = messages or (60 if asked.quick else 400)
    async with open_room(asked.database_url, asked.folder, people=messages) as room:
        await add_person(room.stage, "TETANGGA", ("sms", NEIGHBOUR), region="31.75.08.1001")
        weather = room.providers.sms.weather = Weather(asked.random, MIXED)
        wrong = []
        for place, hours in enumerate(JUMPS, 1):
            await asyncio.gather(room.step(), _jump(room, hours))
            if not await _something_new_leaves(room, f"LOMPAT-{place}"):
                wrong.append(f"after a jump of {hours:+d} h a new broadcast had not left within {PROMPTLY} s")
        weather.shares = {}
        latest = room.clock() + timedelta(hours=1, minutes=10)  # by then even what was put off has to be over
        while await room.state() != "done" and room.clock() < latest:
            await room.step(seconds=30)
        if await room.state() != "done":
            wrong.append("the broadcast was stuck when the clock had come right again")
        doubtful = sum(n for mood, n in weather.seen.items() if mood.doubtful)
        return await room.row("clock jumps", events=len(JUMPS), bound=doubtful, wrong=wrong)


async def _jump(room: Room, hours: int) -> None:
    """Between the claim of some messages and their settling, where anything goes out at all."""
    phones = room.providers.phones
    before = phones.count()
    with suppress(TimeoutError):
        await phones.wait_for(lambda: phones.count() > before, 1)
    room.clock.move(hours=hours)


async def _something_new_leaves(room: Room, code: str) -> bool:
    opens = room.clock() + timedelta(days=2)
    await add_round(room.stage, code, region="31.75.08", opens_at=opens, closes_at=opens + timedelta(days=4))
    number = await room.stage.broadcast("round_announced", code)
    for _ in range(PROMPTLY // 5):
        await room.step(seconds=5)
        account = await room.house.broadcasts.progress(number)
        if account.accepted + account.delivered == account.audience == 1:
            return True
    return False
