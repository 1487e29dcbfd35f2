"""CPU seconds of this process, interleaved runs, medians. Knows nothing of what it measures."""

import gc
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Spent:
    """What a piece of work took."""

    cpu: float  # seconds, user and system, of this process with its threads
    wall: float  # seconds


@dataclass(frozen=True)
class Figure:
    """What a bench found: the measured over the floor, and whatever helps to understand it."""

    ratio: float
    extra: dict[str, Any] = field(default_factory=dict)
    within: bool = True  # what else the goal asks is met


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def spent(work: Work) -> Spent:
    """Do it, and tell what it took."""
    gc.collect()
    began, since = cpu(), time.perf_counter()
    await work()
    return Spent(cpu() - began, time.perf_counter() - since)


async def interleaved(
    runs: int, *works: Work, before: Callable[[int], Awaitable[object]] | None = None
) -> list[list[Spent]]:
    """A B A B …: one list of figures for each work, after a first turn that only warms up.

    `before(i)` readies work `i`; it is not measured.
    """
    found: list[list[Spent]] = [[] for _ in works]
    for turn in range(runs + 1):
        for place, work in enumerate(works):
            if before is not None:
                await before(place)
            took = await spent(work)
            if turn:
                found[place].append(took)
    return found


def median_cpu(figures: Sequence[Spent]) -> float:
    return statistics.median(figure.cpu for figure in figures)


def median_wall(figures: Sequence[Spent]) -> float:
    return statistics.median(figure.wall for figure in figures)


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which this part of them lies: 0.99 is p99."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)
