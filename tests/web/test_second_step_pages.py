"""The second step on the pages: set up once, asked for at each sign-in, obligatory where the configuration says so."""

import re
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from notifier.accounts import TRIES, Person
from notifier.store import schema
from notifier.web import session
from tests.web.sites import Site, open_site

PASSWORD = "kuda lepas di pasar"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _cookie(pages: Site) -> str:
    return next((c.value for c in pages.client.session.cookie_jar if c.key == session.COOKIE), "")


def _secret(text: str) -> str:
    found = re.search(r"otpauth://totp/[^?]*\?secret=([A-Z2-7]+)&amp;issuer", text)
    assert found
    return found[1]


def _code(secret: str, pages: Site) -> str:
    return pyotp.TOTP(secret).at(int(pages.clock().timestamp()))


async def _enter(pages: Site) -> str:
    """Where the password leads."""
    data = {"login": "sari", "password": PASSWORD, "next": "/desk?view=mine"}
    return (await pages.post("/login", data)).headers["Location"]


async def _set_up(pages: Site) -> tuple[str, list[str]]:
    await pages.house.accounts.add(Person("sari", "agent"), PASSWORD, who="cli:test", now=pages.clock())
    assert await _enter(pages) == "/desk?view=mine"
    text = await pages.read("/account/second-step")
    assert "<svg viewBox" in text
    secret = _secret(text)
    assert _secret(await pages.read("/account/second-step")) == secret, "the same until it is confirmed"
    wrong = await pages.post("/account/second-step", {"code": "000000"})
    assert wrong.status == 400
    assert secret in await wrong.text()
    done = await pages.post("/account/second-step", {"code": _code(secret, pages)})
    assert done.headers["Cache-Control"] == "no-store"
    codes = re.findall(r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>", await done.text())
    assert len(codes) == 10
    again = await pages.read("/account/second-step")
    assert codes[0] not in again, "shown once"
    assert secret not in again
    pages.clock.move(minutes=1)
    return secret, codes


async def test_a_colleague_sets_it_up_and_signs_in_with_it(pages: Site) -> None:
    secret, codes = await _set_up(pages)
    await pages.post("/logout")
    assert await _enter(pages) == "/login/code?next=/desk%3Fview%3Dmine"
    halfway = _cookie(pages)
    assert (await pages.get("/home")).headers["Location"].startswith("/login"), "the password alone opens nothing"
    assert (await pages.get("/account/second-step")).headers["Location"].startswith("/login")
    assert 'autocomplete="one-time-code"' in await pages.read("/login/code?next=/desk%3Fview%3Dmine")
    wrong = await pages.post("/login/code", {"code": "000000", "next": "/desk?view=mine"})
    assert wrong.status == 400
    code = _code(secret, pages)
    right = await pages.post("/login/code", {"code": code, "next": "/desk?view=mine"})
    assert right.headers["Location"] == "/desk?view=mine"
    assert _cookie(pages) not in ("", halfway), "signed in under a new id"
    assert "sari" in await pages.read("/desk?view=mine")
    pages.client.session.cookie_jar.update_cookies({session.COOKIE: halfway}, pages.client.make_url("/"))
    assert (await pages.get("/home")).status == 303, "the id before the code never opens anything"
    await _enter(pages)
    assert (await pages.post("/login/code", {"code": code})).status == 400, "overheard, it is worth nothing"
    assert (await pages.post("/login/code", {"code": codes[0]})).status == 303
    assert "tersisa: 9" in await pages.read("/account/second-step")
    off = await pages.post("/account/second-step/off", {"password": PASSWORD, "code": codes[1]})
    assert off.status == 303
    await pages.post("/logout")
    assert await _enter(pages) == "/desk?view=mine"


@SQLITE
async def test_nobody_guesses_the_code_even_with_the_password(pages: Site) -> None:
    secret, _ = await _set_up(pages)
    for _ in range(TRIES):
        await pages.post("/logout")
        assert (await _enter(pages)).startswith("/login/code")
        assert (await pages.post("/login/code", {"code": "000000"})).status == 400
    assert (await pages.post("/login/code", {"code": _code(secret, pages)})).status == 400
    locked = await pages.post("/login", {"login": "sari", "password": PASSWORD})
    assert locked.status == 400


@SQLITE
async def test_the_phone_may_be_looked_for_ten_minutes(pages: Site) -> None:
    secret, _ = await _set_up(pages)
    await _enter(pages)
    for _ in range(3):
        pages.clock.move(minutes=4)
        response = await pages.get("/login/code")
    assert response.headers["Location"].startswith("/login?next=")
    response = await pages.post("/login/code", {"code": _code(secret, pages)})
    assert response.headers["Location"].startswith("/login?next=")


@SQLITE
async def test_no_password_begins_a_session_with_an_id_somebody_else_chose(pages: Site) -> None:
    secret, _ = await _set_up(pages)
    planted = "A" * 43
    pages.leave()
    pages.client.session.cookie_jar.update_cookies({session.COOKIE: planted}, pages.client.make_url("/"))
    await _enter(pages)
    assert _cookie(pages) != planted
    await pages.post("/login/code", {"code": _code(secret, pages)})
    async with pages.house.database.read() as db:
        kept = (await db.execute(select(schema.sessions.c.stage))).scalars().all()
    assert list(kept) == ["", ""], "the first sign-in on this machine, and this one; nothing halfway is left"


@SQLITE
async def test_a_role_that_must_have_it_sets_it_up_before_anything_else(database_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, tmp_path, accounts={"second_step": ["agent", "admin"]}) as pages:
        await pages.house.accounts.add(Person("sari", "agent"), PASSWORD, who="cli:test", now=pages.clock())
        await _enter(pages)
        for path in ("/home", "/desk", "/people"):
            assert (await pages.get(path)).headers["Location"] == "/account/second-step"
        part = await pages.get("/desk", headers={"HX-Request": "true"})
        assert part.headers["HX-Redirect"] == "/account/second-step"
        assert (await pages.post("/desk/search", {"q": "x"})).headers["Location"] == "/account/second-step"
        text = await pages.read("/account/second-step")
        assert "Peran Anda wajib" in text
        assert (await pages.post("/account/second-step", {"code": _code(_secret(text), pages)})).status == 200
        assert (await pages.get("/desk")).status == 200
        pages.clock.move(minutes=1)
        off = {"password": PASSWORD, "code": _code(_secret(text), pages)}
        assert (await pages.post("/account/second-step/off", off)).status == 400
        await pages.be("auditor")
        assert (await pages.get("/desk")).status == 200, "a role that need not have it is not asked"


@SQLITE
async def test_setting_it_up_ends_the_sessions_elsewhere(pages: Site) -> None:
    await pages.be("agent", login="budi")
    elsewhere = _cookie(pages)
    await pages.be("agent", login="budi")
    secret = _secret(await pages.read("/account/second-step"))
    await pages.post("/account/second-step", {"code": _code(secret, pages)})
    assert (await pages.get("/home")).status == 200
    pages.client.session.cookie_jar.update_cookies({session.COOKIE: elsewhere}, pages.client.make_url("/"))
    assert (await pages.get("/home")).status == 303
