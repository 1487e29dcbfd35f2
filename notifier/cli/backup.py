"""notifier backup: everything the service keeps, in one file, while it runs."""

import argparse
import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path

from notifier.cli.options import Options, operator, parser


def command(args: list[str], options: Options) -> int:
    """Write an archive; the keys are not in it unless asked for."""
    words = parser("notifier backup", "Write database and attachments into one file, while the service runs.")
    words.add_argument("file", type=Path, metavar="FILE", help="the archive to write, such as notifier.tar.gz")
    words.add_argument("--with-keys", action="store_true", help="also put the key file in: whoever has it opens all")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_backup(words.parse_args(args), options))


async def _backup(asked: argparse.Namespace, options: Options) -> int:
    from notifier import config as configuration
    from notifier.app import open_house
    from notifier.app.house import config_file, database_location
    from notifier.backups import backup, place_of
    from notifier.cli.progress import of_bytes
    from notifier.errors import Refused

    config = configuration.load(config_file(options), named=options.config_named)
    file = place_of(options.data, database_location(config, options.data), os.environ).sqlite
    if file is not None and not file.exists():  # else a new, empty one would be made and saved in its stead
        raise Refused(f"there is no database at {file}; name the data folder of the service: --data DIR")
    async with open_house(options) as house:
        url = house.config.database.listen_url or house.database.url.render_as_string(hide_password=False)
        place = place_of(options.data, url, os.environ)
        with of_bytes() as tell:
            made = await backup(
                house.database,
                house.vault,
                place,
                asked.file,
                house.clock(),
                tell,
                who=operator(),
                with_keys=asked.with_keys,
            )
    if asked.json:
        told = {"file": str(asked.file), "files": made.files, "size": made.size}
        print(json.dumps(told | asdict(made.about)))
        return 0
    about = made.about
    print(f"{asked.file}: {made.size} bytes, {made.files} attachments, the ledger up to act {about.acts}.")
    print(
        "The keys are in it: whoever has this file can open everything. Keep it where the key would be kept."
        if asked.with_keys
        else "The keys are not in it: without keys.json (or NOTIFIER_VAULT__KEY) what is sealed stays shut."
    )
    print("Neither are config.toml and its secrets.")
    return 0
