"""What Prometheus is told: what this process counts of its own pages, and what every process tells."""

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from notifier import vitals
from notifier.web.house import HOUSE
from notifier.web.status import METERS


async def metrics(request: web.Request) -> web.Response:
    """Counters and depths in the format of Prometheus."""
    body = generate_latest(request.app[METERS].registry) + await vitals.figures(request.app[HOUSE])
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
