"""What a key of the API may do: scopes by name, the right each of them leans on, and how often it may ask.

A key never may more than the account it acts for. Pure; knows no secret and no table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from notifier.rules.roles import Right, covers


class Scope(StrEnum):
    """What a key can be given; each is `what:how`."""

    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    ROUNDS_READ = "rounds:read"
    ROUNDS_WRITE = "rounds:write"
    ENTITLEMENTS_READ = "entitlements:read"
    ENTITLEMENTS_WRITE = "entitlements:write"
    BROADCASTS_READ = "broadcasts:read"
    BROADCASTS_PLAN = "broadcasts:plan"
    BROADCASTS_APPROVE = "broadcasts:approve"  # never what the same account planned
    BROADCASTS_CONTROL = "broadcasts:control"
    DELIVERIES_READ = "deliveries:read"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    TICKETS_SHIELDED = "tickets:shielded"  # also those that are hidden from the office they may concern
    TEMPLATES_READ = "templates:read"
    TEMPLATES_WRITE = "templates:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"  # with the scope to read what is to be told


# scope → the right that the key's account needs for it
LEANS_ON: Mapping[Scope, Right] = MappingProxyType(
    {
        Scope.PEOPLE_READ: Right.SEE_PEOPLE,
        Scope.PEOPLE_WRITE: Right.IMPORT,
        Scope.ROUNDS_READ: Right.SEE_ROUNDS,
        Scope.ROUNDS_WRITE: Right.EDIT_ROUND,
        Scope.ENTITLEMENTS_READ: Right.SEE_PEOPLE,
        Scope.ENTITLEMENTS_WRITE: Right.IMPORT,
        Scope.BROADCASTS_READ: Right.SEE_BROADCASTS,
        Scope.BROADCASTS_PLAN: Right.PLAN,
        Scope.BROADCASTS_APPROVE: Right.APPROVE,
        Scope.BROADCASTS_CONTROL: Right.CONTROL_BROADCAST,
        Scope.DELIVERIES_READ: Right.SEE_PEOPLE,
        Scope.TICKETS_READ: Right.SEE_TICKETS,
        Scope.TICKETS_WRITE: Right.ANSWER,
        Scope.TICKETS_SHIELDED: Right.SEE_TICKETS,
        Scope.TEMPLATES_READ: Right.SEE_TEMPLATES,
        Scope.TEMPLATES_WRITE: Right.EDIT_TEMPLATE,
        Scope.WEBHOOKS_READ: Right.ACCOUNTS,
        Scope.WEBHOOKS_WRITE: Right.ACCOUNTS,
    }
)
# What takes two people: a key for it stands for its account's owner, so that nobody makes one to agree with themselves.
PERSONAL = frozenset({Scope.BROADCASTS_PLAN, Scope.BROADCASTS_APPROVE, Scope.TICKETS_SHIELDED, Scope.TEMPLATES_WRITE})
PER_MINUTE = 600  # requests of a key, when nothing else is said
MOST_PER_MINUTE = 60_000
MINUTE = timedelta(minutes=1)


def narrowed(account: str, key: str) -> str | None:
    """The area of a key: its own within its account's. None when the two have nothing in common any more."""
    if covers(account, key):
        return key
    return account if covers(key, account) else None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of a minute's requests is left to a key."""

    most: int  # a minute
    left: float
    at: datetime  # when that was so

    def ask(self, now: datetime) -> "tuple[Allowance, bool]":
        """The allowance after one more request, and whether that one is within it. It fills up steadily."""
        full = min(float(self.most), self.left + max(now - self.at, timedelta()) / MINUTE * self.most)
        within = full >= 1
        return Allowance(self.most, full - 1 if within else full, now), within

    @property
    def wait(self) -> int:
        """Whole seconds until there is room for one request again; 0 when there is."""
        lacks = 1 - self.left
        return 0 if lacks <= 0 else max(1, -int(-lacks / self.most * 60 // 1))

    @property
    def reset(self) -> int:
        """Whole seconds until it is full again."""
        return -int(-(self.most - self.left) / self.most * 60 // 1)
