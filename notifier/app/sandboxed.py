"""The lines of a demo or a test: fake providers on free ports, and the configuration that speaks to them."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifier.config import Config, parse
from notifier.sandbox.mail import MailServer
from notifier.sandbox.phones import Phones
from notifier.sandbox.server import Sandbox
from notifier.sandbox.sms import SmsGateway
from notifier.sandbox.telegram import FakeTelegram

MAILBOX = "pengaduan@bansos.test"


@dataclass(frozen=True)
class Providers:
    """The sandbox and its three providers; `lines` is what config.toml would say of them."""

    sandbox: Sandbox
    phones: Phones
    sms: SmsGateway
    telegram: FakeTelegram
    mail: MailServer
    lines: dict[str, Any]

    def config(self, **tables: Any) -> Config:
        """A configuration with these lines and the given tables."""
        return parse({**tables, "lines": self.lines})

    def reach(self, hooks: str) -> None:
        """Tell the providers where to bring what citizens say, such as http://127.0.0.1:8080."""
        self.sms.hook_url = f"{hooks}/hooks/sms"
        self.telegram.hook_url = f"{hooks}/hooks/bot"
        self.mail.hook_url = f"{hooks}/hooks/mail"


@asynccontextmanager
async def open_sandbox(
    clock: Callable[[], datetime], *, port: int = 0, rate: float = 0, hang: float = 0, first: int = 1
) -> AsyncIterator[Providers]:
    """Start fake providers. `rate` 0 leaves each line at its channel's own; `hang` is how long a time-out lasts;
    `first`: where they begin to number, for a house that has heard them before.
    """
    key, token, secret = secrets.token_hex(16), secrets.token_urlsafe(16), secrets.token_hex(16)
    bot = f"7100000001:{secrets.token_urlsafe(24)}"
    phones = Phones(clock, first=first)
    sms = SmsGateway(phones, "sms", token=token, secret=key, hang=hang)
    telegram = FakeTelegram(phones, "bot", bot, secret, now=clock)
    mail = MailServer(phones, "mail", mailbox=MAILBOX, secret=secret, hang=hang)
    sandbox = Sandbox(phones)
    for provider in (telegram, sms, mail):
        sandbox.add(provider)
    await sandbox.start(port=port)
    common = {"sandbox": True, "rate": rate}
    lines = {
        "bot": {"channel": "telegram", "token": bot, "secret_token": secret, "api_url": sandbox.url, **common},
        "sms": {
            "channel": "sms",
            "url": f"{sandbox.url}{sms.path}",
            "token": token,
            "hmac": {"key": key},
            "sender": "BANSOS",
            "price": 350,
            **common,
        },
        "mail": {
            "channel": "email",
            "host": mail.host,
            "port": mail.port,
            "security": "none",
            "from_address": MAILBOX,
            "from_name": "Layanan Bansos",
            "secret": secret,
            **common,
        },
    }
    try:
        yield Providers(sandbox, phones, sms, telegram, mail, lines)
    finally:
        await sandbox.close()
