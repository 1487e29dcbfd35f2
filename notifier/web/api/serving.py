"""From a request to its answer: who asks, whether they may, what they ask, once; and every failure as a problem.

Knows endpoints only by their rows, and no room at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import get_args

import structlog
from aiohttp import web
from pydantic import ValidationError

from notifier.errors import Changed, Refused
from notifier.keys import Bearer
from notifier.rules.keys import LEANS_ON, Allowance
from notifier.store import keys as rows
from notifier.store.engine import NoRoom, is_away
from notifier.web.api import mends
from notifier.web.api.endpoints import BASE, Answer, Call, Endpoint
from notifier.web.api.shapes import Fault, Given, Problem, Wrong
from notifier.web.house import HOUSE, House
from notifier.web.security import Handler

log = structlog.get_logger()
LARGEST = 256 * 1024  # bytes of a body
LEASE = timedelta(seconds=60)  # how long a request with an Idempotency-Key may take
SEALED = "api_requests.answer"
RETRY, SHORTLY = "Retry-After", "5"  # seconds
JSON, PROBLEM = "application/json", "application/problem+json"
BEARING = "bearer"  # key of the request: who asks
BEARER = 'Bearer realm="notifier"'


class Allowances:
    """How much of their minute is left to keys. Kept in the process: a count in the database would cost every request
    a write, and what it guards is the process that answers. With several web processes each has its own count.
    """

    def __init__(self) -> None:
        self._kept: dict[int, Allowance] = {}

    def ask(self, bearer: Bearer, now: datetime) -> tuple[Allowance, bool]:
        """Count one request of a key; whether it is within its rate."""
        kept = self._kept.get(bearer.key_id)
        if kept is None or kept.most != bearer.per_minute:
            kept = Allowance(bearer.per_minute, bearer.per_minute, now)
        self._kept[bearer.key_id], within = kept.ask(now)
        return self._kept[bearer.key_id], within


ALLOWANCES: web.AppKey[Allowances] = web.AppKey("allowances")


@dataclass(frozen=True, slots=True)
class _Written:
    """An answer as it leaves, and as it is kept."""

    status: int
    body: str
    headers: Mapping[str, str]


def serve(endpoint: Endpoint) -> Handler:
    """The handler of an endpoint's route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        rates: dict[str, str] = {}
        try:
            written = await _answer(endpoint, request, rates)
        except Exception as error:
            written = _problem(_fault_of(error, f"{BASE}{endpoint.path}", endpoint, request))
        if endpoint.method != "GET":
            bearer: Bearer | None = request.get(BEARING)
            key = bearer.key_id if bearer is not None else None
            log.info("api.did", endpoint=endpoint.name, key=key, status=written.status)
        return _response(written, rates)

    return handle


@web.middleware
async def only_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An address that is none, or a method that is none of its: a problem too, when it is the API that was asked."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if not request.path.startswith("/api/") or error.status < 400:
            raise
        kind = {404: "not_found", 405: "wrong_method", 413: "too_large"}.get(error.status, "unreadable")
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return _response(_problem(Fault(kind, headers=headers)), {})
    except Exception as error:
        if not request.path.startswith("/api/"):
            raise
        return _response(_problem(_fault_of(error, "none", None, request)), {})


async def _answer(endpoint: Endpoint, request: web.Request, rates: dict[str, str]) -> _Written:
    house = request.app[HOUSE]
    now = house.clock()
    request[BEARING] = bearer = await _bearer(request, house, now)
    allowance, within = request.app[ALLOWANCES].ask(bearer, now)
    rates |= {
        "RateLimit-Limit": str(allowance.most),
        "RateLimit-Remaining": str(int(allowance.left)),
        "RateLimit-Reset": str(allowance.reset),
    }
    if not within:
        raise Fault("too_many", f"{allowance.most} a minute", headers={RETRY: str(allowance.wait)})
    _allowed(endpoint, bearer)
    path = _read(endpoint.path_of, dict(request.match_info), "path")
    query = _read(endpoint.query, _query(request), "query")
    raw = await _body(endpoint, request)
    body = _parsed(endpoint.body, raw) if endpoint.body is not None else None
    match = _match(request) if endpoint.conditional else ""
    call = Call(house, bearer, now, path, query, body, match, tongue(request))
    token = _token(request) if endpoint.method == "POST" else ""
    if not token:
        return _written(endpoint, await endpoint.handle(call))
    return await _once(endpoint, call, request, token, _digest(request, raw))


