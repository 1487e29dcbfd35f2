"""What an office has done of its first steps, each as a fact of the rows."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.roles import Role
from notifier.store.broadcasts import PLACE, WITH_ROUNDS, within
from notifier.store.schema import accounts, broadcasts, deliveries, people, points, programmes, rounds

TOOK = ("accepted", "delivered", "read")


@dataclass(frozen=True, slots=True)
class Firsts:
    """Which of the first steps are done, in their order."""

    programme: bool  # somebody wrote how one is told, or went on to the register and took them as they are
    people: bool
    point: bool  # a point is written, or a round names its place without one
    round: bool
    line: bool  # a provider took a test message
    second: bool  # two admins may sign in and see this area: nobody approves their own plan
    plan: bool
    approved: bool

    @property
    def all(self) -> bool:
        """Nobody needs to be led any more."""
        return all(getattr(self, name) for name in self.__dataclass_fields__)


async def begun(db: AsyncConnection) -> bool:
    """Whether a broadcast has told anybody yet: from then on an office knows its way."""
    return (await db.execute(select(broadcasts.c.id).where(broadcasts.c.expanded > 0).limit(1))).first() is not None


async def facts(db: AsyncConnection, region: str) -> Firsts:
    """What is done in a region. To be asked while nothing was sent to many: the first row of its kind answers."""
    prefix = region.rstrip(".")
    above = ["", *(".".join(prefix.split(".")[: n + 1]) for n in range(prefix.count(".") + 1))]
    admins = select(accounts.c.id).where(
        accounts.c.role == Role.ADMIN.value, accounts.c.disabled_at.is_(None), accounts.c.region.in_(above)
    )
    ours = and_(within(PLACE, prefix), broadcasts.c.planned_by != "clock")
    has_people = _any(people, within(people.c.region, prefix))
    has_round = _any(rounds, within(rounds.c.region, prefix))
    row = (
        await db.execute(
            select(
                or_(_any(programmes), has_people),
                has_people,
                or_(_any(points, within(points.c.region, prefix)), has_round),
                has_round,
                _any(deliveries, deliveries.c.event == "test_send", deliveries.c.state.in_(TOOK)),
                admins.limit(1).offset(1).exists(),
                _any(WITH_ROUNDS, ours),
                _any(WITH_ROUNDS, ours, broadcasts.c.approved_at.is_not(None)),
            )
        )
    ).one()
    return Firsts(*(bool(fact) for fact in row))


def _any(table: FromClause, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(1).select_from(table).where(*where).exists()
