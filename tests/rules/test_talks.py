"""Conversations as tables: each flow's steps, and laws that hold whatever anybody says."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules import talks as flows
from notifier.rules.talks import FLOWS, begin, keyword, known, picks, question, step, takes
from notifier.rules.talks.complaint import opening, reworded, told_enough
from notifier.rules.talks.values import (
    AnswerQuestion,
    Apply,
    CallOfficer,
    FindPeople,
    Hush,
    Link,
    ListRounds,
    Move,
    OpenComplaint,
    SeeSchedule,
    SeeStatus,
    SeeTicket,
    SpeakLanguage,
    Talk,
    Turn,
    WrongPerson,
)

ALONE = known("id", people=[[7, "S.A."]])
SHARED = known("id", people=[[7, "S.A."], [8, "B."]])
STRANGER = known("id", people=[])
PHOTOS = known("id", people=[], files=True)
NIK = "3175070101809001"
STORY = "Bantuan saya dipotong ketua RT di balai desa"
ROUNDS = Turn(result="found", options=(("r5", "BPNT Desember 2026"),))

# (flow, who, what is written behind the keyword, turns, what the last move is: a phrase, a wish, or where it stands)
TABLE: list[tuple[str, Talk, str, list[Any], Any]] = [
    ("menu", STRANGER, "", [], "menu.ask"),
    ("menu", STRANGER, "", ["apa saja"], "menu.ask"),
    ("help", STRANGER, "", [], "help.told"),
    ("guide", STRANGER, "", [], "guide.told"),
    ("schedule", ALONE, "", [], SeeSchedule(person=7)),
    ("schedule", SHARED, "", ["2"], SeeSchedule(person=8)),
    ("schedule", SHARED, "", ["3"], "schedule.place"),
    ("schedule", SHARED, "", ["s.a."], SeeSchedule(person=7)),
    ("schedule", STRANGER, "", ["Klender"], SeeSchedule(place="Klender")),
    ("schedule", STRANGER, "", ["Kl"], "schedule.place"),
    ("schedule", STRANGER, "", ["Antah", Turn(result="no_place")], "schedule.place"),
    ("schedule", STRANGER, "", ["Klender", Turn(result="none")], "schedule.none"),
    ("schedule", STRANGER, "", ["Klender", Turn(result="found", told={"venue": "Pos"})], "schedule.told"),
    ("schedule", ALONE, "", [Turn(result="several", options=(("r5", "A"), ("r6", "B"))), "2"], SeeSchedule(code="r6")),
    ("status", ALONE, "", [], SeeStatus(person=7)),
    ("status", SHARED, "", [], "who.ask"),
    ("status", SHARED, "", ["1"], SeeStatus(person=7)),
    ("status", SHARED, "", ["nobody"], "status.nik"),
    ("status", STRANGER, "", ["123"], "status.nik"),
    ("status", ALONE, f"nik {NIK}", ["Siti Aminah"], SeeStatus(nik=NIK, name="Siti Aminah")),
    ("schedule", ALONE, "Klender", [], SeeSchedule(place="Klender")),
    ("language", STRANGER, "inggris", [], SpeakLanguage("en")),
    ("register", STRANGER, "", ["berapa biaya daftar?"], "register.name"),
    ("complaint", STRANGER, "", ["2", STORY, "tidak"], "complaint.confirm"),
    ("complaint", STRANGER, "", ["2", STORY, "rahasia"], "complaint.confirm"),
    ("status", STRANGER, "", ["3175 0701 0180 9001", "Siti Aminah"], SeeStatus(nik=NIK, name="Siti Aminah")),
    ("status", STRANGER, "", [NIK, "12"], "status.name"),
    ("status", STRANGER, "", [NIK, "Siti", Turn(result="mismatch")], "mismatch"),
    ("status", STRANGER, "", [NIK, "Siti", Turn(result="limited")], "limited"),
    ("ticket", STRANGER, "ADU-7K4M2QX", [], SeeTicket("ADU-7K4M2QX")),
    ("ticket", STRANGER, "X1", [Turn(result="unknown")], "ticket.unknown"),
    (
        "ticket",
        STRANGER,
        "",
        [Turn(result="several", options=(("ADU-1", "a"), ("ADU-2", "b"))), "2"],
        SeeTicket("ADU-2"),
    ),
    ("ticket", STRANGER, "", [Turn(result="told")], None),
    ("complaint", STRANGER, "", ["2", STORY], "complaint.secret"),
    ("complaint", STRANGER, "", ["9"], "complaint.category"),
    ("complaint", STRANGER, "", ["2", "dipotong"], "complaint.secret"),
    ("complaint", STRANGER, "", ["2", "??"], "complaint.words"),
    ("complaint", STRANGER, "", ["2", STORY, "lalu ketua RT pergi"], "complaint.secret"),
    ("complaint", STRANGER, "", ["2", STORY, "2", "tidak"], "complaint.dropped"),
    (
        "complaint",
        STRANGER,
        "",
        ["2", STORY, "lalu pergi begitu saja", "2", "ya"],
        OpenComplaint("deduction", f"{STORY}\n\nlalu pergi begitu saja", (2, 3), None, True),
    ),
    ("complaint", ALONE, "", ["1"], ListRounds(7)),
    ("complaint", ALONE, "", ["1", ROUNDS], "complaint.round"),
    ("complaint", ALONE, "", ["1", Turn(result="none")], "complaint.words"),
    (
        "complaint",
        ALONE,
        "",
        ["1", ROUNDS, "1", STORY, "1", "1"],
        OpenComplaint("not_received", STORY, (4,), 5, False),
    ),
    ("complaint", ALONE, "", ["1", ROUNDS, "2", STORY, "1", "YA", Turn(result="opened")], None),
    ("complaint", PHOTOS, "", ["1", STORY], "complaint.evidence"),
    ("complaint", PHOTOS, "", ["1", STORY, Turn(files=1, heard=9)], "complaint.kept"),
    ("complaint", PHOTOS, "", ["1", Turn(files=1, heard=9)], "complaint.words"),
    (
        "complaint",
        PHOTOS,
        "",
        ["1", STORY, Turn(files=1, heard=9), "lanjut", "1", "ya"],
        OpenComplaint("not_received", STORY, (2, 9), None, False),
    ),
    ("register", STRANGER, "", ["Siti Aminah", NIK, "Klender, Duren Sawit"], "register.confirm"),
    ("register", STRANGER, "", [NIK], "register.name"),
    ("register", STRANGER, "", ["Siti Aminah", "tidak punya"], "register.nik"),
    ("register", STRANGER, "", ["Siti Aminah", NIK, "Klender", "ya"], Apply("Siti Aminah", NIK, "Klender")),
    ("register", STRANGER, "", ["Siti", NIK, "Klender", "ya", Turn(result="opened")], None),
    ("register", STRANGER, "", ["Siti", NIK, "Klender", "tidak"], "register.dropped"),
    (
        "register",
        PHOTOS,
        "",
        ["Siti", NIK, "Klender", Turn(files=1, heard=9), "on", "ya"],
        Apply("Siti", NIK, "Klender", (9,)),
    ),
    ("language", STRANGER, "", ["3"], SpeakLanguage("jv")),
    ("language", STRANGER, "", ["sunda"], SpeakLanguage("su")),
    ("language", STRANGER, "", ["id", Turn(result="done")], "language.done"),
    ("officer", STRANGER, "kapan cair", [], CallOfficer("kapan cair")),
    ("officer", STRANGER, "", ["kapan cair?"], CallOfficer("kapan cair?")),
    ("stop", STRANGER, "", ["1"], Hush(False)),
    ("stop", STRANGER, "", ["semua"], Hush(True)),
    ("stop", STRANGER, "", ["tidak"], "left"),
    ("wrong_person", ALONE, "", [], WrongPerson("salah orang")),
    ("wrong_person", SHARED, "", ["2"], WrongPerson("salah orang", 8)),
    ("wrong_person", SHARED, "", ["3"], WrongPerson("salah orang")),
    ("wrong_person", STRANGER, "", [Turn(result="none")], "wrong.none"),
    ("linking", STRANGER, "", [], "link.phone"),
    ("linking", STRANGER, "", ["no"], "left"),
    ("linking", STRANGER, "token abc", [], FindPeople(token="abc")),
    ("linking", STRANGER, "token abc", [Turn(result="stale")], "link.stale"),
    ("linking", STRANGER, "phone +62812", [], FindPeople(phone="+62812")),
    ("linking", STRANGER, "phone +62812", [Turn(result="found", told={"candidates": [7]})], "link.digits"),
    (
        "linking",
        STRANGER,
        "token abc",
        [Turn(result="found", told={"candidates": [7]}), "9001 1980"],
        Link((7,), "9001", "1980", "abc"),
    ),
    (
        "linking",
        STRANGER,
        "phone 1",
        [Turn(result="found", told={"candidates": []}), "9001 1980"],
        Link((), "9001", "1980"),
    ),
    ("linking", STRANGER, "phone 1", [Turn(result="mismatch")], "link.digits"),
    ("linking", STRANGER, "phone 1", [Turn(result="linked")], "link.done"),
    ("linking", STRANGER, "phone 1", [Turn(result="limited")], "limited"),
    ("questions", known("id", options=[["q5", "A"], ["q6", "B"]]), "yes", ["2"], AnswerQuestion(6, True)),
    ("questions", known("id", options=[["q5", "A"], ["q6", "B"]]), "no", ["a"], AnswerQuestion(5, False)),
    ("questions", known("id", options=[["q5", "A"], ["q6", "B"]]), "no", ["7"], "questions.which"),
]


def _walk(flow: str, who: Talk, rest: str, turns: list[Any]) -> Move:
    move = begin(flow, who, rest)
    for number, turn in enumerate(turns, start=1):
        assert move.talk is not None, f"over before turn {number}"
        move = step(move.talk, turn if isinstance(turn, Turn) else Turn(text=turn, heard=number))
    return move


@pytest.mark.parametrize(("flow", "who", "rest", "turns", "leads_to"), TABLE)
def test_a_flow_goes_where_its_table_says(flow: str, who: Talk, rest: str, turns: list[Any], leads_to: Any) -> None:
    move = _walk(flow, who, rest, turns)
    if leads_to is None:
        assert (move.talk, move.say, move.wish) == (None, None, None)
    elif isinstance(leads_to, str):
        assert move.wish is None
        assert move.say is not None
        assert move.say.phrase == leads_to
    else:
        assert move.wish == leads_to
        assert move.say is None


def test_what_was_not_understood_is_asked_again_three_times_and_then_a_person_is_offered() -> None:
    move = begin("language", STRANGER)
    phrases = []
    while move.talk is not None:
        move = step(move.talk, Turn(text="bahasa apa ya"))
        assert move.say is not None
        phrases.append((move.say.before, move.say.phrase))
    assert phrases == [("again", "language.ask"), ("again", "language.ask"), ("", "give_up")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MENU", ("menu", "")),
        ("  jadwal. ", ("schedule", "")),
        ("Cek", ("status", "")),
        ("lapor!", ("complaint", "")),
        ("TIKET ADU-7K4M2QX", ("ticket", "ADU-7K4M2QX")),
        ("tiket 7K4M2QX", ("ticket", "7K4M2QX")),
        ("PETUGAS kapan cair bantuannya", ("officer", "kapan cair bantuannya")),
        ("maaf salah orang", ("wrong_person", "")),
        ("ini salah nomor", ("wrong_person", "")),
        ("batal", (flows.LEAVE, "")),
        ("petugas minta uang", None),
        ("tiket kereta saya hilang", None),
        ("cek punya ibu saya", None),
        ("STOP", None),
        ("ya", None),
        ("jadwal bantuan saya kapan", None),
        ("JADWAL kelurahan Klender", ("schedule", "kelurahan Klender")),
        ("cek nik 3175 0701 0180 9001", ("status", "nik 3175 0701 0180 9001")),
        ("cek 3175070101809001 siti", None),
        ("bahasa Inggris", ("language", "Inggris")),
        ("BAHASA 2", ("language", "2")),
        ("bahasa apa ini", None),
        ("ga jadi", (flows.LEAVE, "")),
        ("", None),
    ],
)
def test_a_keyword_stands_alone_but_where_more_may_follow(text: str, found: tuple[str, str] | None) -> None:
    assert keyword(text) == found


def test_a_choice_is_typed_by_its_number_its_code_or_a_word_that_stands_for_it() -> None:
    talk = begin("complaint", STRANGER).talk
    assert talk is not None
    assert [picks(talk, text) for text in ("1", " 2. ", "8)", "0", "9", "123", "deduction", "ya")] == [
        "not_received",
        "deduction",
        "other",
        "",
        "",
        "",
        "deduction",
        "",
    ]


def test_an_edit_changes_the_words_that_were_gathered_and_no_others() -> None:
    move = _walk("complaint", STRANGER, "", ["2", STORY])
    assert move.talk is not None
    changed = reworded(move.talk, 2, "Dipotong 50 ribu")
    assert changed is not None
    assert opening(changed).text == "Dipotong 50 ribu"
    assert reworded(move.talk, 3, "x") is None
    assert told_enough(move.talk)
    assert not told_enough(_walk("complaint", STRANGER, "", ["2"]).talk or STRANGER)


# --- laws ------------------------------------------------------------------------------------------------------------

WHO = st.sampled_from([ALONE, SHARED, STRANGER, PHOTOS])
RESULTS: dict[type, tuple[Turn, ...]] = {
    SeeSchedule: (
        Turn(result="found", told={"venue": "Pos"}),
        Turn(result="none"),
        Turn(result="no_place"),
        Turn(result="several", options=(("r5", "A"), ("r6", "B"))),
    ),
    SeeStatus: tuple(Turn(result=word) for word in ("found", "none", "mismatch", "limited")),
    SeeTicket: (
        *(Turn(result=word) for word in ("told", "just_told", "unknown", "none")),
        Turn(result="several", options=(("ADU-1", "a"), ("ADU-2", "b"))),
    ),
    ListRounds: (ROUNDS, Turn(result="none")),
    OpenComplaint: (Turn(result="opened"),),
    CallOfficer: (Turn(result="opened"),),
    SpeakLanguage: (Turn(result="done"),),
    Hush: (Turn(result="done"),),
    WrongPerson: (Turn(result="opened"), Turn(result="none")),
    FindPeople: (Turn(result="found", told={"candidates": [7]}), Turn(result="stale")),
    Link: tuple(Turn(result=word) for word in ("linked", "mismatch", "limited")),
    Apply: (Turn(result="opened"), Turn(result="again", told={"number": "ADU-1"})),
    AnswerQuestion: (Turn(result="noted"), Turn(result="done")),
}
TEXTS = st.one_of(
    st.sampled_from(["1", "2", "8", "ya", "TIDAK", "lanjut", NIK, "9001 1980", STORY, "Siti Aminah", "", "semua", "0"]),
    st.text(max_size=40),
)


@given(st.sampled_from(sorted(FLOWS)), WHO, st.lists(TEXTS, max_size=14), st.data())
def test_no_sequence_of_turns_breaks_a_talk_and_it_opens_at_most_one_ticket(
    flow: str, who: Talk, texts: list[str], data: st.DataObject
) -> None:
    options = [["q5", "A"], ["q6", "B"]] if flow == "questions" else []
    move = begin(flow, known("id", **{**who.facts, "options": options}), "yes" if flow == "questions" else "")
    opened = 0
    for number, text in enumerate(texts, start=1):
        for _ in range(4):
            if move.wish is None:
                break
            opened += isinstance(move.wish, OpenComplaint | Apply | CallOfficer)
            assert move.talk is not None, "somebody has to hear what came of a wish"
            assert move.say is None, "nothing is said before it is known what came of a wish"
            move = step(move.talk, data.draw(st.sampled_from(RESULTS[type(move.wish)])))
        assert move.wish is None, "wishes end"
        if move.talk is None:
            break
        assert move.say is not None
        assert move.say.phrase
        assert question(move.talk).phrase
        assert takes(move.talk) in ("", "words", "name", "digits")
        move = step(move.talk, Turn(text=text, heard=number, files=number % 5 == 0))
    assert opened <= 1


@given(st.sampled_from(sorted(FLOWS)), WHO)
def test_every_question_is_left_by_saying_what_nobody_understands(flow: str, who: Talk) -> None:
    """A way out of every state: besides BATAL, three answers that can't be used end a talk."""
    for name, one in FLOWS[flow].steps.items():
        facts = {
            **who.facts,
            "options": [["r5", "A"]],
            "said": [],
            "yes": True,
            "nik": NIK,
            "name": "S",
            "village": "K",
        }
        talk: Talk | None = Talk(flow, name, "id", facts)
        for _ in range(4):
            if talk is not None:
                talk = one.hear(talk, Turn(text="")).talk and step(talk, Turn(text="")).talk
        assert talk is None or talk.step != name, name


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("saya mau lapor", "complaint"),
        ("Mau mengadu pak", "complaint"),
        ("Pak, saya ingin melapor.", "complaint"),
        ("i want to report", "complaint"),
        ("saya mau lapor uang dipotong", ""),
        ("gimana cara daftar?", "register_how"),
        ("cara mendaftar bansos gimana pak", "register_how"),
        ("cara daftar orang meninggal", ""),
    ],
)
def test_what_is_announced_in_a_sentence_opens_its_flow_only_when_nothing_else_is_said(text: str, flow: str) -> None:
    assert (keyword(text) or ("", ""))[0] == flow


