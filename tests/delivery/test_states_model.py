"""Deliveries through the real store against a simple model: whatever happens in whatever order, the laws hold.

The model knows of each attempt what was said about it, and of each person which messages may have left. After every
step the rows must agree with it: nobody is lost, the kept counters are a recount, the strongest fact stands, and what
may have arrived is sent again at most once.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from channels.contract import Receipt, ReceiptState
from notifier.app.lines import delivery_terms
from notifier.broadcasts import Statement
from notifier.dispatch import Outcome, settle_receipt
from notifier.dispatch.settle import lapse, settle_group
from notifier.rules.deliveries import SETTLED, State, settle
from notifier.store.schema import (
    attempts,
    broadcasts,
    contacts,
    deliveries,
    enrolments,
    entitlements,
    loads,
    paces,
    people,
    receipts,
    rounds,
    tallies,
)
from tests.houses import START, Stage, add_person, add_round, open_stage

LINES = ("sms", "mail")
SEED = 20261125  # the same walk each time: `run.py faults --only states` takes others
EXAMPLES = {"sqlite": 20, "postgresql": 6}
STEPS = 25
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
    named: bool = False  # its sender has told the provider's ref
    excused: bool = False  # the line failed, not the message

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

    stage: Stage
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.number = self.people = 0
        self.stopped = self.silent = False

    # --- the ground ---

    @initialize(people=st.integers(1, 3), silent=st.booleans())
    def begin(self, people: int, silent: bool) -> None:
        """`silent`: at the end no worker says any more what came of its attempts, as if each died."""
        self.people, self.silent = people, silent
        self.terms = delivery_terms(self.stage.house)
        self.run(self._begin())

    async def _begin(self) -> None:
        self.stage.clock.now = START
        await _empty(self.stage)
        await add_round(self.stage)
        for n in range(self.people):
            addresses = (("sms", f"+6281230000{n:03d}"), ("email", f"warga{n}@example.com"))
            await add_person(self.stage, f"WARGA {n}", *addresses)
        self.number = await self.stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await self.stage.house.broadcasts.advance(self.stage.clock(), "test")

    def teardown(self) -> None:
        if self.number:
            self.run(self._finish())

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    # --- what may happen ---

    @rule(line=st.sampled_from(LINES))
    def a_worker_claims(self, line: str) -> None:
        """From here on its provider may have been called; a worker that dies here never says so."""
        self.run(self._claim(line))

    async def _claim(self, line: str) -> None:
        claimed = [ready.delivery for ready in (await self.stage.claim(line)).ready]
        for c in claimed:
            key = f"{c.id}:{c.contact_id}:{c.generation}"
            self.model.attempts.append(Known(c.id, c.fence, key, line, ref=f"{c.id}-{c.fence}"))
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
        known.reported, known.named = True, state is State.ACCEPTED
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
        self.run(self._settle(known.line, outcome))

    async def _settle(self, line: str, outcome: Outcome) -> None:
        async with self.stage.house.database.write() as db:
            await settle_group(db, line, [outcome], self.terms, self.stage.clock(), [0.5])

    @rule(index=indices, fact=facts, permanent=st.booleans())
    def a_receipt_comes(self, index: int, fact: ReceiptState, permanent: bool) -> None:
        """By the provider's ref when the sender told it, else by our key, for the newest attempt with it."""
        known = self.model.one(index)
        if known is None:
            return
        by_ref = known.named
        if not by_ref:
            known = [one for one in self.model.attempts if one.key == known.key][-1]
        receipt = Receipt(known.ref if by_ref else "", fact, key=known.key, permanent=permanent)
        if self.run(self._hear(known.line, receipt)) != "repeated":
            known.learn(State(fact.value))

    async def _hear(self, line: str, receipt: Receipt) -> str:
        async with self.stage.house.database.write() as db:
            return await settle_receipt(db, line, receipt, self.terms, self.stage.clock())

    @rule(seconds=st.sampled_from([1, 60, 200, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.stage.clock.move(seconds=seconds)

    @rule(seconds=st.sampled_from([0, 200]))
    def leases_run_out(self, seconds: int) -> None:
        self.stage.clock.move(seconds=seconds)
        self.run(self._lapse())

    async def _lapse(self) -> None:
        async with self.stage.house.database.write() as db:
            await lapse(db, self.stage.clock(), self.terms)
        await self._learn_the_lapsed()

    async def _learn_the_lapsed(self) -> None:
        """An attempt nobody reported in time becomes unknown by itself; that is a fact like any other."""
        _, _, begun = await self._look()
        for known in self.model.attempts:
            if begun[known.delivery, known.number] == State.UNKNOWN:
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
    def the_laws_hold(self) -> None:
        if self.number:
            account, rows, begun = self.run(self._look())
            self._everybody_is_in_one_place_and_the_counters_are_a_recount(account)
            self._the_strongest_fact_about_each_attempt_stands(begun)
            self._a_delivery_says_what_its_attempts_say(rows)
            self._what_may_have_arrived_is_sent_again_at_most_once()

    def _everybody_is_in_one_place_and_the_counters_are_a_recount(self, account: Statement) -> None:
        assert account.balanced, account
        assert account.audience == self.people

    def _the_strongest_fact_about_each_attempt_stands(self, begun: dict[tuple[int, int], str]) -> None:
        for known in self.model.attempts:
            assert begun[known.delivery, known.number] == known.fact, known

    def _a_delivery_says_what_its_attempts_say(self, rows: list[Any]) -> None:
        for row in rows:
            told = {known.number: known.fact for known in self.model.attempts if known.delivery == row.id}
            arrived = [fact for fact in told.values() if fact in (State.DELIVERED, State.READ)]
            if arrived:
                assert row.state == max(arrived, key=lambda fact: fact.rank)
            if row.state in (State.ACCEPTED, State.DELIVERED, State.READ):
                assert row.state in told.values()
            if row.state == State.SENDING:
                assert row.fence in told  # nothing is sent without a row that says we are about to
            if State(row.state) in SETTLED:
                assert row.lease_until is None

    def _what_may_have_arrived_is_sent_again_at_most_once(self) -> None:
        may = [known.key for known in self.model.attempts if known.fact in MAY_HAVE_ARRIVED and not known.excused]
        assert max(Counter(may).values(), default=0) <= 2

    # --- the end ---

    async def _finish(self) -> None:
        """Let everything come to its end: nothing stays due or under way, and what is unknown waits for a person."""
        house = self.stage.house
        if await self._state() == "paused":
            await house.broadcasts.resume(self.stage.approver, self.number, self.stage.clock())
        for _ in range(20):
            self.stage.clock.move(minutes=31)
            await house.broadcasts.advance(self.stage.clock(), "test")
            await self._lapse()
            for line in LINES:
                await self._claim(line)
            for known in self.model.attempts:
                if not self.silent and not known.reported and known.fact is State.SENDING:
                    known.reported = known.named = True
                    known.learn(State.ACCEPTED)
                    outcome = Outcome(known.delivery, known.number, self.stage.clock(), State.ACCEPTED, ref=known.ref)
                    await self._settle(known.line, outcome)
            account, rows, _ = await self._look()
            # An unknown is sent again, waits for a person, or is closed: nobody will do anything about it any more.
            resent = [row for row in rows if row.state == "unknown" and row.lease_until is not None and not row.held]
            if account.due == account.sending == 0 and not resent:
                break
        assert (account.due, account.sending, resent) == (0, 0, [])
        assert account.balanced

    # --- looking ---

    async def _state(self) -> str:
        return (await self.stage.house.broadcasts.progress(self.number)).state

    async def _look(self) -> tuple[Statement, list[Any], dict[tuple[int, int], str]]:
        account = await self.stage.house.broadcasts.statement(self.number)
        async with self.stage.house.database.read() as db:
            rows = list((await db.execute(select(deliveries))).all())
            wanted = select(attempts.c.delivery_id, attempts.c.number, attempts.c.state)
            begun = {(delivery, number): state for delivery, number, state in await db.execute(wanted)}
        return account, rows, begun


_REGISTER = (contacts, enrolments, rounds, people)


async def _empty(stage: Stage) -> None:
    """Examples share a database: each begins with nobody in it but the staff."""
    async with stage.house.database.write() as db:
        for table in (receipts, attempts, deliveries, tallies, loads, broadcasts, entitlements, *_REGISTER, paces):
            await db.execute(delete(table))


def prove(database_url: str, folder: Path, examples: int, steps: int = STEPS, chance: int | None = None) -> None:
    """Let the machine run; `chance` is the seed of an earlier run. Raises what it finds."""
    with asyncio.Runner() as runner:
        opened = open_stage(database_url, folder)
        Deliveries.runner, Deliveries.stage = runner, runner.run(opened.__aenter__())
        machine = Deliveries if chance is None else seed(chance)(Deliveries)
        asked = settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),  # an explanation traces every line, and takes minutes
        )
        try:
            run_state_machine_as_test(machine, settings=asked)
        finally:
            runner.run(opened.__aexit__(None, None, None))


@pytest.mark.timeout(300)
def test_whatever_happens_in_whatever_order_the_laws_of_delivery_hold(database_url: str, tmp_path: Path) -> None:
    engine = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    prove(database_url, tmp_path, EXAMPLES[engine], chance=SEED)
