"""Broadcasts at the API: reckoned, planned, approved by somebody else, steered, accounted for; and their deliveries."""

import re
from collections.abc import Awaitable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import Field

from notifier.broadcasts import PLANNABLE, Preview
from notifier.errors import Refused
from notifier.rules.audiences import tidied
from notifier.rules.deliveries import GENERAL, State
from notifier.rules.keys import Scope
from notifier.rules.notices import LONGEST
from notifier.store.attempts import Attempt
from notifier.store.broadcasts import Broadcast
from notifier.store.paging import Delivery
from notifier.web.api import audiences
from notifier.web.api.audiences import RuleGiven, RuleShown
from notifier.web.api.endpoints import Answer, Call, Endpoint
from notifier.web.api.shapes import (
    ById,
    Code,
    Fault,
    Given,
    Id,
    Moment,
    Page,
    Paged,
    Shown,
    cursor,
    line,
    number,
    wrong_field,
)

Event = Literal[
    "round_announced", "round_reminder", "round_changed", "round_cancelled", "receipt_question", "general_notice"
]
assert Event.__args__ == (*PLANNABLE, GENERAL)  # type: ignore[attr-defined]
MOST_RUPIAH = 10**12
_CHAT = re.compile(r"^-?\d+:")  # Telegram numbers messages chat by chat, and the chat is an address of somebody


class BroadcastShown(Shown):
    """One planned mass message."""

    id: Id
    event: str
    round: str = Field(description="code; empty: a general notice, about no round")
    text: str = Field(description="what a general notice says; otherwise empty")
    region: str = Field(description="the area it is for; empty: the whole country")
    state: str = Field(description="planned, approved, canary, expanding, sending, done; asking, paused, stopped")
    why: str = Field(description="why it asks, is paused or was stopped")
    at: Moment
    expires_at: Moment
    planned_by: str = Field(examples=["account:3"])
    planned_at: Moment
    approved_by: str
    approved_at: Moment | None
    approved_audience: int = Field(description="people, as the planner or approver saw them")
    audience: int = Field(description="people, frozen when it begins")
    expanded: int
    canary: int = Field(description="people told first while the others wait; 0: none")
    cap: int | None = Field(description="rupiah it may cost")
    rule: RuleShown | None = Field(description="which of the round's people; null: all of them")


class Broadcasts(Page):
    """A page of broadcasts, newest first."""

    data: list[BroadcastShown]


class PlanGiven(Given):
    """What is to be said about which round, and when."""

    event: Event
    round: Code | None = Field(default=None, description="whatever is not a general notice is about a round")
    text: str = Field(
        default="", max_length=LONGEST, description="what a general notice says, in the office's own words"
    )
    at: Moment | Literal["now"] = "now"
    again: bool = Field(default=False, description="tell the same people once more")
    canary: str = Field(
        default="", max_length=8, pattern=r"^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)?$", description='"500" or "2%"'
    )
    cap: int | None = Field(default=None, ge=1, le=MOST_RUPIAH, description="rupiah; null: the configured one")
    rule: RuleGiven | None = Field(default=None, description="which of the round's people; null: all of them")


class PreviewShown(Shown):
    """What a plan would do."""

    people: int
    whom: str = Field(description="the rule in words")
    by_channel: dict[str, int]
    by_language: dict[str, int]
    unreachable: int
    segments: int
    price: int = Field(description="rupiah")
    hours: float = Field(description="at the lines' rates")
    past: bool = Field(description="its time is past: it leaves at once after approval")


class ApproveGiven(Given):
    """A cap of its own, if any."""

    cap: int | None = Field(default=None, ge=1, le=MOST_RUPIAH, description="rupiah")


class WhyGiven(Given):
    """Why."""

    why: Annotated[str, line(200)] = ""


class StatementShown(Shown):
    """The account: everybody of the audience is in exactly one place."""

    broadcast: Id
    event: str
    round: str
    state: str
    audience: int
    unexpanded: int
    suppressed: dict[str, int] = Field(description="by reason")
    due: int
    sending: int
    accepted: int
    delivered: int
    read: int
    failed: int
    unknown: int
    expired: int
    cancelled: int
    held: int = Field(description="part of unknown")
    unconfirmed: int = Field(description="part of accepted")
    balanced: bool
    maybe_twice: int | None


class DeliveryShown(Shown):
    """One notice on its way to one person."""

    id: Id
    broadcast: Id | None
    person: Id
    event: str
    line: str
    language: str
    state: str
    held: bool = Field(description="waits for a person to decide")
    maybe_twice: bool
    reason: str
    due_at: Moment
    expires_at: Moment | None
    created_at: Moment
    settled_at: Moment | None


class AttemptShown(Shown):
    """One call to one provider."""

    number: int
    line: str
    state: str
    reason: str
    ref: str = Field(description="the provider's id, without the chat that Telegram's begins with")
    segments: int
    settled_at: Moment | None


class DeliveryTraced(DeliveryShown):
    """A delivery with its attempts, oldest first."""

    attempts: list[AttemptShown]