async def _bearer(request: web.Request, house: House, now: datetime) -> Bearer:
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not shown:
        raise Fault("no_key", "Send the header Authorization: Bearer nk_…", headers={"WWW-Authenticate": BEARER})
    bearer = await house.keys.enter(shown.strip(), now)
    if bearer is None:
        raise Fault(
            "no_key", "This key opens nothing.", headers={"WWW-Authenticate": f'{BEARER}, error="invalid_token"'}
        )
    return bearer


def _allowed(endpoint: Endpoint, bearer: Bearer) -> None:
    if endpoint.scope not in bearer.scopes:
        raise Fault("forbidden", f"The key lacks the scope {endpoint.scope}.")
    if not bearer.viewer.may(LEANS_ON[endpoint.scope]):
        role = bearer.viewer.role
        raise Fault("forbidden", f"The key's account ({role}) lacks the right to {LEANS_ON[endpoint.scope]}.")


# --- reading ---------------------------------------------------------------------------------------------------------


def _query(request: web.Request) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in request.query.items():
        if name in found:
            raise Fault("invalid", errors=[Wrong(parameter=name[:40], detail="it stands twice")])
        found[name] = value
    return found


def _read(model: type[Given], values: Mapping[str, str], where: str) -> Given:
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        if where == "path":  # no such thing can be
            raise Fault("not_found") from None
        raise Fault("invalid", errors=_wrongs(error, in_body=False)) from None


async def _body(endpoint: Endpoint, request: web.Request) -> bytes:
    """The bytes of the body, as far as they are wanted."""
    if endpoint.body is not None and request.content_type != JSON:
        raise Fault("wrong_type")
    if (request.content_length or 0) > LARGEST:
        raise Fault("too_large")
    raw = bytearray()
    try:
        async for part in request.content.iter_chunked(64 * 1024):
            raw += part
            if len(raw) > LARGEST:
                raise Fault("too_large")
    except web.RequestPayloadError:
        request.content.feed_eof()  # there is nothing more to read, before the answer or after it
        over = {"Connection": "close"}
        if endpoint.body is None:
            raise Fault("invalid", errors=[Wrong(pointer="#", detail="this takes no body")], headers=over) from None
        raise Fault("unreadable", "It is not packed as Content-Encoding says.", headers=over) from None
    if endpoint.body is None and raw.strip():
        raise Fault("invalid", errors=[Wrong(pointer="#", detail="this takes no body")])
    return bytes(raw)


def _parsed(model: type[Given], raw: bytes) -> Given:
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        if error.errors(include_input=False, include_url=False)[0]["type"] == "json_invalid":
            raise Fault("unreadable") from None
        raise Fault("invalid", errors=_wrongs(error, in_body=True)) from None


def _wrongs(error: ValidationError, *, in_body: bool) -> list[Wrong]:
    """What is wrong and where; never what stood there."""
    found = []
    for one in error.errors(include_input=False, include_url=False, include_context=False)[:50]:
        steps = [str(step).replace("~", "~0").replace("/", "~1")[:80] for step in one["loc"]]
        where = {"pointer": "#" + "".join(f"/{step}" for step in steps)} if in_body else {"parameter": ".".join(steps)}
        found.append(Wrong(**where, detail=one["msg"].removeprefix("Value error, ")))
    return found


def _match(request: web.Request) -> str:
    given = request.headers.get("If-Match", "").strip()
    return "" if given == "*" else given


def _token(request: web.Request) -> str:
    token = request.headers.get("Idempotency-Key")
    if token is None:
        return ""
    if not 1 <= len(token) <= 128 or not (token.isascii() and token.isprintable()) or " " in token:
        detail = "1 to 128 printable ASCII characters without spaces, such as a UUID"
        raise Fault("invalid", errors=[Wrong(parameter="Idempotency-Key", detail=detail)])
    return token


def _digest(request: web.Request, raw: bytes) -> bytes:
    return sha256(f"{request.method} {request.rel_url.raw_path_qs}\n".encode() + raw).digest()


# --- once ------------------------------------------------------------------------------------------------------------


