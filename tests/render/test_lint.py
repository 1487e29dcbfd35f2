"""What the checker says: each kind of mistake, where it stands, and how it is mended."""

import pytest

from notifier.render import RenderError, Words, lint, markup
from notifier.render.lint import check, check_all

ROUND, QUESTION = "round_announced", "receipt_question"
OK_SMS = "{{ name|singkat(20) }}: {{ opens_at|tanggal }}. STOP=berhenti ASLI {{ code }}"

# event, channel, part, source, code, (line, column), level, a word of the mend
CASES = [
    (ROUND, "sms", "text", "STOP {{ name", "syntax", (1, 9), "error", "{{ name }}"),
    (ROUND, "sms", "text", "STOP\n{{ name }", "syntax", (2, 1), "error", "{{ name }}"),
    (ROUND, "sms", "text", "STOP {% if note %}x", "syntax", (1, 19), "error", "{% endif %}"),
    (ROUND, "sms", "text", "STOP {% fi %}", "unknown_tag", (1, 6), "error", "{% endif %}"),
    (ROUND, "sms", "text", "STOP\n  {{ nama }}", "unknown_fact", (2, 6), "error", '"name"'),
    (ROUND, "sms", "text", "{{ name }} {{ vanue }} {{ vanue }}", "unknown_fact", (1, 15), "error", '"venue"'),
    (ROUND, "sms", "text", "STOP {{ name|upper }}", "unknown_filter", (1, 14), "error", "singkat"),
    (ROUND, "sms", "text", "STOP {{ opens_at|tangal }}", "unknown_filter", (1, 18), "error", '"tanggal"'),
    (ROUND, "sms", "text", "STOP {{ name is kosong }}", "unknown_test", (1, 17), "error", "none"),
    (ROUND, "sms", "text", "STOP {{ name.upper() }}", "disallowed", (1, 6), "error", "filters"),
    (ROUND, "sms", "text", "STOP {{ name|singkat }}", "argument", (1, 14), "error", "singkat(20)"),
    (ROUND, "sms", "text", "STOP {{ name if note }}", "no_else", (1, 6), "error", "else"),
    (ROUND, "sms", "text", "STOP {{ nik }}", "personal_data", (1, 9), "error", "Leave it out"),
    (ROUND, "sms", "text", "STOP {{ no_rekening }}", "personal_data", (1, 9), "error", "Leave it out"),
    (ROUND, "email", "text", "STOP 0812-3456-7890", "long_digits", (1, 6), "advice", "office"),
    (ROUND, "sms", "text", "STOP\n7/12/2026", "odd_format", (2, 1), "advice", "{{ opens_at|tanggal }}"),
    (ROUND, "sms", "text", "STOP 2026-12-07", "odd_format", (1, 6), "advice", "{{ opens_at|tanggal }}"),
    (ROUND, "email", "text", "STOP Rp200000", "odd_format", (1, 6), "advice", "{{ amount|rupiah }}"),
    (ROUND, "sms", "text", "STOP 3175 0712 0190 9001", "personal_data", (1, 6), "error", "Leave it out"),
    (ROUND, "sms", "text", "STOP {{ opens_at }}", "unformatted", (1, 9), "error", "{{ opens_at|tanggal }}"),
    (ROUND, "sms", "text", "STOP {% if amount %}{{ amount }}{% endif %}", "unformatted", (1, 24), "error", "rupiah"),
    (ROUND, "sms", "text", "STOP {{ method }}", "unformatted", (1, 9), "advice", "{{ method|sebut }}"),
    (ROUND, "sms", "text", "STOP {{ replies }}", "unformatted", (1, 9), "error", "{% if replies %}"),
    (ROUND, "sms", "text", "STOP {{ name|jam }}", "wrong_filter", (1, 9), "error", ""),
    (ROUND, "sms", "text", "STOP {{ amount|rupiah }}", "may_be_empty", (1, 9), "error", "{% if amount %}"),
    (
        ROUND,
        "sms",
        "text",
        "STOP {{ note|singkat(9) }} {{ address }}",
        "may_be_empty",
        (1, 31),
        "advice",
        "{% if address %}",
    ),
    (
        ROUND,
        "sms",
        "text",
        "STOP {{ name }} {{ venue }} {{ address }} {{ note }}",
        "segments",
        (1, 1),
        "error",
        "singkat",
    ),
    (ROUND, "sms", "text", "STOP\nHari “Senin”", "not_gsm", (2, 6), "error", '"'),
    (ROUND, "sms", "text", "STOP 😀", "not_gsm", (1, 6), "error", "Delete it"),
    (ROUND, "sms", "text", "STOP https://bansos.go.id", "link", (1, 6), "advice", ""),
    (ROUND, "sms", "text", "STOP Selamat!", "risky_word", (1, 6), "advice", ""),
    (ROUND, "sms", "text", "STOP Rp 200.000", "amount", (1, 6), "advice", ""),
    (ROUND, "sms", "text", "STOP 0812-3456-7890", "long_digits", (1, 6), "advice", ""),
    (ROUND, "sms", "text", "Datang besok. STOP", "relative_day", (1, 8), "advice", "tanggal"),
    (ROUND, "sms", "text", "STOP {nama}", "left_over", (1, 6), "error", "{{ name }}"),
    (ROUND, "sms", "text", "STOP {{ name }}}", "left_over", (1, 16), "error", "{{ name }}"),
    (ROUND, "sms", "text", "Datanglah.", "no_stop", (1, 1), "advice", "STOP"),
    (ROUND, "sms", "text", "Balas STOP", "one_way", (1, 1), "advice", "{% if replies %}"),
    (ROUND, "sms", "text", "STOP. Datang? YA atau TIDAK", "cannot_answer", (1, 15), "error", "{% if replies %}"),
    (ROUND, "sms", "text", "{# STOP #}", "says_nothing", (1, 1), "error", ""),
    (ROUND, "sms", "text", "STOP\u200b", "invisible", (1, 5), "advice", "Delete"),
    (ROUND, "sms", "text", "STOP\x07", "odd_character", (1, 5), "error", "Delete"),
    (ROUND, "sms", "text", "x" * 4001, "too_long", (1, 1), "error", "fewer"),
    (QUESTION, "sms", "text", "Sudah terima? Balas YA", "no_answer_word", (1, 1), "error", "TIDAK"),
    (QUESTION, "telegram", "html", "Sudah terima?", "no_answer_word", (1, 1), "advice", "YA"),
    (ROUND, "telegram", "html", "STOP\n<b>{{ name }}", "telegram_html", (2, 1), "error", "</b>"),
    (ROUND, "telegram", "html", "STOP <p>x</p>", "telegram_html", (1, 6), "error", "<b>"),
    (ROUND, "telegram", "html", "STOP <b>x</i>", "telegram_html", (1, 10), "error", ""),
    (ROUND, "telegram", "html", "STOP </b>", "telegram_html", (1, 6), "error", ""),
    (ROUND, "telegram", "html", "STOP 3 < 4", "telegram_html", (1, 8), "error", "&lt;"),
    (ROUND, "telegram", "html", "STOP <b class='x'>y</b>", "telegram_html", (1, 6), "error", "<b>"),
    (ROUND, "telegram", "html", "STOP <a href='bansos'>y</a>", "link", (1, 6), "error", "https://"),
    (ROUND, "telegram", "html", "STOP {% if amount %}<b>{% endif %}x</b>", "telegram_html", (1, 36), "error", ""),
    (ROUND, "telegram", "html", "STOP " + "{{ note }}" * 99, "too_long_telegram", (1, 1), "error", "singkat"),
    (ROUND, "telegram", "html", "STOP <a href={{ name }}>x</a>", "unquoted", (1, 14), "error", "href"),
    (ROUND, "email", "html", "<p>STOP <img src='https://x.id/a.png'></p>", "remote_image", (1, 9), "error", "words"),
    (ROUND, "email", "html", "<p style='background:url(//x.id)'>STOP</p>", "remote_image", (1, 1), "error", "words"),
    (ROUND, "email", "html", "<p>STOP", "mail_html", (1, 1), "error", "</p>"),
    (ROUND, "email", "html", "<p>STOP</p><script>x</script>", "mail_html", (1, 12), "error", ""),
    (ROUND, "email", "html", "<p onclick='x()'>STOP</p>", "mail_html", (1, 1), "error", ""),
    (ROUND, "email", "html", "<p>STOP <a href='javascript:x()'>y</a></p>", "link", (1, 9), "error", "https://"),
    (ROUND, "email", "subject", "Jadwal\nbaru", "subject_lines", (1, 7), "error", "Join"),
    (ROUND, "email", "subject", "{{ venue }} {{ address }} " * 3, "long_subject", (1, 1), "advice", "Shorten"),
]


