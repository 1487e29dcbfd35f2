"""One's own account and those of others on the pages: what changes, what ends with it, and what nobody may do."""

import re

import pytest
from sqlalchemy import select

from notifier.accounts import Person
from notifier.rules.roles import Role
from notifier.store import schema
from notifier.web import session, whence
from tests.web.sites import OURS, Site

PASSWORD = "kuda lepas di pasar"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PHONE = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"


def _cookie(pages: Site) -> str:
    return next((c.value for c in pages.client.session.cookie_jar if c.key == session.COOKIE), "")


def _wear(pages: Site, token: str) -> None:
    pages.client.session.cookie_jar.clear()
    pages.client.session.cookie_jar.update_cookies({session.COOKIE: token}, pages.client.make_url("/"))


async def _enter(pages: Site, password: str = PASSWORD, agent: str = PHONE) -> int:
    pages.leave()
    data = {"login": "sari", "password": password}
    return (await pages.post("/login", data, headers=OURS | {"User-Agent": agent})).status


async def _acts(pages: Site, about: str) -> list[str]:
    async with pages.house.database.read() as db:
        one = schema.ledger.c
        return list((await db.execute(select(one.act).where(one.about == about).order_by(one.id))).scalars())


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (PHONE, "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox, Linux"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent: str, told: str) -> None:
    assert whence.device(agent) == told


async def test_a_colleague_looks_after_their_own_account(pages: Site) -> None:
    number, _ = await pages.house.accounts.add(Person("sari", "agent"), PASSWORD, who="cli:test", now=pages.clock())
    await _enter(pages)
    phone = _cookie(pages)
    pages.clock.move(minutes=5)
    await _enter(pages, agent="Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0")
    desk = _cookie(pages)
    text = await pages.read("/account")
    assert "Chrome, Android" in text
    assert "127.0.0.0/24" in text, "a block, not an address"
    wished = {"name": "Sari <b>Wulandari</b>", "language": "en", "kind": "email", "address": "sari@desa.id"}
    assert (await pages.post("/account", wished)).status == 303
    text = await pages.read("/account")
    assert "Sari &lt;b&gt;Wulandari" in text
    assert "My account" in text
    assert (await pages.post("/account", wished | {"kind": "sms"})).status == 400
    mark = re.search(r'name="end" value="([0-9a-f]{16})"', text)
    assert mark
    assert (await pages.post("/account/sessions", {"end": mark[1]})).status == 303
    assert (await pages.post("/account/sessions", {"end": mark[1]})).status == 400, "it is over already"
    _wear(pages, phone)
    assert (await pages.get("/home")).status == 303
    _wear(pages, desk)
    assert (await pages.get("/home")).status == 200
    acts = await _acts(pages, f"account:{number}")
    assert acts == ["account_added", "signed_in", "signed_in", "account_changed", "session_ended"]


async def test_another_password_ends_every_session_and_begins_a_new_one_here(pages: Site) -> None:
    await pages.house.accounts.add(Person("sari", "agent"), PASSWORD, who="cli:test", now=pages.clock())
    await _enter(pages)
    elsewhere = _cookie(pages)
    await _enter(pages)
    here = _cookie(pages)
    new = "gajah minum kopi pahit"
    for old, first, again in (
        ("salah sekali ini", new, new),
        (PASSWORD, new, new + "!"),
        (PASSWORD, "pendek", "pendek"),
        (PASSWORD, "Rahasia-Bansos 2026!", "Rahasia-Bansos 2026!"),
        (PASSWORD, "sari12345678", "sari12345678"),
        (PASSWORD, "123456789012", "123456789012"),
        (PASSWORD, PASSWORD, PASSWORD),
    ):
        form = {"old": old, "new": first, "again": again}
        assert (await pages.post("/account/password", form)).status == 400, first
    assert (await pages.post("/account/password", {"old": PASSWORD, "new": new, "again": new})).status == 303
    assert "Kata sandi diganti" in await pages.read("/account?saved=password")
    assert _cookie(pages) not in (here, elsewhere)
    for old in (here, elsewhere):
        _wear(pages, old)
        assert (await pages.get("/home")).status == 303
    assert await _enter(pages) == 400
    assert await _enter(pages, new) == 303


@SQLITE
async def test_whoever_finds_a_screen_unlocked_does_not_guess_the_password_there(pages: Site) -> None:
    await pages.house.accounts.add(Person("sari", "agent"), PASSWORD, who="cli:test", now=pages.clock())
    await _enter(pages)
    form = {"new": "gajah minum kopi pahit", "again": "gajah minum kopi pahit"}
    for guess in range(5):
        assert (await pages.post("/account/password", {"old": f"tebakan {guess}", **form})).status == 400
    assert (await pages.post("/account/password", {"old": PASSWORD, **form})).status == 400, "locked"


