"""From facts to words: what is escaped, folded, remembered, and what fails loudly."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import gsm
from notifier.render import RenderError, Words, markup, missing, shipped, shipped_folder
from notifier.render.filters import LONGEST, SHORTEST, cut
from notifier.render.samples import TYPICAL, sample
from notifier.render.words import Key

WORDS = Words()
FACTS = sample("round_announced", TYPICAL)
SMS: Key = ("round_announced", "sms", "id", "text")
HTML: Key = ("round_announced", "telegram", "id", "html")


def said(source: str, key: Key = SMS, **facts: Any) -> str:
    words = Words({key: ("v1", source)})
    return words.render(key[0], key[1], key[2], FACTS | facts).parts[key[3]]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ opens_at|tanggal }}", "Senin, 7 Desember 2026"),
        ("{{ opens_at|tanggal_pendek }}", "7 Des 2026"),
        ("{{ opens_at|tanggal_bulan }}", "7 Des"),
        ("{{ opens_at|jam }}", "08.00 WIB"),
        ("{{ opens_at|pukul }}", "08.00"),
        ("{{ amount|rupiah }}", "Rp200.000"),
        ("{{ method|sebut }}", "tunai di kantor pos"),
        ("{{ venue|singkat(14) }}", "Kantor Pos.."),
        ("{{ name|singkat(40) }}", "Siti Aminah"),
        ("{% if amount %}ada{% else %}tidak{% endif %}", "ada"),
        ("{{ 'a' if amount > 100000 and note else 'b' }}", "a"),
        ("{% if amount is none or not note %}a{% elif programme == 'BPNT' %}b{% endif %}", "b"),
        ("A\n{% if note %}\n  B\n{% endif %}\nC", "A\n  B\nC"),
        ("A {% if note %}B{% endif %}\nC", "A B\nC"),
        ("{# a remark #}\nA", "A"),
    ],
)
def test_facts_are_said_as_people_say_them(source: str, words: str) -> None:
    assert said(source) == words


@pytest.mark.parametrize(
    ("language", "date", "hour"),
    [
        ("id", "Sabtu, 1 Agustus 2026", "09.30 WIT"),
        ("en", "Saturday, 1 August 2026", "09:30 WIT"),
        ("jv", "Setu, 1 Agustus 2026", "09.30 WIT"),
        ("su", "Saptu, 1 Agustus 2026", "09.30 WIT"),
        ("bug", "Sabtu, 1 Agustus 2026", "09.30 WIT"),
    ],
)
def test_dates_are_said_in_the_language_and_zone_of_the_reader(language: str, date: str, hour: str) -> None:
    key = ("round_announced", "sms", language, "text")
    facts = {"opens_at": datetime(2026, 8, 1, 0, 30, tzinfo=UTC), "zone": "Asia/Jayapura"}
    assert said("{{ opens_at|tanggal }} {{ opens_at|jam }}", key, **facts) == f"{date} {hour}"


def test_a_zone_outside_indonesia_is_named_as_the_world_does() -> None:
    assert said("{{ opens_at|jam }}", zone="Asia/Tokyo") == "10.00 JST"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"opens_at": datetime(2026, 12, 7)}, "has no zone"),  # noqa: DTZ001
        ({"opens_at": "Senin pagi"}, "is no time"),
        ({"opens_at": None}, "empty"),
        ({"zone": "Asia/Klender"}, "is no time zone"),
        ({"amount": "200000"}, "no whole number"),
        ({"amount": True}, "no whole number"),
        ({"amount": None}, "empty"),
    ],
)
def test_what_can_not_be_said_fails_with_a_sentence(facts: dict[str, Any], why: str) -> None:
    with pytest.raises(RenderError, match=why):
        said("{{ opens_at|jam }} {{ amount|rupiah }}", **facts)


def test_a_missing_fact_fails_by_name() -> None:
    facts = {name: value for name, value in FACTS.items() if name != "venue"}
    with pytest.raises(RenderError, match=r"round_announced, sms, id: the fact venue was not given"):
        WORDS.render("round_announced", "sms", "id", facts)


def test_facts_of_the_whole_service_hold_until_a_notice_brings_its_own() -> None:
    words = Words({SMS: ("v1", "{{ sender }}")}, common={"sender": "Dinsos Jakarta"})
    nothing_said = {name: value for name, value in FACTS.items() if name != "sender"}
    assert words.render("round_announced", "sms", "id", nothing_said).parts["text"] == "Dinsos Jakarta"
    assert words.render("round_announced", "sms", "id", {"sender": "Kemensos"}).parts["text"] == "Kemensos"


def test_an_unknown_language_is_answered_in_indonesian() -> None:
    rendered = WORDS.render("round_announced", "sms", "bug", FACTS)
    assert rendered.language == "id"
    assert rendered.parts == WORDS.render("round_announced", "sms", "id", FACTS).parts


def test_nothing_to_say_is_a_sentence() -> None:
    with pytest.raises(RenderError, match="no words for round_announced on pigeon"):
        WORDS.render("round_announced", "pigeon", "id", FACTS)


# --- which wording ---------------------------------------------------------------------------------------------------


def test_a_published_version_wins_and_is_named() -> None:
    words = Words({SMS: ("v3", "Halo {{ name }}")})
    rendered = words.render("round_announced", "sms", "id", FACTS)
    assert (rendered.parts["text"], rendered.template) == ("Halo Siti Aminah", "v3")
    assert words.label("round_announced", "sms", "id") == "v3"
    assert words.label("round_announced", "sms", "en").startswith("file-")


def test_a_message_of_mixed_parts_names_each() -> None:
    label = Words({("round_announced", "email", "id", "subject"): ("v12", "Jadwal")}).label(
        "round_announced", "email", "id"
    )
    assert label.startswith("subject:v12 text:file-")
    assert len(label) <= 80


def test_a_newly_published_version_is_taken_without_a_restart_and_withdrawn_too() -> None:
    words = Words()
    before = words.render("round_announced", "sms", "id", FACTS)
    words.take({SMS: ("v1", "Baru")})
    assert words.render("round_announced", "sms", "id", FACTS).parts["text"] == "Baru"
    words.take({})
    assert words.render("round_announced", "sms", "id", FACTS) == before


def test_a_language_is_spoken_once_its_needed_parts_are_there() -> None:
    subject, text = (("round_announced", "email", "bug", part) for part in ("subject", "text"))
    assert Words({subject: ("v1", "S")}).render("round_announced", "email", "bug", FACTS).language == "id"
    whole = Words({subject: ("v1", "S"), text: ("v1", "T")})
    assert whole.render("round_announced", "email", "bug", FACTS).parts == {"subject": "S", "text": "T"}
    assert whole.languages("round_announced", "email")[:2] == ("id", "bug")


def test_telegrams_plain_text_is_its_html_without_the_tags() -> None:
    parts = WORDS.render("round_announced", "telegram", "id", FACTS | {"name": "A & <b>"}).parts
    assert "A &amp; &lt;b&gt;" in parts["html"]
    assert "A & <b>" in parts["text"]
    assert "<b>Waktu:</b>" in parts["html"]
    assert "Waktu: Senin" in parts["text"]


def test_a_mails_html_lies_in_its_frame() -> None:
    html = WORDS.render("round_announced", "email", "jv", FACTS).parts["html"]
    assert html.startswith('<!doctype html>\n<html lang="jv">')
    assert html.rstrip().endswith("</html>")


def test_a_file_nobody_would_use_is_named(tmp_path: Path) -> None:
    (tmp_path / "round_anounced").mkdir()
    (tmp_path / "round_anounced" / "sms.id.text").write_text("x")
    with pytest.raises(RenderError, match="round_anounced"):
        shipped(tmp_path)


def test_an_event_without_words_is_named_at_the_start() -> None:
    sources = {key: source for key, source in WORDS.sources().items() if key != SMS}
    assert missing(WORDS.sources(), languages=("id", "en")) == []
    assert missing(sources) == [
        "round_announced has no words on sms in id: write templates/messages/round_announced/sms.id.text"
    ]


def test_the_shipped_folder_is_found() -> None:
    assert (shipped_folder() / "round_announced" / "sms.id.text").exists()


# --- what people are called ------------------------------------------------------------------------------------------

ANYTHING = st.text(st.characters(codec="utf-8"), max_size=40)


@given(name=ANYTHING, note=ANYTHING, sender=ANYTHING)
def test_no_name_can_break_a_telegram_message(name: str, note: str, sender: str) -> None:
    facts = FACTS | {"name": name, "note": note, "sender": sender}
    html = WORDS.render("round_announced", "telegram", "id", facts).parts["html"]
    assert list(markup.telegram(html)) == []
    assert name.strip() in markup.plain(html)


@given(name=ANYTHING, venue=ANYTHING)
def test_no_name_can_add_a_tag_to_a_mail(name: str, venue: str) -> None:
    facts = FACTS | {"name": name, "venue": venue}
    assert WORDS.render("round_announced", "email", "id", facts).parts["html"].count("<") == _TAGS


_TAGS = WORDS.render("round_announced", "email", "id", FACTS).parts["html"].count("<")


@given(number=ANYTHING)
def test_no_fact_can_end_a_subject(number: str) -> None:
    facts = sample("ticket_answer", TYPICAL) | {"number": f"{number}\r\nBcc: x@example.com\u2028\x85\x0b"}
    subject = WORDS.render("ticket_answer", "email", "id", facts).parts["subject"]
    assert len(subject.splitlines()) == 1


def test_a_name_called_bold_is_not_bold() -> None:
    assert said("<b>{{ name }}</b>", HTML, name="<b>_x_</b>") == "<b>&lt;b&gt;_x_&lt;/b&gt;</b>"


def test_a_typographic_apostrophe_does_not_double_the_price() -> None:
    text = said("{{ name }} “{{ venue }}”", name="KENES D’ANGELO", venue="Pangkép – Ma’rang…")
    assert text == "KENES D'ANGELO \"Pangkép - Ma'rang...\""
    assert gsm.alphabet(text) == "GSM-7"


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "{% if x %}", "{{ name.__class__ }}", "{# x #}"])
def test_a_fact_that_looks_like_a_template_is_only_said(text: str) -> None:
    assert text in said("{{ name }}.", HTML, name=text)


def test_line_breaks_of_an_answer_survive_in_a_mail() -> None:
    facts = sample("ticket_answer", TYPICAL) | {"text": "Satu <i>\nDua"}
    assert "Satu &lt;i&gt;<br>\nDua" in WORDS.render("ticket_answer", "email", "id", facts).parts["html"]


# --- cutting politely ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("Siti Aminah", 11, "Siti Aminah"),
        ("Siti Nurhaliza Kusuma", 18, "Siti Nurhaliza.."),
        ("Siti Nurhaliza Kusuma", 19, "Siti Nurhaliza.."),
        ("Siti Nurhaliza Kusuma", 20, "Siti Nurhaliza Kus.."),
        ("Kantor Kelurahan Cipinang Besar", 20, "Kel. Cipinang Besar"),
        ("September-Desember 2026", 16, "Sep-Des 2026"),
        ("Triwulan IV 2026", 12, "Tw IV 2026"),
        ("Wijayakusumaningrum", 8, "Wijaya.."),
    ],
)
def test_long_facts_are_shortened_as_people_do(text: str, length: int, short: str) -> None:
    assert cut(text, length, "..") == short


@given(st.text(max_size=80), st.integers(SHORTEST, LONGEST))
def test_what_is_cut_is_never_longer_than_asked_and_never_vanishes(text: str, length: int) -> None:
    assert len(cut(text, length)) <= length
    assert bool(cut(text, length)) == bool(text)


@given(st.text("[]{}~^|€a’", max_size=40), st.integers(8, 40))
def test_cutting_for_sms_counts_what_costs_two(text: str, length: int) -> None:
    shown = said("{{ name|singkat(" + str(length) + ") }}.", name=text)
    assert gsm.segments(shown).units <= length + 1
