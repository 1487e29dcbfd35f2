"""Passwords: which will do, how they are kept (argon2id), and the one sentence for whoever does not get in."""

import asyncio
import re
import secrets
from datetime import datetime, timedelta
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from notifier.errors import Refused
from notifier.store import accounts as rows
from notifier.store.accounts import Account
from notifier.store.engine import Database

SHORTEST = 12  # characters of a password
LONGEST = 200
FEWEST = 5  # different characters in it
TRIES = 5  # wrong passwords or codes before the lock
LOCKED_FOR = timedelta(minutes=15)
HASHING_AT_A_TIME = 2  # each takes 19 MiB
# 20 letters of 55: more than 115 bits, without those that people mistake for each other
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
# What is tried first, without what is put between or behind: "Rahasia-Bansos 2026!" is here as "rahasiabansos".
_FIRST = """
    password passwordpassword passw qwerty qwertyuiop qwertyuiopas qwertyasdfgh asdfghjkl asdfghjklzx zxcvbnm abcdef
    abcdefgh abcdefghij abcdefghijkl admin administrator adminadmin superadmin letmein welcome iloveyou monkey dragon
    sunshine princess football changeme default guest root user test testing login master secret
    katasandi katasandiku passwordku rahasia rahasiarahasia rahasiaku rahasianegara rahasiabansos sandi sandiku
    indonesia indonesiaraya indonesiaku merdeka garuda garudaindonesia pancasila jakarta bandung surabaya
    bansos bansosbansos bantuan bantuansosial kemensos kementeriansosial dinsos dinassosial petugas pengaduan operator
    bismillah alhamdulillah insyaallah sayang sayangsayang sayangku cinta cintaku akucintakamu terserah anakku keluarga
    notifier notifiernotifier layananbansos masuk masukmasuk
"""
COMMON = frozenset(_FIRST.split())

WRONG = (
    "Login or password is wrong. After 5 wrong ones an account is locked for 15 minutes; "
    "an admin can reset a forgotten password."
)


class WrongPassword(Refused):
    """Unknown login, wrong password, locked or disabled: one sentence for all, so that no login can be found out."""


def chosen(given: str, login: str) -> str:
    """A password that will do for this login. Refused, as a sentence, for one that is soon guessed."""
    if not SHORTEST <= len(given) <= LONGEST:
        raise Refused(f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(given)}.")
    core = re.sub(r"[^a-z]", "", given.lower())
    if core in COMMON or len(set(given)) < FEWEST or _runs(given):
        raise Refused("This password is among the first that are tried; take three or four words that do not belong.")
    if core and core in (login, login * 2):
        raise Refused("This password is the login itself; take three or four words that do not belong together.")
    return given


def _runs(given: str) -> bool:
    """Whether it only counts up or down, as 1234567890 and its like do."""
    if not given.isdigit():
        return False
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(given)}
    return steps <= {1} or steps <= {9}


def made_up() -> str:
    """A new password that nobody chose."""
    return "".join(secrets.choice(_LETTERS) for _ in range(20))


class Passwords:
    """Hashes and compares, a few at a time and beside the loop."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._dummy = ""  # hash that the passwords of unknown logins are held against
        self._hashing = asyncio.Semaphore(HASHING_AT_A_TIME)

    async def hashed(self, password: str) -> str:
        """What is kept of a password."""
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, hashed: str, password: str) -> bool:
        """Whether this is the password; takes as long where there is none to compare with."""
        if not self._dummy:
            self._dummy = await self.hashed(secrets.token_hex(16))
        try:
            async with self._hashing:
                given = password[: LONGEST + 1]
                return await asyncio.to_thread(self._hasher.verify, hashed or self._dummy, given)
        except (VerificationError, InvalidHashError):
            return False

    async def prove(self, database: Database, account: Account, password: str, now: datetime) -> None:
        """Whoever is signed in also knows the password. WrongPassword else; wrong ones count towards the lock, a right
        one is not counted, and clears nothing.
        """
        async with database.write() as db:
            found = await rows.begin_try(db, account.login, now, TRIES, now + LOCKED_FOR)
        if not await self.matches(found[1] if found else "", password) or not found:
            raise WrongPassword("The password is wrong. After 5 wrong ones the account is locked for 15 minutes.")
        async with database.write() as db:
            await rows.take_back(db, account.id)
