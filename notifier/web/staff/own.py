"""The page of one's own account: name, language, alerts, password, and where one is signed in."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from notifier.accounts.own import mark_of
from notifier.accounts.passwords import LONGEST, SHORTEST
from notifier.accounts.values import LANGUAGES, NOTIFIED_BY
from notifier.errors import Refused
from notifier.store.accounts import Account
from notifier.web import pages, session
from notifier.web.house import HOUSE

PAGE = "/account"


async def look(request: web.Request) -> web.Response:
    """One's own account."""
    return await _page(request)


async def change(request: web.Request) -> web.Response:
    """Name, language, alerts."""
    house, fields, account = request.app[HOUSE], await pages.form(request), await whose(request)
    try:
        name, language = fields.get("name", ""), fields.get("language", "")
        await house.own.change(account, name, language, notify(fields), house.clock())
    except Refused as error:
        kept = {key: fields.get(key, "") for key in ("name", "language", "kind", "address")}
        return await _page(request, {"refused": str(error), "fields": kept}, 400)
    return await pages.back(request, PAGE, "Akun disimpan.")


async def change_password(request: web.Request) -> web.Response:
    """Another password; every session ends, and this browser gets a new one."""
    house, fields, account = request.app[HOUSE], await pages.form(request), await whose(request)
    old, new = fields.get("old", ""), fields.get("new", "")
    try:
        if new != fields.get("again", ""):
            raise Refused("The two new passwords differ; type it again.")
        await house.own.change_password(account, old, new, house.clock())
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    await session.sign_in(request, house, account)
    return web.Response(status=303, headers={"Location": "/account?saved=password"})


async def end_sessions(request: web.Request) -> web.Response:
    """End one session, or all but this one."""
    house, fields, account = request.app[HOUSE], await pages.form(request), await whose(request)
    try:
        if fields.get("end") == "others":
            await house.own.end_others(account, session.digest(request), house.clock())
        else:
            await house.own.end(account, fields.get("end", ""), house.clock())
    except Refused as error:
        return await _page(request, {"refused": str(error)}, 400)
    return await pages.back(request, PAGE, "Sesi diakhiri.")


async def whose(request: web.Request) -> Account:
    """The account of this request; the guard has seen to it that there is one."""
    account = await session.signed_in(request)
    if account is None:  # signed out this very moment
        raise web.HTTPUnauthorized
    return account


def notify(fields: Mapping[str, str]) -> str:
    """Where alerts go, as the command line writes it: "sms:+62…"."""
    kind, address = fields.get("kind", ""), fields.get("address", "").strip()
    return f"{kind}:{address}" if kind or address else ""


async def _page(request: web.Request, more: Mapping[str, Any] | None = None, status: int = 200) -> web.Response:
    house, account = request.app[HOUSE], await whose(request)
    mine = session.digest(request)
    found = await house.own.sessions(account, house.clock())
    context: dict[str, Any] = {
        "account": account,
        "fields": {
            "name": account.name,
            "language": account.language,
            "kind": account.notify_kind,
            "address": account.notify_address,
        },
        "sessions": [(one, mark_of(one), one.digest == mine, one.expires_at - session.IDLE) for one in found],
        "kinds": NOTIFIED_BY,
        "languages": LANGUAGES,
        "shortest": SHORTEST,
        "longest": LONGEST,
        "refused": "",
        "saved": request.query.get("saved") == "password",
    }
    return await pages.page(request, "office/own.html", {**context, **(more or {})}, status=status)
