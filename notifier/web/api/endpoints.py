"""What an endpoint is: one row from which both its route and its part of the document are made."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from notifier.keys import Bearer
from notifier.rules.keys import Scope
from notifier.rules.roles import Viewer
from notifier.web.api.shapes import Fault, Given, Nothing
from notifier.web.house import House

BASE = "/api/v1"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a handler meets it: known, allowed, and every field as its model has it."""

    house: House
    bearer: Bearer
    now: datetime
    path: Any
    query: Any
    body: Any
    match: str = ""  # If-Match: the version that whoever asks has seen; "" for none
    tongue: str = "en"  # of sentences for clerks

    @property
    def viewer(self) -> Viewer:
        """Whom the key acts for."""
        return self.bearer.viewer

    def may(self, scope: Scope) -> bool:
        """Whether the key has a scope besides the endpoint's own."""
        return scope in self.bearer.scopes

    def version(self) -> int | None:
        """The version of If-Match, where versions are numbers. Raises Fault for another's."""
        if not self.match:
            return None
        text = self.match.removeprefix('"v').removesuffix('"')
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise Fault("changed")
        return int(text)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers."""

    body: BaseModel | None = None
    status: int = 0  # 0: the endpoint's own
    etag: str = ""
    location: str = ""


Handle = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the table."""

    method: str
    path: str  # below BASE
    handle: Handle
    scope: Scope
    about: str  # one line
    answers: type[BaseModel] | None  # None: 204
    status: int = 200
    also: tuple[int, ...] = ()  # other statuses that carry the same answer
    path_of: type[Given] = Nothing
    query: type[Given] = Nothing
    body: type[Given] | None = None
    problems: tuple[str, ...] = ()  # besides those that any such request can have
    versioned: bool = False  # answers an ETag
    conditional: bool = False  # minds If-Match
    more: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)  # a body, else a query, for the docs page

    @property
    def name(self) -> str:
        """How the document calls it."""
        return self.handle.__name__

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of problem it can answer."""
        found = ["no_key", "forbidden", "invalid", "too_many", "fault", "unavailable", *self.problems]
        if self.path_of is not Nothing:
            found.append("not_found")
        if self.body is not None:
            found += ["unreadable", "too_large", "wrong_type"]
        if self.method == "POST":
            found += ["under_way", "key_reused"]
        if self.conditional:
            found.append("changed")
        return tuple(dict.fromkeys(found))


def numbered(version: int) -> str:
    """The ETag of something whose versions are counted."""
    return f'"v{version}"'


def hashed(shown: BaseModel) -> str:
    """The ETag of something that has no version of its own."""
    return f'"{hashlib.sha256(shown.model_dump_json().encode()).hexdigest()[:24]}"'
