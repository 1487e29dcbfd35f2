"""notifier restore: put a backup in an empty place; it sends nothing until a person has confirmed it."""

import argparse
import asyncio
import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from notifier.cli.options import Options, operator, parser


def command(args: list[str], options: Options) -> int:
    """Check an archive and put it in its place."""
    words = parser("notifier restore", "Put a backup in an empty place. The service must not run there.")
    words.add_argument("file", type=Path, metavar="FILE", help="the archive that notifier backup wrote")
    words.add_argument("--over", action="store_true", help="in place of the data that are there")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_restore(words.parse_args(args), options))


async def _restore(asked: argparse.Namespace, options: Options) -> int:
    from notifier import config as configuration
    from notifier.app.house import config_file, database_location, utc_now
    from notifier.backups import About, place_of, restore
    from notifier.cli.progress import of_bytes
    from notifier.ledger import Head
    from notifier.restored import declare
    from notifier.store.engine import Database

    async def mark(database: Database, about: About) -> None:
        head = Head(about.acts, about.link, datetime.fromisoformat(about.at))
        await declare(database, head, utc_now(), operator())

    config = configuration.load(config_file(options), named=options.config_named)
    url = config.database.listen_url or database_location(config, options.data)
    with of_bytes() as tell:
        about = await restore(asked.file, place_of(options.data, url, os.environ), tell, mark, over=asked.over)
    if asked.json:
        print(json.dumps({"file": str(asked.file), **asdict(about)}))
        return 0
    print(f"Restored what was so at {about.at}, the ledger up to act {about.acts}.")
    print("Nothing is sent until an admin has looked: notifier verify, then notifier confirm-restore --by LOGIN.")
    return 0
