"""Facts in, words out: the shipped templates, the versions published over them, compiled once each.

Knows the folder of templates and nothing else of the outside world: no database, no clock, no channel.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from types import CodeType, MappingProxyType
from typing import Any, NamedTuple

from jinja2 import StrictUndefined, Template
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from channels import gsm
from notifier.errors import Refused
from notifier.render import grammar, markup
from notifier.render.facts import CHANNELS, FACTS, NEEDED_PARTS
from notifier.render.filters import Unfit, bound

Key = tuple[str, str, str, str]  # event, channel, language, part
FALLBACK = "id"
FILE = re.compile(r"(?P<channel>[a-z0-9_]+)\.(?P<language>[a-z]{2,3})\.(?P<part>[a-z]+)")
FRAME = "email.frame.html"  # what every mail's HTML lies in; beside the events' folders
_UNDEFINED = re.compile(r"^'(\w+)' is undefined$")  # Jinja's words
_NOT_GSM = re.compile("[^" + re.escape("".join(sorted(gsm.GSM))) + "]")


class RenderError(Refused):
    """Something can't be said: no words for the event, a fact that is missing, a template that is broken.

    The text is a sentence naming event, channel, language and part.
    """


class Rendered(NamedTuple):
    """A message in words."""

    parts: Mapping[str, str]  # part -> words
    template: str  # which wording was used, at most 80 characters: "file-3fa2b1c9", "v4", "subject:v4 text:file-…"
    language: str  # the language spoken: the one asked for, or "id"


def shipped_folder() -> Path:
    """Where the defaults are: in the repository, or inside the installed package. Raises RenderError."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parent / "templates" / "messages", package / "templates" / "messages"):
        if folder.is_dir():
            return folder
    raise RenderError(f"the folder templates/messages is missing beside or inside {package}: install again")


def shipped(folder: Path | None = None) -> Mapping[Key, str]:
    """Every shipped source. Raises RenderError for a file nobody would ever use."""
    found: dict[Key, str] = {}
    root = folder or shipped_folder()
    for path in sorted(root.glob("*/*")):
        name, event = FILE.fullmatch(path.name), path.parent.name
        if event not in FACTS or name is None or name["part"] not in CHANNELS.get(name["channel"], (name["part"],)):
            raise RenderError(f"{path} is no template: templates/messages/<event>/<channel>.<language>.<part>")
        found[event, name["channel"], name["language"], name["part"]] = path.read_text(encoding="utf-8")
    return MappingProxyType(found)


@cache
def _defaults() -> Mapping[Key, str]:
    """The shipped sources, read once: previews ask for them at every key that is pressed."""
    return shipped()


