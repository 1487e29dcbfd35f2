"""The sandbox's one web server: every fake provider that speaks HTTP, and the phone wall at "/".

Knows the providers only by their protocol.
"""

from aiohttp import web

from notifier.sandbox.phones import Phones
from notifier.sandbox.provider import Provider, Runs, Serves
from notifier.sandbox.wall import Wall

__all__ = ["Provider", "Runs", "Sandbox", "Serves"]

BIGGEST = 64 * 1024 * 1024  # bytes of one request: a bot may send 50 MB


class Sandbox:
    """All fake providers on one port. `add` them, `start`, `close`."""

    def __init__(self, phones: Phones) -> None:
        self.phones = phones
        self.providers: dict[str, Provider] = {}  # line -> provider
        self.url = ""  # set by start(), without a slash at the end
        self._runner: web.AppRunner | None = None

    def add(self, provider: Provider) -> None:
        """Before start(). One provider a line."""
        if provider.line in self.providers:
            raise ValueError(f'the sandbox has a line "{provider.line}" already; give each line its own name')
        self.providers[provider.line] = provider

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Serve; port 0 takes a free one. Raises OSError if the port is taken."""
        app = web.Application(client_max_size=BIGGEST)
        for provider in self.providers.values():
            if isinstance(provider, Serves):
                app.add_routes(provider.routes())
            if isinstance(provider, Runs):
                await provider.start()
        app.add_routes(Wall(self.phones, self.providers).routes())
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop the server, then the providers in reverse order."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        for provider in reversed(self.providers.values()):
            if isinstance(provider, Runs):
                await provider.close()
