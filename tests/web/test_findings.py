"""Each rule of the checker is told in Indonesian, with how it is mended; and no rule is told that is not there."""

import re
from pathlib import Path

import pytest

from notifier.render import lint, pagetexts
from notifier.web.findings import RULES, sentence
from tests.render.test_lint import CASES

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "templates.md").read_text()
# rules that no single source shows: the parts of a message together, the words before, other kinds of text
ELSEWHERE = {
    "missing_part",
    "no_code",
    "fact_added",
    "fact_dropped",
    "unknown_key",
    "markup",
    "lexicon",
    "too_deep",
    "fails",
    "compile",
}


def test_the_table_of_rules_is_the_checkers() -> None:
    assert {case[4] for case in CASES} | ELSEWHERE == set(RULES)
    assert set(RULES) - set(re.findall(r"`([a-z_]+)`", DOCS)) == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[4]} {case[3][:12]!r}")
def test_each_rule_says_what_is_wrong_and_how_it_is_mended(case: tuple[str, ...]) -> None:
    event, channel, part, source, code = case[:5]
    finding = next(one for one in lint.check(event, channel, part, source) if one.code == code)
    told = sentence(finding, "id")
    assert len(told) > 20
    assert "{0}" not in told
    assert "{1}" not in told
    assert sentence(finding, "en").startswith(finding.message)


def test_what_the_checker_names_stands_in_the_sentence() -> None:
    finding = next(one for one in lint.check("help", "sms", "text", "{{ nama }}") if one.code == "unknown_fact")
    assert "“nama”" in sentence(finding, "id")
    wrong = pagetexts.check("faq", 'foo = "x"')[0]
    assert sentence(wrong, "id").startswith("Halaman ini tidak punya")