class Words:
    """What we say. One per process; `take` brings the published versions up to date."""

    def __init__(
        self,
        overrides: Mapping[Key, tuple[str, str]] | None = None,
        *,
        common: Mapping[str, Any] | None = None,
        folder: Path | None = None,
    ) -> None:
        """`overrides`: key to (label of the version, source). `common`: facts that hold everywhere, such as sender and
        zone; a notice's own facts win. Reads the folder and raises RenderError when it is broken.
        """
        root = folder or shipped_folder()
        self._shipped = shipped(folder) if folder else _defaults()
        frame = root / FRAME
        self._frame = frame.read_text(encoding="utf-8") if frame.exists() else "{{ body }}"
        self._common = dict(common or {})
        self._overrides: Mapping[Key, tuple[str, str]] = {}
        self._known: dict[tuple[str, str, str], _Wording] = {}
        self.take(overrides or {})

    def take(self, overrides: Mapping[Key, tuple[str, str]]) -> None:
        """Use these published versions from now on; what did not change stays compiled."""
        changed = {key[:2] for key in {*overrides, *self._overrides} if overrides.get(key) != self._overrides.get(key)}
        self._overrides = dict(overrides)
        self._known = {key: wording for key, wording in self._known.items() if key[:2] not in changed}

    def render(self, event: str, channel: str, language: str, facts: Mapping[str, Any]) -> Rendered:
        """The parts of one message. Raises RenderError when a fact lacks or nothing is known to say."""
        wording = self._known.get((event, channel, language)) or self._wording(event, channel, language)
        try:
            parts = {name: say(facts) for name, say in wording.parts}
        except (TemplateError, Unfit) as error:
            why = _UNDEFINED.sub(r"the fact \1 was not given", str(error))
            raise RenderError(f"{event}, {channel}, {wording.language}: {why}") from None
        if wording.plain_of_html:
            parts["text"] = markup.plain(parts["html"])
        return Rendered(parts, wording.label, wording.language)

    def label(self, event: str, channel: str, language: str) -> str:
        """Which wording would be used now: what a broadcast pins. Raises RenderError."""
        return self._wording(event, channel, language).label

    def labels(self, event: str, channels: Sequence[str]) -> dict[str, str]:
        """Which wordings would be used now on these channels: "channel/language" to label. Raises RenderError."""
        return {
            f"{channel}/{language}": self.label(event, channel, language)
            for channel in channels
            for language in self.languages(event, channel)
        }

    def source(self, event: str, channel: str, language: str, part: str) -> tuple[str, str] | None:
        """(label, source) of what is used now for exactly this language; None when there is none."""
        key = (event, channel, language, part)
        if key in self._overrides:
            return self._overrides[key]
        return (_file_label(self._shipped[key]), self._shipped[key]) if key in self._shipped else None

    def languages(self, event: str, channel: str) -> tuple[str, ...]:
        """The languages that can be spoken, Indonesian first."""
        found = {key[2] for key in (*self._shipped, *self._overrides) if key[:2] == (event, channel)}
        spoken = (language for language in found if self._complete(event, channel, language))
        return tuple(sorted(spoken, key=lambda language: (language != FALLBACK, language)))

    def sources(self) -> Mapping[Key, tuple[str, str]]:
        """Everything in use: key to (label, source)."""
        files = {key: (_file_label(source), source) for key, source in self._shipped.items()}
        return MappingProxyType(files | dict(self._overrides))

    def _complete(self, event: str, channel: str, language: str) -> bool:
        needed = NEEDED_PARTS.get(channel, ("text",))
        return all(self.source(event, channel, language, part) is not None for part in needed)

    def _wording(self, event: str, channel: str, language: str) -> "_Wording":
        key = (event, channel, language)
        if key not in self._known:
            spoken = next((one for one in (language, FALLBACK) if self._complete(event, channel, one)), None)
            if spoken is None:
                raise RenderError(f"there are no words for {event} on {channel}, neither in {language} nor in id")
            self._known[key] = self._compile(event, channel, spoken)
        return self._known[key]

    def _compile(self, event: str, channel: str, language: str) -> "_Wording":
        parts: list[tuple[str, Callable[[Mapping[str, Any]], str]]] = []
        labels: dict[str, str] = {}
        for part in CHANNELS.get(channel, ("text",)):
            found = self.source(event, channel, language, part)
            if found is None:
                continue
            labels[part], source = found
            parts.append((part, self._speaker(event, channel, language, part, source)))
        plain_of_html = channel == "telegram" and "text" not in labels
        return _Wording(tuple(parts), plain_of_html, _joined_label(labels), language)

    def _speaker(
        self, event: str, channel: str, language: str, part: str, source: str
    ) -> Callable[[Mapping[str, Any]], str]:
        say = speaker(event, channel, language, part, source, self._common)
        if (channel, part) != ("email", "html"):
            return say
        head, _, tail = self._frame.replace("{{ language }}", language).partition("{{ body }}")
        return lambda facts: f"{head}{say(facts)}{tail}"


@dataclass(frozen=True, slots=True)
class _Wording:
    """One event on one channel in one language, ready to be said."""

    parts: tuple[tuple[str, Callable[[Mapping[str, Any]], str]], ...]
    plain_of_html: bool  # the part "text" is the HTML without its tags
    label: str
    language: str


