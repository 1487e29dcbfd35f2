"""Which numbers of a list may be published beside its total: none that speaks of a few people, and none from which
such a number can be worked out. Pure.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

K = 10  # fewer than so many people are not spoken of
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Published(Generic[Key]):
    """What may be read. None: not published."""

    rows: Mapping[Key, int | None]
    total: int | None


def publish(counts: Mapping[Key, int], k: int = K) -> Published[Key]:
    """Hide what lies below `k`, then the next smallest ones, until at least two are hidden and together they come to
    `k`: so that the total less the others tells nothing of a few. Where the rows do not suffice, the total goes too.
    """
    total = sum(counts.values())
    hidden = {key for key, n in counts.items() if n < k}
    spare = sorted((key for key in counts if key not in hidden), key=lambda key: (counts[key], str(key)))
    while hidden and spare and (len(hidden) < 2 or sum(counts[key] for key in hidden) < k):
        hidden.add(spare.pop(0))
    safe = not hidden or (len(hidden) >= 2 and sum(counts[key] for key in hidden) >= k)
    rows = {key: None if key in hidden else n for key, n in counts.items()}
    return Published(rows, total if safe and total >= k else None)


def share(part: int, whole: int, k: int = K) -> str:
    """A share in words too coarse to count with: "most", "half", "some"; "" when the whole is small."""
    if whole < k:
        return ""
    return "most" if part * 10 >= whole * 8 else "half" if part * 10 >= whole * 4 else "some"
