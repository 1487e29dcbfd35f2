"""Whether a broadcast is late, and how. Pure."""

from datetime import datetime, timedelta

GRACE = timedelta(minutes=5)  # the clock looks every second; what has not begun by then does not begin by itself
UNDER_WAY = ("canary", "expanding", "sending")


def lateness(
    state: str,
    at: datetime,
    expires_at: datetime,
    now: datetime,
    *,
    through: datetime | None = None,
    left: int = 0,
    taken: bool = False,
) -> str:
    """What is late about a broadcast; "" when nothing is. `through`: when it will be; `left`: people whom it had not
    come to when it was stopped; `taken`: another one has taken them up.
    """
    waits = at + GRACE < now
    return {
        "planned": "unapproved" if waits else "",
        "asking": "asks",
        "approved": "not_begun" if waits else "",
        "paused": "rests" if waits else "",
        "stopped": "rest" if left > 0 and not taken else "",
        **dict.fromkeys(UNDER_WAY, "overruns" if through is not None and through > expires_at else ""),
    }.get(state, "")
