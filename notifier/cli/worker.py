"""notifier worker: this role alone, beside others on PostgreSQL."""

from notifier.cli.options import Options
from notifier.cli.serve import run


def command(args: list[str], options: Options) -> int:
    """Run until told to stop; on SQLite it refuses with a sentence."""
    return run("worker", "Run the worker role only (PostgreSQL).", ("worker",), args, options)
