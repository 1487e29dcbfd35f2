"""Rows of staff accounts and of their sessions. Knows neither passwords nor cookies, only what is kept of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store import sight
from notifier.store.schema import accounts, sessions
from notifier.store.straight import fetch


@dataclass(frozen=True, slots=True)
class Account:
    """One member of staff; the password stays where it is."""

    id: int
    login: str
    name: str
    role: str
    region: str
    language: str
    notify_kind: str
    notify_address: str
    locked_until: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    totp_since: datetime | None  # since when a second step is asked at sign-in


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one session, with the account it belongs to."""

    account: Account | None
    data: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime
    stage: str = ""  # "code": the second step is still to come, and nobody is signed in


@dataclass(frozen=True, slots=True)
class Open:
    """One session as its owner sees it."""

    digest: bytes
    created_at: datetime
    expires_at: datetime
    device: str
    place: str


_ACCOUNT = tuple(accounts.c[name] for name in Account.__dataclass_fields__)


async def create(db: AsyncConnection, row: Mapping[str, Any]) -> int:
    """Write an account; returns its id."""
    result = await db.execute(insert(accounts).values(**row).returning(accounts.c.id))
    account_id = int(result.scalar_one())
    await sight.changed(db, account_id, (row.get("region", ""),))
    return account_id


async def by_login(db: AsyncConnection, login: str) -> Account | None:
    """The account with this login, in lower case."""
    row = (await db.execute(select(*_ACCOUNT).where(accounts.c.login == login))).first()
    return Account(*tuple(row)) if row else None


async def get(db: AsyncConnection, account_id: int) -> Account | None:
    """One account."""
    row = (await db.execute(select(*_ACCOUNT).where(accounts.c.id == account_id))).first()
    return Account(*tuple(row)) if row else None


async def everyone(db: AsyncConnection) -> list[Account]:
    """All accounts by login. Staff are few."""
    return [Account(*tuple(row)) for row in await db.execute(select(*_ACCOUNT).order_by(accounts.c.login))]


async def with_roles(db: AsyncConnection, roles: Sequence[str]) -> list[Account]:
    """Accounts that work, of these roles, by login."""
    wanted = select(*_ACCOUNT).where(accounts.c.role.in_(tuple(roles)), accounts.c.disabled_at.is_(None))
    return [Account(*tuple(row)) for row in await db.execute(wanted.order_by(accounts.c.login))]


async def lock_admins(db: AsyncConnection) -> list[Account]:
    """Admins that work, locked until the transaction ends."""
    wanted = select(*_ACCOUNT).where(accounts.c.role == "admin", accounts.c.disabled_at.is_(None))
    return [Account(*tuple(row)) for row in await db.execute(wanted.order_by(accounts.c.id).with_for_update())]


# --- passwords -------------------------------------------------------------------------------------------------------


async def begin_try(
    db: AsyncConnection, login: str, now: datetime, limit: int, locked_until: datetime
) -> tuple[int, str] | None:
    """Count a try before the password is looked at, so that tries at the same moment can't slip past the limit.

    Returns the account and its password hash; None for an unknown, disabled or locked one.
    """
    after_lock = accounts.c.locked_until.is_not(None)  # the lock is over: WHERE says so
    count = case((after_lock, 1), else_=accounts.c.failures + 1)
    lock = literal(locked_until, accounts.c.locked_until.type)
    result = await db.execute(
        update(accounts)
        .where(
            accounts.c.login == login,
            accounts.c.disabled_at.is_(None),
            or_(accounts.c.locked_until.is_(None), accounts.c.locked_until <= now),
        )
        .values(failures=count, locked_until=case((count >= limit, lock), else_=None))
        .returning(accounts.c.id, accounts.c.password)
    )
    row = result.first()
    return (int(row[0]), str(row[1])) if row else None


async def take_back(db: AsyncConnection, account_id: int) -> None:
    """The password was right, but it is not all that is asked: this try no longer counts, those before it do."""
    await db.execute(
        update(accounts)
        .where(accounts.c.id == account_id, accounts.c.failures > 0)
        .values(failures=accounts.c.failures - 1, locked_until=None)
    )


