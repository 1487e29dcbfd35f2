"""Accounts as admins see them: who has which power, and each change of it with a reason."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from notifier.accounts import Person
from notifier.accounts.powers import ACTS
from notifier.accounts.values import LANGUAGES, NOTIFIED_BY
from notifier.errors import Refused
from notifier.rules.roles import RIGHTS, Right, Role
from notifier.web import pages
from notifier.web.house import HOUSE
from notifier.web.staff.own import notify

FIELDS = ("login", "name", "role", "region", "kind", "address", "language", "why")
TOLD = (Right.ANSWER, Right.ASSIGN, Right.REVEAL, Right.PLAN, Right.IMPORT, Right.ACCOUNTS, Right.EXPORT)


async def index(request: web.Request) -> web.Response:
    """All accounts of the viewer's area, and the form for a new one."""
    return await _index(request)


async def _index(request: web.Request, more: Mapping[str, Any] | None = None, status: int = 200) -> web.Response:
    found = await request.app[HOUSE].powers.list(pages.who(request))
    context: dict[str, Any] = {
        "accounts": found,
        "fields": dict.fromkeys(FIELDS, "") | {"region": pages.who(request).region},
        "refused": "",
        **_CHOICES,
    }
    return await pages.page(request, "office/accounts.html", {**context, **(more or {})}, status=status)


async def add(request: web.Request) -> web.Response:
    """A new account; its first password is on this answer alone."""
    house, fields = request.app[HOUSE], await pages.form(request)
    try:
        person, why = _person(fields), fields.get("why", "")
        number, password = await house.powers.add(pages.who(request), person, why, house.clock())
    except Refused as error:
        kept = {name: fields.get(name, "") for name in FIELDS}
        return await _index(request, {"refused": str(error), "fields": kept}, 400)
    return await _one(request, number, {"password": password, "new": True})


async def show(request: web.Request) -> web.Response:
    """One account: what it may, where it is signed in, what was done to it."""
    return await _one(request, int(request.match_info["id"]))


async def act(request: web.Request) -> web.Response:
    """Change an account's power, or what guards it."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    number, what, why = int(request.match_info["id"]), fields.get("do", ""), fields.get("why", "")
    await _known(request, number)
    try:
        if what == "password":
            password = await house.powers.reset_password(viewer, number, why, house.clock())
            return await _one(request, number, {"password": password})
        if what == "change":
            await house.powers.change(viewer, number, _person(fields), why, house.clock())
        elif what in ACTS:
            await house.powers.act(viewer, number, what, why, house.clock())
        else:
            raise web.HTTPBadRequest
    except Refused as error:
        return await _one(request, number, {"refused": str(error)}, 400)
    return await pages.back(request, f"/accounts/{number}", "Perubahan disimpan dan dicatat.")


_CHOICES: Mapping[str, Any] = {"kinds": NOTIFIED_BY, "languages": LANGUAGES, "roles": tuple(Role)}


def _person(fields: Mapping[str, str]) -> Person:
    return Person(
        fields.get("login", ""),
        fields.get("role", ""),
        fields.get("region", ""),
        fields.get("name", ""),
        notify(fields),
        fields.get("language", "id"),
    )


async def _known(request: web.Request, number: int) -> None:
    house = request.app[HOUSE]
    try:
        await house.powers.get(pages.who(request), number, house.clock())
    except Refused:  # none, or of elsewhere: which of the two is not told
        raise web.HTTPNotFound from None


async def _one(
    request: web.Request, number: int, more: Mapping[str, Any] | None = None, status: int = 200
) -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    try:
        seen = await house.powers.get(viewer, number, house.clock())
    except Refused:
        raise web.HTTPNotFound from None
    account, now = seen.account, house.clock()
    context: dict[str, Any] = {
        "seen": seen,
        "account": account,
        "mine": account.id == viewer.account_id,
        "locked": account.locked_until is not None and account.locked_until > now,
        "obliged": house.second_step.obliges(account.role),
        "may": [(right, right in RIGHTS[Role(account.role)]) for right in TOLD],
        "names": {f"account:{one.id}": one.name for one in await house.accounts.everyone()},
        "password": "",
        "new": False,
        "refused": "",
        **_CHOICES,
    }
    return await pages.page(request, "office/account.html", {**context, **(more or {})}, status=status)
