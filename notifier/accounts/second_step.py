"""The second step at sign-in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for who lost it.

A code lives 30 seconds; the one before and the one after it are taken too, for clocks that differ, and none is ever
taken twice. Wrong ones count with wrong passwords towards the same lock.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.accounts.passwords import LOCKED_FOR, TRIES, Passwords
from notifier.errors import Refused
from notifier.rules.roles import Role
from notifier.store import accounts as rows
from notifier.store import ledger
from notifier.store import second_steps as steps
from notifier.store.accounts import Account
from notifier.store.engine import Database
from notifier.vault import Vault

PLACE = "accounts.totp_secret"
STEP = 30  # seconds
DRIFT = 1  # steps before and after
RECOVERY = 10  # codes
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32: a code of ten of them is 50 bits
_HALF = 5  # letters before and after the dash


class WrongCode(Refused):
    """Wrong, used before, or too late; or the account is locked."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret to be put into an app, before it is confirmed."""

    secret: str  # base32
    address: str  # otpauth://…, what the QR says


class SecondStep:
    """Sets it up, asks for it, takes it away. Each method is one transaction."""

    def __init__(
        self, database: Database, vault: Vault, passwords: Passwords, issuer: str, roles: Collection[Role]
    ) -> None:
        """`roles`: those who must have it. `issuer`: how the app names us."""
        self._database = database
        self._vault = vault
        self._passwords = passwords
        self._issuer = issuer
        self._roles = frozenset(roles)

    def obliges(self, role: str) -> bool:
        """Whether the role must have a second step."""
        return role in self._roles

    def lacks(self, account: Account) -> bool:
        """Whether an account must set it up before it may do anything else."""
        return self.obliges(account.role) and account.totp_since is None

    # --- setting up ---

    def begin(self) -> str:
        """A new secret, sealed, in letters: whoever asked for it keeps it until it is confirmed."""
        return base64.b64encode(self._vault.seal(pyotp.random_base32().encode(), PLACE)).decode()

    def offer(self, account: Account, sealed: str) -> Offer:
        """What the app needs of a secret that `begin` made."""
        secret = self._vault.open(base64.b64decode(sealed), PLACE).decode()
        address = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=self._issuer)
        return Offer(secret, address)

    async def confirm(self, account: Account, sealed: str, code: str, now: datetime, *, keep: bytes) -> list[str]:
        """Switch it on with the first code that the app shows; ends every session but `keep`, and returns the recovery
        codes, which are shown this once. WrongCode for another code; Refused when it is on already.
        """
        kept = base64.b64decode(sealed)
        step = matching(self._vault.open(kept, PLACE).decode(), code, now)
        if step is None:
            raise WrongCode("That is not the code the app shows now. Is the clock of the phone right?")
        shown, digests = self._recovery(account.id)
        async with self._database.write() as db:
            if not await steps.switch_on(db, account.id, kept, step, now):
                raise Refused("The second step is on already; switch it off first.")
            await steps.put_codes(db, account.id, digests)
            await rows.close_sessions_of(db, account.id, keep)
            await _record(db, account, "second_step_on", now)
        return shown

    # --- at the door ---

    async def enter(self, account: Account, code: str, now: datetime) -> Account:
        """Whoever gave the password also has the phone, or a recovery code. WrongCode for everything else."""
        async with self._database.write() as db:
            found = await self._takes(db, account, code, now)
            if found:
                await rows.forgive(db, account.id)
                if found == "recovery":
                    left = await steps.codes_left(db, account.id)
                    await _record(db, account, "recovery_code_used", now, {"left": left})
                await _record(db, account, "signed_in", now)
            else:
                about = f"account:{account.id}"
                await ledger.append(db, at=now, who="stranger", act="code_refused", about=about)
        if not found:
            raise WrongCode("That code is wrong, was used before, or is over. Wait for the next one.")
        return account

    async def _takes(self, db: AsyncConnection, account: Account, code: str, now: datetime) -> str:
        """How a code opens: "app", "recovery", or "" when it does not. Counted before it is looked at."""
        if await rows.begin_try(db, account.login, now, TRIES, now + LOCKED_FOR) is None:
            return ""
        sealed = await steps.secret(db, account.id)
        if sealed is None:
            return ""
        step = matching(self._vault.open(sealed, PLACE).decode(), code, now)
        if step is not None:
            return "app" if await steps.take(db, account.id, step) else ""
        digest = self._digest(account.id, code)
        return "recovery" if digest and await steps.use_code(db, account.id, digest, now) else ""

    # --- later ---

    async def left(self, account: Account) -> int:
        """How many recovery codes are unused."""
        async with self._database.read() as db:
            return await steps.codes_left(db, account.id)

    async def switch_off(self, account: Account, password: str, code: str, now: datetime) -> None:
        """Off again, by password and code. Refused where the role must have it; WrongPassword or WrongCode."""
        if self.obliges(account.role):
            raise Refused("Your role must sign in with a second step; an admin can reset it when the phone is lost.")
        await self._prove(account, password, code, now)
        async with self._database.write() as db:
            await steps.switch_off(db, account.id)
            await _record(db, account, "second_step_off", now)

    async def renew(self, account: Account, password: str, code: str, now: datetime) -> list[str]:
        """New recovery codes in place of all before, by password and code."""
        await self._prove(account, password, code, now)
        shown, digests = self._recovery(account.id)
        async with self._database.write() as db:
            await steps.put_codes(db, account.id, digests)
            await _record(db, account, "recovery_codes_made", now)
        return shown

    async def _prove(self, account: Account, password: str, code: str, now: datetime) -> None:
        await self._passwords.prove(self._database, account, password, now)
        async with self._database.write() as db:
            found = await self._takes(db, account, code, now)
            if found:
                await rows.forgive(db, account.id)
        if not found:
            raise WrongCode("That code is wrong, was used before, or is over. Wait for the next one.")

    def _recovery(self, account_id: int) -> tuple[list[str], list[bytes]]:
        shown = []
        for _ in range(RECOVERY):
            letters = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
            shown.append(f"{letters[:_HALF]}-{letters[_HALF:]}")
        return shown, [self._digest(account_id, code) for code in shown]

    def _digest(self, account_id: int, code: str) -> bytes:
        """What is kept of a recovery code, however it is typed; nothing for what can be none."""
        letters = re.sub(r"[\s-]", "", code[:40]).upper()
        if len(letters) != 2 * _HALF or set(letters) - set(_LETTERS):
            return b""
        return self._vault.index(f"{account_id}\0{letters}", "recovery")


def matching(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is: the present one, or one beside it; None for any other."""
    digits = re.sub(r"[\s-]", "", code[:40])
    if not re.fullmatch(r"\d{6}", digits, re.ASCII):
        return None
    present, app, found = int(now.timestamp()) // STEP, pyotp.TOTP(secret), None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(app.generate_otp(step), digits):
            found = step
    return found


async def _record(
    db: AsyncConnection, account: Account, act: str, now: datetime, detail: dict[str, int] | None = None
) -> None:
    about = f"account:{account.id}"
    await ledger.append(db, at=now, who=about, act=act, about=about, detail=detail)
