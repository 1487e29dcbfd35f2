"""What each page of the staff costs with 1,000,000 people, 5,000,000 deliveries and 200,000 tickets, over what it costs
with a thousandth of that. PostgreSQL works in processes of its own, so that it is time that is compared: of each page
the fastest of several turns, small and large in turns, for whatever else the machine does can only add.

Both hold as many rounds, villages, broadcasts and colleagues: it is their rows that grow.
"""

import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import text

from bench.ground import Ground
from bench.measure import Figure, say
from notifier.app.house import House
from notifier.broadcasts.watching import Watching
from notifier.figures.keeping import Keeping
from notifier.rules.boards import level
from notifier.rules.roles import RIGHTS, Right, Role
from notifier.store import accounts, boards
from notifier.store import schema as tables
from notifier.web import session, site
from tests.web.sites import Site

PEOPLE = (1_000_000, 100_000)  # and five times as many deliveries, a fifth as many tickets
PART = 1_000
FULL = 1_000  # people, and with fewer the first page of a list would not be full
BROADCASTS = 5
GOAL = 1.3
TICKET = "NUMBER"  # stands for the ticket's in an address
NEAR = "admin of a province"
TURNS = 9  # of each page; of those above the goal three times as many
SKIPPED = ("/desk/live", "/files/", "{form:")  # a stream, and files: those hold everybody, and grow with them
ROUND = "BPNT-5"
PROVINCE = "31"  # of the colleague who does not see everything
OVER, UNDER_WAY, PLANNED = "1", "5", "6"  # broadcasts
BROADCAST, UNREACHED = f"/broadcasts/{site.ID}", "/unreached"
# What is asked besides the bare address.
QUERIES: Mapping[str, Sequence[str]] = {
    "/broadcasts/plan": (f"?round={ROUND}",),
    f"{BROADCAST}/people": ("?state=failed", "?state=due", "?after=500"),
    f"{BROADCAST}/untold": ("?state=unknown",),
    f"{BROADCAST}{UNREACHED}": ("?region=31.75.02", "?show=stopped", "?after=31.75.02.1003~500"),
    f"/rounds/{site.ID}{UNREACHED}": ("?region=31.75.02",),
    f"/rounds/{site.ID}/silent": ("?after=31.75.02.1003~500",),
    f"/rounds/{site.CODE}/entitled": ("?show=DITERIMA", "?after=500"),
    "/held": ("?broadcast=1",),
    "/ledger": ("?who=citizen", "?act=ticket.opened"),
}


@dataclass
class World:
    """One house with its rows, and colleagues who look at it."""

    house: House
    app: web.Application
    tokens: Mapping[str, str]
    ticket: str

    async def took(self, page: "Page") -> float | None:
        """Seconds of one page as the server makes it; None where it is not for this colleague. Raises when it is no
        page.
        """
        headers = {"Cookie": f"{session.COOKIE}={self.tokens[page.who]}"}
        request = make_mocked_request("GET", page.path.replace(TICKET, self.ticket), headers, app=self.app)
        began = time.perf_counter()
        answer = await self.app._handle(request)
        spent = time.perf_counter() - began
        if answer.status in (403, 404) and page.who == NEAR:
            return None
        if answer.status != 200:
            raise RuntimeError(f"{request.path}: {answer.status}")
        return spent


@dataclass(frozen=True)
class Page:
    """One address, and who opens it."""

    path: str
    who: str

    def __str__(self) -> str:
        return f"{self.path} ({PROVINCE})" if self.who == NEAR else self.path


def doors() -> Sequence[site.Door]:
    """Every page of the staff."""
    return [
        door
        for door in site.DOORS
        if door.method == "GET"
        and door.needs not in (site.PUBLIC, site.HALFWAY)
        and not any(part in door.path for part in SKIPPED)
    ]


def asked() -> Iterator[Page]:
    """Every page as somebody who sees the whole country opens it, and somebody who sees a province: of broadcasts one
    that is over, one under way and one that is planned.
    """
    for door in doors():
        anybody = door.needs in RIGHTS[Role.ADMIN] or not isinstance(door.needs, Right)
        states = (OVER, UNDER_WAY, PLANNED) if door.path.startswith(BROADCAST) else (OVER,)
        for number in states:
            for query in ("", *QUERIES.get(door.path, ())):
                for who in (Role.ADMIN.value, NEAR) if anybody else (Role.AGENT.value,):
                    yield Page(path_of(door, number) + query, who)


def path_of(door: site.Door, number: str = OVER, code: str = ROUND) -> str:
    """An address of a page, about something that is there."""
    path = re.sub(r"\{number:[^}]*\}+", TICKET, door.path)
    about = {
        site.PROGRAMME: "BPNT",
        site.POINT: "KP-MK",
        site.CODE: code,
        site.ID: number,
        site.TEXT: "public_page/id/faq",
        site.MESSAGE: f"round_announced/{'email' if door.path.endswith('/mail') else 'sms'}/id",
        site.EVENT: "round_announced",
        site.LINE: "sms",
    }
    for part, word in about.items():
        path = path.replace(part, word)
    return path


