"""Answers kept for often: what a ticket is offered, in its language and with its own facts.

What is offered is a proposal: a colleague reads it, changes it and sends it. The shipped ones are the defaults; what
the studio published wins, and one without words takes a default away.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.acting import seen
from notifier.desk.values import Room
from notifier.dispatch.wording import round_facts
from notifier.errors import Refused
from notifier.render import canned
from notifier.render.canned import Answer
from notifier.render.words import FALLBACK, RenderError
from notifier.rules.roles import Right, Viewer
from notifier.store import rounds, templates
from notifier.store.rounds import Round
from notifier.store.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Offered:
    """An answer that a ticket can be given."""

    name: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Shelved:
    """An answer as those who write them see it."""

    answer: Answer
    version: int = 0  # 0: as shipped


async def shelf(room: Room, viewer: Viewer) -> tuple[Shelved, ...]:
    """Every answer in force, by name and language."""
    viewer.needs(Right.SEE_TICKETS)
    async with room.database.read() as db:
        return tuple(await _in_force(db))


async def offer(db: AsyncConnection, room: Room, ticket: Ticket, of: Round | None) -> tuple[Offered, ...]:
    """What this ticket can be answered with: in its language, else in Indonesian; of those that speak of what it does
    not have, none.
    """
    found: dict[str, Answer] = {}
    for one in await _in_force(db):
        name, language = one.answer.name, one.answer.language
        if language == ticket.language or (language == FALLBACK and name not in found):
            found[name] = one.answer
    facts, offered = facts_of(room, ticket, of), []
    for name, answer in sorted(found.items(), key=lambda item: item[1].title):
        try:
            offered.append(Offered(name, answer.title, canned.say(answer.source, answer.language, facts)))
        except RenderError:
            continue
    return tuple(offered)


async def words(room: Room, viewer: Viewer, number: str, name: str) -> str:
    """One answer in the words of a ticket. Refused when it does not fit."""
    viewer.needs(Right.ANSWER)
    async with room.database.read() as db:
        ticket = await seen(db, viewer, number)
        of = await rounds.get(db, ticket.round_id) if ticket.round_id else None
        said = {one.name: one.words for one in await offer(db, room, ticket, of)}
    if name not in said:
        raise Refused("there is no such answer for this ticket; choose another")
    return said[name]


async def in_languages(
    room: Room, viewer: Viewer, number: str, name: str, languages: Collection[str]
) -> Mapping[str, str]:
    """One answer in the words of a ticket, in each of these languages that it is kept in."""
    viewer.needs(Right.ANSWER)
    async with room.database.read() as db:
        ticket = await seen(db, viewer, number)
        of = await rounds.get(db, ticket.round_id) if ticket.round_id else None
        known = [one.answer for one in await _in_force(db) if one.answer.name == name]
    facts, found = facts_of(room, ticket, of), {}
    for answer in known:
        if answer.language in languages:
            try:
                found[answer.language] = canned.say(answer.source, answer.language, facts)
            except RenderError:
                continue
    return found


def facts_of(room: Room, ticket: Ticket, of: Round | None) -> Mapping[str, Any]:
    """What an answer may say of a ticket: nothing of who reported it."""
    told: dict[str, Any] = {"number": ticket.number, "category": ticket.category, "zone": room.settings.zone}
    if of is not None:
        told |= round_facts({name: getattr(of, name) for name in of.__dataclass_fields__})
    return {name: value for name, value in told.items() if name in canned.FACTS}


async def _in_force(db: AsyncConnection) -> list[Shelved]:
    found = {(answer.name, answer.language): Shelved(answer) for answer in _shipped()}
    for row in await templates.in_state(db, templates.PUBLISHED, event=canned.EVENT):
        found[row.part, row.language] = Shelved(canned.read(row.part, row.language, row.source), row.version)
    in_order = sorted(found, key=lambda key: (key[0], key[1] != FALLBACK, key[1]))
    return [found[key] for key in in_order if found[key].answer.source]


@cache
def _shipped() -> tuple[Answer, ...]:
    return canned.shipped()
