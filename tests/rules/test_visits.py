"""Codes on the field officers' lists, their words, and what happens next with a person, by tables and laws."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules.deliveries import State
from notifier.rules.outlook import Next, outlook
from notifier.rules.tickets import ALPHABET
from notifier.rules.visits import Result, code_of, delivery_of, result_of

NUMBERS = st.integers(1, 2**53)
AT = datetime(2026, 12, 7, tzinfo=UTC)


@given(NUMBERS)
def test_a_code_leads_back_to_its_delivery_however_it_is_written(number: int) -> None:
    code = code_of(number)
    for spelled in (code, code.lower(), code.replace("-", ""), f" {code[:4]} {code[4:]} "):
        assert delivery_of(spelled) == number


@given(NUMBERS, st.data())
def test_one_wrong_letter_is_noticed(number: int, data: st.DataObject) -> None:
    code = code_of(number)
    place = data.draw(st.integers(2, len(code) - 1))
    wrong = data.draw(st.sampled_from(sorted(set(ALPHABET) - {code[place]})))
    assert delivery_of(code[:place] + wrong + code[place + 1 :]) is None


@given(NUMBERS, st.data())
def test_neighbours_that_changed_places_are_noticed(number: int, data: st.DataObject) -> None:
    code = code_of(number)
    place = data.draw(st.integers(2, len(code) - 2))
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or delivery_of(swapped) is None


@pytest.mark.parametrize(
    "text", ["", "K-", "K-2222", "17", "K-22220", "222222", "K-2222222", "=K-222KQ7", "K-22K", "ADU"]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert delivery_of(text) is None


def test_numbers_begin_at_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        code_of(0)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("told", Result.TOLD),
        ("Diberitahu", Result.TOLD),
        ("DIBERI TAHU", Result.TOLD),
        ("sudah diberitahu.", Result.TOLD),
        ("tidak ada", Result.ABSENT),
        ("Tidak  Ada di Rumah", Result.ABSENT),
        ("pindah", Result.MOVED),
        ("Meninggal Dunia", Result.DIED),
        ("", None),
        ("belum", None),
        ("pindahan", None),
        ("12", None),
    ],
)
def test_what_an_officer_wrote_means(text: str, result: Result | None) -> None:
    assert result_of(text) is result


@pytest.mark.parametrize(
    ("state", "reason", "held", "lease", "halted", "next_"),
    [
        ("due", "", False, None, False, Next.LEAVES),
        ("due", "", False, None, True, Next.HALTED),
        ("sending", "", False, AT, False, Next.REPORT),
        ("unknown", "", True, None, False, Next.DECIDE),
        ("unknown", "", True, AT, False, Next.DECIDE),
        ("unknown", "", False, AT, False, Next.RESEND),
        ("unknown", "", False, None, False, Next.VISIT),
        ("failed", "no route", False, None, False, Next.VISIT),
        ("expired", "", False, None, False, Next.VISIT),
        ("suppressed", "no_contact", False, None, False, Next.VISIT),
        ("suppressed", "stopped", False, None, False, Next.SILENT),
        ("cancelled", "", False, None, False, Next.CALLED_OFF),
        ("accepted", "", False, None, False, Next.NOTHING),
        ("delivered", "", False, None, False, Next.NOTHING),
        ("read", "", False, None, True, Next.NOTHING),
    ],
)
def test_what_happens_next(
    state: str, reason: str, held: bool, lease: datetime | None, halted: bool, next_: Next
) -> None:
    found = outlook(State(state), reason, held=held, due_at=AT, lease_until=lease, halted=halted)
    assert found.next is next_
    assert (found.at is not None) == (next_ is Next.LEAVES or lease is not None)


def test_whom_another_broadcast_takes_up_nobody_visits() -> None:
    found = outlook(State.CANCELLED, "", held=False, due_at=AT, lease_until=None, halted=False, taken=True)
    assert found.next is Next.TAKEN_UP
