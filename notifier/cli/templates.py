"""`notifier templates`: list, show, check, render and publish what we say; `wordings` has the acts on versions.

All but publish (and --published) work on the shipped files alone, without a database.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from notifier.cli import wordings
from notifier.cli.files import line_of, part_of, read_file
from notifier.cli.options import Options, UsageError, parser
from notifier.errors import Refused

if TYPE_CHECKING:
    from notifier.config import Config
    from notifier.render import Finding, Words


def command(args: list[str], options: Options) -> int:
    """Run one act of `notifier templates`; check exits 1 when there is an error, diff when something differs."""
    asked = _asked(args)
    acts = {
        "list": _list,
        "show": _show,
        "check": _check,
        "render": _render,
        "publish": _publish,
        "diff": wordings.diff,
        "history": wordings.history,
        "review": wordings.review,
        "rollback": wordings.rollback,
        "export": wordings.export,
        "import": wordings.import_,
    }
    return acts[asked.act](asked, options)


def _asked(args: list[str]) -> argparse.Namespace:
    """The words of the command; files may stand among the options, which argparse alone does not take."""
    top = _parser()
    asked, rest = top.parse_known_args(args)
    takes = {"check": 1, "diff": 1, "publish": len(args)}.get(asked.act, 0)
    if takes:
        asked.files += [word for word in rest if word == "-" or not word.startswith("-")]
        rest = [word for word in rest if word not in asked.files] + asked.files[takes:]
    if rest:
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    return asked


def _parser() -> argparse.ArgumentParser:
    top = parser("notifier templates", "What we say: event by event, channel by channel, language by language.")
    acts = top.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="every message, in which languages, and which version is in force")
    shown = acts.add_parser("show", help="the source of a message, and the facts it may name")
    checked = acts.add_parser("check", help="what is wrong with a file, or with everything that is shipped")
    rendered = acts.add_parser("render", help="a message as a citizen would receive it")
    published = acts.add_parser("publish", help="put files, or the drafts there are, in force")
    listed.add_argument("event", nargs="?", metavar="EVENT")
    for act in (shown, rendered, published):
        act.add_argument("event", metavar="EVENT", help="such as round_announced")
    checked.add_argument("files", nargs="*", metavar="FILE", help="a template; - reads standard input; none: all")
    published.add_argument("files", nargs="*", metavar="FILE", help="named CHANNEL.LANGUAGE.PART, or give --part")
    checked.add_argument("--event", metavar="E", help="the event the file is for")
    for act in (shown, checked, rendered, published):
        act.add_argument(
            "--channel",
            required=act is rendered,
            default="" if act is published else None,
            metavar="C",
            help="sms, telegram or email",
        )
        act.add_argument("--language", default="id", metavar="L", help="id, en, jv, su (default id)")
    for act in (shown, checked, published):
        act.add_argument("--part", metavar="P", help="text, html or subject")
    rendered.add_argument("--facts", metavar="FILE", help="JSON object: fact to value; - reads standard input")
    rendered.add_argument("--sample", metavar="NAME", help="sample facts instead: typical, shortest, longest …")
    published.add_argument("--by", required=True, metavar="LOGIN", help="who publishes")
    for act in (listed, shown, rendered):
        act.add_argument("--published", action="store_true", help="with what people published, from the database")
    for act in (listed, shown, checked, rendered, published, *_versions(acts)):
        act.add_argument("--json", action="store_true", help="JSON on stdout")
    return top


def _versions(acts: Any) -> list[argparse.ArgumentParser]:
    """The acts on versions and folders."""
    differs = acts.add_parser("diff", help="what differs: a draft, a version or a FILE from what is in force")
    told = acts.add_parser("history", help="every version of a message, newest first")
    reviewed = acts.add_parser("review", help="agree, as a second person, to the drafts there are")
    rolled = acts.add_parser("rollback", help="put an older version, or the shipped words, in force again")
    exported = acts.add_parser("export", help="write everything in force into a folder, to keep in git")
    imported = acts.add_parser("import", help="keep as drafts what differs in such a folder")
    for act in (differs, told, reviewed, rolled):
        act.add_argument(
            "event", metavar="EVENT", help="such as round_announced; public_page, conversation, answer; lexicon"
        )
    differs.add_argument("files", nargs="*", metavar="FILE", help="what to compare with; - reads standard input")
    for act in (differs, told, reviewed, rolled):
        act.add_argument("--channel", default="", metavar="C", help="sms, telegram or email")
        act.add_argument("--language", default="id", metavar="L", help="id, en, jv, su (default id)")
        act.add_argument("--part", metavar="P", help="text, html or subject; the name of a page")
    differs.add_argument(
        "--old", default="published", metavar="NAME", help="shipped, published, draft, v1 … (published)"
    )
    differs.add_argument("--new", default="draft", metavar="NAME", help="the same (draft)")
    rolled.add_argument("--to", required=True, metavar="VERSION", help="such as v2, or shipped")
    for act in (reviewed, rolled, imported):
        act.add_argument("--by", required=True, metavar="LOGIN", help="who does it")
    for act in (exported, imported):
        act.add_argument("folder", metavar="FOLDER")
    return [differs, told, reviewed, rolled, exported, imported]


# --- what there is ---------------------------------------------------------------------------------------------------


def _list(asked: argparse.Namespace, options: Options) -> int:
    from notifier.render import CHANNELS, FACTS

    if asked.event is not None and asked.event not in FACTS:
        raise Refused(f'There is no event "{asked.event}"; there are: {", ".join(FACTS)}.')
    sources = _words(asked, options).sources()
    rows = [
        {"event": key[0], "channel": key[1], "language": key[2], "part": key[3], "version": label}
        for key, (label, _) in sources.items()
        if asked.event in (None, key[0])
    ]
    if asked.json:
        print(json.dumps(rows))
        return 0
    for event in dict.fromkeys(row["event"] for row in rows):
        print(event)
        for channel in CHANNELS:
            mine = [row for row in rows if (row["event"], row["channel"]) == (event, channel)]
            languages = sorted({row["language"] for row in mine}, key=lambda code: (code != "id", code))
            changed = [f"{row['language']}.{row['part']} {row['version']}" for row in mine if row["version"][0] == "v"]
            print(f"  {channel:<10}{' '.join(languages):<14}{', '.join(changed)}".rstrip())
    return 0


def _show(asked: argparse.Namespace, options: Options) -> int:
    from notifier.render import CHANNELS, FACTS
    from notifier.render.filters import FILTERS
    from notifier.render.lint import known_place

    for channel in [asked.channel] if asked.channel else CHANNELS:
        known_place(asked.event, channel, asked.part or CHANNELS.get(channel, ("text",))[0])
    found = {
        "/".join(key[1:]): source
        for key, (_, source) in _words(asked, options).sources().items()
        if key[0] == asked.event
        and asked.channel in (None, key[1])
        and key[2] == asked.language
        and asked.part in (None, key[3])
    }
    if not found:
        raise Refused(
            f"{asked.event} has no such template in {asked.language}; see: notifier templates list {asked.event}"
        )
    facts = FACTS[asked.event]
    if asked.json:
        told = {
            name: {"meaning": fact.meaning, "sample": fact.sample, "kind": fact.kind} for name, fact in facts.items()
        }
        print(json.dumps({"event": asked.event, "sources": found, "facts": told}))
        return 0
    for place, source in found.items():
        print(f"── {asked.event}/{place}\n{source.rstrip()}\n")
    print("Facts")
    for name, fact in facts.items():
        print(f"  {name:<16}{fact.meaning}{' (may be empty)' if fact.empty else ''}; such as {fact.sample!r}")
    print("Filters")
    for name, (does, _) in FILTERS.items():
        print(f"  {name:<16}{does}")
    return 0


# --- what is wrong ---------------------------------------------------------------------------------------------------


def _check(asked: argparse.Namespace, options: Options) -> int:
    from notifier.render import Words
    from notifier.render.lint import check, check_all, known_place
    from notifier.studio import kinds

    file = next(iter(asked.files), None)
    if file is None:
        found = [("/".join(key), finding) for key, finding in check_all(Words().sources())]
        for key, (_, source) in kinds.shipped_texts().items():
            found += [("/".join(key), finding) for finding in kinds.check(key, source)]
    elif asked.event in kinds.KINDS:
        key = kinds.known(asked.event, "", asked.language, asked.part or Path(file).name.split(".")[0])
        found = [(file, one) for one in kinds.check(key, read_file(file))]
    else:
        if not asked.event or not asked.channel:
            raise UsageError("notifier templates check FILE needs --event and --channel: what is the file for?")
        part = asked.part or part_of(file, asked.channel)
        known_place(asked.event, asked.channel, part)
        found = [(file, one) for one in check(asked.event, asked.channel, part, read_file(file), asked.language)]
    if asked.json:
        print(json.dumps([_row(name, finding, file is None) for name, finding in found], ensure_ascii=False))
    else:
        for name, finding in found:
            print(line_of(name, finding))
        errors = sum(finding.level == "error" for _, finding in found)
        print(f"{errors} errors, {len(found) - errors} advices", file=sys.stderr)
    return int(any(finding.level == "error" for _, finding in found))


def _row(name: str, finding: "Finding", named: bool) -> dict[str, Any]:
    return ({"template": name} if named else {}) | asdict(finding)


# --- what a citizen gets ---------------------------------------------------------------------------------------------


def _render(asked: argparse.Namespace, options: Options) -> int:
    from notifier.render.lint import known_place
    from notifier.render.samples import SAMPLES, TYPICAL, sample
    from notifier.studio import previewed

    known_place(asked.event, asked.channel, "text")
    if asked.sample and asked.sample not in SAMPLES:
        raise Refused(f'There is no sample "{asked.sample}"; there are: {", ".join(SAMPLES)}.')
    config = _config(options)
    facts = _facts(asked, config) if asked.facts else sample(asked.event, asked.sample or TYPICAL)
    shown = previewed(_words(asked, options, config), asked.event, asked.channel, asked.language, facts)
    price = next((line.price for line in config.lines.values() if line.channel == asked.channel), 0)
    cost = {
        "segments": shown.segments.count if shown.segments else None,
        "alphabet": shown.segments.alphabet if shown.segments else None,
        "units": shown.segments.units if shown.segments else None,
        "price": shown.segments.count * price if shown.segments else 0,
    }
    if asked.json:
        told = {"event": asked.event, "channel": asked.channel, **shown.rendered._asdict(), **cost}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for part, text in shown.rendered.parts.items():
        print(f"── {part}\n{text}")
    if shown.segments:
        print(f"── {cost['segments']} SMS, {cost['alphabet']}, {cost['units']} units, Rp{cost['price']}")
    return 0


def _facts(asked: argparse.Namespace, config: "Config") -> dict[str, Any]:
    """The facts of a file; a time without a zone is the zone of the facts."""
    from notifier.render import FACTS

    try:
        facts = json.loads(read_file(asked.facts))
    except json.JSONDecodeError as error:
        raise Refused(f"{asked.facts}, line {error.lineno}, column {error.colno}: no JSON ({error.msg}).") from None
    if not isinstance(facts, dict):
        raise Refused(f'{asked.facts}: write a JSON object such as {{"name": "Siti Aminah"}}.')
    known = FACTS[asked.event]
    for name in facts:
        if name not in known:
            raise Refused(f'{asked.facts}: {asked.event} has no fact "{name}"; it has: {", ".join(known)}.')
    zone = str(facts.get("zone", config.service.zone))
    return {name: _aware(value, zone) if known[name].kind == "time" else value for name, value in facts.items()}


def _aware(value: Any, zone: str) -> Any:
    try:
        at = datetime.fromisoformat(value)
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
    except (TypeError, ValueError, KeyError, OSError):
        return value  # the template says what is wrong with it


# --- putting in force ------------------------------------------------------------------------------------------------


def _publish(asked: argparse.Namespace, options: Options) -> int:
    labels = asyncio.run(_published(asked, options))
    if asked.json:
        print(json.dumps({"event": asked.event, "channel": asked.channel, "language": asked.language, "parts": labels}))
    else:
        told = ", ".join(f"{part} {label}" for part, label in labels.items())
        print(f"{asked.event} on {asked.channel} in {asked.language}: {told} in force. Running services follow.")
    return 0


async def _published(asked: argparse.Namespace, options: Options) -> Mapping[str, str]:
    from notifier.app import open_house

    sources = _sources(asked)
    async with open_house(options) as house:
        studio, viewer, now = house.studio, await house.viewer(asked.by), house.clock()
        for part, (file, source) in sources.items():  # all of them before the first is kept
            for finding in studio.check(asked.event, asked.channel, asked.language, part, source):
                if finding.level == "error":
                    raise Refused(line_of(file, finding))
        for part, (_, source) in sources.items():
            await studio.save_draft(viewer, asked.event, asked.channel, asked.language, part, source, now)
        wanted = sources or ([asked.part] if asked.part else ())
        return await studio.publish(viewer, asked.event, asked.channel, asked.language, now, wanted)


def _sources(asked: argparse.Namespace) -> dict[str, tuple[str, str]]:
    """Part → (file, source)."""
    if asked.part and len(asked.files) > 1:
        raise UsageError("--part goes with one file; name several files CHANNEL.LANGUAGE.PART.")
    found: dict[str, tuple[str, str]] = {}
    for file in asked.files:
        part = asked.part or part_of(file, asked.channel or asked.event)
        if part in found:
            raise UsageError(f"{found[part][0]} and {file} are both for the part {part}.")
        found[part] = (file, read_file(file))
    return found


# --- reading ---------------------------------------------------------------------------------------------------------


def _config(options: Options) -> "Config":
    from notifier import config
    from notifier.app.house import config_file

    return config.load(config_file(options), named=options.config_named)


def _words(asked: argparse.Namespace, options: Options, config: "Config | None" = None) -> "Words":
    from notifier.render import Words

    common = {"sender": config.service.name, "zone": config.service.zone} if config else {}
    return Words(asyncio.run(_in_force(options)) if asked.published else None, common=common)


async def _in_force(options: Options) -> Mapping[Any, tuple[str, str]]:
    from notifier.app import open_house
    from notifier.studio import overrides

    async with open_house(options) as house, house.database.read() as db:
        return await overrides(db)
