"""Rows of the second step at sign-in: the sealed secret, the newest step taken, the recovery codes. Opens nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import accounts, recovery_codes


async def secret(db: AsyncConnection, account_id: int) -> bytes | None:
    """The sealed secret; None where there is no second step."""
    found = (await db.execute(select(accounts.c.totp_secret).where(accounts.c.id == account_id))).scalar_one_or_none()
    return bytes(found) if found is not None else None


async def switch_on(db: AsyncConnection, account_id: int, sealed: bytes, step: int, now: datetime) -> bool:
    """Keep a confirmed secret with the step it was confirmed at; False when there is one already."""
    result = await db.execute(
        update(accounts)
        .where(accounts.c.id == account_id, accounts.c.totp_secret.is_(None))
        .values(totp_secret=sealed, totp_since=now, totp_step=step)
    )
    return result.rowcount == 1


async def switch_off(db: AsyncConnection, account_id: int) -> None:
    """Forget secret and recovery codes."""
    await db.execute(
        update(accounts).where(accounts.c.id == account_id).values(totp_secret=None, totp_since=None, totp_step=None)
    )
    await db.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))


async def take(db: AsyncConnection, account_id: int, step: int) -> bool:
    """Take the code of a step, once: False when it, or one after it, was taken before."""
    fresh = or_(accounts.c.totp_step.is_(None), accounts.c.totp_step < step)
    result = await db.execute(update(accounts).where(accounts.c.id == account_id, fresh).values(totp_step=step))
    return result.rowcount == 1


async def put_codes(db: AsyncConnection, account_id: int, digests: Sequence[bytes]) -> None:
    """New recovery codes in place of all before."""
    await db.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    await db.execute(insert(recovery_codes), [{"account_id": account_id, "digest": digest} for digest in digests])


async def use_code(db: AsyncConnection, account_id: int, digest: bytes, now: datetime) -> bool:
    """Use a recovery code up; False when there is none like it, or it was used."""
    one = recovery_codes.c
    result = await db.execute(
        update(recovery_codes)
        .where(one.account_id == account_id, one.digest == digest, one.used_at.is_(None))
        .values(used_at=now)
    )
    return result.rowcount == 1


async def codes_left(db: AsyncConnection, account_id: int) -> int:
    """How many recovery codes are unused."""
    one = recovery_codes.c
    unused = select(func.count()).where(one.account_id == account_id, one.used_at.is_(None))
    return int((await db.execute(unused)).scalar_one())