@pytest.mark.parametrize(
    ("event", "channel", "part", "source", "code", "at", "level", "mend"), CASES, ids=lambda value: str(value)[:24]
)
def test_a_mistake_is_found_where_it_stands(
    event: str, channel: str, part: str, source: str, code: str, at: tuple[int, int], level: str, mend: str
) -> None:
    found = [finding for finding in check(event, channel, part, source) if finding.code == code]
    assert found, [finding.code for finding in check(event, channel, part, source)]
    assert ((found[0].line, found[0].column), found[0].level) == (at, level)
    assert mend in found[0].suggestion


@pytest.mark.parametrize(
    ("channel", "part", "source"),
    [
        ("sms", "text", OK_SMS),
        ("sms", "text", OK_SMS + "{% if note %} {{ note|singkat(20) }}{% endif %}"),
        ("telegram", "html", "<b>{{ name }}</b> <a href='https://bansos.go.id'>x</a> &amp; STOP {{ code }}"),
        ("telegram", "html", "STOP {% if amount %}<b>{{ amount|rupiah }}</b>{% endif %} {{ code }}"),
        ("email", "html", "<p>STOP {{ code }}<br>{{ venue|baris }}</p><hr>"),
        ("email", "subject", "Jadwal {{ programme }}"),
    ],
)
def test_sound_words_are_left_alone(channel: str, part: str, source: str) -> None:
    assert check(ROUND, channel, part, source) == []


