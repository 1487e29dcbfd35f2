"""What happens next with a whole broadcast: one table, state by state."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from notifier.rules.ahead import Ahead, Standing, ahead

AT, LATER, OVER = (datetime(2026, 12, 5, hour, tzinfo=UTC) for hour in (2, 7, 13))
PLAN = Standing("planned", people=1000, begun=False, at=AT, expires_at=OVER)
UNDER_WAY = replace(PLAN, state="sending", begun=True, through=LATER, tried_until=OVER)


@pytest.mark.parametrize(
    ("stands", "says"),
    [
        (PLAN, [(Ahead.AWAITS, 1000, AT)]),
        (replace(PLAN, state="approved"), [(Ahead.BEGINS, 1000, AT)]),
        (
            replace(PLAN, state="approved", through=LATER),
            [(Ahead.BEGINS, 1000, AT), (Ahead.LEAVES, 1000, LATER)],
        ),
        (replace(PLAN, state="asking"), [(Ahead.ASKS, 1000, None)]),
        (replace(UNDER_WAY, state="asking", waiting=700, again=3), [(Ahead.ASKS, 703, None)]),
        (replace(UNDER_WAY, state="paused", waiting=700), [(Ahead.PAUSED, 700, OVER)]),
        (
            replace(UNDER_WAY, state="canary", first=50, judged_at=LATER),
            [(Ahead.FIRST, 50, None), (Ahead.JUDGED, 950, LATER), (Ahead.VISITED, 0, None)],
        ),
        (
            replace(UNDER_WAY, waiting=400, again=5),
            [(Ahead.LEAVES, 405, LATER), (Ahead.TRIED_UNTIL, 0, OVER), (Ahead.VISITED, 0, None)],
        ),
        (replace(UNDER_WAY, again=5), [(Ahead.RETRIES, 5, LATER), (Ahead.VISITED, 0, None)]),
        (replace(UNDER_WAY, unsure=2), [(Ahead.SETTLES, 2, None), (Ahead.VISITED, 0, None)]),
        (
            replace(UNDER_WAY, state="done", told=990, untold=7, held=3),
            [(Ahead.DONE, 990, None), (Ahead.VISIT, 7, None), (Ahead.DECIDE, 3, None)],
        ),
        (replace(UNDER_WAY, state="done", told=1000), [(Ahead.DONE, 1000, None), (Ahead.ALL_TOLD, 0, None)]),
        (replace(UNDER_WAY, state="done", people=0), [(Ahead.NOBODY, 0, None)]),
        (replace(PLAN, state="stopped"), [(Ahead.CALLED_OFF, 0, None)]),
        (
            replace(UNDER_WAY, state="stopped", told=188, untold=812),
            [(Ahead.STOPPED, 812, None), (Ahead.PLAN_REST, 0, None)],
        ),
        (
            replace(UNDER_WAY, state="stopped", untold=10, taken_up=True),
            [(Ahead.STOPPED, 10, None), (Ahead.TAKEN_UP, 0, None)],
        ),
        (replace(UNDER_WAY, state="stopped", told=9), [(Ahead.STOPPED, 0, None), (Ahead.ALL_TOLD, 0, None)]),
        (replace(PLAN, state="dreaming"), []),
    ],
)
def test_a_broadcast_says_what_is_so_and_what_comes(
    stands: Standing, says: list[tuple[Ahead, int, datetime | None]]
) -> None:
    assert [(step.what, step.n, step.at) for step in ahead(stands)] == says
