"""Complaints at the API: listed, read, opened for somebody, answered, noted, moved on. Who reported is never told."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from notifier.desk import Asked, TicketPage, ToldToStaff
from notifier.desk.behalf import Source
from notifier.errors import Refused
from notifier.rules.boards import View
from notifier.rules.keys import Scope
from notifier.rules.shields import needs_two
from notifier.rules.tickets import Act, Body, Category
from notifier.web.api.endpoints import Answer, Call, Endpoint, numbered
from notifier.web.api.shapes import (
    Code,
    Fault,
    Given,
    Id,
    Language,
    Moment,
    Page,
    Paged,
    Region,
    Shown,
    Wrong,
    cursor,
    line,
    place,
    words,
    wrong_field,
)

LONGEST = 3000  # characters of what is said
Move = Literal[
    "verify", "start", "ask_citizen", "resolve", "reject", "close", "reopen", "refer", "pause", "resume", "take"
]


class TicketListed(Shown):
    """What a list tells of a complaint."""

    number: str = Field(examples=["ADU-7K4M2QX"])
    version: int
    status: str
    category: str
    urgent: bool
    confidentiality: str = Field(description="open, confidential, anonymous")
    channel: str
    region: str
    summary: str = Field(description="the citizen's words, long digits masked")
    assignee: Id | None = Field(description="account")
    undelivered: str = Field(description="why the last answer did not arrive")
    breached: bool = Field(description="a promise was broken")
    next_due: Moment | None


class Tickets(Page):
    """A page of complaints."""

    data: list[TicketListed]


class MessageShown(Shown):
    """One message of the conversation."""

    id: Id
    kind: str = Field(description="in: from the citizen; out: to the citizen; note: for staff")
    text: str
    at: Moment
    account: Id | None = Field(description="who wrote it, of staff")
    delivery_state: str


class FileShown(Shown):
    """An attachment; its bytes are on the page of the ticket."""

    id: Id
    name: str
    type: str
    size: int | None
    state: str


class ChangeShown(Shown):
    """One entry of the history."""

    at: Moment
    who: str
    act: str
    was: str
    status: str
    why: str


class TicketShown(Shown):
    """A complaint with what was said and done."""

    number: str
    version: int
    status: str
    category: str
    categories: list[str]
    urgent: bool
    confidentiality: str
    shielded: bool = Field(description="hidden from the office it may concern; what ends it takes two people")
    channel: str
    language: str
    region: str
    round: str = Field(description="code; empty for none")
    assignee: Id | None
    opened_at: Moment
    updated_at: Moment
    closed_at: Moment | None
    next_due: Moment | None
    breached: bool
    undelivered: str
    waits_for_second: bool = Field(description="something was proposed, and another account has to agree")
    acts: list[str] = Field(description="what can be done now: `answer`, and what a move may be")
    conversation: list[MessageShown]
    files: list[FileShown]
    history: list[ChangeShown]


class TicketOpened(Shown):
    """The ticket, and the code that the citizen follows it by; shown this once."""

    code: str
    ticket: TicketShown


class NoteMade(Shown):
    """The note that was kept."""

    id: Id


class TicketsAsked(Paged):
    """Which complaints."""

    view: View = View.ALL
    category: Category | None = None
    region: Region | None = None
    round: Code | None = None
    language: Language | None = None
    older: int = Field(default=0, ge=0, le=3650, description="days that it is old at least")


class ByNumber(Given):
    """One complaint."""

    number: str = Field(pattern=r"^[A-Za-z0-9-]{5,24}$", examples=["ADU-7K4M2QX"])


class OpenGiven(Given):
    """What somebody told who wrote to none of our lines."""

    source: Source
    text: Annotated[str, words(LONGEST, 10)]
    category: Category
    consent: Literal[True] = Field(description="they agreed to it")
    region: Region | None = Field(default=None, description="left out: the person's, or the key's area")
    name: Annotated[str, line(120)] = ""
    phone: Annotated[str, line(40)] = ""
    nik: str = Field(default="", max_length=40, pattern=r"^[0-9 .\-]*$", description="looked up and never kept")
    round: Code | None = None
    language: Language = "id"
    confidential: bool = False


class TextGiven(Given):
    """What is said."""

    text: Annotated[str, words(LONGEST, 1)]


class TicketMove(Given):
    """What is done, and the words that go with it."""

    act: Move
    text: Annotated[str, words(LONGEST)] = Field(
        default="", description="to the citizen, where the act tells them something; else why"
    )
    body: Body | None = Field(default=None, description="of refer: to whom")
    letter: Annotated[str, line(80)] = Field(default="", description="of refer: number of the letter")


async def list_tickets(call: Call) -> Answer:
    """A page of complaints."""
    asked: TicketsAsked = call.query
    wanted = Asked(
        view=asked.view,
        before=place(asked.after),
        category=asked.category or "",
        area=asked.region or "",
        round=asked.round or "",
        language=asked.language or "",
        age=asked.older,
        limit=asked.limit,
    )
    try:
        found = await call.house.desk.list(call.viewer, wanted, call.now)
    except Refused as error:
        raise Fault("invalid", errors=[Wrong(parameter="after", detail=str(error))]) from None
    let_in = call.may(Scope.TICKETS_SHIELDED)
    values = [name for name in TicketListed.model_fields if name != "assignee"]
    data = [
        TicketListed.model_validate({"assignee": one.assignee_id, **{name: getattr(one, name) for name in values}})
        for one in found.tickets
        if let_in or not one.shielded
    ]
    return Answer(Tickets(data=data, next=cursor(found.next) if found.next else None))


async def get_ticket(call: Call) -> Answer:
    """One complaint."""
    return _answer(await _page(call))


async def open_ticket(call: Call) -> Answer:
    """A complaint is opened for somebody."""
    given: OpenGiven = call.body
    line_of_sms = next((name for name, one in call.house.config.lines.items() if one.channel == "sms"), "")
    told = ToldToStaff(
        source=given.source,
        text=given.text,
        category=given.category,
        region=given.region or "",
        name=given.name,
        phone=given.phone,
        nik=given.nik,
        round_code=given.round or "",
        language=given.language,
        consent=given.consent,
        confidential=given.confidential,
    )
    if told.region and not await call.house.by_hand.knows_region(told.region):
        raise wrong_field("region", f"there is no region {told.region}; leave it out, or name one there is")
    opened = await call.house.desk.open_for(call.viewer, told, line_of_sms, call.now)
    # As it was told, also where it goes to the office above whoever opened it.
    page = await call.house.desk.ticket(replace(call.viewer, region=""), opened.ticket.number, call.now)
    body = TicketOpened(code=opened.code, ticket=shown(page))
    return Answer(body, etag=numbered(page.ticket.version), location=f"/tickets/{page.ticket.number}")


async def answer_ticket(call: Call) -> Answer:
    """The citizen is answered, where they wrote."""
    page = await _page(call)
    await call.house.desk.answer(call.viewer, page.ticket.number, call.body.text, page.ticket.version, call.now)
    return _answer(await _page(call, changed=True))


async def note_ticket(call: Call) -> Answer:
    """Something that only staff read."""
    page = await _page(call)
    note_id = await call.house.desk.note(call.viewer, page.ticket.number, call.body.text, call.now)
    return Answer(NoteMade(id=note_id), location=f"/tickets/{page.ticket.number}")


async def move_ticket(call: Call) -> Answer:
    """A complaint is moved on."""
    given: TicketMove = call.body
    page = await _page(call)
    ticket, desk, viewer = page.ticket, call.house.desk, call.viewer
    act = Act.ASSIGN if given.act == "take" else Act(given.act)
    if act is Act.REFER:
        if given.body is None or not given.letter:
            raise wrong_field("letter" if given.body else "body", "refer names a body and the number of a letter")
        await desk.refer(viewer, ticket.number, given.body, given.letter, given.text, ticket.version, call.now)
    elif act is Act.PAUSE:
        await desk.pause(viewer, ticket.number, given.text, ticket.version, call.now)
    elif act is Act.RESUME:
        await desk.resume(viewer, ticket.number, ticket.version, call.now)
    elif act is Act.ASSIGN:
        await desk.assign(viewer, ticket.number, viewer.account_id, ticket.version, call.now)
    else:
        await desk.act(viewer, ticket.number, act, given.text, ticket.version, call.now)
    return _answer(await _page(call, changed=True), proposed=needs_two(ticket.shielded, act))


async def _page(call: Call, *, changed: bool = False) -> TicketPage:
    """The ticket, as whoever asks has seen it. `changed`: by this very call."""
    try:
        page = await call.house.desk.ticket(call.viewer, call.path.number, call.now)
    except Refused:
        raise Fault("not_found") from None
    if page.ticket.shielded and not call.may(Scope.TICKETS_SHIELDED):
        raise Fault("not_found")
    if not changed and call.version() not in (None, page.ticket.version):
        raise Fault("changed")
    return page


def _answer(page: TicketPage, *, proposed: bool = False) -> Answer:
    return Answer(shown(page), status=202 if proposed else 200, etag=numbered(page.ticket.version))


def _acts(page: TicketPage) -> list[str]:
    """What can be done now, as a move calls it: a clock that stands can't be paused, nor one that runs resumed."""
    idle = Act.PAUSE if page.paused_for else Act.RESUME
    return ["take" if act is Act.ASSIGN else act.value for act in page.acts if act is not idle]


