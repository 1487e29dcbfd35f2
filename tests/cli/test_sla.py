"""notifier sla: when a promise is due and why, in words and as data; notifier check warns of unknown days off."""

import json
from argparse import Namespace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.cli import sla
from notifier.cli.check import _promises
from notifier.cli.options import Options
from notifier.config import parse
from notifier.errors import Refused
from notifier.store.schema import tickets
from tests.inbox.talks import open_talk

DAY = ["07:30-12:00", "13:00-16:00"]
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), DAY)
CALENDAR = "[calendars.office]\n" + "\n".join(f"{day} = {json.dumps(given)}" for day, given in WEEK.items())
DUE = ["due", "--calendar", "office", "--start", "2026-12-23T15:00", "--minutes", "120"]
PAUSES = ["--pause", "2026-12-23T15:30/2026-12-23T15:45", "--pause", "2026-12-23T15:40/2026-12-28T08:00"]


@pytest.fixture
def options(tmp_path: Path) -> Options:
    file = tmp_path / "own.toml"
    file.write_text(f"{CALENDAR}\n[policies.usual]\nresolve = '10h'\n")
    return Options(data=tmp_path, config=file, config_named=True)


def test_a_preview_counts_each_interval_and_names_each_day_off(
    options: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sla.command(DUE, options) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Wed 2026-12-23  15:00-16:00  1:00 h, leaves 1:00 h.",
        "Thu 2026-12-24  not counted: Cuti Bersama Hari Raya Natal.",
        "Fri 2026-12-25  not counted: Hari Raya Natal.",
        "Sat 2026-12-26  not counted: no office day.",
        "Sun 2026-12-27  not counted: no office day.",
        "Mon 2026-12-28  07:30-08:30  1:00 h, leaves 0:00 h.",
        "due Monday 2026-12-28 08:30 Asia/Jakarta",
    ]


def test_pauses_of_a_preview_cost_their_union(options: Options, capsys: pytest.CaptureFixture[str]) -> None:
    assert sla.command([*DUE, *PAUSES, "--json"], options) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["due"], told["paused_minutes"]) == ("2026-12-28T09:30:00+07:00", 60)  # 30 before closing, 30 after
    counted = sum(step["minutes"] for step in told["steps"] if step["kind"] == "counts")
    stood = sum(step["minutes"] for step in told["steps"] if step["kind"] == "stands")
    assert (counted, stood) == (120, 60)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["due", "--calendar", "x", "--start", "2026-12-23T15:00", "--minutes", "1"], 'has no calendar "x"'),
        (["due", "--calendar", "office", "--start", "soon", "--minutes", "1"], "is no time"),
        ([*DUE, "--pause", "2026-12-23T15:30"], "write FROM/TO"),
        ([*DUE, "--pause", "2026-12-24T15:30/2026-12-23T15:30"], "ends before it begins"),
        (["due", "--calendar", "office", "--start", "2026-12-23", "--minutes", "-1"], "must not be negative"),
        (["due", "--calendar", "office", "--start", "2026-12-23", "--minutes", "527041"], "at most 527040"),
        (["due", "--calendar", "office", "--start", "9999-12-31", "--minutes", "1"], "from 2000 to 2100"),
        (["due", "--calendar", "office", "--start", "0001-01-01", "--minutes", "1"], "from 2000 to 2100"),
    ],
)
def test_a_preview_that_cannot_be_reckoned_says_why(options: Options, words: list[str], says: str) -> None:
    with pytest.raises(Refused, match=says):
        sla.command(words, options)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_ticket_tells_its_arithmetic_in_lines_and_as_data(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = {"calendars": {"office": WEEK}, "policies": {"usual": {"resolve": "10h", "legal_days": 5}}}
    async with open_talk(database_url, tmp_path, **tables) as talk:
        talk.at("2026-12-23 15:00")
        await talk.house.desk.register(talk.now)
        await talk.sms("+6281200000001", "petugas minta uang 10rb untuk administrasi")
        [(number,)] = await talk.all(select(tickets.c.number))
        file = tmp_path / "own.toml"
        file.write_text(
            f'{CALENDAR}\n[database]\nurl = "{talk.house.config.database.url}"\n[policies.other]\nresolve = "1h"\n'
        )
        options = Options(data=tmp_path, config=file, config_named=True)
        assert await sla._explain(Namespace(ticket=number.lower(), json=False), options) == 0
        lines = capsys.readouterr().out.splitlines()
        assert await sla._explain(Namespace(ticket=number, json=True), options) == 0
        told = json.loads(capsys.readouterr().out)
    # The file promises something else by now; the ticket goes on under what it was promised, until a service starts.
    assert lines[:2] == [f"Ticket {number}, received.", "Policy usual, version 1; office hours of Asia/Jakarta."]
    assert "  Thu 2026-12-24  not counted: Cuti Bersama Hari Raya Natal." in lines
    assert "  due 2026-12-29 09:00 WIB." in lines  # 60 minutes on the 23rd, 450 on the 28th, 90
    assert (told["ticket"], told["policy"], told["version"], told["in_force"]) == (number, "usual", 1, "usual")
    assert {clock["clock"]: clock["due"] for clock in told["clocks"]} == {
        "resolution": "2026-12-29T09:00:00+07:00",
        "legal": "2027-01-04T16:00:00+07:00",
    }


@pytest.mark.parametrize(
    ("today", "more", "warned"),
    [
        (date(2026, 11, 25), {}, False),
        (date(2027, 10, 30), {}, False),
        (date(2027, 11, 5), {}, True),  # nobody has decreed those of 2028 yet
        (date(2027, 11, 5), {"extra_holidays": ["2028-01-03"]}, False),
        (date(2027, 11, 5), {"holidays": False}, False),
    ],
)
def test_days_off_that_nobody_told_for_the_next_sixty_days_are_warned_of(
    today: date, more: dict[str, object], warned: bool
) -> None:
    config = parse({"calendars": {"office": {**WEEK, **more}}, "policies": {"usual": {"resolve": "1h"}}})
    found = [one for one in _promises(config, today) if one.level == "warning"]
    assert [one.what for one in found] == (["calendars.office"] if warned else [])
    assert all("cuti bersama of 2028" in one.sentence for one in found)


@pytest.mark.parametrize(("today", "warned"), [(date(2026, 11, 25), 1), (date(2027, 11, 5), 2)])
def test_without_policies_it_says_what_is_promised_and_whose_days_off_nobody_told(today: date, warned: int) -> None:
    found = [one for one in _promises(parse({}), today) if one.level == "warning"]
    assert [one.what for one in found] == ["policies"] * warned
    assert "a first answer in 3 working days" in found[0].sentence
