"""Where people change what we say: drafts and versions over the shipped files, checked before they are in force.

Knows templates and their versions; does not know who is told what, nor any page. Every change is in the ledger, by
names and numbers, never by the words themselves.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from channels import gsm
from notifier.errors import Refused
from notifier.render import CHANNELS, FACTS, Finding, Key, Rendered, Words
from notifier.render.compare import compared
from notifier.render.lint import unreadable
from notifier.render.samples import SAMPLES, TYPICAL, sample
from notifier.rules.roles import Right, Viewer
from notifier.store import broadcasts, ledger, templates
from notifier.store.engine import Database
from notifier.store.templates import DRAFT, PUBLISHED, REVIEWED, WAITING, Version
from notifier.studio import kinds
from notifier.studio.kinds import in_order
from notifier.studio.texts import Texts

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
    broken: bool = False  # this release can't use it, or would not let it be published


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


@dataclass(frozen=True, slots=True)
class Look:
    """One place of the table of channels and languages: what a citizen would receive, or why nothing."""

    channel: str
    language: str
    preview: Preview | None = None
    trouble: str = ""


async def overrides(db: AsyncConnection) -> Overrides:
    """What is published, as `Words.take` wants it."""
    published = await templates.in_state(db, PUBLISHED)
    return {version.key: (version.label, version.source) for version in published if version.event in FACTS}


async def broken(db: AsyncConnection) -> list[str]:
    """Sentences about published words that this release can't use any more: publish others, or withdraw them."""
    return [
        f"{'/'.join(version.key)} {version.label}: line {finding.line}, column {finding.column}: {finding.message}"
        for version in await templates.in_state(db, PUBLISHED)
        for finding in kinds.check(version.key, version.source)
        if finding.level == "error"
    ]


async def refresh(database: Database, words: Words, known: object = None, texts: Texts | None = None) -> object:
    """Bring `words` (and the pages' and lexicon's `texts`) up to date when something was published since
    `known`; returns what to pass next time.

    One small query when nothing changed: call it each second.
    """
    async with database.read() as db:
        stamp = await templates.stamp(db)
        if stamp != known:
            published = await templates.in_state(db, PUBLISHED)
            in_force = {version.key: (version.label, version.source) for version in published}
            words.take({key: said for key, said in in_force.items() if key[0] in FACTS})
            if texts is not None:
                texts.take({key: said for key, said in in_force.items() if key[0] not in FACTS})
    return stamp


