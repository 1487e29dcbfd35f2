"""When a broadcast will be through: people left on each line, the line's rate, and the hours in which it may write.

An estimate, and a rule: the same figures give the same instant. It must not know what time it is now or where the
figures come from. Retries, parked chats and answers that overtake make it later; nothing makes it earlier.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from notifier.rules.hours import Hours

ROUND_THE_CLOCK = (time(0), time(0))


@dataclass(frozen=True, slots=True)
class Queue:
    """What stands on one line: people still to be written to, those before them in the queue included."""

    left: int
    rate: float  # messages a second
    begins: datetime | None = None  # the line rests until then


def eta(
    queues: Mapping[str, Queue], now: datetime, zone: ZoneInfo, opens: time = time(8), closes: time = time(20)
) -> datetime | None:
    """When the last of these people will have been written to; aware, in UTC. None when nobody is left.

    `opens`, `closes`: the send window by the wall clock of `zone`; ROUND_THE_CLOCK for what need not wait for it. Lines
    work side by side, so the slowest one decides. ValueError: a naive `now`, a rate not above zero.
    """
    hours = _daily(zone, opens, closes)
    through = [
        hours.after(max(now, queue.begins or now), timedelta(seconds=math.ceil(queue.left / _positive(queue.rate))))
        for queue in queues.values()
        if queue.left > 0
    ]
    return max(through).astimezone(UTC) if through else None


def spread(carried: Mapping[str, tuple[int, int]], waiting: int) -> dict[str, int]:
    """How `waiting` people stand on the lines: line → people.

    `carried`: line → (people put on it, attempts made on it). Who was put on a line and not tried there yet counts
    fully; attempts that were tries of the same person blur this, so the shares are fitted to `waiting`, rounded up.
    Where every line tried as often as it has people (only retries are left) they stand in proportion to the people.
    """
    if waiting <= 0:
        return {}
    untried = {line: max(people - attempts, 0) for line, (people, attempts) in carried.items()}
    weights = untried if any(untried.values()) else {line: people for line, (people, _) in carried.items()}
    whole = sum(weights.values())
    return {line: -(-waiting * n // whole) for line, n in weights.items() if n} if whole else {}


def _positive(rate: float) -> float:
    if not rate > 0:
        raise ValueError(f"A line needs a rate above zero to be reckoned with, not {rate} a second.")
    return rate


@lru_cache(maxsize=64)
def _daily(zone: ZoneInfo, opens: time, closes: time) -> Hours:
    return Hours(zone, {day: [(opens, closes)] for day in range(7)})
