"""Everything that is kept about one person, table by table, as plain rows. Opens no seal; reads by indexes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import (
    applications,
    attempts,
    conflicts,
    contacts,
    deliveries,
    enrolments,
    entitlement_changes,
    entitlements,
    files,
    heard,
    person_acts,
    person_list_members,
    person_lists,
    ratings,
    rounds,
    silences,
    ticket_changes,
    ticket_messages,
    tickets,
    visits,
)

MOST = 5000  # rows of one table; nobody has more but by a fault

Rows = list[dict[str, Any]]


async def of(
    db: AsyncConnection, ids: Sequence[int], ticket_ids: Sequence[int], senders: Sequence[bytes] = ()
) -> Mapping[str, Rows]:
    """Table → rows about these rows of the register and these reports. `senders`: keyed names of addresses that are
    theirs alone.
    """
    return {name: await _rows(db, wanted) for name, wanted in _wanted(ids, ticket_ids, senders).items()}


async def applied(db: AsyncConnection, niks: Sequence[bytes], ticket_ids: Sequence[int]) -> Rows:
    """What was written when somebody asked that they be registered, still sealed."""
    a = applications.c
    mine = or_(a.nik_index.in_(niks), a.ticket_id.in_(ticket_ids))
    return await _rows(db, select(a.created_at, a.sealed).where(mine).order_by(a.id))


async def _rows(db: AsyncConnection, wanted: Select[Any]) -> Rows:
    return [dict(row) for row in (await db.execute(wanted.limit(MOST))).mappings()]


def _wanted(ids: Sequence[int], ticket_ids: Sequence[int], senders: Sequence[bytes]) -> Mapping[str, Select[Any]]:
    e, r, d, a, c, h = entitlements.c, rounds.c, deliveries.c, attempts.c, contacts.c, entitlement_changes.c
    m, t, k, v, s = ticket_messages.c, tickets.c, ticket_changes.c, visits.c, silences.c
    mine = select(d.id).where(d.person_id.in_(ids))
    # Of what came from their address, nothing that became a report which is not theirs to see here.
    sent = and_(heard.c.sender_index.in_(senders), heard.c.ticket_id.is_(None))
    said = or_(heard.c.ticket_id.in_(ticket_ids), heard.c.answers_id.in_(mine), sent)
    return {
        "contacts": select(c.kind, c.address, c.state, c.reason, c.stopped_at, c.created_at).where(
            c.person_id.in_(ids)
        ),
        "silences": select(s.kind, s.address, s.since).where(
            s.address.in_(select(c.address).where(c.person_id.in_(ids)))
        ),
        "enrolments": select(enrolments.c.programme, enrolments.c.status, enrolments.c.updated_at).where(
            enrolments.c.person_id.in_(ids)
        ),
        "entitlements": select(r.code, r.programme, r.period, e.status, e.record, e.reason, e.since, e.updated_at)
        .join(rounds, r.id == e.round_id)
        .where(e.person_id.in_(ids)),
        "entitlement_changes": select(r.code, h.at, h.was, h.status, h.reason, h.who)
        .join(entitlements, e.id == h.entitlement_id)
        .join(rounds, r.id == e.round_id)
        .where(e.person_id.in_(ids)),
        "messages": select(d.id, d.event, d.line, d.language, d.state, d.reason, d.facts, d.created_at, d.settled_at)
        .where(d.person_id.in_(ids))
        .order_by(d.id.desc()),
        "attempts": select(a.delivery_id, a.number, a.line, a.state, a.reason, a.started_at, a.settled_at)
        .where(a.delivery_id.in_(mine))
        .order_by(a.id.desc()),
        "visits": select(v.result, v.at, v.note).where(v.delivery_id.in_(mine)),
        "conflicts": select(conflicts.c.line, conflicts.c.state, conflicts.c.created_at).where(
            conflicts.c.person_id.in_(ids)
        ),
        "heard": select(heard.c.at, heard.c.line, heard.c.text, heard.c.intent, heard.c.effect).where(said),
        "reports": select(t.number, t.status, t.category, t.summary, t.opened_at, t.closed_at).where(
            t.id.in_(ticket_ids)
        ),
        "report_messages": select(t.number, m.kind, m.text, m.at)
        .join(tickets, t.id == m.ticket_id)
        .where(m.ticket_id.in_(ticket_ids), m.kind != "note"),
        "report_changes": select(t.number, k.at, k.act, k.status)
        .join(tickets, t.id == k.ticket_id)
        .where(k.ticket_id.in_(ticket_ids)),
        "ratings": select(ratings.c.score, ratings.c.at).where(ratings.c.ticket_id.in_(ticket_ids)),
        "files": select(files.c.id, files.c.name, files.c.type, files.c.size, files.c.state).where(
            files.c.ticket_id.in_(ticket_ids)
        ),
        "lists": select(person_lists.c.name, person_lists.c.at)
        .join(person_list_members, person_list_members.c.list_id == person_lists.c.id)
        .where(person_list_members.c.person_id.in_(ids)),
        "looks": select(person_acts.c.at, person_acts.c.act).where(person_acts.c.person_id.in_(ids)),
    }
