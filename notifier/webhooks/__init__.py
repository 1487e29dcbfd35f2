"""Webhooks: addresses of other systems that are told what happens here. Made, changed, tried, read in, told again.

Each use case is one transaction. A secret is shown when it is made and nowhere again; what is told is made in
`gathering`, and told by `calling`.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Changed, Refused
from notifier.rules import webhooks as rules
from notifier.rules.roles import covers
from notifier.rules.webhooks import OFFERED, News
from notifier.store import happenings, ledger
from notifier.store import webhooks as rows
from notifier.store.engine import Database
from notifier.store.webhooks import Logged, Webhook
from notifier.vault import Vault
from notifier.webhooks.calling import SEALED, Caller
from notifier.webhooks.gathering import Event, follows, gather, write
from notifier.webhooks.reaching import Reach
from notifier.webhooks.values import Unknown, Wish

__all__ = ["Caller", "Logged", "Reach", "Unknown", "Webhook", "Webhooks", "Wish"]

KEPT = timedelta(days=7)  # how long events and the log of calls are kept
SLICE = 500  # rows forgotten, or told again, in one transaction
MOST = 100  # webhooks there may be: each is asked about at every event
_REGION = re.compile(r"(\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?)?")


class Webhooks:
    """The use cases of webhooks. `within` is the area of whoever acts."""

    def __init__(self, database: Database, vault: Vault, reach: Reach) -> None:
        self._database = database
        self._vault = vault
        self._reach = reach

    # --- looking ---

    async def all(self, within: str = "") -> list[Webhook]:
        """All webhooks of an area, newest first."""
        async with self._database.read() as db:
            return [one for one in await rows.every(db) if covers(within, one.region)]

    async def get(self, webhook_id: int, within: str = "") -> Webhook:
        """One webhook. Raises Unknown."""
        async with self._database.read() as db:
            return await _found(db, webhook_id, within)

    async def depths(self) -> dict[int, int]:
        """How many calls wait, by webhook."""
        async with self._database.read() as db:
            return await rows.depths(db)

    async def log(self, webhook_id: int, below: int, limit: int, within: str = "") -> list[Logged]:
        """Its calls, newest first, below a number (0: from the newest). Raises Unknown."""
        async with self._database.read() as db:
            await _found(db, webhook_id, within)
            return await rows.log(db, webhook_id, below, limit)

    # --- making and changing ---

    async def add(self, wish: Wish, *, who: str, now: datetime, within: str = "") -> tuple[Webhook, str]:
        """A new webhook, and its secret, which is shown this once. Refused for what can't be called."""
        values = _checked(wish, within)
        await self._reach.check(wish.url)
        key = secrets.token_bytes(rules.KEY)
        async with self._database.write() as db:
            if len(await rows.every(db)) >= MOST:
                raise Refused(f"there are {MOST} webhooks already; remove one that nobody needs")
            row = {**values, "secret": self._vault.seal(key, SEALED), "created_by": who, "created_at": now}
            webhook_id = await rows.create(db, row)
            await happenings.follow(db)
            await _record(db, "webhook.added", webhook_id, who, now, values)
            return await _found(db, webhook_id, within), rules.shown(key)

    async def change(
        self, webhook_id: int, wish: Wish, *, who: str, now: datetime, within: str = "", version: int | None = None
    ) -> Webhook:
        """Make it what is wished, and let it begin anew if it was off. Raises Unknown, Changed, Refused."""
        values = _checked(wish, within)
        await self._reach.check(wish.url)
        async with self._database.write() as db:
            was = await _found(db, webhook_id, within, lock=True)
            if version not in (None, was.version):
                raise Changed("it was changed meanwhile; look at it again")
            fresh = {"why": "", "failures": 0, "failing_since": None, "rest_until": None}
            await rows.change(db, webhook_id, values | fresh)
            await happenings.follow(db)
            await _record(db, "webhook.changed", webhook_id, who, now, values)
            return await _found(db, webhook_id, within)

    async def remove(self, webhook_id: int, *, who: str, now: datetime, within: str = "") -> Webhook:
        """Tell it nothing any more; what waits is dropped. Raises Unknown."""
        async with self._database.write() as db:
            was = await _found(db, webhook_id, within, lock=True)
            await rows.change(db, webhook_id, {"state": "gone", "secret": b"", "former": None, "former_until": None})
            if not await rows.every(db):
                await happenings.leave(db)
            await _record(db, "webhook.removed", webhook_id, who, now)
        return was

    async def rotate(self, webhook_id: int, *, who: str, now: datetime, within: str = "") -> tuple[Webhook, str]:
        """A new secret, shown this once; the one before signs too for a day. Raises Unknown."""
        key = secrets.token_bytes(rules.KEY)
        async with self._database.write() as db:
            await _found(db, webhook_id, within, lock=True)
            before = await rows.secrets(db, webhook_id)
            assert before is not None
            values = {"secret": self._vault.seal(key, SEALED), "former": before.secret}
            await rows.change(db, webhook_id, values | {"former_until": now + rules.BOTH})
            await _record(db, "webhook.secret", webhook_id, who, now)
            return await _found(db, webhook_id, within), rules.shown(key)

    # --- telling ---

    async def ping(self, webhook_id: int, *, who: str, now: datetime, within: str = "") -> str:
        """Have a try made; returns its name in the log. Raises Unknown, or Refused when it is not on."""
        async with self._database.write() as db:
            webhook = await _found(db, webhook_id, within)
            if webhook.state != "on":
                raise Refused(f"{webhook.name} is {webhook.state}: switch it on, then try it")
            event = Event(News.PING, f"webhook:{webhook_id}", now, {"webhook": webhook_id}, webhook.region)
            uid = await write(db, event, [webhook], now)
            await _record(db, "webhook.pinged", webhook_id, who, now)
        return uid

    async def replay(
        self,
        webhook_id: int,
        *,
        who: str,
        now: datetime,
        within: str = "",
        uid: str = "",
        since: datetime | None = None,
    ) -> int:
        """Tell it again of one event, or of all it follows since a time; returns how many. They keep their names.
        Raises Unknown, or Refused when nothing is kept under that name.
        """
        async with self._database.write() as db:
            webhook = await _found(db, webhook_id, within)
            if since is None:
                event = await rows.kept(db, uid)
                if event is None or not follows(webhook, event.kind, event.region, event.shielded):
                    said = f"no event {uid[:40]} of this webhook is kept; they are kept for {KEPT.days} days"
                    raise Refused(said, field="event")
                told = await rows.call_again(db, webhook_id, [event], now)
            await _record(db, "webhook.replayed", webhook_id, who, now)
        return told if since is None else await self._replay_since(webhook, max(since, now - KEPT), now)

    async def _replay_since(self, webhook: Webhook, since: datetime, now: datetime) -> int:
        told = above = 0
        while True:
            async with self._database.write_slice() as db:
                events = await rows.kept_since(db, since, above, SLICE)
                mine = [e for e in events if e.kind != News.PING and follows(webhook, e.kind, e.region, e.shielded)]
                told += await rows.call_again(db, webhook.id, mine, now) if mine else 0
            if len(events) < SLICE:
                return told
            above = events[-1].id

    # --- the clock ---

    async def gather(self, now: datetime) -> int:
        """Make events of what happened; returns how many notes there were."""
        return await gather(self._database, now)

    async def forget(self, now: datetime) -> int:
        """Drop what is older than a week; returns how many rows."""
        forgotten = 0
        while True:
            async with self._database.write_slice() as db:
                some = await rows.forget(db, now - KEPT, SLICE)
            forgotten += some
            if not some:
                return forgotten


