"""Working time spent by a calendar alone, with times between that do not count: when it is spent, and the sum of it.
Knows no ticket and no policy.
"""

from datetime import datetime, timedelta

from notifier.rules.hours import Hours
from notifier.rules.telling import Step, count


def steps_with_pauses(
    calendar: Hours, start: datetime, due: datetime, span: timedelta, pauses: list[tuple[datetime, datetime]]
) -> list[Step]:
    """Each interval that counts and each pause between, up to the due instant."""
    steps: list[Step] = []
    at, left = start, span
    for begin, end in pauses:
        if end <= at or begin >= due:
            continue
        ran = count(calendar, at, max(at, begin), left) if begin > at else []
        left -= sum((step.span for step in ran), timedelta(0))
        begin = max(at, begin)
        day = begin.astimezone(calendar.zone).date()
        steps += [*ran, Step("stands", day, begin, end, calendar.between(begin, end), left, why="pause")]
        at = end
    return [*steps, *(count(calendar, at, due, left) if due > at else [])]


def due_with_pauses(
    calendar: Hours, start: datetime, span: timedelta, pauses: list[tuple[datetime, datetime]]
) -> datetime:
    """When `span` of working time outside of the pauses has passed. Pauses are sorted; overlapping ones count once."""
    at, left = start, span
    for begin, end in pauses:
        if end <= at:
            continue
        worked = max(calendar.between(at, begin), timedelta(0)) if begin > at else timedelta(0)
        if worked >= left:
            break
        at, left = max(at, end), left - worked
    return calendar.after(at, left)
