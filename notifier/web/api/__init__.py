"""The API for other systems: one table of endpoints makes its routes, its OpenAPI document and its docs page."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from notifier.web import pages
from notifier.web.api.docs import calls, events, models, parts, scopes
from notifier.web.api.document import document
from notifier.web.api.endpoints import BASE
from notifier.web.api.serving import ALLOWANCES, Allowances, only_problems, serve
from notifier.web.api.shapes import KINDS
from notifier.web.api.table import ENDPOINTS
from notifier.web.house import House

__all__ = ["BASE", "ENDPOINTS", "only_problems", "setup"]

_DOCUMENT: web.AppKey[Mapping[str, Any]] = web.AppKey("openapi")


def setup(app: web.Application, house: House) -> None:
    """Give an application the API's routes."""
    service = house.config.service
    app[ALLOWANCES] = Allowances()
    app[_DOCUMENT] = document(ENDPOINTS, service.name, service.public_url.rstrip("/"))
    for endpoint in ENDPOINTS:
        asked = serve(endpoint)
        for method in ("GET", "HEAD") if endpoint.method == "GET" else (endpoint.method,):
            app.router.add_route(method, BASE + endpoint.path, asked)
    app.router.add_get(f"{BASE}/openapi.json", openapi)
    app.router.add_get(f"{BASE}/docs", docs)


async def openapi(request: web.Request) -> web.Response:
    """The document, for machines."""
    text = json.dumps(request.app[_DOCUMENT], ensure_ascii=False)
    return web.Response(text=text, content_type="application/json")


async def docs(request: web.Request) -> web.Response:
    """The document, for people."""
    told = request.app[_DOCUMENT]
    context = {
        "language": "en",
        "base": BASE,
        "document": told,
        "parts": parts(ENDPOINTS, told),
        "scopes": scopes(ENDPOINTS),
        "events": events(told),
        "calls": calls(told),
        "models": models(told),
        "kinds": list(KINDS.values()),
    }
    return pages.part(request, "api/docs.html", context)
