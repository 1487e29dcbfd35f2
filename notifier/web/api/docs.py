"""The docs page of the API, told from the document alone: nothing on it is written by hand twice. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from notifier.rules.keys import LEANS_ON, Scope
from notifier.web.api.document import tag_of
from notifier.web.api.endpoints import BASE, Endpoint
from notifier.web.api.shapes import KINDS, Kind

# What stands in the places of an address in an example.
SAMPLES = {
    "id": "1",
    "contact": "2",
    "person": "1",
    "code": "BPNT-2026-12-DS",
    "number": "ADU-7K4M2QX",
    "event": "round_announced",
    "channel": "sms",
    "language": "id",
    "part": "text",
}
MODEL = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Field:
    """One field, parameter or header."""

    name: str
    kind: str  # in words: "list of PersonShown", "string or null"
    model: str  # that it leads to; "" for none
    needed: bool
    means: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint as a reader needs it."""

    name: str
    tag: str
    method: str
    path: str
    about: str
    more: str
    scope: Scope
    parameters: Sequence[Field]
    body: str  # model; "" for none
    curl: str
    answers: Sequence[tuple[str, str, str]]  # (status, what it says, model or ""), where it went well
    problems: Sequence[Kind]


def parts(endpoints: Sequence[Endpoint], document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """Every endpoint by the part it belongs to, in the order of the table."""
    found: dict[str, list[Operation]] = {}
    for one in endpoints:
        told = document["paths"][BASE + one.path][one.method.lower()]
        found.setdefault(tag_of(one), []).append(_operation(one, told))
    return found


def events(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(kind, when it is told, model of its body) of every event that webhooks bring."""
    found = []
    for name, of in document["webhooks"].items():
        told = of["post"]
        body = told["requestBody"]["content"]["application/json"]["schema"]
        found.append((name, told["summary"], model(body)))
    return found


def calls(document: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What each call of a webhook has in common: (header, what it says) and (answer, what comes of it)."""
    told = next(iter(document["webhooks"].values()))["post"]
    headers = [(one["name"], one["description"]) for one in told["parameters"]]
    return headers, [(status, one["description"]) for status, one in told["responses"].items()]


def scopes(endpoints: Sequence[Endpoint]) -> list[tuple[str, str, str]]:
    """(scope, right that the key's account needs, what it is for) of every scope."""
    does = {scope: "; ".join(one.about for one in endpoints if one.scope is scope) for scope in Scope}
    does[Scope.TICKETS_SHIELDED] = "Complaints that are hidden from the office they may concern, too"
    return [(scope.value, LEANS_ON[scope].replace("_", " "), does[scope]) for scope in Scope]


def models(document: Mapping[str, Any]) -> list[tuple[str, str, list[Field]]]:
    """(name, what it is, its fields) of every body there is; enumerations have their values in place of fields."""
    found = []
    for name, schema in document["components"]["schemas"].items():
        needed = schema.get("required", [])
        fields = [
            Field(field, kind(given), model(given), field in needed, means(given, given))
            for field, given in schema.get("properties", {}).items()
        ]
        about = schema.get("description", "") or kind(schema)
        found.append((name, about if fields else kind(schema), fields))
    return found


def kind(schema: Mapping[str, Any]) -> str:
    """A schema in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(MODEL)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(str(value) or '""' for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    if schema.get("type") == "object":
        return f"object of {kind(schema.get('additionalProperties') or {})}"
    return str(schema.get("format") or schema.get("type", "anything"))


def means(told: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a value says, how long or large it may be, and what it is when left out."""
    about, bounds = told.get("description", ""), []
    for one in (schema, *schema.get("anyOf", ())):
        if "maxLength" in one:
            bounds.append(f"at most {one['maxLength']} characters")
        if "maxItems" in one:
            bounds.append(f"at most {one['maxItems']}")
        if "minimum" in one and "maximum" in one:
            bounds.append(f"{one['minimum']} to {one['maximum']}")
    default = schema.get("default")
    if default is False or default:
        bounds.append(f"left out: {default if isinstance(default, str) else json.dumps(default)}")
    return ". ".join(part for part in (about, "; ".join(bounds)) if part)


def model(schema: Mapping[str, Any]) -> str:
    """The model a schema leads to; "" for none."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(MODEL)
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]
    return next((found for one in inner if (found := model(one))), "")


def _operation(endpoint: Endpoint, told: Mapping[str, Any]) -> Operation:
    parameters = [
        Field(
            one["name"],
            f"{one['in']}: {kind(one['schema'])}",
            "",
            one.get("required", False),
            means(one, one["schema"]),
        )
        for one in told["parameters"]
    ]
    answers = []
    for status, one in told["responses"].items():
        content: Mapping[str, Any] = next(iter(one.get("content", {}).values()), {})
        if int(status) < 400:
            heads = " and ".join(f"`{name}`" for name in ("ETag", "Location") if name in one.get("headers", {}))
            said = f"{one['description']} With {heads}." if heads else one["description"]
            answers.append((status, said, model(content.get("schema", {}))))
    body = told["requestBody"]["content"]["application/json"]["schema"] if endpoint.body is not None else {}
    return Operation(
        endpoint.name,
        tag_of(endpoint),
        endpoint.method,
        BASE + endpoint.path,
        endpoint.about,
        endpoint.more,
        endpoint.scope,
        parameters,
        model(body),
        curl(endpoint),
        answers,
        sorted((KINDS[name] for name in endpoint.kinds), key=lambda one: one.status),
    )


def curl(endpoint: Endpoint) -> str:
    """How it is asked from a command line."""
    query = f"?{urlencode(endpoint.example)}" if endpoint.body is None and endpoint.example else ""
    lines = [f'curl -X {endpoint.method} "$NOTIFIER{BASE}{endpoint.path.format(**SAMPLES)}{query}"']
    lines.append('-H "Authorization: Bearer $KEY"')
    if endpoint.method == "POST":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if endpoint.body is not None:
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(dict(endpoint.example), ensure_ascii=False)}'")
    return " \\\n  ".join(lines)
