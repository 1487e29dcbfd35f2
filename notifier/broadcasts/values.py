"""What the use cases of mass messages work with: terms, previews, the account, and how a time is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from notifier.broadcasts.pinning import Wordings
from notifier.errors import Refused
from notifier.rules.deliveries import EVENTS
from notifier.rules.halting import Limits
from notifier.rules.ladders import Ladders
from notifier.rules.pacing import event_expiry
from notifier.store.broadcasts import Broadcast, Mute
from notifier.store.rounds import Round

PLANNABLE = ("round_announced", "round_reminder", "round_changed", "round_cancelled", "receipt_question")
TYPING = timedelta(minutes=1)
BEFORE = ("planned", "approved", "asking")
STATES = ("due", "sending", "accepted", "delivered", "read", "failed", "unknown", "expired", "cancelled")

Measure = Callable[[str, str, str, str, str, Round], int]  # event, channel, language, zone, name, round → segments


@dataclass(frozen=True, slots=True)
class Route:
    """What planning needs to know of a line."""

    line: str
    rate: float  # messages a second
    price: int  # rupiah a segment


@dataclass(frozen=True, slots=True)
class Terms:
    """How broadcasts are run here."""

    ladders: Ladders
    routes: Mapping[str, Route]  # by channel
    audience_moved: float  # percent
    past_due: timedelta
    opens: time
    closes: time
    limits: Limits
    canary_for: timedelta  # how long the first ones are looked at before the others follow
    cap: int | None = None  # rupiah a broadcast may cost when its plan does not say
    zone: str = "Asia/Jakarta"  # of alerts to staff
    public_url: str = ""
    wordings: Wordings = lambda _event: {}
    mute: tuple[str, ...] = ()  # lines that citizens cannot answer on

    def muted(self, event: str) -> Mute | None:
        """The lines that a question must not leave on; None for what asks nothing, or where all can be answered."""
        if not self.mute or not EVENTS[event].question:
            return None
        return Mute(self.mute, tuple((kind, route.line) for kind, route in self.routes.items()))


@dataclass(frozen=True, slots=True)
class Preview:
    """What a broadcast would do."""

    people: int
    by_channel: Mapping[str, int]
    by_language: Mapping[str, int]
    unreachable: int
    segments: int
    price: int  # rupiah
    hours: float  # at the lines' rates
    past: bool = False  # its time is past: it leaves at once after approval


@dataclass(frozen=True, slots=True)
class Statement:
    """The account of a broadcast: everybody of the audience is in exactly one place."""

    broadcast: int
    event: str
    round: str
    state: str
    audience: int
    unexpanded: int
    suppressed: Mapping[str, int]
    due: int
    sending: int
    accepted: int
    delivered: int
    read: int
    failed: int
    unknown: int
    expired: int
    cancelled: int
    held: int  # part of unknown
    unconfirmed: int  # part of accepted: no receipt came where receipts are trusted, so that they count as not told
    balanced: bool
    maybe_twice: int | None = None  # people who may have got it twice; None: not counted here, for it takes a walk

    def as_json(self) -> dict[str, Any]:
        """The contract's keys."""
        return asdict(self)


def moment(text: str, zone: str, now: datetime) -> datetime:
    """`now`, or an ISO time; without an offset it is in the round's zone. Raises Refused. Returns UTC."""
    if text.strip().lower() == "now":
        return now
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        said = f'"{text[:40]}" is no time; write 2026-12-05T09:00 (in the round\'s zone), or: now'
        raise Refused(said, field="at") from None
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def in_time(at: datetime, now: datetime, past_due: timedelta, zone: str) -> bool:
    """Whether a plan's time lies ahead, give or take a minute. Raises Refused for one that is long past."""
    if at < now - past_due:
        hours = past_due / timedelta(hours=1)
        raise Refused(
            f"{local(at, zone)} is past by more than {hours:g} hours; give a time to come, or: now. "
            "Nothing was planned",
            field="at",
        )
    return not past(at, now)


def not_too_soon(event: str, at: datetime, of: Round) -> None:
    """Raises Refused for a question that would be asked before anybody can have received anything."""
    if event == "receipt_question" and at < of.opens_at:
        raise Refused(
            f"{of.code} opens at {local(of.opens_at, of.zone)}; ask whether people have received it after that",
            field="at",
        )


def not_too_late(event: str, at: datetime, of: Round, now: datetime) -> datetime:
    """When a message of that time expires. Raises Refused for one that would come after its event."""
    expires = event_expiry(event, of.opens_at, of.closes_at) or at + EVENTS[event].retry_for
    if event == "round_cancelled":
        expires = max(expires, now + timedelta(days=2))
    if at >= expires:
        said = f"{of.code} is over at {local(expires, of.zone)}; a message at {local(at, of.zone)} is late"
        raise Refused(said, field="at")
    return expires


def past(at: datetime, now: datetime) -> bool:
    """Whether a time is past by more than the minute that typing takes."""
    return at < now - TYPING


def local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for key, n in pairs:
        total[key] = total.get(key, 0) + n
    return dict(sorted(total.items()))


def statement_of(
    b: Broadcast,
    kept: Mapping[tuple[str, str], int],
    *,
    held: int,
    unconfirmed: int = 0,
    recounted: Mapping[tuple[str, str], int] | None,
    maybe_twice: int | None = None,
) -> Statement:
    suppressed = {reason: n for (state, reason), n in sorted(kept.items()) if state == "suppressed"}
    by_state = {name: sum(n for (state, _), n in kept.items() if state == name) for name in STATES}
    # Until it begins, the audience is the one that was planned or approved, and nobody of it is expanded.
    audience = b.audience if b.expanded or b.audience or b.state not in BEFORE else b.approved_audience
    unexpanded = audience - b.expanded
    whole = unexpanded + sum(suppressed.values()) + sum(by_state.values()) == audience and unexpanded >= 0
    agrees = recounted is None or dict(recounted) == {key: n for key, n in kept.items() if n}
    return Statement(
        broadcast=b.id,
        event=b.event,
        round=b.round_code,
        state=b.state,
        audience=audience,
        unexpanded=unexpanded,
        suppressed=suppressed,
        held=held,
        unconfirmed=unconfirmed,
        balanced=whole and agrees,
        maybe_twice=maybe_twice,
        **by_state,
    )
