"""What citizens' words mean: labelled replies, the forty answers of the story, our own sayings, and hostile texts."""

import ast
import io
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.quotes import new_words
from notifier.cli.understand import run
from notifier.errors import Refused
from notifier.rules import words
from notifier.rules.words import BadLexicon, Context, Intent, Lexicon, Topic, meaning, shipped
from tests.rules.measure import ALIKE, DATA, measure, rows, top

SAYINGS = Path(__file__).with_name("sayings.txt")
CONTEXTS = {
    "n": "none",
    "d": "distribution_notice",
    "r": "receipt_question",
    "s": "status_notice",
    "t": "ticket_update",
}


def sayings() -> Iterator[tuple[str, str, str, str, str]]:
    for line in SAYINGS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            context, intent, marks, category, text = line.split(" ", 4)
            yield CONTEXTS[context], intent, marks, category, text


@pytest.mark.parametrize("row", rows(DATA / "story_answers.jsonl"), ids=lambda row: f"answer {row['n']}")
def test_each_of_the_forty_answers_is_understood(row: dict[str, Any]) -> None:
    text = new_words(row["text"]) if row["channel"] == "email" else row["text"]
    found, expected = meaning(text, row["answers"]), row["expected"]
    assert (found.intent, found.urgent) == (expected["intent"], expected["urgent"]), found.why
    if expected["category"]:
        assert top(found.categories) == ALIKE.get(expected["category"], expected["category"]), found.why
    if expected["ticket"] == "open":
        assert found.needs_ticket


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("salah", True),
        ("Salah pak", True),
        ("slh jadwal", True),
        ("Jadwalnya salah, bukan hari senin", True),
        ("salah orang", True),
        ("maaf bukan saya", True),
        ("salah sambung, saya bukan penerima", True),
        ("wrong number", True),
        ("tempatnya salah pak, kantor pos pindah", True),
        ("tidak salah", False),
        ("apa salah saya?", False),
        ("bukan saya yang ambil, kok statusnya sudah diambil", False),
        ("nama saya salah di kartu", False),
        ("tanggal lahir ibu saya salah di data", False),
        ("Bansos di desa kami salah sasaran", False),
        ("pin saya salah terus", False),
        ("YA", False),
        ("terima kasih", False),
    ],
)
def test_who_says_that_our_message_is_wrong_is_told_from_who_complains(text: str, wrong: bool) -> None:
    found = meaning(text, Context.NOTICE)
    assert found.wrong_info is wrong, found.why


@pytest.mark.parametrize("name", ["replies.jsonl", "urgent.jsonl"])
def test_the_labelled_replies_are_understood(name: str) -> None:
    found = measure(rows(DATA / name))
    assert len(found.wrong) <= 3, found.wrong


@pytest.mark.parametrize(
    ("name", "intent", "recall", "precision", "urgent"),
    [
        ("development.jsonl", 0.97, 0.985, 0.98, 0.98),
        ("held_out.jsonl", 0.90, 0.98, 0.95, 0.90),  # what it reads of answers it was never tuned to
    ],
)
def test_most_answers_nobody_wrote_rules_for_are_understood(
    name: str, intent: float, recall: float, precision: float, urgent: float
) -> None:
    found = measure(rows(DATA / "answers" / name))
    assert found.intent >= intent, found
    assert found.recall >= recall, found
    assert found.precision >= precision, found
    assert found.urgent >= urgent, found


def test_our_own_sayings_are_understood() -> None:
    wrong, missed = [], []
    known = list(sayings())
    for context, intent, marks, category, text in known:
        found = meaning(text, context)
        expected = (intent, "+" in marks, "!" in marks, "@" in marks)
        got = (found.intent.value, found.needs_ticket, found.urgent, found.wants_anonymity)
        if got != expected or category not in ("-", "delayed", top(found.categories)):
            wrong.append((text, found.why))
        if ("+" in marks and not found.needs_ticket) or ("!" in marks and not found.urgent):
            missed.append((text, found.why))
    assert not missed, missed
    assert len(wrong) <= len(known) * 0.05, wrong


