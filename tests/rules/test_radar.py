"""More people than chance explains: three of a hundred ring, three of thousands do not, one who shouts never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules.radar import LEAST, Count, Kind, judge, tail

COUNTS = st.lists(
    st.builds(
        Count,
        st.integers(1, 50),
        st.sampled_from(Kind),
        st.integers(0, 400),
        st.integers(0, 20_000),
        st.sampled_from(("", "balai", "lapangan")),
    ),
    max_size=25,
    unique_by=lambda count: (count.round_id, count.kind, count.point),
)


@pytest.mark.parametrize(
    ("people", "entitled", "others", "rings"),
    [
        (3, 100, [], True),
        (2, 100, [], False),  # never fewer than three people
        (3, 3_000, [], False),
        (3, 0, [], False),  # nobody knows how many there are
        (6, 0, [], True),
        (12, 2_000, [(2, 2_000)] * 5, True),
        (12, 2_000, [(11, 2_000)] * 5, False),  # everywhere the same
        (40, 2_000, [(11, 2_000)] * 5, True),
        (400, 100_000, [(4_000, 1_000_000)], False),
    ],
)
def test_a_round_rings_when_others_of_its_kind_are_complained_of_less(
    people: int, entitled: int, others: list[tuple[int, int]], rings: bool
) -> None:
    counts = [Count(1, Kind.INTEGRITY, people, entitled)]
    counts += [Count(n, Kind.INTEGRITY, some, among) for n, (some, among) in enumerate(others, 2)]
    assert [one.rings for one in judge(counts) if one.count.round_id == 1] == [rings]


def test_kinds_are_held_against_their_own() -> None:
    late = [Count(n, Kind.MISSING, 200, 1_000) for n in range(2, 8)]
    judged = judge([Count(1, Kind.INTEGRITY, 8, 1_000), *late])
    assert (judged[0].count.round_id, judged[0].rings) == (1, True)
    assert not any(one.rings for one in judged[1:])


def test_a_round_that_was_moved_is_no_excuse_for_itself_at_its_other_point() -> None:
    there, here = (Count(1, Kind.INTEGRITY, n, 100, venue) for n, venue in ((40, "lama"), (3, "baru")))
    others = [Count(n, Kind.INTEGRITY, 0, 100) for n in range(2, 6)]
    alone = next(one for one in judge([here, *others]) if one.count == here)
    beside = next(one for one in judge([there, here, *others]) if one.count == here)
    assert (beside.expected, beside.rings) == (alone.expected, True)


@given(COUNTS)
def test_every_count_is_judged_once_and_rings_only_for_three_people_and_more_than_expected(counts: list[Count]) -> None:
    judged = judge(counts)
    assert sorted(map(repr, (one.count for one in judged))) == sorted(map(repr, counts))
    for one in judged:
        assert 0 <= one.chance <= 1
        if one.rings:
            assert one.count.people >= LEAST
            assert one.count.people > one.expected
    assert [one.rings for one in judged] == sorted((one.rings for one in judged), reverse=True)


@given(st.integers(0, 200), st.floats(0.001, 200))
def test_the_chance_of_many_falls_with_how_many_and_rises_with_what_is_expected(n: int, mean: float) -> None:
    assert tail(n + 1, mean) <= tail(n, mean) + 1e-9
    assert tail(n, mean) <= tail(n, mean * 1.5) + 1e-9


def test_the_tail_is_that_of_a_textbook() -> None:
    assert tail(3, 1.0) == pytest.approx(0.0803, abs=1e-4)
    assert tail(10, 10.0) == pytest.approx(0.5421, abs=1e-4)
    assert tail(0, 5.0) == 1
    assert tail(5, 0.0) == 0
