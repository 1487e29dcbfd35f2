"""A running process: the roles it plays (web, worker, clock), started in order and closed in reverse."""

import asyncio
import fcntl
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from notifier.app.house import House
from notifier.app.lines import build_caller, build_dispatcher, build_inbox, open_lines
from notifier.app.waking import waking
from notifier.dispatch import Dispatcher
from notifier.errors import Refused
from notifier.figures.keeping import Keeping
from notifier.inbox import Inbox
from notifier.jobs import Job, RoundCarrier, Ticker
from notifier.ledger import seal
from notifier.store import accounts as account_rows
from notifier.store import drafts
from notifier.store.signals import ARRIVAL, DELIVERY
from notifier.studio import refresh
from notifier.sweep import Sweep

log = structlog.get_logger()
ROLES = ("web", "worker", "clock")
LOOK = 5.0  # seconds between two looks at the ledger's head
TURNS = 20  # of the watch over promises at a time, while there is something to see to
IDLE = 0.5  # seconds between two looks at an empty queue


@dataclass(frozen=True)
class Service:
    """What runs."""

    house: House
    url: str  # of the web role, or of what machines ask; "" without either
    dispatcher: Dispatcher | None
    inbox: Inbox


def calm() -> None:
    """What was loaded at the start stays for good: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@asynccontextmanager
async def open_service(house: House, roles: Sequence[str] = ROLES) -> AsyncIterator[Service]:
    """Run these roles until the block is left; then stop hearing first and sending last."""
    calm()
    async with AsyncExitStack() as stack:
        _alone(house, stack)
        await house.restored.look(house.clock())  # before anything can leave
        await stack.enter_async_context(_watching(house))
        patience = _Patience(house.config.service.drain.total_seconds())
        waker = await stack.enter_async_context(waking(house.config.database.listen_url))
        await stack.enter_async_context(open_lines(house))
        await house.broadcasts.question(house.clock())  # a new release may bring other words than were approved
        inbox = build_inbox(house)
        house.dispatcher = dispatcher = build_dispatcher(house) if "worker" in roles else None
        if dispatcher is not None:
            await stack.enter_async_context(_sending(dispatcher, patience))
        # Whoever does the work in this process is told directly, else the others are.
        poke = dispatcher.poke if dispatcher is not None else partial(waker.say, DELIVERY)
        if dispatcher is not None:
            waker.on(DELIVERY, dispatcher.poke)
        if "worker" in roles:
            await stack.enter_async_context(_telling(house, patience))
            arrived = await stack.enter_async_context(_hearing(inbox, house.clock, poke, patience))
            waker.on(ARRIVAL, arrived)
        else:
            arrived = partial(waker.say, ARRIVAL)
        if "clock" in roles:
            for name, version in await house.desk.register(house.clock()):
                log.info("promise.version", policy=name, version=version)
            ticker = Ticker(house.database, jobs_of(house, inbox, poke), house.clock, house.worker)
            ticker.start()
            stack.push_async_callback(lambda: ticker.close(patience()))
        url = ""
        if "web" in roles:
            from notifier.app import serving  # who has no pages does not load them

            await stack.enter_async_context(_importing(house, patience))
            await asyncio.to_thread(lambda: house.texts.lexicon)  # half a second that no citizen waits for
            url = await stack.enter_async_context(serving.serving(house, arrived))
        elif house.config.service.status_port:
            from notifier.app.listener import listening  # nor a server for nobody

            url = await stack.enter_async_context(listening(house))
        if dispatcher is not None:
            stack.callback(dispatcher.stop)  # what is under way arrives while the others come to their end
        yield Service(house, url, dispatcher, inbox)


class _Patience:
    """What is left of the time that a closing process has for all it does; it begins with the first who asks."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: float | None = None

    def __call__(self) -> float:
        now = asyncio.get_running_loop().time()
        if self._until is None:
            self._until = now + self._seconds
        return max(self._until - now, 0.0)


def _alone(house: House, stack: AsyncExitStack) -> None:
    """On SQLite one service process only: a second one would double the rates and starve the writers."""
    if not house.database.is_sqlite:
        return
    path = Path(house.data) / "service.lock"
    handle = stack.enter_context(path.open("w"))
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Refused(
            f"another service process already runs on {house.data}; SQLite has room for one. "
            "For several, set database.url to a PostgreSQL"
        ) from None


