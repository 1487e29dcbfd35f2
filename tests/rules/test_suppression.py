"""Figures that may be published: nobody few is spoken of, and nothing can be worked out."""

from hypothesis import given
from hypothesis import strategies as st

from notifier.rules.suppression import K, publish, share

COUNTS = st.dictionaries(st.integers(1, 40), st.integers(0, 60), max_size=12)


@given(COUNTS)
def test_no_number_below_the_least_is_published(counts: dict[int, int]) -> None:
    shown = publish(counts)
    assert set(shown.rows) == set(counts)
    assert all(n is None or n >= K for n in (*shown.rows.values(), shown.total))


@given(COUNTS)
def test_what_is_published_is_true(counts: dict[int, int]) -> None:
    shown = publish(counts)
    assert all(n in (None, counts[key]) for key, n in shown.rows.items())
    assert shown.total in (None, sum(counts.values()))


@given(COUNTS)
def test_the_total_less_the_others_tells_of_nobody_few(counts: dict[int, int]) -> None:
    shown = publish(counts)
    hidden = [key for key, n in shown.rows.items() if n is None]
    if shown.total is not None and hidden:
        assert len(hidden) >= 2, "one hidden row would be the difference"
        rest = shown.total - sum(n for n in shown.rows.values() if n is not None)
        assert rest >= K, "several together are not few either"


@given(COUNTS)
def test_nothing_is_hidden_where_nobody_is_few(counts: dict[int, int]) -> None:
    if counts and min(counts.values()) >= K:
        assert publish(counts).rows == counts


def test_the_next_smallest_goes_along_and_the_total_when_there_is_none() -> None:
    assert publish({"a": 3, "b": 12, "c": 40}).rows == {"a": None, "b": None, "c": 40}
    assert publish({"a": 3, "b": 12, "c": 40}).total == 55
    assert publish({"a": 4, "b": 5}).total is None
    assert publish({"a": 3}).total is None
    assert publish({}).total is None


def test_shares_are_told_in_words_too_coarse_to_count_with() -> None:
    assert [share(part, 20) for part in (20, 16, 15, 8, 7, 0)] == ["most", "most", "half", "half", "some", "some"]
    assert share(9, 9) == ""
