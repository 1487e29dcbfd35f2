"""notifier check: everything that would fail at three in the morning, told now. Changes nothing."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Literal

import aiohttp

from channels.contract import ChannelError, Probes
from notifier import config as configuration
from notifier.app.house import KEY_FILE, config_file, database_location, keyed, utc_now
from notifier.app.lines import build_channel
from notifier.cli.options import Options, parser
from notifier.config import Config
from notifier.desk.promise import decreed
from notifier.errors import Refused
from notifier.render import CHANNELS, Words, missing
from notifier.render.lint import check_all
from notifier.store import keyrings
from notifier.store.engine import Database, database_url, schema_head, schema_version
from notifier.studio import broken
from notifier.vault import load_vault

Level = Literal["ok", "warning", "error"]
DAYS_AHEAD = 60
MARKS = {"ok": "ok      ", "warning": "warning ", "error": "ERROR   "}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    level: Level
    what: str
    sentence: str


def command(args: list[str], options: Options) -> int:
    """Exit 0 when nothing is wrong (warnings alone are 0), 1 when something is."""
    words = parser("notifier check", "Check configuration, keys, database, templates and lines. Changes nothing.")
    words.add_argument("--probe", action="store_true", help="also ask each provider whether our credentials work")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    asked = words.parse_args(args)
    found = asyncio.run(_check(options, asked.probe))
    wrong = any(one.level == "error" for one in found)
    if asked.json:
        rows = [{"level": one.level, "what": one.what, "sentence": one.sentence} for one in found]
        print(json.dumps({"ok": not wrong, "findings": rows}))
    else:
        for one in found:
            print(
                f"{MARKS[one.level]}{one.what}: {one.sentence}", file=sys.stderr if one.level == "error" else sys.stdout
            )
    return 1 if wrong else 0


async def _check(options: Options, probe: bool) -> list[Found]:
    path = config_file(options)
    try:
        config = configuration.load(path, named=options.config_named)
    except Refused as error:
        return [Found("error", "configuration", str(error))]
    where = str(path) if path.exists() else "defaults (no config.toml)"
    found = [Found("ok", "configuration", where)]
    found += [_writable(options.data)]
    found += [one async for one in _database(config, options.data)]
    found += [*_readable(config, options.data), _keys(options.data), *_words(config)]
    found += [one async for one in _lines(config, probe)]
    found += _promises(config, utc_now().date())
    return found


def _writable(data: Path) -> Found:
    """Whether the data folder, or the nearest folder above it that is there, takes files; leaves none behind."""
    there = next(place for place in (data, *data.absolute().parents) if place.exists())
    try:
        if data.exists():
            with TemporaryFile(dir=data):
                return Found("ok", "data", str(data))
        with TemporaryDirectory(dir=there):
            return Found("ok", "data", f"{data} will be made at the first start")
    except OSError as error:
        return Found("error", "data", f"{data} can't be written ({error.strerror}); name another folder with --data")


def _keys(data: Path) -> Found:
    file = data / KEY_FILE
    if not file.exists() and not os.environ.get("NOTIFIER_VAULT__KEY"):
        return Found("ok", "keys", f"{file} will be made at the first start; keep a copy of it elsewhere")
    try:
        vault = load_vault(file, os.environ)
    except Refused as error:
        return Found("error", "keys", str(error))
    others = [str(number) for number in vault.numbers if number != vault.sealing]
    beside = f", key {', '.join(others)} beside it: see notifier vault show" if others else ""
    return Found("ok", "keys", f"the vault opens; key {vault.sealing} seals{beside}")


async def _database(config: Config, data: Path) -> AsyncIterator[Found]:
    location = database_location(config, data)
    try:
        url = database_url(location)
    except Refused as error:
        yield Found("error", "database", str(error))
        return
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        yield Found("ok", "database", f"{url.database} will be made at the first start")
        return
    database = Database(location)
    shown = url.render_as_string(hide_password=True)
    try:
        async with database.read() as db:
            version = await schema_version(db)
            spoiled = await broken(db) if version == schema_head() else []
            known = await keyrings.known(db) if version == schema_head() else None
    except Exception as error:
        yield Found("error", "database", f"{shown} does not answer: {type(error).__name__}: {error}".split("\n")[0])
        return
    finally:
        await database.close()
    head = schema_head()
    if version == head:
        yield Found("ok", "database", f"{shown}, migration {version}")
        try:
            if known is not None:
                keyed(known, data / KEY_FILE)
        except Refused as error:
            yield Found("error", "keys", str(error))
        for sentence in spoiled:
            yield Found("error", "templates", sentence)
    else:
        yield Found("warning", "database", f"{shown} stands at {version}; the next start brings it to {head}")


def _readable(config: Config, data: Path) -> list[Found]:
    """What other users of this machine may look into."""
    places = [(data, "700")]
    try:
        url = database_url(database_location(config, data))
    except Refused:
        return []  # told already
    if url.get_backend_name() == "sqlite" and url.database:
        places.append((Path(url.database), "600"))
    return [
        Found("warning", "privacy", f"others on this machine may read {place}; run: chmod {mode} {place}")
        for place, mode in places
        if place.exists() and place.stat().st_mode & 0o077
    ]


def _words(config: Config) -> list[Found]:
    try:
        words = Words(common={"sender": config.service.name, "zone": config.service.zone})
        sources = words.sources()
    except Refused as error:
        return [Found("error", "templates", str(error))]
    channels = {line.channel for line in config.lines.values()} or set(CHANNELS)
    lacking = missing(sources, sorted(channels & set(CHANNELS)), (config.service.language,))
    wrong = [
        f"{'.'.join(key)}: line {finding.line}, column {finding.column}: {finding.message}"
        for key, finding in check_all(sources)
        if finding.level == "error"
    ]
    if lacking or wrong:
        return [Found("error", "templates", sentence) for sentence in (*lacking, *wrong)]
    return [Found("ok", "templates", f"{len(sources)} templates, no error")]


async def _lines(config: Config, probe: bool) -> AsyncIterator[Found]:
    if not config.lines:
        yield Found("warning", "lines", "no line is configured: nobody can be told anything; see docs/lines.md")
    async with aiohttp.ClientSession() as http:
        for name, line in config.lines.items():
            try:
                channel = build_channel(name, line, http)
            except Refused as error:
                yield Found("error", f"lines.{name}", str(error))
                continue
            if line.sandbox:
                yield Found(
                    "warning", f"lines.{name}", "a sandbox line: nobody real will be told; remove it in production"
                )
            elif probe and isinstance(channel, Probes):
                try:
                    yield Found("ok", f"lines.{name}", await channel.probe())
                except ChannelError as error:
                    yield Found("error", f"lines.{name}", str(error))
            else:
                yield Found("ok", f"lines.{name}", f"{line.channel}, settings complete")
            await channel.close()
    for kind in config.delivery.ladder:
        if config.lines and all(line.channel != kind for line in config.lines.values()):
            yield Found("warning", "delivery.ladder", f"names {kind}, but no line carries it")


def _promises(config: Config, today: date) -> Iterator[Found]:
    """What is promised, and whether the days off of the next weeks are known."""
    if not config.policies:
        yield Found(
            "warning",
            "policies",
            "no policy is configured: promised are a first answer in 3 working days and an end in 5, what is urgent "
            "within 4 hours; see docs/promise.md",
        )
    else:
        yield Found("ok", "policies", f"{len(config.policies)} policies, {len(config.calendars)} calendars")
    ahead = sorted({today.year, (today + timedelta(days=DAYS_AHEAD)).year})
    told = {f"calendars.{n}": {d.year for d in c.extra_holidays} for n, c in config.calendars.items() if c.holidays}
    told |= {} if config.policies else {"policies": set()}  # those that hold without any count working days too
    for key, years in told.items():
        unknown = [str(year) for year in ahead if not decreed(year) and year not in years]
        if unknown:
            yield Found(
                "warning",
                key,
                f"nobody told the cuti bersama of {', '.join(unknown)}, which begins within {DAYS_AHEAD} days or has "
                "begun: promises would count them as working days; add the decreed days to extra_holidays",
            )
