"""Single deliveries and their attempts, for whoever asks what became of one. Looks only."""

from collections.abc import Sequence

from notifier.broadcasts.account import seen
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer
from notifier.store import attempts, paging, registers
from notifier.store.attempts import Attempt
from notifier.store.engine import Database
from notifier.store.paging import Delivery


class Tracing:
    """Follows deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_broadcast(
        self, viewer: Viewer, broadcast_id: int, state: str, after: int, limit: int
    ) -> Sequence[Delivery]:
        """A broadcast's deliveries beyond the person `after`; `state` "" for all. Refused for another's."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            await seen(db, viewer, broadcast_id)
            return await paging.of_broadcast(db, broadcast_id, viewer.region, state, after, limit)

    async def of_person(
        self, viewer: Viewer, person_id: int, state: str, before: int, limit: int
    ) -> Sequence[Delivery]:
        """A person's deliveries, newest first, without answers to reports. Refused for a person who is not theirs."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            person = await registers.person(db, person_id)
            if person is None or not viewer.covers(person.region):
                raise Refused("the register has nobody here in your region")
            return await paging.of_person(db, person_id, state, before, limit)

    async def one(self, viewer: Viewer, delivery_id: int) -> tuple[Delivery, Sequence[Attempt]]:
        """A delivery and its attempts, oldest first. Refused when it is not theirs to see."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            found = await paging.delivery(db, delivery_id)
            if found is None or not viewer.covers(found.region):
                raise Refused(f"there is no delivery {delivery_id} in your region")
            return found, await attempts.of_delivery(db, delivery_id)
