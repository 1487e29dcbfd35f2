"""The documentation lives: what the code has is named in docs/, what docs/ names is in the code, examples are read."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from channels.table import CHANNELS, channel_class
from notifier import config
from notifier.cli.main import COMMANDS, main
from notifier.registry.layouts import PEOPLE, ROUNDS, STATUSES, VISITS
from notifier.registry.tables import Layout
from notifier.rules.deliveries import EVENTS, Event, Lane

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")] if path.exists())
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]
TOO_LONG_TO_WRITE = {("lines.sms", "states"), ("lines.sms", "bad_address")}  # the defaults of these are lists of words
LANES = {Lane.ANSWERS: "answers", Lane.STAFF: "staff", Lane.BULK: "broadcasts"}


def text_of(*names: str) -> str:
    return "\n".join((DOCS / name).read_text() for name in names)


# --- reading Markdown ------------------------------------------------------------------------------------------------


def sections(text: str) -> dict[str, str]:
    """What stands below each heading that is code, such as "## `[service]`", up to the next heading of its kind."""
    found: dict[str, str] = {}
    code = re.compile(r"^#{2,4} `([^`]+)`[^\n]*$", re.MULTILINE)
    for heading in code.finditer(text):
        rest = text[heading.end() :]
        end = re.search(r"^#{1,4} ", rest, re.MULTILINE)
        found[heading[1]] = rest[: end.start()] if end else rest
    return found


def rows(text: str) -> dict[str, list[str]]:
    """The rows of the tables whose first cell is code: name → the other cells."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        name = re.fullmatch(r"`([^`]+)`", cells[0]) if line.startswith("|") else None
        if name:
            found[name[1]] = cells[1:]
    return found


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# --- what there is to be told ----------------------------------------------------------------------------------------


def tables() -> dict[str, type[BaseModel]]:
    """Every table that config.toml may hold, by its heading: "service", "lines.NAME", "lines.sms.hmac"."""
    found: dict[str, type[BaseModel]] = {}
    for name, field in config.Config.model_fields.items():
        if field.exclude is True:
            continue
        for model in models(field.annotation):
            found[name if model is field.annotation else f"{name}.NAME"] = model
    for channel in CHANNELS:
        found |= nested(f"lines.{channel}", channel_class(channel).Settings)
    return found


def nested(heading: str, model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    found = {heading: model}
    for name, field in model.model_fields.items():
        for inner in models(field.annotation):
            found |= nested(f"{heading}.{name}", inner)
    return found


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models(part)


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Key as it is written in the file → its field."""
    return {str(field.alias or name): field for name, field in model.model_fields.items()}


def default_of(field: FieldInfo) -> str:
    """A default as TOML writes it; "needed" and "none" where there is no value, "see below" for tables of their own."""
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "needed"
    return "see below" if isinstance(value, BaseModel) else "none" if value is None else f"`{written(value)}`"


def written(value: Any) -> str:
    if hasattr(value, "get_secret_value"):
        return written(value.get_secret_value())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | date):
        return str(value)
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    return f'"{span(value)}"' if isinstance(value, timedelta) else f'"{value}"'


def span(value: timedelta) -> str:
    """In the largest unit that goes into it, days from two on."""
    seconds = int(value.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0 and seconds >= size * (2 if unit != "h" else 1):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def missing_keys(text: str) -> list[str]:
    """What is wrong with the tables of keys, in sentences; empty when nothing is."""
    told, wrong = sections(text), []
    for heading, model in tables().items():
        if f"[{heading}]" not in told:
            wrong.append(f"[{heading}] has no heading")
            continue
        named = rows(told[f"[{heading}]"])
        wrong += [f"{heading}.{key} is not named" for key in keys(model) if key not in named]
        wrong += [f"{heading}.{key} is named, but there is no such key" for key in named if key not in keys(model)]
        for key, field in keys(model).items():
            default = default_of(field)
            exempt = (heading.rpartition(".")[0], key) in TOO_LONG_TO_WRITE
            if key in named and not exempt and named[key][1] != default:
                wrong.append(f"{heading}.{key}: its default is {default}, not {named[key][1]}")
    wrong += [f"{heading} is no table" for heading in told if heading.startswith("[") and heading[1:-1] not in tables()]
    return wrong


def missing_commands(text: str) -> list[str]:
    told = sections(text)
    wrong = [f"notifier {word} has no heading" for word in COMMANDS if f"notifier {word}" not in told]
    words = [heading.removeprefix("notifier ") for heading in told if heading.startswith("notifier ")]
    return wrong + [f"notifier {word} is told, but there is no such command" for word in words if word not in COMMANDS]


def missing_events(text: str) -> list[str]:
    named = rows(text)
    wrong = [f"{event} is told, but there is no such event" for event in named if event not in EVENTS]
    for name, event in EVENTS.items():
        if name not in named:
            wrong.append(f"{name} is not named")
        elif named[name][1:] != event_cells(event):
            wrong.append(f"{name}: it is {event_cells(event)}, not {named[name][1:]}")
    return wrong


def event_cells(event: Event) -> list[str]:
    return [
        "citizens" if event.citizen else "staff",
        LANES[event.lane],
        event.after_unknown,
        span(event.retry_for).removesuffix("h") + " h" if event.retry_for >= timedelta(hours=1) else "10 min",
        "yes" if event.keeps_window else "no",
        "yes" if event.question else "no",
    ]


# --- what is named ---------------------------------------------------------------------------------------------------


def test_every_key_of_the_configuration_is_named_with_its_default() -> None:
    assert missing_keys(text_of("config.md", "lines.md")) == []


def test_every_command_has_its_heading() -> None:
    assert missing_commands(text_of("commands.md")) == []


def test_every_event_is_told_as_it_is() -> None:
    assert missing_events(text_of("events.md")) == []


def test_every_channel_has_its_heading() -> None:
    assert {f"[lines.{channel}]" for channel in CHANNELS} <= set(sections(text_of("lines.md")))


@pytest.mark.parametrize(
    ("heading", "layout"),
    [("People", PEOPLE), ("Rounds", ROUNDS), ("Statuses", STATUSES), ("Visits", VISITS)],
    ids=["people", "rounds", "statuses", "visits"],
)
def test_every_column_of_a_file_is_named_and_those_that_are_needed_say_so(heading: str, layout: Layout) -> None:
    told = rows(text_of("registers.md").partition(f"## {heading}\n")[2].partition("\n## ")[0])
    assert list(told) == list(layout.columns)
    assert {name for name, cells in told.items() if cells[0].startswith("needed")} == set(layout.needed)


def test_every_variable_of_the_environment_is_named() -> None:
    assert config.OWN - set(rows(text_of("config.md"))) == set()


@pytest.mark.parametrize(
    ("taken_away", "complaint"),
    [
        ("| `secure_cookies` |", "service.secure_cookies is not named"),
        ("## `[desk]`", "[desk] has no heading"),
        ("| `tolerance` |", "lines.sms.hmac.tolerance is not named"),
        ("| `polling` |", "lines.telegram.polling is not named"),
        ("### `[lines.email.listen]`", "[lines.email.listen] has no heading"),
    ],
)
def test_a_key_that_is_not_named_is_noticed(taken_away: str, complaint: str) -> None:
    text = text_of("config.md", "lines.md")
    assert taken_away in text
    assert complaint in missing_keys(text.replace(taken_away, "| ", 1))


def test_a_default_that_changed_is_noticed() -> None:
    text = text_of("config.md", "lines.md").replace("| `8080` |", "| `8081` |", 1)
    assert "service.port: its default is `8080`, not `8081`" in missing_keys(text)


def test_a_key_that_is_gone_is_noticed() -> None:
    text = text_of("config.md", "lines.md").replace("| `port` |", "| `harbour` | | | |\n| `port` |", 1)
    assert "service.harbour is named, but there is no such key" in missing_keys(text)


def test_a_command_that_is_not_told_or_gone_is_noticed() -> None:
    text = text_of("commands.md").replace("`notifier verify`", "`notifier trust`")
    found = missing_commands(text)
    assert "notifier verify has no heading" in found
    assert "notifier trust is told, but there is no such command" in found


def test_an_event_that_is_not_told_or_told_wrongly_is_noticed() -> None:
    text = text_of("events.md").replace("| `line_alert` |", "| `alert` |", 1)
    assert "line_alert is not named" in missing_events(text)
    assert "alert is told, but there is no such event" in missing_events(text)
    assert missing_events(text_of("events.md").replace("| resend |", "| hold |", 1)) != []


# --- commands --------------------------------------------------------------------------------------------------------


def help_of(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("word", COMMANDS)
def test_every_option_of_a_command_is_told(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = sections(text_of("commands.md"))[f"notifier {word}"]
    texts = [help_of([word], capsys)]
    acts = re.search(r"^usage:.*?(\w+(?:\|\w+)+)", texts[0], re.DOTALL)
    texts += [help_of([word, act], capsys) for act in (acts[1].split("|") if acts else ())]
    options = {option for text in texts for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)}
    assert options - {"--help", "--config", "--data"} <= set(re.findall(r"--[a-z][a-z-]+", told))
    assert set(acts[1].split("|") if acts else ()) <= set(re.findall(r"\w+", told))


def commands_in(text: str) -> Iterator[str]:
    for block in blocks(text, "(?:sh)?"):
        for line in block.splitlines():
            yield from re.findall(r"(?:^|\s)(?:notifier|python3 run\.py) ([a-z]+)", line.partition("#")[0])


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_examples_use_commands_that_there_are(page: Path) -> None:
    known = set(COMMANDS) | {"test", "format", "bench", "faults", "help"}
    assert set(commands_in(page.read_text())) <= known


# --- examples, links, names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_examples_of_configuration_are_read(page: Path, tmp_path: Path) -> None:
    for example in blocks(page.read_text(), "toml"):
        tomllib.loads(example)
        file = tmp_path / "config.toml"
        file.write_text(example)
        named = re.findall(r"\$\{(\w+)\}", example)
        variables = {name: "7100000001:AAE-token" if "TOKEN" in name else "a-long-random-word" for name in named}
        for line in config.load(file, variables, named=True).lines.values():
            channel_class(line.channel).Settings(**line.settings)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(file.read_text()), f"{page.name} links to {target}"


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_names_of_code_are_real(page: Path) -> None:
    """`notifier/outbox.py:Outbox.queue` names a file and what stands in it."""
    for file, name in re.findall(r"`((?:notifier|channels|tests)/[\w/]+\.py)(?::([\w.]+))?`", page.read_text()):
        assert (ROOT / file).exists(), f"{page.name} names {file}"
        module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        found: Any = import_module(module) if name else None
        for part in name.split(".") if name else ():
            assert hasattr(found, part), f"{page.name} names {name} of {file}"
            found = getattr(found, part)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_folders_and_files_that_are_named_are_there(page: Path) -> None:
    for path in re.findall(r"`((?:notifier|channels|tests|templates|docs|bench|\.ci)/[\w/.-]*)`", page.read_text()):
        assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_decisions_are_numbered_without_gaps_and_short() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    for path in decisions:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
        assert len(path.read_text().splitlines()) <= 30, path.name
        assert path.read_text().startswith(f"# {path.name[:4]} ")
