"""Rounds are edited by importing them again; payment records change what people have, and tell them once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifier.errors import Refused
from notifier.outbox import Outbox
from notifier.registry import Registry
from notifier.rules.ladders import Ladders
from notifier.store import editions, people, rounds
from tests.registry.conftest import NOW, PAID, Office
from tests.registry.files import BUDI, REGISTERS, ROUND, ROUNDS, SITI, STATUSES, write_csv

SAID = {
    "NIK": SITI["NIK"],
    "KODE_PENYALURAN": ROUND["KODE"],
    "STATUS": "DISALURKAN",
    "TANGGAL": "2026-12-07",
    "KETERANGAN": "",
}


async def _round(office: Office, code: str = ROUND["KODE"]) -> rounds.Round:
    async with office.database.read() as db:
        found = await rounds.by_code(db, code)
        assert found is not None
        assert await rounds.get(db, found.id) == found
        return found


async def test_rounds_come_in_at_the_local_time_of_their_region(office: Office) -> None:
    done = await office.rounds(ROUNDS)
    assert (done.counts["rows"], done.counts["accepted"], done.counts["created"]) == (5, 5, 5)
    wamena = await _round(office, "BST-2026-12-WMX")
    assert wamena.opens_at == datetime(2026, 12, 10, 0, 0, tzinfo=UTC)
    assert (wamena.zone, wamena.amount, wamena.version, wamena.wake) == ("Asia/Jayapura", 300_000, 1, NOW)
    assert (await _round(office, "BERAS-2026-12-PB")).amount is None


async def test_a_round_that_is_imported_again_unchanged_stays_as_it_is(office: Office) -> None:
    await office.rounds(ROUNDS)
    await office.say("UPDATE rounds SET wake = NULL")
    done = await office.rounds(ROUNDS)
    assert done.counts["unchanged"] == done.counts["accepted"] == 5
    assert await office.ask("SELECT max(version), count(wake) FROM rounds") == [(1, 0)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "cells",
    [
        {"TEMPAT": "Balai Kota"},
        {"ALAMAT": ""},
        {"MULAI": "07/12/2026 09.00"},
        {"NOMINAL": ""},
        {"METODE": "tunai"},
        {"CATATAN": "Bawa undangan"},
        {"KODE_WILAYAH": "3175"},
        {"PROGRAM": "BST"},
        {"STATUS": "BATAL"},
    ],
)
async def test_an_edited_round_counts_up_and_is_looked_at_again(
    office: Office, tmp_path: Path, cells: dict[str, str]
) -> None:
    await office.rounds(write_csv(tmp_path / "a.csv", [ROUND]))
    await office.say("UPDATE rounds SET wake = NULL")
    done = await office.rounds(write_csv(tmp_path / "b.csv", [ROUND | cells]))
    assert done.counts["changed"] == 1
    edited = await _round(office)
    assert (edited.version, edited.wake) == (2, NOW)
    async with office.database.read() as db:
        latest, first = await editions.of_round(db, edited.id)
    assert (first.version, first.act, first.changed) == (1, "created", ())
    assert (latest.version, latest.act) == (2, "cancelled" if "STATUS" in cells else "changed")
    assert set(latest.changed) - {"note"} == set(latest.was), "what was replaced is kept, but for a note"
    async with office.database.write() as db:
        assert [of.id for of in await rounds.waking(db, NOW)] == [edited.id]
        await rounds.rest(db, edited.id, edited.version)
        assert not await rounds.waking(db, NOW)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"KODE": ""}, "missing_cell"),
        ({"KODE": "A B"}, "bad_code"),
        ({"PROGRAM": "BLT-X"}, "unknown_programme"),
        ({"PERIODE": ""}, "missing_cell"),
        ({"TEMPAT": "X" * 121}, "long_cell"),
        ({"KODE_WILAYAH": "99.99"}, "unknown_region"),
        ({"KODE_WILAYAH": "73.71"}, "outside_region"),
        ({"MULAI": ""}, "missing_cell"),
        ({"MULAI": "2026-12-07"}, "bad_time"),
        ({"MULAI": "2026-02-30 08:00"}, "bad_time"),
        ({"SELESAI": "2026-12-07 25:00"}, "bad_time"),
        ({"SELESAI": "2026-12-07 08:00"}, "closes_before_opens"),
        ({"NOMINAL": "dua ratus ribu"}, "bad_amount"),
        ({"NOMINAL": "-5"}, "bad_amount"),
        ({"METODE": "MERPATI"}, "unknown_method"),
        ({"STATUS": "ENTAH"}, "unknown_state"),
    ],
)
async def test_a_round_that_cannot_be_held_is_rejected_with_its_line(
    office: Office, tmp_path: Path, cells: dict[str, str], reason: str
) -> None:
    report = tmp_path / "report.csv"
    path = write_csv(tmp_path / "a.csv", [ROUND | {"KODE": "OTHER", "STATUS": ""}, ROUND | {"STATUS": ""} | cells])
    done = await office.rounds(path, report=report, within="31")
    assert (done.counts["accepted"], done.counts["rejected"]) == (1, 1)
    assert done.counts["by_reason"] == {reason: 1}
    assert report.read_text().splitlines()[1].startswith("a.csv,3,")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("amount", ["Rp200.000", "200,000", "Rp 200.000,00", "200000", "200.000,-"])
async def test_every_spelling_of_an_amount_is_rupiah(office: Office, tmp_path: Path, amount: str) -> None:
    await office.rounds(write_csv(tmp_path / "a.csv", [ROUND | {"NOMINAL": amount}]))
    assert (await _round(office)).amount == 200_000


async def test_the_same_code_twice_in_a_file_stands_once(office: Office, tmp_path: Path) -> None:
    done = await office.rounds(write_csv(tmp_path / "a.csv", [ROUND, ROUND, ROUND | {"TEMPAT": "Lain"}]))
    assert (done.counts["accepted"], done.counts["duplicates"], done.counts["conflicts"]) == (1, 1, 1)
    assert (await _round(office)).venue == ROUND["TEMPAT"]


async def test_nobody_takes_a_round_of_another_region_into_theirs(office: Office, tmp_path: Path) -> None:
    await office.rounds(write_csv(tmp_path / "a.csv", [ROUND]))
    done = await office.rounds(write_csv(tmp_path / "b.csv", [ROUND | {"KODE_WILAYAH": "73.71"}]), within="73")
    assert done.counts["by_reason"] == {"outside_region": 1}
    assert (await _round(office)).region == ROUND["KODE_WILAYAH"]


async def test_a_broken_calendar_changes_nothing(office: Office, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="line 1: the column MULAI is missing"):
        await office.rounds(write_csv(tmp_path / "a.csv", [{k: v for k, v in ROUND.items() if k != "MULAI"}]))


# --- payment records -------------------------------------------------------------------------------------------------


async def _told(office: Office) -> list[tuple[str, str]]:
    found = await office.ask("SELECT facts FROM deliveries WHERE event = 'entitlement_changed' ORDER BY id")
    facts = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in found]
    return [(fact["status"], fact["reason"]) for fact in facts]


async def test_a_payment_record_changes_what_people_have_and_tells_them_once(office: Office) -> None:
    await office.people(REGISTERS[0])
    await office.rounds(ROUNDS)
    assert (await office.statuses(STATUSES, dry_run=True)).counts["accepted"] == 392
    assert await office.ask("SELECT count(*) FROM entitlements") == [(0,)]
    done = await office.statuses(STATUSES)
    # Besides the three bad lines, eight speak of people whose row in the register was rejected.
    assert done.counts["by_reason"] == {"unknown_nik": 9, "unknown_round": 1, "unknown_status": 1}
    assert (done.counts["rows"], done.counts["accepted"], done.counts["rejected"]) == (403, 392, 11)
    counted = await office.ask("SELECT status, count(*) FROM entitlements GROUP BY status ORDER BY status")
    assert sum(n for _, n in counted) == 392
    assert [status for status, _ in counted] == ["DISALURKAN", "DITUNDA", "GAGAL"]
    assert len(await _told(office)) == done.counts["notices"] == 392
    again = await office.statuses(STATUSES)
    assert again.counts["unchanged"] == 392
    assert again.counts["notices"] == 0
    assert len(await _told(office)) == 392
    assert await office.ask("SELECT count(*), min(who) FROM entitlement_changes") == [(392, "import:3")]


@pytest.fixture
async def siti(office: Office, tmp_path: Path) -> int:
    await office.people(write_csv(tmp_path / "people.csv", [SITI, BUDI | {"STATUS": "DIVERIFIKASI"}]))
    await office.rounds(write_csv(tmp_path / "rounds.csv", [ROUND]))
    async with office.database.read() as db:
        person = await people.by_nik(db, office.vault.index(SITI["NIK"], "nik"))
        assert person is not None
        return person.id


async def _say(office: Office, tmp_path: Path, *rows: dict[str, str]) -> dict[str, int]:
    done = await office.statuses(write_csv(tmp_path / "said.csv", [SAID | row for row in rows]))
    reasons: dict[str, int] = done.counts["by_reason"]
    return reasons


async def test_a_failed_payment_is_told_with_its_reason_and_for_a_week(
    office: Office, siti: int, tmp_path: Path
) -> None:
    await _say(office, tmp_path, {"STATUS": "GAGAL", "KETERANGAN": "Rekening tidak aktif"})
    assert await _told(office) == [("GAGAL", "Rekening tidak aktif")]
    [(person, line, window)] = await office.ask('SELECT person_id, line, "window" FROM deliveries')
    assert (person, line, bool(window)) == (siti, "line_telegram", True)
    async with office.database.read() as db:
        [(of, had)] = await rounds.of_person(db, siti)
        assert had is not None
        assert (of.code, had.status, had.record, str(had.since)) == (ROUND["KODE"], "GAGAL", "GAGAL", "2026-12-07")
        assert await rounds.entitlement(db, of.id, siti) == had


async def test_several_rounds_of_one_person_in_a_file_are_told_together_and_a_second_run_tells_nobody(
    office: Office, siti: int, tmp_path: Path
) -> None:
    await office.rounds(write_csv(tmp_path / "more.csv", [ROUND | {"KODE": "KEDUA", "PERIODE": "Januari 2027"}]))
    outbox = Outbox({"sms": "line_sms"}, Ladders(("sms",)))
    registry = Registry(office.database, office.vault, outbox, timedelta(minutes=15))
    rows = [SAID, SAID | {"KODE_PENYALURAN": "KEDUA", "STATUS": "GAGAL"}, SAID | {"STATUS": "GAGAL", "TANGGAL": ""}]
    path = write_csv(tmp_path / "said.csv", rows)
    await registry.import_statuses([path], replace(office.order, now=PAID))
    found = await office.ask("SELECT id, event, facts, due_at, person_id FROM deliveries")
    assert [(row[1], row[4]) for row in found] == [("entitlements_changed", siti)]
    facts = json.loads(found[0][2]) if isinstance(found[0][2], str) else found[0][2]
    assert [(one["round_code"], one["status"]) for one in facts["items"]] == [
        ("KEDUA", "GAGAL"),
        (ROUND["KODE"], "GAGAL"),
    ]
    assert await office.ask("SELECT count(*), min(delivery_id), max(delivery_id) FROM entitlement_changes") == [
        (3, found[0][0], found[0][0])
    ]
    path = write_csv(tmp_path / "again.csv", rows[1:])
    again = await registry.import_statuses([path], replace(office.order, now=PAID))
    assert (again.counts["unchanged"], again.counts["notices"]) == (2, 0)
    assert await office.ask("SELECT count(*) FROM deliveries") == [(1,)]


async def test_what_the_citizen_called_received_stays_received_when_the_record_agrees(
    office: Office, siti: int, tmp_path: Path
) -> None:
    await _say(office, tmp_path, {})
    of = await _round(office)
    async with office.database.write() as db:
        had = await rounds.entitlement(db, of.id, siti)
        assert had is not None
        await rounds.set_status(db, had.id, "DITERIMA", "", "citizen", NOW)
    await _say(office, tmp_path, {"TANGGAL": "2026-12-08"})
    async with office.database.read() as db:
        had = await rounds.entitlement(db, of.id, siti)
    assert had is not None
    assert (had.status, had.record) == ("DITERIMA", "DISALURKAN")
    assert await _told(office) == [("DISALURKAN", "")]
    assert await office.ask("SELECT was, status, who FROM entitlement_changes ORDER BY id") == [
        ("DIJADWALKAN", "DISALURKAN", "import:3"),
        ("DISALURKAN", "DITERIMA", "citizen"),
        ("DITERIMA", "DITERIMA", "import:4"),
    ]


async def test_the_later_row_of_a_file_wins_and_an_older_record_does_not(
    office: Office, siti: int, tmp_path: Path
) -> None:
    reasons = await _say(
        office, tmp_path, {"STATUS": "DITUNDA"}, {"TANGGAL": "2026-12-08"}, {"STATUS": "GAGAL", "TANGGAL": "2026-12-01"}
    )
    assert reasons == {"older_status": 1}
    assert await office.ask("SELECT status FROM entitlements") == [("DISALURKAN",)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"NIK": BUDI["NIK"]}, "not_invited"),
        ({"NIK": "3175079999999999"}, "unknown_nik"),
        ({"NIK": "31750"}, "short_nik"),
        ({"KODE_PENYALURAN": "TIDAK-ADA"}, "unknown_round"),
        ({"STATUS": "CAIR"}, "unknown_status"),
        ({"TANGGAL": "32/12/2026"}, "impossible_date"),
        ({"TANGGAL": "2026-12-10"}, "future_status"),
    ],
)
async def test_a_record_that_fits_nobody_is_rejected(
    office: Office, siti: int, tmp_path: Path, row: dict[str, str], reason: str
) -> None:
    assert await _say(office, tmp_path, row) == {reason: 1}
    assert await _told(office) == []


async def test_a_day_has_come_when_it_has_come_where_the_round_is(office: Office, siti: int, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "said.csv", [SAID])  # of 7 December in Jakarta, seven hours before UTC
    eve, day = datetime(2026, 12, 6, 16, 59, tzinfo=UTC), datetime(2026, 12, 6, 17, 0, tzinfo=UTC)
    early = await office.statuses(path, now=eve, report=tmp_path / "report.csv")
    assert early.counts["by_reason"] == {"future_status": 1}
    assert (
        'said.csv,2,TANGGAL,rejected,future_status,"Tanggal 2026-12-07 belum tiba.'
        in (tmp_path / "report.csv").read_text()
    )
    assert (await office.statuses(path, now=day)).counts["changed"] == 1


async def test_a_payment_cannot_go_back_to_scheduled(office: Office, siti: int, tmp_path: Path) -> None:
    await _say(office, tmp_path, {})
    assert await _say(office, tmp_path, {"STATUS": "DITUNDA", "TANGGAL": "2026-12-09"}) == {"illegal_status": 1}


async def test_a_person_sees_the_rounds_they_are_invited_to_soonest_first(
    office: Office, siti: int, tmp_path: Path
) -> None:
    later = ROUND | {"KODE": "LATER", "MULAI": "2027-01-07 08:00", "SELESAI": "2027-01-08 08:00"}
    village = ROUND | {"KODE": "VILLAGE", "KODE_WILAYAH": "31.75.07.1003", "MULAI": "2026-12-01 08:00"}
    other = ROUND | {"KODE": "OTHER", "KODE_WILAYAH": "31.75.07.1001"}
    await office.rounds(write_csv(tmp_path / "more.csv", [later, village, other]))
    async with office.database.read() as db:
        assert [of.code for of, _ in await rounds.of_person(db, siti)] == ["VILLAGE", ROUND["KODE"], "LATER"]
