"""What config may say about an SMS gateway, and the defaults: those of a common REST gateway.

Only shapes and their checks; nothing is sent or read here.
"""

import base64
import re
from typing import Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from channels.contract import ReceiptState

Fate = Literal["permanent", "address", "temporary", "line", "unknown"]

WORDS = ("to", "text", "key", "sender", "user", "password", "basic", "token")  # basic: user:password in base64
PLACEHOLDER = re.compile(r"\{(" + "|".join(WORDS) + r")\}")
BRACES = re.compile(r"\{(\w+)\}")
A, D, R, F = ReceiptState.ACCEPTED, ReceiptState.DELIVERED, ReceiptState.READ, ReceiptState.FAILED

# words gateways use for how a message fares, SMPP's among them
STATES: dict[str, ReceiptState] = {
    **dict.fromkeys(("accepted", "queued", "submitted", "sending", "sent", "buffered", "acceptd", "enroute"), A),
    **dict.fromkeys(("delivered", "delivrd", "success"), D),
    **dict.fromkeys(("read", "seen"), R),
    **dict.fromkeys(("failed", "undelivered", "undeliverable", "undeliv", "rejected", "rejectd", "expired"), F),
    **dict.fromkeys(("deleted", "error"), F),
}
BAD_ADDRESS = frozenset({"unknown_subscriber", "invalid_number", "number_not_in_service", "deactivated"})


class _Table(BaseModel):
    # an error never quotes what was given: that may be a password
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True)


class Accepted(_Table):
    """Which answers mean that the message was taken."""

    codes: tuple[int, ...] = (200, 201, 202)
    path: str = ""  # a gateway that answers 200 with an error: what lies here …
    values: tuple[str, ...] = ()  # … must be one of these


class Receipts(_Table):
    """Where a receipt's facts lie in an entry of the hook's body."""

    when: str = ""  # "path=value" that marks receipts; "": whatever is not a reply
    ref: str = "id"
    key: str = "reference"
    state: str = "status"
    reason: str = "error"
    time: str = "time"
    states: dict[str, ReceiptState] = Field(default_factory=lambda: dict(STATES))
    bad_address: frozenset[str] = BAD_ADDRESS  # states or reasons after which the number is not tried again

    @field_validator("states", mode="after")
    @classmethod
    def _any_case(cls, states: dict[str, ReceiptState]) -> dict[str, ReceiptState]:
        return {word.casefold(): state for word, state in states.items()}

    @field_validator("bad_address", mode="after")
    @classmethod
    def _any_case_too(cls, words: frozenset[str]) -> frozenset[str]:
        return frozenset(word.casefold() for word in words)


class Replies(_Table):
    """Where a citizen's message lies in an entry of the hook's body."""

    when: str = ""  # "path=value" that marks replies; "": whatever has a text
    id: str = "id"
    sender: str = Field(default="from", alias="from")
    text: str = "text"
    time: str = "time"
    to: str = "to"
    part: str = "part"
    parts: str = "parts"
    group: str = "group"
    udh: str = "udh"


class HookSecret(_Table):
    """A shared secret the gateway shows in a header or a query parameter."""

    value: SecretStr = Field(min_length=8)
    header: str = ""
    query: str = ""

    @model_validator(mode="before")
    @classmethod
    def _header_by_default(cls, given: Any) -> Any:
        given = {"value": given} if isinstance(given, str | SecretStr) else given
        if isinstance(given, dict) and not given.get("header") and not given.get("query"):
            return {**given, "header": "X-Hook-Secret"}
        return given

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.header and self.query:
            raise ValueError("name either `header` or `query`, the place where the gateway shows the secret")
        return self


