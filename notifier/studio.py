"""Where people change what we say: drafts and versions over the shipped files, checked before they are in force.

Knows templates and their versions; does not know who is told what, nor any page. Every change is in the ledger, by
names and numbers, never by the words themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from channels import gsm
from notifier.errors import Refused
from notifier.render import CHANNELS, FACTS, NEEDED_PARTS, Finding, Key, Rendered, Words, grammar, lint
from notifier.render.samples import SAMPLES, TYPICAL, sample
from notifier.rules.roles import Right, Viewer
from notifier.store import broadcasts, ledger, templates
from notifier.store.engine import Database
from notifier.store.templates import DRAFT, PUBLISHED, Version

Overrides = Mapping[Key, tuple[str, str]]
SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of one message, as the list shows it."""

    event: str
    channel: str
    language: str
    part: str
    label: str  # "file-3fa2b1c9" or "v4"
    state: str  # shipped, published
    draft: int | None = None  # number of the draft that waits over it


@dataclass(frozen=True, slots=True)
class Shown:
    """The source of a part: what is in force, and the draft over it."""

    label: str
    source: str
    draft: Version | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a citizen would receive, and what one SMS of it costs."""

    rendered: Rendered
    facts: Mapping[str, Any]
    segments: gsm.Segments | None = None  # of SMS only


async def overrides(db: AsyncConnection) -> Overrides:
    """What is published, as `Words.take` wants it."""
    return {version.key: (version.label, version.source) for version in await templates.in_state(db, PUBLISHED)}


async def refresh(database: Database, words: Words, known: object = None) -> object:
    """Bring `words` up to date when something was published since `known`; returns what to pass next time.

    One small query when nothing changed: call it each second.
    """
    async with database.read() as db:
        stamp = await templates.stamp(db)
        if stamp != known:
            words.take(await overrides(db))
    return stamp


class Studio:
    """The use cases of whoever edits templates."""

    def __init__(self, database: Database, *, common: Mapping[str, Any] | None = None) -> None:
        """`common`: facts that hold everywhere, as for `Words`."""
        self._database = database
        self._shipped = Words().sources()
        self._common = dict(common or {})

    async def list(self, viewer: Viewer) -> list[Entry]:
        """Every part there is, in the order of events, channels and languages."""
        viewer.needs(Right.SEE_TEMPLATES)
        async with self._database.read() as db:
            labels = {key: label for key, (label, _) in (dict(self._shipped) | dict(await overrides(db))).items()}
            drafts = {draft.key: draft.version for draft in await templates.in_state(db, DRAFT)}
        return [
            Entry(
                *key,
                label=labels.get(key, ""),
                state=SHIPPED if labels.get(key, "file").startswith("file") else PUBLISHED,
                draft=drafts.get(key),
            )
            for key in in_order({*labels, *drafts})
        ]

    async def source(self, viewer: Viewer, event: str, channel: str, language: str, part: str) -> Shown:
        """The source in force ("" for a language nobody wrote yet) and the draft over it. Raises Refused."""
        viewer.needs(Right.SEE_TEMPLATES)
        key = _key(event, channel, language, part)
        async with self._database.read() as db:
            published = await templates.one(db, key, PUBLISHED)
            draft = await templates.one(db, key, DRAFT)
        label, source = self._shipped.get(key, ("", ""))
        return Shown(published.label, published.source, draft) if published else Shown(label, source, draft)

    async def history(self, viewer: Viewer, event: str, channel: str, language: str, part: str) -> Sequence[Version]:
        """Every version people made of a part, newest first."""
        viewer.needs(Right.SEE_TEMPLATES)
        async with self._database.read() as db:
            return await templates.history(db, _key(event, channel, language, part))

    def check(self, event: str, channel: str, language: str, part: str, source: str) -> Sequence[Finding]:
        """What is wrong with a source. Raises Refused for a place that does not exist."""
        _key(event, channel, language, part)
        return lint.check(event, channel, part, source, language)

    async def preview(
        self,
        viewer: Viewer,
        event: str,
        channel: str,
        language: str,
        sources: Mapping[str, str] | None = None,
        sample_name: str = TYPICAL,
    ) -> Preview:
        """What a sample person would receive, with these sources in place of what is in force. Raises Refused."""
        viewer.needs(Right.SEE_TEMPLATES)
        for part in sources or {}:
            _key(event, channel, language, part)
        if sample_name not in SAMPLES:
            raise Refused(f'there is no sample "{sample_name}"; there are: {", ".join(SAMPLES)}')
        async with self._database.read() as db:
            current = dict(await overrides(db))
        tried = {(event, channel, language, part): ("draft", source) for part, source in (sources or {}).items()}
        words = Words(current | tried, common=self._common)
        facts = sample(event, sample_name)
        return previewed(words, event, channel, language, facts)

    async def save_draft(
        self, viewer: Viewer, event: str, channel: str, language: str, part: str, source: str, now: datetime
    ) -> int:
        """Keep words that are not in force yet, right or wrong; returns the draft's number. Raises Refused."""
        viewer.needs(Right.EDIT_TEMPLATE)
        key = _key(event, channel, language, part)
        source = source.replace("\r\n", "\n")
        if len(source) > 4 * grammar.LONGEST_SOURCE or "\0" in source:
            raise Refused(f"a template has at most {grammar.LONGEST_SOURCE} characters and no NUL")
        try:
            async with self._database.write() as db:
                draft = await templates.one(db, key, DRAFT)
                if draft is None or not await templates.change_draft(db, draft.id, source, viewer.who, now):
                    version = await templates.add_draft(db, key, source, viewer.who, now)
                else:
                    version = draft.version
                await _record(db, viewer, "template_drafted", key, now, version=version)
        except IntegrityError:
            raise Refused(
                "somebody saved a draft of this at the same moment; look at theirs, then save again"
            ) from None
        return version

    async def publish(
        self,
        viewer: Viewer,
        event: str,
        channel: str,
        language: str,
        now: datetime,
        parts: Iterable[str] = (),
    ) -> Mapping[str, str]:
        """Put the drafts of a message in force, all or none; returns part → label. `parts`: only these.

        Refused when there is no draft, when a draft has an error, when a part it needs is missing, or when a draft
        changed meanwhile.
        """
        viewer.needs(Right.PUBLISH)
        wanted = tuple(parts) or CHANNELS.get(channel, ())
        keys = [_key(event, channel, language, part) for part in wanted] or [_key(event, channel, language, "text")]
        async with self._database.read() as db:
            drafts = [draft for key in keys if (draft := await templates.one(db, key, DRAFT))]
            present = {*self._shipped, *await overrides(db)}
        if not drafts:
            raise Refused(f"there is no draft of {event} on {channel} in {language}; save one first")
        _sound(drafts, {key[3] for key in present if key[:3] == keys[0][:3]})  # before the transaction: it takes time
        async with self._database.write() as db:
            for draft in drafts:
                if not await templates.publish(db, draft, now):
                    raise Refused(f"the draft of {draft.part} was changed meanwhile; look at it again, then publish")
                await _record(db, viewer, "template_published", draft.key, now, version=draft.version)
            named = ", ".join(f"{draft.part} {draft.label}" for draft in drafts)
            await _ask_again(db, viewer, event, channel, f"{channel}/{language} is {named} now", now)
        return {draft.part: draft.label for draft in drafts}

    async def withdraw(self, viewer: Viewer, event: str, channel: str, language: str, part: str, now: datetime) -> None:
        """Go back to the shipped words. Refused when nothing is published, or when nothing lies beneath."""
        viewer.needs(Right.PUBLISH)
        key = _key(event, channel, language, part)
        if key not in self._shipped:
            raise Refused(f"{'/'.join(key)} has no shipped words to go back to; publish other words instead")
        async with self._database.write() as db:
            if not await templates.retire(db, key):
                raise Refused(f"{'/'.join(key)} is in its shipped words already")
            await _record(db, viewer, "template_withdrawn", key, now)
            told = f"{channel}/{language}: {part} is the shipped one again"
            await _ask_again(db, viewer, event, channel, told, now)


