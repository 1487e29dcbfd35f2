"""The far end of a bench, a process of its own whose CPU counts for nobody: SMS gateway, Bot API, mail server.

Bare on purpose: it reads no more of a request than its length, and answers at once. Started as a script it prints its
two ports as JSON and serves until its standard input ends.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
CHAT = re.compile(rb"chat_id[^0-9]{1,12}(\d+)")
MARKED = re.compile(rb"\+62899\d{8}")  # numbers whose arrival is timed: GET /seen tells them


class Gateway(asyncio.Protocol):
    """HTTP/1.1 with kept connections: POST /sms, POST /bot<token>/sendMessage, GET /seen, GET /last."""

    serial = 0
    seen: ClassVar[dict[str, float]] = {}  # for all connections
    last = b""  # the newest body, to be posted again by a floor

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (cut := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:cut]
            found = LENGTH.search(head)
            end = cut + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < end:
                return
            body, self._buffer = self._buffer[cut + 4 : end], self._buffer[end:]
            self._transport.write(self._answer(head, body))

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"GET /seen"):
            told = json.dumps(Gateway.seen).encode()
            Gateway.seen.clear()
            return _http(b"200 OK", told)
        if head.startswith(b"GET /mail/last"):
            return _http(b"200 OK", MailServer.last)
        if head.startswith(b"GET /last"):
            return _http(b"200 OK", Gateway.last)
        Gateway.serial += 1
        Gateway.last = body
        marked = MARKED.search(body)
        if marked:
            Gateway.seen[marked[0].decode()] = time.time()
        if b"/getMe" in head[:80]:
            return _http(b"200 OK", b'{"ok":true,"result":{"id":7100000001,"is_bot":true,"first_name":"Bench"}}')
        if head.startswith(b"POST /bot"):
            chat = CHAT.search(body)
            return _http(
                b"200 OK",
                b'{"ok":true,"result":{"message_id":%d,"date":1796000000,"chat":{"id":%s,"type":"private"},"text":"x"}}'
                % (Gateway.serial, chat[1] if chat else b"1"),
            )
        return _http(b"201 Created", b'{"id":"mt-%d","status":"accepted","segments":2}' % Gateway.serial)


def _http(status: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
    return head + body


class MailServer(asyncio.Protocol):
    """SMTP that takes everything."""

    last = b""  # the newest mail

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""
        self._data = False
        transport.write(b"220 bench\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            mark = b"\r\n.\r\n" if self._data else b"\r\n"
            cut = self._buffer.find(mark)
            if cut < 0:
                return
            said, self._buffer = self._buffer[:cut], self._buffer[cut + len(mark) :]
            self._transport.write(self._answer(said))

    def _answer(self, said: bytes) -> bytes:
        if self._data:
            self._data = False
            MailServer.last = said + b"\r\n"
            return b"250 taken\r\n"
        word = said[:4].upper()
        if word == b"EHLO":
            return b"250-bench\r\n250-SIZE 50000000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        if word == b"DATA":
            self._data = True
            return b"354 go on\r\n"
        if word == b"QUIT":
            return b"221 bye\r\n"
        return b"250 ok\r\n"


@dataclass(frozen=True)
class Provider:
    """Where it listens on 127.0.0.1."""

    http: int
    smtp: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}"


@contextmanager
def open_provider() -> Iterator[Provider]:
    """Start it as a process of its own."""
    process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Provider(**json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    http = await loop.create_server(Gateway, "127.0.0.1", 0, backlog=512)
    smtp = await loop.create_server(MailServer, "127.0.0.1", 0, backlog=512)
    ports = {"http": http.sockets[0].getsockname()[1], "smtp": smtp.sockets[0].getsockname()[1]}
    print(json.dumps(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
