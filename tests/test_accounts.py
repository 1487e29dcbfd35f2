"""Staff accounts: who is let in, who is locked out, and what is kept of a password."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.accounts import LOCKED_FOR, TRIES, Accounts, Person, WrongPassword, viewer_of
from notifier.cli.main import main
from notifier.errors import Refused
from notifier.rules.roles import Right, Role
from notifier.store import accounts as rows
from notifier.store import imports, schema
from notifier.store.engine import Database

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
SARI = Person("sari", "agent", "31.75", "Sari Wulandari", "sms:+6281234567890")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database)


async def _acts(database: Database) -> list[str]:
    async with database.read() as db:
        return list((await db.execute(select(schema.ledger.c.act).order_by(schema.ledger.c.id))).scalars())


async def test_a_new_colleague_enters_with_the_password_that_was_shown_once(
    accounts: Accounts, database: Database
) -> None:
    _, password = await accounts.add(SARI, None, who="cli:root", now=NOW)
    account = await accounts.enter(" SARI ", password, NOW)
    assert (account.login, account.role, account.region) == ("sari", "agent", "31.75")
    assert (account.notify_kind, account.notify_address) == ("sms", "+6281234567890")
    assert len(password) == 20
    assert await _acts(database) == ["account_added", "signed_in"]


async def test_the_password_itself_is_kept_nowhere(accounts: Accounts, database: Database) -> None:
    _, password = await accounts.add(SARI, None, who="cli:root", now=NOW)
    async with database.read() as db:
        kept = [str(row) for table in schema.metadata.sorted_tables for row in await db.execute(select(table))]
        hashed = (await db.execute(select(schema.accounts.c.password))).scalar_one()
    assert password not in "".join(kept)
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("region", ["31", "31.75", "31.75.07", "31.75.07.1003", ""])
async def test_an_area_is_any_region_there_is(accounts: Accounts, region: str) -> None:
    await accounts.add(Person("sari", "agent", region), None, who="cli:root", now=NOW)


@pytest.mark.parametrize("region", ["99", "99.99", "31.99", "31.75.07.9999"])
async def test_a_region_that_does_not_exist_is_refused(accounts: Accounts, region: str) -> None:
    with pytest.raises(Refused, match=f'There is no region "{region}"'):
        await accounts.add(Person("sari", "agent", region), None, who="cli:root", now=NOW)
    await accounts.add(SARI, None, who="cli:root", now=NOW)
    with pytest.raises(Refused, match="There is no region"):
        await accounts.reset("sari", None, who="cli:root", now=NOW, region=region)


async def test_a_village_that_only_the_register_knows_is_a_region_too(accounts: Accounts, database: Database) -> None:
    async with database.write() as db:
        await imports.name_regions(db, [("31.75.07.1999", "Desa Baru")])
    await accounts.add(Person("sari", "agent", "31.75.07.1999"), None, who="cli:root", now=NOW)


@pytest.mark.parametrize(
    ("login", "password"), [("sari", "salah sekali"), ("siapa", "rahasia-sari"), ("", ""), ("sari", "")]
)
async def test_one_sentence_answers_a_wrong_password_and_an_unknown_login(
    accounts: Accounts, login: str, password: str
) -> None:
    await accounts.add(SARI, "rahasia-sari", who="cli:root", now=NOW)
    with pytest.raises(WrongPassword, match="Login or password is wrong"):
        await accounts.enter(login, password, NOW)


async def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(accounts: Accounts) -> None:
    await accounts.add(SARI, "rahasia-sari", who="cli:root", now=NOW)
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            await accounts.enter("sari", "salah", NOW)
    with pytest.raises(WrongPassword):
        await accounts.enter("sari", "rahasia-sari", NOW + LOCKED_FOR - timedelta(seconds=1))
    assert (await accounts.enter("sari", "rahasia-sari", NOW + LOCKED_FOR)).login == "sari"


async def test_wrong_passwords_at_the_same_moment_do_not_slip_past_the_lock(accounts: Accounts) -> None:
    await accounts.add(SARI, "rahasia-sari", who="cli:root", now=NOW)
    tries = [accounts.enter("sari", "salah", NOW) for _ in range(TRIES)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert all(isinstance(result, WrongPassword) for result in results)
    with pytest.raises(WrongPassword):  # every one of them was counted, none was lost to another
        await accounts.enter("sari", "rahasia-sari", NOW)


async def test_a_right_password_forgets_the_wrong_ones_before_it(accounts: Accounts, database: Database) -> None:
    await accounts.add(SARI, "rahasia-sari", who="cli:root", now=NOW)
    for _ in range(2):
        for _ in range(TRIES - 1):
            with pytest.raises(WrongPassword):
                await accounts.enter("sari", "salah", NOW)
        await accounts.enter("sari", "rahasia-sari", NOW)
    async with database.read() as db:
        assert (await db.execute(select(schema.accounts.c.failures))).scalar_one() == 0


async def test_after_a_lock_is_over_the_tries_are_counted_anew(accounts: Accounts) -> None:
    await accounts.add(SARI, "rahasia-sari", who="cli:root", now=NOW)
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            await accounts.enter("sari", "salah", NOW)
    later = NOW + LOCKED_FOR
    with pytest.raises(WrongPassword):
        await accounts.enter("sari", "salah", later)
    await accounts.enter("sari", "rahasia-sari", later)


async def test_a_reset_lifts_the_lock_and_ends_every_session(accounts: Accounts, database: Database) -> None:
    account_id, _ = await accounts.add(SARI, "rahasia-sari", who="cli:root", now=NOW)
    async with database.write() as db:
        await rows.open_session(db, bytes(32), account_id, {}, NOW, NOW + timedelta(hours=12))
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            await accounts.enter("sari", "salah", NOW)
    password = await accounts.reset("Sari", None, who="cli:root", now=NOW)
    await accounts.enter("sari", password, NOW)
    async with database.read() as db:
        assert await rows.session(db, bytes(32), NOW) is None


async def test_who_is_disabled_comes_in_no_more(accounts: Accounts, database: Database) -> None:
    await accounts.add(SARI, "rahasia-sari", who="cli:root", now=NOW)
    await accounts.disable("sari", who="cli:root", now=NOW)
    with pytest.raises(WrongPassword):
        await accounts.enter("sari", "rahasia-sari", NOW)
    with pytest.raises(Refused, match="disabled"):
        await accounts.viewer("sari")


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (Person("Sari W", "agent"), "no login"),
        (Person("s", "agent"), "no login"),
        (Person("<b>", "agent"), "no login"),
        (Person("budi", "boss"), "there are: agent, supervisor, admin, auditor"),
        (Person("budi", "agent", "jakarta"), "no region"),
        (Person("budi", "agent", "31.7"), "no region"),
        (Person("budi", "agent", notify="081234"), "no way to notify"),
        (Person("budi", "agent", notify="sms:081234"), "no way to notify"),
        (Person("budi", "agent", language="nl"), "no language"),
        (Person("SARI", "agent"), 'There is an account "sari" already'),
    ],
)
async def test_what_cannot_be_an_account_is_refused_in_a_sentence(
    accounts: Accounts, database: Database, person: Person, sentence: str
) -> None:
    await accounts.add(SARI, None, who="cli:root", now=NOW)
    with pytest.raises(Refused, match=sentence):
        await accounts.add(person, None, who="cli:root", now=NOW)
    assert len(await accounts.everyone()) == 1
    assert await _acts(database) == ["account_added"]


@pytest.mark.parametrize("password", ["", "pendek", "x" * 201])
async def test_a_password_has_twelve_to_two_hundred_characters(accounts: Accounts, password: str) -> None:
    with pytest.raises(Refused, match="12 to 200 characters"):
        await accounts.add(SARI, password, who="cli:root", now=NOW)


async def test_an_account_sees_and_does_what_its_role_and_region_say(accounts: Accounts) -> None:
    await accounts.add(SARI, "rahasia-sari", who="cli:root", now=NOW)
    viewer = viewer_of(await accounts.enter("sari", "rahasia-sari", NOW))
    assert viewer == await accounts.viewer("SARI")
    assert viewer.who == f"account:{viewer.account_id}"
    assert viewer.role is Role.AGENT
    assert viewer.may(Right.ANSWER)
    assert not viewer.may(Right.APPROVE)
    assert viewer.covers("31.75.07")
    assert not viewer.covers("95.01")


async def test_a_language_is_remembered_with_the_account(accounts: Accounts) -> None:
    account_id, _ = await accounts.add(SARI, "rahasia-sari", who="cli:root", now=NOW)
    await accounts.speak(account_id, "en")
    assert (await accounts.enter("sari", "rahasia-sari", NOW)).language == "en"
    with pytest.raises(Refused, match="no language"):
        await accounts.speak(account_id, "nl")


# --- the command -----------------------------------------------------------------------------------------------------


def _notifier(tmp_path: Path, *words: str) -> int:
    return main(["accounts", *words, "--data", str(tmp_path / "var")])


def test_the_command_adds_resets_lists_and_disables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _notifier(tmp_path, "list") == 0
    assert "There are no accounts yet" in capsys.readouterr().out
    added = ("add", "Sari", "--role", "agent", "--region", "31.75", "--name", "Sari W", "--notify", "email:s@desa.id")
    assert _notifier(tmp_path, *added) == 0
    out = capsys.readouterr().out
    assert "sari is added as agent." in out
    first = re.search(r"Password \(shown this once\): (\S{20})", out)
    assert first
    assert _notifier(tmp_path, "reset", "sari") == 0
    assert first[1] not in capsys.readouterr().out
    assert _notifier(tmp_path, "disable", "sari") == 0
    assert _notifier(tmp_path, "list") == 0
    assert re.search(r"sari +agent +31\.75 +disabled +password +email:s@desa\.id +Sari W", capsys.readouterr().out)


def test_a_password_from_standard_input_is_not_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("rahasia-sari\n"))
    assert _notifier(tmp_path, "add", "sari", "--role", "agent", "--password-stdin") == 0
    assert "rahasia-sari" not in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", StringIO(""))
    assert _notifier(tmp_path, "reset", "sari", "--password-stdin") == 1
    assert "standard input has no password" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("add", "budi", "--role", "boss"), 1, "there are: agent, supervisor, admin, auditor"),
        (("reset", "nobody"), 1, 'There is no account "nobody"'),
        (("add", "budi"), 2, "--role"),
        (("fly",), 2, "invalid choice"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, sentence: str
) -> None:
    try:
        found = _notifier(tmp_path, *words)
    except SystemExit as stop:
        found = int(stop.code or 0)
    assert found == code
    assert sentence in capsys.readouterr().err