class HookHmac(_Table):
    """A signature over the body."""

    key: SecretStr = Field(min_length=8)
    header: str = "X-Signature"
    algorithm: Literal["sha256", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = "sha256="
    signed: str = "{body}"  # what is signed; "{time}.{body}" with a `time_header`
    time_header: str = ""  # when the gateway signed: epoch or ISO; "" = it does not say
    tolerance: float = Field(300, gt=0)  # seconds the signing time may be away from now

    @model_validator(mode="after")
    def _signs_the_body(self) -> Self:
        if self.signed.count("{body}") != 1:
            raise ValueError('`signed` must contain {body} once, for example "{time}.{body}"')
        if bool(self.time_header) != ("{time}" in self.signed):
            raise ValueError("`time_header` and {time} in `signed` belong together: name both or neither")
        return self

    def encoded(self, digest: bytes) -> str:
        return digest.hex() if self.encoding == "hex" else base64.b64encode(digest).decode()


class SmsSettings(_Table):
    """One gateway account. `url`, `headers` and `body` may name the placeholders of WORDS in braces."""

    url: str
    method: Literal["POST", "GET"] = "POST"
    format: Literal["json", "form", "query"] = "json"
    headers: dict[str, SecretStr] = Field(default_factory=lambda: {"Authorization": SecretStr("Bearer {token}")})
    body: dict[str, Any] = Field(
        default_factory=lambda: {"to": "{to}", "from": "{sender}", "text": "{text}", "reference": "{key}"}
    )
    token: SecretStr = SecretStr("")
    user: str = ""
    password: SecretStr = SecretStr("")
    sender: str = ""
    number: Literal["+62", "62", "0"] = "+62"  # how {to} is spelled
    longest: int = Field(1530, gt=0)  # characters; ten parts
    timeout: float = Field(30, gt=0)  # seconds to wait for the answer
    connect_timeout: float = Field(10, gt=0)  # seconds
    # the answer
    accepted: Accepted = Accepted()
    ref: str = "id"
    segments: str = "segments"
    error: str = "error.code"
    reason: str = "error.message"
    errors: dict[str, Fate] = Field(default_factory=dict)  # the gateway's code, its words or the HTTP status -> fate
    retry_after: str = "Retry-After"  # header
    retry_after_path: str = ""
    pause: float = Field(30, ge=0)  # seconds of silence after a 429 that names none
    # the hook
    secret: HookSecret | None = None
    hmac: HookHmac | None = None
    items: str = ""  # path to the list, if one request carries several
    zone: str = "Asia/Jakarta"  # of times without a zone
    time_format: str = ""  # strptime pattern, if times are neither ISO nor epoch
    receipts: Receipts = Receipts()
    replies: Replies = Field(default_factory=Replies)

    @field_validator("url")
    @classmethod
    def _is_a_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        return url

    @field_validator("token", "password")
    @classmethod
    def _has_no_blanks_around(cls, secret: SecretStr) -> SecretStr:
        if secret.get_secret_value() != secret.get_secret_value().strip():
            raise ValueError("begins or ends with a blank or a line break, which no gateway means")
        return secret

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f'"{zone}" is no time zone; write for example Asia/Jakarta') from error
        return zone

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.method == "GET" and self.format != "query":
            raise ValueError('method GET carries no body: set format = "query"')
        flat = (str, int, float)
        nested = [name for name, value in self.body.items() if not isinstance(value, flat)]
        if self.format != "json" and nested:
            raise ValueError(f'format "{self.format}" carries words and numbers only: `body.{nested[0]}` needs "json"')
        if self.accepted.path and not self.accepted.values:
            raise ValueError("`accepted.path` needs `accepted.values`, the words that mean success")
        headers = {name: value.get_secret_value() for name, value in self.headers.items()}
        for place, template in (("url", self.url), ("headers", headers), ("body", self.body)):
            used = set(_placeholders(template))
            if unknown := used - set(WORDS):
                known = ", ".join(f"{{{word}}}" for word in WORDS)
                raise ValueError(f"`{place}` names {{{min(unknown)}}}; known are {known}")
            if place == "headers" and used & {"to", "text"}:
                raise ValueError("`headers` may not carry {to} or {text}: put them into `body`")
        if not {"to", "text"} <= set(_placeholders(self.body)) | set(_placeholders(self.url)):
            raise ValueError("`body` must carry {to} and {text}, or nobody is told anything")
        return self


def _placeholders(template: Any) -> list[str]:
    if isinstance(template, str):
        return BRACES.findall(template)
    inside = template.values() if isinstance(template, dict) else template if isinstance(template, list) else ()
    return [found for value in inside for found in _placeholders(value)]
