"""The proof that rows agree with the ledger and with each other: what left, who decided, what was promised to whom.

The chain (`ledger.verify`) proves that acts were not altered; this proves that the rows they speak of say the same.
Reads in pages, keeps one bit an attempt, writes nothing. Each finding is a sentence naming table, id and what
disagrees.
"""

import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules import notices
from notifier.rules.audiences import Rule
from notifier.rules.deliveries import State
from notifier.rules.settled import Named, digest, named, to_whom
from notifier.store import deliveries, schema
from notifier.store import proofs as rows
from notifier.store.engine import Database
from notifier.store.proofs import Told, Tried

OPEN = (State.SENDING.value, State.UNKNOWN.value)  # of attempts: nobody has told yet what became of them
ARRIVED = (State.ACCEPTED, State.DELIVERED, State.READ)
SPAN = 20_000  # ids of deliveries looked through at a time
UNAPPROVED = frozenset({"planned", "asking", "paused", "stopped"})

UNDER_WAY = frozenset({"canary", "expanding", "sending"})
LEADS: Mapping[str, frozenset[str]] = {  # states that a broadcast may be in after an act
    "broadcast.planned": frozenset({"planned"}),
    "broadcast.approved": frozenset({"approved", "sending"}),
    "broadcast.begun": UNDER_WAY,
    "broadcast.canary_passed": UNDER_WAY,
    "broadcast.grew": UNDER_WAY,
    "broadcast.reopened": UNDER_WAY,
    "broadcast.resumed": UNDER_WAY | {"approved", "asking"},
    "broadcast.asks": frozenset({"asking", "paused"}),
    "broadcast.halted": frozenset({"asking", "paused"}),
    "broadcast.paused": frozenset({"paused"}),
    "broadcast.stopped": frozenset({"stopped"}),
    "broadcast.withdrawn": frozenset({"stopped"}),
    "broadcast.done": frozenset({"done"}),
}

Progress = Callable[[str, int], None]  # what is looked at, how many so far


class Words(Protocol):
    """What the proof needs of the vault."""

    def words_digest(self, message_id: int, text: str) -> str: ...


async def prove(database: Database, vault: Words, progress: Progress = lambda what, n: None) -> AsyncIterator[str]:
    """Everything that disagrees, in one snapshot of the database."""
    async with database.snapshot() as db:
        for look in (_attempts, _deliveries, _broadcasts, _series, _entitlements):
            async for finding in look(db, progress):
                yield finding
        async for finding in _tickets(db, vault, progress):
            yield finding


# --- what left -------------------------------------------------------------------------------------------------------


