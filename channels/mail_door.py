"""The door mail comes in by: an LMTP or SMTP listener in this process' own event loop.

Knows no service: each accepted mail goes to `arrive` with its envelope, and is answered 250 only when that returned.
Whatever goes wrong there is answered 451, so that the mail server before us keeps the mail and comes again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from weakref import WeakSet

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

log = logging.getLogger(__name__)

LONGEST_LINE = 256 * 1024  # more than the standard's 1,000: a line too long must not cost a citizen the complaint
PATIENCE = 300.0  # seconds a silent peer is kept

Arrive = Callable[[bytes, Mapping[str, str]], Awaitable[None]]


class Door:
    """Decides who may hand over what to whom, and passes it on. One for all connections of a line."""

    def __init__(
        self,
        arrive: Arrive,
        peers: Collection[IPv4Network | IPv6Network],
        accept: Collection[str],
    ) -> None:
        self._arrive = arrive
        self._peers = peers
        self._accept = accept

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._welcome(session.peer):
            return "554 5.7.1 this door is not for you"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 go on"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not accepted(address, self._accept):
            return "550 5.1.1 nobody of that name here"
        if len(envelope.rcpt_tos) >= 100:
            return "452 4.5.3 too many recipients at once"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 go on"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        headers = {
            "x-envelope-from": _clean(envelope.mail_from or ""),
            "x-envelope-to": ", ".join(map(_clean, envelope.rcpt_tos)),
        }
        content = envelope.original_content or b""
        try:
            await self._arrive(content, headers)
        except Exception as error:
            # by its type alone: a database's error quotes what it was given
            log.error(
                "a mail could not be stored (%s); the server before us is asked to come again", type(error).__name__
            )
            return "451 4.3.0 could not be stored, come again"
        return "250 2.0.0 stored"

    async def handle_exception(self, error: Exception) -> str:
        log.warning("a mail dialogue failed: %s", type(error).__name__)
        return "451 4.3.0 that was not understood"

    def _welcome(self, peer: Any) -> bool:
        if not isinstance(peer, tuple) or not peer:
            return False
        try:
            address = ip_address(str(peer[0]).partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._peers)


class Smtp(SMTP):
    """aiosmtpd's SMTP with room for long lines."""

    line_length_limit = LONGEST_LINE


class Lmtp(LMTP):
    """aiosmtpd's LMTP, but with an answer for each recipient after DATA, as RFC 2033 has it."""

    line_length_limit = LONGEST_LINE
    _answers = 1

    async def smtp_DATA(self, arg: str) -> None:
        self._answers = len(self.envelope.rcpt_tos) if self.envelope else 1
        try:
            await super().smtp_DATA(arg)
        finally:
            self._answers = 1

    async def push(self, status: Any) -> None:
        if self._answers > 1 and str(status)[:3] in ("250", "451", "500", "552"):
            status = "\r\n".join([status] * self._answers)
        await super().push(status)


PROTOCOLS: Mapping[str, type[SMTP]] = {"lmtp": Lmtp, "smtp": Smtp}


async def open_door(
    door: Door, *, host: str, port: int, protocol: str, hostname: str, biggest: int, on_open: Callable[[str, int], None]
) -> None:
    """Listen until cancelled, then hang up on everybody. `on_open` is told the host and the port really taken.

    Raises OSError if the port can't be had.
    """
    # aiosmtpd logs every command, addresses included, from INFO on
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    loop = asyncio.get_running_loop()
    guests: WeakSet[SMTP] = WeakSet()

    def guest() -> SMTP:
        one = PROTOCOLS[protocol](
            door,
            data_size_limit=biggest,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="notifier",
            timeout=PATIENCE,
            loop=loop,
        )
        guests.add(one)
        return one

    server = await loop.create_server(guest, host, port)
    try:
        on_open(*server.sockets[0].getsockname()[:2])
        await loop.create_future()
    finally:
        server.close()
        for one in list(guests):
            if one.transport is not None:
                one.transport.close()


def accepted(address: str, accept: Collection[str]) -> bool:
    """Whether mail to this address is ours: an entry is a domain, or an address that may be followed by "+anything"."""
    local, _, domain = address.lower().rpartition("@")
    return domain in accept or f"{local.partition('+')[0]}@{domain}" in accept


def _clean(address: str) -> str:
    """As it goes into a stored header; the null sender, which aiosmtpd spells "<>", is empty."""
    return "" if address == "<>" else address.encode("utf-8", "replace").decode()
