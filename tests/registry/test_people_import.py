"""Registers come in: every row accounted for, nothing erased, nothing half-done."""

import asyncio
import csv
import json
import re
from pathlib import Path

import pytest

from notifier.errors import Refused
from notifier.registry.tables import LINE, WHY
from notifier.store import imports, people
from tests.registry.conftest import LADDER, NOW, Office
from tests.registry.files import BUDI, DATA, REGISTERS, ROUNDS, SITI, write_csv, write_xlsx

DAMAGE = json.loads((DATA / "expected_damage.json").read_text())
AUDIENCE = json.loads((DATA / "expected_audience.json").read_text())
SUMS = ("accepted", "rejected", "duplicates", "conflicts")
REACHED = """
    SELECT r.code, count(*), {kinds} FROM rounds r
    JOIN enrolments e ON e.programme = r.programme AND e.status = 'DITETAPKAN'
    JOIN people p ON p.id = e.person_id AND (p.region = r.region OR p.region LIKE r.region || '.%')
    GROUP BY r.code
"""


def _has(kind: str) -> str:
    held = "SELECT 1 FROM contacts c WHERE c.person_id = p.id AND c.state = 'ok' AND c.kind"
    return f"EXISTS ({held} = '{kind}')"


def _first_reached_by(kind: str) -> str:
    earlier = "".join(f" AND NOT {_has(other)}" for other in LADDER[: LADDER.index(kind)])
    return f"sum(CASE WHEN {_has(kind)}{earlier} THEN 1 ELSE 0 END)"


