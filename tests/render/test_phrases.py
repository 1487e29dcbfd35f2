"""What conversations say: in four languages alike, each step one cheap SMS with its choices."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels import gsm
from notifier.render import Phrases, RenderError
from notifier.render.phrases import shipped_phrases
from notifier.rules.talks import FLOWS
from notifier.rules.talks.complaint import CATEGORIES
from notifier.rules.talks.values import Choice, Say, Talk
from notifier.studio import kinds
from notifier.studio.conversations import KNOWN, LONGEST, sms

LANGUAGES = ("id", "en", "jv", "su")
PHRASES = Phrases()
AHEAD = ("again", "again.nik", "again.no_nik", "mismatch", "schedule.no_place", "complaint.more")


def _said() -> Iterator[tuple[str, Say]]:
    """Everything that can be said, with the longest facts."""
    asked: set[str] = set()
    for name, flow in FLOWS.items():
        for step, one in flow.steps.items():
            say = one.ask(Talk(name, step, facts=dict(KNOWN)))
            asked.add(say.phrase)
            yield f"{name}.{step}", Say(say.phrase, LONGEST, say.choices)
    for phrase in PHRASES._known["id"]:
        if phrase not in asked and phrase not in ("numbers", *AHEAD) and not phrase.startswith("label."):
            choices = (Choice("on"),) if phrase.endswith((".kept", ".added")) else ()
            yield phrase, Say(phrase, LONGEST, choices)


SAID = dict(_said())


def _sms(language: str, say: Say, before: str = "") -> str:
    return sms(PHRASES, language, say, before)


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


# --- phrases that people change --------------------------------------------------------------------------------------


def test_every_shipped_phrase_is_sound_as_people_would_edit_it() -> None:
    talks = {key: source for key, (_, source) in kinds.shipped_texts().items() if key[0] == kinds.TALK}
    assert {key[2] for key in talks} == set(LANGUAGES)
    assert [found for key, source in talks.items() if (found := kinds.check(key, source))] == []


@pytest.mark.parametrize(
    ("section", "source", "code", "line"),
    [
        ("menu", 'ask = "Pilih."\nnix = "x"', "unknown_key", 2),
        ("menu", 'ask = ""', "says_nothing", 1),
        ("menu", 'ask = "Pilih', "syntax", 1),
        ("schedule", 'told = "{programme} {venue}"', "left_over", 1),
        ("schedule", 'none = "x"\ntold = "{programme} {period} {when} {venue} {note} {name}"', "left_over", 2),
        ("menu", 'ask = "' + "Layanan bantuan sosial. " * 6 + '"', "segments", 1),
        ("general", 'numbers = "' + "Balas dengan angka pilihan. " * 6 + '"', "segments", 1),
        ("label", 'yes = "BELUM"\nno = "BELUM"', "same_label", 1),
        ("menu", 'ask = "Pilih “satu”"', "not_gsm", 1),
        ("menu", 'ask = "NIK 3175070101809000"', "personal_data", 1),
        ("menu", 'ask = "Lihat www.bansos.id"', "link", 1),
    ],
)
def test_what_is_wrong_with_a_phrase_is_told_at_its_line(section: str, source: str, code: str, line: int) -> None:
    found = [one for one in kinds.check((kinds.TALK, kinds.SPOKEN, "id", section), source) if one.code == code]
    assert found
    assert found[0].line == line


def test_changed_phrases_lie_over_the_shipped_ones() -> None:
    phrases = Phrases()
    phrases.take({"id": {"left": "Sudah kami tutup."}})
    assert phrases.say("id", "left", {}, short=True) == "Sudah kami tutup."
    assert phrases.say("bug", "left", {}, short=True) == "Sudah kami tutup."
    assert phrases.say("en", "left", {}, short=True) == PHRASES.say("en", "left", {}, short=True)
    phrases.take({})
    assert phrases.say("id", "left", {}, short=True) == PHRASES.say("id", "left", {}, short=True)
