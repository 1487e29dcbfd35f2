"""A general notice: the office's own words to people of an area, about no round. What is planned of it, checked.

Everything after the plan is as with any broadcast: the second pair of eyes, the first ones, the halt, the account.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Refused
from notifier.rules import notices
from notifier.rules.audiences import Rule, apart
from notifier.rules.deliveries import GENERAL
from notifier.rules.roles import Viewer, covers
from notifier.rules.rounds import zone_of
from notifier.store import broadcasts as rows
from notifier.store import grounds
from notifier.store.rounds import Round

LIKE_OTHERS = ("statuses", "answer")  # what a rule asks of a round


def ground(viewer: Viewer, zone: str, text: str, rule: Rule, at: datetime, *, draft: bool = False) -> Round:
    """What a notice of the viewer's stands on; `zone` is that of the whole country. `draft`: its words are not written
    yet. Raises Refused.
    """
    of_no_round(rule)
    region = area(viewer.region.rstrip("."), rule.regions)
    return grounds.bare(region, zone_in(region, zone), at, "" if draft else notices.worded(text))


def of_no_round(rule: Rule) -> None:
    """Raises Refused for a rule that asks for what only a round has."""
    if any(getattr(rule, name) for name in LIKE_OTHERS):
        raise Refused("a general notice is about no round: nobody has a status in it or has answered its question")


def zone_in(region: str, zone: str) -> str:
    """What the times of a notice to an area are in; `zone` is that of the whole country."""
    return zone_of(region).key if region else zone


def area(own: str, regions: Sequence[str]) -> str:
    """The smallest area with all of these regions in it, or one's own: whoever works there sees the broadcast. It never
    lies outside one's own.
    """
    if not regions or not all(covers(own, code) for code in regions):
        return own
    parts = [code.split(".") for code in regions]
    shared: list[str] = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return ".".join(shared) if len(".".join(shared)) > len(own) else own


async def not_twice(
    db: AsyncConnection, of: Round, rule: Rule, now: datetime, *, but: int = 0, approved: bool = False
) -> None:
    """Raises Refused when what `of` says is under way to some of the same people by another broadcast than `but`. With
    `approved` plans that wait for their approval do not count, and all are held until the caller's transaction ends.
    """
    for one in await rows.saying(db, GENERAL, now, lock=approved):
        if one.id == but or (approved and one.state == "planned"):
            continue
        if one.text == of.note and not apart(_placed(Rule.of(one.rule), one.region), _placed(rule, of.region)):
            raise Refused(
                f"these words are broadcast {one.id} already; plan it as `again` to tell the same people once more"
            )


def _placed(rule: Rule, region: str) -> Rule:
    """The rule with the area it is for as its region, where it names none."""
    return rule if rule.regions or not region else replace(rule, regions=(region,))
