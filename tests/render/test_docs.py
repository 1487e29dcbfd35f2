"""docs/templates.md names everything there is."""

import re
from pathlib import Path

from notifier.render import CHANNELS, FACTS
from notifier.render.filters import FILTERS
from notifier.render.samples import SAMPLES

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", DOCS))


def test_every_event_channel_filter_fact_and_sample_is_named() -> None:
    facts = {name for event in FACTS.values() for name in event}
    assert {*FACTS, *CHANNELS, *FILTERS, *SAMPLES, *facts} <= NAMED


def test_every_code_of_the_checker_is_named() -> None:
    sources = "".join(
        (ROOT / "notifier" / "render" / f"{name}.py").read_text() for name in ("grammar", "lint", "markup")
    )
    codes = set(re.findall(r'"(?:error|advice)",\s*"([a-z_]+)"', sources))
    codes |= set(re.findall(r'Flaw\([^"]*"([a-z_]+)"', sources)) | set(re.findall(r'_flaw\("([a-z_]+)"', sources))
    codes |= {"link", "risky_word", "amount", "long_digits", "may_be_empty", "no_answer_word", "unformatted"}
    assert codes - NAMED <= {"advice"}
    assert len(codes) > 25
