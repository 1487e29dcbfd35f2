"""What conversations say: in four languages alike, each step one cheap SMS with its choices."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from channels import gsm
from notifier.render import Phrases, RenderError
from notifier.render.phrases import shipped_phrases
from notifier.rules.talks import FLOWS
from notifier.rules.talks.complaint import CATEGORIES
from notifier.rules.talks.values import Choice, Say, Talk

LANGUAGES = ("id", "en", "jv", "su")
PHRASES = Phrases()
AHEAD = ("again", "again.nik", "again.no_nik", "mismatch", "schedule.no_place", "complaint.more")
LONGEST: dict[str, Any] = {
    "programme": "DISABILITAS",
    "period": "September-Desember 2026",
    "opens_at": "2026-11-18T00:30:00+00:00",
    "closes_at": "2026-12-16T06:30:00+00:00",
    "zone": "Asia/Makassar",
    "venue": "Kantor Kelurahan Cipinang Besar Selatan, Aula Lantai 2",
    "note": "Bawa KTP dan KK asli beserta satu lembar fotokopi, datang sesuai jam pada undangan",
    "status": "Sudah Diterima",
    "number": "ADU-250228-0009",
}
ROUNDS = [[f"r{n}", "DISABILITAS September-Desember 2026"] for n in (1234567, 2, 3)]
KNOWN = {
    "people": [[n, "R.A.S.N."] for n in range(1, 7)],
    "options": ROUNDS,
    "yes": True,
}


def _said() -> Iterator[tuple[str, Say]]:
    """Everything that can be said, with the longest facts."""
    asked: set[str] = set()
    for name, flow in FLOWS.items():
        for step, one in flow.steps.items():
            say = one.ask(Talk(name, step, facts=KNOWN))
            asked.add(say.phrase)
            yield f"{name}.{step}", Say(say.phrase, LONGEST, say.choices)
    for phrase in PHRASES._known["id"]:
        if phrase not in asked and phrase not in ("numbers", *AHEAD) and not phrase.startswith("label."):
            choices = (Choice("on"),) if phrase.endswith((".kept", ".added")) else ()
            yield phrase, Say(phrase, LONGEST, choices)


SAID = dict(_said())


def _sms(language: str, say: Say, before: str = "") -> str:
    labels = [PHRASES.label(language, one.code, one.label, short=True) for one in say.choices]
    parts = [PHRASES.say(language, before, {}, short=True)] if before else []
    parts += [PHRASES.say(language, say.phrase, say.facts, short=True)]
    return " ".join((*parts, PHRASES.numbered(language, labels, short=True))).strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(SAID))
def test_every_step_is_one_segment_of_the_cheap_alphabet(language: str, name: str) -> None:
    for before in ("", "again") if "." in name and name.partition(".")[0] in FLOWS and SAID[name].choices else ("",):
        text = _sms(language, SAID[name], before)
        cost = gsm.segments(text)
        assert (cost.alphabet, cost.count) == ("GSM-7", 1), f"{cost.units}: {text}"
        assert not re.search(r"https?:|www\.|\bdana\b|\bselamat\b|Rp ?\d|\d{9}|\{", text, re.IGNORECASE), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("again.nik", "status.nik"),
        ("again.nik", "register.nik"),
        ("again.no_nik", "status.nik"),
        ("again.no_nik", "register.nik"),
        ("mismatch", "linking.digits"),
        ("schedule.no_place", "schedule.place"),
        ("complaint.more", "complaint.words"),
        ("again", "status.name"),
        ("again", "register.village"),
    ],
)
def test_what_is_said_ahead_fits_too(language: str, before: str, name: str) -> None:
    assert gsm.segments(_sms(language, SAID[name], before)).count == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_choices_of_a_step_have_the_same_label(language: str) -> None:
    for name, say in SAID.items():
        labels = [PHRASES.label(language, one.code, short=False) for one in say.choices if not one.label]
        assert len(set(labels)) == len(labels), (name, labels)
    assert all(f"label.{code}" in PHRASES._known[language] for code in CATEGORIES)


def test_a_language_that_is_not_there_is_said_in_indonesian() -> None:
    assert PHRASES.say("bug", "left", {}, short=True) == PHRASES.say("id", "left", {}, short=True)


def test_a_schedule_is_said_with_day_hours_zone_and_place_and_in_full_where_there_is_room() -> None:
    short = PHRASES.say("id", "schedule.told", LONGEST, short=True)
    assert short.startswith("DISABILITAS Sep-Des 2026: 18 Nov-16 Des 2026 08.30-14.30 WITA di Kel. Cipinang")
    assert "Rabu, 18 November 2026-Rabu, 16 Desember 2026" in PHRASES.say("id", "schedule.told", LONGEST, short=False)


def test_a_language_that_lacks_a_phrase_is_refused(tmp_path: Path) -> None:
    (tmp_path / "id.toml").write_text('left = "Baik."\nagain = "Lagi."\n')
    (tmp_path / "jv.toml").write_text('left = "Inggih."\n')
    with pytest.raises(RenderError, match=r"jv\.toml and id\.toml differ in the phrase again"):
        shipped_phrases(tmp_path)