async def _once(endpoint: Endpoint, call: Call, request: web.Request, token: str, digest: bytes) -> _Written:
    """Do it unless it was done; then answer what was answered. A crash on the way ends with its lease."""
    key_id, lease, database = call.bearer.key_id, call.now + LEASE, call.house.database
    async with database.write() as db:
        before = await rows.begin(db, key_id, token, digest, call.now, lease)
    if before is not None:
        if before.digest != digest:
            raise Fault("key_reused")
        if before.answer is None:
            left = max(1, int((before.lease_until - call.now).total_seconds()))
            raise Fault("under_way", headers={RETRY: str(min(left, 5))})
        kept = call.house.vault.open_json(before.answer, SEALED)
        return _Written(kept["status"], kept["body"], {**kept["headers"], "Idempotent-Replayed": "true"})
    try:
        try:
            written = _written(endpoint, await endpoint.handle(call))
        except (Fault, Refused) as error:
            written = _problem(_fault_of(error, endpoint.path, endpoint, request))
            if written.status >= 500:
                raise
    except BaseException:
        async with database.write() as db:
            await rows.give_up(db, key_id, token, lease)
        raise
    kept = {"status": written.status, "body": written.body, "headers": dict(written.headers)}
    async with database.write() as db:
        await rows.answered(db, key_id, token, lease, call.house.vault.seal_json(kept, SEALED))
    return written


# --- answering -------------------------------------------------------------------------------------------------------


def _written(endpoint: Endpoint, answer: Answer) -> _Written:
    headers = {"Content-Type": JSON} if answer.body is not None else {}
    headers |= {"ETag": answer.etag} if answer.etag else {}
    headers |= {"Location": BASE + answer.location} if answer.location else {}
    body = answer.body.model_dump_json() if answer.body is not None else ""
    return _Written(answer.status or endpoint.status, body, headers)


def tongue(request: web.Request) -> str:
    """The language of what is meant for a clerk: English, or Indonesian for whoever would rather have that."""
    best = {"en": 0.0, "id": 0.0}
    for part in request.headers.get("Accept-Language", "").split(",")[:20]:
        name, _, wish = part.strip().lower().partition(";")
        code = {"in": "id"}.get(name[:2], name[:2])  # as Java calls it
        found = re.fullmatch(r"\s*q=(0(\.\d{1,3})?|1(\.0{1,3})?)\s*", wish) if wish else None
        if code in best and (found or not wish):
            best[code] = max(best[code], float(found[1]) if found else 1.0)
    return "id" if best["id"] > best["en"] else "en"


def _fault_of(error: BaseException, route: str, endpoint: Endpoint | None, request: web.Request) -> Fault:
    """What is told of an error: a refusal in its own words, a fault of ours without any of what it knows."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, NoRoom) or is_away(error):
        log.error("api.unavailable", route=route, error=type(error).__name__)
        return Fault("unavailable", headers={RETRY: SHORTLY})
    if isinstance(error, Refused):
        return _refusal(error, endpoint, request)
    log.error("api.failed", route=route, error=type(error).__name__, place=_place(error))
    return Fault("fault")


def _refusal(error: Refused, endpoint: Endpoint | None, request: web.Request) -> Fault:
    """A refusal: of one field that was sent, of a version that is none any more, or of all of it as things stand."""
    said = mends.said(str(error), tongue(request))
    if isinstance(error, Changed) and endpoint is not None and endpoint.conditional and _match(request):
        return Fault("changed", said)
    where = _where(endpoint, error.field) if endpoint is not None and error.field else None
    return Fault("refused", said) if where is None else Fault("invalid", errors=[Wrong(**where, detail=said)])


def _where(endpoint: Endpoint, field: str) -> Mapping[str, str] | None:
    """Where a field stands in what an endpoint is sent; in its body also one step down. None: nowhere."""
    if field in endpoint.query.model_fields:
        return {"parameter": field}
    fields = endpoint.body.model_fields if endpoint.body is not None else {}
    if field in fields:
        return {"pointer": f"#/{field}"}
    for name, about in fields.items():
        for inner in (about.annotation, *get_args(about.annotation)):
            if isinstance(inner, type) and issubclass(inner, Given) and field in inner.model_fields:
                return {"pointer": f"#/{name}/{field}"}
    return None


def _place(error: BaseException) -> str:
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _problem(fault: Fault) -> _Written:
    kind = fault.kind
    shown = Problem(
        type=f"{BASE}/docs#{kind.name}", title=kind.title, status=kind.status, detail=fault.detail, errors=fault.errors
    )
    return _Written(kind.status, shown.model_dump_json(), {"Content-Type": PROBLEM, **fault.headers})


def _response(written: _Written, rates: Mapping[str, str]) -> web.Response:
    response = web.Response(status=written.status, body=written.body.encode() if written.body else None)
    response.headers.update({**written.headers, **rates})
    return response
