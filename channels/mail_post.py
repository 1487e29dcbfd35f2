"""Handing mail to an SMTP server: a few open conversations, one dialogue a mail.

Knows nothing of MIME; what the answers mean is mail_status's. A mail is handed over at most once; nothing is said
again but the greeting, when an idle server had hung up before a word of the mail was said.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import aiosmtplib
from pydantic import SecretStr

from channels.contract import SendFailed
from channels.mail_status import Stage, fate, told_wait, without_addresses

Security = Literal["starttls", "tls", "none"]

RECYCLED_AFTER = 100  # mails a conversation; many servers hang up at some such number
IDLE = 30.0  # seconds an unused conversation is kept


class Refused(Exception):
    """The server said no."""

    def __init__(self, stage: Stage, code: int, text: str) -> None:
        super().__init__(stage, code)
        self.stage, self.code, self.text = stage, code, text

    def as_failure(self) -> SendFailed:
        means = fate(self.code, self.text, self.stage)
        wait = told_wait(self.text) if self.code // 100 == 4 else None
        return SendFailed(
            f"{self.stage}: {self.code} {without_addresses(self.text)}".strip(),
            permanent=means.permanent,
            address=means.address,
            line=means.line,
            wait=wait or means.wait,
            scope="line" if means.wait or means.line else "address",  # greylisting asks it for one address
        )


@dataclass(frozen=True, slots=True)
class Server:
    """Whom mail is handed to, and how."""

    host: str
    port: int
    security: Security
    username: str
    password: SecretStr | None
    authority: str  # file of certificates to trust besides the system's; "" for none
    hello: str  # how we introduce ourselves
    timeout: float  # seconds for one mail, waiting for a turn included


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom; addresses must be safe to stand in a command."""

    sender: str
    to: str
    key: str  # comes back in delivery reports where the server knows how (RFC 3461)


@dataclass(slots=True)
class Talk:
    """One open conversation."""

    smtp: aiosmtplib.SMTP
    mails: int = 0
    stage: Stage = "connect"  # how far the mail under way has come
    since: float = 0.0  # loop time since when it is idle

    async def say(self, stage: Stage, *words: bytes, expect: int = 250) -> None:
        """Raises Refused, or what aiosmtplib raises when the connection fails."""
        self.stage = stage
        answer = await self.smtp.execute_command(*words)
        if answer.code != expect:
            raise Refused(stage, answer.code, answer.message)

    async def pour(self, mail: bytes) -> None:
        """The mail itself, after DATA was welcome. Raises like say()."""
        if self.smtp.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("the server hung up")
        if b"\n." in mail:
            mail = mail.replace(b"\n.", b"\n..")
        self.stage = "mail"
        self.smtp.protocol.write(mail + b".\r\n")
        answer = await self.smtp.protocol.read_response()
        if answer.code != 250:
            raise Refused("mail", answer.code, answer.message)

    def leave(self) -> None:
        """Say goodbye without waiting for the answer."""
        protocol = self.smtp.protocol
        if protocol is not None and protocol.is_connected:
            protocol.write(b"QUIT\r\n")
        self.smtp.close()


