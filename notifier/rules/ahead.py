"""What happens next with a whole broadcast, in one table of cases: the sentences at the top of its page.

It must not know how a step is taken, or what time it is now.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Ahead(StrEnum):
    """One sentence: what is so, or what comes; beside it how many people, and when as far as that is known."""

    AWAITS = "awaits"  # somebody's approval; then it goes to n people from `at` on
    BEGINS = "begins"  # by itself, at `at`, to n people
    ASKS = "asks"  # n people wait until somebody has looked
    PAUSED = "paused"  # n people wait until it goes on; `at` is the last moment
    FIRST = "first"  # n people are told first
    JUDGED = "judged"  # at `at`: the other n follow when all went well; otherwise somebody is asked
    LEAVES = "leaves"  # n people are still to be written to, until about `at`
    RETRIES = "retries"  # of n people only another try is left; the last begins about `at`
    TRIED_UNTIL = "tried_until"  # whoever is refused for now is tried again until about `at`
    SETTLES = "settles"  # everything has left; n messages wait for their provider's word
    DECIDE = "decide"  # n messages wait for somebody's decision
    VISITED = "visited"  # whoever is not reached goes onto the field officers' list
    DONE = "done"  # n people were told
    ALL_TOLD = "all_told"  # nobody is left
    VISIT = "visit"  # n people were not told: the field officers' list
    STOPPED = "stopped"  # n people were not told, and the broadcast will not do so
    PLAN_REST = "plan_rest"  # the rest can be planned anew
    TAKEN_UP = "taken_up"  # another broadcast is for them
    CALLED_OFF = "called_off"  # nobody was sent anything, and nobody will be
    NOBODY = "nobody"  # its audience is empty


@dataclass(frozen=True, slots=True)
class Step:
    """A sentence's facts."""

    what: Ahead
    n: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a broadcast stands, in people and instants."""

    state: str
    people: int  # its audience, or what it was reckoned at
    begun: bool  # somebody of it has a row
    at: datetime  # its plan
    expires_at: datetime
    waiting: int = 0  # nobody has tried them yet, those who have no row among them
    again: int = 0  # tried, and to be tried again
    unsure: int = 0  # held ones left out
    held: int = 0
    told: int = 0
    untold: int = 0  # failed, too late, no contact, called off; not those who asked for silence
    first: int = 0  # told before the others
    judged_at: datetime | None = None
    through: datetime | None = None  # when the last of them will have been written to
    tried_until: datetime | None = None  # … and tried again
    taken_up: bool = False  # another broadcast is for the rest


def ahead(b: Standing) -> Sequence[Step]:
    """What is so and what comes, in the order in which it comes. Empty for a state nobody knows."""
    course = _COURSE.get(b.state)
    steps = course(b) if course is not None else []
    return [*steps, Step(Ahead.DECIDE, b.held)] if b.held else steps


def _awaits(b: Standing) -> list[Step]:
    return [Step(Ahead.AWAITS, b.people, b.at)]


def _begins(b: Standing) -> list[Step]:
    return [Step(Ahead.BEGINS, b.people, b.at), *([Step(Ahead.LEAVES, b.people, b.through)] if b.through else [])]


def _asks(b: Standing) -> list[Step]:
    return [Step(Ahead.ASKS, b.waiting + b.again if b.begun else b.people)]


def _paused(b: Standing) -> list[Step]:
    return [Step(Ahead.PAUSED, b.waiting + b.again if b.begun else b.people, b.expires_at)]


def _first(b: Standing) -> list[Step]:
    return [Step(Ahead.FIRST, b.first), Step(Ahead.JUDGED, b.people - b.first, b.judged_at), Step(Ahead.VISITED)]


def _leaves(b: Standing) -> list[Step]:
    if b.waiting:
        leaves = [Step(Ahead.LEAVES, b.waiting + b.again, b.through), Step(Ahead.TRIED_UNTIL, at=b.tried_until)]
        return [*leaves, Step(Ahead.VISITED)]
    if b.again:
        return [Step(Ahead.RETRIES, b.again, b.through), Step(Ahead.VISITED)]
    if b.unsure:
        return [Step(Ahead.SETTLES, b.unsure), Step(Ahead.VISITED)]
    return _done(b)


def _done(b: Standing) -> list[Step]:
    if not b.people:
        return [Step(Ahead.NOBODY)]
    left = b.untold + b.unsure
    return [Step(Ahead.DONE, b.told), Step(Ahead.VISIT, left) if left else Step(Ahead.ALL_TOLD)]


def _stopped(b: Standing) -> list[Step]:
    if not b.begun and not b.waiting:
        return [Step(Ahead.CALLED_OFF)]
    left = b.untold + b.unsure + b.waiting + b.again
    if not left:
        return [Step(Ahead.STOPPED), Step(Ahead.ALL_TOLD)]
    return [Step(Ahead.STOPPED, left), Step(Ahead.TAKEN_UP if b.taken_up else Ahead.PLAN_REST)]


_COURSE: Mapping[str, Callable[[Standing], list[Step]]] = {
    "planned": _awaits,
    "approved": _begins,
    "asking": _asks,
    "paused": _paused,
    "canary": _first,
    "expanding": _leaves,
    "sending": _leaves,
    "done": _done,
    "stopped": _stopped,
}
