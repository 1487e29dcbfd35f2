"""A fake mail world: a server that takes the service's mails, citizens' mailboxes, and the way back by LMTP or hook.

Knows neither the service nor its channels, only SMTP, LMTP and what mails look like. Mails arrive at the phones; what
citizens write, bounces and auto-replies go to `lmtp` (host, port) if that is set, else as raw mail to `hook_url`.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, ClassVar
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from notifier.sandbox.magic import FLOOD_WAIT, Magic, magic
from notifier.sandbox.mail_reports import delivery_report, quoted
from notifier.sandbox.phones import Note, Phones
from notifier.sandbox.posts import PAUSES, Post, Posts

# magic -> how RCPT is refused
REFUSALS: Mapping[Magic, str] = {
    Magic.TEMPORARY: "450 4.2.1 mailbox busy",
    Magic.PERMANENT: "550 5.1.1 no such user here",
}
# magic -> the reports that follow a mail taken, as (action, status, words, only after `late` seconds)
REPORTS: Mapping[Magic, Sequence[tuple[str, str, str, bool]]] = {
    Magic.BOUNCE: (("failed", "5.1.1", "550 5.1.1 User doesn't exist", False),),
    Magic.LATE: (
        ("delayed", "4.4.1", "connect to mx.sandbox.test: Connection refused", False),
        ("delivered", "2.0.0", "250 2.0.0 OK", True),
    ),
}


class MailServer:
    """One mail server and the citizens behind it.

    mailbox      the service's own address: where citizens write to
    tls          offers STARTTLS; with `username` and `password` it asks for them, too
    late         seconds until the final report on a LATE address
    hang         seconds a TIMEOUT address keeps the connection open without an answer
    quotes       whether citizens' answers quote what they answer, as mail programs do
    """

    channel: ClassVar[str] = "email"

    def __init__(
        self,
        phones: Phones,
        line: str,
        *,
        mailbox: str = "pengaduan@bansos.test",
        secret: str = "",
        hook_url: str = "",
        tls: ssl.SSLContext | None = None,
        username: str = "",
        password: str = "",
        late: float = 20,
        hang: float = 0,
        quotes: bool = True,
    ) -> None:
        self.line = line
        self.hook_url = hook_url
        self.lmtp: tuple[str, int] | None = None
        self.host, self.port = "127.0.0.1", 0  # where it takes mail; the port is set by start()
        self.quotes = quotes
        self.connections = 0  # opened by the service so far
        self.talking = 0  # of these, open now
        self.posts = Posts(lambda: self.hook_url)
        self._phones = phones
        self._mailbox = mailbox
        self._secret = secret
        self._tls = tls
        self._known = (username.encode(), password.encode())
        self.late = late
        self.hang = hang
        self._flooded: set[str] = set()
        self._serial = int(phones.now().timestamp() * 1000)  # so that ids stay new when the sandbox starts again
        self._server: asyncio.Server | None = None
        self._guests: WeakSet[SMTP] = WeakSet()
        self._carried: set[asyncio.Task[None]] = set()  # mails on their way to the service

    async def start(self) -> None:
        """Take mail on a free port, or on the one set before. Raises OSError if it is taken."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd logs every command
        await self.posts.start()
        self._server = await asyncio.get_running_loop().create_server(self._guest, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Hang up; mails on their way are dropped."""
        for task in tuple(self._carried):
            task.cancel()
        await asyncio.gather(*self._carried, return_exceptions=True)
        if self._server is not None:
            self._server.close()
        for guest in list(self._guests):
            if guest.transport is not None:
                guest.transport.close()
        await self.posts.close()

    async def say(
        self,
        address: str,
        *,
        text: str = "",
        button: str = "",
        reply_to: str = "",
        photo: bytes | None = None,
        edit_of: str = "",
        sticker: str = "",
        headers: Mapping[str, str] = {},
    ) -> None:
        """The citizen writes a mail; returns when the service took it, or after 3 s. `headers` replace or add to
        the mail's own. Raises ValueError for what a mail can't carry."""
        if sticker or edit_of:
            raise ValueError("a mail can be neither edited nor a sticker")
        answered = self._phones.find(address, reply_to) if reply_to else None
        words = (text or button).encode("utf-8", "replace").decode()
        subject = headers.get("Subject") or (f"Re: {answered.subject}" if answered else words[:40].partition("\n")[0])
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = address, self._mailbox, " ".join(subject.split())
        mail["Date"] = format_datetime(self._phones.now())
        mail["Message-ID"] = ref = self._new_id(address)
        if reply_to:
            mail["In-Reply-To"] = mail["References"] = reply_to
        mail.set_content(quoted(words, answered, self._mailbox) if answered and self.quotes else words)
        files: tuple[str, ...] = ()
        if photo is not None:
            kind = "png" if photo.startswith(b"\x89PNG") else "jpeg"
            mail.add_attachment(photo, maintype="image", subtype=kind, filename=f"foto.{kind}")
            files = (self._phones.attach(f"foto.{kind}", f"image/{kind}", photo),)
        for name, value in headers.items():
            if name.lower() != "subject":
                del mail[name]
                mail[name] = value
        self._phones.add(
            self.channel,
            self.line,
            address,
            words,
            mine=True,
            subject=subject,
            ref=ref,
            thread=reply_to,
            files=files,
        )
        sender = "" if headers.get("Return-Path") == "<>" else address
        copies = 2 if magic(address) is Magic.DUPLICATE else 1
        await asyncio.wait([self._carry(sender, self._mailbox, mail.as_bytes()) for _ in range(copies)], timeout=3)

    async def delivered(self) -> None:
        """Until everything said and reported so far was taken or given up; late reports included."""
        while self._carried:
            await asyncio.wait(self._carried)

    # taking the service's mail (hooks of aiosmtpd)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._phones.called(self.line, verp_key(envelope.mail_from or ""), address)
        kind = magic(address)
        if kind in REFUSALS:
            return REFUSALS[kind]
        if kind is Magic.FLOOD and address not in self._flooded:
            self._flooded.add(address)
            return f"421 4.7.0 too fast, try again in {FLOOD_WAIT} seconds"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw, sender = envelope.original_content or b"", envelope.mail_from or ""
        for address in envelope.rcpt_tos:
            kind = magic(address)
            if kind is not Magic.BOUNCE:
                self._show(address, raw)
            for action, status, words, late in REPORTS.get(kind, ()):
                report = delivery_report(
                    sender, address, raw, action, status, words, self._new_id("mx"), self._phones.now()
                )
                self._carry("", sender, report, self.late if late else 0)
            if kind is Magic.TIMEOUT:
                await asyncio.sleep(self.hang)
                if server.transport is not None:
                    server.transport.abort()  # type: ignore[attr-defined]  # typed as any transport
                await asyncio.get_running_loop().create_future()  # never answered: the caller can't know
        return "250 2.0.0 OK: queued"

    def _show(self, address: str, raw: bytes) -> Note:
        mail = message_from_bytes(raw, policy=policy.default)
        return self._phones.add(
            self.channel,
            self.line,
            address,
            _words(mail, "plain"),
            subject=str(mail["Subject"] or ""),
            html=_words(mail, "html"),
            ref=str(mail["Message-ID"] or ""),
            thread=str(mail["In-Reply-To"] or ""),
            files=tuple(
                self._phones.attach(part.get_filename() or "berkas", part.get_content_type(), _bytes(part))
                for part in mail.iter_attachments()
            ),
        )

    def _left(self) -> None:
        self.talking -= 1
        self._phones.wake()

    def _guest(self) -> SMTP:
        self.connections += 1
        self.talking += 1
        asked = self._tls is not None and bool(self._known[0])
        guest = _Guest(
            self,
            self._left,
            hostname="mx.sandbox.test",
            ident="sandbox",
            enable_SMTPUTF8=True,
            tls_context=self._tls,
            authenticator=self._authenticated if asked else None,
            auth_required=asked,
            loop=asyncio.get_running_loop(),
        )
        self._guests.add(guest)
        return guest

    def _authenticated(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == self._known
        return AuthResult(success=right, handled=False)

    # bringing mail to the service

    def _carry(self, sender: str, to: str, mail: bytes, after: float = 0) -> asyncio.Task[None]:
        task = asyncio.create_task(self._carried_to_service(sender, to, mail, after))
        self._carried.add(task)
        task.add_done_callback(self._carried.discard)
        return task

    async def _carried_to_service(self, sender: str, to: str, mail: bytes, after: float) -> None:
        await asyncio.sleep(after)
        for pause in (*PAUSES, None):
            if self.lmtp is None:
                headers = {"Content-Type": "message/rfc822", "X-Envelope-From": sender, "X-Envelope-To": to}
                await self.posts.put([Post(mail, {**headers, "X-Hook-Secret": self._secret})])
                return
            try:
                if await hand_over(*self.lmtp, sender, to, mail):
                    return
            except (OSError, asyncio.IncompleteReadError):
                pass  # the service is away, perhaps killed by a test: the mail waits
            if pause is not None:
                await asyncio.sleep(pause)

    def _new_id(self, of: str) -> str:
        self._serial += 1
        return f"<{self._serial:x}@{of.rpartition('@')[2]}>"


class _Guest(SMTP):
    """aiosmtpd's SMTP that says when its peer has left."""

    def __init__(self, handler: MailServer, left: Callable[[], None], **chosen: Any) -> None:
        self._left = left
        super().__init__(handler, **chosen)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._left()


async def hand_over(host: str, port: int, sender: str, to: str, mail: bytes) -> bool:
    """One mail by LMTP. True when it was taken or refused for good, False when it should come again."""
    reader, writer = await asyncio.open_connection(host, port)

    async def ask(*lines: bytes) -> bytes:
        writer.writelines(line + b"\r\n" for line in lines)
        while (line := await reader.readuntil(b"\r\n"))[3:4] == b"-":
            pass
        return line[:1]

    try:
        await ask()
        for command in (b"LHLO mx.sandbox.test", b"MAIL FROM:<%b>" % sender.encode(), b"RCPT TO:<%b>" % to.encode()):
            if (answer := await ask(command)) != b"2":
                return answer == b"5"
        if (answer := await ask(b"DATA")) != b"3":
            return answer == b"5"
        body = mail.replace(b"\r\n", b"\n").replace(b"\n.", b"\n..").replace(b"\n", b"\r\n")
        answer = await ask(body.removesuffix(b"\r\n"), b".")
        await ask(b"QUIT")
        return answer in (b"2", b"5")
    finally:
        writer.close()


def verp_key(sender: str) -> str:
    """The key in a bounce address such as bounce+41=7=1@bansos.test."""
    return sender.rpartition("@")[0].partition("+")[2].replace("=", ":").replace("~", ".")


def _words(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n") if part is not None else ""


def _bytes(part: EmailMessage) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else part.as_bytes()
