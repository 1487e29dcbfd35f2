"""NIK, phones, chat ids and names, as people spell them."""

from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rules.people import (
    Nik,
    NikFault,
    fold_name,
    is_name,
    mask_nik,
    nik_digits,
    read_chat,
    read_nik,
    read_phone,
    several,
    tidy,
)


@pytest.mark.parametrize(
    ("text", "sex", "born"),
    [
        ("3175075003689763", "P", date(1968, 3, 10)),
        ("3514180411939490", "L", date(1993, 11, 4)),
        (" 3175076002779298 ", "P", date(1977, 2, 20)),
        ("31.75.07.5003.68.9763", "P", date(1968, 3, 10)),
        ("'3175075003689763", "P", date(1968, 3, 10)),
        ('="3175075003689763"', "P", date(1968, 3, 10)),
        ("3175 0750 0368 9763", "P", date(1968, 3, 10)),
        ("3175072902000001", "L", date(2000, 2, 29)),
    ],
)
def test_a_nik_tells_sex_and_day_of_birth_however_it_is_spaced(text: str, sex: str, born: date) -> None:
    nik = read_nik(text)
    assert isinstance(nik, Nik)
    assert nik.sex == sex
    assert nik.tells(born)
    assert len(nik.value) == 16
    assert nik.masked == f"{nik.value[:6]}******{nik.value[12:]}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", NikFault.MISSING),
        ("  ", NikFault.MISSING),
        ("320507440659998", NikFault.SHORT),
        ("32050744065999812", NikFault.LONG),
        ("3175074806O39293", NikFault.LETTERS),
        ("３１７５０７５００３６８９７６３", NikFault.LETTERS),
        ("3,17507E+15", NikFault.NUMBER),
        ("3.17507500368976E+15", NikFault.NUMBER),
        ("3175073902029920", NikFault.DATE),
        ("3175077902029920", NikFault.DATE),
        ("3175071013029920", NikFault.DATE),
        ("3175070001029920", NikFault.DATE),
        ("3175072902010001", NikFault.DATE),
        ("3175075003680000", NikFault.SERIAL),
    ],
)
def test_what_is_no_nik_says_why(text: str, why: NikFault) -> None:
    assert read_nik(text) is why


def test_a_number_nobody_can_have_still_has_digits_to_look_up() -> None:
    assert nik_digits("3175079999999999") == "3175079999999999"


@given(st.text(max_size=40))
def test_nothing_that_people_type_breaks_the_readers(text: str) -> None:
    nik = read_nik(text)
    assert isinstance(nik, NikFault) or (nik.value.isdigit() and len(nik.value) == 16)
    phone = read_phone(text)
    assert phone is None or phone.startswith("+628")
    assert read_chat(text) is None or text.strip()
    assert len(mask_nik(text)) <= 16
    assert tidy(tidy(text)) == tidy(text)
    assert fold_name(text) == fold_name(f"  {text.upper().lower()} ") or not text.isascii()
    assert all(part.strip() == part and part for part in several(text))
    assert is_name(text) or not fold_name(text) or fold_name(text).strip("0123456789") == "" or not text.isascii()


@given(st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_a_mask_hides_the_day_of_birth(digits: str) -> None:
    assert mask_nik(digits) == f"{digits[:6]}******{digits[12:]}"


@pytest.mark.parametrize(
    "text",
    [
        "081324776472",
        "81324776472",
        "6281324776472",
        "+6281324776472",
        "+62 813 2477 6472",
        "0813-2477-6472",
        "(0813) 2477 6472",
        "0813.2477.6472",
        "+62 (0)813 2477 6472",
        "006281324776472",
        "0813–2477–6472",
    ],
)
def test_every_spelling_of_a_phone_is_one_number(text: str) -> None:
    assert read_phone(text) == "+6281324776472"


@pytest.mark.parametrize(
    "text", ["", "0812", "021 555 1234", "+60123456789", "08132477647212345", "0844 1234 5678", "x", "-"]
)
def test_what_no_sms_can_reach_is_no_phone(text: str) -> None:
    assert read_phone(text) is None


@given(st.from_regex(r"0?8[0-9]{6,13}", fullmatch=True))
def test_our_reading_of_mobile_numbers_agrees_with_the_telephone_companies(text: str) -> None:
    parsed = phonenumbers.parse(text, "ID")
    mobile = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    assert (read_phone(text) is not None) == mobile


@pytest.mark.parametrize(
    ("text", "chat"),
    [
        ("710000002", "710000002"),
        (" 710 000 002 ", "710000002"),
        ("@budi_klender", None),
        ("-1001234", None),
        ("0", None),
    ],
)
def test_a_chat_id_is_a_positive_number(text: str, chat: str | None) -> None:
    assert read_chat(text) == chat


def test_a_cell_may_name_several_addresses() -> None:
    assert several("0812 / 0813; 0814 atau 0815,") == ["0812", "0813", "0814", "0815"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("MUNI LAKSITA  ", "MUNI LAKSITA"),
        ("MUNI\u200b LAK\u202eSITA", "MUNI LAKSITA"),
        ("MUNI\t\r\nLAKSITA", "MUNI LAKSITA"),
        ("D’ANGELO", "D’ANGELO"),
        ("\x00", ""),
    ],
)
def test_what_nobody_sees_is_taken_out(text: str, clean: str) -> None:
    assert tidy(text) == clean


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Zulfa Mahendra", "ZULFA  MAHENDRA", True),
        ("KENES D’ANGELO", "Kenes D'Angelo", True),
        ("José", "JOSE", True),
        ("SITI AMINAH", "SITI AMINAT", False),
    ],
)
def test_two_spellings_of_a_name_are_one_name(one: str, other: str, same: bool) -> None:
    assert (fold_name(one) == fold_name(other)) is same
