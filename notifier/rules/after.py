"""What comes after a case is called settled: what one figure of the citizen says, and how long silence lasts.

It must not know channels; which of our questions is answered is told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SCORES = range(1, 6)  # 5: very content
_FIGURE = re.compile(r"[\s\W_]*([1-5])(?:\s*(?:bintang|stars?))?[\s\W_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a citizen says with one figure."""

    settled: bool | None = None  # None: that was not asked
    score: int | None = None


_FIVE = {str(score): Verdict(score=score) for score in SCORES}
# What a figure says by the question it answers. One SMS asks both: is it settled, and are you content.
SAYS: Mapping[str, Mapping[str, Verdict]] = {
    "ticket_resolved": {"1": Verdict(True, 5), "2": Verdict(True, 2), "3": Verdict(False)},
    "ticket_rating": _FIVE,
}


def verdict(text: str, event: str) -> Verdict | None:
    """What a bare figure says in answer to a question of ours; None for anything else."""
    found = _FIGURE.fullmatch(text)
    return SAYS.get(event, {}).get(found[1]) if found else None
