"""Where the CPU of a broadcast by SMS goes: `python bench/where.py [MESSAGES]`. docs/performance.md keeps the answer.

Samples the stack each time the process has used some milliseconds of CPU, so that waiting counts for nothing and the
sampled code runs at its own speed. Statements are counted in a second run.
"""

import asyncio
import re
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

if not __package__:  # as a script: its own folder is no place to import from
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from greenlet import getcurrent  # type: ignore[import-untyped]
from sqlalchemy import event

from bench.ground import ENGINES, Ground, open_grounds
from bench.measure import spent
from bench.seed import add_people, add_round, make_due
from notifier.app.lines import build_dispatcher

STEP = 0.001  # CPU seconds between two samples; the kernel may round it up to 4 ms
LIBRARY = re.compile(r".*site-packages/([^/]+)|.*python3\.\d+/(\w+)")
OURS = re.compile(r"/((?:notifier|channels)/.+)$")


class Samples:
    """Stacks seen while it is open."""

    def __init__(self) -> None:
        self.taken = 0
        self.own: Counter[str] = Counter()  # by the innermost frame's function
        self.libraries: Counter[str] = Counter()  # by the innermost frame's package
        self.rooms: Counter[str] = Counter()  # by our innermost function: what it asked of libraries counts for it
        self.within: Counter[str] = Counter()  # by our functions, with all they call

    def __enter__(self) -> "Samples":
        signal.signal(signal.SIGPROF, self._take)
        signal.setitimer(signal.ITIMER_PROF, STEP, STEP)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _take(self, _number: int, frame: FrameType | None) -> None:
        self.taken += 1
        stack = _stack(frame)
        inner = stack[0]
        if inner[0].endswith("selectors.py"):  # the loop waits, so another thread used the CPU
            inner, stack = ("", "SQLite's thread, or the kernel"), []
        library = LIBRARY.match(inner[0])
        self.own[f"{Path(inner[0]).name}:{inner[1]}"] += 1
        self.libraries[(library[1] or f"python: {library[2]}") if library else _room(inner[0]) or inner[1]] += 1
        mine = [f"{room[1]}:{name}" for file, name in stack if (room := OURS.search(file))]
        self.rooms[mine[0] if mine else f"(none of ours, innermost: {Path(inner[0]).name}:{inner[1]})"] += 1
        self.within.update(set(mine))

    def told(self, per_message: float) -> str:
        """Four tables; `per_message`: microseconds of CPU in all."""
        parts = []
        for title, counts, most in (
            ("by package of the innermost frame", self.libraries, 20),
            ("by our innermost function, with the libraries it calls", self.rooms, 40),
            ("by our functions, with all they call", self.within, 40),
            ("by innermost function", self.own, 40),
        ):
            lines = [
                f"{n / self.taken * 100:5.1f} %  {n / self.taken * per_message:6.1f} µs  {name}"
                for name, n in counts.most_common(most)
            ]
            parts.append("\n".join([f"--- {title}", *lines]))
        return "\n\n".join(parts)


def _stack(frame: FrameType | None) -> list[tuple[str, str]]:
    """(file, function) from the innermost on; goes on in the greenlet that waits for this one."""
    found, green = [], getcurrent()
    while frame is not None:
        found.append((frame.f_code.co_filename, frame.f_code.co_qualname))
        frame = frame.f_back
        if frame is None and green.parent is not None:
            green = green.parent
            frame = green.gr_frame
    return found


def _room(file: str) -> str:
    found = OURS.search(file)
    return "/".join(found[1].split("/")[:2]) if found else ""


async def look(ground: Ground, n: int) -> str:
    """What one engine's broadcast spends its CPU on."""
    async with ground.house("sms") as house:
        round_id = await add_round(house)
        await add_people(house, n, "sms")
        dispatcher = build_dispatcher(house)
        await make_due(house, round_id, n, "sms")
        await dispatcher.drain()  # warms up
        await make_due(house, round_id, n, "sms")
        samples = Samples()
        with samples:
            took = await spent(dispatcher.drain)
        statements: Counter[str] = Counter()
        rows: Counter[str] = Counter()

        def count(_c: object, _k: object, statement: str, parameters: list[Any], _x: object, many: bool) -> None:
            short = re.sub(r"\s+", " ", statement)[:100]
            statements[short] += 1
            rows[short] += len(parameters) if many else 1

        await make_due(house, round_id, n, "sms")
        event.listen(house.database.engine.sync_engine, "before_cursor_execute", count)
        await dispatcher.drain()
    said = [f"{count:6d} × ({rows[name] / count:5.1f} rows)  {name}" for name, count in statements.most_common(40)]
    head = f"===== {ground.engine}: {n} messages, {took.cpu / n * 1e6:.0f} µs CPU a message, {n / took.wall:.0f}/s"
    counted = f"--- statements: {sum(statements.values()) / n:.3f} a message"
    return "\n".join([head, "", samples.told(took.cpu / n * 1e6), "", counted, *said, ""])


if __name__ == "__main__":
    with open_grounds(ENGINES) as grounds:
        for ground in grounds.values():
            print(asyncio.run(look(ground, int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)), flush=True)