def test_what_goes_to_citizens_carries_its_code_and_a_talk_by_sms_need_not() -> None:
    for event, channel, part, source, level in (
        (ROUND, "sms", "text", "{{ name|singkat(20) }} STOP", ["error"]),
        ("help", "email", "html", "<p>Balas YA</p>", ["error"]),
        ("talk", "telegram", "html", "{{ words }}", ["error"]),
        ("talk", "sms", "text", "{{ words }} {{ choices }}", []),
        ("help", "email", "subject", "Cara membalas", []),
        ("line_alert", "sms", "text", "{{ line }}", []),
    ):
        found = [finding for finding in check(event, channel, part, source) if finding.code == "no_code"]
        assert [finding.level for finding in found] == level, (event, channel)
        assert all("ASLI {{ code }}" in finding.suggestion for finding in found)


def test_every_mistake_is_told_at_once_in_the_order_of_the_source() -> None:
    found = check(ROUND, "sms", "text", "{{ nama }}\n{{ tempat }} besok “x”\n{{ name|jam() }}")
    assert [(finding.line, finding.column) for finding in found] == sorted((f.line, f.column) for f in found)
    assert {finding.code for finding in found} >= {"unknown_fact", "relative_day", "not_gsm"}


@pytest.mark.parametrize(
    ("event", "channel", "part", "named"),
    [
        ("feast", "sms", "text", "round_announced"),
        (ROUND, "pigeon", "text", "telegram"),
        (ROUND, "sms", "html", "text"),
    ],
)
def test_an_unknown_place_is_a_sentence_with_the_known_ones(event: str, channel: str, part: str, named: str) -> None:
    with pytest.raises(RenderError, match=named):
        check(event, channel, part, "x")


def test_all_that_is_in_force_is_checked_together() -> None:
    sources = dict(Words().sources()) | {(ROUND, "email", "bug", "html"): ("v1", "<p>Halo STOP {{ code }}</p>")}
    found = {(key, finding.code) for key, finding in check_all(sources)}
    assert found == {((ROUND, "email", "bug", part), "missing_part") for part in ("subject", "text")}


def test_what_stands_in_tags_is_not_taken_for_words() -> None:
    source = "a {{ name }}\n{% if note %}b{% endif %}{# “c” #}"
    assert lint.outside(source) == "a           \n             b                    "


@pytest.mark.parametrize(
    ("source", "words"),
    [("<b>a</b> &amp; &lt;i&gt;", "a & <i>"), ("plain", "plain"), ("<a href='x'>y</a>", "y"), ("3 &gt; 2", "3 > 2")],
)
def test_markup_is_read_as_the_reader_reads_it(source: str, words: str) -> None:
    assert markup.plain(source) == words
