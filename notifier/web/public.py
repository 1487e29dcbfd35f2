"""The front door: what the service is and how to complain, for citizens; signing in and out, for staff."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from notifier.accounts import WrongPassword
from notifier.config import Config
from notifier.web import pages, session
from notifier.web.house import HOUSE

# channel → keys of a line's settings that hold the address citizens write to, best first
_ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "sms": ("sender",),
    "telegram": (),
    "email": ("from_address",),
}


async def welcome(request: web.Request) -> web.Response:
    """What this is, and how to complain."""
    return pages.part(request, "public/welcome.html", {"ways": ways(request.app[HOUSE].config)})


def ways(config: Config) -> Sequence[tuple[str, str]]:
    """How citizens reach us: (channel, address or ""), of the lines that can be answered."""
    found: dict[tuple[str, str], None] = {}
    for line in config.lines.values():
        if line.two_way and line.channel in _ADDRESSES:
            settings = line.settings
            address = next((str(settings[key]) for key in _ADDRESSES[line.channel] if settings.get(key)), "")
            found[line.channel, address] = None
    return list(found)


async def ask_login(request: web.Request) -> web.Response:
    """The form to sign in."""
    on = pages.local_path(request.query.get("next"))
    if await session.signed_in(request):
        return await pages.back(request, on)
    return pages.part(request, "public/login.html", {"next": on, "login": "", "wrong": False})


async def login(request: web.Request) -> web.Response:
    """Sign in, under a new session id."""
    house, fields = request.app[HOUSE], await pages.form(request)
    on, login = pages.local_path(fields.get("next")), fields.get("login", "")[:64]
    try:
        account = await house.accounts.enter(login, fields.get("password", ""), house.clock())
    except WrongPassword:
        return pages.part(request, "public/login.html", {"next": on, "login": login, "wrong": True}, status=400)
    await session.sign_in(request, house, account)
    return web.Response(status=303, headers={"Location": on})


async def logout(request: web.Request) -> web.Response:
    """Sign out; the session is gone from the database too."""
    await session.sign_out(request, request.app[HOUSE])
    return web.Response(status=303, headers={"Location": "/login"})


async def choose_language(request: web.Request) -> web.Response:
    """The language a colleague reads the pages in; kept with the account."""
    fields = await pages.form(request)
    await request.app[HOUSE].accounts.speak(pages.who(request).account_id, fields.get("language", ""))
    return web.Response(status=303, headers={"Location": pages.local_path(fields.get("next"))})
