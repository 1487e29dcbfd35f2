"""Every shipped message: it is there, it is sound, it fits one SMS, and it says what a citizen must know."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import gsm
from channels.table import CHANNELS as TABLE
from notifier.render import BUTTONS, CHANNELS, FACTS, NEEDED_PARTS, Words, buttons, markup
from notifier.render.lint import check, lacking
from notifier.render.said import DAYS
from notifier.render.samples import SAMPLES, TYPICAL, sample
from notifier.rules.deliveries import EVENTS
from notifier.rules.tickets import CATEGORY_WORDS

WORDS = Words()
SOURCES = WORDS.sources()
RECEIVED_MOST = (
    "talk",
    "genuine_checked",
    "round_announced",
    "round_reminder",
    "general_notice",
    "receipt_question",
    "ticket_received",
    "ticket_answer",
    "ticket_resolved",
    "ticket_status",
)
MESSAGES = sorted({key[:3] for key in SOURCES})
SMS = [(event, language) for event, channel, language in MESSAGES if channel == "sms"]
FREE_TEXT = {
    "ticket_answer",
    "ticket_resolved",
    "information",
    "talk",
    "general_notice",
}  # what comes in words is never cut


def _wanted() -> Iterator[tuple[str, str, str, str]]:
    for event in EVENTS:
        languages = ("id", "en", "jv", "su") if event in RECEIVED_MOST else ("id", "en")
        yield from (
            (event, channel, language, part)
            for channel in CHANNELS
            for language in languages
            for part in (*NEEDED_PARTS[channel], *(("html",) if channel == "email" else ()))
        )


def test_every_event_has_its_facts_and_every_channel_its_parts() -> None:
    assert set(FACTS) == set(EVENTS)
    assert set(CHANNELS) == set(TABLE)


def test_every_event_is_worded_for_every_channel_and_language() -> None:
    assert set(_wanted()) == set(SOURCES)


@pytest.mark.parametrize("key", sorted(SOURCES), ids="/".join)
def test_a_shipped_template_gives_no_cause_for_complaint(key: tuple[str, str, str, str]) -> None:
    event, channel, language, part = key
    assert check(event, channel, part, SOURCES[key][1], language) == []


@pytest.mark.parametrize("message", MESSAGES, ids="/".join)
def test_a_shipped_message_can_be_said_with_every_sample(message: tuple[str, str, str]) -> None:
    event, channel, language = message
    for name in SAMPLES:
        rendered = WORDS.render(event, channel, language, sample(event, name) | _needed(event))
        assert set(rendered.parts) == set(CHANNELS[channel])
        assert rendered.language == language
        for part, text in rendered.parts.items():
            assert text.strip(), f"{part} with {name}"
            assert not re.search(r"\bNone\b|\bTrue\b|\bFalse\b|Asia/|\+00:00|undefined", text), f"{part} with {name}"
    assert not lacking(channel, list(CHANNELS[channel]))


def _needed(event: str) -> dict[str, Any]:
    """What the sample "empty" leaves out although this event can't be said without it."""
    return {"text": "Sudah."} if event == "ticket_answer" else {}


# --- SMS -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("event", "language"), SMS)
@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "markup"])
def test_an_sms_is_one_segment_of_the_cheap_alphabet(event: str, language: str, name: str) -> None:
    text = WORDS.render(event, "sms", language, sample(event, name)).parts["text"]
    cost = gsm.segments(text)
    assert (cost.alphabet, cost.count) == ("GSM-7", 1), f"{cost.units}: {text}"


@pytest.mark.parametrize(("event", "language"), [row for row in SMS if row[0] not in FREE_TEXT])
def test_an_sms_stays_one_segment_however_long_names_and_places_are(event: str, language: str) -> None:
    facts = sample(event, "longest")
    for name, fact in FACTS[event].items():
        if fact.kind in ("words", "text") and name not in ("number", "round_code", "code"):
            facts[name] = "Wijayakusuma " * 30
    for category in CATEGORY_WORDS if "category" in facts else ("",):
        text = WORDS.render(event, "sms", language, facts | {"category": category}).parts["text"]
        assert gsm.segments(text).count == 1, f"{gsm.segments(text).units}: {text}"


@given(name=st.text(max_size=60), venue=st.text(max_size=60))
def test_no_name_can_make_an_sms_dearer(name: str, venue: str) -> None:
    facts = sample("round_announced", "longest") | {"name": name, "venue": venue}
    cost = gsm.segments(WORDS.render("round_announced", "sms", "id", facts).parts["text"])
    assert (cost.alphabet, cost.count) == ("GSM-7", 1)


