"""What guards a broadcast under way: the first ones before the others, the halt when it fares badly, and its cap.

The rules are `rules.halting`; this file brings them the kept counters, and asks people when a rule says so.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts.values import Terms, summed
from notifier.errors import Refused
from notifier.outbox import Outbox
from notifier.rules import halting
from notifier.rules.deliveries import State
from notifier.rules.halting import Level, rupiah
from notifier.rules.roles import Right, Role, may
from notifier.store import broadcasts as rows
from notifier.store import deliveries, echoes, loads
from notifier.store import ledger as acts
from notifier.store.broadcasts import Broadcast

WATCHED = ("canary", "expanding", "sending")  # states in which it may halt by itself
A_MOMENT = 4.0  # seconds from one look at a sending broadcast to the next, with time to stop
FIRST_WORDS = 28  # characters of a notice by which an alert names it
LAST = 4  # canaries that can't be told are judged after so many times the canary's span
APPROVERS = tuple(role for role in Role if may(role, Right.APPROVE))


def first_ones(wanted: str, people: int) -> int:
    """How many are told first: "500", or "2%" of the audience; "" is nobody. Raises Refused."""
    wanted = wanted.strip()
    if not wanted:
        return 0
    found = re.fullmatch(r"(\d{1,9})(?:([.,]\d{1,3})?\s*(%))?", wanted, re.ASCII)
    if found is None:
        said = f'canary "{wanted[:20]}" is no number of people; write how many are told first: 500, or 2%'
        raise Refused(said, field="canary")
    if not found[3]:
        return int(found[1])
    share = float(found[1] + (found[2] or "").replace(",", "."))
    if not 0 < share <= 100:
        said = f'canary "{wanted[:20]}" is no part of an audience; write a percentage up to 100, such as 2%'
        raise Refused(said, field="canary")
    return max(1, math.ceil(people * share / 100))


LARGEST = 2**63 - 1  # rupiah that a row can hold


def within_cap(cap: int | None, price: int, what: str) -> None:
    """Raises Refused when what a plan is reckoned to cost is more than it may."""
    if cap is not None and not 0 <= cap <= LARGEST:
        raise Refused("a cap is a number of rupiah from 0 to 9.223.372.036.854.775.807", field="cap")
    if cap is not None and price > cap:
        said = f"{what} is reckoned at {rupiah(price)}, above its cap of {rupiah(cap)}; raise the cap, or tell fewer"
        raise Refused(said, field="cap")


class Guard:
    """Looks at broadcasts under way, and has them ask."""

    def __init__(self, terms: Terms, outbox: Outbox | None) -> None:
        """Without an outbox nobody is alerted: the page and the ledger tell all the same."""
        self._terms = terms
        self._outbox = outbox

    # --- looking ---

    async def trouble(self, db: AsyncConnection, b: Broadcast) -> str:
        """Why a broadcast should halt now; "" when it need not."""
        states = by_state(await deliveries.tally(db, b.id))
        if b.cap is not None and (why := await self._over_cap(db, b, states)):
            return why
        if b.state == "canary":
            return ""  # judged at its end, all together
        return halting.trouble(await self._level(db, b, states), await seen(db, b), self._terms.limits)

    async def _over_cap(self, db: AsyncConnection, b: Broadcast, states: Mapping[str, int]) -> str:
        carried = await loads.of(db, b.id)
        spent = sum(load.rupiah for load in carried.values())
        speeds, dearest = [], 0.0
        for route in self._terms.routes.values():
            load = carried.get(route.line)
            each = max(1.0, load.segments / load.attempts) if load is not None and load.attempts else 1.0
            speeds.append((route.rate, route.price, each))
            dearest = max(dearest, route.price * each)
        under_way = math.ceil(states.get("sending", 0) * dearest)
        rest = math.ceil((max(b.audience - b.expanded, 0) + states.get("due", 0)) * dearest) + under_way
        return halting.cap_trouble(spent, halting.a_moment(speeds, A_MOMENT) + under_way, rest, b.cap)

    async def _level(self, db: AsyncConnection, b: Broadcast, states: Mapping[str, int]) -> Level:
        return halting.level(states, await echoes.of(db, b.id))

    # --- the first ones ---

    def first_until(self, due: Mapping[str, datetime], now: datetime) -> datetime:
        """When the first ones are judged: they have to leave first, wherever they live."""
        return max([now, *due.values()]) + self._terms.canary_for

    async def judge(self, db: AsyncConnection, b: Broadcast, now: datetime) -> str | None:
        """Why the others should not follow; "" when they may; None when it is too soon to tell."""
        if b.canary_until is not None and now < b.canary_until:
            return None
        last = (b.canary_until or now) + (LAST - 1) * self._terms.canary_for
        if now < last and not await settled(db, b.id):
            return None
        states = by_state(await deliveries.tally(db, b.id))
        waiting = states.get("due", 0) + states.get("sending", 0)
        return halting.canary_trouble(await self._level(db, b, states), await seen(db, b), self._terms.limits, waiting)

    # --- asking ---

    async def ask(
        self, db: AsyncConnection, b: Broadcast, why: str, now: datetime, act: str = "broadcast.asks"
    ) -> None:
        """Nothing more leaves until a person has looked: the row, the ledger and one alert, in one transaction."""
        if await rows.change(db, b.id, (b.state,), state="asking", why=why[:200], wake=None):
            await self._told(db, b, why, now, act)

    async def ask_of_words(self, db: AsyncConnection, b: Broadcast, why: str, now: datetime) -> bool:
        """The same for words that are not those it was approved with; one that is paused asks once it goes on."""
        if not await rows.ask(db, b, why):
            return False
        await self._told(db, b, why, now, "broadcast.asks")
        return True

    async def _told(self, db: AsyncConnection, b: Broadcast, why: str, now: datetime, act: str) -> None:
        await acts.append(db, at=now, who="clock", act=act, about=f"broadcast:{b.id}", detail={"why": why[:200]})
        await self.tell(db, b, why, now)

    async def tell(self, db: AsyncConnection, b: Broadcast, why: str, now: datetime) -> None:
        """Alert whoever may say yes."""
        if self._outbox is not None:
            address = f"{self._terms.public_url}/broadcasts/{b.id}" if self._terms.public_url else ""
            facts = {"broadcast": b.id, "round_code": _called(b), "reason": why, "url": address}
            await self._outbox.tell(
                db, "broadcast_asks", [role.value for role in APPROVERS], facts, self._terms.zone, now, region=b.region
            )

    async def approved(self, db: AsyncConnection, b: Broadcast, cap: int | None) -> dict[str, int | None]:
        """What "go on" changes: the level that was seen is kept, and a cap may be raised. Returns what the act tells.

        Raises Refused when the cap is reached already.
        """
        spent = sum(load.rupiah for load in (await loads.of(db, b.id)).values())
        limit = b.cap if cap is None else cap
        if limit is not None and spent >= limit and (b.expanded or cap is not None):
            raise Refused(
                f"broadcast {b.id} has cost {rupiah(spent)} of its cap of {rupiah(limit)}; "
                "approve it with a higher cap",
                field="cap",
            )
        if not b.expanded:
            return {"cap": limit}
        figures = await self._level(db, b, by_state(await deliveries.tally(db, b.id)))
        now = {"told": figures.told, "failed": figures.failed, "complaints": figures.complaints, "wrong": figures.wrong}
        await echoes.see(db, b.id, now)
        return {**now, "cap": limit}


def _called(b: Broadcast) -> str:
    """How an alert calls what a broadcast is about: its round's code, or the first words of a general notice."""
    said = str(b.facts.get("text", ""))
    return b.round_code or f'"{said if len(said) <= FIRST_WORDS else said[: FIRST_WORDS - 3].rstrip() + "..."}"'


async def seen(db: AsyncConnection, b: Broadcast) -> Level:
    """The level a person last said "go on" to."""
    return Level(**await echoes.seen(db, b.id))


def by_state(kept: Mapping[tuple[str, str], int]) -> Mapping[str, int]:
    """Kept counters by state alone."""
    return summed((state, n) for (state, _), n in kept.items())


async def settled(db: AsyncConnection, broadcast_id: int) -> bool:
    """Nothing of this broadcast is due, under way or waiting for its resend. Asks the kept counters, not the rows."""
    kept = await deliveries.tally(db, broadcast_id)
    if any(kept.get((state.value, ""), 0) for state in (State.DUE, State.SENDING)):
        return False
    return not kept.get((State.UNKNOWN.value, ""), 0) or not await rows.goes_on(db, broadcast_id)