class _Marks:
    """A set of ids, one bit each."""

    def __init__(self, largest: int) -> None:
        self._bits = bytearray(largest // 8 + 1)

    def add(self, number: int) -> None:
        self._bits[number >> 3] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        return bool(self._bits[number >> 3] & 1 << (number & 7))


async def _attempts(db: AsyncConnection, progress: Progress) -> AsyncIterator[str]:
    """Attempts against the acts that settled them, and against the receipts that bettered them since."""
    marks, looked = _Marks(await rows.newest(db, schema.attempts)), 0
    async for act in rows.settled(db):
        try:
            group = named(act.detail)
        except (KeyError, ValueError, TypeError):
            yield f"ledger {act.id}: it tells of settled messages, but not of which"
            continue
        there = {(t.delivery_id, t.number): t for t in await rows.tried(db, {d for d, _ in group})}
        found = {key: there[key] for key in group if key in there}
        for tried in found.values():
            marks.add(tried.id)
        for delivery, number in group.keys() - found.keys():
            yield f"attempts: attempt {number} of delivery {delivery} is gone; ledger {act.id} tells of it"
        if len(found) == len(group) and act.detail.get("whom") != digest(_fixed(found.values())):
            yield f"attempts: line, ref, key or person of {_span(found)} is not what ledger {act.id} tells of"
        for t in found.values():
            if t.contact_id is not None and t.key != f"{t.delivery_id}:{t.contact_id}:{t.generation}":
                yield f"attempts {t.id}: its contact is {t.contact_id}, its key {t.key} says another"
        async for finding in _stronger(db, [(t, group[key]) for key, t in found.items()], act):
            yield finding
        looked += len(group)
        progress("attempts", looked)
    async for page in rows.finished(db, OPEN):
        untold = [t for t in page if t.id not in marks]
        heard = await rows.received(db, [t.id for t in untold]) if untold else set()
        for t in untold:
            if (t.id, t.state) not in heard:
                yield f"attempts {t.id}: it is {t.state}, but neither an act of the ledger nor a receipt says so"


def _fixed(group: Iterable[Tried]) -> list[tuple[int, int, str, str]]:
    return [(t.delivery_id, t.number, t.line, f"{t.ref}:{to_whom(t.key, t.person_id)}") for t in group]


def _span(found: Mapping[Named, Tried]) -> str:
    ids = sorted(t.id for t in found.values())
    return f"attempt {ids[0]}" if len(ids) == 1 else f"one of the attempts {ids[0]} to {ids[-1]}"


async def _stronger(db: AsyncConnection, group: Sequence[tuple[Tried, str]], act: Told) -> AsyncIterator[str]:
    """An attempt may be known better than it was reported, when a receipt says so; never worse."""
    moved = [(t, reported) for t, reported in group if t.state != reported]
    heard = await rows.received(db, [t.id for t, _ in moved]) if moved else set()
    for t, reported in moved:
        if State(t.state).rank < State(reported).rank:
            yield f"attempts {t.id}: it is {t.state}, weaker than the {reported} that ledger {act.id} tells of"
        elif (t.id, t.state) not in heard:
            yield f"attempts {t.id}: it is {t.state}, ledger {act.id} tells of {reported}, and no receipt bettered it"


async def _deliveries(db: AsyncConnection, progress: Progress) -> AsyncIterator[str]:
    """What counts as arrived must have an attempt that did; the kept counters are looked at with the broadcasts."""
    last, looked = await rows.newest(db, schema.deliveries), 0
    while (first := await rows.following(db, schema.deliveries, looked)) is not None:  # numbers leap after a restore
        for state in ARRIVED:
            enough = [other.value for other in State if other.rank >= state.rank]
            for number in await rows.unfounded(db, state.value, enough, first - 1, first - 1 + SPAN):
                yield f"deliveries {number}: it is {state}, but no attempt of it is"
        looked = first - 1 + SPAN
        progress("deliveries", min(looked, last))


# --- who decided -----------------------------------------------------------------------------------------------------


async def _broadcasts(db: AsyncConnection, progress: Progress) -> AsyncIterator[str]:
    """Planner, approver and the audience they saw against their acts; the kept counters against a recount."""
    looked = 0
    async for page in rows.planned(db):
        acts = await rows.about(db, [f"broadcast:{b.id}" for b in page])
        for b in page:
            for finding in _decided(b, acts.get(f"broadcast:{b.id}", [])):
                yield f"broadcasts {b.id}: {finding}"
            kept = await deliveries.tally(db, b.id)
            counted, _, _ = await deliveries.recount(db, b.id)
            for state, reason in sorted(kept.keys() | counted.keys()):
                has, is_there = kept.get((state, reason), 0), counted.get((state, reason), 0)
                if has != is_there:
                    what = f"{state} ({reason})" if reason else state
                    yield f"tallies of broadcast {b.id}: {has} are counted as {what}, {is_there} deliveries are"
            looked += 1
            progress("broadcasts", looked)


async def _series(db: AsyncConnection, progress: Progress) -> AsyncIterator[str]:
    """Plans that come again: who approved what, against the act that did, for their occurrences go by it."""
    looked = 0
    async for page in rows.coming_again(db):
        acts = await rows.about(db, [f"series:{s.id}" for s in page])
        for s in page:
            there = acts.get(f"series:{s.id}", [])
            approval = next((act for act in reversed(there) if act.act == "series.approved"), None)
            if not s.approved_by:
                continue
            if approval is None or approval.who != s.approved_by:
                who = approval.who if approval else "nobody"
                yield f"series {s.id}: approved by {s.approved_by}, the ledger says {who}"
                continue
            said = {"words": notices.digest(s.text), "rule": Rule.of(s.rule).digest, "most": s.most, "cap": s.cap}
            for name, value in said.items():
                if approval.detail.get(name, "") != value:
                    yield f"series {s.id}: its {name} differ from what the ledger says was approved"
            looked += 1
            progress("series", looked)


def _decided(b: Any, acts: Sequence[Told]) -> list[str]:
    plans = [act for act in acts if act.act == "broadcast.planned"]
    approvals = [act for act in acts if act.act == "broadcast.approved"]
    if not plans:
        return ["no act of the ledger plans it"]
    plan, last = plans[0], (approvals or plans)[-1]
    found = []
    if plan.who != b.planned_by:
        found.append(f"planned by {b.planned_by}, ledger {plan.id} says {plan.who}")
    if (plan.detail.get("event"), plan.detail.get("round")) != (b.event, b.round_id):
        found.append(f"event or round is not what ledger {plan.id} tells of")
    digest_of = Rule.of(b.rule).digest if b.rule else ""
    if any(act.detail.get("rule", "") != digest_of for act in (plan, last)):
        found.append(f"the rule of its audience is not what ledger {last.id} tells of")
    said = notices.digest(str((b.facts or {}).get("text", "")))
    if any(act.detail.get("words", "") != said for act in (plan, last)):
        found.append(f"its words are not what ledger {last.id} tells of")
    approver = approvals[-1].who if approvals else ""
    if approver != b.approved_by:
        found.append(f"approved by {b.approved_by or 'nobody'}, the ledger says {approver or 'nobody'}")
    if last.detail.get("people") != b.approved_audience:
        found.append(f"approved for {b.approved_audience} people, ledger {last.id} says {last.detail.get('people')}")
    if "cap" in last.detail and last.detail["cap"] != b.cap:
        found.append(f"it may cost {b.cap} rupiah, ledger {last.id} says {last.detail['cap']}")
    begun = next((act for act in reversed(acts) if act.act == "broadcast.begun"), None)
    people = begun.detail.get("people") if begun is not None else 0
    if b.audience not in (people, b.expanded):
        found.append(f"its audience is {b.audience}, the ledger says {people}, and {b.expanded} were walked")
    moved = next((act for act in reversed(acts) if act.act in LEADS), None)
    if moved is not None and b.state not in LEADS[moved.act]:
        found.append(f"it is {b.state}, but ledger {moved.id} says {moved.act}")
    if not approvals and b.state not in UNAPPROVED:
        found.append(f"it is {b.state}, but nobody approved it")
    return found


# --- who is entitled, and what was complained about ------------------------------------------------------------------


async def _entitlements(db: AsyncConnection, progress: Progress) -> AsyncIterator[str]:
    """Each status against the changes that led to it."""
    looked = 0
    async for page in rows.entitled(db):
        changes = await rows.entitled_since(db, [e.id for e in page])
        for e in page:
            steps = changes.get(e.id, [])
            for (_, _, reached), (change, was, _) in itertools.pairwise(steps):
                if was != reached:
                    yield f"entitlement_changes {change}: it changes {was}, but entitlement {e.id} was {reached}"
            if steps and steps[-1][2] != e.status:
                yield f"entitlements {e.id}: it is {e.status}, its last change made it {steps[-1][2]}"
            elif not steps and e.status != e.record:
                yield f"entitlements {e.id}: it is {e.status}, drawn as {e.record}, and no change made it so"
        looked += len(page)
        progress("entitlements", looked)


async def _tickets(db: AsyncConnection, vault: Words, progress: Progress) -> AsyncIterator[str]:
    """Status and category against the history, the history against its acts, words against their digests."""
    looked = 0
    async for page in rows.complaints(db):
        ids = [ticket.id for ticket in page]
        acts = await rows.about(db, [f"ticket:{number}" for number in ids])
        history, words = await rows.moves(db, ids), await rows.said(db, ids)
        for ticket in page:
            told = acts.get(f"ticket:{ticket.id}", [])
            for finding in _moved(ticket, history.get(ticket.id, []), told):
                yield finding
            for finding in _worded(ticket.id, dict(words.get(ticket.id, [])), told, vault):
                yield finding
        looked += len(page)
        progress("tickets", looked)


async def prove_ticket(db: AsyncConnection, vault: Words, ticket_id: int) -> list[str]:
    """What of one ticket disagrees with the ledger; nothing, when all is well."""
    ticket = await rows.complaint(db, ticket_id)
    acts = (await rows.about(db, [f"ticket:{ticket_id}"])).get(f"ticket:{ticket_id}", [])
    history, words = await rows.moves(db, [ticket_id]), await rows.said(db, [ticket_id])
    found = _moved(ticket, history.get(ticket_id, []), acts)
    return [*found, *_worded(ticket_id, dict(words.get(ticket_id, [])), acts, vault)]


def _moved(ticket: Any, history: Sequence[Any], acts: Sequence[Told]) -> list[str]:
    found, before = [], ""
    for change, _, _, was, status, _ in history:
        if was != before:
            found.append(f"ticket_changes {change}: it moves on from {was}, but ticket {ticket.id} was {before}")
        before = status
    if before != ticket.status:
        found.append(f"tickets {ticket.id}: it is {ticket.status}, its history ends with {before or 'nothing'}")
    category = next((facts["category"] for *_, facts in reversed(history) if "category" in facts), None)
    if category is not None and category != ticket.category:
        found.append(f"tickets {ticket.id}: it is about {ticket.category}, its history says {category}")
    moves = [(change, who, act, status) for change, who, act, _, status, _ in history]
    links = [act for act in acts if "status" in act.detail]
    for (change, who, act, status), link in zip(moves, links, strict=False):
        name = "ticket_opened" if act == "open" else f"ticket_{act}"
        if (who, name, status) != (link.who, link.act, link.detail["status"]):
            found.append(
                f"ticket_changes {change}: {act} to {status} by {who}, but ledger {link.id} says {link.act} to "
                f"{link.detail['status']} by {link.who}"
            )
            break
    if len(moves) != len(links):
        found.append(f"ticket_changes of ticket {ticket.id}: {len(moves)} moves, the ledger tells of {len(links)}")
    first = next((act for act in links if act.act == "ticket_opened"), None)
    if first is not None and first.at != ticket.opened_at:
        found.append(f"tickets {ticket.id}: opened at {ticket.opened_at}, ledger {first.id} says {first.at}")
    opened = next((act for act in links if "category" in act.detail), None)
    if opened is not None and history and history[0][5].get("category") != opened.detail["category"]:
        found.append(f"ticket_changes {history[0][0]}: its category is not what ledger {opened.id} tells of")
    return found


def _worded(ticket_id: int, said: Mapping[int, str], acts: Sequence[Told], vault: Words) -> list[str]:
    proven = {int(act.detail["message"]): act for act in acts if "words" in act.detail}
    found = [f"ticket_messages {n}: it is gone; ledger {proven[n].id} tells of it" for n in proven.keys() - said.keys()]
    erased = {int(number) for act in acts for number in act.detail.get("erased", ())}
    for number, text in said.items():
        act = proven.get(number)
        if number in erased and not text:
            continue  # its words were taken away by whom the ledger names; that they were is what it tells
        if act is None:
            found.append(f"ticket_messages {number}: no act of the ledger tells of it (ticket {ticket_id})")
        elif act.detail["words"] != vault.words_digest(number, text):
            found.append(f"ticket_messages {number}: its words are not those that ledger {act.id} tells of")
    return found