class Deliveries(Page):
    """A page of deliveries."""

    data: list[DeliveryShown]


class DeliveriesAsked(Paged):
    """Of a broadcast or of a person: one of the two."""

    broadcast: Id | None = None
    person: Id | None = None
    state: State | None = None


async def shown(call: Call, *some: Broadcast) -> list[BroadcastShown]:
    """Broadcasts as the API tells of them."""
    known = await audiences.codes(call, [b.rule for b in some])
    own = [name for name in BroadcastShown.model_fields if name not in ("round", "rule", "text")]
    return [
        BroadcastShown.model_validate(
            {
                "round": b.round_code,
                "rule": audiences.told(b.rule, known),
                "text": str(b.facts.get("text", "")) if b.round_id is None else "",
            }
            | {name: getattr(b, name) for name in own}
        )
        for b in some
    ]


async def list_broadcasts(call: Call) -> Answer:
    """A page of broadcasts."""
    asked: Paged = call.query
    found = await call.house.broadcasts.list(call.viewer, number(asked.after) or None, asked.limit + 1)
    data, more = found[: asked.limit], len(found) > asked.limit
    return Answer(Broadcasts(data=await shown(call, *data), next=cursor(data[-1].id) if more else None))


async def _answer(call: Call, b: Broadcast, location: str = "") -> Answer:
    [found] = await shown(call, b)
    return Answer(found, location=location)


async def get_broadcast(call: Call) -> Answer:
    """One broadcast."""
    return await _answer(call, await _seen(call))


async def reckon_broadcast(call: Call) -> Answer:
    """What a plan would do; nothing is written."""
    _, preview, whom = await _plan(call, dry_run=True)
    return Answer(PreviewShown(whom=whom, **asdict(preview)))


async def plan_broadcast(call: Call) -> Answer:
    """A plan; another account has to approve it."""
    broadcast_id, *_ = await _plan(call, dry_run=False)
    assert broadcast_id is not None
    b = await call.house.broadcasts.get(call.viewer, broadcast_id)
    return await _answer(call, b, f"/broadcasts/{broadcast_id}")


async def _plan(call: Call, *, dry_run: bool) -> tuple[int | None, Preview, str]:
    """The plan's number, what it would do, and whom it is for in words."""
    given: PlanGiven = call.body
    general = given.event == GENERAL
    if general and (given.round is not None or not given.text):
        raise wrong_field("text", "a general notice has words of its own, and no round")
    if not general and (given.round is None or given.text):
        raise wrong_field("round", "this event is about a round; only a general notice has a text")
    try:
        of = await call.house.rounds.get(call.viewer, given.round) if given.round is not None else None
    except Refused:
        raise wrong_field("round", "there is no such round in the key's area") from None
    rule = await audiences.rule_of(call, given.rule)
    planned, preview = await call.house.broadcasts.plan(
        call.viewer,
        given.event,
        given.round or "",
        given.at if isinstance(given.at, str) else given.at.isoformat(),
        call.now,
        again=given.again,
        dry_run=dry_run,
        canary=given.canary,
        cap=given.cap,
        rule=rule,
        text=given.text,
    )
    return planned, preview, await call.house.choosing.words(tidied(rule), of.programme if of else "", call.tongue)


async def approve_broadcast(call: Call) -> Answer:
    """Somebody else says yes."""
    given: ApproveGiven = call.body
    return await _then(call, call.house.broadcasts.approve(call.viewer, call.path.id, call.now, cap=given.cap))


async def pause_broadcast(call: Call) -> Answer:
    """Nothing more leaves for now."""
    return await _then(call, call.house.broadcasts.pause(call.viewer, call.path.id, call.now, call.body.why))


async def resume_broadcast(call: Call) -> Answer:
    """It goes on."""
    return await _then(call, call.house.broadcasts.resume(call.viewer, call.path.id, call.now))


async def stop_broadcast(call: Call) -> Answer:
    """For good: what has not left is cancelled."""
    return await _then(call, call.house.broadcasts.stop(call.viewer, call.path.id, call.now, call.body.why))


async def _then(call: Call, act: Awaitable[object]) -> Answer:
    """Do it to a broadcast that is there, and tell how it stands."""
    try:
        await _seen(call)
    except Fault:
        act.close()  # type: ignore[attr-defined]
        raise
    await act
    return await _answer(call, await _seen(call))


async def get_statement(call: Call) -> Answer:
    """The account."""
    await _seen(call)
    return Answer(StatementShown.model_validate(await call.house.broadcasts.statement(call.path.id)))


async def _seen(call: Call) -> Broadcast:
    # Not whether the account may see broadcasts at all, which the endpoint's own right tells.
    try:
        return await call.house.broadcasts.get(call.viewer, call.path.id)
    except Refused:
        raise Fault("not_found") from None


# --- deliveries ------------------------------------------------------------------------------------------------------


