"""The commands that guard: plan with first ones and a cap, confirm a restore, send a test."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert

from notifier.accounts import Person
from notifier.app import House, open_house, utc_now
from notifier.cli.main import main
from notifier.cli.options import Options
from notifier.ledger import seal
from notifier.store import ledger as acts
from notifier.store.schema import broadcasts, ledger, rounds

LINES = '[lines.sms]\nchannel = "sms"\nurl = "http://127.0.0.1:9/send"\nsandbox = true\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(LINES)

    async def fill(house: House) -> None:
        await house.accounts.add(Person("rina", "admin"), None, who="cli:test", now=utc_now())
        await house.accounts.add(Person("sari", "agent"), None, who="cli:test", now=utc_now())

    _in(tmp_path, fill)
    return tmp_path


def _in(data: Path, do: Callable[[House], Awaitable[None]]) -> None:
    async def run() -> None:
        async with open_house(Options(data=data)) as house:
            await do(house)

    asyncio.run(run())


async def _lose(house: House) -> None:
    async with house.database.write() as db:
        for _ in range(3):
            await acts.append(db, at=utc_now(), who="clock", act="test", about="test:1")
    await seal(house.database, house.vault, "test", utc_now())
    await house.restored.look(utc_now())
    async with house.database.write() as db:
        await db.execute(delete(ledger).where(ledger.c.seq > 2))


def test_a_restore_is_shown_then_confirmed_then_over(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["--data", str(data)]
    assert main(["confirm-restore", "--by", "rina", *here]) == 1
    assert "nothing to confirm" in capsys.readouterr().err
    _in(data, _lose)
    assert main(["confirm-restore", "--by", "rina", "--dry-run", *here]) == 0
    shown = capsys.readouterr().out
    assert "act 5" in shown
    assert "act 2" in shown
    assert "Nothing was changed" in shown
    assert main(["confirm-restore", "--by", "sari", *here]) == 1
    assert "lacks the right" in capsys.readouterr().err
    assert main(["confirm-restore", "--by", "rina", "--json", *here]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"remembered": 5, "found": 2, "confirmed": True, "held": 0, "asking": []}
    assert main(["confirm-restore", "--by", "rina", *here]) == 1
    assert main(["verify", *here]) == 0


def test_a_test_is_queued_and_told_that_it_waits(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["test-send", "sms", "--to", "081230000001", "--by", "rina", "--wait", "0", "--data", str(data)]
    assert main(words) == 0
    assert "Test 1 waits for its turn on sms" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"delivery": 2, "line": "sms", "state": "due", "reason": ""}
    words[1] = "fax"
    assert main(words) == 1
    assert 'no line is called "fax"; there are: sms' in capsys.readouterr().err


def test_a_cap_that_is_no_number_is_wrong_usage(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["plan", "round_announced", "--round", "X", "--at", "now", "--by", "rina", "--data", str(data)]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--cap", "much"])
    assert ended.value.code == 2
    assert "--cap" in capsys.readouterr().err


def test_a_number_that_no_row_can_have_is_nothing_there_is(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (2**63, 99999999999999999999, -1):
        assert main(["statement", str(number), "--data", str(data)]) == 1
        assert capsys.readouterr().err == f"there is no broadcast {number}\n"
        assert main(["approve", str(number), "--by", "rina", "--data", str(data)]) == 1
        assert f"there is no broadcast {number}" in capsys.readouterr().err


def test_a_broadcast_is_controlled_from_the_command_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def under_way(house: House) -> None:
        now = utc_now()
        times = dict.fromkeys(("opens_at", "closes_at", "created_at", "updated_at"), now + timedelta(days=3))
        place = {"code": "X", "programme": "BPNT", "period": "2026", "region": "31", "venue": "Pos", "method": "TUNAI"}
        plan = {"event": "round_announced", "state": "canary", "planned_by": "account:9", "canary": 1}
        numbers: dict[str, Any] = {"round_id": 1, "round_version": 1, "approved_audience": 3, "facts": {}, "pins": {}}
        when = {"at": now, "expires_at": now + timedelta(days=3), "planned_at": now}
        async with house.database.write() as db:
            await db.execute(insert(rounds).values(id=1, zone="Asia/Jakarta", **place, **times))
            await db.execute(insert(broadcasts).values(id=7, **plan, **numbers, **when))

    _in(data, under_way)

    def control(act: str, *words: str, by: str = "rina") -> int:
        return main(["control", "7", act, *words, "--by", by, "--data", str(data)])

    assert control("release", by="sari") == 1
    assert "lacks the right" in capsys.readouterr().err
    assert control("release", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"broadcast": 7, "state": "expanding"}
    assert control("release") == 1
    assert "nobody waits for its first ones" in capsys.readouterr().err
    assert control("plan-rest") == 1
    assert "only one that was stopped half-way" in capsys.readouterr().err
    for act, told in (("pause", "is paused"), ("resume", "goes on."), ("stop", "is stopped for good")):
        assert control(act) == 0
        assert told in capsys.readouterr().out


def test_a_data_folder_that_takes_no_files_is_an_error_of_check(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--data", str(data)]) == 0
    assert sorted(place.name for place in data.iterdir()) == ["config.toml", "keys.json", "notifier.db"]
    capsys.readouterr()
    assert main(["check", "--data", "/proc/nope"]) == 1
    assert "ERROR   data: /proc/nope can't be written" in capsys.readouterr().err
    assert main(["check", "--data", str(data / "config.toml" / "x")]) == 1
    assert "can't be written" in capsys.readouterr().err


def test_verify_tells_what_waits_warns_of_a_head_that_is_gone_and_writes_nothing(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def chain(house: House) -> None:
        await seal(house.database, house.vault, "test", utc_now())

    here = ["--data", str(data)]
    for _ in range(2):
        assert main(["verify", *here]) == 0
        assert "2 acts wait to be chained" in capsys.readouterr().out
    _in(data, chain)
    assert main(["verify", "--json", *here]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sound"], told["acts"], told["waiting"], told["findings"]) == (True, 2, 0, [])
    assert "remembers the newest act" in told["warnings"][0]
    assert not (data / "ledger.head").exists()


def test_verify_names_a_row_that_was_altered_and_fails(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def forge(house: House) -> None:
        now = utc_now()
        times = dict.fromkeys(("opens_at", "closes_at", "created_at", "updated_at"), now)
        place = {"code": "X", "programme": "BPNT", "period": "2026", "region": "31", "venue": "Pos", "method": "TUNAI"}
        plan = {"event": "round_announced", "state": "planned", "planned_by": "account:9"}
        numbers: dict[str, Any] = {"round_id": 1, "round_version": 1, "approved_audience": 3, "facts": {}, "pins": {}}
        when = dict.fromkeys(("at", "expires_at", "planned_at"), now)
        async with house.database.write() as db:
            await db.execute(insert(rounds).values(id=1, zone="Asia/Jakarta", **place, **times))
            await db.execute(insert(broadcasts).values(id=7, **plan, **numbers, **when))

    _in(data, forge)
    assert main(["verify", "--data", str(data)]) == 1
    assert "broadcasts 7: no act of the ledger plans it." in capsys.readouterr().err


def test_a_plan_for_a_time_that_is_past_is_told_so_or_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = utc_now()
    times = {"opens_at": now + timedelta(days=2), "closes_at": now + timedelta(days=3)}

    async def fill(house: House) -> None:
        await house.accounts.add(Person("budi", "admin"), None, who="cli:test", now=now)
        place = {"code": "X", "programme": "BPNT", "period": "2026", "region": "31", "venue": "Pos", "method": "TUNAI"}
        async with house.database.write() as db:
            row = {**place, **times, "zone": "Asia/Jayapura", "created_at": now, "updated_at": now}
            await db.execute(insert(rounds).values(**row))

    _in(data, fill)
    words = ["plan", "round_announced", "--round", "X", "--by", "rina", "--data", str(data)]
    assert main([*words, "--at", (now - timedelta(days=400)).isoformat()]) == 1
    assert "is past by more than 6 hours" in capsys.readouterr().err
    hour_ago = (now - timedelta(hours=1)).isoformat()
    assert main([*words, "--at", hour_ago, "--dry-run"]) == 0
    assert "That time is past: it leaves at once after approval." in capsys.readouterr().out
    assert main([*words, "--at", "now", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["past"] is False
    narrow = ["--at", "now", "--dry-run", "--region", "31.75", "--status", "GAGAL", "--status", "DITUNDA"]
    assert main([*words, *narrow, "--channel", "sms", "--answer", "silent", "--asked", "X"]) == 0
    said = "BPNT families in 31.75, status postponed or failed, reachable by SMS, who have not answered the "
    assert f"  whom         {said}receipt question X\n" in capsys.readouterr().out
    assert main([*words, *narrow, "--region", "73"]) == 1
    assert "the region 73 is not in 31" in capsys.readouterr().err
    assert main([*words, "--at", hour_ago, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["past"] is True
    assert main(["approve", "1", "--by", "budi", "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert "(Asia/Jayapura)" in said
    assert "That time is past: it leaves at once." in said
