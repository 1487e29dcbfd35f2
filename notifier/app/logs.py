"""One line in the log per thing that happened, on stderr, without people's words, numbers or tokens.

Our own lines and those of libraries take the same way out: named, stamped, redacted, and written as `key=value`, as
JSON, or for eyes.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from notifier.rules.redacting import hide

NOISY = ("alembic", "apscheduler", "telegram", "aiohttp.access", "mail.log", "httpx")
OURS = ("timestamp", "level", "request")  # written by ourselves: nothing of anybody's is in them
FIRST = ["timestamp", "level", "event", "request"]


def redact(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what a secret's name announces, and what looks like a person's number, address or a token."""
    for key, value in line.items():
        if key not in OURS:
            line[key] = hide("" if key == "event" else key, value)
    return line


def _one_line(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What no key=value can hold is written as text."""
    for key, value in line.items():
        if isinstance(value, Mapping | list):
            line[key] = str(value)
    return line


WRITERS: Mapping[str, tuple[Processor, ...]] = {
    "lines": (_one_line, structlog.processors.LogfmtRenderer(key_order=FIRST)),
    "json": (structlog.processors.JSONRenderer(ensure_ascii=False, default=str),),
    "console": (structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0),),
}


def set_up(*, quiet: bool = False, form: str = "lines") -> None:
    """Structured lines from here on; the standard library's loggers speak the same way. May be called again."""
    level = logging.WARNING if quiet else logging.INFO
    common: tuple[Processor, ...] = (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )
    end: tuple[Processor, ...] = (structlog.processors.format_exc_info, redact, *WRITERS[form])
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*common, structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *end],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[*common, *end],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
