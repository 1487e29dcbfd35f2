"""What a promise comes to, tried out before it is made: a sum by an office's calendar, and what other calendars and
policies would change for the open tickets. Nothing here is kept.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from notifier.config import Config
from notifier.desk.previewing import MOST, proposed
from notifier.desk.promise import hours, named_days, years_around
from notifier.errors import Refused
from notifier.rules.hours import Hours, office_week
from notifier.rules.spending import due_with_pauses, steps_with_pauses
from notifier.web import pages
from notifier.web.house import HOUSE

PAUSES = (1, 2, 3)  # fields for times that do not count
LONGEST = 60 * 24 * 366  # minutes


async def look(request: web.Request) -> web.Response:
    """The sum of what was chosen."""
    return await _show(request, request.query)


async def preview(request: web.Request) -> web.Response:
    """What these calendars and policies would change."""
    fields, house = await pages.form(request), request.app[HOUSE]
    try:
        promises = proposed(house.config, fields.get("tables", ""), house.clock())
        found = await house.desk.preview(pages.who(request), promises, house.clock())
    except Refused as error:
        return await _show(request, {}, tables=fields.get("tables", ""), wrong=str(error), status=400)
    return await _show(request, {}, tables=fields.get("tables", ""), preview=found)


async def _show(request: web.Request, asked: Mapping[str, str], *, status: int = 200, **told: Any) -> web.Response:
    house = request.app[HOUSE]
    calendars = list(house.config.calendars) or [""]
    context: dict[str, Any] = {
        "calendars": calendars,
        "asked": asked,
        "pauses": PAUSES,
        "sum": None,
        "refused": "",
        "tables": "",
        "wrong": "",
        "preview": None,
        "most": MOST,
        "unreached": await house.desk.unreached(pages.who(request)),
        **told,
    }
    try:
        context["sum"] = _sum(house.config, calendars, asked, house.clock()) if asked.get("start") else None
    except Refused as error:
        context["refused"], status = str(error), 400
    return await pages.page(request, "desk/promises.html", context, status=status)


def _sum(config: Config, calendars: list[str], asked: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The steps and the due instant of what was chosen. Refused naming the field."""
    name = asked.get("calendar", calendars[0])
    if name not in calendars:
        raise Refused(f'there is no calendar "{pages.clean(name)[:40]}"; choose one of the list')
    calendar = hours(name, config.calendars[name], years_around(now)) if name else _usual(config, now)
    minutes = pages.number(asked.get("minutes"), LONGEST)
    if minutes is None:
        raise Refused(f"working minutes: write a whole number up to {LONGEST}")
    start, pauses = _time(asked.get("start", ""), calendar.zone), []
    for n in PAUSES:
        begin, end = (asked.get(f"{word}{n}", "") for word in ("from", "to"))
        if begin or end:
            span = (_time(begin, calendar.zone), _time(end, calendar.zone))
            if span[1] < span[0]:
                raise Refused(f"pause {n} ends before it begins")
            pauses.append(span)
    span_of = timedelta(minutes=minutes)
    due = due_with_pauses(calendar, start, span_of, sorted(pauses))
    steps = steps_with_pauses(calendar, start, due, span_of, sorted(pauses))
    return {"steps": steps, "due": due, "zone": calendar.zone.key, "start": start}


def _usual(config: Config, now: datetime) -> Hours:
    days = named_days(years_around(now))
    return Hours(ZoneInfo(config.service.zone), office_week(), days, names=days)


def _time(text: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f'"{pages.clean(text)[:40]}" is no time; choose day and hour') from None
    if not 2000 <= at.year <= 2100:
        raise Refused(f'"{pages.clean(text)[:40]}" is no time; choose day and hour')
    return at if at.tzinfo else at.replace(tzinfo=zone)