def shown(page: TicketPage) -> TicketShown:
    """A complaint as the API tells of one."""
    ticket = page.ticket
    own = ("round", "assignee", "waits_for_second", "acts", "conversation", "files", "history", "categories")
    values: dict[str, Any] = {name: getattr(ticket, name) for name in TicketShown.model_fields if name not in own}
    return TicketShown(
        **values,
        categories=list(ticket.categories),
        round=page.round_code,
        assignee=ticket.assignee_id,
        waits_for_second=page.proposal is not None,
        acts=_acts(page),
        conversation=[
            MessageShown(
                id=one.id,
                kind=one.kind,
                text=one.text,
                at=one.at,
                account=one.account_id,
                delivery_state=one.delivery_state,
            )
            for one in page.conversation
        ],
        files=[FileShown.model_validate({n: getattr(one, n) for n in FileShown.model_fields}) for one in page.files],
        history=[
            ChangeShown.model_validate({n: getattr(one, n) for n in ChangeShown.model_fields}) for one in page.history
        ],
    )


_READ, _WRITE = Scope.TICKETS_READ, Scope.TICKETS_WRITE

ENDPOINTS = (
    Endpoint(
        "GET",
        "/tickets",
        list_tickets,
        _READ,
        "Complaints",
        Tickets,
        query=TicketsAsked,
        more="Newest first in the "
        "view `all`; the others by the nearest promise, urgent ones first. Shielded ones only with `tickets:shielded`; "
        "a page without them is shorter than its limit.",
    ),
    Endpoint(
        "GET",
        "/tickets/{number}",
        get_ticket,
        _READ,
        "One complaint with what was said and done",
        TicketShown,
        path_of=ByNumber,
        versioned=True,
        more="Who reported it is not told.",
    ),
    Endpoint(
        "POST",
        "/tickets",
        open_ticket,
        _WRITE,
        "Open a complaint for somebody",
        TicketOpened,
        status=201,
        body=OpenGiven,
        problems=("refused",),
        versioned=True,
        more="For somebody who called or came elsewhere. `code` is shown this once; with it they follow the complaint.",
        example={
            "source": "phone",
            "text": "Bantuan saya bulan ini belum diterima.",
            "category": "not_received",
            "consent": True,
            "phone": "0812-3456-7890",
        },
    ),
    Endpoint(
        "POST",
        "/tickets/{number}/answer",
        answer_ticket,
        _WRITE,
        "Answer the citizen",
        TicketShown,
        path_of=ByNumber,
        body=TextGiven,
        problems=("refused",),
        versioned=True,
        conditional=True,
        more="On the line and in the thread they wrote in.",
        example={"text": "Kami sedang memeriksanya dengan kelurahan."},
    ),
    Endpoint(
        "POST",
        "/tickets/{number}/notes",
        note_ticket,
        _WRITE,
        "Note something for staff",
        NoteMade,
        status=201,
        path_of=ByNumber,
        body=TextGiven,
        problems=("refused",),
        example={"text": "Bank: transfer ditolak 7 Desember."},
    ),
    Endpoint(
        "POST",
        "/tickets/{number}/move",
        move_ticket,
        _WRITE,
        "Move a complaint on",
        TicketShown,
        also=(202,),
        path_of=ByNumber,
        body=TicketMove,
        problems=("refused",),
        versioned=True,
        conditional=True,
        more="`take` gives it to the key's account. What ends a shielded one is proposed to a second person: 202.",
        example={"act": "resolve", "text": "Sudah ditransfer ulang hari ini."},
    ),
)
