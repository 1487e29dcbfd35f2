"""`python -m notifier` is the `notifier` command."""

import sys

from notifier.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
