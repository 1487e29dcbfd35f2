"""What the web role adds: pages and hooks on a port, lines that bring arrivals by themselves, our name for providers.

Imported by processes that have this role and by no other: all pages of the office come with it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from channels.contract import ChannelError, Introduces, Listens
from notifier.app.house import House
from notifier.errors import Refused
from notifier.web import hooks, site

log = structlog.get_logger()


@asynccontextmanager
async def serving(house: House, arrived: Callable[[], None]) -> AsyncIterator[str]:
    """Serve pages and hooks, and hear what lines bring; yields the URL. `arrived`: tells whoever understands it."""
    doorway = hooks.Doorway(house.database, house.vault, house.clock, arrived)
    async with _site(house, doorway) as url, _listening(house, doorway):
        introducing = asyncio.create_task(_introduce(house, url), name="introduce")
        try:
            yield url
        finally:
            introducing.cancel()


@asynccontextmanager
async def _site(house: House, doorway: hooks.Doorway) -> AsyncIterator[str]:
    app = site.build(house)
    hooks.add(app, house.channels, doorway)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=5)
    await runner.setup()
    service = house.config.service
    try:
        try:
            await web.TCPSite(runner, service.host, service.port).start()
        except OSError as error:
            raise Refused(
                f"service.port {service.port} on {service.host} can't be opened ({error.strerror}); "
                "choose another port in config.toml"
            ) from None
        port = runner.addresses[0][1]
        yield f"http://{service.host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _listening(house: House, doorway: hooks.Doorway) -> AsyncIterator[None]:
    """Lines that bring arrivals by themselves: long polling, a mail door."""

    def arrive(line: str) -> Callable[..., object]:
        async def keep(body: bytes, headers: dict[str, str]) -> None:
            await doorway.keep(line, body, headers)

        return keep

    tasks = [
        asyncio.create_task(channel.listen(arrive(line)), name=f"listen:{line}")  # type: ignore[arg-type]
        for line, channel in house.channels.items()
        if isinstance(channel, Listens)
    ]
    for task in tasks:
        task.add_done_callback(_tell_end)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _introduce(house: House, url: str) -> None:
    """Tell providers where we listen and what we offer. One that does not answer is told again at the next start."""
    service = house.config.service
    base = service.public_url.rstrip("/") if service.port else url  # on a free port nobody knows us by another name
    for line, channel in house.channels.items():
        if isinstance(channel, Introduces):
            hook = f"{base}/hooks/{line}"
            try:
                log.info("line.introduced", line=line, told=await channel.introduce(hook, ""))
            except ChannelError as error:
                log.warning("line.introduce", line=line, reason=str(error))


def _tell_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("listen.ended", task=task.get_name(), reason=str(task.exception()))
