"""The OpenAPI 3.1 document, made from the rows that the routes are made from: nothing is written twice. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from notifier.rules.keys import LEANS_ON
from notifier.web.api import news
from notifier.web.api.endpoints import BASE, Endpoint
from notifier.web.api.shapes import KINDS, Given, Kind, Nothing, Problem

REF = "#/components/schemas/{model}"
VERSION = "1.0.0"
ABOUT = """\
The register, rounds, benefits, broadcasts and complaints of this service, for the systems around it.

**Key.** Send `Authorization: Bearer nk_…` with each request; an admin of the service makes keys. A key acts for an
account, in an area, and may what its scopes say. What lies outside of its area is not there (404).

**Bodies** are JSON in UTF-8 (`Content-Type: application/json`), at most 256 KiB; unknown fields are refused. Times
carry an offset. A NIK stands in bodies alone, never in an address; people's numbers and addresses leave masked.

**Lists** come in pages: `next` of one is `after` of the following, and null ends them; `limit` says how long they are.
What comes in meanwhile moves nothing. HEAD is answered as GET is, without the body.

**Once.** A POST with an `Idempotency-Key` (such as a UUID) is done once. A repeat within 24 hours is answered as the
first one was, with `Idempotent-Replayed: true`; 409 while that is under way, 422 when the key comes with something
else. If the service died over the first one, the key is free again after a minute: look whether it was done.

**Changes by two.** What answers an `ETag` takes it back as `If-Match`, where that is a parameter: 412 when somebody
changed it since. Without one a change is made whatever there is. What has none needs none: a status goes by the day
of its record, and a broadcast moves only as its state allows.

**Rate.** `RateLimit-Remaining` tells how often a key may ask just now; 429 and 503 tell in `Retry-After` how many
seconds to wait.

**Webhooks** tell other systems by a POST to an address of theirs. Believe what is signed: the HMAC-SHA256 of
`webhook-id.webhook-timestamp.body` (the very bytes that came), keyed by the bytes whose base64 follows `whsec_`, is one
of those in `webhook-signature`, where each is `v1,` and base64, with a space between. Refuse a time more than five
minutes off. Answer 2xx within 15 seconds and work afterwards: what was not taken comes again, what follows it waits. An
event may come twice, with the same `webhook-id`.

