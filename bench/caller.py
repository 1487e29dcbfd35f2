"""Posts to a hook from a process of its own, so that only the server's CPU counts: bare sockets, kept connections.

Started as a script: URL, secret header's value, requests, connections, requests a second (0: as fast as answered).
Prints JSON: the latencies in seconds, and how many answers were not 200.
"""

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit


async def call(url: str, secret: str, n: int, connections: int, rate: float = 0) -> dict[str, Any]:
    """Run the script and wait for what it found."""
    words = [url, secret, str(n), str(connections), str(rate)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, *words, stdout=asyncio.subprocess.PIPE, limit=1 << 26
    )
    out, _ = await process.communicate()
    found: dict[str, Any] = json.loads(out)
    if found["bad"]:
        raise RuntimeError(f"{found['bad']} of {n} hooks were not answered 200")
    return found


async def _post_all(url: str, secret: str, n: int, connections: int, rate: float) -> dict[str, Any]:
    where = urlsplit(url)
    latencies: list[float] = []
    bad = 0
    numbers = iter(range(n))
    began = time.perf_counter() + 0.05

    async def one() -> None:
        nonlocal bad
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        for number in numbers:
            if rate:
                await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            body = _receipt(number)
            head = (
                f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nX-Hook-Secret: {secret}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            since = time.perf_counter()
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line[15:]) for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length:")
            )
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - since)
            bad += not answer.startswith(b"HTTP/1.1 200")
        writer.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one())
    return {"latencies": latencies, "bad": bad}


def _receipt(number: int) -> bytes:
    fact = {"type": "receipt", "id": f"other-{time.time_ns():x}-{number}", "reference": "", "to": "+6281100000001"}
    return json.dumps({**fact, "status": "delivered", "error": "", "time": "2026-12-05T09:00:00+07:00"}).encode()


if __name__ == "__main__":
    _url, _secret, _n, _connections, _rate = sys.argv[1:]
    print(json.dumps(asyncio.run(_post_all(_url, _secret, int(_n), int(_connections), float(_rate)))))
