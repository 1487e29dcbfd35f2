"""Makes the calls that wait: taken under a lease, signed, sent, and what came of each written down.

Each address has a task of its own, so that a slow one holds nobody else. A process that dies loses nothing: its leases
run out, and the calls are made again under the same name. Knows no kind of event.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.outbox import Outbox
from notifier.rules import webhooks as rules
from notifier.rules.roles import Role
from notifier.store import ledger
from notifier.store import webhooks as rows
from notifier.store.engine import Database
from notifier.store.webhooks import Due, Made, Secrets, Webhook
from notifier.vault import Vault
from notifier.webhooks.gathering import follows
from notifier.webhooks.reaching import WHOLE, Reach, Reply

log = structlog.get_logger()
AT_ONCE = 8  # calls of one address under way in one process
LEASE = timedelta(seconds=WHOLE * 3)
SEALED = "webhooks.secret"
HIDDEN = "the complaint was hidden meanwhile"
UNFOLLOWED = "the webhook follows this no more"


class Caller:
    """The calls of one process."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        outbox: Outbox,
        reach: Reach,
        clock: Callable[[], datetime],
        luck: Callable[[], float],
        *,
        zone: str,
        page: str,
        may_send: Callable[[], bool],
    ) -> None:
        """`page`: where admins look after webhooks; `may_send`: whether anything may leave."""
        self._database = database
        self._vault = vault
        self._outbox = outbox
        self._reach = reach
        self._clock = clock
        self._luck = luck
        self._zone = zone
        self._page = page
        self._may_send = may_send
        self._busy: dict[int, asyncio.Task[int]] = {}
        self._woken = asyncio.Event()
        self._closing = False

    # --- turns ---

    async def turn(self) -> None:
        """Start a task for each address that has calls waiting and none under way."""
        if not self._may_send():
            return
        async with self._database.read() as db:
            ids = await rows.waiting(db, self._clock())
        for webhook_id in ids:
            if webhook_id not in self._busy:
                task = asyncio.create_task(self._serve(webhook_id), name=f"webhook:{webhook_id}")
                self._busy[webhook_id] = task
                task.add_done_callback(partial(self._through, webhook_id))

    def _through(self, webhook_id: int, _task: asyncio.Task[int]) -> None:
        del self._busy[webhook_id]

    async def drain(self) -> int:
        """Make every call that is due, and wait until they are through; returns how many were made."""
        made = 0
        while True:
            await self.turn()
            some = sum(await asyncio.gather(*self._busy.values()))
            if not some:
                return made
            made += some

    async def run(self, idle: float) -> None:
        """Go on until `stop`, looking every `idle` seconds."""
        while not self._closing:
            try:
                await self.turn()
            except Exception:
                log.exception("webhooks.turn")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(idle):
                    await self._woken.wait()
            self._woken.clear()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def stop(self) -> None:
        """Begin no more calls; `run` ends when those under way have."""
        self._closing = True
        self._woken.set()

    # --- one address ---

    async def _serve(self, webhook_id: int) -> int:
        made = 0
        try:
            while not self._closing and (calls := await self._some(webhook_id)):
                made += calls
        except Exception as error:
            log.error("webhooks.serve", webhook=webhook_id, error=type(error).__name__)
        return made

    async def _some(self, webhook_id: int) -> int:
        """Take some calls of an address, make them, write them down; returns how many."""
        now = self._clock()
        async with self._database.write() as db:
            webhook = await rows.get(db, webhook_id)
            if webhook is None or webhook.state != "on" or (webhook.rest_until and webhook.rest_until > now):
                return 0
            secrets = await rows.secrets(db, webhook_id)
            # One that fails is asked with one call, not with all that wait.
            calls = await rows.take(db, webhook_id, now, now + LEASE, 1 if webhook.failures else AT_ONCE)
        if not calls or secrets is None:
            return 0
        keys = self._keys(secrets, now)
        replies = await asyncio.gather(*(self._call(webhook, keys, call) for call in calls))
        now = self._clock()
        outcomes = [self._outcome(webhook, call, reply, now) for call, reply in zip(calls, replies, strict=True)]
        async with self._database.write() as db:
            await rows.made(db, outcomes, now)
            await self._fares(db, webhook_id, [reply for reply in replies if reply is not None], now)
        return len(calls)

    def _keys(self, secrets: Secrets, now: datetime) -> list[bytes]:
        keys = [self._vault.open(secrets.secret, SEALED)]
        if secrets.former is not None and secrets.former_until is not None and secrets.former_until > now:
            keys.append(self._vault.open(secrets.former, SEALED))
        return keys

    async def _call(self, webhook: Webhook, keys: list[bytes], call: Due) -> Reply | None:
        """None: it must not be made."""
        if not follows(webhook, call.kind, call.region, call.hidden):
            return None
        now, body = self._clock(), call.body.encode()
        at = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": call.uid,
            "webhook-timestamp": str(at),
            "webhook-signature": rules.sign(keys, call.uid, at, body),
        }
        return await self._reach.post(webhook.url, body, headers, now)

    def _outcome(self, webhook: Webhook, call: Due, reply: Reply | None, now: datetime) -> Made:
        if reply is None:
            said = HIDDEN if call.hidden and not webhook.shielded else UNFOLLOWED
            return Made(call.id, call.tries, "withheld", now, 0, 0, said)
        told = (reply.status, reply.ms, reply.said[:200])
        if reply.taken:
            return Made(call.id, call.tries, "done", now, *told)
        due = rules.again(call.tries, call.first_at, now, reply.wait, self._luck())
        log.info("webhooks.failed", webhook=webhook.id, event_id=call.uid, status=reply.status, again=due is not None)
        return Made(call.id, call.tries, "due" if due else "failed", due or now, *told)

    async def _fares(self, db: AsyncConnection, webhook_id: int, replies: list[Reply], now: datetime) -> None:
        """Note how an address fares; one that fails for long, or wants no more, is switched off and told of once."""
        webhook = await rows.get(db, webhook_id, lock=True)
        if webhook is None or not replies:
            return
        bad = [reply for reply in replies if not reply.taken]
        if not bad:
            if webhook.failures or webhook.rest_until:
                await rows.fared(db, webhook_id, {"failures": 0, "failing_since": None, "rest_until": None})
            return
        works = len(bad) < len(replies)
        failures, since = (0, None) if works else (webhook.failures + 1, webhook.failing_since or now)
        waits = [reply.wait for reply in bad if reply.wait is not None]
        left_alone = rules.rest(failures, max(waits) if waits else None)
        values: dict[str, Any] = {"failures": failures, "failing_since": since, "rest_until": now + left_alone}
        gone = any(reply.status == rules.GONE for reply in bad)
        if webhook.state == "on" and (gone or (since is not None and now - since >= rules.GIVE_UP)):
            why = "it answered 410: it wants no more" if gone else f"it failed for three days: {_short(bad[-1])}"
            values |= {"state": "off", "why": why[:200]}
            await self._tell(db, webhook, why[:200], now)
        await rows.fared(db, webhook_id, values)

    async def _tell(self, db: AsyncConnection, webhook: Webhook, why: str, now: datetime) -> None:
        facts = {"webhook": webhook.name, "reason": why, "url": self._page}
        told = await self._outbox.tell(
            db, "webhook_off", [Role.ADMIN.value], facts, self._zone, now, region=webhook.region
        )
        about, detail = f"webhook:{webhook.id}", {"told": told}
        await ledger.append(db, at=now, who="clock", act="webhook.off", about=about, detail=detail)
        log.warning("webhooks.off", webhook=webhook.id, told=told)


def _short(reply: Reply) -> str:
    return f"status {reply.status}" if reply.status else reply.said
