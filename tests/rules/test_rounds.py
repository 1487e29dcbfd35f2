"""What a person is to a programme and a round, and which zone a place keeps."""

import csv
from pathlib import Path

import pytest
from lokal import PROVINCES

from notifier.rules.rounds import (
    ENROLMENT_WORDS,
    ENTITLEMENT_WORDS,
    METHOD_WORDS,
    MOVES,
    ZONE_OF_PROVINCE,
    ZONE_WORDS,
    Enrolment,
    Entitlement,
    IllegalStatus,
    Method,
    change,
    heard,
    public_status,
    zone_of,
)

DATA = Path(__file__).parent.parent / "data"


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        ("DIJADWALKAN DISALURKAN DITERIMA", "DITERIMA"),
        ("DIJADWALKAN DISALURKAN GAGAL DISALURKAN", "DISALURKAN"),
        ("DIJADWALKAN DITUNDA DIJADWALKAN", "DIJADWALKAN"),
        ("DIJADWALKAN GAGAL DIJADWALKAN", "DIJADWALKAN"),
        ("DIJADWALKAN DIJADWALKAN", "DIJADWALKAN"),
        ("DIJADWALKAN DITERIMA DISALURKAN", "DISALURKAN"),
    ],
)
def test_a_benefit_goes_its_way(steps: str, end: str) -> None:
    current, *rest = map(Entitlement, steps.split())
    for to in rest:
        current = change(current, to)
    assert current == end


@pytest.mark.parametrize("current", Entitlement)
@pytest.mark.parametrize("to", Entitlement)
def test_every_other_step_is_refused_with_a_sentence(current: Entitlement, to: Entitlement) -> None:
    if to is current or to in MOVES[current]:
        assert change(current, to) is to
    else:
        with pytest.raises(IllegalStatus, match=f"A benefit that is {current} can't become {to}; it can become: "):
            change(current, to)


def test_what_was_disbursed_is_not_scheduled_again() -> None:
    assert [to for to in Entitlement if to not in MOVES[Entitlement.DISALURKAN]] == [
        Entitlement.DIJADWALKAN,
        Entitlement.DISALURKAN,
        Entitlement.DITUNDA,
    ]


@pytest.mark.parametrize("record", Entitlement)
def test_the_citizens_later_word_wins(record: Entitlement) -> None:
    assert heard(record, received=True) is Entitlement.DITERIMA
    taken_back = heard(record, received=False)
    assert taken_back is (Entitlement.DISALURKAN if record is Entitlement.DITERIMA else record)
    assert change(Entitlement.DITERIMA, taken_back) is taken_back


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "Tidak Terdaftar"),
        (Enrolment.DITOLAK, "Tidak Terdaftar"),
        (Enrolment.TERDAFTAR, "Dalam Proses"),
        (Enrolment.DIVERIFIKASI, "Dalam Proses"),
        (Enrolment.DITETAPKAN, "Dalam Proses"),
        (Entitlement.DIJADWALKAN, "Dalam Proses"),
        (Entitlement.DISALURKAN, "Dalam Proses"),
        (Entitlement.GAGAL, "Dalam Proses"),
        (Entitlement.DITUNDA, "Dalam Proses"),
        (Entitlement.DITERIMA, "Sudah Diterima"),
    ],
)
def test_what_a_citizen_who_asks_is_told(status: Entitlement | Enrolment | None, words: str) -> None:
    assert public_status(status) == words


@pytest.mark.parametrize(
    ("region", "word"),
    [
        ("11.01", "WIB"),  # Aceh
        ("21.71", "WIB"),  # Kepulauan Riau
        ("31.75.07.1003", "WIB"),  # Klender
        ("61.71", "WIB"),  # West Kalimantan
        ("62.71", "WIB"),  # Central Kalimantan
        ("63.71", "WITA"),  # South Kalimantan
        ("65", "WITA"),  # North Kalimantan
        ("51.71", "WITA"),  # Bali
        ("53.71", "WITA"),  # Nusa Tenggara Timur
        ("73.71", "WITA"),  # Makassar
        ("81.71", "WIT"),  # Maluku
        ("95.01.01", "WIT"),  # Wamena
        ("96", "WIT"),  # Papua Barat Daya
        ("317507", "WIB"),  # a NIK's district
    ],
)
def test_a_place_keeps_the_zone_of_its_province(region: str, word: str) -> None:
    assert ZONE_WORDS[zone_of(region).key] == word


def test_all_38_provinces_have_a_zone() -> None:
    assert set(ZONE_OF_PROVINCE) - {"97"} == {str(code) for code in PROVINCES}


@pytest.mark.parametrize("region", ["", "3", "99.01", "00", "x1.75"])
def test_a_place_in_no_province_is_refused(region: str) -> None:
    with pytest.raises(ValueError, match="belongs to no province we know"):
        zone_of(region)


def test_everything_has_its_indonesian_word() -> None:
    assert set(METHOD_WORDS) == set(Method)
    assert set(ENROLMENT_WORDS) == set(Enrolment)
    assert set(ENTITLEMENT_WORDS) == set(Entitlement)


def test_the_rounds_as_they_come_use_methods_and_regions_we_know() -> None:
    with (DATA / "penyaluran.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            assert Method(row["METODE"])
            assert zone_of(row["KODE_WILAYAH"])
