"""What colleagues do with their own account: name, language, alerts, password, and where they are signed in."""

from collections.abc import Mapping
from datetime import datetime

from notifier.accounts import values
from notifier.accounts.passwords import Passwords, chosen
from notifier.errors import Refused
from notifier.store import accounts as rows
from notifier.store import ledger
from notifier.store.accounts import Account, Open
from notifier.store.engine import Database

MARK = 16  # hex digits by which a session is named on the page: of its digest, which opens nothing


class Own:
    """Each method is about the account that asks."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def change(self, account: Account, name: str, language: str, notify: str, now: datetime) -> None:
        """Name, language of the pages and where alerts go. Refused, as a sentence, for what cannot be any of them."""
        wanted = wished(name, language, notify)
        changed = {key: value for key, value in wanted.items() if getattr(account, key) != value}
        if not changed:
            return
        about = f"account:{account.id}"
        async with self._database.write() as db:
            await rows.change(db, account.id, changed)
            detail = {"changed": sorted(changed)}
            await ledger.append(db, at=now, who=about, act="account_changed", about=about, detail=detail)

    async def change_password(self, account: Account, old: str, new: str, now: datetime) -> None:
        """Another password, for who knows the old one; ends every session, this one too. Refused for one that is soon
        guessed, or the same.
        """
        await self._passwords.prove(self._database, account, old, now)
        if new == old:
            raise Refused("That is the password you have; choose another one.")
        hashed, about = await self._passwords.hashed(chosen(new, account.login)), f"account:{account.id}"
        async with self._database.write() as db:
            await rows.set_password(db, account.id, hashed)
            await rows.close_sessions_of(db, account.id)
            await ledger.append(db, at=now, who=about, act="password_changed", about=about)

    async def sessions(self, account: Account, now: datetime) -> list[Open]:
        """Where the account is signed in, the newest first."""
        async with self._database.read() as db:
            return await rows.sessions_of(db, account.id, now)

    async def end(self, account: Account, mark: str, now: datetime) -> None:
        """End one session of the account, by its mark. Refused when there is none."""
        about = f"account:{account.id}"
        async with self._database.write() as db:
            found = [one for one in await rows.sessions_of(db, account.id, now) if mark_of(one) == mark]
            if not found:
                raise Refused("That session is over already.")
            for one in found:
                await rows.close_session(db, one.digest)
            await ledger.append(db, at=now, who=about, act="session_ended", about=about)

    async def end_others(self, account: Account, keep: bytes, now: datetime) -> int:
        """End every session of the account but one; returns how many."""
        about = f"account:{account.id}"
        async with self._database.write() as db:
            ended = await rows.close_sessions_of(db, account.id, keep)
            if ended:
                detail = {"sessions": ended}
                await ledger.append(db, at=now, who=about, act="sessions_ended", about=about, detail=detail)
        return ended


def wished(name: str, language: str, notify: str) -> Mapping[str, str]:
    """The columns of what may be changed without anybody's power changing."""
    kind, address = values.notify_of(notify.strip())
    said = " ".join(name.split())[: values.LONGEST_NAME]
    if not said:
        raise Refused("An account needs a name, as colleagues read it.")
    return {"name": said, "language": values.language_of(language), "notify_kind": kind, "notify_address": address}


def mark_of(session: Open) -> str:
    """How a session is named on the page."""
    return session.digest.hex()[:MARK]
