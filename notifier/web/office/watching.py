"""A broadcast by area: a picture of tiles, and the table that says the same."""

import re
from dataclasses import dataclass

from aiohttp import web

from notifier.errors import Refused
from notifier.store.places import Place
from notifier.web import pages
from notifier.web.house import HOUSE
from notifier.web.office.broadcasts import UNDER_WAY

ACROSS = 10  # tiles in a row
STEPS = (25, 50, 75, 95)  # percent told: a darker tile from each on


@dataclass(frozen=True, slots=True)
class Tile:
    """One area in the picture."""

    place: Place
    x: int
    y: int
    step: int  # 0 to 4
    share: int  # percent told


def tiles(areas: list[Place]) -> list[Tile]:
    """Areas in rows, by code: neighbours in the register stand side by side."""
    found = []
    for n, place in enumerate(areas):
        share = 100 * place.told // place.people if place.people else 0
        found.append(Tile(place, n % ACROSS, n // ACROSS, sum(share >= step for step in STEPS), share))
    return found


async def look(request: web.Request) -> web.Response:
    """A broadcast by village, or by larger areas where there are many; `?w=31.75` looks inside one."""
    house, viewer = request.app[HOUSE], pages.who(request)
    inside = request.query.get("w", "")
    if not re.fullmatch(r"[\d.]{0,13}", inside, re.ASCII):
        raise web.HTTPBadRequest
    try:
        seen = await house.watching.by_area(viewer, int(request.match_info["id"]), inside)
    except Refused:  # none, or elsewhere: which of the two is not told
        raise web.HTTPNotFound from None
    drawn = tiles(list(seen.areas))
    context = {
        "b": seen.broadcast,
        "seen": seen,
        "tiles": drawn,
        "high": (len(drawn) + ACROSS - 1) // ACROSS,
        "across": min(len(drawn), ACROSS),
        "live": seen.broadcast.state in UNDER_WAY,
    }
    partly = request.headers.get("HX-Request") == "true"
    if partly:
        return pages.part(request, "office/_places.html", context)
    return await pages.page(request, "office/places.html", context)
