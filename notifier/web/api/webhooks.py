"""Webhooks at the API: who is told of what, a try, the log, telling it again. What is told stands in `news`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from notifier.rules.keys import Scope
from notifier.rules.webhooks import OFFERED
from notifier.store.schema import LARGEST_ID
from notifier.web.api.endpoints import Answer, Call, Endpoint, numbered
from notifier.web.api.shapes import (
    ById,
    Fault,
    Given,
    Id,
    Moment,
    Page,
    Paged,
    Region,
    Shown,
    cursor,
    line,
    number,
    wrong_field,
)
from notifier.webhooks import Logged, Unknown, Webhook, Wish

Kind = Literal[
    "ticket.opened", "ticket.changed", "ticket.answered", "ticket.closed", "delivery.settled", "broadcast.state"
]
assert Kind.__args__ == tuple(kind.value for kind in OFFERED)  # type: ignore[attr-defined]
# kind → the scopes that a key needs to have anybody told of it; a message that answers a complaint names its number
NEEDS: Mapping[str, Sequence[Scope]] = {
    "ticket": (Scope.TICKETS_READ,),
    "delivery": (Scope.DELIVERIES_READ, Scope.TICKETS_READ),
    "broadcast": (Scope.BROADCASTS_READ,),
}


class WebhookShown(Shown):
    """One webhook."""

    id: Id
    name: str
    url: str
    kinds: list[str]
    region: str = Field(description="beginning of a region's code; empty: everywhere")
    shielded: bool
    state: Literal["on", "paused", "off"] = Field(description="off: it failed for three days, or answered 410")
    why: str = Field(description="why it is off")
    failures: int = Field(description="in a row")
    failing_since: Moment | None
    former_until: Moment | None = Field(description="until when the secret before signs too")
    created_at: Moment


class WebhookMade(Shown):
    """A webhook with its secret, which is shown this once."""

    webhook: WebhookShown
    secret: str = Field(description="whsec_…, the key of its signatures in base64")


class WebhooksShown(Page):
    """A page of webhooks, newest first."""

    data: list[WebhookShown]


class WebhookGiven(Given):
    """What a webhook is to be."""

    name: Annotated[str, line(80, 1)] = Field(description="whose it is")
    url: str = Field(pattern=r"^https?://[!-~]+$", max_length=500, description="a public address, with https")
    kinds: list[Kind] = Field(min_length=1, max_length=6)
    region: Region | Literal[""] = ""
    shielded: bool = Field(default=False, description="also of hidden complaints; takes tickets:shielded")
    paused: bool = Field(default=False, description="keep what there is to tell, up to a week, and tell it later")


class CallShown(Shown):
    """One event on its way to a webhook."""

    id: Id
    event: str = Field(description="its webhook-id")
    kind: str
    subject: str
    state: Literal["due", "done", "failed", "withheld"] = Field(
        description="failed: given up; withheld: its complaint was hidden, or is followed no more, meanwhile"
    )
    tries: int
    status: int = Field(description="of the last answer; 0: none")
    ms: int
    said: str = Field(description="how the last answer began, or why there was none")
    at: Moment | None = Field(description="of the last try")
    due_at: Moment | None = Field(description="of the next try")
    created_at: Moment


class Calls(Page):
    """A page of the log, newest first."""

    data: list[CallShown]


class ReplayGiven(Given):
    """What is to be told again: one of the two."""

    event: str = Field(default="", pattern=r"^(evt_[0-9a-f]{24})?$", description="its webhook-id")
    since: Moment | None = None


class Replayed(Shown):
    """How many events are told again."""

    told: int


class Pinged(Shown):
    """A try that is on its way."""

    event: str = Field(description="its webhook-id, as the log has it")


def shown(of: Webhook) -> WebhookShown:
    """A webhook as the API tells of it."""
    return WebhookShown.model_validate(
        {name: getattr(of, name) for name in WebhookShown.model_fields} | {"kinds": list(of.kinds)}
    )


async def list_webhooks(call: Call) -> Answer:
    """A page of webhooks."""
    asked: Paged = call.query
    below = number(asked.after) or LARGEST_ID + 1
    found = [shown(one) for one in await call.house.webhooks.all(call.viewer.region) if one.id < below]
    data, more = found[: asked.limit], len(found) > asked.limit
    return Answer(WebhooksShown(data=data, next=cursor(data[-1].id) if more else None))


async def add_webhook(call: Call) -> Answer:
    """A system is told from now on."""
    wish = _wish(call)
    made, secret = await call.house.webhooks.add(wish, who=call.viewer.who, now=call.now, within=call.viewer.region)
    body = WebhookMade(webhook=shown(made), secret=secret)
    return Answer(body, etag=numbered(made.version), location=f"/webhooks/{made.id}")


async def get_webhook(call: Call) -> Answer:
    """One webhook."""
    try:
        found = await call.house.webhooks.get(call.path.id, call.viewer.region)
    except Unknown:
        raise Fault("not_found") from None
    return Answer(shown(found), etag=numbered(found.version))


async def put_webhook(call: Call) -> Answer:
    """A webhook is changed as a whole."""
    wish, version = _wish(call), call.version()
    try:
        made = await call.house.webhooks.change(
            call.path.id, wish, who=call.viewer.who, now=call.now, within=call.viewer.region, version=version
        )
    except Unknown:
        raise Fault("not_found") from None
    return Answer(shown(made), etag=numbered(made.version))


async def delete_webhook(call: Call) -> Answer:
    """It is told nothing any more."""
    try:
        await call.house.webhooks.remove(call.path.id, who=call.viewer.who, now=call.now, within=call.viewer.region)
    except Unknown:
        raise Fault("not_found") from None
    return Answer()


async def rotate_webhook(call: Call) -> Answer:
    """Another secret."""
    try:
        made, secret = await call.house.webhooks.rotate(
            call.path.id, who=call.viewer.who, now=call.now, within=call.viewer.region
        )
    except Unknown:
        raise Fault("not_found") from None
    return Answer(WebhookMade(webhook=shown(made), secret=secret), etag=numbered(made.version))


async def ping_webhook(call: Call) -> Answer:
    """A try."""
    try:
        uid = await call.house.webhooks.ping(call.path.id, who=call.viewer.who, now=call.now, within=call.viewer.region)
    except Unknown:
        raise Fault("not_found") from None
    return Answer(Pinged(event=uid))


async def replay_webhook(call: Call) -> Answer:
    """Something is told again."""
    given: ReplayGiven = call.body
    if bool(given.event) == (given.since is not None):
        raise wrong_field("event", "name an event or a time, one of the two")
    try:
        told = await call.house.webhooks.replay(
            call.path.id,
            who=call.viewer.who,
            now=call.now,
            within=call.viewer.region,
            uid=given.event,
            since=given.since,
        )
    except Unknown:
        raise Fault("not_found") from None
    return Answer(Replayed(told=told))


async def list_calls(call: Call) -> Answer:
    """A page of the log."""
    asked: Paged = call.query
    try:
        found = await call.house.webhooks.log(call.path.id, number(asked.after), asked.limit + 1, call.viewer.region)
    except Unknown:
        raise Fault("not_found") from None
    data, more = found[: asked.limit], len(found) > asked.limit
    return Answer(Calls(data=list(map(_called, data)), next=cursor(data[-1].id) if more else None))


def _called(one: Logged) -> CallShown:
    values = {name: getattr(one, name) for name in CallShown.model_fields if name not in ("event", "due_at")}
    return CallShown.model_validate({**values, "event": one.uid, "due_at": one.due_at if one.state == "due" else None})


def _wish(call: Call) -> Wish:
    """What is asked, if the key may know itself what it would have others told."""
    given: WebhookGiven = call.body
    for kind in given.kinds:
        for needed in NEEDS[kind.partition(".")[0]]:
            if not call.may(needed):
                raise Fault("forbidden", f"The key lacks the scope {needed}, which {kind} takes.")
    if given.shielded and not call.may(Scope.TICKETS_SHIELDED):
        raise Fault("forbidden", f"The key lacks the scope {Scope.TICKETS_SHIELDED}.")
    region = given.region or call.viewer.region
    return Wish(given.name, given.url, given.kinds, region, given.shielded, given.paused)


_READ, _WRITE = Scope.WEBHOOKS_READ, Scope.WEBHOOKS_WRITE
_EXAMPLE = {"name": "SIKS-NG", "url": "https://siks.example/bansos", "kinds": ["ticket.opened", "ticket.closed"]}
_TAKES = (
    "Each kind takes the scope to read what it tells of: tickets:read, broadcasts:read; delivery.settled takes "
    "deliveries:read and tickets:read, for it names the complaint that a message answers."
)

ENDPOINTS = (
    Endpoint("GET", "/webhooks", list_webhooks, _READ, "Webhooks, newest first", WebhooksShown, query=Paged),
    Endpoint(
        "POST",
        "/webhooks",
        add_webhook,
        _WRITE,
        "Have a system told what happens",
        WebhookMade,
        status=201,
        body=WebhookGiven,
        problems=("refused",),
        versioned=True,
        more=f"The secret is shown this once. {_TAKES}",
        example=_EXAMPLE,
    ),
    Endpoint("GET", "/webhooks/{id}", get_webhook, _READ, "One webhook", WebhookShown, path_of=ById, versioned=True),
    Endpoint(
        "PUT",
        "/webhooks/{id}",
        put_webhook,
        _WRITE,
        "Change a webhook as a whole",
        WebhookShown,
        path_of=ById,
        body=WebhookGiven,
        problems=("refused",),
        versioned=True,
        conditional=True,
        more=f"One that was off begins anew. {_TAKES}",
        example=_EXAMPLE,
    ),
    Endpoint(
        "DELETE",
        "/webhooks/{id}",
        delete_webhook,
        _WRITE,
        "Tell a system nothing any more",
        None,
        status=204,
        path_of=ById,
        more="What waits is dropped.",
    ),
    Endpoint(
        "POST",
        "/webhooks/{id}/secret",
        rotate_webhook,
        _WRITE,
        "Change a webhook's secret",
        WebhookMade,
        path_of=ById,
        versioned=True,
        more="The new one is shown this once; the one before signs too for a day.",
    ),
    Endpoint(
        "POST",
        "/webhooks/{id}/ping",
        ping_webhook,
        _WRITE,
        "Try a webhook",
        Pinged,
        path_of=ById,
        problems=("refused",),
        more="A webhook.ping is on its way; the log tells what came of it.",
    ),
    Endpoint(
        "POST",
        "/webhooks/{id}/replay",
        replay_webhook,
        _WRITE,
        "Tell a system again",
        Replayed,
        path_of=ById,
        body=ReplayGiven,
        problems=("refused",),
        more="One event, or all it follows since a time, at most a week ago. They keep their webhook-id.",
        example={"since": "2026-12-05T08:00:00+07:00"},
    ),
    Endpoint(
        "GET",
        "/webhooks/{id}/calls",
        list_calls,
        _READ,
        "The log of a webhook's calls",
        Calls,
        path_of=ById,
        query=Paged,
    ),
)
