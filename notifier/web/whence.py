"""Where a request comes from, no more exactly than needed: the block of its address, the kind of its browser."""

from ipaddress import ip_address, ip_network

from aiohttp import web

BROWSERS = (  # first match wins: each names those below it too
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def block(request: web.Request, proxies: int) -> str:
    """The block of addresses a request comes from. As many proxies as the configuration names are believed, no more."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    text = hops[-proxies] if proxies and len(hops) >= proxies else request.remote or ""
    try:
        address = ip_address(text.rpartition("%")[0] or text)
    except ValueError:
        return "unknown"
    return str(ip_network((address, 24 if address.version == 4 else 56), strict=False))


def device(agent: str) -> str:
    """A browser and its system as people call them: "Chrome, Android"; "" for what names neither."""
    found = (next((said for mark, said in table if mark in agent), "") for table in (BROWSERS, SYSTEMS))
    return ", ".join(part for part in found if part)
