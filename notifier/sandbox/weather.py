"""How a fake provider fares as a whole, whoever is written to: storms of refusals, answers that break off, receipts in
disorder. Must not know any wire format; chance is an argument, so that a storm can be repeated.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Mood(StrEnum):
    """What becomes of one call."""

    CLEAR = "clear"
    SLOW = "slow"  # taken and answered, after a while
    ERROR = "error"  # refused with a 5xx
    FLOOD = "flood"  # refused with a 429 and a wait
    RESET = "reset"  # the connection breaks before anything is taken
    CUT = "cut"  # taken, but the answer breaks off in the middle
    VANISH = "vanish"  # taken, and never answered

    @property
    def doubtful(self) -> bool:
        """Taken, and the caller can't know."""
        return self in (Mood.CUT, Mood.VANISH)


@dataclass
class Weather:
    """Draws the mood of each call and counts what was drawn. What the shares leave over is clear."""

    chance: Random
    shares: Mapping[Mood, float] = field(default_factory=dict)  # parts of one
    slow: float = 0.02  # seconds that a slow answer takes
    wait: int = 5  # seconds a flood asks for
    twice: float = 0  # part of the receipts that are told twice
    disorder: float = 0  # seconds within which receipts overtake each other
    seen: Counter[Mood] = field(default_factory=Counter)

    def mood(self) -> Mood:
        drawn = self.chance.random()
        found = Mood.CLEAR
        for mood, share in self.shares.items():
            if drawn < share:
                found = mood
                break
            drawn -= share
        self.seen[found] += 1
        return found

    def told(self, items: Sequence[Item]) -> list[tuple[Item, float]]:
        """In which order, how often and after how many seconds these are told."""
        again = [item for item in items if self.chance.random() < self.twice]
        return [(item, self.chance.uniform(0, self.disorder)) for item in (*items, *again)]
