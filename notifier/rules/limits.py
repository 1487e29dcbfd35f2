"""How often strangers may ask: per subject (a NIK, a ticket, a phone number), per block of addresses, and all together.

A whole village may share one address on the net, so a block may do much; one subject may be tried a few times only, and
all strangers together no more than people could. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Asked(StrEnum):
    """What strangers do here that can be overdone."""

    STATUS = "status"  # how a benefit stands, by NIK and name
    COMPLAIN = "complain"
    WRITE_TO = "write_to"  # have a message sent to a phone or mailbox that somebody typed in
    FOLLOW = "follow"  # a ticket by number and code


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within so long."""

    most: int
    within: timedelta

    def until(self, since: datetime, n: int) -> datetime | None:
        """When it may be tried again, after `n` tries since `since`; None while it may."""
        return since + self.within if n > self.most else None


_HOUR, _DAY, _BREATH = timedelta(hours=1), timedelta(days=1), timedelta(minutes=10)
# what → by what it is counted, in this order → limit; "subject" is named by the caller, "block" is where they come from
LIMITS: Mapping[Asked, Mapping[str, Limit]] = MappingProxyType(
    {
        Asked.STATUS: {"subject": Limit(5, _HOUR), "block": Limit(60, _HOUR), "all": Limit(300, _BREATH)},
        Asked.COMPLAIN: {"block": Limit(30, _HOUR), "all": Limit(200, _BREATH)},
        Asked.WRITE_TO: {"subject": Limit(3, _DAY), "all": Limit(100, _BREATH)},
        Asked.FOLLOW: {"subject": Limit(10, _HOUR), "block": Limit(120, _HOUR), "all": Limit(600, _BREATH)},
    }
)
LONGEST = _DAY  # after this no count matters any more
