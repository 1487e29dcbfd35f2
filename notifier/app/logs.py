"""One line in the log per thing that happened, on stderr, without people's words, numbers or tokens."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET = re.compile(r"(token|password|secret|authorization|nik|address|text|body)", re.IGNORECASE)
LONG = re.compile(r"\d{9,}")


def set_up(*, quiet: bool = False) -> None:
    """Structured lines from here on; the standard library's loggers speak the same way."""
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    for noisy in ("alembic", "apscheduler", "telegram", "aiohttp.access", "mail.log", "httpx"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def redact(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what a secret's name announces, and every run of nine or more digits."""
    for key, value in line.items():
        if SECRET.search(key):
            line[key] = "…"
        elif isinstance(value, str) and key != "timestamp":
            line[key] = LONG.sub("…", value)
    return line
