"""In which order a person is tried on the channels: the house's ladder, a programme's own, and what the person prefers.

It must not know contacts, lines or what became of an attempt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Ladders:
    """The ladders of the house. A channel that is not on a ladder is never tried on it, whatever a person prefers."""

    default: Sequence[str]
    by_programme: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, programme: str = "", prefers: str = "") -> tuple[str, ...]:
        """The channels in the order they are tried. `programme` "": none; `prefers`: a channel the person has first."""
        rungs = tuple(self.by_programme.get(programme, self.default))
        if prefers not in rungs:
            return rungs
        return (prefers, *(kind for kind in rungs if kind != prefers))

    def carried_by(self, channels: Mapping[str, object]) -> "Ladders":
        """The same ladders without the rungs that no line carries."""
        return Ladders(
            tuple(kind for kind in self.default if kind in channels),
            {name: tuple(kind for kind in rungs if kind in channels) for name, rungs in self.by_programme.items()},
        )
