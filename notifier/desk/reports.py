"""What supervisors and auditors read: how promises are kept, by region, round, point, category and agent; and the case
file of one ticket with what the ledger proves of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.acting import seen
from notifier.desk.reading import page_of_ticket
from notifier.desk.values import Room, TicketPage
from notifier.errors import Refused
from notifier.proofs import prove_ticket
from notifier.rules.roles import Right, Viewer
from notifier.store import ledger, points
from notifier.store import reports as rows
from notifier.store.ledger import Act
from notifier.store.report_looks import Key
from notifier.store.reports import BY, Row, Span

HOUR = 3600
# The columns of a report that is taken away, in their order; docs/desk.md tells what each means. Never renamed.
COLUMNS = (
    "group",
    "opened",
    "open",
    "compliance_percent",
    "first_response_hours",
    "backlog_age_hours",
    "reopen_percent",
    "satisfaction",
    "ratings",
    "first_response_working_hours",
    "name",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One group's figures as they are read; None where there is nothing to divide."""

    key: str
    opened: int
    open: int
    compliance: float | None  # percent of tickets without a broken promise
    first_working: float | None  # hours of the office's time until a person's first answer, as the promise counts them
    first_hours: float | None  # the same on the clock of the wall
    backlog_hours: float | None  # how old the open ones are
    reopened: float | None  # percent of those once called settled
    satisfaction: float | None  # 1 to 5
    ratings: int
    name: str = ""  # of a point, as it is called by now

    def cells(self) -> tuple[object, ...]:
        """In the order of COLUMNS."""
        parts = (self.compliance, self.first_hours, self.backlog_hours, self.reopened, self.satisfaction)
        told = ["" if p is None else f"{p:.1f}" for p in (*parts, self.first_working)]
        return (self.key, self.opened, self.open, *told[:-1], self.ratings, told[-1], self.name)


@dataclass(frozen=True, slots=True)
class Report:
    """A table, and what it is about."""

    by: str
    first: date
    last: date
    lines: tuple[Line, ...]
    whole: Line


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One ticket to be printed: everything of its page, and its links in the chain."""

    page: TicketPage
    acts: tuple[Act, ...]
    findings: tuple[str, ...]  # what does not agree; empty: everything does

    @property
    def chained(self) -> bool:
        """Whether every act has its link by now; the clock gives it within seconds."""
        return all(act.link is not None for act in self.acts)


async def report(room: Room, viewer: Viewer, by: str, first: date, last: date, now: datetime) -> Report:
    """Tickets of the viewer's region that were opened on these days, both included, in the desk's zone."""
    asked(viewer, by, first, last)
    async with room.database.read() as db:
        return await named(db, by, first, last, await rows.figures(db, by, span(room, viewer, first, last), now))


def asked(viewer: Viewer, by: str, first: date, last: date) -> None:
    """Raises Refused for a report that there is not, or not for them."""
    viewer.needs(Right.SEE_REPORTS)
    if by not in BY:
        raise Refused(f'there is no report by "{by}"; there are: {", ".join(BY)}')
    if last < first:
        raise Refused(f"the last day, {last}, is before the first, {first}; change one of them")


def span(room: Room, seen_from: Viewer | Key, first: date, last: date) -> Span:
    """These days, both included, as the desk's zone has them, seen from a region."""
    zone = ZoneInfo(room.settings.zone)
    since, until = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return Span(seen_from.region, since, until)


async def named(db: AsyncConnection, by: str, first: date, last: date, found: Sequence[Row]) -> Report:
    """Figures as a report, each point by the name it has now."""
    names = await points.names(db, [row.key for row in found]) if by == "point" else {}
    lines = tuple(replace(line(row), name=names.get(row.key, "")) for row in found)
    return Report(by, first, last, lines, line(_sum(found)))


def line(row: Row) -> Line:
    """Figures as people read them."""
    return Line(
        key=row.key,
        opened=row.opened,
        open=row.still_open,
        compliance=_part(100 * row.kept, row.opened),
        first_working=_part(row.first_working / HOUR, row.first_promised),
        first_hours=_part(row.first_seconds / HOUR, row.first_answers),
        backlog_hours=_part(row.open_seconds / HOUR, row.still_open),
        reopened=_part(100 * row.reopened, row.settled),
        satisfaction=_part(row.score, row.ratings),
        ratings=row.ratings,
    )


def _part(all_together: float, of: int) -> float | None:
    return all_together / of if of else None


def _sum(found: Sequence[Row]) -> Row:
    names = [name for name in Row.__dataclass_fields__ if name != "key"]
    return Row("", **{name: sum(getattr(row, name) for row in found) for name in names})


async def case_file(room: Room, viewer: Viewer, number: str, now: datetime) -> CaseFile:
    """One ticket with its proof. That somebody took it away is recorded."""
    viewer.needs(Right.EXPORT)
    async with room.database.write() as db:
        ticket = await seen(db, viewer, number)
        await ledger.append(db, at=now, who=viewer.who, act="case_file", about=f"ticket:{ticket.id}")
    page = await page_of_ticket(room, viewer, number, now)
    async with room.database.read() as db:
        acts = await ledger.about(db, f"ticket:{ticket.id}")
        findings = await prove_ticket(db, room.vault, ticket.id)
    return CaseFile(page, tuple(acts), tuple(findings))
