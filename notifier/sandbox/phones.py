"""What lies on citizens' phones: every message a fake provider delivered, and everything citizens said.

Knows neither the providers' wire formats nor any page. Kept in memory, the oldest forgotten first.
"""

import asyncio
import dataclasses
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ATTACHED = 48 * 1024 * 1024  # bytes of pictures and documents kept for showing


@dataclass(frozen=True, slots=True)
class Note:
    """One thing on a citizen's phone."""

    id: int
    channel: str
    line: str
    address: str
    at: datetime
    mine: bool  # the citizen said it
    text: str
    subject: str = ""
    html: str = ""
    ref: str = ""  # the provider's id of the message; what `say(reply_to=…)` takes
    thread: str = ""  # ref of the message this one answers
    buttons: tuple[tuple[str, str], ...] = ()  # (label, data)
    files: tuple[str, ...] = ()  # names, or what attach() gave for files the wall is to show
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the service to a provider, whatever came of it."""

    line: str
    key: str  # the caller's idempotency key, "" if the wire format has none
    address: str
    at: float  # monotonic seconds


@dataclass(frozen=True, slots=True)
class Citizen:
    """One person on the wall; without a name it is a stranger known by one address."""

    id: int
    name: str
    addresses: Mapping[str, str]  # channel -> address


@dataclass(frozen=True, slots=True)
class Attached:
    """A file the wall can show."""

    name: str
    type: str  # MIME type
    body: bytes


class Phones:
    """All phones of the sandbox. `now` gives aware times; `keep` notes are remembered, the oldest go first."""

    def __init__(
        self,
        now: Callable[[], datetime],
        keep: int = 200_000,
        monotonic: Callable[[], float] = time.monotonic,
        first: int = 1,
    ) -> None:
        """`first`: number of the first note. A provider never uses a number again, so a later session begins higher."""
        self.first = first
        self.calls: list[Call] = []  # every provider call in order, for "each once" and rate tests
        self.now = now
        self._monotonic = monotonic
        self._keep = keep
        self._next = first
        self._order: deque[str] = deque()  # address of every note, oldest first
        self._notes: dict[str, deque[Note]] = {}
        self._recent: dict[str, None] = {}  # addresses, the last to have moved at the end
        self._received: Counter[str] = Counter()
        self._citizens: dict[int, Citizen] = {}
        self._owners: dict[str, list[int]] = {}  # address -> citizens; a phone may be shared
        self._attached: dict[str, Attached] = {}
        self._attached_size = 0
        self._handles = 0
        self._waiting: set[asyncio.Future[None]] = set()

    # people

    def introduce(self, name: str, addresses: Mapping[str, str]) -> Citizen:
        """Put a citizen on the wall. A stranger known by one of the addresses becomes this citizen."""
        citizen = Citizen(len(self._citizens) + 1, name, dict(addresses))
        self._citizens[citizen.id] = citizen
        for address in citizen.addresses.values():
            known = [one for one in self._owners.get(address, []) if self._citizens[one].name]
            self._owners[address] = [*known, citizen.id]
        return citizen

    def stranger(self, channel: str, address: str) -> Citizen:
        """Whoever holds this address: the first citizen introduced with it, else a new stranger."""
        owners = self._owners.get(address)
        return self._citizens[owners[0]] if owners else self.introduce("", {channel: address})

    def citizen(self, number: int) -> Citizen | None:
        return self._citizens.get(number)

    def owners(self, address: str) -> Sequence[Citizen]:
        """Everyone introduced with this address: a phone is often shared."""
        return [self._citizens[number] for number in self._owners.get(address, ())]

    def citizens(self, search: str = "") -> Iterator[Citizen]:
        """Everyone whose name or address contains `search`, those whose phone moved last first."""
        seen: set[int] = set()
        for address in reversed(self._recent):
            for number in self._owners.get(address, ()):
                if number not in seen:
                    seen.add(number)
                    yield from _found(self._citizens[number], search)
        for number, citizen in self._citizens.items():
            if number not in seen and (
                citizen.name or any(number in self._owners[a] for a in citizen.addresses.values())
            ):
                yield from _found(citizen, search)

    # notes

    def add(self, channel: str, line: str, address: str, text: str, *, mine: bool = False, **fields: Any) -> Note:
        """A message arrived on a phone, or (`mine`) the citizen said something. Wakes whoever waits."""
        note = Note(self._next, channel, line, address, self.now(), mine, text, **fields)
        self._next += 1
        self.stranger(channel, address)
        self._notes.setdefault(address, deque()).append(note)
        self._order.append(address)
        self._recent.pop(address, None)
        self._recent[address] = None
        if not mine:
            self._received[channel] += 1
        while len(self._order) > self._keep:
            self._forget_oldest()
        self.wake()
        return note

    def alter(self, note: Note, **changes: Any) -> Note:
        """Replace a note (an edit, buttons taken away) in its place."""
        changed = dataclasses.replace(note, **changes)
        notes = self._notes.get(note.address, deque())
        for place, one in enumerate(notes):
            if one.id == note.id:
                notes[place] = changed
        self.wake()
        return changed

    def notes(self, address: str) -> Sequence[Note]:
        """Everything on one phone, oldest first."""
        return tuple(self._notes.get(address, ()))

    @property
    def latest(self) -> int:
        """The number of the newest note, 0 before the first."""
        return self._next - self.first

    def last(self, address: str) -> Note | None:
        """What arrived or was said last on one phone."""
        notes = self._notes.get(address)
        return notes[-1] if notes else None

    def note(self, address: str, number: int) -> Note | None:
        """The note of our own number on this phone."""
        return next((one for one in self._notes.get(address, ()) if one.id == number), None)

    def find(self, address: str, ref: str) -> Note | None:
        """The note of this provider's id on this phone, the latest if there are several."""
        return next((one for one in reversed(self._notes.get(address, ())) if one.ref == ref), None)

    def count(self, channel: str | None = None) -> int:
        """Messages received by citizens since the start, forgotten ones included."""
        return self._received.total() if channel is None else self._received[channel]

    def called(self, line: str, key: str, address: str) -> None:
        """A provider was called, whatever it will answer."""
        self.calls.append(Call(line, key, address, self._monotonic()))
        if len(self.calls) > 2 * self._keep:
            del self.calls[: self._keep]
        self.wake()

    # files

    def attach(self, name: str, type: str, body: bytes) -> str:
        """Keep a file so that the wall can show it; put the result into `Note.files`."""
        self._handles += 1
        handle = f"{self._handles}/{name or 'berkas'}"
        self._attached[handle] = Attached(name, type, body)
        self._attached_size += len(body)
        while self._attached_size > ATTACHED and len(self._attached) > 1:
            oldest = next(iter(self._attached))
            self._attached_size -= len(self._attached.pop(oldest).body)
        return handle

    def attached(self, handle: str) -> Attached | None:
        return self._attached.get(handle)

    # waiting

    async def wait_for(self, condition: Callable[[], bool], timeout: float = 10) -> None:  # noqa: ASYNC109 - asked by tests in seconds
        """Until the condition holds, looked at whenever something happens here. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not condition():
                waiter = asyncio.get_running_loop().create_future()
                self._waiting.add(waiter)
                try:
                    await waiter
                finally:
                    self._waiting.discard(waiter)

    def wake(self) -> None:
        """Let every wait_for() look again; safe from other threads (mail servers may run in one)."""
        for waiter in tuple(self._waiting):
            waiter.get_loop().call_soon_threadsafe(_done, waiter)

    def _forget_oldest(self) -> None:
        address = self._order.popleft()
        notes = self._notes[address]
        notes.popleft()
        if not notes:
            del self._notes[address]
            self._recent.pop(address, None)


def _done(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _found(citizen: Citizen, search: str) -> Iterator[Citizen]:
    """The citizen, if the search is part of the name or of an address; 0812… finds +62812… too."""
    wanted = search.strip().casefold()
    digits = "".join(c for c in wanted if c.isdigit())
    phone = "62" + digits[1:] if digits.startswith("0") else digits
    in_name = wanted in citizen.name.casefold()
    in_address = any(wanted in a.casefold() or (phone and phone in a) for a in citizen.addresses.values())
    if in_name or in_address:
        yield citizen
