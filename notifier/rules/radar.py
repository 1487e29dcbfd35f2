"""The radar: of which rounds do more people complain than chance explains?

It must not know who they are, nor who is told. A round is held against all others: against its own base rate it would
excuse itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log
from types import MappingProxyType

from notifier.rules.tickets import Category

LEAST = 3  # distinct people, for one who writes often must not ring
RARE = 0.001  # how seldom chance alone may bring so many
PRIOR_PEOPLE, PRIOR_ENTITLED = 1, 1_000  # what is believed of a kind before anything is known of it
UNKNOWN = 300  # people of a round whose audience nobody has counted


class Kind(StrEnum):
    """What complaints of one kind point at."""

    INTEGRITY = "integrity"  # somebody takes
    MISSING = "missing"  # it does not arrive
    GOODS = "goods"  # it is not what it should be


KINDS: Mapping[Category, Kind] = MappingProxyType(
    {
        Category.ILLEGAL_LEVY: Kind.INTEGRITY,
        Category.DEDUCTION: Kind.INTEGRITY,
        Category.OFFICER_CONDUCT: Kind.INTEGRITY,
        Category.NOT_RECEIVED: Kind.MISSING,
        Category.DELAYED: Kind.MISSING,
        Category.GOODS_QUALITY: Kind.GOODS,
    }
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many distinct people complain of one kind about one round at one distribution point."""

    round_id: int
    kind: Kind
    people: int
    entitled: int  # people of the round; 0: unknown
    point: str = ""  # a round that was moved has several


@dataclass(frozen=True, slots=True)
class Judged:
    """A count held against the others."""

    count: Count
    expected: float  # people, by the base rate
    chance: float  # that so many or more come by chance
    rings: bool


def judge(counts: Sequence[Count]) -> list[Judged]:
    """Each count against the base rate of its kind in all other rounds, the least likely first."""
    own: dict[tuple[Kind, int], tuple[int, int]] = {}  # a round's people are the same at each of its points
    for count in counts:
        people, entitled = own.get((count.kind, count.round_id), (0, 0))
        own[count.kind, count.round_id] = people + count.people, max(entitled, _size(count))
    totals: dict[Kind, tuple[int, int]] = {}
    for (kind, _), (people, entitled) in own.items():
        before = totals.get(kind, (PRIOR_PEOPLE, PRIOR_ENTITLED))
        totals[kind] = before[0] + people, before[1] + entitled
    judged = [_judge(count, totals[count.kind], own[count.kind, count.round_id]) for count in counts]
    return sorted(judged, key=lambda one: (not one.rings, one.chance, -one.count.people, one.count.round_id))


def _judge(count: Count, all_rounds: tuple[int, int], own: tuple[int, int]) -> Judged:
    others, among = (whole - part for whole, part in zip(all_rounds, own, strict=True))
    expected = _size(count) * others / among
    chance = tail(count.people, expected)
    return Judged(count, expected, chance, count.people >= LEAST and chance < RARE)


def _size(count: Count) -> int:
    return max(count.entitled or UNKNOWN, count.people)


def tail(n: int, mean: float) -> float:
    """The chance that a Poisson count with this mean is `n` or more, 0 to 1."""
    if n <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    below = sum(_term(k, mean) for k in range(n)) if n <= mean else None
    if below is not None:
        return min(1.0, max(0.0, 1.0 - below))
    total, k = 0.0, n
    while True:  # beyond the mean the terms fall, faster than a geometric row
        term = _term(k, mean)
        total += term
        if term <= total * 1e-12:
            return min(1.0, total)
        k += 1


def _term(k: int, mean: float) -> float:
    return exp(k * log(mean) - mean - lgamma(k + 1))


def categories(kinds: Iterable[Kind] = tuple(Kind)) -> list[str]:
    """The categories that count for these kinds."""
    wanted = set(kinds)
    return [category.value for category, kind in KINDS.items() if kind in wanted]
