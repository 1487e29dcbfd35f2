"""The composition root: the only place that names concrete things. Builds on start, closes in reverse.

`open_house` gives the rooms that need no provider (for the command line); `open_lines` adds the channels;
`open_service` runs roles: web, worker, clock.
"""

from notifier.app.house import House, open_house, utc_now
from notifier.app.lines import open_lines

__all__ = ["House", "open_house", "open_lines", "utc_now"]