class Studio:
    """The use cases of whoever edits templates."""

    def __init__(
        self, database: Database, *, common: Mapping[str, Any] | None = None, four_eyes_above: int = 1000
    ) -> None:
        """`common`: facts that hold everywhere, as for `Words`. What reaches more people than `four_eyes_above` is
        published with a second person only.
        """
        self._database = database
        self._shipped = dict(Words().sources()) | dict(kinds.shipped_texts())
        self._common = dict(common or {})
        self._unreadable: set[Key] | None = None  # of the shipped files; looked at once
        self._four_eyes_above = four_eyes_above

    async def list(self, viewer: Viewer) -> list[Entry]:
        """Every part there is, in the order of events, channels and languages."""
        viewer.needs(Right.SEE_TEMPLATES)
        async with self._database.read() as db:
            current = await self._in_force(db)
            drafts = {draft.key: draft.version for draft in await templates.in_state(db, *WAITING)}
        broken = await asyncio.to_thread(self._broken, current)
        return [
            Entry(
                *key,
                label=current.get(key, ("", ""))[0],
                state=SHIPPED if current.get(key, ("file", ""))[0].startswith("file") else PUBLISHED,
                draft=drafts.get(key),
                broken=key in broken,
            )
            for key in in_order({*current, *drafts})
        ]

    def _broken(self, current: Mapping[Key, tuple[str, str]]) -> set[Key]:
        """What of it can't be said: files that can't be read, and what people published and no longer passes."""
        if self._unreadable is None:
            self._unreadable = {key for key, _ in unreadable(Words().sources())}
        changed = {key: source for key, (label, source) in current.items() if not label.startswith("file")}
        spoiled = {key for key, source in changed.items() if kinds.faulty(key, source)}
        return spoiled | (self._unreadable - changed.keys())

    async def source(self, viewer: Viewer, event: str, channel: str, language: str, part: str) -> Shown:
        """The source in force ("" for a language nobody wrote yet) and the draft over it. Raises Refused."""
        viewer.needs(Right.SEE_TEMPLATES)
        key = kinds.known(event, channel, language, part)
        async with self._database.read() as db:
            published = await templates.one(db, key, PUBLISHED)
            draft = await templates.one(db, key, *WAITING)
        label, source = self._shipped.get(key, ("", ""))
        return Shown(published.label, published.source, draft) if published else Shown(label, source, draft)

    async def history(self, viewer: Viewer, event: str, channel: str, language: str, part: str) -> Sequence[Version]:
        """Every version people made of a part, newest first."""
        viewer.needs(Right.SEE_TEMPLATES)
        async with self._database.read() as db:
            return await templates.history(db, kinds.known(event, channel, language, part))

    def check(self, event: str, channel: str, language: str, part: str, source: str) -> Sequence[Finding]:
        """What is wrong with a source. Raises Refused for a place that does not exist."""
        return kinds.check(kinds.known(event, channel, language, part), source)

    async def advise(
        self, viewer: Viewer, event: str, channel: str, language: str, part: str, source: str
    ) -> Sequence[Finding]:
        """What is wrong with a source, and what readers would learn no longer, or newly, than from what is in force."""
        viewer.needs(Right.SEE_TEMPLATES)
        key = kinds.known(event, channel, language, part)
        found = list(kinds.check(key, source))
        if event in FACTS and part != "subject":
            async with self._database.read() as db:
                current = await self._in_force(db)
            others = {
                other[2]: said
                for other, (_, said) in current.items()
                if (other[0], other[1], other[3]) == (event, channel, part) and other[2] != language
            }
            found += compared(event, current.get(key, ("", ""))[1], source, others)
        return sorted(found, key=lambda one: (one.line, one.column))

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
            kinds.known(event, channel, language, part)
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
        key = kinds.known(event, channel, language, part)
        source = source.replace("\r\n", "\n")
        if len(source) > 4 * kinds.longest(event) or "\0" in source:
            said = f"a template has at most {kinds.longest(event)} characters and no NUL"
            raise Refused(said, field="source")
        try:
            async with self._database.write() as db:
                draft = await templates.one(db, key, *WAITING)
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
        async with self._database.read() as db:
            drafts = await _drafts(db, event, channel, language, parts)
            present = set(await self._in_force(db))
            many = kinds.to_citizens(event) and (
                await templates.people_up_to(db, self._four_eyes_above + 1) > self._four_eyes_above
            )
        _sound(drafts, {key[3] for key in present if key[:3] == drafts[0].key[:3]})  # it takes time: no lock is held
        if many:
            self._seen_by_two(drafts, viewer)
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
        key = kinds.known(event, channel, language, part)
        if key not in self._shipped:
            raise Refused(f"{'/'.join(key)} has no shipped words to go back to; publish other words instead")
        async with self._database.write() as db:
            if not await templates.retire(db, key):
                raise Refused(f"{'/'.join(key)} is in its shipped words already")
            await _record(db, viewer, "template_withdrawn", key, now)
            told = f"{channel}/{language}: {part} is the shipped one again"
            await _ask_again(db, viewer, event, channel, told, now)

    async def review(
        self, viewer: Viewer, event: str, channel: str, language: str, now: datetime, parts: Iterable[str] = ()
    ) -> Sequence[str]:
        """A second person agrees to the drafts as they stand; returns the parts. Refused for one's own words."""
        viewer.needs(Right.PUBLISH)
        async with self._database.read() as db:
            drafts = [draft for draft in await _drafts(db, event, channel, language, parts) if draft.state == DRAFT]
            present = set(await self._in_force(db))
        if not drafts:
            raise Refused(f"the draft of {event} on {channel} in {language} is reviewed already; publish it")
        if any(draft.who == viewer.who for draft in drafts):
            raise Refused("these are your own words; another admin has to review them")
        _sound(drafts, {key[3] for key in present if key[:3] == drafts[0].key[:3]})
        async with self._database.write() as db:
            for draft in drafts:
                if not await templates.review(db, draft, viewer.who, now):
                    raise Refused(f"the draft of {draft.part} was changed meanwhile; look at it again, then review")
                await _record(db, viewer, "template_reviewed", draft.key, now, version=draft.version)
        return [draft.part for draft in drafts]

    async def discard(self, viewer: Viewer, event: str, channel: str, language: str, part: str, now: datetime) -> None:
        """Nobody wants the draft: what is in force stays. Refused when there is none."""
        viewer.needs(Right.EDIT_TEMPLATE)
        key = kinds.known(event, channel, language, part)
        async with self._database.write() as db:
            if not await templates.discard(db, key):
                raise Refused(f"{'/'.join(key)} has no draft to discard")
            await _record(db, viewer, "template_discarded", key, now)

    async def rollback(
        self, viewer: Viewer, event: str, channel: str, language: str, part: str, version: int, now: datetime
    ) -> str:
        """Put words in force again that were before; returns their label. They had their review then. Refused when
        they never were in force, or have an error by now.
        """
        viewer.needs(Right.PUBLISH)
        key = kinds.known(event, channel, language, part)
        async with self._database.read() as db:
            found = await templates.numbered(db, key, version)
            present = set(await self._in_force(db))
        if found is None or found.published_at is None:
            raise Refused(f"{'/'.join(key)} has no version {version} that was in force; see its history")
        if found.state == PUBLISHED:
            raise Refused(f"version {version} of {'/'.join(key)} is in force already")
        _sound([found], {other[3] for other in present if other[:3] == key[:3]})
        async with self._database.write() as db:
            if not await templates.restore(db, found, now):
                raise Refused(f"version {version} of {'/'.join(key)} was changed meanwhile; look again")
            await _record(db, viewer, "template_rolled_back", key, now, version=version)
            await _ask_again(db, viewer, event, channel, f"{channel}/{language}: {part} is v{version} again", now)
        return found.label

    async def wording(self, viewer: Viewer, key: Key, name: str) -> tuple[str, str]:
        """(label, source) by a name: shipped, published (what is in force), draft, v1, v2 … Raises Refused."""
        viewer.needs(Right.SEE_TEMPLATES)
        key = kinds.known(*key)
        async with self._database.read() as db:
            if name == SHIPPED:
                return self._shipped.get(key, (SHIPPED, ""))
            if name == PUBLISHED:
                return (await self._in_force(db)).get(key, (PUBLISHED, ""))
            found = await templates.one(db, key, *WAITING) if name == DRAFT else None
            if name.removeprefix("v").isdecimal() and len(name) < 9:
                found = await templates.numbered(db, key, int(name.removeprefix("v")))
        if found is None:
            raise Refused(f'{"/".join(key)} has no "{name}"; there are: shipped, published, draft, v1, v2 …')
        return (f"{DRAFT} {found.label}" if found.state in WAITING else found.label), found.source

    async def diff(self, viewer: Viewer, key: Key, old: str = PUBLISHED, new: str = DRAFT) -> Sequence[str]:
        """The lines that two wordings differ in, as a unified diff; none when they say the same. Raises Refused."""
        before, after = await self.wording(viewer, key, old), await self.wording(viewer, key, new)
        return difference(before, after)

    async def in_force(self, viewer: Viewer) -> Overrides:
        """Everything in force: key to (label, source), in the order it is told."""
        viewer.needs(Right.SEE_TEMPLATES)
        async with self._database.read() as db:
            current = await self._in_force(db)
        return {key: current[key] for key in in_order(current)}

    async def looks(
        self,
        viewer: Viewer,
        event: str,
        languages: Sequence[str],
        sample_name: str = TYPICAL,
        sources: Mapping[Key, str] | None = None,
        *,
        drafts: bool = False,
    ) -> Sequence[Look]:
        """An event on every channel in these languages, as a sample person would receive it; with drafts and unsaved
        sources in place of what is in force.
        """
        viewer.needs(Right.SEE_TEMPLATES)
        async with self._database.read() as db:
            current = {key: said for key, said in (await self._in_force(db)).items() if key[0] == event}
            waiting = await templates.in_state(db, *WAITING) if drafts else []
        current |= {draft.key: (DRAFT, draft.source) for draft in waiting if draft.event == event}
        current |= {key: (DRAFT, source) for key, source in (sources or {}).items()}
        words, facts = Words(current, common=self._common), sample(event, sample_name)
        return [_look(words, event, channel, language, facts) for channel in CHANNELS for language in languages]

    async def planned(self, viewer: Viewer, event: str) -> int:
        """People of the broadcasts of this event that are planned or approved and have not begun."""
        viewer.needs(Right.SEE_TEMPLATES)
        async with self._database.read() as db:
            return await templates.planned(db, event)

    async def _in_force(self, db: AsyncConnection) -> dict[Key, tuple[str, str]]:
        published = await templates.in_state(db, PUBLISHED)
        return self._shipped | {version.key: (version.label, version.source) for version in published}

    def _seen_by_two(self, drafts: Sequence[Version], viewer: Viewer) -> None:
        """Raises Refused when one person alone wrote and publishes what reaches many."""
        for draft in drafts:
            if draft.state != REVIEWED and draft.who == viewer.who:
                raise Refused(
                    f"{'/'.join(draft.key)} reaches more than {self._four_eyes_above} people: "
                    "another admin has to review it first"
                )


