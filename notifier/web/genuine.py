"""The page on which anybody finds out whether a message is ours: by its code, without signing in.

Asked by the form's address or by its body. Knows no citizen: what is found names none.
"""

import time
from collections.abc import Callable
from math import ceil

from aiohttp import web

from notifier.web import pages
from notifier.web.house import HOUSE

LONGEST = 400  # characters that are looked at: a code, or the message it stands in
MINUTE = 60.0
PER_ADDRESS = 120  # questions a minute; a whole village may share one address on the net
IN_ALL = 1200


class Turns:
    """How often strangers may ask in a minute, each address and all together. Kept in memory, for each process."""

    def __init__(self, per_address: int, in_all: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_address = per_address
        self._in_all = in_all
        self._now = now
        self._since = now()
        self._asked: dict[str, int] = {}
        self._all = 0

    def wait(self, address: str) -> int:
        """Seconds until this address may ask; 0 when it may now, and that counts."""
        passed = self._now() - self._since
        if passed >= MINUTE:
            self._since, self._all, passed = self._now(), 0, 0.0
            self._asked.clear()
        if self._all >= self._in_all or self._asked.get(address, 0) >= self._per_address:
            return ceil(MINUTE - passed)
        self._all += 1
        self._asked[address] = self._asked.get(address, 0) + 1
        return 0


TURNS: web.AppKey[Turns] = web.AppKey("turns")


def setup(app: web.Application) -> None:
    """Give an application its count of questions."""
    app[TURNS] = Turns(PER_ADDRESS, IN_ALL)


async def ask(request: web.Request) -> web.Response:
    """The form, and the answer once a code is there."""
    return await _answer(request, request.query.get("kode", ""))


async def check(request: web.Request) -> web.Response:
    """The same for a code that is not to stand in an address."""
    return await _answer(request, (await pages.form(request)).get("kode", ""))


async def _answer(request: web.Request, asked: str) -> web.Response:
    asked = pages.clean(asked)[:LONGEST].strip()
    context = {"asked": asked, "found": None, "wait": 0}
    if not asked:
        return pages.part(request, "public/genuine.html", context)
    wait = request.app[TURNS].wait(request.remote or "")
    if wait:
        response = pages.part(request, "public/genuine.html", context | {"wait": wait}, status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    found = await request.app[HOUSE].genuine.look(asked)
    return pages.part(request, "public/genuine.html", context | {"found": found})
