"""The code of a message: one a number, one number each, read as people write it, and never by accident."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules.codes import CODES, DIGITS, HALVES, LETTERS, Codes, find, without

OURS, THEIRS = Codes(b"k" * 32), Codes(b"l" * 32)
NUMBERS = st.integers(0, CODES - 1)


@given(NUMBERS)
def test_a_code_leads_back_to_its_number_and_to_no_other(number: int) -> None:
    code = OURS.of(number)
    assert OURS.number(code) == number
    assert set(code) <= {*DIGITS, *LETTERS, "-"}
    assert len(code) == 9


@given(st.integers(0, HALVES - 1), st.integers(0, HALVES - 1))
def test_every_code_there_is_belongs_to_a_number(left: int, right: int) -> None:
    code = THEIRS.of(left * HALVES + right)  # any code at all
    number = OURS.number(code)
    assert number is not None
    assert OURS.of(number) == code


def test_numbers_that_follow_each_other_have_codes_that_do_not() -> None:
    codes = [OURS.of(number) for number in range(2_000)]
    assert len(set(codes)) == len(codes)
    alike = [sum(a == b for a, b in zip(one, other, strict=True)) for one, other in pairwise(codes)]
    assert sum(alike) / len(alike) < 2, "the dash, and a sign by chance now and then"
    assert max(codes.count(code) for code in codes) == 1


def test_another_key_makes_other_codes() -> None:
    assert [OURS.of(n) for n in range(50)] != [THEIRS.of(n) for n in range(50)]


def test_a_guess_hits_one_of_the_first_million_numbers_once_in_four_hundred_thousand() -> None:
    chance = Random(7)
    hits = sum((OURS.number(THEIRS.of(chance.randrange(CODES))) or 0) < 1_000_000 for _ in range(5_000))
    assert hits == 0
    assert CODES / 1_000_000 > 400_000


@given(NUMBERS, st.sampled_from(["", " ", "-", " - ", "–", ".", "_"]), st.booleans())
def test_it_is_read_however_people_write_it(number: int, between: str, small: bool) -> None:
    code = OURS.of(number)
    written = code.replace("-", between)
    text = f"apa ini ASLI {written.lower() if small else written}?"
    assert list(find(text)) == [[code]]
    assert without(text).split() == ["apa", "ini", "ASLI", "?"]


@pytest.mark.parametrize(
    ("written", "may_be"),
    [
        ("K7OM-3FXA", {"K7QM-3FXA", "K7DM-3FXA"}),
        ("k70m3fxa", {"K7QM-3FXA", "K7DM-3FXA"}),
        ("K2LM-3FXA", {"K27M-3FXA", "K2JM-3FXA"}),
        ("K7QM-3FX1", {"K7QM-3FX7", "K7QM-3FXJ"}),
    ],
)
def test_signs_that_no_code_holds_are_read_as_what_they_look_like(written: str, may_be: set[str]) -> None:
    assert [set(codes) for codes in find(written)] == [may_be]


@pytest.mark.parametrize(
    "text",
    [
        "asli atau hoax pak",
        "KLQM-3FXA",
        "ADU-7K4M2QX",
        "Laporan ADU-250228-0009 saya",
        "0812 3456 7890",
        "tanggal 2026 1207",
        "jam 08.00-15.00 WIB",
        "minta 10rb 100rb",
        "PKH-2026-12-DS",
        "31.75.07.1003",
        "K7QM-3FXAB",
        "K7QM--3F",
        "",
    ],
)
def test_words_amounts_and_numbers_are_no_codes(text: str) -> None:
    assert list(find(text)) == []
    assert without(text) == text


@pytest.mark.parametrize("code", ["", "K7QM3FXA", "K7QM-3FX", "KKKK-3FXA", "K7QM-3FXO", "k7qm-3fxa", "K7QM-3FXÄ"])
def test_what_is_no_code_has_no_number(code: str) -> None:
    assert OURS.number(code) is None


@pytest.mark.parametrize("number", [-1, CODES])
def test_a_number_beyond_all_codes_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="has no code"):
        OURS.of(number)
