"""The one page every channel is written against: what goes out, what comes back, what may go wrong.

Knows nothing of people, tickets, databases or of any other channel, and imports only the standard library.
A channel is one configured way of reaching addresses. It sends once, never retries, never sleeps, and turns stored
request bodies into facts; who retries, paces and remembers is the service's business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Button:
    """One answer a citizen can give with a tap; `data` comes back in Heard.button (at most 64 bytes)."""

    label: str
    data: str
    asks: str = ""  # "phone": the device offers its own number, which comes back as a shared contact


@dataclass(frozen=True, slots=True)
class OutFile:
    """A file that leaves with a message."""

    name: str
    type: str  # MIME type
    body: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What one address is to receive, already in words."""

    to: str
    key: str  # idempotency key, at most 64 characters of [A-Za-z0-9._:-]; the same key is the same message
    subject: str = ""
    text: str = ""
    html: str = ""
    thread: str = ""  # ref of the message this one answers
    buttons: tuple[Button, ...] = ()
    files: tuple[OutFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took the message; receipts will name `ref`."""

    ref: str
    segments: int = 1


class HeardKind(StrEnum):
    """What kind of thing a person sent."""

    TEXT = "text"
    BUTTON = "button"
    EDIT = "edit"  # new wording of an earlier message, named by `ref`
    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    LOCATION = "location"
    CONTACT = "contact"  # a shared phone number
    STICKER = "sticker"
    BLOCKED = "blocked"  # the person closed the line (Telegram block)
    UNBLOCKED = "unblocked"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class InFile:
    """A file that arrived. Either its bytes came along, or `handle` lets the channel fetch them later."""

    name: str
    type: str
    size: int | None = None
    handle: str = ""
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A person said something."""

    id: str  # dedupe key, unique per line; "" when the provider gives none
    sender: str  # address in the form Message.to takes
    at: datetime | None  # when it was said, aware; None if the provider does not tell
    kind: HeardKind = HeardKind.TEXT
    text: str = ""
    ref: str = ""  # the provider's id of this message (an edit names the ref of what it edits)
    thread: str = ""  # ref of our message this answers
    button: str = ""  # Button.data that was pressed
    call: str = ""  # what Answers.answer() takes to acknowledge a press
    files: tuple[InFile, ...] = ()
    album: str = ""  # messages of one album carry the same value
    language: str = ""  # language of the sender's device
    machine: bool = False  # an auto-reply or other automatic mail: never answered
    group: bool = False  # said in a group or channel, not in a private conversation
    raw: Mapping[str, Any] = field(
        default_factory=dict
    )  # small extras, e.g. {"contact_phone": …, "start": …, "subject": …}


class ReceiptState(StrEnum):
    """The provider's word on how a message fared."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A provider reports on a message: named by `ref`, or by our own `key` when the ref is not known."""

    ref: str
    state: ReceiptState
    reason: str = ""
    at: datetime | None = None
    key: str = ""
    permanent: bool = False  # the address itself is bad: no line should try it again


@dataclass(frozen=True, slots=True)
class Moved:
    """An address was renamed by the provider (a Telegram group that became a supergroup)."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Authentic, but nothing this channel can use; kept so that nothing is lost."""

    why: str


Inbound = Heard | Receipt | Moved | Unknown


class ChannelError(Exception):
    """Anything a channel may raise."""


class SendFailed(ChannelError):
    """The message was refused, or its fate is not known.

    permanent  the same message to the same address will never succeed
    address    the address itself is finished (blocked, deactivated, unknown): mark the contact
    wait       the provider asks for silence this long
    scope      what must be silent: "line", "address" or "group"
    unknown    it may have been sent: a time-out or a reset after the request left
    line       the line as a whole fails (credentials, quota, provider down), not this message
    moved_to   the address that stands in the place of this finished one: the same message may go there at once
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        address: bool = False,
        wait: timedelta | None = None,
        scope: str = "line",
        unknown: bool = False,
        line: bool = False,
        moved_to: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.address = address
        self.wait = wait
        self.scope = scope
        self.unknown = unknown
        self.line = line
        self.moved_to = moved_to


class BadWebhook(ChannelError):
    """The request is not the provider's: 401 without credentials, 403 with wrong ones; nothing is kept."""

    def __init__(self, why: str, status: int = 403) -> None:
        super().__init__(why)
        self.status = status


class BadSettings(ChannelError):
    """A line's configuration is wrong; the message names the key and how to mend it."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One request as it reached /hooks/<line>: all that verify() may look at."""

    method: str
    headers: Mapping[str, str]  # keys in lower case
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel can carry."""

    text: int  # characters
    rate: float  # units per second the line may send when config does not say (an SMS has one a segment)
    file: int = 0  # bytes of one outgoing file; 0 = none


class Channel(Protocol):
    """A configured line of one kind. Built with its settings, opened on the shared HTTP session by `app`."""

    name: ClassVar[str]  # "sms", "telegram", "email"
    parts: ClassVar[tuple[str, ...]]  # template parts it needs: ("text",), ("subject", "text", "html") …
    limits: Limits

    async def send(self, message: Message) -> Sent:
        """Hand over once. Raises SendFailed."""
        ...

    def verify(self, hook: Hook) -> None:
        """Is it really the provider? Cheap, no parsing of content. Raises BadWebhook."""
        ...

    def read(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Inbound]:
        """The stored body to facts. Pure, can be replayed; what it can't use becomes Unknown, it never raises."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


# Optional abilities: one small protocol each. A channel has one by having the method.


@runtime_checkable
class Listens(Protocol):
    """Brings arrivals by itself (long polling, an LMTP listener) instead of waiting for the hook.

    `arrive(body, headers)` stores durably and returns only then; raise nothing but CancelledError.
    """

    async def listen(self, arrive: "Arrive") -> None: ...


class Arrive(Protocol):
    async def __call__(self, body: bytes, headers: Mapping[str, str]) -> None: ...


@runtime_checkable
class Fetches(Protocol):
    """Can bring the bytes of an InFile.handle; at most `limit` bytes, raises ChannelError."""

    async def fetch(self, handle: str, limit: int) -> bytes: ...


@runtime_checkable
class Lightens(Protocol):
    """Arrivals that may be greater than others', `arriving` bytes at most, and are lightened before they are stored.

    `verify` of such a channel looks at headers alone: it is asked before the body is read.
    """

    @property
    def arriving(self) -> int: ...
    def lighten(self, body: bytes) -> bytes: ...


@runtime_checkable
class Probes(Protocol):
    """Can tell at start whether its credentials work; returns a sentence, raises ChannelError."""

    async def probe(self) -> str: ...


@runtime_checkable
class Weighs(Protocol):
    """Messages that take more than one unit of the line's rate and price, such as the segments of an SMS."""

    def weight(self, message: Message) -> int: ...


@runtime_checkable
class Spaces(Protocol):
    """Addresses that bear less than the line does: seconds between two messages to `to`; 0 = as the line goes."""

    def spacing(self, to: str) -> float: ...


@runtime_checkable
class Answers(Protocol):
    """Can acknowledge a button press at once."""

    async def answer(self, call: str, text: str) -> None: ...


@runtime_checkable
class Introduces(Protocol):
    """Can tell the provider about us (webhook address, command menu)."""

    async def introduce(self, hook_url: str, secret: str) -> str: ...
