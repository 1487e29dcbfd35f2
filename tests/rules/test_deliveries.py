"""Which fact about a delivery wins, and what each event asks for."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules.deliveries import EVENTS, NEVER_LEFT, SETTLED, Lane, State, climbs, settle, told

states = st.sampled_from(State)
RANKED = ["due", "sending", "unknown", "accepted", "failed", "delivered", "read"]


def test_the_facts_are_ranked_as_promised() -> None:
    assert [state for state in State if state not in NEVER_LEFT] == RANKED
    assert [State(name).rank for name in RANKED] == sorted(State(name).rank for name in RANKED)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (["due", "sending", "accepted"], "accepted"),
        (["sending", "accepted", "delivered"], "delivered"),
        (["accepted", "failed"], "failed"),  # a bounce beats accepted
        (["failed", "delivered"], "delivered"),  # it arrived after all
        (["delivered", "accepted"], "delivered"),
        (["read", "delivered", "accepted"], "read"),
        (["sending", "unknown"], "unknown"),
        (["unknown", "accepted"], "accepted"),  # a late result lifts the doubt
        (["unknown", "failed"], "failed"),
        (["accepted", "unknown"], "accepted"),
        (["due", "cancelled"], "cancelled"),
        (["due", "expired"], "expired"),
        (["due", "suppressed"], "suppressed"),
        (["sending", "cancelled"], "sending"),  # too late to cancel
        (["cancelled", "delivered"], "delivered"),  # it had left
    ],
)
def test_the_stronger_fact_wins_in_whatever_order_they_arrive(facts: list[str], state: str) -> None:
    for order in permutations(facts):
        current = State.DUE
        for fact in order:
            current = settle(current, State(fact))
        assert current == state


@given(states, states, states)
def test_settling_is_a_join(a: State, b: State, c: State) -> None:
    assert settle(a, b) is settle(b, a)
    assert settle(settle(a, b), c) is settle(a, settle(b, c))
    assert settle(a, a) is a
    assert settle(a, b) in (a, b)


@given(st.lists(states))
def test_facts_twice_over_and_out_of_order_change_nothing(facts: list[State]) -> None:
    def all_of(given: list[State]) -> State:
        current = State.DUE
        for fact in given:
            current = settle(current, fact)
        return current

    assert all_of(facts) is all_of(facts[::-1] + facts) is max([State.DUE, *facts], key=lambda state: state.rank)


@pytest.mark.parametrize(
    ("state", "untrusted", "trusted"),
    [
        ("due", False, False),
        ("sending", False, False),
        ("unknown", False, False),
        ("accepted", True, False),
        ("failed", False, False),
        ("delivered", True, True),
        ("read", True, True),
        ("suppressed", False, False),
        ("expired", False, False),
        ("cancelled", False, False),
    ],
)
def test_who_counts_as_told(state: str, untrusted: bool, trusted: bool) -> None:
    assert told(State(state), receipts_trusted=False) is untrusted
    assert told(State(state), receipts_trusted=True) is trusted


def test_only_a_definite_failure_or_doubt_past_its_deadline_climbs() -> None:
    assert [state for state in State if climbs(state)] == [State.FAILED]
    assert [state for state in State if climbs(state, past_deadline=True)] == [State.UNKNOWN, State.FAILED]


def test_a_delivery_is_under_way_or_settled() -> None:
    assert set(State) - SETTLED == {State.DUE, State.SENDING, State.UNKNOWN}


def test_what_goes_to_many_is_sent_again_in_doubt_and_questions_and_answers_wait_for_a_person() -> None:
    for event in EVENTS.values():
        asks_or_answers = event.question or event.lane is Lane.ANSWERS
        assert event.after_unknown == ("hold" if asks_or_answers else "resend"), event.name


def test_news_of_a_round_is_tried_for_four_hours_at_least() -> None:
    assert all(EVENTS[name].retry_for >= timedelta(hours=4) for name in EVENTS if name.startswith("round_"))


def test_staff_are_reached_at_any_hour_and_citizens_in_their_window() -> None:
    for event in EVENTS.values():
        assert event.keeps_window is event.citizen is (event.lane is not Lane.STAFF), event.name


def test_answers_go_first_and_crowds_last() -> None:
    assert sorted(Lane) == [Lane.ANSWERS, Lane.STAFF, Lane.BULK]
    assert {name for name, event in EVENTS.items() if event.question} == {
        "receipt_question",
        "ticket_resolved",
        "ticket_rating",
    }
    assert all(name == event.name for name, event in EVENTS.items())
