"""The loop of one worker: takes what is due on each line, at the pace the governor grants, and settles in groups."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import structlog

from channels.contract import Message, SendFailed
from notifier.dispatch.claiming import Claims
from notifier.dispatch.receipts import match_early, match_late
from notifier.dispatch.settle import Outcome, Terms, lapse, settle_group
from notifier.dispatch.values import Route, Sealed, Speaks, address_of, key_of
from notifier.rules.deliveries import State, discreet
from notifier.store import ledger as acts
from notifier.store import paces
from notifier.store.deliveries import Claimed
from notifier.store.engine import Database

log = structlog.get_logger()
GROUP = 50  # outcomes settled in one transaction at most
PAUSES = (0.05, 0.5, 2.0)  # seconds before a group that could not be written is written again
PATIENCE = 0.05  # seconds a group waits to grow
LINE_PAUSE = timedelta(seconds=30)  # a line that failed as a whole rests this long


class Dispatcher:
    """Sends what is due on its lines. `drain()` does one turn; `run()` goes on until cancelled, then settles."""

    def __init__(
        self,
        database: Database,
        vault: Sealed,
        routes: Sequence[Route],
        words: Speaks,
        terms: Terms,
        *,
        clock: Callable[[], datetime],
        chance: Random,
        batch: int = 50,
        lease: timedelta = timedelta(seconds=90),
        send_window: tuple[time, time],
    ) -> None:
        self._database = database
        self._vault = vault
        self._routes = {route.line: route for route in routes}
        self._words = words
        self.terms = terms
        self._clock = clock
        self._lease = lease
        self._chance = chance
        self._claims = Claims(vault, words, terms, batch=batch, lease=lease, send_window=send_window)
        self._poke = asyncio.Event()
        self._stopping = False

    def poke(self) -> None:
        """Something may have fallen due: look now."""
        self._poke.set()

    def stop(self) -> None:
        """Claim nothing more; what is under way is sent and settled."""
        self._stopping = True
        self._poke.set()

    async def run(self, idle: float = 0.5) -> None:
        """Drain until stop() is called, resting `idle` seconds when nothing is due."""
        async with asyncio.TaskGroup() as group:
            for route in self._routes.values():
                group.create_task(self._run_line(route, idle))
            group.create_task(self._run_lapse(idle))

    async def _run_line(self, route: Route, idle: float) -> None:
        while not self._stopping:
            try:
                sent = await self.turn(route)
            except Exception:
                log.exception("dispatch.turn", line=route.line)
                sent = 0
            if not sent and not self._stopping:
                await self._rest(idle)

    async def _run_lapse(self, idle: float) -> None:
        while not self._stopping:
            try:
                await self.lapse()
            except Exception:
                log.exception("dispatch.lapse")
            await self._rest(max(idle, 1.0))

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._poke.wait()
        except TimeoutError:
            return
        self._poke.clear()
        await asyncio.sleep(0)

    async def drain(self) -> int:
        """One turn on every line until nothing is due any more; returns how many attempts were made."""
        total = 0
        while True:
            done = sum([await self.turn(route) for route in self._routes.values()])
            total += done
            if not done and not await self.lapse():
                return total

    async def lapse(self) -> int:
        """Look at leases that ran out."""
        async with self._database.write() as db:
            now = self._clock()
            return await lapse(db, now, self.terms) + await match_late(db, self.terms, now)

    async def claim(self, route: Route) -> tuple[list[Claimed], datetime, timedelta]:
        """Take a second's worth; from here on it is this worker's to send and to settle."""
        async with self._database.write() as db:
            return await self._claims.take(db, route, self._clock())

    async def turn(self, route: Route) -> int:
        """Claim at most a second's worth, send it at its slots, settle it in groups. Returns the attempts made."""
        until = self._clock() + self._lease
        claimed, first, spacing = await self.claim(route)
        if not claimed:
            return 0
        outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        gate = asyncio.Semaphore(route.parallel)
        settling = asyncio.create_task(self._settle(route, outcomes, len(claimed)))
        try:
            async with asyncio.TaskGroup() as group:
                for place, delivery in enumerate(claimed):
                    slot = first + place * spacing
                    group.create_task(self._send(route, delivery, slot, until, gate, outcomes))
        finally:
            await settling
        return len(claimed)

    # --- send ---

    async def _send(
        self,
        route: Route,
        c: Claimed,
        slot: datetime,
        until: datetime,
        gate: asyncio.Semaphore,
        outcomes: asyncio.Queue[Outcome],
    ) -> None:
        """One attempt at its slot; always leaves an outcome behind, also when it is cancelled or breaks."""
        outcome = self._outcome(c, State.FAILED, reason="not sent", wait=timedelta(0), excused=True)
        try:
            pause = (slot - self._clock()).total_seconds()
            if pause > 0:
                await asyncio.sleep(pause)
            async with gate:
                # A lost lease ends the right to start; a closing service starts nothing more.
                if not self._stopping and self._clock() < until:
                    outcome = self._outcome(c, State.UNKNOWN, reason="broken off")
                    outcome = await self._attempt(route, c)
        except Exception:
            log.exception("dispatch.send", line=route.line, delivery=c.id)
        finally:
            outcomes.put_nowait(outcome)

    async def _attempt(self, route: Route, c: Claimed) -> Outcome:
        try:
            wording = self._words.say(c, route.channel.name, route.replies)
            message = Message(
                to=address_of(c, self._vault)[1],
                key=key_of(c),
                subject=wording.parts.get("subject", ""),
                text=wording.parts.get("text", ""),
                html=wording.parts.get("html", ""),
                thread=c.thread,
                buttons=wording.buttons,
            )
        except Exception as error:
            log.exception("dispatch.words", event_name=c.event, delivery=c.id)
            return self._outcome(c, State.FAILED, reason=f"the words are broken: {error}", permanent=True)
        try:
            sent = await route.channel.send(message)
        except SendFailed as error:
            return await self._refusal(route, c, error)
        except Exception as error:  # a bug of a channel must not lose what it did
            log.exception("dispatch.send", line=route.line, delivery=c.id)
            return self._outcome(c, State.UNKNOWN, reason=f"the channel broke: {type(error).__name__}")
        return self._outcome(c, State.ACCEPTED, ref=sent.ref, segments=sent.segments)

    async def _refusal(self, route: Route, c: Claimed, error: SendFailed) -> Outcome:
        now = self._clock()
        whole_line = error.line or (error.wait is not None and error.scope == "line")
        if whole_line:
            await self._park(route, now + (error.wait or LINE_PAUSE), error.reason, now)
        return self._outcome(
            c,
            State.UNKNOWN if error.unknown else State.FAILED,
            reason=error.reason,
            permanent=error.permanent,
            address=error.address,
            wait=error.wait,
            excused=whole_line and not error.unknown,
        )

    async def _park(self, route: Route, until: datetime, reason: str, now: datetime) -> None:
        reason = discreet(reason)
        log.warning("line.parked", line=route.line, until=until.isoformat(), reason=reason)
        try:
            async with self._database.write() as db:
                await paces.park(db, f"line:{route.line}", until, reason, now)
        except Exception:  # the next refusal parks it; this message's outcome must not be lost over it
            log.exception("dispatch.park", line=route.line)

    def _outcome(self, c: Claimed, state: State, *, reason: str = "", **facts: Any) -> Outcome:
        return Outcome(c.id, c.fence, self._clock(), state, reason=discreet(reason), **facts)

    # --- settle ---

    async def _settle(self, route: Route, outcomes: asyncio.Queue[Outcome], expected: int) -> None:
        done = 0
        while done < expected:
            group = [await outcomes.get()]
            await asyncio.sleep(PATIENCE if expected - done > 1 else 0)
            while len(group) < GROUP and not outcomes.empty():
                group.append(outcomes.get_nowait())
            await self._keep(route, group)
            done += len(group)

    async def _keep(self, route: Route, group: Sequence[Outcome]) -> None:
        """Write a group, again if need be, then row by row; what can't be written is left to its lease."""
        for pause in (*(PAUSES if len(group) > 1 else ()), None):
            try:
                await self._write(route, group)
                return
            except Exception:
                log.exception("dispatch.settle", line=route.line, outcomes=len(group))
            if pause is not None:
                await asyncio.sleep(pause)
        if len(group) > 1:
            for outcome in group:
                await self._keep(route, [outcome])

    async def _write(self, route: Route, group: Sequence[Outcome]) -> None:
        now = self._clock()
        luck = [self._chance.random() for _ in group]
        digest = sha256("\n".join(f"{o.delivery_id}:{o.fence}:{o.state}:{o.ref}" for o in group).encode()).hexdigest()
        async with self._database.write() as db:
            await settle_group(db, group, self.terms, now, luck)
            await match_early(db, [(route.line, outcome) for outcome in group], self.terms, now)
            await acts.append(
                db,
                at=now,
                who=self.terms.worker,
                act="settled",
                about=f"line:{route.line}",
                detail={"n": len(group), "digest": digest},
            )
