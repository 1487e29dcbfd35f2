"""What other systems may be told of, how a call to them is signed and tried again, and where no call may lead.

Pure: knows no table, opens no connection, resolves no name.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from types import MappingProxyType
from urllib.parse import urlsplit

from notifier.errors import Refused

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


class News(StrEnum):
    """One kind of event."""

    TICKET_OPENED = "ticket.opened"
    TICKET_CHANGED = "ticket.changed"
    TICKET_ANSWERED = "ticket.answered"
    TICKET_CLOSED = "ticket.closed"
    DELIVERY_SETTLED = "delivery.settled"
    BROADCAST_STATE = "broadcast.state"
    PING = "webhook.ping"  # asked for by hand; nobody subscribes to it


MEANS: Mapping[News, str] = MappingProxyType(
    {
        News.TICKET_OPENED: "A complaint came in.",
        News.TICKET_CHANGED: "A complaint has another status.",
        News.TICKET_ANSWERED: "Staff answered a complaint.",
        News.TICKET_CLOSED: "A complaint was closed. It comes in place of ticket.changed.",
        News.DELIVERY_SETTLED: "It is known how a message fares, or known better: accepted, delivered, failed …",
        News.BROADCAST_STATE: "A broadcast has another state.",
        News.PING: "You asked for a try.",
    }
)
OFFERED = tuple(one for one in News if one is not News.PING)

PREFIX = "whsec_"
KEY = 32  # bytes of a secret
FIRST, CAP = timedelta(seconds=5), timedelta(hours=1)  # wait after the first failure; longest wait
GIVE_UP = timedelta(days=3)  # how long a call is tried, and how long an address may fail before it is switched off
LONGEST = timedelta(hours=24)  # what is obeyed of Retry-After
BOTH = timedelta(hours=24)  # how long the former secret signs too
GONE = 410  # the receiver wants no more calls


def for_ticket(act: str, was: str, status: str) -> tuple[News, ...]:
    """What an entry of a ticket's history is to others; nothing for most."""
    if act == "open":
        return (News.TICKET_OPENED,)
    moved = (News.TICKET_CLOSED if status == "closed" else News.TICKET_CHANGED,) if status != was else ()
    return ((News.TICKET_ANSWERED,) if act == "answer" else ()) + moved


# --- signing ---------------------------------------------------------------------------------------------------------


def shown(secret: bytes) -> str:
    """A secret as its receiver keeps it."""
    return PREFIX + base64.b64encode(secret).decode()


def sign(secrets: Sequence[bytes], uid: str, at: int, body: bytes) -> str:
    """The header webhook-signature: one signature for each secret that holds. `at`: seconds since 1970."""
    signed = f"{uid}.{at}.".encode() + body
    return " ".join(f"v1,{base64.b64encode(hmac.digest(key, signed, sha256)).decode()}" for key in secrets)


# --- trying again ----------------------------------------------------------------------------------------------------


def again(tries: int, first: datetime, now: datetime, wait: timedelta | None, luck: float) -> datetime | None:
    """When a failed call is made once more: 5 s, 10 s, 20 s … an hour, each shortened by up to half; not sooner than
    the receiver asked. None: it has been tried for long enough. `luck` lies in [0, 1).
    """
    span = min(FIRST * 2 ** min(tries - 1, 12), CAP) * (1 - luck / 2)
    due = now + max(span, min(wait or timedelta(), LONGEST))
    return due if due - first <= GIVE_UP else None


def rest(failures: int, wait: timedelta | None) -> timedelta:
    """How long a receiver is left alone altogether after so many failures in a row: one that is down is asked about
    once a minute, however much waits for it.
    """
    if wait is not None:
        return min(wait, LONGEST)
    return timedelta() if failures < 3 else min(timedelta(seconds=2 ** min(failures, 9)), timedelta(minutes=1))


# --- where calls may lead --------------------------------------------------------------------------------------------


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks that a configuration allows. Raises ValueError."""
    return tuple(ip_network(text) for text in texts)


_NAT64 = ip_network("64:ff9b::/96")
# What some versions of Python count as anybody's: for protocols, relays, shared by a provider's customers.
_SPECIAL = networks(("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "64:ff9b:1::/48", "2001::/23", "5f00::/16"))


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def named(text: str, allowed: Sequence[Network]) -> bool:
    """Whether the configuration allows this very address, although it may be a private one."""
    found = _inner(ip_address(text.partition("%")[0]))
    return any(found.version == network.version and found in network for network in allowed)


def public(text: str) -> bool:
    """Whether an address is anybody's: not private, loopback, link-local, shared, multicast, reserved, or one of those
    in the clothes of IPv6. Where cloud machines ask for their secrets is link-local.
    """
    found = _inner(ip_address(text.partition("%")[0]))
    odd = found.is_multicast or found.is_reserved or found.is_unspecified or getattr(found, "is_site_local", False)
    special = any(found.version == network.version and found in network for network in _SPECIAL)
    return found.is_global and not found.is_private and not odd and not special


def reachable(text: str, allowed: Sequence[Network], *, plain: bool) -> bool:
    """Whether a call may lead to an address. `plain`: without TLS, which only an allowed address is called."""
    return named(text, allowed) or (not plain and public(text))


@dataclass(frozen=True, slots=True)
class Place:
    """What an address on the web names."""

    host: str
    port: int
    plain: bool  # http


@lru_cache(256)
def place(url: str) -> Place:
    """Where a URL leads. Raises Refused for one that no call may have."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > 500 or not host:
        said = "this is no URL we can call: write https://system.example/path, at most 500 characters"
        raise Refused(said, field="url")
    if parts.scheme not in ("http", "https"):
        raise Refused("a webhook's URL begins with https://", field="url")
    if "@" in parts.netloc:
        raise Refused("a webhook's URL carries no name or password; check the signature instead", field="url")
    if parts.fragment:
        raise Refused("a webhook's URL has no part after #", field="url")
    if port == 0:
        raise Refused("a webhook's URL has no port 0", field="url")
    plain = parts.scheme == "http"
    return Place(host, port or (80 if plain else 443), plain)
