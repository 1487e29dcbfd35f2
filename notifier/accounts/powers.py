"""Who has which power: accounts as admins look after them, each change with a reason, none of them their own.

An admin of an area sees and changes the accounts of that area; others are as if they were not there. The words of a
reason are kept beside the account; the ledger has their keyed digest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.accounts import values
from notifier.accounts.own import wished
from notifier.accounts.passwords import Passwords, made_up
from notifier.accounts.places import keep_an_admin, known_region
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer, covers
from notifier.store import account_acts, ledger, second_steps
from notifier.store import accounts as rows
from notifier.store.account_acts import AccountAct
from notifier.store.accounts import Account, Open
from notifier.store.engine import Database
from notifier.vault import Vault

SHORTEST_WHY, LONGEST_WHY = 5, 200


@dataclass(frozen=True, slots=True)
class Seen:
    """An account with what is known about it."""

    account: Account
    sessions: Sequence[Open]
    acts: Sequence[AccountAct]
    codes_left: int  # recovery codes


class Powers:
    """Each act is one transaction."""

    def __init__(self, database: Database, vault: Vault, passwords: Passwords) -> None:
        self._database = database
        self._vault = vault
        self._passwords = passwords

    async def list(self, viewer: Viewer) -> list[Account]:
        """The accounts of the viewer's area by login."""
        viewer.needs(Right.ACCOUNTS)
        async with self._database.read() as db:
            return [one for one in await rows.everyone(db) if covers(viewer.region, one.region)]

    async def get(self, viewer: Viewer, account_id: int, now: datetime) -> Seen:
        """One account. Refused for none, or one of elsewhere."""
        viewer.needs(Right.ACCOUNTS)
        async with self._database.read() as db:
            account = await _of(db, viewer, account_id)
            sessions = await rows.sessions_of(db, account_id, now)
            left = await second_steps.codes_left(db, account_id)
            return Seen(account, sessions, await account_acts.of(db, account_id), left)

    async def add(self, viewer: Viewer, person: values.Person, why: str, now: datetime) -> tuple[int, str]:
        """A new account within the viewer's area; returns its id and its first password, which is shown this once."""
        viewer.needs(Right.ACCOUNTS)
        login, role, region = values.login_of(person.login), values.role_of(person.role), self._within(viewer, person)
        await known_region(self._database, region)
        reason, given = said(why), made_up()
        row = {"login": login, "role": role.value, "region": region, "created_at": now}
        row |= wished(person.name or login, person.language, person.notify)
        row["password"] = await self._passwords.hashed(given)
        try:
            async with self._database.write() as db:
                account_id = await rows.create(db, row)
                facts = {"role": role.value, "region": region}
                await self._record(db, account_id, "account_added", viewer, reason, now, facts)
        except IntegrityError:
            raise Refused(f'There is an account "{login}" already; choose another login.') from None
        return account_id, given

    async def change(self, viewer: Viewer, account_id: int, person: values.Person, why: str, now: datetime) -> None:
        """Name, alerts, language, role and area. Another role or area ends every session of the account."""
        wanted: dict[str, Any] = dict(wished(person.name, person.language, person.notify))
        role, region, reason = values.role_of(person.role), self._within(viewer, person), said(why)
        await known_region(self._database, region)
        async with self._database.write() as db:
            account = await _theirs(db, viewer, account_id)
            wanted |= {"role": role.value, "region": region}
            changed = {key: value for key, value in wanted.items() if getattr(account, key) != value}
            if not changed:
                raise Refused("Nothing of this account would change.")
            power = {key: changed[key] for key in ("role", "region") if key in changed}
            if power:
                await keep_an_admin(db, account, role, region)
                await rows.close_sessions_of(db, account_id)
            await rows.change(db, account_id, changed)
            facts = {"changed": sorted(changed)} | power
            if power:
                facts |= {"was": {key: getattr(account, key) for key in power}}
            await self._record(db, account_id, "account_changed", viewer, reason, now, facts)

    async def reset_password(self, viewer: Viewer, account_id: int, why: str, now: datetime) -> str:
        """Another password, made up and shown this once; ends every session and lifts a lock."""
        reason, given = said(why), made_up()
        hashed = await self._passwords.hashed(given)
        async with self._database.write() as db:
            await _theirs(db, viewer, account_id)
            await rows.set_password(db, account_id, hashed)
            await rows.close_sessions_of(db, account_id)
            await self._record(db, account_id, "password_reset", viewer, reason, now, {})
        return given

    async def act(self, viewer: Viewer, account_id: int, what: str, why: str, now: datetime) -> None:
        """One of `ACTS`: disable, enable, unlock, second_step, sessions."""
        reason = said(why)
        async with self._database.write() as db:
            account = await _theirs(db, viewer, account_id)
            match what:
                case "disable":
                    await keep_an_admin(db, account, None)
                    await rows.change(db, account_id, {"disabled_at": now})
                case "enable":
                    await rows.change(db, account_id, {"disabled_at": None})
                case "unlock":
                    await rows.forgive(db, account_id)
                case "second_step":
                    await second_steps.switch_off(db, account_id)
            if what in ENDS_SESSIONS:
                await rows.close_sessions_of(db, account_id)
            await self._record(db, account_id, ACTS[what], viewer, reason, now, {})

    def _within(self, viewer: Viewer, person: values.Person) -> str:
        region = values.region_of(person.region)
        if not covers(viewer.region, region):
            raise Refused(f"You look after {viewer.region}; name an area within it.")
        return region

    async def _record(
        self,
        db: AsyncConnection,
        account_id: int,
        act: str,
        viewer: Viewer,
        why: str,
        now: datetime,
        facts: Mapping[str, Any],
    ) -> None:
        await account_acts.put(db, account_id, at=now, who=viewer.who, act=act, why=why, facts=facts)
        detail = {**facts, "why": self._vault.index(why, "why").hex()}
        await ledger.append(db, at=now, who=viewer.who, act=act, about=f"account:{account_id}", detail=detail)


ACTS: Mapping[str, str] = {  # what is asked for → how the ledger calls it
    "disable": "account_disabled",
    "enable": "account_enabled",
    "unlock": "account_unlocked",
    "second_step": "second_step_reset",
    "sessions": "sessions_ended",
}
ENDS_SESSIONS = frozenset({"disable", "second_step", "sessions"})


async def _of(db: AsyncConnection, viewer: Viewer, account_id: int) -> Account:
    account = await rows.get(db, account_id)
    if account is None or not covers(viewer.region, account.region):
        raise Refused("There is no such account in your area.")
    return account


async def _theirs(db: AsyncConnection, viewer: Viewer, account_id: int) -> Account:
    """An account of the viewer's area that is not their own."""
    viewer.needs(Right.ACCOUNTS)
    account = await _of(db, viewer, account_id)
    if account.id == viewer.account_id:
        raise Refused("Nobody changes their own power; ask another admin.")
    return account


def said(why: str) -> str:
    """A reason of a few words. Refused for none."""
    reason = " ".join(why.split())[:LONGEST_WHY]
    if len(reason) < SHORTEST_WHY:
        raise Refused("say in a few words why; the reason is kept with what is done")
    return reason
