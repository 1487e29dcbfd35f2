"""Staff accounts: who may sign in, with which role and where, and the guard at the door.

Knows passwords (argon2id), the lock after too many wrong ones, and the second step. Must not know cookies or pages.
"""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.accounts import values
from notifier.accounts.passwords import LOCKED_FOR, TRIES, WRONG, Passwords, WrongPassword, chosen, made_up
from notifier.accounts.places import keep_an_admin, known_region
from notifier.accounts.values import LANGUAGES, Person
from notifier.errors import Refused
from notifier.rules.roles import Role, Viewer
from notifier.store import accounts as rows
from notifier.store import ledger, second_steps
from notifier.store.accounts import Account
from notifier.store.engine import Database

__all__ = ["LANGUAGES", "LOCKED_FOR", "TRIES", "Accounts", "Person", "WrongPassword", "viewer_of"]


class Accounts:
    """Adds, resets, lists; and lets in. Each method is one transaction, `enter` two."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.passwords = Passwords()

    async def add(self, person: Person, password: str | None, *, who: str, now: datetime) -> tuple[int, str]:
        """A new account; returns its id and its password, made up when none is given. Refused, as a sentence, for a
        login that is taken or misspelled, an unknown role, region or way to notify, a password too short.
        """
        login, kind, address = values.login_of(person.login), *values.notify_of(person.notify)
        role, region = values.role_of(person.role), values.region_of(person.region)
        language = values.language_of(person.language)
        await known_region(self._database, region)
        given = made_up() if password is None else chosen(password, login)
        row = {
            "login": login,
            "name": (person.name.strip() or login)[: values.LONGEST_NAME],
            "role": role.value,
            "region": region,
            "password": await self.passwords.hashed(given),
            "language": language,
            "notify_kind": kind,
            "notify_address": address,
            "created_at": now,
        }
        try:
            async with self._database.write() as db:
                account_id = await rows.create(db, row)
                detail = {"role": role.value, "region": region}
                await ledger.append(
                    db, at=now, who=who, act="account_added", about=f"account:{account_id}", detail=detail
                )
        except IntegrityError:
            raise Refused(
                f'There is an account "{login}" already; "notifier accounts reset {login}" gives it a new password.'
            ) from None
        return account_id, given

    async def reset(
        self,
        login: str,
        password: str | None,
        *,
        who: str,
        now: datetime,
        role: str | None = None,
        region: str | None = None,
        second_step: bool = False,
    ) -> str:
        """Another password, made up when none is given, and another role or region where given; ends every session and
        lifts a lock; `second_step` also takes the second step away. Refused for no account, an unknown role or a
        misspelled region.
        """
        given = made_up() if password is None else chosen(password, login.strip().lower())
        changed = {} if role is None else {"role": values.role_of(role).value}
        changed |= {} if region is None else {"region": values.region_of(region)}
        await known_region(self._database, changed.get("region", ""))
        hashed = await self.passwords.hashed(given)
        async with self._database.write() as db:
            account = await self._known(db, login)
            about = f"account:{account.id}"
            if changed:
                await keep_an_admin(db, account, Role(changed.get("role", account.role)), changed.get("region"))
                await rows.change(db, account.id, changed)
            await rows.set_password(db, account.id, hashed)
            await rows.close_sessions_of(db, account.id)
            await ledger.append(db, at=now, who=who, act="password_reset", about=about, detail=changed)
            if second_step:
                await second_steps.switch_off(db, account.id)
                await ledger.append(db, at=now, who=who, act="second_step_reset", about=about)
        return given

    async def disable(self, login: str, *, who: str, now: datetime) -> None:
        """The account lets nobody in any more, and its sessions end at once."""
        async with self._database.write() as db:
            account = await self._known(db, login)
            await keep_an_admin(db, account, None)
            await rows.change(db, account.id, {"disabled_at": now})
            await rows.close_sessions_of(db, account.id)
            await ledger.append(db, at=now, who=who, act="account_disabled", about=f"account:{account.id}")

    async def enable(self, login: str, *, who: str, now: datetime) -> None:
        """Who was disabled may sign in again, with the password they had."""
        async with self._database.write() as db:
            account = await self._known(db, login)
            await rows.change(db, account.id, {"disabled_at": None})
            await ledger.append(db, at=now, who=who, act="account_enabled", about=f"account:{account.id}")

    async def everyone(self) -> list[Account]:
        """All accounts by login."""
        async with self._database.read() as db:
            return await rows.everyone(db)

    async def viewer(self, login: str) -> Viewer:
        """Who a login is, for commands that act in somebody's name. Refused when nobody, or disabled."""
        async with self._database.read() as db:
            account = await self._known(db, login)
        if account.disabled_at:
            raise Refused(f'The account "{account.login}" is disabled.')
        return viewer_of(account)

    async def enter(self, login: str, password: str, now: datetime) -> Account:
        """The account whose login and password these are; `totp_since` tells that a code is still to come, and until
        then nobody signed in. WrongPassword, in one sentence, for everything else; takes as long for a login that does
        not exist.
        """
        login = login.strip().lower()[:64]
        async with self._database.write() as db:
            found = await rows.begin_try(db, login, now, TRIES, now + LOCKED_FOR)
        right = await self.passwords.matches(found[1] if found else "", password)
        if not found or not right:
            if found:
                async with self._database.write() as db:
                    await ledger.append(db, at=now, who="stranger", act="sign_in_refused", about=f"account:{found[0]}")
            raise WrongPassword(WRONG)
        async with self._database.write() as db:
            account = await rows.get(db, found[0])
            if account is not None and account.totp_since:
                await rows.take_back(db, found[0])  # wrong codes go on counting, or a known password would clear them
            else:
                await rows.forgive(db, found[0])
                await ledger.append(db, at=now, who=f"account:{found[0]}", act="signed_in", about=f"account:{found[0]}")
        if account is None:
            raise WrongPassword(WRONG)
        return account

    async def speak(self, account_id: int, language: str) -> None:
        """The language an account reads its pages in. Refused for one we do not have."""
        chosen_language = values.language_of(language)
        async with self._database.write() as db:
            await rows.change(db, account_id, {"language": chosen_language})

    async def _known(self, db: AsyncConnection, login: str) -> Account:
        account = await rows.by_login(db, login.strip().lower())
        if account is None:
            raise Refused(f'There is no account "{login}"; "notifier accounts list" shows those there are.')
        return account


def viewer_of(account: Account) -> Viewer:
    """An account as the one who looks and acts."""
    return Viewer(account.id, account.login, Role(account.role), account.region)
