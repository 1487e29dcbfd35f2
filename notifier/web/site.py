"""Every page of the service in one table: address, who may see it, what draws it; and the guard that reads it."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import PurePosixPath
from urllib.parse import quote

import aiohttp_session
import structlog
from aiohttp import web

from notifier.errors import Refused
from notifier.rules.roles import Right
from notifier.web import api, language, live, metrics, pages, security, session, status
from notifier.web.desk import (
    behalf,
    beside,
    board,
    conversation,
    incidents,
    promised,
    radar,
    reckoning,
    reports,
    shielding,
)
from notifier.web.house import HOUSE, House
from notifier.web.office import (
    account,
    agenda,
    broadcasts,
    entitled,
    figures,
    groups,
    lines,
    outgoing,
    planning,
    plans,
    points,
    programmes,
    restored,
    rounds,
    silence,
    today,
    watching,
)
from notifier.web.people import conflicts, duplicates, imports, persons
from notifier.web.public import (
    check,
    complain,
    follow,
    frame,
    genuine,
    guides,
    rating,
    schedule,
    statistics,
    stop,
    welcome,
)
from notifier.web.security import Handler
from notifier.web.staff import accounts, keys, ledger, login, own, second_step, webhooks
from notifier.web.studio import messages, texts

log = structlog.get_logger()
REQUEST_LIMIT = 32 * 1024 * 1024  # bytes: hooks bring files; forms are held shorter by `security`


class Guard(Enum):
    """Who may pass where no single right decides."""

    PUBLIC = auto()
    STAFF = auto()  # whoever is signed in
    HALFWAY = auto()  # whoever gave the password, and has still to give the code


PUBLIC, STAFF, HALFWAY = Guard.PUBLIC, Guard.STAFF, Guard.HALFWAY


@dataclass(frozen=True, slots=True)
class Door:
    """One row of the table."""

    method: str
    path: str
    handler: Handler
    needs: Right | Guard


ID = r"{id:\d{1,16}}"
FORM = r"{form:csv|xlsx}"
NUMBER = r"{number:[A-Za-z0-9-]{5,24}}"
POINT = r"{point:[A-Za-z0-9][A-Za-z0-9._-]{0,47}}"
LINKED = r"{code:[0-9a-f]{16}}"
PROGRAMME = r"{programme:[A-Z]{2,24}}"
CODE = r"{code:[A-Za-z0-9][A-Za-z0-9._/-]{0,47}}"
LINE = r"{line:[a-z][a-z0-9_]{0,47}}"
EVENT = r"{event:[a-z_]{1,40}}"
TEXT = r"{event:public_page|conversation|answer|lexicon}/{tongue:[a-z]{2,3}}/{part:[a-z][a-z0-9_]{0,39}}"
MESSAGE = r"{event:[a-z_]{1,40}}/{channel:[a-z]{1,16}}/{tongue:[a-z]{2,3}}"

DOORS: tuple[Door, ...] = (
    # citizens and machines
    Door("GET", "/", welcome.welcome, PUBLIC),
    Door("GET", "/jadwal", schedule.schedule, PUBLIC),
    Door("GET", "/cek", check.ask, PUBLIC),
    Door("POST", "/cek", check.answer, PUBLIC),
    Door("GET", "/lapor", complain.ask, PUBLIC),
    Door("POST", "/lapor", complain.file, PUBLIC),
    Door("GET", "/lacak", follow.ask, PUBLIC),
    Door("POST", "/lacak", follow.follow, PUBLIC),
    Door("GET", f"/nilai/{NUMBER}/{LINKED}", rating.ask, PUBLIC),
    Door("POST", f"/nilai/{NUMBER}/{LINKED}", rating.give, PUBLIC),
    Door("GET", "/asli", genuine.ask, PUBLIC),
    Door("POST", "/asli", genuine.check, PUBLIC),
    Door("GET", "/cara-lapor", guides.how, PUBLIC),
    Door("GET", "/tanya", guides.questions, PUBLIC),
    Door("GET", "/program", guides.programmes, PUBLIC),
    Door("GET", "/berhenti", stop.ask, PUBLIC),
    Door("POST", "/berhenti", stop.act, PUBLIC),
    Door("GET", "/layanan", statistics.figures, PUBLIC),
    Door("GET", "/health", status.health, PUBLIC),
    Door("GET", "/ready", status.ready, PUBLIC),
    Door("GET", "/metrics", metrics.metrics, PUBLIC),
    Door("GET", "/login", login.ask_login, PUBLIC),
    Door("POST", "/login", login.login, PUBLIC),
    Door("GET", "/login/code", login.ask_code, HALFWAY),
    Door("POST", "/login/code", login.give_code, HALFWAY),
    # staff
    Door("POST", "/logout", login.logout, STAFF),
    Door("POST", "/language", login.choose_language, STAFF),
    Door("GET", "/home", today.home, STAFF),
    # one's own account
    Door("GET", "/account", own.look, STAFF),
    Door("POST", "/account", own.change, STAFF),
    Door("POST", "/account/password", own.change_password, STAFF),
    Door("POST", "/account/sessions", own.end_sessions, STAFF),
    Door("GET", "/account/second-step", second_step.look, STAFF),
    Door("POST", "/account/second-step", second_step.confirm, STAFF),
    Door("POST", "/account/second-step/off", second_step.switch_off, STAFF),
    Door("POST", "/account/second-step/codes", second_step.renew, STAFF),
    # accounts of others
    Door("GET", "/accounts", accounts.index, Right.ACCOUNTS),
    Door("POST", "/accounts", accounts.add, Right.ACCOUNTS),
    Door("GET", f"/accounts/{ID}", accounts.show, Right.ACCOUNTS),
    Door("POST", f"/accounts/{ID}", accounts.act, Right.ACCOUNTS),
    # what was done, and the proof of it
    Door("GET", "/ledger", ledger.look, Right.SEE_LEDGER),
    Door("POST", "/ledger/check", ledger.check, Right.SEE_LEDGER),
    Door("GET", f"/ledger/{FORM}", ledger.take, Right.EXPORT),
    # the complaint desk
    Door("GET", "/desk", board.board, Right.SEE_TICKETS),
    Door("GET", "/desk/live", live.stream, Right.SEE_TICKETS),
    Door("POST", "/desk/search", board.search, Right.SEE_TICKETS),  # the desk knows: a person needs more
    Door("POST", "/desk/bulk", board.bulk, Right.SEE_TICKETS),  # the desk knows: each act has its right
    Door("POST", "/desk/undo", board.undo, Right.ANSWER),
    Door("GET", r"/desk/tickets/{number:[^/]{3,40}}", conversation.ticket, Right.SEE_TICKETS),  # in any spelling
    Door("GET", f"/desk/tickets/{NUMBER}/talk", conversation.talk, Right.SEE_TICKETS),
    Door("GET", f"/desk/tickets/{NUMBER}/files/{ID}", conversation.attachment, Right.SEE_TICKETS),
    Door("POST", f"/desk/tickets/{NUMBER}/answer", conversation.answer, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/note", conversation.note, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/act", conversation.act, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/categorise", conversation.categorise, Right.ANSWER),
    Door(
        "POST", f"/desk/tickets/{NUMBER}/assign", conversation.assign, Right.SEE_TICKETS
    ),  # the desk knows: to oneself or to others
    Door("POST", f"/desk/tickets/{NUMBER}/reveal", conversation.reveal, Right.REVEAL),
    Door("POST", f"/desk/tickets/{NUMBER}/alarm", promised.alarm, Right.SEE_TICKETS),  # the desk knows who may
    Door("POST", f"/desk/tickets/{NUMBER}/pause", promised.pause, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/refer", promised.refer, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/seal", shielding.seal, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/shield", shielding.shield, Right.ASSIGN),
    Door("POST", f"/desk/tickets/{NUMBER}/second", shielding.second, Right.ANSWER),
    Door("GET", "/desk/radar", radar.look, Right.SEE_REPORTS),
    Door("POST", f"/desk/radar/{ID}", radar.take, Right.ASSIGN),
    Door("GET", "/desk/promises", reckoning.look, Right.SEE_REPORTS),
    Door("POST", "/desk/promises", reckoning.preview, Right.SEE_REPORTS),
    Door("GET", "/desk/reports", reports.look, Right.SEE_REPORTS),
    Door("GET", f"/desk/reports/{FORM}", reports.take, Right.EXPORT),
    Door("GET", f"/desk/tickets/{NUMBER}/casefile", reports.case_file, Right.EXPORT),
    Door("POST", f"/desk/tickets/{NUMBER}/merge", beside.merge, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/unmerge", beside.unmerge, Right.ANSWER),
    Door("GET", f"/desk/tickets/{NUMBER}/files/{ID}/look", conversation.look_at, Right.SEE_TICKETS),
    Door("GET", f"/desk/tickets/{NUMBER}/lookers", beside.lookers, Right.SEE_TICKETS),
    Door("POST", f"/desk/tickets/{NUMBER}/draft", beside.draft, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/insert", beside.insert, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/link", beside.link, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/split", beside.split, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/incident", incidents.begin, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/gather", incidents.gather, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/let-go", incidents.let_go, Right.ANSWER),
    Door("POST", f"/desk/tickets/{NUMBER}/answer-all", incidents.answer, Right.ANSWER),
    Door("GET", "/desk/open", behalf.ask, Right.ANSWER),
    Door("POST", "/desk/open", behalf.open_ticket, Right.ANSWER),
    Door("GET", "/desk/answers", beside.answers, Right.SEE_TICKETS),
    Door("GET", "/desk/absent", beside.absent, Right.SEE_TICKETS),
    Door("POST", "/desk/absent", beside.set_absent, Right.SEE_TICKETS),  # the desk knows: oneself or others
    # what goes out
    Door("GET", "/rounds", agenda.look, Right.SEE_ROUNDS),
    Door("GET", "/rounds/calendar", agenda.calendar, Right.SEE_ROUNDS),
    Door("GET", "/rounds/new", agenda.ask_new, Right.EDIT_ROUND),
    Door("POST", "/rounds/new", agenda.create, Right.EDIT_ROUND),
    Door("GET", f"/rounds/{ID}/unreached", account.unreached_of_round, Right.SEE_PEOPLE),
    Door("GET", f"/rounds/{ID}/unreached/{FORM}", account.take_unreached_of_round, Right.EXPORT),
    Door("GET", f"/rounds/{ID}/coverage", silence.coverage, Right.SEE_ROUNDS),
    Door("GET", f"/rounds/{ID}/coverage/{FORM}", silence.take_coverage, Right.EXPORT),
    Door("GET", f"/rounds/{ID}/silent", silence.silent, Right.SEE_PEOPLE),
    Door("GET", f"/rounds/{ID}/silent/{FORM}", silence.take_silent, Right.EXPORT),
    Door("GET", f"/rounds/{CODE}/unreached", account.unreached_of_code, Right.SEE_PEOPLE),
    Door("GET", f"/rounds/{CODE}/unreached/{FORM}", account.take_unreached_of_code, Right.EXPORT),
    Door("GET", f"/rounds/{CODE}/edit", rounds.ask_change, Right.EDIT_ROUND),
    Door("POST", f"/rounds/{CODE}/edit", rounds.change, Right.EDIT_ROUND),
    Door("GET", f"/rounds/{CODE}/cancel", rounds.ask_cancel, Right.EDIT_ROUND),
    Door("POST", f"/rounds/{CODE}/cancel", rounds.cancel, Right.EDIT_ROUND),
    Door("GET", f"/rounds/{CODE}/entitled", entitled.look, Right.SEE_PEOPLE),
    Door("POST", f"/rounds/{CODE}/entitled", entitled.change, Right.CHANGE_STATUS),
    Door("GET", f"/rounds/{CODE}", rounds.show, Right.SEE_ROUNDS),
    Door("GET", "/broadcasts", broadcasts.broadcasts, Right.SEE_BROADCASTS),
    Door("GET", "/broadcasts/ahead", outgoing.look, Right.SEE_BROADCASTS),
    Door("POST", "/broadcasts/ahead", outgoing.approve, Right.APPROVE),
    # the planner: whom, when, tried out beforehand
    Door("GET", "/broadcasts/plan", planning.ask, Right.PLAN),
    Door("POST", "/broadcasts/plan", planning.plan, Right.PLAN),
    Door("POST", "/broadcasts/plan/count", planning.count, Right.PLAN),
    Door("POST", "/broadcasts/plan/list", planning.bring, Right.PLAN),
    Door("POST", f"/broadcasts/plan/unreachable/{FORM}", planning.take_unreachable, Right.EXPORT),
    Door("GET", f"/broadcasts/{ID}/dry-run", planning.dry_run, Right.SEE_PEOPLE),
    Door("GET", f"/broadcasts/{ID}/dry-run/{FORM}", planning.take_dry_run, Right.EXPORT),
    Door("GET", f"/broadcasts/lists/{ID}/{FORM}", planning.take_strays, Right.EXPORT),
    # plans that come again
    Door("GET", "/plans", plans.index, Right.SEE_BROADCASTS),
    Door("GET", "/plans/new", plans.ask, Right.PLAN),
    Door("POST", "/plans/new", plans.plan, Right.PLAN),
    Door("GET", f"/plans/{ID}", plans.show, Right.SEE_BROADCASTS),
    Door("GET", f"/plans/{ID}/dry-run", plans.dry_run, Right.SEE_PEOPLE),
    Door("POST", f"/plans/{ID}/approve", plans.approve, Right.APPROVE),
    Door("POST", f"/plans/{ID}/words", plans.reword, Right.PLAN),
    Door("POST", f"/plans/{ID}/control", plans.control, Right.CONTROL_BROADCAST),
    # broadcasts under way, and their account
    Door("GET", f"/broadcasts/{ID}/places", watching.look, Right.SEE_BROADCASTS),
    Door("GET", f"/broadcasts/{ID}", broadcasts.broadcast, Right.SEE_BROADCASTS),
    Door("GET", f"/broadcasts/{ID}/progress", broadcasts.progress, Right.SEE_BROADCASTS),
    Door("GET", f"/broadcasts/{ID}/untold", account.untold, Right.SEE_PEOPLE),
    Door("GET", f"/broadcasts/{ID}/people", account.people, Right.SEE_PEOPLE),
    Door("GET", f"/broadcasts/{ID}/people/{FORM}", account.take_people, Right.EXPORT),
    Door("GET", f"/broadcasts/{ID}/retry", account.ask_retry, Right.CONTROL_BROADCAST),
    Door("POST", f"/broadcasts/{ID}/retry", account.retry, Right.CONTROL_BROADCAST),
    Door("GET", f"/broadcasts/{ID}/statement", account.statement, Right.SEE_BROADCASTS),
    Door("POST", f"/broadcasts/{ID}/statement", account.put_on_record, Right.EXPORT),
    Door("GET", "/held", account.held, Right.SEE_BROADCASTS),
    Door("POST", "/held", account.decide, Right.CONTROL_BROADCAST),
    # the last rung: whom field officers visit
    Door("GET", f"/broadcasts/{ID}/unreached", account.unreached, Right.SEE_PEOPLE),
    Door("GET", f"/broadcasts/{ID}/unreached/{FORM}", account.take_unreached, Right.EXPORT),
    Door("POST", "/visits", account.visit, Right.RECORD_VISIT),
    Door("POST", f"/broadcasts/{ID}/approve", broadcasts.approve, Right.APPROVE),
    Door("POST", f"/broadcasts/{ID}/control", broadcasts.control, Right.CONTROL_BROADCAST),
    Door("POST", f"/broadcasts/{ID}/rest", broadcasts.plan_rest, Right.PLAN),
    Door("GET", "/lines", lines.look, Right.SEE_BROADCASTS),
    Door("POST", f"/lines/{LINE}/try", lines.try_now, Right.CONTROL_BROADCAST),
    Door("POST", f"/lines/{LINE}/test", lines.test, Right.CONTROL_BROADCAST),
    Door("GET", "/restored", restored.look, Right.CONTROL_BROADCAST),
    Door("POST", "/restored", restored.confirm, Right.CONTROL_BROADCAST),
    # groups and channels where schedules are posted
    Door("GET", "/groups", groups.look, Right.SEE_BROADCASTS),
    Door("POST", "/groups", groups.decide, Right.PLAN),
    # second rows of registers
    Door("GET", "/conflicts", conflicts.look, Right.IMPORT),
    Door("POST", f"/conflicts/{ID}", conflicts.decide, Right.IMPORT),
    # keys of the API
    Door("GET", "/keys", keys.look, Right.ACCOUNTS),
    Door("POST", "/keys", keys.add, Right.ACCOUNTS),
    Door("POST", "/keys/revoke", keys.revoke, Right.ACCOUNTS),
    # where rounds take place
    Door("GET", "/points", points.look, Right.SEE_ROUNDS),
    Door("GET", "/points/new", points.ask_new, Right.EDIT_ROUND),
    Door("POST", "/points/new", points.create, Right.EDIT_ROUND),
    Door("GET", f"/points/{POINT}", points.show, Right.SEE_ROUNDS),
    Door("GET", f"/points/{POINT}/edit", points.ask_change, Right.EDIT_ROUND),
    Door("POST", f"/points/{POINT}/edit", points.change, Right.EDIT_ROUND),
    # webhooks: other systems that are told what happens
    Door("GET", "/webhooks", webhooks.look, Right.ACCOUNTS),
    Door("POST", "/webhooks", webhooks.add, Right.ACCOUNTS),
    Door("GET", f"/webhooks/{ID}", webhooks.show, Right.ACCOUNTS),
    Door("POST", f"/webhooks/{ID}", webhooks.act, Right.ACCOUNTS),
    # programmes
    Door("GET", "/programmes", programmes.look, Right.SEE_ROUNDS),
    Door("GET", f"/programmes/{PROGRAMME}", programmes.show, Right.SEE_ROUNDS),
    Door("GET", f"/programmes/{PROGRAMME}/edit", programmes.ask_change, Right.EDIT_PROGRAMME),
    Door("POST", f"/programmes/{PROGRAMME}/edit", programmes.change, Right.EDIT_PROGRAMME),
    # people, one by one
    Door("GET", "/people", persons.ask, Right.SEE_PEOPLE),
    Door("POST", "/people", persons.seek, Right.SEE_PEOPLE),
    Door("GET", f"/people/{ID}", persons.show, Right.SEE_PEOPLE),
    Door("POST", f"/people/{ID}/reveal", persons.reveal, Right.REVEAL),
    Door("POST", f"/people/{ID}/correct", persons.correct, Right.IMPORT),
    Door("POST", f"/people/{ID}/retire", persons.retire, Right.IMPORT),
    Door("POST", f"/people/{ID}/export", persons.export, Right.IMPORT),
    Door("POST", f"/people/{ID}/erase", persons.erase, Right.IMPORT),
    Door("POST", f"/people/{ID}/merge", persons.merge, Right.IMPORT),
    Door("GET", "/duplicates", duplicates.look, Right.IMPORT),
    Door("POST", f"/duplicates/{ID}", duplicates.decide, Right.IMPORT),
    # registers that come in by the page
    Door("GET", "/imports", imports.look, Right.IMPORT),
    Door("POST", "/imports", imports.take, Right.IMPORT),
    Door("GET", f"/imports/{ID}", imports.show, Right.IMPORT),
    Door("GET", f"/imports/{ID}/progress", imports.progress, Right.IMPORT),
    Door("POST", f"/imports/{ID}/start", imports.start, Right.IMPORT),
    Door("POST", f"/imports/{ID}/cancel", imports.cancel, Right.IMPORT),
    Door("GET", f"/imports/{ID}/rejected/{FORM}", imports.rejected, Right.IMPORT),
    # figures: programmes, lines, cost
    Door("GET", f"/programmes/{PROGRAMME}/figures", figures.programme, Right.SEE_REPORTS),
    Door("GET", f"/programmes/{PROGRAMME}/figures/{FORM}", figures.take_programme, Right.EXPORT),
    Door("GET", "/figures/channels", figures.channels, Right.SEE_REPORTS),
    Door("GET", f"/figures/channels/{FORM}", figures.take_channels, Right.EXPORT),
    Door("GET", "/figures/cost", figures.cost, Right.SEE_REPORTS),
    Door("GET", f"/figures/cost/{FORM}", figures.take_cost, Right.EXPORT),
    # the words we say
    Door("GET", "/templates", messages.shelf, Right.SEE_TEMPLATES),
    Door("GET", f"/templates/{MESSAGE}", messages.template, Right.SEE_TEMPLATES),
    Door("POST", f"/templates/{MESSAGE}", messages.change, Right.EDIT_TEMPLATE),
    Door("GET", f"/templates/{EVENT}", messages.event, Right.SEE_TEMPLATES),
    Door("POST", f"/templates/{MESSAGE}/preview", messages.preview, Right.SEE_TEMPLATES),
    Door("GET", f"/templates/{MESSAGE}/mail", messages.mail, Right.SEE_TEMPLATES),
    Door("POST", f"/templates/{MESSAGE}/mail", messages.mail, Right.SEE_TEMPLATES),
    Door("GET", f"/texts/{TEXT}", texts.text, Right.SEE_TEMPLATES),
    Door("POST", f"/texts/{TEXT}", texts.change, Right.EDIT_TEMPLATE),
)
_BY_HANDLER: Mapping[Handler, Door] = {door.handler: door for door in DOORS}
# All that is open to somebody whose role must have a second step and who has none yet.
_BEFORE_THE_SECOND_STEP = frozenset({second_step.look, second_step.confirm, login.logout, login.choose_language})

# status → (title, what to do): said on the page of an error
ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("Permintaan tidak dapat dibaca", "Muat ulang halaman sebelumnya, lalu coba lagi."),
    401: ("Silakan masuk dahulu", "Sesi Anda sudah berakhir."),
    403: ("Anda tidak berwenang membuka ini", "Peran Anda tidak mencakup halaman atau tindakan ini."),
    404: ("Halaman tidak ditemukan", "Alamatnya mungkin salah, atau berada di luar wilayah Anda."),
    405: ("Tindakan ini tidak ada di sini", "Kembali ke halaman sebelumnya, lalu coba lagi."),
    413: ("Kiriman terlalu besar", "Kurangi isinya, lalu coba lagi."),
    500: ("Terjadi kesalahan di sistem kami", "Kesalahan ini sudah dicatat. Coba lagi sebentar lagi."),
}


def build(house: House) -> web.Application:
    """The application with every page; whoever serves adds the hooks to it."""
    https = house.config.service.secure_cookies
    app = web.Application(
        client_max_size=REQUEST_LIMIT,
        middlewares=[
            status.measured,
            api.only_problems,
            aiohttp_session.session_middleware(session.Sessions(house)),
            _kindly,
            security.only_our_own_forms,
            _guarded,
        ],
    )
    app[HOUSE] = house
    pages.setup(app)
    status.setup(app)
    live.setup(app, lambda: house.database)
    for door in DOORS:
        app.router.add_route(door.method, door.path, door.handler)
        if door.method == "GET":
            app.router.add_route("HEAD", door.path, door.handler)
    api.setup(app, house)
    app.router.add_static("/static/", pages.STATIC, append_version=False)
    app.on_response_prepare.append(security.add_headers(https=https))
    app.on_response_prepare.append(status.named)
    return app


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let through whom the table lets through. Hooks and static files are not in it and guard themselves."""
    door = _BY_HANDLER.get(request.match_info.handler)
    if door is None or door.needs is PUBLIC:
        return await handler(request)
    if door.needs is HALFWAY:
        return await handler(request) if await session.halfway(request) else _to_login(request)
    viewer = await session.viewer(request)
    if viewer is None:
        return _to_login(request)
    request[pages.VIEWER] = viewer
    account = await session.signed_in(request)
    if account and door.handler not in _BEFORE_THE_SECOND_STEP and request.app[HOUSE].second_step.lacks(account):
        return _onward(request, "/account/second-step")
    if isinstance(door.needs, Right) and not viewer.may(door.needs):
        raise web.HTTPForbidden
    return await handler(request)


