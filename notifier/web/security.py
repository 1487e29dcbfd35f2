"""What guards every page whatever it shows: who may post here, and what a browser may do with an answer."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HOOKS = "/hooks/"  # providers prove themselves in their own way
STATIC = "/static/"
API = "/api/"  # a key is shown there, and no cookie is looked at
MACHINES = frozenset({"/health", "/ready", "/metrics"})  # answered without a page, also when they are misused
LARGEST_FORM = 1024 * 1024  # bytes
EVIDENCE = 16 * 1024 * 1024  # bytes of a form that brings photos
# Forms of staff that bring a file; a register is read part by part, and the configuration says how much it may have.
UPLOADS = {
    "/imports": 2 * 1024**3 + LARGEST_FORM,
    "/broadcasts/plan/list": EVIDENCE,
}
# Forms of citizens: nobody is signed in there, so old browsers that tell nothing of where they come from may use them.
CITIZENS = {"/cek": LARGEST_FORM, "/lapor": EVIDENCE, "/lacak": EVIDENCE}

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def same_origin(request: web.Request) -> bool:
    """Whether the request comes from our own page, as far as the browser tells. Who tells nothing is refused, but for
    the forms of citizens.
    """
    if request.path in CITIZENS and "Sec-Fetch-Site" not in request.headers and "Origin" not in request.headers:
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin", "")
    try:
        return bool(origin) and urlsplit(origin).netloc == request.host
    except ValueError:  # no address at all, such as "http://["
        return False


@web.middleware
async def only_our_own_forms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site posts in a colleague's name, and forms larger than any of ours."""
    nowhere = request.match_info.http_exception is not None  # no such address, or not this method: nothing to guard
    if request.method not in SAFE and not request.path.startswith((HOOKS, API)) and not nowhere:
        if not same_origin(request):
            raise web.HTTPForbidden(reason="Cross-site request")
        largest = (CITIZENS | UPLOADS).get(request.path, LARGEST_FORM)
        if (request.content_length or 0) > largest or "chunked" in request.headers.get("Transfer-Encoding", ""):
            raise web.HTTPRequestEntityTooLarge(max_size=largest, actual_size=request.content_length or 0)
    return await handler(request)


def add_headers(*, https: bool) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """The signal that gives each answer its headers; `https` also tells browsers to stay with it."""

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        fresh = request.path.startswith(STATIC) and response.status in (200, 304)
        # Static files carry their digest in the address; everything else may be about people.
        caching = "public, max-age=31536000, immutable" if fresh and "v" in request.query else "no-cache"
        response.headers.setdefault("Cache-Control", caching if request.path.startswith(STATIC) else "no-store")

    return prepare
