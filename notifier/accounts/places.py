"""Where power is: whether a region exists, and that no area is left without the admin it had."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.accounts import values
from notifier.errors import Refused
from notifier.rules.roles import Role, covers
from notifier.store import accounts as rows
from notifier.store import imports
from notifier.store.accounts import Account
from notifier.store.engine import Database


async def known_region(database: Database, region: str) -> None:
    """Raises Refused for a region that neither the register nor the country's list has."""
    if not region:
        return
    async with database.read() as db:
        known = await imports.has_region(db, region)
    if not known and not await asyncio.to_thread(values.named, region):
        raise Refused(
            f'There is no region "{region}": write the code of a province, regency, district or village, '
            "such as 31.75 or 31.75.07.1003."
        )


async def keep_an_admin(db: AsyncConnection, account: Account, role: Role | None, region: str | None = None) -> None:
    """Raises Refused when an account is about to lose the admin's power (`role` None: altogether) and nobody else has
    it for the same area. Admins are locked, so that two of them cannot take it from each other at the same moment.
    """
    after = account.region if region is None else region
    if account.role != Role.ADMIN or account.disabled_at or (role is Role.ADMIN and covers(after, account.region)):
        return
    others = [one for one in await rows.lock_admins(db) if one.id != account.id]
    if not any(covers(one.region, account.region) for one in others):
        raise Refused(f"{account.login} is the last admin of that area; make somebody else an admin first.")
