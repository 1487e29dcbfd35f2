"""Keys of the API: made, listed, revoked, and told apart at the door. Each acts for an account and may less than it.

Knows secrets only for as long as they are shown; must not know requests or endpoints.
"""

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from notifier.errors import Refused
from notifier.rules.keys import LEANS_ON, MOST_PER_MINUTE, PER_MINUTE, PERSONAL, Scope, narrowed
from notifier.rules.roles import Role, Viewer, covers, may
from notifier.store import accounts, ledger
from notifier.store import keys as rows
from notifier.store.engine import Database
from notifier.store.keys import Key

SHOWN = re.compile(r"nk_([a-z0-9]{8})_([A-Za-z0-9_-]{43})")
USED = timedelta(hours=1)  # how exactly it is known when a key was last used: a write a request would be too much
KEPT = timedelta(hours=24)  # how long an answer can be had again
LONGEST_LIFE = timedelta(days=3660)
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_REGION = re.compile(r"(\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?)?")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a new key."""

    name: str
    login: str  # of the account it acts for
    scopes: Sequence[str]
    region: str = ""  # prefix within the account's; "" for all of it
    per_minute: int = PER_MINUTE
    days: int | None = None  # that it lives; None: until it is revoked


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks: a key, and whom it acts for."""

    key_id: int
    viewer: Viewer
    scopes: frozenset[Scope]
    per_minute: int


class Keys:
    """The use cases of keys; each is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, wish: Wish, *, who: str, now: datetime, within: str = "") -> tuple[int, str]:
        """A new key; returns its id and the key itself, which is shown this once. `within`: the area of whoever makes
        it. Refused, as a sentence, for what it cannot be given.
        """
        name, region = wish.name.strip()[:80], wish.region.strip().rstrip(".")
        if not name:
            raise Refused("a key needs a name that says whose it is, such as SIKS-NG")
        scopes = _scopes(wish.scopes)
        if not _REGION.fullmatch(region):
            raise Refused(f'"{region[:40]}" is no region: write a code or its beginning, such as 31.75')
        if not 1 <= wish.per_minute <= MOST_PER_MINUTE:
            raise Refused(f"a key may ask 1 to {MOST_PER_MINUTE} times a minute")
        if wish.days is not None and not 1 <= wish.days <= LONGEST_LIFE.days:
            raise Refused(f"a key lives 1 to {LONGEST_LIFE.days} days")
        prefix, secret = "".join(secrets.choice(_LETTERS) for _ in range(8)), secrets.token_urlsafe(32)
        async with self._database.write() as db:
            account = await accounts.by_login(db, wish.login.strip().lower())
            if account is None or account.disabled_at is not None or not covers(within, account.region):
                raise Refused(f'There is no account "{wish.login[:64]}" that works; add one: notifier accounts add')
            if not covers(account.region, region or account.region):
                raise Refused(f"{account.login} sees {account.region}, not {region}; name an area within it")
            others = who.startswith("account:") and who != f"account:{account.id}"
            for scope in scopes:
                if others and scope in PERSONAL:
                    raise Refused(
                        f"{scope} takes part where two people have to agree: only {account.login} makes such a key"
                    )
                if not may(Role(account.role), LEANS_ON[scope]):
                    raise Refused(f"{account.login} ({account.role}) may not do what {scope} allows")
            row = {
                "name": name,
                "prefix": f"nk_{prefix}",
                "digest": _digest(secret),
                "account_id": account.id,
                "scopes": [scope.value for scope in scopes],
                "region": region,
                "per_minute": wish.per_minute,
                "created_by": who,
                "created_at": now,
                "expires_at": now + timedelta(days=wish.days) if wish.days is not None else None,
            }
            key_id = await rows.create(db, row)
            detail = {"account": account.id, "scopes": row["scopes"], "region": region}
            await ledger.append(db, at=now, who=who, act="key_added", about=f"key:{key_id}", detail=detail)
        return key_id, f"nk_{prefix}_{secret}"

    async def list(self, within: str = "") -> list[Key]:
        """All keys of an area's accounts, newest first."""
        async with self._database.read() as db:
            return [key for key in await rows.every(db) if covers(within, key.account_region)]

    async def revoke(self, prefix: str, *, who: str, now: datetime, within: str = "") -> Key:
        """End a key at once, by the part of it that is shown. Refused when there is none, or it was ended before."""
        async with self._database.write() as db:
            found = await rows.by_prefix(db, prefix.strip()[:11])
            if found is None or not covers(within, found[0].account_region):
                raise Refused(f'There is no key "{prefix[:20]}"; "notifier keys list" shows those there are.')
            key = found[0]
            if not await rows.revoke(db, key.id, now):
                raise Refused(f"{key.prefix} was revoked before")
            await ledger.append(db, at=now, who=who, act="key_revoked", about=f"key:{key.id}")
        return key

    async def enter(self, shown: str, now: datetime) -> Bearer | None:
        """Who shows this key; None, always after a comparison, for one that opens nothing."""
        match = SHOWN.fullmatch(shown)
        prefix, secret = (f"nk_{match[1]}", match[2]) if match else ("", "")
        async with self._database.read() as db:
            found = await rows.by_prefix(db, prefix)
        key, kept = found or (None, bytes(32))
        same = hmac.compare_digest(_digest(secret), kept)
        if key is None or not same or not key.works(now):
            return None
        region = narrowed(key.account_region, key.region)
        if region is None:
            return None
        if key.used_at is None or key.used_at < now - USED:
            async with self._database.write() as db:
                await rows.touch(db, key.id, now, now - USED)
        viewer = Viewer(key.account_id, key.login, Role(key.role), region)
        scopes = frozenset(scope for scope in Scope if scope in key.scopes)  # one that is no more opens nothing
        return Bearer(key.id, viewer, scopes, key.per_minute)

    async def forget(self, now: datetime) -> int:
        """Forget answers that nobody can have again; returns how many."""
        async with self._database.write() as db:
            return await rows.forget(db, now - KEPT)


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _scopes(given: Sequence[str]) -> list[Scope]:
    known = {scope.value for scope in Scope}
    wanted = [word.strip() for word in given if word.strip()]
    for word in wanted:
        if word not in known:
            raise Refused(f'"{word[:40]}" is no scope; there are: {", ".join(Scope)}')
    if not wanted:
        raise Refused(f"a key needs at least one scope; there are: {', '.join(Scope)}")
    return [scope for scope in Scope if scope in wanted]
