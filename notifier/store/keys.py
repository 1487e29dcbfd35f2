"""Rows of API keys, and of requests that may be repeated. Knows no secret: only digests, and answers under seal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import accounts, api_keys, api_requests
from notifier.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Key:
    """One key with the account it acts for; the digest stays where it is."""

    id: int
    name: str
    prefix: str
    account_id: int
    scopes: tuple[str, ...]
    region: str  # prefix within the account's
    per_minute: int
    created_by: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    login: str
    role: str
    account_region: str
    disabled_at: datetime | None  # of the account

    def works(self, now: datetime) -> bool:
        """Whether it opens anything at all."""
        return (
            self.revoked_at is None and self.disabled_at is None and (self.expires_at is None or self.expires_at > now)
        )


@dataclass(frozen=True, slots=True)
class Repeat:
    """What is known of a request that came before."""

    digest: bytes
    lease_until: datetime
    answer: bytes | None  # sealed; None: under way


_OWN = tuple(name for name in Key.__dataclass_fields__ if name in api_keys.c)
_SELECT = select(
    *(api_keys.c[name] for name in _OWN),
    accounts.c.login,
    accounts.c.role,
    accounts.c.region.label("account_region"),
    accounts.c.disabled_at,
).select_from(api_keys.join(accounts, accounts.c.id == api_keys.c.account_id))


def _key(row: Any) -> Key:
    values = dict(row._mapping)
    values.pop("digest", None)
    return Key(**{**values, "scopes": tuple(values["scopes"])})


async def create(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """Write a key; returns its id."""
    result = await db.execute(insert(api_keys).values(**row).returning(api_keys.c.id))
    return int(result.scalar_one())


async def by_prefix(db: AsyncConnection, prefix: str) -> tuple[Key, bytes] | None:
    """The key that shows this prefix, and the digest of its secret."""
    row = (await db.execute(_SELECT.add_columns(api_keys.c.digest).where(api_keys.c.prefix == prefix))).first()
    return (_key(row), bytes(row.digest)) if row else None


async def every(db: AsyncConnection) -> list[Key]:
    """All keys, newest first. They are few."""
    return [_key(row) for row in await db.execute(_SELECT.order_by(api_keys.c.id.desc()))]


async def revoke(db: AsyncConnection, key_id: int, now: datetime) -> bool:
    """End a key; False when it was ended before."""
    ending = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)).values(revoked_at=now)
    return (await db.execute(ending)).rowcount == 1


async def touch(db: AsyncConnection, key_id: int, now: datetime, before: datetime) -> None:
    """Note that a key is used, unless that was noted since `before`."""
    stale = or_(api_keys.c.used_at.is_(None), api_keys.c.used_at < before)
    await db.execute(update(api_keys).where(api_keys.c.id == key_id, stale).values(used_at=now))


# --- requests that may be repeated -----------------------------------------------------------------------------------


async def begin(
    db: AsyncConnection, key_id: int, token: str, digest: bytes, now: datetime, lease_until: datetime
) -> Repeat | None:
    """Say that a request is under way. None when it may be done; otherwise what is known of the one before."""
    row = {"key_id": key_id, "token": token, "digest": digest, "lease_until": lease_until, "created_at": now}
    first = upsert(db, api_requests).values(row).on_conflict_do_nothing(index_elements=["key_id", "token"])
    if (await db.execute(first.returning(api_requests.c.key_id))).first() is not None:
        return None
    mine = (api_requests.c.key_id == key_id, api_requests.c.token == token)
    given_up = (api_requests.c.digest == digest, api_requests.c.answer.is_(None), api_requests.c.lease_until <= now)
    again = update(api_requests).where(*mine, *given_up).values(lease_until=lease_until)
    if (await db.execute(again)).rowcount == 1:
        return None
    wanted = select(api_requests.c.digest, api_requests.c.lease_until, api_requests.c.answer).where(*mine)
    found = (await db.execute(wanted)).first()
    if found is None:  # forgotten at this very moment
        return Repeat(digest, lease_until, None)
    return Repeat(bytes(found[0]), found[1], bytes(found[2]) if found[2] is not None else None)


async def answered(db: AsyncConnection, key_id: int, token: str, lease_until: datetime, answer: bytes) -> None:
    """Keep the answer of the request that holds this lease."""
    mine = (
        api_requests.c.key_id == key_id,
        api_requests.c.token == token,
        api_requests.c.lease_until == lease_until,
        api_requests.c.answer.is_(None),
    )
    await db.execute(update(api_requests).where(*mine).values(answer=answer))


async def give_up(db: AsyncConnection, key_id: int, token: str, lease_until: datetime) -> None:
    """The request that holds this lease came to nothing: it may be made anew at once."""
    mine = (
        api_requests.c.key_id == key_id,
        api_requests.c.token == token,
        api_requests.c.lease_until == lease_until,
        api_requests.c.answer.is_(None),
    )
    await db.execute(delete(api_requests).where(*mine))


async def forget(db: AsyncConnection, before: datetime) -> int:
    """Drop what was asked before then; returns how many."""
    return (await db.execute(delete(api_requests).where(api_requests.c.created_at < before))).rowcount
