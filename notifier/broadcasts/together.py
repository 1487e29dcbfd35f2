"""Several plans approved in one go by the second pair of eyes: each by itself, as far as it can be, with why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.broadcasts import Broadcasts
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer
from notifier.store.broadcasts import Broadcast

MOST = 100  # approved in one go


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    approved: Sequence[int]
    refused: Mapping[int, str]  # broadcast → why, as a sentence


def hindrance(viewer: Viewer, b: Broadcast, now: datetime, maker: str = "") -> str:
    """Why a plan cannot be approved from a list, in a word; "" when it can. What asks has to be looked at by itself.
    `maker`: who defined the plan that it is an occurrence of.
    """
    if b.state != "planned":
        return b.state
    if not viewer.may(Right.APPROVE):
        return "right"
    if viewer.who in (b.planned_by, maker):
        return "own"
    if b.expires_at <= now:
        return "over"
    return "moved" if b.round_version != b.round_now else ""


async def approve(broadcasts: Broadcasts, viewer: Viewer, seen: Mapping[int, int], now: datetime) -> Outcome:
    """Approve each of these by itself; one that cannot be holds up no other. `seen`: broadcast → the number of people
    that was shown. Raises Refused without the right, or when there are too many.
    """
    viewer.needs(Right.APPROVE)
    if len(seen) > MOST:
        raise Refused(f"{len(seen)} plans are too many to be looked at in one go; approve at most {MOST}")
    approved, refused = [], {}
    for number, people in sorted(seen.items()):
        try:
            await broadcasts.approve(viewer, number, now, seen=people)
            approved.append(number)
        except Refused as error:
            refused[number] = str(error)
    return Outcome(approved, refused)