async def pages(ground: Ground) -> Figure:
    """The dearest page; every page's ratio beside it."""
    many = ground.some(*PEOPLE)
    few = max(many // PART, min(FULL, many))
    async with _world(ground, few) as small, _world(ground, many) as large:
        ratios, spent = {}, {}
        for page in asked():
            fastest = [float("inf"), float("inf")]
            for turn in range(1 + TURNS * 3):
                if turn > TURNS and fastest[1] <= fastest[0] * GOAL:
                    break
                for place, world in enumerate((small, large)):
                    took = await world.took(page)
                    fastest[place] = min(fastest[place], took or 0.0) if turn else fastest[place]
            if not min(fastest):
                continue
            ratios[str(page)] = round(fastest[1] / fastest[0], 2)
            spent[str(page)] = round(fastest[1] * 1e3, 1)
            say(f"  {page}: {fastest[0] * 1e3:.1f} ms, {fastest[1] * 1e3:.1f} ms, {ratios[str(page)]} ×")
    dearest = max(ratios.values())
    extra: dict[str, Any] = {
        "people": [few, many],
        "deliveries": [few * BROADCASTS, many * BROADCASTS],
        "tickets": [_tickets(few), _tickets(many)],
        "pages": len(ratios),
        "above": {path: [ratio, spent[path]] for path, ratio in ratios.items() if ratio > GOAL},
        "ratios": ratios,
    }
    return Figure(dearest, extra)


def _tickets(people: int) -> int:
    return max(people // 5, 20)


@asynccontextmanager
async def _world(ground: Ground, people: int) -> AsyncIterator[World]:
    async with ground.house("sms") as house:
        tokens = await _colleagues(house)
        began = time.perf_counter()
        async with house.database.write() as db:
            for statement in SEED:
                given = {"people": people, "tickets": _tickets(people), "now": house.clock(), "batches": BROADCASTS}
                named = {name: value for name, value in given.items() if f":{name}" in statement}
                await db.execute(text(statement), named)
        await _kept(house)
        stand_in: Any = None
        ticket = await Site(house, house.clock, stand_in).hear("Bantuan belum masuk")  # type: ignore[arg-type]
        say(f"  {people:,} people seeded in {time.perf_counter() - began:.0f} s")
        app = site.build(house)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            yield World(house, app, tokens, ticket.number)
        finally:
            await runner.cleanup()


async def _colleagues(house: House) -> Mapping[str, str]:
    now, tokens = house.clock(), {}
    async with house.database.write() as db:
        for name, role, region in [*((role.value, role, "") for role in Role), (NEAR, Role.ADMIN, PROVINCE)]:
            row = {"login": name, "name": name, "role": role.value, "password": "!", "created_at": now}
            account = await accounts.create(db, {**row, "region": region})
            tokens[name] = secrets.token_urlsafe(32)
            digest = sha256(tokens[name].encode()).digest()
            await accounts.open_session(db, digest, account, {}, now, now + session.IDLE)
    return tokens


async def _kept(house: House) -> None:
    """What the clock keeps, as it would stand by now."""
    async with house.database.write() as db:
        rows = [
            {"level": level(region), "region": region, "view": view, "account_id": whose, "n": n}
            for (region, view, whose), n in (await boards.recount(db)).items()
        ]
        await db.execute(tables.boards.insert(), rows)
    keeping, now = Keeping(house.database, "Asia/Jakarta", ("sms",)), house.clock()
    while await keeping.count_attempts(now):
        now += timedelta(seconds=1)
    while await keeping.count_rounds(house.clock()):
        pass
    for weeks in reversed(range(BROADCASTS)):
        await Watching(house.database).count(house.clock() - timedelta(weeks=weeks))
    while await house.beforehand.carry(house.clock()) or await house.accounting.carry(house.clock()):
        pass
    async with house.database.engine.connect() as db:
        await db.execution_options(isolation_level="AUTOCOMMIT")
        await db.execute(text("VACUUM ANALYZE"))


# Twenty villages of one regency; every fourth ticket open; of the deliveries 85 in a hundred accepted, 8 failed, 2
# unknown, one suppressed by their own wish, 4 expired, and in the newest broadcast due.
_VILLAGE = "'31.75.' || lpad((i % 4 + 1)::text, 2, '0') || '.' || (1001 + i % 5)"
_STATE = (
    "CASE WHEN i % 100 < 85 THEN 'accepted' WHEN i % 100 < 93 THEN 'failed' WHEN i % 100 < 95 THEN 'unknown' "
    "WHEN i % 100 = 95 THEN 'suppressed' WHEN b = :batches THEN 'due' ELSE 'expired' END"
)
SEED: Sequence[str] = (
    "INSERT INTO regions (code, name) SELECT DISTINCT code, 'Wilayah ' || code FROM (SELECT unnest(ARRAY["
    f"substr(v, 1, 2), substr(v, 1, 5), substr(v, 1, 8), v]) AS code FROM (SELECT {_VILLAGE} AS v "
    "FROM generate_series(1, 20) AS i) AS villages) AS codes",
    "INSERT INTO people (nik, nik_index, nik_masked, name, region, zone, flags, created_at, updated_at) SELECT "
    "decode(md5(i::text), 'hex'), sha256(i::text::bytea), '317507******' || lpad((i % 10000)::text, 4, '0'), "
    f"'Warga ' || i, {_VILLAGE}, 'Asia/Jakarta', '[]', :now, :now FROM generate_series(1, :people) AS i",
    "INSERT INTO contacts (person_id, kind, address, created_at) SELECT id, 'sms', '+62812' || lpad(id::text, 8, '0'), "
    "created_at FROM people",
    "INSERT INTO enrolments (person_id, programme, status, updated_at) SELECT id, 'BPNT', 'DITETAPKAN', created_at "
    "FROM people",
    "INSERT INTO rounds (code, programme, period, region, venue, opens_at, closes_at, zone, method, created_at, "
    "updated_at) SELECT 'BPNT-' || b, 'BPNT', 'Tahap ' || b, '31', 'Kantor Pos', "
    "CAST(:now AS timestamptz) - (:batches - b) * interval '7 days', "
    "CAST(:now AS timestamptz) - (:batches - b) * interval '7 days' + interval '5 days', 'Asia/Jakarta', "
    "'KANTOR_POS', :now, :now FROM generate_series(1, :batches) AS b",
    "INSERT INTO entitlements (round_id, person_id, status, record, updated_at) SELECT r.id, p.id, "
    "CASE WHEN p.id % 3 = 0 THEN 'DITERIMA' ELSE 'DIJADWALKAN' END, 'DIJADWALKAN', p.created_at FROM people p, "
    "rounds r WHERE r.id IN (1, 5)",
    "INSERT INTO broadcasts (event, round_id, round_version, state, at, expires_at, planned_by, planned_at, "
    "approved_by, approved_at, approved_audience, audience, expanded, cursor, facts, pins, wake, cap) SELECT "
    "CASE r.id WHEN 2 THEN 'receipt_question' ELSE 'round_announced' END, CASE r.id WHEN 2 THEN 1 ELSE r.id END, 1, "
    "CASE WHEN r.id = :batches THEN 'sending' ELSE 'done' END, r.opens_at, r.closes_at, "
    "'account:1', r.opens_at, 'account:2', r.opens_at, n, n, n, n, '{}', '{}', "
    "CASE WHEN r.id = :batches THEN r.closes_at END, 1000000000 FROM rounds r, (SELECT count(*) AS n FROM people) AS c "
    "ORDER BY r.id",
    "INSERT INTO broadcasts (event, round_id, round_version, state, at, expires_at, planned_by, planned_at, "
    "approved_audience, facts, pins, cap) SELECT 'round_reminder', r.id, 1, 'planned', r.closes_at - interval '1 day', "
    "r.closes_at, 'account:1', r.opens_at, n, '{}', '{}', 1000000000 FROM rounds r, "
    "(SELECT count(*) AS n FROM people) AS c WHERE r.id = :batches",
    "INSERT INTO deliveries (broadcast_id, person_id, contact_id, round_id, event, lane, line, language, zone, state, "
    "held, reason, round_version, fence, due_at, created_at, settled_at) SELECT b, i, i, "
    "CASE b WHEN 2 THEN 1 ELSE b END, CASE b WHEN 2 THEN 'receipt_question' ELSE 'round_announced' END, 2, "
    f"'sms', 'id', 'Asia/Jakarta', {_STATE}, (i % 100 = 94 AND i % 5000 = 94), "
    "CASE WHEN i % 100 = 95 THEN 'stopped' "
    "WHEN i % 100 >= 85 AND i % 100 < 95 THEN 'unknown_subscriber' ELSE '' END, 1, 1, :now, :now, :now "
    "FROM generate_series(1, :batches) AS b, generate_series(1, :people) AS i",
    "INSERT INTO attempts (delivery_id, number, generation, key, line, contact_id, address_index, event, "
    "round_version, state, reason, segments, started_at, settled_at) SELECT id, 1, 1, id || '-' || contact_id, "
    "'sms', contact_id, decode(md5(contact_id::text), 'hex'), event, 1, state, reason, 1, "
    "CAST(:now AS timestamptz) - (:batches - broadcast_id) * interval '7 days', "
    "CAST(:now AS timestamptz) - (:batches - broadcast_id) * interval '7 days' "
    "FROM deliveries WHERE state NOT IN ('due', 'expired', 'suppressed')",
    "INSERT INTO tallies (broadcast_id, worker, state, reason, n) SELECT broadcast_id, 'w', state, "
    "CASE state WHEN 'suppressed' THEN reason ELSE '' END, count(*) FROM deliveries GROUP BY 1, 3, 4",
    "INSERT INTO loads (broadcast_id, worker, line, people, attempts, segments, rupiah) SELECT broadcast_id, 'w', "
    "'sms', sum(n), sum(n), sum(n), sum(n) * 350 FROM tallies GROUP BY broadcast_id",
    "INSERT INTO tickets (number, status, category, categories, channel, region, place, summary, round_id, policy, "
    "assignee_id, opened_at, updated_at, closed_at, rank, wake, province, regency, district) SELECT "
    "'ADU-B' || lpad(i::text, 7, '0'), CASE WHEN i % 4 = 0 THEN 'received' ELSE 'closed' END, "
    "(ARRAY['not_received', 'deduction', 'information'])[i % 3 + 1], '[\"not_received\"]', 'sms', v, v, "
    "'Bantuan belum masuk ' || i, i % :batches + 1, 'standard', CASE WHEN i % 3 = 0 THEN 1 END, at, at, "
    "CASE WHEN i % 4 > 0 THEN at + interval '2 days' END, at + interval '1 day', "
    "CASE WHEN i % 4 = 0 THEN CAST(:now AS timestamptz) + interval '1 day' END, substr(v, 1, 2), substr(v, 1, 5), "
    f"substr(v, 1, 8) FROM (SELECT i, {_VILLAGE} AS v, "
    "CAST(:now AS timestamptz) - i * (interval '1000 days' / :tickets) AS at "
    "FROM generate_series(1, :tickets) AS i) AS t",
    "INSERT INTO ticket_changes (ticket_id, at, who, act, status, facts) SELECT id, opened_at, 'citizen', 'open', "
    "'received', '{\"policy\": \"standard\"}' FROM tickets",
    "INSERT INTO ticket_words SELECT id, to_tsvector('simple', number || ' ' || summary) FROM tickets",
    # what was done: a link for every hundred messages, and one for every ticket
    "INSERT INTO ledger (at, who, act, about, detail, seq, link) SELECT at, who, act, about, '{}', "
    "row_number() OVER (ORDER BY at), sha256(about::bytea) FROM (SELECT min(a.started_at) AS at, 'worker' AS who, "
    "'attempts.settled' AS act, 'broadcast:' || d.broadcast_id AS about FROM attempts a JOIN deliveries d "
    "ON d.id = a.delivery_id GROUP BY d.broadcast_id, a.id / 100 UNION ALL SELECT opened_at, 'citizen', "
    "'ticket.opened', 'ticket:' || id FROM tickets) AS acts",
    "INSERT INTO doubles (kind, key, person_id, other_id, people, region, at) SELECT 'phone', 'phone:' || i, i, i + 1, "
    "2, '31.75.01.1001', :now FROM generate_series(1, :people / 10) AS i",
    # a fifth answers the question
    "INSERT INTO arrivals (line, body, headers, at) SELECT 'sms', '', '', :now FROM generate_series(1, :people / 5)",
    "INSERT INTO heard (arrival_id, line, dedupe, sender_index, sender, kind, text, at, intent, effect, why, "
    "answers_id) SELECT a.id, 'sms', 'answer-' || a.id, decode(md5(a.id::text), 'hex'), '', 'message', 'TIDAK', a.at, "
    "'denied', 'denied', '{}', d.id FROM arrivals a JOIN deliveries d ON d.broadcast_id = 2 AND d.person_id = a.id * 5",
    "INSERT INTO points (code, name, region, zone, created_at, updated_at) VALUES ('KP-MK', 'Kantor Pos', '31.75', "
    "'Asia/Jakarta', :now, :now)",
    "INSERT INTO uploads (what, name, folder, size, who, state, look, counts, at) VALUES ('people', 'daftar.csv', "
    '\'none\', 1, \'cli:bench\', \'done\', \'{"columns": [], "rows": [], "absent": [], "form": "csv", "line": 1, '
    '"unknown": 0}\', \'{"rows": 1}\', :now)',
    "INSERT INTO webhooks (name, url, kinds, secret, state, created_by, created_at) VALUES ('Pusat', "
    "'https://example.id/hook', '[]', '', 'on', 'account:1', :now)",
    "INSERT INTO series (name, event, programme, every, day, hour, most, state, planned_by, planned_at) VALUES "
    "('Pengingat', 'round_reminder', 'BPNT', 'round', -1, '09:00', 100, 'planned', 'account:1', :now)",
)