def previewed(words: Words, event: str, channel: str, language: str, facts: Mapping[str, Any]) -> Preview:
    """One message in words, measured. Raises Refused."""
    rendered = words.render(event, channel, language, facts)
    return Preview(rendered, facts, gsm.segments(rendered.parts["text"]) if channel == "sms" else None)


def in_order(keys: Iterable[Key]) -> Sequence[Key]:
    """By event and channel as we tell them, Indonesian first."""
    events, channels = tuple(FACTS), tuple(CHANNELS)
    return sorted(
        keys,
        key=lambda key: (events.index(key[0]), channels.index(key[1]), key[2] != "id", key[2], key[3]),
    )


def _key(event: str, channel: str, language: str, part: str) -> Key:
    lint.known_place(event, channel, part)
    if not (2 <= len(language) <= 3 and language.isascii() and language.islower()):
        raise Refused(f'"{language}" is no language code; write two or three letters such as id, en, jv or su')
    return event, channel, language, part


def _sound(drafts: Sequence[Version], present: set[str]) -> None:
    """Raises Refused with the first error of the drafts, or the part that lacks."""
    for draft in drafts:
        for finding in lint.check(draft.event, draft.channel, draft.part, draft.source, draft.language):
            if finding.level == "error":
                raise Refused(
                    f"{'/'.join(draft.key)} can't be published: line {finding.line}, column {finding.column}: "
                    f"{finding.message} {finding.suggestion}".rstrip()
                )
    channel, have = drafts[0].channel, present | {draft.part for draft in drafts}
    missing = [part for part in NEEDED_PARTS[channel] if part not in have]
    if missing:
        raise Refused(f"{channel} needs {' and '.join(missing)} in {drafts[0].language} too; write it, then publish")


async def _ask_again(db: AsyncConnection, viewer: Viewer, event: str, channel: str, told: str, now: datetime) -> None:
    """Have what is under way with the words of before wait for somebody's yes, from this very transaction on."""
    for b in await broadcasts.worded(db, event):
        if any(place.startswith(f"{channel}/") for place in b.pins):
            why = f"the words of {event} were changed since it was approved: {told}"
            if await broadcasts.ask(db, b, why):
                await ledger.append(db, at=now, who=viewer.who, act="broadcast.asks", about=f"broadcast:{b.id}")


async def _record(
    db: AsyncConnection, viewer: Viewer, act: str, key: Key, now: datetime, version: int | None = None
) -> None:
    detail = {"version": version} if version is not None else None
    await ledger.append(db, at=now, who=viewer.who, act=act, about=f"template:{'/'.join(key)}"[:80], detail=detail)
