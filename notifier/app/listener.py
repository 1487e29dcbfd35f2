"""What a process without pages tells machines: `/health`, `/ready` and `/metrics` on a port of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from notifier import vitals
from notifier.app.house import House
from notifier.errors import Refused


@asynccontextmanager
async def listening(house: House) -> AsyncIterator[str]:
    """Answer on `service.status_port`; yields the URL. Raises Refused when somebody else has the port."""

    async def health(_request: web.Request) -> web.Response:
        return web.json_response(await vitals.health(house))

    async def ready(_request: web.Request) -> web.Response:
        good, body = await vitals.ready(house)
        return web.json_response(body, status=200 if good else 503)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=await vitals.figures(house), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application(client_max_size=0)
    app.add_routes([web.get("/health", health), web.get("/ready", ready), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    host, port = house.config.service.host, house.config.service.status_port
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise Refused(
                f"service.status_port {port} on {host} can't be opened ({error.strerror}); each worker and clock of a "
                "machine needs one of its own: set NOTIFIER_SERVICE__STATUS_PORT for each"
            ) from None
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
