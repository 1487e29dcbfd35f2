"""notifier sla: when a promise is due, and why."""

import asyncio
import json
from argparse import Namespace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier import config as configuration
from notifier.app import open_house, utc_now
from notifier.app.house import config_file
from notifier.cli.options import Options, parser
from notifier.desk.promise import hours, years_around
from notifier.errors import Refused
from notifier.rules.roles import Role, Viewer
from notifier.rules.spending import due_with_pauses, steps_with_pauses
from notifier.rules.telling import step_data, step_lines

LONGEST = 60 * 24 * 366  # minutes
YEARS = range(2000, 2101)
OPERATOR = Viewer(0, "operator", Role.AUDITOR)  # whoever holds the data folder may read everything


def command(args: list[str], options: Options) -> int:
    """`explain TICKET` prints a ticket's arithmetic line by line; `due` reckons with a calendar alone."""
    words = parser("notifier sla", "Say when a promise is due, and why.")
    kinds = words.add_subparsers(dest="kind", required=True, metavar="explain|due")
    explain = kinds.add_parser("explain", help="the arithmetic of one ticket, line by line")
    explain.add_argument("ticket", metavar="TICKET", help="its number, in any case and spacing")
    due = kinds.add_parser("due", help="when so much working time has passed")
    due.add_argument("--calendar", required=True, metavar="NAME", help="a calendar of config.toml")
    due.add_argument("--start", required=True, metavar="ISO", help="a naive time is in the calendar's zone")
    due.add_argument("--minutes", required=True, type=int, metavar="N", help="working minutes")
    due.add_argument("--pause", action="append", default=[], metavar="FROM/TO", help="time that does not count")
    for one in (explain, due):
        one.add_argument("--json", action="store_true", help="one JSON object on stdout")
    asked = words.parse_args(args)
    return asyncio.run(_explain(asked, options)) if asked.kind == "explain" else _due(asked, options)


async def _explain(asked: Namespace, options: Options) -> int:
    async with open_house(options) as house:
        page = await house.desk.ticket(OPERATOR, asked.ticket, house.clock())
    if page.arithmetic is None:
        raise Refused(f"nothing is promised for ticket {page.ticket.number}")
    if asked.json:
        ticket = {"ticket": page.ticket.number, "status": page.ticket.status.value, "in_force": page.policy}
        print(json.dumps(ticket | page.arithmetic.data()))
    else:
        print("\n".join([f"Ticket {page.ticket.number}, {page.ticket.status}.", *page.arithmetic.lines()]))
    return 0


def _due(asked: Namespace, options: Options) -> int:
    path = config_file(options)
    config = configuration.load(path, named=options.config_named)
    table = config.calendars.get(asked.calendar)
    if table is None:
        known = ", ".join(sorted(config.calendars)) or "none"
        raise Refused(f'{path} has no calendar "{asked.calendar}"; there are: {known}')
    if asked.minutes < 0:
        raise Refused("--minutes must not be negative")
    if asked.minutes > LONGEST:
        raise Refused(f"--minutes must be at most {LONGEST}, a year of days and nights")
    calendar = hours(asked.calendar, table, years_around(utc_now()))
    start = _time(asked.start, table.zone, "--start")
    pauses = sorted(_pause(text, table.zone) for text in asked.pause)
    due = due_with_pauses(calendar, start, timedelta(minutes=asked.minutes), pauses)
    local = due.astimezone(ZoneInfo(table.zone))
    steps = steps_with_pauses(calendar, start, due, timedelta(minutes=asked.minutes), pauses)
    if asked.json:
        paused = calendar.between(start, due) - timedelta(minutes=asked.minutes)
        told = {"calendar": asked.calendar, "start": start.isoformat(), "minutes": asked.minutes}
        told |= {"due": local.isoformat(), "paused_minutes": paused.total_seconds() / 60}
        print(json.dumps(told | {"steps": [step_data(step, calendar) for step in steps]}))
    else:
        print("\n".join([*step_lines(steps, calendar), f"due {local:%A %Y-%m-%d %H:%M} {table.zone}"]))
    return 0


def _pause(text: str, zone: str) -> tuple[datetime, datetime]:
    begin, slash, end = text.partition("/")
    if not slash:
        raise Refused(f'--pause "{text}": write FROM/TO, such as 2026-12-07T09:00/2026-12-07T11:00')
    span = (_time(begin, zone, "--pause"), _time(end, zone, "--pause"))
    if span[1] < span[0]:
        raise Refused(f'--pause "{text}" ends before it begins')
    return span


def _time(text: str, zone: str, option: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f'{option} "{text}" is no time; write it like 2026-12-07T09:00') from None
    if at.year not in YEARS:
        raise Refused(f'{option} "{text}": the year must be from {YEARS[0]} to {YEARS[-1]}')
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
