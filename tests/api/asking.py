"""Whoever asks the API in tests: a site, keys for every role, and what they are answered."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse

from notifier.keys import Wish
from notifier.rules.keys import LEANS_ON, Scope
from notifier.rules.roles import Role, may
from tests.web.sites import Site, open_site

PLENTY = 60_000  # requests a minute


@dataclass
class Asking:
    """The API, and keys by name."""

    site: Site
    keys: dict[str, str] = field(default_factory=dict)

    async def key(
        self, role: str, scopes: Sequence[str] | None = None, *, region: str = "", login: str = "", **wish: Any
    ) -> str:
        """A key of an account of this role; with every scope the role allows when none are named."""
        viewer = await self.site.be(role, login=login or f"api-{role}")
        self.site.leave()
        given = [s for s in Scope if may(Role(role), LEANS_ON[s])] if scopes is None else scopes
        wish = {"per_minute": PLENTY, **wish}
        wanted = Wish("test", viewer.login, given, region, **wish)
        _, shown = await self.site.house.keys.add(wanted, who="cli:test", now=self.site.clock())
        return shown

    async def ask(self, key: str, method: str, path: str, body: Any = None, **headers: str) -> ClientResponse:
        """Ask with a key; `body` is sent as JSON."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            sent["Authorization"] = f"Bearer {key}"
        return await self.site.client.request(method, f"/api/v1{path}", json=body, headers=sent, allow_redirects=False)

    async def get(self, key: str, path: str, status: int = 200) -> Any:
        """What a GET answers, which has to come with this status."""
        response = await self.ask(key, "GET", path)
        assert response.status == status, await response.text()
        return await response.json()

    async def post(self, key: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """What a POST answers, which has to come with this status."""
        response = await self.ask(key, "POST", path, body, **headers)
        assert response.status == status, await response.text()
        return await response.json() if status != 204 else None

    async def put(self, key: str, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        """What a PUT answers, which has to come with this status."""
        response = await self.ask(key, "PUT", path, body, **headers)
        assert response.status == status, await response.text()
        return await response.json()


@asynccontextmanager
async def open_asking(database_url: str, data: Path, **tables: Any) -> AsyncIterator[Asking]:
    """The API over a migrated database."""
    async with open_site(database_url, data, **tables) as site:
        yield Asking(site)