class Post:
    """At most `size` conversations with one server; used ones are kept a while for the next mail."""

    def __init__(self, server: Server, size: int) -> None:
        self._server = server
        self._turns = asyncio.Semaphore(size)
        self._idle: list[Talk] = []  # the one used last at the end
        self._sweep: asyncio.TimerHandle | None = None
        self._tls: ssl.SSLContext | None = None

    async def hand_over(self, envelope: Envelope, mail: bytes) -> None:
        """Give the server one mail (CRLF, ASCII, dots not yet doubled). Raises SendFailed."""
        talk: Talk | None = None
        try:
            async with asyncio.timeout(self._server.timeout), self._turns:
                talk = self._kept() or await self._opened()
                try:
                    await self._introduce(talk, _from(talk.smtp, envelope, len(mail)))
                    await talk.say("RCPT", *_to(talk.smtp, envelope))
                    await talk.say("DATA", b"DATA", expect=354)
                    await talk.pour(mail)
                except Refused as error:
                    await self._reset(talk)
                    raise error.as_failure() from None
                self._keep(talk, sent=True)
        except (aiosmtplib.SMTPException, OSError) as error:  # TimeoutError is one, too
            if talk is not None:
                talk.smtp.close()
            raise _broken(error, talk.stage if talk is not None else "connect") from error
        except asyncio.CancelledError:
            if talk is not None:
                talk.smtp.close()  # in the middle of a dialogue: of no use to the next mail
            raise

    async def probe(self) -> None:
        """Open a conversation, credentials included. Raises SendFailed."""
        async with self._turns:
            self._keep(self._kept() or await self._opened(), sent=False)

    async def close(self) -> None:
        """Leave every conversation that is not in use."""
        while self._idle:
            self._idle.pop().leave()
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    async def _introduce(self, talk: Talk, words: Sequence[bytes]) -> None:
        """MAIL FROM; on a new connection if the server had tired of the old one."""
        try:
            await talk.say("MAIL", *words)
        except (aiosmtplib.SMTPServerDisconnected, Refused) as error:
            if not talk.mails or (isinstance(error, Refused) and error.code != 421):
                raise
            talk.smtp.close()
            talk.smtp, talk.mails = (await self._opened()).smtp, 0
            await talk.say("MAIL", *words)

    async def _opened(self) -> Talk:
        server = self._server
        if self._tls is None and server.security != "none":
            self._tls = await asyncio.to_thread(_trust, server.authority)  # reads the system's certificates: slow
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password.get_secret_value() if server.password else None,
            local_hostname=server.hello,
            timeout=server.timeout,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=self._tls,
        )
        try:
            await smtp.connect()
            if smtp.is_ehlo_or_helo_needed:
                await smtp.ehlo()
        except aiosmtplib.SMTPResponseException as error:
            smtp.close()
            raise Refused("connect", error.code, error.message).as_failure() from error
        except (aiosmtplib.SMTPException, OSError) as error:
            smtp.close()
            raise _broken(error, "connect") from error
        except asyncio.CancelledError:
            smtp.close()
            raise
        return Talk(smtp)

    def _kept(self) -> Talk | None:
        while self._idle:
            talk = self._idle.pop()
            if talk.smtp.is_connected:
                return talk
        return None

    async def _reset(self, talk: Talk) -> None:
        try:
            await talk.say("MAIL", b"RSET")
        except (aiosmtplib.SMTPException, OSError, Refused):
            talk.smtp.close()
        else:
            self._keep(talk, sent=False)

    def _keep(self, talk: Talk, *, sent: bool) -> None:
        talk.mails += sent
        if talk.mails >= RECYCLED_AFTER:
            talk.leave()
            return
        loop = asyncio.get_running_loop()
        talk.since = loop.time()
        self._idle.append(talk)
        if self._sweep is None:
            self._sweep = loop.call_later(IDLE, self._leave_idle)

    def _leave_idle(self) -> None:
        loop = asyncio.get_running_loop()
        while self._idle and self._idle[0].since <= loop.time() - IDLE:
            self._idle.pop(0).leave()
        wake = self._idle[0].since + IDLE + 0.1 if self._idle else 0.0
        self._sweep = loop.call_at(wake, self._leave_idle) if self._idle else None


def _from(smtp: aiosmtplib.SMTP, envelope: Envelope, size: int) -> list[bytes]:
    words = [b"MAIL", b"FROM:<%b>" % envelope.sender.encode("ascii")]
    if smtp.supports_extension("size"):
        words.append(b"SIZE=%d" % size)
    if smtp.supports_extension("dsn"):
        words += [b"RET=HDRS", b"ENVID=%b" % envelope.key.encode("ascii")]
    return words


def _to(smtp: aiosmtplib.SMTP, envelope: Envelope) -> list[bytes]:
    words = [b"RCPT", b"TO:<%b>" % envelope.to.encode("ascii")]
    if smtp.supports_extension("dsn"):
        words.append(b"NOTIFY=FAILURE,DELAY")
    return words


def _broken(error: Exception, stage: Stage) -> SendFailed:
    """The connection failed, not the message. Only once the words had left nobody knows what became of them."""
    what = f"{stage}: {type(error).__name__}"
    if stage == "connect":
        return SendFailed(f"the mail server cannot be talked to ({what})", line=True)
    if stage == "mail":
        return SendFailed(f"the mail server fell silent after it had got the mail ({what})", unknown=True)
    return SendFailed(f"the mail server fell silent ({what}); the mail had not left")


def _trust(authority: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    if authority:
        context.load_verify_locations(cafile=authority)
    return context
