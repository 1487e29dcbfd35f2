"""What must be hidden from an office because it may be about that very office, and what takes two people to end.

A ticket is seen by the office of its region and by all above. Hiding it is to give it the region above; where it
happened stays beside. It must not know accounts, nor who is told.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from notifier.rules.tickets import Act, Category

GRAVE = frozenset({Category.ILLEGAL_LEVY, Category.DEDUCTION, Category.OFFICER_CONDUCT})
OFFICE = 3  # parts of a region's code: aid is handed out, and complained about, by the district
ENDS = frozenset({Act.RESOLVE, Act.REJECT, Act.REFER, Act.CLOSE, Act.MERGE})
PROPOSED, WITHDRAWN = "proposed", "withdrawn"  # in a ticket's history
HIDDEN, GIVEN_BACK = "shielded", "unshielded"


class Changed(Protocol):
    """What is read of an entry of a ticket's history."""

    @property
    def act(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def was(self) -> str: ...
    @property
    def status(self) -> str: ...


ChangedT = TypeVar("ChangedT", bound=Changed)


def grave(categories: Iterable[str]) -> bool:
    """Whether it may be about those who hand out the aid, so that they must not read it."""
    return any(category in GRAVE for category in categories)


def above(place: str) -> str:
    """The region that sees what happened at a place when its own office may not: the district's part is cut off, or
    the last one of a shorter code. "" is the ministry.
    """
    return ".".join(place.split(".")[:OFFICE][:-1])


def needs_two(shielded: bool, act: Act) -> bool:
    """Whether somebody else has to agree before it is done."""
    return shielded and act in ENDS


def proposal(history: Sequence[ChangedT]) -> ChangedT | None:
    """What waits for a second person: the last proposal that nobody took back and no move has overtaken."""
    waits: ChangedT | None = None
    for change in history:
        if change.act == PROPOSED:
            waits = change
        elif change.act == WITHDRAWN or change.status != change.was:
            waits = None
    return waits


def gave_back(history: Iterable[Changed], who: str) -> bool:
    """Whether it was they who gave the ticket back to its own office: what took two people until then still does."""
    last = [change.who for change in history if change.act == GIVEN_BACK][-1:]
    return last == [who]
