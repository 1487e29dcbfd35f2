"""Whatever happens to deliveries in whatever order: the machine of tests/delivery, with more examples."""

import asyncio
import time

from bench.breaking.values import Asked, Row
from tests.delivery.test_states_model import prove

STEPS = 40


async def states(asked: Asked) -> Row:
    """Many short lives of a broadcast, step by step against a model."""
    sqlite = asked.database_url.startswith("sqlite")
    examples = (15 if asked.quick else 200) // (1 if sqlite else 3)
    began = time.monotonic()
    wrong: tuple[str, ...] = ()
    try:  # on a thread, for it runs a loop of its own
        await asyncio.to_thread(prove, asked.database_url, asked.folder, examples, STEPS, asked.random.randrange(10**9))
    except Exception as error:
        wrong = (f"{type(error).__name__}: {error}",)
    return Row(
        scenario="states against a model",
        database="SQLite" if sqlite else "PostgreSQL",
        messages=3 * examples,
        events=STEPS * examples,
        lost=0,
        unaccounted=0,
        twice=0,
        bound=0,
        unknown=0,
        held=0,
        balanced=not wrong,
        sound=True,
        wrong=wrong,
        seconds=time.monotonic() - began,
    )
