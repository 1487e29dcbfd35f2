"""In which order a person is tried on the channels: the house's ladder, a programme's own, and what the person prefers.

It must not know contacts, lines or what became of an attempt.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import MappingProxyType

Rung = tuple[str, int]  # channel, contact


def further(
    rungs: Sequence[Rung], ladder: Sequence[str], here: Rung, visited: Sequence[int], *, back: bool
) -> Sequence[Rung]:
    """Where a message may be carried to, of all `rungs` a person has on the ladder as it is now; in its order.

    Beyond where it stands; where the ladder has that channel no longer, from the first rung on. With `back` also to
    what lies before and was not tried: the ladder was put in another order meanwhile. `visited`: contacts that were
    tried, in their order. None is tried twice, unless somebody had it begin anew: then it came here before.
    """
    place = {kind: number for number, kind in enumerate(ladder)}
    tried = [contact for contact, _ in groupby(visited)]
    anew = tried.count(here[1]) > 1
    beyond = {rung for rung in rungs if (place[rung[0]], rung[1]) > (place.get(here[0], -1), here[1])}
    if anew:
        return [rung for rung in rungs if rung in beyond]
    return [rung for rung in rungs if rung[1] not in {*tried, here[1]} and (back or rung in beyond)]


@dataclass(frozen=True, slots=True)
class Ladders:
    """The ladders of the house. A channel that is not on a ladder is never tried on it, whatever a person prefers."""

    default: Sequence[str]
    by_programme: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    # What the office has put in their place since: whoever keeps it writes into it, and everybody reads the newest.
    own: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    channels: Collection[str] | None = None  # those that some line carries; None: all

    def of(self, programme: str = "", prefers: str = "") -> tuple[str, ...]:
        """The channels in the order they are tried. `programme` "": none; `prefers`: a channel the person has first."""
        written = self.own.get(programme) or self.by_programme.get(programme, self.default)
        rungs = tuple(kind for kind in written if self.channels is None or kind in self.channels)
        if prefers not in rungs:
            return rungs
        return (prefers, *(kind for kind in rungs if kind != prefers))

    def carried_by(self, channels: Mapping[str, object]) -> "Ladders":
        """The same ladders without the rungs that no line carries."""
        return replace(self, channels=frozenset(channels))
