"""Deliveries through the real store against a simple model: whatever happens in whatever order, the laws hold.

The model knows of each attempt what was said about it, and of each person which messages may have left. After every
step the rows must agree with it: nobody is lost, the kept counters are a recount, the strongest fact stands, and what may
have arrived is sent again at most once.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from channels.contract import Receipt, ReceiptState
from notifier.app.lines import delivery_terms
from notifier.dispatch import Outcome, settle_receipt
from notifier.dispatch.settle import lapse, settle_group
from notifier.rules.deliveries import SETTLED, State, settle
from notifier.store.schema import attempts, deliveries
from tests.houses import Stage, add_person, add_round, open_stage

LINES = ("sms", "mail")
EXAMPLES = {"sqlite": 25, "postgresql": 8}
MAY_HAVE_ARRIVED = (State.UNKNOWN, State.ACCEPTED, State.DELIVERED, State.READ)

indices = st.integers(0, 99)
facts = st.sampled_from(list(ReceiptState))


@dataclass
class Known:
    """What the model knows of one attempt."""

    delivery: int
    number: int
    key: str
    line: str
    ref: str
    fact: State = State.SENDING
    reported: bool = False  # its sender has told what came of it
    excused: bool = False

    def learn(self, fact: State) -> None:
        self.fact = settle(self.fact, fact)


@dataclass
class Model:
    """Attempts in the order they were begun."""

    attempts: list[Known] = field(default_factory=list)

    def one(self, index: int, *, reported: bool | None = None) -> Known | None:
        some = [known for known in self.attempts if reported is None or known.reported is reported]
        return some[index % len(some)] if some else None


class Deliveries(RuleBasedStateMachine):
    """Three people with an SMS and a mail address each, one broadcast, and everything that may happen to it."""

    database_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.model = Model()
        self.stopped = False

    # --- the ground ---

    @initialize(people=st.integers(1, 3))
    def begin(self, people: int) -> None:
        self.run(self._begin(people))

    async def _begin(self, people: int) -> None:
        self.opened = open_stage(self.database_url, Path(mkdtemp()))
        self.stage: Stage = await self.opened.__aenter__()
        self.terms = delivery_terms(self.stage.house)
        await _empty(self.stage)
        await add_round(self.stage)
        for n in range(people):
            await add_person(
                self.stage, f"WARGA {n}", ("sms", f"+6281230000{n:03d}"), ("email", f"warga{n}@example.com")
            )
        self.people = people
        self.number = await self.stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await self.stage.house.broadcasts.advance(self.stage.clock(), "test")

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            self.run(self._finish())
            self.run(self.opened.__aexit__(None, None, None))
        self.runner.close()

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    # --- what may happen ---

    @rule(line=st.sampled_from(LINES))
    def a_worker_claims(self, line: str) -> None:
        """From here on its provider may have been called; a worker that dies here never says so."""
        self.run(self._claim(line))

    async def _claim(self, line: str) -> None:
        (route,) = (route for name, route in self.stage.dispatcher._routes.items() if name == line)
        claimed, *_ = await self.stage.dispatcher.claim(route)
        for c in claimed:
            self.model.attempts.append(Known(c.id, c.fence, f"{c.id}:{c.contact_id}:{c.generation}", line, f"{c.id}-{c.fence}"))
        assert not (claimed and self.stopped and await self._state() == "stopped")

    @rule(
        index=indices,
        state=st.sampled_from([State.ACCEPTED, State.FAILED, State.UNKNOWN]),
        permanent=st.booleans(),
        excused=st.booleans(),
    )
    def a_worker_reports(self, index: int, state: State, permanent: bool, excused: bool) -> None:
        """In time or long after its lease ran out, once."""
        known = self.model.one(index, reported=False)
        if known is None:
            return
        known.reported = True
        known.excused = excused and state is State.FAILED
        known.learn(state)
        outcome = Outcome(
            known.delivery,
            known.number,
            self.stage.clock(),
            state,
            ref=known.ref if state is State.ACCEPTED else "",
            reason="as the test says",
            permanent=permanent and state is State.FAILED and not known.excused,
            excused=known.excused,
        )
        self.run(self._settle(outcome))

    async def _settle(self, outcome: Outcome) -> None:
        async with self.stage.house.database.write() as db:
            await settle_group(db, [outcome], self.terms, self.stage.clock(), [0.5])

    @rule(index=indices, fact=facts, permanent=st.booleans())
    def a_receipt_comes(self, index: int, fact: ReceiptState, permanent: bool) -> None:
        """By the provider's ref when the sender told it, else by our key, for the newest attempt with it."""
        known = self.model.one(index)
        if known is None:
            return
        by_ref = known.reported and known.fact is not State.SENDING and self._has_ref(known)
        if not by_ref:
            known = [one for one in self.model.attempts if one.key == known.key][-1]
        receipt = Receipt(known.ref if by_ref else "", fact, key=known.key, permanent=permanent)
        if self.run(self._hear(known.line, receipt)) != "repeated":
            known.learn(State(fact.value))

    def _has_ref(self, known: Known) -> bool:
        return bool(self.run(self._attempt(known)).ref)

    async def _hear(self, line: str, receipt: Receipt) -> str:
        async with self.stage.house.database.write() as db:
            return await settle_receipt(db, line, receipt, self.terms, self.stage.clock())

    @rule(seconds=st.sampled_from([1, 60, 200, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.stage.clock.move(seconds=seconds)

    @rule()
    def leases_run_out(self) -> None:
        self.run(self._lapse())

    async def _lapse(self) -> None:
        async with self.stage.house.database.write() as db:
            await lapse(db, self.stage.clock(), self.terms)
        await self._learn_the_lapsed()

    async def _learn_the_lapsed(self) -> None:
        """An attempt nobody reported in time becomes unknown by itself; that is a fact like any other."""
        for known in self.model.attempts:
            if known.fact is State.SENDING and (await self._attempt(known)).state == State.UNKNOWN:
                known.learn(State.UNKNOWN)

    @rule(which=st.sampled_from(["pause", "resume", "stop"]))
    def a_person_controls(self, which: str) -> None:
        state = self.run(self._state())
        allowed = {"pause": ("sending",), "resume": ("paused",), "stop": ("sending", "paused")}
        if state in allowed[which] and not (which == "stop" and len(self.model.attempts) < 3):
            self.stopped = self.stopped or which == "stop"
            self.run(getattr(self.stage.house.broadcasts, which)(self.stage.approver, self.number, self.stage.clock()))

    @rule()
    def the_clock_looks(self) -> None:
        self.run(self.stage.house.broadcasts.advance(self.stage.clock(), "test"))

    # --- what must hold ---

    @invariant()
    def everybody_is_in_one_place_and_the_counters_are_a_recount(self) -> None:
        if hasattr(self, "number"):
            account = self.run(self.stage.house.broadcasts.statement(self.number))
            assert account.balanced, account
            assert account.audience == self.people

    @invariant()
    def the_strongest_fact_about_each_attempt_stands(self) -> None:
        for known in self.model.attempts:
            assert self.run(self._attempt(known)).state == known.fact, known

    @invariant()
    def a_delivery_never_says_less_than_what_is_known_to_have_arrived(self) -> None:
        for row in self.run(self._rows()) if hasattr(self, "number") else ():
            told = [known.fact for known in self.model.attempts if known.delivery == row.id]
            arrived = max((fact for fact in told if fact in (State.DELIVERED, State.READ)), default=None, key=_rank)
            if arrived is not None:
                assert row.state == arrived
            if row.state in (State.ACCEPTED, State.DELIVERED, State.READ):
                assert row.state in told
            if row.state == State.SENDING:
                assert (row.id, row.fence) in {(known.delivery, known.number) for known in self.model.attempts}
            if State(row.state) in SETTLED:
                assert row.lease_until is None

    @invariant()
    def what_may_have_arrived_is_sent_again_at_most_once(self) -> None:
        keys = Counter(known.key for known in self.model.attempts if not known.excused and known.fact in MAY_HAVE_ARRIVED)
        assert max(keys.values(), default=0) <= 2
        # And a second copy of what an earlier rung delivered never begins.
        for known in self.model.attempts:
            later = [one for one in self.model.attempts if one.delivery == known.delivery and one.number > known.number]
            assert known.fact in MAY_HAVE_ARRIVED or known.fact in (State.SENDING, State.FAILED) or not later

    # --- the end ---

    async def _finish(self) -> None:
        """Let everything come to its end: with senders that succeed nothing stays due or under way."""
        house = self.stage.house
        if await self._state() == "paused":
            await house.broadcasts.resume(self.stage.approver, self.number, self.stage.clock())
        for _ in range(12):
            self.stage.clock.move(minutes=31)
            await house.broadcasts.advance(self.stage.clock(), "test")
            await self._lapse()
            for line in LINES:
                await self._claim(line)
            for known in self.model.attempts:
                if not known.reported and known.fact is State.SENDING:
                    known.reported = True
                    known.learn(State.ACCEPTED)
                    outcome = Outcome(known.delivery, known.number, self.stage.clock(), State.ACCEPTED, ref=known.ref)
                    await self._settle(outcome)
        account = await house.broadcasts.statement(self.number)
        assert account.balanced
        assert (account.due, account.sending) == (0, 0)
        assert account.unknown == account.held

    # --- looking ---

    async def _state(self) -> str:
        return (await self.stage.house.broadcasts.progress(self.number)).state

    async def _rows(self) -> list[Any]:
        async with self.stage.house.database.read() as db:
            return list((await db.execute(select(deliveries))).all())

    async def _attempt(self, known: Known) -> Any:
        async with self.stage.house.database.read() as db:
            wanted = select(attempts).where(
                attempts.c.delivery_id == known.delivery, attempts.c.number == known.number
            )
            return (await db.execute(wanted)).one()


def _rank(state: State) -> int:
    return state.rank


async def _empty(stage: Stage) -> None:
    """Examples share a database: each begins with nobody in it but the staff."""
    from notifier.store.schema import metadata

    async with stage.house.database.write() as db:
        for table in reversed(metadata.sorted_tables):
            if table.name not in ("ledger", "leases", "accounts"):
                await db.execute(table.delete())


def test_whatever_happens_in_whatever_order_the_laws_of_delivery_hold(
    database_url: str, request: pytest.FixtureRequest
) -> None:
    Deliveries.database_url = database_url
    engine = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Deliveries,
        settings=settings(
            max_examples=EXAMPLES[engine],
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
