"""What the rooms of the dispatcher hand to each other: a line, a wording, and whose words and seals they need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from channels.contract import Button, Channel, Message, OutFile, Weighs
from notifier.rules.pacing import shares
from notifier.store.queue import Claimed


@dataclass(frozen=True)
class Route:
    """A line as the dispatcher sees it."""

    line: str
    channel: Channel
    rate: float  # units a second: messages, or the segments of an SMS
    parallel: int  # calls under way at a time
    replies: bool
    price: int = 0  # rupiah a unit
    for_answers: float = 0.2  # part of the rate that no broadcast can take

    @cached_property
    def weigh(self) -> Callable[[Message], int]:
        """How many units of the rate a message takes."""
        return self.channel.weight if isinstance(self.channel, Weighs) else lambda message: 1

    @property
    def scope(self) -> str:
        """What the whole line is parked by."""
        return f"line:{self.line}"

    def shares(self) -> "tuple[Share, ...]":
        """The budgets it is drawn from, each paced by itself: one for everything, one that only answers may use."""
        common, reserved = shares(self.rate, self.for_answers)
        whole = Share(self, self.scope, common, bulk=True)
        return (whole, Share(self, f"{self.scope}:answers", reserved, bulk=False)) if reserved else (whole,)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a line's rate that is paced by itself."""

    route: Route
    scope: str
    rate: float  # units a second
    bulk: bool  # broadcasts may use it too


class Ready(NamedTuple):
    """A claimed delivery in words: its attempt's row is written, it only has to leave."""

    delivery: Claimed
    message: Message
    weight: int  # units of the line's rate
    template: str  # which wording it is


@dataclass(frozen=True, slots=True)
class Grant:
    """A span of time in which one share of a line belongs to one worker, and what it may send in it."""

    ready: Sequence[Ready]
    waits: timedelta  # from now to the first slot
    spacing: timedelta  # between two units
    span: timedelta  # from the first slot to the end
    probing: bool = False  # the line was in trouble: this is one message to see whether it works again
    asked: float | None = None  # when `waits` began, by this process's monotonic clock


NOTHING = Grant((), timedelta(), timedelta(), timedelta())


class Wording(NamedTuple):
    """A message in words."""

    parts: Mapping[str, str]
    buttons: tuple[Button, ...] = ()
    template: str = ""  # which wording it is
    files: tuple[OutFile, ...] = ()


class Sealed(Protocol):
    """What the dispatcher needs of the vault."""

    def open_json(self, sealed: bytes, place: str) -> Any: ...
    def address_index(self, kind: str, address: str) -> bytes: ...


class Speaks(Protocol):
    """What the dispatcher needs of the words; may raise when they are broken."""

    def say(self, c: Claimed, channel: str, replies: bool) -> Wording: ...


def key_of(c: Claimed) -> str:
    """delivery:contact:generation — the same key is the same message."""
    return f"{c.id}:{c.contact_id or 0}:{c.generation}"


def address_of(c: Claimed, vault: Sealed) -> tuple[str, str]:
    """(channel, address): sealed on the delivery, the contact's, or a member of staff's."""
    if c.sealed is not None:
        told = vault.open_json(c.sealed, "deliveries.sealed")
        return str(told["kind"]), str(told["address"])
    if c.contact_id is not None:
        return c.kind or "", c.address or ""
    return c.account_kind or "", c.account_address or ""
