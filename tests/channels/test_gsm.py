"""What a text costs as SMS, against a slow but obvious reference, and how names are folded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.gsm import BASIC, EXTENSION, GSM, PLAIN, Segments, alphabet, fold, segments

ANY = st.text(st.characters(), max_size=400)  # lone surrogates included
GSM_TEXT = st.text(st.sampled_from(sorted(GSM)), max_size=700)
WIDE = st.text(st.sampled_from("aé’🙏漢€^"), max_size=300)


def reference(text: str) -> int:
    """Parts, by laying one character after the other into part after part."""
    if all(char in GSM for char in text):
        single, part, cost = 160, 153, [2 if char in "\f^{}\\[~]|€" else 1 for char in text]
    else:
        single, part, cost = 70, 67, [len(char.encode("utf-16-be", "surrogatepass")) // 2 for char in text]
    if sum(cost) <= single:
        return 1
    parts = [0]
    for one in cost:
        if parts[-1] + one > part:
            parts.append(0)
        parts[-1] += one
    return len(parts)


def test_the_basic_alphabet_has_127_characters_and_the_extension_ten() -> None:
    assert len(BASIC) == len(set(BASIC)) == 127  # 128 places less the escape
    assert len(set(EXTENSION)) == 10
    assert not set(BASIC) & set(EXTENSION)
    assert "\x1b" not in GSM
    # the places where the standard and ASCII agree
    for place in range(0x20, 0x7F):
        if chr(place) not in "$@[\\]^_`{|}~":
            assert BASIC[place - 1] == chr(place), hex(place)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 1, 160)),
        ("a" * 160, Segments("GSM-7", 160, 1, 160)),
        ("a" * 161, Segments("GSM-7", 161, 2, 153)),
        ("a" * 306, Segments("GSM-7", 306, 2, 153)),
        ("a" * 307, Segments("GSM-7", 307, 3, 153)),
        ("€" * 80, Segments("GSM-7", 160, 1, 160)),
        ("€" * 81, Segments("GSM-7", 162, 2, 153)),
        ("€" * 153, Segments("GSM-7", 306, 3, 153)),  # 76 whole pairs a part, one place wasted in each
        ("a" * 152 + "€" + "a" * 152, Segments("GSM-7", 306, 3, 153)),
        ("a" * 151 + "€" + "a" * 153, Segments("GSM-7", 306, 2, 153)),
        ("’" + "a" * 69, Segments("UCS-2", 70, 1, 70)),
        ("’" + "a" * 70, Segments("UCS-2", 71, 2, 67)),
        ("🙏" * 35, Segments("UCS-2", 70, 1, 70)),
        ("🙏" * 36, Segments("UCS-2", 72, 2, 67)),
        ("🙏" * 67, Segments("UCS-2", 134, 3, 67)),  # 33 whole pairs a part
        ("Rp 600.000 di Balai Kelurahan Klender", Segments("GSM-7", 37, 1, 160)),
    ],
)
def test_a_text_costs_what_the_standard_says(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@given(st.one_of(ANY, GSM_TEXT, WIDE))
def test_parts_are_counted_as_if_laid_one_by_one(text: str) -> None:
    assert segments(text).count == reference(text)


@given(WIDE, WIDE)
def test_a_longer_text_never_costs_less(start: str, more: str) -> None:
    short, long = segments(start), segments(start + more)
    assert short.count <= long.count
    assert short.units <= long.units or short.alphabet != long.alphabet  # units of two alphabets can't be compared


@given(st.one_of(ANY, WIDE))
@settings(max_examples=200)
def test_folding_always_yields_gsm_and_only_once(text: str) -> None:
    folded = fold(text)
    assert alphabet(folded) == "GSM-7"
    assert fold(folded) == folded


@given(GSM_TEXT)
def test_what_is_gsm_already_stays_as_it_is(text: str) -> None:
    assert fold(text) == text


def test_every_entry_of_the_table_is_plain() -> None:
    assert all(GSM.issuperset(plain) for plain in PLAIN.values())
    assert not GSM & set(PLAIN)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("D’ANGELO", "D'ANGELO"),
        ("“Kartu Sembako”", '"Kartu Sembako"'),
        ("08.00–12.00 — Senin…", "08.00-12.00 - Senin..."),
        ("Rp\u00a0600.000", "Rp 600.000"),
        ("Klen\u200bder\ufeff", "Klender"),
        ("\u202eterbalik\u202c", "terbalik"),
        ("José Peña", "José Peña"),
        ("Jose\u0301", "José"),  # decomposed, as some phones write
        ("Çelik ê ç ő Š", "Çelik e c o S"),
        ("Łódź Đoković", "Lodz Dokovic"),
        ("ﬁle Œuvre ßtraße", "file OEuvre ßtraße"),
        ("→ antre", "-> antre"),
        ("• KTP\u2028• KK", "- KTP\n- KK"),
        ("Terima kasih 🙏🏽👨\u200d👩\u200d👧", "Terima kasih "),
        ("1️⃣ KTP", "1 KTP"),
        ("½ liter, 10 m²", "1/2 liter, 10 m2"),
        ("ＢＰＮＴ", "BPNT"),
        ("漢字", "??"),
        ("a\tb\x00c", "a bc"),
        ("\ud83d", "?"),
        ("{PKH} €5 [~]", "{PKH} €5 [~]"),
    ],
)
def test_words_are_folded_to_what_every_phone_shows(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_one_typographic_quote_no_longer_doubles_the_price() -> None:
    text = "Bapak D’ANGELO, bantuan BPNT dibagikan Senin 7 Desember pukul 08.00 di Balai Kelurahan Klender."
    assert segments(text).count == 2
    assert segments(fold(text)).count == 1