@pytest.mark.parametrize(
    ("context", "intent"),
    [
        ("receipt_question", Intent.RECEIPT_NO),
        ("distribution_notice", Intent.COMPLAINT),
        ("none", Intent.COMPLAINT),
        ("ticket_update", Intent.TICKET_FOLLOWUP),
    ],
)
def test_what_we_asked_decides_what_not_yet_means(context: str, intent: Intent) -> None:
    assert meaning("belum terima bantuan pak", context).intent is intent


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("kapan cairnya pak?", Topic.SCHEDULE),
        ("min loketnya hari sabtu tgl 12 msh buka gak?", Topic.SCHEDULE),
        ("apakah KK harus yang asli atau boleh fotokopi saja?", Topic.DOCUMENTS),
        ("bawa apa saja?", Topic.DOCUMENTS),
        ("ambilnya dimana?", Topic.PLACE),
        ("dapat berapa kilo?", Topic.AMOUNT),
        ("diverifikasi artinya apa?", Topic.STATUS),
        ("kalau ada potongan lapor kemana?", Topic.HOW_TO_COMPLAIN),
        ("ini dari siapa ya", Topic.OTHER),
    ],
)
def test_a_question_has_a_topic(text: str, topic: Topic) -> None:
    found = meaning(text, Context.NOTICE)
    assert (found.intent, found.topic, found.needs_ticket) == (Intent.QUESTION, topic, False), found.why


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("dimintai Rp. 20.000,- sama RT", (20_000,)),
        ("dipotong 50rb dari 600 ribu", (50_000, 600_000)),
        ("dua puluh ribu tiap orang", (20_000,)),
        ("dua puluh lima ribu", (25_000,)),
        ("1,5 juta", (1_500_000,)),
        ("bayar goceng bang", (5_000,)),
        ("NIK 3175079912340001 tgl 12 jam 08.00", ()),
    ],
)
def test_rupiah_are_found_and_other_numbers_are_not(text: str, amounts: tuple[int, ...]) -> None:
    assert meaning(text).amounts == amounts


@pytest.mark.parametrize(
    "text",
    [
        "be\u200blum\u200d terima bantuan",
        "\u202ebelum\u202c terima bantuan",
        "bel\x00um terima bantuan",
        "belum terima \ud83d bantuan",
        "BELUUUUM terimaaa bantuan!!!",
        "b3lum terima bantuan",
        "belum\u00a0terima\u202fbantuan",
        "ｂｅｌｕｍ terima bantuan",
    ],
)
def test_tricks_of_the_keyboard_change_nothing(text: str) -> None:
    assert "not_received" in meaning(text).categories


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bntuan", "bantuan"),
        ("bantaun", "bantuan"),
        ("tetangg", "tetangga"),
        ("kartuu", "kartu"),
        ("peutgas", "petugas"),
        ("sdaah", "sudah"),
        ("belmu", "belum"),
        ("makin", ""),
        ("tuhan", ""),
        ("selama", ""),
        ("bulat", ""),
        ("kelinci", ""),
    ],
)
def test_a_slip_of_the_thumb_is_read_and_another_word_is_not(typed: str, meant: str) -> None:
    symbols = shipped().symbols(typed)
    assert meant in symbols if meant else symbols == (typed,)


@pytest.mark.parametrize(
    ("context", "text", "categories"),
    [
        ("none", "apa memang harus bayar 10 ribu ke ketua?", ("illegal_levy",)),
        ("none", "bantuan ke kampung lain terus, kenapa kampung kami dilewati?", ("not_received",)),
        ("receipt_question", "tidak, katanya nama saya dihapus", ("not_registered", "not_received")),
        ("receipt_question", "belum pak, kartunya rusak", ("card_problem", "not_received")),
    ],
)
def test_a_grievance_put_as_a_question_or_after_a_no_is_a_complaint(
    context: str, text: str, categories: tuple[str, ...]
) -> None:
    found = meaning(text, context)
    assert (found.intent, found.categories) == (Intent.COMPLAINT, categories), found.why


