"""How far something long is: a bar for a person who watches, a line now and then for a log. On stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Tell = Callable[[str, int, int], None]  # what, done, of how many


@contextmanager
def of_bytes() -> Iterator[Tell]:
    """Progress that is counted in bytes."""
    if not sys.stderr.isatty():
        told: set[tuple[str, int]] = set()

        def line(what: str, done: int, total: int) -> None:
            tenth = done * 10 // total if total else 0
            if tenth and (what, tenth) not in told and (tenth % 5 == 0 or total > 1 << 30):
                told.add((what, tenth))
                print(f"{what}: {tenth * 10} %", file=sys.stderr, flush=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def bar(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield bar
