"""The API for other systems: one table of endpoints makes its routes, its OpenAPI document and its docs page."""

import json

from aiohttp import web

from notifier.web.api.document import document
from notifier.web.api.endpoints import BASE
from notifier.web.api.serving import ALLOWANCES, Allowances, only_problems, serve
from notifier.web.api.table import ENDPOINTS
from notifier.web.house import House

__all__ = ["BASE", "ENDPOINTS", "only_problems", "setup"]

_DOCUMENT: web.AppKey[str] = web.AppKey("openapi")


def setup(app: web.Application, house: House) -> None:
    """Give an application the API's routes."""
    service = house.config.service
    app[ALLOWANCES] = Allowances()
    app[_DOCUMENT] = json.dumps(document(ENDPOINTS, service.name, service.public_url.rstrip("/")), ensure_ascii=False)
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, BASE + endpoint.path, serve(endpoint))
    app.router.add_get(f"{BASE}/openapi.json", openapi, allow_head=False)


async def openapi(request: web.Request) -> web.Response:
    """The document, for machines."""
    return web.Response(text=request.app[_DOCUMENT], content_type="application/json")
