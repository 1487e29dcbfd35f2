"""How the service fares, by regency: only whole quarters, and no number that speaks of a few people."""

from aiohttp import web

from notifier.rules.suppression import K
from notifier.web.house import HOUSE
from notifier.web.public import frame


async def figures(request: web.Request) -> web.Response:
    """The last whole quarter."""
    house = request.app[HOUSE]
    zone = house.config.service.zone
    found = await house.enquiries.figures(house.clock(), zone)
    return frame.show(request, "statistics.html", {"found": found, "k": K, "zone": zone})