async def test_an_admin_gives_and_takes_power_with_a_reason(pages: Site) -> None:
    await pages.be("admin", login="rina")
    form = {"login": "sari", "role": "agent", "region": "31.75", "language": "id", "name": "Sari"}
    assert (await pages.post("/accounts", form)).status == 400, "no reason, no account"
    assert (await pages.post("/accounts", form | {"why": "petugas baru", "role": "boss"})).status == 400
    made = await pages.post("/accounts", form | {"why": "petugas baru sejak Senin"})
    first = re.search(r"<strong>([A-Za-z2-9]{20})</strong>", await made.text())
    assert first
    async with pages.house.database.read() as db:
        number = (await db.execute(select(schema.accounts.c.id).where(schema.accounts.c.login == "sari"))).scalar_one()
    path = f"/accounts/{number}"
    text = await pages.read(path)
    assert first[1] not in text, "shown once"
    assert "petugas baru sejak Senin" in text
    boss = _cookie(pages)
    assert await _enter(pages, first[1]) == 303
    sari = _cookie(pages)
    _wear(pages, boss)
    change = form | {"role": "supervisor", "do": "change", "why": "naik jabatan"}
    assert (await pages.post(path, change)).status == 303
    assert (await pages.post(path, change)).status == 400, "nothing would change"
    _wear(pages, sari)
    assert (await pages.get("/home")).status == 303, "another role ends the session"
    _wear(pages, boss)
    again = await pages.post(path, {"do": "password", "why": "lupa kata sandi"})
    second = re.search(r"<strong>([A-Za-z2-9]{20})</strong>", await again.text())
    assert second
    assert await _enter(pages, first[1]) == 400
    assert await _enter(pages, second[1]) == 303
    sari = _cookie(pages)
    _wear(pages, boss)
    assert "Chrome, Android" in await pages.read(path)
    for what in ("sessions", "disable", "enable", "unlock", "second_step"):
        assert (await pages.post(path, {"do": what})).status == 400, "each needs its reason"
        assert (await pages.post(path, {"do": what, "why": "sudah pindah tugas"})).status == 303
    assert (await pages.post(path, {"do": "fly", "why": "sudah pindah"})).status == 400
    _wear(pages, sari)
    assert (await pages.get("/home")).status == 303
    acts = [act for act in await _acts(pages, f"account:{number}") if not act.startswith("sign")]
    assert acts == [
        "account_added",
        "account_changed",
        "password_reset",
        "sessions_ended",
        "account_disabled",
        "account_enabled",
        "account_unlocked",
        "second_step_reset",
    ]


async def test_nobody_changes_their_own_power_and_no_area_loses_its_last_admin(pages: Site) -> None:
    rina, dewi = await pages.be("admin", login="rina"), await pages.be("admin", "31.75", login="dewi")
    mine = f"/accounts/{dewi.account_id}"
    for what in ("disable", "second_step", "change", "password"):
        form = {"do": what, "why": "coba saja", "role": "admin", "name": "Dewi", "language": "id"}
        assert (await pages.post(mine, form)).status == 400
    assert "wewenang sendiri tidak dapat diubah" in await pages.read(mine)
    assert (await pages.get(f"/accounts/{rina.account_id}")).status == 404, "an admin of an area sees its accounts"
    assert (await pages.post(f"/accounts/{rina.account_id}", {"do": "disable", "why": "iseng"})).status == 404
    assert "rina" not in await pages.read("/accounts")
    wide = {"login": "budi", "role": "admin", "region": "", "why": "bantu saya", "language": "id"}
    for region in ("", "31", "73.71"):
        assert (await pages.post("/accounts", wide | {"region": region})).status == 400, region
    budi = await pages.be("admin", "31.75", login="budi")
    await pages.be("admin", login="rina")
    lower = {"do": "change", "why": "pindah", "role": "agent", "region": "31.75", "name": "X", "language": "id"}
    assert (await pages.post(f"/accounts/{budi.account_id}", lower)).status == 303
    tono = await pages.be("admin", login="tono")
    assert (await pages.post(f"/accounts/{rina.account_id}", {"do": "disable", "why": "pensiun"})).status == 303
    with pytest.raises(Exception, match="last admin"):
        await pages.house.accounts.disable(tono.login, who="cli:test", now=pages.clock())
    with pytest.raises(Exception, match="last admin"):
        await pages.house.accounts.reset(tono.login, None, who="cli:test", now=pages.clock(), role="agent")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
@SQLITE
async def test_accounts_of_others_are_the_admins_alone(pages: Site, role: Role) -> None:
    await pages.be(role)
    assert (await pages.get("/accounts")).status == 403
    assert (await pages.post("/accounts/1", {"do": "disable", "why": "coba saja"})).status == 403
    assert (await pages.get("/account")).status == 200
