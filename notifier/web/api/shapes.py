"""What goes in and out at the API, besides each room's own: fields that hold, problems, pages, cursors."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from notifier.store.schema import LARGEST_ID

# Words without control characters (lines may break), which no database keeps and no reader sees.
PLAIN = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
LINE = r"^[^\u0000-\u001f\u007f]*$"
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
MOST = 200  # rows of one page
USUAL = 50


def _within_reason(at: datetime) -> datetime:
    if not FIRST.timestamp() <= at.timestamp() < LAST.timestamp():
        raise ValueError("a time lies between 2000 and 2100")
    return at


Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_reason)]
Region = Annotated[str, Field(pattern=r"^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$", examples=["31.75.07.1003"])]
Village = Annotated[str, Field(pattern=r"^\d{2}\.\d{2}\.\d{2}(\.\d{4})?$", examples=["31.75.07.1003"])]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,47}$", examples=["BPNT-2026-12-DS"])]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", examples=["id"])]


def line(longest: int, shortest: int = 0) -> Any:
    """The constraints of a text of one line."""
    return Field(min_length=shortest, max_length=longest, pattern=LINE)


def words(longest: int, shortest: int = 0) -> Any:
    """The constraints of a text of several lines."""
    return Field(min_length=shortest, max_length=longest, pattern=PLAIN)


class Given(BaseModel):
    """What is asked: nothing unknown, numbers that are numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Shown(BaseModel):
    """What is answered, and nothing besides."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class Nothing(Given):
    """No query, no path, no body."""


class Paged(Given):
    """Which page of a list."""

    limit: int = Field(default=USUAL, ge=1, le=MOST, description="rows of a page")
    after: str = Field(
        default="",
        max_length=200,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="`next` of the page before; empty: the first page",
    )


class ById(Given):
    """One thing by its number."""

    id: Id


class Page(Shown):
    """One page of a list."""

    next: str | None = Field(description="what `after` of the next page takes; null: this was the last")


class Wrong(Shown):
    """One thing that is wrong with what was asked."""

    pointer: str = Field(default="", description="JSON pointer into the body, such as #/name")
    parameter: str = Field(default="", description="name of a query or path parameter, or of a header")
    detail: str


class Problem(Shown):
    """What went wrong, as RFC 9457 has it."""

    type: str = Field(description="address of the kind of problem, on the docs page")
    title: str
    status: int
    detail: str = ""
    errors: list[Wrong] = []


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem."""

    name: str
    status: int
    title: str
    means: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("unreadable", 400, "The request can't be read", "The body is no JSON. Mend it; a repeat won't help."),
        Kind("no_key", 401, "A key is needed", "No key, or one that opens nothing: unknown, revoked, over, disabled."),
        Kind("forbidden", 403, "The key may not do this", "`detail` names the scope, or the right of its account."),
        Kind("not_found", 404, "There is nothing here", "No such thing, or it lies outside of the key's area."),
        Kind("wrong_method", 405, "This can't be done here", "`Allow` tells what can."),
        Kind("refused", 409, "This can't be done now", "`detail` says why; something has to change first."),
        Kind("under_way", 409, "The same request is under way", "Ask again after `Retry-After` seconds."),
        Kind("changed", 412, "It was changed meanwhile", "Read it again, then decide anew: `If-Match` is out of date."),
        Kind("too_large", 413, "The body is too large", "At most 256 KiB."),
        Kind("wrong_type", 415, "The body is no JSON", "Send `Content-Type: application/json`."),
        Kind("invalid", 422, "Something in it is wrong", "`errors` tells what and where."),
        Kind("key_reused", 422, "The Idempotency-Key was used for something else", "Take a new one for each request."),
        Kind("too_many", 429, "Too many requests", "Ask again after `Retry-After` seconds."),
        Kind("fault", 500, "A fault of ours", "It is in our log. The same request may be made again."),
        Kind(
            "unavailable", 503, "Not just now", "The database is away or full. Ask again after `Retry-After` seconds."
        ),
    )
}


class Fault(Exception):
    """A problem on its way to whoever asked."""

    def __init__(
        self, kind: str, detail: str = "", errors: Sequence[Wrong] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.kind = KINDS[kind]
        self.detail, self.errors = detail, list(errors)
        self.headers = dict(headers or {})


def wrong_field(field: str, detail: str) -> Fault:
    """One field of the body that can't be taken."""
    return Fault("invalid", errors=[Wrong(pointer=f"#/{field}", detail=detail)])


def strange_cursor() -> Fault:
    """A place that no page of ours ended at."""
    return Fault("invalid", errors=[Wrong(parameter="after", detail="this is no `next` of ours")])


# --- cursors ---------------------------------------------------------------------------------------------------------


def cursor(place: int | str) -> str:
    """An opaque name for the place where a page ended."""
    return base64.urlsafe_b64encode(f"1:{place}".encode()).decode().rstrip("=")


def place(after: str) -> str:
    """The place that a cursor names; "" for the beginning. Raises Fault for what is none of ours."""
    if not after:
        return ""
    try:
        read = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
    except (binascii.Error, ValueError):
        read = ""
    if not read.startswith("1:") or "\0" in read:
        raise strange_cursor()
    return read[2:]


def number(after: str) -> int:
    """The row that a cursor names; 0 for the beginning."""
    found = place(after)
    if found and not (re.fullmatch(r"\d{1,19}", found, re.ASCII) and int(found) <= LARGEST_ID):
        raise strange_cursor()
    return int(found or 0)
