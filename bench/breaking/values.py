"""What a scenario is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One run of one scenario. `random` decides every moment and every victim, so that a seed repeats them."""

    database_url: str
    folder: Path  # empty; the data folder of the service and its logs
    random: Random
    quick: bool = False


@dataclass(frozen=True)
class Row:
    """What was seen. A row holds when nothing is wrong with it: `wrong` says what is, in sentences."""

    scenario: str
    database: str
    messages: int
    events: int  # kills, stops, storms …
    lost: int  # people who got nothing, though nobody says that they did not
    unaccounted: int  # people of the audience that the statement does not place
    twice: int  # copies beyond the first on somebody's phone
    bound: int  # copies beyond the first that may be
    unknown: int
    held: int
    balanced: bool
    sound: bool  # the ledger's chain
    wrong: tuple[str, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0

    @property
    def verdict(self) -> tuple[str, ...]:
        """Everything that is wrong; empty when all holds."""
        found = list(self.wrong)
        if self.lost:
            found.append(f"{self.lost} people got nothing and nobody says so")
        if self.unaccounted:
            found.append(f"{self.unaccounted} people are in no state")
        if self.twice > self.bound:
            found.append(f"{self.twice} copies too many, where {self.bound} may be")
        if not self.balanced:
            found.append("the statement does not balance")
        if not self.sound:
            found.append("the ledger is broken")
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "wrong": list(self.verdict), "holds": not self.verdict}
