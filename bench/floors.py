"""The bare floors: the same bytes to the same far end over as many connections, and nothing else."""

import asyncio
from collections.abc import Sequence

import aiohttp


async def post_all(url: str, bodies: Sequence[bytes], parallel: int) -> None:
    """POST each body, with this many connections in flight; the answer is read, not understood."""
    headers = {"Content-Type": "application/json", "Authorization": "Bearer bench"}
    connector = aiohttp.TCPConnector(limit=parallel)
    async with aiohttp.ClientSession(connector=connector) as http:
        waiting = iter(bodies)

        async def post() -> None:
            for body in waiting:
                async with http.post(url, data=body, headers=headers) as answer:
                    await answer.read()
                    if answer.status >= 300:
                        raise RuntimeError(f"the far end answered {answer.status}")

        async with asyncio.TaskGroup() as group:
            for _ in range(parallel):
                group.create_task(post())


async def last_body(url: str) -> bytes:
    """The newest body the far end took."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/last") as answer:
        return await answer.read()
