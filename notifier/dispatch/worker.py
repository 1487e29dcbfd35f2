"""The loop of one worker: takes its share of each line, sends in the span that is its own, has the outcomes kept."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

import structlog

from channels.contract import ChannelError, Probes, SendFailed
from notifier.dispatch.claiming import AHEAD, PROBE, Claims
from notifier.dispatch.keeping import Keeper
from notifier.dispatch.looking import Looks
from notifier.dispatch.pacing import Turn
from notifier.dispatch.receipts import Walk, match_late
from notifier.dispatch.settle import Outcome, Terms, lapse
from notifier.dispatch.values import NOTHING, Grant, Ready, Route, Sealed, Share, Speaks
from notifier.rules.deliveries import NOT_SENT, State, discreet
from notifier.rules.pacing import SET_BACK
from notifier.rules.settled import to_whom
from notifier.store import paces, set_back
from notifier.store.engine import Database

log = structlog.get_logger()
LINE_PAUSE = timedelta(seconds=30)  # a line that failed as a whole rests this long, twice as long each time
LONGEST_PAUSE = timedelta(minutes=8)
WHENEVER = timedelta(days=10_000)
AT_ONCE = timedelta(0)
LAST_WORDS = 3.0  # seconds in which a service that was told to end writes what it knows


class Dispatcher:
    """Sends what is due on its lines. `drain()` goes on until nothing is due, `run()` until `stop()`."""

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
        batch: int = 100,
        lease: timedelta = timedelta(seconds=90),
        send_window: tuple[time, time],
        own_clock: bool = False,
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        """`may_send`: asked before each claim; a database that is not to be trusted yet sends nothing."""
        self._database = database
        self._vault = vault
        self.shares = tuple(share for route in routes for share in route.shares())
        self._keepers = {route.line: Keeper(database, route, terms, clock=clock, chance=chance) for route in routes}
        self._gates = {route.line: asyncio.Semaphore(route.parallel) for route in routes}
        self._pull = {share.scope: batch for share in self.shares}  # most to claim: what could be begun lately
        self.terms = terms
        self._clock = clock
        self._batch = batch
        self._looks = Looks()
        self._claims = Claims(
            vault,
            words,
            terms,
            batch=batch,
            lease=lease,
            send_window=send_window,
            own_clock=own_clock,
            looks=self._looks,
        )
        self._late = Walk()
        self._may_send = may_send
        self._under_way: set[asyncio.Task[None]] = set()
        self._poke = asyncio.Event()
        self._stopping = False
        self._seen: datetime | None = None  # the clock at the last look at leases
        self.failures = 0  # turns that failed since the start
        self._failing: dict[str, datetime] = {}  # what fails at each turn, since when

    @property
    def failing_since(self) -> datetime | None:
        """Since when the turns of some share, or the look at leases, fail without an end; None when all goes well."""
        return min(self._failing.values(), default=None)

    def _went(self, what: str, *, well: bool) -> None:
        if well:
            self._failing.pop(what, None)
        else:
            self.failures += 1
            self._failing.setdefault(what, self._clock())

    def share(self, line: str) -> Share:
        """What everything on a line may use."""
        return next(share for share in self.shares if share.route.line == line and share.bulk)

    def poke(self) -> None:
        """Something may have fallen due: look now."""
        self._poke.set()

    def stop(self) -> None:
        """Claim nothing more; what is under way is sent and settled."""
        self._stopping = True
        self._poke.set()

    async def run(self, idle: float = 0.5) -> None:
        """Send until stop() is called, resting `idle` seconds when nothing is due."""
        async with self._keeping(), asyncio.TaskGroup() as group:
            for share in self.shares:
                group.create_task(self._run_share(share, idle))
            group.create_task(self._run_lapse(idle))

    @asynccontextmanager
    async def _keeping(self) -> AsyncIterator[None]:
        """Within, outcomes are written; on leaving, all that is under way arrives and is kept."""
        keepers = [asyncio.create_task(keeper.run(), name="keeper") for keeper in self._keepers.values()]
        try:
            yield
            await self._arrived()
            await self._kept()
        finally:
            for task in self._under_way:  # too slow for a closing service: each leaves an outcome behind
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)
            with suppress(TimeoutError):  # outcomes of a database that is away are left to their leases
                async with asyncio.timeout(LAST_WORDS):
                    await self._kept()
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    async def _arrived(self) -> None:
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _kept(self) -> None:
        for keeper in self._keepers.values():
            await keeper.kept()

    async def _run_share(self, share: Share, idle: float) -> None:
        looked = True  # a look at an idle queue takes no lock
        pause = soon = AHEAD.total_seconds()
        while not self._stopping:
            try:
                sent = await self.turn(share) if looked else 0
                looked = bool(sent) or await self._waits(share)
                self._went(share.scope, well=True)
            except Exception:
                log.exception("dispatch.turn", line=share.route.line)
                self._went(share.scope, well=False)
                sent, looked = 0, True
            # Something waits, but others have the line's time or it rests: soon again, then less and less often.
            pause = soon if sent else min(2 * pause, idle) if looked else idle
            if not sent and not self._stopping:
                await self._rest(pause)

    async def _waits(self, share: Share) -> bool:
        async with self._database.read() as db:
            return await self._looks.waits(db, share.route.line, self._clock())

    async def _run_lapse(self, idle: float) -> None:
        while not self._stopping:
            try:
                await self.lapse()
                self._went("leases", well=True)
            except Exception:
                log.exception("dispatch.lapse")
                self._went("leases", well=False)
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
        """Send all that is due and settle it; returns how many attempts were begun."""
        total = 0
        while True:
            self._claims.forget_marks()
            begun = 0
            async with self._keeping():
                asked = self.shares
                while asked:  # whoever brings nothing is asked again when all have brought nothing
                    brought = [await self.turn(share, WHENEVER) for share in asked]
                    begun += sum(brought)
                    asked = tuple(share for share, n in zip(asked, brought, strict=True) if n)
            total += begun
            if not begun and not await self.lapse():
                return total

    async def lapse(self) -> int:
        """Look at leases that ran out, and at what waits for a time that was set back."""
        now = self._clock()
        if self._seen is None or self._seen - now > SET_BACK:
            await self._set_back(now)
        self._seen = now
        async with self._database.write() as db:
            lapsed = await lapse(db, self._clock(), self.terms)
        async with self._database.write() as db:
            return lapsed + await match_late(db, self.terms, self._clock(), self._late)

    async def _set_back(self, now: datetime) -> None:
        """The clock was set back, or may have been while nobody looked."""
        async with self._database.read() as db:
            delayed = await set_back.delayed(db, now)
        async with self._database.write() as db:
            await paces.bring_chats_back(db, now)
            await set_back.hasten(db, delayed)
        if self._seen is not None or delayed:
            log.warning("clock.set_back", hastened=len(delayed))

    async def claim(self, share: Share, ahead: timedelta = AHEAD, most: int = 0) -> Grant:
        """Take a span's worth; from here on it is this worker's to send and to settle."""
        if not self._may_send():
            return NOTHING
        async with self._database.write() as db:
            return await self._claims.take(db, share, self._clock(), most or self._batch, ahead)

    async def turn(self, share: Share, ahead: timedelta = AHEAD) -> int:
        """Claim a span's worth and begin to send it. Returns how many attempts were begun: they end by themselves."""
        keeper, gate = self._keepers[share.route.line], self._gates[share.route.line]
        if gate.locked():  # the provider hangs: what is claimed now could not leave
            async with gate:
                pass
            if self._stopping:
                return 0
        limbo = max(self._batch, 2 * share.route.parallel)
        grant = await self.claim(share, ahead, min(await keeper.room(limbo), self._pull[share.scope]))
        return await self._leave(share, grant) if grant.ready else 0

    async def _leave(self, share: Share, grant: Grant) -> int:
        keeper = self._keepers[share.route.line]
        keeper.begun(len(grant.ready))
        turn = Turn(share, grant, self._gates[share.route.line], self._again, lambda: self._stopping)
        begun = 0
        try:
            async for ready in turn:
                self._begin(self._send(share, ready, grant.probing))
                begun += 1
        finally:
            for ready in grant.ready[begun:]:
                not_sent = self._outcome(share.route, ready, State.FAILED, reason=NOT_SENT, wait=AT_ONCE, excused=True)
                keeper.put(not_sent)
        whole = begun == len(grant.ready)
        self._pull[share.scope] = min(self._batch, 2 * self._pull[share.scope]) if whole else max(1, begun)
        return begun

    async def _again(self, share: Share, units: int) -> Grant:
        async with self._database.write() as db:
            return await self._claims.again(db, share, units, self._clock())

    # --- send ---

    def _begin(self, sending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(sending)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, share: Share, ready: Ready, probing: bool) -> None:
        """One attempt; always leaves an outcome behind, also when it is cancelled or breaks."""
        route = share.route
        outcome = None
        try:
            outcome = await self._attempt(route, ready, probing)
        except Exception:
            log.exception("dispatch.send", line=route.line, delivery=ready.delivery.id)
        finally:
            self._gates[route.line].release()
            self._keepers[route.line].put(outcome or self._outcome(route, ready, State.UNKNOWN, reason="broken off"))

    async def _attempt(self, route: Route, ready: Ready, probing: bool) -> Outcome:
        try:
            if probing and isinstance(route.channel, Probes):
                await self._probe(route.channel)
            sent = await route.channel.send(ready.message)
        except SendFailed as error:
            return await self._refusal(route, ready, error, probing)
        except Exception as error:  # a bug of a channel must not lose what it did
            log.exception("dispatch.send", line=route.line, delivery=ready.delivery.id)
            return self._outcome(route, ready, State.UNKNOWN, reason=f"the channel broke: {type(error).__name__}")
        return self._outcome(route, ready, State.ACCEPTED, ref=sent.ref, segments=sent.segments, line_works=probing)

    async def _probe(self, channel: Probes) -> None:
        try:
            await channel.probe()
        except ChannelError as error:  # whatever it says, the message has not left
            raise SendFailed(str(error), line=True, wait=getattr(error, "wait", None)) from None

    async def _refusal(self, route: Route, ready: Ready, error: SendFailed, probing: bool) -> Outcome:
        now = self._clock()
        whole_line = error.line or (error.wait is not None and error.scope == "line")
        if whole_line:
            await self._park(route, error, probing, now)
        elif error.wait is not None:
            await self._park_address(route, ready, now + error.wait, error.reason, now)
        return self._outcome(
            route,
            ready,
            State.UNKNOWN if error.unknown else State.FAILED,
            reason=error.reason,
            permanent=error.permanent,
            address=error.address,
            moved_to=error.moved_to,
            wait=error.wait,
            excused=whole_line and not error.unknown,
            # Whoever judges one message, or knows its address, answers again.
            line_works=probing and not whole_line and not error.unknown and (error.permanent or error.address),
        )

    async def _park(self, route: Route, error: SendFailed, probing: bool, now: datetime) -> None:
        reason = discreet(error.reason)
        try:
            async with self._database.write() as db:
                _, line, _ = await paces.lock(db, route.scope, route.scope, now)
                again = probing or line.parked_until is None or line.parked_until <= now
                pause = min(LINE_PAUSE * 2 ** min(line.parks, 8), LONGEST_PAUSE)
                until = now + (error.wait or pause)
                if line.parked_until is not None and line.parked_until > now + PROBE:
                    until = max(until, line.parked_until)  # asked for by another refusal; a try rests for less
                await paces.park(db, route.scope, until, reason, now, again=again)
            log.warning("line.parked", line=route.line, until=until.isoformat(), reason=reason)
        except Exception:  # the next refusal parks it; this message's outcome must not be lost over it
            log.exception("dispatch.park", line=route.line)

    async def _park_address(self, route: Route, ready: Ready, until: datetime, reason: str, now: datetime) -> None:
        index = self._vault.address_index(route.channel.name, ready.message.to)
        try:
            async with self._database.write() as db:
                await paces.park(db, paces.chat(route.line, index), until, discreet(reason), now)
        except Exception:
            log.exception("dispatch.park", line=route.line)

    def _outcome(self, route: Route, ready: Ready, state: State, *, reason: str = "", **facts: Any) -> Outcome:
        c = ready.delivery
        return Outcome(
            c.id,
            c.fence,
            self._clock(),
            state,
            weight=ready.weight,
            price=route.price,
            whom=to_whom(ready.message.key, c.person_id if c.broadcast_id is not None else None),
            reason=discreet(reason) if reason else "",
            **facts,
        )
