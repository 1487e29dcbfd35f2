"""The second step at sign-in: whose code opens, whose does not, and what is kept of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from notifier.accounts import LOCKED_FOR, TRIES, Accounts, Person, WrongPassword
from notifier.accounts.second_step import SecondStep, WrongCode, matching
from notifier.errors import Refused
from notifier.rules.roles import Role
from notifier.store import accounts as rows
from notifier.store import schema
from notifier.store.accounts import Account
from notifier.store.engine import Database
from notifier.vault import Vault

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
PASSWORD = "kuda lepas di pasar"
# RFC 6238, appendix B, SHA-1: the last six of its eight digits
RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


class Office:
    """Sari with a phone."""

    def __init__(self, database: Database, *roles: Role) -> None:
        self.database = database
        self.accounts = Accounts(database)
        vault = Vault({1: bytes(range(32))})
        self.step = SecondStep(database, vault, self.accounts.passwords, "Bansos", roles)
        self.secret = ""

    async def sari(self) -> Account:
        async with self.database.read() as db:
            found = await rows.by_login(db, "sari")
        assert found
        return found

    async def begin(self) -> list[str]:
        """Sari, who has set it up a while ago; her recovery codes."""
        await self.accounts.add(Person("sari", "agent"), PASSWORD, who="cli:root", now=NOW)
        account, sealed = await self.sari(), self.step.begin()
        self.secret = self.step.offer(account, sealed).secret
        before = NOW - timedelta(hours=1)
        return await self.step.confirm(account, sealed, self.code(before), before, keep=b"")

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.secret).at(int(at.timestamp()))

    async def acts(self) -> list[str]:
        async with self.database.read() as db:
            return list((await db.execute(select(schema.ledger.c.act).order_by(schema.ledger.c.id))).scalars())


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    database = Database(database_url)
    yield Office(database)
    await database.close()


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert matching(RFC, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(
    ("typed", "takes"),
    [("005924", True), ("005 924", True), (" 005-924 ", True), ("5924", False), ("٠٠٥٩٢٤", False), ("", False)],
)
def test_a_code_is_read_however_it_is_typed(typed: str, takes: bool) -> None:
    assert (matching(RFC, typed, datetime.fromtimestamp(1234567890, UTC)) is not None) is takes


@pytest.mark.parametrize(("away", "takes"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(away: int, takes: bool) -> None:
    at = datetime.fromtimestamp(1234567890 + away, UTC)
    assert (matching(RFC, "005924", at) is not None) is takes


async def test_after_the_password_nobody_is_in_before_the_code(office: Office) -> None:
    await office.begin()
    account = await office.accounts.enter("sari", PASSWORD, NOW)
    assert account.totp_since
    assert "signed_in" not in await office.acts()
    await office.step.enter(account, office.code(NOW), NOW)
    assert (await office.acts())[-1] == "signed_in"


async def test_a_code_opens_once_and_none_before_it_after(office: Office) -> None:
    await office.begin()
    account, code = await office.sari(), office.code(NOW)
    await office.step.enter(account, code, NOW)
    for seconds in (0, 29):
        with pytest.raises(WrongCode):
            await office.step.enter(account, code, NOW + timedelta(seconds=seconds))
    with pytest.raises(WrongCode):  # of the step before: still in time, but older than one that was taken
        await office.step.enter(account, office.code(NOW - timedelta(seconds=30)), NOW)
    later = NOW + timedelta(seconds=30)
    await office.step.enter(account, office.code(later), later)


async def test_the_code_that_set_it_up_does_not_sign_in(office: Office) -> None:
    await office.accounts.add(Person("sari", "agent"), PASSWORD, who="cli:root", now=NOW)
    sealed = office.step.begin()
    office.secret = office.step.offer(await office.sari(), sealed).secret
    await office.step.confirm(await office.sari(), sealed, office.code(NOW), NOW, keep=b"")
    with pytest.raises(WrongCode):
        await office.step.enter(await office.sari(), office.code(NOW), NOW)
    with pytest.raises(Refused, match="on already"):
        await office.step.confirm(await office.sari(), sealed, office.code(NOW), NOW, keep=b"")


async def test_wrong_codes_lock_the_account_and_a_right_password_between_them_does_not_help(office: Office) -> None:
    await office.begin()
    for _ in range(TRIES):
        account = await office.accounts.enter("sari", PASSWORD, NOW)
        with pytest.raises(WrongCode):
            await office.step.enter(account, "000000", NOW)
    with pytest.raises(WrongCode):
        await office.step.enter(account, office.code(NOW), NOW)
    with pytest.raises(WrongPassword):
        await office.accounts.enter("sari", PASSWORD, NOW)
    later = NOW + LOCKED_FOR
    await office.step.enter(await office.accounts.enter("sari", PASSWORD, later), office.code(later), later)


async def test_giving_the_password_alone_often_locks_nobody(office: Office) -> None:
    await office.begin()
    for _ in range(TRIES + 1):
        account = await office.accounts.enter("sari", PASSWORD, NOW)
    await office.step.enter(account, office.code(NOW), NOW)


async def test_a_recovery_code_stands_in_for_the_phone_once(office: Office) -> None:
    codes = await office.begin()
    account = await office.sari()
    assert len(set(codes)) == 10
    await office.step.enter(account, f" {codes[3].lower().replace('-', ' ')} ", NOW)
    assert await office.step.left(account) == 9
    with pytest.raises(WrongCode):
        await office.step.enter(account, codes[3], NOW)
    assert "recovery_code_used" in await office.acts()


async def test_nothing_kept_tells_secret_or_codes(office: Office) -> None:
    codes = await office.begin()
    async with office.database.read() as db:
        kept = str([list(await db.execute(select(table))) for table in schema.metadata.sorted_tables])
    assert office.secret not in kept
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


async def test_it_goes_by_password_and_code_alone(office: Office) -> None:
    await office.begin()
    account = await office.sari()
    with pytest.raises(WrongPassword):
        await office.step.switch_off(account, "salah sama sekali", office.code(NOW), NOW)
    with pytest.raises(WrongCode):
        await office.step.switch_off(account, PASSWORD, "000000", NOW)
    await office.step.switch_off(account, PASSWORD, office.code(NOW), NOW)
    account = await office.accounts.enter("sari", PASSWORD, NOW)
    assert account.totp_since is None
    assert await office.step.left(account) == 0


async def test_new_recovery_codes_end_the_old_ones(office: Office) -> None:
    old = await office.begin()
    account = await office.sari()
    new = await office.step.renew(account, PASSWORD, office.code(NOW), NOW)
    with pytest.raises(WrongCode):
        await office.step.enter(account, old[0], NOW)
    await office.step.enter(account, new[0], NOW)


async def test_who_must_have_it_cannot_switch_it_off_but_an_operator_can(office: Office) -> None:
    await office.begin()
    strict = SecondStep(office.database, Vault({1: bytes(32)}), office.accounts.passwords, "Bansos", [Role.AGENT])
    with pytest.raises(Refused, match="must sign in with a second step"):
        await strict.switch_off(await office.sari(), PASSWORD, office.code(NOW), NOW)
    assert not strict.lacks(await office.sari())
    await office.accounts.reset("sari", None, who="cli:root", now=NOW, second_step=True)
    assert strict.lacks(await office.sari())
    assert "second_step_reset" in await office.acts()
