"""Who is called when a promise is broken: the desk first, then the offices above it, each by how large a region its
people look after.

It must not know accounts or tickets: a colleague is a role and a region's prefix.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, TypeVar

from notifier.rules.roles import Right, Role, covers, may

LADDER = ("desk", "regency", "province", "ministry")
STEPS = (*LADDER, *Role)  # what `escalate_to` may name; a role is called wherever it sits
# How many parts the region of an office's people has: "31.75" is a regency, "" the whole country. The desk is whoever
# answers, wherever they look, and the supervisors of its district; those above decide who answers.
_PARTS: Mapping[str, range] = MappingProxyType(
    {"desk": range(3, 5), "regency": range(2, 3), "province": range(1, 2), "ministry": range(1)}
)
_ABOVE = frozenset(role for role in Role if may(role, Right.ASSIGN))


class Colleague(Protocol):
    """As little of an account as this needs."""

    @property
    def role(self) -> str: ...
    @property
    def region(self) -> str: ...


ColleagueT = TypeVar("ColleagueT", bound=Colleague)


def called(step: str, staff: Sequence[ColleagueT], region: str) -> list[ColleagueT]:
    """Who of the staff stands on a step for a ticket of this region."""
    return [one for one in staff if covers(one.region, region) and _stands(step, one)]


def _stands(step: str, one: Colleague) -> bool:
    if step not in _PARTS:
        return one.role == step
    if step == "desk" and one.role == Role.AGENT:
        return True
    parts = len(one.region.split(".")) if one.region else 0
    return parts in _PARTS[step] and one.role in _ABOVE
