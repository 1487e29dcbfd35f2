"""Every goal of speed as a ratio to a bare floor: `python3 run.py bench [--quick] [--only NAME …] [--json FILE]`.

Every ratio stands on runs in turns, A B A B …, and on medians of CPU seconds of this process alone: PostgreSQL and the
far end are processes of their own. docs/performance.md tells what each ratio means.
"""

import argparse
import asyncio
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if not __package__:  # as a script: its own folder is no place to import from
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench import answers, backlog, desk, fanout, hooks, imports, incident, mail, many, pages, render, sending, telegram
from bench import webhooks as told
from bench.ground import ENGINES, Ground, open_grounds
from bench.measure import Figure, say
from notifier.app.service import calm


@dataclass(frozen=True)
class Bench:
    """One goal."""

    name: str
    what: str
    measure: Callable[[Ground], Coroutine[Any, Any, Figure]]
    goals: dict[str, float]  # engine → the most its figure may be
    unit: str = "×"


BOTH = ("postgresql", "sqlite")
BENCHES = (
    Bench("sms", "CPU of an SMS, everything on / bare POST", sending.sms, dict.fromkeys(BOTH, 1.8)),
    Bench("telegram", "CPU of a Bot API call / the library's own transport", telegram.call, {"sqlite": 0.1}),
    Bench("mail", "CPU of a mail, words and MIME / bare SMTP", mail.mail, {"sqlite": 1.7}),
    Bench("render", "CPU of a message's words / bare compiled Jinja", render.render, {"sqlite": 2.0}),
    Bench("fanout", "time of a fan-out / bare INSERT … SELECT", fanout.fanout, {"postgresql": 1.3, "sqlite": 3.0}),
    Bench("backlog", "CPU or time a message, large backlog / small", backlog.backlog, dict.fromkeys(BOTH, 1.1)),
    Bench("snapshot", "the same while a snapshot is held", backlog.with_snapshot, dict.fromkeys(BOTH, 1.2)),
    Bench("hooks", "CPU of a stored hook / none stored", hooks.stored, {"postgresql": 1.6, "sqlite": 1.9}),
    Bench("webhooks", "CPU of a webhook's call / bare POST", told.calls, dict.fromkeys(BOTH, 3.0)),
    Bench("p99", "p99 of a hook, busy / idle", hooks.under_load, {"sqlite": 4.0}),
    Bench("memory", "peak with many messages - with few", many.memory, dict.fromkeys(BOTH, 16.0), "MiB"),
    Bench("workers", "CPU a message, two workers / one", many.two_workers, {"postgresql": 1.15}),
    Bench("settles", "CPU, small settles / of 500", many.settles, dict.fromkeys(BOTH, 1.2)),
    Bench("killed", "unsettled after kill -9 at full speed", many.killed, dict.fromkeys(BOTH, 100.0), "rows"),
    Bench("desk", "a list of 200,000 tickets / of 200; see its other figures", desk.desk, dict.fromkeys(BOTH, 1.2)),
    Bench("pages", "time of the dearest page, many rows / few", pages.pages, {"postgresql": 1.3}),
    Bench("incident", "an incident's last answers / its first", incident.incident, dict.fromkeys(BOTH, 1.3)),
    Bench("imports", "peak bringing many people in - few", imports.imports, dict.fromkeys(BOTH, 16.0), "MiB"),
    Bench("answers", "p99 of an answer during a broadcast", answers.answers, dict.fromkeys(BOTH, 2.0), "s"),
)


def main(words: Sequence[str]) -> int:
    """Measure, print a table; exit code 1 when a bench broke, not when a goal is missed."""
    options = _options(words)
    logging.basicConfig(level=logging.ERROR)
    calm()  # as every process of the service does
    engines = (options.database,) if options.database else ENGINES
    chosen = [bench for bench in BENCHES if not options.only or bench.name in options.only]
    results: list[dict[str, Any]] = []
    with open_grounds(engines, quick=options.quick, size=options.size) as grounds:
        for bench in chosen:
            for engine in engines:
                if engine in bench.goals:
                    results.append(_measured(bench, grounds[engine]))
                    _kept(options.json, results)  # after each: a long run may be broken off
    print(table(results))
    return 1 if any("error" in result for result in results) else 0


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench", description="Measure every goal as a ratio to a bare floor.")
    parser.add_argument("--quick", action="store_true", help="smaller, in under 5 minutes")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=[bench.name for bench in BENCHES], help="these only"
    )
    parser.add_argument("--database", choices=ENGINES, help="on this engine only")
    parser.add_argument("--size", type=float, default=1.0, metavar="PART", help="part of the usual sizes, such as 0.1")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args(words)


def _measured(bench: Bench, ground: Ground) -> dict[str, Any]:
    """One bench on one engine, as the JSON tells it. A bench that breaks has not met its goal."""
    goal = bench.goals[ground.engine]
    result: dict[str, Any] = {"name": f"{bench.name} {ground.engine}", "ratio": None, "goal": goal, "met": False}
    result |= {"what": bench.what, "unit": bench.unit, "database": ground.engine, "runs": ground.runs}
    say(f"· {result['name']} …")
    began = time.perf_counter()
    try:
        figure = asyncio.run(bench.measure(ground))
        result |= {"ratio": round(figure.ratio, 3), "met": figure.ratio <= goal and figure.within, **figure.extra}
    except Exception as error:
        traceback.print_exc()
        result["error"] = f"{type(error).__name__}: {error}"
    result["seconds"] = round(time.perf_counter() - began, 1)
    told = {key: value for key, value in result.items() if key not in ("name", "what", "unit", "database", "runs")}
    say(f"  {told}")
    return result


def _kept(file: str | None, results: Sequence[dict[str, Any]]) -> None:
    if file:
        Path(file).write_text(json.dumps({"machine": _machine(), "results": results}, indent=1) + "\n")


def _machine() -> dict[str, Any]:
    return {
        "cpus": os.cpu_count(),
        "python": sys.version.split()[0],
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def table(results: Sequence[dict[str, Any]]) -> str:
    """The figures for people."""
    lines = [f"{'bench':<24}{'figure':>12}{'goal':>12}  met", "-" * 54]
    for result in results:
        unit = result["unit"]
        figure = "broke" if result["ratio"] is None else f"{result['ratio']:.3g} {unit}"
        goal, met = f"{result['goal']:g} {unit}", "yes" if result["met"] else "NO"
        lines.append(f"{result['name']:<24}{figure:>12}{goal:>12}  {met:<4} {result['what']}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
