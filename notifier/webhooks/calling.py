"""Makes the calls that wait: taken under a lease, signed, sent, and what came of each written down.

Each address has a window of its own, so that a slow one holds nobody else. A process that dies loses nothing: its
leases run out, and the calls are made again under the same name. Knows no kind of event.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
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
from notifier.webhooks.window import Outcome, Window

log = structlog.get_logger()
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
        at_once: int,
        may_send: Callable[[], bool],
    ) -> None:
        """`page`: where admins look after webhooks; `at_once`: calls of one address under way in one process;
        `may_send`: whether anything may leave.
        """
        self._database = database
        self._vault = vault
        self._outbox = outbox
        self._reach = reach
        self._clock = clock
        self._luck = luck
        self._zone = zone
        self._page = page
        self._at_once = at_once
        self._may_send = may_send
        self._busy: dict[int, asyncio.Task[int]] = {}
        self._windows: dict[int, Window] = {}
        self._ways: dict[int, tuple[Webhook, list[bytes]]] = {}  # each address and its keys as they were read last
        self._woken = asyncio.Event()
        self._closing = False

    # --- turns ---

    async def turn(self) -> None:
        """Have each address that has calls waiting look at them."""
        if not self._may_send():
            return
        async with self._database.read() as db:
            ids = await rows.waiting(db, self._clock())
        for webhook_id in ids:
            if webhook_id in self._busy:
                self._windows[webhook_id].stirred.set()
                continue
            self._windows[webhook_id] = Window(self._at_once, partial(self._call, webhook_id))
            task = asyncio.create_task(self._serve(webhook_id), name=f"webhook:{webhook_id}")
            self._busy[webhook_id] = task
            task.add_done_callback(partial(self._through, webhook_id))

    def _through(self, webhook_id: int, _task: asyncio.Task[int]) -> None:
        del self._busy[webhook_id], self._windows[webhook_id]
        self._ways.pop(webhook_id, None)

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
        for window in self._windows.values():
            window.hold()
        self._woken.set()

    # --- one address ---

    async def _serve(self, webhook_id: int) -> int:
        """Make the calls of an address until none is left; returns how many."""
        window, made = self._windows[webhook_id], 0
        try:
            while True:
                made += await self._look(webhook_id, window)
                if window.through:
                    return made
                await window.stirred.wait()
        except Exception as error:
            log.error("webhooks.serve", webhook=webhook_id, error=type(error).__name__)
            return made + await self._last_words(webhook_id, window)
        finally:
            await window.close()

    async def _last_words(self, webhook_id: int, window: Window) -> int:
        """Write what came of the calls under way, if the database is there again; else their leases run out."""
        window.hold()
        await window.arrived()
        try:
            return await self._look(webhook_id, window)
        except Exception as error:
            log.error("webhooks.serve", webhook=webhook_id, error=type(error).__name__)
            return 0

    async def _look(self, webhook_id: int, window: Window) -> int:
        """Write what came of calls and take more, in one transaction; returns how many ended."""
        window.stirred.clear()
        now, came = self._clock(), window.outcomes()
        taken: list[Due] = []
        asked = 0
        async with self._database.write() as db:
            webhook = await self._write(db, webhook_id, came, now)
            works = webhook is not None and webhook.state == "on" and (webhook.rest_until or now) <= now
            failing = webhook is not None and bool(webhook.failures)
            if left := window.lay_down(whole=failing or self._closing or not works):
                await rows.give_back(db, left)
            # One that fails is asked with one call, not with all that wait.
            asked = window.room if works and not failing else int(works and window.empty)
            if asked and not self._closing:
                secrets = await rows.secrets(db, webhook_id)
                assert webhook is not None
                assert secrets is not None
                self._ways[webhook_id] = webhook, self._keys(secrets, now)
                taken = await rows.take(db, webhook_id, now, now + LEASE, asked)
        window.written(len(came))
        if asked:
            window.take_up(taken, asked)
        window.go_on()
        return len(came)

    async def _write(
        self, db: AsyncConnection, webhook_id: int, came: Sequence[Outcome], now: datetime
    ) -> Webhook | None:
        """Write what came of calls; returns the webhook as it is from now on, None when it was removed."""
        webhook = await rows.get(db, webhook_id)
        if not came or webhook is None:
            return webhook
        await rows.made(db, [self._outcome(webhook, call, reply, now) for call, reply in came], now)
        replies = [reply for _, reply in came if reply is not None]
        if not (webhook.failures or webhook.rest_until or any(not reply.taken for reply in replies)):
            return webhook
        await self._fares(db, webhook_id, replies, now)
        return await rows.get(db, webhook_id)

    def _keys(self, secrets: Secrets, now: datetime) -> list[bytes]:
        keys = [self._vault.open(secrets.secret, SEALED)]
        if secrets.former is not None and secrets.former_until is not None and secrets.former_until > now:
            keys.append(self._vault.open(secrets.former, SEALED))
        return keys

    async def _call(self, webhook_id: int, call: Due) -> Reply | None:
        """None: it must not be made."""
        webhook, keys = self._ways[webhook_id]
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
        asked_for = webhook.rest_until if webhook.rest_until and webhook.rest_until > now else None
        if not bad:  # what was under way when it asked for a rest ends none
            await rows.fared(db, webhook_id, {"failures": 0, "failing_since": None, "rest_until": asked_for})
            return
        works = len(bad) < len(replies)
        failures, since = (0, None) if works else (webhook.failures + 1, webhook.failing_since or now)
        waits = [reply.wait for reply in bad if reply.wait is not None]
        left_alone = rules.rest(failures, max(waits) if waits else None)
        rest_until = max(now + left_alone, asked_for or now)
        values: dict[str, Any] = {"failures": failures, "failing_since": since, "rest_until": rest_until}
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
