"""The account of a broadcast: who was told, how and when, who was not, why, and what happens next.

Looks only, and records what was taken away. Sending again is `again`'s, visits are `visiting`'s.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import IO, Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts import sheets
from notifier.broadcasts.glance import Glance, Missed, look, onward
from notifier.broadcasts.values import Statement, Terms, local, statement_of, summed
from notifier.errors import Refused
from notifier.rules import reasons
from notifier.rules.deliveries import EVENTS, State
from notifier.rules.eta import ROUND_THE_CLOCK, Queue, eta, spread
from notifier.rules.outlook import Next, Outlook, outlook
from notifier.rules.roles import Right, Viewer, covers
from notifier.store import broadcasts as rows
from notifier.store import deliveries, loads, paces, told, visits
from notifier.store import ledger as acts
from notifier.store.broadcasts import Broadcast
from notifier.store.engine import Database
from notifier.store.told import Entry, Shelf

LISTS = ("told", "untold", "held", "resend", "unconfirmed", *(state.value for state in State))
HALTED = ("paused", "asking")
BEFORE = ("approved",)  # not begun: nobody stands on a line yet
UNDER_WAY = ("expanding", "sending", "canary")
PRINTED = "statement.printed"

# What stands in files that are taken away; they are read in Indonesian.
SAYS: Mapping[str, str] = {
    State.DUE: "menunggu giliran",
    State.SENDING: "sedang dikirim",
    State.ACCEPTED: "diterima penyedia",
    State.DELIVERED: "sampai",
    State.READ: "dibaca",
    State.UNKNOWN: "tidak pasti terkirim",
    State.FAILED: "gagal",
    State.EXPIRED: "kedaluwarsa",
    State.CANCELLED: "dibatalkan",
    State.SUPPRESSED: "tidak dikirim",
    Next.NOTHING: "selesai",
    Next.REPORT: "menunggu jawaban penyedia",
    Next.LEAVES: "akan dikirim",
    Next.HALTED: "menunggu siaran dilanjutkan",
    Next.DECIDE: "menunggu keputusan petugas",
    Next.RESEND: "akan dikirim ulang",
    Next.VISIT: "dikunjungi pendamping",
    Next.SILENT: "tidak dikirim: warga meminta berhenti",
    Next.CALLED_OFF: "dikunjungi, kecuali sisanya direncanakan lagi",
    Next.TAKEN_UP: "ikut siaran sisanya",
}
HEAD = ("NAMA", "NIK", "KODE_WILAYAH", "DESA", "SALURAN", "JALUR", "KEADAAN", "SEBAB", "WAKTU", "SELANJUTNYA", "PADA")


@dataclass(frozen=True, slots=True)
class Account:
    """Everything a statement says, and the digest by which it is known again."""

    broadcast: Broadcast
    statement: Statement
    lines: Mapping[str, Mapping[str, Any]]  # line → people by state, attempts, segments, rupiah
    corrections: Sequence[int]
    visits: Mapping[str, int]  # result → people
    digest: str


@dataclass(frozen=True, slots=True)
class Printed:
    """When a statement was last put on record."""

    at: datetime
    who: str
    digest: str


async def seen(db: AsyncConnection, viewer: Viewer, broadcast_id: int, *, lock: bool = False) -> Broadcast:
    """A broadcast the viewer may see. Raises Refused."""
    found = await rows.get(db, broadcast_id, lock=lock)
    if found is None or not covers(viewer.region, found.region):
        raise Refused(f"there is no broadcast {broadcast_id} in the region of {viewer.login}")
    return found


def shelf_of(state: str, reason: str | None = None) -> Shelf:
    """The list of this name. Raises Refused."""
    if state not in LISTS:
        raise Refused(f'"{state}" is no list of people; there are: {", ".join(LISTS)}')
    return Shelf(state, reason)


def follows(b: Broadcast, entry: Entry, *, taken: bool = False) -> Outlook:
    """What happens next with somebody on a list. `taken`: another broadcast takes up whom this one left."""
    return outlook(
        State(entry.state),
        entry.reason,
        held=entry.held,
        due_at=entry.due_at,
        lease_until=entry.lease_until,
        halted=b.state in HALTED,
        taken=taken,
    )


class Told:
    """Looks at what became of broadcasts."""

    def __init__(self, database: Database, terms: Terms, rates: Mapping[str, float]) -> None:
        """`rates`: line → messages a second."""
        self._database = database
        self._terms = terms
        self._rates = rates

    # --- lists ---

    async def people(
        self, viewer: Viewer, broadcast_id: int, shelf: Shelf, after: int = 0, limit: int = 100
    ) -> tuple[Broadcast, Sequence[Entry]]:
        """One list of a broadcast's people beyond the person `after`."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            b = await seen(db, viewer, broadcast_id)
            kept = await deliveries.tally(db, broadcast_id)
            if shelf.state in set(State) and not any(n for (state, _), n in kept.items() if state == shelf.state):
                return b, ()  # nobody: the rows would all be looked through to find that out
            return b, await told.page(db, broadcast_id, shelf, after, limit)

    async def taken_up(self, b: Broadcast) -> bool:
        """Whether another broadcast takes up whom this one left."""
        async with self._database.read() as db:
            return await _taken(db, b)

    async def reasons(self, broadcast_id: int) -> tuple[Sequence[tuple[str, str, int]], bool]:
        """Why people were not told: (list, reason, people), most first; False when the numbers are only a least."""
        async with self._database.read() as db:
            return await told.reasons(db, broadcast_id)

    async def sheet(
        self, viewer: Viewer, broadcast_id: int, shelf: Shelf, form: str, now: datetime
    ) -> tuple[IO[bytes], int]:
        """A list as a file (csv, xlsx), put on record; close it when it was read."""
        viewer.needs(Right.EXPORT)
        async with self._database.read() as db:
            b = await seen(db, viewer, broadcast_id)
            file, count = await sheets.write(form, HEAD, self._cells(db, b, shelf))
        async with self._database.write() as db:
            detail = {"list": shelf.state, "form": form, "people": count, "reason": shelf.reason or ""}
            await acts.append(db, at=now, who=viewer.who, act="export.people", about=f"broadcast:{b.id}", detail=detail)
        return file, count

    async def _cells(self, db: AsyncConnection, b: Broadcast, shelf: Shelf) -> AsyncIterator[Sequence[Sequence[str]]]:
        taken = await _taken(db, b)
        async for part in told.walk(db, b.id, shelf):
            yield [_cells(b, entry, taken) for entry in part]

    # --- the account ---

    async def account(self, broadcast_id: int) -> Account:
        """The whole account in one snapshot. Raises Refused when there is no such broadcast."""
        async with self._database.read(snapshot=True) as db:
            b = await rows.get(db, broadcast_id)
            if b is None:
                raise Refused(f"there is no broadcast {broadcast_id}")
            kept = await deliveries.tally(db, broadcast_id)
            counted, held, twice = await deliveries.recount(db, broadcast_id)
            people = await told.by_line(db, broadcast_id)
            spent = await loads.of(db, broadcast_id)
            heard = any(n for (state, _), n in kept.items() if state in (*told.TOLD, State.UNKNOWN))
            corrections = await told.corrections(db, b.id, b.round_id, b.round_version if heard else None)
            found = await visits.results(db, broadcast_id)
        statement = statement_of(b, kept, held=held, recounted=counted, maybe_twice=twice)
        lines: dict[str, dict[str, Any]] = {}
        for line in sorted({line for line, *_ in people} | set(spent)):
            load = spent.get(line, loads.Load())
            states = {state: n for of, state, n in people if of == line}
            lines[line] = {
                "people": states,
                "attempts": load.attempts,
                "segments": load.segments,
                "rupiah": load.rupiah,
            }
        digest = sha256(acts.canonical(_spelled(b, statement, lines, corrections, found)).encode()).hexdigest()
        return Account(b, statement, lines, corrections, found, digest)

    async def printed(self, broadcast_id: int) -> Printed | None:
        """When the statement of a broadcast was last put on record."""
        async with self._database.read() as db:
            act = await acts.last(db, f"broadcast:{broadcast_id}", PRINTED)
        return Printed(act.at, act.who, str(acts.read(act).get("digest", ""))) if act else None

    async def put_on_record(self, viewer: Viewer, broadcast_id: int, now: datetime) -> Account:
        """Write the digest of the present statement into the ledger: what is printed now can be shown to be this."""
        viewer.needs(Right.EXPORT)
        async with self._database.read() as db:
            await seen(db, viewer, broadcast_id)
        found = await self.account(broadcast_id)
        async with self._database.write() as db:
            await acts.append(
                db,
                at=now,
                who=viewer.who,
                act=PRINTED,
                about=f"broadcast:{broadcast_id}",
                detail={"digest": found.digest, "balanced": found.statement.balanced},
            )
        return found

    # --- how long ---

    async def etas(self, shown: Sequence[Broadcast], now: datetime) -> Mapping[int, datetime]:
        """When these broadcasts will be through, as far as they go on by themselves: broadcast → instant.

        Whoever's turn comes earlier on the same line counts too. Reads kept counters only, whatever was shown.
        """
        waits = [b for b in shown if b.state in (*BEFORE, *UNDER_WAY)]
        if not waits:
            return {}
        async with self._database.read() as db:
            going = await told.under_way(db)
            ids = {number for number, _ in going} | {b.id for b in waits if b.state in UNDER_WAY}
            left, tried = await _standing(db, ids, {b.id: b for b in shown})
            resting = {pace.scope: pace.parked_until for pace in await paces.parked(db, now)}
        found: dict[int, datetime] = {}
        for b in waits:
            through = self._through(b, left, going, resting, now)
            if through is not None:
                found[b.id] = through
        # Where only retries are left it is not the rate that decides, but when the last of them begins.
        retried = [b for b in waits if b.id in found and b.expanded >= b.audience and tried.get(b.id)]
        async with self._database.read() as db:
            for b in retried:
                lane = int(EVENTS[b.event].lane)
                last = await told.last_due(db, b.id, sorted(left[b.id]), lane)
                found[b.id] = max(found[b.id], last) if last else found[b.id]
        return found

    async def foreseen(
        self, event: str, by_channel: Mapping[str, int], at: datetime, zone: str, now: datetime
    ) -> datetime | None:
        """When a plan for these people would be through, were it approved now: behind whoever's turn comes earlier."""
        async with self._database.read() as db:
            going = [number for number, when in await told.under_way(db) if when <= max(at, now)]
            left, _ = await _standing(db, set(going), {})
            resting = {pace.scope: pace.parked_until for pace in await paces.parked(db, now)}
        own = summed((self._terms.routes[kind].line, n) for kind, n in by_channel.items())
        return self._reckoned(event, zone, own, [left[number] for number in going], resting, max(at, now))

    async def glance(self, b: Broadcast, now: datetime) -> Glance:
        """One look: told and not told, how, why, and what comes."""
        through = (await self.etas([b], now)).get(b.id)
        async with self._database.read() as db:
            seen = await look(db, b)
        return replace(seen, through=through, ahead=onward(b, seen, now, through))

    async def missed(self, b: Broadcast) -> tuple[Sequence[Missed], bool]:
        """Who was not told, by reason, most first; False when the numbers are only a least."""
        async with self._database.read() as db:
            seen = await look(db, b)
        return sorted(seen.missed, key=lambda one: -one.people), seen.whole

    def _through(
        self,
        b: Broadcast,
        left: Mapping[int, Mapping[str, int]],
        going: Sequence[tuple[int, datetime]],
        resting: Mapping[str, datetime | None],
        now: datetime,
    ) -> datetime | None:
        begin = max(b.at, now)
        if b.state == "canary" and b.canary_until is not None:
            begin = max(begin, b.canary_until)  # the others leave once the first ones are judged
        own = dict(left.get(b.id, {}))
        if not own and b.expanded < max(b.audience, b.approved_audience) and b.state != "sending":
            own = self._unplaced(max(b.audience, b.approved_audience) - b.expanded)
        before = [left.get(number, {}) for number, at in going if (at, number) < (b.at, b.id)]
        return self._reckoned(b.event, b.zone, own, before, resting, begin)

    def _reckoned(
        self,
        event: str,
        zone: str,
        own: Mapping[str, int],
        before: Sequence[Mapping[str, int]],
        resting: Mapping[str, datetime | None],
        begin: datetime,
    ) -> datetime | None:
        queues = {
            line: Queue(
                n + sum(other.get(line, 0) for other in before), self._rates.get(line, 1.0), resting.get(f"line:{line}")
            )
            for line, n in own.items()
            if n
        }
        hours = (self._terms.opens, self._terms.closes) if EVENTS[event].keeps_window else ROUND_THE_CLOCK
        return eta(queues, begin, ZoneInfo(zone), *hours)

    def _unplaced(self, people: int) -> dict[str, int]:
        """Nobody stands on a line before expansion: taken to be all on the slowest one, so that it is not promised
        too early.
        """
        lines = [route.line for route in self._terms.routes.values() if route.line in self._rates]
        return {min(lines, key=self._rates.__getitem__): people} if lines else {}