**Failures** are problems (RFC 9457, `application/problem+json`): `type` leads to what it means, `detail` says it in
words, `errors` points at each field. 422: mend the field; 409: it can't be done as things stand; 412: somebody changed
it. Branch on `type`, never on words. They are English; with `Accept-Language: id` those for clerks (why a row or an act
is refused, and how that is mended) are Indonesian.
"""
_RATES = {
    "RateLimit-Limit": "requests a minute",
    "RateLimit-Remaining": "requests left at this moment",
    "RateLimit-Reset": "seconds until all of them are there again",
}
_ABOUT_ITSELF: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("/openapi.json", "This document", "application/json", {"type": "object"}),
    ("/docs", "This document for people", "text/html", {"type": "string"}),
)


def document(endpoints: Sequence[Endpoint], title: str, server: str = "") -> dict[str, Any]:
    """The whole document. `server`: where the service is reached, "" for where the document was read."""
    schemas, definitions = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(BASE + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    for path, about, kind, shape in _ABOUT_ITSELF:
        content = {kind: {"schema": shape}}
        answers = {"200": {"description": about, "content": content}}
        paths[BASE + path] = {
            "get": {"operationId": path[1:].partition(".")[0], "tags": ["about"], "summary": about, "security": []}
            | {"responses": answers}
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": VERSION, "description": ABOUT},
        "servers": [{"url": server or "/"}],
        "security": [{"key": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys((*map(tag_of, endpoints), "about"))],
        "paths": paths,
        "webhooks": news.section(REF),
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "a key made at /keys or by `notifier keys`"}
            },
        },
    }


def tag_of(endpoint: Endpoint) -> str:
    """The part of the document it stands in."""
    if "entitlements" in endpoint.path:
        return "entitlements"
    return endpoint.path.split("/")[1]


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[Mapping[type[BaseModel], Any], Mapping[str, Any]]:
    given = {endpoint.body for endpoint in endpoints if endpoint.body is not None}
    shown: set[type[BaseModel]] = {
        Problem,
        *news.BODIES.values(),
        *(endpoint.answers for endpoint in endpoints if endpoint.answers is not None),
    }
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *[(model, "validation") for model in given],
        *[(model, "serialization") for model in shown],
    ]
    wanted.sort(key=lambda pair: pair[0].__name__)
    _, top = models_json_schema(wanted, ref_template=REF)
    assert not any("__" in name for name in top["$defs"]), "two models share a name"
    named = {model: {"$ref": REF.format(model=model.__name__)} for model, _ in wanted}
    return named, dict(sorted(top["$defs"].items()))


def _operation(endpoint: Endpoint, schemas: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [tag_of(endpoint)],
        "summary": endpoint.about,
        "description": _description(endpoint),
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.body is not None:
        content: dict[str, Any] = {"schema": schemas[endpoint.body]}
        if endpoint.example:
            content["example"] = dict(endpoint.example)
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    return found


def _description(endpoint: Endpoint) -> str:
    right = LEANS_ON[endpoint.scope].replace("_", " ")
    return f"{endpoint.more} Scope `{endpoint.scope}`; the key's account needs the right to {right}.".strip()


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = [*_fields(endpoint.path_of, "path"), *_fields(endpoint.query, "query")]
    if endpoint.method == "POST":
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "Any name of this very request, such as a UUID. A repeat within 24 hours is answered as "
                "the first one was, with `Idempotent-Replayed: true`, and does nothing.",
                "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
            }
        )
    if endpoint.conditional:
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "description": "The ETag that was read; 412 when it was changed since.",
                "schema": {"type": "string", "pattern": '^"[!#-~]{1,40}"$'},
            }
        )
    return found


def _fields(model: type[Given], where: str) -> list[dict[str, Any]]:
    if model is Nothing:
        return []
    schema = model.model_json_schema(ref_template=REF)
    needed = schema.get("required", [])
    found = []
    for name, given in schema["properties"].items():
        shape = {key: value for key, value in given.items() if key not in ("title", "description")}
        shape = _in_place(shape, schema.get("$defs", {}))
        one = {"name": name, "in": where, "required": where == "path" or name in needed, "schema": shape}
        found.append(one | ({"description": given["description"]} if "description" in given else {}))
    return found


def _in_place(shape: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter's shape with its enumerations where they are used: no model of the document need have them."""
    if "$ref" in shape:
        return {name: value for name, value in known[shape["$ref"].rpartition("/")[2]].items() if name != "title"}
    found = dict(shape)
    if "anyOf" in found:
        found["anyOf"] = [_in_place(one, known) for one in found["anyOf"]]
    return found


def _responses(endpoint: Endpoint, schemas: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status in (endpoint.status, *endpoint.also):
        found[str(status)] = {"description": _said(status), "headers": _headers(endpoint, status)}
        if endpoint.answers is not None:
            found[str(status)]["content"] = {"application/json": {"schema": schemas[endpoint.answers]}}
    by_status: dict[int, list[Kind]] = {}
    for name in endpoint.kinds:
        by_status.setdefault(KINDS[name].status, []).append(KINDS[name])
    for status, kinds in by_status.items():
        found[str(status)] = {
            "description": "; ".join(f"`{kind.name}`: {kind.title}" for kind in kinds),
            "content": {"application/problem+json": {"schema": schemas[Problem]}},
        }
        if status in (401, 429, 503):
            name, what = ("WWW-Authenticate", "Bearer") if status == 401 else ("Retry-After", "seconds")
            found[str(status)]["headers"] = {
                name: {"description": what, "required": True, "schema": {"type": "string"}}
            }
    return dict(sorted(found.items()))


def _said(status: int) -> str:
    return {200: "It is so.", 201: "It was made.", 202: "It was proposed.", 204: "It is gone."}[status]


def _headers(endpoint: Endpoint, status: int) -> dict[str, Any]:
    text = {"type": "string"}
    found = {name: {"description": what, "schema": text, "required": True} for name, what in _RATES.items()}
    if endpoint.versioned:
        found["ETag"] = {"description": "its version, for If-Match", "schema": text, "required": True}
    if endpoint.method == "POST":
        found["Idempotent-Replayed"] = {"description": "true: it was done before, not now", "schema": text}
    if status == 201:
        found["Location"] = {"description": "where it is read", "schema": text}
    return found