def difference(before: tuple[str, str], after: tuple[str, str]) -> Sequence[str]:
    """The lines that two (label, source) differ in, as a unified diff."""
    lines = unified_diff(before[1].splitlines(), after[1].splitlines(), before[0], after[0], lineterm="")
    return list(lines)


def _look(words: Words, event: str, channel: str, language: str, facts: Mapping[str, Any]) -> Look:
    try:
        seen = previewed(words, event, channel, language, facts)
    except Refused as error:
        return Look(channel, language, trouble=str(error))
    return Look(channel, language, seen)


async def _drafts(
    db: AsyncConnection, event: str, channel: str, language: str, wanted: Iterable[str]
) -> Sequence[Version]:
    """The drafts of a message. Raises Refused when there is none."""
    names = tuple(wanted) or kinds.parts(event, channel)
    keys = [kinds.known(event, channel, language, part) for part in names]
    drafts = [draft for key in keys if (draft := await templates.one(db, key, *WAITING))]
    if not drafts:
        raise Refused(f"there is no draft of {event} on {channel} in {language}; save one first")
    return drafts


def previewed(words: Words, event: str, channel: str, language: str, facts: Mapping[str, Any]) -> Preview:
    """One message in words, measured. Raises Refused."""
    rendered = words.render(event, channel, language, facts)
    return Preview(rendered, facts, gsm.segments(rendered.parts["text"]) if channel == "sms" else None)