async def list_deliveries(call: Call) -> Answer:
    """A page of a broadcast's deliveries by person, or of a person's, newest first."""
    asked: DeliveriesAsked = call.query
    if (asked.broadcast is None) is (asked.person is None):
        raise Fault("invalid", "Name either a broadcast or a person.")
    tracing, state, place, limit = call.house.tracing, asked.state or "", number(asked.after), asked.limit + 1
    try:
        if asked.broadcast is not None:
            found = await tracing.of_broadcast(call.viewer, asked.broadcast, state, place, limit)
        else:
            found = await tracing.of_person(call.viewer, asked.person or 0, state, place, limit)
    except Refused:
        raise Fault("not_found") from None
    data, more = found[: asked.limit], len(found) > asked.limit
    last = (data[-1].person_id if asked.broadcast is not None else data[-1].id) if more else 0
    return Answer(Deliveries(data=[_delivery(one) for one in data], next=cursor(last) if more else None))


async def get_delivery(call: Call) -> Answer:
    """One delivery with its attempts."""
    try:
        found, attempts = await call.house.tracing.one(call.viewer, call.path.id)
    except Refused:
        raise Fault("not_found") from None
    traced = [_attempt(one) for one in attempts]
    return Answer(DeliveryTraced(**_delivery(found).model_dump(), attempts=traced))


def _delivery(one: Delivery) -> DeliveryShown:
    values = {n: getattr(one, n) for n in DeliveryShown.model_fields if n not in ("broadcast", "person")}
    return DeliveryShown.model_validate({"broadcast": one.broadcast_id, "person": one.person_id, **values})


def _attempt(one: Attempt) -> AttemptShown:
    values = {name: getattr(one, name) for name in AttemptShown.model_fields if name != "ref"}
    return AttemptShown.model_validate(values | {"ref": _CHAT.sub("…:", one.ref)})


_PLAN: dict[str, Any] = {
    "event": "round_announced",
    "round": "BPNT-2026-12-DS",
    "at": "2026-12-05T09:00:00+07:00",
    "canary": "2%",
}
_PLAN |= {"rule": {"regions": ["31.75.07"], "channels": ["telegram", "sms"]}}
_READ, _CONTROL = Scope.BROADCASTS_READ, Scope.BROADCASTS_CONTROL

ENDPOINTS = (
    Endpoint("GET", "/broadcasts", list_broadcasts, _READ, "Broadcasts, newest first", Broadcasts, query=Paged),
    Endpoint("GET", "/broadcasts/{id}", get_broadcast, _READ, "One broadcast", BroadcastShown, path_of=ById),
    Endpoint(
        "POST",
        "/broadcasts/plan",
        reckon_broadcast,
        Scope.BROADCASTS_PLAN,
        "See what a plan would do",
        PreviewShown,
        body=PlanGiven,
        problems=("refused",),
        more="Nothing is written.",
        example=_PLAN,
    ),
    Endpoint(
        "POST",
        "/broadcasts",
        plan_broadcast,
        Scope.BROADCASTS_PLAN,
        "Plan a broadcast",
        BroadcastShown,
        status=201,
        body=PlanGiven,
        problems=("refused",),
        more="Another account has to approve it before anything leaves.",
        example=_PLAN,
    ),
    Endpoint(
        "POST",
        "/broadcasts/{id}/approve",
        approve_broadcast,
        Scope.BROADCASTS_APPROVE,
        "Approve what somebody else planned",
        BroadcastShown,
        path_of=ById,
        body=ApproveGiven,
        problems=("refused",),
        more="Never by the account that planned it, whichever key or page was used.",
        example={},
    ),
    Endpoint(
        "POST",
        "/broadcasts/{id}/pause",
        pause_broadcast,
        _CONTROL,
        "Pause a broadcast",
        BroadcastShown,
        path_of=ById,
        body=WhyGiven,
        problems=("refused",),
        example={"why": "The venue is flooded"},
    ),
    Endpoint(
        "POST",
        "/broadcasts/{id}/resume",
        resume_broadcast,
        _CONTROL,
        "Let a broadcast go on",
        BroadcastShown,
        path_of=ById,
        problems=("refused",),
    ),
    Endpoint(
        "POST",
        "/broadcasts/{id}/stop",
        stop_broadcast,
        _CONTROL,
        "Stop a broadcast for good",
        BroadcastShown,
        path_of=ById,
        body=WhyGiven,
        problems=("refused",),
        more="What has not left is cancelled.",
        example={"why": "The amount is wrong"},
    ),
    Endpoint("GET", "/broadcasts/{id}/statement", get_statement, _READ, "The account", StatementShown, path_of=ById),
    Endpoint(
        "GET",
        "/deliveries",
        list_deliveries,
        Scope.DELIVERIES_READ,
        "Deliveries of a broadcast or of a person",
        Deliveries,
        query=DeliveriesAsked,
        problems=("not_found",),
        more="Name one of the two. Answers to complaints are not among them: they would tell who complained.",
        example={"broadcast": 1},
    ),
    Endpoint(
        "GET",
        "/deliveries/{id}",
        get_delivery,
        Scope.DELIVERIES_READ,
        "One delivery with its attempts",
        DeliveryTraced,
        path_of=ById,
    ),
)
