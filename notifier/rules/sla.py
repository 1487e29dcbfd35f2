"""The promise: what is due, by when, what is late, what must be said about it, and when to look again.

It must not know where histories are kept, who is told, or what time it is: the same history gives the same answer.
"""

from notifier.rules.hours import Hours, Interval, date_range, office_week

__all__ = ["Hours", "Interval", "date_range", "office_week"]
