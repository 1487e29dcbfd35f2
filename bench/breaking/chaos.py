"""A gateway in all its moods: slow, refusing, flooding for twenty minutes, breaking off, telling twice and in disorder.

The clock is moved, so that twenty minutes pass in seconds; the gateway, its receipts and the database are real.
"""

import asyncio
from datetime import timedelta

from bench.breaking.ground import Room, open_room
from bench.breaking.values import Asked, Row
from notifier.sandbox.weather import Mood, Weather

MIXED = {Mood.SLOW: 0.1, Mood.ERROR: 0.15, Mood.RESET: 0.05, Mood.CUT: 0.05, Mood.VANISH: 0.05}
STORM = {Mood.FLOOD: 1.0}
STORM_LASTS = timedelta(minutes=20)
WAIT = 60  # seconds that a flooded gateway asks for
GIVE_UP = timedelta(hours=3)


async def chaos(asked: Asked, *, messages: int = 0) -> Row:
    """Mixed weather, the storm, mixed weather until everybody has an end."""
    messages = messages or (150 if asked.quick else 1_500)
    async with open_room(asked.database_url, asked.folder, people=messages) as room:
        weather = Weather(asked.random, MIXED, wait=WAIT, twice=0.3, disorder=0.03)
        room.providers.sms.weather = weather
        await asyncio.gather(room.step(), _turn(room, weather, messages // 3))
        wrong = await _storm(room)
        weather.shares = MIXED
        until = room.clock() + GIVE_UP
        while await room.state() != "done" and room.clock() < until:
            await room.step(seconds=15)
        if await room.state() != "done":
            wrong.append("the broadcast was not done three hours after the storm")
        if not weather.seen[Mood.FLOOD]:
            wrong.append("the storm met no message")
        # Each of these was taken and not answered: its receipt may come in time to call the second copy off.
        doubtful = sum(n for mood, n in weather.seen.items() if mood.doubtful)
        seen = {mood.value: n for mood, n in weather.seen.items()}
        events = sum(seen.values()) - seen["clear"]
        return await room.row("provider chaos", events=events, bound=doubtful, wrong=wrong, **seen)


async def _turn(room: Room, weather: Weather, enough: int) -> None:
    """The storm begins in the middle of a send."""
    phones = room.providers.phones
    await phones.wait_for(lambda: phones.count() >= enough, 60)
    weather.shares = STORM


async def _storm(room: Room) -> list[str]:
    """Twenty minutes of refusals: the wait is obeyed to the second."""
    calls = room.providers.phones.calls
    ends = room.clock() + STORM_LASTS
    quiet_until = None
    hasty = 0
    while room.clock() < ends:
        before = len(calls)
        await room.step(seconds=WAIT / 4)
        if len(calls) > before:
            hasty += quiet_until is not None and room.clock() < quiet_until
            quiet_until = room.clock() + timedelta(seconds=WAIT)
    return [f"{hasty} times the gateway was called before its wait was over"] if hasty else []
