"""Calls of a webhook, everything on, beside the same bodies posted barely over as many connections."""

import json
from functools import partial

from sqlalchemy import func, insert, select

from bench.floors import post_all
from bench.ground import Ground
from bench.measure import Figure, interleaved, median_cpu
from bench.sending import told
from notifier.app.house import House
from notifier.app.lines import build_caller
from notifier.rules.webhooks import News
from notifier.store.schema import webhook_calls, webhook_events
from notifier.webhooks import Wish

CALLS = 20_000, 2_000  # in full, for a quick look
STEP = 1_000  # rows written at once


async def calls(ground: Ground) -> Figure:
    """CPU of a call: taken under a lease, signed, posted, settled, logged; over a bare POST of the same body."""
    n = ground.some(*CALLS)
    async with ground.house() as house:
        wish = Wish("bench", f"{ground.provider.url}/told", [News.DELIVERY_SETTLED.value])
        webhook, _ = await house.webhooks.add(wish, who="cli:bench", now=house.clock())
        caller = build_caller(house)
        turns = 0

        async def ready(place: int) -> None:
            nonlocal turns
            if place == 0:
                await _wait(house, webhook.id, turns * n, n)
                turns += 1

        bodies = [_body(0).encode()] * n
        floor = partial(post_all, f"{ground.provider.url}/told", bodies, house.config.webhooks.at_once)
        ours, bare = await interleaved(ground.runs, caller.drain, floor, before=ready)
        async with house.database.read() as db:
            done = select(func.count()).where(webhook_calls.c.state == "done")
            made = int((await db.execute(done)).scalar_one())
    if made != turns * n:
        raise RuntimeError(f"of {turns * n} calls {made} were made")
    return Figure(median_cpu(ours) / median_cpu(bare), told(n, ours, bare))


async def _wait(house: House, webhook_id: int, first: int, n: int) -> None:
    """Have events and their calls wait; the numbers of both begin at 1 and are the same."""
    now = house.clock()
    for start in range(first + 1, first + n + 1, STEP):
        numbers = range(start, min(start + STEP, first + n + 1))
        events = [
            {
                "id": number,
                "uid": f"evt_{number:024d}",
                "kind": News.DELIVERY_SETTLED.value,
                "subject": f"delivery:{number}",
                "region": "31.75.07",
                "body": _body(number),
                "at": now,
            }
            for number in numbers
        ]
        waiting = {"webhook_id": webhook_id, "state": "due", "due_at": now, "created_at": now}
        due = [waiting | {"event_id": number, "subject": f"delivery:{number}"} for number in numbers]
        async with house.database.write() as db:
            await db.execute(insert(webhook_events), events)
            await db.execute(insert(webhook_calls), due)


def _body(number: int) -> str:
    data = {
        "delivery": number,
        "event": "round_announced",
        "state": "accepted",
        "reason": "",
        "line": "sms",
        "broadcast": 1,
        "round": "BPNT-2026-12-DS",
        "ticket": None,
        "region": "31.75.07",
    }
    said = {"id": f"evt_{number:024d}", "type": "delivery.settled", "timestamp": "2026-12-05T02:00:00+00:00"}
    return json.dumps(said | {"data": data}, separators=(",", ":"))
