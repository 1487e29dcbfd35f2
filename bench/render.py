"""What our checks, filters and cuts cost: a shipped message against bare compiled Jinja of the very same source."""

from collections.abc import Callable, Mapping
from typing import Any

from bench.ground import Ground
from bench.measure import Figure, interleaved
from notifier.render import FACTS, Words
from notifier.render.samples import TYPICAL, sample

MESSAGES = 20_000
EVENT, CHANNEL, LANGUAGE = "round_announced", "sms", "id"


async def render(ground: Ground) -> Figure:
    """CPU of a message through `Words.render` over that of `Template.render` alone, both compiled before."""
    import jinja2

    many = ground.some(MESSAGES, MESSAGES)
    words, facts = Words(), _facts()
    found = words.source(EVENT, CHANNEL, LANGUAGE, "text")
    assert found is not None
    bare = jinja2.Environment(autoescape=False, lstrip_blocks=True, undefined=jinja2.StrictUndefined)  # noqa: S701
    bare.filters.update(_bare_filters())
    template = bare.from_string(found[1])
    defaults = {name: fact.default for name, fact in FACTS[EVENT].items() if not fact.needed}

    async def ours() -> None:
        for one in facts:
            for _ in range(many // len(facts)):
                words.render(EVENT, CHANNEL, LANGUAGE, one)

    async def floor() -> None:
        for one in facts:
            both = defaults | one
            for _ in range(many // len(facts)):
                template.render(both)

    mine, least = await interleaved(ground.runs, ours, floor)
    cost, bare_cost = (sorted(took.cpu for took in runs)[len(runs) // 2] for runs in (mine, least))
    return Figure(
        cost / bare_cost,
        {"messages": many, "per_second": round(many / cost), "bare_per_second": round(many / bare_cost)},
    )


def _facts() -> list[dict[str, Any]]:
    """Ten people of one round: they differ by name, as in a broadcast."""
    return [sample(EVENT, TYPICAL) | {"name": f"Siti Aminah {number}"} for number in range(10)]


def _bare_filters() -> Mapping[str, Callable[..., Any]]:
    """The same filters as ours, as Jinja would call them without any of our checks around a template."""
    from notifier.render.filters import bound

    return bound(LANGUAGE, sms=True, html=False)