async def test_the_three_registers_come_in_with_exactly_the_damage_known(office: Office, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    done = await office.people(*REGISTERS, report=report)
    for file in done.files:
        expected = dict(DAMAGE[file.name])
        assert file.counts["rows"] == expected.pop("rows")
        assert file.counts["rows"] == sum(file.counts[name] for name in SUMS)
        assert {way: file.counts["by_reason"][way] for way in expected} == expected
        assert file.counts["flagged"] == expected["birth_mismatch"] + expected["gender_mismatch"]
        assert file.counts["contacts_dropped"] == sum(
            expected[way] for way in ("bad_phone", "bad_email", "chat_id_text")
        )
        assert file.counts["absent"] == 0
    assert await office.ask("SELECT count(*) FROM people") == [(AUDIENCE["people"],)]
    assert await office.ask("SELECT count(*) FROM conflicts") == [(done.counts["conflicts"],)]

    await office.rounds(ROUNDS)
    kinds = ", ".join(_first_reached_by(kind) for kind in LADDER)
    for code, size, *by_kind in await office.ask(REACHED.format(kinds=kinds)):
        expected = AUDIENCE[code]
        assert (size, *by_kind) == (expected["audience"], *(expected[kind] for kind in LADDER))

    with report.open(encoding="utf-8-sig", newline="") as lines:
        told = list(csv.DictReader(lines))
    assert list(told[0]) == ["file", "line", "column", "outcome", "reason", "how to mend"]
    assert not re.search(r"\d{13,}", report.read_text()), "no number of a person stands in the report"
    rejected = {(row["file"], row["line"]) for row in told if row["outcome"] == "rejected"}
    assert len(rejected) == done.counts["rejected"]
    assert all(row["how to mend"] for row in told)
    fixed = [row for row in told if row["outcome"] == "corrected"]
    assert told[: len(fixed)] == fixed, "what was put right by itself is counted at the top"
    assert all(not row["line"] for row in fixed)
    spelled = {row["file"]: row["how to mend"] for row in fixed if row["reason"] == "phone_spelling"}
    assert spelled["penerima_wamena.csv"].endswith(" ×: Nomor HP ditulis ulang dengan awalan +62.")
    assert len(told) < 250

    again = await office.people(*REGISTERS)
    assert again.counts["unchanged"] == again.counts["accepted"] == done.counts["accepted"]
    assert again.counts["by_reason"] == done.counts["by_reason"]
    assert await office.ask("SELECT count(*) FROM people") == [(AUDIENCE["people"],)]
    assert await office.ask("SELECT count(*) FROM conflicts") == [(done.counts["conflicts"],)]


async def test_the_same_file_twice_changes_no_row(office: Office, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [SITI, BUDI, SITI | {"NAMA": "ORANG LAIN"}, SITI])
    look = "SELECT * FROM {} ORDER BY 1, 2"
    tables = ("people", "contacts", "enrolments", "conflicts", "regions")
    await office.people(path)
    before = [await office.ask(look.format(table)) for table in tables]
    done = await office.people(path)
    assert [await office.ask(look.format(table)) for table in tables] == before
    assert {name: done.counts[name] for name in SUMS} == {"accepted": 2, "rejected": 0, "duplicates": 1, "conflicts": 1}


async def test_personal_numbers_lie_sealed(office: Office, tmp_path: Path) -> None:
    await office.people(write_csv(tmp_path / "a.csv", [SITI, SITI | {"NAMA": "ORANG LAIN"}]))
    [(nik, kk, masked)] = await office.ask("SELECT nik, kk, nik_masked FROM people")
    assert office.vault.open(bytes(nik), "people.nik") == SITI["NIK"].encode()
    assert office.vault.open(bytes(kk), "people.kk") == SITI["NO_KK"].encode()
    assert masked == "317507******9763"
    [(sealed, line)] = await office.ask("SELECT sealed, line FROM conflicts")
    assert office.vault.open_json(bytes(sealed), "conflicts.sealed")["NAMA"] == "ORANG LAIN"
    assert line == 3
    async with office.database.read() as db:
        person = await people.by_nik(db, office.vault.index(SITI["NIK"], "nik"))
        assert person is not None
        assert (person.name, person.zone, person.region) == ("SITI AMINAH", "Asia/Jakarta", "31.75.07.1003")
        assert await people.get(db, person.id) == person


async def test_a_later_file_updates_what_it_fills_and_erases_nothing(office: Office, tmp_path: Path) -> None:
    await office.people(write_csv(tmp_path / "a.csv", [SITI]))
    later = dict.fromkeys(SITI, "") | {
        "NIK": SITI["NIK"],
        "NAMA": "Siti  Aminah",
        "KODE_WILAYAH": "73.71.09.1005",
        "PROGRAM": "BPNT;LANSIA",
        "STATUS": "DITOLAK;DITETAPKAN",
    }
    done = await office.people(write_csv(tmp_path / "b.csv", [later]))
    assert (done.counts["changed"], done.counts["created"]) == (1, 0)
    assert await office.ask("SELECT name, sex, address, rt, region, zone FROM people") == [
        ("Siti Aminah", "P", "JL MAWAR NO 1", "003", "73.71.09.1005", "Asia/Makassar")
    ]
    assert await office.ask("SELECT count(*) FROM contacts WHERE state = 'ok'") == [(3,)]
    assert await office.ask("SELECT programme, status FROM enrolments ORDER BY 1") == [
        ("BPNT", "DITOLAK"),
        ("LANSIA", "DITETAPKAN"),
        ("PKH", "DITETAPKAN"),
    ]


async def test_a_new_phone_sets_the_old_one_aside_until_it_is_named_again(office: Office, tmp_path: Path) -> None:
    look = "SELECT address, state FROM contacts WHERE kind = 'sms' ORDER BY id"
    await office.people(write_csv(tmp_path / "a.csv", [SITI]))
    await office.people(write_csv(tmp_path / "b.csv", [SITI | {"NO_HP": "0857 1910 2259"}]))
    assert await office.ask(look) == [("+6281324776472", "old"), ("+6285719102259", "ok")]
    await office.people(write_csv(tmp_path / "c.csv", [SITI]))
    assert await office.ask(look) == [("+6281324776472", "ok"), ("+6285719102259", "old")]
    await office.people(write_csv(tmp_path / "d.csv", [SITI | {"NO_HP": "081324776472/085719102259"}]))
    assert await office.ask(look) == [("+6281324776472", "ok"), ("+6285719102259", "ok")]


async def test_an_address_that_died_stays_dead_when_the_register_repeats_it(office: Office, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [SITI])
    await office.people(path)
    await office.say("UPDATE contacts SET state = 'dead' WHERE kind = 'telegram'")
    await office.people(path)
    assert await office.ask("SELECT state FROM contacts WHERE kind = 'telegram'") == [("dead",)]


async def test_an_address_that_said_stop_stays_silent_for_whoever_comes_with_it(office: Office, tmp_path: Path) -> None:
    from notifier.store import contacts

    async with office.database.write() as db:
        await contacts.stop(db, "sms", SITI["NO_HP"], NOW)
    await office.people(write_csv(tmp_path / "a.csv", [SITI, BUDI]))
    stopped = "SELECT kind, count(*) FROM contacts WHERE stopped_at IS NOT NULL GROUP BY kind"
    assert await office.ask(stopped) == [("sms", 2)]


async def test_one_person_on_two_lines_is_merged_and_the_second_line_counts_as_a_duplicate(
    office: Office, tmp_path: Path
) -> None:
    rows = [SITI | {"PROGRAM": "PKH"}, SITI | {"PROGRAM": "LANSIA", "NO_HP": "085719102259"}]
    done = await office.people(write_csv(tmp_path / "a.csv", rows))
    assert (done.counts["accepted"], done.counts["duplicates"]) == (1, 1)
    assert done.counts["by_reason"]["dup_same_person"] == 1
    assert await office.ask("SELECT programme FROM enrolments ORDER BY 1") == [("LANSIA",), ("PKH",)]
    assert await office.ask("SELECT count(*) FROM contacts WHERE kind = 'sms' AND state = 'ok'") == [(2,)]


async def test_a_later_file_of_the_same_run_may_correct_an_earlier_one(office: Office, tmp_path: Path) -> None:
    first = write_csv(tmp_path / "a.csv", [SITI, BUDI])
    second = write_csv(tmp_path / "b.csv", [SITI | {"RT": "009"}, BUDI])
    done = await office.people(first, second)
    assert [(file.counts["accepted"], file.counts["duplicates"]) for file in done.files] == [(2, 0), (1, 1)]
    assert await office.ask("SELECT rt FROM people ORDER BY id") == [("009",), ("003",)]


async def test_a_dry_run_counts_the_same_and_writes_nothing(office: Office) -> None:
    dry = await office.people(REGISTERS[1], dry_run=True)
    for table in ("people", "contacts", "imports", "ledger", "regions"):
        assert await office.ask(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608
    assert dry.counts == (await office.people(REGISTERS[1])).counts


async def test_a_file_that_shrank_asks_first_and_the_absent_stay(office: Office, tmp_path: Path) -> None:
    await office.people(REGISTERS[1])
    size = await office.ask("SELECT count(*) FROM people")
    short = tmp_path / "short.csv"
    short.write_bytes(b"\n".join(REGISTERS[1].read_bytes().split(b"\n")[:301]))
    with pytest.raises(Refused, match=r"people of 95.01.01 \(Wamena\), the last file had 390: 2\d % fewer.*--yes"):
        await office.people(short)
    assert await office.ask("SELECT count(*) FROM imports") == [(1,)]
    assert (await office.people(short, dry_run=True)).asks
    part = await office.people(short, partial=True)
    assert (list(part.asks), part.counts["absent"], part.counts["created"]) == ([], 0, 0)
    with pytest.raises(Refused, match="the last file had 390"):  # a part is no measure
        await office.people(short)
    report = tmp_path / "report.csv"
    done = await office.people(short, yes=True, report=report)
    assert done.counts["absent"] == size[0][0] - done.counts["accepted"]
    assert report.read_text().count(",absent,absent,") == done.counts["absent"]
    assert await office.ask("SELECT count(*) FROM people") == size
    assert not (await office.people(short)).asks, "the next one is measured by the last one"


async def test_rejected_rows_that_come_back_mended_are_not_taken_for_a_register_that_shrank(
    office: Office, tmp_path: Path
) -> None:
    await office.people(REGISTERS[1])
    mended = write_csv(
        tmp_path / "mended.csv", [BUDI | {"KODE_WILAYAH": "95.01.01.2004", WHY: "NIK kosong.", LINE: "7"}]
    )
    done = await office.people(mended)
    assert (list(done.asks), done.counts["accepted"], done.counts.get("absent", 0)) == ([], 1, 0)
    short = tmp_path / "short.csv"
    short.write_bytes(b"\n".join(REGISTERS[1].read_bytes().split(b"\n")[:301]))
    with pytest.raises(Refused, match="the last file had 390"):
        await office.people(short)


async def test_one_broken_file_of_a_run_changes_nothing(office: Office, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_bytes(write_csv(tmp_path / "b.csv", [BUDI] * 300).read_bytes() + b'"3175,never closed\r\n' * 3)
    with pytest.raises(Refused, match=r"broken.csv, line 302: a quotation mark"):
        await office.people(write_csv(tmp_path / "a.csv", [SITI]), broken)
    assert await office.ask("SELECT count(*) FROM people") == [(0,)]
    assert await office.ask("SELECT count(*) FROM imports") == [(0,)]


async def test_whoever_imports_touches_only_their_own_region(office: Office, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [SITI, BUDI | {"KODE_WILAYAH": "73.71.09.1005"}])
    done = await office.people(path, within="31.75")
    assert (done.counts["accepted"], done.counts["rejected"]) == (1, 1)
    assert done.counts["by_reason"]["outside_region"] == 1


async def test_an_import_leaves_its_counts_and_a_link_in_the_ledger(office: Office, tmp_path: Path) -> None:
    await office.people(write_csv(tmp_path / "a.csv", [SITI]))
    async with office.database.read() as db:
        [kept] = await imports.page(db)
    assert (kept.what, kept.name, kept.who, kept.counts["accepted"]) == ("people", "a.csv", "cli:siti", 1)
    assert len(kept.digest) == 64
    [(act, about, detail)] = await office.ask("SELECT act, about, detail FROM ledger")
    assert (act, about) == ("import.people", f"import:{kept.id}")
    assert json.loads(detail) == {"accepted": 1, "created": 1, "rows": 1}
    assert await office.ask("SELECT code, name FROM regions ORDER BY code") == [
        ("31", "Daerah Khusus Ibukota Jakarta"),
        ("31.75", "Kota Administrasi Jakarta Timur"),
        ("31.75.07", "Duren Sawit"),
        ("31.75.07.1003", "Klender"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("cells", "reason", "effect"),
    [
        ({"NIK": ""}, "missing_nik", "rejected"),
        ({"NIK": "3,17507E+15"}, "nik_stored_as_number", "rejected"),
        ({"NIK": "3175075003680000"}, "nik_without_serial", "rejected"),
        ({"TANGGAL_LAHIR": "31/02/1968"}, "impossible_date", "rejected"),
        ({"TANGGAL_LAHIR": "10/03/2068"}, "impossible_date", "rejected"),
        ({"TANGGAL_LAHIR": "besok"}, "impossible_date", "rejected"),
        ({"NAMA": "-"}, "missing_name", "rejected"),
        ({"NAMA": "A" * 121}, "long_name", "rejected"),
        ({"KODE_WILAYAH": "31"}, "unknown_region", "rejected"),
        ({"KODE_WILAYAH": "3175075003689763"}, "unknown_region", "rejected"),
        ({"KODE_WILAYAH": "3175071003"}, "region_spelling", "corrected"),
        ({"TANGGAL_LAHIR": "1968-03-10"}, "", "accepted"),
        ({"TANGGAL_LAHIR": ""}, "", "accepted"),
        ({"NAMA": "SITI\u200b AMINAH"}, "odd_characters", "corrected"),
        ({"NO_KK": "123"}, "bad_kk", "accepted"),
        ({"JENIS_KELAMIN": "?"}, "unknown_gender", "accepted"),
        ({"JENIS_KELAMIN": "Perempuan"}, "", "accepted"),
        ({"BAHASA": "Klingon!"}, "unknown_language", "accepted"),
        ({"STATUS": "LULUS"}, "unknown_status", "accepted"),
        ({"EMAIL": "Siti@Example.COM"}, "email_spelling", "corrected"),
        ({"EMAIL": "t..siti@example.com"}, "", "accepted"),
        ({"ALAMAT": "X" * 300}, "cut_short", "corrected"),
        ({"NO_HP": "0813 2477 6472"}, "phone_spelling", "corrected"),
    ],
)
async def test_a_row_is_judged(office: Office, tmp_path: Path, cells: dict[str, str], reason: str, effect: str) -> None:
    done = await office.people(write_csv(tmp_path / "a.csv", [SITI | cells]))
    assert done.counts["by_reason"] == ({reason: 1} if reason else {})
    assert (done.counts["rejected"], done.counts["corrected"]) == (
        int(effect == "rejected"),
        int(effect == "corrected"),
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_numbers_in_place_of_text_are_mended_or_turned_away(office: Office, tmp_path: Path) -> None:
    cells: dict[str, object] = {
        **SITI,
        "NO_HP": 81324776472,
        "TELEGRAM_CHAT_ID": 710000002,
        "RT": 3,
        "KODE_WILAYAH": 3175071003,
    }
    spoiled: dict[str, object] = {**cells, "NIK": 3175075003689760.0}
    book = write_xlsx(tmp_path / "a.xlsx", [list(SITI), list(cells.values()), list(spoiled.values())])
    done = await office.people(book)
    assert (done.counts["accepted"], done.counts["rejected"], done.counts["corrected"]) == (1, 1, 1)
    assert done.counts["by_reason"]["nik_stored_as_number"] == 1
    assert await office.ask("SELECT kind, address FROM contacts ORDER BY kind") == [
        ("email", "siti@example.com"),
        ("sms", "+6281324776472"),
        ("telegram", "710000002"),
    ]
    assert await office.ask("SELECT rt, region FROM people") == [("003", "31.75.07.1003")]


async def test_an_import_that_was_cut_off_is_simply_run_again(office: Office) -> None:
    def cut(name: str, step: str, done: int, total: int) -> None:
        if step == "writing" and done > total // 2:
            raise ConnectionError("the power went")

    with pytest.raises(ConnectionError):
        await office.people(REGISTERS[1], progress=cut)
    [(half,)] = await office.ask("SELECT count(*) FROM people")
    done = await office.people(REGISTERS[1])
    assert 0 < half < done.counts["accepted"] or not office.database.is_sqlite  # there it is one slice
    assert done.counts["unchanged"] == half
    assert await office.ask("SELECT count(*) FROM people") == [(done.counts["accepted"],)]
    assert await office.ask("SELECT count(*) FROM conflicts") == [(done.counts["conflicts"],)]


async def test_two_imports_of_one_register_at_once_make_nobody_twice(office: Office) -> None:
    first, second = await asyncio.gather(office.people(REGISTERS[1]), office.people(REGISTERS[1]))
    [(size,)] = await office.ask("SELECT count(*) FROM people")
    assert size == first.counts["accepted"] == second.counts["accepted"]
    assert first.counts["created"] + second.counts["created"] == size
