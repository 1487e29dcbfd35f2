"""What machines ask: does the process live, can it serve, how much waits. Public, and never about a person."""

import asyncio
import re
import secrets
import time

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram
from sqlalchemy.exc import SQLAlchemyError

from notifier.store.engine import MIGRATIONS, schema_version
from notifier.web.house import HOUSE
from notifier.web.security import Handler

log = structlog.get_logger()
REQUEST_ID = "X-Request-Id"
NAMED = re.compile(r"[A-Za-z][A-Za-z0-9-]{7,63}|[0-9a-f-]{16,64}")
PATIENCE = 5  # seconds that /ready waits for the database


class Meters:
    """What this process counts of its own pages."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "notifier_http_requests", "Answers by route and status", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram("notifier_http_seconds", "Time an answer took", ("route",), registry=self.registry)


METERS: web.AppKey[Meters] = web.AppKey("meters")
_HEAD: web.AppKey[list[str]] = web.AppKey("head")


def setup(app: web.Application) -> None:
    """Give an application its meters."""
    app[METERS] = Meters()
    app[_HEAD] = []


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
    """The process lives; lines in trouble and a held-back service are told, and change nothing about that."""
    body: dict[str, object] = {"status": "ok"}
    try:
        async with asyncio.timeout(PATIENCE):
            found = dict(await request.app[HOUSE].health())
    except (SQLAlchemyError, OSError, TimeoutError):
        return web.json_response(body)  # what the database lacks is for /ready to say
    troubled = {line: state for line, state in found.pop("lines").items() if state != "ok"}
    return web.json_response(body | found | ({"lines": troubled} if troubled else {}))


async def ready(request: web.Request) -> web.Response:
    """200 when the database answers and stands at this version's tables. A dead provider is told, and no reason."""
    house = request.app[HOUSE]
    try:
        async with asyncio.timeout(PATIENCE), house.database.read() as db:
            stands = await schema_version(db)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.error("ready.database", error=type(error).__name__)
        return web.json_response({"status": "unavailable", "database": "unreachable"}, status=503)
    head = request.app[_HEAD]
    if not head:
        head.append(await asyncio.to_thread(_newest))
    good = stands == head[0]
    body = {
        "status": "ok" if good else "unavailable",
        "database": "ok",
        "migration": stands,
        **await house.health(),
    }
    return web.json_response(body, status=200 if good else 503)


def _newest() -> str:
    from alembic.config import Config  # imported late: 0.8 s that most commands need not pay
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""