def test_a_reading_says_why() -> None:
    found = meaning("pak di ktr pos tadi sy dimintain 10rb sm petugas, jangan sebut nama saya")
    assert found.why[0].startswith("complains")
    assert any(reason.startswith("illegal_levy: ") for reason in found.why)
    assert any(reason.startswith("anonymous: ") for reason in found.why)


def test_what_nobody_understands_goes_to_a_person() -> None:
    assert meaning("prangko biru sembilan kambing menari selasa").needs_ticket


def test_only_the_beginning_of_a_very_long_text_is_read() -> None:
    found = meaning("bantuan saya dipotong. " + "x " * 50_000)
    assert found.categories[0] == "deduction"
    assert found.why[-1] == "only the first 4000 characters were read"


@pytest.mark.parametrize(
    "piece", ["belum ", "kutu-", "?", "*", "1.000.", "a", "tidak terima ", "\ufdfa", "ha", "> ", "rp "]
)
def test_a_hundred_thousand_characters_end_in_one_meaning(piece: str) -> None:
    assert meaning(piece * (100_000 // len(piece))).intent in Intent


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.sampled_from(list(Context)))
def test_no_text_fails_and_a_meaning_keeps_its_promises(text: str, context: Context) -> None:
    found = meaning(text, context)
    assert found == meaning(text, context)
    assert found.why
    assert (found.topic is not None) == (found.intent is Intent.QUESTION)
    assert found.needs_ticket or found.intent not in (Intent.COMPLAINT, Intent.RECEIPT_NO)


@pytest.mark.parametrize(
    ("event", "context"),
    [
        ("round_announced", Context.NOTICE),
        ("reminder_3_days", Context.NOTICE),
        ("entitlement_changed", Context.STATUS),
        ("receipt_question", Context.RECEIPT_QUESTION),
        ("ticket", Context.TICKET),
        ("ticket_answered", Context.TICKET),
        ("none", Context.NONE),
    ],
)
def test_events_are_contexts(event: str, context: Context) -> None:
    assert Context.read(event) is context


def test_an_unknown_context_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match='context "weather" is unknown'):
        meaning("ya", "weather")


@pytest.mark.parametrize(
    ("lexicon", "sentence"),
    [
        ({"concepts": {"a": "{b} mana"}}, "concept a uses {b}, which is not defined"),
        ({"concepts": {"a": "{b}", "b": "{a}"}}, "in a circle"),
        ({"concepts": {"a": "belum .."}}, 'concept a has a pattern without words: "belum .."'),
        ({"concepts": {"a": "x & "}}, "concept a has a pattern without words"),
        ({"concepts": {"a": ["x"]}}, "concepts.a is no text"),
        ({"concepts": "x"}, "concepts is no table"),
        ({}, "concepts is missing or empty"),
        ({"concepts": {"a": "x"}, "speling": {}}, "speling is no section; use one of settings, pairs"),
        ({"concepts": {"a": "x"}, "settings": {"denied": "a"}}, "settings.denied is unknown"),
        ({"concepts": {"a": "x"}, "settings": {"deniable": "nobody"}}, "settings.deniable names nobody"),
        ({"concepts": {"a": "x"}, "pairs": {"makasih": "terima kasih banyak"}}, 'pairs.makasih has "terima kasih ban'),
        ({"concepts": {"a": "x"}, "spelling": {"saya": ""}}, "spelling.saya lists no spellings"),
    ],
)
def test_a_broken_lexicon_names_the_key(lexicon: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadLexicon, match=re.escape(sentence)):
        Lexicon.of(lexicon)


def test_a_text_is_read_with_the_lexicon_that_is_given() -> None:
    content = tomllib.loads(Path(str(words.__path__[0]), "lexicon.toml").read_text("utf-8"))
    concepts = {**content["concepts"], "bad_goods": content["concepts"]["bad_goods"] + ", mlekoh"}
    grown = Lexicon.of({**content, "concepts": concepts})
    assert "goods_quality" not in meaning("berasnya mlekoh semua pak", lexicon=shipped()).categories
    assert meaning("berasnya mlekoh semua pak", lexicon=grown).categories == ("goods_quality",)


