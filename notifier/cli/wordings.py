"""The versions of what we say, by command: diff, history, review, rollback, and folders that a team keeps in git.

All of it asks the database but a diff of a file against the shipped words.
"""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from notifier.cli.files import line_of, part_of, read_file
from notifier.cli.options import Options, UsageError
from notifier.errors import Refused

if TYPE_CHECKING:
    from notifier.app import House
    from notifier.render import Key
    from notifier.rules.roles import Viewer

# folder beside those of the events: what is in it, and how its files end
FOLDERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"pages": ("public_page", "toml"), "conversations": ("conversation", "toml"), "answers": ("answer", "text")}
)
LEXICON = "lexicon.toml"


def diff(asked: argparse.Namespace, options: Options) -> int:
    """Print a unified diff; exit 0 when both say the same, else 1, as diff does."""
    found = asyncio.run(_differences(asked, options))
    if asked.json:
        print(json.dumps({part: list(lines) for part, lines in found.items()}, ensure_ascii=False))
    else:
        for part, lines in found.items():
            print("\n".join([f"── {asked.event}/{asked.channel}/{asked.language}/{part}", *lines]))
    return int(any(found.values()))


async def _differences(asked: argparse.Namespace, options: Options) -> dict[str, Sequence[str]]:
    from notifier.app import open_house
    from notifier.studio import difference

    file = next(iter(asked.files), None)
    async with open_house(options) as house:
        viewer, found = _everybody(), {}
        for part in _parts(asked, file):
            key = (asked.event, asked.channel, asked.language, part)
            before = await house.studio.wording(viewer, key, asked.old)
            if file is None:
                try:
                    after = await house.studio.wording(viewer, key, asked.new)
                except Refused:
                    if asked.part:
                        raise
                    continue  # no draft of this part
            else:
                after = (file, read_file(file))
            lines = difference(before, after)
            if lines:
                found[part] = lines
        return found


def history(asked: argparse.Namespace, options: Options) -> int:
    """Every version of a message, newest first."""
    rows = asyncio.run(_history(asked, options))
    if asked.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        seen = f", reviewed by {row['reviewer']}" if row["reviewer"] else ""
        print(f"{row['part']:<12}v{row['version']:<4}{row['state']:<11}{row['at']}  {row['who']}{seen}")
    return 0


async def _history(asked: argparse.Namespace, options: Options) -> list[dict[str, Any]]:
    from notifier.app import open_house

    async with open_house(options) as house:
        return [
            {
                "part": one.part,
                "version": one.version,
                "state": one.state,
                "who": one.who,
                "at": (one.published_at or one.created_at).isoformat(timespec="minutes"),
                "reviewer": one.reviewer,
            }
            for part in _parts(asked)
            for one in await house.studio.history(_everybody(), asked.event, asked.channel, asked.language, part)
        ]


def review(asked: argparse.Namespace, options: Options) -> int:
    """A second person agrees to the drafts."""

    async def reviewed() -> Sequence[str]:
        from notifier.app import open_house

        async with open_house(options) as house:
            viewer, parts = await house.viewer(asked.by), [asked.part] if asked.part else []
            return await house.studio.review(viewer, asked.event, asked.channel, asked.language, house.clock(), parts)

    parts = asyncio.run(reviewed())
    print(f"{asked.event} on {asked.channel} in {asked.language}: {', '.join(parts)} reviewed; it can be published.")
    return 0


def rollback(asked: argparse.Namespace, options: Options) -> int:
    """Put an older version in force again, or the shipped words."""

    async def back() -> str:
        from notifier.app import open_house

        async with open_house(options) as house:
            viewer, now = await house.viewer(asked.by), house.clock()
            part = _parts(asked)[0] if len(_parts(asked)) == 1 else None
            if part is None:
                raise UsageError(f"name the part that goes back: --part {'|'.join(_parts(asked))}")
            place = (asked.event, asked.channel, asked.language, part)
            if asked.to == "shipped":
                await house.studio.withdraw(viewer, *place, now)
                return "shipped"
            number = str(asked.to).removeprefix("v")
            if not number.isdecimal() or len(number) > 8:
                raise UsageError("--to takes a version such as v2, or shipped")
            return await house.studio.rollback(viewer, *place, int(number), now)

    label = asyncio.run(back())
    print(f"{asked.event} on {asked.channel} in {asked.language}: {label} in force again. Running services follow.")
    return 0


# --- folders ---------------------------------------------------------------------------------------------------------


