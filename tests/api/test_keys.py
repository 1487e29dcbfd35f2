"""Who gets in at the API: keys made and ended, what they may, where, how often, and what is told of it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from notifier.accounts import Person
from notifier.cli.main import main
from notifier.errors import Refused
from notifier.keys import Wish
from notifier.rules.keys import LEANS_ON, Allowance, Scope, narrowed
from notifier.rules.roles import Role, may
from notifier.store import schema
from tests.api.asking import Asking

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DOCS = Path(__file__).resolve().parents[2] / "docs"
NOON = datetime(2026, 12, 5, 12, tzinfo=UTC)


async def test_only_a_whole_and_working_key_opens_anything(api: Asking) -> None:
    key = await api.key("admin", ["people:read"], days=2)
    wrong = ["", "nk_", key[:-1], key[:-1] + ("A" if key[-1] != "A" else "B"), key.upper(), f"nk_22222222_{key[12:]}"]
    for shown in wrong:
        response = await api.ask(shown, "GET", "/people")
        assert response.status == 401, shown
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert (await response.json())["type"] == "/api/v1/docs#no_key"
    assert (await api.get(key, "/people")) == {"next": None, "data": []}
    api.site.clock.move(days=2)
    assert (await api.ask(key, "GET", "/people")).status == 401, "its life is over"
    other = await api.key("admin", ["people:read"])
    await api.site.house.keys.revoke(other[:11], who="cli:test", now=api.site.clock())
    assert (await api.ask(other, "GET", "/people")).status == 401
    third = await api.key("admin", ["people:read"])
    second = Person("tuti", "admin")
    await api.site.house.accounts.add(second, "rahasia-tuti-dua", who="cli:test", now=api.site.clock())
    await api.site.house.accounts.disable("api-admin", who="cli:test", now=api.site.clock())
    assert (await api.ask(third, "GET", "/people")).status == 401, "its account is shut"


async def test_a_key_is_kept_as_a_digest_and_its_use_to_the_hour(api: Asking) -> None:
    key = await api.key("admin", ["people:read"])
    used = []
    for minutes in (0, 10, 55):
        api.site.clock.move(minutes=minutes)
        await api.get(key, "/people")
        async with api.site.house.database.read() as db:
            row = (await db.execute(select(schema.api_keys))).one()
        used.append(row.used_at)
    assert key[12:] not in str(row)
    assert used[0] == used[1] == used[2] - timedelta(minutes=65)


async def test_what_a_key_lacks_is_named(api: Asking) -> None:
    key = await api.key("admin", ["rounds:read"])
    problem = await api.get(key, "/people", 403)
    assert "people:read" in problem["detail"]
    writes = await api.key("admin", ["people:write"], login="later")
    async with api.site.house.database.write() as db:
        await db.execute(update(schema.accounts).where(schema.accounts.c.login == "later").values(role="agent"))
    problem = await api.put(writes, "/people", {}, 403)
    assert "import" in problem["detail"], "the account has another role since"


async def test_a_key_asks_no_oftener_than_its_rate(api: Asking) -> None:
    key = await api.key("admin", ["people:read"], per_minute=2)
    statuses = []
    for _ in range(3):
        response = await api.ask(key, "GET", "/people")
        statuses.append((response.status, response.headers["RateLimit-Remaining"]))
    assert statuses == [(200, "1"), (200, "0"), (429, "0")]
    assert response.headers["Retry-After"] == "30"
    assert response.headers["RateLimit-Limit"] == "2"
    api.site.clock.move(seconds=30)
    assert (await api.ask(key, "GET", "/people")).status == 200


@SQLITE
async def test_a_key_is_refused_more_than_its_account_may(api: Asking) -> None:
    await api.site.be("agent", "31.75", login="sari")
    now, keys = api.site.clock(), api.site.house.keys
    for wish, told in (
        (Wish("x", "sari", ["people:write"]), "people:write"),
        (Wish("x", "sari", ["people:read"], "32"), "not 32"),
        (Wish("x", "sari", ["people:fly"]), "people:fly"),
        (Wish("x", "sari", []), "scope"),
        (Wish("", "sari", ["people:read"]), "name"),
        (Wish("x", "nobody", ["people:read"]), "nobody"),
        (Wish("x", "sari", ["people:read"], "x"), "region"),
        (Wish("x", "sari", ["people:read"], per_minute=0), "a minute"),
        (Wish("x", "sari", ["people:read"], days=0), "days"),
    ):
        with pytest.raises(Refused, match=told):
            await keys.add(wish, who="cli:test", now=now)
    number, shown = await keys.add(Wish("x", "sari", ["people:read"], "31.75.07"), who="cli:test", now=now)
    with pytest.raises(Refused, match="no key"):
        await keys.revoke("nk_nothing", who="cli:test", now=now)
    await keys.revoke(shown[:11], who="cli:test", now=now)
    with pytest.raises(Refused, match="before"):
        await keys.revoke(shown[:11], who="cli:test", now=now)
    async with api.site.house.database.read() as db:
        acts = (await db.execute(select(schema.ledger.c.act).where(schema.ledger.c.about == f"key:{number}"))).scalars()
        assert list(acts) == ["key_added", "key_revoked"]


def test_keys_are_made_and_ended_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(tmp_path)]
    assert main([*data, "keys", "list"]) == 0
    assert "no keys yet" in capsys.readouterr().out
    assert main([*data, "accounts", "add", "siks", "--role", "admin"]) == 0
    assert main([*data, "keys", "add", "SIKS-NG", "--as", "siks", "--scopes", "people:read,rounds:read"]) == 0
    shown = capsys.readouterr().out.split()[-1]
    assert main([*data, "keys", "revoke", shown[:11]]) == 0
    assert main([*data, "keys", "list"]) == 0
    told = capsys.readouterr().out
    assert "revoked" in told
    assert shown[12:] not in told


@pytest.mark.parametrize(
    ("account", "key", "narrow"),
    [
        ("", "", ""),
        ("", "31.75", "31.75"),
        ("31.75", "", "31.75"),
        ("31.75", "31.75.07", "31.75.07"),
        ("31.75.07", "31.75", "31.75.07"),
        ("31.75", "32", None),
    ],
)
def test_a_keys_area_is_what_it_shares_with_its_accounts(account: str, key: str, narrow: str | None) -> None:
    assert narrowed(account, key) == narrow


def test_every_scope_leans_on_a_right_that_some_role_has() -> None:
    assert set(LEANS_ON) == set(Scope)
    assert all(any(may(role, right) for role in Role) for right in LEANS_ON.values())


def test_the_page_about_the_api_tells_who_can_be_given_each_scope() -> None:
    rows = re.findall(r"^\| `([a-z:]+)` \| [^|]+ \| ([a-z, ]+) \|$", (DOCS / "api.md").read_text(), re.MULTILINE)
    everybody = {role.value for role in Role}
    told = {scope: everybody if who == "anybody" else set(who.split(", ")) for scope, who in rows}
    assert told == {scope: {role.value for role in Role if may(role, LEANS_ON[scope])} for scope in Scope}


def test_an_allowance_fills_up_steadily_and_never_over() -> None:
    full = Allowance(60, 60, NOON)
    less, within = full.ask(NOON)
    assert (within, less.left, less.wait, less.reset) == (True, 59, 0, 1)
    empty = Allowance(60, 0, NOON)
    assert empty.ask(NOON + timedelta(milliseconds=900))[1] is False
    assert empty.ask(NOON + timedelta(seconds=1))[1] is True
    assert empty.wait == 1
    assert Allowance(1, 0, NOON).wait == 60
    assert empty.ask(NOON + timedelta(days=1))[0].left == 59
    assert empty.ask(NOON - timedelta(days=1))[0].left == 0, "a clock that is set back gives nothing"