async def forgive(db: AsyncConnection, account_id: int) -> None:
    """The password was right: earlier tries no longer count."""
    await db.execute(update(accounts).where(accounts.c.id == account_id).values(failures=0, locked_until=None))


async def set_password(db: AsyncConnection, account_id: int, password: str) -> None:
    """Another password hash; a lock is lifted."""
    await db.execute(
        update(accounts).where(accounts.c.id == account_id).values(password=password, failures=0, locked_until=None)
    )


async def change(db: AsyncConnection, account_id: int, values: Mapping[str, Any]) -> None:
    """Change an account's name, role, region, language, alerts or `disabled_at`."""
    ours = accounts.c.id == account_id
    was = (await db.execute(select(accounts.c.region).where(ours))).scalar_one_or_none()
    await db.execute(update(accounts).where(ours).values(**values))
    if was is not None and sight.POWER & values.keys():
        await sight.changed(db, account_id, {was, values.get("region", was)})


# --- sessions --------------------------------------------------------------------------------------------------------


async def open_session(
    db: AsyncConnection,
    digest: bytes,
    account_id: int | None,
    data: Mapping[str, Any],
    now: datetime,
    expires_at: datetime,
    **more: str,
) -> None:
    """Begin a session; `digest` is all that is kept of its id. `more`: its stage, device and place."""
    await db.execute(
        insert(sessions).values(
            digest=digest, account_id=account_id, data=dict(data), created_at=now, expires_at=expires_at, **more
        )
    )


_SESSION = (  # read for every page
    select(sessions.c.data, sessions.c.created_at, sessions.c.expires_at, sessions.c.stage, *_ACCOUNT)
    .select_from(sessions.outerjoin(accounts, accounts.c.id == sessions.c.account_id))
    .where(
        sessions.c.digest == bindparam("of"),
        sessions.c.expires_at > bindparam("now"),
        accounts.c.disabled_at.is_(None),
    )
)


async def session(db: AsyncConnection, digest: bytes, now: datetime) -> Kept | None:
    """A session that has not expired, with its account if that still works."""
    rows = await fetch(db, _SESSION, {"of": digest, "now": now})
    if not rows:
        return None
    data, created_at, expires_at, stage, *account = rows[0]
    return Kept(Account(*account) if account[0] is not None else None, data, created_at, expires_at, stage)


async def save_session(db: AsyncConnection, digest: bytes, data: Mapping[str, Any], expires_at: datetime) -> None:
    """Keep what a session holds now; one that was closed meanwhile stays closed."""
    await db.execute(update(sessions).where(sessions.c.digest == digest).values(data=dict(data), expires_at=expires_at))


async def close_session(db: AsyncConnection, digest: bytes) -> None:
    """End one session."""
    await db.execute(delete(sessions).where(sessions.c.digest == digest))


async def close_sessions_of(db: AsyncConnection, account_id: int, but: bytes | None = None) -> int:
    """End every session of an account, wherever it is signed in, but one where it is named; returns how many."""
    ended = delete(sessions).where(sessions.c.account_id == account_id)
    return (await db.execute(ended if but is None else ended.where(sessions.c.digest != but))).rowcount


async def sessions_of(db: AsyncConnection, account_id: int, now: datetime) -> list[Open]:
    """Where an account is signed in, the newest first."""
    wanted = select(*(sessions.c[name] for name in Open.__dataclass_fields__)).where(
        sessions.c.account_id == account_id, sessions.c.expires_at > now, sessions.c.stage == ""
    )
    found = await db.execute(wanted.order_by(sessions.c.created_at.desc(), sessions.c.digest))
    return [Open(bytes(row[0]), *row[1:]) for row in found]


async def forget_expired(db: AsyncConnection, now: datetime) -> None:
    """Remove sessions that are over."""
    await db.execute(delete(sessions).where(sessions.c.expires_at <= now))
