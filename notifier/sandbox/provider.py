"""What a fake provider is to the sandbox: something citizens can speak through. Knows no wire format."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from aiohttp import web


class Provider(Protocol):
    """One fake provider line with which citizens can speak."""

    hook_url: str  # where the service listens; may be set after the start

    @property
    def channel(self) -> str: ...

    @property
    def line(self) -> str: ...

    async def say(
        self,
        address: str,
        *,
        text: str = "",
        button: str = "",
        reply_to: str = "",
        photo: bytes | None = None,
        edit_of: str = "",
        sticker: str = "",
        headers: Mapping[str, str] = {},
    ) -> None:
        """The citizen at this address says something: to the line's hook (or LMTP) as the real provider would."""
        ...


@runtime_checkable
class Serves(Protocol):
    """A provider reached over HTTP: its routes are part of the sandbox's server."""

    def routes(self) -> Sequence[web.RouteDef]: ...


@runtime_checkable
class Runs(Protocol):
    """A provider with something to start and stop (own ports, background posts)."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...
