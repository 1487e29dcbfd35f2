"""One HTTP call to somebody else's address, and to nobody within: what a name leads to is checked each time it is
looked up, and the connection goes to the very address that was checked.
"""

import asyncio
import re
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from notifier.errors import Refused
from notifier.rules.deliveries import discreet
from notifier.rules.webhooks import Network, Place, place, reachable

WHOLE, TO_CONNECT, TO_RESOLVE = 15.0, 5.0, 5.0  # seconds
READ = 1024  # bytes of an answer; the rest is not waited for
WITHIN = "the address lies within a private network"
UNFOUND = "the name is not found"


class Forbidden(OSError):
    """The name leads to where no call may lead."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a call."""

    status: int  # 0: no answer
    ms: int
    said: str  # how the answer began, or why there was none
    wait: timedelta | None = None  # Retry-After

    @property
    def taken(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300


class _Checked(AbstractResolver):
    """Looks a name up, and knows none that leads within."""

    def __init__(self, allowed: Sequence[Network], *, plain: bool) -> None:
        self._allowed, self._plain = allowed, plain

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(TO_RESOLVE):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        if not all(reachable(str(where[0]), self._allowed, plain=self._plain) for *_, where in found):
            raise Forbidden(WITHIN)
        return [
            ResolveResult(hostname=host, host=str(where[0]), port=port, family=kind, proto=proto, flags=FLAGS)
            for kind, _, proto, _, where in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


FLAGS = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class Reach:
    """Calls to addresses. Opened when first used; close it."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def check(self, url: str) -> None:
        """Raises Refused for a URL that no call may lead to now."""
        where = place(url)
        if where.plain and not self._allowed:
            said = "a webhook's URL begins with https://; http is for addresses of [webhooks] allowed alone"
            raise Refused(said, field="url")
        self._literal(where)
        try:
            await _Checked(self._allowed, plain=where.plain).resolve(where.host, where.port)
        except Forbidden:
            raise Refused(_within(where), field="url") from None
        except (OSError, UnicodeError, ValueError, TimeoutError):
            said = f"nobody knows the name {where.host[:80]}; check the webhook's URL"
            raise Refused(said, field="url") from None

    def _literal(self, where: Place) -> None:
        """An address in numbers is not looked up, so it is checked here."""
        try:
            allowed = reachable(where.host, self._allowed, plain=where.plain)
        except ValueError:
            return  # a name
        if not allowed:
            raise Refused(_within(where), field="url")

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Reply:
        """Send it once; no redirect is followed, and a failure is an answer too."""
        started = time.perf_counter()
        try:
            where = place(url)
            self._literal(where)
            session = self._session(plain=where.plain)
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                said = await _beginning(response)
                wait = _wait(response.headers.get("Retry-After", ""), now)
                return Reply(response.status, _ms(started), said, wait)
        except Refused as error:
            return Reply(0, _ms(started), str(error)[:200])
        except (aiohttp.ClientError, OSError, TimeoutError, UnicodeError, ValueError) as error:
            return Reply(0, _ms(started), _reason(error))

    def _session(self, *, plain: bool) -> aiohttp.ClientSession:
        if plain not in self._sessions:
            resolver: Any = _Checked(self._allowed, plain=plain)
            connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, limit=0)
            self._sessions[plain] = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=WHOLE, sock_connect=TO_CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                headers={"User-Agent": "notifier", "Accept-Encoding": "identity"},
            )
        return self._sessions[plain]

    async def close(self) -> None:
        """End all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()


def _within(where: Place) -> str:
    if where.plain:
        return f"{where.host[:80]} may not be called without TLS: write https://, or allow it in [webhooks] allowed"
    return f"{where.host[:80]} leads into a private network; a webhook goes to a public address"


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """The first words of an answer, without what looks like somebody's number or address."""
    read = b""
    while len(read) < READ:
        part = await response.content.read(READ - len(read))
        if not part:
            break
        read += part
    if not response.content.at_eof():
        response.close()  # it may go on for ever
    return _in_words(read)


@lru_cache(64)  # most say the same each time
def _in_words(read: bytes) -> str:
    plain = re.sub(r"[^\x20-\x7e\u00a0-\uffff]+", " ", read.decode("utf-8", "replace"))
    return discreet(plain[:300]).strip()


def _wait(text: str, now: datetime) -> timedelta | None:
    """Retry-After: seconds or a date."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**7))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return max((until if until.tzinfo else until.replace(tzinfo=UTC)) - now, timedelta())


def _reason(error: BaseException) -> str:
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, Forbidden):
            return WITHIN
        if isinstance(inner, socket.gaierror):
            return UNFOUND
        inner = inner.__cause__ or inner.__context__
    if isinstance(error, TimeoutError):
        return f"no answer within {WHOLE:.0f} s"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not valid"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"it can't be reached ({error.os_error.strerror or type(error.os_error).__name__})"[:200]
    return f"the call broke off ({type(error).__name__})"


def _ms(started: float) -> int:
    return int((time.perf_counter() - started) * 1000)
