"""E-mail as a line: sends through one mail server, hears through an LMTP/SMTP door or a hook that brings raw mails.

Knows nothing of people, tickets or databases. The rooms behind it: mail_settings, mail_letter (a message as bytes),
mail_post (the dialogue with the server), mail_status (what its numbers mean), mail_door (the listener), and for what a
mail says mail_parts, mail_reports and mail_in.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from email.utils import formatdate
from time import time
from typing import ClassVar

import aiohttp

from channels.contract import Arrive, BadSettings, BadWebhook, Hook, Inbound, Limits, Message, SendFailed, Sent
from channels.mail_door import Door, open_door
from channels.mail_in import read_mail
from channels.mail_letter import bounce_address, letter, message_id, spelled
from channels.mail_light import lighten
from channels.mail_post import Envelope, Post, Server
from channels.mail_reports import Ours
from channels.mail_settings import MailSettings

Settings = MailSettings


class Email:
    """One mailbox at one server."""

    name: ClassVar[str] = "email"
    parts: ClassVar[tuple[str, ...]] = ("subject", "text", "html")
    Settings: ClassVar[type[MailSettings]] = MailSettings

    def __init__(
        self, line: str, settings: MailSettings, http: aiohttp.ClientSession, *, now: Callable[[], float] = time
    ) -> None:
        self.line = line
        # base64 makes four bytes of three
        self.limits = Limits(text=200_000, rate=settings.rate, file=(settings.max_size - 32 * 1024) * 3 // 4)
        self.listens_at: tuple[str, int] | None = None  # host and port really taken, while listening
        self.arriving = settings.max_arriving
        self._settings = settings
        self._now = now
        self._frame = settings.frame(line)
        self._ours = Ours(self._frame.domain, settings.from_address.lower(), self._frame.bounce.lower())
        self._open = asyncio.Event()
        self._post = Post(
            Server(
                settings.host,
                settings.port,
                settings.security,
                settings.username,
                settings.password,
                settings.authority,
                self._frame.domain,
                settings.timeout,
            ),
            settings.pool,
        )

    async def send(self, message: Message) -> Sent:
        """Hand over once. Raises SendFailed; `unknown` when the connection failed after the words had left."""
        try:
            to = spelled(message.to)
        except ValueError as error:
            raise SendFailed("the address cannot be mailed to", permanent=True, address=True) from error
        try:
            mail = letter(self._frame, message, to, formatdate(self._now()))
            envelope = Envelope(bounce_address(self._frame, message.key), to, message.key)
        except ValueError as error:
            raise SendFailed(str(error), permanent=True) from error
        if len(mail) > self._settings.max_size:
            raise SendFailed(f"the mail has {len(mail)} bytes, max_size allows less", permanent=True)
        await self._post.hand_over(envelope, mail)
        return Sent(message_id(self._frame, message.key))

    def verify(self, hook: Hook) -> None:
        """By the secret in its header; without a configured secret nobody is believed."""
        secret, header = self._settings.secret, self._settings.secret_header
        if secret is None:
            raise BadWebhook(f'line "{self.line}" has no `secret`; set one to let mails in by the hook', 401)
        shown = hook.headers.get(header.lower())
        if not shown:
            raise BadWebhook(f"the request shows no {header}", 401)
        if not hmac.compare_digest(
            shown.encode("utf-8", "surrogateescape"), secret.get_secret_value().encode("utf-8", "surrogateescape")
        ):
            raise BadWebhook(f"wrong {header}")

    def read(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Inbound]:
        """Receipts from delivery reports, and what was said in everything else. Never raises."""
        return read_mail(body, headers, self._ours)

    def lighten(self, body: bytes) -> bytes:
        """The mail without attachments that are too great to be kept."""
        return lighten(body)

    async def listen(self, arrive: Arrive) -> None:
        """Take mail at the configured door until cancelled; at once done if there is none. Raises BadSettings."""
        listen = self._settings.listen
        if listen is None:
            return

        async def lightly(body: bytes, headers: Mapping[str, str]) -> None:
            await arrive(await asyncio.to_thread(lighten, body), headers)

        door = Door(lightly, listen.peers, listen.accept or self._own_addresses())
        try:
            await open_door(
                door,
                host=listen.host,
                port=listen.port,
                protocol=listen.protocol,
                hostname=self._frame.domain,
                biggest=self._settings.max_arriving,
                on_open=self._opened,
            )
        except OSError as error:
            raise BadSettings(
                f"lines.{self.line}.listen: {listen.host} port {listen.port} cannot be had ({error.strerror or error})"
                "; choose another port, or stop what holds it"
            ) from error
        finally:
            self._open.clear()
            self.listens_at = None

    async def door(self) -> tuple[str, int]:
        """Where mail comes in (host, port); waits until it can."""
        while self.listens_at is None:
            await self._open.wait()
        return self.listens_at

    async def probe(self) -> str:
        """Opens a conversation, logs in. Raises SendFailed, which is a ChannelError."""
        await self._post.probe()
        chosen = self._settings
        known = "credentials accepted" if chosen.username else "no credentials asked"
        return f"{chosen.host}:{chosen.port} takes mail ({chosen.security}, {known})"

    async def close(self) -> None:
        """Leave the mail server."""
        await self._post.close()

    def _opened(self, host: str, port: int) -> None:
        self.listens_at = (host, port)
        self._open.set()

    def _own_addresses(self) -> tuple[str, ...]:
        chosen = self._settings
        named = (chosen.from_address, chosen.reply_to, chosen.unsubscribe, self._frame.bounce)
        return tuple({address.lower() for address in named if address})
