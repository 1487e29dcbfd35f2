"""What is hidden from an office, what takes two people, what one figure says, and what was said to be taken."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules import shields
from notifier.rules.after import verdict
from notifier.rules.roles import covers
from notifier.rules.tickets import Act
from notifier.rules.words import levies
from notifier.store.tickets import Changed

AT = datetime(2026, 12, 7, tzinfo=UTC)
PARTS = st.lists(st.integers(10, 99).map(str), min_size=0, max_size=4)


@pytest.mark.parametrize(
    ("place", "seen_from"),
    [
        ("31.75.07.1003", "31.75"),
        ("31.75.07", "31.75"),
        ("31.75", "31"),
        ("31", ""),
        ("", ""),
    ],
)
def test_what_an_office_may_not_see_is_seen_one_level_up(place: str, seen_from: str) -> None:
    assert shields.above(place) == seen_from


@given(PARTS)
def test_nobody_at_the_place_or_in_its_district_sees_what_is_hidden(parts: list[str]) -> None:
    place = ".".join(parts)
    region = shields.above(place)
    offices = {".".join(parts[:n]) for n in range(1, len(parts) + 1)} if parts else set()
    for office in offices:
        if len(office.split(".")) >= min(3, len(parts)):
            assert not covers(office, region)
    assert covers("", region)


@pytest.mark.parametrize(
    ("categories", "hidden"),
    [(("deduction",), True), (("delayed", "illegal_levy"), True), (("officer_conduct",), True), (("delayed",), False)],
)
def test_levies_deductions_and_conduct_are_hidden(categories: tuple[str, ...], hidden: bool) -> None:
    assert shields.grave(categories) is hidden


def _change(act: str, was: str = "in_progress", status: str = "in_progress") -> Changed:
    return Changed(AT, "account:1", act, was, status)


@pytest.mark.parametrize(
    ("acts", "waits"),
    [
        ([], False),
        ([_change("proposed", "", "")], True),
        ([_change("proposed", "", ""), _change("withdrawn", "", "")], False),
        ([_change("proposed", "", ""), _change("resolve", status="resolved")], False),
        ([_change("proposed", "", ""), _change("append")], True),
        ([_change("resolve", status="resolved"), _change("proposed", "", ""), _change("note", "", "")], True),
    ],
)
def test_a_proposal_waits_until_it_is_done_sent_back_or_overtaken(acts: list[Changed], waits: bool) -> None:
    assert (shields.proposal(acts) is not None) is waits


def test_only_what_ends_a_hidden_ticket_takes_two() -> None:
    assert {act for act in Act if shields.needs_two(True, act)} == shields.ENDS
    assert not any(shields.needs_two(False, act) for act in Act)


# --- one figure ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "event", "says"),
    [
        ("1", "ticket_resolved", (True, 5)),
        (" 2. ", "ticket_resolved", (True, 2)),
        ("(3)", "ticket_resolved", (False, None)),
        ("4", "ticket_resolved", None),
        ("4", "ticket_rating", (None, 4)),
        ("5 bintang", "ticket_rating", (None, 5)),
        ("*3*", "ticket_rating", (None, 3)),
        ("6", "ticket_rating", None),
        ("10", "ticket_rating", None),
        ("3 hari belum cair", "ticket_resolved", None),
        ("1", "ticket_answer", None),
        ("", "ticket_rating", None),
    ],
)
def test_a_bare_figure_answers_the_question_that_was_asked(
    text: str, event: str, says: tuple[bool | None, int | None] | None
) -> None:
    found = verdict(text, event)
    assert (None if found is None else (found.settled, found.score)) == says


# --- what was taken --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("potong 25rb", [("deduction", "potong 25 rb", 25_000)]),
        ("bayar uang admin dulu", [("illegal_levy", "uang admin", None)]),
        ("Bantuan saya dipotong Rp. 50.000 oleh pak RT", [("deduction", "dipotong rp 50000", 50_000)]),
        ("petugas minta uang 10rb untuk administrasi", [("illegal_levy", "minta uang 10 rb", 10_000)]),
        ("dipotong dua puluh lima ribu buat kas", [("deduction", "dipotong dua puluh lima ribu", 25_000)]),
        ("potongan rp 1,5 juta per KK", [("deduction", "potongan rp 1,5 juta", 1_500_000)]),
        (
            "harus bayar seratus ribu, kalau tidak dipotong",
            [("illegal_levy", "harus bayar seratus ribu", 100_000), ("deduction", "dipotong", None)],
        ),
        ("uang rokok goceng", [("illegal_levy", "uang rokok goceng", 5_000)]),
        ("dipotong. Nomor saya 081234567890", [("deduction", "dipotong", None)]),
        ("dipotong setengah juta", [("deduction", "dipotong setengah juta", 500_000)]),
        ("duwitku dipotong selawe ewu karo pak lurah", [("deduction", "dipotong selawe ewu", 25_000)]),
        ("dipotong gangsal dasa ewu", [("deduction", "dipotong gangsal dasa ewu", 50_000)]),
        ("kudu mbayar satus ewu", [("illegal_levy", "kudu mbayar satus ewu", 100_000)]),
        ("dijaluki dhuwit 25 ewu", [("illegal_levy", "dijaluki dhuwit 25 ewu", 25_000)]),
        ("pak RT njaluk 20 ewu", [("illegal_levy", "njaluk 20 ewu", 20_000)]),
        ("kartu dipegang ketua, minta 50rb", [("illegal_levy", "minta 50 rb", 50_000)]),
        ("ditarik 25.000 per orang", [("illegal_levy", "ditarik 25000", 25_000)]),
        ("sumbangan wajib 30 ribu", [("illegal_levy", "sumbangan wajib 30 ribu", 30_000)]),
        # what is not said to have been taken
        ("saya minta 600rb saya segera dicairkan", []),
        ("kenapa dana ditarik kembali", []),
        ("kartu diminta ketua", []),
        ("bantuan utuh, tidak ada potongan", []),
        ("ora dipotong, matur nuwun", []),
        ("belum pernah dipungut apa-apa", []),
        ("sudah terima 600 ribu, terima kasih", []),
        ("", []),
    ],
)
def test_what_was_asked_or_taken_is_read_with_its_amount(text: str, said: list[tuple[str, str, int | None]]) -> None:
    assert [(one.kind, one.words, one.amount) for one in levies(text)] == said


@given(st.text(max_size=300))
def test_any_text_can_be_read_for_what_was_taken(text: str) -> None:
    found = levies(text)
    assert len(found) <= 5
    assert all(len(one.words) <= 80 for one in found)
