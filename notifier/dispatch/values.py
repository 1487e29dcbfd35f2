"""What the rooms of the dispatcher hand to each other: a line, a wording, and whose words and seals they need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from channels.contract import Button, Channel
from notifier.store.deliveries import Claimed


@dataclass(frozen=True, slots=True)
class Route:
    """A line as the dispatcher sees it."""

    line: str
    channel: Channel
    rate: float  # messages a second
    parallel: int
    replies: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """A message in words."""

    parts: Mapping[str, str]
    buttons: tuple[Button, ...] = ()


class Sealed(Protocol):
    """What the dispatcher needs of the vault."""

    def open_json(self, sealed: bytes, place: str) -> Any: ...
    def address_index(self, kind: str, address: str) -> bytes: ...


class Speaks(Protocol):
    """What the dispatcher needs of the words; both may raise when they are broken."""

    def label(self, c: Claimed, channel: str) -> str: ...
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
