"""How often strangers may ask: per subject (a NIK, a ticket, a phone number, a person), per sender in a chat, per block
of addresses on the net, and all together. Pages and chats share one allowance.

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
    OWN_STATUS = "own_status"  # the same from an address that is known for one person's
    LINK = "link"  # say who one is, by part of a NIK
    GENUINE = "genuine"  # whether a message is ours
    COMPLAIN = "complain"
    WRITE_TO = "write_to"  # have a message sent to a phone or mailbox that somebody typed in
    FOLLOW = "follow"  # a ticket by number and code
    STOP_CODE = "stop_code"  # have a code sent, to stop or start messages
    STOP = "stop"  # give that code


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within so long."""

    most: int
    within: timedelta

    def until(self, since: datetime, n: int) -> datetime | None:
        """When it may be tried again, after `n` tries since `since`; None while it may."""
        return since + self.within if n > self.most else None


_HOUR, _DAY, _BREATH = timedelta(hours=1), timedelta(days=1), timedelta(minutes=10)
# what → by what it is counted, in this order → limit; "subject" and "sender" are named by the caller, "block" is where
# they come from on the net. What somebody has no name for is not counted: a chat has no block, a page no sender.
LIMITS: Mapping[Asked, Mapping[str, Limit]] = MappingProxyType(
    {
        Asked.STATUS: {
            "sender": Limit(10, _DAY),
            "subject": Limit(5, _HOUR),
            "block": Limit(60, _HOUR),
            "all": Limit(300, _BREATH),
        },
        Asked.OWN_STATUS: {"subject": Limit(20, _DAY), "all": Limit(600, _BREATH)},
        Asked.LINK: {"sender": Limit(5, _DAY), "subject": Limit(5, _DAY), "all": Limit(300, _BREATH)},
        Asked.GENUINE: {"block": Limit(600, _BREATH), "all": Limit(6000, _BREATH)},
        Asked.COMPLAIN: {"block": Limit(30, _HOUR), "all": Limit(200, _BREATH)},
        Asked.WRITE_TO: {"subject": Limit(3, _DAY), "all": Limit(100, _BREATH)},
        Asked.FOLLOW: {"subject": Limit(10, _HOUR), "block": Limit(120, _HOUR), "all": Limit(600, _BREATH)},
        Asked.STOP_CODE: {"subject": Limit(3, _DAY), "block": Limit(60, _HOUR), "all": Limit(100, _BREATH)},
        Asked.STOP: {"subject": Limit(5, _DAY), "block": Limit(60, _HOUR), "all": Limit(300, _BREATH)},
    }
)
LONGEST = _DAY  # after this no count matters any more
