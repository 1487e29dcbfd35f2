"""What we say, at the API: read, checked, rendered for a sample person, drafted. Publishing stays with people."""

from typing import Annotated, Literal

from pydantic import Field

from notifier.errors import Refused
from notifier.render import FACTS, RenderError
from notifier.render.samples import SAMPLES
from notifier.rules.keys import Scope
from notifier.studio import Entry
from notifier.web.api.endpoints import Answer, Call, Endpoint, hashed
from notifier.web.api.shapes import Fault, Given, Language, Page, Paged, Shown, cursor, place, words, wrong_field

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Sample = Literal["typical", "shortest", "longest", "apostrophe", "markup", "no_amount", "wit", "no_answers", "empty"]
assert Sample.__args__ == tuple(SAMPLES)  # type: ignore[attr-defined]
LONGEST = 40_000  # characters of a source, more than any place takes


class TemplateListed(Shown):
    """One part of one message."""

    event: str
    channel: str
    language: str
    part: str
    label: str = Field(description="which wording is in force: file-3fa2b1c9, v4")
    state: str = Field(description="shipped, published; empty: nothing is in force")
    draft: int | None = Field(description="number of the draft that waits over it")


class Templates(Page):
    """A page of parts, by their names."""

    data: list[TemplateListed]


class DraftShown(Shown):
    """Words that are not in force yet."""

    version: int
    state: str
    source: str
    who: str


class TemplateShown(Shown):
    """A part with its source."""

    label: str
    source: str
    draft: DraftShown | None


class FindingShown(Shown):
    """What is wrong with a source, where, and how it is mended."""

    line: int
    column: int
    level: Literal["error", "advice"]
    code: str
    message: str
    suggestion: str


class Findings(Shown):
    """Everything that was found."""

    data: list[FindingShown]


class RenderedShown(Shown):
    """What a sample person would receive."""

    parts: dict[str, str]
    template: str
    language: str
    segments: int | None = Field(description="of an SMS")


class Drafted(Shown):
    """The draft that was kept."""

    version: int
    findings: list[FindingShown]


class Place(Given):
    """One part of one message."""

    event: Word
    channel: Word
    language: Language
    part: Word


class TemplatesAsked(Paged):
    """Which parts."""

    event: Word | None = None


class CheckGiven(Place):
    """A source for a place."""

    source: Annotated[str, words(LONGEST)]


class RenderGiven(Given):
    """A message, with sources in place of what is in force."""

    event: Word
    channel: Word
    language: Language
    sources: dict[Word, Annotated[str, words(LONGEST)]] = Field(default={}, max_length=4, description="by part")
    sample: Sample = "typical"


class SourceGiven(Given):
    """A source."""

    source: Annotated[str, words(LONGEST)]


async def list_templates(call: Call) -> Answer:
    """A page of the parts there are, in the order of their names."""
    asked: TemplatesAsked = call.query
    after = tuple(place(asked.after).split("/"))
    entries = sorted(await call.house.studio.list(call.viewer), key=_named)
    found = [
        TemplateListed.model_validate(one)
        for one in entries
        if _named(one) > after and asked.event in (None, one.event)
    ]
    data, more = found[: asked.limit], len(found) > asked.limit
    return Answer(Templates(data=data, next=cursor("/".join(_named(data[-1]))) if more else None))


def _named(one: TemplateListed | Entry) -> tuple[str, ...]:
    return one.event, one.channel, one.language, one.part


async def get_template(call: Call) -> Answer:
    """What is in force, and the draft over it."""
    found = await _template(call)
    return Answer(found, etag=hashed(found))


async def check_template(call: Call) -> Answer:
    """What is wrong with a source."""
    given: CheckGiven = call.body
    return Answer(Findings(data=_findings(call, given, given.source)))


async def render_template(call: Call) -> Answer:
    """What a sample person would receive."""
    given: RenderGiven = call.body
    if given.event not in FACTS:
        raise wrong_field("event", "there is no such message")
    try:
        preview = await call.house.studio.preview(
            call.viewer, given.event, given.channel, given.language, given.sources, given.sample
        )
    except RenderError as error:
        if not given.sources or error.field:
            raise
        raise wrong_field("sources", str(error)) from None
    rendered, cost = preview.rendered, preview.segments
    return Answer(
        RenderedShown(
            parts=dict(rendered.parts),
            template=rendered.template,
            language=rendered.language,
            segments=cost.count if cost is not None else None,
        )
    )


async def draft_template(call: Call) -> Answer:
    """Words are kept as a draft, right or wrong."""
    at: Place = call.path
    given: SourceGiven = call.body
    seen = await _template(call)
    if call.match and call.match != hashed(seen):
        raise Fault("changed")
    found = _findings(call, at, given.source)
    version = await call.house.studio.save_draft(
        call.viewer, at.event, at.channel, at.language, at.part, given.source, call.now
    )
    return Answer(
        Drafted(version=version, findings=found),
        etag=hashed(await _template(call)),
        location=f"/templates/{at.event}/{at.channel}/{at.language}/{at.part}",
    )


async def _template(call: Call) -> TemplateShown:
    at: Place = call.path
    try:
        found = await call.house.studio.source(call.viewer, at.event, at.channel, at.language, at.part)
    except Refused:
        raise Fault("not_found") from None
    return TemplateShown.model_validate(found)


def _findings(call: Call, at: Place, source: str) -> list[FindingShown]:
    found = call.house.studio.check(at.event, at.channel, at.language, at.part, source)
    return [FindingShown.model_validate(one) for one in found]


_READ = Scope.TEMPLATES_READ
_AT = {"event": "round_announced", "channel": "sms", "language": "id"}
_SOURCE = "{{ programme }} {{ period }}: {{ venue }}"

ENDPOINTS = (
    Endpoint(
        "GET", "/templates", list_templates, _READ, "Every part of every message", Templates, query=TemplatesAsked
    ),
    Endpoint(
        "GET",
        "/templates/{event}/{channel}/{language}/{part}",
        get_template,
        _READ,
        "A part with its source and its draft",
        TemplateShown,
        path_of=Place,
        versioned=True,
    ),
    Endpoint(
        "POST",
        "/templates/check",
        check_template,
        _READ,
        "See what is wrong with a source",
        Findings,
        body=CheckGiven,
        problems=("refused",),
        more="Nothing is written.",
        example={**_AT, "part": "text", "source": _SOURCE},
    ),
    Endpoint(
        "POST",
        "/templates/render",
        render_template,
        _READ,
        "See what a sample person would receive",
        RenderedShown,
        body=RenderGiven,
        problems=("refused",),
        more="Nothing is written.",
        example={**_AT, "sources": {"text": _SOURCE}},
    ),
    Endpoint(
        "POST",
        "/templates/{event}/{channel}/{language}/{part}/drafts",
        draft_template,
        Scope.TEMPLATES_WRITE,
        "Keep words as a draft",
        Drafted,
        status=201,
        path_of=Place,
        body=SourceGiven,
        problems=("refused",),
        versioned=True,
        conditional=True,
        more="A draft that waits is written over. One with an error is kept too, but not published: people review and "
        "publish it on the page of the template.",
        example={"source": _SOURCE},
    ),
)