@pytest.mark.parametrize(("event", "language"), SMS)
def test_an_sms_avoids_what_routes_filter(event: str, language: str) -> None:
    text = WORDS.render(event, "sms", language, sample(event, TYPICAL)).parts["text"]
    assert not re.search(r"https?:|www\.|\bdana\b|\bselamat\b|Rp ?\d|\d{9}", text, re.IGNORECASE), text


# A step of a conversation by SMS answers what somebody just wrote, and is one segment: decision 0020.
CODELESS = {("talk", "sms")}


@pytest.mark.parametrize(
    "message", [row for row in MESSAGES if EVENTS[row[0]].citizen and row[:2] not in CODELESS], ids="/".join
)
def test_every_message_to_a_citizen_carries_its_code(message: tuple[str, str, str]) -> None:
    event, channel, language = message
    for name in ("longest", "empty"):
        facts = sample(event, name) | _needed(event) | {"code": "M4RK-9TZ2"}
        parts = WORDS.render(event, channel, language, facts).parts
        for part in set(parts) - {"subject"}:
            assert "M4RK-9TZ2" in parts[part], part
            assert re.search(r"ASLI( code)?:? M4RK-9TZ2", parts[part]), part


# --- what a citizen must know ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", sorted(DAYS))
@pytest.mark.parametrize("channel", sorted(CHANNELS))
@pytest.mark.parametrize("event", ["round_announced", "round_reminder"])
def test_a_round_is_told_with_who_what_when_where_and_how_to_stop(event: str, channel: str, language: str) -> None:
    for part, text in WORDS.render(event, channel, language, sample(event, TYPICAL)).parts.items():
        if part == "subject":
            continue
        hour = "08:00" if language == "en" else "08.00"
        for known in ("Siti Aminah", "Desember 2026", "Kantor Pos Duren Sawit", hour, "WIB", "2026", "STOP"):
            assert known in text, f"{part}: {known}"
        assert re.search(r"\b7 (Des|Dec|Dés)", text)
        assert "Bawa KTP" in text


@pytest.mark.parametrize("language", sorted(DAYS))
@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_the_question_of_receipt_says_how_it_is_answered(channel: str, language: str) -> None:
    parts = WORDS.render("receipt_question", channel, language, sample("receipt_question", TYPICAL)).parts
    assert re.search(r"\bYA\b.*\bTIDAK\b", parts["text"], re.DOTALL)


def test_a_line_without_answers_is_not_told_to_answer() -> None:
    facts = sample("round_announced", "no_answers")
    for channel in CHANNELS:
        assert "STOP" not in WORDS.render("round_announced", channel, "id", facts).parts["text"]


def test_a_changed_round_names_the_old_time_and_place_only_if_they_changed() -> None:
    text = WORDS.render("round_changed", "telegram", "id", sample("round_changed", TYPICAL)).parts["text"]
    assert "Sabtu, 5 Desember 2026" in text
    assert "RPTRA Klender" in text
    assert "lama" not in WORDS.render("round_changed", "telegram", "id", sample("round_changed", "empty")).parts["text"]


@pytest.mark.parametrize(
    ("facts", "known"),
    [
        ({"topic": "schedule"}, "Belum ada jadwal"),
        ({"topic": "register"}, "KTP dan KK"),
        ({"topic": "genuine"}, "PIN"),
        ({"topic": "how_to_complain"}, "apa yang terjadi"),
        ({"topic": "status", "status": "Dalam Proses"}, "Dalam Proses"),
        ({"text": "Kantor buka Senin sampai Jumat."}, "Kantor buka Senin"),
    ],
)
@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_information_answers_what_was_asked(channel: str, facts: dict[str, Any], known: str) -> None:
    assert known in WORDS.render("information", channel, "id", {"zone": "Asia/Jakarta"} | facts).parts["text"]


def test_buttons_speak_the_citizens_language_and_fall_back_to_indonesian() -> None:
    assert buttons("receipt_question", "id") == (("yes", "YA, sudah"), ("no", "TIDAK, belum"))
    assert buttons("receipt_question", "bug") == buttons("receipt_question", "id")
    assert buttons("round_announced", "id") == ()
    assert set(BUTTONS) <= set(EVENTS)


# --- markup ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", sorted(FACTS))
def test_telegram_takes_every_shipped_message_whatever_people_are_called(event: str) -> None:
    for language in WORDS.languages(event, "telegram"):
        for name in SAMPLES:
            html = WORDS.render(event, "telegram", language, sample(event, name) | _needed(event)).parts["html"]
            assert list(markup.telegram(html)) == []
            assert len(markup.plain(html)) <= markup.LONGEST_TELEGRAM
