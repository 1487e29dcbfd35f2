"""When a broadcast is late, and how it is said."""

from datetime import datetime, timedelta

import pytest

from notifier.rules.lateness import lateness
from tests.houses import START as NOW

H, M = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "at", "through", "left", "taken", "said"),
    [
        ("planned", NOW + H, None, 0, False, ""),
        ("planned", NOW - 4 * M, None, 0, False, ""),
        ("planned", NOW - 6 * M, None, 0, False, "unapproved"),
        ("approved", NOW - 6 * M, None, 0, False, "not_begun"),
        ("asking", NOW + H, None, 0, False, "asks"),
        ("paused", NOW - H, None, 0, False, "rests"),
        ("paused", NOW + H, None, 0, False, ""),
        ("sending", NOW - H, NOW + H, 0, False, ""),
        ("sending", NOW - H, None, 0, False, ""),
        ("expanding", NOW - H, NOW + 9 * H, 0, False, "overruns"),
        ("canary", NOW - H, NOW + 9 * H, 0, False, "overruns"),
        ("stopped", NOW - H, None, 5, False, "rest"),
        ("stopped", NOW - H, None, 5, True, ""),
        ("stopped", NOW - H, None, 0, False, ""),
        ("done", NOW - H, None, 0, False, ""),
    ],
)
def test_a_broadcast_is_late_when_it_would_have_to_be_elsewhere(
    state: str, at: datetime, through: datetime | None, left: int, taken: bool, said: str
) -> None:
    found = lateness(state, at, NOW + 2 * H, NOW, through=through, left=left, taken=taken)
    assert found == said
