"""What citizens' words lead to: stored arrivals are read by their channel, fact by fact, and carried to the desk, the
entitlements, the contacts and the dispatcher. Can be replayed at any time; nothing happens twice and nothing is lost.

It must not know hooks, pages or the wording of any message.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from traceback import extract_tb

import structlog

from channels.contract import Answers, Channel, Heard, Inbound, Moved, Receipt, Unknown
from notifier.desk import Desk
from notifier.errors import Refused
from notifier.inbox import forms
from notifier.inbox.attachments import Fetching
from notifier.inbox.hearing import LONG, Hearing
from notifier.inbox.origin import Arrived
from notifier.inbox.pieces import Pieces
from notifier.inbox.replies import Replies
from notifier.rules.words import Lexicon, shipped
from notifier.store import contacts, group_chats, heard, ledger
from notifier.store.engine import Database
from notifier.store.heard import BODY, HEADERS, Arrival
from notifier.vault import Vault

__all__ = ["Inbox"]

log = structlog.get_logger()
LEASE = timedelta(minutes=2)
TRIES = 5  # then a person has to look; the arrival stays and can be replayed
SWEEP = timedelta(minutes=1)  # between two looks at conversations that were left
SWEPT = 100  # how much of them is carried on at one look
PAUSE = timedelta(seconds=10)  # doubled after each failure
PATIENCE = 5.0  # seconds for acknowledging button presses

OnReceipt = Callable[[str, Receipt, datetime], Awaitable[object]]  # (line, receipt, now), in its own transaction


class Inbox:
    """Drains what arrived. Any number of processes may: arrivals are claimed, senders are taken one after the other."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        channels: Mapping[str, Channel],
        kinds: Mapping[str, str],
        desk: Desk,
        receipt: OnReceipt,
        lexicon: Callable[[], Lexicon] = shipped,
    ) -> None:
        """`channels`: line to channel, looked into at each arrival; `kinds`: line to the channel's name. Limits, files'
        folder, languages and the outbox are the desk's. `lexicon`: what words are read with now.
        """
        self._database = database
        self._vault = vault
        self._channels = channels
        self._kinds = kinds
        self._receipt = receipt
        settings = desk.room.settings
        replies = Replies(desk.room.outbox, vault)
        self._hearing = Hearing(desk, replies, Pieces(vault, kinds, self._read_again), lexicon)
        self._forms = forms.Forms(desk, lexicon)
        self._sweep = datetime.min.replace(tzinfo=UTC)
        self._files = Fetching(database, vault, channels, kinds, replies, settings, self._read_again)

    async def drain(self, now: datetime, limit: int = 50) -> int:
        """Understand up to `limit` arrivals whose time has come; returns how many were taken."""
        async with self._database.write() as db:
            taken = await heard.claim(db, now, now + LEASE, limit)
        presses: list[Awaitable[None]] = []
        for arrival in taken:
            await self._understand(arrival, now, presses)
        if presses:
            await asyncio.gather(*presses)
        if len(taken) < limit and now >= self._sweep:
            self._sweep = now + SWEEP
            await self._carry_on(now)
        return len(taken)

    async def _carry_on(self, now: datetime) -> None:
        """What citizens began and left, each in a transaction of its own."""
        try:
            for _ in range(SWEPT):
                async with self._database.write() as db:
                    if not await self._hearing.sweep(db, now):
                        return
        except Exception as error:  # looked at again later; what arrives must not wait for it
            log.error("inbox.not_carried_on", error=type(error).__name__)

    async def fetch_files(self, now: datetime, limit: int = 10) -> int:
        """Fetch files that wait; returns how many were tried."""
        return await self._files.fetch(now, limit)

    async def replay(self, arrival_id: int, who: str, now: datetime) -> None:
        """Have an arrival understood once more; what it led to already does not happen again. Refused for none."""
        async with self._database.write() as db:
            if not await heard.revive(db, arrival_id, now):
                raise Refused(f"there is no arrival {arrival_id}")
            await ledger.append(db, at=now, who=who, act="arrival_replayed", about=f"arrival:{arrival_id}")

    # --- one arrival ---

    async def _understand(self, arrival: Arrival, now: datetime, presses: list[Awaitable[None]]) -> None:
        """Fact by fact, each in a transaction of its own, so that a broken one does not hold up its neighbours; only
        what its own sender says next waits with it, as long as it is tried again, for the last word counts."""
        outcomes, broken = [], ""
        waits: set[str] = set()  # senders
        try:
            facts = self._read(arrival)
        except Exception as error:
            facts, broken = [], _told(error, arrival)
        for place, fact in enumerate(facts):
            sender = fact.sender if isinstance(fact, Heard) else ""
            if sender in waits:
                continue
            try:
                outcomes.append(await self._handle(arrival, place, fact, now, presses))
            except Exception as error:
                broken = _told(error, arrival)
                if sender and arrival.tries < TRIES:
                    waits.add(sender)
        async with self._database.write() as db:
            if not broken:
                await heard.settle(db, arrival.id, ", ".join(dict.fromkeys(outcomes)) or "nothing")
            elif arrival.tries < TRIES:
                again = now + PAUSE * 2 ** (arrival.tries - 1)
                await heard.settle(db, arrival.id, f"again: {broken}", again)
            else:
                await heard.settle(db, arrival.id, f"failed: {broken}")
                about = f"arrival:{arrival.id}"
                await ledger.append(db, at=now, who="clock", act="arrival_failed", about=about)

    def _read(self, arrival: Arrival) -> list[Inbound]:
        if arrival.line == forms.LINE:
            return [forms.fact(self._vault.open(arrival.body, BODY))]
        channel = self._channels.get(arrival.line)
        if channel is None:
            raise Refused(f"no line is called {arrival.line}")
        body = self._vault.open(arrival.body, BODY)
        return list(channel.read(body, self._vault.open_json(arrival.headers, HEADERS)))

    async def _read_again(self, arrival_id: int) -> list[Inbound]:
        async with self._database.read() as db:
            arrival = await heard.arrival(db, arrival_id)
        return self._read(arrival) if arrival is not None else []

    async def _handle(
        self, arrival: Arrival, place: int, fact: Inbound, now: datetime, presses: list[Awaitable[None]]
    ) -> str:
        if arrival.line == forms.LINE:
            return (await self._forms.understand(arrival, now)).effect
        if isinstance(fact, Receipt):
            await self._receipt(arrival.line, fact, now)
            return "receipt"
        if isinstance(fact, Unknown):
            return f"unknown: {fact.why}"
        kind = self._kinds[arrival.line]
        if isinstance(fact, Moved):
            async with self._database.write() as db:
                await contacts.rename(db, kind, fact.old, fact.new)
                await group_chats.rename(db, kind, fact.old, fact.new)
            return "moved"
        where = Arrived(arrival.id, place, arrival.line, kind, arrival.at)
        if len(fact.text) > LONG:
            async with self._database.read() as db:
                await self._hearing.read_ahead(db, where, fact)
        async with self._database.write() as db:
            effect = await self._hearing.hear(db, where, fact, now)
        if fact.call:
            presses.append(self._acknowledge(arrival.line, fact, effect.say))
        return effect.name

    async def _acknowledge(self, line: str, fact: Heard, text: str) -> None:
        """Tell whoever pressed a button that it was heard. Committed long ago: a failure here changes nothing."""
        channel = self._channels.get(line)
        if not isinstance(channel, Answers):
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await channel.answer(fact.call, text)
        except Exception as error:
            log.info("button.not_answered", line=line, error=type(error).__name__)


def _told(error: Exception, arrival: Arrival) -> str:
    """The kind of error and where, without people's words, which an error of the database would quote."""
    frames = extract_tb(error.__traceback__)
    place = f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    ours = next((f"{PurePath(f.filename).name}:{f.lineno}" for f in reversed(frames) if "notifier" in f.filename), "")
    log.error("inbox.broken", arrival=arrival.id, tries=arrival.tries, error=type(error).__name__, at=ours or place)
    return f"{type(error).__name__} at {ours or place}"
