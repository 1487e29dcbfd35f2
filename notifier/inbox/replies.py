"""Short replies that need no ticket: to the same line and address, in the same thread, in the reporter's language."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import Reporter
from notifier.outbox import Notice, Outbox
from notifier.store import answers
from notifier.store.rounds import Round
from notifier.vault import Vault

FRESH = timedelta(minutes=30)  # a citizen's message so young is answered at any hour


class Replies:
    """Queues them in the caller's transaction."""

    def __init__(self, outbox: Outbox, vault: Vault) -> None:
        self._outbox = outbox
        self._vault = vault

    async def send(
        self,
        db: AsyncConnection,
        to: Reporter,
        event: str,
        facts: Mapping[str, Any],
        said_at: datetime,
        now: datetime,
        *,
        about: Round | None = None,
    ) -> int:
        """Queue one reply; returns the delivery's id. It names nobody: a phone is answered, not one reader."""
        notice = Notice(
            event=event,
            language=to.language,
            zone=about.zone if about else to.zone,
            facts=dict(facts),
            sealed=self._vault.seal_json({"kind": to.kind, "address": to.address}, "deliveries.sealed"),
            line=to.line,
            thread=to.thread,
            round_id=about.id if about else None,
            round_version=about.version if about else 0,
            window=False if now - said_at <= FRESH else None,
        )
        return await self._outbox.queue(db, notice, now)

    async def said(self, db: AsyncConnection, to: Reporter, event: str, since: datetime) -> bool:
        """Was this said to the same address since then?"""
        return await answers.wrote_event(db, to.keys(self._vault).attempts(), event, since)
