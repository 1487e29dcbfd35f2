"""What webhooks bring, as their receivers read it: one row an event, from which the document is made. Pure."""

from datetime import datetime
from typing import Any

from pydantic import Field

from notifier.rules.webhooks import BOTH, MEANS, News
from notifier.web.api.shapes import Shown

HEADERS = {
    "webhook-id": "name of the event; the same however often it is told",
    "webhook-timestamp": "seconds since 1970 when this call was made; refuse what is older than five minutes",
    "webhook-signature": "v1,BASE64 for each secret that holds, with a space between: HMAC-SHA256 of "
    f"`webhook-id.webhook-timestamp.body`; after a change of secret both sign for {BOTH.total_seconds() / 3600:.0f} h",
}


class TicketTold(Shown):
    """What is told of a complaint."""

    ticket: str = Field(description="its number: GET /tickets/{number}")
    status: str | None = Field(description="null: it stayed as it was")
    was: str | None
    category: str
    urgent: bool
    channel: str
    region: str


class DeliveryTold(Shown):
    """What is told of a message."""

    delivery: int = Field(description="GET /deliveries/{id}")
    event: str
    state: str = Field(description="accepted, delivered, read, failed, unknown, expired, cancelled, suppressed")
    reason: str
    line: str
    broadcast: int | None
    round: str | None
    ticket: str | None
    region: str = Field(description="down to the district")


class BroadcastTold(Shown):
    """What is told of a broadcast."""

    broadcast: int = Field(description="GET /broadcasts/{id}")
    event: str
    round: str
    state: str
    why: str
    audience: int
    region: str


class PingTold(Shown):
    """What a try tells."""

    webhook: int


class TicketNews(Shown):
    """A complaint came in, moved or was answered."""

    id: str
    type: str
    timestamp: datetime
    data: TicketTold


class DeliveryNews(Shown):
    """How a message fares."""

    id: str
    type: str
    timestamp: datetime
    data: DeliveryTold


class BroadcastNews(Shown):
    """How a broadcast stands."""

    id: str
    type: str
    timestamp: datetime
    data: BroadcastTold


class PingNews(Shown):
    """A try."""

    id: str
    type: str
    timestamp: datetime
    data: PingTold


BODIES: dict[News, type[Shown]] = {
    News.TICKET_OPENED: TicketNews,
    News.TICKET_CHANGED: TicketNews,
    News.TICKET_ANSWERED: TicketNews,
    News.TICKET_CLOSED: TicketNews,
    News.DELIVERY_SETTLED: DeliveryNews,
    News.BROADCAST_STATE: BroadcastNews,
    News.PING: PingNews,
}


def section(ref: str) -> dict[str, Any]:
    """The part `webhooks` of the document. `ref`: how a model is named there."""
    text = {"type": "string"}
    parameters = [
        {"name": name, "in": "header", "required": True, "description": about, "schema": text}
        for name, about in HEADERS.items()
    ]
    answers = {
        "2XX": {"description": "It was taken. Answer within 15 seconds, and do the work afterwards."},
        "410": {"description": "It wants no more calls: the webhook is switched off."},
        "default": {"description": "It is told again later, for three days. `Retry-After` is obeyed."},
    }
    return {
        kind.value: {
            "post": {
                "operationId": kind.value.replace(".", "_"),
                "summary": MEANS[kind],
                "security": [],
                "parameters": parameters,
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": ref.format(model=model.__name__)}}},
                },
                "responses": answers,
            }
        }
        for kind, model in BODIES.items()
    }