def test_the_rules_ask_only_for_concepts_that_the_shipped_lexicon_has() -> None:
    known = {concept.name for concept in shipped().concepts}
    asked = {"has", "whole", "any", "of", "opens_with", "ends_with", "sentences_with", "_first", "_covers"}
    for file in Path(str(words.__path__[0])).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            strings = {arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
            assert name not in asked or strings <= known, f"{file.name}, line {node.lineno}: {strings - known}"


def test_the_shipped_lexicon_compiles_once() -> None:
    assert shipped() is shipped()


def test_understand_prints_a_meaning_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.jsonl"
    mail = "Belum, Pak.\n\nPada Rab, 9 Des 2026 pukul 09.00 Layanan Bansos menulis:\n> Balas YA atau TIDAK"
    lines = [{"text": "STOP", "intent": "spam"}, {"text": mail, "context": "receipt_question", "channel": "email"}]
    file.write_text("\ufeff" + "\n\n".join(json.dumps(line) for line in lines), "utf-8")
    out = io.StringIO()
    assert run(file, out) == 0
    first, second = map(json.loads, out.getvalue().splitlines())
    assert list(first) == ["intent", "needs_ticket", "categories", "urgent", "wants_anonymity", "why"]
    assert (first["intent"], second["intent"]) == ("opt_out", "receipt_no")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"{", "line 2: not JSON"),
        (b"[1]", "line 2: not a JSON object"),
        (b'{"context": "none"}', 'line 2: "text" is missing'),
        (b'{"text": 5}', 'line 2: "text" is missing or no string'),
        (b'{"text": "ya", "context": 3}', 'line 2: "context" is no string'),
        (b'{"text": "ya", "context": "weather"}', 'line 2: context "weather" is unknown'),
        (b'{"text": "\xff"}', "line 2: not UTF-8 at byte 11"),
        (b'{"text": "ya", "context": "\\ud800"}', "line 2: context"),
        (b"[" * 100_000, "line 2: not JSON"),
    ],
)
def test_a_bad_line_is_named_and_every_line_has_its_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: bytes, sentence: str
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"text": "ya"}\n' + line + b'\n{"text": "STOP"}\n')
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    assert run(file, out) == 1
    out.seek(0)
    answers = [json.loads(told) for told in out.read().splitlines()]
    assert [answer["intent"] for answer in answers] == ["unclear", "unclear", "opt_out"]
    assert answers[1]["needs_ticket"]
    assert list(answers[1]) == list(answers[0])
    assert f"a.jsonl, {sentence}" in capsys.readouterr().err


def test_many_bad_lines_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("{\n" * 23, "utf-8")
    assert run(file, io.StringIO()) == 1
    assert capsys.readouterr().err.splitlines()[-1] == f"{file}: 3 more lines like these."


def test_a_missing_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="can't be read"):
        run(tmp_path / "none.jsonl", io.StringIO())


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("ADU-7K4M2QX", True),
        ("laporan adu-abcdef2 pak", True),
        ("ADU-250228-0009", True),
        ("tiket ADU-7K4M2QX sudah sampai mana?", True),
        ("aduan saya sampai mana?", True),
        ("What is the status of my complaint ADU-250301-0017?", True),
        ("ADU-7K4M2QX: petugasnya bernama Joko, saya punya bukti", False),
        ("menyusul laporan ADU-7K4M2QX, ini fotonya", False),
        ("tiket ADU-7K4M2QX sampai mana? sekarang saya diancam", False),
        ("bantuan saya dipotong", False),
    ],
)
def test_only_who_asks_how_a_report_stands_and_adds_nothing_is_told_by_itself(text: str, asks: bool) -> None:
    assert meaning(text).progress is asks
