"""The front page: what this is, what can be done here, and what is announced."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from notifier.config import Config
from notifier.web.house import HOUSE
from notifier.web.public import frame

# channel → keys of a line's settings that hold the address citizens write to, best first
_ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "sms": ("sender",),
    "telegram": (),
    "email": ("from_address",),
}


async def welcome(request: web.Request) -> web.Response:
    """What this is, what one can do, and the next rounds."""
    house = request.app[HOUSE]
    context = {"ways": ways(house.config), "rounds": await house.enquiries.announcements(house.clock())}
    return frame.show(request, "welcome.html", context)


def ways(config: Config) -> Sequence[tuple[str, str]]:
    """How citizens reach us: (channel, address or ""), of the lines that can be answered."""
    found: dict[tuple[str, str], None] = {}
    for line in config.lines.values():
        if line.two_way and line.channel in _ADDRESSES:
            settings = line.settings
            address = next((str(settings[key]) for key in _ADDRESSES[line.channel] if settings.get(key)), "")
            found[line.channel, address] = None
    return list(found)
