"""The pages' words as people change them: what is wrong is told with its line, and what is right is kept as it is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.errors import Refused
from notifier.render import pagetexts
from notifier.rules.words import BadLexicon, additions

GOOD = pagetexts.written(pagetexts.catalogue("id")["faq"])


@pytest.mark.parametrize("language", pagetexts.LANGUAGES)
def test_shipped_pages_are_sound_and_survive_being_written_down(language: str) -> None:
    for page, table in pagetexts.catalogue(language).items():
        source = pagetexts.written(table)
        assert [one for one in pagetexts.check(page, source) if one.level == "error"] == [], page
        assert dict(pagetexts.read(source)) == dict(table)
        assert len(page) <= 12, "the part of a key is that short"


@pytest.mark.parametrize(
    ("page", "source", "code", "line", "mend"),
    [
        ("faq", 'title = "a', "syntax", 1, "one a line"),
        ("faq", 'title = "a"\nfoo = "b"', "unknown_key", 2, "title"),
        ("faq", 'title = "a"\n\nq1 = ""', "says_nothing", 3, "q1"),
        ("faq", 'q10 = "Apa?"', "missing_part", 1, "a10"),
        ("faq", 'q12 = "Apa?"\na12 = "Itu."', "unknown_key", 1, "gap"),
        ("faq", 'title = "{{ name }}"', "left_over", 1, "braces"),
        ("statistics", 'intro = "Laporan {sejak}"', "left_over", 1, "{since}"),
        ("faq", 'a1 = "NIK 3175071201900001"', "personal_data", 1, "Leave it out"),
        ("faq", 'a1 = "<b>x</b>"', "markup", 1, "words"),
        ("faq", "x" * 12_001, "too_long", 1, "fewer"),
    ],
)
def test_a_mistake_on_a_page_is_told_with_its_line(page: str, source: str, code: str, line: int, mend: str) -> None:
    found = [one for one in pagetexts.check(page, source) if one.code == code]
    assert found, pagetexts.check(page, source)
    assert found[0].line == line
    assert mend in found[0].suggestion + found[0].message


def test_pages_and_languages_that_are_not_there_are_named() -> None:
    with pytest.raises(Refused, match="faq"):
        pagetexts.known("id", "nix")
    with pytest.raises(Refused, match="jv"):
        pagetexts.known("fr", "faq")


@given(st.text(max_size=80) | st.sampled_from(["[" * 9000, "a=" + "{" * 5000, "a = [" * 900, "\x00", '"""' * 20]))
def test_whatever_is_written_is_answered(source: str) -> None:
    for finding in pagetexts.check("faq", source):
        assert finding.message
        assert 1 <= finding.line <= source.count("\n") + 1
    with suppress(BadLexicon):
        additions.extended("[concepts]\n" + source[:40])