@asynccontextmanager
async def _watching(house: House) -> AsyncIterator[None]:
    """Look now and then whether this is a restored backup, or whether a colleague has confirmed that it is."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                house.vault.refresh()  # somebody may have made a new key
                await house.restored.look(house.clock())
            except Exception:
                log.exception("restored.look")

    task = asyncio.create_task(watch(), name="restored")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _sending(dispatcher: Dispatcher, patience: Callable[[], float]) -> AsyncIterator[None]:
    task = asyncio.create_task(dispatcher.run(IDLE), name="dispatch")
    try:
        yield
    finally:
        dispatcher.stop()
        with suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(patience()):
                await task


@asynccontextmanager
async def _hearing(
    inbox: Inbox, clock: Callable[[], datetime], poke: Callable[[], None], patience: Callable[[], float]
) -> AsyncIterator[Callable[[], None]]:
    """Understand arrivals as they come; yields what wakes it."""
    woken = asyncio.Event()
    closing = False

    async def hear() -> None:
        while not closing:
            try:
                if await inbox.drain(clock()):
                    poke()
                    continue
            except Exception:
                log.exception("inbox.drain")
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE * 2):
                    await woken.wait()
            woken.clear()

    task = asyncio.create_task(hear(), name="inbox")
    try:
        yield woken.set
    finally:
        closing = True
        woken.set()
        with suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(patience()):
                await task


@asynccontextmanager
async def _telling(house: House, patience: Callable[[], float]) -> AsyncIterator[None]:
    """Tell other systems what happened."""
    caller = build_caller(house)
    task = asyncio.create_task(caller.run(IDLE * 2), name="webhooks")
    try:
        yield
    finally:
        caller.stop()
        with suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(patience()):
                await task


@asynccontextmanager
async def _importing(house: House, patience: Callable[[], float]) -> AsyncIterator[None]:
    """Work on uploaded registers in the process that took them: they lie on its disk."""
    uploads, closing = house.uploads, False

    async def work() -> None:
        while not closing:
            uploads.woken.clear()
            try:
                await uploads.work(house.clock())
            except Exception as error:
                log.error("uploads.work", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE * 4):
                    await uploads.woken.wait()

    task = asyncio.create_task(work(), name="uploads")
    try:
        yield
    finally:
        closing = True
        uploads.close()
        with suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(patience()):
                await task


def jobs_of(house: House, inbox: Inbox, poke: Callable[[], None]) -> list[Job]:
    """What the clock starts, and how often."""
    sweep_late = Sweep(house.database, house.config.delivery.sweep_after, house.worker)
    carrier = RoundCarrier(house.database, house.broadcasts, house.config.reminders)

    async def chain(now: datetime) -> None:
        if await seal(house.database, house.vault, house.worker, now):
            await house.restored.look(now)

    async def advance(now: datetime) -> None:
        if await house.broadcasts.advance(now, house.worker):
            poke()

    async def sweep(now: datetime) -> None:
        for _ in range(TURNS):
            if not await house.desk.sweep(now):
                return
            poke()

    async def gather(now: datetime) -> None:
        if await house.desk.carry_incidents(now):
            poke()

    async def ask_again(now: datetime) -> None:
        await house.silence.ask_again(now, house.config.reminders.question_again)

    async def count_places(now: datetime) -> None:
        await house.watching.count(now)

    async def carry_series(now: datetime) -> None:
        await house.recurring.carry(now)

    async def watch_rounds(now: datetime) -> None:
        if await house.desk.watch(now):
            poke()

    async def count_reports(now: datetime) -> None:
        await house.desk.count_reports(now)

    async def fold(_now: datetime) -> None:
        await house.desk.fold()

    async def post(now: datetime) -> None:
        if await house.posting.post(now):
            poke()

    async def watch_lines(now: datetime) -> None:
        if await house.lines.watch(now):
            poke()

    published: object = None

    async def reword(_now: datetime) -> None:
        nonlocal published
        published = await refresh(house.database, house.words, published, house.texts)
        await house.programmes.refresh()

    async def expire(now: datetime) -> None:
        async with house.database.write() as db:
            await account_rows.forget_expired(db, now)
            await drafts.forget(db, now)
        await house.enquiries.forget(now)
        await house.keys.forget(now)
        await house.webhooks.forget(now)

    figures = Keeping(house.database, house.config.service.zone, tuple(house.config.lines))

    return [
        Job("ledger", 1, chain),
        Job("broadcasts", 1, advance),
        Job("rounds", 5, carrier.carry),
        Job("questions", 60, ask_again),
        Job("series", 30, carry_series),
        Job("places", 10, count_places),
        Job("promises", 5, sweep),
        Job("radar", 300, watch_rounds),
        Job("incidents", 1, gather),
        Job("boards", 10, fold),
        Job("reports", 2, count_reports),
        Job("groups", 20, post),
        Job("files", 3, inbox.fetch_files),
        Job("lines", 5, watch_lines),
        Job("webhooks", 1, house.webhooks.gather),
        Job("sweep", 60, sweep_late.sweep),
        Job("doubles", 5, house.doubles.walk),
        Job("retention", 3600, house.retention.retain),
        Job("reseal", 30, house.resealing.carry),
        Job("words", 2, reword, single=False),
        Job("sessions", 3600, expire),
        Job("line figures", 30, figures.count_attempts),
        Job("line rests", 5, figures.watch_lines),
        Job("round figures", 20, figures.count_rounds),
        Job("dry runs", 2, house.beforehand.carry),
        Job("accounts", 10, house.accounting.carry),
    ]
