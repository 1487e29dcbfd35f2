"""The bench works and says what it found in the form that is promised; what it finds is not judged here."""

import json
from pathlib import Path

from bench import run


def test_a_tiny_bench_tells_name_ratio_goal_and_whether_it_is_met(tmp_path: Path) -> None:
    told = tmp_path / "bench.json"
    words = ["--only", "sms", "mail", "--database", "sqlite", "--quick", "--size", "0.01", "--json", str(told)]
    assert run.main(words) == 0
    results = json.loads(told.read_text())["results"]
    assert [result["name"] for result in results] == ["sms sqlite", "mail sqlite"]
    for result in results:
        assert result["ratio"] > 0
        assert result["met"] is (result["ratio"] <= result["goal"])
        assert result["messages"] == 20


def test_every_goal_is_measured_on_an_engine_and_named_once() -> None:
    names = [bench.name for bench in run.BENCHES]
    assert len(set(names)) == len(names)
    assert all(bench.goals for bench in run.BENCHES)


def test_a_bench_that_breaks_says_so_and_has_not_met_its_goal() -> None:
    table = run.table([{"name": "x sqlite", "what": "x", "unit": "×", "ratio": None, "goal": 1.8, "met": False}])
    assert "broke" in table
    assert "NO" in table
