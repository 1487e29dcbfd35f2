"""Full-text search over what tickets say: number, words and notes. Never over who said it: no name, no address, no NIK
is ever written here, and long numbers come masked.

One document a ticket, kept in the transaction of what is said. SQLite has its FTS5, PostgreSQL a tsvector of the simple
configuration; both find words by their beginning.
"""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, column, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.given import listed
from notifier.store.schema import ticket_messages, tickets
from notifier.store.straight import fetch

WORDS = 8  # words of a question that count
LENGTH = 40  # letters of a word that count
SAID = 4_000  # letters of one message that are found
MOST = 400_000  # letters, or bytes, of one ticket's document: PostgreSQL holds no more than a million
_WORD = re.compile(r"[^\W_]+")


async def begin(db: AsyncConnection, ticket_id: int, number: str) -> None:
    """The document of a new ticket: its number."""
    await db.execute(_BEGIN[db.dialect.name], {"ticket": ticket_id, "said": number})


async def add(db: AsyncConnection, ticket_id: int, said: str) -> None:
    """What else was said in a ticket, by whomever."""
    await db.execute(_ADD[db.dialect.name], {"ticket": ticket_id, "said": said[:SAID], "most": MOST})


async def add_to_all(db: AsyncConnection, ticket_ids: Collection[int], said: str) -> None:
    """The same words in many tickets."""
    await fetch(db, _ADD_TO_ALL[db.dialect.name], {**listed(db, ticket_ids), "said": said[:SAID], "most": MOST})


async def again(db: AsyncConnection, ticket_id: int) -> None:
    """The document anew, because something was worded otherwise."""
    number = select(tickets.c.number).where(tickets.c.id == ticket_id)
    said = select(ticket_messages.c.text).where(ticket_messages.c.ticket_id == ticket_id).order_by(ticket_messages.c.id)
    parts = [(await db.execute(number)).scalar_one(), *(row[0][:SAID] for row in await db.execute(said))]
    values = {"ticket": ticket_id, "said": " ".join(parts)[:MOST]}
    await db.execute(_AGAIN[db.dialect.name], values)


def asked(words: str) -> tuple[str, ...]:
    """The words of a question as the index has them; () when there is none in it."""
    return tuple(word[:LENGTH].lower() for word in _WORD.findall(words)[:WORDS])


def says(engine: str, words: tuple[str, ...]) -> ColumnElement[bool]:
    """SQL of "the ticket's document has words that begin with each of these"."""
    if engine == "sqlite":
        named = " ".join(f'"{word}"*' for word in words)
        of: Any = select(column("rowid")).select_from(table("ticket_words"))
        return tickets.c.id.in_(of.where(text("ticket_words MATCH :asked").bindparams(asked=named)))
    named = " & ".join(f"'{word}':*" for word in words)
    # As an array, found first: how many documents begin a word so the planner can't guess, and a wrong guess reads all.
    found = "ARRAY(SELECT ticket_id FROM ticket_words WHERE words @@ to_tsquery('simple', :asked))"
    return text(f"tickets.id = ANY ({found})").bindparams(asked=named)  # type: ignore[return-value]


_BEGIN = {
    "sqlite": text("INSERT INTO ticket_words (rowid, words) VALUES (:ticket, :said)"),
    "postgresql": text(
        "INSERT INTO ticket_words (ticket_id, words) VALUES (:ticket, to_tsvector('simple', CAST(:said AS text)))"
    ),
}
_ADD = {
    "sqlite": text(
        "UPDATE ticket_words SET words = words || ' ' || :said WHERE rowid = :ticket AND length(words) < :most"
    ),
    "postgresql": text(
        "UPDATE ticket_words SET words = words || to_tsvector('simple', CAST(:said AS text)) "
        "WHERE ticket_id = :ticket AND octet_length(words::text) < :most"
    ),
}
_ADD_TO_ALL = {
    "sqlite": text(
        "UPDATE ticket_words SET words = words || ' ' || :said "
        "WHERE rowid IN (SELECT value FROM json_each(:given)) AND length(words) < :most"
    ),
    "postgresql": text(
        "UPDATE ticket_words SET words = words || to_tsvector('simple', CAST(:said AS text)) "
        "WHERE ticket_id = ANY (CAST(:given AS bigint[])) AND octet_length(words::text) < :most"
    ),
}
_AGAIN = {
    "sqlite": text("UPDATE ticket_words SET words = :said WHERE rowid = :ticket"),
    "postgresql": text(
        "UPDATE ticket_words SET words = to_tsvector('simple', CAST(:said AS text)) WHERE ticket_id = :ticket"
    ),
}
