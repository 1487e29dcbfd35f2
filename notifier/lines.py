"""Lines as colleagues meet them: how each fares, one alert a trouble, a try now, a test message.

Knows the governor's rows and the outbox; does not know channels or providers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog

from notifier.errors import Refused
from notifier.outbox import Notice, Outbox
from notifier.rules.deliveries import EVENTS
from notifier.rules.people import read_phone
from notifier.rules.roles import Right, Role, Viewer
from notifier.store import ledger as acts
from notifier.store import lines as rows
from notifier.store.engine import Database
from notifier.store.lines import Rest, Tested
from notifier.vault import Vault

log = structlog.get_logger()
HOUR = timedelta(hours=1)
MOST = 2_000  # deliveries counted as waiting; more is "more than"
BRIEF = timedelta(seconds=10)  # a rest as short as this, and only one, is a flood that passes


@dataclass(frozen=True, slots=True)
class Way:
    """What the configuration says of a line."""

    channel: str
    rate: float  # messages a second


@dataclass(frozen=True, slots=True)
class Faring:
    """How a line fares now."""

    line: str
    channel: str
    rate: float
    state: str  # clear, resting, trying
    parked_until: datetime | None
    reason: str
    waiting: int
    taken: int  # of the last hour
    failed: int
    whole: bool  # these are all of that hour; else there were more than were looked at

    @property
    def many(self) -> bool:
        """More wait than were counted."""
        return self.waiting >= MOST


class Lines:
    """The use cases of lines."""

    def __init__(
        self, database: Database, vault: Vault, outbox: Outbox, ways: Mapping[str, Way], *, zone: str, language: str
    ) -> None:
        self._database = database
        self._vault = vault
        self._outbox = outbox
        self._ways = ways
        self._zone = zone
        self._language = language

    # --- looking ---

    async def look(self, viewer: Viewer, now: datetime) -> Sequence[Faring]:
        """Every configured line, in the order of the file."""
        viewer.needs(Right.SEE_BROADCASTS)
        async with self._database.read() as db:
            rests = await rows.rests(db, self._ways)
            outcomes, whole = await rows.outcomes(db, now - HOUR)
            depths = {line: await rows.waiting(db, line, MOST) for line in self._ways}
        found = []
        for line, way in self._ways.items():
            rest, (taken, failed) = rests.get(line), outcomes.get(line, (0, 0))
            state = standing(rest, now)
            until, reason = (rest.parked_until, rest.reason) if rest and state != "clear" else (None, "")
            waiting = depths[line]
            found.append(Faring(line, way.channel, way.rate, state, until, reason, waiting, taken, failed, whole))
        return found

    # --- trouble ---

    async def watch(self, now: datetime) -> int:
        """The clock: tell admins of each trouble once, and once of its end. Returns how many lines were spoken of."""
        async with self._database.read() as db:
            rests = await rows.rests(db, self._ways)
        spoken = 0
        for rest in rests.values():
            begins = not rest.alerted and in_trouble(rest, now)
            ends = rest.alerted and standing(rest, now) == "clear"
            if begins or ends:
                spoken += await self._tell(rest, now, works=ends)
        return spoken

    async def _tell(self, rest: Rest, now: datetime, *, works: bool) -> int:
        async with self._database.write() as db:
            if not await rows.set_alerted(db, rest.line, alerted=not works):
                return 0  # another process told it meanwhile
            facts = {"line": rest.line, "reason": "" if works else rest.reason, "works": works}
            told = await self._outbox.tell(
                db, "line_alert", [Role.ADMIN.value], facts, self._zone, now, but="" if works else rest.line
            )
            act = "line.works" if works else "line.trouble"
            await acts.append(db, at=now, who="clock", act=act, about=f"line:{rest.line}", detail={"told": told})
        log.warning(act, line=rest.line, reason=rest.reason, told=told)
        return 1

    async def try_now(self, viewer: Viewer, line: str, now: datetime) -> None:
        """End a line's rest: what waits is tried at once. Raises Refused."""
        viewer.needs(Right.CONTROL_BROADCAST)
        self._known(line)
        async with self._database.write() as db:
            if not await rows.wake(db, line, now):
                raise Refused(f"the line {line} does not rest; there is nothing to try")
            await acts.append(db, at=now, who=viewer.who, act="line.tried", about=f"line:{line}")

    # --- testing ---

    async def test(
        self,
        viewer: Viewer,
        line: str,
        address: str,
        now: datetime,
        text: str = "",
        *,
        said: Mapping[str, str] | None = None,
        of: str = "",
    ) -> int:
        """Queue a test message to an address; returns the delivery's number. Raises Refused. `said`: the parts of a
        message that is to leave as it is, and `of` which template it is.
        """
        viewer.needs(Right.CONTROL_BROADCAST)
        way = self._known(line)
        sealed = self._vault.seal_json({"kind": way.channel, "address": fit(way.channel, address)}, "deliveries.sealed")
        notice = Notice(
            "test_send",
            self._language,
            self._zone,
            {"line": line, "text": text} | ({"said": dict(said)} if said else {}),
            sealed=sealed,
            line=line,
            expires_at=now + EVENTS["test_send"].retry_for,
        )
        async with self._database.write() as db:
            number = await self._outbox.queue(db, notice, now)
            about = f"delivery:{number}"
            detail = {"line": line} | ({"template": of} if of else {})
            await acts.append(db, at=now, who=viewer.who, act="line.tested", about=about, detail=detail)
        return number

    async def tested(self, viewer: Viewer, number: int) -> Tested | None:
        """What became of a test message; None when that is none."""
        viewer.needs(Right.CONTROL_BROADCAST)
        async with self._database.read() as db:
            return await rows.tested(db, number)

    def _known(self, line: str) -> Way:
        if line not in self._ways:
            known = ", ".join(self._ways) or "none"
            raise Refused(f'no line is called "{line}"; there are: {known}')
        return self._ways[line]


def standing(rest: Rest | None, now: datetime) -> str:
    """Whether a line rests, is being tried again after a rest, or is clear."""
    if rest is None:
        return "clear"
    if rest.parked_until is not None and rest.parked_until > now:
        return "resting"
    return "trying" if rest.parks else "clear"


def in_trouble(rest: Rest, now: datetime) -> bool:
    """Whether a rest is worth an alert: it lasts, or it is not the first in a row."""
    if rest.parked_until is None or rest.parked_until <= now:
        return False
    return rest.parks > 1 or rest.parked_until - now > BRIEF


def _phone(text: str) -> str | None:
    return text if re.fullmatch(r"\+\d{8,15}", text, re.ASCII) else read_phone(text)


def _shaped(pattern: str) -> Callable[[str], str | None]:
    return lambda text: text if re.fullmatch(pattern, text, re.ASCII) else None


_FIT: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "sms": _phone,
        "telegram": _shaped(r"-?\d{1,20}"),
        "email": _shaped(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{3,180}"),
    }
)


def fit(channel: str, address: str) -> str:
    """An address as a channel takes it. Raises Refused."""
    plain = address.strip()
    found = _FIT.get(channel, _shaped(r"[!-~]{1,254}"))(plain)
    if found is None:
        raise Refused(
            f'"{plain[:60]}" is no address for {channel}; write +6281234567890, a Telegram chat or name@example.id'
        )
    return found