def _sound(drafts: Sequence[Version], present: set[str]) -> None:
    """Raises Refused with the first error of the drafts, or the part that lacks."""
    for draft in drafts:
        for finding in kinds.check(draft.key, draft.source):
            if finding.level == "error":
                raise Refused(
                    f"{'/'.join(draft.key)} can't be published: line {finding.line}, column {finding.column}: "
                    f"{finding.message} {finding.suggestion}".rstrip()
                )
    channel, have = drafts[0].channel, present | {draft.part for draft in drafts}
    missing = [part for part in kinds.needed(drafts[0].event, channel) if part not in have]
    if missing:
        raise Refused(f"{channel} needs {' and '.join(missing)} in {drafts[0].language} too; write it, then publish")


async def _ask_again(db: AsyncConnection, viewer: Viewer, event: str, channel: str, told: str, now: datetime) -> None:
    """Have what is under way with the words of before wait for somebody's yes, from this very transaction on."""
    for b in await broadcasts.worded(db, event):
        if any(place.startswith(f"{channel}/") for place in b.pins):
            why = f"the words of {event} were changed since it was approved: {told}"
            if await broadcasts.ask(db, b, why, now):
                await ledger.append(db, at=now, who=viewer.who, act="broadcast.asks", about=f"broadcast:{b.id}")


async def _record(
    db: AsyncConnection, viewer: Viewer, act: str, key: Key, now: datetime, version: int | None = None
) -> None:
    detail = {"version": version} if version is not None else None
    await ledger.append(db, at=now, who=viewer.who, act=act, about=f"template:{'/'.join(key)}"[:80], detail=detail)
