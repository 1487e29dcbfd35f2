"""The schedule by village: from province to village by links, and the rounds of the place."""

import re

from aiohttp import web

from notifier.web.house import HOUSE
from notifier.web.public import frame

AREA = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)


async def schedule(request: web.Request) -> web.Response:
    """The rounds of an area; without one, the provinces that have any."""
    house, asked = request.app[HOUSE], request.query.get("w", "")
    area = asked if AREA.fullmatch(asked) else ""
    return frame.show(request, "schedule.html", {"found": await house.enquiries.schedule(area, house.clock())})