async def _taken(db: AsyncConnection, b: Broadcast) -> bool:
    return b.state == "stopped" and await told.rest_of(db, b.id, b.event) is not None


async def _standing(
    db: AsyncConnection, ids: Collection[int], known: Mapping[int, Broadcast]
) -> tuple[dict[int, Mapping[str, int]], dict[int, bool]]:
    """How many of each broadcast's people stand on which line, and whether nobody waits for the first try any more.

    Of those `known` whoever is not written down yet counts too.
    """
    kept, carried = await deliveries.tally_each(db, ids), await loads.of_each(db, ids)
    left: dict[int, Mapping[str, int]] = {}
    tried: dict[int, bool] = {}
    for number in ids:
        states = kept.get(number, {})
        waiting = states.get("due", 0) + states.get("sending", 0)
        if number in known:
            waiting += max(known[number].audience - known[number].expanded, 0)
        put = {line: (load.people, load.attempts) for line, load in carried.get(number, {}).items()}
        left[number] = spread(put, waiting)
        tried[number] = bool(put) and sum(load.attempts - load.people for load in carried[number].values()) >= 0
    return left, tried


def _cells(b: Broadcast, entry: Entry, taken: bool) -> Sequence[str]:
    after = follows(b, entry, taken=taken)
    when = entry.left_at if entry.state in told.TOLD else entry.settled_at
    return (
        entry.name,
        entry.nik_masked,
        entry.region,
        entry.village,
        entry.channel,
        entry.line,
        SAYS[entry.state],
        reasons.said(entry.reason, "id"),
        local(when, b.zone) if when else "",
        SAYS[after.next],
        local(after.at, b.zone) if after.at else "",
    )


def _spelled(
    b: Broadcast,
    statement: Statement,
    lines: Mapping[str, Mapping[str, Any]],
    corrections: Sequence[int],
    found: Mapping[str, int],
) -> Mapping[str, Any]:
    """What the digest of an account is computed over."""
    return {
        "statement": statement.as_json(),
        "round_version": b.round_version,
        "at": b.at.isoformat(),
        "planned": [b.planned_by, b.planned_at.isoformat()],
        "approved": [b.approved_by, b.approved_at.isoformat() if b.approved_at else ""],
        "corrects": b.parent_id,
        "corrections": list(corrections),
        "lines": lines,
        "visits": found,
    }
