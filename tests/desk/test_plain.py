"""What citizens write is kept clean, and no personal number stays readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.desk.plain import LONGEST, is_cut, masked, plain, safe, summary
from notifier.rules.people import masked_address

NIK = "3175071203853689"
MASKED = "317507******3689"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (NIK, MASKED),
        (f"NIK:{NIK}.", f"NIK:{MASKED}."),
        (f"x{NIK}y", f"x{MASKED}y"),
        ("3175 0712 0385 3689", MASKED),
        ("31.75.07.120385.3689", MASKED),
        ("3175-0712-0385-3689", MASKED),
        ("3175/0712/0385/3689", MASKED),
        ("3175 – 0712 – 0385 – 3689", MASKED),
        ("3175\n0712\n0385\n3689", MASKED),
        (" ".join(NIK), MASKED),
        (f"{NIK} {NIK[:-1]}0", f"{MASKED} 317507******3680"),
        (NIK * 2, "317507******3689"),
        ("٣١٧٥٠٧١٢٠٣٨٥٣٦٨٩", "٣١٧٥٠٧******٣٦٨٩"),
        ("08.00 3175 0712 0385 3689 lalu", f"08.00 {MASKED} lalu"),
        (f"31\u200b7507\u00ad{NIK[6:]}", MASKED),
        # what people also write, and the desk needs
        ("hp 081274163436 tahun 2026", "hp 081274163436 tahun 2026"),
        ("jam 08.00-15.00 07-12-2026", "jam 08.00-15.00 07-12-2026"),
        ("Rp 200.000, 150.000 dan 50.000", "Rp 200.000, 150.000 dan 50.000"),
        ("ADU-250228-0009", "ADU-250228-0009"),
        ("rekening 1234567890123", "rekening 1234567890123"),
    ],
)
def test_personal_numbers_are_masked_however_they_are_spelled(typed: str, kept: str) -> None:
    assert safe(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\0b", "ab"),
        ("a\ud83db", "ab"),
        ("a\u200b\u200fb\u202ec", "abc"),
        ("baris satu\r\nbaris dua", "baris satu\nbaris dua"),
        ("Sugeng enjing 🙏 nggih", "Sugeng enjing 🙏 nggih"),
        ("\ufeff  tolong  ", "tolong"),
        ("مساعدة", "مساعدة"),
    ],
)
def test_what_no_database_takes_and_nobody_sees_is_left_out(typed: str, kept: str) -> None:
    assert plain(typed) == kept


def test_a_text_that_is_too_long_says_that_it_was_cut() -> None:
    kept = plain("beras " * 16_667)  # 100 kB
    beginning, _, note = kept.partition("\n[")
    assert len(kept) <= LONGEST
    assert note == f"…dipotong: {100_002 - len(beginning):,} huruf lagi; aslinya tersimpan tersegel]".replace(",", ".")
    assert is_cut(kept)
    assert plain("\u200b" * 200_000 + "beras").startswith("\n[…dipotong: 200.005 huruf lagi")
    assert plain("b" * LONGEST) == "b" * LONGEST
    assert not is_cut("b" * LONGEST)


@given(st.text(max_size=300), st.from_regex(r"[1-9][1-9]\d{14}", fullmatch=True), st.text(max_size=300))
def test_no_text_around_a_number_brings_it_to_light(before: str, number: str, after: str) -> None:
    kept = safe(f"{before}{number}{after}")
    assert number not in kept
    kept.encode("utf-8")


@given(st.text(max_size=500))
def test_keeping_twice_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)
    assert plain(plain(text)) == plain(text)


def test_a_summary_is_one_short_line() -> None:
    assert summary("satu\n dua   tiga") == "satu dua tiga"
    assert len(summary("kata " * 100)) == 120


@pytest.mark.parametrize(
    ("address", "shown"),
    [("+6281274163436", "+628***436"), ("710000439", "7100***439"), ("siti@example.com", "s***@example.com")],
)
def test_an_address_is_recognised_by_its_owner_only(address: str, shown: str) -> None:
    assert masked_address(address) == shown
