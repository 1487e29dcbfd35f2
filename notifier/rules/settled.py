"""What the ledger says of a group of messages that was settled: which attempts, as what, and a digest of the rest.

An act names its attempts by number, runs of deliveries as "1001-1100", so that a million messages cost the ledger
little; what may not change afterwards (line and the provider's ref) enters the digest.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from itertools import groupby
from typing import Any

Named = tuple[int, int]  # delivery, number of the attempt


def told(line: str, outcomes: Iterable[tuple[int, int, str, str, str]]) -> dict[str, Any]:
    """The detail of an act, from (delivery, number, state, ref, to whom) each."""
    group = sorted(outcomes)
    by_state: dict[str, list[Named]] = {}
    for delivery, number, state, _, _ in group:
        by_state.setdefault(state, []).append((delivery, number))
    runs = {state: " ".join(_runs(named)) for state, named in by_state.items()}
    return {"n": len(group), "of": runs, "whom": digest((d, n, line, f"{ref}:{to}") for d, n, _, ref, to in group)}


def to_whom(key: str, person: int | None) -> str:
    """What an attempt is bound to: its key names the contact; the person is a broadcast's, for others may be sealed."""
    return f"{key}:{person or 0}"


def digest(attempts: Iterable[tuple[int, int, str, str]]) -> str:
    """Hex over what may not change of these attempts: (delivery, number, line, ref) each, in order."""
    return sha256("\n".join(f"{d}:{number}:{line}:{ref}" for d, number, line, ref in attempts).encode()).hexdigest()


def named(detail: Mapping[str, Any]) -> dict[Named, str]:
    """Which attempts an act speaks of, and as what they were reported, in order. ValueError when it is none of ours."""
    found: dict[Named, str] = {}
    for state, runs in dict(detail["of"]).items():
        for run in str(runs).split():
            span, _, number = run.partition(".")
            first, _, last = span.partition("-")
            if int(last or first) - int(first) >= int(detail["n"]):
                raise ValueError(f"{run} is more than a group")
            for delivery in range(int(first), int(last or first) + 1):
                found[delivery, int(number or 1)] = str(state)
    return dict(sorted(found.items()))


def _runs(group: list[Named]) -> Iterable[str]:
    """Attempts in order: "12" is the first attempt of delivery 12, "13.2" the second of 13, "20-29" ten first ones."""
    for (_, number), run in groupby(enumerate(group), key=lambda at: (at[1][0] - at[0], at[1][1])):
        first, *others = [delivery for _, (delivery, _) in run]
        span = f"{first}-{others[-1]}" if others else str(first)
        yield span if number == 1 else f"{span}.{number}"
