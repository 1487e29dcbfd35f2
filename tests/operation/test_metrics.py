"""What Prometheus is told, that it costs little however much there is, and that each alert leads to a paragraph."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import event, insert, text, update

from notifier.backups import backup, place_of
from notifier.store.schema import arrivals, deliveries
from notifier.vitals import GAUGES
from tests.web.sites import fill, open_site

ROOT = Path(__file__).resolve().parents[2]
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="([^"]*)"')
OWN = {"notifier_http_requests", "notifier_http_seconds", "notifier_dispatch_failures"}


def samples(told: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (name, frozenset(LABEL.findall(labels or ""))): float(value) for name, labels, value in SAMPLE.findall(told)
    }


def value(told: str, name: str, **labels: str) -> float:
    return samples(told)[name, frozenset(labels.items())]


async def test_each_figure_is_told_as_it_stands(database_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, tmp_path) as pages:
        await fill(pages)
        house, now = pages.house, pages.clock()
        async with house.database.write() as db:
            late = {"body": b"", "headers": b"", "at": now, "wake": now - timedelta(seconds=90)}
            await db.execute(insert(arrivals).values(line="sms", **late))
            await db.execute(
                update(deliveries).where(deliveries.c.line == "sms").values(due_at=now - timedelta(seconds=50))
            )
        told = await pages.read("/metrics")
        bulk = {"line": "sms", "lane": "broadcasts"}
        assert value(told, "notifier_deliveries_due", **bulk) == 6
        assert value(told, "notifier_deliveries_oldest_due_seconds", **bulk) == 50
        assert value(told, "notifier_deliveries_due", line="bot", lane="answers") == 0
        assert value(told, "notifier_arrivals_waiting") >= 1
        assert value(told, "notifier_arrivals_lag_seconds") == 90
        assert value(told, "notifier_ledger_lag_seconds") == 9300, "nobody has chained since the first act"
        assert value(told, "notifier_tickets", list="team") == 3
        assert value(told, "notifier_database_up") == 1
        assert value(told, "notifier_sending_held") == 0
        assert abs(value(told, "notifier_clock_skew_seconds")) >= 0
        assert "notifier_backup_age_seconds " not in told
        names = {name for name, _ in samples(told)}
        assert names >= GAUGES.keys() - {"notifier_attempts_per_second", "notifier_backup_age_seconds"}
        for name, labels in samples(told):
            for label, named in labels:
                assert not re.search(r"\d{9,}|@|ADU-", named), f"{name}: {label}={named} could be somebody"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_backup_leaves_an_act_and_its_age_is_told(database_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, tmp_path) as pages:
        house = pages.house
        place = place_of(tmp_path, database_url, {})
        await backup(house.database, house.vault, place, tmp_path / "b", pages.clock(), lambda *_: None, who="cli:x")
        pages.clock.move(hours=2)
        assert value(await pages.read("/metrics"), "notifier_backup_age_seconds") == 7200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_figure_walks_through_a_table_that_grows(database_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, tmp_path) as pages:
        asked: list[tuple[str, Any]] = []

        def note(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters if isinstance(parameters, dict) else tuple(parameters)))

        event.listen(pages.house.database.engine.sync_engine, "before_cursor_execute", note)
        await pages.read("/metrics")
        event.remove(pages.house.database.engine.sync_engine, "before_cursor_execute", note)
        selects = [(statement, parameters) for statement, parameters in asked if statement.startswith("SELECT")]
        assert 0 < len(selects) <= 12
        async with pages.house.database.read() as db:
            for statement, parameters in selects:
                plan = await db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                for *_, step in plan:
                    walked = re.search(r"SCAN (deliveries|tickets|arrivals|ledger|files|people)\b(.*)", step)
                    assert walked is None or "INDEX" in walked[2], f"{step}: {statement}"
                    assert "TEMP B-TREE FOR ORDER BY" not in step, statement


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_process_without_its_database_still_tells_its_own_figures(database_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, tmp_path) as pages:
        async with pages.house.database.write() as db:
            await db.execute(text("ALTER TABLE deliveries RENAME TO gone"))
        told = await pages.read("/metrics")
        assert value(told, "notifier_database_up") == 0
        assert "notifier_http_seconds_bucket" in told or "notifier_http_requests" in told


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_every_alert_asks_for_figures_that_there_are_and_has_its_paragraph(rule: dict[str, Any]) -> None:
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert re.fullmatch(r"\d+[mh]", rule["for"])
    assert len(rule["annotations"]["summary"]) > 20
    named = set(re.findall(r"notifier_\w+", rule["expr"]))
    assert {re.sub(r"_(total|bucket)$", "", name) for name in named} <= GAUGES.keys() | OWN
    for name, inside in re.findall(r"(notifier_\w+)\{([^}]*)", rule["expr"].replace("{line}", "")):
        labels = {label for label, _ in re.findall(r'(\w+)=~?"([^"]*)"', inside)}
        assert labels <= set(GAUGES[name][1] if name in GAUGES else ("route", "status", "le")), name
    for grouped in re.findall(r"by \(([\w, ]+)\)", rule["expr"]):
        assert grouped in ("line", "scope", "le")
    assert rule["expr"].count("(") == rule["expr"].count(")")
    told = (ROOT / "docs" / "operation.md").read_text()
    assert f"\n#### {rule['alert']}\n" in told


def test_every_paragraph_has_its_alert_and_every_figure_is_named() -> None:
    told = (ROOT / "docs" / "operation.md").read_text()
    assert re.findall(r"^#### (Notifier\w+)$", told, re.MULTILINE) == [rule["alert"] for rule in RULES]
    named = set(re.findall(r"`(notifier_\w+)`", told))
    assert named == GAUGES.keys() | {name + "_total" for name in OWN - {"notifier_http_seconds"}} | {
        "notifier_http_seconds"
    }
