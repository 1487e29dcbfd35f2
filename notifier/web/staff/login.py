"""Signing in, by password and where it is asked by code; signing out; and the language a colleague reads in."""

from urllib.parse import quote

from aiohttp import web

from notifier.accounts import WrongPassword
from notifier.accounts.second_step import WrongCode
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
    if account.totp_since:
        await session.sign_in(request, house, account, session.CODE)
        return web.Response(status=303, headers={"Location": f"/login/code?next={quote(on, safe='/')}"})
    await session.sign_in(request, house, account)
    return web.Response(status=303, headers={"Location": on})


async def ask_code(request: web.Request) -> web.Response:
    """The form for the code, after the password."""
    on = pages.local_path(request.query.get("next"))
    return pages.part(request, "public/code.html", {"next": on, "wrong": False})


async def give_code(request: web.Request) -> web.Response:
    """The second step: a code of the app, or a recovery code. Under a new session id again."""
    house, fields = request.app[HOUSE], await pages.form(request)
    on = pages.local_path(fields.get("next"))
    account = await session.halfway(request)
    if account is None:  # the guard has seen them
        raise web.HTTPUnauthorized
    try:
        await house.second_step.enter(account, fields.get("code", ""), house.clock())
    except WrongCode:
        return pages.part(request, "public/code.html", {"next": on, "wrong": True}, status=400)
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
