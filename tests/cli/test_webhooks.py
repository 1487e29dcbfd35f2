"""`notifier webhooks`: every word of it, over a house of its own."""

import asyncio
from pathlib import Path

import pytest

from notifier.app import open_house, utc_now
from notifier.cli.main import main
from notifier.cli.options import Options

HERE = '[webhooks]\nallowed = ["127.0.0.1/32"]\n'
URL = "http://127.0.0.1:9/told"


async def _ping(data: Path) -> str:
    async with open_house(Options(data=data)) as house:
        return await house.webhooks.ping(1, who="cli:test", now=utc_now())


def test_webhooks_are_added_listed_read_told_again_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text(HERE)

    def say(*words: str, code: int = 0) -> str:
        assert main(["--data", str(tmp_path), "webhooks", *words]) == code, words
        told = capsys.readouterr()
        return told.err if code else told.out

    add = ["add", "SIKS-NG", URL, "--kinds", "ticket.opened,ticket.closed", "--region", "31.75", "--shielded"]
    made = say(*add)
    assert made.startswith("Webhook 1. Secret (shown this once): whsec_")
    listed = say("list")
    assert listed.split()[:6] == ["1", "on", "SIKS-NG", "31.75", "0", "wait"]
    assert URL in listed
    assert made.split()[-1] not in listed
    event = asyncio.run(_ping(tmp_path))
    assert "due" in (log := say("log", "1"))
    assert {event, "webhook.ping", "webhook:1"} <= set(log.split())
    assert say("replay", "1", "--hours", "24") == "0 told again.\n"
    assert say("replay", "1", "--event", event) == "0 told again.\n", "it waits already"
    assert "leads into a private network" in say("add", "x", "https://10.0.0.1/", "--kinds", "ticket.opened", code=1)
    assert say("remove", "1") == "SIKS-NG is told nothing any more.\n"
    assert "There are no webhooks yet" in say("list")