def export(asked: argparse.Namespace, options: Options) -> int:
    """Write everything in force into a folder, laid out as templates/messages is."""

    async def written() -> int:
        from notifier.app import open_house

        async with open_house(options) as house:
            current = await house.studio.in_force(_everybody())
        for key, (_, source) in current.items():
            path = Path(asked.folder) / _file(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source if source.endswith("\n") else f"{source}\n", encoding="utf-8")
        return len(current)

    try:
        count = asyncio.run(written())
    except OSError as error:
        raise Refused(f"{asked.folder}: {error.strerror or error}.") from None
    print(f"{count} files written to {asked.folder}.")
    return 0


def import_(asked: argparse.Namespace, options: Options) -> int:
    """Keep as drafts what differs in a folder from what is in force; nothing is kept when one of them has an error."""

    found = {_key(path, Path(asked.folder)): path for path in _files(Path(asked.folder))}
    saved = asyncio.run(_imported(asked, options, {key: (path, read_file(str(path))) for key, path in found.items()}))
    if asked.json:
        print(json.dumps([{"template": "/".join(key), "version": version} for key, version in saved]))
        return 0
    for key, version in saved:
        print(f"{'/'.join(key)}: draft v{version}")
    print(f"{len(found)} files read, {len(saved)} drafts kept; look at them, then publish.")
    return 0


async def _imported(
    asked: argparse.Namespace, options: Options, sources: "dict[Key, tuple[Path, str]]"
) -> "list[tuple[Key, int]]":
    from notifier.app import open_house

    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        current = await house.studio.in_force(viewer)
        changed = {
            key: (path, source)
            for key, (path, source) in sources.items()
            if source.strip() != current.get(key, ("", ""))[1].strip()
        }
        _sound(house, changed)
        return [(key, await _kept(house, viewer, key, source)) for key, (_, source) in changed.items()]


async def _kept(house: "House", viewer: "Viewer", key: "Key", source: str) -> int:
    return await house.studio.save_draft(viewer, *key, source.rstrip("\n"), house.clock())


def _sound(house: "House", changed: "dict[Key, tuple[Path, str]]") -> None:
    """Raises Refused with the first error."""

    for key, (path, source) in changed.items():
        for finding in house.studio.check(*key, source):
            if finding.level == "error":
                raise Refused(line_of(str(path), finding))


def _file(key: "Key") -> Path:
    event, channel, language, part = key
    for folder, (kind, ending) in FOLDERS.items():
        if event == kind:
            return Path(folder) / f"{part}.{language}.{ending}"
    return Path(LEXICON) if event == "lexicon" else Path(event) / f"{channel}.{language}.{part}"


def _files(folder: Path) -> Sequence[Path]:
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder; name one that has <event>/<channel>.<language>.<part>.")
    hidden = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in hidden if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def _key(path: Path, folder: Path) -> "Key":
    """The key of a file of such a folder. Raises Refused for a file nobody would use."""
    from notifier.studio import kinds

    place, words = path.relative_to(folder), path.name.split(".")
    if place == Path(LEXICON):
        return kinds.LEXICON, kinds.WORDS, "id", kinds.ADDED
    kind, ending = FOLDERS.get(place.parts[0], ("", ""))
    if len(place.parts) == 2 and kind and len(words) == 3 and words[2] == ending:
        return kinds.known(kind, "", words[1], words[0])
    if len(place.parts) == 2 and len(words) == 3:
        return kinds.known(place.parts[0], *words)
    raise Refused(
        f"{path} is no template: <event>/<channel>.<language>.<part>, pages/ or conversations/<part>.<language>.toml, "
        f"answers/<name>.<language>.text, {LEXICON}"
    )


# --- reading ---------------------------------------------------------------------------------------------------------


def _parts(asked: argparse.Namespace, file: str | None = None) -> Sequence[str]:
    """The part that was asked for, or all there can be."""
    from notifier.studio import kinds

    if asked.part:
        parts = [asked.part]
    elif file is not None:
        parts = [part_of(file, asked.channel)]
    else:
        parts = list(kinds.parts(asked.event, asked.channel))
    return [kinds.known(asked.event, asked.channel, asked.language, part)[3] for part in parts]


def _everybody() -> "Viewer":
    """Whoever can run commands on this machine can read what citizens are told."""
    from notifier.rules.roles import Role, Viewer

    return Viewer(0, "cli", Role.AUDITOR)
