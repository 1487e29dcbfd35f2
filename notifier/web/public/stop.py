"""Stopping and starting messages. Anybody could type in anybody's number, so it takes a code that is sent there;
whether a number is known, no answer tells.
"""

from aiohttp import web

from notifier.inbox.stopping import Asked as Stopped
from notifier.inbox.stopping import Wish
from notifier.rules.limits import Asked
from notifier.web.house import HOUSE
from notifier.web.public import fields, frame
from notifier.web.public.fields import Filled
from notifier.web.public.welcome import ways

_WISHES = frozenset(Wish)
_DIGITS = 6


async def ask(request: web.Request) -> web.Response:
    """How to stop from the phone itself, and the form for who would rather do it here."""
    return _page(request, Filled({}, (), False))


async def act(request: web.Request) -> web.Response:
    """Send a code to what was typed in; with the code, do what is asked for."""
    house, filled = request.app[HOUSE], await fields.read(request)
    wrong, asked = _read(request, filled)
    if asked is None:
        return _page(request, filled, wrong)
    source, now, coded = frame.source(request), house.clock(), "kode" in filled.words
    code = "".join(sign for sign in filled.get("kode", 20) if sign.isdecimal())
    if coded and len(code) != _DIGITS:
        return _page(request, filled, {"kode": "code_short"}, step="code")
    subject = f"{asked.kind}\0{asked.address}"
    until = await house.enquiries.admit(Asked.STOP if coded else Asked.STOP_CODE, subject, source, now)
    if until is not None:
        return frame.too_often(request, until)
    if not coded:
        await house.stopping.ask(asked, frame.tongue(request), now)
        return _page(request, filled, step="code")
    if await house.stopping.act(asked, code, filled.token, now):
        return _page(request, filled, step="done")
    return _page(request, filled, {"kode": "code_wrong"}, step="code")


def _read(request: web.Request, filled: Filled) -> tuple[dict[str, str], Stopped | None]:
    """(field → key of what is wrong with it, what is asked for)."""
    wrong = {}
    if filled.get("pilihan") not in _WISHES:
        wrong["pilihan"] = "wish_wrong"
    kind, address = fields.contact(filled.get("kontak"))
    if kind == "sms" and filled.get("telegram"):
        kind = "telegram"
    served = {line.channel for line in request.app[HOUSE].config.lines.values()}
    if kind not in served:
        wrong["kontak"] = "contact_wrong"
    return wrong, None if wrong else Stopped(kind, address, Wish(filled.get("pilihan")))


def _page(
    request: web.Request, filled: Filled, wrong: dict[str, str] | None = None, *, step: str = "ask"
) -> web.Response:
    found = ways(request.app[HOUSE].config)
    context = {
        "ways": found,
        "telegram": any(channel == "telegram" for channel, _ in found),
        "filled": filled,
        "wish": filled.get("pilihan"),
        "wishes": tuple(Wish),
        "step": step,
        "wrong": {name: frame.say(request, f"stop.{key}") for name, key in (wrong or {}).items()},
        "token": fields.fresh(),
    }
    return frame.show(request, "stop.html", context, status=400 if wrong else 200)
