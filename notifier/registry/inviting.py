"""One-time links by which a person of the register, or who follows a report, opens a chat with us.

Knows no channel and no conversation.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from notifier.errors import Refused
from notifier.rules.people import NikFault, read_nik
from notifier.rules.roles import Right, Viewer, covers
from notifier.store import invitations, ledger, people
from notifier.store.engine import Database
from notifier.vault import Vault

LASTS = timedelta(days=7)
FOLLOWED = timedelta(days=1)  # how long a link to a report can be opened


class Inviting:
    """Makes them. Whoever follows one is still asked for part of the NIK and the year of birth."""

    def __init__(
        self, database: Database, vault: Vault, token: Callable[[], str] = lambda: secrets.token_urlsafe(16)
    ) -> None:
        self._database = database
        self._vault = vault
        self._token = token

    async def invite(self, viewer: Viewer, nik: str, now: datetime) -> str:
        """The token for the person with this NIK; it is kept as a digest and can be used once, for a week.

        Refused for who may not see people, or when nobody of the viewer's area has that NIK.
        """
        viewer.needs(Right.SEE_PEOPLE)
        read = read_nik(nik)
        if isinstance(read, NikFault):
            raise Refused(f"that is no NIK: {read.value}")
        token = self._token()
        async with self._database.write() as db:
            person = await people.by_nik(db, self._vault.index(read.value, "nik"))
            if person is None or not covers(viewer.region, person.region):
                raise Refused("nobody of your area has that NIK")
            digest = sha256(token.encode()).digest()
            await invitations.add(db, digest, viewer.who, now, now + LASTS, person_id=person.id)
            await ledger.append(db, at=now, who=viewer.who, act="invited", about=f"person:{person.id}")
        return token

    async def follow(self, ticket_id: int, who: str, now: datetime) -> str:
        """A token for whoever may follow this report, as the caller has made sure: answers go where it is opened."""
        token = self._token()
        async with self._database.write() as db:
            digest = sha256(token.encode()).digest()
            await invitations.add(db, digest, who, now, now + FOLLOWED, ticket_id=ticket_id)
            await ledger.append(db, at=now, who=who, act="invited", about=f"ticket:{ticket_id}")
        return token
