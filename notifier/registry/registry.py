"""The use cases of the registry: people, points, rounds, statuses and visits come in from files."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from notifier.outbox import Outbox
from notifier.registry.news import News
from notifier.registry.people_import import import_people
from notifier.registry.points_import import import_points
from notifier.registry.rounds_import import import_rounds
from notifier.registry.runs import Imported, Order
from notifier.registry.statuses_import import import_statuses
from notifier.registry.visits_import import import_visits
from notifier.store.engine import Database
from notifier.vault import Vault


class Registry:
    """Brings files in. A file that cannot be read whole changes nothing; a run that was cut off is simply run again."""

    def __init__(
        self, database: Database, vault: Vault, outbox: Outbox, status_digest: timedelta = timedelta(0)
    ) -> None:
        """`status_digest`: how long a notice of status waits for further changes of the same person."""
        self._database = database
        self._vault = vault
        self._news = News(outbox, status_digest)

    async def import_people(self, paths: Sequence[Path], order: Order) -> Imported:
        """Registers of people. Raises Refused for what cannot be read, and for a file that shrank, without `yes`."""
        return await import_people(self._database, self._vault, paths, order)

    async def import_rounds(self, paths: Sequence[Path], order: Order) -> Imported:
        """Calendars of rounds; a round that is there already is edited. Raises Refused for what cannot be read."""
        return await import_rounds(self._database, paths, order)

    async def import_statuses(self, paths: Sequence[Path], order: Order) -> Imported:
        """Payment records; whoever should hear of a change gets a notice. Raises Refused for what cannot be read."""
        return await import_statuses(self._database, self._vault, self._news, paths, order)

    async def import_points(self, paths: Sequence[Path], order: Order) -> Imported:
        """Distribution points; one that is there already is changed, and with it the rounds to come that take place
        there. Raises Refused for what cannot be read.
        """
        return await import_points(self._database, paths, order)

    async def import_visits(self, paths: Sequence[Path], order: Order) -> Imported:
        """What field officers found at people's doors. Raises Refused for what cannot be read."""
        return await import_visits(self._database, paths, order)