async def _found(db: AsyncConnection, webhook_id: int, within: str, *, lock: bool = False) -> Webhook:
    found = await rows.get(db, webhook_id, lock=lock)
    if found is None or not covers(within, found.region):
        raise Unknown(f'there is no webhook {webhook_id}; "notifier webhooks list" shows those there are')
    return found


def _checked(wish: Wish, within: str) -> dict[str, Any]:
    """The columns of a wish. Raises Refused."""
    name, region = wish.name.strip()[:80], wish.region.strip().rstrip(".")
    if not name:
        raise Refused("a webhook needs a name that says whose it is, such as SIKS-NG", field="name")
    if not _REGION.fullmatch(region):
        said = f'"{region[:40]}" is no region: write a code or its beginning, such as 31.75'
        raise Refused(said, field="region")
    if not covers(within, region):
        raise Refused(f"you see {within}; name an area within it", field="region")
    rules.place(wish.url)
    kinds = _kinds(wish.kinds)
    state = "paused" if wish.paused else "on"
    return {
        "name": name,
        "url": wish.url,
        "kinds": kinds,
        "region": region,
        "shielded": wish.shielded,
        "state": state,
    }


def _kinds(given: Sequence[str]) -> list[str]:
    wanted = {word.strip() for word in given if word.strip()}
    for word in sorted(wanted):
        if word not in OFFERED:
            said = f'"{word[:40]}" is no kind of event; there are: {", ".join(OFFERED)}'
            raise Refused(said, field="kinds")
    if not wanted:
        said = f"a webhook follows at least one kind of event; there are: {', '.join(OFFERED)}"
        raise Refused(said, field="kinds")
    return [kind.value for kind in OFFERED if kind in wanted]


async def _record(
    db: AsyncConnection, act: str, webhook_id: int, who: str, now: datetime, values: dict[str, Any] | None = None
) -> None:
    kept = ("kinds", "region", "shielded", "state")
    detail = {name: values[name] for name in kept} if values else None
    await ledger.append(db, at=now, who=who, act=act, about=f"webhook:{webhook_id}", detail=detail)