def speaker(
    event: str,
    channel: str,
    language: str,
    part: str,
    source: str,
    common: Mapping[str, Any] | None = None,
    *,
    strict: bool = False,
) -> Callable[[Mapping[str, Any]], str]:
    """One source as a function of facts: checked, compiled, its result made fit for the part. Raises RenderError."""
    environment = environment_for(channel, language, part, strict=strict)
    defaults = {name: fact.default for name, fact in FACTS[event].items() if not fact.needed}
    code = _compiled(event, channel, language, part, source, strict)
    template = Template.from_code(environment, code, environment.make_globals(defaults | dict(common or {})))
    template.globals = dict(template.globals)  # Jinja keeps them in layers, and would copy those for each message
    say, root = template.new_context, template.root_render_func
    finish = _FINISH.get((channel, part), str.strip)
    return lambda facts: finish("".join(root(say(facts))))  # type: ignore[arg-type]


@lru_cache(1024)
def _compiled(event: str, channel: str, language: str, part: str, source: str, strict: bool) -> CodeType:
    """One source, checked and compiled once. Raises RenderError."""
    environment = environment_for(channel, language, part, strict=strict)
    tree, findings = grammar.parse(environment, source, FACTS[event])
    if tree is None:
        raise RenderError(f"{event}, {channel}, {language}, {part}, {grammar.first_sentence(findings)}")
    try:
        return environment.compile(tree)
    except (TemplateError, RecursionError, MemoryError, SyntaxError, ValueError) as error:
        raise RenderError(f"{event}, {channel}, {language}, {part}: can't be compiled ({error})") from None


@lru_cache(64)
def environment_for(channel: str, language: str, part: str, *, strict: bool = False) -> ImmutableSandboxedEnvironment:
    """The sandbox of one kind of part: nothing in it but our filters. `strict` refuses to say an empty fact."""
    html = part == "html"
    environment = ImmutableSandboxedEnvironment(
        autoescape=html,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        finalize=_refused_none if strict else _nothing_for_none,
        cache_size=0,
    )
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update(bound(language, sms=channel == "sms", html=html and channel == "email"))
    environment.tests = {name: environment.tests[name] for name in grammar.TESTS}
    return environment


def _nothing_for_none(value: Any) -> Any:
    return "" if value is None else value


def _refused_none(value: Any) -> Any:
    if value is None:
        raise Unfit("an empty fact is said")
    return value


def _folded(text: str) -> str:
    """The price of an SMS must not hang on one curly quote in a name."""
    text = text.strip()
    return gsm.fold(text).strip() if _NOT_GSM.search(text) else text


def _one_line(text: str) -> str:
    """A subject that can't end its header."""
    return " ".join(text.split())


_FINISH: Mapping[tuple[str, str], Callable[[str], str]] = MappingProxyType(
    {("sms", "text"): _folded, ("email", "subject"): _one_line}
)


def _file_label(source: str) -> str:
    """A shipped file is known by what is in it, so that a new release shows."""
    return f"file-{sha256(source.encode()).hexdigest()[:8]}"


def _joined_label(labels: Mapping[str, str]) -> str:
    """One label for all parts; which part has which when they differ. Shipped parts together are one file label."""
    if all(label.startswith("file-") for label in labels.values()):
        return _file_label("".join(labels.values())) if len(labels) > 1 else next(iter(labels.values()))
    if len(set(labels.values())) == 1:
        return next(iter(labels.values()))
    return " ".join(f"{part}:{label}" for part, label in labels.items())[:80]


def missing(
    sources: Mapping[Key, object], channels: Sequence[str] = tuple(CHANNELS), languages: Sequence[str] = (FALLBACK,)
) -> list[str]:
    """Sentences about events that can't be said: each needs its parts on these channels in these languages."""
    return [
        f"{event} has no words on {channel} in {language}: write templates/messages/{event}/{channel}.{language}.{part}"
        for event in FACTS
        for channel in channels
        for language in languages
        for part in NEEDED_PARTS.get(channel, ("text",))
        if (event, channel, language, part) not in sources
    ]
