"""Choosing whom a message is for: the tree of regions, the check of a rule, its words, and how many it picks.

Looks only. What is picked is worked out where the walk does it too: `audience`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts import general, sheets
from notifier.broadcasts.audience import audience
from notifier.errors import Refused
from notifier.rules.audiences import ANSWERS, Names, Rule, in_words, tidied
from notifier.rules.deliveries import GENERAL
from notifier.rules.people import CONTACT_KINDS, PROGRAMMES
from notifier.rules.roles import Right, Viewer, covers
from notifier.rules.rounds import Entitlement
from notifier.store import audiences, person_lists, rounds
from notifier.store import ledger as acts
from notifier.store.audiences import Count
from notifier.store.engine import Database
from notifier.store.person_lists import PersonList
from notifier.store.rounds import Round

LANGUAGES = ("id", "jv", "su", "en", "mad")
MOST_REGIONS = 200  # in one rule; whoever needs more picks the region above
STRAYS = ("BARIS", "TERTULIS", "SEBAB")
MENDS: Mapping[str, str] = {  # why a row names nobody; files are read in Indonesian
    "unknown": "tidak ada di register wilayah Anda",
    "empty": "NIK dan KODE kosong",
    "bad_code": "KODE salah tulis",
    "missing_nik": "NIK kosong",
    "short_nik": "NIK kurang dari 16 angka",
    "long_nik": "NIK lebih dari 16 angka",
    "letters_in_nik": "NIK berisi huruf",
    "nik_stored_as_number": "NIK tersimpan sebagai bilangan: jadikan kolomnya teks",
    "impossible_date": "NIK memuat tanggal yang tidak ada",
    "nik_without_serial": "NIK tanpa nomor urut",
}
_WORDS = {
    "programmes": frozenset(PROGRAMMES),
    "statuses": frozenset(status.value for status in Entitlement),
    "languages": frozenset(LANGUAGES),
    "channels": frozenset(CONTACT_KINDS),
}


@dataclass(frozen=True, slots=True)
class Branch:
    """One region of the tree, and those inside it when it is open."""

    code: str
    name: str
    inside: Sequence["Branch"]
    has_more: bool  # there may be regions inside


class Choosing:
    """What a planner sees while choosing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tree(self, root: str, opened: frozenset[str]) -> Sequence[Branch]:
        """The regions inside `root`, those that are opened with theirs. One statement for each that is open."""
        async with self._database.read() as db:
            return await _branches(db, root, opened)

    async def lists(self, viewer: Viewer) -> Sequence[PersonList]:
        """Lists that were brought lately."""
        async with self._database.read() as db:
            return await person_lists.page(db, viewer.region)

    async def count(self, viewer: Viewer, event: str, round_code: str, rule: Rule) -> tuple[Round, Rule, Count]:
        """How many people the rule picks for this event of a round: cheap enough to ask at every change."""
        viewer.needs(Right.PLAN)
        async with self._database.read() as db:
            of = await rounds.by_code(db, round_code)
            if of is None or not covers(viewer.region, of.region):
                raise Refused(f'no round has the code "{round_code}"; import it first: notifier import rounds FILE')
            rule = await checked(db, viewer, of, rule)
            return of, rule, await audiences.count(db, audience(event, of, None, rule))

    async def count_notice(self, viewer: Viewer, rule: Rule, zone: str, now: datetime) -> tuple[Rule, Count]:
        """How many people the rule picks for a general notice. Raises Refused."""
        viewer.needs(Right.PLAN)
        of = general.ground(viewer, zone, "", rule, now, draft=True)
        async with self._database.read() as db:
            rule = await checked(db, viewer, of, rule)
            return rule, await audiences.count(db, audience(GENERAL, of, None, rule))

    async def words(self, rule: Rule, programme: str, tongue: str = "id") -> str:
        """The rule as a person reads it."""
        async with self._database.read() as db:
            return in_words(rule, programme, await names_of(db, rule), tongue)

    async def strays(self, viewer: Viewer, list_id: int, form: str, now: datetime) -> tuple[IO[bytes], int]:
        """The rows of a list that named nobody, as a file put on record; close it when it was read. Raises Refused."""
        viewer.needs(Right.EXPORT)
        async with self._database.read() as db:
            found = await person_lists.get(db, list_id)
            if found is None or not covers(viewer.region, found.region):
                raise Refused(f"there is no list {list_id} in the region of {viewer.login}")
            file, count = await sheets.write(form, STRAYS, _strays(db, list_id))
        async with self._database.write() as db:
            detail = {"list": "strays", "form": form, "rows": count}
            await acts.append(db, at=now, who=viewer.who, act="export.strays", about=f"list:{list_id}", detail=detail)
        return file, count


async def _strays(db: AsyncConnection, list_id: int) -> AsyncIterator[Sequence[Sequence[object]]]:
    async for part in person_lists.walk(db, list_id):
        yield [(stray.line, stray.shown, MENDS.get(stray.reason, stray.reason)) for stray in part]


async def _branches(db: AsyncConnection, root: str, opened: frozenset[str]) -> Sequence[Branch]:
    return [
        Branch(code, name, await _branches(db, code, opened) if code in opened else (), len(code) < 13)
        for code, name in await audiences.below(db, root)
    ]


async def names_of(db: AsyncConnection, rule: Rule) -> Names:
    """What the rule's codes and numbers are called."""
    called = await audiences.called(db, rule.regions) if rule.regions else {}
    asked = await rounds.get(db, rule.asked) if rule.asked else None
    listed = await person_lists.get(db, rule.listed) if rule.listed else None
    name, people = (listed.name, listed.people) if listed else ("", 0)
    return Names(called, asked.code if asked else "", name, people)


async def checked(db: AsyncConnection, viewer: Viewer, of: Round, rule: Rule) -> Rule:
    """The rule in its plainest form. Raises Refused for what nobody could belong to, or may not be looked at."""
    rule = tidied(rule)
    if len(rule.regions) > MOST_REGIONS:
        said = f"{len(rule.regions)} regions are too many for one broadcast; pick those above them"
        raise Refused(said, field="regions")
    for code in rule.regions:
        if not covers(of.region, code):
            raise Refused(f"the region {code[:13]} is not in {of.region}, which {of.code} serves", field="regions")
    words_checked(rule)
    if rule.asked:
        asked = await rounds.get(db, rule.asked)
        if asked is None or not covers(viewer.region, asked.region):
            said = "there is no such round in your region; choose the one whose question was answered"
            raise Refused(said, field="asked")
    if rule.listed:
        listed = await person_lists.get(db, rule.listed)
        if listed is None or not covers(viewer.region, listed.region):
            raise Refused("there is no such list in your region; bring it again", field="listed")
    return rule


def words_checked(rule: Rule) -> None:
    """Raises Refused for a word that nobody knows."""
    for name, known in _WORDS.items():
        for word in getattr(rule, name):
            if word not in known:
                said = f'"{word[:24]}" is none of the {name}; there are: {", ".join(sorted(known))}'
                raise Refused(said, field=name)
    if rule.answer and rule.answer not in ANSWERS:
        raise Refused(f'"{rule.answer[:24]}" is no answer; there are: {", ".join(ANSWERS)}', field="answer")
