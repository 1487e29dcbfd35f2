"""Workers for stories in which several send on one line: each with a database of its own and the machine's clock."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from random import Random
from time import monotonic

from channels.contract import Channel, Message, Sent
from notifier.app.house import utc_now
from notifier.app.lines import delivery_terms
from notifier.dispatch import Dispatcher, Route, Speaker
from notifier.store.engine import Database
from tests.houses import Stage

RATE = 50


class Noting:
    """A line that takes everything and notes when it was called."""

    def __init__(self, like: Channel, heard: list[float]) -> None:
        self.name, self.parts, self.limits = like.name, like.parts, like.limits
        self._heard = heard

    async def send(self, message: Message) -> Sent:
        self._heard.append(monotonic())
        await asyncio.sleep(0.01)
        return Sent(f"r-{message.key}")


def worker_of(stage: Stage, channel: Channel, database: Database, number: int) -> Dispatcher:
    """One of several, with one SMS line."""
    house = stage.house
    return Dispatcher(
        database,
        house.vault,
        [Route("sms", channel, RATE, 16, True)],
        Speaker(house.words, house.vault.codes.of),
        replace(delivery_terms(house), worker=f"worker-{number}"),
        clock=utc_now,
        chance=Random(number),
        send_window=(time(0), time(0)),
        own_clock=True,
    )


def most_in_a_second(calls: Sequence[float]) -> int:
    """The busiest sliding second."""
    ordered = sorted(calls)
    return max((sum(1 for other in ordered if at <= other < at + 1) for at in ordered), default=0)