def _to_login(request: web.Request) -> web.Response:
    wanted = request.rel_url.raw_path_qs if request.method == "GET" else "/home"
    return _onward(request, f"/login?next={quote(wanted, safe='/')}")


def _onward(request: web.Request, place: str) -> web.Response:
    if "HX-Request" in request.headers:  # a part of a page: the whole page goes to the door
        return web.Response(status=401, headers={"HX-Redirect": place})
    return web.Response(status=303, headers={"Location": place})


@web.middleware
async def _kindly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what went wrong into a page with a sentence; a fault of ours is logged and never shown."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        plain = request.path in security.MACHINES or request.path.startswith(
            (security.HOOKS, security.STATIC, security.API)
        )
        if error.status < 400 or plain:
            raise
        return await _trouble(request, error.status, allow=error.headers.get("Allow"))
    except Refused as error:
        return await _trouble(request, 400, str(error))
    except Exception as error:
        if request.path.startswith((security.HOOKS, security.API)):
            raise
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "none"
        # Neither the message nor the trace's values: both may quote what people wrote.
        log.error("page.failed", route=route, method=request.method, error=type(error).__name__, place=_place(error))
        return await _trouble(request, 500)


def _place(error: BaseException) -> str:
    """Where a fault happened: the innermost line, without what was in its hands."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{PurePosixPath(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-3:]))


async def _trouble(request: web.Request, code: int, sentence: str = "", allow: str | None = None) -> web.Response:
    if code != 500 and pages.VIEWER not in request:  # after a fault the database may be what is at fault
        request[pages.VIEWER] = await session.viewer(request)
    if request.get(pages.VIEWER) is None and code != 401 and not sentence:
        return frame.trouble(request, code, allow)  # who is no colleague is a citizen
    title, advice = ERRORS.get(code, ERRORS[400])
    if sentence:
        title, advice = "Ini tidak dapat dilakukan", language.refusal(sentence, pages.tongue(request))
    came_from = PurePosixPath(request.path)
    context = {"code": code, "title": title, "advice": advice, "refused": bool(sentence), "up": str(came_from.parent)}
    response = pages.part(request, "error.html", context, status=code)
    if allow:
        response.headers["Allow"] = allow
    return response
