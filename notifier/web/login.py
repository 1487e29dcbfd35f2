"""Signing in and out, and the language a colleague reads in."""

from aiohttp import web

from notifier.accounts import WrongPassword
from notifier.web import pages, session
from notifier.web.house import HOUSE


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