@pytest.mark.parametrize(
    ("flow", "text", "phrase"),
    [
        ("status", "saya lupa NIK", "again.no_nik"),
        ("status", "ga punya KTP", "again.no_nik"),
        ("status", "NIK itu apa?", "again.no_nik"),
        ("status", "12345", "again.nik"),
        ("status", "punya ibu saya", "only_own"),
        ("register", "KTP saya hilang", "again.no_nik"),
        ("register", "punya ibu saya", "again.nik"),
    ],
)
def test_whoever_has_no_number_to_write_is_told_where_it_stands(flow: str, text: str, phrase: str) -> None:
    open_question = Talk(flow, "nik", facts={"name": "SITI"})
    said = flows.step(open_question, Turn(text=text)).say
    assert said is not None
    assert phrase in (said.before, said.phrase)


@pytest.mark.parametrize(
    ("typed", "flow"),
    [
        ("lapr", "complaint"),
        ("LAPPOR", "complaint"),
        ("lpaor", "complaint"),
        ("Jadwl", "schedule"),
        ("jadwall.", "schedule"),
        ("tikt", "ticket"),
        ("dftar", "register"),
        ("petgas", "officer"),
        ("bantun", "help"),
        ("bahsa!", "language"),
        ("batall", "leave"),
        ("lapar", ""),  # is hungry
        ("lapor", ""),  # is the keyword
        ("laporan", ""),
        ("saya", ""),
        ("tiga", ""),
        ("data", ""),
        ("lapr saya", ""),
    ],
)
def test_a_keyword_with_one_slip_of_the_thumb_is_the_keyword(typed: str, flow: str) -> None:
    assert flows.slipped(typed) == flow


@pytest.mark.parametrize(
    ("typed", "flow"),
    [
        ("saya mau nanya", "officer"),
        ("min mau tanya dong", "officer"),
        ("pak saya mau bicara dengan petugas", "officer"),
        ("bisa hubungkan ke admin ya", "officer"),
        ("i want to talk to an officer", "officer"),
        ("saya mau tanya kenapa bantuan saya dipotong", ""),
        ("petugas minta uang", ""),
        ("cek bantuan", "status"),
    ],
)
def test_who_asks_for_a_person_in_a_sentence_reaches_one(typed: str, flow: str) -> None:
    assert (flows.keyword(typed) or ("",))[0] == flow


@pytest.mark.parametrize(
    ("typed", "code"), [("satu", "yes"), ("Dua", "no"), ("kirim", "yes"), ("lanjut", "yes"), ("9", "")]
)
def test_a_choice_is_made_by_its_number_in_words_too(typed: str, code: str) -> None:
    talk = flows.known("id", category="deduction", text="x", heard=[1])
    assert flows.picks(replace(talk, flow="complaint", step="confirm"), typed) == code
