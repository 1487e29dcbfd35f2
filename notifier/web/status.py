"""What machines ask: does the process live, can it serve, how much waits. Public, and never about a person."""

import re
import secrets
import time

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram

from notifier import vitals
from notifier.web.house import HOUSE
from notifier.web.security import Handler

REQUEST_ID = "X-Request-Id"
NAMED = re.compile(r"[A-Za-z][A-Za-z0-9-]{7,63}|[0-9a-f-]{16,64}")


class Meters:
    """What this process counts of its own pages."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "notifier_http_requests", "Answers by route and status", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram("notifier_http_seconds", "Time an answer took", ("route",), registry=self.registry)


METERS: web.AppKey[Meters] = web.AppKey("meters")


def setup(app: web.Application) -> None:
    """Give an application its meters."""
    app[METERS] = Meters()


@web.middleware
async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count and time every answer, by the route's pattern: paths would name tickets. Each has a name of its own, that
    of our proxy if it gives one, which its log lines and the answer carry.
    """
    began, status = time.perf_counter(), 500
    given = request.headers.get(REQUEST_ID, "") if request.app[HOUSE].config.service.proxies else ""
    name = given if NAMED.fullmatch(given) else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=name)
    request[REQUEST_ID] = name
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "none"
        meters = request.app[METERS]
        meters.requests.labels(route, str(status)).inc()
        meters.seconds.labels(route).observe(time.perf_counter() - began)


async def named(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the request's name in the answer's headers."""
    if REQUEST_ID in request:
        response.headers.setdefault(REQUEST_ID, request[REQUEST_ID])


async def health(request: web.Request) -> web.Response:
    """The process lives."""
    return web.json_response(await vitals.health(request.app[HOUSE]))


async def ready(request: web.Request) -> web.Response:
    """200 when the database answers and stands at this version's tables."""
    good, body = await vitals.ready(request.app[HOUSE])
    return web.json_response(body, status=200 if good else 503)
