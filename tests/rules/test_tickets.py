"""A ticket's moves, and numbers that survive a citizen's spelling."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.rules.tickets import (
    ALPHABET,
    CATEGORY_WORDS,
    CONFIDENTIALITY_WORDS,
    MOVES,
    OPEN,
    STATUS_WORDS,
    Act,
    Category,
    Change,
    Confidentiality,
    IllegalMove,
    Status,
    Ticket,
    check_character,
    find_numbers,
    move,
    number_from,
)

NOW = datetime(2026, 12, 9, 3, 0, tzinfo=UTC)


def after(*acts: Act) -> Ticket:
    ticket = Ticket(1, "ADU-7K3M9PX")
    for act in acts:
        ticket, _ = move(ticket, act, by="alice", at=NOW, why="sudah jelas")
    return ticket


@pytest.mark.parametrize(
    ("acts", "status"),
    [
        ((), Status.RECEIVED),
        ((Act.VERIFY,), Status.VERIFIED),
        ((Act.VERIFY, Act.ASSIGN), Status.ASSIGNED),
        ((Act.VERIFY, Act.ASSIGN, Act.START), Status.IN_PROGRESS),
        ((Act.ANSWER,), Status.IN_PROGRESS),
        ((Act.START, Act.ASK_CITIZEN), Status.WAITING),
        ((Act.START, Act.ASK_CITIZEN, Act.CITIZEN_ANSWERED), Status.IN_PROGRESS),
        ((Act.START, Act.ASK_CITIZEN, Act.CLOSE), Status.CLOSED),
        ((Act.START, Act.RESOLVE), Status.RESOLVED),
        ((Act.START, Act.RESOLVE, Act.APPEND), Status.RESOLVED),
        ((Act.START, Act.RESOLVE, Act.CONFIRM), Status.CLOSED),
        ((Act.START, Act.RESOLVE, Act.CLOSE), Status.CLOSED),
        ((Act.START, Act.RESOLVE, Act.REOPEN), Status.IN_PROGRESS),
        ((Act.START, Act.RESOLVE, Act.CONFIRM, Act.REOPEN), Status.IN_PROGRESS),
        ((Act.REJECT,), Status.REJECTED),
        ((Act.REJECT, Act.REOPEN), Status.IN_PROGRESS),
        ((Act.VERIFY, Act.REFER), Status.REFERRED),
        ((Act.VERIFY, Act.REFER, Act.CLOSE), Status.CLOSED),
        ((Act.MERGE,), Status.MERGED),
        ((Act.MERGE, Act.APPEND), Status.MERGED),
    ],
)
def test_a_ticket_goes_its_way(acts: tuple[Act, ...], status: Status) -> None:
    assert after(*acts).status is status


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("act", Act)
def test_every_act_on_every_status_does_what_the_table_says_or_is_refused(status: Status, act: Act) -> None:
    ticket = Ticket(1, "ADU-7K3M9PX", status)
    if act in MOVES[status]:
        moved, change = move(ticket, act, by="alice", at=NOW, why="begini")
        assert moved == Ticket(1, "ADU-7K3M9PX", MOVES[status][act])
        assert change == Change(act, status, moved.status, "alice", NOW, "begini")
    else:
        with pytest.raises(IllegalMove, match=f"ADU-7K3M9PX is {status}, so '{act}' is not possible; possible is: "):
            move(ticket, act, by="alice", at=NOW, why="begini")


@pytest.mark.parametrize("act", [Act.REJECT, Act.REFER])
@pytest.mark.parametrize("why", ["", "  \n"])
def test_a_citizen_is_not_turned_away_without_a_reason(act: Act, why: str) -> None:
    with pytest.raises(IllegalMove, match="needs a reason"):
        move(Ticket(1, "ADU-7K3M9PX"), act, by="alice", at=NOW, why=why)


def test_what_a_citizen_adds_is_kept_whatever_became_of_the_ticket() -> None:
    assert all(MOVES[status][Act.APPEND] is status for status in Status)


def test_every_status_can_be_reached_and_every_open_one_can_end() -> None:
    reached = {to for moves in MOVES.values() for to in moves.values()} | {Status.RECEIVED}
    assert reached == set(Status) == set(MOVES)
    assert all({Act.RESOLVE, Act.REJECT, Act.REFER, Act.MERGE} <= set(MOVES[status]) for status in OPEN)


def test_an_act_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        move(Ticket(1, "ADU-7K3M9PX"), Act.VERIFY, by="alice", at=datetime(2026, 12, 9))  # noqa: DTZ001


@dataclass(frozen=True)
class Fuller(Ticket):
    title: str = ""


def test_a_fuller_ticket_keeps_what_else_it_holds() -> None:
    moved, _ = move(Fuller(1, "ADU-7K3M9PX", title="Beras basah"), Act.VERIFY, by="alice", at=NOW)
    assert moved == Fuller(1, "ADU-7K3M9PX", Status.VERIFIED, "Beras basah")


def test_everything_has_its_indonesian_word() -> None:
    assert set(CATEGORY_WORDS) == set(Category)
    assert set(CONFIDENTIALITY_WORDS) == set(Confidentiality)
    assert set(STATUS_WORDS) == set(Status)


# --- numbers -------------------------------------------------------------------------------------------------------

CHANCE = Random(2026)
NUMBERS = [number_from(CHANCE) for _ in range(300)]
NUMBER = "ADU-7K3M9P" + check_character("7K3M9P")
C = NUMBER[-1]

numbers = st.randoms(use_true_random=False).map(number_from)


@given(numbers)
def test_a_number_is_found_as_it_is_written(number: str) -> None:
    assert len(number) == 11
    assert not set("0O1IL") & set(number[4:])
    assert find_numbers(number) == (number,)


def test_numbers_do_not_repeat_in_a_small_office() -> None:
    assert len(set(NUMBERS)) == len(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS[:40])
def test_any_single_wrong_character_is_noticed(number: str) -> None:
    for place in range(4, 11):
        for letter in set(ALPHABET) - {number[place]}:
            wrong = number[:place] + letter + number[place + 1 :]
            assert find_numbers(wrong) == ()


@pytest.mark.parametrize("number", NUMBERS[:200])
def test_any_two_characters_that_changed_places_are_noticed(number: str) -> None:
    for one in range(4, 10):
        for other in range(one + 1, 11):
            letters = list(number)
            letters[one], letters[other] = letters[other], letters[one]
            swapped = "".join(letters)
            assert swapped == number or find_numbers(swapped) == ()


def test_every_place_weighs_differently_so_the_check_holds_for_all_numbers() -> None:
    # Each place maps the 31 characters to 31 different check characters: one wrong character can't go unnoticed.
    for place in range(6):
        six = [list("777777") for _ in ALPHABET]
        for letters, letter in zip(six, ALPHABET, strict=True):
            letters[place] = letter
        assert len({check_character("".join(letters)) for letters in six}) == len(ALPHABET) == 31
    # And for every pair of different neighbours, changing places changes the check character.
    for place in range(5):
        for a in ALPHABET:
            for b in set(ALPHABET) - {a}:
                there, back = list("777777"), list("777777")
                there[place : place + 2], back[place : place + 2] = [a, b], [b, a]
                assert check_character("".join(there)) != check_character("".join(back))


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        NUMBER.lower(),
        f"adu 7k3 m9p {C.lower()}",
        f"ADU7K3M9P{C}",
        f"Adu-7k3m9p-{C}",
        f"adu - 7k3 - m9p{C}",
        f"ADU: 7K3M9P{C}",
        f"ADU#7K3.M9P.{C}",
        f"ADU–7K3M9P{C}",
        f"ADU\n7K3M9P{C}",
        f"Bagaimana kabar tiket {NUMBER}?",
        f"tiket saya adu 7k3 m9p {C} belum dijawab",
        f"({NUMBER})",
        f"*{NUMBER}*",
        f"_{NUMBER}_",
        f"ADU-7K3M9P{C}.",
        "ＡＤＵ－７Ｋ３Ｍ９Ｐ" + C,
        f"TIKET {NUMBER}\nDikirim dari iPhone saya",
    ],
)
def test_a_number_is_read_in_any_case_and_spacing(text: str) -> None:
    assert find_numbers(text) == (NUMBER,)


@pytest.mark.parametrize(
    "text",
    [
        "ADU-250228-0009",
        "adu-250228-0009",
        "ADU 250228 0009",
        "adu2502280009",
        "Adu - 25 02 28 - 0009",
        "ADU-250228.0009?",
    ],
)
def test_the_old_form_is_read_too(text: str) -> None:
    assert find_numbers(f"Mohon informasi {text}") == ("ADU-250228-0009",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "adu",
        "mau adu nasib saja pak",
        "adu domba warga desa",
        "saya adu manfaat bantuan",
        "pengaduan 7K3M9PX",
        "mengadu 234567 kali",
        "adu banteng dengan pak rt",
        "ADU-7K3M9P",
        f"ADU-7K3M9P{C}9",
        f"ADU-7K3M9P{C}S",
        f"PADU-7K3M9P{C}",
        "ADU-7K3M9O" + C,
        "ADU-251328-0009",
        "ADU-250232-0009",
        "ADU-250228-00091",
        "ADU-250228-009",
        "adu 2 orang tetangga",
        "Rp 200.000 dipotong, saya adu 3 kali ke RT",
    ],
)
def test_ordinary_words_and_spoilt_numbers_are_left_alone(text: str) -> None:
    assert find_numbers(text) == ()


@settings(max_examples=60)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ADU-.,\n", max_size=60))
def test_no_text_without_a_digit_names_a_ticket(text: str) -> None:
    assert find_numbers("adu " + text) == ()


@given(st.text(max_size=200))
def test_whatever_is_sent_can_be_read(text: str) -> None:
    find_numbers(text)


def test_several_numbers_come_in_order_and_once() -> None:
    first, second = NUMBERS[:2]
    text = f"{second} dan {first}, juga ADU-250415-0020; sekali lagi {second.lower()}"
    assert find_numbers(text) == (second, first, "ADU-250415-0020")


def test_a_lone_surrogate_or_a_long_text_does_no_harm() -> None:
    assert find_numbers(f"\ud800 {NUMBER} \x00") == (NUMBER,)
    assert find_numbers("adu " * 25_000 + NUMBER) == (NUMBER,)
    assert find_numbers("ADU" + "7 " * 50_000) == ()


def test_the_alphabet_rises_and_holds_nothing_twice() -> None:
    assert all(a < b for a, b in pairwise(ALPHABET))
