"""`notifier templates`, as an admin types it. All of it works without a database but publishing."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from notifier.cli.main import main
from notifier.render import Words
from notifier.store import schema

EVENT = "round_announced"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["templates", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_list_tells_languages_by_event_and_channel(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list", EVENT)
    assert code == 0
    assert [line.split() for line in out.splitlines()][:2] == [[EVENT], ["sms", "id", "en", "jv", "su"]]


def test_show_gives_the_source_and_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", EVENT, "--channel", "sms", "--language", "en")
    source = Words().source(EVENT, "sms", "en", "text")
    assert code == 0
    assert source is not None
    assert source[1].strip() in out
    assert "venue" in out
    assert "may be empty" in out


def test_everything_shipped_checks_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", "--json")
    assert (code, json.loads(out)) == (0, [])


@pytest.mark.parametrize(
    ("source", "exit_code", "codes"),
    [
        ("{{ name|singkat(20) }} STOP ASLI {{ code }}", 0, []),
        ("{{ name|singkat(20) }} besok STOP ASLI {{ code }}", 0, ["relative_day"]),
        ("{{ nama }} “x” STOP", 1, ["unknown_fact", "not_gsm", "not_gsm"]),
    ],
)
def test_only_errors_make_the_check_fail(
    source: str, exit_code: int, codes: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "baru.txt"
    file.write_text(source, encoding="utf-8")
    code, out, _ = run(capsys, "check", str(file), "--event", EVENT, "--channel", "sms", "--json")
    findings = json.loads(out)
    assert (code, [finding["code"] for finding in findings]) == (exit_code, codes)
    for finding in findings:
        assert list(finding) == ["line", "column", "level", "code", "message", "suggestion"]
    code, out, err = run(capsys, "check", str(file), "--event", EVENT, "--channel", "sms")
    assert code == exit_code
    assert len(out.splitlines()) == len(codes)
    assert f"{sum(one['level'] == 'error' for one in findings)} errors" in err


@pytest.mark.parametrize("order", ["first", "last", "between"])
def test_the_file_may_stand_anywhere(order: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.txt").write_text("STOP {{ nama }}")
    words = ["--event", EVENT, "--channel", "sms", "--json"]
    words.insert({"first": 0, "last": 5, "between": 2}[order], "x.txt")
    code, out, _ = run(capsys, "check", *words)
    assert (code, len(json.loads(out))) == (1, 1)


def test_the_part_follows_the_name_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "email.id.subject"
    file.write_text("Satu\nDua")
    _, out, _ = run(capsys, "check", str(file), "--event", EVENT, "--channel", "email", "--json")
    assert [finding["code"] for finding in json.loads(out)] == ["subject_lines"]
    _, out, _ = run(capsys, "check", str(file), "--event", EVENT, "--channel", "email", "--part", "text", "--json")
    assert "subject_lines" not in out


@pytest.mark.parametrize(
    ("words", "exit_code", "sentence"),
    [
        (["check", "none.txt", "--event", EVENT, "--channel", "sms"], 1, "none.txt: No such file"),
        (["check", "none.txt"], 2, "--event and --channel"),
        (["check", "latin.txt", "--event", EVENT, "--channel", "sms"], 1, "latin.txt: byte 4 is no UTF-8"),
        (["check", "latin.txt", "--event", "feast", "--channel", "sms"], 1, "round_announced"),
        (["check", "latin.txt", "--event", EVENT, "--channel", "sms", "--part", "html"], 1, "it has: text"),
        (["list", "feast"], 1, "round_announced"),
        (["show", "feast"], 1, "round_announced"),
        (["show", EVENT, "--language", "bug"], 1, "templates list round_announced"),
        (["render", EVENT, "--channel", "pigeon"], 1, "telegram"),
        (["render", EVENT, "--channel", "sms", "--sample", "giant"], 1, "longest"),
        (["render", EVENT, "--channel", "sms", "--facts", "list.json"], 1, "JSON object"),
        (["render", EVENT, "--channel", "sms", "--facts", "broken.json"], 1, "line 1, column 2"),
        (["render", EVENT, "--channel", "sms", "--facts", "odd.json"], 1, 'no fact "nama"'),
        (["render", EVENT, "--channel", "sms", "--facts", "few.json"], 1, "was not given"),
        (["sing"], 2, "invalid choice"),
        (["list", EVENT, "more"], 2, "more"),
        (["check", "--loudly"], 2, "--loudly"),
        (["check", "latin.txt", "few.json", "--event", EVENT, "--channel", "sms"], 2, "few.json"),
    ],
)
def test_what_can_not_be_done_is_a_sentence(
    words: list[str], exit_code: int, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "latin.txt").write_bytes("caf\xe9".encode("latin-1"))
    for name, text in (("list", "[1]"), ("broken", "{"), ("odd", '{"nama": "x"}'), ("few", '{"name": "x"}')):
        (tmp_path / f"{name}.json").write_text(text)
    try:
        code = main(["templates", *words])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    assert code == exit_code
    assert sentence in capsys.readouterr().err


# --- render ----------------------------------------------------------------------------------------------------------

FACTS: dict[str, Any] = {
    "name": "KENES D’ANGELO",
    "programme": "BPNT",
    "programme_name": "Bantuan Pangan Non Tunai",
    "period": "Desember 2026",
    "venue": "Kantor Distrik Wamena",
    "address": "Jl. Yos Sudarso",
    "opens_at": "2026-12-10 09:00",
    "closes_at": "2026-12-12T05:00:00Z",
    "zone": "Asia/Jayapura",
    "amount": None,
    "method": "BARANG",
    "note": "",
    "round_code": "BST-2026-12-WMX",
}


def test_a_message_is_rendered_with_its_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "facts.json").write_text(json.dumps(FACTS))
    (tmp_path / "config.toml").write_text(
        '[service]\nname = "Dinsos"\n[lines.gerbang]\nchannel = "sms"\nprice = 350\nsend_url = "http://127.0.0.1:9"\n'
    )
    code, out, _ = run(capsys, "render", EVENT, "--channel", "sms", "--facts", "facts.json", "--json")
    told = json.loads(out)
    assert code == 0
    assert "KENES D'ANGELO" in told["parts"]["text"]
    assert "10 Des 09.00 s.d. 12 Des 14.00 WIT" in told["parts"]["text"]
    assert (told["segments"], told["alphabet"], told["price"]) == (1, "GSM-7", 350)
    assert told["template"].startswith("file-")
    _, out, _ = run(capsys, "render", EVENT, "--channel", "telegram", "--facts", "facts.json", "--json")
    told = json.loads(out)
    assert set(told["parts"]) == {"html", "text"}
    assert "Dinsos" in told["parts"]["text"]
    assert (told["segments"], told["price"]) == (None, 0)


def test_a_sample_shows_what_a_message_looks_like(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "render", EVENT, "--channel", "sms", "--language", "su", "--sample", "wit")
    assert code == 0
    assert "WIT" in out
    assert "1 SMS, GSM-7" in out


def test_nothing_of_this_needs_or_makes_a_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["list"], ["show", "help"], ["render", "help", "--channel", "sms"]):
        assert run(capsys, *words)[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_checking_loads_no_database_driver_and_no_web_server() -> None:
    program = (
        "import sys; from notifier.cli.main import main; main(['templates', 'list']); "
        "print({'sqlalchemy', 'aiohttp', 'alembic', 'telegram'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "set()"


# --- publish ---------------------------------------------------------------------------------------------------------


def test_a_file_is_published_and_shown_as_the_one_in_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_admin(tmp_path / "data"))
    file = tmp_path / "sms.id.text"
    where = [EVENT, "--channel", "sms", "--language", "id"]
    file.write_text("{{ nama }} STOP")
    code, _, err = run(capsys, "publish", *where, str(file), "--by", "siti", "--data", "data")
    assert code == 1
    assert "sms.id.text:1:4: error [unknown_fact]" in err
    file.write_text("Halo {{ name|singkat(20) }} STOP {{ code }}")
    code, out, _ = run(capsys, "publish", *where, str(file), "--by", "siti", "--json", "--data", "data")
    assert code == 0
    assert json.loads(out)["parts"] == {"text": "v1"}
    code, out, _ = run(capsys, "render", *where, "--published", "--json", "--data", "data")
    assert (json.loads(out)["template"], json.loads(out)["parts"]["text"]) == ("v1", "Halo Siti Aminah STOP K7QM-3FXA")
    _, out, _ = run(capsys, "list", EVENT, "--published", "--data", "data")
    assert "id.text v1" in out
    code, _, err = run(capsys, "publish", *where, "--by", "siti", "--data", "data")
    assert code == 1
    assert "no draft" in err
    code, _, err = run(capsys, "publish", *where, str(file), "--by", "budi", "--data", "data")
    assert code == 1
    assert '"budi"' in err


def test_the_command_keeps_to_the_configured_second_pair_of_eyes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_admin(tmp_path / "data", somebody=True))
    (tmp_path / "config.toml").write_text("[templates]\nfour_eyes_above = 0\n")
    (tmp_path / "sms.id.text").write_text("Halo {{ name|singkat(20) }} STOP {{ code }}")
    words = ["publish", EVENT, "--channel", "sms", "sms.id.text", "--by", "siti", "--data", "data"]
    code, _, err = run(capsys, *words)
    assert (code, "more than 0 people: another admin has to review it first" in err) == (1, True)


async def _admin(data: Path, *, somebody: bool = False) -> None:
    from notifier.accounts import Person
    from notifier.app import open_house
    from notifier.cli.options import Options

    async with open_house(Options(data=data)) as house:
        await house.accounts.add(Person("siti", "admin"), "kata-sandi-panjang-1", who="cli:test", now=house.clock())
        if somebody:
            row = {"nik": b"", "nik_index": bytes(32), "nik_masked": "", "name": "SITI", "region": "31.75.07.1003"}
            at = {"zone": "Asia/Jakarta", "flags": [], "created_at": house.clock(), "updated_at": house.clock()}
            async with house.database.write() as db:
                await db.execute(insert(schema.people).values(**row, **at))


def test_a_folder_goes_out_and_in_and_versions_are_compared_and_rolled_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_admin(tmp_path / "data"))
    folder, where = tmp_path / "kata", [EVENT, "--channel", "sms", "--part", "text", "--data", "data"]
    assert run(capsys, "export", "kata", "--data", "data")[0] == 0
    assert (folder / EVENT / "sms.id.text").read_text().strip() == _shipped().strip()
    (folder / EVENT / "sms.id.text").write_text("Halo {{ name|singkat(20) }} STOP {{ code }}\n")
    (folder / "pages" / "faq.id.toml").write_text('title = "Tanya"\n')
    (folder / "lexicon.toml").write_text("[spelling]\nsudah = 1\n")
    code, _, err = run(capsys, "import", "kata", "--by", "siti", "--data", "data")
    assert code == 1
    assert "lexicon.toml:2:1: error [lexicon] spelling.sudah is no text" in err
    (folder / "lexicon.toml").write_text('[spelling]\nsudah = "zuwis"\n')
    _, out, _ = run(capsys, "import", "kata", "--by", "siti", "--json", "--data", "data")
    assert [row["template"] for row in json.loads(out)] == [
        "lexicon/words/id/additions",
        "public_page/web/id/faq",
        f"{EVENT}/sms/id/text",
    ]
    code, out, _ = run(capsys, "diff", *where)
    assert (code, "+Halo {{ name|singkat(20) }} STOP {{ code }}" in out) == (1, True)
    assert run(capsys, "publish", "lexicon", "--by", "siti", "--data", "data")[0] == 0
    assert run(capsys, "publish", EVENT, "--channel", "sms", "--by", "siti", "--data", "data")[0] == 0
    _, out, _ = run(capsys, "history", *where, "--json")
    assert [(row["version"], row["state"]) for row in json.loads(out)] == [(1, "published")]
    code, _, err = run(capsys, "rollback", *where, "--to", "v1", "--by", "siti")
    assert (code, "in force already" in err) == (1, True)
    code, _, err = run(capsys, "review", "public_page", "--by", "siti", "--data", "data")
    assert (code, "your own words" in err) == (1, True)
    (folder / "nix.txt").write_text("x")
    assert "is no template" in run(capsys, "import", "kata", "--by", "siti", "--data", "data")[2]


def _shipped() -> str:
    found = Words().source(EVENT, "sms", "id", "text")
    assert found is not None
    return found[1]
