"""Answers kept for often: every shipped one is sound, and what is wrong with one is told before it is kept."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.render import canned
from notifier.render.words import RenderError
from notifier.studio import kinds


@pytest.mark.parametrize("answer", canned.shipped(), ids=lambda answer: f"{answer.name}.{answer.language}")
def test_every_shipped_answer_has_nothing_wrong_with_it_and_a_title(answer: canned.Answer) -> None:
    assert not canned.check(answer.source, answer.language)
    assert 3 < len(answer.title) <= 80
    said = canned.say(answer.source, answer.language, canned.sample())
    assert "{" not in said
    assert len(said) < 600


def test_every_shipped_answer_is_there_in_indonesian_and_english() -> None:
    found = {(answer.name, answer.language) for answer in canned.shipped()}
    names = {name for name, _ in found}
    assert found == {(name, language) for name in names for language in ("id", "en")}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("Halo {{ nama }}", "unknown_fact"),
        ("Mulai {{ opens_at }}", "unformatted"),
        ("{% for x in y %}a{% endfor %}", "disallowed"),
        ("NIK 3175070101809000 sudah benar", "personal_data"),
        ("{{ programme|rupiah }}", "wrong_filter"),
        ("Datang ke {tempat}", "left_over"),
        ("x" * 4001, "too_long"),
        ("{% if number == 'x' %}a{% endif %}", "says_nothing"),
    ],
)
def test_what_is_wrong_with_an_answer_is_told(source: str, code: str) -> None:
    found = canned.check(source, "id")
    assert any(finding.level == "error" for finding in found), found
    assert code in {finding.code for finding in found}


def test_an_answer_that_speaks_of_a_round_does_not_fit_a_ticket_without_one() -> None:
    with pytest.raises(RenderError, match="the ticket is about none"):
        canned.say("Bantuan {{ programme }} di {{ venue }}", "id", {"number": "ADU-7K4M2QX"})
    assert canned.say("Aduan {{ number }}  diterima", "id", {"number": "ADU-1"}) == "Aduan ADU-1 diterima"


def test_a_file_that_nobody_would_ever_offer_is_named(tmp_path: Path) -> None:
    (tmp_path / "Jadwal.text").write_text("x")
    with pytest.raises(RenderError, match="is no answer"):
        canned.shipped(tmp_path)


@pytest.mark.parametrize(
    ("source", "code", "place"),
    [
        ("\nHalo", "says_nothing", (1, 1)),
        ("x" * 81 + "\nHalo", "too_long", (1, 81)),
        ("Salam\n\nHalo {{ nama }}", "unknown_fact", (3, 9)),
        ("Salam", "not_offered", (1, 1)),
    ],
)
def test_an_answer_is_edited_with_its_title_in_the_first_line(source: str, code: str, place: tuple[int, int]) -> None:
    found = [finding for finding in canned.judged(source, "id") if finding.code == code]
    assert [(one.line, one.column) for one in found] == [place]
    assert canned.judged("Salam\nHalo {{ number }}", "id") == []
    for language, name in (("id", "Salam"), ("i", "salam"), ("ID", "salam")):
        with pytest.raises(RenderError):
            canned.known(language, name)


ODD = [
    "[" * 9000,
    'ask = "' + "{x}" * 3000 + '"',
    "x\n" + "{{" * 1900,
    "x\n" + "{% if number %}" * 280,
    "[without]\n" * 9,
    "\x00\n\x00",
]
PLACES = [
    (kinds.TALK, kinds.SPOKEN, "id", "menu"),
    (kinds.ANSWER, kinds.DESK, "id", "salam"),
    (kinds.LEXICON, kinds.WORDS, "id", kinds.ADDED),
]


@settings(max_examples=40)
@given(source=st.text(max_size=80) | st.sampled_from(ODD), place=st.sampled_from(PLACES))
def test_whatever_is_written_there_is_judged(source: str, place: tuple[str, str, str, str]) -> None:
    assert all(one.message and one.line >= 1 and one.column >= 1 for one in kinds.check(place, source))
