"""What is asked of webhooks, and how they refuse."""

from collections.abc import Sequence
from dataclasses import dataclass

from notifier.errors import Refused


@dataclass(frozen=True, slots=True)
class Wish:
    """What a webhook is to be."""

    name: str
    url: str
    kinds: Sequence[str]
    region: str = ""  # prefix; "" is told everything
    shielded: bool = False  # also of tickets that are hidden from the office they may concern
    paused: bool = False


class Unknown(Refused):
    """There is no such webhook, or it lies outside of one's area."""
