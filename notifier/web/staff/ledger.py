"""The ledger's page: what was done, newest first, each act in a sentence, and the proof that none was altered."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from notifier.broadcasts import sheets
from notifier.errors import Refused
from notifier.ledger import LONGEST_STRETCH
from notifier.store import ledger as rows
from notifier.store.ledger import Act, Asked
from notifier.web import files, pages
from notifier.web.house import HOUSE
from notifier.web.staff import acts

PAGE = 50
EVERYTHING = "all"  # also what workers write of what they sent: by far the most
FILTERS = ("who", "act", "about", "since", "until")
COLUMNS = ("nomor", "id", "waktu", "siapa", "tindakan", "tentang", "rincian", "segel")


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as it is shown."""

    act: Act
    sentence: str
    place: str
    detail: Mapping[str, Any]


async def look(request: web.Request) -> web.Response:
    """What was done, by what is asked for."""
    return await _page(request, request.query)


async def check(request: web.Request) -> web.Response:
    """Recompute the links of the stretch that is shown."""
    house, fields = request.app[HOUSE], await pages.form(request)
    first, last = pages.number(fields.get("first")) or 0, pages.number(fields.get("last")) or 0
    try:
        proof = await house.records.check(pages.who(request), first, last)
    except Refused as error:
        return await _page(request, fields, {"refused": str(error)}, 400)
    return await _page(request, fields, {"proof": proof, "stretch": (first, last)})


async def take(request: web.Request) -> web.StreamResponse:
    """What is asked for as a file; that it was taken is recorded."""
    house, viewer, form = request.app[HOUSE], pages.who(request), request.match_info["form"]
    asked, _ = await _asked(request, request.query)

    async def cells() -> AsyncIterator[Sequence[Sequence[object]]]:
        async for part in house.records.all(viewer, asked):
            yield [_cells(act) for act in part]

    file, count = await sheets.write(form, COLUMNS, cells())
    await house.records.taken(viewer, count, house.clock())
    return await files.hand_over(request, file, f"buku-besar.{form}")


def _cells(act: Act) -> Sequence[object]:
    link = act.link.hex() if act.link else ""
    return act.seq or "", act.id, act.at.isoformat(), act.who, act.act, act.about, act.detail, link


async def _asked(request: web.Request, given: Mapping[str, str]) -> tuple[Asked, dict[str, str]]:
    """What is asked for, and the fields as they were filled in. A login stands for its account; days are the zone's."""
    fields = {name: pages.clean(given.get(name, "")).strip()[:80] for name in FILTERS}
    house = request.app[HOUSE]
    logins = {login: who for who, (login, _) in (await house.records.names()).items()}
    zone = ZoneInfo(house.config.service.zone)
    until = _day(fields["until"], zone)
    return Asked(
        who=logins.get(fields["who"].lower(), fields["who"]),
        act="" if fields["act"] == EVERYTHING else fields["act"],
        quiet=fields["act"] != EVERYTHING,
        about=_account(fields["about"], logins),
        since=_day(fields["since"], zone),
        until=until + timedelta(days=1) if until else None,
    ), fields


def _account(about: str, logins: Mapping[str, str]) -> str:
    return logins.get(about.lower(), about)


def _day(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime(found.year, found.month, found.day, tzinfo=zone).astimezone(UTC) if found.year > 1970 else None


async def _page(
    request: web.Request, given: Mapping[str, str], more: Mapping[str, Any] | None = None, status: int = 200
) -> web.Response:
    house, viewer, tongue = request.app[HOUSE], pages.who(request), pages.tongue(request)
    asked, fields = await _asked(request, given)
    found = await house.records.page(viewer, asked, pages.number(given.get("before")), PAGE + 1)
    shown, names = found[:PAGE], await house.records.names()
    chained = [act.seq for act in shown if act.seq is not None]
    query = {name: value for name, value in fields.items() if value}
    context: dict[str, Any] = {
        "entries": [
            Entry(act, acts.sentence(act, names, tongue), acts.place(act.about), rows.read(act)) for act in shown
        ],
        "fields": fields,
        "query": urlencode(query),
        "before": given.get("before", ""),
        "older": urlencode(query | {"before": str(shown[-1].id)}) if len(found) > PAGE else "",
        "kinds": acts.choices(tongue),
        "standing": await house.records.standing(),
        "stretch": (min(chained), max(chained)) if chained else None,
        "longest": LONGEST_STRETCH,
        "proof": None,
        "refused": "",
    }
    return await pages.page(request, "office/ledger.html", {**context, **(more or {})}, status=status)
