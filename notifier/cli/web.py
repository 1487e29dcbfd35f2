"""notifier web: this role alone, beside others on PostgreSQL."""

from notifier.cli.options import Options
from notifier.cli.serve import run


def command(args: list[str], options: Options) -> int:
    """Run until told to stop; on SQLite it refuses with a sentence."""
    return run("web", "Run the web role only (PostgreSQL).", ("web",), args, options)
