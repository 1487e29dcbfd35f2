"""The day at a glance: what goes out, what came in, what is late, what is broken; each leads to where one acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from notifier.render import said
from notifier.rules.boards import View
from notifier.rules.lateness import lateness
from notifier.rules.roles import Right, Viewer
from notifier.store import agenda, deliveries, today
from notifier.store import broadcasts as rows
from notifier.store.broadcasts import Broadcast
from notifier.store.today import Opened
from notifier.web import charts, pages
from notifier.web.house import HOUSE, House
from notifier.web.office import firsts
from notifier.web.office.broadcasts import LIVE

MOST = 60  # broadcasts that are looked at
SHOWN = 8  # of them in the list
BEHIND = timedelta(days=3)  # a rest that nobody took up, and a file that failed, are spoken of so long
TOLD = ("accepted", "delivered", "read")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is late or broken, and where one acts on it."""

    kind: str  # a word of the language table
    n: int
    where: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What the rows say of a day."""

    found: Sequence[Broadcast]  # all that were looked at
    live: Sequence[Broadcast]
    over: Sequence[Broadcast]  # done or stopped since midnight
    tallies: Mapping[int, Mapping[str, int]]
    late: Mapping[int, str]  # broadcast → how
    etas: Mapping[int, datetime]
    answers: Mapping[str, int]
    opened: Sequence[Opened]
    failed: Sequence[tuple[int, str]]  # imports: number, name
    deaf: Sequence[tuple[int, str]]  # webhooks that cannot be told


async def home(request: web.Request) -> web.Response:
    """Today, by the viewer's role and region."""
    house, viewer = request.app[HOUSE], pages.who(request)
    now = house.clock()
    day = await _day(house, viewer, now)
    counts = await house.desk.counts(viewer)
    held = await house.again.count_held(viewer)
    conflicts = await house.conflicts.count(viewer)
    async with house.database.read() as db:
        coming = await agenda.page(db, viewer.region, closing_after=now, before=None, limit=5)
    late = [Trouble(how, 1, f"/broadcasts/{number}") for number, how in day.late.items()]
    late += _few("breaching", counts[View.BREACHING], "/desk?view=breaching")
    broken = await _broken(house, day, held, counts[View.UNDELIVERED])
    shown = [*day.live[:SHOWN], *day.over[:SHOWN]]
    context = {
        "steps": await firsts.steps(house, viewer, day.found),
        "day": day,
        "shown": shown,
        "more": len(day.live) - len(day.live[:SHOWN]),
        "bars": {b.id: bar(b, day.tallies.get(b.id, {})) for b in shown if b.expanded},
        "late": late,
        "broken": broken,
        "names": {b.id: b for b in day.found},
        "counts": counts,
        "held": held,
        "conflicts": conflicts,
        "doubles": await house.doubles.count(viewer),
        "coming": coming,
    }
    return await pages.page(request, "office/home.html", context)


def bar(b: Broadcast, states: Mapping[str, int]) -> Sequence[charts.Slice]:
    """A broadcast as parts of one bar, by its kept counters alone: told, still waiting, unsure, not told."""
    rest = max(b.audience - b.expanded, 0)
    ended = b.state == "stopped"
    parts = {
        "told": sum(states.get(state, 0) for state in TOLD),
        "waiting": states.get("due", 0) + states.get("sending", 0) + (0 if ended else rest),
        "unsure": states.get("unknown", 0),
        "untold": sum(states.get(state, 0) for state in ("failed", "expired", "cancelled", "suppressed"))
        + (rest if ended else 0),
    }
    return charts.bar(parts)


async def _day(house: House, viewer: Viewer, now: datetime) -> Day:
    local = said.local(now, house.config.service.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    async with house.database.read() as db:
        found = await rows.of_span(db, viewer.region, midnight - BEHIND, now, MOST)
        ids = [b.id for b in found]
        tallies = await deliveries.tally_each(db, ids) if ids else {}
        taken = await today.taken_up(db, [b.id for b in found if b.state == "stopped"])
        answers = await today.answers(db, ids)
        opened = await today.opened(db, viewer.region, midnight)
        failed = await today.failed_uploads(db, viewer.region, now - BEHIND) if viewer.may(Right.IMPORT) else []
        deaf = await today.failing_webhooks(db, viewer.region) if viewer.may(Right.ACCOUNTS) else []
    etas = await house.told.etas(found, now)
    how = {
        b.id: lateness(
            b.state,
            b.at,
            b.expires_at,
            now,
            through=etas.get(b.id),
            left=b.audience - b.expanded if b.expanded else 0,
            taken=b.id in taken,
        )
        for b in found
    }
    live = sorted((b for b in found if b.state in LIVE), key=lambda b: (LIVE[b.state], b.at, b.id))
    over = [b for b in found if b.state not in LIVE and b.at >= midnight and b.expanded]
    late = {number: word for number, word in how.items() if word}
    return Day(found, live, over[::-1], tallies, late, etas, answers, opened, failed, deaf)


async def _broken(house: House, day: Day, held: int, undelivered: int) -> list[Trouble]:
    fares = await house.health()
    found = [Trouble("line", 1, "/lines", name) for name, word in fares["lines"].items() if word != "ok"]
    if "sending" in fares and house.restored.open:
        found.append(Trouble("sending", 1, "/lines"))
    found += [Trouble("webhook", 1, f"/webhooks/{number}", name) for number, name in day.deaf]
    found += [Trouble("upload", 1, f"/imports/{number}", name) for number, name in day.failed]
    return [*found, *_few("held", held, "/held"), *_few("undelivered", undelivered, "/desk?view=undelivered")]


def _few(kind: str, n: int, where: str) -> list[Trouble]:
    return [Trouble(kind, n, where)] if n else []
